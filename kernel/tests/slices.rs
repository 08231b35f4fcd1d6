//! Into how many slices the preparation of a module falls. Slices are counted by what is done, so it is the same on every machine.

#![cfg(not(target_arch = "wasm32"))]

use portcullis_kernel::Kernel;
use portcullis_kernel::module::cost::Limits;
use portcullis_kernel::module::{
    Module, PrepareOptions, prepare, preparing, read, reading, resolve, resolving,
};
use portcullis_kernel::pace::{Pace, SLICE, Sliced};
use portcullis_kernel::signature::Metadata;
use portcullis_kernel::translator::{generate, generating};

fn assemble(text: &str) -> Vec<u8> {
    wat::parse_str(text)
        .unwrap_or_else(|error| panic!("the test's module is wrong: {error}\n{text:.500}"))
}

/// What comes of some work, and into how many slices it falls.
fn counted<T>(work: impl Future<Output = T> + 'static) -> (T, usize) {
    let mut work = Sliced::new(work);
    for count in 1.. {
        if let Some(result) = work.step() {
            assert!(work.step().is_none(), "it is done once");
            return (result, count);
        }
    }
    unreachable!("it ends")
}

/// In how many slices a module is read, and in how many it is prepared, which gives what it gives at once.
fn slices(bytes: &[u8], metered: bool) -> (usize, usize) {
    let owned = bytes.to_vec();
    let (module, of_reading) = counted(async move {
        reading(&owned, Limits::times(f64::INFINITY), &mut Pace::default()).await
    });
    let module: Module = module.expect("it is a module");
    let options = PrepareOptions {
        metered,
        ..PrepareOptions::default()
    };
    let at_once = prepare(bytes, &module, &options);
    let owned = bytes.to_vec();
    let (prepared, of_preparing) =
        counted(async move { preparing(&owned, &module, &options, &mut Pace::default()).await });
    assert!(prepared.is_ok(), "{prepared:?}");
    assert!(prepared == at_once);
    (of_reading, of_preparing)
}

/// So many times the same, each with its number in the place of `#`.
fn repeated(count: usize, text: &str) -> String {
    (0..count)
        .map(|index| text.replace('#', &index.to_string()))
        .collect()
}

#[test]
fn a_module_of_an_ordinary_size_is_prepared_in_one_slice() {
    let body = "(drop (i32.add (local.get 0) (i32.const 1)))".repeat(40);
    let bytes = assemble(&format!(
        "(module {})",
        repeated(195, &format!("(func (param i32) {body})"))
    ));
    assert!((45_000..50_000).contains(&bytes.len()), "{}", bytes.len());
    assert_eq!(slices(&bytes, true), (1, 1));
    let owned = bytes.clone();
    let (both, count) = counted(async move {
        let pace = &mut Pace::default();
        let module = reading(&owned, Limits::default(), pace).await?;
        preparing(&owned, &module, &PrepareOptions::default(), pace).await
    });
    assert!(both.is_ok());
    assert_eq!(count, 1);
}

#[test]
fn code_is_read_and_prepared_function_after_function() {
    let body = "(drop (i32.add (local.get 0) (i32.const 1)))".repeat(4_000);
    let bytes = assemble(&format!(
        "(module {})",
        format!("(func (param i32) {body})").repeat(36)
    ));
    let least = bytes.len() / SLICE as usize;
    assert_eq!(least, 3);
    let (reading, preparing) = slices(&bytes, true);
    assert!(
        reading > least && preparing > 2 * least,
        "{reading}, {preparing}"
    );
    // Nothing is done with the code of a plugin that is trusted.
    assert_eq!(slices(&bytes, false), (reading, 1));
    // Many small functions take more than their bytes.
    let bytes = assemble(&format!("(module {})", "(func)".repeat(40_000)));
    assert!(bytes.len() < SLICE as usize);
    let (reading, preparing) = slices(&bytes, true);
    assert!(reading > 8 && preparing > 16, "{reading}, {preparing}");
}

#[test]
fn long_sections_are_read_and_prepared_entry_after_entry() {
    let kinds = [
        (
            "exports",
            "(func $f)",
            "(export \"an export of the number #\" (func $f))",
            10_000,
        ),
        ("globals", "", "(global (mut i32) (i32.const #))", 10_000),
        (
            "data segments",
            "(memory 1)",
            "(data (i32.const #) \"x\")",
            10_000,
        ),
        (
            "element segments",
            "(func $f) (table 1 funcref)",
            "(elem (i32.const 0) func $f)",
            10_000,
        ),
    ];
    for (what, before, entry, count) in kinds {
        let bytes = assemble(&format!("(module {before} {})", repeated(count, entry)));
        let (reading, preparing) = slices(&bytes, true);
        assert!(
            reading > 2 && preparing > 2,
            "{what}: {reading}, {preparing}"
        );
    }
    // One segment with many.
    for (what, items) in [
        ("func", " $f".repeat(100_000)),
        ("funcref", " (ref.func $f)".repeat(60_000)),
    ] {
        let bytes = assemble(&format!("(module (func $f) (elem {what} {items}))"));
        let (reading, preparing) = slices(&bytes, true);
        assert!(
            reading > 2 && preparing > 2,
            "{what}: {reading}, {preparing}"
        );
    }
}

#[test]
fn long_lists_of_types_and_imports_are_read_entry_after_entry() {
    let wide = format!("(type (func (param{})))", " i32".repeat(128));
    let (reading, preparing) = slices(&assemble(&format!("(module {})", wide.repeat(2_000))), true);
    assert!(reading > 1 && preparing > 1, "{reading}, {preparing}");
    let name = "name".repeat(200);
    let imports = repeated(1_000, &format!("(import \"a\" \"{name}#\" (func))"));
    let (reading, _) = slices(&assemble(&format!("(module {imports})")), true);
    assert!(reading > 2, "{reading}");
}

#[test]
fn who_is_bounded_is_found_call_after_call() {
    let module = |instructions: &str| {
        let body = instructions.repeat(10_000);
        assemble(&format!(
            "(module (func $f) {})",
            format!("(func {body})").repeat(30)
        ))
    };
    let (calls, nothing) = (module("call 0 "), module("nop nop "));
    assert_eq!(calls.len(), nothing.len());
    let (calls, nothing) = (slices(&calls, true), slices(&nothing, true));
    assert_eq!(calls.0, nothing.0);
    assert!(calls.1 > nothing.1, "{calls:?}, {nothing:?}");
}

#[test]
fn a_plugin_with_many_functions_gets_its_signatures_and_its_gate_in_slices() {
    let ty = "(param i32 i64 f32) (result i32)";
    let imports = repeated(1_000, &format!("(import \"a/b@1\" \"f#\" (func {ty}))"));
    let exports = repeated(1_000, "(export \"f#\" (func $f))");
    let exports = format!("(func $f {ty} unreachable) {exports}");
    for functions in [imports, exports] {
        let module = read(&assemble(&format!("(module {functions})"))).expect("it is a module");
        let resolved = resolve(&module, &Metadata::default()).expect("it has signatures");
        assert_eq!(resolved.imports.len() + resolved.exports.len(), 1_000);
        let plan = Kernel::new().gate_plan(&resolved, false, true);
        let (_, count) =
            counted(
                async move { resolving(&module, &Metadata::default(), &mut Pace::default()).await },
            );
        assert!(count > 1, "{count}");
        let at_once = generate(&plan);
        let (gate, count) = counted(async move { generating(&plan, &mut Pace::default()).await });
        assert_eq!(gate.bytes, at_once.bytes);
        assert!(count > 1, "{count}");
    }
}
