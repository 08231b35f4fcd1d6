//! `#[import]`: a trait becomes a type whose functions call the kernel's translators.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Attribute, ItemTrait, Path, TraitItem, TraitItemFn, parse_quote};

use portcullis_abi::{class_number, limits};

use crate::arguments::Arguments;
use crate::code::{core_type, lift, load, local, lower, store};
use crate::errors::Errors;
use crate::layout::{self, ResultLayout};
use crate::names;
use crate::record::Records;
use crate::signature::Function;
use crate::types::{Direction, Return, Type, Values};

/// Expands `#[import(arguments)] trait item`.
pub fn expand(arguments: &Arguments, mut item: ItemTrait) -> syn::Result<TokenStream> {
    refuse_more_than_functions(&item)?;
    let Arguments {
        interface,
        class,
        guest,
    } = arguments;
    let (ident, visibility, attributes) = (&item.ident, &item.vis, &item.attrs);
    let class = match class {
        Some(class) => class.clone(),
        None => names::kebab_from_camel(ident)?,
    };

    let mut functions = Vec::new();
    let mut records = Records::new(guest, interface, Direction::Import);
    let mut separate_records = TokenStream::new();
    // A trait without functions is there for its class.
    let mut class_is_used = item.items.is_empty();
    let mut errors = Errors::default();
    for part in &mut item.items {
        let TraitItem::Fn(function) = part else {
            return Err(syn::Error::new_spanned(
                part,
                "an imported interface has functions only",
            ));
        };
        let expanded = expand_function(guest, interface, visibility, function, ident);
        let Some(Expanded {
            code,
            function,
            conditions,
        }) = errors.note(expanded)
        else {
            continue;
        };
        functions.push(code);
        class_is_used |= function.mentions(ident);
        separate_records.extend(records.push_function_under(&conditions, &function));
    }
    errors.finish()?;

    let full_name = format!("{interface}.{class}");
    let number = class_number(&full_name);
    if class_is_used {
        records.push_resource(&class, number);
    }
    let records = records.finish();
    Ok(quote! {
        #(#attributes)*
        #[repr(transparent)]
        #[allow(dead_code)]
        #visibility struct #ident(#guest::abi::Capability);

        #[allow(dead_code, clippy::too_many_arguments)]
        impl #ident {
            #(#functions)*
        }

        const _: () = {
            impl #guest::abi::Handle for #ident {
                #[inline]
                fn new(capability: #guest::abi::Capability) -> Self {
                    Self(capability)
                }

                #[inline]
                fn capability(&self) -> &#guest::abi::Capability {
                    &self.0
                }
            }

            unsafe impl #guest::Class for #ident {
                const NAME: &'static str = #full_name;
                const NUMBER: u32 = #number;
                type Handle = Self;
                type Arrived = #guest::abi::Lent<Self>;
            }

            impl #guest::abi::Imported for #ident {}
        };
        #records
        #separate_records
    })
}

/// Whatever a trait can have and an interface has not.
fn refuse_more_than_functions(item: &ItemTrait) -> syn::Result<()> {
    if !item.generics.params.is_empty() {
        return Err(syn::Error::new_spanned(
            &item.generics,
            "an imported interface has no parameters",
        ));
    }
    if !item.supertraits.is_empty() {
        return Err(syn::Error::new_spanned(
            &item.supertraits,
            "an imported interface stands alone: remove the supertraits",
        ));
    }
    if let Some(keyword) = &item.unsafety {
        return Err(syn::Error::new_spanned(
            keyword,
            "whatever an import does, it cannot harm this plugin: remove `unsafe`",
        ));
    }
    Ok(())
}

/// What comes of one function of the trait.
struct Expanded {
    code: TokenStream,
    function: Function,
    /// The `#[cfg]`s that it stands under, and its record with it.
    conditions: Vec<Attribute>,
}

/// One function.
fn expand_function(
    guest: &Path,
    interface: &str,
    visibility: &syn::Visibility,
    item: &mut TraitItemFn,
    trait_name: &Ident,
) -> syn::Result<Expanded> {
    if let Some(body) = &item.default {
        return Err(syn::Error::new_spanned(
            body,
            "the body of an imported function is in another process: end it with `;`",
        ));
    }
    let given_name = names::take_name(&mut item.attrs)?;
    let this: syn::Type = parse_quote!(#trait_name);
    let function = Function::read(&item.sig, given_name, Some(&this), Direction::Import)?;

    let attributes = &item.attrs;
    let conditions = names::conditions(attributes);
    let (ident, inputs) = (&item.sig.ident, &item.sig.inputs);
    let names: Vec<_> = function
        .parameters
        .iter()
        .map(|parameter| &parameter.ident)
        .collect();
    let returned = rust_result(guest, &item.sig.output, &function.returned);
    let body = body(guest, interface, &function);
    // What is wrong with the function as a whole is shown at its name.
    let head = quote_spanned! {Span::call_site().located_at(ident.span())=>
        #visibility fn #ident(#inputs) -> #returned
    };
    let code = quote! {
        #(#attributes)*
        #head {
            #[cfg(target_arch = "wasm32")]
            {
                #body
            }
            #[cfg(not(target_arch = "wasm32"))]
            {
                #(let _ = &#names;)*
                #guest::abi::absent()
            }
        }
    };
    Ok(Expanded {
        code,
        function,
        conditions,
    })
}

/// The type that the function returns in Rust: the kernel's errors added.
fn rust_result(guest: &Path, output: &syn::ReturnType, returned: &Return) -> TokenStream {
    let syn::ReturnType::Type(_, written) = output else {
        return quote!(::core::result::Result<(), #guest::Error>);
    };
    match (returned, &**written) {
        (Return::Result { .. }, syn::Type::Path(path)) => {
            let mut arguments = Vec::new();
            if let Some(segment) = path.path.segments.last()
                && let syn::PathArguments::AngleBracketed(bracketed) = &segment.arguments
            {
                arguments.extend(&bracketed.args);
            }
            let (ok, error) = (arguments.first(), arguments.get(1));
            if matches!(
                returned,
                Return::Result {
                    error: Some(Type::Error),
                    ..
                }
            ) {
                quote!(::core::result::Result<#ok, #guest::Error>)
            } else {
                quote!(::core::result::Result<#ok, #guest::CallError<#error>>)
            }
        }
        _ => quote!(::core::result::Result<#written, #guest::Error>),
    }
}

/// Lowers the parameters, calls, lifts the result.
fn body(guest: &Path, interface: &str, function: &Function) -> TokenStream {
    let (area, arguments) = (local("area"), local("arguments"));
    let kinds: Vec<Type> = function
        .parameters
        .iter()
        .map(|parameter| parameter.kind.clone())
        .collect();
    let lowered: Vec<Vec<TokenStream>> = function
        .parameters
        .iter()
        .map(|parameter| {
            let ident = &parameter.ident;
            lower(&parameter.kind, &quote!(#ident), guest)
        })
        .collect();

    // Parameters: core values, or the address of all of them in memory.
    let mut core_parameters: Vec<TokenStream> = kinds
        .iter()
        .flat_map(layout::cells)
        .map(|cell| core_type(cell.core()))
        .collect();
    let mut core_arguments: Vec<TokenStream> = lowered.iter().flatten().cloned().collect();
    let mut prepare = TokenStream::new();
    if core_parameters.len() > limits::FLAT_PARAMETERS {
        let layout = layout::row(&kinds, 0);
        let stores = layout
            .places
            .iter()
            .zip(&lowered)
            .map(|(places, core)| store(places, core, &arguments));
        let size = layout.size;
        prepare = quote! {
            let mut #arguments = #guest::abi::Area::<#size>::new();
            #(#stores)*
        };
        core_parameters = vec![quote!(i32)];
        core_arguments = vec![quote!(#arguments.address())];
    }

    // Results: one core value, or an area that the kernel fills.
    let layout = layout::result(&function.returned);
    let mut core_result = TokenStream::new();
    match &layout {
        ResultLayout::Nothing => {}
        ResultLayout::Direct(core) => {
            let core = core_type(*core);
            core_result = quote!(-> #core);
        }
        ResultLayout::Row(layout::Layout { size, .. }) | ResultLayout::Variant { size, .. } => {
            prepare.extend(quote!(let mut #area = #guest::abi::Area::<#size>::new();));
            core_parameters.push(quote!(i32));
            core_arguments.push(quote!(#area.address()));
        }
    }

    let (import, outcome) = (local("__portcullis_import"), local("outcome"));
    let settle = function.parameters.iter().map(|parameter| {
        let ident = &parameter.ident;
        match &parameter.kind {
            Type::Own(_) => quote!(#guest::abi::settle(#ident, &#outcome);),
            Type::OptionOwn(_) => {
                quote!(if let Some(own) = #ident { #guest::abi::settle(own, &#outcome); })
            }
            _ => TokenStream::new(),
        }
    });
    let (name, lifted) = (
        &function.name,
        lift_result(guest, &function.returned, &layout),
    );
    // The unsafe call is right because the kernel compares the import's core type with the record, and because what
    // the addresses point to lives until the call has returned.
    quote! {
        #[link(wasm_import_module = #interface)]
        unsafe extern "C" {
            #[link_name = #name]
            fn #import(#(_: #core_parameters),*) #core_result;
        }
        #prepare
        let #outcome = #guest::abi::call(|| unsafe { #import(#(#core_arguments),*) });
        #(#settle)*
        let #outcome = #outcome?;
        #lifted
    }
}

/// The value of the function, from `outcome` or `area`.
fn lift_result(guest: &Path, returned: &Return, layout: &ResultLayout) -> TokenStream {
    let (area, outcome) = (local("area"), local("outcome"));
    let values = |values: &Values, row: &layout::Layout| {
        let lifted: Vec<TokenStream> = values
            .members()
            .iter()
            .zip(&row.places)
            .map(|(member, places)| lift(member, &load(places, &area), guest))
            .collect();
        match values {
            Values::None => quote!(()),
            Values::One(_) => quote!(#(#lifted)*),
            Values::Tuple(_) => quote!((#(#lifted,)*)),
        }
    };
    match (layout, returned) {
        (ResultLayout::Nothing, _) => quote!(Ok(#outcome)),
        (ResultLayout::Direct(_), Return::Values(Values::One(one))) => {
            let value = lift(one, &[quote!(#outcome)], guest);
            quote!(Ok(#value))
        }
        (ResultLayout::Direct(_), Return::Values(tuple)) => {
            let value = tuple
                .members()
                .iter()
                .map(|member| lift(member, &[quote!(#outcome)], guest));
            quote!(Ok((#(#value,)*)))
        }
        (ResultLayout::Direct(_), _) => {
            quote!(if #outcome == 0 { Ok(()) } else { Err(#guest::CallError::Returned(())) })
        }
        (ResultLayout::Row(row), Return::Values(all)) => {
            let value = values(all, row);
            quote!(Ok(#value))
        }
        (
            ResultLayout::Variant {
                ok: ok_row,
                error: error_row,
                ..
            },
            Return::Result { ok, error },
        ) => {
            let ok = values(ok, ok_row);
            let error = match error {
                None => quote!(#guest::CallError::Returned(())),
                Some(error) => {
                    let value = lift(error, &load(&error_row.places[0], &area), guest);
                    if matches!(error, Type::Error) {
                        value
                    } else {
                        quote!(#guest::CallError::Returned(#value))
                    }
                }
            };
            quote!(if #area.load_u8(0) == 0 { Ok(#ok) } else { Err(#error) })
        }
        (ResultLayout::Row(_) | ResultLayout::Variant { .. }, _) => {
            unreachable!("the layout is the result's")
        }
    }
}
