//! Plugins made for one test: they record what they get, ask the test what to do, and give what the test put into their memory.

use crate::signature::{Core, Signature};
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, EntityType, ExportKind, ExportSection, Function,
    FunctionSection, GlobalSection, GlobalType, ImportSection, InstructionSink, MemArg,
    MemArgTarget, MemorySection, MemoryType, Module, TypeSection, ValType,
};

/// Address of the status word.
pub const STATUS: u32 = 0x10;
/// The core values with which the next import is called, 8 bytes each.
pub const ARGUMENTS: u32 = 0x100;
/// The core values that it gave.
pub const RESULTS: u32 = 0x200;
/// The core values with which export 0 was called; 256 bytes for each export.
pub const SEEN: u32 = 0x400;
/// The core values that export 0 gives.
pub const GIVEN: u32 = 0xc00;
/// The core values with which the function after export 0 was called.
pub const POSTED: u32 = 0x1400;
/// Where the test puts strings, lists and tuples.
pub const CONTENT: u32 = 0x2000;
/// Where the allocator starts.
pub const HEAP: u32 = 0x4_0000;
/// Pages of the memory.
pub const PAGES: u32 = 16;

/// The interface under which the test gives the functions that ask it.
pub const HOOKS: &str = "test/hooks@1";
/// What a plugin asks with its only hook: the allocator, which export was entered, the function after it, a destructor.
pub const ASKS_ALLOCATE: u32 = 0;
pub const ASKS_ENTER: u32 = 1;
pub const ASKS_POST: u32 = 2;
pub const ASKS_DESTROY: u32 = 3;

/// An import or an export.
#[derive(Clone, Debug)]
pub struct Item {
    pub interface: String,
    pub name: String,
    /// None for system calls, and for functions without a record: then the core type says all.
    pub signature: Option<Signature>,
    pub core: (Vec<Core>, Vec<Core>),
}

impl Item {
    pub fn import(interface: &str, name: &str, signature: &Signature) -> Item {
        Item {
            interface: interface.to_owned(),
            name: name.to_owned(),
            core: signature.import(),
            signature: Some(signature.clone()),
        }
    }

    pub fn export(interface: &str, name: &str, signature: &Signature) -> Item {
        Item {
            core: signature.export(),
            ..Item::import(interface, name, signature)
        }
    }

    /// A function without a record.
    pub fn plain(interface: &str, name: &str, parameters: &[Core], results: &[Core]) -> Item {
        Item {
            interface: interface.to_owned(),
            name: name.to_owned(),
            signature: None,
            core: (parameters.to_vec(), results.to_vec()),
        }
    }

    /// A system call.
    pub fn system(name: &str, parameters: usize) -> Item {
        let results: &[Core] = if name == "fault" { &[] } else { &[Core::I32] };
        Item::plain("portcullis", name, &vec![Core::I32; parameters], results)
    }
}

/// What a plugin is made from.
#[derive(Clone, Debug)]
pub struct Plugin {
    /// Each is called by an export of the name `call0`, `call1` …, with the values at [`ARGUMENTS`].
    pub imports: Vec<Item>,
    pub exports: Vec<Item>,
    /// Whether a function after each export is there.
    pub post_returns: bool,
    /// `import …: resource(…)` and `export …: resource(…)`.
    pub resources: Vec<String>,
    /// Export names of destructors.
    pub destructors: Vec<String>,
    pub has_status: bool,
    pub has_memory: bool,
}

impl Default for Plugin {
    fn default() -> Self {
        Plugin {
            imports: Vec::new(),
            exports: Vec::new(),
            post_returns: false,
            resources: Vec::new(),
            destructors: Vec::new(),
            has_status: true,
            has_memory: true,
        }
    }
}

fn val_type(core: &Core) -> ValType {
    match core {
        Core::I32 => ValType::I32,
        Core::I64 => ValType::I64,
        Core::F32 => ValType::F32,
        Core::F64 => ValType::F64,
    }
}

fn at(address: u32) -> MemArg {
    MemArg {
        offset: u64::from(address),
        align: 2,
        target: MemArgTarget::Memory(0),
        ordering: None,
    }
}

fn load(ins: &mut InstructionSink<'_>, core: Core, address: u32) {
    ins.i32_const(0);
    match core {
        Core::I32 => ins.i32_load(at(address)),
        Core::I64 => ins.i64_load(at(address)),
        Core::F32 => ins.f32_load(at(address)),
        Core::F64 => ins.f64_load(at(address)),
    };
}

/// Stores a local; the address is a constant.
fn store(ins: &mut InstructionSink<'_>, core: Core, address: u32, local: u32) {
    ins.i32_const(0).local_get(local);
    match core {
        Core::I32 => ins.i32_store(at(address)),
        Core::I64 => ins.i64_store(at(address)),
        Core::F32 => ins.f32_store(at(address)),
        Core::F64 => ins.f64_store(at(address)),
    };
}

/// A module under construction.
#[derive(Default)]
struct Parts {
    types: TypeSection,
    functions: FunctionSection,
    exports: ExportSection,
    code: CodeSection,
    imported: u32,
    defined: u32,
}

impl Parts {
    fn ty(&mut self, parameters: &[Core], results: &[Core]) -> u32 {
        self.types.ty().function(
            parameters.iter().map(val_type),
            results.iter().map(val_type),
        );
        self.types.len() - 1
    }

    fn function(&mut self, name: &str, parameters: &[Core], results: &[Core], body: Function) {
        let ty = self.ty(parameters, results);
        self.functions.function(ty);
        self.code.function(&body);
        self.exports
            .export(name, ExportKind::Func, self.imported + self.defined);
        self.defined += 1;
    }
}

impl Plugin {
    /// The records of the metadata.
    fn records(&self) -> String {
        let mut lines = self.resources.clone();
        for (direction, items) in [("import", &self.imports), ("export", &self.exports)] {
            for item in items {
                if let Some(signature) = &item.signature {
                    lines.push(format!(
                        "{direction} {} {}: {signature}",
                        item.interface, item.name
                    ));
                }
            }
        }
        lines.push(String::new());
        lines.join("\n")
    }

    /// The module.
    pub fn module(&self) -> Vec<u8> {
        let mut parts = Parts::default();
        let mut imports = ImportSection::new();
        for item in &self.imports {
            let ty = parts.ty(&item.core.0, &item.core.1);
            imports.import(&item.interface, &item.name, EntityType::Function(ty));
        }
        let ask_type = parts.ty(&[Core::I32; 3], &[Core::I32]);
        imports.import(HOOKS, "ask", EntityType::Function(ask_type));
        let ask = self.imports.len() as u32;
        parts.imported = ask + 1;
        // A function of the plugin that asks the test, with two numbers.
        let asking = |kind: u32, first: Option<u32>, second: Option<u32>| {
            let mut body = Function::new([]);
            let mut ins = body.instructions();
            ins.i32_const(kind as i32);
            for local in [first, second] {
                match local {
                    Some(local) => ins.local_get(local),
                    None => ins.i32_const(0),
                };
            }
            ins.call(ask);
            body
        };
        if self.has_memory {
            let mut body = asking(ASKS_ALLOCATE, Some(2), Some(3));
            body.instructions().end();
            parts.function("cabi_realloc", &[Core::I32; 4], &[Core::I32], body);
        }
        for name in &self.destructors {
            let mut body = asking(ASKS_DESTROY, Some(0), None);
            body.instructions().drop().end();
            parts.function(name, &[Core::I32], &[], body);
        }
        for (index, item) in self.imports.iter().enumerate() {
            let body = self.calling(item, index as u32);
            parts.function(&format!("call{index}"), &[], &[], body);
        }
        for (index, item) in self.exports.iter().enumerate() {
            self.serving(&mut parts, item, index as u32, ask);
        }
        let mut module = Module::new();
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: u64::from(PAGES),
            maximum: Some(u64::from(PAGES)),
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut globals = GlobalSection::new();
        if self.has_status {
            let ty = GlobalType {
                val_type: ValType::I32,
                mutable: false,
                shared: false,
            };
            globals.global(ty, &ConstExpr::i32_const(STATUS as i32));
            parts
                .exports
                .export("portcullis_status", ExportKind::Global, 0);
        }
        module
            .section(&parts.types)
            .section(&imports)
            .section(&parts.functions);
        if self.has_memory {
            module.section(&memories);
        }
        module
            .section(&globals)
            .section(&parts.exports)
            .section(&parts.code)
            .section(&CustomSection {
                name: "portcullis".into(),
                data: self.records().into_bytes().into(),
            });
        module.finish()
    }

    /// Calls an import with what stands at [`ARGUMENTS`].
    fn calling(&self, item: &Item, function: u32) -> Function {
        let (parameters, results) = &item.core;
        let mut body = Function::new_with_locals_types(results.iter().map(val_type));
        let mut ins = body.instructions();
        if self.has_memory {
            for (place, core) in parameters.iter().enumerate() {
                load(&mut ins, *core, ARGUMENTS + 8 * place as u32);
            }
            ins.call(function);
            for place in (0..results.len() as u32).rev() {
                ins.local_set(place);
            }
            for (place, core) in results.iter().enumerate() {
                store(&mut ins, *core, RESULTS + 8 * place as u32, place as u32);
            }
        } else {
            for core in parameters {
                match core {
                    Core::I32 => ins.i32_const(7),
                    Core::I64 => ins.i64_const(7),
                    Core::F32 => ins.f32_const(7.0.into()),
                    Core::F64 => ins.f64_const(7.0.into()),
                };
            }
            ins.call(function);
            for _ in results {
                ins.drop();
            }
        }
        ins.end();
        body
    }

    /// An export that records what it gets, asks, and gives what stands at [`GIVEN`]; and the function after it.
    fn serving(&self, parts: &mut Parts, item: &Item, index: u32, ask: u32) {
        let (parameters, results) = &item.core;
        let asks = |ins: &mut InstructionSink<'_>, kind: u32| {
            ins.i32_const(kind as i32)
                .i32_const(index as i32)
                .i32_const(0)
                .call(ask)
                .drop();
        };
        let record = |ins: &mut InstructionSink<'_>, cores: &[Core], address: u32| {
            for (place, core) in cores.iter().enumerate() {
                store(
                    ins,
                    *core,
                    address + 0x100 * index + 8 * place as u32,
                    place as u32,
                );
            }
        };
        let mut body = Function::new([]);
        let mut ins = body.instructions();
        if self.has_memory {
            record(&mut ins, parameters, SEEN);
        }
        asks(&mut ins, ASKS_ENTER);
        for (place, core) in results.iter().enumerate() {
            if self.has_memory {
                load(&mut ins, *core, GIVEN + 0x100 * index + 8 * place as u32);
            } else {
                // What it was called with goes back.
                ins.local_get(place as u32);
            }
        }
        ins.end();
        let name = match item.interface.as_str() {
            "-" => item.name.clone(),
            interface => format!("{interface}#{}", item.name),
        };
        parts.function(&name, parameters, results, body);
        if self.post_returns {
            let mut body = Function::new([]);
            let mut ins = body.instructions();
            record(&mut ins, results, POSTED);
            asks(&mut ins, ASKS_POST);
            ins.end();
            parts.function(&format!("cabi_post_{name}"), results, &[], body);
        }
    }
}
