//! The number that a plugin uses for a class in system calls.

/// The number of the class with this full name (`demo/vector@1.vector`): its FNV-1a hash of 32 bits, and 1 where that
/// would be 0, which means "no class".
///
/// The number is each plugin's own choice (`docs/abi.md` §2.2). A hash of the name lets macros that do not see each
/// other agree on it; two classes of one plugin that collide are refused by the kernel when the plugin is loaded.
#[must_use]
pub const fn class_number(full_name: &str) -> u32 {
    let bytes = full_name.as_bytes();
    let mut hash: u32 = 0x811c_9dc5;
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u32).wrapping_mul(0x0100_0193);
        index += 1;
    }
    if hash == 0 { 1 } else { hash }
}

#[cfg(test)]
mod tests {
    use super::class_number;

    #[test]
    fn is_fnv_1a() {
        // Test vectors of the algorithm's authors.
        assert_eq!(class_number(""), 0x811c_9dc5);
        assert_eq!(class_number("a"), 0xe40c_292c);
        assert_eq!(class_number("foobar"), 0xbf9c_f968);
    }

    #[test]
    fn is_never_zero() {
        // The FNV-1a hash of these bytes is 0.
        assert_eq!(class_number("68m* "), 1);
    }
}
