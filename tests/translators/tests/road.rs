//! How long the road of a call is: counted, so that a change that makes it longer is seen where a clock would not tell.
//!
//! `road.txt` has a line for each kind of call: the instructions of the half in the caller's gate and of the one in the callee's, failures
//! and all, and what they call outside of the gates on the way of a call that succeeds. `contain` is the one frame of JavaScript;
//! `copy_in` and `copy_out` copy from memory to memory where gates have one memory, and are their own functions where they have two.

use std::fmt::Write;
use translator_tests::log::Heard;
use translator_tests::machine::{Machine, World};
use translator_tests::plugin::{CONTENT, GIVEN, Item, Plugin};
use translator_tests::signature::{Class, Outcome, Scalar, Signature, Type};
use translator_tests::spawn::{Grant, Spawn};
use wasmparser::{Parser, Payload};

const INTERFACE: &str = "test/callee@1";
const RECORDED: &str = include_str!("road.txt");

const NUMBER: Type = Type::Scalar(Scalar::U32);
const THING: Type = Type::Borrow(Class::Callee);
const ITEM: Type = Type::Borrow(Class::Caller);

/// What is passed, and what comes back, of each kind of call.
fn kinds() -> Vec<(&'static str, Vec<Type>, Outcome)> {
    let nothing = || Outcome::Nothing;
    vec![
        ("numbers", vec![NUMBER, NUMBER], Outcome::One(NUMBER)),
        ("handle", vec![THING, NUMBER, NUMBER], nothing()),
        ("lent handle", vec![ITEM, NUMBER, NUMBER], nothing()),
        ("moved handle", vec![Type::Own(Class::Caller)], nothing()),
        (
            "returned handle",
            vec![],
            Outcome::One(Type::Own(Class::Callee)),
        ),
        ("string", vec![Type::Text], nothing()),
        ("bytes", vec![Type::List(Scalar::U8)], nothing()),
    ]
}

/// How many instructions the function has that a module exports by that name.
fn instructions(bytes: &[u8], name: &str) -> usize {
    let (mut imported, mut index, mut bodies) = (0, None, Vec::new());
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.expect("a gate is well-formed") {
            Payload::ImportSection(section) => {
                let functions = section.into_imports().filter(|import| {
                    let ty = import.as_ref().expect("well-formed").ty;
                    matches!(ty, wasmparser::TypeRef::Func(_))
                });
                imported = functions.count();
            }
            Payload::ExportSection(section) => {
                let mut exports = section
                    .into_iter()
                    .map(|export| export.expect("well-formed"));
                index = exports
                    .find(|export| export.name == name)
                    .map(|export| export.index);
            }
            Payload::CodeSectionEntry(body) => bodies.push(body),
            _ => {}
        }
    }
    let place = index.expect("the gate exports it") as usize - imported;
    let operators = bodies[place].get_operators_reader().expect("a body");
    operators.into_iter().count()
}

/// What was called, in order; the same several times in a row once, with how often.
fn names(heard: &[Heard]) -> String {
    let mut text = String::new();
    for run in heard.chunk_by(|one, next| one.name == next.name) {
        let often = if run.len() > 1 {
            format!("×{}", run.len())
        } else {
            String::new()
        };
        write!(text, " {}{often}", run[0].name).expect("to a text");
    }
    if text.is_empty() {
        " nothing".to_owned()
    } else {
        text
    }
}

/// The values of a call of a kind, with the handles that it takes.
fn arguments(machine: &mut Machine<'_>, caller: u32, callee: u32, types: &[Type]) -> Vec<u64> {
    let mut flat = Vec::new();
    for ty in types {
        match ty {
            Type::Borrow(Class::Callee) => {
                let class = Class::Callee.name();
                let cap = machine.mint(callee, class, 7);
                flat.push(u64::from(machine.pass(callee, cap, class, caller)));
            }
            Type::Borrow(class) | Type::Own(class) => {
                flat.push(u64::from(machine.mint(caller, class.name(), 7)));
            }
            Type::Text | Type::List(_) => flat.extend([u64::from(CONTENT), 16]),
            _ => flat.push(5),
        }
    }
    flat
}

/// The lines of a kind of call.
fn measured(name: &str, parameters: &[Type], outcome: &Outcome) -> String {
    let signature = Signature {
        parameters: parameters.to_vec(),
        outcome: outcome.clone(),
    };
    let mut lines = String::new();
    for two_memories in [true, false] {
        let mut world = World::new(two_memories);
        let mut machine = world.machine();
        machine.listen();
        let serving = Plugin {
            exports: vec![Item::export(INTERFACE, "call", &signature)],
            resources: vec!["export test/callee@1 thing: resource(3)".to_owned()],
            ..Plugin::default()
        };
        let calling = Plugin {
            imports: vec![Item::import(INTERFACE, "call", &signature)],
            resources: vec!["export test/caller@1 item: resource(5)".to_owned()],
            ..Plugin::default()
        };
        // Plugins are numbered in the order in which they are loaded.
        let callee = machine.spawn(Spawn {
            metered: true,
            ..Spawn::new(&serving)
        });
        let caller = machine.spawn(Spawn {
            metered: true,
            ..Spawn::new(&calling).grant(INTERFACE, Grant::Process(callee))
        });
        machine.set_fuel(1 << 20);
        let passed = arguments(&mut machine, caller, callee, parameters);
        if matches!(outcome, Outcome::One(Type::Own(_))) {
            let cap = machine.mint(callee, Class::Callee.name(), 7);
            machine.write_words(callee, GIVEN, &[u64::from(cap)]);
        }
        machine.take_heard();
        let called = machine.call(caller, 0, &passed);
        let heard = machine.take_heard();
        assert_eq!((called.status, called.error), (0, 0), "{name}");
        let gate = |machine: &mut Machine<'_>, number: u32| machine.left("test_gate", &[number]);
        let halves = [(2, "i0"), (1, "e0")]
            .map(|(number, half)| instructions(&gate(&mut machine, number), half));
        if two_memories {
            writeln!(lines, "{name}: {} + {} instructions", halves[0], halves[1])
                .expect("to a text");
            // Its gate is made anew, with its one import fused.
            machine.give(&1_u32.to_le_bytes(), "test_fuse", &[2, 1, 1]);
            let fused = gate(&mut machine, 2);
            writeln!(
                lines,
                "{name}, fused: {} instructions",
                instructions(&fused, "i0")
            )
            .expect("to a text");
            writeln!(lines, "{name}, two memories:{}", names(&heard)).expect("to a text");
        } else {
            writeln!(lines, "{name}, one memory:{}", names(&heard)).expect("to a text");
        }
    }
    lines
}

#[test]
fn the_road_is_as_long_as_it_was() {
    let lines: String = kinds()
        .iter()
        .map(|(name, parameters, outcome)| measured(name, parameters, outcome))
        .collect();
    if std::env::var_os("PORTCULLIS_RECORD").is_some() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/road.txt");
        std::fs::write(file, &lines).expect("it can be written");
        return;
    }
    let mut changes = String::new();
    for (before, now) in RECORDED
        .lines()
        .zip(lines.lines())
        .filter(|(before, now)| before != now)
    {
        write!(changes, "\n  it was  {before}\n  it is   {now}").expect("to a text");
    }
    assert!(
        RECORDED == lines,
        "the road of a call has another length than what is recorded in tests/translators/tests/road.txt:{changes}\n\
         If it is longer, make it shorter, or say in the change what that is for; then, and if it is shorter, record it: \
         PORTCULLIS_RECORD=1 cargo test --package translator-tests --test road"
    );
}
