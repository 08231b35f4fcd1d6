//! Random signatures, and everything that can be wrong with their values: the code is the right one, and nothing has moved.

use proptest::test_runner::TestCaseError;
use random_tests::choices::{Choices, choices};
use translator_tests::call::Checked;
use translator_tests::generate::{Case, case, case_of_group};
use translator_tests::machine::Setting;
use translator_tests::spoiled::{bad_arguments_are_refused, bad_results_are_refused};

fn random(cases: u32, test: impl Fn(&Choices, &Case) -> Checked) {
    random_of(cases, case, test);
}

fn random_of(
    cases: u32,
    make: impl Fn(&Choices) -> Case,
    test: impl Fn(&Choices, &Case) -> Checked,
) {
    random_tests::check(cases, choices(0..180), |choices| {
        let case = make(&choices);
        test(&choices, &case).map_err(|wrong| {
            TestCaseError::fail(format!(
                "{wrong}\nin a call of {}\n{case:#?}",
                case.signature
            ))
        })
    });
}

#[test]
fn bad_arguments_are_refused_with_two_memories() {
    random(60, |_, case| bad_arguments_are_refused(case, true));
}

#[test]
fn bad_arguments_are_refused_with_functions_that_copy() {
    random(60, |_, case| bad_arguments_are_refused(case, false));
}

#[test]
fn bad_results_are_refused_with_two_memories() {
    random(150, |choices, case| {
        bad_results_are_refused(choices, case, true)
    });
}

#[test]
fn bad_results_are_refused_with_functions_that_copy() {
    random(150, |choices, case| {
        bad_results_are_refused(choices, case, false)
    });
}

#[test]
fn bad_arguments_are_refused_within_a_group() {
    random_of(120, case_of_group, |choices, case| {
        let setting = Setting::fused(choices.below(2) == 0);
        bad_arguments_are_refused(case, setting)
    });
}

#[test]
fn bad_results_are_refused_within_a_group() {
    random_of(150, case_of_group, |choices, case| {
        let setting = Setting::fused(choices.below(2) == 0);
        bad_results_are_refused(choices, case, setting)
    });
}
