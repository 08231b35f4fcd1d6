//! The attribute macros of `portcullis-guest`, which documents them with examples and re-exports them.
//!
//! A macro reads a function's signature into the ABI's types (`types`, `signature`), writes its metadata record
//! (`record`), and generates the function between Rust and core WebAssembly (`import`, `export`), which moves values
//! with the expressions of `code` to the places that `layout` computes. All names in generated code are absolute paths
//! below one crate path (`arguments`).

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod arguments;
mod class;
mod code;
mod errors;
mod export;
mod import;
mod layout;
mod names;
mod record;
mod signature;
mod types;

use proc_macro::TokenStream;

use arguments::Arguments;

/// Imports an interface: turns a trait into a type with the trait's functions.
///
/// `#[import("paint/canvas@1")] trait Canvas { … }` becomes a struct `Canvas` with one associated function for each
/// function of the trait. A function that is declared with `-> T` returns `Result<T, Error>`; one that is declared
/// with `-> Result<T, E>` returns `Result<T, CallError<E>>`, or `Result<T, Error>` where `E` is `Error`.
///
/// The struct also stands for the class of the trait's name, here `paint/canvas@1.canvas`: `&self` is a borrow of
/// it, `Own<Canvas>` an owned handle. `#[import("paint/canvas@1.sheet")]` gives the class another name. Several
/// traits can import from one interface.
///
/// `#[name("other-name")]` before a function gives its name in the interface. After the interface,
/// `crate = some::path` says where to find `portcullis_guest`, for macros that use this one.
#[proc_macro_attribute]
pub fn import(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(arguments, item, import::expand, Stays::No)
}

/// Exports a function, or all functions of an `impl` block, as functions of an interface.
///
/// The item stays as it is. Before a trait's `impl` block, the functions that are written in it are exported.
/// Methods take `&self`, which is a borrow of an object that this plugin minted (see `#[class]`).
///
/// `#[name("other-name")]` before a function gives its name in the interface. After the interface,
/// `crate = some::path` says where to find `portcullis_guest`, for macros that use this one.
#[proc_macro_attribute]
pub fn export(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(arguments, item, export::expand, Stays::Yes)
}

/// Makes a struct or an enum a class whose objects this plugin mints.
///
/// `#[class("demo/vector@1")] struct Vector { … }` is the class `demo/vector@1.vector`;
/// `#[class("demo/vector@1.arrow")]` gives it another name. `Own::new(Vector { … })` mints an object. It is dropped
/// when the last reference to it is gone, in whatever process.
///
/// After the class, `crate = some::path` says where to find `portcullis_guest`, for macros that use this one.
#[proc_macro_attribute]
pub fn class(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(arguments, item, class::expand, Stays::Yes)
}

/// Parses what a macro was given, and turns errors into compile errors where they belong. The item is there after an
/// error too, if the macro would have left it as it is, so that no further errors come from its absence.
fn expand<T: syn::parse::Parse>(
    arguments: TokenStream,
    item: TokenStream,
    expand: impl FnOnce(&Arguments, T) -> syn::Result<proc_macro2::TokenStream>,
    stays: Stays,
) -> TokenStream {
    syn::parse(arguments)
        .and_then(|arguments| expand(&arguments, syn::parse(item.clone())?))
        .map(TokenStream::from)
        .unwrap_or_else(|error| {
            let mut tokens = TokenStream::from(error.to_compile_error());
            if let Stays::Yes = stays {
                tokens.extend(item);
            }
            tokens
        })
}

/// Whether a macro leaves the item as it is.
enum Stays {
    Yes,
    No,
}
