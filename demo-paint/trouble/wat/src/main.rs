//! Assembles the plugins that no compiler would make: the WebAssembly text beside this crate's manifest, with the
//! declaration of a filter added.
//!
//! `cargo run -p trouble-wat -- <folder>` writes `<folder>/<id>.wasm` for each of them.

#![forbid(unsafe_code)]

use std::path::Path;
use std::process::ExitCode;

use paint_filter::{Declaration, Geometry};

/// A plugin: what it says about itself, and its code.
struct Plugin {
    declaration: Declaration,
    text: &'static str,
}

const PLUGINS: [Plugin; 5] = [
    Plugin {
        declaration: trouble(
            "unreachable-at-start",
            "Break at the start",
            "Breaks down before anybody has asked it for anything.",
        ),
        text: include_str!("../unreachable-at-start.wat"),
    },
    Plugin {
        declaration: trouble(
            "forge-handles",
            "Forge handles",
            "Tries thousands of made-up keys on the kernel's doors, and tells how many opened.",
        ),
        text: include_str!("../forge-handles.wat"),
    },
    Plugin {
        declaration: trouble(
            "lie-signature",
            "Lie about a function",
            "Says that a function takes other numbers than it does. It should not even be loaded.",
        ),
        text: include_str!("../lie-signature.wat"),
    },
    Plugin {
        declaration: trouble(
            "lie-metadata",
            "Talk nonsense",
            "Describes its functions in nonsense. It should not even be loaded.",
        ),
        text: include_str!("../lie-metadata.wat"),
    },
    Plugin {
        declaration: trouble(
            "bad-pointer",
            "Point outside of memory",
            "Says that its result lies where there is no memory, hoping that somebody reads there.",
        ),
        text: include_str!("../bad-pointer.wat"),
    },
];

const fn trouble(id: &'static str, name: &'static str, summary: &'static str) -> Declaration {
    Declaration {
        id,
        name,
        group: "Trouble",
        summary,
        geometry: Geometry::Point,
        parameters: &[],
    }
}

impl Plugin {
    /// The module, with its declaration in a custom section.
    fn assemble(&self) -> Result<Vec<u8>, wat::Error> {
        let mut module = wat::parse_str(self.text)?;
        let name = b"paint/filter";
        let json = self.declaration.json();
        let mut section = Vec::new();
        write_length(name.len(), &mut section);
        section.extend(name);
        section.extend(json.as_bytes());
        const CUSTOM: u8 = 0;
        module.push(CUSTOM);
        write_length(section.len(), &mut module);
        module.extend(section);
        Ok(module)
    }
}

/// Appends a number in LEB128.
fn write_length(mut length: usize, bytes: &mut Vec<u8>) {
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
}

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("say where to: cargo run -p trouble-wat -- <folder>");
        return ExitCode::FAILURE;
    };
    for plugin in &PLUGINS {
        let id = plugin.declaration.id;
        let path = Path::new(&folder).join(format!("{id}.wasm"));
        let written = plugin
            .assemble()
            .map_err(|error| error.to_string())
            .and_then(|module| std::fs::write(&path, module).map_err(|error| error.to_string()));
        if let Err(error) = written {
            eprintln!("{id}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plugin_is_a_module_with_a_declaration() {
        for plugin in &PLUGINS {
            let id = plugin.declaration.id;
            let module = plugin
                .assemble()
                .unwrap_or_else(|error| panic!("{id}: {error}"));
            assert!(module.starts_with(b"\0asm\x01\0\0\0"), "{id}");
            let json: serde_json::Value =
                serde_json::from_slice(plugin.declaration.json().as_bytes()).unwrap();
            assert!(
                module.ends_with(plugin.declaration.json().as_bytes()),
                "{id}"
            );
            assert_eq!(json["group"], "Trouble");
        }
    }

    #[test]
    fn lengths_are_leb128() {
        for (length, expected) in [
            (0, vec![0]),
            (127, vec![127]),
            (128, vec![0x80, 1]),
            (300, vec![0xAC, 2]),
        ] {
            let mut bytes = Vec::new();
            write_length(length, &mut bytes);
            assert_eq!(bytes, expected);
        }
    }
}
