//! Random modules compute, prepared, what they compute as they are; and a module with an index that is out of range is not made
//! valid.

use preparation_tests::{Form, Prepared, World, prepared};
use proptest::test_runner::TestCaseError;
use random_tests::choices::choices;
use std::sync::atomic::{AtomicU32, Ordering};
use wasm_smith::{Config, Module};

/// How many modules, if nothing else is said.
const CASES: u32 = 150;

fn config() -> Config {
    Config {
        max_memories: 1,
        memory64_enabled: false,
        shared_everything_threads_enabled: false,
        threads_enabled: false,
        relaxed_simd_enabled: false,
        gc_enabled: false,
        exceptions_enabled: false,
        custom_page_sizes_enabled: false,
        wide_arithmetic_enabled: false,
        min_funcs: 2,
        max_funcs: 12,
        export_everything: true,
        max_memory32_bytes: 4 << 16,
        max_table_elements: 100,
        table_max_size_required: true,
        memory_max_size_required: true,
        max_imports: 0,
        max_instructions: 120,
        canonicalize_nans: false,
        ..Config::default()
    }
}

/// Instructions, about, after which a module traps by itself, so that every form comes to the same end.
const STEPS: u32 = 500;

/// What a module shows in a form: how its start and each function that it exports come out, called with zeros, and what they leave.
fn show(module: &Prepared, form: Form) -> Result<Vec<String>, String> {
    let mut world = World::new(form, None);
    let instance = world.instantiate(module);
    let instance =
        instance.map_err(|reason| reason.split(':').next().unwrap_or_default().to_owned())?;
    let mut shown = Vec::new();
    for name in world.functions(&instance) {
        let outcome = world.call_with_zeros(&instance, &name);
        shown.push(format!("{name}: {outcome:?} {:?}", world.shown(&instance)));
    }
    Ok(shown)
}

#[test]
fn random_modules_compute_what_they_computed() {
    let compared = AtomicU32::new(0);
    random_tests::check(CASES, choices(300..301), |choices| {
        let bytes: Vec<u8> = (0..300).flat_map(|_| choices.any().to_le_bytes()).collect();
        let mut source = arbitrary::Unstructured::new(&bytes);
        let Ok(mut module) = Module::new(config(), &mut source) else {
            return Ok(());
        };
        if module.ensure_termination(STEPS).is_err() {
            return Ok(());
        }
        let bytes = module.to_bytes();
        let mut shown = Vec::new();
        for form in Form::ALL {
            // What the kernel does not take is no matter of this test.
            let Ok(module) = prepared(&bytes, form) else {
                return Ok(());
            };
            if form != Form::AsIs {
                wasmparser::validate(&module.bytes).map_err(|error| {
                    TestCaseError::fail(format!(
                        "it is not valid any more, {form:?}: {error}\n{bytes:02x?}"
                    ))
                })?;
            }
            shown.push(show(&module, form));
        }
        compared.fetch_add(
            shown[0].as_ref().map_or(0, |shown| shown.len() as u32),
            Ordering::Relaxed,
        );
        for (form, other) in Form::ALL.iter().zip(&shown).skip(1) {
            if shown[0] != *other {
                return Err(TestCaseError::fail(format!(
                    "{form:?}\nbefore {:?}\nafter {other:?}\n{bytes:02x?}",
                    shown[0]
                )));
            }
        }
        Ok(())
    });
    assert!(
        compared.into_inner() > 0,
        "some modules have functions to call"
    );
}

/// Modules with one index out of range by one, which `prepare` makes room for if it does not look.
const OUT_OF_RANGE: [(&str, &str); 19] = [
    ("call", "(func (call 1))"),
    ("return_call", "(func (return_call 1))"),
    (
        "ref.func",
        "(func (drop (ref.func 1))) (export \"f\" (func 0))",
    ),
    ("export of a function", "(func) (export \"f\" (func 1))"),
    (
        "element",
        "(table 1 funcref) (func) (elem (i32.const 0) func 1)",
    ),
    (
        "element expression",
        "(table 1 funcref) (func) (elem (i32.const 0) funcref (ref.func 1))",
    ),
    (
        "global.get",
        "(global i32 (i32.const 1)) (func (drop (global.get 1)))",
    ),
    (
        "global.set",
        "(global (mut i32) (i32.const 1)) (func (global.set 1 (i32.const 0)))",
    ),
    (
        "export of a global",
        "(global i32 (i32.const 1)) (export \"g\" (global 1))",
    ),
    ("offset", "(memory 1) (data (global.get 0) \"a\")"),
    (
        "global.get behind a constant",
        "(import \"a\" \"b\" (global i32)) (func (drop (global.get 1)))",
    ),
    (
        "global.set behind a constant",
        "(import \"a\" \"b\" (global i32)) (func (global.set 1 (i32.const 0)))",
    ),
    (
        "global.set of a constant",
        "(import \"a\" \"b\" (global i32)) (func (global.set 0 (i32.const 0)))",
    ),
    (
        "export behind a constant",
        "(import \"a\" \"b\" (global i32)) (global i32 (global.get 0)) (export \"g\" (global 2))",
    ),
    (
        "offset behind a constant",
        "(import \"a\" \"b\" (global i32)) (memory 1) (data (global.get 1) \"a\")",
    ),
    (
        "local",
        "(func (param i32) (local i64) (loop (drop (local.get 2))))",
    ),
    (
        "local of bulk",
        "(memory 1) (func (param i32) (loop (drop (local.get 2)) (memory.fill (local.get 0) (local.get 0) (local.get 0))))",
    ),
    ("label", "(func (loop (br 2)))"),
    (
        "label of a table",
        "(func (loop (br_table 0 2 (i32.const 0))))",
    ),
];

/// As before, for indices that the text format cannot say wrong: the type that is named is replaced.
const TYPES: [&str; 5] = [
    "(type (func)) (type $t (func (param i32) (result i32))) (func (type $t) (local.get 0))",
    "(type $t (func (param i32) (result i32))) (func (drop (block (param i32) (result i32) (i32.const 0))))",
    "(type $t (func (param i32) (result i32))) (table 1 funcref) (func (drop (call_indirect (type $t) (i32.const 0) (i32.const 0))))",
    "(type $t (func (param i32) (result i32))) (table 1 funcref) (func (result i32) (return_call_indirect (type $t) (i32.const 0) (i32.const 0)))",
    "(type $t (func (param i32))) (tag (type $t))",
];

fn stays_invalid(what: &str, bytes: &[u8]) {
    assert!(
        wasmparser::validate(bytes).is_err(),
        "{what}: it is valid as it is"
    );
    for form in [Form::Trusted, Form::Metered] {
        if let Ok(Prepared { bytes, .. }) = prepared(bytes, form) {
            assert!(
                wasmparser::validate(&bytes).is_err(),
                "{what}: it became valid, {form:?}"
            );
        }
    }
}

#[test]
fn an_index_out_of_range_by_one_stays_out_of_range() {
    for (what, text) in OUT_OF_RANGE {
        stays_invalid(
            what,
            &wat::parse_str(format!("(module {text})")).expect(what),
        );
    }
}

#[test]
fn a_module_changed_in_one_byte_does_not_become_valid() {
    let texts = OUT_OF_RANGE.iter().map(|(_, text)| *text).chain(TYPES);
    let mut invalid = 0;
    for text in texts {
        let bytes = wat::parse_str(format!("(module {text})")).expect(text);
        for place in 8..bytes.len() {
            for value in [
                bytes[place].wrapping_add(1),
                bytes[place].wrapping_sub(1),
                bytes[place].wrapping_add(2),
            ] {
                let mut changed = bytes.clone();
                changed[place] = value;
                if wasmparser::validate(&changed).is_err() {
                    invalid += 1;
                    stays_invalid(text, &changed);
                }
            }
        }
    }
    assert!(invalid > 500, "{invalid} modules were not valid");
}
