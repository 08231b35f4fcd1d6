//! Random operations on the kernel's core and on a naive reference: every result is the same, and after each operation so is
//! everything that can be seen. At the end of each list of operations everything ends, and nothing may be left.
//!
//! ```text
//! PORTCULLIS_CASES=100000 cargo test -p namespace-model      as many lists, made small when they fail
//! cargo run --profile fuzz -p namespace-model -- 100000000        so many operations, as fast as it goes
//! ```

#![allow(missing_docs)] // Field names of test data say what they are.

pub mod operation;
pub mod pair;
pub mod reference;

use operation::operations;
use pair::Pair;
use random_tests::choices::Choices;

/// What differs, in words, or nothing.
pub type Checked = Result<(), String>;

/// Says what is wrong unless a condition holds.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($message:tt)*) => {
        if !$condition {
            return Err(format!($($message)*));
        }
    };
}

/// Says what is wrong unless two values, of the kernel and of the reference, are equal.
#[macro_export]
macro_rules! ensure_equal {
    ($left:expr, $right:expr $(,)?) => {
        $crate::ensure_equal!($left, $right, "{}", stringify!($left))
    };
    ($left:expr, $right:expr, $($message:tt)*) => {
        match (&$left, &$right) {
            (left, right) => $crate::ensure!(left == right, "{}: found {left:?}, expected {right:?}", format!($($message)*)),
        }
    };
}

/// Does what a row of numbers stands for, and compares after each operation. Gives how many there were.
///
/// # Errors
/// The operations, and what differs after the last of them.
pub fn check(choices: &Choices) -> Result<usize, String> {
    let operations = operations(choices);
    let mut pair = Pair::default();
    for (index, operation) in operations.iter().enumerate() {
        pair.apply(*operation)
            .and_then(|()| pair.compare())
            .map_err(|wrong| format!("{wrong}\nafter {:#?}", &operations[..=index]))?;
    }
    pair.end()
        .map_err(|wrong| format!("{wrong}\nwhen everything ends after {operations:#?}"))?;
    Ok(operations.len())
}
