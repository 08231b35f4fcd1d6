//! Calls within a trust group, of several functions of several members: each goes to whom it was bound.

use portcullis_abi::ErrorCode;
use std::cell::RefCell;
use std::rc::Rc;
use translator_tests::machine::{Ask, Setting, World};
use translator_tests::plugin::{CONTENT, Item, Plugin};
use translator_tests::signature::{Outcome, Scalar, Signature, Type};
use translator_tests::spawn::{Grant, Spawn};

const MEMBERS: [&str; 2] = ["test/first@1", "test/second@1"];

/// What the caller imports, in this order: whose function, and which.
const IMPORTS: [(usize, &str); 5] = [
    (0, "count"),
    (1, "say"),
    (1, "count"),
    (0, "say"),
    (1, "more"),
];

fn signature(name: &str) -> Signature {
    match name {
        "say" => Signature {
            parameters: vec![Type::Text],
            outcome: Outcome::Nothing,
        },
        _ => Signature {
            parameters: vec![Type::Scalar(Scalar::U32)],
            outcome: Outcome::One(Type::Scalar(Scalar::U32)),
        },
    }
}

/// A caller and the two whom it calls.
fn group(multi_memory: bool, metered: bool) -> (World, u32, [u32; 2]) {
    let mut world = World::new(Setting::fused(multi_memory));
    let mut machine = world.machine();
    machine.listen();
    let members = MEMBERS.map(|interface| {
        let plugin = Plugin {
            exports: ["count", "say", "more"]
                .map(|name| Item::export(interface, name, &signature(name)))
                .into(),
            ..Plugin::default()
        };
        machine.spawn(Spawn {
            metered,
            ..Spawn::new(&plugin)
        })
    });
    let plugin = Plugin {
        imports: IMPORTS
            .map(|(member, name)| Item::import(MEMBERS[member], name, &signature(name)))
            .into(),
        ..Plugin::default()
    };
    let caller = machine.spawn(Spawn {
        metered,
        grants: vec![
            (MEMBERS[0], Grant::Process(members[0])),
            (MEMBERS[1], Grant::Process(members[1])),
        ],
        ..Spawn::new(&plugin)
    });
    (world, caller, members)
}

#[test]
fn each_call_goes_to_whom_it_was_bound() {
    for (multi_memory, metered) in [(true, true), (true, false), (false, true), (false, false)] {
        let (mut world, caller, members) = group(multi_memory, metered);
        let entered = Rc::new(RefCell::new(Vec::new()));
        let log = entered.clone();
        world.set_hook(move |machine, process, ask| {
            if let Ask::Enter { .. } = ask {
                log.borrow_mut().push(process);
            }
            machine.answer(process, ask)
        });
        let mut machine = world.machine();
        machine.write(caller, CONTENT, b"four");
        machine.set_fuel(100_000);
        for ended in [false, true] {
            for (import, (member, name)) in IMPORTS.into_iter().enumerate() {
                let arguments = match name {
                    "say" => vec![CONTENT.into(), 4],
                    _ => vec![7],
                };
                let called = machine.call(caller, import as u32, &arguments);
                let place =
                    format!("{name} of {member}, memories {multi_memory}, metered {metered}");
                let dead = ended && member == 1;
                let error = if dead { ErrorCode::Dead.number() } else { 0 };
                assert_eq!((called.status, called.error), (0, error), "{place}");
                let expected = if dead {
                    &[][..]
                } else {
                    &members[member..=member]
                };
                assert_eq!(entered.take(), expected, "{place}");
            }
            if !ended {
                machine.end(members[1]);
            }
        }
        let paid = 100_000 - machine.fuel();
        // Ten calls, and where content arrives a unit for four bytes of it.
        assert_eq!(paid, if metered { 10 * 500 + 3 } else { 0 });
    }
}
