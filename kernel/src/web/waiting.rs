//! Calls that can be suspended: see [`crate::fiber`].

use super::error::failure;
use super::frame;
use super::with_kernel;
use crate::process::ProcessId;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;

/// A promise that is kept when the event loop has had its turn.
#[wasm_bindgen(js_name = nextTurn)]
pub fn next_turn() -> Promise {
    frame::next_turn()
}

/// Tells the kernel who waits for what the web app promises: (fiber, frame) → promise of the status.
#[wasm_bindgen(js_name = setWaiter)]
pub fn set_waiter(waiter: &Function) {
    frame::set_waiter(waiter);
}

/// Takes a fiber for a call to a process. Frames that are taken from here on are its.
///
/// # Errors
/// `quota`, `no-memory`.
#[wasm_bindgen(js_name = takeFiber)]
pub fn take_fiber(process: u32) -> Result<u32, JsValue> {
    with_kernel(|kernel| kernel.take_fiber(ProcessId::from_raw(process))).map_err(failure)
}

/// Enters a half by way of a promise of its status.
///
/// # Errors
/// What the engine throws.
#[wasm_bindgen]
pub fn awaited(half: &Function, frame: u32) -> Result<Promise, JsValue> {
    frame::awaited(half, frame)
}

/// The web app has control back after it took a fiber. Tells whether its plugin is suspended.
#[wasm_bindgen(js_name = leaveFiber)]
pub fn leave_fiber(fiber: u32) -> bool {
    with_kernel(|kernel| kernel.leave_fiber(fiber))
}

/// Nothing of a plugin is on the stack: a fiber that still seems to run is over.
#[wasm_bindgen(js_name = settleRunning)]
pub fn settle_running() {
    with_kernel(crate::Kernel::settle_running);
}

/// Has the frames of a suspended fiber be those that are used. Gives what [`close_fiber`] takes.
#[wasm_bindgen(js_name = openFiber)]
pub fn open_fiber(fiber: u32) -> u32 {
    with_kernel(|kernel| kernel.open_fiber(fiber))
}

/// Ends [`open_fiber`].
#[wasm_bindgen(js_name = closeFiber)]
pub fn close_fiber(outer: u32) {
    with_kernel(|kernel| kernel.close_fiber(outer));
}

/// The web app is done with a fiber.
#[wasm_bindgen(js_name = endFiber)]
pub fn end_fiber(fiber: u32) {
    with_kernel(|kernel| kernel.end_fiber(fiber));
}

/// Whether a plugin that calls the web app could wait for it: the number of its fiber, or the number of an error, negative.
#[wasm_bindgen(js_name = mayWait)]
pub fn may_wait(process: u32) -> i32 {
    let now = frame::now();
    let may = with_kernel(|kernel| kernel.may_wait(ProcessId::from_raw(process), now));
    may.map_or_else(|code| -(code.number() as i32), |fiber| fiber as i32)
}

/// Milliseconds that a suspended fiber may still wait.
#[wasm_bindgen(js_name = timeLeft)]
pub fn time_left(fiber: u32) -> f64 {
    let now = frame::now();
    with_kernel(|kernel| kernel.time_left(fiber, now))
}

/// Ends the time of a call: because the web app does not want it any more (`cancelled`), or because its deadline has passed.
#[wasm_bindgen]
pub fn cancel(serial: u32, cancelled: bool) {
    let now = frame::now();
    with_kernel(|kernel| kernel.cancel(serial, now, cancelled));
}
