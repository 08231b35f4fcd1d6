//! The types of the signature language (docs/abi.md §2.1), as data and as text.

use std::fmt;

/// A number, a truth value or a character: what a list may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // The variants are the names of the types themselves.
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

impl Scalar {
    /// Every scalar with its name in signatures.
    pub const ALL: [(Scalar, &'static str); 12] = [
        (Scalar::Bool, "bool"),
        (Scalar::U8, "u8"),
        (Scalar::S8, "s8"),
        (Scalar::U16, "u16"),
        (Scalar::S16, "s16"),
        (Scalar::U32, "u32"),
        (Scalar::S32, "s32"),
        (Scalar::U64, "u64"),
        (Scalar::S64, "s64"),
        (Scalar::F32, "f32"),
        (Scalar::F64, "f64"),
        (Scalar::Char, "char"),
    ];

    /// The name in signatures.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// Size in memory in bytes, which is its alignment too: 1, 2, 4 or 8.
    pub fn size(self) -> u32 {
        match self {
            Scalar::Bool | Scalar::U8 | Scalar::S8 => 1,
            Scalar::U16 | Scalar::S16 => 2,
            Scalar::U32 | Scalar::S32 | Scalar::F32 | Scalar::Char => 4,
            Scalar::U64 | Scalar::S64 | Scalar::F64 => 8,
        }
    }
}

/// The full name of a class: `paint/canvas@1.canvas`.
pub type ClassName = String;

/// One value in a signature.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// A scalar.
    Scalar(Scalar),
    /// An error code, a `u32` in memory.
    Error,
    /// UTF-8 text.
    String,
    /// Scalars in a row.
    List(Scalar),
    /// A capability that lasts for the call.
    Borrow(ClassName),
    /// A capability that moves.
    Own(ClassName),
    /// A capability that moves, or none.
    OptionOwn(ClassName),
}

impl Type {
    /// The class, for the three kinds of capability.
    pub fn class(&self) -> Option<&str> {
        match self {
            Type::Borrow(class) | Type::Own(class) | Type::OptionOwn(class) => Some(class),
            _ => None,
        }
    }
}

/// What one side of a result carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Payload {
    /// Nothing, one value, or the members of a tuple.
    pub types: Vec<Type>,
    /// Whether it was written as `tuple<…>`.
    pub tuple: bool,
}

/// What a function gives back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing, a value or a tuple.
    Plain(Payload),
    /// `result<ok, error>`.
    Result(Payload, Payload),
    /// Several core values, returned as such. Only for functions without a record.
    Core(Vec<Scalar>),
}

/// A named parameter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Parameter {
    /// Its name in kebab-case.
    pub name: String,
    /// Its type.
    pub ty: Type,
}

/// The type of a function.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signature {
    /// At most 32.
    pub parameters: Vec<Parameter>,
    /// What comes back.
    pub outcome: Outcome,
}

impl Signature {
    /// The signature without parameter names and with full class names: equal texts are equal types.
    pub fn canonical(&self) -> String {
        let mut text = String::from("func(");
        for (index, parameter) in self.parameters.iter().enumerate() {
            if index > 0 {
                text.push_str(", ");
            }
            text.push_str(&parameter.ty.to_string());
        }
        text.push(')');
        text.push_str(&self.outcome.to_string());
        text
    }

    /// Every type in it.
    pub fn types(&self) -> impl Iterator<Item = &Type> {
        let (first, second): (&[Type], &[Type]) = match &self.outcome {
            Outcome::Plain(payload) => (&payload.types, &[]),
            Outcome::Result(ok, error) => (&ok.types, &error.types),
            Outcome::Core(_) => (&[], &[]),
        };
        self.parameters
            .iter()
            .map(|parameter| &parameter.ty)
            .chain(first)
            .chain(second)
    }

    /// Every type that comes back.
    pub fn result_types(&self) -> impl Iterator<Item = &Type> {
        self.types().skip(self.parameters.len())
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Scalar(scalar) => f.write_str(scalar.name()),
            Type::Error => f.write_str("error"),
            Type::String => f.write_str("string"),
            Type::List(scalar) => write!(f, "list<{}>", scalar.name()),
            Type::Borrow(class) => write!(f, "borrow<{class}>"),
            Type::Own(class) => write!(f, "own<{class}>"),
            Type::OptionOwn(class) => write!(f, "option<own<{class}>>"),
        }
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.tuple {
            f.write_str("tuple<")?;
        } else if self.types.is_empty() {
            return f.write_str("_");
        }
        for (index, ty) in self.types.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{ty}")?;
        }
        if self.tuple { f.write_str(">") } else { Ok(()) }
    }
}

impl fmt::Display for Outcome {
    /// With the arrow; nothing where nothing comes back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Plain(payload) if payload.types.is_empty() => Ok(()),
            Outcome::Plain(payload) => write!(f, " -> {payload}"),
            Outcome::Result(ok, error) => write!(f, " -> result<{ok}, {error}>"),
            Outcome::Core(scalars) => {
                f.write_str(" -> (")?;
                for (index, scalar) in scalars.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    f.write_str(scalar.name())?;
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("func(")?;
        for (index, parameter) in self.parameters.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{}: {}", parameter.name, parameter.ty)?;
        }
        write!(f, "){}", self.outcome)
    }
}
