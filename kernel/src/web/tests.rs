//! The page's side of the kernel in a browser, without the TypeScript face: `npm run test:kernel`.

use super::error::text_of;
use super::exit::{kill, listen, trapped};
use super::frame::{Shared, get};
use super::inspect::inspect;
use super::plugin::{Plugin, Preparation, Prepared};
use super::replace::hand_over;
use super::running::memory_bytes_of;
use super::spawn::Spawn;
use super::with_kernel;
use crate::process::ProcessId;
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array, WebAssembly};
use portcullis_abi::ErrorCode;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Adds, traps, and has a memory that asks for more than it may have.
const CALCULATOR: &str = r#"(module
    (memory (export "memory") 1 100)
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "trap") unreachable)
    (func (export "grow") (result i32) (memory.grow (i32.const 50))))"#;

thread_local! {
    static EXITS: RefCell<Vec<(u32, String)>> = const { RefCell::new(Vec::new()) };
}

/// Listens as the TypeScript face does, and notes the ends of processes.
fn note_exits() {
    let trapped = Closure::<dyn Fn(u32, u32, JsValue) -> u32>::new(trapped).into_js_value();
    let exited = Closure::<dyn Fn(u32, JsValue)>::new(|process, reason: JsValue| {
        let code = get(&reason, "code").as_string().unwrap_or_default();
        EXITS.with(|exits| exits.borrow_mut().push((process, code)));
    });
    let exited = exited.into_js_value();
    let nothing = Closure::<dyn Fn()>::new(|| ()).into_js_value();
    listen(
        trapped.unchecked_into(),
        exited.unchecked_into(),
        nothing.unchecked_into(),
    );
}

fn exit_of(process: u32) -> Option<String> {
    EXITS.with(|exits| {
        let exits = exits.borrow();
        exits
            .iter()
            .find(|(id, _)| *id == process)
            .map(|(_, code)| code.clone())
    })
}

async fn compiled(bytes: Uint8Array) -> WebAssembly::Module {
    let promise: Promise = WebAssembly::compile(&bytes).unchecked_into();
    let module = JsFuture::from(promise).await;
    module
        .expect("the engine accepts what the kernel emits")
        .unchecked_into()
}

async fn instantiated(module: &WebAssembly::Module, imports: &Object) -> WebAssembly::Instance {
    let promise: Promise = WebAssembly::instantiate_module(module, imports).unchecked_into();
    let instance = JsFuture::from(promise).await;
    instance
        .expect("everything that is imported is there")
        .unchecked_into()
}

fn prepared(bytes: Vec<u8>) -> Result<Prepared, JsValue> {
    let mut work = Preparation::new(bytes, None, true, None, None);
    loop {
        if let Some(prepared) = work.step()? {
            return Ok(prepared);
        }
    }
}

async fn compile(text: &str) -> Plugin {
    note_exits();
    let bytes = wat::parse_str(text).expect("the text is a module");
    let prepared = prepared(bytes).expect("the plugin is in order");
    let (module, gate) = (
        compiled(prepared.bytes()).await,
        compiled(prepared.gate()).await,
    );
    prepared.finish(module, gate)
}

/// Starts a process with 64 pages at most: its identity, and its frames.
async fn spawn(plugin: &Plugin) -> (u32, Array) {
    let pending = Object::new();
    let request = Spawn::new(plugin, "calculator", pending.into(), 64.0 * 65_536.0);
    let mut starting = request.begin().expect("nothing is missing");
    let gate = instantiated(&plugin.gate(), &starting.gate_imports()).await;
    let imports = starting.imports(&gate).expect("the kernel has started");
    let instance = instantiated(&plugin.wasm(), &imports).await;
    let connected = starting.finish(&instance, false).expect("it starts");
    (starting.process(), connected.frames())
}

fn index_of(plugin: &Plugin, export: &str) -> u32 {
    let exports = &plugin.compiled.resolved.exports;
    exports
        .iter()
        .position(|known| known.export == export)
        .expect("the plugin has it") as u32
}

/// Calls through a containment frame, with one argument in the first slot: the status, and the first result word.
fn call(frames: &Array, index: u32, argument: u32) -> u32 {
    let frame = with_kernel(|kernel| {
        let crate::Kernel {
            staging, shared, ..
        } = kernel;
        staging
            .frame_with(shared, argument)
            .expect("the stack is empty")
    });
    let function: Function = frames.get(index).unchecked_into();
    let status = function.call1(&JsValue::UNDEFINED, &frame.into());
    with_kernel(|kernel| {
        kernel.shared.frame_top.set(frame);
        kernel.leave(frame);
    });
    status
        .expect("a containment frame does not throw")
        .as_f64()
        .expect("a status") as u32
}

#[wasm_bindgen_test]
async fn a_call_goes_through_both_halves() {
    let plugin = compile(CALCULATOR).await;
    let (process, frames) = spawn(&plugin).await;
    assert_eq!(call(&frames, index_of(&plugin, "add"), 7), 0);
    kill(process, None);
    assert_eq!(exit_of(process).as_deref(), Some("killed"));
}

#[wasm_bindgen_test]
async fn a_trap_ends_the_process_and_is_a_status_for_the_caller() {
    let plugin = compile(CALCULATOR).await;
    let (process, frames) = spawn(&plugin).await;
    let (neighbour, others) = spawn(&plugin).await;
    assert_eq!(
        call(&frames, index_of(&plugin, "trap"), 0),
        ErrorCode::Trapped.number()
    );
    assert_eq!(exit_of(process).as_deref(), Some("trapped"));
    // The containment frame of a dead process says that it is dead, whichever function is called.
    assert_eq!(
        call(&frames, index_of(&plugin, "add"), 1),
        ErrorCode::Dead.number()
    );
    assert_eq!(call(&others, index_of(&plugin, "add"), 1), 0);
    assert!(with_kernel(|kernel| kernel
        .processes
        .get(ProcessId::from_raw(process))
        .is_err()));
    kill(neighbour, None);
}

#[wasm_bindgen_test]
async fn the_memory_limit_is_that_of_the_real_memory() {
    let plugin = compile(CALCULATOR).await;
    let (process, frames) = spawn(&plugin).await;
    let grow = index_of(&plugin, "grow");
    assert_eq!(call(&frames, grow, 0), 0);
    assert_eq!(memory_bytes_of(process), 51.0 * 65_536.0);
    // The second time it would be 101 pages: the engine refuses, for the maximum is 64.
    assert_eq!(call(&frames, grow, 0), 0);
    assert_eq!(memory_bytes_of(process), 51.0 * 65_536.0);
    kill(process, None);
    assert_eq!(memory_bytes_of(process), 0.0);
}

#[wasm_bindgen_test]
async fn a_newer_process_takes_the_place_of_an_older_one() {
    let plugin = compile(CALCULATOR).await;
    let ((old, _), (new, frames)) = (spawn(&plugin).await, spawn(&plugin).await);
    let slot = |process: u32| {
        with_kernel(|kernel| {
            let process = kernel
                .processes
                .get(ProcessId::from_raw(process))
                .expect("it lives");
            process.servers[0]
                .function("add")
                .expect("it serves it")
                .slot
        })
    };
    let place = slot(old);
    hand_over(old, new).expect("both have the same functions");
    assert_eq!(slot(new), place);
    assert_eq!(exit_of(old).as_deref(), Some("replaced"));
    assert_eq!(call(&frames, index_of(&plugin, "add"), 1), 0);
    kill(new, None);
}

#[wasm_bindgen_test]
async fn nothing_is_left_of_processes_that_ended() {
    let plugin = compile(CALCULATOR).await;
    let count = || {
        with_kernel(|kernel| {
            (
                kernel.processes.iter().count(),
                kernel.slots.live(),
                kernel.objects.live(),
            )
        })
    };
    let before = count();
    for _ in 0..20 {
        let (process, frames) = spawn(&plugin).await;
        call(&frames, index_of(&plugin, "trap"), 0);
        assert_eq!(exit_of(process).as_deref(), Some("trapped"));
    }
    assert_eq!(count(), before);
}

#[wasm_bindgen_test]
fn a_plugin_that_is_none_is_refused_with_a_sentence() {
    let refused = prepared(b"<!doctype html>".to_vec())
        .err()
        .expect("it is no module");
    assert_eq!(get(&refused, "kernelFailure").as_f64(), Some(100.0));
    assert!(text_of(&refused).contains("HTML"), "{}", text_of(&refused));
}

#[wasm_bindgen_test]
fn what_ends_before_anybody_was_entered_is_nobodys_fault() {
    note_exits();
    let text = r#"(module (func (export "half") (param i32) (result i32) unreachable))"#;
    let bytes = wat::parse_str(text).expect("the text is a module");
    let module = WebAssembly::Module::new(&Uint8Array::from(bytes.as_slice()).into());
    let instance = WebAssembly::Instance::new(&module.expect("it is valid"), &Object::new());
    let half = get(&instance.expect("it imports nothing").exports(), "half");
    let shared = Shared::get().expect("the shared tables can be made");
    let contained = shared.around.call1(&JsValue::UNDEFINED, &half);
    let contained: Function = contained.expect("it is a function").unchecked_into();
    let ended = || EXITS.with(|exits| exits.borrow().len());
    let before = ended();
    assert_eq!(
        call(&Array::of1(&contained), 0, 0),
        ErrorCode::Depth.number()
    );
    assert_eq!(ended(), before);
}

#[wasm_bindgen_test]
fn the_engine_is_asked_for_two_memories() {
    let shared = Shared::get().expect("the shared tables can be made");
    let two = wat::parse_str("(module (memory 0) (memory 0))").expect("the text is a module");
    let accepted = WebAssembly::validate(&Uint8Array::from(two.as_slice()).into());
    assert_eq!(accepted.expect("it answers"), shared.multi_memory);
}

#[wasm_bindgen_test]
fn inspect_begins_with_the_host() {
    let inspection = inspect().expect("it can be told");
    let processes: Array = get(&inspection, "processes").unchecked_into();
    assert_eq!(
        get(&processes.get(0), "name").as_string().as_deref(),
        Some("host")
    );
    assert!(Reflect::has(&inspection, &"transfers".into()).expect("it is an object"));
}
