//! A test plugin that imports what `parity-server` exports: the other side of every type of the ABI.
//!
//! # Imports
//!
//! `test/echo@1`, `test/counter@1` and `test/fail@1`, as the server's documentation says.
//!
//! # Exports
//!
//! `test/echo@1` once more, with the functions of the import behind it: what runs against the server runs against this
//! plugin too. And:
//!
//! ## `test/relay@1`: handles pass through
//!
//! ```text
//! create: func(start: u32) -> result<own<test/counter@1.counter>, error>
//! increment: func(counter: borrow<test/counter@1.counter>, by: u32) -> result<u32, error>   lends what was lent to it
//! pass: func(counter: own<test/counter@1.counter>) -> own<test/counter@1.counter>           gives back what it got
//! pass-if-any: func(counter: option<own<…>>) -> option<own<…>>
//! finish: func(counter: own<…>) -> result<u32, error>                                       moves it to the server
//! hoard: func(counter: own<…>)                                                              holds it
//! hoarded: func() -> u32                                                                    how many it holds
//! sum: func() -> result<u32, error>                                                         of what it holds
//! abandon: func()                                                                           releases what it holds
//! ```
//!
//! ## `test/check@1`: checks with a sentence for what is wrong
//!
//! ```text
//! scalars, texts, lists, results, tuples, handles, rights: func() -> result<_, string>
//! failures: func() -> result<_, string>           makes the server trap; it is dead afterwards
//! ```
//!
//! ## `test/fail-relay@1`: the server's failures as the client sees them
//!
//! ```text
//! panic: func(message: string) -> result<_, error>      trapped, and dead from then on
//! refuse: func(code: error) -> result<_, error>
//! complain: func(text: string) -> result<_, string>     an error of the kernel's comes as its text
//! spin: func() -> result<_, error>
//! recurse: func(depth: u32) -> result<u32, error>
//! drop-bomb: func() -> result<_, error>                 takes a bomb and releases it, which kills the server
//! ```

#![forbid(unsafe_code)]

mod check;
mod counter;
mod echo;
mod fail;
