//! Fused calls: those between plugins of one trust group, without a frame of JavaScript between them.
//!
//! ```text
//! framed    plugin A ── import ──► caller half ──► callee half, with its headroom ──► export ── plugin B
//! straight  plugin A ── import ──► half of A's gate ──────────────────────────────► export ── plugin B
//! ```
//!
//! Nothing catches what flies out of B, so it ends the whole group: see [`crate::group`]. All else holds: capabilities are checked and
//! lent, values are checked, B is not entered when it has ended or is in as many calls as it allows.
//!
//! A call whose values are numbers, and borrows of what the callee itself minted, needs neither a frame nor the callee's gate. No
//! kernel function is called on its way, so nobody has to prove that there is stack: if it ends, the group does.

use super::body::{Body, word};
use super::caller::report;
use super::gate::{Context, GateImport, TABLE_EXPORTS};
use super::{lift, lower, support};
use crate::layout::offset;
use crate::signature::{Outcome, Scalar, Signature, Type};
use portcullis_abi::ErrorCode;
use wasm_encoder::ValType;

/// How the calls of an import travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Road {
    /// By way of the slot, contained.
    #[default]
    Contained,
    /// To the callee half, not contained.
    Framed,
    /// To the export itself, not contained.
    Straight,
}

impl Road {
    /// The road within a group, to an export of which `mints` tells the classes that its process mints; `post_return`: whether there
    /// is a function to be called afterwards.
    pub fn fused(signature: &Signature, mints: impl Fn(&str) -> bool, post_return: bool) -> Road {
        let passes = |ty: &Type| match ty {
            Type::Scalar(_) | Type::Error => true,
            Type::Borrow(class) => mints(class),
            _ => false,
        };
        // What a wrong result is to be blamed for stands in a frame.
        let returns = |ty: &Type| {
            matches!(ty, Type::Scalar(scalar) if *scalar != Scalar::Char) || *ty == Type::Error
        };
        let outcome = match &signature.outcome {
            Outcome::Core(_) => signature.core_import().results.len() <= 1,
            Outcome::Plain(payload) => {
                payload.types.len() <= 1 && payload.types.iter().all(returns)
            }
            Outcome::Result(..) => false,
        };
        let parameters = signature.parameters.iter();
        if !post_return
            && outcome
            && !signature.parameters_spill()
            && parameters.map(|parameter| &parameter.ty).all(passes)
        {
            Road::Straight
        } else {
            Road::Framed
        }
    }
}

/// Generates the half of import number `index`, which goes straight to the export.
pub fn half(context: &mut Context<'_>, index: u32, import: &GateImport) -> u32 {
    let signature = &import.signature;
    let core = signature.core_import();
    let export_type = context.type_index(&signature.core_export());
    let (Some(place), Some(global)) = (
        context.fused[index as usize],
        context.callee_headers[index as usize],
    ) else {
        unreachable!("the gate has a place and a header for everybody who is called straight")
    };
    let mut body = Body::new(core.parameters.len() as u32, context.plan.shared);
    let lent_count = body.local(ValType::I32);
    let (header, callee) = (body.local(ValType::I32), body.local(ValType::I32));
    let active = body.local(ValType::I32);
    support::charge(context, &mut body, support::CALL);

    let failed = body.open();
    body.failure = Some(failed);
    body.ins()
        .global_get(global)
        .local_tee(header)
        .i32_load(word(offset::HEADER_PROCESS))
        .local_tee(callee)
        .i32_eqz();
    body.fail_if(ErrorCode::Dead);
    body.ins()
        .local_get(header)
        .i32_load(word(offset::HEADER_ACTIVE))
        .local_tee(active)
        .local_get(header)
        .i32_load(word(offset::HEADER_ACTIVE_LIMIT))
        .i32_ge_u();
    body.fail_if(ErrorCode::Busy);
    let mut lent = Vec::new();
    let mut arguments = Vec::new();
    for (local, parameter) in signature.parameters.iter().enumerate() {
        let local = local as u32;
        arguments.push(match &parameter.ty {
            Type::Scalar(scalar) => lift::normalise(&mut body, *scalar, local),
            Type::Borrow(class) => {
                let class = context.class(class);
                let borrow = support::borrow(context, &mut body, local, class);
                lent.push(borrow);
                body.ins()
                    .i32_const(lent.len() as i32)
                    .local_set(lent_count);
                body.ins()
                    .local_get(borrow.object)
                    .i32_load(word(offset::OBJECT_MINTER))
                    .local_get(callee)
                    .i32_ne();
                body.fail_if(ErrorCode::NotOwner);
                body.ins()
                    .local_get(borrow.object)
                    .i32_load(word(offset::OBJECT_BADGE));
                body.keep(ValType::I32)
            }
            _ => local,
        });
    }

    // Who ended meanwhile would have ended this process with it, and been stopped when control came back to it.
    body.ins()
        .local_get(header)
        .local_get(active)
        .i32_const(1)
        .i32_add()
        .i32_store(word(offset::HEADER_ACTIVE));
    for argument in &arguments {
        body.ins().local_get(*argument);
    }
    body.ins()
        .i32_const(place as i32)
        .call_indirect(TABLE_EXPORTS, export_type);
    let results = lower::keep_all(&mut body, &core.results);
    body.ins()
        .local_get(header)
        .local_get(active)
        .i32_store(word(offset::HEADER_ACTIVE));
    support::unborrow(&mut body, &lent);
    let results: Vec<u32> = match &signature.outcome {
        Outcome::Plain(payload) => {
            let types = payload.types.iter().zip(&results);
            let value = |(ty, result): (&Type, &u32)| match ty {
                Type::Scalar(scalar) => lift::normalise(&mut body, *scalar, *result),
                _ => *result,
            };
            types.map(value).collect()
        }
        _ => results,
    };
    for result in &results {
        body.ins().local_get(*result);
    }
    body.ins().return_();
    body.close();

    body.failure = None;
    support::prove_room(context, &mut body);
    let code = body.local(ValType::I32);
    body.load_shared(offset::SHARED_ERROR);
    body.ins().local_set(code);
    support::unborrow_some(context, &mut body, &lent, lent_count);
    report(context, &mut body, index, code);
    support::ask_if_due(context, &mut body);
    for ty in &core.results {
        lower::zero(&mut body, *ty);
    }
    context.add(&core, body.finish())
}
