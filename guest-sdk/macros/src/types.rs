//! The types of the ABI, read from Rust types by the way they are written.

use quote::ToTokens;
use syn::{GenericArgument, Path, PathArguments, PathSegment, ReturnType};

/// What can be an element of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    Bool,
    U8,
    S8,
    U16,
    S16,
    U32,
    S32,
    U64,
    S64,
    F32,
    F64,
    Char,
}

impl Scalar {
    /// The scalar that Rust calls this.
    fn from_rust(name: &str) -> Option<Scalar> {
        Some(match name {
            "bool" => Scalar::Bool,
            "u8" => Scalar::U8,
            "i8" => Scalar::S8,
            "u16" => Scalar::U16,
            "i16" => Scalar::S16,
            "u32" => Scalar::U32,
            "i32" => Scalar::S32,
            "u64" => Scalar::U64,
            "i64" => Scalar::S64,
            "f32" => Scalar::F32,
            "f64" => Scalar::F64,
            "char" => Scalar::Char,
            _ => return None,
        })
    }

    /// Its name in signatures.
    pub fn name(self) -> &'static str {
        match self {
            Scalar::Bool => "bool",
            Scalar::U8 => "u8",
            Scalar::S8 => "s8",
            Scalar::U16 => "u16",
            Scalar::S16 => "s16",
            Scalar::U32 => "u32",
            Scalar::S32 => "s32",
            Scalar::U64 => "u64",
            Scalar::S64 => "s64",
            Scalar::F32 => "f32",
            Scalar::F64 => "f64",
            Scalar::Char => "char",
        }
    }
}

/// A class, as it is written in Rust. Its full name is the compiler's to find.
#[derive(Clone)]
pub struct Class(pub Box<syn::Type>);

/// A type that can stand anywhere, apart from `borrow` and references, which the position decides.
#[derive(Clone)]
pub enum Type {
    Scalar(Scalar),
    /// `String`, or `&str`.
    String {
        reference: bool,
    },
    /// `Vec<T>`, or `&[T]`; the element also as it is written.
    List {
        element: Scalar,
        written: Box<syn::Type>,
        reference: bool,
    },
    /// `&C`, or `&Own<C>`, which is a borrow of a handle that the caller owns.
    Borrow {
        class: Class,
        of_own: bool,
    },
    Own(Class),
    OptionOwn(Class),
    Error,
}

/// What a function returns.
pub enum Return {
    Nothing,
    Values(Values),
    /// `Result<T, E>`; no error type for `()`.
    Result {
        ok: Values,
        error: Option<Type>,
    },
}

/// No value, one, or a tuple.
pub enum Values {
    None,
    One(Type),
    Tuple(Vec<Type>),
}

impl Values {
    /// The values in a row.
    pub fn members(&self) -> &[Type] {
        match self {
            Values::None => &[],
            Values::One(one) => std::slice::from_ref(one),
            Values::Tuple(members) => members,
        }
    }
}

/// Which way a function goes, and so who gives its parameters and takes its results.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Import,
    Export,
}

/// What is allowed, for messages.
const ALLOWED: &str = "\
the types of the ABI are
    bool, u8, i8, u16, i16, u32, i32, u64, i64, f32, f64, char, and Vec of those
    String, Error, and for a class C: Own<C>, Option<Own<C>>
    as parameters also &str, &[scalar], &C
    as results also tuples of them, and Result of them";

/// An error that says what is wrong and what to write instead.
fn wrong(written: impl ToTokens, problem: &str) -> syn::Error {
    syn::Error::new_spanned(written, problem)
}

/// An error where nobody can say what to write instead: it lists what there is.
fn unsupported(written: impl ToTokens, problem: &str) -> syn::Error {
    syn::Error::new_spanned(written, format!("{problem}\n\n{ALLOWED}"))
}

/// The type of a parameter.
pub fn parameter(written: &syn::Type, direction: Direction) -> syn::Result<Type> {
    let parsed = parse(written)?;
    if let Type::Borrow { of_own: true, .. } = parsed
        && direction == Direction::Export
    {
        return Err(syn::Error::new_spanned(
            written,
            "what arrives as a borrow is no owned handle: take `&C` instead of `&Own<C>`",
        ));
    }
    Ok(parsed)
}

/// What a function returns.
pub fn returned(written: &ReturnType, direction: Direction) -> syn::Result<Return> {
    let ReturnType::Type(_, written) = written else {
        return Ok(Return::Nothing);
    };
    let written = peel(written);
    if is_unit(written) {
        return Ok(Return::Nothing);
    }
    if let Some(segment) = last_segment(written)
        && segment.ident == "Result"
    {
        let [ok, error] = type_arguments(segment)[..] else {
            return Err(syn::Error::new_spanned(
                written,
                "write both types of the result: Result<T, E>, with () for none",
            ));
        };
        let ok = if is_unit(ok) {
            Values::None
        } else {
            values(ok, direction)?
        };
        let error = if is_unit(error) {
            None
        } else {
            Some(value(error, direction)?)
        };
        return Ok(Return::Result { ok, error });
    }
    values(written, direction).map(Return::Values)
}

/// One value, or a tuple.
fn values(written: &syn::Type, direction: Direction) -> syn::Result<Values> {
    match peel(written) {
        syn::Type::Tuple(tuple) => {
            let limit = portcullis_abi::limits::TUPLE_MEMBERS;
            if tuple.elems.len() > limit {
                return Err(syn::Error::new_spanned(
                    tuple,
                    format!("a tuple has at most {limit} members"),
                ));
            }
            tuple
                .elems
                .iter()
                .map(|member| value(member, direction))
                .collect::<syn::Result<_>>()
                .map(Values::Tuple)
        }
        single => value(single, direction).map(Values::One),
    }
}

/// One value of a result.
fn value(written: &syn::Type, direction: Direction) -> syn::Result<Type> {
    let parsed = parse(written)?;
    match &parsed {
        Type::Borrow { .. } => Err(syn::Error::new_spanned(
            written,
            "a borrow ends with the call, so it cannot be returned: return Own<C>",
        )),
        Type::String { reference: true }
        | Type::List {
            reference: true, ..
        } => {
            if direction == Direction::Import {
                Err(syn::Error::new_spanned(
                    written,
                    "what an import returns is the caller's: String or Vec instead of a reference",
                ))
            } else if !is_static(written) {
                Err(syn::Error::new_spanned(
                    written,
                    "a reference that is returned must be 'static, because the arguments are gone by then: return String \
                     or Vec instead",
                ))
            } else {
                Ok(parsed)
            }
        }
        _ => Ok(parsed),
    }
}

/// A single type, wherever it stands.
fn parse(written: &syn::Type) -> syn::Result<Type> {
    match peel(written) {
        syn::Type::Reference(reference) => parse_reference(reference),
        syn::Type::Path(_) => parse_path(peel(written)),
        syn::Type::Tuple(tuple) if tuple.elems.is_empty() => {
            Err(unsupported(written, "`()` is no value here"))
        }
        syn::Type::Tuple(_) => Err(wrong(
            written,
            "tuples can only be results, and not within each other",
        )),
        syn::Type::Array(_) => Err(wrong(
            written,
            "a list is &[T] or Vec<T>, of any length; arrays are no type of the ABI",
        )),
        syn::Type::Ptr(_) => Err(unsupported(
            written,
            "addresses mean nothing to another plugin",
        )),
        syn::Type::ImplTrait(_) | syn::Type::TraitObject(_) => {
            Err(unsupported(written, "traits cannot cross the ABI"))
        }
        syn::Type::BareFn(_) => Err(unsupported(written, "functions cannot cross the ABI")),
        _ => Err(unsupported(written, "this is no type of the ABI")),
    }
}

/// `&str`, `&[T]`, `&Own<C>`, `&C`.
fn parse_reference(reference: &syn::TypeReference) -> syn::Result<Type> {
    if let Some(mutability) = &reference.mutability {
        return Err(wrong(
            mutability,
            "nothing can be changed through the ABI: what is passed is a copy, or an object that others hold too",
        ));
    }
    match peel(&reference.elem) {
        syn::Type::Slice(slice) => list(&slice.elem, true),
        target => {
            let Some(segment) = last_segment(target) else {
                return Err(wrong(reference, "this is no type of the ABI"));
            };
            let name = segment.ident.to_string();
            if segment.ident == "str" {
                return Ok(Type::String { reference: true });
            }
            if segment.ident == "Own" {
                return Ok(Type::Borrow {
                    class: class_argument(target, segment)?,
                    of_own: true,
                });
            }
            if Scalar::from_rust(&name).is_some()
                || matches!(&*name, "String" | "Vec" | "Option" | "Error" | "Result")
            {
                let problem = match &*name {
                    "String" => "write &str instead of &String",
                    "Vec" => "write &[T] instead of &Vec<T>",
                    _ => "this is passed by value",
                };
                return Err(wrong(reference, problem));
            }
            Ok(Type::Borrow {
                class: class(target)?,
                of_own: false,
            })
        }
    }
}

/// Everything that is a name, perhaps with type arguments.
fn parse_path(written: &syn::Type) -> syn::Result<Type> {
    let Some(segment) = last_segment(written) else {
        return Err(unsupported(written, "this is no type of the ABI"));
    };
    let name = segment.ident.to_string();
    if let Some(scalar) = Scalar::from_rust(&name) {
        return Ok(Type::Scalar(scalar));
    }
    match &*name {
        "String" => Ok(Type::String { reference: false }),
        "Error" => Ok(Type::Error),
        "Vec" => match type_arguments(segment)[..] {
            [element] => list(element, false),
            _ => Err(wrong(written, "a list has one type of elements: Vec<T>")),
        },
        "Own" => class_argument(written, segment).map(Type::Own),
        "Option" => {
            if let [inner] = type_arguments(segment)[..]
                && let Some(own) = last_segment(peel(inner))
                && own.ident == "Own"
            {
                return class_argument(inner, own).map(Type::OptionOwn);
            }
            Err(wrong(
                written,
                "only owned handles can be optional: Option<Own<C>>",
            ))
        }
        "Result" => Err(wrong(written, "a Result can only be the whole result")),
        "usize" => Err(wrong(
            written,
            "usize differs between plugins and host: write u32",
        )),
        "isize" => Err(wrong(
            written,
            "isize differs between plugins and host: write i32",
        )),
        "u128" | "i128" => Err(wrong(written, "the ABI has no integers of 128 bits")),
        "str" => Err(wrong(written, "write &str or String")),
        "ErrorCode" => Err(wrong(
            written,
            "an error may have a number that ErrorCode does not know: write Error",
        )),
        _ if segment.arguments.is_none() => Err(unsupported(
            written,
            &format!(
                "`{name}` is no type of the ABI; if it is a class, write Own<{name}> or &{name}"
            ),
        )),
        _ => Err(unsupported(
            written,
            &format!("`{name}` is no type of the ABI"),
        )),
    }
}

/// A list of these elements.
fn list(element: &syn::Type, reference: bool) -> syn::Result<Type> {
    last_segment(peel(element))
        .and_then(|segment| Scalar::from_rust(&segment.ident.to_string()))
        .map(|scalar| Type::List {
            element: scalar,
            written: Box::new(element.clone()),
            reference,
        })
        .ok_or_else(|| unsupported(element, "the elements of a list are scalars"))
}

/// The class in `Own<C>`.
fn class_argument(written: &syn::Type, segment: &PathSegment) -> syn::Result<Class> {
    match type_arguments(segment)[..] {
        [argument] => class(argument),
        _ => Err(wrong(written, "an owned handle is of one class: Own<C>")),
    }
}

/// A class: any name that could be one.
fn class(written: &syn::Type) -> syn::Result<Class> {
    match (peel(written), last_segment(peel(written))) {
        (peeled, Some(segment)) if segment.arguments.is_none() => {
            Ok(Class(Box::new(peeled.clone())))
        }
        _ => Err(wrong(
            written,
            "a class is a struct or trait without type parameters",
        )),
    }
}

/// The type without parentheses and invisible groups around it.
fn peel(written: &syn::Type) -> &syn::Type {
    match written {
        syn::Type::Group(group) => peel(&group.elem),
        syn::Type::Paren(paren) => peel(&paren.elem),
        other => other,
    }
}

/// The last segment of a path without `<T as Trait>` in it.
fn last_segment(written: &syn::Type) -> Option<&PathSegment> {
    match written {
        syn::Type::Path(syn::TypePath {
            qself: None,
            path: Path { segments, .. },
        }) => segments.last(),
        _ => None,
    }
}

/// The types in angle brackets.
fn type_arguments(segment: &PathSegment) -> Vec<&syn::Type> {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(argument) => Some(argument),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn is_unit(written: &syn::Type) -> bool {
    matches!(peel(written), syn::Type::Tuple(tuple) if tuple.elems.is_empty())
}

fn is_static(written: &syn::Type) -> bool {
    match peel(written) {
        syn::Type::Reference(reference) => reference
            .lifetime
            .as_ref()
            .is_some_and(|lifetime| lifetime.ident == "static"),
        _ => false,
    }
}
