//! Fuzz targets. Each is a function that takes bytes and panics when something is wrong. `cargo test` runs them on a few
//! random inputs, `npm run fuzz` guided by coverage for as long as one likes.
//!
//! Every target makes something that is nearly right from its bytes, for bytes alone hardly ever pass the first check.
//!
//! `BOLERO_RANDOM_ITERATIONS` makes the short run longer; a failure is made small, and printed with the `BOLERO_RANDOM_SEED`
//! that repeats it.

mod metadata;
mod namespace;
mod preparation;
mod translators;

/// A target with how many inputs of up to how many bytes it gets when nobody says otherwise.
macro_rules! target {
    ($name:ident, $iterations:expr, $bytes:expr) => {
        #[test]
        fn $name() {
            bolero::check!()
                .with_iterations($iterations)
                .with_max_len($bytes + 16)
                .with_generator(bolero::produce::<Vec<u8>>().with().len(0..=$bytes))
                .for_each(|bytes| self::$name::check(bytes));
        }
    };
}

target!(metadata, 2_000, 600_usize);
target!(preparation, 400, 3_000_usize);
target!(translators, 40, 1_000_usize);
target!(namespace, 100, 2_400_usize);
