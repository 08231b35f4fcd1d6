//! `paint-filter` for filters that are linked into one module: what makes each of them a plugin is left out, for exports of
//! the same name can be in a module only once.

#![forbid(unsafe_code)]

pub use paint_filter::*;

/// Makes nothing of a filter; whoever links it names it.
#[macro_export]
macro_rules! filter {
    ($($tokens:tt)*) => {};
}
