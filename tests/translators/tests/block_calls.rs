//! System calls with many arguments, which go by a block: what stands in it, which ranges are checked, what is copied.

use portcullis_abi::{ErrorCode, Rights, SystemCall};
use std::cell::RefCell;
use std::rc::Rc;
use translator_tests::call::MEMORY_END;
use translator_tests::log::{Heard, call};
use translator_tests::machine::{Ask, Machine, World};
use translator_tests::plugin::{CONTENT, Item, Plugin};
use translator_tests::signature::{Class, Outcome, Scalar, Signature, Type};
use translator_tests::spawn::{Grant, Spawn};
use translator_tests::state::BORROWED;

/// They are imported in this order.
const CALLS: [SystemCall; 5] = [
    SystemCall::LeaseWrite,
    SystemCall::LeaseCreate,
    SystemCall::LeaseRead,
    SystemCall::LeaseNarrow,
    SystemCall::LeaseLen,
];

/// What a gate names instead of an import when a system call fails.
const NO_IMPORT: u32 = u32::MAX;
/// Places among the words that gates share: the top of the frames, and the error.
const FRAME_TOP: u32 = 2;
const ERROR: u32 = 4;
/// Words of the arguments in a block; two plans of five words follow.
const ARGUMENTS: u32 = 8;

fn number(wanted: SystemCall) -> u32 {
    let found = SystemCall::ALL.iter().position(|call| *call == wanted);
    found.expect("it is there") as u32
}

fn import(wanted: SystemCall) -> u32 {
    let found = CALLS.iter().position(|call| *call == wanted);
    found.expect("it is there") as u32
}

fn calling() -> Plugin {
    let imports = CALLS.map(|call| Item::system(call.name(), call.parameters().len()));
    Plugin {
        imports: imports.to_vec(),
        ..Plugin::default()
    }
}

fn world(multi_memory: bool, metered: bool) -> (World, u32) {
    let mut world = World::new(multi_memory);
    let mut machine = world.machine();
    machine.listen();
    let process = machine.spawn(Spawn {
        metered,
        ..Spawn::new(&calling())
    });
    (world, process)
}

fn set_error(machine: &mut Machine<'_>, code: u32) {
    let address = machine.shared() + 4 * ERROR;
    machine.write_kernel(address, &code.to_le_bytes());
}

fn heard_of(heard: &[Heard], name: &str) -> Vec<Vec<u32>> {
    let calls = heard.iter().filter(|heard| heard.name == name);
    calls.map(|heard| heard.arguments.clone()).collect()
}

/// Good arguments of each call that takes more than two.
fn arguments(wanted: SystemCall) -> Vec<u32> {
    match wanted {
        SystemCall::LeaseCreate => vec![CONTENT, 16, Rights::READ.bits()],
        SystemCall::LeaseNarrow => vec![1_001, 1_002, 1_003, 1_004],
        _ => vec![1_001, 1_002, CONTENT, 80],
    }
}

fn with_block() -> impl Iterator<Item = SystemCall> {
    CALLS.into_iter().filter(|call| call.parameters().len() > 2)
}

fn wide(words: &[u32]) -> Vec<u64> {
    words.iter().map(|word| u64::from(*word)).collect()
}

#[test]
fn arguments_stand_in_the_block_and_zeros_behind_them() {
    for multi_memory in [true, false] {
        for wanted in with_block() {
            let (mut world, process) = world(multi_memory, false);
            let mut machine = world.machine();
            // What lay there before, but for the lengths of plans.
            let top = machine.shared_word(FRAME_TOP);
            let before: Vec<u8> = (0..1_024_u32).flat_map(|_| 0_u32.to_le_bytes()).collect();
            machine.write_kernel(top, &before);
            let given = arguments(wanted);
            set_error(&mut machine, 0);
            machine.answer_with("syscall", &[77]);
            let called = machine.call(process, import(wanted), &wide(&given));
            assert_eq!((called.status, called.error), (0, 0), "{}", wanted.name());
            let code = matches!(wanted, SystemCall::LeaseRead | SystemCall::LeaseWrite);
            let result = if code { 0 } else { 77 };
            assert_eq!(called.results, [result], "{}", wanted.name());
            let heard = machine.take_heard();
            let header = machine.kernel("test_header", &[process]);
            assert_eq!(heard[0], call("room", &[header]));
            let asked = heard_of(&heard, "syscall");
            let [process_of, number_of, block, count] = asked[0][..] else {
                panic!("it takes four")
            };
            let expected = (process, number(wanted), given.len() as u32);
            assert_eq!((process_of, number_of, count), expected);
            let words: Vec<u32> = (0..ARGUMENTS)
                .map(|place| machine.kernel_word(block + 4 * place))
                .collect();
            let mut expected = given.clone();
            expected.resize(ARGUMENTS as usize, 0);
            assert_eq!(words, expected, "{}", wanted.name());
            assert!(heard_of(&heard, "transfer").is_empty());
        }
    }
}

#[test]
fn an_error_is_the_result_or_stands_in_the_status_word() {
    for wanted in with_block() {
        let (mut world, process) = world(true, false);
        let mut machine = world.machine();
        let error = ErrorCode::Denied.number();
        set_error(&mut machine, error);
        machine.answer_with("syscall", &[77]);
        let called = machine.call(process, import(wanted), &wide(&arguments(wanted)));
        let code = matches!(wanted, SystemCall::LeaseRead | SystemCall::LeaseWrite);
        let (status, result) = if code { (0, error) } else { (error, 0) };
        assert_eq!((called.status, called.error), (0, status));
        assert_eq!(called.results, [u64::from(result)], "{}", wanted.name());
        let heard = machine.take_heard();
        let reported = heard.contains(&call("fail", &[process, error, NO_IMPORT]));
        assert_eq!(reported, !code, "{}", wanted.name());
        assert!(heard_of(&heard, "transfer").is_empty());
    }
}

#[test]
fn a_range_that_does_not_lie_in_memory_does_not_reach_the_kernel() {
    let bad = ErrorCode::BadPointer.number();
    for multi_memory in [true, false] {
        let (mut world, process) = world(multi_memory, false);
        let mut machine = world.machine();
        for (address, length, good) in [
            (MEMORY_END - 16, 16, true),
            (MEMORY_END, 0, true),
            (MEMORY_END - 15, 16, false),
            (MEMORY_END + 1, 0, false),
            (0, MEMORY_END + 1, false),
            (u32::MAX - 15, 16, false),
            (u32::MAX - 15, 17, false),
            (u32::MAX - 15, 64, false),
            (64, u32::MAX - 15, false),
        ] {
            for wanted in [
                SystemCall::LeaseCreate,
                SystemCall::LeaseRead,
                SystemCall::LeaseWrite,
            ] {
                let given = match wanted {
                    SystemCall::LeaseCreate => vec![address, length, 8],
                    _ => vec![1, 0, address, length],
                };
                set_error(&mut machine, 0);
                machine.answer_with("syscall", &[7][..usize::from(good)]);
                machine.take_heard();
                let called = machine.call(process, import(wanted), &wide(&given));
                let expected = if good { 0 } else { bad };
                let what = format!("{} of {length} bytes at {address:#x}", wanted.name());
                if wanted == SystemCall::LeaseCreate {
                    assert_eq!(called.error, expected, "{what}");
                } else {
                    assert_eq!(called.results, [u64::from(expected)], "{what}");
                }
                let asked = heard_of(&machine.take_heard(), "syscall");
                assert_eq!(asked.len(), usize::from(good), "{what}");
            }
        }
    }
}

#[test]
fn leases_are_read_and_written_by_the_plans_of_the_kernel() {
    for multi_memory in [true, false] {
        let (mut world, process) = world(multi_memory, false);
        let mut machine = world.machine();
        let call = |machine: &mut Machine<'_>, wanted, given: &[u32]| {
            let called = machine.call(process, import(wanted), &wide(given));
            assert_eq!((called.status, called.error), (0, 0));
            called.results[0] as u32
        };
        machine.write(process, CONTENT, b"a window on this text");
        let both = (Rights::READ | Rights::WRITE).bits();
        let lease = call(&mut machine, SystemCall::LeaseCreate, &[CONTENT, 21, both]);
        assert_eq!(call(&mut machine, SystemCall::LeaseLen, &[lease]), 21);
        machine.take_heard();
        let there = CONTENT + 0x100;
        let read = [lease, 2, there, 6];
        assert_eq!(call(&mut machine, SystemCall::LeaseRead, &read), 0);
        let plan = [process, CONTENT + 2, process, there, 6];
        assert_eq!(heard_of(&machine.take_heard(), "transfer"), [plan]);
        let memory = machine.memory(process);
        assert_eq!(&memory[there as usize..there as usize + 8], b"window\0\0");
        machine.write(process, there, b"portal");
        let write = [lease, 2, there, 6];
        assert_eq!(call(&mut machine, SystemCall::LeaseWrite, &write), 0);
        let memory = machine.memory(process);
        let start = CONTENT as usize;
        assert_eq!(&memory[start..start + 21], b"a portal on this text");
        // Nothing is nothing to copy.
        machine.take_heard();
        assert_eq!(
            call(&mut machine, SystemCall::LeaseRead, &[lease, 2, there, 0]),
            0
        );
        assert!(heard_of(&machine.take_heard(), "transfer").is_empty());
        // A memory that is gone when it is to be copied.
        machine.answer_with("transfer", &[0]);
        let revoked = ErrorCode::Revoked.number();
        assert_eq!(call(&mut machine, SystemCall::LeaseRead, &read), revoked);
        assert!(machine.state().is_at_rest());
    }
}

#[test]
fn what_is_copied_is_paid_for_before() {
    for multi_memory in [true, false] {
        let (mut world, process) = world(multi_memory, true);
        let mut machine = world.machine();
        for (wanted, price) in [
            (SystemCall::LeaseCreate, 250),
            (SystemCall::LeaseNarrow, 250),
            (SystemCall::LeaseRead, 250 + 20),
            (SystemCall::LeaseWrite, 250 + 20),
        ] {
            let copied = price > 250;
            for (fuel, left) in [(1_000, 1_000 - price), (100, 100 - price)] {
                set_error(&mut machine, 0);
                machine.set_fuel(fuel);
                machine.answer_with("syscall", &[7]);
                let asks = left < 0 && copied;
                machine.answer_with("refill", &[5_000][..usize::from(asks)]);
                machine.take_heard();
                machine.call(process, import(wanted), &wide(&arguments(wanted)));
                let heard = machine.take_heard();
                let names: Vec<&str> = heard
                    .iter()
                    .map(|heard| heard.name.as_str())
                    .filter(|name| ["refill", "syscall"].contains(name))
                    .collect();
                let expected: &[&str] = if asks {
                    &["refill", "syscall"]
                } else {
                    &["syscall"]
                };
                assert_eq!(names, expected, "{}", wanted.name());
                let now = if asks { 5_000 } else { left };
                assert_eq!(machine.fuel(), now, "{}", wanted.name());
            }
        }
    }
}

/// How much a message has is known when the kernel has planned the copy: its receiver pays for that then, and for nothing else.
#[test]
fn a_message_is_paid_for_by_its_receiver() {
    const LENGTH: u32 = 1_600;
    for (wanted, paid) in [
        (SystemCall::MsgRecv, LENGTH / 4),
        (SystemCall::MsgReply, 16 / 4),
    ] {
        let mut world = World::new(true);
        let mut machine = world.machine();
        machine.listen();
        let process = machine.spawn(Spawn {
            metered: true,
            ..Spawn::new(&Plugin {
                imports: vec![Item::system(wanted.name(), wanted.parameters().len())],
                ..Plugin::default()
            })
        });
        // A message, 16 bytes or as much room, and no capabilities.
        let given = wide(&[9, CONTENT, 16, 0, 0]);
        // Where the block is: the second call has it there, too.
        machine.set_fuel(10_000);
        machine.answer_with("syscall", &[0]);
        machine.call(process, 0, &given);
        let asked = heard_of(&machine.take_heard(), "syscall");
        let plan = asked[0][2] + 4 * ARGUMENTS;
        for (word, value) in (0..).zip([process, CONTENT, process, CONTENT + 64, LENGTH]) {
            machine.write_kernel(plan + 4 * word, &u32::to_le_bytes(value));
        }
        machine.set_fuel(10_000);
        machine.answer_with("syscall", &[7]);
        machine.answer_with("transfer", &[1]);
        let called = machine.call(process, 0, &given);
        assert_eq!((called.status, called.error), (0, 0), "{}", wanted.name());
        let heard = heard_of(&machine.take_heard(), "transfer");
        assert_eq!(heard, [[process, CONTENT, process, CONTENT + 64, LENGTH]]);
        assert_eq!(
            machine.fuel(),
            10_000 - 250 - paid as i32,
            "{}",
            wanted.name()
        );
    }
}

/// A block has at least its arguments and two plans. With less than it takes, nothing is begun.
#[test]
fn a_block_that_does_not_fit_is_not_begun() {
    let create = |left: u32| {
        let (mut world, process) = world(true, false);
        let given = wide(&[CONTENT, 16, Rights::READ.bits()]);
        let create = import(SystemCall::LeaseCreate);
        let mut machine = world.machine();
        machine.call_with_frames(process, create, &given, left)
    };
    let needed = (0..4_096).step_by(16).find(|left| create(*left) == 0);
    let needed = needed.expect("a block is not large");
    assert!(needed >= 4 * (ARGUMENTS + 2 * 5), "{needed}");
    for left in [0, needed - 16] {
        assert_eq!(create(left), ErrorCode::Depth.number(), "{left} bytes left");
    }
}

#[test]
fn a_process_without_memory_has_no_range() {
    for multi_memory in [true, false] {
        let mut world = World::new(multi_memory);
        let mut machine = world.machine();
        machine.listen();
        let process = machine.spawn(Spawn::new(&Plugin {
            has_memory: false,
            has_status: false,
            ..calling()
        }));
        let read = import(SystemCall::LeaseRead);
        assert_eq!(machine.call(process, read, &[]).status, 0);
        assert!(heard_of(&machine.take_heard(), "syscall").is_empty());
    }
}

/// Other capabilities that are lent may be passed on, and nothing else; a lease may be used as its lender may use it.
#[test]
fn a_lease_is_lent_with_the_rights_of_its_lender() {
    const INTERFACE: &str = "test/callee@1";
    let signature = Signature {
        parameters: vec![
            Type::Scalar(Scalar::U32),
            Type::Borrow(Class::Lease),
            Type::Borrow(Class::Lease),
        ],
        outcome: Outcome::Nothing,
    };
    let (reading, writing) = (Rights::READ, Rights::READ | Rights::WRITE);
    for multi_memory in [true, false] {
        let mut world = World::new(multi_memory);
        let mut machine = world.machine();
        let serving = Plugin {
            exports: vec![Item::export(INTERFACE, "look", &signature)],
            ..Plugin::default()
        };
        let mut calling = calling();
        calling
            .imports
            .push(Item::import(INTERFACE, "look", &signature));
        let look = calling.imports.len() as u32 - 1;
        let callee = machine.spawn(Spawn::new(&serving));
        let caller = machine.spawn(Spawn::new(&calling).grant(INTERFACE, Grant::Process(callee)));
        let create = |machine: &mut Machine<'_>, rights: Rights| {
            let rights = rights | Rights::CALL;
            let given = wide(&[CONTENT, 16, rights.bits()]);
            let called = machine.call(caller, import(SystemCall::LeaseCreate), &given);
            assert_eq!((called.status, called.error), (0, 0));
            called.results[0]
        };
        let (read, write) = (create(&mut machine, reading), create(&mut machine, writing));
        let seen = Rc::new(RefCell::new(Vec::new()));
        let log = seen.clone();
        world.set_hook(move |machine, process, ask| {
            if let Ask::Enter { .. } = ask {
                let state = machine.state();
                let slots = state.processes[&callee].slots.values();
                log.borrow_mut().extend(slots.map(|slot| slot.rights));
            }
            machine.answer(process, ask)
        });
        let mut machine = world.machine();
        for leases in [[read, write], [write, read]] {
            let called = machine.call(caller, look, &[u64::from(u32::MAX), leases[0], leases[1]]);
            assert_eq!((called.status, called.error), (0, 0));
            let lent = |rights: Rights| BORROWED | (rights | Rights::CALL).bits();
            let mut rights = std::mem::take(&mut *seen.borrow_mut());
            rights.sort_unstable();
            assert_eq!(rights, [lent(reading), lent(writing)]);
        }
        assert!(machine.state().is_at_rest());
    }
}
