//! The system calls of docs/abi.md §5: one exhaustive `match` over functions of the kernel.

use crate::load::clean_character;
use crate::process::ProcessId;
use crate::state::Kernel;
use portcullis_abi::limits::FAULT_BYTES;
use portcullis_abi::{ErrorCode, SystemCall};

/// How the result of a system call reaches the plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// It is an error code; 0 for success.
    Code,
    /// It is a value; errors go to the status word.
    Value,
    /// It reads the plugin's memory and returns nothing.
    Text,
}

/// The shape of a system call's result.
pub fn shape(call: SystemCall) -> Shape {
    match call {
        SystemCall::CapRetain | SystemCall::CapRelease | SystemCall::CapRevoke => Shape::Code,
        SystemCall::CapDerive
        | SystemCall::CapClass
        | SystemCall::CapRights
        | SystemCall::HandleCreate
        | SystemCall::HandleBadge => Shape::Value,
        SystemCall::Fault => Shape::Text,
    }
}

/// Last words, fit to be shown.
fn words(bytes: &[u8]) -> Result<String, ErrorCode> {
    let mut text = String::new();
    // No byte becomes more than the three of U+FFFD.
    text.try_reserve(3 * bytes.len())
        .map_err(|_| ErrorCode::NoMemory)?;
    for chunk in bytes.utf8_chunks() {
        text.extend(chunk.valid().chars().map(clean_character));
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    Ok(text)
}

/// Carries out a system call of `process`.
///
/// # Errors
/// Those that docs/abi.md gives for the call.
pub fn call(
    kernel: &mut Kernel,
    process: ProcessId,
    call: SystemCall,
    first: u32,
    second: u32,
) -> Result<u32, ErrorCode> {
    match call {
        SystemCall::CapRetain => kernel.retain(process, first).map(|()| 0),
        SystemCall::CapRelease => kernel.release(process, first).map(|()| 0),
        SystemCall::CapRevoke => kernel.revoke(process, first).map(|()| 0),
        SystemCall::CapDerive => kernel.derive(process, first, second),
        SystemCall::CapClass => Ok(kernel.cap_class(process, first)),
        SystemCall::CapRights => Ok(kernel.cap_rights(process, first)),
        SystemCall::HandleCreate => kernel.handle_create(process, first, second),
        SystemCall::HandleBadge => kernel.handle_badge(process, first, second),
        SystemCall::Fault => {
            let kept = second.min(FAULT_BYTES as u32);
            let bytes = kernel
                .staging
                .bytes(first, kept)
                .ok_or(ErrorCode::BadPointer)?;
            let text = words(bytes)?;
            kernel.processes.get_mut(process)?.last_words = Some(text);
            Ok(0)
        }
    }
}
