//! Write a Portcullis plugin in Rust.
//!
//! A plugin is a crate of type `cdylib`, built for `wasm32-unknown-unknown`. What it may call is a trait with
//! [`#[import]`](macro@import), what it offers are functions with [`#[export]`](macro@export):
//!
//! ```
//! use portcullis_guest::{export, import};
//!
//! #[import("demo/log@1")]
//! trait Log {
//!     fn write(line: &str);
//! }
//!
//! #[export("demo/greet@1")]
//! fn hello(name: &str) -> String {
//!     let _ = Log::write(name); // it may fail, for instance because the log's process is dead
//!     format!("Hello, {name}!")
//! }
//! ```
//!
//! # Types
//!
//! | ABI | parameter | result |
//! | --- | --- | --- |
//! | `bool`, `u8` … `s64`, `f32`, `f64`, `char` | `bool`, `u8` … `i64`, `f32`, `f64`, `char` | the same |
//! | `string` | `&str`, `String` | `String`; from exports also `&'static str` |
//! | `list<T>` of the above | `&[T]`, `Vec<T>` | `Vec<T>`; from exports also `&'static [T]` |
//! | `borrow<C>` | `&C`; in imports also `&Own<C>` | – |
//! | `own<C>` | [`Own<C>`](Own) | [`Own<C>`](Own) |
//! | `option<own<C>>` | `Option<Own<C>>` | `Option<Own<C>>` |
//! | `error` | [`Error`] | [`Error`] |
//! | `tuple<A, B>` | – | `(A, B)` |
//! | `result<T, E>` | – | `Result<T, E>`, with `()` for `_` |
//!
//! Names become kebab-case by themselves: `set_size` is `set-size`. `#[name("…")]` on a function gives another one.
//!
//! # Errors
//!
//! Every imported function can fail for a reason of the kernel's: its server is dead, a handle was revoked. So it
//! returns a `Result`, whatever it was declared with:
//!
//! | declared | called |
//! | --- | --- |
//! | nothing | `Result<(), Error>` |
//! | `T` | `Result<T, Error>` |
//! | `Result<T, Error>` | `Result<T, Error>`: kernel and callee share one space of numbers, [`Error`] |
//! | `Result<T, E>` | `Result<T, CallError<E>>`: [`CallError`] tells the kernel's reason from the callee's |
//!
//! # Handles
//!
//! An object of another process is reached through a class: the trait with `#[import]` names it, and `&self` is a
//! `borrow` of it. An object that this plugin serves is a struct with [`#[class]`](macro@class):
//!
//! ```
//! use portcullis_guest::{Error, Own, class, export, import};
//!
//! #[import("paint/canvas@1")]
//! trait Canvas {
//!     fn create(width: u32, height: u32) -> Own<Canvas>;
//!     fn size(&self) -> (u32, u32);
//! }
//!
//! #[class("demo/brush@1")]
//! struct Brush {
//!     radius: f32,
//! }
//!
//! #[export("demo/brush@1")]
//! impl Brush {
//!     fn create(radius: f32) -> Result<Own<Brush>, Error> {
//!         Own::new(Brush { radius })
//!     }
//!
//!     fn fits(&self, canvas: &Canvas) -> Result<bool, Error> {
//!         let (width, height) = canvas.size()?;
//!         Ok(self.radius * 2.0 <= width.min(height) as f32)
//!     }
//! }
//! ```
//!
//! [`Own`] releases its reference when it is dropped and cannot be copied by mistake; [`Own::retain`] copies it.
//!
//! # Much data
//!
//! A list is copied with the call. What is large, or wanted in parts, is lent: a [`Lease`] is a window on a range of this plugin's
//! memory, or of somebody else's, from which and into which is copied at once. [`lend`] and [`lend_mut`] lend bytes for one
//! call, [`LeasedBuffer`] as long as it lives.
//!
//! # Arguments that the kernel does not know
//!
//! A [`Message`] is bytes and handles of any class, with room for an answer: [`send`] makes one and has it as long as a function runs.
//!
//! # Panics, and the rest of the machinery
//!
//! A panic is a trap: the process ends, its objects die, its callers get an error. The panic's message is handed to
//! the kernel before. `cabi_realloc`, `portcullis_status` and `_initialize` are exported by this crate.
//!
//! # On the host
//!
//! Everything compiles for the host too, so that `cargo test` works in a plugin's crate: functions with `#[export]`
//! are the ordinary functions that they are written as, imported functions return
//! [`dead`](ErrorCode::Dead), and handles of the plugin's own classes work within a thread.

#![deny(missing_docs, unsafe_code)]

#[doc(hidden)]
#[allow(unsafe_code)]
pub mod abi;
mod error;
mod lease;
mod loader;
mod message;
mod own;

pub use abi::{Class, Minted};
pub use error::{CallError, Error};
pub use lease::{Lease, LeasedBuffer, lend, lend_mut};
pub use message::{Answer, AnyOwn, Message, Outgoing, send};
pub use own::Own;
pub use portcullis_abi::{ErrorCode, Rights};
pub use portcullis_guest_macros::{class, export, import};

/// The examples of the guide are tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Guide;
