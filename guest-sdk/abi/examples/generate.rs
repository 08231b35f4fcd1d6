//! Writes the list of error codes for the other languages: `npm/error-codes.ts` and
//! `guest-sdk/c/portcullis_errors.h`.
//!
//! `cargo run -p portcullis-abi --example generate` writes them; `cargo test -p portcullis-abi` fails when what is
//! committed is not what would be written.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use portcullis_abi::ErrorCode;

fn main() -> std::io::Result<()> {
    for (path, text) in outputs() {
        std::fs::create_dir_all(path.parent().expect("the path of a file has a parent"))?;
        std::fs::write(&path, text)?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// What belongs into which file.
fn outputs() -> [(PathBuf, String); 2] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    [
        (root.join("npm/error-codes.ts"), typescript()),
        (root.join("guest-sdk/c/portcullis_errors.h"), c_header()),
    ]
}

/// A union of the names, and a table of number, name and text.
fn typescript() -> String {
    let mut text = String::from(
        "// Generated from guest-sdk/abi/src/error.rs by `cargo run -p portcullis-abi --example generate`. Do not edit.\n\
         \n\
         /** Why the kernel refused or could not do something. One list for Rust, C and TypeScript. */\n\
         export type ErrorCode =",
    );
    for code in ErrorCode::ALL {
        write!(text, "\n  | \"{}\"", code.name()).expect("a String takes all");
    }
    text.push_str(
        ";\n\
         \n\
         /** One row of the list. */\n\
         export interface ErrorDescription {\n  \
           /** The number that crosses the ABI, never 0. */\n  \
           readonly number: number;\n  \
           readonly name: ErrorCode;\n  \
           /** What happened, as a sentence without capital and full stop. */\n  \
           readonly text: string;\n\
         }\n\
         \n\
         /** Every error code, by ascending number. Numbers from 256 up belong to the interfaces and are not here. */\n\
         export const errorCodes: readonly ErrorDescription[] = [\n",
    );
    for code in ErrorCode::ALL {
        let (number, name, sentence) = (code.number(), code.name(), code.text());
        writeln!(
            text,
            "  {{ number: {number}, name: {name:?}, text: {sentence:?} }},"
        )
        .expect("a String takes all");
    }
    text.push_str("];\n");
    text
}

/// An enumeration, and an X-macro for tables of names and texts.
fn c_header() -> String {
    let mut text = String::from(
        "/* Generated from guest-sdk/abi/src/error.rs by `cargo run -p portcullis-abi --example generate`. Do not edit. */\n\
         #ifndef PORTCULLIS_ERRORS_H\n\
         #define PORTCULLIS_ERRORS_H\n\
         \n\
         /* Why the kernel refused or could not do something. Numbers from PORTCULLIS_FIRST_OF_INTERFACES up belong to the\n   \
            interfaces. */\n\
         enum portcullis_error {\n    \
             PORTCULLIS_OK = 0,\n",
    );
    for code in ErrorCode::ALL {
        let (constant, number, sentence) = (constant_name(*code), code.number(), code.text());
        writeln!(text, "    /* {sentence} */\n    {constant} = {number},")
            .expect("a String takes all");
    }
    let first = ErrorCode::FIRST_OF_INTERFACES;
    write!(
        text,
        "    PORTCULLIS_FIRST_OF_INTERFACES = {first}\n\
         }};\n\
         \n\
         /* X(constant, name, text) for every error, for tables. */\n\
         #define PORTCULLIS_ERRORS(X)"
    )
    .expect("a String takes all");
    for code in ErrorCode::ALL {
        let (constant, name, sentence) = (constant_name(*code), code.name(), code.text());
        write!(text, " \\\n    X({constant}, {name:?}, {sentence:?})").expect("a String takes all");
    }
    text.push_str("\n\n#endif\n");
    text
}

/// `bad-handle` → `PORTCULLIS_BAD_HANDLE`.
fn constant_name(code: ErrorCode) -> String {
    format!(
        "PORTCULLIS_{}",
        code.name().to_uppercase().replace('-', "_")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_files_are_up_to_date() {
        for (path, text) in outputs() {
            let committed = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                committed.replace("\r\n", "\n") == text,
                "{} is stale: run `cargo run -p portcullis-abi --example generate`",
                path.display(),
            );
        }
    }

    #[test]
    fn the_specification_has_the_same_list() {
        let specification = include_str!("../../../docs/abi.md");
        let rows: Vec<(u32, &str, String)> = specification
            .lines()
            .filter_map(|line| {
                let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
                let number = cells.next()?.parse().ok()?;
                Some((
                    number,
                    cells.next()?.trim_matches('`'),
                    cells.next()?.replace('`', ""),
                ))
            })
            .collect();
        let list: Vec<(u32, &str, String)> = ErrorCode::ALL
            .iter()
            .map(|code| (code.number(), code.name(), code.text().to_owned()))
            .collect();
        assert_eq!(rows, list);
    }
}
