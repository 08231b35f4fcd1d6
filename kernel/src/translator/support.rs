//! Functions that the halves of a gate share: lending, and content from memory to memory.

use super::body::{Body, KERNEL_MEMORY, at, word};
use super::gate::{
    Context, GLOBAL_HEADER, GLOBAL_PROCESS, TABLE_EXPORTS, i32s, kernel_function as kernel,
};
use crate::layout::offset;
use portcullis_abi::{ErrorCode, Rights};
use wasm_encoder::{BlockType, ValType};

/// Memory of the process, where the engine has two memories.
const PROCESS_MEMORY: u32 = 1;
/// Most bytes of a string or list.
const MAX_CONTENT: u32 = 1 << 30;
/// Up to so many bytes are staged before their address is checked.
const LITTLE_CONTENT: i32 = 4_096;
/// In the place of an address: the content comes from the host, or goes to it, without a stop in the kernel's memory.
pub const AT_HOST: i32 = -1;
/// In the place of an address: there is no content. Any number that is neither 0 nor [`AT_HOST`].
const NOWHERE: i32 = 1;

/// Units of fuel for a call of an import, beside what is called.
pub const CALL: i32 = 500;
/// Units of fuel for a system call.
pub const SYSTEM_CALL: i32 = 250;
/// Bytes of content that a unit of fuel moves, as a power of two.
const CONTENT_LOG2: i32 = 2;

/// Indexes of the functions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Support {
    /// (to in the kernel, from in the process, bytes) → ok.
    pub copy_in: u32,
    /// (to in the process, from in the kernel, bytes) → ok.
    pub copy_out: u32,
    /// (cap): one call fewer has it.
    pub unborrow: u32,
    /// (address, count, log2 of the element's size) → staged address, or 0 with a stored error.
    pub lift_list: u32,
    /// (staged address, count, log2 of the element's size) → address in the process, or 0 with a stored error.
    pub lower_list: u32,
    /// (align, bytes) → address in the process, or 0 with a stored error.
    pub allocate: u32,
}

/// Adds the functions to a gate.
pub fn add(context: &mut Context<'_>, two_memories: bool) {
    if two_memories {
        context.support.copy_in = copy(context, KERNEL_MEMORY, PROCESS_MEMORY);
        context.support.copy_out = copy(context, PROCESS_MEMORY, KERNEL_MEMORY);
    }
    context.support.unborrow = unborrow_function(context);
    if context.plan.has_memory {
        context.support.lift_list = lift_list(context);
        context.support.allocate = allocate(context);
        context.support.lower_list = lower_list(context);
    }
}

/// (to, from, bytes) → ok. The range in the process's memory is an allegation and is checked here; the one in the kernel's
/// is the kernel's own.
fn copy(context: &mut Context<'_>, to: u32, from: u32) -> u32 {
    let mut body = Body::new(3, context.plan.shared);
    let alleged = if from == PROCESS_MEMORY { 1 } else { 0 };
    body.ins()
        .local_get(alleged)
        .i64_extend_i32_u()
        .local_get(2)
        .i64_extend_i32_u()
        .i64_add()
        .memory_size(PROCESS_MEMORY)
        .i64_extend_i32_u()
        .i64_const(16)
        .i64_shl()
        .i64_gt_u();
    body.open_if();
    body.ins().i32_const(0).return_();
    body.close();
    body.ins()
        .local_get(0)
        .local_get(1)
        .local_get(2)
        .memory_copy(to, from)
        .i32_const(1);
    context.add(&i32s(3, 1), body.finish())
}

/// Proves that there is stack for the kernel's functions and for the rest of the half, or ends the process, which has used up
/// what it had. Nothing was changed then.
pub fn prove_room(context: &Context<'_>, body: &mut Body) {
    body.ins().global_get(GLOBAL_HEADER).call(context.room);
}

/// Puts the address of the slot of the capability in local `cap` on the stack. It must be in range.
fn slot_address(body: &mut Body, cap: u32) {
    body.ins()
        .global_get(GLOBAL_HEADER)
        .i32_load(word(offset::HEADER_SLOTS))
        .local_get(cap)
        .i32_const(offset::SLOT_SIZE_LOG2 as i32)
        .i32_shl()
        .i32_add();
}

/// A capability that is lent to a call: locals.
#[derive(Clone, Copy)]
pub struct Borrow {
    /// The `cap_t`.
    cap: u32,
    /// The index of its object.
    pub index: u32,
    /// The address of its object, good until the kernel is called.
    pub object: u32,
    /// How many calls had it before.
    lends: u32,
}

/// Lends the capability in local `cap` to a call and keeps the index of its object. The common road of a capability, without a
/// call: range, alive, class, right. On any doubt the kernel says what is wrong, and this fails.
pub fn borrow(context: &Context<'_>, body: &mut Body, cap: u32, class: i32) -> Borrow {
    let (slot, index) = (body.local(ValType::I32), body.local(ValType::I32));
    let (object, lends) = (body.local(ValType::I32), body.local(ValType::I32));
    let failure = body.failure;
    let good = body.open();
    let doubt = body.open();
    body.failure = Some(doubt);
    body.ins()
        .local_get(cap)
        .global_get(GLOBAL_HEADER)
        .i32_load(word(offset::HEADER_LENGTH))
        .i32_ge_u();
    body.fail_if_stored();
    slot_address(body, cap);
    body.ins()
        .local_tee(slot)
        .i32_load(word(offset::SLOT_COUNT))
        .i32_eqz();
    body.fail_if_stored();
    // Generation and class in one comparison.
    body.load_shared(offset::SHARED_OBJECTS);
    body.ins()
        .local_get(slot)
        .i32_load(word(offset::SLOT_OBJECT))
        .local_tee(index)
        .i32_const(offset::OBJECT_SIZE as i32)
        .i32_mul()
        .i32_add()
        .local_tee(object)
        .i64_load(at(offset::OBJECT_GENERATION, 2))
        .local_get(slot)
        .i64_load32_u(word(offset::SLOT_GENERATION))
        .i64_const(i64::from(class) << 32)
        .i64_or()
        .i64_ne();
    body.fail_if_stored();
    body.ins()
        .local_get(slot)
        .i32_load(word(offset::SLOT_RIGHTS))
        .i32_const(Rights::CALL.bits() as i32)
        .i32_and()
        .i32_eqz();
    body.fail_if_stored();
    body.ins()
        .local_get(slot)
        .local_get(slot)
        .i32_load(word(offset::SLOT_LENDS))
        .local_tee(lends)
        .i32_const(1)
        .i32_add()
        .i32_store(word(offset::SLOT_LENDS));
    body.jump(good);
    body.close();
    body.failure = failure;
    prove_room(context, body);
    body.ins()
        .global_get(GLOBAL_PROCESS)
        .local_get(cap)
        .i32_const(class)
        .call(kernel::CHECK)
        .drop();
    body.fail_stored();
    body.close();
    Borrow {
        cap,
        index,
        object,
        lends,
    }
}

/// Puts the rights of the capability in local `cap`, which was lent by [`borrow`], on the stack.
pub fn rights(body: &mut Body, cap: u32) {
    slot_address(body, cap);
    body.ins().i32_load(word(offset::SLOT_RIGHTS));
}

/// Ends what [`borrow`] began, in reverse order: as many calls as before have each capability. Other calls that it was lent to meanwhile
/// are over, for a process runs in one place only. The slots may have moved.
pub fn unborrow(body: &mut Body, lent: &[Borrow]) {
    for borrow in lent.iter().rev() {
        slot_address(body, borrow.cap);
        body.ins()
            .local_get(borrow.lends)
            .i32_store(word(offset::SLOT_LENDS));
    }
}

/// As [`unborrow`] on the way of a failure, of the first so many that the local `count` says.
pub fn unborrow_some(context: &Context<'_>, body: &mut Body, lent: &[Borrow], count: u32) {
    for (index, borrow) in lent.iter().enumerate() {
        body.ins()
            .local_get(count)
            .i32_const(index as i32)
            .i32_gt_u();
        body.open_if();
        body.ins()
            .local_get(borrow.cap)
            .call(context.support.unborrow);
        body.close();
    }
}

fn unborrow_function(context: &mut Context<'_>) -> u32 {
    let mut body = Body::new(1, context.plan.shared);
    slot_address(&mut body, 0);
    let slot = body.keep(ValType::I32);
    body.ins()
        .local_get(slot)
        .local_get(slot)
        .i32_load(word(offset::SLOT_LENDS))
        .i32_const(1)
        .i32_sub()
        .i32_store(word(offset::SLOT_LENDS));
    context.add(&i32s(1, 0), body.finish())
}

/// Leaves 0 on the stack after storing an error, for the functions below.
fn zero_on_failure(body: &mut Body) {
    body.close();
    body.ins().i32_const(0);
}

fn lift_list(context: &mut Context<'_>) -> u32 {
    let mut body = Body::new(3, context.plan.shared);
    let (address, count, log2) = (0, 1, 2);
    let failed = body.open();
    body.failure = Some(failed);
    body.ins()
        .local_get(count)
        .i32_const(MAX_CONTENT as i32)
        .local_get(log2)
        .i32_shr_u()
        .i32_gt_u();
    body.fail_if(ErrorCode::TooLong);
    body.ins()
        .local_get(address)
        .i32_const(1)
        .local_get(log2)
        .i32_shl()
        .i32_const(1)
        .i32_sub()
        .i32_and();
    body.fail_if(ErrorCode::BadPointer);
    body.ins().local_get(count).local_get(log2).i32_shl();
    let bytes = body.keep(ValType::I32);
    body.ins().local_get(bytes).i32_eqz();
    body.open_if();
    // Nothing to copy; the address is still to be one of this memory, or its end.
    let staged = body.local(ValType::I32);
    body.ins().i32_const(NOWHERE).local_set(staged);
    body.open_else();
    // Much is not staged on somebody's word: the end of the range is asked for first. To copy nothing from there does that.
    body.ins()
        .local_get(bytes)
        .i32_const(LITTLE_CONTENT)
        .i32_gt_u();
    body.open_if();
    check_range(context, &mut body, address, bytes);
    charge_content(context, &mut body, bytes);
    body.close();
    body.ins()
        .global_get(GLOBAL_PROCESS)
        .local_get(bytes)
        .call(kernel::STAGE)
        .local_tee(staged)
        .i32_eqz();
    body.fail_if_stored();
    body.close();
    // With no bytes nothing is written to `staged`, but the address is checked.
    body.ins()
        .local_get(staged)
        .local_get(address)
        .local_get(bytes)
        .call(context.support.copy_in)
        .i32_eqz();
    body.fail_if(ErrorCode::BadPointer);
    body.ins().local_get(staged).return_();
    zero_on_failure(&mut body);
    context.add(&i32s(3, 1), body.finish())
}

/// Fails unless a range of the process's memory lies in it; its address and its length in bytes are in locals.
pub fn check_range(context: &Context<'_>, body: &mut Body, address: u32, bytes: u32) {
    if !context.plan.has_memory {
        body.ins().local_get(address).local_get(bytes).i32_or();
        body.fail_if(ErrorCode::BadPointer);
        return;
    }
    body.ins()
        .local_get(address)
        .i32_const(-1)
        .local_get(bytes)
        .i32_sub()
        .i32_gt_u();
    body.fail_if(ErrorCode::BadPointer);
    // To copy nothing from the end of the range is to ask whether it lies in memory.
    body.ins()
        .i32_const(NOWHERE)
        .local_get(address)
        .local_get(bytes)
        .i32_add()
        .i32_const(0)
        .call(context.support.copy_in)
        .i32_eqz();
    body.fail_if(ErrorCode::BadPointer);
}

/// Asks the process's own allocator, whose answer is an allegation like everything else.
fn allocate(context: &mut Context<'_>) -> u32 {
    let ty = context.type_index(&i32s(4, 1));
    let mut body = Body::new(2, context.plan.shared);
    let (align, bytes) = (0, 1);
    body.ins()
        .i32_const(0)
        .i32_const(0)
        .local_get(align)
        .local_get(bytes)
        .i32_const(0)
        .call_indirect(TABLE_EXPORTS, ty);
    let address = body.keep(ValType::I32);
    trap_if_dead(&mut body);
    body.ins()
        .local_get(address)
        .i32_eqz()
        .local_get(address)
        .local_get(align)
        .i32_const(1)
        .i32_sub()
        .i32_and()
        .i32_or();
    body.open_if();
    body.store_error(ErrorCode::NoMemory);
    body.ins().i32_const(0).return_();
    body.close();
    body.ins().local_get(address);
    context.add(&i32s(2, 1), body.finish())
}

fn lower_list(context: &mut Context<'_>) -> u32 {
    let mut body = Body::new(3, context.plan.shared);
    let (staged, count, log2) = (0, 1, 2);
    let failed = body.open();
    body.failure = Some(failed);
    body.ins().i32_const(1).local_get(log2).i32_shl();
    let align = body.keep(ValType::I32);
    body.ins().local_get(count).i32_eqz();
    body.open_if();
    body.ins().local_get(align).return_();
    body.close();
    body.ins().local_get(count).local_get(log2).i32_shl();
    let bytes = body.keep(ValType::I32);
    body.ins()
        .local_get(align)
        .local_get(bytes)
        .call(context.support.allocate);
    let address = body.keep_nonzero();
    charge_content(context, &mut body, bytes);
    body.ins().local_get(staged).i32_const(AT_HOST).i32_eq();
    body.ins().if_(BlockType::Result(ValType::I32));
    body.ins()
        .local_get(address)
        .local_get(bytes)
        .call(context.fill);
    body.ins().else_();
    body.ins()
        .local_get(address)
        .local_get(staged)
        .local_get(bytes)
        .call(context.support.copy_out);
    body.ins().end();
    body.ins().i32_eqz();
    body.fail_if(ErrorCode::NoMemory);
    body.ins().local_get(address).return_();
    zero_on_failure(&mut body);
    context.add(&i32s(3, 1), body.finish())
}

/// Notes that another activation begins, as the clock stood when the kernel last looked; keeps when the running one began.
pub fn begin_activation(body: &mut Body, entered: u32) {
    let shared = body.shared();
    body.ins()
        .i32_const(shared)
        .f64_load(at(offset::SHARED_ENTERED, 3))
        .local_set(entered)
        .i32_const(shared)
        .i32_const(shared)
        .f64_load(at(offset::SHARED_CLOCK, 3))
        .f64_store(at(offset::SHARED_ENTERED, 3));
}

/// Ends what [`begin_activation`] began.
pub fn end_activation(body: &mut Body, entered: u32) {
    let shared = body.shared();
    body.ins()
        .i32_const(shared)
        .local_get(entered)
        .f64_store(at(offset::SHARED_ENTERED, 3));
}

/// Takes fuel for what a gate does on behalf of its process: so many units. The process asks for more when it gets control back.
pub fn charge(context: &Context<'_>, body: &mut Body, units: i32) {
    let Some(meter) = context.meter else { return };
    body.ins()
        .global_get(meter.fuel)
        .i32_const(units)
        .i32_sub()
        .global_set(meter.fuel);
}

/// As [`charge`], for the content whose length in bytes is in a local. That of one call is too little to make fuel wrap.
pub fn charge_content(context: &Context<'_>, body: &mut Body, bytes: u32) {
    let Some(meter) = context.meter else { return };
    body.ins()
        .global_get(meter.fuel)
        .local_get(bytes)
        .i32_const(CONTENT_LOG2)
        .i32_shr_u()
        .i32_sub()
        .global_set(meter.fuel);
}

/// A process that gets control back has to ask whether it may go on, if its slice is used up, or the call tree is over: see
/// [`crate::time`].
pub fn ask_if_due(context: &Context<'_>, body: &mut Body) {
    let Some(meter) = context.meter else { return };
    body.load_shared(offset::SHARED_OVERDUE);
    body.ins()
        .global_get(meter.fuel)
        .i32_const(0)
        .i32_lt_s()
        .i32_or();
    body.open_if();
    body.ins()
        .global_get(meter.fuel)
        .call(meter.refill)
        .global_set(meter.fuel);
    body.close();
}

/// Nothing of a process runs after its end, not even the rest of a call that it was in. A trap, unlike an exception, cannot
/// be caught by the process.
pub fn trap_if_dead(body: &mut Body) {
    body.ins()
        .global_get(GLOBAL_HEADER)
        .i32_load(word(offset::HEADER_PROCESS))
        .global_get(GLOBAL_PROCESS)
        .i32_ne();
    body.open_if();
    body.ins().unreachable();
    body.close();
}
