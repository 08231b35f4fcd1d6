//! What is done to the kernel and to the reference, and random lists of it.

use proptest::collection::vec;
use proptest::prelude::*;

/// Something that is there, or a number that may mean nothing.
#[derive(Clone, Copy, Debug)]
pub enum Name {
    /// The one at this place among all that there are, counted round and round.
    Known(usize),
    /// This number, whatever it means.
    Raw(u32),
}

/// One operation. Processes are named by their place among all that were ever spawned, the host first, dead ones included.
#[derive(Clone, Copy, Debug)]
pub enum Operation {
    Spawn {
        handles: u32,
        objects: u32,
    },
    Kill {
        process: usize,
    },
    Mint {
        process: usize,
        class: u32,
        badge: u32,
    },
    HandleCreate {
        process: usize,
        badge: u32,
        number: u32,
    },
    HandleBadge {
        process: usize,
        cap: Name,
        number: u32,
    },
    Retain {
        process: usize,
        cap: Name,
    },
    Release {
        process: usize,
        cap: Name,
    },
    Revoke {
        process: usize,
        cap: Name,
    },
    Derive {
        process: usize,
        cap: Name,
        rights: u32,
    },
    /// What a call does with a borrowed argument, on its way in.
    Lend {
        from: usize,
        cap: Name,
        class: u32,
        to: usize,
    },
    /// The end of the call that was lent to last.
    EndLend,
    Detach {
        process: usize,
        cap: Name,
        class: u32,
    },
    Attach {
        process: usize,
        transfer: Name,
    },
    Restore {
        transfer: Name,
    },
    Abandon {
        transfer: Name,
    },
    Reserve {
        process: usize,
        count: u32,
    },
    /// A call into a process begins.
    Enter {
        process: usize,
    },
    /// One ends.
    Leave {
        process: usize,
    },
    NextDrop,
}

/// Most processes that are named.
const PROCESSES: usize = 6;

fn name() -> impl Strategy<Value = Name> {
    let raw = prop_oneof![
        6 => 1_u32..=6,
        1 => Just(0),
        1 => Just(0x8000_0001),
        1 => Just(u32::MAX),
        1 => any::<u32>(),
    ];
    prop_oneof![
        9 => (0_usize..8).prop_map(Name::Known),
        1 => raw.prop_map(Name::Raw),
    ]
}

fn class() -> impl Strategy<Value = u32> {
    prop_oneof![12 => Just(1_u32), 2 => Just(2), 1 => Just(3), 1 => Just(0)]
}

fn rights() -> impl Strategy<Value = u32> {
    prop_oneof![5 => Just(7_u32), 4 => 0_u32..8, 1 => any::<u32>()]
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    let process = || prop_oneof![3 => 1_usize..4, 1 => 0..PROCESSES];
    prop_oneof![
        2 => (1_u32..7, 1_u32..6).prop_map(|(handles, objects)| Spawn { handles, objects }),
        1 => (1..PROCESSES).prop_map(|process| Kill { process }),
        8 => (process(), class(), any::<u32>()).prop_map(|(process, class, badge)| Mint { process, class: class.max(1), badge }),
        2 => (process(), any::<u32>(), 0_u32..5).prop_map(|(process, badge, number)| HandleCreate { process, badge, number }),
        2 => (process(), name(), 0_u32..5).prop_map(|(process, cap, number)| HandleBadge { process, cap, number }),
        3 => (process(), name()).prop_map(|(process, cap)| Retain { process, cap }),
        5 => (process(), name()).prop_map(|(process, cap)| Release { process, cap }),
        2 => (process(), name()).prop_map(|(process, cap)| Revoke { process, cap }),
        5 => (process(), name(), rights()).prop_map(|(process, cap, rights)| Derive { process, cap, rights }),
        5 => (process(), name(), class(), process()).prop_map(|(from, cap, class, to)| Lend { from, cap, class, to }),
        3 => Just(EndLend),
        8 => (process(), name(), class()).prop_map(|(process, cap, class)| Detach { process, cap, class }),
        6 => (process(), name()).prop_map(|(process, transfer)| Attach { process, transfer }),
        1 => name().prop_map(|transfer| Restore { transfer }),
        1 => name().prop_map(|transfer| Abandon { transfer }),
        1 => (process(), 0_u32..8).prop_map(|(process, count)| Reserve { process, count }),
        1 => process().prop_map(|process| Enter { process }),
        1 => process().prop_map(|process| Leave { process }),
        3 => Just(NextDrop),
    ]
}

/// Random lists of operations.
pub fn operations() -> impl Strategy<Value = Vec<Operation>> {
    vec(operation(), 1..120)
}
