//! Work that is done in slices, so that who has it done can do something else between them.
//!
//! What goes through a module is `async`: it tells its [`Pace`] how much it has done, and leaves off there when a slice is over.
//! Nothing wakes it. Whoever wants it goes on with it, at once ([`at_once`]) or later ([`Sliced`]).

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Work of a slice. A unit is what it takes to look at a byte of code once, about: an engine that interprets the kernel's own code at
/// first takes some 20 ms for a slice then, and less than 5 later. A module of 50 KB is one slice.
pub const SLICE: u64 = 256 << 10;
/// Work of looking at a function, without its bytes.
pub const FUNCTION: u64 = 64;
/// Work of looking at an entry of another section, without its bytes.
pub const ENTRY: u64 = 64;
/// Work of looking at an item of an element segment, without its bytes.
pub const ITEM: u64 = 8;

/// How much of a slice is done.
#[derive(Debug, Default)]
pub struct Pace {
    done: u64,
}

impl Pace {
    /// Notes that so much was done. Leaves off here if that ends the slice.
    pub async fn spent(&mut self, work: u64) {
        self.done = self.done.saturating_add(work);
        if self.done < SLICE {
            return;
        }
        self.done = 0;
        let mut left = false;
        poll_fn(|_| match std::mem::replace(&mut left, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }
}

fn poll<T>(work: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Option<T> {
    match work.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

/// Does work to its end, slice after slice.
pub fn at_once<T>(work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        if let Some(result) = poll(work.as_mut()) {
            return result;
        }
    }
}

/// Work that is under way. Dropped before its end, it leaves nothing behind.
pub struct Sliced<T> {
    work: Option<Pin<Box<dyn Future<Output = T>>>>,
}

impl<T> Sliced<T> {
    /// Nothing of it is done yet.
    pub fn new(work: impl Future<Output = T> + 'static) -> Sliced<T> {
        Sliced {
            work: Some(Box::pin(work)),
        }
    }

    /// Does a slice of it. Gives what came of it if that was the last one, and nothing afterwards.
    pub fn step(&mut self) -> Option<T> {
        let result = poll(self.work.as_mut()?.as_mut())?;
        self.work = None;
        Some(result)
    }
}
