//! What engines are told of branches: those that are hardly ever taken have more fuel given, and nothing else.

use preparation_tests::{Form, prepared};
use std::collections::BTreeMap;
use wasmparser::{FunctionBody, Import, KnownCustom, Operator, Parser, Payload, TypeRef};

const MODULE: &str = r#"(module
  (memory 1)
  ;; A loop that counts, in one that does not.
  (func $counts (export "counts") (param $count i32) (local $index i32)
    (loop $outer
      (local.set $index (i32.const 0))
      (loop $again
        (i32.store8 (local.get $index) (i32.const 1))
        (br_if $again (i32.ne (local.tee $index (i32.add (local.get $index) (i32.const 1))) (local.get $count))))
      (br_if $outer (i32.load8_u (i32.const 0)))))
  ;; Branches of its own, of which nobody knows anything.
  (func (export "branches") (param i32)
    (if (local.get 0) (then (loop (call $counts (local.get 0)) (br_if 0 (local.get 0))))))
  (func (export "fills") (param i32)
    (memory.fill (i32.const 0) (i32.const 0) (local.get 0))
    (drop (memory.grow (i32.const 1)))))"#;

/// Whether the `if` there in a function does nothing but have more fuel given: it calls something, and has no branch or loop of its own.
fn has_more_given(body: &FunctionBody<'_>, place: u64) -> bool {
    let mut reader = body.get_operators_reader().expect("a body");
    while reader.original_position() < body.range().start + place {
        reader.read().expect("an instruction");
    }
    assert!(
        matches!(reader.read(), Ok(Operator::If { .. })),
        "at {place}"
    );
    let mut calls = 0;
    loop {
        match reader.read().expect("an instruction") {
            Operator::End => return calls == 1,
            Operator::Call { .. } => calls += 1,
            Operator::LocalGet { .. }
            | Operator::LocalSet { .. }
            | Operator::GlobalGet { .. }
            | Operator::GlobalSet { .. } => {}
            _ => return false,
        }
    }
}

#[test]
fn only_a_refill_is_called_unlikely() {
    let bytes = wat::parse_str(MODULE).expect("a module");
    let module = prepared(&bytes, Form::Metered).expect("it is taken");
    let mut hinted = BTreeMap::new();
    let mut bodies = Vec::new();
    let mut imported = 0;
    for payload in Parser::new(0).parse_all(&module.bytes) {
        match payload.expect("a valid module") {
            Payload::ImportSection(imports) => {
                let is_function = |import: &Import<'_>| matches!(import.ty, TypeRef::Func(_));
                imported = imports
                    .into_imports()
                    .filter(|import| is_function(import.as_ref().expect("an import")))
                    .count() as u32;
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::BranchHints(functions) = section.as_known() {
                    for function in functions {
                        let function = function.expect("a function");
                        let hints = function.hints.into_iter().map(|hint| hint.expect("a hint"));
                        hinted.insert(function.func, hints.collect::<Vec<_>>());
                    }
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body),
            _ => {}
        }
    }
    let count = |function: u32| hinted.get(&(imported + function)).map_or(0, Vec::len);
    // The loop around it, and the one that counts where it is far.
    assert!(count(0) >= 2, "{hinted:?}");
    assert!(count(1) >= 1 && count(2) >= 2, "{hinted:?}");
    for (function, hints) in &hinted {
        let body = &bodies[(function - imported) as usize];
        for hint in hints {
            assert!(!hint.taken);
            let place = u64::from(hint.func_offset);
            assert!(
                has_more_given(body, place),
                "function {function} at {place}"
            );
        }
    }
}
