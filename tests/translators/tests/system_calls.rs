//! Which system call a gate makes, in whose name, with what; and what becomes of the answer.

use portcullis_abi::limits::FAULT_BYTES;
use portcullis_abi::{ErrorCode, SystemCall};
use translator_tests::log::call;
use translator_tests::machine::{Machine, World};
use translator_tests::plugin::{CONTENT, Item, Plugin};
use translator_tests::signature::Core;
use translator_tests::spawn::Spawn;

/// What a gate names instead of an import when a system call fails.
const NO_IMPORT: u32 = u32::MAX;
/// Place of the error among the words that gates share.
const ERROR: u32 = 4;

/// The order in which the plugin imports them is not that of the specification.
fn order() -> impl Iterator<Item = SystemCall> {
    SystemCall::ALL.iter().rev().copied()
}

fn number(wanted: SystemCall) -> u32 {
    let found = SystemCall::ALL.iter().position(|call| *call == wanted);
    found.expect("it is there") as u32
}

/// Where the plugin imports it.
fn import(wanted: SystemCall) -> u32 {
    let found = order().position(|call| call == wanted);
    found.expect("it is there") as u32
}

fn calling() -> Plugin {
    let imports = order().map(|call| Item::system(call.name(), call.parameters().len()));
    Plugin {
        imports: imports.collect(),
        ..Plugin::default()
    }
}

/// Those whose result is a code, as the specification has it; the others store theirs in the status word.
fn gives_code(call: SystemCall) -> bool {
    let specification = include_str!("../../../docs/abi.md");
    let row = specification.split(&format!("| `{}(", call.name())).nth(1);
    let head = row.expect("it has a row").split('`').next();
    head.is_some_and(|head| head.ends_with("-> error"))
}

/// Those whose arguments go by a block have tests of their own.
fn for_each_call(test: impl Fn(&mut Machine<'_>, u32, SystemCall)) {
    for multi_memory in [true, false] {
        let short = |call: &SystemCall| *call != SystemCall::Fault && call.parameters().len() <= 2;
        for call in order().filter(short) {
            let mut world = World::new(multi_memory);
            let mut machine = world.machine();
            machine.listen();
            let process = machine.spawn(Spawn::new(&calling()));
            test(&mut machine, process, call);
        }
    }
}

/// What the kernel is to have failed with when it answers next; 0 for nothing.
fn set_error(machine: &mut Machine<'_>, code: u32) {
    let address = machine.shared() + 4 * ERROR;
    machine.write_kernel(address, &code.to_le_bytes());
}

#[test]
fn each_reaches_the_kernel_with_the_caller_and_its_arguments() {
    for_each_call(|machine, process, wanted| {
        let count = wanted.parameters().len();
        set_error(machine, ErrorCode::Denied.number());
        machine.answer_with("syscall", &[77]);
        let called = machine.call(process, import(wanted), &[1_001, 1_002][..count]);
        assert_eq!((called.status, called.error), (0, 0), "{}", wanted.name());
        assert_eq!(called.results, [77], "{}", wanted.name());
        let header = machine.kernel("test_header", &[process]);
        let second = if count == 2 { 1_002 } else { 0 };
        let expected = [
            call("room", &[header]),
            call("syscall", &[process, number(wanted), 1_001, second]),
        ];
        assert_eq!(machine.take_heard(), expected, "{}", wanted.name());
    });
}

#[test]
fn an_error_stands_in_the_status_word_unless_it_is_the_result() {
    for_each_call(|machine, process, wanted| {
        let count = wanted.parameters().len();
        let code = ErrorCode::Revoked.number();
        set_error(machine, code);
        machine.answer_with("syscall", &[0]);
        let called = machine.call(process, import(wanted), &[1, 2][..count]);
        let reported = if gives_code(wanted) { 0 } else { code };
        assert_eq!(
            (called.status, called.error, called.results.as_slice()),
            (0, reported, &[0][..]),
            "{}",
            wanted.name()
        );
        let heard = machine.take_heard();
        let report = call("fail", &[process, code, NO_IMPORT]);
        assert_eq!(heard.contains(&report), reported != 0, "{}", wanted.name());
    });
}

#[test]
fn a_zero_that_is_no_error_is_not_reported() {
    for_each_call(|machine, process, wanted| {
        let count = wanted.parameters().len();
        set_error(machine, 0);
        machine.answer_with("syscall", &[0]);
        let called = machine.call(process, import(wanted), &[1, 2][..count]);
        assert_eq!((called.status, called.error), (0, 0), "{}", wanted.name());
        let heard = machine.take_heard();
        assert!(heard.iter().all(|heard| heard.name != "fail"));
    });
}

fn last_words(machine: &mut Machine<'_>, process: u32) -> String {
    String::from_utf8(machine.left("test_last_words", &[process])).expect("they are a text")
}

#[test]
fn last_words_are_copied_out_and_cut() {
    for multi_memory in [true, false] {
        let mut world = World::new(multi_memory);
        let mut machine = world.machine();
        machine.listen();
        let process = machine.spawn(Spawn::new(&calling()));
        let fault = import(SystemCall::Fault);
        let text = "x".repeat(2 * FAULT_BYTES);
        machine.write(process, CONTENT, text.as_bytes());
        machine.write(process, CONTENT, b"farewell");
        for (length, expected) in [
            (8, "farewell".to_owned()),
            (3, "far".to_owned()),
            (2_000, format!("farewell{}", "x".repeat(FAULT_BYTES - 8))),
        ] {
            machine.take_heard();
            let called = machine.call(process, fault, &[u64::from(CONTENT), length]);
            assert_eq!((called.status, called.error), (0, 0));
            assert_eq!(last_words(&mut machine, process), expected);
            let header = machine.kernel("test_header", &[process]);
            let heard = machine.take_heard();
            assert_eq!(heard[0], call("room", &[header]));
            let asked = heard.iter().find(|heard| heard.name == "syscall");
            let asked = &asked.expect("it was called").arguments;
            assert_eq!(asked[..2], [process, number(SystemCall::Fault)]);
            assert_eq!(asked[3], length.min(FAULT_BYTES as u64) as u32);
        }
        // What does not lie in memory is no text, and changes nothing.
        let called = machine.call(process, fault, &[u64::from(u32::MAX - 3), 8]);
        assert_eq!((called.status, called.error), (0, 0));
        let heard = machine.take_heard();
        assert!(heard.iter().all(|heard| heard.name != "syscall"));
        assert!(machine.state().is_at_rest());
    }
}

/// Its gate needs nothing that has to do with a memory.
#[test]
fn a_process_without_memory_has_system_calls_too() {
    for multi_memory in [true, false] {
        let mut world = World::new(multi_memory);
        let mut machine = world.machine();
        machine.listen();
        let process = machine.spawn(Spawn::new(&Plugin {
            has_memory: false,
            has_status: false,
            ..calling()
        }));
        assert_eq!(machine.imported("p"), ["fill", "drain"]);
        let release = import(SystemCall::CapRelease);
        assert_eq!(machine.call(process, release, &[]).status, 0);
        let heard = machine.take_heard();
        let expected = [process, number(SystemCall::CapRelease), 7, 0];
        assert_eq!(heard.last(), Some(&call("syscall", &expected)));
        // It has nothing from which words could come.
        let fault = import(SystemCall::Fault);
        assert_eq!(machine.call(process, fault, &[]).status, 0);
        let heard = machine.take_heard();
        assert!(heard.iter().all(|heard| heard.name != "syscall"));
        // Without a status word the first error is the last one.
        set_error(&mut machine, ErrorCode::BadHandle.number());
        machine.answer_with("syscall", &[0]);
        let rights = import(SystemCall::CapRights);
        let called = machine.call(process, rights, &[]);
        assert_eq!(called.status, ErrorCode::Trapped.number());
    }
}

#[test]
fn a_gate_imports_one_memory_or_two_functions_that_copy() {
    for (multi_memory, expected) in [
        (true, &["fill", "drain", "memory"][..]),
        (false, &["fill", "drain", "copy_in", "copy_out"][..]),
    ] {
        let mut world = World::new(multi_memory);
        let mut machine = world.machine();
        machine.spawn(Spawn::new(&Plugin {
            exports: vec![Item::plain("-", "run", &[Core::I32], &[Core::I32])],
            ..Plugin::default()
        }));
        assert_eq!(machine.imported("p"), expected);
    }
}

#[test]
fn a_gate_imports_what_copies_leases_only_for_system_calls_that_do() {
    for (wanted, copies) in [
        (SystemCall::CapRelease, false),
        (SystemCall::LeaseCreate, false),
        (SystemCall::LeaseRead, true),
        (SystemCall::LeaseWrite, true),
        (SystemCall::MsgRecv, true),
        (SystemCall::MsgReply, true),
    ] {
        let mut world = World::new(true);
        let mut machine = world.machine();
        machine.spawn(Spawn::new(&Plugin {
            imports: vec![Item::system(wanted.name(), wanted.parameters().len())],
            ..Plugin::default()
        }));
        let imported = machine.imported("k").contains(&"transfer".to_owned());
        assert_eq!(imported, copies, "{}", wanted.name());
    }
}
