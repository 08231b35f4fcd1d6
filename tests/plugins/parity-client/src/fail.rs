//! `test/fail@1` imported, and `test/fail-relay@1`: the server's failures as the client sees them.

use portcullis_guest::{Error, Own, export, import};

#[import("test/fail@1")]
pub trait Fail {
    fn panic(message: &str);
    fn refuse(code: Error) -> Result<(), Error>;
    fn complain(text: &str) -> Result<(), String>;
    fn recurse(depth: u32) -> u32;
    fn spin();
    fn make_bomb() -> Result<Own<Bomb>, Error>;
}

#[import("test/fail@1")]
pub trait Bomb {}

/// Functions that report how the server failed.
struct FailRelay;

#[export("test/fail-relay@1")]
impl FailRelay {
    fn panic(message: &str) -> Result<(), Error> {
        Fail::panic(message)
    }

    fn refuse(code: Error) -> Result<(), Error> {
        Fail::refuse(code)
    }

    fn complain(text: &str) -> Result<(), String> {
        Ok(Fail::complain(text)?)
    }

    fn spin() -> Result<(), Error> {
        Fail::spin()
    }

    fn recurse(depth: u32) -> Result<u32, Error> {
        Fail::recurse(depth)
    }

    fn drop_bomb() -> Result<(), Error> {
        drop(Fail::make_bomb()?);
        Ok(())
    }
}
