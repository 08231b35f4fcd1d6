//! The callee half: what a slot calls, inside the containment frame, to reach an export.

use super::body::{Body, at, word};
use super::gate::{
    Context, GLOBAL_HEADER, GLOBAL_PROCESS, TABLE_EXPORTS, i32s, kernel_function as kernel,
};
use super::lift::{Content, Lifted, Place, lift, read_field};
use super::{lower, support};
use crate::layout::offset;
use crate::signature::{
    BORROW_RIGHTS, Core, CoreSignature, FRAME_CALLEE, FRAME_CALLER, FRAME_FLAGS, FRAME_HEADER,
    FRAME_SLOT, FrameLayout, Outcome, Record, ResultLayout, Signature, Type,
};
use portcullis_abi::ErrorCode;
use wasm_encoder::ValType;

const FRAME: u32 = 0;
/// Set in the number of an export that is a destructor's.
pub const DESTRUCTOR: u32 = 1 << 31;

/// Answers at once if the process is dead or may not be entered; otherwise counts the call, and says in the frame which
/// export was entered. Keeps how many calls ran before.
fn enter(body: &mut Body, export: u32) -> u32 {
    let active = body.local(ValType::I32);
    body.ins()
        .global_get(GLOBAL_HEADER)
        .i32_load(word(offset::HEADER_PROCESS))
        .global_get(GLOBAL_PROCESS)
        .i32_ne();
    body.open_if();
    body.ins()
        .i32_const(ErrorCode::Dead.number() as i32)
        .return_();
    body.close();
    body.ins()
        .global_get(GLOBAL_HEADER)
        .i32_load(word(offset::HEADER_ACTIVE))
        .local_tee(active)
        .global_get(GLOBAL_HEADER)
        .i32_load(word(offset::HEADER_ACTIVE_LIMIT))
        .i32_ge_u();
    body.open_if();
    body.ins()
        .i32_const(ErrorCode::Busy.number() as i32)
        .return_();
    body.close();
    body.ins()
        .local_get(FRAME)
        .global_get(GLOBAL_PROCESS)
        .i64_extend_i32_u()
        .i64_const((u64::from(export) << 32) as i64)
        .i64_or()
        .i64_store(at(FRAME_CALLEE, 3))
        .global_get(GLOBAL_HEADER)
        .local_get(active)
        .i32_const(1)
        .i32_add()
        .i32_store(word(offset::HEADER_ACTIVE));
    active
}

/// As many calls run again as before. Those that began meanwhile are over; after a trap nobody comes here, and the process is dead.
fn leave(body: &mut Body, active: u32) {
    body.ins()
        .global_get(GLOBAL_HEADER)
        .local_get(active)
        .i32_store(word(offset::HEADER_ACTIVE));
}

/// Generates the half of export number `export`, which is at `index` of the gate's own table.
pub fn half(
    context: &mut Context<'_>,
    export: u32,
    index: u32,
    post_return: Option<u32>,
    signature: &Signature,
) -> u32 {
    let core = signature.core_export();
    let export_type = context.type_index(&core);
    let post_type = context.type_index(&CoreSignature {
        parameters: core.results.clone(),
        results: Vec::new(),
    });
    let layout = FrameLayout::of(signature);
    let mut body = Body::new(1, context.plan.shared);
    let active = enter(&mut body, export);

    let status = body.local(ValType::I32);
    let done = body.open();
    let bad_result = body.open();
    let refused = body.open();
    body.failure = Some(refused);

    let values: Vec<Vec<u32>> = signature
        .parameters
        .iter()
        .zip(&layout.parameters)
        .map(|(parameter, slot)| lower::load(&mut body, &parameter.ty, FRAME, *slot))
        .collect();
    let types: Vec<&Type> = signature
        .parameters
        .iter()
        .map(|parameter| &parameter.ty)
        .collect();

    // Borrows first: they need nobody. Locals remember what has to end with the call.
    let mut borrowed = Vec::new();
    for ((ty, flat), slot) in types.iter().zip(&values).zip(&layout.parameters) {
        if let Type::Borrow(class) = ty {
            if context.mints(class) {
                badge(&mut body, flat[0]);
            } else {
                let cap = body.local(ValType::I32);
                body.ins()
                    .global_get(GLOBAL_PROCESS)
                    .local_get(flat[0])
                    .local_get(FRAME)
                    .i32_load(word(FRAME_CALLER));
                if context.keeps_rights(class) {
                    body.ins()
                        .local_get(FRAME)
                        .i32_load(word(*slot + BORROW_RIGHTS));
                } else {
                    body.ins().i32_const(0);
                }
                body.ins()
                    .call(kernel::LEND)
                    .local_tee(cap)
                    .local_tee(flat[0])
                    .i32_eqz();
                body.fail_if_stored();
                borrowed.push(cap);
            }
        }
    }
    // Content next: the process's own allocator runs.
    for (ty, flat) in types.iter().zip(&values) {
        lower::content(context, &mut body, ty, flat);
    }
    let record = Record::of(types.iter().copied());
    let tuple = signature.parameters_spill().then(|| {
        body.ins()
            .i32_const(record.alignment as i32)
            .i32_const(record.size as i32)
            .call(context.support.allocate);
        body.keep_nonzero()
    });
    let copy = tuple.map(|_| lower::stage_record(&mut body, record.size));
    // Owned capabilities last: once there is room, nothing can fail any more.
    let pairs: Vec<(&Type, &[u32])> = types
        .iter()
        .copied()
        .zip(values.iter().map(Vec::as_slice))
        .collect();
    lower::reserve(&mut body, &pairs);
    if let (Some(tuple), Some(copy)) = (tuple, copy) {
        // That the tuple's memory is writable is known before anything moves.
        copy_out(context, &mut body, tuple, copy, record.size);
        for ((ty, flat), slot) in types.iter().zip(&values).zip(&layout.parameters) {
            lower::attach(&mut body, ty, flat, FRAME, *slot);
        }
        for ((ty, flat), offset) in types.iter().zip(&values).zip(&record.offsets) {
            lower::write_field(&mut body, ty, flat, copy, *offset);
        }
        copy_out(context, &mut body, tuple, copy, record.size);
        body.ins().local_get(tuple);
    } else {
        for ((ty, flat), slot) in types.iter().zip(&values).zip(&layout.parameters) {
            lower::attach(&mut body, ty, flat, FRAME, *slot);
        }
        for local in values.iter().flatten() {
            body.ins().local_get(*local);
        }
    }
    body.ins()
        .i32_const(index as i32)
        .call_indirect(TABLE_EXPORTS, export_type);
    let results = lower::keep_all(&mut body, &core.results);
    support::trap_if_dead(&mut body);

    body.failure = Some(bad_result);
    let lifted = lift_results(context, &mut body, signature, &layout, &results);
    if let Some(post_return) = post_return {
        for result in &results {
            body.ins().local_get(*result);
        }
        body.ins()
            .i32_const(post_return as i32)
            .call_indirect(TABLE_EXPORTS, post_type);
        support::trap_if_dead(&mut body);
    }
    body.jump(done);
    body.close();

    body.failure = None;
    body.load_shared(offset::SHARED_ERROR);
    body.ins().local_set(status);
    body.jump(done);
    body.close();

    // What it returned is not what it declared: it keeps its capabilities, the caller gets nothing.
    for transit in lifted.transits {
        body.ins().local_get(transit);
        body.open_if();
        body.ins().local_get(transit).call(kernel::RESTORE).drop();
        body.close();
    }
    body.ins()
        .i32_const(ErrorCode::BadResult.number() as i32)
        .local_set(status);
    body.close();

    for cap in borrowed {
        body.ins().local_get(cap);
        body.open_if();
        body.ins()
            .global_get(GLOBAL_PROCESS)
            .local_get(cap)
            .call(kernel::END_BORROW)
            .drop();
        body.close();
    }
    leave(&mut body, active);
    body.ins().local_get(status);
    context.add(&i32s(1, 1), body.finish())
}

/// Generates the half of destructor number `destructor`, which is at `index` of the gate's own table: the badge is in the
/// frame's first slot.
pub fn destructor(context: &mut Context<'_>, destructor: u32, index: u32) -> u32 {
    let ty = context.type_index(&i32s(1, 0));
    let mut body = Body::new(1, context.plan.shared);
    let active = enter(&mut body, DESTRUCTOR | destructor);
    body.ins()
        .local_get(FRAME)
        .i32_load(word(FRAME_HEADER))
        .i32_const(index as i32)
        .call_indirect(TABLE_EXPORTS, ty);
    support::trap_if_dead(&mut body);
    leave(&mut body, active);
    body.ins().i32_const(0);
    context.add(&i32s(1, 1), body.finish())
}

/// Replaces the index of an object by its badge, if this process minted it.
fn badge(body: &mut Body, object: u32) {
    body.load_shared(offset::SHARED_OBJECTS);
    body.ins()
        .local_get(object)
        .i32_const(offset::OBJECT_SIZE as i32)
        .i32_mul()
        .i32_add()
        .local_tee(object)
        .i32_load(word(offset::OBJECT_MINTER))
        .global_get(GLOBAL_PROCESS)
        .i32_ne();
    body.fail_if(ErrorCode::NotOwner);
    body.ins()
        .local_get(object)
        .i32_load(word(offset::OBJECT_BADGE))
        .local_set(object);
}

fn copy_out(context: &Context<'_>, body: &mut Body, to: u32, from: u32, size: u32) {
    body.ins()
        .local_get(to)
        .local_get(from)
        .i32_const(size as i32)
        .call(context.support.copy_out)
        .i32_eqz();
    body.fail_if(ErrorCode::NoMemory);
}

/// Checks the results and writes them into the frame.
fn lift_results(
    context: &Context<'_>,
    body: &mut Body,
    signature: &Signature,
    layout: &FrameLayout,
    results: &[u32],
) -> Lifted {
    let mut lifted = Lifted::default();
    let content = if signature
        .result_types()
        .any(|ty| matches!(ty, Type::List(_)))
    {
        // The frame's flags: lists go straight to the host.
        Content::HostIf(body.load_slot(FRAME, FRAME_FLAGS, Core::I32))
    } else {
        Content::Staged
    };
    let spilled = signature.results_spill().then(|| {
        let (size, alignment) = crate::signature::outcome_layout(&signature.outcome);
        body.ins()
            .local_get(results[0])
            .i32_const(alignment as i32 - 1)
            .i32_and();
        body.fail_if(ErrorCode::BadPointer);
        let copy = lower::stage_record(body, size);
        body.ins()
            .local_get(copy)
            .local_get(results[0])
            .i32_const(size as i32)
            .call(context.support.copy_in)
            .i32_eqz();
        body.fail_if(ErrorCode::BadPointer);
        copy
    });
    match &signature.outcome {
        Outcome::Core(scalars) => {
            for (index, (scalar, result)) in scalars.iter().zip(results).enumerate() {
                body.store_slot(
                    FRAME,
                    layout.results + FRAME_SLOT * index as u32,
                    *result,
                    scalar.core(),
                );
            }
        }
        Outcome::Plain(payload) => {
            let record = Record::of(&payload.types);
            let mut slot = layout.results;
            for (ty, offset) in payload.types.iter().zip(&record.offsets) {
                let flat = match spilled {
                    Some(copy) => read_field(body, ty, copy, *offset),
                    None => results.to_vec(),
                };
                lift(
                    context,
                    body,
                    ty,
                    &flat,
                    Place {
                        frame: FRAME,
                        slot,
                        content,
                    },
                    &mut lifted,
                );
                slot += FRAME_SLOT * ty.flat().len() as u32;
            }
        }
        Outcome::Result(ok, error) => {
            let memory = ResultLayout::of(ok, error);
            let tag = match spilled {
                Some(copy) => {
                    body.ins().local_get(copy).i32_load8_u(at(0, 0));
                    body.keep(ValType::I32)
                }
                None => results[0],
            };
            body.ins().local_get(tag).i32_const(1).i32_gt_u();
            body.fail_if(ErrorCode::BadChar);
            body.store_slot(FRAME, layout.results, tag, Core::I32);
            let Some(copy) = spilled else { return lifted };
            body.ins().local_get(tag);
            body.open_if();
            for (types, offsets, last) in [
                (&error.types, &memory.error.offsets, false),
                (&ok.types, &memory.ok.offsets, true),
            ] {
                let mut slot = layout.results + FRAME_SLOT;
                for (ty, offset) in types.iter().zip(offsets) {
                    let flat = read_field(body, ty, copy, memory.payload + offset);
                    lift(
                        context,
                        body,
                        ty,
                        &flat,
                        Place {
                            frame: FRAME,
                            slot,
                            content,
                        },
                        &mut lifted,
                    );
                    slot += FRAME_SLOT * ty.flat().len() as u32;
                }
                if !last {
                    body.open_else();
                }
            }
            body.close();
        }
    }
    lifted
}
