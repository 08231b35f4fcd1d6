//! What is used and what may be used, as pairs of numbers. `npm/usage.ts` has their names, in the same order.

use super::error::{KernelFailure, failure};
use super::{running, with_kernel};
use crate::process::ProcessId;
use portcullis_abi::ErrorCode;
use wasm_bindgen::prelude::*;

/// Used and limit of everything that a process may use, in pairs: bytes of memory, then the fields of
/// [`crate::process::Limits`] in their order, then destructors that are due, fuel and milliseconds. Nothing if it
/// is dead.
#[wasm_bindgen]
pub fn usage(process: u32) -> Vec<f64> {
    let id = ProcessId::from_raw(process);
    let maximum = running::maximum_bytes(id) as f64;
    with_kernel(|kernel| {
        let Ok(process) = kernel.processes.get(id) else {
            return Vec::new();
        };
        let (limits, header) = (process.limits, kernel.processes.header(id));
        let functions = process.servers.iter().map(|server| server.functions.len());
        let pairs = [
            (0, 0),
            (process.namespace.live(), limits.handles),
            (process.objects, limits.objects),
            (header.active.get(), limits.calls),
            (kernel.shared.depth.get(), limits.depth),
            (process.transfers(), limits.transfers),
            (process.content(), limits.content),
            (functions.sum::<usize>() as u32, limits.functions),
            (process.waiting(), limits.objects),
        ];
        let mut numbers: Vec<f64> = pairs
            .into_iter()
            .flat_map(|(used, limit)| [f64::from(used), f64::from(limit)])
            .collect();
        numbers[0] = running::memory_bytes(id) as f64;
        numbers[1] = maximum;
        let none = f64::INFINITY;
        numbers.extend([process.fuel, none, process.milliseconds, none]);
        numbers
    })
}

/// The same of the kernel: processes without the host, bytes of content, bytes of its own memory, then what has no limit of its
/// own: objects, capabilities, references under way, functions that can be called, interfaces with methods, names; then calls that
/// can be suspended.
#[wasm_bindgen(js_name = kernelUsage)]
pub fn kernel_usage() -> Vec<f64> {
    with_kernel(|kernel| {
        let processes = &kernel.processes;
        let (content, most_content) = kernel.staging.usage();
        let held: u32 = processes
            .iter()
            .map(|process| process.namespace.live())
            .sum();
        let names = kernel.classes.known() + kernel.signatures.known();
        let memory = (core::arch::wasm32::memory_size(0) * 65_536) as f64;
        let none = f64::INFINITY;
        let (fibers, most_fibers) = kernel.fibers.usage();
        vec![
            f64::from(processes.live() - 1),
            f64::from(processes.limit() - 1),
            content as f64,
            most_content as f64,
            memory,
            4_294_967_296.0,
            f64::from(kernel.objects.live()),
            none,
            f64::from(held),
            none,
            kernel.transits() as f64,
            none,
            f64::from(kernel.slots.live()),
            none,
            kernel.methods.interfaces() as f64,
            none,
            names as f64,
            none,
            f64::from(fibers),
            f64::from(most_fibers),
        ]
    })
}

/// Sets the most processes, without the host, and the most bytes of content, over all processes.
#[wasm_bindgen(js_name = limitKernel)]
pub fn limit_kernel(processes: u32, content: f64) {
    with_kernel(|kernel| {
        kernel.processes.set_limit(processes.saturating_add(1));
        kernel.staging.set_limit(content as u64);
    });
}

/// Asks whether the kernel can have so many bytes, before the host has it do something that cannot do without.
///
/// # Errors
/// `no-memory`.
#[wasm_bindgen]
pub fn headroom(bytes: u32) -> Result<(), JsValue> {
    let room = Vec::<u8>::new().try_reserve_exact(bytes as usize);
    room.map_err(|_| {
        failure(KernelFailure::new(
            ErrorCode::NoMemory,
            format!("the engine has no {bytes} bytes of memory left for the kernel"),
        ))
    })
}
