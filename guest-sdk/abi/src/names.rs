//! The fixed names in a plugin's module, and what the names that people choose may look like.

use crate::limits;

/// The import module of the system calls.
pub const SYSTEM_MODULE: &str = "portcullis";
/// The name of the custom sections that hold the signature metadata.
pub const METADATA_SECTION: &str = "portcullis";
/// The interface of the classes whose objects are the kernel's own. Nobody serves it or exports classes of it.
pub const KERNEL_INTERFACE: &str = "portcullis/kernel@1";
/// The class of leases.
pub const LEASE_CLASS: &str = "portcullis/kernel@1.lease";
/// The class of messages.
pub const MESSAGE_CLASS: &str = "portcullis/kernel@1.message";
/// The export that gives the address of the status word: an immutable i32 global or a function `() -> i32`.
pub const STATUS_EXPORT: &str = "portcullis_status";
/// The export that gives memory for strings and lists that arrive.
pub const REALLOC_EXPORT: &str = "cabi_realloc";
/// The export that runs once, after the start function.
pub const INITIALIZE_EXPORT: &str = "_initialize";
/// What precedes the name of an export in the name of the function that is called after its results were copied.
pub const POST_RETURN_PREFIX: &str = "cabi_post_";
/// What stands between interface and class in the name of a class's destructor: `demo/vector@1#[dtor]vector`.
pub const DESTRUCTOR_MARK: &str = "#[dtor]";
/// What stands between interface and function in the name of an export: `paint/filter@1#apply`.
pub const EXPORT_MARK: &str = "#";

/// Whether `name` is a kebab-case name: `[a-z][a-z0-9]*(-[a-z0-9]+)*`, at most [`limits::NAME_BYTES`] bytes.
#[must_use]
pub const fn is_kebab_name(name: &str) -> bool {
    is_kebab(name.as_bytes(), 0, name.len())
}

/// Whether `name` is the name of an interface: `namespace/name@major`.
#[must_use]
pub const fn is_interface_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let Some(slash) = position(bytes, b'/') else {
        return false;
    };
    let Some(at) = position(bytes, b'@') else {
        return false;
    };
    slash < at
        && is_kebab(bytes, 0, slash)
        && is_kebab(bytes, slash + 1, at)
        && is_major(bytes, at + 1)
}

/// Whether `name` is that of an import module that is no interface, such as `math` or `env`: `[A-Za-z][A-Za-z0-9_-]*`, at most
/// [`limits::NAME_BYTES`] bytes, and not the one of the system calls. Only the web app can serve it.
#[must_use]
pub const fn is_module_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() > limits::NAME_BYTES || !bytes[0].is_ascii_alphabetic() {
        return false;
    }
    let mut index = 0;
    while index < bytes.len() {
        match bytes[index] {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' => {}
            _ => return false,
        }
        index += 1;
    }
    !same(bytes, SYSTEM_MODULE.as_bytes())
}

/// Whether both are the same bytes.
const fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Whether the bytes from `start` to `end` are a kebab-case name.
const fn is_kebab(bytes: &[u8], start: usize, end: usize) -> bool {
    if start >= end || end - start > limits::NAME_BYTES || !bytes[start].is_ascii_lowercase() {
        return false;
    }
    let mut index = start;
    while index < end {
        match bytes[index] {
            b'a'..=b'z' | b'0'..=b'9' => {}
            b'-' if index + 1 < end && bytes[index + 1] != b'-' => {}
            _ => return false,
        }
        index += 1;
    }
    true
}

/// Whether the bytes from `start` on are a decimal number up to [`limits::MAJOR`], without leading zeros.
const fn is_major(bytes: &[u8], start: usize) -> bool {
    let digits = bytes.len() - start;
    if digits == 0 || digits > 5 || (digits > 1 && bytes[start] == b'0') {
        return false;
    }
    let mut number = 0;
    let mut index = start;
    while index < bytes.len() {
        if !bytes[index].is_ascii_digit() {
            return false;
        }
        number = number * 10 + (bytes[index] - b'0') as u32;
        index += 1;
    }
    number <= limits::MAJOR
}

/// Where `byte` stands first.
const fn position(bytes: &[u8], byte: u8) -> Option<usize> {
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index] == byte {
            return Some(index);
        }
        index += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{is_interface_name, is_kebab_name, is_module_name};

    #[test]
    fn kebab_names() {
        let longest = "a".repeat(64);
        for name in ["a", "set-size", "to-rgb8", "x-1", "a1-2b", &longest] {
            assert!(is_kebab_name(name), "{name}");
        }
        let too_long = "a".repeat(65);
        for name in [
            "", "-", "a-", "-a", "a--b", "1a", "Set", "set_size", "set size", "é", "a.b", &too_long,
        ] {
            assert!(!is_kebab_name(name), "{name}");
        }
    }

    #[test]
    fn module_names() {
        let longest = "m".repeat(64);
        for name in [
            "math",
            "js",
            "env",
            "Math",
            "wasi_snapshot_preview1",
            "a-b",
            &longest,
        ] {
            assert!(is_module_name(name), "{name}");
        }
        let too_long = "m".repeat(65);
        for name in [
            "",
            "-",
            "__proto__",
            "1a",
            "a.b",
            "a b",
            "a/b@1",
            "a#b",
            "é",
            "portcullis",
            &too_long,
        ] {
            assert!(!is_module_name(name), "{name}");
        }
    }

    #[test]
    fn interface_names() {
        for name in ["paint/canvas@1", "a/b@0", "my-app/log-file@65535"] {
            assert!(is_interface_name(name), "{name}");
        }
        for name in [
            "",
            "paint",
            "paint/canvas",
            "paint/canvas@",
            "paint/canvas@01",
            "paint/canvas@65536",
            "paint/canvas@1.0",
            "/canvas@1",
            "paint/@1",
            "paint@1/canvas",
            "a/b/c@1",
            "a/b@1@2",
            "Paint/canvas@1",
            "paint/canvas@-1",
            "paint/canvas@99999999999",
        ] {
            assert!(!is_interface_name(name), "{name}");
        }
    }
}
