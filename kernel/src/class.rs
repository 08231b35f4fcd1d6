//! Classes and signatures by number, for the whole kernel.

use crate::map::Map;

/// The kernel's number of a class; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClassId(pub u32);

/// Gives equal texts equal numbers, from 1.
#[derive(Default)]
pub struct Interner {
    numbers: Map<String, u32>,
    texts: Vec<String>,
}

impl Interner {
    /// The number of a text; a new one for a new text.
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.texts.push(text.to_owned());
        let number = self.texts.len() as u32;
        self.numbers.insert(text.to_owned(), number);
        number
    }

    /// The text of a number.
    pub fn text(&self, number: u32) -> Option<&str> {
        self.texts
            .get(number.checked_sub(1)? as usize)
            .map(String::as_str)
    }
}

/// The interface that a class belongs to: `paint/canvas@1` of `paint/canvas@1.canvas`.
pub fn interface_of(class: &str) -> &str {
    class
        .rsplit_once('.')
        .map_or(class, |(interface, _)| interface)
}
