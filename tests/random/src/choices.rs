//! A row of numbers from which a test builds its values by asking. Where the row ends, every answer is 0, so a shorter row with
//! smaller numbers makes a simpler value: whatever is built so can be made small.

use proptest::collection::{SizeRange, vec};
use proptest::prelude::any;
use proptest::strategy::Strategy;
use std::cell::Cell;

/// The numbers that are left.
#[derive(Clone, Debug)]
pub struct Choices {
    numbers: Vec<u32>,
    next: Cell<usize>,
}

/// Random rows of so many numbers.
pub fn choices(length: impl Into<SizeRange>) -> impl Strategy<Value = Choices> {
    vec(any::<u32>(), length).prop_map(Choices::new)
}

impl Choices {
    /// From numbers, in the order in which they are used.
    pub fn new(numbers: Vec<u32>) -> Choices {
        Choices {
            numbers,
            next: Cell::new(0),
        }
    }

    /// From bytes, four for a number; what is missing in the last one is 0.
    pub fn from_bytes(bytes: &[u8]) -> Choices {
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .rev()
                .fold(0, |sum, byte| sum << 8 | u32::from(*byte))
        };
        Choices::new(bytes.chunks(4).map(number).collect())
    }

    /// Whether every number was used.
    pub fn is_used_up(&self) -> bool {
        self.next.get() >= self.numbers.len()
    }

    /// Any number.
    pub fn any(&self) -> u32 {
        let place = self.next.replace(self.next.get() + 1);
        self.numbers.get(place).copied().unwrap_or(0)
    }

    /// Any number of 64 bits.
    pub fn any64(&self) -> u64 {
        u64::from(self.any()) | u64::from(self.any()) << 32
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&self, bound: u32) -> u32 {
        self.any() % bound
    }

    /// True about once in `rarity` times.
    pub fn rarely(&self, rarity: u32) -> bool {
        self.below(rarity) == rarity - 1
    }

    /// One of several values; the first is the simplest.
    ///
    /// # Panics
    /// If there are none.
    pub fn pick<'a, T>(&self, values: &'a [T]) -> &'a T {
        &values[self.below(values.len() as u32) as usize]
    }

    /// A row of up to `most` values that `make` builds.
    pub fn several<T>(&self, most: u32, mut make: impl FnMut(&Choices) -> T) -> Vec<T> {
        let length = self.below(most + 1);
        (0..length).map(|_| make(self)).collect()
    }
}
