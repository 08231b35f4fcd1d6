//! The halves of system calls: they put the process's identity before the arguments, so that nobody can give another.

use super::body::Body;
use super::caller::{give_back, report};
use super::gate::{Context, GLOBAL_PROCESS, i32s, kernel_function as kernel};
use super::support;
use crate::layout::offset;
use crate::syscall::{Shape, shape};
use portcullis_abi::SystemCall;
use portcullis_abi::limits::FAULT_BYTES;
use wasm_encoder::ValType;

/// What stands for the import's index when a system call fails: it is no import.
pub const SYSTEM_CALL: u32 = u32::MAX;

/// Generates the half of a system call.
pub fn half(context: &mut Context<'_>, call: SystemCall) -> u32 {
    let parameters = call.parameters().len();
    let number = SystemCall::ALL
        .iter()
        .position(|known| *known == call)
        .unwrap_or_default();
    let mut body = Body::new(parameters as u32, context.plan.shared);
    support::prove_room(context, &mut body);
    if shape(call) == Shape::Text {
        text(context, &mut body, number as i32);
        return context.add(&i32s(2, 0), body.finish());
    }
    support::charge(context, &mut body, support::SYSTEM_CALL);
    body.ins()
        .global_get(GLOBAL_PROCESS)
        .i32_const(number as i32);
    for index in 0..2 {
        if index < parameters as u32 {
            body.ins().local_get(index);
        } else {
            body.ins().i32_const(0);
        }
    }
    body.ins().call(kernel::SYSCALL);
    let value = body.keep(ValType::I32);
    // A destructor may have run, and it may have ended this process.
    support::trap_if_dead(&mut body);
    if shape(call) == Shape::Value {
        body.ins().local_get(value).i32_eqz();
        body.open_if();
        body.load_shared(offset::SHARED_ERROR);
        let code = body.local(ValType::I32);
        body.ins().local_tee(code);
        body.open_if();
        report(context, &mut body, SYSTEM_CALL, code);
        body.close();
        body.close();
    }
    body.ins().local_get(value);
    context.add(&i32s(parameters, 1), body.finish())
}

/// What the kernel answers to a process that asks for fuel and has to end; no amount of fuel.
pub const NO_FUEL: i32 = -1;
/// As [`NO_FUEL`], but others are to run, and then it asks again.
pub const TURN: i32 = -2;

/// Generates the half by which a metered process asks for more fuel. A trap, unlike an exception, cannot be caught by it.
pub fn refill(context: &mut Context<'_>, turn: u32) -> u32 {
    let mut body = Body::new(1, context.plan.shared);
    let left = 0;
    support::prove_room(context, &mut body);
    let ask = |body: &mut Body| {
        body.ins()
            .global_get(GLOBAL_PROCESS)
            .local_get(left)
            .call(kernel::REFILL)
            .local_set(left);
    };
    ask(&mut body);
    body.ins().local_get(left).i32_const(TURN).i32_eq();
    body.open_if();
    body.ins().call(turn).i32_const(0).local_set(left);
    ask(&mut body);
    body.close();
    body.ins().local_get(left).i32_const(0).i32_lt_s();
    body.open_if();
    body.ins().unreachable();
    body.close();
    body.ins().local_get(left);
    context.add(&i32s(1, 1), body.finish())
}

/// Copies a text out of the process. What cannot be read is left out: the process is about to end anyway.
fn text(context: &Context<'_>, body: &mut Body, number: i32) {
    if !context.plan.has_memory {
        return;
    }
    let (address, length) = (0, 1);
    body.load_shared(offset::SHARED_FRAME_TOP);
    let frame = body.keep(ValType::I32);
    body.ins()
        .local_get(length)
        .i32_const(FAULT_BYTES as i32)
        .local_get(length)
        .i32_const(FAULT_BYTES as i32)
        .i32_lt_u()
        .select()
        .local_set(length);
    body.ins()
        .local_get(address)
        .local_get(length)
        .i32_const(0)
        .call(context.support.lift_list);
    let staged = body.keep(ValType::I32);
    body.ins().local_get(staged);
    body.open_if();
    body.ins()
        .global_get(GLOBAL_PROCESS)
        .i32_const(number)
        .local_get(staged)
        .local_get(length)
        .call(kernel::SYSCALL)
        .drop();
    body.close();
    give_back(body, frame);
}
