//! Reads what a module has and asks for. The engine validates the module afterwards; this refuses what the kernel does
//! not allow, with better words.

use super::{ExportedFunction, ImportedFunction, MemoryNeed, Module, StatusExport, sniff::sniff};
use crate::load::{LoadError, clean};
use crate::signature::{Core, CoreSignature, Metadata, parse_records};
use portcullis_abi::ErrorCode;
use portcullis_abi::names::{METADATA_SECTION, STATUS_EXPORT, SYSTEM_MODULE};
use wasmparser::{
    BinaryReader, BinaryReaderError, Encoding, ExternalKind, FuncType, Parser, Payload, TypeRef,
    ValType,
};

/// Most imported functions of a plugin.
const MAX_IMPORTS: usize = 1_000;
/// Most exports of a plugin.
const MAX_EXPORTS: usize = 10_000;
/// Most tables of a plugin.
const MAX_TABLES: usize = 16;
/// Most entries that its tables may start with, together.
const MAX_TABLE_ENTRIES: u64 = 1_000_000;

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

fn core_type(ty: &FuncType) -> Option<CoreSignature> {
    let convert = |types: &[ValType]| {
        types
            .iter()
            .map(|ty| match ty {
                ValType::I32 => Some(Core::I32),
                ValType::I64 => Some(Core::I64),
                ValType::F32 => Some(Core::F32),
                ValType::F64 => Some(Core::F64),
                ValType::V128 | ValType::Ref(_) => None,
            })
            .collect::<Option<Vec<_>>>()
    };
    Some(CoreSignature {
        parameters: convert(ty.params())?,
        results: convert(ty.results())?,
    })
}

/// What accumulates while the sections go by.
struct Reading {
    module: Module,
    types: Vec<Option<CoreSignature>>,
    /// Type of each function, imported ones first.
    functions: Vec<u32>,
    tables: usize,
    table_entries: u64,
}

impl Reading {
    fn function_type(&self, function: u32) -> Option<CoreSignature> {
        let ty = *self.functions.get(function as usize)?;
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
        self.tables += 1;
        self.table_entries = self.table_entries.saturating_add(table.initial);
        if self.tables > MAX_TABLES || self.table_entries > MAX_TABLE_ENTRIES {
            return Err(refused(format!(
                "the module has more than {MAX_TABLES} tables, or more than {MAX_TABLE_ENTRIES} entries in them"
            )));
        }
        if table.table64 || table.shared {
            return Err(refused("the module has a shared or 64-bit table"));
        }
        Ok(())
    }

    fn import(&mut self, import: wasmparser::Import<'_>) -> Result<(), LoadError> {
        let (interface, name) = (import.module.to_owned(), import.name.to_owned());
        let other = |what: &str| {
            Err(LoadError::at(
                ErrorCode::UnknownImport,
                format!("{interface}#{name}"),
                format!(
                    "the module imports a {what} `{}` from `{}`; a plugin imports functions and one memory",
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
                self.functions.push(ty);
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
            TypeRef::Global(_) => other("global"),
            TypeRef::Tag(_) => other("tag"),
        }
    }

    fn export(&mut self, export: wasmparser::Export<'_>) -> Result<(), LoadError> {
        if self.module.exports.len() == MAX_EXPORTS {
            return Err(refused(format!(
                "the module exports more than {MAX_EXPORTS} functions"
            )));
        }
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

/// Reads a module.
///
/// # Errors
/// `not-wasm`, `invalid-module` for bytes that are damaged, `refused-module` for features that are not allowed,
/// `unknown-import`, `bad-metadata`. Each names what and where.
pub fn read(bytes: &[u8]) -> Result<Module, LoadError> {
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
            exports: Vec::new(),
            memory: None,
            start: None,
            status: StatusExport::None,
            metadata: Metadata::default(),
            custom_sections: Vec::new(),
            size: bytes.len(),
        },
        types: Vec::new(),
        functions: Vec::new(),
        tables: 0,
        table_entries: 0,
    };
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
                for ty in types.into_iter_err_on_gc_types() {
                    let ty = ty.map_err(|error| {
                        refused(format!(
                            "the type at byte {} is not a plain function type: {}",
                            error.offset(),
                            clean(error.message(), 100)
                        ))
                    })?;
                    reading.types.push(core_type(&ty));
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    reading.import(import.map_err(damaged)?)?;
                }
            }
            Payload::FunctionSection(functions) => {
                for ty in functions {
                    reading.functions.push(ty.map_err(damaged)?);
                }
            }
            Payload::TableSection(tables) => {
                let range = tables.range();
                let section = &bytes[range.start as usize..range.end as usize];
                let mut entries = BinaryReader::new(section, range.start);
                for _ in 0..entries.read_var_u32().map_err(damaged)? {
                    reading.table_entry(&mut entries)?;
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    reading.memory(memory.map_err(damaged)?, None)?;
                }
            }
            Payload::TagSection(_) => {}
            Payload::ExportSection(exports) => {
                for export in exports {
                    reading.export(export.map_err(damaged)?)?;
                }
            }
            Payload::StartSection { func, .. } => reading.module.start = Some(func),
            Payload::CustomSection(section) => {
                let end = section.data_offset() as usize + section.data().len();
                let start = section.data_offset() as usize;
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
