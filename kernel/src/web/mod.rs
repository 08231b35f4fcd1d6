//! The kernel in a page: the only place that touches JavaScript, and the only one with `unsafe` code.
//!
//! [`gate_calls`] are the functions that gates call, WebAssembly to WebAssembly. Everything else talks to the engine:
//! compiling and instantiating ([`plugin`]), containment ([`frame`]), copies from memory to memory ([`transfer`]), and what the TypeScript face calls ([`edge`]).

#![allow(unsafe_code)] // For exporting functions under a fixed name; see `gate_calls`.

mod gate_calls;
mod global;

#[cfg(feature = "web")]
mod budget;
#[cfg(feature = "web")]
mod describe;
#[cfg(feature = "web")]
mod digest;
#[cfg(feature = "web")]
mod edge;
#[cfg(feature = "web")]
mod error;
#[cfg(feature = "web")]
mod exit;
#[cfg(feature = "web")]
mod frame;
#[cfg(feature = "web")]
mod fused;
#[cfg(feature = "web")]
mod host;
#[cfg(feature = "web")]
mod inspect;
#[cfg(feature = "web")]
mod message;
#[cfg(feature = "web")]
mod plan;
#[cfg(feature = "web")]
mod plugin;
#[cfg(feature = "web")]
mod recipe;
#[cfg(feature = "web")]
mod replace;
#[cfg(feature = "web")]
mod running;
#[cfg(feature = "web")]
mod spawn;
#[cfg(feature = "web")]
mod starting;
#[cfg(feature = "web")]
mod supply;
#[cfg(all(test, feature = "web"))]
mod tests;
#[cfg(feature = "web")]
mod transfer;
#[cfg(feature = "web")]
mod usage;
#[cfg(feature = "web")]
mod waiting;

pub use gate_calls::*;
pub use global::with_kernel;
