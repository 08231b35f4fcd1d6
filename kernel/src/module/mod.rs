//! Plugins as bytes: what a module has and asks for, and how it is made ready to run.

mod body_cost;
mod constants;
pub mod cost;
mod counted;
mod features;
mod indices;
mod liveness;
mod meter;
pub mod operators;
mod prepare;
mod read;
mod resolve;
mod sniff;
mod survey;

use crate::signature::{Core, CoreSignature, Metadata, Signature};

pub use prepare::{
    FUEL_IMPORT, MEMORY_IMPORT, PrepareOptions, REFILL_IMPORT, START_EXPORT, TABLE_ENTRIES,
    prepare, preparing,
};
pub use read::{read, read_within, reading};
pub use resolve::{Resolved, resolve, resolving};

/// A function that the module imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedFunction {
    /// Import module, which is the interface.
    pub interface: String,
    /// Import name.
    pub name: String,
    /// Its type in core WebAssembly; None if it has vectors or references.
    pub core: Option<CoreSignature>,
}

/// A constant that the module imports: an immutable global.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedConstant {
    /// Import module.
    pub module: String,
    /// Import name.
    pub name: String,
    /// Its type.
    pub ty: Core,
}

impl ImportedConstant {
    /// How the web app names it: `module#name`.
    pub fn label(&self) -> String {
        format!("{}#{}", self.module, self.name)
    }
}

/// A function that the module exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedFunction {
    /// Export name.
    pub name: String,
    /// Its type in core WebAssembly; None if it has vectors or references.
    pub core: Option<CoreSignature>,
}

/// Memory 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryNeed {
    /// Pages of 64 KiB at the start.
    pub minimum: u64,
    /// Pages of 64 KiB that it declares as its own maximum.
    pub maximum: Option<u64>,
    /// Import module and name, if it imports it.
    pub import: Option<(String, String)>,
}

/// How the module gives the address of its status word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusExport {
    /// It has none.
    None,
    /// As a global.
    Global,
    /// As a function to call.
    Function,
}

/// A module that was read, but not run.
#[derive(Clone, Debug)]
pub struct Module {
    /// How many types it has.
    pub types: u32,
    /// Its functions, in order of their index. System calls are among them.
    pub imports: Vec<ImportedFunction>,
    /// Its imported globals, in order of their index.
    pub constants: Vec<ImportedConstant>,
    /// Its exported functions.
    pub exports: Vec<ExportedFunction>,
    /// Their indices in the order of their names.
    export_order: Vec<u32>,
    /// Its memory, if it has one.
    pub memory: Option<MemoryNeed>,
    /// Function index of its start function.
    pub start: Option<u32>,
    /// How it exports the address of its status word.
    pub status: StatusExport,
    /// Its records.
    pub metadata: Metadata,
    /// Name, start and end in bytes of every custom section.
    pub custom_sections: Vec<(String, usize, usize)>,
    /// How many bytes it has.
    pub size: usize,
    /// What it costs to compile, in points: see [`cost`].
    pub points: u64,
}

impl Module {
    /// The exported function of that name.
    pub fn export(&self, name: &str) -> Option<&ExportedFunction> {
        let place = self
            .export_order
            .binary_search_by(|index| self.exports[*index as usize].name.as_str().cmp(name));
        let index = *self.export_order.get(place.ok()?)?;
        self.exports.get(index as usize)
    }

    /// Notes the order of the exports' names, for [`Module::export`].
    fn order_exports(&mut self) {
        let mut order: Vec<u32> = (0..self.exports.len() as u32).collect();
        order.sort_unstable_by_key(|index| self.exports[*index as usize].name.as_str());
        self.export_order = order;
    }

    /// Whether an import is a system call.
    pub fn is_system(import: &ImportedFunction) -> bool {
        import.interface == portcullis_abi::names::SYSTEM_MODULE
    }
}

/// An imported function with its signature.
#[derive(Clone, Debug)]
pub struct Import {
    /// Interface.
    pub interface: String,
    /// Name.
    pub name: String,
    /// Declared, or inferred from the core type.
    pub signature: Signature,
    /// Whether it was declared.
    pub declared: bool,
    /// Place among the module's imported functions.
    pub index: u32,
}

/// An exported function with its signature.
#[derive(Clone, Debug)]
pub struct Export {
    /// Interface, or [`crate::signature::PLAIN`].
    pub interface: String,
    /// Name.
    pub name: String,
    /// Export name.
    pub export: String,
    /// Declared, or inferred from the core type.
    pub signature: Signature,
    /// Whether it was declared.
    pub declared: bool,
    /// Export name of the function to call when its results were copied, if the module has it.
    pub post_return: Option<String>,
}
