//! `test/counter@1`: objects of class `counter`.

use std::cell::{Cell, RefCell};

use portcullis_guest::{Error, Own, class, export};

thread_local! {
    /// How many counters there are.
    static ALIVE: Cell<u32> = const { Cell::new(0) };
    /// What `keep` was given.
    static KEPT: RefCell<Vec<Own<Counter>>> = const { RefCell::new(Vec::new()) };
}

/// A number that can be counted up.
#[class("test/counter@1")]
struct Counter {
    value: Cell<u32>,
}

impl Counter {
    fn starting_at(value: u32) -> Counter {
        ALIVE.set(ALIVE.get() + 1);
        Counter {
            value: Cell::new(value),
        }
    }

    fn mint(value: u32) -> Own<Counter> {
        Own::new(Counter::starting_at(value)).expect("a handle for a counter")
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

#[export("test/counter@1")]
impl Counter {
    fn create(start: u32) -> Own<Counter> {
        Counter::mint(start)
    }

    fn try_create(start: u32) -> Result<Own<Counter>, String> {
        if start > 1_000 {
            return Err("too large".to_owned());
        }
        Ok(Own::new(Counter::starting_at(start))?)
    }

    fn maybe_create(wanted: bool, start: u32) -> Option<Own<Counter>> {
        wanted.then(|| Counter::mint(start))
    }

    fn create_two(first: u32, second: u32) -> (Own<Counter>, Own<Counter>) {
        (Counter::mint(first), Counter::mint(second))
    }

    fn increment(&self, by: u32) -> u32 {
        self.value.set(self.value.get().wrapping_add(by));
        self.value.get()
    }

    fn read(&self) -> u32 {
        self.value.get()
    }

    fn clone(&self) -> Own<Self> {
        Counter::mint(self.value.get())
    }

    fn same(&self, other: &Counter) -> bool {
        std::ptr::eq(self, other)
    }

    fn finish(counter: Own<Counter>) -> Result<u32, Error> {
        Ok(counter.take()?.value.get())
    }

    fn finish_if_any(counter: Option<Own<Counter>>) -> Result<u32, Error> {
        counter.map_or(Ok(0), Counter::finish)
    }

    fn keep(counter: Own<Counter>) {
        KEPT.with_borrow_mut(|kept| kept.push(counter));
    }

    fn kept() -> u32 {
        KEPT.with_borrow(|kept| kept.len() as u32)
    }

    fn give_back() -> Option<Own<Counter>> {
        KEPT.with_borrow_mut(Vec::pop)
    }

    fn alive() -> u32 {
        ALIVE.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_live_as_long_as_somebody_holds_them() {
        let first = Counter::create(41);
        assert_eq!(first.with(|counter| counter.increment(1)).unwrap(), 42);
        let second = first.with(Counter::clone).unwrap();
        assert_eq!(Counter::alive(), 2);
        assert!(
            !first
                .with(|left| second.with(|right| left.same(right)))
                .unwrap()
                .unwrap()
        );

        let again = Own::retain(&first).unwrap();
        drop(first);
        assert_eq!(Counter::alive(), 2);
        assert_eq!(Counter::finish(again).unwrap(), 42);
        assert_eq!(Counter::alive(), 1);

        Counter::keep(second);
        assert_eq!((Counter::kept(), Counter::alive()), (1, 1));
        drop(Counter::give_back());
        assert_eq!((Counter::kept(), Counter::alive()), (0, 0));
    }

    #[test]
    fn a_counter_in_use_cannot_be_finished() {
        let counter = Counter::create(7);
        let again = Own::retain(&counter).unwrap();
        let refused = counter.with(|_| Counter::finish(again)).unwrap();
        assert_eq!(refused.unwrap_err(), portcullis_guest::ErrorCode::Lent);
        assert_eq!(Counter::finish_if_any(Some(counter)).unwrap(), 7);
        assert_eq!(Counter::finish_if_any(None).unwrap(), 0);
    }

    #[test]
    fn counters_can_be_refused() {
        assert_eq!(Counter::try_create(1_001).err().unwrap(), "too large");
        assert_eq!(
            Counter::try_create(1_000)
                .unwrap()
                .with(Counter::read)
                .unwrap(),
            1_000
        );
        assert!(Counter::maybe_create(false, 1).is_none());
    }
}
