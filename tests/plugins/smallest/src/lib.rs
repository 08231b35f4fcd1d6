//! The smallest plugin that does something: it adds two numbers.

use portcullis_guest::export;

#[export("demo/sum@1")]
fn add(left: i32, right: i32) -> i32 {
    left.wrapping_add(right)
}
