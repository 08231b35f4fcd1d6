//! Classes: what kind of object a handle is a handle of.

use super::{Arrived, Handle};

/// A class of objects. Implemented by [`#[import]`](macro@crate::import) on a trait and by
/// [`#[class]`](macro@crate::class) on a struct, and by nothing else.
///
/// # Safety
///
/// `NUMBER` must be the number of `NAME`, and no second type with the same name may have another `Arrived`: a badge
/// of that number is taken for a pointer to what `Arrived` says.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a class",
    label = "neither a trait with `#[import]` nor a struct with `#[class]`",
    note = "what can be passed: bool, u8 … i64, f32, f64, char, &str, String, &[scalar], Vec<scalar>, Error, \
            and for a class C: &C, Own<C>, Option<Own<C>>"
)]
pub unsafe trait Class: Sized + 'static {
    /// The full name: `paint/canvas@1.canvas`.
    const NAME: &'static str;
    /// This plugin's number of it in system calls.
    const NUMBER: u32;
    /// What an [`Own`](crate::Own) of it holds.
    #[doc(hidden)]
    type Handle: Handle;
    /// What a borrow of it is for as long as an export's call lasts.
    #[doc(hidden)]
    type Arrived: Arrived<Self>;
}

/// A class whose objects this plugin mints: a struct with [`#[class]`](macro@crate::class).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not minted by this plugin",
    label = "only the plugin that mints a class can look inside its objects",
    note = "a struct with `#[class(\"namespace/name@1\")]` is a class that this plugin mints"
)]
pub trait Minted: Class {}

/// A class whose objects other processes mint: a trait with [`#[import]`](macro@crate::import).
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an imported class",
    label = "not a trait with `#[import]`",
    note = "an object that this plugin mints itself is lent by its handle, `&Own<{Self}>`"
)]
pub trait Imported: Class<Handle = Self> + Handle {
    /// The class's name, where a plain reference is lent.
    const LENT: &'static str = Self::NAME;
}
