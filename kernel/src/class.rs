//! Classes and signatures by number, for the whole kernel.

use crate::map::Map;
use portcullis_abi::names::{LEASE_CLASS, MESSAGE_CLASS};

/// The kernel's number of a class; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClassId(pub u32);

impl ClassId {
    /// `portcullis/kernel@1.lease`: see [`crate::lease`].
    pub const LEASE: ClassId = ClassId(u32::MAX);
    /// `portcullis/kernel@1.message`.
    pub const MESSAGE: ClassId = ClassId(u32::MAX - 1);

    /// Whether its objects are the kernel's own: their badge is the number of a record.
    pub fn is_built_in(self) -> bool {
        self >= ClassId::MESSAGE
    }
}

/// Gives equal texts equal numbers, from 1. A number never means another text, also when it was let go.
#[derive(Default)]
pub struct Interner {
    numbers: Map<String, u32>,
    /// By number, with how many hold it.
    texts: Map<u32, (String, u32)>,
    last: u32,
}

impl Interner {
    /// Names of classes; those that are built in are known for ever.
    pub fn of_classes() -> Interner {
        let mut names = Interner::default();
        for (text, ClassId(number)) in [
            (LEASE_CLASS, ClassId::LEASE),
            (MESSAGE_CLASS, ClassId::MESSAGE),
        ] {
            names.texts.insert(number, (text.to_owned(), 1));
            names.numbers.insert(text.to_owned(), number);
        }
        names
    }

    /// The number of a text; a new one for a new text.
    pub fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.last += 1;
        self.texts.insert(self.last, (text.to_owned(), 0));
        self.numbers.insert(text.to_owned(), self.last);
        self.last
    }

    /// The number of a text that is known.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    /// As [`Self::number`], for somebody who gives it back by [`Self::let_go`].
    pub fn hold(&mut self, text: &str) -> u32 {
        let number = self.number(text);
        if let Some((_, holders)) = self.texts.get_mut(&number) {
            *holders += 1;
        }
        number
    }

    /// Ends what [`Self::hold`] began. With its last holder a text is forgotten.
    pub fn let_go(&mut self, number: u32) {
        let Some((_, holders)) = self.texts.get_mut(&number) else {
            return;
        };
        *holders = holders.saturating_sub(1);
        if *holders == 0
            && let Some((text, _)) = self.texts.remove(&number)
        {
            self.numbers.remove(&text);
        }
    }

    /// The text of a number.
    pub fn text(&self, number: u32) -> Option<&str> {
        self.texts.get(&number).map(|(text, _)| text.as_str())
    }

    /// How many texts are known.
    pub fn known(&self) -> usize {
        self.texts.iter().count()
    }
}

/// The names that a plugin, or an interface of the host, holds as long as it is there.
#[derive(Debug, Default)]
pub struct Names {
    pub(crate) classes: Vec<u32>,
    pub(crate) signatures: Vec<u32>,
}

/// The interface that a class belongs to: `paint/canvas@1` of `paint/canvas@1.canvas`.
pub fn interface_of(class: &str) -> &str {
    class
        .rsplit_once('.')
        .map_or(class, |(interface, _)| interface)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_classes_are_known_for_ever() {
        let mut names = Interner::of_classes();
        for (text, class) in [
            (LEASE_CLASS, ClassId::LEASE),
            (MESSAGE_CLASS, ClassId::MESSAGE),
        ] {
            assert!(class.is_built_in());
            assert_eq!(names.hold(text), class.0);
            names.let_go(class.0);
            assert_eq!(
                (names.number(text), names.text(class.0)),
                (class.0, Some(text))
            );
        }
        assert!(!ClassId(names.number("a")).is_built_in());
    }

    #[test]
    fn a_text_is_known_as_long_as_somebody_holds_it() {
        let mut names = Interner::default();
        let first = names.hold("a");
        assert_eq!(names.hold("a"), first);
        let other = names.hold("b");
        names.let_go(first);
        assert_eq!(names.text(first), Some("a"));
        names.let_go(first);
        names.let_go(first);
        assert_eq!((names.text(first), names.known()), (None, 1));
        assert_ne!(names.hold("a"), first);
        assert_eq!(names.text(other), Some("b"));
    }
}
