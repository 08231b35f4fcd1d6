//! Random signatures with random values: what arrives is what was sent, and nothing else has changed.

use proptest::test_runner::TestCaseError;
use random_tests::choices::choices;
use translator_tests::call::check;
use translator_tests::generate::case;

fn run(multi_memory: bool) {
    random_tests::check(250, choices(0..220), |choices| {
        let case = case(&choices);
        check(&case, multi_memory).map_err(|wrong| {
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
