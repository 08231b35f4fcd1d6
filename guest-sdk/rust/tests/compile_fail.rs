//! What the macros refuse, with the sentences that say why. `TRYBUILD=overwrite cargo test -p portcullis-guest --test
//! compile_fail` writes the expected output anew.

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/compile-fail/*.rs");
}
