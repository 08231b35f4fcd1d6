//! Lists of operations of which a failure is made small.

use proptest::test_runner::TestCaseError;
use random_tests::choices::choices;

#[test]
fn the_kernel_does_what_a_naive_reference_does() {
    random_tests::check(600, choices(0..600), |choices| {
        namespace_model::check(&choices)
            .map(|_| ())
            .map_err(TestCaseError::fail)
    });
}
