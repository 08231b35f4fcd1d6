//! The tests that every filter of the paint program has to pass.
//!
//! A filter's crate has one line of tests, `paint_filter_testing::filter_tests!(Type);`, which checks that
//!
//! - the declaration is one that the page accepts ([`declaration`]);
//! - the results are those of the reference vectors in `demo-paint/vectors/<id>` ([`vectors`]);
//! - the same image gives the same bytes however it is cut into tiles ([`tiling`]).

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod declaration;
pub mod image;
pub mod page;
pub mod tiling;
pub mod vectors;

/// The tests of a filter; stands behind `#[cfg(test)]` in its crate.
#[macro_export]
macro_rules! filter_tests {
    ($filter:ident) => {
        mod filter_tests {
            use super::$filter;

            #[test]
            fn the_page_accepts_the_declaration() {
                $crate::declaration::check::<$filter>();
            }

            #[test]
            fn results_are_those_of_the_reference_vectors() {
                $crate::vectors::check::<$filter>();
            }

            #[test]
            fn tiles_make_no_difference() {
                $crate::tiling::check::<$filter>();
            }
        }
    };
}

/// The test of a filter's declaration alone, for those that are not meant to have a result.
#[macro_export]
macro_rules! declaration_tests {
    ($filter:ident) => {
        #[test]
        fn the_page_accepts_the_declaration() {
            $crate::declaration::check::<$filter>();
        }
    };
}
