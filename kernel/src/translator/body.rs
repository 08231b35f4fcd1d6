//! A function body under construction: instructions, locals, and labels by depth.

use crate::layout::offset;
use crate::signature::Core;
use portcullis_abi::ErrorCode;
use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, MemArgTarget, ValType};

/// The core type for the encoder.
pub fn val_type(core: Core) -> ValType {
    match core {
        Core::I32 => ValType::I32,
        Core::I64 => ValType::I64,
        Core::F32 => ValType::F32,
        Core::F64 => ValType::F64,
    }
}

/// The kernel's memory in every gate.
pub const KERNEL_MEMORY: u32 = 0;

/// An access to the kernel's memory.
pub fn at(offset: u32, align_log2: u32) -> MemArg {
    MemArg {
        offset: u64::from(offset),
        align: align_log2,
        target: MemArgTarget::Memory(KERNEL_MEMORY),
        ordering: None,
    }
}

/// An aligned 32-bit access to the kernel's memory.
pub fn word(offset: u32) -> MemArg {
    at(offset, 2)
}

/// A block that was opened, to branch to.
#[derive(Clone, Copy)]
pub struct Label(u32);

/// A body under construction.
pub struct Body {
    code: Vec<u8>,
    parameters: u32,
    locals: Vec<ValType>,
    depth: u32,
    shared: u32,
    /// Where failures go.
    pub failure: Option<Label>,
}

impl Body {
    /// An empty body of a function with that many parameters. `shared` is the address of the shared words.
    pub fn new(parameters: u32, shared: u32) -> Body {
        Body {
            code: Vec::new(),
            parameters,
            locals: Vec::new(),
            depth: 0,
            shared,
            failure: None,
        }
    }

    /// Instructions.
    pub fn ins(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.code)
    }

    /// A new local, 0 at the start.
    pub fn local(&mut self, ty: ValType) -> u32 {
        self.locals.push(ty);
        self.parameters + self.locals.len() as u32 - 1
    }

    /// A new local that takes the value on the stack.
    pub fn keep(&mut self, ty: ValType) -> u32 {
        let local = self.local(ty);
        self.ins().local_set(local);
        local
    }

    /// Opens a block.
    pub fn open(&mut self) -> Label {
        self.ins().block(BlockType::Empty);
        self.depth += 1;
        Label(self.depth)
    }

    /// Opens an `if` on the value on the stack.
    pub fn open_if(&mut self) {
        self.ins().if_(BlockType::Empty);
        self.depth += 1;
    }

    /// The other branch of an `if`.
    pub fn open_else(&mut self) {
        self.ins().else_();
    }

    /// Closes a block or `if`.
    pub fn close(&mut self) {
        self.ins().end();
        self.depth -= 1;
    }

    /// Jumps to the end of an open block.
    pub fn jump(&mut self, label: Label) {
        let relative = self.depth - label.0;
        self.ins().br(relative);
    }

    /// Takes a condition from the stack and jumps to the failure label, with the code that was stored already.
    pub fn fail_if_stored(&mut self) {
        if let Some(label) = self.failure {
            let relative = self.depth - label.0;
            self.ins().br_if(relative);
        }
    }

    /// Fails with the code that was stored already.
    pub fn fail_stored(&mut self) {
        if let Some(label) = self.failure {
            self.jump(label);
        }
    }

    /// Fails with a code.
    pub fn fail(&mut self, code: ErrorCode) {
        self.store_error(code);
        self.fail_stored();
    }

    /// Takes a condition from the stack and fails with a code if it is true.
    pub fn fail_if(&mut self, code: ErrorCode) {
        self.open_if();
        self.fail(code);
        self.close();
    }

    /// Takes a value from the stack and keeps it, but fails with the stored code if it is 0.
    pub fn keep_nonzero(&mut self) -> u32 {
        let local = self.local(ValType::I32);
        self.ins().local_tee(local).i32_eqz();
        self.fail_if_stored();
        local
    }

    /// Stores an error code for whoever reads it next.
    pub fn store_error(&mut self, code: ErrorCode) {
        let shared = self.shared;
        self.ins()
            .i32_const(shared as i32)
            .i32_const(code.number() as i32)
            .i32_store(word(offset::SHARED_ERROR));
    }

    /// The address of the shared words.
    pub fn shared(&self) -> i32 {
        self.shared as i32
    }

    /// Puts a shared word on the stack.
    pub fn load_shared(&mut self, field: u32) {
        let shared = self.shared;
        self.ins().i32_const(shared as i32).i32_load(word(field));
    }

    /// Stores a local into a shared word.
    pub fn store_shared(&mut self, field: u32, local: u32) {
        let shared = self.shared;
        self.ins()
            .i32_const(shared as i32)
            .local_get(local)
            .i32_store(word(field));
    }

    /// Stores a local into a frame's slot.
    pub fn store_slot(&mut self, frame: u32, slot: u32, local: u32, ty: Core) {
        let mut ins = self.ins();
        ins.local_get(frame).local_get(local);
        match ty {
            Core::I32 => ins.i32_store(at(slot, 2)),
            Core::I64 => ins.i64_store(at(slot, 3)),
            Core::F32 => ins.f32_store(at(slot, 2)),
            Core::F64 => ins.f64_store(at(slot, 3)),
        };
    }

    /// Stores 0 into a frame's slot.
    pub fn clear_slot(&mut self, frame: u32, slot: u32) {
        self.ins()
            .local_get(frame)
            .i32_const(0)
            .i32_store(word(slot));
    }

    /// A new local with the value of a frame's slot.
    pub fn load_slot(&mut self, frame: u32, slot: u32, ty: Core) -> u32 {
        let mut ins = self.ins();
        ins.local_get(frame);
        match ty {
            Core::I32 => ins.i32_load(at(slot, 2)),
            Core::I64 => ins.i64_load(at(slot, 3)),
            Core::F32 => ins.f32_load(at(slot, 2)),
            Core::F64 => ins.f64_load(at(slot, 3)),
        };
        self.keep(val_type(ty))
    }

    /// The finished function.
    pub fn finish(mut self) -> Function {
        self.ins().end();
        let mut function = Function::new_with_locals_types(self.locals);
        function.raw(self.code);
        function
    }
}
