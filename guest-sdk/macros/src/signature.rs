//! A function of an interface, read from a Rust signature.

use portcullis_abi::limits;
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{FnArg, GenericArgument, Pat, PathArguments};

use crate::names;
use crate::types::{self, Class, Direction, Return, Type};

/// One parameter.
pub struct Parameter {
    /// What it is called in Rust; for `self`, a name that nothing else has.
    pub ident: Ident,
    /// What it is called in the signature, in kebab-case.
    pub name: String,
    /// What it is.
    pub kind: Type,
}

/// One function.
pub struct Function {
    /// The name in the interface, in kebab-case.
    pub name: String,
    pub parameters: Vec<Parameter>,
    pub returned: Return,
}

impl Function {
    /// Reads a signature. `given_name` is what `#[name]` said, `class` what `Self` is.
    pub fn read(
        signature: &syn::Signature,
        given_name: Option<String>,
        class: Option<&syn::Type>,
        direction: Direction,
    ) -> syn::Result<Function> {
        refuse_qualifiers(signature)?;
        if signature.inputs.len() > limits::PARAMETERS {
            let message = format!("a function has at most {} parameters", limits::PARAMETERS);
            return Err(syn::Error::new_spanned(&signature.inputs, message));
        }
        let name = match given_name {
            Some(name) => name,
            None => names::kebab_from_snake(&signature.ident)?,
        };
        let parameters = signature
            .inputs
            .iter()
            .map(|input| read_parameter(input, class, direction))
            .collect::<syn::Result<_>>()?;
        let mut output = signature.output.clone();
        if let (syn::ReturnType::Type(_, written), Some(class)) = (&mut output, class) {
            replace_self(written, class);
        }
        Ok(Function {
            name,
            parameters,
            returned: types::returned(&output, direction)?,
        })
    }

    /// Whether a parameter or result is a handle of the class with this name.
    pub fn mentions(&self, name: &Ident) -> bool {
        let results: Vec<&Type> = match &self.returned {
            Return::Nothing => Vec::new(),
            Return::Values(values) => values.members().iter().collect(),
            Return::Result { ok, error } => ok.members().iter().chain(error).collect(),
        };
        self.parameters
            .iter()
            .map(|parameter| &parameter.kind)
            .chain(results)
            .any(|kind| match kind {
                Type::Borrow {
                    class: Class(mentioned),
                    ..
                }
                | Type::Own(Class(mentioned))
                | Type::OptionOwn(Class(mentioned)) => {
                    matches!(&**mentioned, syn::Type::Path(path) if path.path.is_ident(name))
                }
                _ => false,
            })
    }
}

/// Whatever a function can be in Rust and not in an interface.
fn refuse_qualifiers(signature: &syn::Signature) -> syn::Result<()> {
    fn refuse(what: &dyn ToTokens, message: &str) -> syn::Result<()> {
        Err(syn::Error::new_spanned(what.to_token_stream(), message))
    }
    if let Some(keyword) = &signature.asyncness {
        return refuse(
            keyword,
            "calls between plugins are synchronous: remove `async`",
        );
    }
    if let Some(keyword) = &signature.unsafety {
        return refuse(
            keyword,
            "a caller in another process cannot promise anything: remove `unsafe`",
        );
    }
    if let Some(abi) = &signature.abi {
        return refuse(
            abi,
            "the macro chooses the calling convention: remove `extern`",
        );
    }
    if !signature.generics.params.is_empty() {
        return refuse(
            &signature.generics,
            "a function of an interface has no type or lifetime parameters: write plain types, and references without names",
        );
    }
    if let Some(variadic) = &signature.variadic {
        return refuse(
            variadic,
            "a function of an interface has a fixed number of parameters",
        );
    }
    Ok(())
}

fn read_parameter(
    input: &FnArg,
    class: Option<&syn::Type>,
    direction: Direction,
) -> syn::Result<Parameter> {
    match input {
        FnArg::Receiver(receiver) => {
            let Some(class) = class else {
                return Err(syn::Error::new_spanned(
                    receiver,
                    "methods stand in an `impl` block or trait",
                ));
            };
            let by_reference = receiver.reference.is_some() && receiver.colon_token.is_none();
            if !by_reference || receiver.mutability.is_some() {
                return Err(syn::Error::new_spanned(
                    receiver,
                    "a method takes `&self`: others hold the object too, and calls can come back in, so there is no `&mut \
                     self` (use Cell or RefCell inside); to take an object over, take Own<Self> as an ordinary parameter",
                ));
            }
            // A type with the receiver's place in the source, so that errors point there.
            let mut class = class.clone();
            respan(&mut class, receiver.self_token.span);
            Ok(Parameter {
                ident: Ident::new("self", receiver.self_token.span),
                name: "self".to_owned(),
                kind: Type::Borrow {
                    class: Class(Box::new(class)),
                    of_own: false,
                },
            })
        }
        FnArg::Typed(typed) => {
            let Pat::Ident(pattern) = &*typed.pat else {
                return Err(syn::Error::new_spanned(
                    &typed.pat,
                    "a parameter needs a name, which becomes part of the signature; take it apart inside of the function",
                ));
            };
            let mut written = (*typed.ty).clone();
            if let Some(class) = class {
                replace_self(&mut written, class);
            }
            Ok(Parameter {
                ident: pattern.ident.clone(),
                name: names::kebab_from_snake(&pattern.ident)?,
                kind: types::parameter(&written, direction)?,
            })
        }
    }
}

/// Writes `class` for `Self`, in the places where a supported type can have it.
fn replace_self(written: &mut syn::Type, class: &syn::Type) {
    match written {
        syn::Type::Path(path) if path.qself.is_none() && path.path.is_ident("Self") => {
            let span = path.span();
            *written = class.clone();
            respan(written, span);
        }
        syn::Type::Path(path) => {
            for segment in &mut path.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                    for argument in &mut arguments.args {
                        if let GenericArgument::Type(argument) = argument {
                            replace_self(argument, class);
                        }
                    }
                }
            }
        }
        syn::Type::Reference(reference) => replace_self(&mut reference.elem, class),
        syn::Type::Tuple(tuple) => tuple
            .elems
            .iter_mut()
            .for_each(|member| replace_self(member, class)),
        syn::Type::Paren(paren) => replace_self(&mut paren.elem, class),
        syn::Type::Group(group) => replace_self(&mut group.elem, class),
        _ => {}
    }
}

/// Makes errors about this type point to `span`.
fn respan(written: &mut syn::Type, span: Span) {
    if let syn::Type::Path(path) = written {
        for segment in &mut path.path.segments {
            segment
                .ident
                .set_span(segment.ident.span().located_at(span));
        }
    }
}
