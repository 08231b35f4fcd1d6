//! `#[class]`: a struct becomes a class whose objects this plugin mints.

use portcullis_abi::class_number;
use portcullis_abi::names::DESTRUCTOR_MARK;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Ident, Item};

use crate::arguments::Arguments;
use crate::names;
use crate::record::Records;
use crate::types::Direction;

/// Expands `#[class(arguments)] item`.
pub fn expand(arguments: &Arguments, item: Item) -> syn::Result<TokenStream> {
    let (ident, generics): (&Ident, &Generics) = match &item {
        Item::Struct(item) => (&item.ident, &item.generics),
        Item::Enum(item) => (&item.ident, &item.generics),
        other => {
            return Err(syn::Error::new_spanned(
                other,
                "a class is a struct or an enum; a class of another process is a trait with #[import]",
            ));
        }
    };
    if !generics.params.is_empty() {
        return Err(syn::Error::new_spanned(
            generics,
            "a class has no type or lifetime parameters: there is one name for it",
        ));
    }
    let Arguments {
        interface,
        class,
        guest,
    } = arguments;
    let class = match class {
        Some(class) => class.clone(),
        None => names::kebab_from_camel(ident)?,
    };
    let full_name = format!("{interface}.{class}");
    let number = class_number(&full_name);
    let destructor = format!("{interface}{DESTRUCTOR_MARK}{class}");
    let mut records = Records::new(guest, interface, Direction::Export);
    records.push_resource(&class, number);
    let records = records.finish();
    // `Class` is right because of the destructor's export: a second type with this name does not link.
    Ok(quote! {
        #item
        #records

        const _: () = {
            unsafe impl #guest::Class for #ident {
                const NAME: &'static str = #full_name;
                const NUMBER: u32 = #number;
                type Handle = #guest::abi::Capability;
                type Arrived = #guest::abi::Object<Self>;
            }

            impl #guest::Minted for #ident {}

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = #destructor)]
            unsafe extern "C" fn __portcullis_destructor(badge: i32) {
                unsafe { #guest::abi::destroy::<#ident>(badge as u32 as usize) }
            }
        };
    })
}
