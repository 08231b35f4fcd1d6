//! `#[export]`: a function, or the functions of an `impl` block, get an export of the module each.

use portcullis_abi::{limits, names::POST_RETURN_PREFIX};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{ImplItem, Item, ItemFn, ItemImpl, Path};

use crate::arguments::Arguments;
use crate::code::{core_type, lift, load, local, lower, numbered, store};
use crate::errors::Errors;
use crate::layout::{self, Layout, ResultLayout};
use crate::names;
use crate::record::Records;
use crate::signature::Function;
use crate::types::{Direction, Return, Type, Values};

/// What `#[export]` can stand before.
pub enum Exported {
    Function(ItemFn),
    Block(ItemImpl),
}

impl Parse for Exported {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        match input.parse()? {
            Item::Fn(function) => Ok(Exported::Function(function)),
            Item::Impl(block) => Ok(Exported::Block(block)),
            other => Err(syn::Error::new_spanned(
                other,
                "functions and `impl` blocks can be exported",
            )),
        }
    }
}

impl ToTokens for Exported {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Exported::Function(function) => function.to_tokens(tokens),
            Exported::Block(block) => block.to_tokens(tokens),
        }
    }
}

/// Expands `#[export(arguments)] item`.
pub fn expand(arguments: &Arguments, mut item: Exported) -> syn::Result<TokenStream> {
    let Arguments {
        interface,
        class,
        guest,
    } = arguments;
    if class.is_some() {
        return Err(syn::Error::new(
            Span::call_site(),
            "functions are exported from an interface; the class is named where the struct is, with #[class]",
        ));
    }
    let exports = match &mut item {
        Exported::Function(function) => expand_function(guest, interface, function),
        Exported::Block(block) => expand_block(guest, interface, block),
    };
    // The item without the attributes that only this macro knows.
    let exports = exports.unwrap_or_else(|error| error.to_compile_error());
    Ok(quote!(#item #exports))
}

/// A free function.
fn expand_function(guest: &Path, interface: &str, item: &mut ItemFn) -> syn::Result<TokenStream> {
    let given_name = names::take_name(&mut item.attrs)?;
    let function = Function::read(&item.sig, given_name, None, Direction::Export)?;
    let ident = &item.sig.ident;
    let mut records = Records::new(guest, interface, Direction::Export);
    let export = export(&mut records, &function, &quote!(#ident), &item.attrs);
    let records = records.finish();
    Ok(quote!(#records #export))
}

/// All functions of a block.
fn expand_block(guest: &Path, interface: &str, item: &mut ItemImpl) -> syn::Result<TokenStream> {
    if !item.generics.params.is_empty() {
        return Err(syn::Error::new_spanned(
            &item.generics,
            "the functions of an interface have no type or lifetime parameters",
        ));
    }
    let this = &*item.self_ty;
    let path = match &item.trait_ {
        Some((_, implemented, _)) => quote!(<#this as #implemented>),
        None => quote!(<#this>),
    };
    let mut exports = TokenStream::new();
    let mut records = Records::new(guest, interface, Direction::Export);
    let mut errors = Errors::default();
    for part in &mut item.items {
        let ImplItem::Fn(method) = part else { continue };
        let read = names::take_name(&mut method.attrs).and_then(|given_name| {
            Function::read(&method.sig, given_name, Some(this), Direction::Export)
        });
        if let Some(function) = errors.note(read) {
            let ident = &method.sig.ident;
            exports.extend(export(
                &mut records,
                &function,
                &quote!(#path::#ident),
                &method.attrs,
            ));
        }
    }
    errors.finish()?;
    exports.extend(records.finish());
    Ok(exports)
}

/// The export and, where the result owns memory, the function that frees it. The record goes to the others, unless the
/// function stands under a condition.
fn export(
    records: &mut Records,
    function: &Function,
    callee: &TokenStream,
    attributes: &[syn::Attribute],
) -> TokenStream {
    let (guest, interface) = (records.guest, records.interface);
    let conditions = names::conditions(attributes);
    let record = records.push_function_under(&conditions, function);
    let name = format!("{interface}#{}", function.name);
    let post_name = format!("{POST_RETURN_PREFIX}{name}");

    let Received {
        core_parameters,
        prepare,
        arguments,
    } = receive(guest, function);
    let result = local("result");
    let Returned {
        core_result,
        give,
        post,
    } = give_back(guest, &function.returned, &result);
    let post = post.map(|drop_given| {
        quote! {
            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = #post_name)]
            unsafe extern "C" fn __portcullis_post_return(address: i32) {
                unsafe { #drop_given(address) }
            }
        }
    });
    // The arguments are gone before the result is put where the kernel reads it: dropping them may run other code.
    quote! {
        #(#conditions)*
        const _: () = {
            #record

            // The host has no exports; there, this is why the function is not unused.
            #[cfg(not(target_arch = "wasm32"))]
            let _ = #callee;

            #[cfg(target_arch = "wasm32")]
            #[unsafe(export_name = #name)]
            unsafe extern "C" fn __portcullis_export(#(#core_parameters),*) #core_result {
                let #result = {
                    #prepare
                    #callee(#(#arguments),*)
                };
                #give
            }

            #post
        };
    }
}

/// How the parameters of an export are received.
struct Received {
    /// `name: type` of the core function.
    core_parameters: Vec<TokenStream>,
    /// Statements before the call.
    prepare: TokenStream,
    /// What the function is called with.
    arguments: Vec<TokenStream>,
}

fn receive(guest: &Path, function: &Function) -> Received {
    let kinds: Vec<Type> = function
        .parameters
        .iter()
        .map(|parameter| parameter.kind.clone())
        .collect();
    let cells: Vec<_> = kinds.iter().map(layout::cells).collect();
    let flat = cells.iter().map(Vec::len).sum::<usize>() <= limits::FLAT_PARAMETERS;

    let (mut core_parameters, mut prepare) = (Vec::new(), TokenStream::new());
    let core: Vec<Vec<TokenStream>> = if flat {
        let mut names = (0..).map(|number| numbered("core", number));
        cells
            .iter()
            .map(|cells| {
                cells
                    .iter()
                    .zip(&mut names)
                    .map(|(cell, name)| {
                        let core = core_type(cell.core());
                        core_parameters.push(quote!(#name: #core));
                        quote!(#name)
                    })
                    .collect()
            })
            .collect()
    } else {
        let (address, area) = (local("address"), local("area"));
        let Layout {
            places,
            size,
            alignment,
        } = layout::row(&kinds, 0);
        core_parameters.push(quote!(#address: i32));
        prepare.extend(
            quote!(let #area = unsafe { #guest::abi::arguments::<#size, #alignment>(#address) };),
        );
        places.iter().map(|places| load(places, &area)).collect()
    };

    let mut arguments = Vec::new();
    for (number, (kind, core)) in kinds.iter().zip(&core).enumerate() {
        let (argument, arrived) = (numbered("argument", number), numbered("arrived", number));
        match kind {
            Type::Borrow { class, .. } => {
                let (class, word) = (&class.0, &core[0]);
                prepare.extend(quote! {
                    let #arrived = unsafe {
                        <<#class as #guest::Class>::Arrived as #guest::abi::Arrived<#class>>::arrive(#word)
                    };
                    let #argument = #guest::abi::Arrived::<#class>::reference(&#arrived);
                });
                arguments.push(quote!(&#argument));
            }
            _ => {
                let value = lift(kind, core, guest);
                prepare.extend(quote!(let #argument = #value;));
                let by_reference = matches!(
                    kind,
                    Type::String { reference: true }
                        | Type::List {
                            reference: true,
                            ..
                        }
                );
                arguments.push(if by_reference {
                    quote!(&#argument)
                } else {
                    quote!(#argument)
                });
            }
        }
    }
    Received {
        core_parameters,
        prepare,
        arguments,
    }
}

/// How the result of an export is given back.
struct Returned {
    /// `-> type` of the core function.
    core_result: TokenStream,
    /// Statements after the call; the last is the core result.
    give: TokenStream,
    /// The function that frees what the result owns, if it owns something.
    post: Option<TokenStream>,
}

fn give_back(guest: &Path, returned: &Return, result: &Ident) -> Returned {
    let layout = layout::result(returned);
    match (&layout, returned) {
        (ResultLayout::Nothing, _) => Returned {
            core_result: TokenStream::new(),
            give: quote!(#result),
            post: None,
        },
        (ResultLayout::Direct(core), Return::Result { .. }) => {
            let core = core_type(*core);
            Returned {
                core_result: quote!(-> #core),
                give: quote!(#result.is_err() as i32),
                post: None,
            }
        }
        (ResultLayout::Direct(core), Return::Values(values)) => {
            let core = core_type(*core);
            let mut keeps = Keeps::default();
            let (pattern, lowered) = take_apart(values, "value", guest, &mut keeps);
            let value = lowered.into_iter().flatten();
            Returned {
                core_result: quote!(-> #core),
                give: quote!(let #pattern = #result; #(#value)*),
                post: None,
            }
        }
        (ResultLayout::Row(row), Return::Values(values)) => {
            let area = local("area");
            let mut keeps = Keeps::default();
            let (pattern, lowered) = take_apart(values, "value", guest, &mut keeps);
            let stores = row
                .places
                .iter()
                .zip(&lowered)
                .map(|(places, core)| store(places, core, &area));
            let fills = keeps.fills(0..);
            let fill = quote! {
                let #pattern = #result;
                #(#stores)*
                #fills
            };
            in_area(guest, row.size, &fill, &keeps)
        }
        (
            ResultLayout::Variant {
                ok: ok_row,
                error: error_row,
                size,
            },
            Return::Result { ok, error },
        ) => {
            let area = local("area");
            let mut keeps = Keeps::default();
            let (ok_pattern, ok_lowered) = take_apart(ok, "value", guest, &mut keeps);
            let ok_fills = keeps.fills(0..);
            let ok_keeps = keeps.kept.len();
            let error = error.clone().map_or(Values::None, Values::One);
            let (error_pattern, error_lowered) = take_apart(&error, "error", guest, &mut keeps);
            let error_fills = keeps.fills(ok_keeps..);
            let ok_stores = ok_row
                .places
                .iter()
                .zip(&ok_lowered)
                .map(|(places, core)| store(places, core, &area));
            let error_stores = error_row
                .places
                .iter()
                .zip(&error_lowered)
                .map(|(places, core)| store(places, core, &area));
            let fill = quote! {
                match #result {
                    Ok(#ok_pattern) => {
                        #(#ok_stores)*
                        #ok_fills
                    }
                    Err(#error_pattern) => {
                        #area.store_u8(0, 1);
                        #(#error_stores)*
                        #error_fills
                    }
                }
            };
            in_area(guest, *size, &fill, &keeps)
        }
        (ResultLayout::Row(_), _)
        | (ResultLayout::Variant { .. }, _)
        | (ResultLayout::Direct(_), Return::Nothing) => {
            unreachable!("the layout is the result's")
        }
    }
}

/// The parts of a result that own memory which the kernel still has to read: for each its name and type.
#[derive(Default)]
struct Keeps {
    kept: Vec<(Ident, TokenStream)>,
}

impl Keeps {
    /// The place for a part, which is empty on the side of a `result` that the part is not on.
    fn place(number: usize) -> Ident {
        numbered("keep", number)
    }

    /// Statements that move parts to their places.
    fn fills(&self, range: std::ops::RangeFrom<usize>) -> TokenStream {
        let fills = self
            .kept
            .iter()
            .enumerate()
            .skip(range.start)
            .map(|(number, (value, _))| {
                let place = Keeps::place(number);
                quote!(#place = Some(#value);)
            });
        quote!(#(#fills)*)
    }
}

/// A pattern that takes values apart, and their core values. Handles are given away as they are lowered.
fn take_apart(
    values: &Values,
    name: &str,
    guest: &Path,
    keeps: &mut Keeps,
) -> (TokenStream, Vec<Vec<TokenStream>>) {
    let (mut names, mut lowered) = (Vec::new(), Vec::new());
    for (number, member) in values.members().iter().enumerate() {
        let value = numbered(name, number);
        lowered.push(match member {
            Type::Own(_) => vec![quote!(#guest::abi::give_own(#value))],
            Type::OptionOwn(_) => {
                vec![
                    quote!(#value.is_some() as i32),
                    quote!(#value.map_or(0, #guest::abi::give_own)),
                ]
            }
            other => lower(other, &value.to_token_stream(), guest),
        });
        match member {
            Type::String { reference: false } => {
                keeps
                    .kept
                    .push((value.clone(), quote!(::std::string::String)));
            }
            Type::List {
                reference: false,
                written,
                ..
            } => {
                keeps
                    .kept
                    .push((value.clone(), quote!(::std::vec::Vec<#written>)));
            }
            _ => {}
        }
        names.push(value);
    }
    let pattern = match values {
        Values::None => quote!(()),
        Values::One(_) => quote!(#(#names)*),
        Values::Tuple(_) => quote!((#(#names,)*)),
    };
    (pattern, lowered)
}

/// A result that lies in memory: `fill` fills the area and the places of what is kept.
fn in_area(guest: &Path, size: usize, fill: &TokenStream, keeps: &Keeps) -> Returned {
    let area = local("area");
    let mut give = quote!(let mut #area = #guest::abi::Area::<#size>::new(););
    let mut post = None;
    if keeps.kept.is_empty() {
        give.extend(quote!(#fill #guest::abi::give_plain(&#area)));
    } else {
        let types = keeps
            .kept
            .iter()
            .map(|(_, kind)| quote!(::core::option::Option<#kind>));
        let types = quote!((#(#types,)*));
        let places: Vec<Ident> = (0..keeps.kept.len()).map(Keeps::place).collect();
        give.extend(quote! {
            #(let mut #places = None;)*
            #fill
            #guest::abi::give::<#size, #types>(#area, (#(#places,)*))
        });
        post = Some(quote!(#guest::abi::drop_given::<#size, #types>));
    }
    Returned {
        core_result: quote!(-> i32),
        give,
        post,
    }
}
