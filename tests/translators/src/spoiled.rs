//! Calls with values that are wrong: what comes of them, and what does not.

use crate::call::{Checked, Pair, moving};
use crate::generate::Case;
use crate::machine::Setting;
use crate::plugin::{ARGUMENTS, RESULTS, STATUS};
use crate::spoil::{self, Bad};
use crate::{ensure, ensure_equal};
use portcullis_abi::ErrorCode;
use random_tests::choices::Choices;

/// Memory of a process without what a test and its plugins write themselves.
fn memory(pair: &mut Pair, process: u32) -> Vec<u8> {
    let mut memory = pair.machine().memory(process);
    memory[ARGUMENTS as usize..ARGUMENTS as usize + 256].fill(0);
    memory[STATUS as usize..STATUS as usize + 4].fill(0);
    memory[RESULTS as usize..RESULTS as usize + 128].fill(0);
    memory
}

/// Each thing that can be wrong with the arguments, one after the other: the caller gets its code, and nothing has moved.
///
/// # Errors
/// What is otherwise.
pub fn bad_arguments_are_refused(case: &Case, setting: impl Into<Setting>) -> Checked {
    let mut pair = Pair::new(case, setting);
    let prepared = pair.prepare(case);
    let (caller, callee) = (pair.caller, pair.callee);
    let bad = Bad::endow(&mut pair, caller, 0);
    let given = pair.prepare_results(case);
    pair.give(&given);
    let before = pair.state();
    for spoil in spoil::arguments(&pair, &prepared.lowered, &bad) {
        let mut spoiled = prepared.clone();
        for (place, bits) in &spoil.changes {
            spoiled.lowered.spoil(*place, *bits);
        }
        pair.machine().write(
            caller,
            spoiled.lowered.image.base,
            &spoiled.lowered.image.bytes,
        );
        let memories = (memory(&mut pair, caller), memory(&mut pair, callee));
        let called = pair.call(&spoiled);
        let what = &spoil.what;
        ensure_equal!(
            (called.status, ErrorCode::from_number(called.error)),
            (0, Some(spoil.code)),
            "status of the frame and code when {what}"
        );
        ensure!(
            called.results.iter().all(|bits| *bits == 0),
            "results are not 0 when {what}"
        );
        ensure!(
            pair.seen.borrow().asked.is_empty(),
            "a plugin ran when {what}"
        );
        ensure_equal!(pair.state(), before, "everything when {what}");
        let now = (memory(&mut pair, caller), memory(&mut pair, callee));
        ensure!(now == memories, "somebody's memory has changed when {what}");
    }
    let called = pair.call(&prepared);
    ensure_equal!(
        (called.status, called.error),
        (0, 0),
        "a good call afterwards"
    );
    Ok(())
}

/// The callee keeps what it wanted to give, the caller gets nothing; what the caller passed has moved. One thing that is
/// wrong is chosen.
///
/// # Errors
/// What is otherwise.
pub fn bad_results_are_refused(
    choices: &Choices,
    case: &Case,
    setting: impl Into<Setting>,
) -> Checked {
    let mut pair = Pair::new(case, setting);
    let prepared = pair.prepare(case);
    let (caller, callee) = (pair.caller, pair.callee);
    let mut given = pair.prepare_results(case);
    let arriving = case.signature.parameters.len() as u32;
    let bad = Bad::endow(&mut pair, callee, arriving);
    let spoils = spoil::results(&case.signature.outcome, case.returned.tag, &given, &bad);
    if spoils.is_empty() {
        return Ok(());
    }
    let spoil = choices.pick(&spoils);
    for (place, bits) in &spoil.changes {
        given.spoil(*place, *bits);
    }
    pair.give(&given);
    let before = pair.state();
    let called = pair.call(&prepared);
    let what = &spoil.what;
    ensure_equal!(
        (called.status, ErrorCode::from_number(called.error)),
        (0, Some(ErrorCode::BadResult)),
        "status of the frame and code when {what}"
    );
    ensure!(
        called.results.iter().all(|bits| *bits == 0),
        "results are not 0 when {what}"
    );
    ensure_equal!(
        pair.allocations(caller),
        Vec::new(),
        "what the caller's allocator was asked when {what}"
    );
    let moves: Vec<(u32, u32, u32)> = moving(&case.signature.parameters, &case.arguments)
        .into_iter()
        .map(|badge| (caller, badge, callee))
        .collect();
    let after = pair.state();
    ensure!(
        after.is_at_rest(),
        "something is still under way when {what}"
    );
    ensure_equal!(
        after.without_names(),
        before.moved(&moves).without_names(),
        "everything when {what}"
    );
    if let Some(address) = prepared.results {
        let (size, _) = case.signature.outcome.layout();
        let memory = pair.machine().memory(caller);
        let results = &memory[address as usize..(address + size) as usize];
        ensure!(
            results.iter().all(|byte| *byte == 0xee),
            "results were written when {what}"
        );
    }
    Ok(())
}
