//! Who serves whom while processes run: a newer build in the place of an older one, and providers that are named later.

use super::error::failure;
use super::exit::{self, Reason};
use super::frame::{Shared, variable};
use super::fused;
use super::running;
use super::spawn::SPAWN_BYTES;
use super::with_kernel;
use crate::load::LoadError;
use crate::process::ProcessId;
use js_sys::Function;
use wasm_bindgen::prelude::*;

/// Lets a newer process serve what an older one served, through the slots that importers know, and ends the older one.
///
/// # Errors
/// A `KernelFailure` `no-method` that names the first function that the newer one lacks; nothing is changed then.
#[wasm_bindgen(js_name = handOver)]
pub fn hand_over(old: u32, new: u32) -> Result<(), JsValue> {
    let (old, new) = (ProcessId::from_raw(old), ProcessId::from_raw(new));
    fused::may_succeed(old, new)?;
    let pairs = with_kernel(|kernel| kernel.hand_over(old, new)).map_err(|(code, function)| {
        if function.is_empty() {
            return failure(code);
        }
        failure(LoadError::at(
            code,
            function.clone(),
            format!("the newer build lacks `{function}`, or has it with another signature; the older one goes on"),
        ))
    })?;
    let shared = Shared::get()?;
    for (slot, successor) in pairs {
        let function: Function = shared.slots.get(successor)?;
        shared.set_slot(slot, &function)?;
        if with_kernel(|kernel| kernel.slots.users(successor)) == 0 {
            shared.set_slot(successor, &shared.stub)?;
        }
    }
    fused::succeed(old, new)?;
    let message = format!(
        "plugin `{}` was replaced by a newer build",
        running::name(old)
    );
    // Nobody is in it: its group goes on, with the newer build.
    with_kernel(|kernel| kernel.part(old));
    exit::end(old, Reason::new("replaced", message));
    Ok(())
}

/// Names the provider of the imports of one interface that a process was granted for later.
///
/// # Errors
/// A `KernelFailure`: `dead`, `denied`, `no-method`, `no-memory`. Nothing is changed then.
#[wasm_bindgen(js_name = bindLater)]
pub fn bind_later(importer: u32, interface: &str, provider: u32) -> Result<(), JsValue> {
    super::usage::headroom(SPAWN_BYTES)?;
    let (importer, provider) = (ProcessId::from_raw(importer), ProcessId::from_raw(provider));
    let pairs = with_kernel(|kernel| kernel.bind_later(importer, interface, provider));
    let shared = Shared::get()?;
    for (slot, target) in pairs.map_err(failure)? {
        let known = running::with(importer, |running| {
            let known = running.later.iter().find(|(known, _)| *known == slot);
            known.map(|(_, target)| target.clone())
        });
        if let Some(global) = known.flatten() {
            global.set_value(&target.into());
            continue;
        }
        let global = variable(target)?;
        shared.set_slot(slot, &shared.forward(&global)?)?;
        running::with_mut(importer, |running| {
            if let Some(running) = running
                .as_mut()
                .filter(|running| running.process == importer)
            {
                running.later.push((slot, global));
            }
        });
    }
    Ok(())
}
