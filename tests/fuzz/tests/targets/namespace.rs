//! The kernel's core beside its model: see [`namespace_model`].

use random_tests::choices::Choices;

/// Does what the bytes stand for to both, and compares everything after each operation.
///
/// # Panics
/// At the first difference.
pub fn check(bytes: &[u8]) {
    if let Err(wrong) = namespace_model::check(&Choices::from_bytes(bytes)) {
        panic!("{wrong}");
    }
}
