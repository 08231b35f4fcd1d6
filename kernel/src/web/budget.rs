//! Call trees begin and end here: see [`crate::time`].

use super::frame::{Shared, now, suspends};
use super::with_kernel;
use crate::process::ProcessId;
use crate::time::Budget;
use js_sys::WebAssembly::Global;
use wasm_bindgen::prelude::*;

/// What a destructor may use. It runs in somebody else's time, so it has little of its own.
pub const DESTRUCTOR: Budget = Budget {
    deadline: 50.0,
    fuel: f64::INFINITY,
};

fn left(fuel: &Global) -> i32 {
    fuel.value().as_f64().unwrap_or(0.0) as i32
}

/// Begins a call of the web app's: it may use `deadline` milliseconds and `fuel` units, and no more than the call in which it
/// is made has left: `nested` says that a plugin waits for the web app. With a `fiber` it can be suspended; with `yields` it is, now
/// and then, so that others have their turn. Gives its number.
#[wasm_bindgen]
pub fn begin(deadline: f64, fuel: f64, nested: bool, fiber: Option<u32>, yields: bool) -> u32 {
    let now = now();
    let budget = Budget { deadline, fuel };
    // Only who counts units has to know what is left of the slice.
    let global = fuel.is_finite().then(|| Shared::get().ok()).flatten();
    let global = global.map(|shared| shared.fuel);
    let left = global.as_ref().map_or(0, left);
    let (serial, left) =
        with_kernel(|kernel| kernel.begin(now, left, budget, nested, fiber, yields));
    if let Some(global) = global {
        global.set_value(&left.into());
    }
    serial
}

/// Whether calls can be suspended in this engine.
#[wasm_bindgen(js_name = canSuspend)]
pub fn can_suspend() -> bool {
    suspends()
}

/// Begins what the kernel itself has a plugin do, inside of whatever runs.
pub fn begin_within(budget: Budget) -> u32 {
    let now = now();
    with_kernel(|kernel| kernel.time.begin_within(&kernel.shared, now, budget))
}

/// Ends what one of the above began.
#[wasm_bindgen]
pub fn end(serial: u32) {
    if with_kernel(|kernel| kernel.end(serial))
        && let Ok(shared) = Shared::get()
    {
        // Whoever goes on now has no time left: it is to ask at once.
        shared.fuel.set_value(&0.into());
    }
}

/// Has whoever runs ask at once whether it may go on, as soon as it has control back. What it has left of its slice is not used up.
#[wasm_bindgen(js_name = askSoon)]
pub fn ask_soon() {
    let Ok(shared) = Shared::get() else { return };
    let left = left(&shared.fuel);
    if left > 0 {
        with_kernel(|kernel| kernel.time.take_back(left));
        shared.fuel.set_value(&0.into());
    }
}

/// Whether there is stack to load a plugin here, in the middle of whatever runs.
#[wasm_bindgen(js_name = hasRoomToLoad)]
pub fn has_room_to_load() -> bool {
    super::frame::has_room_to_load()
}

/// Whether a callee would have its headroom here.
#[wasm_bindgen(js_name = hasHeadroom)]
pub fn has_headroom() -> bool {
    super::frame::has_headroom()
}

/// How many calls into a process are running.
#[wasm_bindgen(js_name = activeCalls)]
pub fn active_calls(process: u32) -> u32 {
    with_kernel(|kernel| {
        let process = kernel.processes.get(ProcessId::from_raw(process)).ok()?;
        Some(kernel.processes.header(process.id).active.get())
    })
    .unwrap_or(0)
}
