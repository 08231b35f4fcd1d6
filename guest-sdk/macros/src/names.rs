//! Rust's names in kebab-case, and the attributes of functions.

use portcullis_abi::names::is_kebab_name;
use proc_macro2::Ident;
use syn::{Attribute, LitStr};

/// `set_size` → `set-size`, `_unused` → `unused`, `r#type` → `type`.
pub fn kebab_from_snake(ident: &Ident) -> syn::Result<String> {
    let text = ident.to_string();
    let words = text
        .trim_start_matches("r#")
        .split('_')
        .filter(|word| !word.is_empty());
    checked(ident, words.collect::<Vec<_>>().join("-").to_lowercase())
}

/// `LogFile` → `log-file`, `RGBImage` → `rgb-image`.
pub fn kebab_from_camel(ident: &Ident) -> syn::Result<String> {
    let text = ident.to_string();
    let letters: Vec<char> = text.trim_start_matches("r#").chars().collect();
    let mut name = String::new();
    for (index, &letter) in letters.iter().enumerate() {
        let after_lower = index > 0 && !letters[index - 1].is_uppercase();
        let before_lower = letters
            .get(index + 1)
            .is_some_and(|next| next.is_lowercase());
        if index > 0 && letter.is_uppercase() && (after_lower || before_lower) {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    checked(ident, name.replace('_', "-"))
}

/// The name, if the ABI allows it.
fn checked(ident: &Ident, name: String) -> syn::Result<String> {
    if is_kebab_name(&name) {
        return Ok(name);
    }
    Err(syn::Error::new_spanned(
        ident,
        format!(
            "`{name}` cannot be a name of the ABI: those are ASCII letters and digits in words that are joined by hyphens, \
             beginning with a letter, at most 64 bytes"
        ),
    ))
}

/// The name that `#[name("…")]` gives, if there is one; the attribute is removed.
pub fn take_name(attributes: &mut Vec<Attribute>) -> syn::Result<Option<String>> {
    let Some(index) = attributes
        .iter()
        .position(|attribute| attribute.path().is_ident("name"))
    else {
        return Ok(None);
    };
    let name: LitStr = attributes.remove(index).parse_args()?;
    if !is_kebab_name(&name.value()) {
        return Err(syn::Error::new_spanned(
            &name,
            "a function's name is in kebab-case, at most 64 bytes: #[name(\"set-size\")]",
        ));
    }
    Ok(Some(name.value()))
}

/// The `#[cfg]`s of a function, under which everything that is generated for it stands too.
pub fn conditions(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    fn ident(text: &str) -> Ident {
        match text.strip_prefix("r#") {
            Some(raw) => Ident::new_raw(raw, Span::call_site()),
            None => Ident::new(text, Span::call_site()),
        }
    }

    #[test]
    fn snake_case() {
        for (rust, abi) in [
            ("set_size", "set-size"),
            ("_unused", "unused"),
            ("x", "x"),
            ("rgb_8_to_16", "rgb-8-to-16"),
            ("r#type", "type"),
            ("WIDTH", "width"),
        ] {
            assert_eq!(kebab_from_snake(&ident(rust)).unwrap(), abi);
        }
        for rust in ["größe", "__", &"a".repeat(65)] {
            assert!(kebab_from_snake(&ident(rust)).is_err(), "{rust}");
        }
    }

    #[test]
    fn camel_case() {
        for (rust, abi) in [
            ("Canvas", "canvas"),
            ("LogFile", "log-file"),
            ("RGBImage", "rgb-image"),
            ("Rgb8Image", "rgb8-image"),
            ("A", "a"),
            ("ImageRGB", "image-rgb"),
        ] {
            assert_eq!(kebab_from_camel(&ident(rust)).unwrap(), abi);
        }
    }
}
