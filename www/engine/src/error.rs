//! What can go wrong in the engine, each with a sentence for the person in front of the page.

use std::fmt;

use crate::probe::{MAXIMUM_PIXELS, MAXIMUM_SIDE};

/// An operation that was refused; the document is as it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A picture with no pixels.
    Empty,
    /// A picture with a side or an area above the limits.
    TooLarge {
        /// Pixels in a row.
        width: u64,
        /// Rows.
        height: u64,
    },
    /// The memory for this many bytes could not be had.
    OutOfMemory {
        /// Bytes that were asked for.
        bytes: u64,
    },
    /// Somebody handed over another number of bytes than the size calls for.
    WrongLength {
        /// What the bytes are, as the subject of a sentence.
        what: &'static str,
        /// Bytes that the size calls for.
        expected: u64,
        /// Bytes that came.
        found: u64,
    },
    /// A rectangle that does not lie in the image, or not on the grid of tiles.
    BadTile {
        /// The rectangle, as it was given.
        rect: crate::Rect,
    },
    /// A halo above the limit.
    BadHalo {
        /// The halo in pixels, as it was given.
        halo: u32,
    },
    /// The bytes are not a picture, or a damaged one.
    Unreadable(String),
    /// A place in the history, a level or a mode that does not exist.
    NoSuch(&'static str),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "The picture has no pixels."),
            Self::TooLarge { width, height } => write!(
                f,
                "The picture is {} × {} pixels. This page opens pictures of up to {} megapixels with sides of up to {} pixels.",
                grouped(*width),
                grouped(*height),
                MAXIMUM_PIXELS / 1_000_000,
                grouped(u64::from(MAXIMUM_SIDE)),
            ),
            Self::OutOfMemory { bytes } => {
                write!(
                    f,
                    "The browser has no {} MB of memory left for this.",
                    bytes.div_ceil(1_000_000)
                )
            }
            Self::WrongLength {
                what,
                expected,
                found,
            } => {
                write!(
                    f,
                    "{what} should be {} bytes long, but is {}.",
                    grouped(*expected),
                    grouped(*found)
                )
            }
            Self::BadTile { rect } => write!(
                f,
                "The tile at {}, {} of {} × {} pixels does not lie on the picture's grid.",
                rect.x, rect.y, rect.width, rect.height
            ),
            Self::BadHalo { halo } => {
                write!(
                    f,
                    "A halo of {halo} pixels is more than {}.",
                    crate::tile::MAXIMUM_HALO
                )
            }
            Self::Unreadable(reason) => write!(f, "The picture cannot be read: {reason}."),
            Self::NoSuch(what) => write!(f, "There is no such {what}."),
        }
    }
}

impl std::error::Error for Error {}

/// A number with commas between groups of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_name_sizes() {
        let sentence = Error::TooLarge {
            width: 30_000,
            height: 30_000,
        }
        .to_string();
        assert!(sentence.contains("30,000 × 30,000"), "{sentence}");
        assert!(sentence.contains("16,384"), "{sentence}");
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(123), "123");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
