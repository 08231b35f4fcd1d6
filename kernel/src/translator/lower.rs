//! Lowering: values of a frame into a process.

use super::body::{Body, at, val_type};
use super::gate::{Context, GLOBAL_PROCESS, kernel_function as kernel};
use crate::signature::{Core, FRAME_SLOT, Type};

/// Loads the plain parts of a value into new locals: what needs neither the process's allocator nor its namespace.
/// Content and capabilities are lowered in place afterwards.
pub fn load(body: &mut Body, ty: &Type, frame: u32, slot: u32) -> Vec<u32> {
    ty.flat()
        .iter()
        .enumerate()
        .map(|(index, core)| body.load_slot(frame, slot + FRAME_SLOT * index as u32, *core))
        .collect()
}

/// Replaces the staged address in `flat` by one in the process.
pub fn content(context: &Context<'_>, body: &mut Body, ty: &Type, flat: &[u32]) {
    let log2 = match ty {
        Type::String => 0,
        Type::List(scalar) => scalar.size().trailing_zeros(),
        _ => return,
    };
    body.ins()
        .local_get(flat[0])
        .local_get(flat[1])
        .i32_const(log2 as i32)
        .call(context.support.lower_list)
        .local_tee(flat[0])
        .i32_eqz();
    body.fail_if_stored();
}

/// Fails unless the process has room for all owned capabilities among these values.
pub fn reserve(body: &mut Body, values: &[(&Type, &[u32])]) {
    let mut certain = 0;
    let mut options = Vec::new();
    for (ty, flat) in values {
        match ty {
            Type::Own(_) => certain += 1,
            Type::OptionOwn(_) => options.push(flat[0]),
            _ => {}
        }
    }
    if certain == 0 && options.is_empty() {
        return;
    }
    body.ins().global_get(GLOBAL_PROCESS).i32_const(certain);
    for option in options {
        body.ins().local_get(option).i32_add();
    }
    body.ins().call(kernel::RESERVE).i32_eqz();
    body.fail_if_stored();
}

/// Replaces the number of the transfer in `flat` by a `cap_t` of the process, and clears the frame's slot: the reference has
/// arrived, nobody may put it back.
pub fn attach(body: &mut Body, ty: &Type, flat: &[u32], frame: u32, slot: u32) {
    let one = |body: &mut Body, transit: u32, slot: u32| {
        body.ins()
            .global_get(GLOBAL_PROCESS)
            .local_get(transit)
            .call(kernel::ATTACH)
            .local_tee(transit)
            .i32_eqz();
        body.fail_if_stored();
        body.clear_slot(frame, slot);
    };
    match ty {
        Type::Own(_) => one(body, flat[0], slot),
        Type::OptionOwn(_) => {
            body.ins().local_get(flat[0]);
            body.open_if();
            one(body, flat[1], slot + FRAME_SLOT);
            body.close();
        }
        _ => {}
    }
}

/// Puts back the transfers that are still in the frame's slots of a value.
pub fn restore(body: &mut Body, ty: &Type, frame: u32, slot: u32) {
    if let Some(slot) = transit_slot(ty, slot) {
        let transit = body.load_slot(frame, slot, Core::I32);
        body.ins().local_get(transit);
        body.open_if();
        body.ins().local_get(transit).call(kernel::RESTORE).drop();
        body.close();
    }
}

/// The slot in which the number of a transfer stands.
pub fn transit_slot(ty: &Type, slot: u32) -> Option<u32> {
    match ty {
        Type::Own(_) => Some(slot),
        Type::OptionOwn(_) => Some(slot + FRAME_SLOT),
        _ => None,
    }
}

/// Writes a value as it lies in memory, here into a copy of it in the kernel's memory.
pub fn write_field(body: &mut Body, ty: &Type, flat: &[u32], base: u32, offset: u32) {
    let write = |body: &mut Body, local: u32, offset: u32, size: u32, core: Core| {
        let mut ins = body.ins();
        ins.local_get(base).local_get(local);
        match (core, size) {
            (Core::I64, _) => ins.i64_store(at(offset, 0)),
            (Core::F32, _) => ins.f32_store(at(offset, 0)),
            (Core::F64, _) => ins.f64_store(at(offset, 0)),
            (Core::I32, 1) => ins.i32_store8(at(offset, 0)),
            (Core::I32, 2) => ins.i32_store16(at(offset, 0)),
            (Core::I32, _) => ins.i32_store(at(offset, 0)),
        };
    };
    match ty {
        Type::Scalar(scalar) => write(body, flat[0], offset, scalar.size(), scalar.core()),
        Type::Error | Type::Own(_) | Type::Borrow(_) => write(body, flat[0], offset, 4, Core::I32),
        Type::String | Type::List(_) => {
            write(body, flat[0], offset, 4, Core::I32);
            write(body, flat[1], offset + 4, 4, Core::I32);
        }
        Type::OptionOwn(_) => {
            write(body, flat[0], offset, 1, Core::I32);
            write(body, flat[1], offset + 4, 4, Core::I32);
        }
    }
}

/// Puts a zero of a core type on the stack.
pub fn zero(body: &mut Body, core: Core) {
    let mut ins = body.ins();
    match core {
        Core::I32 => ins.i32_const(0),
        Core::I64 => ins.i64_const(0),
        Core::F32 => ins.f32_const(0.0.into()),
        Core::F64 => ins.f64_const(0.0.into()),
    };
}

/// Stages room for a record of `size` bytes and keeps its address; the bytes between fields are zero.
pub fn stage_record(body: &mut Body, size: u32) -> u32 {
    body.ins()
        .global_get(GLOBAL_PROCESS)
        .i32_const(size as i32)
        .call(kernel::STAGE);
    let record = body.keep_nonzero();
    body.ins()
        .local_get(record)
        .i32_const(0)
        .i32_const(size as i32)
        .memory_fill(super::body::KERNEL_MEMORY);
    record
}

/// A new local per core type, for values that are on the stack in this order.
pub fn keep_all(body: &mut Body, cores: &[Core]) -> Vec<u32> {
    let mut locals: Vec<u32> = cores
        .iter()
        .rev()
        .map(|core| body.keep(val_type(*core)))
        .collect();
    locals.reverse();
    locals
}
