//! Call trees begin and end here: see [`crate::time`].

use super::frame::{Shared, now, suspends};
use super::with_kernel;
use crate::process::ProcessId;
use crate::time::Budget;
use js_sys::WebAssembly::Global;
use js_sys::{Function, Promise};
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
/// is made has left: `nested` says that a plugin waits for the web app. With `yields` it is a call of that process by way of `awaited`, and others may run in the middle of it; there
/// is one such call at a time. Gives its number.
#[wasm_bindgen]
pub fn begin(deadline: f64, fuel: f64, nested: bool, yields: Option<u32>) -> u32 {
    let now = now();
    let budget = Budget { deadline, fuel };
    // Only who counts units has to know what is left of the slice.
    let global = fuel.is_finite().then(|| Shared::get().ok()).flatten();
    let global = global.map(|shared| shared.fuel);
    let left = global.as_ref().map_or(0, left);
    let yields = yields.map(ProcessId::from_raw);
    let (serial, left) = with_kernel(|kernel| kernel.begin(now, left, budget, nested, yields));
    if let Some(global) = global {
        global.set_value(&left.into());
    }
    serial
}

/// Whether calls can yield in this engine.
#[wasm_bindgen(js_name = canYield)]
pub fn can_yield() -> bool {
    suspends()
}

/// Calls a half by way of a promise of the status; `yielded` says so to `end`.
#[wasm_bindgen]
pub fn awaited(half: &Function, frame: u32) -> Result<Promise, JsValue> {
    Shared::get()?.await_half(half, frame)
}

/// Begins what the kernel itself has a plugin do, inside of whatever runs.
pub fn begin_within(budget: Budget) -> u32 {
    let now = now();
    with_kernel(|kernel| kernel.time.begin_within(&kernel.shared, now, budget))
}

/// Ends what one of the above began.
#[wasm_bindgen]
pub fn end(serial: u32, yielded: bool) {
    if with_kernel(|kernel| kernel.end(serial, yielded))
        && let Ok(shared) = Shared::get()
    {
        // Whoever goes on now has no time left: it is to ask at once.
        shared.fuel.set_value(&0.into());
    }
}
