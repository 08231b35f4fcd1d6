//! What stands in the parentheses of an attribute.

use portcullis_abi::names::{is_interface_name, is_kebab_name};
use syn::parse::{Parse, ParseStream};
use syn::{LitStr, Path, Token, parse_quote};

/// `"namespace/name@1"`, perhaps with `.class`, perhaps followed by `crate = path`.
pub struct Arguments {
    /// The interface: `namespace/name@1`.
    pub interface: String,
    /// The class, if one is named.
    pub class: Option<String>,
    /// Where `portcullis_guest` is.
    pub guest: Path,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.is_empty() {
            return Err(input.error("name the interface, as in \"demo/log@1\""));
        }
        let name: LitStr = input.parse()?;
        let text = name.value();
        let (interface, class) = match text.split_once('.') {
            Some((interface, class)) => (interface, Some(class)),
            None => (text.as_str(), None),
        };
        if !is_interface_name(interface) {
            return Err(syn::Error::new_spanned(
                &name,
                "an interface is `namespace/name@major`, both names in kebab-case with at most 64 bytes, major from 0 to \
                 65535: \"demo/log@1\"",
            ));
        }
        if class.is_some_and(|class| !is_kebab_name(class)) {
            return Err(syn::Error::new_spanned(
                &name,
                "behind the dot stands a class, in kebab-case with at most 64 bytes: \"demo/log@1.log-file\"",
            ));
        }
        let mut arguments = Arguments {
            interface: interface.to_owned(),
            class: class.map(str::to_owned),
            guest: parse_quote!(::portcullis_guest),
        };
        if input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            arguments.guest = input.call(Path::parse_mod_style)?;
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(arguments)
    }
}
