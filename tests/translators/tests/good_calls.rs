//! Random signatures with random values: what arrives is what was sent, and nothing else has changed.

use proptest::test_runner::TestCaseError;
use random_tests::choices::choices;
use translator_tests::call::check;
use translator_tests::generate::{case, case_of_group};
use translator_tests::machine::Setting;

fn run(setting: impl Into<Setting>) {
    let setting: Setting = setting.into();
    let case = if setting.fused { case_of_group } else { case };
    random_tests::check(250, choices(0..220), |choices| {
        let case = case(&choices);
        check(&case, setting).map_err(|wrong| {
            TestCaseError::fail(format!(
                "{wrong}\nin a call of {}\n{case:#?}",
                case.signature
            ))
        })
    });
}

#[test]
fn values_arrive_with_two_memories() {
    run(true);
}

#[test]
fn values_arrive_with_functions_that_copy() {
    run(false);
}

#[test]
fn values_arrive_within_a_group_with_two_memories() {
    run(Setting::fused(true));
}

#[test]
fn values_arrive_within_a_group_with_functions_that_copy() {
    run(Setting::fused(false));
}
