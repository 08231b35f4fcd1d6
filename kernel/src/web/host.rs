//! Interfaces that the web app serves.

use super::error::failure;
use super::frame::Shared;
use super::plan::plan;
use super::plugin::records;
use super::with_kernel;
use crate::link::Server;
use crate::load::LoadError;
use crate::signature::{Direction, parse_interface_name};
use js_sys::{Array, Function};
use portcullis_abi::ErrorCode;
use wasm_bindgen::prelude::*;

/// An interface that JavaScript serves.
#[wasm_bindgen]
pub struct HostInterface {
    server: Server,
    plans: JsValue,
}

impl HostInterface {
    /// Its functions.
    pub fn server(&self) -> &Server {
        &self.server
    }
}

/// Takes an interface into service. `signatures` has a line `name: func(…)` for each function. `functions` is asked for a
/// function `(frame) => status` for each plan afterwards, by [`HostInterface::connect`].
///
/// # Errors
/// A `KernelFailure` `bad-metadata`.
#[wasm_bindgen]
pub fn provide(interface: &str, signatures: &str) -> Result<HostInterface, JsValue> {
    let wrong = |message: String| failure(LoadError::new(ErrorCode::BadMetadata, message));
    parse_interface_name(interface).map_err(|error| {
        wrong(format!(
            "`{interface}` is no interface name: {}",
            error.message
        ))
    })?;
    let mut text = String::new();
    for line in signatures
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
    {
        text.push_str(&format!("export {interface} {line}\n"));
    }
    let metadata = records(&text).map_err(failure)?;
    if metadata.functions.is_empty() {
        return Err(wrong(format!("no function is declared for `{interface}`")));
    }
    debug_assert!(
        metadata
            .functions
            .iter()
            .all(|record| record.direction == Direction::Export)
    );
    let (server, plans) = with_kernel(|kernel| {
        let server = kernel.serve_from_host(interface, &metadata.functions);
        let plans: Vec<_> = metadata
            .functions
            .iter()
            .map(|record| {
                let label = format!("{interface}#{}", record.name);
                plan(
                    kernel,
                    interface,
                    &record.name,
                    &label,
                    &record.signature,
                    true,
                )
            })
            .collect();
        (server, plans)
    });
    Ok(HostInterface {
        server,
        plans: serde_wasm_bindgen::to_value(&plans)?,
    })
}

#[wasm_bindgen]
impl HostInterface {
    /// The plans of its functions, in the order of the signatures.
    #[wasm_bindgen(getter)]
    pub fn plans(&self) -> JsValue {
        self.plans.clone()
    }

    /// The block of methods that objects of this interface point to.
    #[wasm_bindgen(getter)]
    pub fn methods(&self) -> u32 {
        self.server.methods
    }

    /// Puts the functions `(frame) => status` into their slots, in the order of the plans.
    ///
    /// # Errors
    /// What the engine throws.
    pub fn connect(&self, functions: &Array) -> Result<(), JsValue> {
        let shared = Shared::get()?;
        for (served, function) in self.server.functions.iter().zip(functions.iter()) {
            let function: Function = function.unchecked_into();
            shared.set_slot(served.slot, &shared.wrap(&function)?)?;
        }
        Ok(())
    }
}
