//! A gate module: its imports, its functions, and the numbers by which they find each other.

use super::body::val_type;
use super::fused::Road;
use super::{callee, caller, fused, support, system};
use crate::class::ClassId;
use crate::map::Map;
use crate::pace::{Pace, at_once};
use crate::signature::{Core, CoreSignature, Signature};
use crate::syscall::copies;
use portcullis_abi::SystemCall;
use portcullis_abi::names::LEASE_CLASS;
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalType,
    ImportSection, MemoryType, Module, RefType, TableSection, TableType, TypeSection, ValType,
};

/// An import of the process.
#[derive(Clone, Debug)]
pub struct GateImport {
    /// Its signature.
    pub signature: Signature,
    /// The kernel's number of the signature.
    pub signature_number: u32,
    /// How its calls travel.
    pub road: Road,
}

/// An export of the process.
#[derive(Clone, Debug)]
pub struct GateExport {
    /// Its signature.
    pub signature: Signature,
    /// Whether there is a function to call afterwards.
    pub post_return: bool,
}

/// A destructor of the process: takes the badge that the frame's first slot holds.
#[derive(Clone, Copy, Debug)]
pub struct Destructor;

/// What a gate is to be generated from.
#[derive(Clone, Debug, Default)]
pub struct GatePlan {
    /// Imports, in any order; their halves are exported as `i0`, `i1` ….
    pub imports: Vec<GateImport>,
    /// System calls; their halves are exported as `y0`, `y1` ….
    pub system_calls: Vec<SystemCall>,
    /// Exports; their halves are exported as `e0`, `e1` ….
    pub exports: Vec<GateExport>,
    /// Destructors; their halves are exported as `d0`, `d1` ….
    pub destructors: Vec<Destructor>,
    /// The kernel's number of every class in the signatures.
    pub classes: Map<String, ClassId>,
    /// Classes that the process mints.
    pub minted: Vec<String>,
    /// Whether the process has a memory.
    pub has_memory: bool,
    /// Whether the process is metered: it draws fuel, and asks for more by the half that is exported as `refill`.
    pub metered: bool,
    /// Whether the engine lets a module have two memories.
    pub multi_memory: bool,
    /// Address of the shared words in the kernel's memory.
    pub shared: u32,
}

/// A generated gate.
#[derive(Clone, Debug)]
pub struct Gate {
    /// The module.
    pub bytes: Vec<u8>,
    /// Index in the gate's table `t` of the process's `cabi_realloc`.
    pub realloc: u32,
    /// Index of the first export.
    pub exports: u32,
    /// Index of each export's function to call afterwards, if it has one.
    pub post_returns: Vec<Option<u32>>,
    /// Index of the first destructor.
    pub destructors: u32,
    /// For each import whose calls are fused, the index of what is called.
    pub fused: Vec<Option<u32>>,
}

/// The kernel's functions that gates call: import name, parameters and results, all i32.
pub const KERNEL_FUNCTIONS: [(&str, usize, usize); 14] = [
    ("check", 3, 1),
    ("detach", 3, 1),
    ("attach", 2, 1),
    ("restore", 1, 1),
    ("lend", 4, 1),
    ("end_borrow", 2, 1),
    ("reserve", 2, 1),
    ("stage", 2, 1),
    ("unstage", 1, 1),
    ("utf8", 2, 1),
    ("list", 3, 1),
    ("fail", 3, 1),
    ("syscall", 4, 1),
    ("refill", 2, 1),
];

/// Indexes of [`KERNEL_FUNCTIONS`], which are the first functions of every gate.
pub mod kernel_function {
    #![allow(missing_docs)] // The names are those of the list above.
    pub const CHECK: u32 = 0;
    pub const DETACH: u32 = 1;
    pub const ATTACH: u32 = 2;
    pub const RESTORE: u32 = 3;
    pub const LEND: u32 = 4;
    pub const END_BORROW: u32 = 5;
    pub const RESERVE: u32 = 6;
    pub const STAGE: u32 = 7;
    pub const UNSTAGE: u32 = 8;
    pub const UTF8: u32 = 9;
    pub const LIST: u32 = 10;
    pub const FAIL: u32 = 11;
    pub const SYSCALL: u32 = 12;
    pub const REFILL: u32 = 13;
}

/// Index of the process's own identity among the globals.
pub const GLOBAL_PROCESS: u32 = 0;
/// Index of its header's address.
pub const GLOBAL_HEADER: u32 = 1;
/// Index of the slot of the first import; a negative one means dispatch on the object, by the place in its other bits.
pub const GLOBAL_SLOTS: u32 = 2;
/// The gate's own table with the exports of its process.
pub const TABLE_EXPORTS: u32 = 0;

/// Everything that the halves need to know while they are generated.
pub struct Context<'a> {
    /// What is to be generated.
    pub plan: &'a GatePlan,
    types: Vec<CoreSignature>,
    type_indices: Map<CoreSignature, u32>,
    functions: Vec<(u32, Function)>,
    imported: u32,
    /// The containment frame: (frame, slot), which leaves the status in the frame.
    pub contain: u32,
    /// Waits for the web app after the status [`super::PENDING`]: (frame) → status. See [`super::wait`].
    pub wait: u32,
    /// Proves that there is stack for the kernel's functions; see [`super::stack`].
    pub room: u32,
    /// Fills memory of the process from the host: (address, length) → ok.
    pub fill: u32,
    /// Lets the host take bytes out of the memory of the process: (address, length) → ok.
    pub drain: u32,
    /// Carries out a copy from memory to memory: (from, address, to, address, bytes) → ok. There only for system calls that want
    /// copies.
    pub transfer: u32,
    /// For each import whose calls are fused, the index in the gate's table of what is called.
    pub fused: Vec<Option<u32>>,
    /// For each import that goes straight to the export, the global with the address of its callee's header.
    pub callee_headers: Vec<Option<u32>>,
    /// Functions that [`support`] adds.
    pub support: support::Support,
    /// What a metered process needs.
    pub meter: Option<Meter>,
}

/// Where the fuel of a metered process is.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    /// Index of the global with the fuel that is left.
    pub fuel: u32,
    /// Asks for more: (what is left) → what there is now. Traps if there is none.
    pub refill: u32,
}

/// Work of making a half, and each byte of it, in the units of [`Pace`].
const HALF: u64 = 256;
const GATE_BYTE: u64 = 2;

/// A type with i32 only.
pub fn i32s(parameters: usize, results: usize) -> CoreSignature {
    CoreSignature {
        parameters: vec![Core::I32; parameters],
        results: vec![Core::I32; results],
    }
}

impl Context<'_> {
    /// The index of a function type.
    pub fn type_index(&mut self, ty: &CoreSignature) -> u32 {
        if let Some(index) = self.type_indices.get(ty) {
            return *index;
        }
        let index = self.types.len() as u32;
        self.types.push(ty.clone());
        self.type_indices.insert(ty.clone(), index);
        index
    }

    /// Adds a function and gives its index.
    pub fn add(&mut self, ty: &CoreSignature, function: Function) -> u32 {
        let ty = self.type_index(ty);
        self.functions.push((ty, function));
        self.imported + self.functions.len() as u32 - 1
    }

    /// The work that the last function took.
    fn work(&self) -> u64 {
        let bytes = self.functions.last().map_or(0, |(_, last)| last.byte_len());
        HALF + GATE_BYTE * bytes as u64
    }

    /// The kernel's number of a class; 0, which no object has, for one that was not announced.
    pub fn class(&self, class: &str) -> i32 {
        self.plan.classes.get(class).map_or(0, |id| id.0 as i32)
    }

    /// Whether a borrow of a class has rights of its own, which cross with it.
    pub fn keeps_rights(&self, class: &str) -> bool {
        class == LEASE_CLASS
    }

    /// Whether the process mints a class.
    pub fn mints(&self, class: &str) -> bool {
        self.plan.minted.iter().any(|minted| minted == class)
    }
}

/// Generates the gate of a process.
pub fn generate(plan: &GatePlan) -> Gate {
    at_once(generating(plan, &mut Pace::default()))
}

/// As [`generate`], slice after slice.
pub async fn generating(plan: &GatePlan, pace: &mut Pace) -> Gate {
    let two_memories = plan.has_memory && plan.multi_memory;
    let mut context = Context {
        plan,
        types: Vec::new(),
        type_indices: Map::new(),
        functions: Vec::new(),
        imported: 0,
        contain: 0,
        wait: 0,
        room: 0,
        fill: 0,
        drain: 0,
        transfer: 0,
        fused: Vec::new(),
        callee_headers: Vec::new(),
        support: support::Support::default(),
        meter: None,
    };

    let mut imports = ImportSection::new();
    let memory = MemoryType {
        minimum: 0,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports.import("k", "memory", memory);
    if two_memories {
        imports.import("p", "memory", memory);
    }
    let global = GlobalType {
        val_type: ValType::I32,
        mutable: false,
        shared: false,
    };
    imports.import("s", "process", global);
    imports.import("s", "header", global);
    for index in 0..plan.imports.len() {
        imports.import("s", &index.to_string(), global);
    }
    let mutable = GlobalType {
        mutable: true,
        ..global
    };
    let mut globals = GLOBAL_SLOTS + plan.imports.len() as u32;
    if plan.metered {
        imports.import("k", "fuel", mutable);
        globals += 1;
    }
    for (index, import) in plan.imports.iter().enumerate() {
        let straight = import.road == Road::Straight;
        if straight {
            imports.import("s", &format!("h{index}"), mutable);
        }
        context.callee_headers.push(straight.then_some(globals));
        globals += u32::from(straight);
    }
    let mut import_function =
        |context: &mut Context<'_>, module: &str, name: &str, ty: CoreSignature| {
            let ty = context.type_index(&ty);
            imports.import(module, name, EntityType::Function(ty));
            context.imported += 1;
            context.imported - 1
        };
    for (name, parameters, results) in KERNEL_FUNCTIONS {
        import_function(&mut context, "k", name, i32s(parameters, results));
    }
    context.contain = import_function(&mut context, "k", "contain", i32s(2, 0));
    context.wait = import_function(&mut context, "k", "wait", i32s(1, 1));
    context.room = import_function(&mut context, "k", "room", i32s(1, 0));
    context.fill = import_function(&mut context, "p", "fill", i32s(2, 1));
    context.drain = import_function(&mut context, "p", "drain", i32s(2, 1));
    if plan.has_memory && !plan.multi_memory {
        context.support.copy_in = import_function(&mut context, "p", "copy_in", i32s(3, 1));
        context.support.copy_out = import_function(&mut context, "p", "copy_out", i32s(3, 1));
    }

    if plan.system_calls.iter().any(|call| copies(*call) > 0) {
        context.transfer = import_function(&mut context, "k", "transfer", i32s(5, 1));
    }

    let turn = plan
        .metered
        .then(|| import_function(&mut context, "k", "turn", i32s(0, 0)));

    // First of all, for all that follows is paid for.
    context.meter = turn.map(|turn| Meter {
        fuel: GLOBAL_SLOTS + plan.imports.len() as u32,
        refill: system::refill(&mut context, turn),
    });
    support::add(&mut context, two_memories);

    // The gate's own table: allocator, exports, functions to call after them, destructors, what is called fused.
    let mut next = 1 + plan.exports.len() as u32;
    let mut place = |wanted: bool| {
        let place = wanted.then_some(next);
        next += u32::from(wanted);
        place
    };
    let post_returns: Vec<Option<u32>> = plan
        .exports
        .iter()
        .map(|served| place(served.post_return))
        .collect();
    let places = plan.destructors.iter().map(|_| place(true)).collect();
    let destructors: Vec<Option<u32>> = places;
    context.fused = plan
        .imports
        .iter()
        .map(|import| place(import.road != Road::Contained))
        .collect();

    let mut exports = ExportSection::new();
    let mut export = |name: String, index: u32| {
        exports.export(&name, ExportKind::Func, index);
    };
    for (index, import) in plan.imports.iter().enumerate() {
        let function = match import.road {
            Road::Straight => fused::half(&mut context, index as u32, import),
            Road::Contained | Road::Framed => caller::half(&mut context, index as u32, import),
        };
        export(format!("i{index}"), function);
        pace.spent(context.work()).await;
    }
    for (index, call) in plan.system_calls.iter().enumerate() {
        let function = system::half(&mut context, *call);
        export(format!("y{index}"), function);
    }
    for (index, served) in plan.exports.iter().enumerate() {
        let function = callee::half(
            &mut context,
            index as u32,
            1 + index as u32,
            post_returns[index],
            &served.signature,
        );
        export(format!("e{index}"), function);
        pace.spent(context.work()).await;
    }
    for (index, place) in destructors.iter().flatten().enumerate() {
        let function = callee::destructor(&mut context, index as u32, *place);
        export(format!("d{index}"), function);
    }
    if let Some(meter) = context.meter {
        export("refill".to_owned(), meter.refill);
    }
    exports.export("t", ExportKind::Table, TABLE_EXPORTS);

    let mut types = TypeSection::new();
    for ty in &context.types {
        types.ty().function(
            ty.parameters.iter().copied().map(val_type),
            ty.results.iter().copied().map(val_type),
        );
    }
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    for (ty, function) in &context.functions {
        functions.function(*ty);
        code.function(function);
    }
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: u64::from(next),
        maximum: Some(u64::from(next)),
        shared: false,
    });
    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&tables)
        .section(&exports)
        .section(&code);
    Gate {
        bytes: module.finish(),
        realloc: 0,
        exports: 1,
        destructors: 1 + (plan.exports.len() + post_returns.iter().flatten().count()) as u32,
        post_returns,
        fused: context.fused,
    }
}
