//! `test/fail@1`: whatever can go wrong.

use std::hint::black_box;

use portcullis_guest::{Error, Own, class, export};

/// Functions that fail, each in its way.
struct Fail;

/// An object whose destructor traps.
#[class("test/fail@1")]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the bomb went off");
    }
}

#[export("test/fail@1")]
impl Fail {
    fn panic(message: &str) {
        panic!("{message}");
    }

    fn refuse(code: Error) -> Result<(), Error> {
        if code.number() == 0 {
            Ok(())
        } else {
            Err(code)
        }
    }

    fn complain(text: String) -> Result<(), String> {
        Err(text)
    }

    fn allocate(bytes: u32) -> bool {
        let mut memory = Vec::<u8>::new();
        let there_was = memory.try_reserve_exact(bytes as usize).is_ok();
        std::mem::forget(black_box(memory));
        there_was
    }

    fn exhaust() {
        loop {
            std::mem::forget(black_box(vec![1_u8; 64 * 1024]));
        }
    }

    fn recurse(depth: u32) -> u32 {
        if depth == 0 {
            0
        } else {
            black_box(Fail::recurse(black_box(depth - 1))) + 1
        }
    }

    fn spin() {
        loop {
            black_box(());
        }
    }

    fn make_bomb() -> Result<Own<Bomb>, Error> {
        Own::new(Bomb)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_passed_as_they_are() {
        assert_eq!(Fail::refuse(Error::from_number(0)), Ok(()));
        assert_eq!(
            Fail::refuse(Error::from_number(300)),
            Err(Error::from_number(300))
        );
        assert_eq!(Fail::complain("no".to_owned()), Err("no".to_owned()));
        assert_eq!(Fail::recurse(100), 100);
        assert!(Fail::allocate(16));
    }
}
