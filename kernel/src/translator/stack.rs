//! The functions that prove how much stack is left.
//!
//! WebAssembly cannot ask. But an engine that enters a function checks whether the whole of its frame fits, before anything of
//! it runs, and throws if not. So a function with a large frame that does nothing and returns proves as many bytes.
//!
//! What makes the frame large must cost nothing while it is not used, and no engine may find a way to do without. Here it is
//! the results of calls that are never made: there can be a thousand of them, far more than registers, so their caller's frame
//! has the place for them. Several such calls, whose results are all needed at once, make it larger still. Nothing is loaded
//! or stored. `docs/design.md` says what else was tried, and `npm run stack` shows that it holds.

use wasm_encoder::{
    BlockType, CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, RefType,
    TableSection, TableType, TypeSection, ValType,
};

/// The stack that a callee starts with at least, in bytes, if the application says nothing else.
pub const HEADROOM_BYTES: u32 = 16 * 1024;
/// The most that an application may ask for: every nested call has to prove it.
pub const MOST_HEADROOM_BYTES: u32 = 128 * 1024;
/// What the kernel's own functions get by with when a gate calls them, in bytes, whatever JavaScript they call included.
const KERNEL_BYTES: u32 = 8 * 1024;
/// What a callee half needs above its callee's headroom.
const HALF_BYTES: u32 = 8 * 1024;
/// What the kernel needs to end a process that has used up the stack, and to answer the application: functions of JavaScript
/// run then that may never have run before, and V8 begins to compile one only when there are 40 KiB.
const LEAST_BYTES: u32 = 48 * 1024;
/// What it takes to load a plugin in the middle of a call: to read it, to have the engine compile and instantiate it, and to
/// start it, with what a callee is promised.
const LOADING_BYTES: u32 = 256 * 1024;
/// The most results that a function may have, in every engine.
const MOST_RESULTS: u32 = 1_000;

/// A value of which a probe's frame holds many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Vectors of 16 bytes: fewer of them, which is compiled faster.
    Vector,
    /// Integers of 8 bytes, for a machine without vectors.
    Integer,
}

impl Unit {
    fn val_type(self) -> ValType {
        match self {
            Unit::Vector => ValType::V128,
            Unit::Integer => ValType::I64,
        }
    }

    fn bytes(self) -> u32 {
        match self {
            Unit::Vector => 16,
            Unit::Integer => 8,
        }
    }
}

/// How a frame of so many bytes is made: that many `results` at once, of `calls` calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shape {
    results: u32,
    /// Calls whose results have to wait until all of them were made. 0: one call, whose results nobody wants.
    calls: u32,
}

impl Shape {
    /// The place for the results of a call that is under way counts in every engine; the results that wait count besides.
    fn of(bytes: u32, unit: Unit) -> Shape {
        let values = bytes.div_ceil(unit.bytes());
        let places = values.div_ceil(MOST_RESULTS);
        Shape {
            results: values.div_ceil(places),
            calls: places - 1,
        }
    }
}

/// A module that exports two probes, (anything but 0) → (). They throw what the engine throws when the stack is used up:
///
/// - `headroom`, for `headroom` bytes and what a callee half needs above them, but also for the end of the callee;
/// - `room`, for what the kernel needs to be called by a gate.
pub fn stack_module(headroom: u32, unit: Unit) -> Vec<u8> {
    let least = (headroom + HALF_BYTES).max(LEAST_BYTES);
    probes(&[("headroom", least), ("room", KERNEL_BYTES)], unit)
}

/// As [`stack_module`], with one probe, `loading`, for what it takes to load a plugin and to start it with its headroom.
pub fn loading_module(headroom: u32, unit: Unit) -> Vec<u8> {
    probes(&[("loading", LOADING_BYTES + headroom)], unit)
}

/// A module with a probe of so many bytes for each name.
fn probes(wanted: &[(&str, u32)], unit: Unit) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], []);
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    let mut exports = ExportSection::new();
    for (index, (name, bytes)) in wanted.iter().enumerate() {
        let shape = Shape::of(*bytes, unit);
        let values = || (0..shape.results).map(|_| unit.val_type());
        let (gives, takes) = (1 + 2 * index as u32, 2 + 2 * index as u32);
        types.ty().function([], values());
        types.ty().function(values(), []);
        functions.function(0);
        exports.export(name, ExportKind::Func, index as u32);
        code.function(&probe(shape, gives, takes));
    }
    // Nothing is in it: what is never called is not there either, and a call through a table is not looked through.
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 1,
        maximum: Some(1),
        shared: false,
    });
    exports.export("nothing", ExportKind::Table, 0);
    let mut module = Module::new();
    module
        .section(&types)
        .section(&functions)
        .section(&tables)
        .section(&exports)
        .section(&code);
    module.finish()
}

fn probe(shape: Shape, gives: u32, takes: u32) -> Function {
    let mut probe = Function::new([]);
    let mut body = probe.instructions();
    body.local_get(0).i32_eqz().if_(BlockType::Empty);
    for _ in 0..shape.calls.max(1) {
        body.i32_const(0).call_indirect(0, gives);
    }
    if shape.calls == 0 {
        for _ in 0..shape.results {
            body.drop();
        }
    }
    for _ in 0..shape.calls {
        body.i32_const(0).call_indirect(0, takes);
    }
    body.end().end();
    probe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_of_a_shape_fill_its_bytes() {
        for unit in [Unit::Vector, Unit::Integer] {
            for bytes in [
                KERNEL_BYTES,
                16_000,
                16_001,
                24_576,
                32_001,
                MOST_HEADROOM_BYTES,
            ] {
                let shape = Shape::of(bytes, unit);
                assert!(shape.results <= MOST_RESULTS);
                assert!(shape.results * (shape.calls + 1) * unit.bytes() >= bytes);
            }
        }
        assert_eq!(
            Shape::of(KERNEL_BYTES, Unit::Vector),
            Shape {
                results: 512,
                calls: 0
            }
        );
    }

    /// The calls of a function in a module: the types of what each of them takes and gives.
    fn calls(bytes: &[u8], function: usize) -> Vec<wasmparser::FuncType> {
        let (mut types, mut bodies) = (Vec::new(), Vec::new());
        for payload in wasmparser::Parser::new(0).parse_all(bytes) {
            match payload.expect("well-formed") {
                wasmparser::Payload::TypeSection(section) => {
                    let section = section.into_iter_err_on_gc_types();
                    types = section.map(|ty| ty.expect("a function")).collect();
                }
                wasmparser::Payload::CodeSectionEntry(body) => bodies.push(body),
                _ => {}
            }
        }
        let operators = bodies[function].get_operators_reader().expect("a body");
        let called =
            operators
                .into_iter()
                .filter_map(|operator| match operator.expect("well-formed") {
                    wasmparser::Operator::CallIndirect { type_index, .. } => Some(type_index),
                    _ => None,
                });
        called.map(|ty| types[ty as usize].clone()).collect()
    }

    /// The bytes of a probe's frame: the results of calls that wait until the others were made, and the place for those of the call
    /// that is under way.
    fn frame(bytes: &[u8], function: usize, unit: Unit) -> u32 {
        let calls = calls(bytes, function);
        let (giving, taking): (Vec<_>, Vec<_>) =
            calls.iter().partition(|ty| ty.params().is_empty());
        assert_eq!(giving.len(), taking.len().max(1));
        let results = giving[0].results();
        let ty = match unit {
            Unit::Vector => wasmparser::ValType::V128,
            Unit::Integer => wasmparser::ValType::I64,
        };
        assert!(results.iter().all(|result| *result == ty));
        assert!(giving.iter().all(|ty| ty.results() == results));
        assert!(
            taking
                .iter()
                .all(|ty| ty.params() == results && ty.results().is_empty())
        );
        let size = if unit == Unit::Vector { 16 } else { 8 };
        results.len() as u32 * size * (taking.len() as u32 + 1)
    }

    /// What the documentation promises, in bytes: the callee's headroom and 8 KiB, at least 48 KiB; 8 KiB for the kernel.
    #[test]
    fn probes_have_the_frames_that_are_promised() {
        assert_eq!(HEADROOM_BYTES, 16_384);
        assert_eq!(MOST_HEADROOM_BYTES, 131_072);
        for unit in [Unit::Vector, Unit::Integer] {
            for headroom in [
                0,
                HEADROOM_BYTES,
                40_960,
                40_961,
                65_536,
                MOST_HEADROOM_BYTES,
            ] {
                let bytes = stack_module(headroom, unit);
                for (function, promised) in [(0, (headroom + 8_192).max(49_152)), (1, 8_192)] {
                    let frame = frame(&bytes, function, unit);
                    // Rounded up to whole values of each call, and no more.
                    let most = promised + 16 * promised.div_ceil(8_000);
                    assert!((promised..=most).contains(&frame), "{frame} for {promised}");
                }
                // To load a plugin takes 256 KiB, and its start is promised its headroom.
                let promised = 262_144 + headroom;
                let frame = frame(&loading_module(headroom, unit), 0, unit);
                let most = promised + 16 * promised.div_ceil(8_000);
                assert!(
                    (promised..=most).contains(&frame),
                    "{frame} for {promised} to load"
                );
            }
        }
    }

    #[test]
    fn the_module_is_valid_with_either_unit() {
        for unit in [Unit::Vector, Unit::Integer] {
            for headroom in [HEADROOM_BYTES, MOST_HEADROOM_BYTES] {
                for bytes in [stack_module(headroom, unit), loading_module(headroom, unit)] {
                    assert!(
                        bytes.len() < 4_096,
                        "engines compile little modules at once: {}",
                        bytes.len()
                    );
                    for payload in wasmparser::Parser::new(0).parse_all(&bytes) {
                        payload.expect("well-formed");
                    }
                }
            }
        }
    }
}
