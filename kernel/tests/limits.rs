//! What a module may cost, and which proposals it may use: what is just allowed, what is just not, and in which words.

#![cfg(not(target_arch = "wasm32"))]

use portcullis_kernel::ErrorCode;
use portcullis_kernel::load::LoadError;
use portcullis_kernel::module::cost::{self, Limits};
use portcullis_kernel::module::{Module, PrepareOptions, prepare, read, read_within};

/// Assembles what the text says; only its syntax has to be right.
fn assemble(text: &str) -> Vec<u8> {
    wat::parse_str(text)
        .unwrap_or_else(|error| panic!("the test's module is wrong: {error}\n{text:.500}"))
}

fn refusal(result: Result<Module, LoadError>) -> String {
    let error = result.expect_err("it must be refused");
    assert_eq!(error.code, ErrorCode::RefusedModule, "{error}");
    assert!(!error.message.contains(char::is_control), "{error:?}");
    error.message
}

/// The module that `text` makes of a number is allowed for `most`, and refused for one more with these words.
#[track_caller]
fn just(most: u64, text: impl Fn(u64) -> String, words: &str) {
    let module = assemble(&text(most));
    assert!(
        read(&module).is_ok(),
        "{most} are allowed: {:?}",
        read(&module).err()
    );
    let more = assemble(&text(most + 1));
    let message = refusal(read(&more));
    assert!(
        message.contains(words),
        "`{words}` is missing in: {message}"
    );
    assert!(message.contains("raise `cost`"), "{message}");
    assert!(
        read_within(&more, Limits::times(1.1)).is_ok(),
        "who trusts it can raise the limit"
    );
}

/// So many times the same, each with its number in the place of `#`.
fn times(number: u64, text: &str) -> String {
    (0..number)
        .map(|index| text.replace('#', &index.to_string()))
        .collect()
}

#[test]
fn things_are_counted() {
    let module = |number, text: &str| format!("(module {})", times(number, text));
    just(
        cost::TYPES,
        |n| module(n, "(type (func))"),
        "more than 2000 types: 2001, at byte ",
    );
    just(
        cost::FUNCTIONS,
        |n| format!("(module (type (func)) {})", times(n, "(func (type 0))")),
        "more than 50000 functions: 50001, at byte ",
    );
    just(
        cost::TABLES,
        |n| module(n, "(table 1 funcref)"),
        "more than 16 tables: 17, at byte ",
    );
    just(
        cost::TABLE_ENTRIES,
        |n| format!("(module (table {n} funcref))"),
        "more than 1000000 entries in tables: 1000001",
    );
    just(
        cost::GLOBALS,
        |n| module(n, "(global i32 i32.const 0)"),
        "more than 10000 globals: 10001, at byte ",
    );
    just(
        cost::TAGS,
        |n| format!("(module (type (func)) {})", times(n, "(tag (type 0))")),
        "more than 1000 tags: 1001",
    );
    just(
        cost::EXPORTS,
        |n| {
            format!(
                "(module (memory 1) {})",
                times(n, "(export \"#\" (memory 0))")
            )
        },
        "more than 10000 exports: 10001, at byte ",
    );
    just(
        cost::ELEMENT_SEGMENTS,
        |n| format!("(module (table 1 funcref) {})", times(n, "(elem func)")),
        "more than 10000 element segments: 10001",
    );
    just(
        cost::DATA_SEGMENTS,
        |n| module(n, "(data \"\")"),
        "more than 10000 data segments: 10001",
    );
    just(
        cost::CUSTOM_SECTIONS,
        |n| module(n, "(@custom \"note\" \"\")"),
        "more than 1000 custom sections: 1001",
    );
    just(
        cost::TYPE_VALUES,
        |n| {
            format!(
                "(module (type (func (param {}) (result i32 i32))))",
                times(n - 2, "i64 ")
            )
        },
        "type 0 of the module has 129 parameters and results, and 128 are allowed",
    );
}

#[test]
fn a_function_may_have_so_many_bytes() {
    let function = |bytes: u64| {
        // One byte says that there are no locals, one is the end.
        format!("(module (func) (func {}))", times(bytes - 2, "nop "))
    };
    just(
        cost::FUNCTION_BYTES,
        function,
        "has 131073 bytes, and 131072 are allowed; split it up",
    );
    let message = refusal(read(&assemble(&function(cost::FUNCTION_BYTES + 1))));
    assert!(message.starts_with("function 1 at byte "), "{message}");
    // In a larger module an eighth of it.
    let data = "x".repeat(2 << 20);
    let large = |bytes| {
        assemble(&format!(
            "(module (func {}) (data \"{data}\"))",
            times(bytes, "nop ")
        ))
    };
    assert!(read(&large(250_000)).is_ok());
    refusal(read(&large(300_000)));
}

#[test]
fn loops_may_stand_in_one_another_so_deep() {
    let nest = |depth: u64| {
        let (open, close) = (times(depth, "(loop "), times(depth, ")"));
        // Others beside it, and blocks in between, are no deeper.
        format!("(module (func) (func (loop) (loop) (block {open} (block) {close}) (loop)))")
    };
    just(
        cost::LOOP_DEPTH,
        nest,
        "has 33 loops in one another, and 32 are allowed; split it up",
    );
    let message = refusal(read(&assemble(&nest(cost::LOOP_DEPTH + 1))));
    assert!(message.starts_with("function 1 at byte "), "{message}");
}

/// Largest number for which a module is accepted.
fn largest(text: impl Fn(u64) -> String) -> u64 {
    let (mut low, mut high) = (0, 1 << 14);
    while high - low > 1 {
        let middle = (low + high) / 2;
        match read(&assemble(&text(middle))) {
            Ok(_) => low = middle,
            Err(_) => high = middle,
        }
    }
    low
}

#[test]
fn branches_among_many_locals_cost_what_engines_need_for_them() {
    let module = |locals: u64, ifs: u64| {
        format!(
            "(module (func) (func (param i32) (local {}) {}))",
            times(locals, "i32 "),
            times(ifs, "(if (local.get 0) (then))")
        )
    };
    let few = largest(|ifs| module(1_000, ifs));
    let many = largest(|ifs| module(10_000, ifs));
    assert!((5_000..10_000).contains(&few), "{few}");
    assert!((500..1_000).contains(&many), "{many}");
    just(
        many,
        |ifs| module(10_000, ifs),
        "the module would take too long to compile",
    );
    let message = refusal(read(&assemble(&module(10_000, many + 1))));
    for part in [
        "points so far, and 200000000 are allowed",
        "most of it because of function 1 at byte ",
        "fewer branches among fewer locals cost less",
    ] {
        assert!(message.contains(part), "`{part}` is missing in: {message}");
    }
    // The bomb that stopped a browser for 13 seconds.
    refusal(read(&assemble(&module(50_000, 4_000))));
    // It does not help to put it into many functions, nor to have operands in the place of locals.
    let part = format!(
        "(func (param i32) (local {}) {})",
        times(1_000, "i32 "),
        times(100, "(if (local.get 0) (then))")
    );
    refusal(read(&assemble(&format!("(module {})", part.repeat(200)))));
    let operands = format!(
        "(module (func (param i32) {} {} {}))",
        times(10_000, "local.get 0 "),
        times(many + 1, "(if (local.get 0) (then))"),
        times(10_000, "drop ")
    );
    refusal(read(&assemble(&operands)));
}

#[test]
fn calls_with_many_values_cost_what_engines_need_for_them() {
    let module = |values: u64, calls: u64| {
        let types = times(values, "i32 ");
        format!(
            "(module (type (func (param {types}) (result {types}))) (func (type 0) {}) (func {} {} {}))",
            "unreachable",
            times(values, "i32.const 1 "),
            times(calls, "call 0 "),
            times(values, "drop ")
        )
    };
    let narrow = largest(|calls| module(4, calls));
    let wide = largest(|calls| module(64, calls));
    assert!(
        wide > 0 && wide * 16 < narrow,
        "{wide} of 64, {narrow} of 4"
    );
}

/// What one more of these instructions costs, in a function with so many locals, between `before` and `after`.
fn cost_of_one(locals: u64, before: &str, what: &str, after: &str) -> u64 {
    let points = |number| {
        let text = format!(
            "(module (type (func)) (tag (type 0)) (table 1 funcref) (memory 1) (func $f) (elem declare func $f)
                (func (local {}) {before} {} {after}))",
            times(locals, "externref "),
            times(number, what)
        );
        let module = read_within(&assemble(&text), Limits::times(f64::INFINITY));
        module.expect("it is a module").points
    };
    points(11) - points(10)
}

/// What an engine calls something of its own for, or what metering puts a call before.
const CALLING: [&str; 8] = [
    "(call $f)",
    "(call_indirect (type 0) (i32.const 0))",
    "(drop (ref.func $f))",
    "(drop (table.get (i32.const 0)))",
    "(table.set (i32.const 0) (ref.null func))",
    "(drop (memory.grow (i32.const 0)))",
    "(memory.fill (i32.const 0) (i32.const 0) (i32.const 0))",
    "(drop (table.grow (ref.null func) (i32.const 0)))",
];

#[test]
fn what_engines_call_something_for_costs_more_among_many_locals() {
    for what in CALLING {
        let [few, many] = [20, 40_000].map(|locals| cost_of_one(locals, "", what, ""));
        assert!(few < 15_000, "{what}: {few}");
        assert!(many > 3 * 40_000, "{what}: {many}");
    }
    // Each of these is paid for by an `if`, at whose two ends all locals are looked at.
    for what in &CALLING[5..] {
        let many = cost_of_one(40_000, "", what, "");
        assert!(many > 30 * 40_000, "{what}: {many}");
    }
}

#[test]
fn what_may_throw_costs_more_where_that_is_caught() {
    for what in CALLING {
        let alone = cost_of_one(1_000, "", what, "");
        for (before, after) in [
            ("try", "catch_all end"),
            ("try (call $f)", "delegate 0"),
            ("block try_table (catch_all 0)", "end end"),
            ("try block try_table (catch_all 0) end", "end catch_all end"),
            ("try try catch_all", "end catch_all end"),
        ] {
            let caught = cost_of_one(1_000, before, what, after);
            assert!(
                caught >= alone + 6_000,
                "{what} in {before}: {caught}, {alone} alone"
            );
        }
        for (before, after) in [
            ("try catch_all", "end"),
            ("try catch 0", "catch_all end"),
            ("try catch_all end", ""),
            ("block try_table (catch_all 0) end end", ""),
            ("try (call $f) delegate 0", ""),
        ] {
            let caught = cost_of_one(1_000, before, what, after);
            assert_eq!(caught, alone, "{what} in {before}");
        }
    }
}

#[test]
fn everything_costs_more_among_very_many_locals() {
    let what = "(local.set 0 (local.get 1))";
    let [none, few, many] = [10, 250, 40_000].map(|locals| cost_of_one(locals, "", what, ""));
    assert_eq!(few, none);
    assert!(many > none + 39_000, "{many}");
    // As it does among many operands.
    let [before, after] = [times(40_000, "(i32.const 0) "), times(40_000, "drop ")];
    let many = cost_of_one(10, &before, what, &after);
    assert!(many > none + 39_000, "{many}");
}

#[test]
fn functions_with_vectors_cost_more() {
    let points = |function: &str| {
        let module = assemble(&format!("(module {function})"));
        read(&module).expect("it is allowed").points
    };
    let plain = points("(func (param i64) (local i64))");
    for function in [
        "(func (param v128) (local i64))",
        "(func (param i64) (local v128))",
        "(func (param i64) (local i64) (drop (v128.const i64x2 0 0)))",
        "(func (param i64) (result v128) (local i64) unreachable)",
    ] {
        let points = points(function);
        assert!(
            points >= plain + 40_000,
            "{function}: {points}, {plain} without"
        );
    }
}

#[test]
fn a_large_module_may_cost_more() {
    let module = |data: usize| {
        assemble(&format!(
            "(module (func (param i32) (local {}) {}) (data \"{}\"))",
            times(1_000, "i32 "),
            times(8_000, "(if (local.get 0) (then))"),
            "x".repeat(data)
        ))
    };
    let points = read_within(&module(0), Limits::times(2.0)).unwrap().points;
    assert!(points > cost::POINTS, "{points}");
    let needed =
        cost::ORDINARY_SIZE as usize + ((points - cost::POINTS) / cost::POINTS_A_BYTE) as usize;
    refusal(read(&module(0)));
    refusal(read(&module(needed - 50_000)));
    assert!(read(&module(needed + 1_000)).is_ok());
}

#[test]
fn what_is_not_granted_is_refused_by_name_and_place() {
    for (feature, text) in [
        (
            "threads",
            "(module (memory 1) (func (drop (i32.atomic.load (i32.const 0)))))",
        ),
        ("threads", "(module (func atomic.fence))"),
        (
            "relaxed vectors",
            "(module (func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0)))))",
        ),
        (
            "garbage collection",
            "(module (func (drop (ref.i31 (i32.const 0)))))",
        ),
        ("garbage collection", "(module (func (local anyref)))"),
        (
            "garbage collection",
            "(module (global externref (extern.convert_any (ref.i31 (i32.const 0)))))",
        ),
        (
            "typed function references",
            "(module (type $f (func)) (func unreachable call_ref $f))",
        ),
        (
            "typed function references",
            "(module (type $f (func)) (func (local (ref null $f))))",
        ),
        (
            "wide arithmetic",
            "(module (func (i64.mul_wide_s (i64.const 1) (i64.const 1)) drop drop))",
        ),
        ("stack switching", "(module (tag $t) (func (suspend $t)))"),
        (
            "memory control",
            "(module (memory 1) (func (memory.discard (i32.const 0) (i32.const 0))))",
        ),
        (
            "not a plain function type",
            "(module (type (struct (field i32))))",
        ),
        (
            "not a plain function type",
            "(module (rec (type (func)) (type (func))))",
        ),
        (
            "values of a kind that is not allowed",
            "(module (type (func (param anyref))))",
        ),
        (
            "references of a kind that is not allowed",
            "(module (table 1 anyref))",
        ),
        ("64-bit memory", "(module (memory i64 1))"),
        ("64-bit table", "(module (table i64 1 funcref))"),
        ("shared memory", "(module (memory 1 1 shared))"),
        ("more than one memory", "(module (memory 1) (memory 1))"),
        (
            "pages of an unusual size",
            "(module (memory 1 (pagesize 1)))",
        ),
        (
            "table with an initial value",
            "(module (func) (table 1 funcref (ref.func 0)) (elem declare func 0))",
        ),
    ] {
        // Some of them the assembler does not know; the others suffice to tell that names are right.
        let Ok(bytes) = wat::parse_str(text) else {
            assert!(feature == "memory control", "{text}");
            continue;
        };
        let message = refusal(read_within(&bytes, Limits::times(f64::INFINITY)));
        assert!(
            message.contains(feature),
            "`{feature}` is missing in: {message}\n{text}"
        );
        if message.contains("instruction") {
            assert!(message.contains(" at byte "), "{message}");
        }
    }
    // A section that nobody knows.
    let message = refusal(read(b"\0asm\x01\0\0\0\x20\x00"));
    assert!(message.contains("unknown kind (32) at byte"), "{message}");
}

#[test]
fn what_is_granted_is_granted() {
    for text in [
        "(module (func (param i32) (drop (i32.extend8_s (local.get 0)))))",
        "(module (func (param f64) (drop (i32.trunc_sat_f64_s (local.get 0)))))",
        "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))) (data \"x\"))",
        "(module (func (result i32 i32) (block (result i32 i32) (i32.const 1) (i32.const 2))))",
        "(module (table 1 externref) (func (param externref) (table.set (i32.const 0) (local.get 0))))",
        "(module (func (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (v128.const i64x2 0 0) (v128.const i64x2 0 0)))))",
        "(module (func $f (return_call $f)))",
        "(module (tag $t (param i32)) (func (block $b (result i32) (try_table (catch $t $b) (throw $t (i32.const 1))) (i32.const 0)) drop))",
        "(module (tag $t) (func try throw $t catch $t catch_all end))",
        "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))",
        "(module (global (mut funcref) (ref.null func)))",
        "(module (global (export \"g\") (mut i32) (i32.const 0)))",
    ] {
        let bytes = assemble(text);
        read(&bytes).unwrap_or_else(|error| panic!("{error}\n{text}"));
    }
}

#[test]
fn constant_expressions_are_short() {
    let global = |additions| {
        format!(
            "(module (global i32 (i32.const 0) {}))",
            times(additions, "(i32.const 1) i32.add ")
        )
    };
    assert!(read(&assemble(&global(31))).is_ok());
    let message = refusal(read(&assemble(&global(32))));
    assert!(
        message.contains("constant expression of more than 64 instructions at byte"),
        "{message}"
    );
}

/// A module that has something of everything.
fn full() -> Vec<u8> {
    assemble(
        r#"(module
        (type $pair (func (param i32 i64) (result i64 i32)))
        (import "a/b@1" "f" (func $f (param i32 i64 f32 f64) (result i32)))
        (table 4 8 funcref) (table 2 externref)
        (memory (export "memory") 1 4)
        (tag $t (param i32))
        (global $g (mut i32) (i32.const 7)) (global (export "portcullis_status") i32 (i32.const 16))
        (export "run" (func $run))
        (start $start)
        (elem (i32.const 0) func $run $start) (elem funcref (ref.func $run) (ref.null func)) (elem declare func $start)
        (func $start (global.set $g (i32.const 1)))
        (func $run (param i32) (result i32) (local i64 f32 f64 v128)
            (block $out (loop $again
                (br_if $out (i32.eqz (local.get 0)))
                (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
                (if (i32.and (local.get 0) (i32.const 1)) (then (call $start)) (else (memory.fill (i32.const 0) (i32.const 1) (local.get 0))))
                (block (block (block (br_table 0 1 2 (local.get 0)))))
                (br $again)))
            (block $caught (result i32) (try_table (catch $t $caught) (throw $t (i32.const 3))) (i32.const 0))
            (call_indirect (type 2) (i32.const 1))
            (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 (local.get 4) (v128.const i64x2 1 2)))
            (i32.trunc_sat_f64_u (local.get 3)) i32.add)
        (func (type $pair) (local.get 1) (local.get 0))
        (data (i32.const 8) "hello") (data "passive")
        (@custom "portcullis" "import a/b@1 f: func(a: s32, b: s64, c: f32, d: f64) -> s32")
        (@custom "note" "text"))"#,
    )
}

#[test]
fn damaged_modules_are_refused_or_read_and_never_more() {
    let whole = full();
    let module = read(&whole).expect("it is a module");
    prepare(&whole, &module, &PrepareOptions::default()).expect("it can be prepared");
    let try_it = |bytes: &[u8]| {
        for limits in [Limits::default(), Limits::times(f64::INFINITY)] {
            if let Ok(module) = read_within(bytes, limits) {
                let _ = prepare(bytes, &module, &PrepareOptions::default());
            }
        }
    };
    for end in 0..whole.len() {
        assert!(
            end < 8
                || !matches!(read(&whole[..end]), Err(error) if error.code == ErrorCode::NotWasm)
        );
        try_it(&whole[..end]);
    }
    for place in 0..whole.len() {
        let flips = (0..8).map(|bit| whole[place] ^ (1 << bit));
        for byte in flips.chain([0, 0x7f, 0x80, 0xff]) {
            let mut bytes = whole.clone();
            bytes[place] = byte;
            try_it(&bytes);
            // And the next one along with it: many things have two bytes.
            if let Some(next) = bytes.get_mut(place + 1) {
                *next ^= byte;
                try_it(&bytes);
            }
        }
    }
}

#[test]
fn every_module_is_read_in_time_that_grows_with_its_size() {
    // Numbers that say that billions of things follow.
    for section in 1..=13 {
        let bytes = [
            b"\0asm\x01\0\0\0".as_slice(),
            &[section, 5, 0xff, 0xff, 0xff, 0xff, 0x0f],
        ]
        .concat();
        assert!(
            read_within(&bytes, Limits::times(f64::INFINITY)).is_err(),
            "section {section}"
        );
    }
}
