//! Translators: the functions between an import and its provider, generated for each signature.
//!
//! Every process has one *gate*, a small WebAssembly module with
//!
//! - a **caller half** for each of its imports: checks the arguments, writes them into a frame in the kernel's memory, and
//!   has whatever the slot holds called, contained;
//! - a **callee half** for each of its exports: reads the frame, maps capabilities into the process's namespace, copies
//!   strings and lists into its memory, and calls the export;
//! - a half for each system call and destructor.
//!
//! ```text
//! plugin A ── import ──► caller half ──► [containment] ──► slot ──► callee half ──► export ── plugin B
//!                        A's gate        JS try/catch     funcref   B's gate
//! ```
//!
//! Containment is one function of JavaScript for all calls, which calls one function of WebAssembly for all slots: engines
//! optimise a place that always calls the same function, and give up on one that calls hundreds of them. The callee half
//! writes into the frame who was entered, so that containment knows who is to blame.
//!
//! Both halves agree on the frame (see [`crate::signature::FrameLayout`]), and on nothing else: all slots have the type
//! `(frame: i32) -> (status: i32)`. So whoever serves a function can be replaced by whoever else serves the signature.
//!
//! Plugins of one trust group do without containment between them: see [`fused`].
//!
//! The web app may promise a result: then the status is [`PENDING`], and the caller half waits ([`wait_module`]) until there is
//! one, with the frame and all that was lent as they are.
//!
//! A value is **lifted** from a process into a frame, and **lowered** from a frame into a process. Order matters for
//! failure atomicity:
//!
//! ```text
//! caller half:  frame; lift arguments (lend borrows, take owned ones out); call; lower results
//!               on failure: put owned ones back that the callee did not take; report; return zeros
//! callee half:  lower borrows, then content (foreign code may run), then reserve room and attach owned ones;
//!               call; lift results; on failure: end borrows, put owned results back
//! ```

mod body;
mod callee;
mod caller;
mod fused;
mod gate;
mod lift;
mod lower;
mod shared;
mod stack;
mod support;
mod system;
mod wait;

pub use callee::DESTRUCTOR;
pub use fused::Road;

pub use gate::{
    Destructor, Gate, GateExport, GateImport, GatePlan, KERNEL_FUNCTIONS, generate, generating,
};
pub use shared::{forwarder_module, shared_module, wrapper_module};
pub use stack::{HEADROOM_BYTES, MOST_HEADROOM_BYTES, Unit, loading_module, stack_module};
pub use system::{NO_FUEL, TURN};
pub use wait::{PENDING, wait_module};
