//! Expressions that turn values into core values and back.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Path;

use crate::layout::{Cell, Core, Placed};
use crate::types::{Scalar, Type};

/// A name of a variable that nobody's own variables can meet. Functions are found by the names of all others, so
/// theirs begin with `__portcullis`.
pub fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// A numbered local name.
pub fn numbered(name: &str, number: usize) -> Ident {
    local(&format!("{name}_{number}"))
}

/// A core type, in Rust.
pub fn core_type(core: Core) -> TokenStream {
    match core {
        Core::I32 => quote!(i32),
        Core::I64 => quote!(i64),
        Core::F32 => quote!(f32),
        Core::F64 => quote!(f64),
    }
}

/// The core values of a value that stays where it is: `value` is a place that holds a parameter of an import, or a
/// part of a result that is neither a handle nor dropped before the kernel has read it.
pub fn lower(kind: &Type, value: &TokenStream, guest: &Path) -> Vec<TokenStream> {
    match kind {
        Type::Scalar(Scalar::F32 | Scalar::F64) => vec![quote!(#value)],
        Type::Scalar(Scalar::U64 | Scalar::S64) => vec![quote!(#value as i64)],
        Type::Scalar(_) => vec![quote!(#value as i32)],
        Type::Error => vec![quote!(#value.number() as i32)],
        Type::String { .. } => vec![
            quote!(#guest::abi::address_of(#value.as_bytes())),
            quote!(#guest::abi::length_of(#value.as_bytes())),
        ],
        Type::List { .. } => {
            vec![
                quote!(#guest::abi::address_of(&#value[..])),
                quote!(#guest::abi::length_of(&#value[..])),
            ]
        }
        Type::Borrow { of_own: false, .. } => vec![quote!(#guest::abi::borrow_number(#value))],
        Type::Borrow { of_own: true, .. } => vec![quote!(#guest::abi::own_number(#value))],
        Type::Own(_) => vec![quote!(#guest::abi::own_number(&#value))],
        Type::OptionOwn(_) => vec![
            quote!(#value.is_some() as i32),
            quote!(#value.as_ref().map_or(0, #guest::abi::own_number)),
        ],
    }
}

/// A value from its core values. Not for borrows, which need a place to live in ([`crate::export`]).
///
/// The generated `unsafe` is justified where it is used: the core values are what the kernel passed for this very
/// type, and each is lifted once.
pub fn lift(kind: &Type, core: &[TokenStream], guest: &Path) -> TokenStream {
    let first = &core[0];
    match kind {
        Type::Scalar(scalar) => match scalar {
            Scalar::Bool => quote!((#first != 0)),
            Scalar::Char => quote!(#guest::abi::char_from(#first)),
            Scalar::F32 | Scalar::F64 => quote!(#first),
            Scalar::U8 => quote!((#first as u8)),
            Scalar::S8 => quote!((#first as i8)),
            Scalar::U16 => quote!((#first as u16)),
            Scalar::S16 => quote!((#first as i16)),
            Scalar::U32 => quote!((#first as u32)),
            Scalar::S32 => quote!((#first as i32)),
            Scalar::U64 => quote!((#first as u64)),
            Scalar::S64 => quote!((#first as i64)),
        },
        Type::Error => quote!(#guest::Error::from_number(#first as u32)),
        Type::String { .. } => {
            let length = &core[1];
            quote!(unsafe { #guest::abi::string(#first, #length) })
        }
        Type::List { written, .. } => {
            let length = &core[1];
            quote!(unsafe { #guest::abi::list::<#written>(#first, #length) })
        }
        Type::Own(class) => {
            let class = &class.0;
            quote!(#guest::abi::own::<#class>(#first))
        }
        Type::OptionOwn(class) => {
            let (class, number) = (&class.0, &core[1]);
            quote!((if #first == 0 { None } else { Some(#guest::abi::own::<#class>(#number)) }))
        }
        Type::Borrow { .. } => unreachable!("borrows are lifted where they live"),
    }
}

/// The core values at these places of an area.
pub fn load(places: &Placed, area: &Ident) -> Vec<TokenStream> {
    places
        .iter()
        .map(|(offset, cell)| {
            let accessor = accessor("load", *cell);
            quote!(#area.#accessor(#offset))
        })
        .collect()
}

/// Statements that store core values at these places of an area.
pub fn store(places: &Placed, core: &[TokenStream], area: &Ident) -> TokenStream {
    let statements = places.iter().zip(core).map(|((offset, cell), value)| {
        let accessor = accessor("store", *cell);
        quote!(#area.#accessor(#offset, #value);)
    });
    quote!(#(#statements)*)
}

/// The method of `Area` for this cell.
fn accessor(verb: &str, cell: Cell) -> Ident {
    let suffix = match cell {
        Cell::U8 => "u8",
        Cell::S8 => "s8",
        Cell::U16 => "u16",
        Cell::S16 => "s16",
        Cell::Word => "32",
        Cell::Double => "64",
        Cell::F32 => "f32",
        Cell::F64 => "f64",
    };
    local(&format!("{verb}_{suffix}"))
}
