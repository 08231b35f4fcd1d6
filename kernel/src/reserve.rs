//! Memory that is asked for before anything changes.
//!
//! What a plugin can make the kernel do must not run out of memory half-way, and must not abort: Rust's own answer to a lack of
//! memory. So an operation first reserves all that it will need, may fail with `no-memory` there, and then changes things with
//! what it has. To give something back never needs memory: every list of free places has room for all places from the start.

use portcullis_abi::ErrorCode;

/// Room for `count` more entries.
///
/// # Errors
/// `no-memory`.
pub fn entries<T>(list: &mut Vec<T>, count: usize) -> Result<(), ErrorCode> {
    list.try_reserve(count).map_err(|_| ErrorCode::NoMemory)
}

/// Room in a list of free places for all `places` that there are.
///
/// # Errors
/// `no-memory`.
pub fn free_list<T>(list: &mut Vec<T>, places: usize) -> Result<(), ErrorCode> {
    entries(list, places.saturating_sub(list.len()))
}
