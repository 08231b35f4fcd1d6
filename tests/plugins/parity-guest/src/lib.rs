//! The guest of `tests/parity` in Rust; what it has to do stands in `tests/parity/README.md`.

#![allow(clippy::too_many_arguments, clippy::type_complexity)] // `scalars` has a parameter of every type.

mod cell;

use std::cell::RefCell;

use cell::Cell;
use portcullis_guest::{
    AnyOwn, Error, Lease, Message, Outgoing, Own, export, import, lend_mut, send,
};

#[import("parity/host@1.thing")]
trait Thing {
    fn value(&self) -> u32;
}

#[import("parity/host@1")]
trait Host {
    fn fail() -> u32;
    fn set_callback(cell: Own<Cell>);
    fn answer(message: &Message, a: u32) -> i32;
    fn fill(lease: &Lease) -> u32;
}

#[import("parity/counter@1")]
trait Counter {
    fn count(&self, by: u32) -> u32;
}

/// What the error 256 of `divide` means.
const DIVIDED_BY_ZERO: u32 = 256;

thread_local! {
    /// What `keep` was given.
    static KEPT: RefCell<Option<Own<Thing>>> = const { RefCell::new(None) };
}

/// `parity/guest@1`.
struct Guest;

#[export("parity/guest@1")]
impl Guest {
    fn scalars(
        a: bool,
        b: i8,
        c: u8,
        d: i16,
        e: u16,
        f: i32,
        g: u32,
        h: i64,
        i: u64,
        j: f32,
        k: f64,
        l: char,
    ) -> (bool, i8, u8, i16, u16, i32, u32, i64, u64, f32, f64, char) {
        (a, b, c, d, e, f, g, h, i, j, k, l)
    }

    fn greet(name: &str) -> String {
        format!("Hello, {name}!")
    }

    fn reverse(mut values: Vec<u16>) -> Vec<u16> {
        values.reverse();
        values
    }

    fn sum(values: &[f64]) -> f64 {
        values.iter().fold(0.0, |sum, value| sum + value)
    }

    fn divide(left: i32, right: i32) -> Result<i32, Error> {
        match right {
            0 => Err(Error::from_number(DIVIDED_BY_ZERO)),
            _ => Ok(left.wrapping_div(right)),
        }
    }

    fn last_error() -> u32 {
        Host::fail().map_or_else(|error| error.number(), |_| 0)
    }

    fn look(thing: &Thing) -> u32 {
        thing.value().expect("the value of the thing") + 1
    }

    fn keep(thing: Own<Thing>) {
        KEPT.set(Some(thing));
    }

    fn give() -> Option<Own<Thing>> {
        KEPT.take()
    }

    fn count(counter: &Counter, by: u32) -> u32 {
        counter.count(by).expect("what the counter counts")
    }

    fn register() {
        Host::set_callback(Cell::mint(100)).expect("the application takes the cell");
    }

    fn receive(message: &Message, a: u32, b: u32) -> i32 {
        let mut bytes = message.bytes().expect("the bytes of the message");
        let things = message.capabilities().expect("its capabilities");
        for byte in &mut bytes {
            *byte = byte.wrapping_add(1);
        }
        let answered = message.reply(&bytes, things);
        assert!(answered.is_ok(), "the answer");
        (a + b) as i32 + bytes.len() as i32
    }

    fn send(data: &[u8]) -> i32 {
        let mut reply = [0; 256];
        let outgoing = Outgoing {
            bytes: data,
            capabilities: vec![AnyOwn::from(Cell::mint(7))],
            reply: &mut reply,
            places: 1,
        };
        let Ok(answer) = send(outgoing, |message| Host::answer(message, 5)) else {
            panic!("the message")
        };
        let length = answer.length.unwrap_or(0) as usize;
        let sum: i32 = reply[..length].iter().map(|byte| i32::from(*byte)).sum();
        let result = answer.result.expect("what the application gives");
        result + sum + 1_000 * answer.capabilities.len() as i32
    }

    fn invert(lease: &Lease) -> u32 {
        let mut bytes = [0; 256];
        let length = lease.length().expect("a lease");
        let bytes = &mut bytes[..length as usize];
        lease.read(0, bytes).expect("it can be read");
        for byte in &mut *bytes {
            *byte = !*byte;
        }
        lease.write(0, bytes).expect("it can be written");
        length
    }

    fn lend(size: u32) -> u32 {
        let mut bytes: [u8; 256] = std::array::from_fn(|index| index as u8);
        let (filled, written) =
            lend_mut(&mut bytes[..size as usize], |lease| Host::fill(lease)).expect("a lease");
        filled.expect("the application fills it");
        bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>() + 100_000 * written
    }

    fn trap() {
        std::process::abort()
    }

    fn panic(words: &str) {
        panic!("{words}")
    }
}
