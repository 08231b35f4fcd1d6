//! What a plugin has and asks for, told without running or compiling it.

use super::error::failure;
use super::plugin::{limits, records};
use crate::module::cost::Limits;
use crate::module::{StatusExport, reading, resolving};
use crate::pace::{Pace, Sliced};
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[derive(Serialize)]
struct Function {
    interface: String,
    name: String,
    signature: String,
    declared: bool,
}

#[derive(Serialize)]
struct Constant {
    name: String,
    #[serde(rename = "type")]
    ty: &'static str,
}

#[derive(Serialize)]
struct Class {
    name: String,
    minted: bool,
}

#[derive(Serialize)]
struct Memory {
    minimum: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum: Option<f64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    size: usize,
    imports: Vec<Function>,
    exports: Vec<Function>,
    system_calls: Vec<&'static str>,
    constants: Vec<Constant>,
    classes: Vec<Class>,
    memory: Option<Memory>,
    has_start: bool,
    has_allocator: bool,
    has_status: bool,
    /// What it costs to compile, and what it may.
    points: f64,
    most_points: f64,
    /// Name, start and end of each custom section.
    sections: Vec<(String, usize, usize)>,
}

fn function(
    interface: &str,
    name: &str,
    signature: &crate::signature::Signature,
    declared: bool,
) -> Function {
    Function {
        interface: interface.to_owned(),
        name: name.to_owned(),
        signature: signature.to_string(),
        declared,
    }
}

async fn description(
    bytes: Vec<u8>,
    signatures: Option<String>,
    limits: Limits,
) -> Result<JsValue, JsValue> {
    let pace = &mut Pace::default();
    let module = reading(&bytes, limits, pace).await;
    let module = module.map_err(failure)?;
    let given = records(signatures.as_deref().unwrap_or_default()).map_err(failure)?;
    let resolved = resolving(&module, &given, pace).await;
    let resolved = resolved.map_err(failure)?;
    let description = Description {
        size: module.size,
        imports: resolved
            .imports
            .iter()
            .map(|i| function(&i.interface, &i.name, &i.signature, i.declared))
            .collect(),
        exports: resolved
            .exports
            .iter()
            .map(|e| function(&e.interface, &e.name, &e.signature, e.declared))
            .collect(),
        system_calls: resolved
            .system_calls
            .iter()
            .map(|(_, call)| call.name())
            .collect(),
        constants: module
            .constants
            .iter()
            .map(|constant| Constant {
                name: constant.label(),
                ty: constant.ty.name(),
            })
            .collect(),
        classes: resolved
            .classes
            .iter()
            .map(|c| Class {
                name: c.class.clone(),
                minted: c.minted,
            })
            .collect(),
        memory: module.memory.as_ref().map(|memory| Memory {
            minimum: memory.minimum as f64 * 65_536.0,
            maximum: memory.maximum.map(|pages| pages as f64 * 65_536.0),
        }),
        has_start: module.start.is_some(),
        has_allocator: resolved.has_realloc,
        has_status: module.status != StatusExport::None,
        points: module.points as f64,
        most_points: limits.points(module.size) as f64,
        sections: module.custom_sections,
    };
    Ok(serde_wasm_bindgen::to_value(&description)?)
}

/// The description of the bytes of a plugin, in slices.
#[wasm_bindgen]
pub struct Describing {
    work: Sliced<Result<JsValue, JsValue>>,
}

#[wasm_bindgen]
impl Describing {
    /// Of a plugin with these bytes; `cost`: how many times what is usual it may cost to compile it.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: Vec<u8>, signatures: Option<String>, cost: Option<f64>) -> Describing {
        Describing {
            work: Sliced::new(description(bytes, signatures, limits(cost))),
        }
    }

    /// Does a slice. Gives the description if it was the last one.
    ///
    /// # Errors
    /// A `KernelFailure`, as those of `compile`.
    pub fn step(&mut self) -> Result<Option<JsValue>, JsValue> {
        self.work.step().transpose()
    }
}
