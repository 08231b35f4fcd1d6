//! Random operations, each of which is tried first with no memory, then with one allocation, with two, and so on until it
//! succeeds. As long as it fails, nothing has changed; then everything is as if memory had never been short.

use lack_of_memory::{snapshot, without_memory};
use namespace_model::operation::{Name, Operation, operations};
use portcullis_abi::SystemCall;
use portcullis_kernel::class::ClassId;
use portcullis_kernel::message::Numbers;
use portcullis_kernel::process::{Limits, LocalClass, ProcessId};
use portcullis_kernel::{ErrorCode, Kernel, Rights, syscall};
use proptest::test_runner::TestCaseError;
use random_tests::choices::{Choices, choices};

/// What an operation gives.
type Outcome = Result<u32, ErrorCode>;

fn spawn(kernel: &mut Kernel, handles: u32, objects: u32) -> ProcessId {
    let limits = Limits {
        handles: handles * 4,
        objects: objects * 4,
        content: 40_000,
        ..Limits::default()
    };
    let process = kernel.processes.insert("p".into(), limits);
    let process = process.expect("there is room");
    let local = |number: u32| LocalClass {
        number,
        class: ClassId(number),
        minted: number < 3,
        methods: 0,
        has_destructor: number == 1,
    };
    let entry = kernel.processes.get_mut(process).expect("it lives");
    entry.classes = (1..=3).map(local).collect();
    process
}

/// One of two kernels that the same is done to: one has memory, the other one has it late.
struct Side {
    kernel: Kernel,
    everybody: Vec<ProcessId>,
    transfers: Vec<u32>,
    /// The base of the frames, to go back to.
    base: u32,
}

impl Side {
    fn new() -> Side {
        let mut kernel = Kernel::new();
        let mut everybody = vec![ProcessId::HOST];
        everybody.extend((0..3).map(|_| spawn(&mut kernel, 6, 5)));
        let base = kernel.shared.frame_top.get();
        Side {
            kernel,
            everybody,
            transfers: Vec::new(),
            base,
        }
    }

    fn process(&self, place: usize) -> ProcessId {
        self.everybody[place % self.everybody.len()]
    }

    fn cap(&self, process: ProcessId, name: Name) -> u32 {
        let place = match name {
            Name::Raw(cap) => return cap,
            Name::Known(place) => place,
        };
        let Ok(process) = self.kernel.processes.get(process) else {
            return 1;
        };
        let held = process.namespace.iter().count().max(1);
        let found = process.namespace.iter().nth(place % held);
        found.map_or(1, |(cap, _)| cap)
    }

    fn transfer(&self, name: Name) -> u32 {
        match name {
            Name::Raw(number) => number,
            Name::Known(place) => {
                let known = self.transfers.len().max(1);
                self.transfers.get(place % known).copied().unwrap_or(1)
            }
        }
    }

    /// Does it once. Nothing here but the kernel needs memory.
    fn apply(&mut self, operation: Operation) -> Outcome {
        use Operation::*;
        let done = |()| 0;
        match operation {
            Spawn { .. } => unreachable!("it is the host's own"),
            Kill { process } => {
                let process = self.process(process);
                if process == ProcessId::HOST {
                    return Ok(0);
                }
                self.kernel.end_process(process).map(|_| 0)
            }
            Mint {
                process,
                class,
                badge,
            } => {
                let process = self.process(process);
                self.kernel.mint(process, ClassId(class.max(1)), badge, 0)
            }
            HandleCreate {
                process,
                badge,
                number,
            } => self.system(process, SystemCall::HandleCreate, badge, number),
            HandleBadge {
                process,
                cap,
                number,
            } => {
                let cap = self.cap(self.process(process), cap);
                self.system(process, SystemCall::HandleBadge, cap, number)
            }
            Retain { process, cap } => {
                let cap = self.cap(self.process(process), cap);
                self.system(process, SystemCall::CapRetain, cap, 0)
            }
            Release { process, cap } => {
                let cap = self.cap(self.process(process), cap);
                self.system(process, SystemCall::CapRelease, cap, 0)
            }
            Revoke { process, cap } => {
                let cap = self.cap(self.process(process), cap);
                self.system(process, SystemCall::CapRevoke, cap, 0)
            }
            Derive {
                process,
                cap,
                rights,
            } => {
                let cap = self.cap(self.process(process), cap);
                self.system(process, SystemCall::CapDerive, cap, rights)
            }
            Lend {
                from,
                cap,
                class,
                to,
            } => {
                let (from, to) = (self.process(from), self.process(to));
                let cap = self.cap(from, cap);
                let object = self.kernel.check(from, cap, ClassId(class), Rights::CALL)?;
                self.kernel.lend(to, object.index, from, 0)
            }
            EndLend => {
                let process = self.process(1);
                let held = self.kernel.processes.get(process)?;
                let borrowed = held.namespace.iter().find(|(_, slot)| slot.is_borrowed());
                let cap = borrowed.map_or(0, |(cap, _)| cap);
                self.kernel.end_borrow(process, cap);
                Ok(cap)
            }
            Detach {
                process,
                cap,
                class,
            } => {
                let process = self.process(process);
                let cap = self.cap(process, cap);
                self.kernel.detach(process, cap, ClassId(class))
            }
            Attach { process, transfer } => {
                let (process, transfer) = (self.process(process), self.transfer(transfer));
                self.kernel.attach(process, transfer)
            }
            Restore { transfer } => {
                let transfer = self.transfer(transfer);
                self.kernel.restore(transfer);
                Ok(0)
            }
            Abandon { transfer } => {
                let transfer = self.transfer(transfer);
                self.kernel.abandon(transfer);
                Ok(0)
            }
            Reserve { process, count } => {
                let process = self.process(process);
                self.kernel.reserve(process, count).map(done)
            }
            // A call brings content, of which some is too much for the frames, and some for the process.
            Enter { process } => {
                let process = self.process(process);
                let length = 1_000 * (1 + self.kernel.shared.staged.get() * 9);
                self.kernel.stage(process, length).map(|_| 0)
            }
            Leave { .. } => {
                self.kernel.rewind((self.base, 0));
                Ok(0)
            }
            NextDrop => {
                let drop = self.kernel.next_drop();
                Ok(drop.map_or(0, |drop| drop.badge))
            }
            LeaseCreate {
                process,
                address,
                length,
                rights,
            } => self.with_arguments(
                process,
                SystemCall::LeaseCreate,
                [address, length, rights, 0],
            ),
            LeaseNarrow {
                process,
                cap,
                offset,
                length,
                rights,
            } => {
                let cap = self.cap(self.process(process), cap);
                let arguments = [cap, offset, length, rights];
                self.with_arguments(process, SystemCall::LeaseNarrow, arguments)
            }
            LeaseCopy {
                process,
                cap,
                offset,
                length,
                write,
            } => {
                let cap = self.cap(self.process(process), cap);
                let call = match write {
                    true => SystemCall::LeaseWrite,
                    false => SystemCall::LeaseRead,
                };
                self.with_arguments(process, call, [cap, offset, 0, length])
            }
            Same {
                process,
                first,
                second,
            } => {
                let process_id = self.process(process);
                let (first, second) = (self.cap(process_id, first), self.cap(process_id, second));
                self.system(process, SystemCall::CapSame, first, second)
            }
        }
    }

    fn system(&mut self, process: usize, call: SystemCall, first: u32, second: u32) -> Outcome {
        self.with_arguments(process, call, [first, second, 0, 0])
    }

    fn with_arguments(&mut self, process: usize, call: SystemCall, first: [u32; 4]) -> Outcome {
        let process = self.process(process);
        let mut arguments = syscall::Arguments::default();
        arguments[..4].copy_from_slice(&first);
        let mut numbers = Numbers::default();
        let answer = syscall::call(&mut self.kernel, process, call, &arguments, &mut numbers);
        answer.map(|answer| answer.value)
    }

    /// What the test has to know for later.
    fn note(&mut self, operation: Operation, outcome: Outcome) {
        if let (Operation::Detach { .. }, Ok(number)) = (operation, outcome) {
            self.transfers.retain(|known| *known != number);
            self.transfers.push(number);
        }
    }
}

fn check(choices: &Choices) -> Result<(), String> {
    let (mut plenty, mut late) = (Side::new(), Side::new());
    for operation in operations(choices) {
        if let Operation::Spawn { handles, objects } = operation {
            for side in [&mut plenty, &mut late] {
                let process = spawn(&mut side.kernel, handles, objects);
                side.everybody.push(process);
            }
            continue;
        }
        let expected = plenty.apply(operation);
        plenty.note(operation, expected);
        let before = snapshot(&late.kernel);
        for allocations in 0.. {
            let outcome = without_memory(allocations, || late.apply(operation));
            if outcome == Err(ErrorCode::NoMemory) {
                if snapshot(&late.kernel) != before {
                    return Err(format!(
                        "{operation:?} failed after {allocations} allocations, and something has changed"
                    ));
                }
                continue;
            }
            if outcome != expected {
                return Err(format!("{operation:?}: {outcome:?}, not {expected:?}"));
            }
            late.note(operation, outcome);
            break;
        }
        if snapshot(&late.kernel) != snapshot(&plenty.kernel) {
            return Err(format!("{operation:?} did something else"));
        }
    }
    Ok(())
}

#[test]
fn without_memory_an_operation_fails_before_it_changes_anything() {
    random_tests::check(150, choices(0..600), |choices| {
        check(&choices).map_err(TestCaseError::fail)
    });
}

/// Last words, which are the only text that a system call takes.
#[test]
fn last_words_are_kept_whole_or_not_at_all() {
    let mut side = Side::new();
    let process = side.everybody[1];
    let text = side.kernel.stage(process, 600).expect("there is room");
    let fault = |side: &mut Side| side.system(1, SystemCall::Fault, text, 600);
    let words = |side: &Side| {
        let process = side.kernel.processes.get(process).expect("it lives");
        process
            .last_words
            .as_ref()
            .map(|words| words.chars().count())
    };
    let refused = without_memory(0, || fault(&mut side));
    assert_eq!(refused, Err(ErrorCode::NoMemory));
    assert_eq!(words(&side), None);
    assert_eq!(without_memory(1, || fault(&mut side)), Ok(0));
    assert_eq!(words(&side), Some(600));
}

/// Lists that grow from nothing to many entries, with memory that is short at every step.
#[test]
fn a_process_that_mints_and_derives_much_is_refused_and_goes_on() {
    let mut side = Side::new();
    let process = spawn(&mut side.kernel, 2_000, 1_000);
    let mut refused = 0;
    for badge in 0..2_000 {
        let mint = badge % 2 == 0;
        for allocations in 0.. {
            let before = (allocations == 0).then(|| snapshot(&side.kernel));
            let kernel = &mut side.kernel;
            let outcome = without_memory(allocations, || match mint {
                true => kernel.mint(process, ClassId(1), badge, 0),
                false => kernel.derive(process, 1, Rights::ALL.bits()),
            });
            match outcome {
                Ok(cap) => {
                    assert_eq!(cap, badge + 1);
                    break;
                }
                Err(code) => assert_eq!(code, ErrorCode::NoMemory),
            }
            refused += 1;
            if let Some(before) = before {
                assert!(before == snapshot(&side.kernel), "after {badge}");
            }
        }
    }
    assert!(refused > 10, "memory was short only {refused} times");
    // All of it ends without any memory at all.
    let ended = without_memory(0, || side.kernel.end_process(process));
    assert!(ended.is_ok());
    assert_eq!(side.kernel.objects.live(), 0);
}
