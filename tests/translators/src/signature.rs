//! Signatures as docs/abi.md has them, written down a second time: nothing here comes from the kernel.

use std::fmt;

/// A core value type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    I32,
    I64,
    F32,
    F64,
}

/// What a list may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    Bool,
    U8,
    S8,
    U16,
    S16,
    U32,
    S32,
    U64,
    S64,
    F32,
    F64,
    Char,
}

/// All of them; the simplest first.
pub const SCALARS: [Scalar; 12] = [
    Scalar::U32,
    Scalar::Bool,
    Scalar::U8,
    Scalar::S8,
    Scalar::U16,
    Scalar::S16,
    Scalar::S32,
    Scalar::U64,
    Scalar::S64,
    Scalar::F32,
    Scalar::F64,
    Scalar::Char,
];

impl Scalar {
    pub fn name(self) -> &'static str {
        match self {
            Scalar::Bool => "bool",
            Scalar::U8 => "u8",
            Scalar::S8 => "s8",
            Scalar::U16 => "u16",
            Scalar::S16 => "s16",
            Scalar::U32 => "u32",
            Scalar::S32 => "s32",
            Scalar::U64 => "u64",
            Scalar::S64 => "s64",
            Scalar::F32 => "f32",
            Scalar::F64 => "f64",
            Scalar::Char => "char",
        }
    }

    /// Bytes in memory, and the alignment.
    pub fn size(self) -> u32 {
        match self {
            Scalar::Bool | Scalar::U8 | Scalar::S8 => 1,
            Scalar::U16 | Scalar::S16 => 2,
            Scalar::U32 | Scalar::S32 | Scalar::F32 | Scalar::Char => 4,
            Scalar::U64 | Scalar::S64 | Scalar::F64 => 8,
        }
    }

    pub fn core(self) -> Core {
        match self {
            Scalar::U64 | Scalar::S64 => Core::I64,
            Scalar::F32 => Core::F32,
            Scalar::F64 => Core::F64,
            _ => Core::I32,
        }
    }
}

/// The classes of the tests, by who mints them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The process that serves the function.
    Callee,
    /// The process that calls it.
    Caller,
    /// The host.
    Host,
    /// The kernel: windows on memory.
    Lease,
}

/// Those of which random calls have objects.
pub const CLASSES: [Class; 3] = [Class::Callee, Class::Caller, Class::Host];

impl Class {
    pub fn name(self) -> &'static str {
        match self {
            Class::Callee => "test/callee@1.thing",
            Class::Caller => "test/caller@1.item",
            Class::Host => "test/host@1.file",
            Class::Lease => portcullis_abi::names::LEASE_CLASS,
        }
    }
}

/// The type of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Scalar(Scalar),
    Error,
    Text,
    List(Scalar),
    Borrow(Class),
    Own(Class),
    Option(Class),
}

impl Type {
    /// The core values that carry it.
    pub fn flat(self) -> Vec<Core> {
        match self {
            Type::Scalar(scalar) => vec![scalar.core()],
            Type::Error | Type::Borrow(_) | Type::Own(_) => vec![Core::I32],
            Type::Text | Type::List(_) | Type::Option(_) => vec![Core::I32, Core::I32],
        }
    }

    /// Bytes in memory.
    pub fn size(self) -> u32 {
        match self {
            Type::Scalar(scalar) => scalar.size(),
            Type::Error | Type::Borrow(_) | Type::Own(_) => 4,
            Type::Text | Type::List(_) | Type::Option(_) => 8,
        }
    }

    pub fn alignment(self) -> u32 {
        match self {
            Type::Scalar(scalar) => scalar.size(),
            _ => 4,
        }
    }

    /// Size of an element, for what lies behind an address.
    pub fn element(self) -> Option<u32> {
        match self {
            Type::Text => Some(1),
            Type::List(scalar) => Some(scalar.size()),
            _ => None,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Scalar(scalar) => f.write_str(scalar.name()),
            Type::Error => f.write_str("error"),
            Type::Text => f.write_str("string"),
            Type::List(scalar) => write!(f, "list<{}>", scalar.name()),
            Type::Borrow(class) => write!(f, "borrow<{}>", class.name()),
            Type::Own(class) => write!(f, "own<{}>", class.name()),
            Type::Option(class) => write!(f, "option<own<{}>>", class.name()),
        }
    }
}

/// Where the members of a tuple lie.
#[derive(Clone, Debug)]
pub struct Record {
    pub offsets: Vec<u32>,
    pub size: u32,
    pub alignment: u32,
}

pub fn record(types: &[Type]) -> Record {
    let (mut offsets, mut end, mut alignment) = (Vec::new(), 0_u32, 1);
    for ty in types {
        let start = end.next_multiple_of(ty.alignment());
        offsets.push(start);
        end = start + ty.size();
        alignment = alignment.max(ty.alignment());
    }
    Record {
        offsets,
        size: end.next_multiple_of(alignment),
        alignment,
    }
}

/// What comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Nothing,
    One(Type),
    Tuple(Vec<Type>),
    /// The `ok` side and whether it is a tuple, and the error.
    Result(Vec<Type>, bool, Option<Type>),
}

impl Outcome {
    /// How many core values it would take.
    fn flat(&self) -> Vec<Core> {
        let all = |types: &[Type]| types.iter().flat_map(|ty| ty.flat()).collect::<Vec<_>>();
        match self {
            Outcome::Nothing => Vec::new(),
            Outcome::One(ty) => ty.flat(),
            Outcome::Tuple(types) => all(types),
            Outcome::Result(ok, _, error) => {
                let (ok, error) = (all(ok), all(error.as_slice()));
                // More than one is all that matters: then it goes by memory, whatever the join is.
                let payload = if ok.len() > error.len() { ok } else { error };
                [vec![Core::I32], payload].concat()
            }
        }
    }

    /// Whether it goes by memory.
    pub fn spills(&self) -> bool {
        self.flat().len() > 1
    }

    /// Bytes and alignment in memory.
    pub fn layout(&self) -> (u32, u32) {
        match self {
            Outcome::Nothing => (0, 1),
            Outcome::One(ty) => (ty.size(), ty.alignment()),
            Outcome::Tuple(types) => {
                let record = record(types);
                (record.size, record.alignment)
            }
            Outcome::Result(ok, _, error) => {
                let (ok, error) = (record(ok), record(error.as_slice()));
                let alignment = ok.alignment.max(error.alignment);
                let payload = 1_u32.next_multiple_of(alignment);
                (
                    (payload + ok.size.max(error.size)).next_multiple_of(alignment),
                    alignment,
                )
            }
        }
    }

    /// The types that come back with that tag; without a tag: 0.
    pub fn types(&self, tag: u32) -> Vec<Type> {
        match self {
            Outcome::Nothing => Vec::new(),
            Outcome::One(ty) => vec![*ty],
            Outcome::Tuple(types) => types.clone(),
            Outcome::Result(ok, _, error) => {
                if tag == 0 {
                    ok.clone()
                } else {
                    error.iter().copied().collect()
                }
            }
        }
    }

    pub fn is_result(&self) -> bool {
        matches!(self, Outcome::Result(..))
    }

    /// Where the payload starts in memory.
    pub fn payload(&self) -> u32 {
        if self.is_result() {
            self.layout().1.max(1)
        } else {
            0
        }
    }
}

/// The type of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub parameters: Vec<Type>,
    pub outcome: Outcome,
}

impl Signature {
    /// Whether the parameters go by memory.
    pub fn spills(&self) -> bool {
        self.parameters
            .iter()
            .map(|ty| ty.flat().len())
            .sum::<usize>()
            > 16
    }

    fn core_parameters(&self) -> Vec<Core> {
        if self.spills() {
            vec![Core::I32]
        } else {
            self.parameters.iter().flat_map(|ty| ty.flat()).collect()
        }
    }

    /// Core parameters and results of an import.
    pub fn import(&self) -> (Vec<Core>, Vec<Core>) {
        let mut parameters = self.core_parameters();
        if self.outcome.spills() {
            parameters.push(Core::I32);
            return (parameters, Vec::new());
        }
        (parameters, self.outcome.flat())
    }

    /// Core parameters and results of an export.
    pub fn export(&self) -> (Vec<Core>, Vec<Core>) {
        let results = if self.outcome.spills() {
            vec![Core::I32]
        } else {
            self.outcome.flat()
        };
        (self.core_parameters(), results)
    }
}

fn tuple(types: &[Type]) -> String {
    let members: Vec<String> = types.iter().map(Type::to_string).collect();
    format!("tuple<{}>", members.join(", "))
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parameters = self.parameters.iter().enumerate();
        let parameters: Vec<String> = parameters
            .map(|(index, ty)| format!("p{index}: {ty}"))
            .collect();
        write!(f, "func({})", parameters.join(", "))?;
        match &self.outcome {
            Outcome::Nothing => Ok(()),
            Outcome::One(ty) => write!(f, " -> {ty}"),
            Outcome::Tuple(types) => write!(f, " -> {}", tuple(types)),
            Outcome::Result(ok, is_tuple, error) => {
                let ok = match ok.as_slice() {
                    [] => "_".to_owned(),
                    types if *is_tuple => tuple(types),
                    [one, ..] => one.to_string(),
                };
                let error = error.map_or("_".to_owned(), |ty| ty.to_string());
                write!(f, " -> result<{ok}, {error}>")
            }
        }
    }
}
