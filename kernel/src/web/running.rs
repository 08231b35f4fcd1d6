//! The processes that run, as JavaScript and messages need them: names, memories, destructors.

use super::frame::get;
use super::fused;
use super::plugin::Compiled;
use super::recipe::bytes_of;
use super::supply::PAGE;
use super::transfer;
use crate::class::ClassId;
use crate::process::ProcessId;
use crate::translator::{DESTRUCTOR, Road};
use js_sys::WebAssembly::Global;
use js_sys::{Function, Object, WebAssembly};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The index of the start of a process.
const START: u32 = DESTRUCTOR - 1;

/// What JavaScript holds for a process, and what is to be told about it.
pub struct Running {
    /// Which one it is.
    pub process: ProcessId,
    /// For messages.
    pub name: String,
    /// What it is a process of.
    pub compiled: Rc<Compiled>,
    /// Its memory, if it has one.
    pub memory: Option<WebAssembly::Memory>,
    /// The most pages that it may have.
    pub maximum_pages: u64,
    /// What its gate exports, when it is connected.
    pub gate: Option<Object>,
    /// Its destructors, contained, by the class whose objects they are for.
    pub destructors: Vec<(ClassId, Function)>,
    /// The slots of imports that were given a provider while it runs, each with the number of the slot that is called instead.
    pub later: Vec<(u32, Global)>,
}

thread_local! {
    /// By the place of the process in the kernel's table.
    static RUNNING: RefCell<Vec<Option<Running>>> = const { RefCell::new(Vec::new()) };
}

/// Looks at a process, if it is one.
pub fn with<R>(process: ProcessId, action: impl FnOnce(&Running) -> R) -> Option<R> {
    RUNNING.with(|all| {
        let all = all.borrow();
        let running = all.get(process.index())?.as_ref()?;
        (running.process == process).then(|| action(running))
    })
}

/// Changes what stands in the place of a process.
pub fn with_mut<R>(process: ProcessId, action: impl FnOnce(&mut Option<Running>) -> R) -> R {
    RUNNING.with(|all| {
        let mut all = all.borrow_mut();
        let length = all.len().max(process.index() + 1);
        all.resize_with(length, || None);
        action(&mut all[process.index()])
    })
}

/// The name of a process, for messages.
pub fn name(process: ProcessId) -> String {
    with(process, |running| running.name.clone()).unwrap_or_default()
}

/// Lets go of everything that JavaScript holds for a process.
pub fn forget(process: ProcessId) {
    let gone = with_mut(process, |running| {
        running.take_if(|running| running.process == process)
    });
    transfer::remove_memory(process.raw());
    fused::forget(process);
    // Outside of the list: a plugin that is dropped with it tells the kernel.
    drop(gone);
}

/// The name of the export, or destructor, of that number.
pub fn export_name(process: ProcessId, index: u32) -> Option<String> {
    with(process, |running| {
        if index & DESTRUCTOR != 0 {
            let (_, name) = running
                .compiled
                .resolved
                .destructors
                .get((index & !DESTRUCTOR) as usize)?;
            return Some(name.clone());
        }
        if index == START {
            return Some("start".to_owned());
        }
        Some(
            running
                .compiled
                .resolved
                .exports
                .get(index as usize)?
                .export
                .clone(),
        )
    })
    .flatten()
}

/// The name of an import by its place among the bound ones.
pub fn import_name(process: ProcessId, index: u32) -> String {
    with(process, |running| {
        let import = running.compiled.resolved.imports.get(index as usize);
        import.map_or("a system call".to_owned(), |import| {
            format!("{}#{}", import.interface, import.name)
        })
    })
    .unwrap_or_default()
}

/// How calls of an export travel within a group; nothing if the process does not run, or has no such export.
pub fn road(process: ProcessId, interface: &str, name: &str) -> Option<Road> {
    with(process, |running| {
        let resolved = &running.compiled.resolved;
        let mut exports = resolved.exports.iter();
        let export = exports.find(|e| e.interface == interface && e.name == name)?;
        let mints = |class: &str| {
            resolved
                .classes
                .iter()
                .any(|c| c.minted && c.class == class)
        };
        Some(Road::fused(
            &export.signature,
            mints,
            export.post_return.is_some(),
        ))
    })
    .flatten()
}

/// What is called on that road: an export itself, or its half.
pub fn callee(process: ProcessId, interface: &str, name: &str, road: Road) -> Option<JsValue> {
    with(process, |running| {
        let mut exports = running.compiled.resolved.exports.iter();
        let index = exports.position(|e| e.interface == interface && e.name == name)?;
        let gate = running.gate.as_ref()?;
        if road != Road::Straight {
            return Some(get(gate, &format!("e{index}")));
        }
        let table: WebAssembly::Table = get(gate, "t").unchecked_into();
        let export = table
            .get(running.compiled.gate.exports + index as u32)
            .ok()?;
        Some(export.into())
    })
    .flatten()
}

/// The destructor of a class, contained, and its number for [`export_name`].
pub fn destructor(process: ProcessId, class: ClassId) -> Option<(u32, Function)> {
    with(process, |running| {
        let place = running
            .destructors
            .iter()
            .position(|(known, _)| *known == class)?;
        let (_, function) = &running.destructors[place];
        Some((DESTRUCTOR | place as u32, function.clone()))
    })
    .flatten()
}

/// Bytes of its linear memory.
#[wasm_bindgen(js_name = memoryBytes)]
pub fn memory_bytes_of(process: u32) -> f64 {
    memory_bytes(ProcessId::from_raw(process)) as f64
}

/// Bytes of its linear memory.
pub fn memory_bytes(process: ProcessId) -> u64 {
    with(process, |running| {
        let bytes = running.memory.as_ref().map_or(0.0, bytes_of);
        bytes as u64
    })
    .unwrap_or(0)
}

/// The hard maximum of its memory.
pub fn maximum_bytes(process: ProcessId) -> u64 {
    with(process, |running| running.maximum_pages * PAGE).unwrap_or(u64::MAX)
}

/// Whether its memory has reached its hard maximum, or nearly: an allocator asks for more than a page.
pub fn memory_is_full(process: ProcessId) -> bool {
    let maximum = maximum_bytes(process);
    let used = memory_bytes(process);
    used > 0 && used + used / 2 + PAGE > maximum && used + (4 << 20) > maximum
}

/// The name of a process, also of one that has yet to start.
#[wasm_bindgen(js_name = processName)]
pub fn process_name(process: u32) -> String {
    name(ProcessId::from_raw(process))
}
