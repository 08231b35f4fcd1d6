//! Random calls that something goes wrong with on the way: allocators that lie, trap or call back, callees that trap, processes
//! that are ended in the middle, namespaces that are full. Afterwards nothing is under way, and nothing is lost.

use portcullis_abi::ErrorCode;
use proptest::test_runner::TestCaseError;
use random_tests::choices::{Choices, choices};
use std::cell::Cell;
use translator_tests::call::{Checked, MEMORY_END, Pair, moving, note};
use translator_tests::fault::CAN_FAIL;
use translator_tests::generate::{Case, case};
use translator_tests::machine::{Ask, trap};
use translator_tests::run::Called;
use translator_tests::signature::{Class, Type};
use translator_tests::state::State;
use translator_tests::value::Value;
use translator_tests::{ensure, ensure_equal};

fn random(cases: u32, test: impl Fn(&Choices, &Case, bool) -> Checked) {
    random_tests::check(cases, choices(0..180), |choices| {
        let case = case(&choices);
        for multi_memory in [true, false] {
            test(&choices.clone(), &case, multi_memory).map_err(|wrong| {
                TestCaseError::fail(format!(
                    "{wrong}\nin a call of {}, two memories: {multi_memory}\n{case:#?}",
                    case.signature
                ))
            })?;
        }
        Ok(())
    });
}

/// What an allocator answers, or does, instead of giving memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    Nothing,
    Misaligned,
    Behind,
    Straddling,
    AroundTheEnd,
    Trap,
    EndsCaller,
    EndsCallee,
    CallsBack,
}

const LIES: [Lie; 9] = [
    Lie::Nothing,
    Lie::Misaligned,
    Lie::Behind,
    Lie::Straddling,
    Lie::AroundTheEnd,
    Lie::Trap,
    Lie::EndsCaller,
    Lie::EndsCallee,
    Lie::CallsBack,
];

/// A call in which the allocator of `liar` lies when it is asked for the `nth` time.
fn call_with_lie(pair: &mut Pair, case: &Case, liar: u32, nth: usize, lie: Lie) -> Called {
    let given = pair.prepare_results(case);
    pair.give(&given);
    let prepared = pair.prepare(case);
    let (log, caller, callee) = (pair.seen.clone(), pair.caller, pair.callee);
    let asked = Cell::new(0);
    pair.world.set_hook(move |machine, process, ask| {
        note(&log, machine, process, ask);
        let Ask::Allocate { align, size } = ask else {
            return machine.answer(process, ask);
        };
        if process != liar || asked.replace(asked.get() + 1) != nth {
            return machine.answer(process, ask);
        }
        match lie {
            Lie::Nothing => Ok(0),
            Lie::Misaligned => Ok(0x4_0000 + align / 2),
            Lie::Behind => Ok(MEMORY_END),
            Lie::Straddling => Ok(MEMORY_END - size.next_multiple_of(8) + 8),
            Lie::AroundTheEnd => Ok(0_u32.wrapping_sub(8)),
            Lie::Trap => Err(trap()),
            Lie::EndsCaller => {
                machine.end(caller);
                machine.answer(process, ask)
            }
            Lie::EndsCallee => {
                machine.end(callee);
                machine.answer(process, ask)
            }
            Lie::CallsBack => {
                assert_eq!(machine.run(caller, "again"), 0);
                machine.answer(process, ask)
            }
        }
    });
    pair.call(&prepared)
}

fn moves(case: &Case, pair: &Pair) -> Vec<(u32, u32, u32)> {
    let moved = moving(&case.signature.parameters, &case.arguments);
    moved
        .into_iter()
        .map(|badge| (pair.caller, badge, pair.callee))
        .collect()
}

fn returning(case: &Case) -> Vec<u32> {
    moving(
        &case.signature.outcome.types(case.returned.tag),
        &case.returned.values,
    )
}

/// Status of the frame, code and everything afterwards.
fn compare(pair: &mut Pair, called: &Called, expected: (u32, u32, State)) -> Checked {
    let (status, error, state) = expected;
    ensure_equal!(called.status, status, "status of the caller's frame");
    ensure_equal!(called.error, error, "the caller's status word");
    if error != 0 {
        ensure!(
            called.results.iter().all(|bits| *bits == 0),
            "results are not 0"
        );
    }
    let after = pair.state();
    ensure!(
        after.is_at_rest(),
        "something is still under way: {after:?}"
    );
    ensure_equal!(
        after.without_names(),
        state.without_names(),
        "everything after the call"
    );
    Ok(())
}

const TRAPPED: u32 = ErrorCode::Trapped.number();
const NO_MEMORY: u32 = ErrorCode::NoMemory.number();

#[test]
fn an_allocator_that_lies_about_arguments_moves_nothing() {
    random(60, |choices, case, multi_memory| {
        let asked = Pair::expected_allocations(&case.signature, &case.arguments);
        let mut pair = Pair::new(case, multi_memory);
        if asked.is_empty() {
            return Ok(());
        }
        let nth = choices.below(asked.len() as u32) as usize;
        let lie = *choices.pick(&LIES);
        // Which of them is asked for the nth time is not said by the ABI; odd addresses are good for bytes.
        if lie == Lie::Misaligned && asked.iter().any(|(align, _)| *align == 1) {
            return Ok(());
        }
        let before = pair.state();
        let (caller, callee) = (pair.caller, pair.callee);
        let called = call_with_lie(&mut pair, case, callee, nth, lie);
        let expected = match lie {
            Lie::Trap | Lie::EndsCallee => (0, TRAPPED, before.ended(callee)),
            Lie::EndsCaller => {
                let entered = pair.entered();
                let after = if entered && moves(case, &pair).is_empty() {
                    without_caller(case, &before, caller, callee)
                } else {
                    ensure!(!entered, "what a dead process passes does not arrive");
                    before.ended(caller)
                };
                (TRAPPED, 0, after)
            }
            Lie::CallsBack => {
                let mut all = moves(case, &pair);
                all.extend(
                    returning(case)
                        .into_iter()
                        .map(|badge| (callee, badge, caller)),
                );
                (0, 0, before.moved(&all))
            }
            _ => (0, NO_MEMORY, before.clone()),
        };
        compare(&mut pair, &called, expected)
            .map_err(|wrong| format!("{wrong}\nwith {lie:?} at {nth}"))?;
        if lie == Lie::Trap && !needs_callee(case) {
            let prepared = pair.prepare(case);
            let before = pair.state();
            let again = pair.call(&prepared);
            ensure_equal!(
                again.error,
                ErrorCode::Dead.number(),
                "a call of a dead process"
            );
            ensure_equal!(
                pair.state(),
                before,
                "everything after a call of a dead process"
            );
        }
        Ok(())
    });
}

/// Whether an object of the callee is among the arguments.
fn needs_callee(case: &Case) -> bool {
    case.signature
        .parameters
        .iter()
        .zip(&case.arguments)
        .any(|(ty, value)| {
            let of_callee = matches!(
                ty,
                Type::Borrow(Class::Callee)
                    | Type::Own(Class::Callee)
                    | Type::Option(Class::Callee)
            );
            of_callee && matches!(value, Value::Capability(_))
        })
}

#[test]
fn an_allocator_that_lies_about_results_loses_them_and_nothing_else() {
    random(60, |choices, case, multi_memory| {
        let types = case.signature.outcome.types(case.returned.tag);
        let asked = translator_tests::call::content(&types, &case.returned.values);
        let mut pair = Pair::new(case, multi_memory);
        if asked.is_empty() {
            return Ok(());
        }
        let nth = choices.below(asked.len() as u32) as usize;
        let lie = *choices.pick(&LIES);
        if lie == Lie::Misaligned && asked.iter().any(|(align, _)| *align == 1) {
            return Ok(());
        }
        let before = pair.state();
        let (caller, callee) = (pair.caller, pair.callee);
        let called = call_with_lie(&mut pair, case, caller, nth, lie);
        let moved = before.moved(&moves(case, &pair));
        let lost = moved.released(callee, &returning(case));
        let expected = match lie {
            Lie::Trap | Lie::EndsCaller => (TRAPPED, 0, lost.ended(caller)),
            // A reference that was on its way from a process that ends, ends with it.
            Lie::EndsCallee if returning(case).is_empty() => (0, 0, lost.ended(callee)),
            Lie::EndsCallee => (0, NO_MEMORY, lost.ended(callee)),
            Lie::CallsBack => {
                let back: Vec<_> = returning(case)
                    .into_iter()
                    .map(|badge| (callee, badge, caller))
                    .collect();
                (0, 0, moved.moved(&back))
            }
            _ => (0, NO_MEMORY, lost),
        };
        compare(&mut pair, &called, expected)
            .map_err(|wrong| format!("{wrong}\nwith {lie:?} at {nth}"))
    });
}

/// Every function that a gate needs fails at its first call, then at its second one, and so on until the call succeeds. What it
/// comes to is said by the code and by whether the callee was entered, and nothing else has changed.
#[test]
fn whatever_fails_at_whichever_step_leaves_nothing_half_done() {
    let failures = Cell::new(0);
    random(8, |_, case, multi_memory| {
        for name in CAN_FAIL {
            let mut pair = Pair::new(case, multi_memory);
            let given = pair.prepare_results(case);
            pair.give(&given);
            for step in 0.. {
                let before = pair.state();
                let prepared = pair.prepare(case);
                pair.seen.borrow_mut().inside = None;
                pair.machine().fail_at(name, step, prepared.results);
                let called = pair.call(&prepared);
                let failed = pair.machine().failed();
                let moved = || before.moved(&moves(case, &pair));
                let back: Vec<_> = returning(case)
                    .into_iter()
                    .map(|badge| (pair.callee, badge, pair.caller))
                    .collect();
                let (error, after) = match (failed, pair.entered()) {
                    (false, _) => (0, moved().moved(&back)),
                    (true, false) if name == "contain" => {
                        (ErrorCode::Depth.number(), before.clone())
                    }
                    (true, false) if called.error == ErrorCode::BadPointer.number() => {
                        // What cannot be copied in is an address that is wrong.
                        (called.error, before.clone())
                    }
                    (true, false) => (NO_MEMORY, before.clone()),
                    (true, true) if called.error == ErrorCode::BadResult.number() => {
                        (called.error, moved())
                    }
                    (true, true) => (NO_MEMORY, moved().released(pair.callee, &returning(case))),
                };
                let entered = pair.entered();
                compare(&mut pair, &called, (0, error, after))
                    .map_err(|wrong| format!("{wrong}\nwhen {name} failed at {step}"))?;
                if !failed {
                    break;
                }
                failures.set(failures.get() + 1);
                if entered {
                    // Something has moved: the next step needs what the case wants again.
                    pair = Pair::new(case, multi_memory);
                    let given = pair.prepare_results(case);
                    pair.give(&given);
                }
            }
        }
        Ok(())
    });
    assert!(failures.get() > 50, "only {} steps failed", failures.get());
}

/// Who is ended where.
#[derive(Clone, Copy, Debug)]
enum End {
    CalleeTrapsInside,
    CalleeTrapsAfterwards,
    CalleeIsEndedInside,
    CallerIsEndedInside,
    CallerIsEndedAfterwards,
}

const ENDS: [End; 5] = [
    End::CalleeTrapsInside,
    End::CalleeTrapsAfterwards,
    End::CalleeIsEndedInside,
    End::CallerIsEndedInside,
    End::CallerIsEndedAfterwards,
];

#[test]
fn a_process_that_ends_within_a_call_takes_only_its_own_with_it() {
    random(80, |choices, case, multi_memory| {
        let case = &Case {
            post_return: true,
            ..case.clone()
        };
        let end = *choices.pick(&ENDS);
        let mut pair = Pair::new(case, multi_memory);
        let before = pair.state();
        let given = pair.prepare_results(case);
        pair.give(&given);
        let prepared = pair.prepare(case);
        let (log, caller, callee) = (pair.seen.clone(), pair.caller, pair.callee);
        pair.world.set_hook(move |machine, process, ask| {
            note(&log, machine, process, ask);
            match (ask, end) {
                (Ask::Enter { .. }, End::CalleeTrapsInside)
                | (Ask::Post { .. }, End::CalleeTrapsAfterwards) => Err(trap()),
                (Ask::Enter { .. }, End::CalleeIsEndedInside) => {
                    machine.end(callee);
                    Ok(0)
                }
                (Ask::Enter { .. }, End::CallerIsEndedInside)
                | (Ask::Post { .. }, End::CallerIsEndedAfterwards) => {
                    machine.end(caller);
                    Ok(0)
                }
                _ => machine.answer(process, ask),
            }
        });
        let called = pair.call(&prepared);
        let moved = before.moved(&moves(case, &pair));
        let expected = match end {
            End::CallerIsEndedInside => (TRAPPED, 0, without_caller(case, &moved, caller, callee)),
            End::CallerIsEndedAfterwards => (
                TRAPPED,
                0,
                moved.released(callee, &returning(case)).ended(caller),
            ),
            _ => (0, TRAPPED, moved.ended(callee)),
        };
        compare(&mut pair, &called, expected).map_err(|wrong| format!("{wrong}\nwith {end:?}"))
    });
}

/// After the caller has ended while the callee ran: the callee goes on, and what it gives goes nowhere. An object of the caller is
/// dead by then: what is no result any more stays with the callee.
fn without_caller(case: &Case, before: &State, caller: u32, callee: u32) -> State {
    let kept = before.ended(caller);
    let types = case.signature.outcome.types(case.returned.tag);
    let gives_dead = types.iter().zip(&case.returned.values).any(|(ty, value)| {
        matches!(ty, Type::Own(Class::Caller) | Type::Option(Class::Caller))
            && matches!(value, Value::Capability(_))
    });
    if gives_dead {
        kept
    } else {
        kept.released(callee, &returning(case))
    }
}
