//! How values lie in registers, in memory and in frames: the figures of docs/abi.md §3, and of `CanonicalABI.md`.

#![cfg(not(target_arch = "wasm32"))]

use portcullis_kernel::signature::{
    Core, CoreSignature, Direction, FrameLayout, Metadata, Record, ResultLayout, Scalar, Signature,
    Type, outcome_layout, parse_interface_name, parse_records, parse_signature,
};

fn signature(text: &str) -> Signature {
    parse_signature(text, "a/b@1").unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The type of the only parameter.
fn ty(text: &str) -> Type {
    signature(&format!("func(p: {text})")).parameters[0]
        .ty
        .clone()
}

#[test]
fn every_type_has_its_core_values_size_and_alignment() {
    let figures = [
        ("bool u8 s8", "i32", 1, 1),
        ("u16 s16", "i32", 2, 2),
        ("u32 s32 char error own<c> borrow<c>", "i32", 4, 4),
        ("u64 s64", "i64", 8, 8),
        ("f32", "f32", 4, 4),
        ("f64", "f64", 8, 8),
        ("string list<u8> list<f64> option<own<c>>", "i32, i32", 8, 4),
    ];
    for (types, cores, size, alignment) in figures {
        for text in types.split(' ') {
            let ty = ty(text);
            let parameters = ty.flat().to_vec();
            let core = CoreSignature {
                parameters,
                results: Vec::new(),
            };
            assert_eq!(core.to_string(), format!("({cores}) -> ()"), "{text}");
            assert_eq!((ty.size(), ty.alignment()), (size, alignment), "{text}");
            let content = text == "string" || text.starts_with("list");
            assert_eq!(ty.has_content(), content, "{text}");
        }
    }
}

#[test]
fn core_types_join_as_the_canonical_abi_says() {
    use Core::{F32, F64, I32, I64};
    for one in [I32, I64, F32, F64] {
        assert_eq!(one.join(one), one);
    }
    for (one, other, joined) in [
        (I32, F32, I32),
        (I32, I64, I64),
        (I32, F64, I64),
        (F32, I64, I64),
        (F32, F64, I64),
        (I64, F64, I64),
    ] {
        assert_eq!((one.join(other), other.join(one)), (joined, joined));
    }
}

#[test]
fn members_of_a_tuple_are_aligned_and_so_is_its_end() {
    let of = |texts: &[&str]| {
        let types: Vec<Type> = texts.iter().map(|text| ty(text)).collect();
        let Record {
            offsets,
            size,
            alignment,
        } = Record::of(&types);
        (offsets, size, alignment)
    };
    assert_eq!(of(&[]), (vec![], 0, 1));
    assert_eq!(of(&["u8", "u8", "u8"]), (vec![0, 1, 2], 3, 1));
    assert_eq!(of(&["u8", "u16", "u8"]), (vec![0, 2, 4], 6, 2));
    assert_eq!(of(&["u8", "f64", "u8"]), (vec![0, 8, 16], 24, 8));
    assert_eq!(of(&["string", "u8", "own<c>"]), (vec![0, 8, 12], 16, 4));
    assert_eq!(of(&["u64", "option<own<c>>"]), (vec![0, 8], 16, 8));
}

#[test]
fn the_payload_of_a_result_is_aligned_for_both_sides() {
    let of = |text: &str| {
        let signature = signature(&format!("func() -> {text}"));
        outcome_layout(&signature.outcome)
    };
    assert_eq!(of("result"), (1, 1));
    assert_eq!(of("result<u8, u16>"), (4, 2));
    assert_eq!(of("result<u64>"), (16, 8));
    assert_eq!(of("result<_, f64>"), (16, 8));
    assert_eq!(of("result<tuple<u8, u32>, u64>"), (16, 8));
    assert_eq!(of("result<string, u8>"), (12, 4));
    assert_eq!(of("result<tuple<u8, u8, u8>, u32>"), (8, 4));
    assert_eq!(of("tuple<u8, u32>"), (8, 4));
    let portcullis_kernel::signature::Outcome::Result(ok, error) =
        signature("func() -> result<tuple<u8, u16>, u32>").outcome
    else {
        panic!("it is a result");
    };
    let layout = ResultLayout::of(&ok, &error);
    assert_eq!((layout.payload, layout.size, layout.alignment), (4, 8, 4));
    assert_eq!(
        (layout.ok.offsets, layout.error.offsets),
        (vec![0, 2], vec![0])
    );
}

#[test]
fn core_types_of_imports_and_exports_are_those_of_the_canonical_abi() {
    let sixteen = (0..16)
        .map(|i| format!("p{i}: u64"))
        .collect::<Vec<_>>()
        .join(", ");
    let seventeen = format!("{sixteen}, q: u8");
    let longs = ["i64"; 16].join(", ");
    for (text, import, export) in [
        ("func()", "() -> ()", "() -> ()"),
        (
            "func(a: u8, b: string) -> f32",
            "(i32, i32, i32) -> (f32)",
            "(i32, i32, i32) -> (f32)",
        ),
        ("func() -> string", "(i32) -> ()", "() -> (i32)"),
        ("func() -> tuple<u64>", "() -> (i64)", "() -> (i64)"),
        (
            "func(a: f64) -> tuple<u8, u8>",
            "(f64, i32) -> ()",
            "(f64) -> (i32)",
        ),
        ("func() -> result", "() -> (i32)", "() -> (i32)"),
        ("func() -> result<u8>", "(i32) -> ()", "() -> (i32)"),
        ("func() -> result<_, f64>", "(i32) -> ()", "() -> (i32)"),
        (
            &format!("func({sixteen})"),
            &format!("({longs}) -> ()"),
            &format!("({longs}) -> ()"),
        ),
        (&format!("func({seventeen})"), "(i32) -> ()", "(i32) -> ()"),
        (
            &format!("func({seventeen}) -> string"),
            "(i32, i32) -> ()",
            "(i32) -> (i32)",
        ),
    ] {
        let signature = signature(text);
        assert_eq!(
            signature.core_import().to_string(),
            import,
            "import of {text}"
        );
        assert_eq!(
            signature.core_export().to_string(),
            export,
            "export of {text}"
        );
    }
}

#[test]
fn an_allocator_is_needed_by_whoever_receives_content() {
    let needs = |text: &str| {
        let signature = signature(text);
        (
            signature.import_needs_realloc(),
            signature.export_needs_realloc(),
        )
    };
    assert_eq!(needs("func(a: u8) -> u8"), (false, false));
    assert_eq!(needs("func(a: string) -> u8"), (false, true));
    assert_eq!(needs("func() -> list<u8>"), (true, false));
    assert_eq!(
        needs("func(a: list<u8>) -> result<_, string>"),
        (true, true)
    );
    let many = (0..17)
        .map(|i| format!("p{i}: u8"))
        .collect::<Vec<_>>()
        .join(", ");
    assert_eq!(
        needs(&format!("func({many})")),
        (false, true),
        "a tuple goes through memory"
    );
}

#[test]
fn a_frame_has_a_slot_for_every_core_value_behind_its_header() {
    let layout = FrameLayout::of(&signature(
        "func(a: u8, b: string, c: f64) -> result<string, u64>",
    ));
    assert_eq!(layout.parameters, [16, 24, 40]);
    assert_eq!(layout.results, 48);
    // Tag and the two core values of the longer side: 72, and the next multiple of 16.
    assert_eq!(layout.size, 80);
    assert_eq!(FrameLayout::of(&signature("func()")).size, 16);
    assert_eq!(
        FrameLayout::of(&signature("func() -> tuple<u8, u8>")).size,
        32
    );
}

#[test]
fn types_of_a_signature_come_in_order() {
    let signature = signature("func(a: u8, b: f64) -> result<tuple<u16, string>, error>");
    let names = |types: Vec<&Type>| types.iter().map(|ty| ty.to_string()).collect::<Vec<_>>();
    assert_eq!(
        names(signature.types().collect()),
        ["u8", "f64", "u16", "string", "error"]
    );
    assert_eq!(
        names(signature.result_types().collect()),
        ["u16", "string", "error"]
    );
    assert_eq!(ty("option<own<c>>").class(), Some("a/b@1.c"));
    assert_eq!(ty("string").class(), None);
    for (scalar, name) in Scalar::ALL {
        assert_eq!(scalar.name(), name);
    }
}

#[test]
fn records_are_found_by_direction_interface_and_name() {
    let mut metadata = Metadata::default();
    assert!(metadata.is_empty());
    let text = "import a/b@1 f: func(x: u8)\nexport a/b@1 f: func(x: u16)\nexport a/c@1 f: func(x: u32)\n\
                export a/b@1 thing: resource(4)\nimport a/c@1 thing: resource(5)";
    parse_records(text.as_bytes(), &mut metadata).expect("they are right");
    assert!(!metadata.is_empty());
    assert_eq!((metadata.len(), metadata.functions.len()), (5, 3));
    let found = |direction, interface, name| {
        metadata
            .function(direction, interface, name)
            .map(|signature| signature.to_string())
    };
    assert_eq!(
        found(Direction::Import, "a/b@1", "f").as_deref(),
        Some("func(x: u8)")
    );
    assert_eq!(
        found(Direction::Export, "a/b@1", "f").as_deref(),
        Some("func(x: u16)")
    );
    assert_eq!(
        found(Direction::Export, "a/c@1", "f").as_deref(),
        Some("func(x: u32)")
    );
    assert_eq!(found(Direction::Import, "a/c@1", "f"), None);
    assert_eq!(found(Direction::Import, "a/b@1", "g"), None);
    assert!(metadata.mints("a/b@1.thing"));
    assert!(!metadata.mints("a/c@1.thing"), "it is imported");
    assert!(!metadata.mints("a/b@1.other"));
}

/// Line, column and message of what is wrong with a text.
#[track_caller]
fn wrong(text: &str) -> (usize, usize, String) {
    let error = parse_records(text.as_bytes(), &mut Metadata::default()).expect_err(text);
    (error.line, error.column, error.message)
}

#[track_caller]
fn right(text: &str) -> Metadata {
    let mut metadata = Metadata::default();
    if let Err(error) = parse_records(text.as_bytes(), &mut metadata) {
        panic!("{error}\n{text}");
    }
    metadata
}

#[test]
fn limits_are_reached_and_not_passed() {
    let list = |count: usize, one: &dyn Fn(usize) -> String| {
        (0..count).map(one).collect::<Vec<_>>().join(", ")
    };
    let parameters = |count| {
        format!(
            "import a/b@1 f: func({})",
            list(count, &|i| format!("p{i}: u8"))
        )
    };
    assert_eq!(
        right(&parameters(32)).functions[0]
            .signature
            .parameters
            .len(),
        32
    );
    assert!(wrong(&parameters(33)).2.contains("at most 32 parameters"));
    let tuple = |count| {
        format!(
            "import a/b@1 f: func() -> tuple<{}>",
            list(count, &|_| "u8".to_owned())
        )
    };
    assert_eq!(right(&tuple(16)).functions[0].signature.types().count(), 16);
    assert!(wrong(&tuple(17)).2.contains("at most 16 members"));
    let record = |index: usize| format!("import a/b@1 f{index}: func()");
    let records = |count: usize| (0..count).map(record).collect::<Vec<_>>().join("\n");
    assert_eq!(right(&records(1_000)).len(), 1_000);
    assert_eq!(
        wrong(&records(1_001)),
        (1_001, 1, "more than 1000 records".to_owned())
    );
    let long = |bytes: usize| format!("//{}", "x".repeat(bytes - 2));
    assert!(right(&long(65_536)).is_empty());
    assert!(wrong(&long(65_537)).2.contains("65537 bytes of metadata"));
    let name = |bytes: usize| "n".repeat(bytes);
    let plain = |bytes| format!("export - {}: func()", name(bytes));
    assert_eq!(right(&plain(64)).functions[0].name.len(), 64);
    assert_eq!(wrong(&plain(65)).1, 10);
    assert!(
        wrong("export - : func()")
            .2
            .contains("expected an export's name")
    );
    let named = |bytes| format!("import a/b@1 {}: func()", name(bytes));
    assert_eq!(right(&named(64)).functions[0].name.len(), 64);
    assert_eq!(wrong(&named(65)).1, 14);
    assert_eq!(
        right("export a/b@1 c: resource(4294967295)").classes[0].number,
        u32::MAX
    );
    assert!(
        wrong("export a/b@1 c: resource(4294967296)")
            .2
            .contains("class number")
    );
    assert!(parse_interface_name("a/b@65535").is_ok());
    assert!(parse_interface_name("a/b@65536").is_err());
}

#[test]
fn errors_tell_the_place_to_the_byte() {
    for (text, line, column) in [
        ("x", 1, 1),
        ("import", 1, 7),
        ("importa/b@1 f: func()", 1, 1),
        ("import a", 1, 9),
        ("import a/", 1, 10),
        ("import a/b f: func()", 1, 11),
        ("import a/b@ f: func()", 1, 12),
        ("import a/b@1", 1, 13),
        ("import a/b@1 f func()", 1, 16),
        ("import a/b@1 f: fun()", 1, 20),
        ("import a/b@1 f: func", 1, 21),
        ("import a/b@1 f: func(x u8)", 1, 24),
        ("import a/b@1 f: func(x: )", 1, 25),
        ("import a/b@1 f: func(x: u8", 1, 27),
        ("import a/b@1 f: func(x: list<string>)", 1, 30),
        ("import a/b@1 f: func(x: list<u8)", 1, 32),
        ("import a/b@1 f: func(x: own<C>)", 1, 29),
        ("import a/b@1 f: func(x: own<a/b@1>)", 1, 34),
        ("import a/b@1 f: func(x: own<a/b@1.>)", 1, 35),
        ("import a/b@1 f: func(x: option<u8>)", 1, 32),
        ("import a/b@1 f: func(x: tuple<u8>)", 1, 25),
        ("import a/b@1 f: func() -> borrow<c>", 1, 27),
        ("import a/b@1 f: func() -> result<u8, tuple<u8>>", 1, 38),
        ("import a/b@1 f: func() u8", 1, 24),
        ("import a/b@1 f: resource(0)", 1, 27),
        ("import a/b@1 f: resource(1) x", 1, 29),
        ("export - f: resource(1)", 1, 21),
        ("export - f: func(x: own<c>)", 1, 25),
        ("import - f: func()", 1, 8),
        ("import a/b@1 f: func()\nimport a/b@1 g: func()\t", 2, 23),
        ("// a remark\n\nimport a/b@1 f: func(x: u8, x: u8)", 3, 30),
    ] {
        let (found_line, found_column, message) = wrong(text);
        assert_eq!(
            (found_line, found_column),
            (line, column),
            "{text}: {message}"
        );
    }
}

#[test]
fn messages_show_what_is_there_and_not_more() {
    assert!(
        wrong("import a/b@1 f: func(x: abcdefghijklmnopqrstuvwxyz)")
            .2
            .contains("found `abcdefghijklmnopqrst`")
    );
    assert!(
        wrong("import a/b@1 f: func() -> ")
            .2
            .contains("the line ends")
    );
    assert!(
        wrong("export a/b@1 c: resource(1)\nimport a/b@1 c: resource(1)")
            .2
            .contains("class `a/b@1.c` was declared before, differently")
    );
    assert!(
        wrong("export a/b@1 c: resource(1)\nexport a/b@1 d: resource(1)")
            .2
            .contains("class number 1 is that of `a/b@1.c`")
    );
    assert!(
        wrong("export a/b@1 f: func()\nexport a/b@1 f: func(x: u8)")
            .2
            .contains("`a/b@1` `f` was declared before, differently")
    );
}

#[test]
fn spaces_and_remarks_are_where_they_may_be() {
    let compact =
        right("import a/b@1 f: func(a:u8,b:option<own<c>>)->result<tuple<u8,string>,error>");
    let wide = right(
        "  \n// import x\nimport   a/b@1   f  :  func ( a : u8 , b : option < own < c > > ) -> result < tuple < u8 , string > , error >  \n",
    );
    assert_eq!(compact.functions, wide.functions);
    assert_eq!(
        compact.functions[0].signature.to_string(),
        "func(a: u8, b: option<own<a/b@1.c>>) -> result<tuple<u8, string>, error>"
    );
    assert_eq!(
        right("export - _start.x: func() -> own<x/y@2.c>").functions[0]
            .signature
            .to_string(),
        "func() -> own<x/y@2.c>"
    );
    assert_eq!(right("import a/b@1 c: resource ( 7 )").classes[0].number, 7);
}
