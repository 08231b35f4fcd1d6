//! Calls of imported functions: the status word around them, and what became of the handles that were passed.

use portcullis_abi::ErrorCode;

use super::class::{Class, Imported};
use super::{Capability, status};
use crate::{Error, Own};

/// Runs `function`, which calls one import, and says whether the kernel has a complaint.
///
/// # Errors
///
/// The code in the status word.
#[inline]
pub fn call<R>(function: impl FnOnce() -> R) -> Result<R, Error> {
    status::clear();
    let result = function();
    match status::take() {
        0 => Ok(result),
        number => Err(Error::from_number(number)),
    }
}

/// What an imported function does on the host, where there is no kernel.
///
/// # Errors
///
/// Always `dead`.
pub fn absent<R, E: From<Error>>() -> Result<R, E> {
    Err(E::from(ErrorCode::Dead.into()))
}

/// The number under which an owned handle is passed. It stays the caller's until [`settle`].
#[inline]
#[must_use]
pub fn own_number<C: Class>(own: &Own<C>) -> i32 {
    own.capability().number() as i32
}

/// The number under which an object of an imported class is lent.
#[inline]
#[must_use]
pub fn borrow_number<C: Imported>(object: &C) -> i32 {
    object.capability().number() as i32
}

/// Gives an owned handle away: the result of an export.
#[inline]
#[must_use]
pub fn give_own<C: Class>(own: Own<C>) -> i32 {
    let number = own_number(&own);
    std::mem::forget(own);
    number
}

/// After a call that `own` was passed to: forgets it if it has moved, releases it if it stayed.
#[inline]
pub fn settle<C: Class, R>(own: Own<C>, outcome: &Result<R, Error>) {
    let moved = match outcome {
        Ok(_) => true,
        Err(error) => may_have_moved(*error),
    };
    if moved {
        std::mem::forget(own);
    }
}

/// Whether the callee may have been entered before this error. Then the number may already name something else, and
/// must not be released; where it still names the old object, one reference stays behind.
fn may_have_moved(error: Error) -> bool {
    matches!(
        error.code(),
        Some(ErrorCode::Trapped | ErrorCode::BadResult | ErrorCode::NoMemory | ErrorCode::Host)
    )
}

/// An owned handle that arrived.
#[inline]
#[must_use]
pub fn own<C: Class>(number: i32) -> Own<C> {
    Own::from_capability(Capability::from_number(number as u32))
}

/// A `char` that arrived. The kernel lets none through that is no scalar value.
#[inline]
#[must_use]
pub fn char_from(value: i32) -> char {
    char::from_u32(value as u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}
