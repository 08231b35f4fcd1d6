//! Canonical-ABI lowering: how a type lies in registers, in memory, and in the kernel's call frame.

use super::types::{Outcome, Payload, Scalar, Signature, Type};
use portcullis_abi::limits::FLAT_PARAMETERS;

/// A core WebAssembly number type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // The variants are the names of the types themselves.
pub enum Core {
    I32,
    I64,
    F32,
    F64,
}

impl Core {
    /// The name in the text format.
    pub fn name(self) -> &'static str {
        match self {
            Core::I32 => "i32",
            Core::I64 => "i64",
            Core::F32 => "f32",
            Core::F64 => "f64",
        }
    }

    /// The type that can carry both: the join of the canonical ABI.
    pub fn join(self, other: Core) -> Core {
        match (self, other) {
            (a, b) if a == b => a,
            (Core::I32 | Core::F32, Core::I32 | Core::F32) => Core::I32,
            _ => Core::I64,
        }
    }
}

/// The core type of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CoreSignature {
    /// Parameters.
    pub parameters: Vec<Core>,
    /// Results.
    pub results: Vec<Core>,
}

impl std::fmt::Display for CoreSignature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (types, start) in [(&self.parameters, "("), (&self.results, ") -> (")] {
            f.write_str(start)?;
            for (index, ty) in types.iter().enumerate() {
                if index > 0 {
                    f.write_str(", ")?;
                }
                f.write_str(ty.name())?;
            }
        }
        f.write_str(")")
    }
}

impl Scalar {
    /// The core type that carries it.
    pub fn core(self) -> Core {
        match self {
            Scalar::U64 | Scalar::S64 => Core::I64,
            Scalar::F32 => Core::F32,
            Scalar::F64 => Core::F64,
            _ => Core::I32,
        }
    }
}

impl Type {
    /// The core values that carry it, one or two. Each takes one 8-byte slot in a call frame.
    pub fn flat(&self) -> &'static [Core] {
        match self {
            Type::Scalar(scalar) => match scalar.core() {
                Core::I32 => &[Core::I32],
                Core::I64 => &[Core::I64],
                Core::F32 => &[Core::F32],
                Core::F64 => &[Core::F64],
            },
            Type::Error | Type::Borrow(_) | Type::Own(_) => &[Core::I32],
            Type::String | Type::List(_) | Type::OptionOwn(_) => &[Core::I32, Core::I32],
        }
    }

    /// Size in memory in bytes.
    pub fn size(&self) -> u32 {
        match self {
            Type::Scalar(scalar) => scalar.size(),
            Type::Error | Type::Borrow(_) | Type::Own(_) => 4,
            Type::String | Type::List(_) | Type::OptionOwn(_) => 8,
        }
    }

    /// Alignment in memory in bytes.
    pub fn alignment(&self) -> u32 {
        match self {
            Type::Scalar(scalar) => scalar.size(),
            _ => 4,
        }
    }

    /// Whether its content lies behind an address.
    pub fn has_content(&self) -> bool {
        matches!(self, Type::String | Type::List(_))
    }
}

/// Where the members of a tuple lie in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Offset of each member in bytes.
    pub offsets: Vec<u32>,
    /// Size in bytes, a multiple of the alignment.
    pub size: u32,
    /// Alignment in bytes.
    pub alignment: u32,
}

fn align_to(offset: u32, alignment: u32) -> u32 {
    offset.div_ceil(alignment) * alignment
}

impl Record {
    /// Lays the types out one after the other.
    pub fn of<'a>(types: impl IntoIterator<Item = &'a Type>) -> Record {
        let mut record = Record {
            offsets: Vec::new(),
            size: 0,
            alignment: 1,
        };
        for ty in types {
            let offset = align_to(record.size, ty.alignment());
            record.offsets.push(offset);
            record.size = offset + ty.size();
            record.alignment = record.alignment.max(ty.alignment());
        }
        record.size = align_to(record.size, record.alignment);
        record
    }
}

/// How `result<ok, error>` lies in memory: a tag byte, then the payload of one of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultLayout {
    /// Where both payloads start, in bytes from the tag.
    pub payload: u32,
    /// Of the `ok` side.
    pub ok: Record,
    /// Of the `error` side.
    pub error: Record,
    /// Size in bytes.
    pub size: u32,
    /// Alignment in bytes.
    pub alignment: u32,
}

impl ResultLayout {
    /// The layout of `result<ok, error>`.
    pub fn of(ok: &Payload, error: &Payload) -> ResultLayout {
        let ok = Record::of(&ok.types);
        let error = Record::of(&error.types);
        let alignment = ok.alignment.max(error.alignment);
        let payload = align_to(1, alignment);
        ResultLayout {
            payload,
            size: align_to(payload + ok.size.max(error.size), alignment),
            alignment,
            ok,
            error,
        }
    }
}

/// The core values of several types in a row.
pub fn flat_all<'a>(types: impl IntoIterator<Item = &'a Type>) -> Vec<Core> {
    types
        .into_iter()
        .flat_map(|ty| ty.flat().iter().copied())
        .collect()
}

/// The core values of an outcome, joined where the sides of a result differ.
pub fn flat_outcome(outcome: &Outcome) -> Vec<Core> {
    match outcome {
        Outcome::Plain(payload) => flat_all(&payload.types),
        Outcome::Core(scalars) => scalars.iter().map(|scalar| scalar.core()).collect(),
        Outcome::Result(ok, error) => {
            let (ok, error) = (flat_all(&ok.types), flat_all(&error.types));
            let mut joined = vec![Core::I32];
            for index in 0..ok.len().max(error.len()) {
                joined.push(match (ok.get(index), error.get(index)) {
                    (Some(a), Some(b)) => a.join(*b),
                    (Some(a), None) | (None, Some(a)) => *a,
                    (None, None) => Core::I32,
                });
            }
            joined
        }
    }
}

/// Size and alignment in bytes of an outcome in memory.
pub fn outcome_layout(outcome: &Outcome) -> (u32, u32) {
    match outcome {
        Outcome::Plain(payload) => {
            let record = Record::of(&payload.types);
            (record.size, record.alignment)
        }
        Outcome::Result(ok, error) => {
            let layout = ResultLayout::of(ok, error);
            (layout.size, layout.alignment)
        }
        Outcome::Core(_) => (0, 1),
    }
}

impl Signature {
    /// Whether the parameters go by memory.
    pub fn parameters_spill(&self) -> bool {
        flat_all(self.parameters.iter().map(|p| &p.ty)).len() > FLAT_PARAMETERS
    }

    /// Whether the results go by memory.
    pub fn results_spill(&self) -> bool {
        !matches!(self.outcome, Outcome::Core(_)) && flat_outcome(&self.outcome).len() > 1
    }

    fn core_parameters(&self) -> Vec<Core> {
        if self.parameters_spill() {
            vec![Core::I32]
        } else {
            flat_all(self.parameters.iter().map(|p| &p.ty))
        }
    }

    /// The core type of an import with this signature.
    pub fn core_import(&self) -> CoreSignature {
        let mut parameters = self.core_parameters();
        let results = if self.results_spill() {
            parameters.push(Core::I32);
            Vec::new()
        } else {
            flat_outcome(&self.outcome)
        };
        CoreSignature {
            parameters,
            results,
        }
    }

    /// The core type of an export with this signature.
    pub fn core_export(&self) -> CoreSignature {
        let results = if self.results_spill() {
            vec![Core::I32]
        } else {
            flat_outcome(&self.outcome)
        };
        CoreSignature {
            parameters: self.core_parameters(),
            results,
        }
    }

    /// Whether the importer must have `cabi_realloc`: content comes back to it.
    pub fn import_needs_realloc(&self) -> bool {
        self.result_types().any(Type::has_content)
    }

    /// Whether the exporter must have `cabi_realloc`: content or a spilled tuple goes to it.
    pub fn export_needs_realloc(&self) -> bool {
        self.parameters_spill() || self.parameters.iter().any(|p| p.ty.has_content())
    }
}

/// Where the values of a call lie in the kernel's call frame. Offsets in bytes from the frame's start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameLayout {
    /// The first slot of each parameter.
    pub parameters: Vec<u32>,
    /// The first slot of the results. For a `result` that is its tag, the payload follows.
    pub results: u32,
    /// The whole frame, a multiple of 16.
    pub size: u32,
}

/// Bytes before the first parameter: two identities of 64 bits.
pub const FRAME_HEADER: u32 = 16;
/// The identity of the process that calls; in the upper half of its 64 bits, the flags.
pub const FRAME_CALLER: u32 = 0;
/// Flags: 1 if lists of the result go straight to the host.
pub const FRAME_FLAGS: u32 = 4;
/// The status of a call by way of a slot, when the callee has returned: where the flags are, which are for callees.
pub const FRAME_STATUS: u32 = FRAME_FLAGS;
/// The identity of the process that was entered, 0 until then; in the upper half of its 64 bits, which of its exports was.
pub const FRAME_CALLEE: u32 = 8;
/// Bytes of one core value in a frame.
pub const FRAME_SLOT: u32 = 8;
/// Where in the slot of a borrow of a lease its lender's rights stand, as [`crate::namespace::Slot::rights`].
pub const BORROW_RIGHTS: u32 = 4;

impl FrameLayout {
    /// The frame of a signature.
    pub fn of(signature: &Signature) -> FrameLayout {
        let mut next = FRAME_HEADER;
        let mut parameters = Vec::new();
        for parameter in &signature.parameters {
            parameters.push(next);
            next += FRAME_SLOT * parameter.ty.flat().len() as u32;
        }
        let results = next;
        next += FRAME_SLOT * flat_outcome(&signature.outcome).len() as u32;
        FrameLayout {
            parameters,
            results,
            size: align_to(next, 16),
        }
    }
}
