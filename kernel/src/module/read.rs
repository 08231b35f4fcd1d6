//! Reads what a module has and asks for. The engine validates the module afterwards; this refuses what the kernel does
//! not allow, with better words.

use super::constants::Entries;
use super::cost::{self, Cost, Limits, Shapes};
use super::{
    ExportedFunction, ImportedConstant, ImportedFunction, MemoryNeed, Module, StatusExport,
    features, sniff::sniff,
};
use crate::load::{LoadError, clean};
use crate::pace::{self, Pace, at_once};
use crate::signature::{Core, CoreSignature, Metadata, parse_records};
use portcullis_abi::ErrorCode;
use portcullis_abi::names::{METADATA_SECTION, STATUS_EXPORT, SYSTEM_MODULE};
use wasmparser::{
    BinaryReader, BinaryReaderError, Encoding, ExternalKind, FuncType, Parser, Payload, TypeRef,
    ValType,
};

/// Most imported functions of a plugin.
const MAX_IMPORTS: usize = 1_000;

fn refused(message: impl Into<String>) -> LoadError {
    LoadError::new(ErrorCode::RefusedModule, message)
}

pub(super) fn damaged(error: BinaryReaderError) -> LoadError {
    let what = if error.message().contains("unexpected end") {
        "is cut short"
    } else {
        "is damaged"
    };
    LoadError::new(
        ErrorCode::InvalidModule,
        format!(
            "the module {what} at byte {}: {}",
            error.offset(),
            clean(error.message(), 200)
        ),
    )
}

fn core_value(ty: &ValType) -> Option<Core> {
    match ty {
        ValType::I32 => Some(Core::I32),
        ValType::I64 => Some(Core::I64),
        ValType::F32 => Some(Core::F32),
        ValType::F64 => Some(Core::F64),
        ValType::V128 | ValType::Ref(_) => None,
    }
}

fn core_type(ty: &FuncType) -> Option<CoreSignature> {
    let convert = |types: &[ValType]| types.iter().map(core_value).collect::<Option<Vec<_>>>();
    Some(CoreSignature {
        parameters: convert(ty.params())?,
        results: convert(ty.results())?,
    })
}

/// What accumulates while the sections go by.
struct Reading {
    module: Module,
    types: Vec<Option<CoreSignature>>,
    shapes: Shapes,
    cost: Cost,
    table_entries: u64,
}

impl Reading {
    fn function_type(&self, function: u32) -> Option<CoreSignature> {
        let ty = *self.shapes.functions.get(function as usize)?;
        self.types.get(ty as usize)?.clone()
    }

    fn memory(
        &mut self,
        memory: wasmparser::MemoryType,
        import: Option<(String, String)>,
    ) -> Result<(), LoadError> {
        if self.module.memory.is_some() {
            return Err(refused(
                "the module has more than one memory; a plugin has one",
            ));
        }
        if memory.memory64 {
            return Err(refused(
                "the module has a 64-bit memory; build it for wasm32",
            ));
        }
        if memory.shared {
            return Err(refused(
                "the module has a shared memory; build it without threads",
            ));
        }
        if memory.page_size_log2.is_some() {
            return Err(refused("the module's memory has pages of an unusual size"));
        }
        self.module.memory = Some(MemoryNeed {
            minimum: memory.initial,
            maximum: memory.maximum,
            import,
        });
        Ok(())
    }

    /// One entry of the table section. Its initial value is not read, for that would need the reader of all instructions.
    fn table_entry(&mut self, entries: &mut BinaryReader<'_>) -> Result<(), LoadError> {
        if entries.clone().read_u8().map_err(damaged)? == 0x40 {
            return Err(refused(
                "the module has a table with an initial value; leave that out",
            ));
        }
        self.table(&entries.read().map_err(damaged)?)
    }

    fn table(&mut self, table: &wasmparser::TableType) -> Result<(), LoadError> {
        if table.table64 || table.shared {
            return Err(refused("the module has a shared or 64-bit table"));
        }
        if !features::grants_reference(table.element_type) {
            return Err(refused(
                "the module has a table of references of a kind that is not allowed",
            ));
        }
        self.table_entries = self.table_entries.saturating_add(table.initial);
        Ok(())
    }

    fn ty(&mut self, ty: &FuncType) -> Result<(), LoadError> {
        let index = self.types.len();
        let mut values = ty.params().iter().chain(ty.results());
        if !values.all(|value| features::grants(*value)) {
            return Err(refused(format!(
                "type {index} of the module has values of a kind that is not allowed"
            )));
        }
        self.cost
            .ty(index, ty.params().len() + ty.results().len())?;
        self.shapes.parameters.push(ty.params().len() as u32);
        self.shapes.results.push(ty.results().len() as u32);
        let mut values = ty.params().iter().chain(ty.results());
        let vectors = values.any(|value| *value == ValType::V128);
        self.shapes.vectors.push(vectors);
        self.types.push(core_type(ty));
        Ok(())
    }

    fn import(&mut self, import: wasmparser::Import<'_>) -> Result<(), LoadError> {
        let (interface, name) = (import.module.to_owned(), import.name.to_owned());
        let other = |what: &str| {
            Err(LoadError::at(
                ErrorCode::UnknownImport,
                format!("{interface}#{name}"),
                format!(
                    "the module imports a {what} `{}` from `{}`; a plugin imports functions, constants and one memory",
                    clean(&name, 100),
                    clean(&interface, 100)
                ),
            ))
        };
        match import.ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                if self.module.imports.len() == MAX_IMPORTS {
                    return Err(refused(format!(
                        "the module imports more than {MAX_IMPORTS} functions"
                    )));
                }
                let Some(core) = self.types.get(ty as usize).cloned() else {
                    return Err(LoadError::new(
                        ErrorCode::InvalidModule,
                        "the module imports a function of a type that it has not",
                    ));
                };
                self.shapes.functions.push(ty);
                self.module.imports.push(ImportedFunction {
                    interface,
                    name,
                    core,
                });
                Ok(())
            }
            TypeRef::Memory(_) if interface == SYSTEM_MODULE => {
                other("memory under the kernel's name")
            }
            TypeRef::Memory(memory) => self.memory(memory, Some((interface, name))),
            TypeRef::Table(_) => other("table"),
            TypeRef::Global(_) if interface == SYSTEM_MODULE => {
                other("global under the kernel's name")
            }
            TypeRef::Global(global) if global.mutable || global.shared => other("mutable global"),
            TypeRef::Global(global) => match core_value(&global.content_type) {
                Some(ty) => {
                    self.module.constants.push(ImportedConstant {
                        module: interface,
                        name,
                        ty,
                    });
                    Ok(())
                }
                None => other("global that is no number"),
            },
            TypeRef::Tag(_) => other("tag"),
        }
    }

    fn entries<'a>(
        &self,
        bytes: &'a [u8],
        range: std::ops::Range<u64>,
    ) -> Result<Entries<'a, '_>, LoadError> {
        let section = &bytes[range.start as usize..range.end as usize];
        Entries::new(section, range.start, &self.shapes.parameters).map_err(|fault| *fault)
    }

    fn export(&mut self, export: wasmparser::Export<'_>) -> Result<(), LoadError> {
        match export.kind {
            ExternalKind::Func | ExternalKind::FuncExact => {
                if export.name == STATUS_EXPORT {
                    self.module.status = StatusExport::Function;
                }
                let core = self.function_type(export.index);
                self.module.exports.push(ExportedFunction {
                    name: export.name.to_owned(),
                    core,
                });
            }
            ExternalKind::Global if export.name == STATUS_EXPORT => {
                self.module.status = StatusExport::Global;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Reads a module, which may cost what is usual.
///
/// # Errors
/// As those of [`reading`].
pub fn read(bytes: &[u8]) -> Result<Module, LoadError> {
    read_within(bytes, Limits::default())
}

/// Reads a module, which may cost what the limits say.
///
/// # Errors
/// As those of [`reading`].
pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Module, LoadError> {
    at_once(reading(bytes, limits, &mut Pace::default()))
}

/// Reads a module, which may cost what the limits say, slice after slice.
///
/// # Errors
/// `not-wasm`, `invalid-module` for bytes that are damaged, `refused-module` for features that are not allowed and for what
/// would cost too much, `unknown-import`, `bad-metadata`. Each names what and where.
pub async fn reading(bytes: &[u8], limits: Limits, pace: &mut Pace) -> Result<Module, LoadError> {
    if bytes.get(..8) != Some(b"\0asm\x01\0\0\0") {
        return Err(LoadError::new(
            ErrorCode::NotWasm,
            format!("these bytes are no WebAssembly module: {}", sniff(bytes)),
        ));
    }
    let mut reading = Reading {
        module: Module {
            types: 0,
            imports: Vec::new(),
            constants: Vec::new(),
            exports: Vec::new(),
            export_order: Vec::new(),
            memory: None,
            start: None,
            status: StatusExport::None,
            metadata: Metadata::default(),
            custom_sections: Vec::new(),
            size: bytes.len(),
            points: 0,
        },
        types: Vec::new(),
        shapes: Shapes::default(),
        cost: Cost::new(limits, bytes.len()),
        table_entries: 0,
    };
    let mut bodies = 0;
    let mut records: Vec<u8> = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(damaged)? {
            Payload::Version {
                encoding: Encoding::Component,
                ..
            } => {
                return Err(LoadError::new(
                    ErrorCode::NotWasm,
                    "the bytes are a WebAssembly component; a core module is needed",
                ));
            }
            Payload::TypeSection(types) => {
                let position = types.range().start;
                reading
                    .cost
                    .count("types", types.count().into(), cost::TYPES, position)?;
                for ty in types.into_iter_err_on_gc_types() {
                    let ty = ty.map_err(|error| {
                        refused(format!(
                            "the type at byte {} is not a plain function type: {}",
                            error.offset(),
                            clean(error.message(), 100)
                        ))
                    })?;
                    reading.ty(&ty)?;
                    pace.spent(pace::ENTRY + (ty.params().len() + ty.results().len()) as u64)
                        .await;
                }
            }
            Payload::ImportSection(imports) => {
                let position = imports.range().start;
                for import in imports.into_imports() {
                    let import = import.map_err(damaged)?;
                    let names = import.module.len() + import.name.len();
                    pace.spent(pace::ENTRY + names as u64).await;
                    reading.import(import)?;
                    let number = reading.module.constants.len() as u64;
                    reading
                        .cost
                        .check("imported globals", number, cost::GLOBALS, position)?;
                }
            }
            Payload::FunctionSection(functions) => {
                let (count, position) = (functions.count().into(), functions.range().start);
                reading
                    .cost
                    .count("functions", count, cost::FUNCTIONS, position)?;
                for ty in functions {
                    reading.shapes.functions.push(ty.map_err(damaged)?);
                }
            }
            Payload::TableSection(tables) => {
                let range = tables.range();
                let section = &bytes[range.start as usize..range.end as usize];
                let mut entries = BinaryReader::new(section, range.start);
                let count = entries.read_var_u32().map_err(damaged)?;
                reading
                    .cost
                    .count("tables", count.into(), cost::TABLES, range.start)?;
                for _ in 0..count {
                    reading.table_entry(&mut entries)?;
                }
                let number = reading.table_entries;
                reading.cost.count(
                    "entries in tables",
                    number,
                    cost::TABLE_ENTRIES,
                    range.start,
                )?;
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    reading.memory(memory.map_err(damaged)?, None)?;
                }
            }
            Payload::TagSection(tags) => {
                let position = tags.range().start;
                reading
                    .cost
                    .count("tags", tags.count().into(), cost::TAGS, position)?;
                for tag in tags {
                    let ty = tag.map_err(damaged)?.func_type_idx as usize;
                    let thrown = reading.shapes.parameters.get(ty).copied().unwrap_or(0);
                    reading.shapes.thrown = reading.shapes.thrown.max(thrown);
                }
            }
            Payload::GlobalSection(globals) => {
                let entries = reading.entries(bytes, globals.range())?;
                let (count, position) = (entries.count(), globals.range().start);
                entries.globals(pace).await.map_err(|fault| *fault)?;
                reading
                    .cost
                    .count("globals", count, cost::GLOBALS, position)?;
            }
            Payload::ExportSection(exports) => {
                let position = exports.range().start;
                reading
                    .cost
                    .count("exports", exports.count().into(), cost::EXPORTS, position)?;
                for export in exports {
                    let export = export.map_err(damaged)?;
                    pace.spent(pace::ENTRY + export.name.len() as u64).await;
                    reading.export(export)?;
                }
            }
            Payload::ElementSection(elements) => {
                let range = elements.range();
                let entries = reading.entries(bytes, range.clone())?;
                let count = entries.count();
                entries.elements(pace).await.map_err(|fault| *fault)?;
                reading.cost.count(
                    "element segments",
                    count,
                    cost::ELEMENT_SEGMENTS,
                    range.start,
                )?;
                reading.cost.elements(range.end - range.start)?;
            }
            Payload::DataSection(data) => {
                let entries = reading.entries(bytes, data.range())?;
                let (count, position) = (entries.count(), data.range().start);
                entries.data(pace).await.map_err(|fault| *fault)?;
                reading
                    .cost
                    .count("data segments", count, cost::DATA_SEGMENTS, position)?;
            }
            Payload::CodeSectionEntry(body) => {
                let range = body.range();
                let code = &bytes[range.start as usize..range.end as usize];
                let index = reading.module.imports.len() + bodies;
                bodies += 1;
                let Some(ty) = reading.shapes.functions.get(index).copied() else {
                    return Err(LoadError::new(
                        ErrorCode::InvalidModule,
                        "the module has code for more functions than it has",
                    ));
                };
                let cost = &mut reading.cost;
                cost.function(index as u32, ty, code, range.start, &reading.shapes)
                    .map_err(|fault| *fault)?;
                pace.spent(pace::FUNCTION + code.len() as u64).await;
            }
            Payload::UnknownSection { id, range, .. } => {
                return Err(refused(format!(
                    "the module has a section of an unknown kind ({id}) at byte {}",
                    range.start
                )));
            }
            Payload::StartSection { func, .. } => reading.module.start = Some(func),
            Payload::CustomSection(section) => {
                let end = section.data_offset() as usize + section.data().len();
                let start = section.data_offset() as usize;
                let number = reading.module.custom_sections.len() as u64 + 1;
                reading.cost.check(
                    "custom sections",
                    number,
                    cost::CUSTOM_SECTIONS,
                    section.data_offset(),
                )?;
                reading
                    .module
                    .custom_sections
                    .push((section.name().to_owned(), start, end));
                if section.name() == METADATA_SECTION {
                    records.extend_from_slice(section.data());
                    records.push(b'\n');
                    if records.len() > portcullis_abi::limits::METADATA_BYTES + 1 {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    if let Some(start) = reading.module.start
        && reading.function_type(start) != Some(CoreSignature::default())
    {
        return Err(LoadError::new(
            ErrorCode::InvalidModule,
            "the module's start function is none that takes and gives nothing",
        ));
    }
    reading.module.types = reading.types.len() as u32;
    reading.module.order_exports();
    reading.module.points = reading.cost.points();
    if records.last() == Some(&b'\n') {
        records.pop();
    }
    parse_records(&records, &mut reading.module.metadata).map_err(|error| {
        LoadError::new(
            ErrorCode::BadMetadata,
            format!(
                "the signature metadata is wrong at {}",
                clean(&error.to_string(), 300)
            ),
        )
    })?;
    Ok(reading.module)
}
