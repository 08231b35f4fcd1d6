//! A plugin that was read, prepared and compiled, from which processes are spawned.

use super::error::{KernelFailure, text_of};
use super::frame::Shared;
use super::with_kernel;
use crate::load::LoadError;
use crate::module::{Module, Resolved, prepare, read, resolve};
use crate::signature::{Metadata, PLAIN, parse_records};
use crate::translator::{Gate, generate};
use js_sys::{Promise, Uint8Array, WebAssembly};
use portcullis_abi::ErrorCode;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// What processes of one plugin have in common.
pub struct Compiled {
    /// What was read.
    pub module: Module,
    /// Its functions.
    pub resolved: Resolved,
    /// The prepared module, compiled.
    pub wasm: WebAssembly::Module,
    /// The gate: where things are in its table.
    pub gate: Gate,
    /// The gate, compiled.
    pub gate_wasm: WebAssembly::Module,
}

/// A compiled plugin, for JavaScript.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Plugin {
    pub(super) compiled: Rc<Compiled>,
}

/// Reads records that the host gives, in full or, with `interface`, without direction and interface.
pub fn records(text: &str) -> Result<Metadata, LoadError> {
    let mut metadata = Metadata::default();
    parse_records(text.as_bytes(), &mut metadata).map_err(|error| {
        LoadError::new(
            ErrorCode::BadMetadata,
            format!("the signatures that were given are wrong at {error}"),
        )
    })?;
    Ok(metadata)
}

async fn compile_bytes(bytes: &[u8]) -> Result<WebAssembly::Module, JsValue> {
    let promise: Promise = WebAssembly::compile(&Uint8Array::from(bytes).into()).unchecked_into();
    Ok(JsFuture::from(promise).await?.unchecked_into())
}

fn failure(error: impl Into<KernelFailure>) -> JsValue {
    JsValue::from(error.into())
}

/// Reads, prepares and compiles a plugin. Nothing of it runs.
///
/// # Errors
/// A `KernelFailure`: `not-wasm`, `invalid-module`, `refused-module`, `bad-metadata`, `signature-mismatch`, `unknown-import`.
#[wasm_bindgen]
pub async fn compile(bytes: Vec<u8>, signatures: Option<String>) -> Result<Plugin, JsValue> {
    let module = read(&bytes).map_err(failure)?;
    let given = records(signatures.as_deref().unwrap_or_default()).map_err(failure)?;
    let resolved = resolve(&module, &given).map_err(failure)?;
    let prepared = prepare(&bytes, &module).map_err(failure)?;
    drop(bytes);
    let invalid = |thrown: JsValue| {
        failure(KernelFailure::new(
            ErrorCode::InvalidModule,
            format!("the engine refuses the module: {}", text_of(&thrown)),
        ))
    };
    let wasm = compile_bytes(&prepared).await.map_err(invalid)?;
    let shared = Shared::get()?;
    let plan = with_kernel(|kernel| {
        kernel.gate_plan(&resolved, module.memory.is_some(), shared.multi_memory)
    });
    let gate = generate(&plan);
    let gate_wasm = compile_bytes(&gate.bytes).await?;
    Ok(Plugin {
        compiled: Rc::new(Compiled {
            module,
            resolved,
            wasm,
            gate,
            gate_wasm,
        }),
    })
}

#[wasm_bindgen]
impl Plugin {
    /// The plans of its exports, in order.
    ///
    /// # Errors
    /// None that is expected.
    pub fn exports(&self) -> Result<JsValue, JsValue> {
        let plans: Vec<_> = with_kernel(|kernel| {
            let exports = self.compiled.resolved.exports.iter();
            exports
                .map(|e| {
                    super::plan::plan(
                        kernel,
                        &e.interface,
                        &e.name,
                        &e.export,
                        &e.signature,
                        e.declared,
                    )
                })
                .collect()
        });
        Ok(serde_wasm_bindgen::to_value(&plans)?)
    }

    /// The interfaces that it imports.
    pub fn interfaces(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for import in &self.compiled.resolved.imports {
            if import.interface != PLAIN && !names.contains(&import.interface) {
                names.push(import.interface.clone());
            }
        }
        names
    }
}
