//! What a Portcullis plugin and the Portcullis kernel have to agree on, and nothing else.
//!
//! The specification is `docs/abi.md`; this crate is its numbers and names in Rust, so that the kernel, the guest
//! SDK and its macros cannot drift apart:
//!
//! - [`ErrorCode`]: why something failed, one list for Rust, C and TypeScript;
//! - [`Rights`]: what a capability allows;
//! - [`limits`]: how long, how many;
//! - [`MessageInfo`]: what can be asked about a message;
//! - [`names`]: the fixed names in a module, and what names may look like;
//! - [`SystemCall`]: the functions of the import module `portcullis` with their core types;
//! - [`class_number`]: the number that the SDK gives a class.
//!
//! No allocation, no dependencies, no unsafe code.

#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod class;
mod error;
pub mod limits;
mod message;
pub mod names;
mod rights;
mod system;

pub use class::class_number;
pub use error::ErrorCode;
pub use message::MessageInfo;
pub use rights::Rights;
pub use system::{CoreType, SystemCall};
