//! Translators in a WebAssembly engine beside an interpreter of the ABI: see [`translator_tests`].

use random_tests::choices::Choices;
use translator_tests::call;
use translator_tests::generate::case;
use translator_tests::spoiled::{bad_arguments_are_refused, bad_results_are_refused};

/// Makes the call that the bytes stand for, with good values or with one of them spoiled, in a gate with two memories or
/// with functions that copy.
///
/// # Panics
/// When something else comes of it than docs/abi.md says.
pub fn check(bytes: &[u8]) {
    let choices = Choices::from_bytes(bytes);
    let (kind, multi_memory) = (choices.below(4), choices.below(2) == 0);
    let case = case(&choices);
    let checked = match kind {
        0 | 1 => call::check(&case, multi_memory),
        2 => bad_arguments_are_refused(&case, multi_memory),
        _ => bad_results_are_refused(&choices, &case, multi_memory),
    };
    if let Err(wrong) = checked {
        panic!("{wrong}\nin a call of {}\n{case:#?}", case.signature);
    }
}
