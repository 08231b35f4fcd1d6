//! Why a plugin was not loaded.

use portcullis_abi::ErrorCode;
use std::fmt;

/// A load error: what, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// Its number and name.
    pub code: ErrorCode,
    /// A sentence for the person who has to act on it. Names from the module are cleaned.
    pub message: String,
    /// The function concerned, as `interface#name`.
    pub function: Option<String>,
}

impl LoadError {
    /// An error that concerns the whole module.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> LoadError {
        LoadError {
            code,
            message: message.into(),
            function: None,
        }
    }

    /// An error that concerns one function.
    pub fn at(code: ErrorCode, function: String, message: impl Into<String>) -> LoadError {
        LoadError {
            code,
            message: message.into(),
            function: Some(clean(&function, 200)),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for LoadError {}

/// Text from a plugin made fit to be shown: control and direction characters become `·`, and it is cut to `limit` characters.
pub fn clean(text: &str, limit: usize) -> String {
    let mut cleaned: String = text.chars().take(limit).map(clean_character).collect();
    if text.chars().nth(limit).is_some() {
        cleaned.push('…');
    }
    cleaned
}

/// A character fit to be shown: itself, or `·`.
pub fn clean_character(character: char) -> char {
    match character {
        '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => '·',
        character if character.is_control() => '·',
        character => character,
    }
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn what_a_plugin_says_cannot_pose_as_something_else() {
        assert_eq!(clean("a\nb\u{1b}[2J\u{202e}", 20), "a·b·[2J·");
        assert_eq!(clean("äöü", 2), "äö…");
        assert_eq!(clean("äö", 2), "äö");
    }
}
