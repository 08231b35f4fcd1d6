//! SHA-256, at once: the engine's own is only there as a promise, and not in every page.

use core::fmt::Write;
use hmac_sha256::Hash;
use wasm_bindgen::prelude::*;

/// The SHA-256 of bytes, as 64 hexadecimal digits.
#[wasm_bindgen]
pub fn sha256(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Hash::hash(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
