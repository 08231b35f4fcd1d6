//! Calls between plugins of one trust group: how each travels, and what stands at its end in the gate of who calls.
//!
//! A slot is not on their way, so whoever takes the place of a provider is put into the tables of those that call it as well.

use super::error::{KernelFailure, failure};
use super::frame::{Shared, get, variable};
use super::plugin::Compiled;
use super::running;
use super::with_kernel;
use crate::process::ProcessId;
use crate::translator::{Gate, Road, generate};
use js_sys::WebAssembly::{Global, Table};
use js_sys::{Array, Function, Object};
use portcullis_abi::ErrorCode;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// One import whose calls are fused.
#[derive(Clone)]
struct Link {
    importer: ProcessId,
    /// Of which process, function and road it is.
    provider: ProcessId,
    interface: String,
    name: String,
    road: Road,
    /// Where the callee stands in the table of the importer's gate.
    table: Table,
    place: u32,
    /// The address of its header, where the gate asks for it.
    header: Option<Global>,
}

thread_local! {
    static LINKS: RefCell<Vec<Link>> = const { RefCell::new(Vec::new()) };
}

/// What a process's gate has that does without containment here and there.
pub struct Fused {
    /// The gate, which is its own.
    pub gate: Gate,
    /// For each import its provider, road, and the global with the address of its provider's header.
    imports: Vec<Option<(ProcessId, Road, Option<Global>)>>,
}

/// The gate of a process of a group, if one of its imports is provided by another one of that group; `provider` tells who provides an
/// interface.
pub fn gate(
    compiled: &Compiled,
    group: u32,
    multi_memory: bool,
    provider: impl Fn(&str) -> Option<ProcessId>,
) -> Result<Option<Fused>, JsValue> {
    let mut imports = Vec::new();
    for import in &compiled.resolved.imports {
        let member = provider(&import.interface)
            .filter(|provider| with_kernel(|kernel| kernel.together(*provider, group)));
        let road = member.and_then(|member| running::road(member, &import.interface, &import.name));
        imports.push(match (member, road) {
            (Some(member), Some(road)) => {
                let header = (road == Road::Straight).then(|| variable(0)).transpose()?;
                Some((member, road, header))
            }
            _ => None,
        });
    }
    if imports.iter().all(Option::is_none) {
        return Ok(None);
    }
    let gate = with_kernel(|kernel| {
        let has_memory = compiled.module.memory.is_some();
        let mut plan = kernel.gate_plan(&compiled.resolved, has_memory, multi_memory);
        plan.metered = compiled.metered;
        for (import, fused) in plan.imports.iter_mut().zip(&imports) {
            import.road = fused.as_ref().map_or(Road::Contained, |(_, road, _)| *road);
        }
        generate(&plan)
    });
    Ok(Some(Fused { gate, imports }))
}

impl Fused {
    /// For each import the global that the gate imports for it, or nothing.
    pub fn headers(&self) -> Array {
        let header = |import: &Option<(ProcessId, Road, Option<Global>)>| {
            let header = import.as_ref().and_then(|(_, _, header)| header.clone());
            header.map_or(JsValue::UNDEFINED, JsValue::from)
        };
        self.imports.iter().map(header).collect()
    }

    /// Connects the gate, now that there is one, with those that are called from it.
    pub fn connect(
        &self,
        importer: ProcessId,
        compiled: &Compiled,
        gate: &Object,
    ) -> Result<(), JsValue> {
        let table: Table = get(gate, "t").unchecked_into();
        let places = self.gate.fused.iter();
        for ((import, fused), place) in compiled
            .resolved
            .imports
            .iter()
            .zip(&self.imports)
            .zip(places)
        {
            let (Some((provider, road, header)), Some(place)) = (fused, place) else {
                continue;
            };
            let link = Link {
                importer,
                provider: *provider,
                interface: import.interface.clone(),
                name: import.name.clone(),
                road: *road,
                table: table.clone(),
                place: *place,
                header: header.clone(),
            };
            link.point()?;
            LINKS.with(|links| links.borrow_mut().push(link));
        }
        Ok(())
    }
}

impl Link {
    /// Points the gate at the provider.
    fn point(&self) -> Result<(), JsValue> {
        let callee = running::callee(self.provider, &self.interface, &self.name, self.road);
        let Some(callee) = callee.and_then(|callee| callee.dyn_into::<Function>().ok()) else {
            return Err(failure(KernelFailure::new(
                ErrorCode::Dead,
                format!("who provides `{}` is dead", self.interface),
            )));
        };
        let callee = match self.road {
            // It may call the kernel on its way: whoever calls it has proved nothing.
            Road::Framed => Shared::get()?.prove(&callee)?,
            _ => callee,
        };
        self.table.set(self.place, &callee)?;
        if let Some(header) = &self.header {
            let address = with_kernel(|kernel| kernel.processes.header_address(self.provider));
            header.set_value(&address.into());
        }
        Ok(())
    }
}

/// Whether a newer build can take the place of a process for those of its group that call it.
///
/// # Errors
/// `busy` when one of them is in it; `signature-mismatch` when it can no longer be called in the same way.
pub fn may_succeed(old: ProcessId, new: ProcessId) -> Result<(), JsValue> {
    let name = running::name(new);
    if with_kernel(|kernel| {
        kernel.membership(old).is_some() && kernel.processes.header(old).active.get() > 0
    }) {
        return Err(failure(KernelFailure::new(
            ErrorCode::Busy,
            format!(
                "plugin `{name}` is of a group and in a call; it is replaced when nobody is in it"
            ),
        )));
    }
    for link in LINKS.with(|links| links.borrow().clone()) {
        if link.provider != old {
            continue;
        }
        let road = running::road(new, &link.interface, &link.name);
        if road.is_some_and(|road| road != link.road) {
            return Err(failure(KernelFailure::new(
                ErrorCode::SignatureMismatch,
                format!(
                    "the newer build of plugin `{name}` takes other classes for its own, or tidies up after `{}#{}`, and its group calls that straight; the older one goes on",
                    link.interface, link.name
                ),
            )));
        }
    }
    Ok(())
}

/// A newer build has taken the place of a process: its group calls that.
pub fn succeed(old: ProcessId, new: ProcessId) -> Result<(), JsValue> {
    let moved = LINKS.with(|links| {
        let mut links = links.borrow_mut();
        let mut moved = Vec::new();
        for link in links.iter_mut().filter(|link| link.provider == old) {
            link.provider = new;
            moved.push(link.clone());
        }
        moved
    });
    moved.iter().try_for_each(Link::point)
}

/// Lets go of what a process called.
pub fn forget(importer: ProcessId) {
    let gone: Vec<Link> = LINKS.with(|links| {
        let mut links = links.borrow_mut();
        links
            .extract_if(.., |link| link.importer == importer)
            .collect()
    });
    drop(gone);
}
