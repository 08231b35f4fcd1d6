//! What the code that the macros generate calls, and the only place of this crate with unsafe code.
//!
//! Not for use by hand: everything here may change with any version. What each part stands on is `docs/abi.md`; the
//! kernel's promises there are what the safety comments refer to.

mod area;
mod call;
mod class;
mod element;
#[cfg(target_arch = "wasm32")]
mod fault;
mod lease;
#[cfg(target_arch = "wasm32")]
mod memory;
mod message;
mod object;
mod record;
mod status;
pub(crate) mod system;
#[cfg(not(target_arch = "wasm32"))]
mod system_on_host;

pub use area::Area;
pub use call::{absent, borrow_number, call, char_from, give_own, own, own_number, settle};
pub use element::Element;
pub(crate) use lease::{LentCells, lend, lend_mut};
#[cfg(target_arch = "wasm32")]
pub use memory::{address_of, arguments, drop_given, give, give_plain, length_of, list, string};
pub(crate) use message::{receive_capabilities, reply, with_message};
pub use object::{Arrived, Handle, Lent, Object, destroy};
pub(crate) use object::{look, mint, take};
pub use record::{record, record_length};
pub use system::Capability;

pub use class::{Class, Imported, Minted};
