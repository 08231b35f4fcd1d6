//! What bytes that are no WebAssembly module probably are, for a better message.

/// A guess in words, from the first bytes.
pub fn sniff(bytes: &[u8]) -> &'static str {
    let text_like = || {
        let head = &bytes[..bytes.len().min(64)];
        !head.is_empty() && std::str::from_utf8(head).is_ok_and(|t| !t.contains('\0'))
    };
    match bytes {
        [] => "the file is empty",
        [0xff, 0xd8, 0xff, ..] => "this is a JPEG picture",
        [0x89, b'P', b'N', b'G', ..] => "this is a PNG picture",
        [b'G', b'I', b'F', b'8', ..] => "this is a GIF picture",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "this is a WebP picture",
        [b'P', b'K', 3, 4, ..] => "this is a ZIP archive",
        [b'%', b'P', b'D', b'F', ..] => "this is a PDF document",
        [0x1f, 0x8b, ..] => "this is gzip-compressed data",
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => "the module is damaged",
        [0, b'a', b's', b'm', 0x0d, 0, 1, 0, ..] => {
            "this is a WebAssembly component; a core module is needed"
        }
        [0, b'a', b's', b'm', ..] => "its WebAssembly version is unknown",
        _ if text_like() => {
            let start = bytes
                .iter()
                .position(|b| !b.is_ascii_whitespace())
                .unwrap_or(0);
            match bytes.get(start) {
                Some(b'<') => "this is an HTML or XML text, perhaps the error page of a server",
                Some(b'(') => "this is WebAssembly text; it has to be assembled first",
                _ => "this is a text",
            }
        }
        _ => "it does not start with the WebAssembly header 00 61 73 6D 01 00 00 00",
    }
}
