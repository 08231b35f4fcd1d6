//! What gates do for time: fuel that they draw, when they ask for more, when an activation began, how deep calls are nested.

use portcullis_abi::{ErrorCode, SystemCall};
use std::cell::RefCell;
use std::rc::Rc;
use translator_tests::log::{Heard, call};
use translator_tests::machine::{Ask, Machine, World};
use translator_tests::plugin::{CONTENT, Item, Plugin};
use translator_tests::signature::{Outcome, Scalar, Signature, Type};
use translator_tests::spawn::{Grant, Spawn};

const INTERFACE: &str = "test/callee@1";
/// Places among the words that gates share: whether the call tree is over, the clock, when the activation began (two words each),
/// how many calls are nested.
const OVERDUE: u32 = 6;
const CLOCK: u32 = 8;
const ENTERED: u32 = 10;
const DEPTH: u32 = 12;
/// How many calls may be nested, if the application says nothing.
const DEPTH_LIMIT: u32 = 128;

/// Units for a call, and for a system call.
const CALL: i32 = 500;
const SYSTEM_CALL: i32 = 250;

fn numbers() -> Signature {
    Signature {
        parameters: vec![Type::Scalar(Scalar::U32)],
        outcome: Outcome::One(Type::Scalar(Scalar::U32)),
    }
}

fn text() -> Signature {
    Signature {
        parameters: vec![Type::Text],
        outcome: Outcome::Nothing,
    }
}

/// A caller with several imports, and a callee.
fn pair(multi_memory: bool, metered: bool) -> (World, u32, u32) {
    let mut world = World::new(multi_memory);
    let mut machine = world.machine();
    machine.listen();
    let functions = [("count", numbers()), ("say", text())];
    let serving = Plugin {
        exports: functions
            .iter()
            .map(|(name, signature)| Item::export(INTERFACE, name, signature))
            .collect(),
        ..Plugin::default()
    };
    let mut imports: Vec<Item> = functions
        .iter()
        .map(|(name, signature)| Item::import(INTERFACE, name, signature))
        .collect();
    imports.push(Item::system("cap_rights", 1));
    let calling = Plugin {
        imports,
        ..Plugin::default()
    };
    let spawn = |plugin| Spawn {
        metered,
        ..Spawn::new(plugin)
    };
    let callee = machine.spawn(spawn(&serving));
    let caller = machine.spawn(spawn(&calling).grant(INTERFACE, Grant::Process(callee)));
    (world, caller, callee)
}

fn set_word(machine: &mut Machine<'_>, place: u32, word: u32) {
    let address = machine.shared() + 4 * place;
    machine.write_kernel(address, &word.to_le_bytes());
}

fn set_time(machine: &mut Machine<'_>, place: u32, time: f64) {
    let address = machine.shared() + 4 * place;
    machine.write_kernel(address, &time.to_le_bytes());
}

fn time(machine: &mut Machine<'_>, place: u32) -> f64 {
    let bits = [place, place + 1].map(|place| u64::from(machine.shared_word(place)));
    f64::from_bits(bits[0] | bits[1] << 32)
}

fn asked(heard: &[Heard]) -> Vec<&Heard> {
    heard
        .iter()
        .filter(|heard| heard.name == "refill")
        .collect()
}

#[test]
fn a_call_and_a_system_call_have_their_price() {
    for multi_memory in [true, false] {
        let (mut world, caller, _) = pair(multi_memory, true);
        let mut machine = world.machine();
        for (import, price) in [(0, CALL), (2, SYSTEM_CALL)] {
            machine.set_fuel(10_000);
            machine.answer_with("syscall", &[7][..usize::from(import == 2)]);
            let called = machine.call(caller, import, &[1]);
            assert_eq!((called.status, called.error), (0, 0));
            assert_eq!(machine.fuel(), 10_000 - price);
            assert!(asked(&machine.take_heard()).is_empty(), "there is enough");
        }
    }
}

#[test]
fn content_has_its_price_where_it_arrives_and_if_it_is_much_where_it_leaves() {
    for multi_memory in [true, false] {
        let (mut world, caller, _) = pair(multi_memory, true);
        let mut machine = world.machine();
        for (bytes, price) in [(80, 20), (4_096, 1_024), (4_100, 2 * 1_025)] {
            machine.write(caller, CONTENT, &vec![b'a'; bytes as usize]);
            machine.set_fuel(10_000);
            let called = machine.call(caller, 1, &[u64::from(CONTENT), bytes]);
            assert_eq!((called.status, called.error), (0, 0));
            assert_eq!(machine.fuel(), 10_000 - CALL - price, "{bytes} bytes");
        }
    }
}

#[test]
fn who_has_no_fuel_left_asks_when_control_comes_back() {
    for multi_memory in [true, false] {
        let (mut world, caller, callee) = pair(multi_memory, true);
        let mut machine = world.machine();
        machine.set_fuel(100);
        machine.answer_with("refill", &[9_000]);
        let called = machine.call(caller, 0, &[1]);
        assert_eq!((called.status, called.error), (0, 0));
        let heard = machine.take_heard();
        let left = (100 - CALL) as u32;
        assert_eq!(asked(&heard), [&call("refill", &[caller, left])]);
        assert_eq!(heard.last(), asked(&heard).last().copied());
        assert_eq!(machine.fuel(), 9_000);
        // Nothing left is enough as long as nothing more is wanted.
        machine.set_fuel(CALL);
        machine.call(caller, 0, &[1]);
        assert!(asked(&machine.take_heard()).is_empty());
        assert_eq!(machine.fuel(), 0);
        // After a call that failed as well.
        machine.end(callee);
        machine.set_fuel(100);
        machine.answer_with("refill", &[8_000]);
        let called = machine.call(caller, 0, &[1]);
        assert_eq!(called.error, ErrorCode::Dead.number());
        assert_eq!(asked(&machine.take_heard()).len(), 1);
        assert_eq!(machine.fuel(), 8_000);
    }
}

#[test]
fn who_comes_back_to_a_tree_that_is_over_asks_as_well() {
    let (mut world, caller, _) = pair(true, true);
    let mut machine = world.machine();
    machine.set_fuel(10_000);
    set_word(&mut machine, OVERDUE, 1);
    machine.answer_with("refill", &[1]);
    machine.call(caller, 0, &[1]);
    let left = (10_000 - CALL) as u32;
    assert_eq!(
        asked(&machine.take_heard()),
        [&call("refill", &[caller, left])]
    );
    assert_eq!(machine.fuel(), 1);
    set_word(&mut machine, OVERDUE, 0);
}

#[test]
fn who_is_not_metered_pays_nothing() {
    let (mut world, caller, _) = pair(true, false);
    let mut machine = world.machine();
    machine.set_fuel(-5);
    set_word(&mut machine, OVERDUE, 1);
    let called = machine.call(caller, 0, &[1]);
    assert_eq!((called.status, called.error), (0, 0));
    assert_eq!(machine.fuel(), -5);
    assert!(asked(&machine.take_heard()).is_empty());
    set_word(&mut machine, OVERDUE, 0);
}

/// What the kernel answers to who asks for fuel: an amount; -1 for the end; -2 for others to have their turn.
#[test]
fn the_answer_is_an_amount_the_end_or_a_turn_of_others() {
    let (mut world, caller, _) = pair(true, true);
    let mut machine = world.machine();
    let header = machine.kernel("test_header", &[caller]);
    let first = [
        call("room", &[header]),
        call("refill", &[caller, -9_i32 as u32]),
    ];
    let again = [call("turn", &[]), call("refill", &[caller, 0])];
    let (end, turn) = (-1_i32 as u32, -2_i32 as u32);
    for (answers, turns, given) in [
        (&[70_000][..], false, Some(70_000)),
        (&[0], false, Some(0)),
        (&[end], false, None),
        (&[turn, 5], true, Some(5)),
        (&[turn, end], true, None),
    ] {
        machine.answer_with("refill", answers);
        assert_eq!(machine.refill(caller, -9).ok(), given, "{answers:?}");
        let mut expected = first.to_vec();
        expected.extend(again.iter().filter(|_| turns).cloned());
        assert_eq!(machine.take_heard(), expected, "{answers:?}");
    }
}

/// What a callee sees of the words while it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Inside {
    entered: f64,
    depth: u32,
}

#[test]
fn an_activation_begins_when_the_clock_was_last_read_and_ends_as_if_it_had_not_been() {
    for multi_memory in [true, false] {
        for traps in [false, true] {
            let (mut world, caller, _) = pair(multi_memory, true);
            let seen = Rc::new(RefCell::new(Vec::new()));
            let log = seen.clone();
            world.set_hook(move |machine, process, ask| {
                if let Ask::Enter { .. } = ask {
                    let inside = Inside {
                        entered: time(machine, ENTERED),
                        depth: machine.shared_word(DEPTH),
                    };
                    log.borrow_mut().push(inside);
                    // Whatever happens in there.
                    set_time(machine, ENTERED, 99.0);
                    set_word(machine, DEPTH, 77);
                    if traps {
                        return Err(translator_tests::machine::trap());
                    }
                }
                machine.answer(process, ask)
            });
            let mut machine = world.machine();
            machine.set_fuel(10_000);
            set_time(&mut machine, CLOCK, 1_234.5);
            set_time(&mut machine, ENTERED, 7.25);
            set_word(&mut machine, DEPTH, 3);
            let called = machine.call(caller, 0, &[1]);
            let expected = if traps {
                ErrorCode::Trapped.number()
            } else {
                0
            };
            assert_eq!((called.status, called.error), (0, expected));
            let inside = Inside {
                entered: 1_234.5,
                depth: 4,
            };
            assert_eq!(*seen.borrow(), [inside]);
            assert_eq!(time(&mut machine, ENTERED), 7.25);
            assert_eq!(time(&mut machine, CLOCK), 1_234.5);
            assert_eq!(machine.shared_word(DEPTH), 3);
            set_word(&mut machine, DEPTH, 0);
        }
    }
}

#[test]
fn calls_are_nested_as_deep_as_the_caller_may_and_no_deeper() {
    let (mut world, caller, _) = pair(true, false);
    let mut machine = world.machine();
    for (depth, code) in [
        (DEPTH_LIMIT - 1, 0),
        (DEPTH_LIMIT, ErrorCode::Depth.number()),
        (u32::MAX, ErrorCode::Depth.number()),
    ] {
        set_word(&mut machine, DEPTH, depth);
        let called = machine.call(caller, 0, &[1]);
        assert_eq!((called.status, called.error), (0, code), "at {depth}");
        assert_eq!(machine.shared_word(DEPTH), depth);
    }
    set_word(&mut machine, DEPTH, 0);
}

/// Without anybody who counts, the real kernel gives a slice at once.
#[test]
fn the_kernel_gives_fuel_to_who_asks() {
    let (mut world, caller, _) = pair(true, true);
    let mut machine = world.machine();
    let fuel = machine.refill(caller, -1).expect("it goes on");
    assert!(fuel > 0, "{fuel}");
    let rights = SystemCall::CapRights;
    assert_eq!(machine.system(caller, rights, 1, 0), 0);
}
