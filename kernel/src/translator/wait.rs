//! The functions by which a gate gives up control, where the engine can suspend WebAssembly.
//!
//! What suspends is an import of JavaScript, and nothing but WebAssembly may stand between it and whoever entered the plugin. The
//! imports are the same for all gates, and some engines compile something for each time that one is imported: so they are
//! imported once, here. Around them the kernel is told, for others have its frames meanwhile.

use super::shared::small_module;
use wasm_encoder::{
    BlockType, EntityType, Function, GlobalType, ImportSection, TypeSection, ValType,
};

/// The status of a call whose result the web app has promised: the caller half waits for it.
pub const PENDING: i32 = -1;

/// A module that exports
///
/// - `turn`, which lets others run;
/// - `wait`, (frame) → status, which waits for what the web app promised for a frame; `cannot_wait` is its status if nobody can
///   wait here.
///
/// It imports what suspends from `f`: `turn` (fiber), and `wait` (fiber, frame) → status; from `k` the kernel's functions `pause` and
/// `resume`, and the `fuel` that is left.
pub fn wait_module(cannot_wait: portcullis_abi::ErrorCode) -> Vec<u8> {
    let mut types = TypeSection::new();
    let i32s = |count| vec![ValType::I32; count];
    for (parameters, results) in [(1, 0), (2, 1), (1, 1), (3, 1), (0, 0)] {
        types.ty().function(i32s(parameters), i32s(results));
    }
    let mut imports = ImportSection::new();
    imports.import("f", "turn", EntityType::Function(0));
    imports.import("f", "wait", EntityType::Function(1));
    imports.import("k", "pause", EntityType::Function(2));
    imports.import("k", "resume", EntityType::Function(3));
    let fuel = GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    };
    imports.import("k", "fuel", fuel);
    let (turn, wait, pause, resume) = (0, 1, 2, 3);

    let mut turns = Function::new([(1, ValType::I32)]);
    turns
        .instructions()
        // Who turns has told already what is left.
        .i32_const(0)
        .call(pause)
        .local_tee(0)
        .if_(BlockType::Empty)
        .local_get(0)
        .call(turn)
        .local_get(0)
        .global_get(0)
        .i32_const(0)
        .call(resume)
        .global_set(0)
        .end()
        .end();
    let mut waits = Function::new([(2, ValType::I32)]);
    let (frame, fiber, status) = (0, 1, 2);
    waits
        .instructions()
        .i32_const(cannot_wait.number() as i32)
        .local_set(status)
        .global_get(0)
        .call(pause)
        .local_tee(fiber)
        .if_(BlockType::Empty)
        .local_get(fiber)
        .local_get(frame)
        .call(wait)
        .local_set(status)
        .local_get(fiber)
        .global_get(0)
        .i32_const(1)
        .call(resume)
        .global_set(0)
        .end()
        .local_get(status)
        .end();
    small_module(
        &types,
        (&imports, 4),
        &[("turn", 4, turns), ("wait", 2, waits)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_abi::ErrorCode;

    #[test]
    fn the_module_is_valid() {
        let bytes = wait_module(ErrorCode::CannotWait);
        for payload in wasmparser::Parser::new(0).parse_all(&bytes) {
            payload.expect("well-formed");
        }
    }
}
