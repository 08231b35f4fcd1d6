//! Modules made by hand: what is read of them, what fits and what does not, and in which words.

#![cfg(not(target_arch = "wasm32"))]

use portcullis_kernel::ErrorCode;
use portcullis_kernel::load::LoadError;
use portcullis_kernel::module::{PrepareOptions, Resolved, StatusExport, prepare, read, resolve};
use portcullis_kernel::signature::{Metadata, parse_records};

fn assemble(text: &str) -> Vec<u8> {
    wat::parse_str(text)
        .unwrap_or_else(|error| panic!("the test's module is wrong: {error}\n{text}"))
}

/// Read, resolved and prepared, with records that the host gives.
fn load(text: &str, given: &str) -> Result<Resolved, LoadError> {
    let bytes = assemble(text);
    let module = read(&bytes)?;
    let mut metadata = Metadata::default();
    parse_records(given.as_bytes(), &mut metadata).expect("the test's records are right");
    let resolved = resolve(&module, &metadata)?;
    prepare(&bytes, &module, &PrepareOptions::default())?;
    Ok(resolved)
}

/// The module with that content, and these records in a section of its own.
fn with_records(content: &str, records: &str) -> String {
    format!(
        "(module {content} (@custom \"portcullis\" \"{}\"))",
        records.replace('\n', "\\n")
    )
}

#[track_caller]
fn refuse(text: &str, given: &str, code: ErrorCode, parts: &[&str]) {
    let error = load(text, given).expect_err("it must not load");
    assert_eq!(error.code, code, "{error}");
    for part in parts {
        assert!(
            error.message.contains(part),
            "`{part}` is missing in: {error}"
        );
    }
    assert!(!error.message.contains(char::is_control), "{error:?}");
}

const REALLOC: &str =
    r#"(memory 1) (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) i32.const 8)"#;

#[test]
fn a_memory_is_read_whether_it_is_defined_or_imported() {
    let own = read(&assemble("(module (memory (export \"memory\") 2 10))"))
        .unwrap()
        .memory
        .unwrap();
    assert_eq!((own.minimum, own.maximum, own.import), (2, Some(10), None));
    let imported = read(&assemble("(module (import \"env\" \"memory\" (memory 3)))"))
        .unwrap()
        .memory
        .unwrap();
    let names = Some(("env".to_owned(), "memory".to_owned()));
    assert_eq!(
        (imported.minimum, imported.maximum, imported.import),
        (3, None, names)
    );
    assert_eq!(read(&assemble("(module)")).unwrap().memory, None);
}

#[test]
fn start_function_status_word_and_sections_are_read() {
    let module = read(&assemble(
        "(module (func $s) (start $s) (global (export \"portcullis_status\") i32 (i32.const 16)) (@custom \"note\" \"text\"))",
    ))
    .unwrap();
    assert_eq!(
        (module.start, module.status),
        (Some(0), StatusExport::Global)
    );
    let (name, start, end) = module.custom_sections[0].clone();
    assert_eq!((name.as_str(), end - start), ("note", 4));
    let module = read(&assemble(
        "(module (func (export \"portcullis_status\") (result i32) i32.const 16))",
    ))
    .unwrap();
    assert_eq!(
        (module.start, module.status),
        (None, StatusExport::Function)
    );
}

#[test]
fn functions_without_records_have_the_signature_of_their_core_type() {
    let resolved = load(
        "(module (import \"a/b@1\" \"f\" (func (param i32 i64 f32 f64) (result i32))) (func (export \"two\") (result f32 f64) unreachable))",
        "",
    )
    .unwrap();
    assert_eq!(
        resolved.imports[0].signature.canonical(),
        "func(s32, s64, f32, f64) -> s32"
    );
    assert_eq!(
        resolved.exports[0].signature.canonical(),
        "func() -> (f32, f64)"
    );
    assert!(!resolved.imports[0].declared);
    // A plain export that nobody could call is nobody's business; an import is.
    let vector = "(func (export \"v\") (param v128))";
    assert!(
        load(&format!("(module {vector})"), "")
            .unwrap()
            .exports
            .is_empty()
    );
    refuse(
        "(module (import \"a/b@1\" \"v\" (func (param v128))))",
        "",
        ErrorCode::SignatureMismatch,
        &["`a/b@1#v` has no signature record", "vectors or references"],
    );
}

#[test]
fn a_mismatch_names_function_declared_and_actual() {
    refuse(
        &with_records(
            "(import \"a/b@1\" \"f\" (func (param i32)))",
            "import a/b@1 f: func(x: u8, y: s64) -> f32",
        ),
        "",
        ErrorCode::SignatureMismatch,
        &[
            "import `a/b@1#f`",
            "`func(x: u8, y: s64) -> f32`",
            "`(i32, i64) -> (f32)`",
            "the module has `(i32) -> ()`",
        ],
    );
    refuse(
        &with_records(
            "(func (export \"a/b@1#f\"))",
            "export a/b@1 f: func() -> u8",
        ),
        "",
        ErrorCode::SignatureMismatch,
        &["export `a/b@1#f`", "`() -> (i32)`", "`() -> ()`"],
    );
    refuse(
        &with_records("", "export a/b@1 f: func()"),
        "",
        ErrorCode::BadMetadata,
        &["`a/b@1#f` is declared as an export, but the module exports no such function"],
    );
    let error = load(&with_records("", "export a/b@1 f: func()"), "").unwrap_err();
    assert_eq!(error.function.as_deref(), Some("a/b@1#f"));
}

#[test]
fn records_may_repeat_but_not_contradict() {
    let import = "(import \"a/b@1\" \"f\" (func (param i32)))";
    let record = "import a/b@1 f: func(x: u8)\n";
    load(&with_records(import, &record.repeat(2)), record).unwrap();
    let other = "import a/b@1 f: func(x: s8)";
    refuse(
        &with_records(import, &format!("{record}{other}")),
        "",
        ErrorCode::BadMetadata,
        &["line 2", "declared before, differently"],
    );
    refuse(
        &with_records(import, record),
        other,
        ErrorCode::BadMetadata,
        &["the signature given for `a/b@1#f` differs"],
    );
    let classes = "export a/b@1 c: resource(1)\nexport a/b@1 d: resource(1)";
    refuse(
        &with_records("", classes),
        "",
        ErrorCode::BadMetadata,
        &["class number 1 is that of `a/b@1.c`"],
    );
    // Linkers drop imports that nobody calls, and leave their records.
    load(&with_records("", record), "").unwrap();
    // Sections are read together, in order.
    let two = format!(
        "(module {import} (@custom \"portcullis\" \"import a/b@1 f: func(x: u8)\") (@custom \"portcullis\" \"{other}\"))"
    );
    refuse(&two, "", ErrorCode::BadMetadata, &["line 2"]);
}

#[test]
fn metadata_that_is_too_long_or_no_text_is_refused() {
    for length in [65_537, 1 << 20] {
        let text = format!(
            "(module (@custom \"portcullis\" \"//{}\"))",
            "x".repeat(length - 2)
        );
        refuse(
            &text,
            "",
            ErrorCode::BadMetadata,
            &["bytes of metadata are more than the 65536 allowed"],
        );
    }
    load(
        &format!(
            "(module (@custom \"portcullis\" \"//{}\"))",
            "x".repeat(65_534)
        ),
        "",
    )
    .unwrap();
    refuse(
        "(module (@custom \"portcullis\" \"import \\ff\"))",
        "",
        ErrorCode::BadMetadata,
        &["UTF-8"],
    );
}

#[test]
fn system_calls_are_those_that_there_are() {
    let import =
        |name: &str, ty: &str| format!("(module (import \"portcullis\" \"{name}\" (func {ty})))");
    let resolved = load(&import("cap_release", "(param i32) (result i32)"), "").unwrap();
    assert_eq!(
        (resolved.system_calls.len(), resolved.imports.len()),
        (1, 0)
    );
    refuse(
        &import("cap_forge", "(param i32)"),
        "",
        ErrorCode::UnknownImport,
        &["no system call `cap_forge`"],
    );
    refuse(
        &import("constructor", "(param i32)"),
        "",
        ErrorCode::UnknownImport,
        &["no system call `constructor`"],
    );
    refuse(
        &import("cap_release", "(param i64) (result i32)"),
        "",
        ErrorCode::SignatureMismatch,
        &[
            "`cap_release` is `(i32) -> (i32)`",
            "imports it as `(i64) -> (i32)`",
        ],
    );
}

#[test]
fn an_allocator_is_needed_where_content_arrives() {
    let import = "(import \"a/b@1\" \"f\" (func (param i32)))";
    let record = "import a/b@1 f: func() -> string";
    refuse(
        &with_records(&format!("{import} (memory 1)"), record),
        "",
        ErrorCode::SignatureMismatch,
        &[
            "`cabi_realloc` must be a function `(i32, i32, i32, i32) -> (i32)`",
            "`a/b@1#f`",
            "does not export it",
        ],
    );
    load(&with_records(&format!("{import} {REALLOC}"), record), "").unwrap();
    let wrong = "(memory 1) (func (export \"cabi_realloc\") (result i32) i32.const 0)";
    refuse(
        &with_records(&format!("{import} {wrong}"), record),
        "",
        ErrorCode::SignatureMismatch,
        &["has `() -> (i32)`"],
    );
    let without_memory =
        "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) i32.const 0)";
    refuse(
        &with_records(&format!("{import} {without_memory}"), record),
        "",
        ErrorCode::SignatureMismatch,
        &["need a memory"],
    );
    // What is passed away needs none.
    let away = with_records(
        "(import \"a/b@1\" \"f\" (func (param i32 i32))) (memory 1)",
        "import a/b@1 f: func(t: string)",
    );
    load(&away, "").unwrap();
    let tuple = with_records(
        "(import \"a/b@1\" \"f\" (func (param i32)))",
        "import a/b@1 f: func() -> tuple<u8, u8>",
    );
    refuse(
        &tuple,
        "",
        ErrorCode::SignatureMismatch,
        &["the module has no memory"],
    );
}

#[test]
fn functions_for_after_a_call_and_destructors_have_their_types() {
    let export = "(func (export \"a/b@1#f\") (result i32) i32.const 8)";
    let record = "export a/b@1 f: func() -> string";
    let post = |ty: &str| {
        with_records(
            &format!("{export} {REALLOC} (func (export \"cabi_post_a/b@1#f\") {ty})"),
            record,
        )
    };
    let resolved = load(&post("(param i32)"), "").unwrap();
    assert_eq!(
        resolved.exports[0].post_return.as_deref(),
        Some("cabi_post_a/b@1#f")
    );
    refuse(
        &post(""),
        "",
        ErrorCode::SignatureMismatch,
        &[
            "`cabi_post_a/b@1#f` must be a function `(i32) -> ()`",
            "has `() -> ()`",
        ],
    );
    let destructor = |ty: &str| {
        with_records(
            &format!("(func (export \"a/b@1#[dtor]c\") {ty})"),
            "export a/b@1 c: resource(1)",
        )
    };
    assert_eq!(
        load(&destructor("(param i32)"), "")
            .unwrap()
            .destructors
            .len(),
        1
    );
    refuse(
        &destructor(""),
        "",
        ErrorCode::SignatureMismatch,
        &["because it is a destructor"],
    );
}

#[test]
fn names_that_are_the_kernels_are_no_exports_of_a_plugin() {
    let text = format!(
        "(module {REALLOC} (func (export \"_initialize\")) (func (export \"portcullis_status\") (result i32) i32.const 8) \
         (func (export \"a/b@1#[dtor]c\") (param i32)) (func (export \"x\")) \
         (func (export \"Bad/b@1#f\")) (func (export \"then\")) (func (export \"__proto__\")))"
    );
    let resolved = load(&text, "").unwrap();
    let names: Vec<&str> = resolved
        .exports
        .iter()
        .map(|export| export.export.as_str())
        .collect();
    assert_eq!(names, ["x", "then", "__proto__"]);
    refuse(
        "(module (func $s) (start $s) (func (export \"portcullis:start\")))",
        "",
        ErrorCode::RefusedModule,
        &["`portcullis:start`, a name that is the kernel's"],
    );
}

#[test]
fn what_is_not_allowed_is_refused_with_the_reason() {
    let refused = |text: &str, part: &str| refuse(text, "", ErrorCode::RefusedModule, &[part]);
    refused("(module (memory 1) (memory 1))", "more than one memory");
    refused("(module (memory i64 1))", "64-bit memory");
    refused("(module (memory 1 2 shared))", "shared memory");
    refused(
        "(module (table 1000001 funcref))",
        "more than 1000000 entries",
    );
    refused(
        &format!("(module {})", "(table 1 funcref)".repeat(17)),
        "more than 16 tables",
    );
    refused("(module (type (struct)))", "not a plain function type");
    let imports: String = (0..1_001)
        .map(|n| format!("(import \"a/b@1\" \"f{n}\" (func))"))
        .collect();
    refused(&format!("(module {imports})"), "more than 1000 functions");
    let exports: String = (0..2_001)
        .map(|n| format!("(export \"f{n}\" (func 0))"))
        .collect();
    refused(
        &format!("(module (func) {exports})"),
        "more than 2000 functions",
    );
    for (what, import) in [
        ("mutable global", "(global (mut i32))"),
        ("global that is no number", "(global externref)"),
        ("global that is no number", "(global v128)"),
        ("table", "(table 1 funcref)"),
        ("tag", "(tag)"),
    ] {
        let text = format!("(module (import \"a/b@1\" \"x\" {import}))");
        refuse(
            &text,
            "",
            ErrorCode::UnknownImport,
            &[&format!("imports a {what} `x` from `a/b@1`")],
        );
    }
    refuse(
        "(module (import \"portcullis\" \"fuel\" (global i32)))",
        "",
        ErrorCode::UnknownImport,
        &["under the kernel's name"],
    );
    refuse(
        "(module (import \"portcullis\" \"memory\" (memory 1)))",
        "",
        ErrorCode::UnknownImport,
        &["under the kernel's name"],
    );
}

#[test]
fn names_from_a_module_cannot_pose_as_something_else() {
    let text = "(module (import \"a\\nb\" \"\\u{1b}[2J\\u{202e}x\" (global (mut i32))))";
    refuse(text, "", ErrorCode::UnknownImport, &["a·b", "·[2J·x"]);
}

#[test]
fn what_is_no_module_is_told_by_its_kind() {
    let cases: [(&[u8], &str); 9] = [
        (b"", "the file is empty"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"<!doctype html><title>404</title>", "HTML"),
        (b"  \n(module)", "has to be assembled"),
        (b"just words", "this is a text"),
        (b"\0asm\x0d\0\x01\0", "component"),
        (b"\0asm\x02\0\0\0", "version is unknown"),
        (b"\0asm\x01\0", "version is unknown"),
    ];
    for (bytes, part) in cases {
        let error = read(bytes).expect_err("it is no module");
        assert_eq!(error.code, ErrorCode::NotWasm);
        assert!(error.message.contains(part), "{error}");
    }
}

/// Something of everything.
fn rich() -> Vec<u8> {
    assemble(&with_records(
        "(import \"a/b@1\" \"f\" (func $f (param i32 i32) (result i32)))
         (import \"portcullis\" \"cap_release\" (func (param i32) (result i32)))
         (memory (export \"memory\") 1 4)
         (table 3 10 funcref) (elem (i32.const 0) func $f)
         (global $g (mut i32) (i32.const 5))
         (global (export \"portcullis_status\") i32 (i32.const 16))
         (func $start (global.set $g (i32.const 6)))
         (func (export \"c/d@2#get\") (result i32) (global.get $g))
         (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) i32.const 8)
         (func (export \"c/d@2#[dtor]e\") (param i32))
         (start $start)
         (data (i32.const 32) \"some data\")",
        "import a/b@1 f: func(t: string) -> u8\nexport c/d@2 get: func() -> s32\nexport c/d@2 e: resource(1)",
    ))
}

/// Whatever the bytes are: an error, or a module, and no panic.
fn try_all(bytes: &[u8]) -> bool {
    let Ok(module) = read(bytes) else {
        return false;
    };
    let resolved = resolve(&module, &Metadata::default());
    let prepared = prepare(bytes, &module, &PrepareOptions::default());
    resolved.is_ok() && prepared.is_ok()
}

#[test]
fn a_module_cut_short_at_any_byte_is_an_error_or_a_module() {
    let bytes = rich();
    assert!(try_all(&bytes));
    for length in 0..bytes.len() {
        try_all(&bytes[..length]);
    }
}

#[test]
fn a_module_with_any_bit_flipped_is_an_error_or_a_module() {
    let bytes = rich();
    for position in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[position] ^= 1 << bit;
            try_all(&flipped);
        }
        for value in [0, 0x7f, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[position] = value;
            try_all(&changed);
        }
    }
}
