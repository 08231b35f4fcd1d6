//! From a process that has begun to one that runs: it is connected with its gate, and its start function runs, contained.

use super::budget;
use super::error::{KernelFailure, failure};
use super::exit::{self, Reason};
use super::frame::{self, Shared, get};
use super::recipe::{Connected, connect, plugin_imports};
use super::running;
use super::spawn::Begun;
use super::with_kernel;
use crate::load::LoadError;
use crate::module::{START_EXPORT, StatusExport};
use crate::time::Budget;
use js_sys::{Array, Function, Object, Uint8Array, WebAssembly};
use portcullis_abi::ErrorCode;
use portcullis_abi::names::{INITIALIZE_EXPORT, STATUS_EXPORT};
use wasm_bindgen::prelude::*;

/// A process that is being put together. The engine instantiates asynchronously, so this is done in steps: its gate with
/// `gateImports`; the plugin with what `imports` gives; then `finish`. After an error in between: `abandon`.
#[wasm_bindgen]
pub struct Starting {
    begun: Begun,
    gate: Object,
}

impl Starting {
    /// Goes on with a process.
    pub fn new(begun: Begun) -> Starting {
        Starting {
            begun,
            gate: JsValue::UNDEFINED.unchecked_into(),
        }
    }
}

#[wasm_bindgen]
impl Starting {
    /// The identity of the process.
    #[wasm_bindgen(getter)]
    pub fn process(&self) -> u32 {
        self.begun.process.raw()
    }

    /// Whether it imports a function of the host that may return a promise.
    #[wasm_bindgen(getter)]
    pub fn waits(&self) -> bool {
        self.begun.waits
    }

    /// The gate, if it is one that no other process of the plugin has.
    #[wasm_bindgen(getter, js_name = ownGate)]
    pub fn own_gate(&self) -> Option<Uint8Array> {
        let fused = self.begun.fused.as_ref();
        fused.map(|fused| Uint8Array::from(fused.gate.bytes.as_slice()))
    }

    /// What the gate is to be instantiated with.
    #[wasm_bindgen(getter, js_name = gateImports)]
    pub fn gate_imports(&self) -> Object {
        self.begun.gate_imports.clone()
    }

    /// What the plugin is to be instantiated with, now that there is a gate.
    pub fn imports(&mut self, gate: &WebAssembly::Instance) -> Result<Object, JsValue> {
        self.gate = gate.exports();
        let Begun {
            compiled,
            memory,
            constants,
            ..
        } = &self.begun;
        let fuel = Shared::get()?.fuel.clone();
        let constants: Array = constants.iter().collect();
        Ok(plugin_imports(
            &compiled.recipe,
            &self.gate,
            memory.as_ref(),
            &constants,
            &fuel,
        ))
    }

    /// Connects the plugin and runs its start function, `nested` in a call that waits for the web app. Gives
    /// `{ frames, halves }`: a function `(frame) => status` for each export, and the same, not contained, for calls that can be
    /// suspended.
    ///
    /// # Errors
    /// A `KernelFailure`: `start-trapped`, `bad-limit`.
    pub fn finish(
        &self,
        instance: &WebAssembly::Instance,
        nested: bool,
    ) -> Result<Connected, JsValue> {
        let exports = instance.exports();
        let connected = self.connect(&exports)?;
        let Begun {
            process,
            compiled,
            fused,
            budget: Budget { deadline, fuel },
            ..
        } = &self.begun;
        if let Some(fused) = fused {
            fused.connect(*process, compiled, &self.gate)?;
        }
        let running = budget::begin(*deadline, *fuel, nested, None, false);
        let started = self.run_start(&exports);
        budget::end(running);
        // Nobody stood between its start and those of its group that it called: if it did not come to an end, neither did they.
        if started.is_ok() || with_kernel(|kernel| kernel.others_are_active(*process)) {
            with_kernel(|kernel| kernel.join(*process));
        }
        started.map(|()| connected)
    }

    /// Ends the process before it ran.
    pub fn abandon(&self) {
        let message = format!("plugin `{}` did not start", self.begun.name);
        exit::end(self.begun.process, Reason::new("failed", message));
    }
}

impl Starting {
    /// Puts the halves of its exports into their slots.
    fn connect(&self, exports: &Object) -> Result<Connected, JsValue> {
        let shared = Shared::get()?;
        let Begun {
            process, compiled, ..
        } = &self.begun;
        let connected = connect(
            &compiled.recipe,
            &self.gate,
            exports,
            &shared.slots,
            &self.begun.served,
            &shared.around,
        )?;
        let destructors = connected.destructors();
        let classes = compiled.resolved.destructors.iter().enumerate();
        let classes = classes.map(|(index, (class, _))| {
            let class = with_kernel(|kernel| kernel.class(class));
            (class, destructors.get(index as u32).unchecked_into())
        });
        let classes = classes.collect();
        running::with_mut(*process, |running| {
            if let Some(running) = running.as_mut().filter(|r| r.process == *process) {
                running.destructors = classes;
                running.gate = Some(self.gate.clone());
            }
        });
        Ok(connected)
    }

    /// Runs what a plugin runs on its own account before it is called: start function, initialisation.
    fn run_start(&self, exports: &Object) -> Result<(), JsValue> {
        self.find_status_word(exports)?;
        let module = &self.begun.compiled.module;
        for name in [START_EXPORT, INITIALIZE_EXPORT] {
            let is_start = name == START_EXPORT && module.start.is_some();
            if !is_start && module.export(name).is_none() {
                continue;
            }
            if let Ok(function) = get(exports, name).dyn_into::<Function>() {
                if name == INITIALIZE_EXPORT && function.length() != 0 {
                    continue;
                }
                self.contained_call(&function)?;
            }
        }
        Ok(())
    }

    /// Asks where the plugin wants its errors, before anything of it can fail.
    fn find_status_word(&self, exports: &Object) -> Result<(), JsValue> {
        let address = match self.begun.compiled.module.status {
            StatusExport::None => return Ok(()),
            StatusExport::Function => {
                let function: Function = get(exports, STATUS_EXPORT).unchecked_into();
                self.contained_call(&function)?
            }
            StatusExport::Global => get(&get(exports, STATUS_EXPORT), "value"),
        };
        let address = address.as_f64().unwrap_or(-1.0) as i64 as u32;
        let size = running::memory_bytes(self.begun.process);
        if address == 0 || !address.is_multiple_of(4) || u64::from(address) + 4 > size {
            return Err(failure(LoadError::at(
                ErrorCode::BadLimit,
                STATUS_EXPORT.to_owned(),
                format!(
                    "plugin `{}` says that its status word lies at {address:#x}, which is no aligned word of its memory",
                    self.begun.name
                ),
            )));
        }
        with_kernel(|kernel| {
            if let Ok(process) = kernel.processes.get_mut(self.begun.process) {
                process.status_address = Some(address);
            }
        });
        Ok(())
    }

    fn contained_call(&self, function: &Function) -> Result<JsValue, JsValue> {
        let mark = with_kernel(|kernel| kernel.mark());
        let attempted = frame::attempt(function);
        with_kernel(|kernel| kernel.rewind(mark));
        let value = attempted.get(1);
        if attempted.get(0).is_truthy() {
            return Ok(value);
        }
        let reason = exit::reason_of(self.begun.process, Some("start".to_owned()), &value);
        let words = with_kernel(|kernel| {
            kernel
                .processes
                .get_mut(self.begun.process)
                .ok()
                .and_then(|p| p.last_words.take())
        });
        let words = words.map_or(String::new(), |words| format!("; it said: {words}"));
        Err(failure(KernelFailure::new(
            reason.error().unwrap_or(ErrorCode::StartTrapped),
            format!(
                "{} while it started, and was stopped{words}",
                reason.message
            ),
        )))
    }
}
