//! Assembles plugins in the text format of WebAssembly.
//!
//! `cargo run -p portcullis-wat -- <from> <to>` makes `<to>/<name>.wasm` of each `<from>/<name>.wat`.

#![forbid(unsafe_code)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

/// The text files of a folder.
fn texts(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut texts = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wat") {
            texts.push(path);
        }
    }
    texts.sort();
    Ok(texts)
}

fn assemble(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
    for path in texts(from)? {
        let bytes = wat::parse_file(&path)?;
        let name = path.file_stem().unwrap_or_default();
        let target = to.join(name).with_extension("wasm");
        fs::write(&target, bytes).map_err(|error| format!("{}: {error}", target.display()))?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let [from, to] = arguments.as_slice() else {
        eprintln!("usage: portcullis-wat <folder of .wat files> <folder for .wasm files>");
        return ExitCode::from(2);
    };
    match assemble(Path::new(from), Path::new(to)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
