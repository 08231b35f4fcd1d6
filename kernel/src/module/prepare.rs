//! Rewrites a module so that the kernel stays in control.
//!
//! - Its memory becomes an import, which the kernel supplies with a hard maximum.
//! - Its tables get a maximum.
//! - Its start function becomes an export, which runs when everything is connected and is contained.
//! - Its code pays for what it does, if it is to be metered: see [`super::meter`].
//! - Names and producers are left out, for they end up in stack traces.
//!
//! A module that was not valid does not become so. The engine validates what comes out, so everything that could be wrong
//! must still be wrong then: an index that was out of range must not come to name something that was added. There is one
//! exception, which harms nobody: code may have a reference to the start function without having declared that it wants to.

use super::Module;
use super::indices::{Copy, Indices};
use super::meter::HINTS;
use super::operators::{Fault, Operators, invalid, refused};
use super::survey::Survey;
use crate::load::LoadError;
use crate::pace::{ENTRY, ITEM, Pace, at_once};
use portcullis_abi::ErrorCode;
use wasm_encoder::{Encode, RawSection, Section};
use wasmparser::{BinaryReader, Parser, TypeSectionReader, ValType};

/// Import module and name of the memory that the kernel supplies.
pub const MEMORY_IMPORT: (&str, &str) = ("portcullis", "memory");
/// Import module and name of the global, a mutable i32, with what is left of the fuel. One for all metered plugins.
pub const FUEL_IMPORT: (&str, &str) = ("portcullis", "fuel");
/// Import module and name of the function `(i32) -> i32` that gets the fuel when it is negative. It gives new fuel, which
/// is not negative, or does not return.
pub const REFILL_IMPORT: (&str, &str) = ("portcullis", "refill");
/// Export name of what was the start function.
pub const START_EXPORT: &str = "portcullis:start";
/// Entries that all tables of a plugin may have together, if nothing else is said.
pub const TABLE_ENTRIES: u32 = 65_536;

/// How a module is to be prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrepareOptions {
    /// Whether its code pays for what it does. Without it nothing can stop it.
    pub metered: bool,
    /// Entries that all its tables may have together. What they do not start with is shared out to those that may grow.
    pub table_entries: u32,
}

impl Default for PrepareOptions {
    fn default() -> PrepareOptions {
        PrepareOptions {
            metered: true,
            table_entries: TABLE_ENTRIES,
        }
    }
}

/// The most pages of 64 KiB that a memory can have.
const PAGES: u32 = 65_536;

const CUSTOM_SECTION: u8 = 0;
const TYPE_SECTION: u8 = 1;
const IMPORT_SECTION: u8 = 2;
const FUNCTION_SECTION: u8 = 3;
const TABLE_SECTION: u8 = 4;
const MEMORY_SECTION: u8 = 5;
const GLOBAL_SECTION: u8 = 6;
const EXPORT_SECTION: u8 = 7;
const START_SECTION: u8 = 8;
const ELEMENT_SECTION: u8 = 9;
const CODE_SECTION: u8 = 10;
const DATA_SECTION: u8 = 11;
const TAG_SECTION: u8 = 13;

/// Where a section stands in a module.
fn order(id: u8) -> Option<u8> {
    Some(match id {
        // type, import, function, table, memory, tag, global, export, start, element, data count, code, data
        1..=5 => id,
        13 => 6,
        6..=9 => id + 1,
        12 => 11,
        10 => 12,
        11 => 13,
        _ => return None,
    })
}

/// Entries that are to go to the end of a section.
struct Added {
    section: u8,
    count: u32,
    entries: Vec<u8>,
}

impl Added {
    fn to(section: u8) -> Added {
        Added {
            section,
            count: 0,
            entries: Vec::new(),
        }
    }

    fn import(&mut self, (module, name): (&str, &str), kind: &[u8]) {
        module.encode(&mut self.entries);
        name.encode(&mut self.entries);
        self.entries.extend_from_slice(kind);
        self.count += 1;
    }

    /// The section with these entries at its end; if there was none, it has these alone.
    fn extend(&self, section: Option<&[u8]>) -> Result<Vec<u8>, Fault> {
        let mut reader = BinaryReader::new(section.unwrap_or(&[0]), 0);
        let count = reader.read_var_u32()?;
        let mut data = Vec::new();
        count.saturating_add(self.count).encode(&mut data);
        if let Some(section) = section {
            data.extend_from_slice(&section[reader.current_position()..]);
        }
        data.extend_from_slice(&self.entries);
        Ok(data)
    }
}

fn append(output: &mut Vec<u8>, id: u8, data: &[u8]) {
    RawSection { id, data }.append_to(output);
}

/// What goes into which section, in the order of sections.
fn additions(module: &Module, indices: &Indices, survey: &Survey) -> Result<Vec<Added>, Fault> {
    let mut types = Added::to(TYPE_SECTION);
    let mut imports = Added::to(IMPORT_SECTION);
    let mut functions = Added::to(FUNCTION_SECTION);
    let mut globals = Added::to(GLOBAL_SECTION);
    let mut exports = Added::to(EXPORT_SECTION);
    if let Some(memory) = &module.memory
        && memory.import.is_none()
    {
        // A memory without a declared maximum: every memory that the kernel supplies fits it.
        let mut kind = vec![0x02, 0x00];
        memory.minimum.encode(&mut kind);
        imports.import(MEMORY_IMPORT, &kind);
    }
    if indices.metered {
        types.count = 1;
        types.entries.extend_from_slice(&[0x60, 1, 0x7f, 1, 0x7f]);
        let mut kind = vec![0x00];
        indices.types.len().encode(&mut kind);
        imports.import(REFILL_IMPORT, &kind);
        imports.import(FUEL_IMPORT, &[0x03, 0x7f, 0x01]);
        globals.count = survey.encode_keepers(&mut globals.entries);
        if !indices.functions.is_empty() {
            functions.count = 1;
            indices.types.len().encode(&mut functions.entries);
        }
    }
    if let Some(start) = module.start {
        if module.export(START_EXPORT).is_some() {
            return Err(Box::new(LoadError::new(
                ErrorCode::RefusedModule,
                format!("the module exports `{START_EXPORT}`, a name that is the kernel's"),
            )));
        }
        exports.count = 1;
        START_EXPORT.encode(&mut exports.entries);
        exports.entries.push(0x00);
        indices.function(start, 0)?.encode(&mut exports.entries);
    }
    let mut added = vec![types, imports, functions, globals, exports];
    added.retain(|added| added.count > 0);
    Ok(added)
}

/// The prepared bytes of a module that was read from `bytes`.
///
/// # Errors
/// As those of [`preparing`].
pub fn prepare(
    bytes: &[u8],
    module: &Module,
    options: &PrepareOptions,
) -> Result<Vec<u8>, LoadError> {
    at_once(preparing(bytes, module, options, &mut Pace::default()))
}

/// As [`prepare`], slice after slice.
///
/// # Errors
/// `invalid-module` for what is damaged; `refused-module` for instructions and references that are not allowed, and for a
/// module that has an export of the name that the start function gets; `bad-limit` if its tables start with more entries than
/// they may have.
pub async fn preparing(
    bytes: &[u8],
    module: &Module,
    options: &PrepareOptions,
    pace: &mut Pace,
) -> Result<Vec<u8>, LoadError> {
    let written = rewrite(bytes, module, options, pace).await;
    written.map_err(|fault| *fault)
}

async fn rewrite(
    bytes: &[u8],
    module: &Module,
    options: &PrepareOptions,
    pace: &mut Pace,
) -> Result<Vec<u8>, Fault> {
    let mut indices = Indices {
        imported_functions: module.imports.len() as u32,
        imported_globals: module.constants.len() as u32,
        metered: options.metered,
        ..Indices::default()
    };
    let mut survey = Survey::default();
    let mut sections = Vec::new();
    let mut last = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        if id == CUSTOM_SECTION {
            continue;
        }
        let place = range.start;
        let section = &bytes[range.start as usize..range.end as usize];
        let Some(order_of_this) = order(id).filter(|order| *order > last) else {
            return Err(invalid(
                "a section of a kind that is not known, or not in its place",
                place,
            ));
        };
        last = order_of_this;
        learn(&mut indices, &mut survey, id, section, place, pace).await?;
        sections.push((id, section, place));
    }
    let added = additions(module, &indices, &survey)?;
    let mut added = added.iter().peekable();
    let mut output = Vec::with_capacity(bytes.len() + bytes.len() / 4);
    output.extend_from_slice(b"\0asm\x01\0\0\0");
    for (id, section, place) in sections {
        // A section that entries have to go into, but that the module has not, comes before the first one behind it.
        while let Some(before) = added.next_if(|added| order(added.section) < order(id)) {
            append(&mut output, before.section, &before.extend(None)?);
        }
        let changed = match id {
            // Its memory is an import now, or was one before.
            MEMORY_SECTION => {
                memory(section, place)?;
                continue;
            }
            START_SECTION => continue,
            CODE_SECTION if options.metered => {
                let metered = survey.meter(section, place, &indices, pace).await?;
                let mut hints = Vec::with_capacity(metered.hints.len() + HINTS.len() + 1);
                HINTS.encode(&mut hints);
                hints.extend_from_slice(&metered.hints);
                append(&mut output, CUSTOM_SECTION, &hints);
                Some(metered.code)
            }
            _ => change(&indices, id, section, place, options, pace).await?,
        };
        let data = changed.as_deref().unwrap_or(section);
        match added.next_if(|added| added.section == id) {
            Some(added) => append(&mut output, id, &added.extend(Some(data))?),
            None => append(&mut output, id, data),
        }
    }
    for behind in added {
        append(&mut output, behind.section, &behind.extend(None)?);
    }
    Ok(output)
}

/// Learns from a section what is needed to rewrite others.
async fn learn(
    indices: &mut Indices,
    survey: &mut Survey,
    id: u8,
    section: &[u8],
    place: u64,
    pace: &mut Pace,
) -> Result<(), Fault> {
    let mut reader = BinaryReader::new(section, place);
    match id {
        TYPE_SECTION => {
            for ty in TypeSectionReader::new(reader)?.into_iter_err_on_gc_types() {
                let ty = ty?;
                let byte = |ty: &ValType| match ty {
                    ValType::I32 => 0x7f,
                    ValType::I64 => 0x7e,
                    ValType::F32 => 0x7d,
                    ValType::F64 => 0x7c,
                    ValType::V128 => 0x7b,
                    ValType::Ref(_) => 0x70,
                };
                indices.types.push(ty.params().len() as u32);
                indices
                    .parameters
                    .push(ty.params().iter().map(byte).collect());
                pace.spent(ENTRY + ty.params().len() as u64).await;
            }
        }
        FUNCTION_SECTION => {
            for _ in 0..reader.read_var_u32()? {
                let ty = known_type(indices, &mut reader)?;
                indices.functions.push(ty);
            }
        }
        TAG_SECTION => {
            for _ in 0..reader.read_var_u32()? {
                reader.read_u8()?;
                known_type(indices, &mut reader)?;
            }
        }
        GLOBAL_SECTION => indices.globals = reader.read_var_u32()?,
        CODE_SECTION if indices.metered => survey.code(section, place, indices, pace).await?,
        _ => {}
    }
    Ok(())
}

/// What a section is afterwards, if it is anything else.
async fn change(
    indices: &Indices,
    id: u8,
    section: &[u8],
    place: u64,
    options: &PrepareOptions,
    pace: &mut Pace,
) -> Result<Option<Vec<u8>>, Fault> {
    let mut reader = BinaryReader::new(section, place);
    match id {
        TABLE_SECTION => return tables(indices, reader, section, options.table_entries).map(Some),
        GLOBAL_SECTION | EXPORT_SECTION | ELEMENT_SECTION | DATA_SECTION if options.metered => {}
        _ => return Ok(None),
    }
    let mut copy = Copy::new(section, Vec::with_capacity(section.len() + 16));
    for _ in 0..reader.read_var_u32()? {
        match id {
            GLOBAL_SECTION => global(indices, &mut copy, &mut reader)?,
            EXPORT_SECTION => export(indices, &mut copy, &mut reader)?,
            ELEMENT_SECTION => element(indices, &mut copy, &mut reader, pace).await?,
            _ => data(indices, &mut copy, &mut reader)?,
        }
        pace.spent(ENTRY).await;
    }
    match reader.eof() {
        true => Ok(Some(copy.rest())),
        false => Err(invalid(
            "a section goes on behind its last entry",
            reader.original_position(),
        )),
    }
}

/// Reads the index of a type that the module has itself.
fn known_type(indices: &Indices, reader: &mut BinaryReader<'_>) -> Result<u32, Fault> {
    let place = reader.original_position();
    let ty = reader.read_var_u32()?;
    match (ty as usize) < indices.types.len() {
        true => Ok(ty),
        false => Err(invalid("it has no type of this index", place)),
    }
}

/// Reads the type of a value or reference.
fn value_type(indices: &Indices, reader: &mut BinaryReader<'_>) -> Result<(), Fault> {
    let mut operators = Operators::new(reader.clone(), &indices.types);
    operators.value_type()?;
    *reader = operators.into_reader();
    Ok(())
}

/// The memory section, which is left out, is what the engine would have accepted.
fn memory(section: &[u8], place: u64) -> Result<(), Fault> {
    let mut reader = BinaryReader::new(section, place);
    for _ in 0..reader.read_var_u32()? {
        let bounded = reader.read_u8()? & 1 != 0;
        let minimum = reader.read_var_u32()?;
        let maximum = if bounded {
            reader.read_var_u32()?
        } else {
            PAGES
        };
        if minimum > maximum || maximum > PAGES {
            return Err(invalid(
                "its memory has a maximum that is too small or too large",
                place,
            ));
        }
    }
    match reader.eof() {
        true => Ok(()),
        false => Err(invalid(
            "a section goes on behind its last entry",
            reader.original_position(),
        )),
    }
}

fn bytes(reader: &mut BinaryReader<'_>) -> Result<(), Fault> {
    let length = reader.read_var_u32()?;
    reader.read_bytes(length as usize)?;
    Ok(())
}

/// The table section, with a maximum for each table.
fn tables(
    indices: &Indices,
    mut reader: BinaryReader<'_>,
    section: &[u8],
    limit: u32,
) -> Result<Vec<u8>, Fault> {
    let mut copy = Copy::new(section, Vec::with_capacity(section.len() + 16));
    let count = reader.read_var_u32()?;
    copy.up_to(reader.current_position());
    // Twice: what each may have depends on what all start with.
    let (mut room, mut growing) = (u64::from(limit), 0);
    for pass in 0..2 {
        let mut entries = reader.clone();
        for _ in 0..count {
            let place = entries.original_position();
            let has_value = entries.clone().read_u8()? == 0x40;
            if has_value {
                entries.read_bytes(2)?;
            }
            value_type(indices, &mut entries)?;
            let limits = entries.current_position();
            let flags = entries.read_u8()?;
            if flags > 1 {
                return Err(refused(
                    "a table that is shared or has 64-bit indices",
                    place,
                ));
            }
            let minimum = entries.read_var_u32()?;
            let maximum = if flags == 1 {
                entries.read_var_u32()?
            } else {
                u32::MAX
            };
            let wanted = u64::from(maximum.saturating_sub(minimum));
            if pass == 0 {
                room = room
                    .checked_sub(u64::from(minimum))
                    .ok_or_else(|| too_many(limit))?;
                growing += u64::from(wanted > 0);
            } else {
                let growth = if wanted > 0 {
                    wanted.min(room / growing)
                } else {
                    0
                };
                room -= growth;
                growing -= u64::from(wanted > 0);
                // A maximum below the minimum stays: it is an error that the engine reports.
                let maximum = maximum.min(minimum.saturating_add(growth as u32));
                copy.up_to(limits);
                copy.output.push(1);
                minimum.encode(&mut copy.output);
                maximum.encode(&mut copy.output);
                copy.skip_to(entries.current_position());
            }
            if has_value {
                match pass {
                    0 => indices.expression(&mut Copy::new(section, Vec::new()), &mut entries)?,
                    _ => indices.expression(&mut copy, &mut entries)?,
                }
            }
        }
    }
    Ok(copy.rest())
}

fn too_many(limit: u32) -> Fault {
    Box::new(LoadError::new(
        ErrorCode::BadLimit,
        format!(
            "the module's tables start with more than the {limit} entries that they may have; raise `tableEntries`"
        ),
    ))
}

fn global(
    indices: &Indices,
    copy: &mut Copy<'_>,
    reader: &mut BinaryReader<'_>,
) -> Result<(), Fault> {
    value_type(indices, reader)?;
    reader.read_u8()?;
    indices.expression(copy, reader)
}

fn export(
    indices: &Indices,
    copy: &mut Copy<'_>,
    reader: &mut BinaryReader<'_>,
) -> Result<(), Fault> {
    bytes(reader)?;
    let place = reader.original_position();
    match reader.read_u8()? {
        0 => indices.lone_function(copy, reader),
        3 => {
            let (start, place) = (reader.current_position(), reader.original_position());
            let index = indices.global(reader.read_var_u32()?, place)?;
            copy.up_to(start);
            index.encode(&mut copy.output);
            copy.skip_to(reader.current_position());
            Ok(())
        }
        1 | 2 | 4 => {
            reader.read_var_u32()?;
            Ok(())
        }
        _ => Err(invalid("an export of a kind that is not known", place)),
    }
}

async fn element(
    indices: &Indices,
    copy: &mut Copy<'_>,
    reader: &mut BinaryReader<'_>,
    pace: &mut Pace,
) -> Result<(), Fault> {
    let place = reader.original_position();
    let flags = reader.read_var_u32()?;
    if flags > 7 {
        return Err(invalid(
            "an element segment of a kind that is not known",
            place,
        ));
    }
    // Bit 0: it is passive or declared, without a place; bit 1: it names its table, or is declared; bit 2: it has expressions.
    let (active, explicit, expressions) = (flags & 1 == 0, flags & 2 != 0, flags & 4 != 0);
    if active {
        if explicit {
            reader.read_var_u32()?;
        }
        indices.expression(copy, reader)?;
    }
    if flags & 3 != 0 {
        match expressions {
            true => value_type(indices, reader)?,
            false => {
                reader.read_u8()?;
            }
        }
    }
    for _ in 0..reader.read_var_u32()? {
        let start = reader.current_position();
        match expressions {
            true => indices.expression(copy, reader)?,
            false => indices.lone_function(copy, reader)?,
        }
        pace.spent(ITEM + (reader.current_position() - start) as u64)
            .await;
    }
    Ok(())
}

fn data(
    indices: &Indices,
    copy: &mut Copy<'_>,
    reader: &mut BinaryReader<'_>,
) -> Result<(), Fault> {
    let place = reader.original_position();
    match reader.read_var_u32()? {
        0 => indices.expression(copy, reader)?,
        1 => {}
        2 => {
            reader.read_var_u32()?;
            indices.expression(copy, reader)?;
        }
        _ => return Err(invalid("a data segment of a kind that is not known", place)),
    }
    bytes(reader)
}
