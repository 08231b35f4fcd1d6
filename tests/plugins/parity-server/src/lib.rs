//! A test plugin that serves functions with every type of the ABI. It imports nothing.
//!
//! Every guest language has a server with these interfaces, and the same tests run against each.
//!
//! # `test/echo@1`: what comes in goes out
//!
//! ```text
//! echo-bool: func(value: bool) -> bool            and so echo-u8, -s8, -u16, -s16, -u32, -s32, -u64, -s64, -f32, -f64, -char
//! echo-string: func(value: string) -> string
//! echo-error: func(value: error) -> error
//! list-bool: func(value: list<bool>) -> list<bool>  and so list-u8, … list-char
//! tuple: func(a: u8, b: string, c: s64, d: list<u16>) -> tuple<u8, string, s64, list<u16>>
//! many: func(a: u8, b: s64, c: f32, d: string, e: list<u32>, f: bool, g: char, h: f64, i: u16, j: s8, k: string,
//!            l: u64, m: s32, n: list<f64>)
//!       -> tuple<u8, s64, f32, string, list<u32>, bool, char, f64, u16, s8, string, u64, s32, list<f64>>
//!                                                   14 parameters in 18 core values: they travel in memory
//! result-empty: func(ok: bool) -> result                                    ok as asked for
//! result-value: func(ok: bool) -> result<u64>                               ok: 2⁶⁴ − 1
//! result-error: func(code: error) -> result<u32, error>                     0: ok 7, else this error
//! result-text: func(ok: bool, value: string) -> result<string, string>      the value on the side asked for
//! result-tuple: func(ok: bool) -> result<tuple<u8, f64>, u16>               ok: 200 and −0.5, error: 65535
//! nothing: func()
//! ```
//!
//! # `test/counter@1`: objects of class `counter`
//!
//! ```text
//! create: func(start: u32) -> own<counter>
//! try-create: func(start: u32) -> result<own<counter>, string>              error "too large" above 1,000
//! maybe-create: func(wanted: bool, start: u32) -> option<own<counter>>
//! create-two: func(first: u32, second: u32) -> tuple<own<counter>, own<counter>>
//! increment: func(self: borrow<counter>, by: u32) -> u32                    the new value, wrapping
//! read: func(self: borrow<counter>) -> u32
//! clone: func(self: borrow<counter>) -> own<counter>                        another counter with this value
//! same: func(self: borrow<counter>, other: borrow<counter>) -> bool         whether both are one object
//! finish: func(counter: own<counter>) -> result<u32, error>                 ends it for everybody; its value
//! finish-if-any: func(counter: option<own<counter>>) -> result<u32, error>  0 for none
//! keep: func(counter: own<counter>)                                         the server holds it from now on
//! kept: func() -> u32                                                       how many it holds
//! give-back: func() -> option<own<counter>>                                 the one that was kept last
//! alive: func() -> u32                                                      counters whose value was not dropped
//! ```
//!
//! # `test/fail@1`: whatever can go wrong
//!
//! ```text
//! panic: func(message: string)                    traps with this message
//! refuse: func(code: error) -> result<_, error>   this error, nothing wrong for 0
//! complain: func(text: string) -> result<_, string>   always this error
//! allocate: func(bytes: u32) -> bool              takes so much memory and never gives it back; false if there is none
//! exhaust: func()                                 takes memory until it traps
//! recurse: func(depth: u32) -> u32                the depth; traps when the stack is used up
//! spin: func()                                    never returns
//! make-bomb: func() -> result<own<bomb>, error>   an object whose destructor traps with "the bomb went off"
//! ```

#![forbid(unsafe_code)]

mod counter;
mod echo;
mod fail;
