//! Records by number: what the kernel keeps besides its objects, found in constant time.

use crate::reserve::{entries, free_list};
use portcullis_abi::ErrorCode;

/// Records by number, from 1. A number is used again when its record was taken out.
pub struct Records<T> {
    entries: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Default for Records<T> {
    fn default() -> Self {
        Records {
            entries: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T> Records<T> {
    /// Makes room for one more. To take one out needs no memory.
    ///
    /// # Errors
    /// `no-memory`.
    pub fn reserve(&mut self) -> Result<(), ErrorCode> {
        if self.free.is_empty() {
            entries(&mut self.entries, 1)?;
            free_list(&mut self.free, self.entries.len() + 1)?;
        }
        Ok(())
    }

    /// Puts a record in, for which [`Self::reserve`] has made room: its number.
    pub fn insert(&mut self, record: T) -> u32 {
        match self.free.pop() {
            Some(index) => {
                self.entries[index as usize] = Some(record);
                index + 1
            }
            None => {
                self.entries.push(Some(record));
                self.entries.len() as u32
            }
        }
    }

    /// The record of a number.
    pub fn get(&self, number: u32) -> Option<&T> {
        self.entries.get(number.checked_sub(1)? as usize)?.as_ref()
    }

    /// As [`Self::get`], to change it.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.entries
            .get_mut(number.checked_sub(1)? as usize)?
            .as_mut()
    }

    /// Takes a record out.
    pub fn remove(&mut self, number: u32) -> Option<T> {
        let index = number.checked_sub(1)?;
        let record = self.entries.get_mut(index as usize)?.take()?;
        self.free.push(index);
        Some(record)
    }

    /// How many there are.
    pub fn live(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    /// The highest number that was ever used.
    pub fn numbers(&self) -> u32 {
        self.entries.len() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::Records;

    #[test]
    fn a_number_means_its_record_until_that_is_taken_out() {
        let mut records = Records::default();
        for text in ["a", "b"] {
            records.reserve().unwrap();
            records.insert(text);
        }
        assert_eq!((records.get(1), records.get(2)), (Some(&"a"), Some(&"b")));
        for number in [0, 3, u32::MAX] {
            assert_eq!(records.get(number), None);
            assert_eq!(records.get_mut(number), None);
            assert_eq!(records.remove(number), None);
        }
        assert_eq!(records.remove(1), Some("a"));
        assert_eq!((records.remove(1), records.live()), (None, 1));
        records.reserve().unwrap();
        assert_eq!(records.insert("c"), 1);
        assert_eq!((records.live(), records.numbers()), (2, 2));
    }
}
