//! The JavaScript of `transfer.js`: copies from memory to memory, and leases of the host.

use super::error::failure;
use super::with_kernel;
use crate::copy_plan::{CopyPlan, Place};
use crate::process::ProcessId;
use js_sys::Uint8Array;
use portcullis_abi::ErrorCode;
use wasm_bindgen::prelude::*;

const HOST: ProcessId = ProcessId::HOST;
/// The array that the host has at hand for one copy.
pub const AT_HAND: u32 = Place::MOST_ARRAYS;

#[wasm_bindgen(module = "/src/web/transfer.js")]
extern "C" {
    /// Says which memory a process has.
    #[wasm_bindgen(js_name = addMemory)]
    pub fn add_memory(process: u32, memory: &JsValue);
    /// Lets go of it.
    #[wasm_bindgen(js_name = removeMemory)]
    pub fn remove_memory(process: u32);
    /// A number for an array of the host; 0 if there are too many.
    #[wasm_bindgen(js_name = addArray)]
    pub fn add_array(bytes: &Uint8Array) -> u32;
    /// Lets go of an array.
    #[wasm_bindgen(js_name = removeArray)]
    pub fn remove_array(number: u32);
    /// Copies with the array that is at hand; whether it was done.
    #[wasm_bindgen(js_name = transferWith)]
    fn transfer_with(
        bytes: &Uint8Array,
        from: u32,
        from_address: u32,
        to: u32,
        to_address: u32,
        length: u32,
    ) -> u32;
    /// Makes ready what gates import as `transfer`.
    #[wasm_bindgen(js_name = prepareTransfers)]
    pub fn prepare_transfers(kernel: &JsValue);
    /// What gates import to copy from memory to memory.
    #[wasm_bindgen(thread_local_v2, js_name = transfer)]
    pub static TRANSFER: JsValue;
}

/// Makes a lease of the host on an array of its own: the `cap_t`. The array is kept until the lease ends.
///
/// # Errors
/// `denied`, `quota`, `no-memory`.
#[wasm_bindgen(js_name = leaseCreate)]
pub fn lease_create(bytes: &Uint8Array, rights: u32) -> Result<u32, JsValue> {
    let array = add_array(bytes);
    if array == 0 {
        return Err(failure(ErrorCode::Quota));
    }
    with_kernel(|kernel| kernel.lease_array(array, bytes.length(), rights)).map_err(|code| {
        remove_array(array);
        failure(code)
    })
}

/// A lease on a part of a lease that the host holds.
///
/// # Errors
/// `bad-handle`, `revoked`, `borrowed`, `denied`, `out-of-range`, `depth`, `quota`, `no-memory`.
#[wasm_bindgen(js_name = leaseNarrow)]
pub fn lease_narrow(cap: u32, offset: u32, length: u32, rights: u32) -> Result<u32, JsValue> {
    with_kernel(|kernel| kernel.lease_narrow(HOST, cap, offset, length, rights)).map_err(failure)
}

/// Fills an array from a lease.
///
/// # Errors
/// `bad-handle`, `revoked`, `denied`, `out-of-range`.
#[wasm_bindgen(js_name = leaseRead)]
pub fn lease_read(cap: u32, offset: u32, into: &Uint8Array) -> Result<(), JsValue> {
    let to = (Place::of_array(AT_HAND), 0);
    let plan = with_kernel(|kernel| kernel.lease_read(HOST, cap, offset, to, into.length()));
    carry_out(into, plan)
}

/// Writes an array into a lease.
///
/// # Errors
/// `bad-handle`, `revoked`, `denied`, `out-of-range`.
#[wasm_bindgen(js_name = leaseWrite)]
pub fn lease_write(cap: u32, offset: u32, bytes: &Uint8Array) -> Result<(), JsValue> {
    let from = (Place::of_array(AT_HAND), 0);
    let plan = with_kernel(|kernel| kernel.lease_write(HOST, cap, offset, from, bytes.length()));
    carry_out(bytes, plan)
}

/// Carries out a copy with an array of the host at hand.
///
/// # Errors
/// The one that the plan is; `revoked` if a memory is gone.
pub fn carry_out(
    bytes: &Uint8Array,
    plan: Result<Option<CopyPlan>, ErrorCode>,
) -> Result<(), JsValue> {
    let Some(plan) = plan.map_err(failure)? else {
        return Ok(());
    };
    let [from, from_address, to, to_address, length] = plan.words();
    match transfer_with(bytes, from, from_address, to, to_address, length) {
        0 => Err(failure(ErrorCode::Revoked)),
        _ => Ok(()),
    }
}

/// How many bytes a lease has.
///
/// # Errors
/// `bad-handle`, `revoked`.
#[wasm_bindgen(js_name = leaseLength)]
pub fn lease_length(cap: u32) -> Result<u32, JsValue> {
    with_kernel(|kernel| kernel.lease_length(HOST, cap)).map_err(failure)
}

/// One past the highest byte that was written through a lease of the host.
///
/// # Errors
/// `bad-handle`, `revoked`, `not-owner`.
#[wasm_bindgen(js_name = leaseWritten)]
pub fn lease_written(cap: u32) -> Result<u32, JsValue> {
    with_kernel(|kernel| kernel.lease_written(HOST, cap)).map_err(failure)
}
