//! Writes JSON while the compiler runs.
//!
//! A declaration becomes a custom section of the plugin, so its text must be a constant. The standard library's
//! formatting cannot run in constants; this is the little of it that a declaration needs.

/// The most bytes that a declaration may have.
pub const LIMIT: usize = 64 * 1024;

/// JSON text under construction. Commas come by themselves.
pub struct Json {
    bytes: [u8; LIMIT],
    length: usize,
}

impl Json {
    /// No text yet.
    pub(crate) const fn new() -> Self {
        Json {
            bytes: [0; LIMIT],
            length: 0,
        }
    }

    /// The text so far, in UTF-8.
    pub const fn as_bytes(&self) -> &[u8] {
        self.bytes.split_at(self.length).0
    }

    /// Bytes so far.
    pub const fn length(&self) -> usize {
        self.length
    }

    /// The text as an array, for a `static`. `LENGTH` must be [`Json::length`].
    pub const fn to_array<const LENGTH: usize>(&self) -> [u8; LENGTH] {
        assert!(LENGTH == self.length, "LENGTH is the length of the text");
        let mut array = [0; LENGTH];
        let mut index = 0;
        while index < LENGTH {
            array[index] = self.bytes[index];
            index += 1;
        }
        array
    }

    /// Begins an object (`{`) or a list (`[`).
    pub(crate) const fn open(&mut self, bracket: u8) {
        self.comma();
        self.byte(bracket);
    }

    /// Ends an object or a list with its bracket.
    pub(crate) const fn close(&mut self, bracket: u8) {
        self.byte(bracket);
    }

    /// The name of a member; its value follows.
    pub(crate) const fn key(&mut self, key: &str) {
        self.text(key);
        self.byte(b':');
    }

    /// A string.
    pub(crate) const fn text(&mut self, text: &str) {
        self.comma();
        self.byte(b'"');
        let mut rest = text.as_bytes();
        while let [byte, tail @ ..] = rest {
            match *byte {
                b'"' | b'\\' => {
                    self.byte(b'\\');
                    self.byte(*byte);
                }
                0..=31 => panic!("control characters have no place in a declaration"),
                byte => self.byte(byte),
            }
            rest = tail;
        }
        self.byte(b'"');
    }

    /// `true` or `false`.
    pub(crate) const fn flag(&mut self, flag: bool) {
        self.comma();
        let mut rest: &[u8] = if flag { b"true" } else { b"false" };
        while let [byte, tail @ ..] = rest {
            self.byte(*byte);
            rest = tail;
        }
    }

    /// A number, with at most six decimals.
    pub(crate) const fn number(&mut self, number: f64) {
        assert!(
            number.abs() < 1e12,
            "numbers in a declaration are finite and below 1e12"
        );
        let millionths = (number.abs() * 1e6 + 0.5) as u64;
        self.comma();
        if number < 0.0 && millionths > 0 {
            self.byte(b'-');
        }
        self.whole(millionths / 1_000_000);
        let mut fraction = millionths % 1_000_000;
        if fraction > 0 {
            self.byte(b'.');
        }
        while fraction > 0 {
            self.byte(b'0' + (fraction / 100_000) as u8);
            fraction = fraction % 100_000 * 10;
        }
    }

    const fn whole(&mut self, number: u64) {
        if number >= 10 {
            self.whole(number / 10);
        }
        self.byte(b'0' + (number % 10) as u8);
    }

    /// A comma, unless this is the first member or element, or the value of a key. (The last byte of a finished
    /// string is its quotation mark, so what a string contains does not matter here.)
    const fn comma(&mut self) {
        if self.length > 0 && !matches!(self.bytes[self.length - 1], b'{' | b'[' | b':') {
            self.byte(b',');
        }
    }

    const fn byte(&mut self, byte: u8) {
        assert!(
            self.length < LIMIT,
            "a declaration has at most 64 KiB of JSON"
        );
        self.bytes[self.length] = byte;
        self.length += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(write: impl FnOnce(&mut Json), expected: &str) {
        let mut json = Json::new();
        write(&mut json);
        assert_eq!(std::str::from_utf8(json.as_bytes()), Ok(expected));
    }

    #[test]
    fn numbers_have_no_needless_digits() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (12.0, "12"),
            (-180.0, "-180"),
            (0.1, "0.1"),
            (-2.05, "-2.05"),
            (0.000_001, "0.000001"),
            (100.25, "100.25"),
            (4_294_967_295.0, "4294967295"),
        ] {
            check(|json| json.number(number), expected);
        }
    }

    #[test]
    fn text_is_escaped() {
        check(|json| json.text("a \"b\" \\ é"), r#""a \"b\" \\ é""#);
    }

    #[test]
    fn commas_stand_between_members_and_elements() {
        check(
            |json| {
                json.open(b'{');
                json.key("list");
                json.open(b'[');
                json.number(1.0);
                json.flag(true);
                json.open(b'{');
                json.close(b'}');
                json.close(b']');
                json.key("word");
                json.text("[");
                json.key("next");
                json.flag(false);
                json.close(b'}');
            },
            r#"{"list":[1,true,{}],"word":"[","next":false}"#,
        );
    }

    #[test]
    fn the_array_has_the_bytes_of_the_text() {
        let mut json = Json::new();
        json.text("x");
        assert_eq!(json.to_array::<3>(), *b"\"x\"");
    }
}
