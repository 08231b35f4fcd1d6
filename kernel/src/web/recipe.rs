//! What all processes of a plugin have in common in JavaScript, and `assembly.js`, which puts their pieces together.

use crate::module::{FUEL_IMPORT, MEMORY_IMPORT, Module, REFILL_IMPORT, Resolved};
use crate::translator::Gate;
use js_sys::WebAssembly::{self, Global};
use js_sys::{Array, Function, Object};
use portcullis_abi::names::{DESTRUCTOR_MARK, REALLOC_EXPORT};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/assembly.js")]
extern "C" {
    /// What a plugin imports from its gate and from the kernel, and what of it the gate calls; by name.
    pub type Recipe;
    #[wasm_bindgen(js_name = recipe)]
    fn begin(exports: u32, destructors: u32) -> Recipe;
    #[wasm_bindgen(js_name = addFunction)]
    fn add_function(recipe: &Recipe, module: &str, name: &str, half: &str);
    #[wasm_bindgen(js_name = addConstant)]
    fn add_constant(recipe: &Recipe, module: &str, name: &str);
    #[wasm_bindgen(js_name = setMemory)]
    fn set_memory(recipe: &Recipe, module: &str, name: &str);
    #[wasm_bindgen(js_name = setFuel)]
    fn set_fuel(recipe: &Recipe, module: &str, name: &str);
    #[wasm_bindgen(js_name = addEntry)]
    fn add_entry(recipe: &Recipe, place: u32, name: &str);
    /// A memory for a process.
    #[wasm_bindgen(catch, js_name = newMemory)]
    pub fn new_memory(initial: f64, maximum: f64) -> Result<WebAssembly::Memory, JsValue>;
    /// Bytes of a memory, which may be 4 GiB.
    #[wasm_bindgen(js_name = bytesOf)]
    pub fn bytes_of(memory: &WebAssembly::Memory) -> f64;
    /// What a gate is instantiated with; `headers`: globals for those imports that go straight to the export.
    #[wasm_bindgen(js_name = gateImports)]
    pub fn gate_imports(
        kernel: &Object,
        process: u32,
        header: u32,
        slots: &[u32],
        headers: Option<Array>,
        memory: Option<&WebAssembly::Memory>,
        pending: &JsValue,
        two_memories: bool,
    ) -> Object;
    /// What a plugin is instantiated with.
    #[wasm_bindgen(js_name = pluginImports)]
    pub fn plugin_imports(
        recipe: &Recipe,
        gate: &Object,
        memory: Option<&WebAssembly::Memory>,
        constants: &Array,
        fuel: &Global,
    ) -> Object;
    /// `{ frames, halves, destructors }`.
    pub type Connected;
    /// Puts what a plugin exports into the table of its gate, and what the gate exports into the slots.
    #[wasm_bindgen(catch)]
    pub fn connect(
        recipe: &Recipe,
        gate: &Object,
        exports: &Object,
        slots: &WebAssembly::Table,
        served: &[u32],
        contain: &Function,
    ) -> Result<Connected, JsValue>;
    /// A function `(frame) => status` for each of its exports.
    #[cfg(test)]
    #[wasm_bindgen(method, getter)]
    pub fn frames(this: &Connected) -> Array;
    /// Its destructors, contained.
    #[wasm_bindgen(method, getter)]
    pub fn destructors(this: &Connected) -> Array;
}

/// The recipe of a plugin with that gate.
pub fn recipe(module: &Module, resolved: &Resolved, gate: &Gate, metered: bool) -> Recipe {
    let recipe = begin(
        resolved.exports.len() as u32,
        resolved.destructors.len() as u32,
    );
    for (index, import) in resolved.imports.iter().enumerate() {
        let half = format!("i{index}");
        add_function(&recipe, &import.interface, &import.name, &half);
    }
    for (index, (place, _)) in resolved.system_calls.iter().enumerate() {
        let import = &module.imports[*place as usize];
        let half = format!("y{index}");
        add_function(&recipe, &import.interface, &import.name, &half);
    }
    if metered {
        set_fuel(&recipe, FUEL_IMPORT.0, FUEL_IMPORT.1);
        add_function(&recipe, REFILL_IMPORT.0, REFILL_IMPORT.1, "refill");
    }
    for constant in &module.constants {
        add_constant(&recipe, &constant.module, &constant.name);
    }
    if let Some(need) = &module.memory {
        match &need.import {
            Some((module, name)) => set_memory(&recipe, module, name),
            None => set_memory(&recipe, MEMORY_IMPORT.0, MEMORY_IMPORT.1),
        }
    }
    if resolved.has_realloc {
        add_entry(&recipe, gate.realloc, REALLOC_EXPORT);
    }
    for (index, export) in resolved.exports.iter().enumerate() {
        add_entry(&recipe, gate.exports + index as u32, &export.export);
        if let (Some(place), Some(post)) = (gate.post_returns[index], &export.post_return) {
            add_entry(&recipe, place, post);
        }
    }
    for (index, (_, name)) in resolved.destructors.iter().enumerate() {
        debug_assert!(name.contains(DESTRUCTOR_MARK));
        add_entry(&recipe, gate.destructors + index as u32, name);
    }
    recipe
}
