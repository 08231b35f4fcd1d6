//! A short run of every target. `BOLERO_RANDOM_ITERATIONS` makes it longer; a failure is made small, and printed with the
//! `BOLERO_RANDOM_SEED` that repeats it.

/// A target with how many inputs of up to how many bytes it gets when nobody says otherwise.
macro_rules! target {
    ($name:ident, $iterations:expr, $bytes:expr) => {
        #[test]
        fn $name() {
            bolero::check!()
                .with_iterations($iterations)
                .with_max_len($bytes)
                .for_each(|bytes: &[u8]| fuzz_tests::$name::check(bytes));
        }
    };
}

target!(metadata, 3_000, 600);
target!(preparation, 600, 2_000);
target!(translators, 60, 1_000);
target!(namespace, 200, 2_400);
