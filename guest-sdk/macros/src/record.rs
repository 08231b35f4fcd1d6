//! Metadata records: the text of a signature (`docs/abi.md` §2).

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Path};

use crate::signature::Function;
use crate::types::{Class, Direction, Return, Type, Values};

/// Records in the making: text, and classes whose full names only the compiler knows. What is pushed into one of these
/// stays together and in order in the custom section.
pub struct Records<'a> {
    /// Where `portcullis_guest` is.
    pub guest: &'a Path,
    /// The interface whose records these are.
    pub interface: &'a str,
    direction: Direction,
    /// Expressions of type `&'static str`.
    parts: Vec<TokenStream>,
    /// Text that is not in `parts` yet.
    text: String,
}

impl<'a> Records<'a> {
    /// None yet.
    pub fn new(guest: &'a Path, interface: &'a str, direction: Direction) -> Records<'a> {
        Records {
            guest,
            interface,
            direction,
            parts: Vec::new(),
            text: String::new(),
        }
    }

    /// A function's record: `import demo/log@1 write: func(line: string)`.
    pub fn push_function(&mut self, function: &Function) {
        self.push_name(&function.name);
        self.push("func(");
        self.push_list(&function.parameters, |records, parameter| {
            records.push(&parameter.name);
            records.push(": ");
            records.push_type(&parameter.kind);
        });
        self.push(")");
        self.push_return(&function.returned);
        self.push("\n");
    }

    /// A function's record. Where the function stands under conditions, the record does not stay with the others: it is
    /// returned.
    pub fn push_function_under(
        &mut self,
        conditions: &[Attribute],
        function: &Function,
    ) -> Option<TokenStream> {
        if conditions.is_empty() {
            self.push_function(function);
            return None;
        }
        let mut alone = Records::new(self.guest, self.interface, self.direction);
        alone.push_function(function);
        let record = alone.finish();
        Some(quote!(#(#conditions)* #record))
    }

    /// A class's record: `export demo/vector@1 vector: resource(1)`.
    pub fn push_resource(&mut self, class: &str, number: u32) {
        self.push_name(class);
        self.push(&format!("resource({number})\n"));
    }

    fn push_name(&mut self, name: &str) {
        self.push(match self.direction {
            Direction::Import => "import ",
            Direction::Export => "export ",
        });
        self.push(&format!("{} {name}: ", self.interface));
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Joins texts with commas.
    fn push_list<T>(&mut self, items: &[T], mut push: impl FnMut(&mut Self, &T)) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            push(self, item);
        }
    }

    /// The constant that holds a class's name also proves that the class may stand where it stands.
    fn push_class(&mut self, class: &Class, lent: bool) {
        let (guest, class) = (self.guest, &class.0);
        let text = std::mem::take(&mut self.text);
        self.parts.push(quote!(#text));
        self.parts
            .push(if lent && self.direction == Direction::Import {
                quote!(<#class as #guest::abi::Imported>::LENT)
            } else {
                quote!(<#class as #guest::Class>::NAME)
            });
    }

    fn push_type(&mut self, kind: &Type) {
        match kind {
            Type::Scalar(scalar) => self.push(scalar.name()),
            Type::String { .. } => self.push("string"),
            Type::List { element, .. } => {
                self.push("list<");
                self.push(element.name());
                self.push(">");
            }
            Type::Borrow { class, of_own } => {
                self.push("borrow<");
                self.push_class(class, !of_own);
                self.push(">");
            }
            Type::Own(class) => {
                self.push("own<");
                self.push_class(class, false);
                self.push(">");
            }
            Type::OptionOwn(class) => {
                self.push("option<own<");
                self.push_class(class, false);
                self.push(">>");
            }
            Type::Error => self.push("error"),
        }
    }

    fn push_values(&mut self, values: &Values) {
        match values {
            Values::None => self.push("_"),
            Values::One(one) => self.push_type(one),
            Values::Tuple(members) => {
                self.push("tuple<");
                self.push_list(members, Self::push_type);
                self.push(">");
            }
        }
    }

    fn push_return(&mut self, returned: &Return) {
        match returned {
            Return::Nothing => return,
            _ => self.push(" -> "),
        }
        match returned {
            Return::Nothing => {}
            Return::Values(values) => self.push_values(values),
            Return::Result {
                ok: Values::None,
                error: None,
            } => self.push("result"),
            Return::Result { ok, error } => {
                self.push("result<");
                self.push_values(ok);
                if let Some(error) = error {
                    self.push(", ");
                    self.push_type(error);
                }
                self.push(">");
            }
        }
    }

    /// The items that put the records into the module's custom section, on targets that have one.
    pub fn finish(mut self) -> TokenStream {
        if self.parts.is_empty() && self.text.is_empty() {
            return TokenStream::new();
        }
        let (guest, text) = (self.guest, std::mem::take(&mut self.text));
        self.parts.push(quote!(#text));
        let parts = &self.parts;
        quote! {
            const _: () = {
                const PARTS: &[&str] = &[#(#parts),*];
                const RECORD: [u8; #guest::abi::record_length(PARTS)] = #guest::abi::record(PARTS);
                #[cfg(target_arch = "wasm32")]
                #[unsafe(link_section = "portcullis")]
                static SECTION: [u8; RECORD.len()] = RECORD;
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::{Signature, parse_quote};

    /// The record's text, with classes as they are written in Rust, in braces.
    fn text(signature: Signature, class: Option<syn::Type>, direction: Direction) -> String {
        let read = Function::read(&signature, None, class.as_ref(), direction).unwrap();
        let guest = parse_quote!(guest);
        let mut records = Records::new(&guest, "demo/test@1", direction);
        records.push_function(&read);
        let item: syn::ItemConst = syn::parse2(records.finish()).unwrap();
        let syn::Expr::Block(block) = &*item.expr else {
            panic!("a constant with a block")
        };
        let syn::Stmt::Item(syn::Item::Const(parts)) = &block.block.stmts[0] else {
            panic!("the first item is the constant PARTS")
        };
        let syn::Expr::Reference(reference) = &*parts.expr else {
            panic!("a reference to an array")
        };
        let syn::Expr::Array(array) = &*reference.expr else {
            panic!("an array")
        };
        array
            .elems
            .iter()
            .map(|part| match part {
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }) => text.value(),
                syn::Expr::Path(path) => {
                    let class = &path.qself.as_ref().expect("a qualified path").ty;
                    format!("{{{}}}", quote!(#class))
                }
                _ => panic!("text or the name of a class"),
            })
            .collect()
    }

    fn export(signature: Signature) -> String {
        text(signature, None, Direction::Export)
    }

    #[test]
    fn scalars_strings_and_lists() {
        assert_eq!(
            export(
                parse_quote!(fn set_all(a: bool, b: u8, c: i8, d: u16, e: i16, f: u32, g: i32, h: u64, i: i64))
            ),
            "export demo/test@1 set-all: func(a: bool, b: u8, c: s8, d: u16, e: s16, f: u32, g: s32, h: u64, i: s64)\n"
        );
        assert_eq!(
            export(
                parse_quote!(fn f(_text: &str, mut owned: String, r#type: std::string::String) -> &'static str)
            ),
            "export demo/test@1 f: func(text: string, owned: string, type: string) -> string\n"
        );
        assert_eq!(
            export(parse_quote!(fn f(a: &[f32], b: Vec<char>, c: std::vec::Vec<bool>) -> Vec<f64>)),
            "export demo/test@1 f: func(a: list<f32>, b: list<char>, c: list<bool>) -> list<f64>\n"
        );
        assert_eq!(
            export(parse_quote!(fn nothing() -> ())),
            "export demo/test@1 nothing: func()\n"
        );
    }

    #[test]
    fn results_and_tuples() {
        for (returned, expected) in [
            ("Result<(), Error>", "result<_, error>"),
            ("Result<(), ()>", "result"),
            ("Result<u8, ()>", "result<u8>"),
            (
                "Result<(u8, String), portcullis_guest::Error>",
                "result<tuple<u8, string>, error>",
            ),
            ("Result<Vec<u8>, String>", "result<list<u8>, string>"),
            ("(i64, char)", "tuple<s64, char>"),
            ("Error", "error"),
        ] {
            let signature = syn::parse_str(&format!("fn f() -> {returned}")).unwrap();
            assert_eq!(
                export(signature),
                format!("export demo/test@1 f: func() -> {expected}\n")
            );
        }
    }

    #[test]
    fn handles() {
        let class: syn::Type = parse_quote!(Vector);
        assert_eq!(
            text(
                parse_quote!(fn add(&self, other: &Self, last: Own<canvas::Canvas>, next: Option<Own<Self>>) -> Own<Self>),
                Some(class.clone()),
                Direction::Export
            ),
            "export demo/test@1 add: func(self: borrow<{Vector}>, other: borrow<{Vector}>, \
             last: own<{canvas :: Canvas}>, next: option<own<{Vector}>>) -> own<{Vector}>\n"
        );
        assert_eq!(
            text(
                parse_quote!(fn lend(&self, mine: &Own<Brush>)),
                Some(class),
                Direction::Import
            ),
            "import demo/test@1 lend: func(self: borrow<{Vector}>, mine: borrow<{Brush}>)\n"
        );
    }
}
