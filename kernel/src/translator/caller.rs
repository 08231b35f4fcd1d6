//! The caller half: what a process calls when it calls an import.

use super::body::{Body, at, val_type, word};
use super::gate::{
    Context, GLOBAL_HEADER, GLOBAL_PROCESS, GLOBAL_SLOTS, GateImport, TABLE_EXPORTS, i32s,
    kernel_function as kernel,
};
use super::lift::{Content, Lifted, Place, lift, read_field};
use super::wait::PENDING;
use super::{lower, support};
use crate::layout::offset;
use crate::signature::{
    Core, FRAME_CALLEE, FRAME_CALLER, FRAME_SLOT, FRAME_STATUS, FrameLayout, Outcome, Record,
    ResultLayout, Signature, Type, outcome_layout,
};
use portcullis_abi::ErrorCode;
use wasm_encoder::ValType;

/// Generates the half of import number `index`.
pub fn half(context: &mut Context<'_>, index: u32, import: &GateImport) -> u32 {
    let signature = &import.signature;
    let core = signature.core_import();
    let layout = FrameLayout::of(signature);
    let mut body = Body::new(core.parameters.len() as u32, context.plan.shared);
    let results: Vec<u32> = core
        .results
        .iter()
        .map(|ty| body.local(val_type(*ty)))
        .collect();
    let code = body.local(ValType::I32);
    let lent_count = body.local(ValType::I32);

    // Whoever only moves numbers within the kernel's memory needs nobody on the way to the callee. On the way back there is
    // room, for the callee half has proved it further down; unless it did not, and that is a failure.
    let calls_kernel = calls_kernel(signature);
    if calls_kernel {
        support::prove_room(context, &mut body);
    }
    support::charge(context, &mut body, support::CALL);

    // The frame. It is given back at the end, whatever happens.
    body.load_shared(offset::SHARED_FRAME_TOP);
    let frame = body.keep(ValType::I32);
    let failed = body.open();
    body.failure = Some(failed);
    body.ins()
        .local_get(frame)
        .i32_const(layout.size as i32)
        .i32_add();
    let top = body.keep(ValType::I32);
    clear_transits(&mut body, signature, &layout, frame, top);
    body.store_shared(offset::SHARED_FRAME_TOP, top);
    body.ins()
        .local_get(frame)
        .global_get(GLOBAL_PROCESS)
        .i64_extend_i32_u()
        .i64_store(at(FRAME_CALLER, 3));
    // With the caller, no flags; nobody was entered yet.
    body.clear_slot(frame, FRAME_CALLEE);
    let return_address = core.parameters.len().saturating_sub(1) as u32;
    if signature.results_spill() {
        check_return_address(context, &mut body, &signature.outcome, return_address);
    }

    let mut lifted = Lifted::default();
    let arguments = arguments(context, &mut body, signature);
    for ((parameter, flat), slot) in signature
        .parameters
        .iter()
        .zip(&arguments)
        .zip(&layout.parameters)
    {
        lift(
            context,
            &mut body,
            &parameter.ty,
            flat,
            Place {
                frame,
                slot: *slot,
                content: Content::Staged,
            },
            &mut lifted,
        );
        if let Type::Borrow(_) = parameter.ty {
            body.ins()
                .i32_const(lifted.lent.len() as i32)
                .local_set(lent_count);
        }
    }

    let (depth, deeper) = depth(&mut body);
    let entered = body.local(ValType::F64);
    body.ins().local_get(frame);
    let fused = context.fused[index as usize];
    if fused.is_none() {
        push_slot(&mut body, index, import, &layout, frame);
    }
    body.store_shared(offset::SHARED_DEPTH, deeper);
    support::begin_activation(&mut body, entered);
    if let Some(place) = fused {
        let half = context.type_index(&i32s(1, 1));
        body.ins()
            .i32_const(place as i32)
            .call_indirect(TABLE_EXPORTS, half)
            .local_set(code);
    } else {
        body.ins()
            .call(context.contain)
            .local_get(frame)
            .i32_load(word(FRAME_STATUS))
            .local_set(code);
    }
    // However the call ended, and whatever was nested in it.
    body.store_shared(offset::SHARED_DEPTH, depth);
    support::end_activation(&mut body, entered);
    support::trap_if_dead(&mut body);
    body.ins().local_get(code);
    body.open_if();
    wait(context, &mut body, frame, code);
    body.ins().local_get(code);
    body.open_if();
    body.store_shared(offset::SHARED_ERROR, code);
    body.jump(failed);
    body.close();
    body.close();

    // From here on the callee was entered, and what moved has moved. Whatever is wrong with the way back has a code that says so.
    let lost = body.open();
    body.failure = Some(lost);
    lower_results(
        context,
        &mut body,
        &signature.outcome,
        &layout,
        frame,
        &results,
        return_address,
    );
    support::unborrow(&mut body, &lifted.lent);
    give_back(&mut body, frame);
    support::ask_if_due(context, &mut body);
    for result in &results {
        body.ins().local_get(*result);
    }
    body.ins().return_();
    body.close();
    body.store_error(ErrorCode::NoMemory);
    body.close();

    // Failed: the references that the callee did not take come back. Results that nobody can take go with the frame.
    body.failure = None;
    if !calls_kernel {
        support::prove_room(context, &mut body);
    }
    body.load_shared(offset::SHARED_ERROR);
    body.ins().local_set(code);
    body.ins().local_get(top).i32_eqz().i32_eqz();
    body.open_if();
    for (parameter, slot) in signature.parameters.iter().zip(&layout.parameters) {
        lower::restore(&mut body, &parameter.ty, frame, *slot);
    }
    body.close();
    for (result, ty) in results.iter().zip(&core.results) {
        lower::zero(&mut body, *ty);
        body.ins().local_set(*result);
    }

    // What was lent is back, the frame is free.
    support::unborrow_some(context, &mut body, &lifted.lent, lent_count);
    give_back(&mut body, frame);
    body.ins().local_get(code);
    body.open_if();
    report(context, &mut body, index, code);
    body.close();
    support::ask_if_due(context, &mut body);
    for result in results {
        body.ins().local_get(result);
    }
    context.add(&core, body.finish())
}

/// If the status in local `code` says so, waits for the web app and replaces it by what came of it.
fn wait(context: &Context<'_>, body: &mut Body, frame: u32, code: u32) {
    body.ins().local_get(code).i32_const(PENDING).i32_eq();
    body.open_if();
    support::prove_room(context, body);
    body.ins()
        .local_get(frame)
        .call(context.wait)
        .local_set(code);
    support::trap_if_dead(body);
    body.close();
}

/// Fails if the process may not make a call at this depth. Keeps how many calls are nested now, and with this one.
fn depth(body: &mut Body) -> (u32, u32) {
    body.load_shared(offset::SHARED_DEPTH);
    let depth = body.keep(ValType::I32);
    body.ins()
        .local_get(depth)
        .global_get(GLOBAL_HEADER)
        .i32_load(word(offset::HEADER_DEPTH_LIMIT))
        .i32_ge_u();
    body.fail_if(ErrorCode::Depth);
    body.ins().local_get(depth).i32_const(1).i32_add();
    let deeper = body.keep(ValType::I32);
    (depth, deeper)
}

/// Whether the half calls functions of the kernel, or copies from memory to memory, before the callee is entered.
fn calls_kernel(signature: &Signature) -> bool {
    signature.parameters_spill()
        || signature.results_spill()
        || signature.parameters.iter().any(|parameter| {
            !matches!(
                parameter.ty,
                Type::Scalar(_) | Type::Error | Type::Borrow(_)
            )
        })
}

/// Frees a frame, everything that was staged for it, and the references on their way in it that nobody took.
pub fn give_back(body: &mut Body, frame: u32) {
    body.store_shared(offset::SHARED_FRAME_TOP, frame);
    body.load_shared(offset::SHARED_STAGED);
    body.open_if();
    body.ins().local_get(frame).call(kernel::UNSTAGE).drop();
    body.close();
}

/// Reports the failure in local `code` to the process, by its status word, or ends it.
pub fn report(context: &Context<'_>, body: &mut Body, index: u32, code: u32) {
    body.ins()
        .global_get(GLOBAL_PROCESS)
        .local_get(code)
        .i32_const(index as i32)
        .call(kernel::FAIL);
    let address = body.keep(ValType::I32);
    body.ins().local_get(address).i32_eqz();
    body.open_if();
    body.ins().unreachable();
    body.close();
    if context.plan.has_memory {
        body.store_shared(offset::SHARED_ERROR, code);
        body.ins()
            .local_get(address)
            .i32_const((context.plan.shared + offset::SHARED_ERROR) as i32)
            .i32_const(4)
            .call(context.support.copy_out)
            .drop();
    }
}

/// Clears the slots that say whether an argument's reference is under way. Fails if the frame does not fit.
fn clear_transits(
    body: &mut Body,
    signature: &Signature,
    layout: &FrameLayout,
    frame: u32,
    top: u32,
) {
    body.ins().local_get(top);
    body.load_shared(offset::SHARED_FRAME_END);
    body.ins().i32_gt_u();
    body.open_if();
    // 0 tells the failure road that there is no frame to clean up.
    body.ins().i32_const(0).local_set(top);
    body.fail(ErrorCode::Depth);
    body.close();
    for (parameter, slot) in signature.parameters.iter().zip(&layout.parameters) {
        if let Some(slot) = lower::transit_slot(&parameter.ty, *slot) {
            body.clear_slot(frame, slot);
        }
    }
}

/// The place for the results is checked before anything happens. Memory never shrinks, so it stays good.
fn check_return_address(context: &Context<'_>, body: &mut Body, outcome: &Outcome, address: u32) {
    let (size, alignment) = outcome_layout(outcome);
    body.ins()
        .local_get(address)
        .i32_const(alignment as i32 - 1)
        .i32_and();
    body.fail_if(ErrorCode::BadPointer);
    body.ins()
        .local_get(address)
        .i32_const(-1 - size as i32)
        .i32_gt_u();
    body.fail_if(ErrorCode::BadPointer);
    // To copy nothing from the end of the range is to ask whether it lies in memory.
    body.ins()
        .i32_const(1)
        .local_get(address)
        .i32_const(size as i32)
        .i32_add()
        .i32_const(0)
        .call(context.support.copy_in)
        .i32_eqz();
    body.fail_if(ErrorCode::BadPointer);
}

/// The flat parts of every argument, from the parameters of the half or from the tuple that they point to.
fn arguments(context: &Context<'_>, body: &mut Body, signature: &Signature) -> Vec<Vec<u32>> {
    if !signature.parameters_spill() {
        let mut next = 0;
        return signature
            .parameters
            .iter()
            .map(|parameter| {
                let count = parameter.ty.flat().len() as u32;
                next += count;
                (next - count..next).collect()
            })
            .collect();
    }
    let record = Record::of(signature.parameters.iter().map(|parameter| &parameter.ty));
    body.ins()
        .local_get(0)
        .i32_const(record.alignment as i32 - 1)
        .i32_and();
    body.fail_if(ErrorCode::BadPointer);
    let copy = lower::stage_record(body, record.size);
    body.ins()
        .local_get(copy)
        .local_get(0)
        .i32_const(record.size as i32)
        .call(context.support.copy_in)
        .i32_eqz();
    body.fail_if(ErrorCode::BadPointer);
    signature
        .parameters
        .iter()
        .zip(&record.offsets)
        .map(|(parameter, offset)| read_field(body, &parameter.ty, copy, *offset))
        .collect()
}

/// Puts the index of the slot to call on the stack: the one that the import is bound to, or that of the object's method.
fn push_slot(body: &mut Body, index: u32, import: &GateImport, layout: &FrameLayout, frame: u32) {
    let bound = GLOBAL_SLOTS + index;
    let Some(Type::Borrow(_)) = import
        .signature
        .parameters
        .first()
        .map(|parameter| &parameter.ty)
    else {
        body.ins().global_get(bound);
        return;
    };
    body.ins().global_get(bound);
    let slot = body.keep(ValType::I32);
    body.ins().local_get(slot).i32_const(0).i32_lt_s();
    body.open_if();
    // methods + object.methods is the leading entry, which says how many follow.
    body.load_shared(offset::SHARED_METHODS);
    body.load_shared(offset::SHARED_OBJECTS);
    body.ins()
        .local_get(frame)
        .i32_load(word(layout.parameters[0]))
        .i32_const(offset::OBJECT_SIZE as i32)
        .i32_mul()
        .i32_add()
        .i32_load(word(offset::OBJECT_METHODS))
        .i32_const(offset::METHOD_SIZE_LOG2 as i32)
        .i32_shl()
        .i32_add();
    let method = body.keep(ValType::I32);
    body.ins()
        .local_get(method)
        .i32_load(word(offset::METHOD_SLOT))
        .local_get(slot)
        .i32_const(i32::MAX)
        .i32_and()
        .local_tee(slot)
        .i32_le_u();
    body.fail_if(ErrorCode::NoMethod);
    // The entry of a place comes after the leading one.
    let first = 1 << offset::METHOD_SIZE_LOG2;
    body.ins()
        .local_get(method)
        .local_get(slot)
        .i32_const(offset::METHOD_SIZE_LOG2 as i32)
        .i32_shl()
        .i32_add()
        .local_tee(method)
        .i32_load(word(first + offset::METHOD_SIGNATURE))
        .i32_const(import.signature_number as i32)
        .i32_ne();
    body.fail_if(ErrorCode::NoMethod);
    body.ins()
        .local_get(method)
        .i32_load(word(first + offset::METHOD_SLOT))
        .local_set(slot);
    body.close();
    body.ins().local_get(slot);
}

/// Lowers what came back into the results, or into the memory at the return address.
fn lower_results(
    context: &Context<'_>,
    body: &mut Body,
    outcome: &Outcome,
    layout: &FrameLayout,
    frame: u32,
    results: &[u32],
    return_address: u32,
) {
    match outcome {
        Outcome::Core(scalars) => {
            for (index, (scalar, result)) in scalars.iter().zip(results).enumerate() {
                let slot = layout.results + FRAME_SLOT * index as u32;
                let value = body.load_slot(frame, slot, scalar.core());
                body.ins().local_get(value).local_set(*result);
            }
        }
        Outcome::Plain(payload) => {
            let record = Record::of(&payload.types);
            // Room for the record comes first: once capabilities have arrived, nothing may fail.
            let spilled = results.is_empty() && !payload.types.is_empty();
            let copy = spilled.then(|| lower::stage_record(body, record.size));
            let values = lower_values(context, body, &payload.types, frame, layout.results);
            if let Some(copy) = copy {
                for ((ty, flat), offset) in payload.types.iter().zip(&values).zip(&record.offsets) {
                    lower::write_field(body, ty, flat, copy, *offset);
                }
                write_back(context, body, copy, return_address, record.size);
            } else if let (Some(flat), Some(result)) = (values.first(), results.first()) {
                body.ins().local_get(flat[0]).local_set(*result);
            }
        }
        Outcome::Result(ok, error) => {
            let tag = body.load_slot(frame, layout.results, Core::I32);
            if let Some(result) = results.first() {
                body.ins().local_get(tag).local_set(*result);
                return;
            }
            let memory = ResultLayout::of(ok, error);
            let copy = lower::stage_record(body, memory.size);
            body.ins()
                .local_get(copy)
                .local_get(tag)
                .i32_store8(at(0, 0));
            body.ins().local_get(tag);
            body.open_if();
            for (types, offsets, last) in [
                (&error.types, &memory.error.offsets, false),
                (&ok.types, &memory.ok.offsets, true),
            ] {
                let values = lower_values(context, body, types, frame, layout.results + FRAME_SLOT);
                for ((ty, flat), offset) in types.iter().zip(&values).zip(offsets) {
                    lower::write_field(body, ty, flat, copy, memory.payload + offset);
                }
                if !last {
                    body.open_else();
                }
            }
            body.close();
            write_back(context, body, copy, return_address, memory.size);
        }
    }
}

fn write_back(context: &Context<'_>, body: &mut Body, copy: u32, address: u32, size: u32) {
    body.ins()
        .local_get(address)
        .local_get(copy)
        .i32_const(size as i32)
        .call(context.support.copy_out)
        .i32_eqz();
    body.fail_if(ErrorCode::BadPointer);
}

/// Lowers values from consecutive slots: content first, for foreign code may run and fail, then capabilities.
fn lower_values(
    context: &Context<'_>,
    body: &mut Body,
    types: &[Type],
    frame: u32,
    first: u32,
) -> Vec<Vec<u32>> {
    let mut slots = Vec::new();
    let mut values = Vec::new();
    let mut slot = first;
    for ty in types {
        slots.push(slot);
        values.push(lower::load(body, ty, frame, slot));
        slot += FRAME_SLOT * ty.flat().len() as u32;
    }
    for (ty, flat) in types.iter().zip(&values) {
        lower::content(context, body, ty, flat);
    }
    let pairs: Vec<(&Type, &[u32])> = types.iter().zip(values.iter().map(Vec::as_slice)).collect();
    lower::reserve(body, &pairs);
    for ((ty, flat), slot) in types.iter().zip(&values).zip(slots) {
        lower::attach(body, ty, flat, frame, slot);
    }
    values
}
