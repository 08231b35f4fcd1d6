//! What is done to the kernel and to the reference, and how a row of numbers becomes a list of it.

use portcullis_kernel::class::ClassId;
use random_tests::choices::Choices;

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
    /// Of the host, on an array.
    LeaseCreate {
        process: usize,
        address: u32,
        length: u32,
        rights: u32,
    },
    LeaseNarrow {
        process: usize,
        cap: Name,
        offset: u32,
        length: u32,
        rights: u32,
    },
    /// What is to be copied from a lease, or into it.
    LeaseCopy {
        process: usize,
        cap: Name,
        offset: u32,
        length: u32,
        write: bool,
    },
    Same {
        process: usize,
        first: Name,
        second: Name,
    },
}

/// Most processes that are named.
const PROCESSES: usize = 6;

/// Most operations of a list.
const LENGTH: usize = 120;

fn name(choices: &Choices) -> Name {
    if choices.rarely(10) {
        Name::Raw(match choices.below(10) {
            few @ 0..=5 => few + 1,
            6 => 0,
            7 => 0x8000_0001,
            8 => u32::MAX,
            _ => choices.any(),
        })
    } else {
        Name::Known(choices.below(8) as usize)
    }
}

/// A class of handles, or none.
fn class_of_handles(choices: &Choices) -> u32 {
    match choices.below(16) {
        0..=11 => 1,
        12 | 13 => 2,
        14 => 3,
        _ => 0,
    }
}

fn class(choices: &Choices) -> u32 {
    if choices.rarely(4) {
        ClassId::LEASE.0
    } else {
        class_of_handles(choices)
    }
}

fn rights(choices: &Choices) -> u32 {
    match choices.below(12) {
        0..=4 => 7,
        5..=7 => choices.below(8),
        8 => 31,
        9 | 10 => choices.below(32),
        _ => choices.any(),
    }
}

/// Most often all, to read, to write or both.
fn access(choices: &Choices) -> u32 {
    match choices.below(8) {
        0..=3 => 31,
        4 => 15,
        5 => 23,
        6 => choices.below(32),
        _ => rights(choices),
    }
}

/// A number of bytes: few, or what overflows.
fn bytes(choices: &Choices) -> u32 {
    match choices.below(12) {
        0 => u32::MAX - choices.below(3),
        1 => choices.any(),
        _ => choices.below(6),
    }
}

fn process(choices: &Choices) -> usize {
    match choices.below(4) {
        3 => choices.below(PROCESSES as u32) as usize,
        other => 1 + other as usize,
    }
}

/// How often each operation comes, in 76 times.
fn operation(choices: &Choices) -> Operation {
    use Operation::*;
    match choices.below(76) {
        0..=7 => Mint {
            process: process(choices),
            class: class_of_handles(choices).max(1),
            badge: choices.any(),
        },
        8..=9 => Spawn {
            handles: 1 + choices.below(6),
            objects: 1 + choices.below(5),
        },
        10 => Kill {
            process: 1 + choices.below(PROCESSES as u32 - 1) as usize,
        },
        11..=12 => HandleCreate {
            process: process(choices),
            badge: choices.any(),
            number: choices.below(5),
        },
        13..=14 => HandleBadge {
            process: process(choices),
            cap: name(choices),
            number: choices.below(5),
        },
        15..=17 => Retain {
            process: process(choices),
            cap: name(choices),
        },
        18..=22 => Release {
            process: process(choices),
            cap: name(choices),
        },
        23..=24 => Revoke {
            process: process(choices),
            cap: name(choices),
        },
        25..=29 => Derive {
            process: process(choices),
            cap: name(choices),
            rights: rights(choices),
        },
        30..=34 => Lend {
            from: process(choices),
            cap: name(choices),
            class: class(choices),
            to: process(choices),
        },
        35..=37 => EndLend,
        38..=45 => Detach {
            process: process(choices),
            cap: name(choices),
            class: class(choices),
        },
        46..=51 => Attach {
            process: process(choices),
            transfer: name(choices),
        },
        52 => Restore {
            transfer: name(choices),
        },
        53 => Abandon {
            transfer: name(choices),
        },
        54 => Reserve {
            process: process(choices),
            count: choices.below(8),
        },
        55 => Enter {
            process: process(choices),
        },
        56 => Leave {
            process: process(choices),
        },
        57..=59 => NextDrop,
        60..=64 => LeaseCreate {
            process: process(choices),
            address: bytes(choices),
            length: bytes(choices),
            rights: access(choices),
        },
        65..=68 => LeaseNarrow {
            process: process(choices),
            cap: name(choices),
            offset: bytes(choices),
            length: bytes(choices),
            rights: access(choices),
        },
        69..=73 => LeaseCopy {
            process: process(choices),
            cap: name(choices),
            offset: bytes(choices),
            length: bytes(choices),
            write: choices.below(2) == 1,
        },
        _ => Same {
            process: process(choices),
            first: name(choices),
            second: name(choices),
        },
    }
}

/// The operations that a row of numbers stands for: as many as it is enough for, and at most 120.
pub fn operations(choices: &Choices) -> Vec<Operation> {
    let mut operations = Vec::new();
    while !choices.is_used_up() && operations.len() < LENGTH {
        operations.push(operation(choices));
    }
    operations
}
