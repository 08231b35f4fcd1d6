//! The JavaScript of `frame.js`, and the tables that all processes share.

use super::error::{KernelFailure, failure};
use super::transfer::{TRANSFER, prepare_transfers};
use crate::translator::{
    HEADROOM_BYTES, MOST_HEADROOM_BYTES, Unit, forwarder_module, loading_module, shared_module,
    stack_module, wait_module, wrapper_module,
};
use js_sys::WebAssembly::{self, Global};
use js_sys::{Array, Function, Object, Promise, Reflect};
use portcullis_abi::ErrorCode;
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/frame.js")]
extern "C" {
    /// Containment frames: `{ slot, around }`.
    fn containment(kernel: &JsValue, enter: &JsValue, depth: u32) -> Object;
    /// Whom containment tells what it caught: (process, number of the export, error) → status.
    pub fn tell(trapped: &Function);
    /// What proves the headroom of a function that is not called by way of a slot, a module that makes it part of one, and a
    /// module for the room to load a plugin.
    fn prove(headroom: &Function, wrapper: &WebAssembly::Module, loading: &JsValue);
    /// Whether a callee would have its headroom here.
    #[wasm_bindgen(js_name = hasHeadroom)]
    pub fn has_headroom() -> bool;
    /// Whether there is stack to load a plugin here.
    #[wasm_bindgen(js_name = hasRoomToLoad)]
    pub fn has_room_to_load() -> bool;
    /// Calls `action`: `[true, result]`, or `[false, what it threw]`.
    pub fn attempt(action: &Function) -> Array;
    /// An object without a prototype.
    pub fn bare() -> Object;
    /// The clock in milliseconds.
    pub fn now() -> f64;
    /// Whether calls can be suspended in the middle.
    pub fn suspends() -> bool;
    /// A promise that is kept when the event loop has had its turn.
    #[wasm_bindgen(js_name = nextTurn)]
    pub fn next_turn() -> Promise;
    /// What suspends: `{ turn, wait }`.
    #[wasm_bindgen(thread_local_v2, js_name = suspending)]
    static SUSPENDING: JsValue;
    /// Who waits for the web app: (fiber, frame) → promise of the status.
    #[wasm_bindgen(js_name = setWaiter)]
    pub fn set_waiter(listener: &Function);
    /// Calls a half so that it can be suspended: a promise of the status.
    #[wasm_bindgen(catch)]
    pub fn awaited(half: &Function, frame: u32) -> Result<Promise, JsValue>;
}

/// What all processes share in JavaScript.
#[derive(Clone)]
pub struct Shared {
    /// The table of slots.
    pub slots: WebAssembly::Table,
    /// What dead slots hold.
    pub stub: Function,
    /// Makes a containment frame for calls from the host: a function (frame) → status of a callee half with its headroom.
    pub around: Function,
    /// Calls what a slot holds: (frame, slot) → status.
    reach: JsValue,
    /// See [`forwarder_module`].
    forwarder: WebAssembly::Module,
    /// See [`wrapper_module`].
    wrapper: WebAssembly::Module,
    /// What the gates import from the kernel, without a prototype.
    pub kernel_imports: Object,
    /// Whether a module can have two memories.
    pub multi_memory: bool,
    /// What is left of the running slice of fuel. One for all processes: nested calls draw from the same slice.
    pub fuel: Global,
}

thread_local! {
    static SHARED: RefCell<Option<Shared>> = const { RefCell::new(None) };
    static HEADROOM: Cell<u32> = const { Cell::new(HEADROOM_BYTES) };
}

/// Promises every callee so many bytes of stack from now on: processes that are spawned, and interfaces that are provided.
/// Gives the function that proves them, which the application's own calls of the kernel begin with.
///
/// # Errors
/// A `KernelFailure` `bad-limit` if it is less than 16 KiB or more than 128 KiB.
#[wasm_bindgen(js_name = setHeadroom)]
pub fn set_headroom(bytes: f64) -> Result<Function, JsValue> {
    let (least, most) = (f64::from(HEADROOM_BYTES), f64::from(MOST_HEADROOM_BYTES));
    if !(least..=most).contains(&bytes) {
        return Err(failure(KernelFailure::new(
            ErrorCode::BadLimit,
            format!("headroom must be a number of bytes from {least} to {most}"),
        )));
    }
    let mut shared = Shared::get()?;
    if HEADROOM.with(|headroom| headroom.replace(bytes as u32)) != bytes as u32 {
        shared.prove_stack()?;
        SHARED.with(|cell| *cell.borrow_mut() = Some(shared.clone()));
    }
    Ok(get(&shared.kernel_imports, "headroom").unchecked_into())
}

/// Reads a property that is known to be there.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// Sets a property of an object of the kernel's own.
pub fn set(object: &JsValue, name: &str, value: &JsValue) {
    // An own, writable property of an extensible object: this does not fail.
    let _ = Reflect::set(object, &JsValue::from_str(name), value);
}

fn bytes_of(bytes: &[u8]) -> JsValue {
    js_sys::Uint8Array::from(bytes).into()
}

/// Whether the engine accepts a module with two memories. Asked, not guessed from its name.
fn has_multi_memory() -> bool {
    // (module (memory 0) (memory 0))
    const TWO: &[u8] = b"\0asm\x01\0\0\0\x05\x05\x02\0\0\0\0";
    WebAssembly::validate(&bytes_of(TWO)).unwrap_or(false)
}

/// A global of the engine for a number that changes, an i32.
pub fn variable(value: u32) -> Result<Global, JsValue> {
    let descriptor = Object::new();
    set(&descriptor, "value", &"i32".into());
    set(&descriptor, "mutable", &true.into());
    Global::new(&descriptor, &value.into())
}

impl Shared {
    fn new() -> Result<Shared, JsValue> {
        let exports = wasm_bindgen::exports();
        let table = Object::new();
        set(&table, "element", &"anyfunc".into());
        set(&table, "initial", &64.into());
        let slots = WebAssembly::Table::new(&table)?;
        let kernel_imports = bare();
        set(&kernel_imports, "memory", &wasm_bindgen::memory());
        for (name, _, _) in crate::translator::KERNEL_FUNCTIONS {
            set(
                &kernel_imports,
                name,
                &get(&exports, &format!("portcullis_{name}")),
            );
        }
        let fuel = variable(0)?;
        set(&kernel_imports, "fuel", &fuel);
        prepare_transfers(&wasm_bindgen::memory());
        set(&kernel_imports, "transfer", &TRANSFER.with(JsValue::clone));
        let waits = Self::waits(&exports, &fuel)?;
        for name in ["turn", "wait"] {
            set(&kernel_imports, name, &get(&waits, name));
        }
        let wrapper = WebAssembly::Module::new(&bytes_of(&wrapper_module()))?;
        let forwarder = WebAssembly::Module::new(&bytes_of(&forwarder_module()))?;
        let mut shared = Shared {
            stub: JsValue::UNDEFINED.unchecked_into(),
            around: JsValue::UNDEFINED.unchecked_into(),
            reach: JsValue::UNDEFINED,
            forwarder,
            slots,
            wrapper,
            kernel_imports,
            multi_memory: has_multi_memory(),
            fuel,
        };
        shared.prove_stack()?;
        Ok(shared)
    }

    /// The functions by which gates give up control.
    fn waits(kernel: &JsValue, fuel: &Global) -> Result<Object, JsValue> {
        let bytes = bytes_of(&wait_module(ErrorCode::CannotWait));
        let functions = bare();
        for name in ["pause", "resume"] {
            let function = get(kernel, &format!("portcullis_{name}"));
            set(&functions, name, &function);
        }
        set(&functions, "fuel", fuel);
        let imports = bare();
        set(&imports, "k", &functions);
        set(&imports, "f", &SUSPENDING.with(JsValue::clone));
        let module = WebAssembly::Module::new(&bytes)?;
        Ok(WebAssembly::Instance::new(&module, &imports)?.exports())
    }

    /// The shared part; made at the first call.
    pub fn get() -> Result<Shared, JsValue> {
        if let Some(shared) = SHARED.with(|shared| shared.borrow().clone()) {
            return Ok(shared);
        }
        let shared = Shared::new()?;
        SHARED.with(|cell| *cell.borrow_mut() = Some(shared.clone()));
        Ok(shared)
    }

    /// Makes the functions that prove how much stack is left, and those through which all calls go. Gates import them from here on.
    fn prove_stack(&mut self) -> Result<(), JsValue> {
        let bytes = HEADROOM.with(Cell::get);
        let probes = |module: fn(u32, Unit) -> Vec<u8>| {
            let made = |unit| {
                let bytes = bytes_of(&module(bytes, unit));
                let compiled = WebAssembly::Module::new(&bytes)?;
                Ok::<_, JsValue>((WebAssembly::Instance::new(&compiled, &bare())?, bytes))
            };
            // Not every machine has vectors.
            made(Unit::Vector).or_else(|_| made(Unit::Integer))
        };
        let exports = probes(stack_module)?.0.exports();
        let (_, loading) = probes(loading_module)?;
        for name in ["headroom", "room"] {
            set(&self.kernel_imports, name, &get(&exports, name));
        }
        let headroom = get(&exports, "headroom");
        prove(headroom.unchecked_ref(), &self.wrapper, &loading);
        // Called once, it is compiled: later there may be too little stack for that.
        has_headroom();

        let module = WebAssembly::Module::new(&bytes_of(&shared_module(ErrorCode::Dead)))?;
        let kernel = bare();
        set(&kernel, "slots", &self.slots);
        set(&kernel, "memory", &wasm_bindgen::memory());
        set(&kernel, "headroom", &headroom);
        let imports = bare();
        set(&imports, "k", &kernel);
        let road = WebAssembly::Instance::new(&module, &imports)?.exports();
        let depth = ErrorCode::Depth.number();
        let enter = get(&road, "enter");
        let frames = containment(&wasm_bindgen::memory(), &enter, depth);
        set(&self.kernel_imports, "contain", &get(&frames, "slot"));
        self.stub = get(&road, "stub").unchecked_into();
        self.reach = get(&road, "reach");
        self.around = get(&frames, "around").unchecked_into();
        Ok(())
    }

    /// Makes a function of JavaScript one that the table can hold.
    pub fn wrap(&self, function: &Function) -> Result<Function, JsValue> {
        let wrapped = self.wrapped(function)?;
        Ok(get(&wrapped, "wrap").unchecked_into())
    }

    fn wrapped(&self, function: &Function) -> Result<Object, JsValue> {
        let functions = bare();
        set(&functions, "0", function);
        let kernel = bare();
        let headroom = get(&self.kernel_imports, "headroom");
        set(&kernel, "headroom", &headroom);
        let imports = bare();
        set(&imports, "f", &functions);
        set(&imports, "k", &kernel);
        Ok(WebAssembly::Instance::new(&self.wrapper, &imports)?.exports())
    }

    /// A half that proves that its callee has its headroom, for who calls it without a slot.
    pub fn prove(&self, half: &Function) -> Result<Function, JsValue> {
        let wrapped = self.wrapped(half)?;
        Ok(get(&wrapped, "proved").unchecked_into())
    }

    /// A function (frame) → status that calls what the slot holds which the global names.
    pub fn forward(&self, target: &Global) -> Result<Function, JsValue> {
        let kernel = bare();
        set(&kernel, "reach", &self.reach);
        set(&kernel, "target", target);
        let imports = bare();
        set(&imports, "k", &kernel);
        let instance = WebAssembly::Instance::new(&self.forwarder, &imports)?;
        Ok(get(&instance.exports(), "forward").unchecked_into())
    }

    /// Points a slot at a function.
    pub fn set_slot(&self, slot: u32, function: &Function) -> Result<(), JsValue> {
        let length = self.slots.length();
        if slot >= length {
            self.slots.grow((slot + 1 - length).max(length))?;
        }
        self.slots.set(slot, function)
    }
}
