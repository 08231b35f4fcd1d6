//! Fuzz targets. Each is a function that takes bytes and panics when something is wrong; `tests/targets.rs` runs them: with
//! `cargo test` on a few random inputs, with `npm run fuzz` guided by coverage for as long as one likes.
//!
//! Every target makes something that is nearly right from its bytes, for bytes alone hardly ever pass the first check.

pub mod metadata;
pub mod namespace;
pub mod preparation;
pub mod translators;
