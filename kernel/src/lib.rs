//! The Portcullis kernel: capabilities, translators and processes for untrusted WebAssembly plugins in a web page.
//!
//! Four principles hold everywhere in it:
//!
//! 1. **A number from a plugin is an allegation.** A `cap_t` names a slot of that plugin's own namespace and nothing
//!    else; an address is checked against that plugin's memory at the moment of use.
//! 2. **State first, effects afterwards.** An operation checks everything, changes everything, and only then may
//!    foreign code run. No borrow of kernel state is held while control is outside of the kernel.
//! 3. **The core knows no JavaScript.** Everything outside of [`web`] runs, and is tested, on any machine.
//! 4. **Nothing is granted by default.**
//!
//! The road of a call is made of [`translator`] gates, which read the tables of [`object`] and [`namespace`] in the
//! kernel's memory directly; their layout is fixed in [`layout`].

#![deny(missing_docs)]
#![cfg_attr(not(target_arch = "wasm32"), forbid(unsafe_code))]
#![deny(unsafe_code)]

pub mod binding;
pub mod capability;
pub mod class;
pub mod copy_plan;
pub mod fiber;
pub mod group;
pub mod inspect;

pub mod layout;
pub mod lease;
pub mod link;
pub mod load;
mod map;
pub mod message;
pub mod module;
pub mod namespace;
pub mod object;
pub mod pace;
pub mod process;
mod records;
mod reserve;
pub mod signature;
pub mod staging;
pub mod state;
pub mod syscall;
pub mod time;
pub mod translator;

#[cfg(target_arch = "wasm32")]
pub mod web;

pub use portcullis_abi::{ErrorCode, Rights};
pub use state::Kernel;
