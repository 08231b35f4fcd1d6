//! Modules beside gates: what all calls go through, and what makes functions of JavaScript ones that the table of slots can hold.

use super::body::word;
use crate::signature::FRAME_STATUS;
use portcullis_abi::ErrorCode;
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalType,
    ImportSection, MemoryType, Module, RefType, TableType, TypeSection, ValType,
};

/// A module for what all processes share. It exports
///
/// - `stub`, which answers every call with `code`;
/// - `enter`, (frame, slot), which calls what the slot of the table `k` `slots` holds and leaves the status in the frame; nothing
///   goes back through JavaScript, where each value has to be converted;
/// - `reach`, (frame, slot) → status, which does the same, for whoever is WebAssembly.
///
/// Both have `k` `headroom` prove first that the callee has its headroom. That is a function of another instance: engines put functions
/// of the same one into each other, and a large frame that is part of the caller's is used, and proves nothing.
pub fn shared_module(code: ErrorCode) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32, ValType::I32], []);
    types
        .ty()
        .function([ValType::I32, ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32], []);
    let (call, enters, reaches, proves) = (0, 1, 2, 3);
    let mut imports = ImportSection::new();
    let slots = TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 0,
        maximum: None,
        shared: false,
    };
    imports.import("k", "slots", slots);
    let memory = MemoryType {
        minimum: 0,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports.import("k", "memory", memory);
    imports.import("k", "headroom", EntityType::Function(proves));
    let (slots, headroom) = (0, 0);
    let mut stub = Function::new([]);
    stub.instructions().i32_const(code.number() as i32).end();
    let mut enter = Function::new([]);
    enter
        .instructions()
        .local_get(0)
        .call(headroom)
        .local_get(0)
        .local_get(0)
        .local_get(1)
        .call_indirect(slots, call)
        .i32_store(word(FRAME_STATUS))
        .end();
    let mut reach = Function::new([]);
    reach
        .instructions()
        .local_get(0)
        .call(headroom)
        .local_get(0)
        .local_get(1)
        .call_indirect(slots, call)
        .end();
    small_module(
        &types,
        (&imports, 1),
        &[
            ("stub", call, stub),
            ("enter", enters, enter),
            ("reach", reaches, reach),
        ],
    )
}

/// A module around its import `f` `0`, (frame) → status. It exports
///
/// - `wrap`, which calls it: what is a function of JavaScript is one then that a table can hold;
/// - `proved`, which does not call it without the headroom that `k` `headroom` proves: for who is not called by way of a slot.
///
/// It is apart from [`shared_module`] because there is an instance for each function: a table knows everybody who imported it,
/// for ever, and tells each of them of every change.
pub fn wrapper_module() -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([ValType::I32], []);
    let mut imports = ImportSection::new();
    imports.import("f", "0", EntityType::Function(0));
    imports.import("k", "headroom", EntityType::Function(1));
    let mut wrap = Function::new([]);
    wrap.instructions().local_get(0).call(0).end();
    let mut proved = Function::new([]);
    proved
        .instructions()
        .local_get(0)
        .call(1)
        .local_get(0)
        .call(0)
        .end();
    small_module(
        &types,
        (&imports, 2),
        &[("wrap", 0, wrap), ("proved", 0, proved)],
    )
}

/// A module that exports `forward`, (frame) → status, which has `k` `reach`, (frame, slot) → status, call what the slot holds whose
/// number is in the global `k` `target`. Apart from [`shared_module`] for the same reason as [`wrapper_module`].
pub fn forwarder_module() -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    types
        .ty()
        .function([ValType::I32, ValType::I32], [ValType::I32]);
    let mut imports = ImportSection::new();
    imports.import("k", "reach", EntityType::Function(1));
    let target = GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    };
    imports.import("k", "target", target);
    let mut forward = Function::new([]);
    forward
        .instructions()
        .local_get(0)
        .global_get(0)
        .call(0)
        .end();
    small_module(&types, (&imports, 1), &[("forward", 0, forward)])
}

/// A module of some functions, with name and type, that are all exported; with the imports goes how many are functions.
pub(super) fn small_module(
    types: &TypeSection,
    (imports, imported): (&ImportSection, u32),
    contents: &[(&str, u32, Function)],
) -> Vec<u8> {
    let mut functions = FunctionSection::new();
    let mut exports = ExportSection::new();
    let mut code = CodeSection::new();
    for (index, (name, ty, function)) in (imported..).zip(contents) {
        functions.function(*ty);
        exports.export(name, ExportKind::Func, index);
        code.function(function);
    }
    let mut module = Module::new();
    module
        .section(types)
        .section(imports)
        .section(&functions)
        .section(&exports)
        .section(&code);
    module.finish()
}
