//! The text of signature metadata, put together by the compiler: only it knows the full names of classes.

/// The length of a record with these parts.
#[must_use]
pub const fn record_length(parts: &[&str]) -> usize {
    let mut length = 0;
    let mut index = 0;
    while index < parts.len() {
        length += parts[index].len();
        index += 1;
    }
    length
}

/// The parts in a row. `LENGTH` must be their [`record_length`].
#[must_use]
pub const fn record<const LENGTH: usize>(parts: &[&str]) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    let mut length = 0;
    let mut index = 0;
    while index < parts.len() {
        let part = parts[index].as_bytes();
        let mut position = 0;
        while position < part.len() {
            bytes[length] = part[position];
            length += 1;
            position += 1;
        }
        index += 1;
    }
    assert!(length == LENGTH);
    bytes
}

#[cfg(test)]
mod tests {
    use super::{record, record_length};

    #[test]
    fn parts_are_put_in_a_row() {
        const PARTS: &[&str] = &["import a/b@1 c: func(d: borrow<", "e/f@2.g", ">)\n"];
        const TEXT: [u8; record_length(PARTS)] = record(PARTS);
        assert_eq!(&TEXT, b"import a/b@1 c: func(d: borrow<e/f@2.g>)\n");
    }
}
