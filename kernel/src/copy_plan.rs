//! Copies from memory to memory that an operation wants. The core sees no memories: it plans, and whoever called it carries the
//! plan out, after the kernel's state is not borrowed any more and before anything else happens.

use crate::process::ProcessId;

/// Bits of a process's identity that are never all 0: those of its place in the table of processes.
const INDEX_BITS: u32 = 12;

/// A memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u32);

impl Place {
    /// The kernel's own memory: frames and what is staged.
    pub const KERNEL: Place = Place(0);
    /// The most arrays of the host at once.
    pub const MOST_ARRAYS: u32 = (1 << (32 - INDEX_BITS)) - 1;

    /// The memory of a process.
    pub fn of_process(process: ProcessId) -> Place {
        Place(process.raw())
    }

    /// An array of the host, by its number from 1 to [`Self::MOST_ARRAYS`].
    pub fn of_array(number: u32) -> Place {
        Place(number << INDEX_BITS)
    }

    /// The number of the array, if it is one of the host's.
    pub fn array(self) -> Option<u32> {
        let number = self.0 >> INDEX_BITS;
        (number != 0 && self.0 == number << INDEX_BITS).then_some(number)
    }

    /// As it crosses to whoever carries plans out: 0 for the kernel; the identity of a process; the number of an array in the
    /// upper 20 bits, with the lower ones 0, which no process has.
    pub fn raw(self) -> u32 {
        self.0
    }
}

/// A copy. Both ranges were checked; they may overlap, and are copied right then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopyPlan {
    /// Where the bytes are.
    pub from: Place,
    /// From which address on.
    pub from_address: u32,
    /// Where they go.
    pub to: Place,
    /// To which address.
    pub to_address: u32,
    /// How many; never 0.
    pub length: u32,
}

impl CopyPlan {
    /// How many words a plan takes for a gate.
    pub const WORDS: usize = 5;

    /// The plan as a gate hands it on.
    pub fn words(&self) -> [u32; CopyPlan::WORDS] {
        [
            self.from.raw(),
            self.from_address,
            self.to.raw(),
            self.to_address,
            self.length,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_do_not_mean_each_other() {
        for number in [1, 2, Place::MOST_ARRAYS] {
            assert_eq!(Place::of_array(number).array(), Some(number));
        }
        for process in [1, 4_095, 0x1001, u32::MAX] {
            let place = Place::of_process(ProcessId::from_raw(process));
            assert_eq!((place.array(), place.raw()), (None, process));
        }
        assert_eq!(Place::KERNEL.array(), None);
    }
}
