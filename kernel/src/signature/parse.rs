//! The parser of the metadata text (docs/abi.md §2.1). Its input is untrusted.

use super::metadata::{ClassRecord, Direction, FunctionRecord, Metadata, PLAIN};
use super::types::{Outcome, Parameter, Payload, Scalar, Signature, Type};
use portcullis_abi::limits::{METADATA_BYTES, NAME_BYTES, PARAMETERS, RECORDS, TUPLE_MEMBERS};
use portcullis_abi::names::{KERNEL_INTERFACE, is_kebab_name, is_module_name};
use std::fmt;

/// Where and why a text is no metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in bytes.
    pub column: usize,
    /// What was expected and what is there.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line, self.column, self.message
        )
    }
}

type Parsed<T> = Result<T, ParseError>;

/// A cursor over one line.
struct Line<'a> {
    text: &'a str,
    position: usize,
    number: usize,
    /// The interface that unqualified classes belong to.
    interface: &'a str,
}

impl<'a> Line<'a> {
    fn error<T>(&self, message: impl Into<String>) -> Parsed<T> {
        Err(ParseError {
            line: self.number,
            column: self.position + 1,
            message: message.into(),
        })
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// What stands at the cursor, for messages.
    fn found(&self) -> String {
        let rest = self.rest();
        if rest.is_empty() {
            return "the line ends".into();
        }
        let shown: String = rest.chars().take(20).collect();
        format!("found `{shown}`")
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start_matches(' ').len();
    }

    fn spaces(&mut self) -> Parsed<()> {
        let before = self.position;
        self.skip_spaces();
        if self.position == before {
            return self.error(format!("expected a space, {}", self.found()));
        }
        Ok(())
    }

    /// Takes `token` and the white space around it, if it is next.
    fn accept(&mut self, token: &str) -> bool {
        let before = self.position;
        self.skip_spaces();
        if self.rest().starts_with(token) {
            self.position += token.len();
            self.skip_spaces();
            true
        } else {
            self.position = before;
            false
        }
    }

    fn expect(&mut self, token: &str) -> Parsed<()> {
        if self.accept(token) {
            return Ok(());
        }
        self.skip_spaces();
        self.error(format!("expected `{token}`, {}", self.found()))
    }

    fn take_while(&mut self, accepted: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.bytes().take_while(|byte| accepted(*byte)).count();
        self.position += length;
        rest.get(..length).unwrap_or_default()
    }

    fn name(&mut self, what: &str) -> Parsed<&'a str> {
        let start = self.position;
        let name = self.take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if is_kebab_name(name) {
            return Ok(name);
        }
        self.position = start;
        self.error(format!(
            "expected {what} in kebab-case of at most {NAME_BYTES} bytes, {}",
            self.found()
        ))
    }

    /// The name of an import module that is no interface, with nothing but a space behind it.
    fn module(&mut self) -> Option<&'a str> {
        let (name, _) = self.rest().split_once(' ')?;
        if !is_module_name(name) {
            return None;
        }
        self.position += name.len();
        Some(name)
    }

    /// `namespace/name@major`.
    fn interface(&mut self) -> Parsed<&'a str> {
        let start = self.position;
        self.name("a namespace")?;
        if !self.rest().starts_with('/') {
            return self.error(format!(
                "expected `/` after the namespace, {}",
                self.found()
            ));
        }
        self.position += 1;
        self.name("an interface name")?;
        if !self.rest().starts_with('@') {
            return self.error(format!(
                "expected `@` and a version number, {}",
                self.found()
            ));
        }
        self.position += 1;
        let digits = self.take_while(|b| b.is_ascii_digit());
        let canonical = digits
            .parse::<u16>()
            .is_ok_and(|number| number.to_string() == digits);
        if !canonical {
            return self.error("expected a version number from 0 to 65535 without leading zeros");
        }
        Ok(self.text.get(start..self.position).unwrap_or_default())
    }

    /// A class, with its interface put before it.
    fn class(&mut self) -> Parsed<String> {
        let start = self.position;
        let first = self.name("a class")?;
        if !self.rest().starts_with('/') {
            if !is_interface(self.interface) {
                self.position = start;
                return self.error("a class needs its interface here");
            }
            return Ok(format!("{}.{first}", self.interface));
        }
        self.position = start;
        let interface = self.interface()?;
        if !self.rest().starts_with('.') {
            return self.error(format!("expected `.` and a class, {}", self.found()));
        }
        self.position += 1;
        let name = self.name("a class")?;
        Ok(format!("{interface}.{name}"))
    }

    fn scalar(&mut self) -> Parsed<Scalar> {
        let start = self.position;
        let word = self.take_while(|b| b.is_ascii_alphanumeric());
        if let Some((scalar, _)) = Scalar::ALL.iter().find(|(_, name)| *name == word) {
            return Ok(*scalar);
        }
        self.position = start;
        self.error(format!(
            "a list holds bool, u8 … s64, f32, f64 or char, {}",
            self.found()
        ))
    }

    fn ty(&mut self, result: bool) -> Parsed<Type> {
        let start = self.position;
        let word = self.take_while(|b| b.is_ascii_alphanumeric());
        if let Some((scalar, _)) = Scalar::ALL.iter().find(|(_, name)| *name == word) {
            return Ok(Type::Scalar(*scalar));
        }
        match word {
            "string" => Ok(Type::String),
            "error" => Ok(Type::Error),
            "list" => {
                self.expect("<")?;
                let element = self.scalar()?;
                self.expect(">")?;
                Ok(Type::List(element))
            }
            "borrow" if result => {
                self.position = start;
                self.error("a borrow lasts for the call: it can be a parameter, not a result")
            }
            "borrow" | "own" => {
                self.expect("<")?;
                let class = self.class()?;
                self.expect(">")?;
                Ok(if word == "own" {
                    Type::Own(class)
                } else {
                    Type::Borrow(class)
                })
            }
            "option" => {
                self.expect("<")?;
                self.expect("own")?;
                self.expect("<")?;
                let class = self.class()?;
                self.expect(">")?;
                self.expect(">")?;
                Ok(Type::OptionOwn(class))
            }
            "tuple" | "result" => {
                self.position = start;
                self.error(format!("`{word}` stands only where a function's result is"))
            }
            _ => {
                self.position = start;
                self.error(format!("unknown type, {}", self.found()))
            }
        }
    }

    /// `_`, a type or a tuple.
    fn payload(&mut self) -> Parsed<Payload> {
        if self.accept("_") {
            return Ok(Payload::default());
        }
        if !self.rest().starts_with("tuple") {
            return Ok(Payload {
                types: vec![self.ty(true)?],
                tuple: false,
            });
        }
        self.expect("tuple")?;
        self.expect("<")?;
        let mut types = vec![self.ty(true)?];
        while self.accept(",") {
            if types.len() == TUPLE_MEMBERS {
                return self.error(format!("a tuple has at most {TUPLE_MEMBERS} members"));
            }
            types.push(self.ty(true)?);
        }
        self.expect(">")?;
        Ok(Payload { types, tuple: true })
    }

    fn outcome(&mut self) -> Parsed<Outcome> {
        if !self.rest().starts_with("result") {
            return Ok(Outcome::Plain(self.payload()?));
        }
        self.expect("result")?;
        let (mut ok, mut error) = (Payload::default(), Payload::default());
        if self.accept("<") {
            ok = self.payload()?;
            if self.accept(",") && !self.accept("_") {
                error.types.push(self.ty(true)?);
            }
            self.expect(">")?;
        }
        Ok(Outcome::Result(ok, error))
    }

    /// After `func`.
    fn signature(&mut self) -> Parsed<Signature> {
        self.expect("(")?;
        let mut parameters: Vec<Parameter> = Vec::new();
        if !self.accept(")") {
            loop {
                if parameters.len() == PARAMETERS {
                    return self.error(format!("a function has at most {PARAMETERS} parameters"));
                }
                let name = self.name("a parameter's name")?.to_owned();
                if parameters.iter().any(|parameter| parameter.name == name) {
                    return self.error(format!("two parameters are named `{name}`"));
                }
                self.expect(":")?;
                let ty = self.ty(false)?;
                parameters.push(Parameter { name, ty });
                if !self.accept(",") {
                    break;
                }
            }
            self.expect(")")?;
        }
        let outcome = if self.accept("->") {
            self.outcome()?
        } else {
            Outcome::Plain(Payload::default())
        };
        Ok(Signature {
            parameters,
            outcome,
        })
    }

    fn end(&mut self) -> Parsed<()> {
        self.skip_spaces();
        if self.rest().is_empty() {
            return Ok(());
        }
        self.error(format!(
            "the record is complete, but more follows: {}",
            self.found()
        ))
    }
}

/// One record into `metadata`.
fn parse_record(text: &str, number: usize, metadata: &mut Metadata) -> Parsed<()> {
    let mut line = Line {
        text,
        position: 0,
        number,
        interface: PLAIN,
    };
    let direction = match line.take_while(|b| b.is_ascii_alphabetic()) {
        "import" => Direction::Import,
        "export" => Direction::Export,
        _ => {
            line.position = 0;
            return line.error(format!("expected `import` or `export`, {}", line.found()));
        }
    };
    line.spaces()?;
    let interface = if direction == Direction::Export && line.rest().starts_with("- ") {
        line.position += 1;
        PLAIN
    } else if direction == Direction::Import
        && let Some(module) = line.module()
    {
        module
    } else {
        line.interface()?
    };
    if direction == Direction::Export && interface == KERNEL_INTERFACE {
        return line.error(format!(
            "`{KERNEL_INTERFACE}` is the kernel's own: nobody else serves it"
        ));
    }
    line.interface = interface;
    line.spaces()?;
    let name = if !is_interface(interface) {
        // It has the name that its toolchain, or the engine, gave it.
        let start = line.position;
        let name = line.take_while(|b| b.is_ascii_graphic() && b != b':' && b != b'#');
        if name.is_empty() || name.len() > NAME_BYTES {
            line.position = start;
            let what = if interface == PLAIN {
                "an export's name"
            } else {
                "a function's name"
            };
            return line.error(format!("expected {what}, {}", line.found()));
        }
        name
    } else {
        line.name("a function or class name")?
    };
    line.expect(":")?;
    match line.take_while(|b| b.is_ascii_alphabetic()) {
        "func" => {
            let signature = line.signature()?;
            line.end()?;
            let record = FunctionRecord {
                direction,
                interface: interface.to_owned(),
                name: name.to_owned(),
                signature,
            };
            if metadata.add_function(record) {
                Ok(())
            } else {
                let before = metadata.function(direction, interface, name);
                line.error(format!(
                    "`{interface}` `{name}` was declared before, differently: as `{}`",
                    before.map(Signature::to_string).unwrap_or_default()
                ))
            }
        }
        "resource" if is_interface(interface) => {
            line.expect("(")?;
            let digits = line.take_while(|b| b.is_ascii_digit());
            let number = match digits.parse::<u32>() {
                Ok(value) if value > 0 => value,
                _ => return line.error("expected a class number from 1 to 4294967295"),
            };
            line.expect(")")?;
            line.end()?;
            let record = ClassRecord {
                class: format!("{interface}.{name}"),
                number,
                minted: direction == Direction::Export,
            };
            match metadata.add_class(record) {
                Ok(()) => Ok(()),
                Err(message) => line.error(message),
            }
        }
        _ => line.error(format!(
            "expected `func(…)` or `resource(…)`, {}",
            line.found()
        )),
    }
}

/// Whether what stands in the place of an interface is one: not [`PLAIN`], and no other import module.
fn is_interface(name: &str) -> bool {
    name.contains('/')
}

/// Adds the records of a text to `metadata`.
///
/// # Errors
/// The first record that is wrong: where, what was expected, what is there.
pub fn parse_records(bytes: &[u8], metadata: &mut Metadata) -> Parsed<()> {
    let whole = |message: String| ParseError {
        line: 1,
        column: 1,
        message,
    };
    if bytes.len() > METADATA_BYTES {
        return Err(whole(format!(
            "{} bytes of metadata are more than the {METADATA_BYTES} allowed",
            bytes.len()
        )));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        whole(format!(
            "byte {} is not part of a UTF-8 text",
            error.valid_up_to()
        ))
    })?;
    for (index, line) in text.split('\n').enumerate() {
        let number = index + 1;
        if let Some(at) = line.bytes().position(|byte| byte.is_ascii_control()) {
            let message = format!("control character {:#04x}", line.as_bytes()[at]);
            return Err(ParseError {
                line: number,
                column: at + 1,
                message,
            });
        }
        if line.trim_matches(' ').is_empty() || line.starts_with("//") {
            continue;
        }
        if metadata.len() == RECORDS {
            let message = format!("more than {RECORDS} records");
            return Err(ParseError {
                line: number,
                column: 1,
                message,
            });
        }
        parse_record(line, number, metadata)?;
    }
    Ok(())
}

/// Reads a single `func(…) -> …`; unqualified classes belong to `interface`.
///
/// # Errors
/// Where it is wrong and what was expected.
pub fn parse_signature(text: &str, interface: &str) -> Parsed<Signature> {
    let mut line = Line {
        text,
        position: 0,
        number: 1,
        interface,
    };
    line.expect("func")?;
    let signature = line.signature()?;
    line.end()?;
    Ok(signature)
}

/// Whether a text is `namespace/name@major`, and nothing else.
///
/// # Errors
/// What is wrong with it.
pub fn parse_interface_name(text: &str) -> Parsed<()> {
    let mut line = Line {
        text,
        position: 0,
        number: 1,
        interface: PLAIN,
    };
    line.interface()?;
    if line.rest().is_empty() {
        return Ok(());
    }
    line.error(format!(
        "the name is complete, but more follows: {}",
        line.found()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let signature = parse_signature(text, "a/b@1").expect(text);
        assert_eq!(signature.to_string(), expected);
        let again = parse_signature(&signature.to_string(), "x/y@2").expect(expected);
        assert_eq!(
            again, signature,
            "the text of a signature reads back as the same signature"
        );
    }

    #[track_caller]
    fn refuse(record: &str, expected: &str) {
        let error = parse_records(record.as_bytes(), &mut Metadata::default()).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[test]
    fn an_import_module_that_is_no_interface_has_functions_of_any_name_and_no_classes() {
        let parse = |text: &str| {
            let mut metadata = Metadata::default();
            parse_records(text.as_bytes(), &mut metadata).map(|()| metadata)
        };
        let metadata = parse("import env console_log: func(text: string)").expect("well-formed");
        let record = &metadata.functions[0];
        assert_eq!((&*record.interface, &*record.name), ("env", "console_log"));
        for (text, expected) in [
            ("export env log: func()", "expected `/` after the namespace"),
            (
                "import portcullis log: func()",
                "expected `/` after the namespace",
            ),
            ("import env thing: resource(1)", "expected `func(…)`"),
            (
                "import env log: func(t: own<thing>)",
                "a class needs its interface",
            ),
            ("import env a#b: func()", "expected `:`"),
            ("import env : func()", "expected a function's name"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.message.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn every_type_reads_and_prints() {
        check("func()", "func()");
        check("func( a : u8,b:f64 )->bool", "func(a: u8, b: f64) -> bool");
        check("func() -> list<char>", "func() -> list<char>");
        check("func(c: borrow<d>)", "func(c: borrow<a/b@1.d>)");
        check(
            "func(c: option<own<q/r@0.d>>)",
            "func(c: option<own<q/r@0.d>>)",
        );
        check("func() -> result", "func() -> result<_, _>");
        check("func() -> result<u8>", "func() -> result<u8, _>");
        check("func() -> result<_, error>", "func() -> result<_, error>");
        check(
            "func() -> result<tuple<u8, string>, string>",
            "func() -> result<tuple<u8, string>, string>",
        );
        check("func() -> tuple<u8>", "func() -> tuple<u8>");
    }

    #[test]
    fn wrong_records_say_where_and_what() {
        refuse(
            "imports a/b@1 f: func()",
            "column 1: expected `import` or `export`",
        );
        refuse("import a/b f: func()", "expected `@`");
        refuse("import a/b@01 f: func()", "without leading zeros");
        refuse("import A/b@1 f: func()", "expected a namespace");
        refuse(
            "import a/b@1 f-: func()",
            "expected a function or class name",
        );
        refuse("import a/b@1 f: func(x: u7)", "unknown type, found `u7)`");
        refuse("import a/b@1 f: func(x: list<string>)", "a list holds");
        refuse(
            "import a/b@1 f: func() -> borrow<c>",
            "a borrow lasts for the call",
        );
        refuse("import a/b@1 f: func(x: u8, x: u8)", "two parameters");
        refuse("import a/b@1 f: func() -> u8 u8", "more follows");
        refuse("import a/b@1 f: func(", "expected a parameter's name");
        refuse("export a/b@1 c: resource(0)", "class number");
        refuse(
            "export a/b@1 f: func()\n\nexport a/b@1 f: func(x: u8)",
            "line 3",
        );
        refuse(
            "export a/b@1 c: resource(1)\nexport a/b@1 d: resource(1)",
            "number 1",
        );
        for record in ["lease: resource(1)", "f: func()"] {
            refuse(
                &format!("export {KERNEL_INTERFACE} {record}"),
                "is the kernel's own",
            );
        }
        refuse("import a/b@1 f: func()\r", "control character 0x0d");
        refuse("import a/b@1 f: func(x: result<u8>)", "stands only where");
    }

    #[test]
    fn an_interface_name_is_that_and_nothing_else() {
        assert_eq!(parse_interface_name("a/b@0"), Ok(()));
        assert_eq!(parse_interface_name("some-name/x9@65535"), Ok(()));
        for text in [
            "",
            "-",
            "a/b",
            "a/b@",
            "a/b@1 ",
            " a/b@1",
            "a/b@1.2",
            "a/b@1#c",
            "a/b@65536",
        ] {
            assert!(parse_interface_name(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_same_record_twice_is_one() {
        let mut metadata = Metadata::default();
        let text = "export a/b@1 f: func(x: u8)\n// a remark\nexport a/b@1 f: func(x: u8)\n";
        parse_records(text.as_bytes(), &mut metadata).expect("it is no contradiction");
        assert_eq!(metadata.functions.len(), 1);
    }

    #[test]
    fn limits_hold() {
        let long = "x".repeat(METADATA_BYTES + 1);
        refuse(&long, "bytes of metadata are more");
        let many: String = (0..=RECORDS)
            .map(|i| format!("import a/b@1 f{i}: func()\n"))
            .collect();
        refuse(&many, "more than 1000 records");
        let error = parse_records(b"import \xff", &mut Metadata::default()).unwrap_err();
        assert!(error.message.contains("byte 7"), "{error}");
    }
}
