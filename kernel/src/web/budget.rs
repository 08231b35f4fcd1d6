//! Call trees begin and end here: see [`crate::time`].

use super::frame::{Shared, now};
use super::with_kernel;
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
/// is made has left. Gives its number.
#[wasm_bindgen]
pub fn begin(deadline: f64, fuel: f64) -> u32 {
    let now = now();
    let budget = Budget { deadline, fuel };
    // Only who counts units has to know what is left of the slice.
    let global = fuel.is_finite().then(|| Shared::get().ok()).flatten();
    let global = global.map(|shared| shared.fuel);
    let left = global.as_ref().map_or(0, left);
    let (serial, left) =
        with_kernel(|kernel| kernel.time.begin(&kernel.shared, now, left, budget, false));
    if let Some(global) = global {
        global.set_value(&left.into());
    }
    serial
}

/// Begins what the kernel itself has a plugin do, inside of whatever runs.
pub fn begin_within(budget: Budget) -> u32 {
    let now = now();
    with_kernel(|kernel| kernel.time.begin_within(&kernel.shared, now, budget))
}

/// Ends what one of the above began.
#[wasm_bindgen]
pub fn end(serial: u32) {
    if with_kernel(|kernel| kernel.time.end(&kernel.shared, serial))
        && let Ok(shared) = Shared::get()
    {
        // Whoever goes on now has no time left: it is to ask at once.
        shared.fuel.set_value(&0.into());
    }
}
