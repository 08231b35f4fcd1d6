//! A short run of every target. `BOLERO_RANDOM_ITERATIONS` makes it longer; a failure is made small, and printed with the
//! `BOLERO_RANDOM_SEED` that repeats it.

/// A target with how many inputs of up to how many bytes it gets when nobody says otherwise.
macro_rules! target {
    ($name:ident, $iterations:expr, $bytes:expr) => {
        #[test]
        fn $name() {
            bolero::check!()
                .with_iterations($iterations)
                .with_max_len($bytes + 16)
                .with_generator(bolero::produce::<Vec<u8>>().with().len(0..=$bytes))
                .for_each(|bytes| fuzz_tests::$name::check(bytes));
        }
    };
}

target!(metadata, 2_000, 600_usize);
target!(preparation, 400, 3_000_usize);
target!(translators, 40, 1_000_usize);
target!(namespace, 100, 2_400_usize);
