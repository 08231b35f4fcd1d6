//! Translators in a WebAssembly engine beside an interpreter of the ABI: see [`translator_tests`].

use random_tests::choices::Choices;
use translator_tests::call;
use translator_tests::generate::{case, case_of_group};
use translator_tests::machine::Setting;
use translator_tests::spoiled::{bad_arguments_are_refused, bad_results_are_refused};

/// Makes the call that the bytes stand for, with good values or with one of them spoiled, in a gate with two memories or
/// with functions that copy, contained or within a trust group.
///
/// # Panics
/// When something else comes of it than docs/abi.md says.
pub fn check(bytes: &[u8]) {
    let choices = Choices::from_bytes(bytes);
    let kind = choices.below(4);
    let setting = Setting {
        multi_memory: choices.below(2) == 0,
        fused: choices.below(2) == 0,
    };
    let case = match setting.fused {
        true => case_of_group(&choices),
        false => case(&choices),
    };
    let checked = match kind {
        0 | 1 => call::check(&case, setting),
        2 => bad_arguments_are_refused(&case, setting),
        _ => bad_results_are_refused(&choices, &case, setting),
    };
    if let Err(wrong) = checked {
        panic!("{wrong}\nin a call of {}\n{case:#?}", case.signature);
    }
}
