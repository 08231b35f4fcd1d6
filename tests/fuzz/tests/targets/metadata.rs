//! The parser of the metadata: what it accepts is within the limits and prints as what it was read from; what it refuses, it
//! refuses with a place that is in the text. Nothing makes it panic.

use portcullis_abi::limits::{METADATA_BYTES, NAME_BYTES, PARAMETERS, RECORDS, TUPLE_MEMBERS};
use portcullis_kernel::signature::{
    Core, Direction, FunctionRecord, Metadata, Outcome, PLAIN, Signature, parse_interface_name,
    parse_records, parse_signature,
};
use random_tests::choices::Choices;
use translator_tests::{generate, signature};

/// What records are made of, and what nearly is that.
const TOKENS: [&str; 52] = [
    " ",
    "import ",
    "export ",
    "a/b@1 ",
    "test/callee@1",
    "- ",
    "f",
    ": ",
    "func(",
    ")",
    ", ",
    "p: ",
    " -> ",
    "u8",
    "s64",
    "f32",
    "bool",
    "char",
    "error",
    "string",
    "list<",
    ">",
    "borrow<",
    "own<",
    "option<own<",
    ">>",
    "tuple<",
    "result<",
    "result",
    "_",
    "thing",
    "x/y@65535.c",
    "resource(",
    "1",
    "4294967295",
    "0",
    "\n",
    "//",
    "\r",
    "\t",
    "@",
    "#",
    "/",
    ".",
    "-",
    "a-b",
    "é",
    "65536",
    "a/b@01",
    "func()",
    "  ",
    "A",
];

/// A text from tokens.
fn tokens(choices: &Choices) -> Vec<u8> {
    let mut text = String::new();
    while !choices.is_used_up() {
        text.push_str(choices.pick::<&str>(&TOKENS));
    }
    text.into_bytes()
}

/// Records that are right, as another program prints them, with bytes changed here and there.
fn records(choices: &Choices) -> Vec<u8> {
    let mut text = String::new();
    for index in 0..choices.below(6) {
        let direction = choices.pick(&["import", "export"]);
        text += &format!(
            "{direction} a/b@{index} f: {}\n",
            generate::signature(choices)
        );
    }
    let mut bytes = text.into_bytes();
    for _ in 0..choices.below(4) {
        if !bytes.is_empty() {
            let place = choices.below(bytes.len() as u32) as usize;
            bytes[place] = choices.any() as u8;
        }
    }
    bytes
}

/// # Panics
/// When the parser is wrong.
pub fn check(bytes: &[u8]) {
    let (kind, rest) = bytes
        .split_first()
        .map_or((0, bytes), |(kind, rest)| (kind % 4, rest));
    let choices = Choices::from_bytes(rest);
    match kind {
        0 => check_text(rest),
        1 => check_text(&tokens(&choices)),
        2 => check_text(&records(&choices)),
        _ => check_good(&generate::signature(&choices)),
    }
}

fn check_text(bytes: &[u8]) {
    let mut metadata = Metadata::default();
    match parse_records(bytes, &mut metadata) {
        Ok(()) => check_metadata(bytes, &metadata),
        Err(error) => {
            let line = bytes.split(|byte| *byte == b'\n').nth(error.line - 1);
            let line = line.expect("the line of an error is one of the text's");
            assert!((1..=line.len() + 1).contains(&error.column), "{error}");
            assert!(!error.message.contains(char::is_control), "{error:?}");
            assert!(error.message.chars().count() < 300, "{error}");
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        for interface in [PLAIN, "a/b@1"] {
            if let Ok(signature) = parse_signature(text, interface) {
                check_signature(&signature);
            }
        }
        assert_eq!(
            parse_interface_name(text).is_ok(),
            is_interface(text),
            "{text}"
        );
    }
}

fn check_metadata(bytes: &[u8], metadata: &Metadata) {
    assert!(bytes.len() <= METADATA_BYTES);
    assert!(metadata.len() <= RECORDS);
    let mut printed = String::new();
    for (index, record) in metadata.functions.iter().enumerate() {
        let FunctionRecord {
            direction,
            interface,
            name,
            signature,
        } = record;
        assert!(name.len() <= NAME_BYTES);
        assert!(if interface == PLAIN {
            *direction == Direction::Export
        } else {
            is_interface(interface) && is_name(name)
        });
        check_signature(signature);
        let same = |other: &FunctionRecord| {
            (other.direction, &other.interface, &other.name) == (*direction, interface, name)
        };
        assert!(
            !metadata.functions[..index].iter().any(same),
            "one function twice: {record:?}"
        );
        let direction = if *direction == Direction::Import {
            "import"
        } else {
            "export"
        };
        printed += &format!("{direction} {interface} {name}: {signature}\n");
    }
    for (index, record) in metadata.classes.iter().enumerate() {
        let before = &metadata.classes[..index];
        assert!(record.number > 0);
        assert!(
            !before
                .iter()
                .any(|other| other.number == record.number || other.class == record.class),
            "{record:?}"
        );
        let (interface, name) = record
            .class
            .rsplit_once('.')
            .expect("a class has an interface");
        assert!(is_class(&record.class));
        let direction = if record.minted { "export" } else { "import" };
        printed += &format!(
            "{direction} {interface} {name}: resource({})\n",
            record.number
        );
    }
    // A text that is printed may be longer than the one that was read.
    if printed.len() <= METADATA_BYTES {
        let mut again = Metadata::default();
        parse_records(printed.as_bytes(), &mut again)
            .unwrap_or_else(|error| panic!("{error}\n{printed}"));
        assert_eq!(again.functions, metadata.functions);
        assert_eq!(again.classes, metadata.classes);
    }
}

/// It prints as itself, and is within the limits.
fn check_signature(signature: &Signature) {
    assert!(signature.parameters.len() <= PARAMETERS);
    for (index, parameter) in signature.parameters.iter().enumerate() {
        assert!(is_name(&parameter.name));
        assert!(
            !signature.parameters[..index]
                .iter()
                .any(|other| other.name == parameter.name)
        );
    }
    if let Outcome::Plain(payload) | Outcome::Result(payload, _) = &signature.outcome {
        assert!(payload.types.len() <= if payload.tuple { TUPLE_MEMBERS } else { 1 });
    }
    assert!(
        signature.types().filter_map(|ty| ty.class()).all(is_class),
        "{signature}"
    );
    let text = signature.to_string();
    let again = parse_signature(&text, "other/interface@9")
        .unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(&again, signature);
    assert_eq!(again.canonical(), signature.canonical());
}

/// What another program prints is read, and lowered as that program does.
fn check_good(good: &signature::Signature) {
    let text = good.to_string();
    let signature =
        parse_signature(&text, "a/b@1").unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(signature.to_string(), text);
    check_signature(&signature);
    let convert = |cores: &[Core]| -> Vec<signature::Core> {
        let one = |core: &Core| match core {
            Core::I32 => signature::Core::I32,
            Core::I64 => signature::Core::I64,
            Core::F32 => signature::Core::F32,
            Core::F64 => signature::Core::F64,
        };
        cores.iter().map(one).collect()
    };
    let (import, export) = (signature.core_import(), signature.core_export());
    assert_eq!(
        (convert(&import.parameters), convert(&import.results)),
        good.import(),
        "{text}"
    );
    assert_eq!(
        (convert(&export.parameters), convert(&export.results)),
        good.export(),
        "{text}"
    );
}

/// `[a-z][a-z0-9]*(-[a-z0-9]+)*`, at most 64 bytes.
fn is_name(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.split('-').all(part)
}

/// `namespace/name@major`.
fn is_interface(text: &str) -> bool {
    let Some((names, major)) = text.split_once('@') else {
        return false;
    };
    let Some((namespace, name)) = names.split_once('/') else {
        return false;
    };
    is_name(namespace)
        && is_name(name)
        && major
            .parse::<u16>()
            .is_ok_and(|number| number.to_string() == major)
}

/// `interface.name`.
fn is_class(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(interface, name)| is_interface(interface) && is_name(name))
}
