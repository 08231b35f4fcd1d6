//! How the TypeScript face is to put values into a frame, and take them out: a signature with its slots.

use crate::class::ClassId;
use crate::signature::{FRAME_SLOT, FrameLayout, Outcome, Payload, Signature, Type};
use crate::state::Kernel;
use serde::Serialize;

/// One value in a frame.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ValuePlan {
    name: String,
    /// A scalar's name, or `error`, `string`, `list`, `borrow`, `own`, `option`.
    kind: &'static str,
    /// The element type of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    element: Option<&'static str>,
    /// The kernel's number of the class.
    class: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    class_name: Option<String>,
    /// Offset in bytes from the frame's start.
    slot: u32,
}

/// A whole function.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionPlan {
    interface: String,
    name: String,
    /// Export name, or interface and name.
    label: String,
    signature: String,
    declared: bool,
    /// Whether the host may return a promise.
    pub(super) asynchronous: bool,
    parameters: Vec<ValuePlan>,
    /// Whether there is a tag before the results: 0 ok, 1 error.
    result: bool,
    /// Whether `ok` is an array of values.
    tuple: bool,
    ok: Vec<ValuePlan>,
    error: Vec<ValuePlan>,
    /// The tag, or the first result.
    results: u32,
    /// Bytes of the frame.
    size: u32,
}

fn value(kernel: &mut Kernel, name: &str, ty: &Type, slot: u32) -> ValuePlan {
    let (kind, element) = match ty {
        Type::Scalar(scalar) => (scalar.name(), None),
        Type::Error => ("error", None),
        Type::String => ("string", None),
        Type::List(scalar) => ("list", Some(scalar.name())),
        Type::Borrow(_) => ("borrow", None),
        Type::Own(_) => ("own", None),
        Type::OptionOwn(_) => ("option", None),
    };
    let class = ty.class().map_or(ClassId(0), |class| kernel.class(class));
    ValuePlan {
        name: name.to_owned(),
        kind,
        element,
        class: class.0,
        class_name: ty.class().map(str::to_owned),
        slot,
    }
}

fn values(kernel: &mut Kernel, types: &[Type], first: u32) -> Vec<ValuePlan> {
    let mut slot = first;
    let plan = types.iter().map(|ty| {
        let plan = value(kernel, "", ty, slot);
        slot += FRAME_SLOT * ty.flat().len() as u32;
        plan
    });
    plan.collect()
}

/// The plan of a function.
pub fn plan(
    kernel: &mut Kernel,
    interface: &str,
    name: &str,
    label: &str,
    signature: &Signature,
    declared: bool,
) -> FunctionPlan {
    let layout = FrameLayout::of(signature);
    let none = Payload::default();
    let (ok, error, result, tuple) = match &signature.outcome {
        Outcome::Plain(payload) => (payload.clone(), &none, false, payload.tuple),
        Outcome::Result(ok, error) => (ok.clone(), error, true, ok.tuple),
        Outcome::Core(scalars) => {
            let types = scalars.iter().map(|scalar| Type::Scalar(*scalar)).collect();
            (Payload { types, tuple: true }, &none, false, true)
        }
    };
    let first = layout.results + if result { FRAME_SLOT } else { 0 };
    FunctionPlan {
        interface: interface.to_owned(),
        name: name.to_owned(),
        label: label.to_owned(),
        signature: signature.to_string(),
        declared,
        asynchronous: false,
        parameters: signature
            .parameters
            .iter()
            .zip(&layout.parameters)
            .map(|(parameter, slot)| value(kernel, &parameter.name, &parameter.ty, *slot))
            .collect(),
        result,
        tuple,
        ok: values(kernel, &ok.types, first),
        error: values(kernel, &error.types, first),
        results: layout.results,
        size: layout.size,
    }
}
