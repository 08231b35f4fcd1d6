//! [`crate::inspect`] for JavaScript.

use super::{running, with_kernel};
use crate::inspect::InspectedProcess;
use crate::process::ProcessId;
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inspection {
    processes: Vec<InspectedProcess>,
    objects: u32,
    slots: u32,
    transfers: usize,
    kernel_memory_bytes: f64,
}

/// Everything that the kernel knows, at this moment.
///
/// # Errors
/// None that is expected.
#[wasm_bindgen]
pub fn inspect() -> Result<JsValue, JsValue> {
    let (mut processes, objects, slots, transfers) = with_kernel(|kernel| {
        (
            kernel.inspect(),
            kernel.objects.live(),
            kernel.slots.live(),
            kernel.transits(),
        )
    });
    for process in &mut processes {
        process.memory_bytes = running::memory_bytes(ProcessId::from_raw(process.id));
    }
    let inspection = Inspection {
        processes,
        objects,
        slots,
        transfers,
        kernel_memory_bytes: (core::arch::wasm32::memory_size(0) * 65_536) as f64,
    };
    Ok(serde_wasm_bindgen::to_value(&inspection)?)
}
