//! Rewrites a module so that the kernel stays in control: its memory becomes an import, which the kernel supplies with a
//! hard maximum; its start function becomes an export, which runs when everything is connected and is contained; names
//! and producers are left out, for they end up in stack traces.

use super::Module;
use crate::load::LoadError;
use portcullis_abi::ErrorCode;
use wasm_encoder::{Encode, RawSection, Section};
use wasmparser::{BinaryReader, Parser, Payload};

/// Import module and name of the memory that the kernel supplies.
pub const MEMORY_IMPORT: (&str, &str) = ("portcullis", "memory");
/// Export name of what was the start function.
pub const START_EXPORT: &str = "portcullis:start";

const IMPORT_SECTION: u8 = 2;
const MEMORY_SECTION: u8 = 5;
const EXPORT_SECTION: u8 = 7;
const START_SECTION: u8 = 8;

/// A section with one more entry at its end.
fn extended(section: Option<&[u8]>, entry: &[u8]) -> Result<Vec<u8>, LoadError> {
    let (count, entries) = match section {
        None => (0, &[][..]),
        Some(bytes) => {
            let mut reader = BinaryReader::new(bytes, 0);
            let count = reader.read_var_u32().map_err(|error| {
                LoadError::new(ErrorCode::InvalidModule, error.message().to_owned())
            })?;
            (count, &bytes[reader.current_position()..])
        }
    };
    let mut data = Vec::new();
    (count + 1).encode(&mut data);
    data.extend_from_slice(entries);
    data.extend_from_slice(entry);
    Ok(data)
}

fn append(output: &mut Vec<u8>, id: u8, data: &[u8]) {
    RawSection { id, data }.append_to(output);
}

/// The prepared bytes of a module that was read from `bytes`.
///
/// # Errors
/// `invalid-module` for damaged sections; `refused-module` for a module that has an export of the name that the start
/// function gets.
pub fn prepare(bytes: &[u8], module: &Module) -> Result<Vec<u8>, LoadError> {
    let memory_entry = module
        .memory
        .as_ref()
        .filter(|memory| memory.import.is_none())
        .map(|memory| {
            let mut entry = Vec::new();
            MEMORY_IMPORT.0.encode(&mut entry);
            MEMORY_IMPORT.1.encode(&mut entry);
            // A memory without a declared maximum: every memory that the kernel supplies fits it.
            entry.extend_from_slice(&[0x02, 0x00]);
            memory.minimum.encode(&mut entry);
            entry
        });
    let start_entry = module.start.map(|function| {
        let mut entry = Vec::new();
        START_EXPORT.encode(&mut entry);
        entry.push(0x00);
        function.encode(&mut entry);
        entry
    });
    if start_entry.is_some() && module.export(START_EXPORT).is_some() {
        return Err(LoadError::new(
            ErrorCode::RefusedModule,
            format!("the module exports `{START_EXPORT}`, a name that is the kernel's"),
        ));
    }
    let mut output = Vec::with_capacity(bytes.len() + 64);
    output.extend_from_slice(b"\0asm\x01\0\0\0");
    let (mut memory_entry, mut start_entry) = (memory_entry.as_deref(), start_entry.as_deref());
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(|error| {
            LoadError::new(ErrorCode::InvalidModule, error.message().to_owned())
        })?;
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        let section = &bytes[range.start as usize..range.end as usize];
        if matches!(payload, Payload::CustomSection(_)) {
            continue;
        }
        // A section that an entry has to go into, but that the module has not, comes before the first one behind it.
        if id != IMPORT_SECTION
            && order(id) > order(IMPORT_SECTION)
            && let Some(entry) = memory_entry.take()
        {
            append(&mut output, IMPORT_SECTION, &extended(None, entry)?);
        }
        if id != EXPORT_SECTION
            && order(id) > order(EXPORT_SECTION)
            && let Some(entry) = start_entry.take()
        {
            append(&mut output, EXPORT_SECTION, &extended(None, entry)?);
        }
        let added = match id {
            IMPORT_SECTION => memory_entry.take(),
            EXPORT_SECTION => start_entry.take(),
            // Its memory is an import now, or was one before.
            MEMORY_SECTION | START_SECTION => continue,
            _ => None,
        };
        match added {
            Some(entry) => append(&mut output, id, &extended(Some(section), entry)?),
            None => append(&mut output, id, section),
        }
    }
    Ok(output)
}

/// Where a section stands in a module.
fn order(id: u8) -> u8 {
    match id {
        // type, import, function, table, memory, tag, global, export, start, element, data count, code, data
        1..=5 => id,
        13 => 6,
        6..=9 => id + 1,
        12 => 11,
        10 => 12,
        11 => 13,
        _ => 14,
    }
}
