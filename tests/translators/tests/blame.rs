//! Who was entered stands in the frame, export or destructor: it is what containment blames when something traps.

use portcullis_abi::ErrorCode;
use std::cell::RefCell;
use std::rc::Rc;
use translator_tests::machine::{Ask, Trap, World, trap};
use translator_tests::plugin::{Item, Plugin};
use translator_tests::signature::{Outcome, Signature};
use translator_tests::spawn::{Grant, Spawn};

const INTERFACE: &str = "test/callee@1";
const NAMES: [&str; 3] = ["one", "two", "three"];
/// Set in the number of a destructor.
const DESTRUCTOR: u32 = 1 << 31;

fn nothing() -> Signature {
    Signature {
        parameters: Vec::new(),
        outcome: Outcome::Nothing,
    }
}

/// A plugin with three exports, each with a function that is called afterwards, and three destructors.
fn serving() -> Plugin {
    let records = NAMES.iter().zip(1..);
    Plugin {
        exports: NAMES
            .map(|name| Item::export(INTERFACE, name, &nothing()))
            .to_vec(),
        post_returns: true,
        resources: records
            .map(|(name, number)| format!("export {INTERFACE} {name}: resource({number})"))
            .collect(),
        destructors: NAMES.map(destructor).to_vec(),
        ..Plugin::default()
    }
}

fn destructor(name: &str) -> String {
    format!("{INTERFACE}#[dtor]{name}")
}

#[test]
fn a_trap_is_blamed_on_the_export_that_was_entered() {
    for multi_memory in [true, false] {
        for export in 0..3 {
            let mut world = World::new(multi_memory);
            let calling = Plugin {
                imports: NAMES
                    .map(|name| Item::import(INTERFACE, name, &nothing()))
                    .to_vec(),
                ..Plugin::default()
            };
            let mut machine = world.machine();
            let callee = machine.spawn(Spawn::new(&serving()));
            let caller =
                machine.spawn(Spawn::new(&calling).grant(INTERFACE, Grant::Process(callee)));
            world.set_hook(|machine, process, ask| match ask {
                Ask::Enter { .. } => Err(trap()),
                _ => machine.answer(process, ask),
            });
            let mut machine = world.machine();
            let called = machine.call(caller, export, &[]);
            assert_eq!(called.error, ErrorCode::Trapped.number());
            let traps = &machine.data().traps;
            let blamed = |trap: &Trap| (trap.process, trap.export);
            assert_eq!(
                traps.iter().map(blamed).collect::<Vec<_>>(),
                [(callee, export)]
            );
        }
    }
}

#[test]
fn each_destructor_is_the_one_that_is_called_and_blamed() {
    for number in 0..3 {
        let mut world = World::new(true);
        let callee = world.machine().spawn(Spawn::new(&serving()));
        let heard = Rc::new(RefCell::new(Vec::new()));
        let log = heard.clone();
        world.set_hook(move |machine, process, ask| match ask {
            Ask::Destroy { badge: 13 } => Err(trap()),
            Ask::Destroy { badge } => {
                log.borrow_mut().push(badge);
                Ok(0)
            }
            _ => machine.answer(process, ask),
        });
        let name = destructor(NAMES[number as usize]);
        let mut machine = world.machine();
        assert_eq!(machine.destroy(callee, &name, 7), 0);
        assert_eq!(*heard.borrow(), [7]);
        assert!(machine.state().is_at_rest());
        let status = machine.destroy(callee, &name, 13);
        assert_eq!(status, ErrorCode::Trapped.number());
        let last = machine.data().traps.last().expect("it trapped");
        assert_eq!((last.process, last.export), (callee, DESTRUCTOR | number));
    }
}
