//! [`crate::inspect`] for JavaScript.

use super::{spawn, with_kernel};
use crate::process::ProcessId;
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[derive(Serialize)]
struct Capability {
    cap: u32,
    class: String,
    rights: u32,
    count: u32,
    borrowed: bool,
    alive: bool,
    minter: u32,
    from: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Process {
    id: u32,
    name: String,
    memory_bytes: f64,
    active: u32,
    handle_quota: u32,
    objects: u32,
    serves: Vec<String>,
    capabilities: Vec<Capability>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inspection {
    processes: Vec<Process>,
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
    let (processes, objects, slots, transfers) = with_kernel(|kernel| {
        (
            kernel.inspect(),
            kernel.objects.live(),
            kernel.slots.live(),
            kernel.transits(),
        )
    });
    let processes = processes.into_iter().map(|process| Process {
        memory_bytes: spawn::memory_bytes(ProcessId::from_raw(process.id)) as f64,
        id: process.id,
        name: process.name,
        active: process.active,
        handle_quota: process.quota,
        objects: process.objects,
        serves: process.serves,
        capabilities: process
            .capabilities
            .into_iter()
            .map(|held| Capability {
                cap: held.cap,
                class: held.class,
                rights: held.rights,
                count: held.count,
                borrowed: held.borrowed,
                alive: held.alive,
                minter: held.minter,
                from: held.from,
            })
            .collect(),
    });
    let inspection = Inspection {
        processes: processes.collect(),
        objects,
        slots,
        transfers,
        kernel_memory_bytes: (core::arch::wasm32::memory_size(0) * 65_536) as f64,
    };
    Ok(serde_wasm_bindgen::to_value(&inspection)?)
}
