//! Lifting: values of a process, checked, into a frame.

use super::body::{Body, at, val_type};
use super::gate::{Context, GLOBAL_PROCESS, kernel_function as kernel};
use super::support::{self, AT_HOST, Borrow};
use crate::signature::{BORROW_RIGHTS, Core, FRAME_SLOT, Scalar, Type};
use portcullis_abi::ErrorCode;
use wasm_encoder::ValType;

/// What happened to the capabilities that were lifted, so that it can be undone.
#[derive(Default)]
pub struct Lifted {
    /// What was lent, in order.
    pub lent: Vec<Borrow>,
    /// Locals with the numbers of transfers; 0 before.
    pub transits: Vec<u32>,
}

/// Where lifted content goes.
#[derive(Clone, Copy)]
pub enum Content {
    /// Into the kernel's memory.
    Staged,
    /// To the host at once if this local is not 0, else into the kernel's memory.
    HostIf(u32),
}

/// The number by which the kernel knows an element type that has invalid values: 1 bool, 2 char. 0 for the others.
fn checked_element(scalar: Scalar) -> i32 {
    match scalar {
        Scalar::Bool => 1,
        Scalar::Char => 2,
        _ => 0,
    }
}

/// Where a lifted value goes.
#[derive(Clone, Copy)]
pub struct Place {
    /// Local with the frame's address.
    pub frame: u32,
    /// Offset of its first slot.
    pub slot: u32,
    /// What becomes of content.
    pub content: Content,
}

/// Lifts one value, whose flat parts are in `flat`, into a frame.
pub fn lift(
    context: &Context<'_>,
    body: &mut Body,
    ty: &Type,
    flat: &[u32],
    place: Place,
    lifted: &mut Lifted,
) {
    let Place {
        frame,
        slot,
        content,
    } = place;
    match ty {
        Type::Scalar(scalar) => {
            let value = normalise(body, *scalar, flat[0]);
            body.store_slot(frame, slot, value, scalar.core());
        }
        Type::Error => body.store_slot(frame, slot, flat[0], Core::I32),
        Type::String => {
            let staged = lift_content(context, body, flat, 0);
            body.ins()
                .local_get(staged)
                .local_get(flat[1])
                .call(kernel::UTF8)
                .i32_eqz();
            body.fail_if_stored();
            store_content(body, frame, slot, staged, flat[1]);
        }
        Type::List(scalar) => {
            let log2 = scalar.size().trailing_zeros();
            match content {
                // The host is given the elements as they are, so those that can be wrong stop here to be checked.
                Content::HostIf(flag) if checked_element(*scalar) == 0 => {
                    body.ins().local_get(flag);
                    body.open_if();
                    body.ins()
                        .local_get(flat[1])
                        .i32_const((1 << 30) >> log2)
                        .i32_gt_u();
                    body.fail_if(ErrorCode::TooLong);
                    if log2 > 0 {
                        body.ins()
                            .local_get(flat[0])
                            .i32_const((1 << log2) - 1)
                            .i32_and();
                        body.fail_if(ErrorCode::BadPointer);
                    }
                    body.ins()
                        .local_get(flat[0])
                        .local_get(flat[1])
                        .i32_const(log2 as i32)
                        .i32_shl()
                        .call(context.drain)
                        .i32_eqz();
                    body.fail_if(ErrorCode::BadPointer);
                    body.ins().i32_const(AT_HOST);
                    let nowhere = body.keep(ValType::I32);
                    store_content(body, frame, slot, nowhere, flat[1]);
                    body.open_else();
                    lift_list(context, body, *scalar, flat, frame, slot);
                    body.close();
                }
                _ => lift_list(context, body, *scalar, flat, frame, slot),
            }
        }
        Type::Borrow(name) => {
            let class = context.class(name);
            let borrow = support::borrow(context, body, flat[0], class);
            lifted.lent.push(borrow);
            body.store_slot(frame, slot, borrow.index, Core::I32);
            if context.keeps_rights(name) {
                support::rights(body, flat[0]);
                let rights = body.keep(ValType::I32);
                body.store_slot(frame, slot + BORROW_RIGHTS, rights, Core::I32);
            }
        }
        Type::Own(class) => {
            let transit = detach(context, body, class, flat[0]);
            lifted.transits.push(transit);
            body.store_slot(frame, slot, transit, Core::I32);
        }
        Type::OptionOwn(class) => {
            body.ins().local_get(flat[0]).i32_const(1).i32_gt_u();
            body.fail_if(ErrorCode::BadChar);
            body.store_slot(frame, slot, flat[0], Core::I32);
            body.ins().local_get(flat[0]);
            body.open_if();
            let transit = detach(context, body, class, flat[1]);
            lifted.transits.push(transit);
            body.store_slot(frame, slot + FRAME_SLOT, transit, Core::I32);
            body.close();
        }
    }
}

fn detach(context: &Context<'_>, body: &mut Body, class: &str, cap: u32) -> u32 {
    let class = context.class(class);
    body.ins()
        .global_get(GLOBAL_PROCESS)
        .local_get(cap)
        .i32_const(class)
        .call(kernel::DETACH);
    body.keep_nonzero()
}

fn lift_content(context: &Context<'_>, body: &mut Body, flat: &[u32], log2: u32) -> u32 {
    body.ins()
        .local_get(flat[0])
        .local_get(flat[1])
        .i32_const(log2 as i32)
        .call(context.support.lift_list);
    body.keep_nonzero()
}

fn lift_list(
    context: &Context<'_>,
    body: &mut Body,
    scalar: Scalar,
    flat: &[u32],
    frame: u32,
    slot: u32,
) {
    let staged = lift_content(context, body, flat, scalar.size().trailing_zeros());
    let check = checked_element(scalar);
    if check != 0 {
        body.ins()
            .i32_const(check)
            .local_get(staged)
            .local_get(flat[1])
            .call(kernel::LIST)
            .i32_eqz();
        body.fail_if_stored();
    }
    store_content(body, frame, slot, staged, flat[1]);
}

fn store_content(body: &mut Body, frame: u32, slot: u32, address: u32, count: u32) {
    body.store_slot(frame, slot, address, Core::I32);
    body.store_slot(frame, slot + FRAME_SLOT, count, Core::I32);
}

/// A number as its type allows it: extra bits are dropped, a `char` is checked.
pub fn normalise(body: &mut Body, scalar: Scalar, value: u32) -> u32 {
    body.ins().local_get(value);
    match scalar {
        Scalar::Bool => body.ins().i32_const(0).i32_ne(),
        Scalar::U8 => body.ins().i32_const(0xff).i32_and(),
        Scalar::S8 => body.ins().i32_extend8_s(),
        Scalar::U16 => body.ins().i32_const(0xffff).i32_and(),
        Scalar::S16 => body.ins().i32_extend16_s(),
        Scalar::Char => {
            // Above the last code point, or a surrogate.
            body.ins()
                .i32_const(0x11_0000)
                .i32_ge_u()
                .local_get(value)
                .i32_const(!0x7ff)
                .i32_and()
                .i32_const(0xd800)
                .i32_eq()
                .i32_or();
            body.fail_if(ErrorCode::BadChar);
            return value;
        }
        _ => {
            body.ins().drop();
            return value;
        }
    };
    body.keep(ValType::I32)
}

/// Reads a value as it lies in memory, here in a copy of it in the kernel's memory, into new locals.
pub fn read_field(body: &mut Body, ty: &Type, base: u32, offset: u32) -> Vec<u32> {
    let read = |body: &mut Body, offset: u32, size: u32, signed: bool, core: Core| {
        let mut ins = body.ins();
        ins.local_get(base);
        match (core, size, signed) {
            (Core::I64, ..) => ins.i64_load(at(offset, 0)),
            (Core::F32, ..) => ins.f32_load(at(offset, 0)),
            (Core::F64, ..) => ins.f64_load(at(offset, 0)),
            (Core::I32, 1, true) => ins.i32_load8_s(at(offset, 0)),
            (Core::I32, 1, false) => ins.i32_load8_u(at(offset, 0)),
            (Core::I32, 2, true) => ins.i32_load16_s(at(offset, 0)),
            (Core::I32, 2, false) => ins.i32_load16_u(at(offset, 0)),
            (Core::I32, ..) => ins.i32_load(at(offset, 0)),
        };
        body.keep(val_type(core))
    };
    match ty {
        Type::Scalar(scalar) => {
            let signed = matches!(scalar, Scalar::S8 | Scalar::S16);
            vec![read(body, offset, scalar.size(), signed, scalar.core())]
        }
        Type::Error | Type::Own(_) | Type::Borrow(_) => {
            vec![read(body, offset, 4, false, Core::I32)]
        }
        Type::String | Type::List(_) => vec![
            read(body, offset, 4, false, Core::I32),
            read(body, offset + 4, 4, false, Core::I32),
        ],
        Type::OptionOwn(_) => vec![
            read(body, offset, 1, false, Core::I32),
            read(body, offset + 4, 4, false, Core::I32),
        ],
    }
}
