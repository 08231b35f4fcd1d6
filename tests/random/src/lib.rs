//! Runs a test on random values. A failure is made small first, and names the seed that gives it again:
//!
//! ```text
//! PORTCULLIS_SEED=0x1f2e3d4c5b6a7988 cargo test -p portcullis-kernel
//! ```
//!
//! Without a seed every run takes a new one. `PORTCULLIS_CASES=100000` tries as many values instead of the test's own number,
//! and `PORTCULLIS_SHRINK=0` does not make a failure small, which takes long.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::hash::{BuildHasher, Hasher, RandomState};

pub mod choices;

/// A number from the environment, decimal or with `0x`.
fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    Some(parsed.unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

/// Runs `test` on `cases` values of `strategy`. An `Err`, and a panic, is a failure.
///
/// # Panics
/// If the test fails on some value: with the smallest one that was found, and the seed.
pub fn check<S: Strategy>(
    cases: u32,
    strategy: S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let seed =
        number("PORTCULLIS_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish());
    let cases = number("PORTCULLIS_CASES").map_or(cases, |cases| cases as u32);
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: number("PORTCULLIS_SHRINK").map_or(20_000, |steps| steps as u32),
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    if let Err(failure) = TestRunner::new_with_rng(config, random).run(&strategy, test) {
        panic!("{failure}\nto see this again, set PORTCULLIS_SEED={seed:#x}");
    }
}
