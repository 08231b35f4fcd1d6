//! Signatures: the types of the functions that plugins import and export, their text, and how they
//! lie in core WebAssembly.

mod lower;
mod metadata;
mod parse;
mod types;

pub use lower::{
    BORROW_RIGHTS, Core, CoreSignature, FRAME_CALLEE, FRAME_CALLER, FRAME_FLAGS, FRAME_HEADER,
    FRAME_SLOT, FRAME_STATUS, FrameLayout, Record, ResultLayout, flat_all, flat_outcome,
    outcome_layout,
};
pub use metadata::{ClassRecord, Direction, FunctionRecord, Metadata, PLAIN};
pub use parse::{ParseError, parse_interface_name, parse_records, parse_signature};
pub use types::{ClassName, Outcome, Parameter, Payload, Scalar, Signature, Type};
