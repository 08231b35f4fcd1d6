//! `test/counter@1` imported, and `test/relay@1`: handles pass through.

use std::cell::RefCell;

use portcullis_guest::{Error, Own, export, import};

#[import("test/counter@1")]
pub trait Counter {
    fn create(start: u32) -> Own<Counter>;
    fn try_create(start: u32) -> Result<Own<Counter>, String>;
    fn maybe_create(wanted: bool, start: u32) -> Option<Own<Counter>>;
    fn create_two(first: u32, second: u32) -> (Own<Counter>, Own<Counter>);
    fn increment(&self, by: u32) -> u32;
    fn read(&self) -> u32;
    fn clone(&self) -> Own<Self>;
    fn same(&self, other: &Counter) -> bool;
    fn finish(counter: Own<Counter>) -> Result<u32, Error>;
    fn finish_if_any(counter: Option<Own<Counter>>) -> Result<u32, Error>;
    fn keep(counter: Own<Counter>);
    fn kept() -> u32;
    fn give_back() -> Option<Own<Counter>>;
    fn alive() -> u32;
}

thread_local! {
    /// What `hoard` was given.
    static HOARD: RefCell<Vec<Own<Counter>>> = const { RefCell::new(Vec::new()) };
}

/// Functions that take handles and pass them on.
struct Relay;

#[export("test/relay@1")]
impl Relay {
    fn create(start: u32) -> Result<Own<Counter>, Error> {
        Counter::create(start)
    }

    fn increment(counter: &Counter, by: u32) -> Result<u32, Error> {
        counter.increment(by)
    }

    fn pass(counter: Own<Counter>) -> Own<Counter> {
        counter
    }

    fn pass_if_any(counter: Option<Own<Counter>>) -> Option<Own<Counter>> {
        counter
    }

    fn finish(counter: Own<Counter>) -> Result<u32, Error> {
        Counter::finish(counter)
    }

    fn hoard(counter: Own<Counter>) {
        HOARD.with_borrow_mut(|hoard| hoard.push(counter));
    }

    fn hoarded() -> u32 {
        HOARD.with_borrow(|hoard| hoard.len() as u32)
    }

    fn sum() -> Result<u32, Error> {
        HOARD.with_borrow(|hoard| hoard.iter().map(|counter| counter.read()).sum())
    }

    fn abandon() {
        drop(HOARD.take());
    }
}
