//! The halves of system calls: they put the process's identity before the arguments, so that nobody can give another.

use super::body::{Body, word};
use super::caller::{give_back, report};
use super::gate::{Context, GLOBAL_PROCESS, i32s, kernel_function as kernel};
use super::support;
use crate::layout::offset;
use crate::syscall::{ARGUMENTS, Shape, Use, block, copies, ranges, shape};
use portcullis_abi::limits::{FAULT_BYTES, MESSAGE_CAPABILITIES};
use portcullis_abi::{ErrorCode, SystemCall};
use wasm_encoder::ValType;

/// What stands for the import's index when a system call fails: it is no import.
pub const SYSTEM_CALL: u32 = u32::MAX;

fn number_of(call: SystemCall) -> i32 {
    let place = SystemCall::ALL.iter().position(|known| *known == call);
    place.unwrap_or_default() as i32
}

/// Generates the half of a system call.
pub fn half(context: &mut Context<'_>, call: SystemCall) -> u32 {
    let parameters = call.parameters().len();
    if parameters > 2 {
        return half_with_block(context, call);
    }
    let number = number_of(call);
    let mut body = Body::new(parameters as u32, context.plan.shared);
    support::prove_room(context, &mut body);
    if shape(call) == Shape::Text {
        text(context, &mut body, number);
        return context.add(&i32s(2, 0), body.finish());
    }
    support::charge(context, &mut body, support::SYSTEM_CALL);
    body.ins().global_get(GLOBAL_PROCESS).i32_const(number);
    for argument in 0..parameters as u32 {
        body.ins().local_get(argument);
    }
    // The kernel takes two.
    for _ in parameters..2 {
        body.ins().i32_const(0);
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

/// Generates the half of a system call whose arguments go by a block: checks the ranges of memory among them, has those that are
/// to be copied paid for, and has what the kernel planned be copied.
fn half_with_block(context: &mut Context<'_>, call: SystemCall) -> u32 {
    let parameters = call.parameters().len() as u32;
    let mut body = Body::new(parameters, context.plan.shared);
    support::prove_room(context, &mut body);
    support::charge(context, &mut body, support::SYSTEM_CALL);
    let (value, code) = (body.local(ValType::I32), body.local(ValType::I32));
    let failed = body.open();
    body.failure = Some(failed);
    let mut given = None;
    for range in ranges(call) {
        let bytes = match range.used {
            Use::Later | Use::Copied => range.count,
            Use::Capabilities | Use::Places => {
                body.ins()
                    .local_get(range.count)
                    .i32_const(MESSAGE_CAPABILITIES as i32)
                    .i32_gt_u();
                body.fail_if(ErrorCode::TooLong);
                body.ins().local_get(range.count).i32_const(2).i32_shl();
                body.keep(ValType::I32)
            }
        };
        support::check_range(context, &mut body, range.address, bytes);
        match range.used {
            Use::Copied => {
                support::charge_content(context, &mut body, bytes);
                support::ask_if_due(context, &mut body);
            }
            Use::Capabilities => given = Some((range.address, bytes)),
            Use::Later | Use::Places => {}
        }
    }
    body.load_shared(offset::SHARED_FRAME_TOP);
    let arguments = body.keep(ValType::I32);
    body.ins()
        .local_get(arguments)
        .i32_const(block::BYTES as i32)
        .i32_add();
    let top = body.keep(ValType::I32);
    body.ins().local_get(top);
    body.load_shared(offset::SHARED_FRAME_END);
    body.ins().i32_gt_u();
    body.fail_if(ErrorCode::Depth);
    let passed = (0..parameters).map(Some).chain(std::iter::repeat(None));
    for (index, argument) in (0..ARGUMENTS as u32).zip(passed) {
        body.ins().local_get(arguments);
        match argument {
            Some(argument) => body.ins().local_get(argument),
            None => body.ins().i32_const(0),
        };
        body.ins().i32_store(word(4 * index));
    }
    if let Some((address, bytes)) = given
        && context.plan.has_memory
    {
        body.ins().local_get(bytes);
        body.open_if();
        body.ins()
            .local_get(arguments)
            .i32_const(block::NUMBERS as i32)
            .i32_add()
            .local_get(address)
            .local_get(bytes)
            .call(context.support.copy_in)
            .drop();
        body.close();
    }
    // Destructors may run before the plans are read.
    body.store_shared(offset::SHARED_FRAME_TOP, top);
    body.ins()
        .global_get(GLOBAL_PROCESS)
        .i32_const(number_of(call))
        .local_get(arguments)
        .i32_const(parameters as i32)
        .call(kernel::SYSCALL)
        .local_set(value);
    body.store_shared(offset::SHARED_FRAME_TOP, arguments);
    support::trap_if_dead(&mut body);
    body.load_shared(offset::SHARED_ERROR);
    body.fail_if_stored();
    for copy in 0..copies(call) {
        let plan = block::plan(copy);
        let last = plan + block::PLAN_LENGTH;
        body.ins().local_get(arguments).i32_load(word(last));
        let bytes = body.keep(ValType::I32);
        body.ins().local_get(bytes);
        body.open_if();
        if call == SystemCall::MsgRecv {
            // How much was sent was not known before. Whoever asks for a turn would lose what is in the block: the next one asks.
            support::charge_content(context, &mut body, bytes);
        }
        for field in (plan..=last).step_by(4) {
            body.ins().local_get(arguments).i32_load(word(field));
        }
        body.ins().call(context.transfer).i32_eqz();
        body.fail_if(ErrorCode::Revoked);
        body.close();
    }
    body.close();
    body.load_shared(offset::SHARED_ERROR);
    body.ins().local_set(code);
    if shape(call) == Shape::Value {
        body.ins().local_get(code);
        body.open_if();
        report(context, &mut body, SYSTEM_CALL, code);
        body.ins().i32_const(0).local_set(value);
        body.close();
        body.ins().local_get(value);
    } else {
        body.ins().local_get(code);
    }
    context.add(&i32s(parameters as usize, 1), body.finish())
}

/// What the kernel answers to a process that asks for fuel and has to end; no amount of fuel.
pub const NO_FUEL: i32 = -1;
/// As [`NO_FUEL`], but others are to run, and then it asks again.
pub const TURN: i32 = -2;
// Gates tell them from an amount by their sign.
const _: () = assert!(NO_FUEL < 0 && TURN < 0 && NO_FUEL != TURN);

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
