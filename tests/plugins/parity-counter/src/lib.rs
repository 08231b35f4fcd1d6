//! `parity/counter@1`: counters for whoever holds one.

use std::cell::Cell;

use portcullis_guest::{Own, class, export};

/// A number that can be counted up.
#[class("parity/counter@1")]
struct Counter {
    total: Cell<u32>,
}

#[export("parity/counter@1")]
impl Counter {
    fn create(start: u32) -> Own<Counter> {
        Own::new(Counter {
            total: Cell::new(start),
        })
        .expect("a handle for a counter")
    }

    fn count(&self, by: u32) -> u32 {
        self.total.set(self.total.get().wrapping_add(by));
        self.total.get()
    }
}
