//! A plugin that was read, prepared and compiled, from which processes are spawned.

use super::error::failure;
use super::frame::Shared;
use super::recipe::{Recipe, recipe};
use super::with_kernel;
use crate::class::Names;
use crate::load::LoadError;
use crate::module::cost::Limits;
use crate::module::{Module, PrepareOptions, Resolved, preparing, reading, resolving};
use crate::pace::{Pace, Sliced};
use crate::signature::{Metadata, parse_records};
use crate::translator::{Gate, generating};
use js_sys::{Uint8Array, WebAssembly};
use portcullis_abi::ErrorCode;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The names that a plugin's gates know by number, as long as there may be a gate.
pub struct HeldNames(Names);

impl Drop for HeldNames {
    fn drop(&mut self) {
        with_kernel(|kernel| kernel.let_go(&self.0));
    }
}

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
    /// Whether it is metered.
    pub metered: bool,
    /// How its processes are put together.
    pub recipe: Recipe,
    _names: HeldNames,
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

/// A plugin that was read and prepared, and waits for the engine to compile it.
#[wasm_bindgen]
pub struct Prepared {
    module: Module,
    resolved: Resolved,
    gate: Gate,
    bytes: Vec<u8>,
    metered: bool,
    names: HeldNames,
}

/// How much a plugin may cost: so many times what is usual, or once.
pub fn limits(cost: Option<f64>) -> Limits {
    cost.map_or_else(Limits::default, Limits::times)
}

/// How a plugin is to be prepared.
struct Wishes {
    signatures: Option<String>,
    limits: Limits,
    options: PrepareOptions,
}

async fn preparation(bytes: Vec<u8>, wishes: Wishes) -> Result<Prepared, JsValue> {
    let pace = &mut Pace::default();
    let module = reading(&bytes, wishes.limits, pace)
        .await
        .map_err(failure)?;
    let given = records(wishes.signatures.as_deref().unwrap_or_default()).map_err(failure)?;
    let resolved = resolving(&module, &given, pace).await;
    let resolved = resolved.map_err(failure)?;
    let options = &wishes.options;
    let prepared = preparing(&bytes, &module, options, pace).await;
    let prepared = prepared.map_err(failure)?;
    let multi_memory = Shared::get()?.multi_memory;
    let (names, plan) = with_kernel(|kernel| {
        let names = kernel.hold_names(&resolved);
        let mut plan = kernel.gate_plan(&resolved, module.memory.is_some(), multi_memory);
        plan.metered = options.metered;
        (HeldNames(names), plan)
    });
    Ok(Prepared {
        module,
        resolved,
        gate: generating(&plan, pace).await,
        bytes: prepared,
        metered: options.metered,
        names,
    })
}

/// The preparation of a plugin, in slices. Nothing of the plugin runs.
#[wasm_bindgen]
pub struct Preparation {
    work: Sliced<Result<Prepared, JsValue>>,
}

#[wasm_bindgen]
impl Preparation {
    /// Of the plugin with these bytes; `metered`: so that it can be stopped when it runs too long; `cost`: how many times what is
    /// usual it may cost to compile it; `table_entries`: the most that all its tables may have together.
    #[wasm_bindgen(constructor)]
    pub fn new(
        bytes: Vec<u8>,
        signatures: Option<String>,
        metered: bool,
        cost: Option<f64>,
        table_entries: Option<u32>,
    ) -> Preparation {
        let wishes = Wishes {
            signatures,
            limits: limits(cost),
            options: PrepareOptions {
                metered,
                table_entries: table_entries.unwrap_or(PrepareOptions::default().table_entries),
            },
        };
        Preparation {
            work: Sliced::new(preparation(bytes, wishes)),
        }
    }

    /// Does a slice. Gives the prepared plugin if it was the last one.
    ///
    /// # Errors
    /// A `KernelFailure`: `not-wasm`, `invalid-module`, `refused-module`, `bad-metadata`, `signature-mismatch`, `unknown-import`.
    pub fn step(&mut self) -> Result<Option<Prepared>, JsValue> {
        self.work.step().transpose()
    }
}

#[wasm_bindgen]
impl Prepared {
    /// The prepared module, to be compiled.
    pub fn bytes(&self) -> Uint8Array {
        Uint8Array::from(self.bytes.as_slice())
    }

    /// The gate, to be compiled.
    pub fn gate(&self) -> Uint8Array {
        Uint8Array::from(self.gate.bytes.as_slice())
    }

    /// The plugin, with both modules compiled.
    pub fn finish(self, wasm: WebAssembly::Module, gate: WebAssembly::Module) -> Plugin {
        let Prepared {
            module,
            resolved,
            gate: places,
            metered,
            names,
            ..
        } = self;
        let recipe = recipe(&module, &resolved, &places, metered);
        Plugin {
            compiled: Rc::new(Compiled {
                module,
                resolved,
                wasm,
                gate: places,
                gate_wasm: gate,
                metered,
                recipe,
                _names: names,
            }),
        }
    }
}

#[wasm_bindgen]
impl Plugin {
    /// The compiled module.
    #[wasm_bindgen(getter)]
    pub fn wasm(&self) -> WebAssembly::Module {
        self.compiled.wasm.clone()
    }

    /// The compiled gate.
    #[wasm_bindgen(getter)]
    pub fn gate(&self) -> WebAssembly::Module {
        self.compiled.gate_wasm.clone()
    }

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
}
