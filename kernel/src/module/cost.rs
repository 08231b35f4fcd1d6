//! What it costs to compile a module while the page waits, and how much of that is allowed.
//!
//! Engines compile a function when it is first called, and whoever calls it waits. Most of that is proportional to the number
//! of instructions. Some is not: a compiler that makes code in one pass notes at every branch where each local and each
//! operand is, so what a function costs grows with
//!
//! ```text
//! branches × (locals + operands on the stack)
//! ```
//!
//! and 40 KB suffice for a function that takes minutes. It looks through all of them as well for references where something is
//! called, and where it needs a register for the value that had one. Here every instruction gets *points*, of which one is about a
//! nanosecond of the slowest engine on the machine on which they were measured (`npm run bombs`), and a module may have
//! so many. Beside that there are limits for what engines do for a whole module, and for the size of one function: memory
//! that a compiler has used once is at hand for the next function, but a giant one needs new memory all the time.

use super::body_cost::Body;
use super::operators::Fault;
use crate::load::LoadError;
use portcullis_abi::ErrorCode;

/// Points that a module of up to [`ORDINARY_SIZE`] may have.
pub const POINTS: u64 = 200_000_000;
/// Bytes of a module that may have [`POINTS`].
pub const ORDINARY_SIZE: u64 = 1 << 20;
/// Points that a module may have besides for each byte beyond [`ORDINARY_SIZE`].
pub const POINTS_A_BYTE: u64 = 300;
/// Most bytes of a function; in a module of more than [`ORDINARY_SIZE`], an eighth of it.
pub const FUNCTION_BYTES: u64 = 128 << 10;
/// How deep loops may stand in one another. With about 40, and what metering puts into each, WebKit's optimiser ends the page.
pub const LOOP_DEPTH: u64 = 32;
/// Most types.
pub const TYPES: u64 = 2_000;
/// Most parameters and results of a type, together.
pub const TYPE_VALUES: u64 = 128;
/// Most functions that a module defines.
pub const FUNCTIONS: u64 = 50_000;
/// Most tables.
pub const TABLES: u64 = 16;
/// Most entries that the tables have at the start, together.
pub const TABLE_ENTRIES: u64 = 1_000_000;
/// Most globals that a module defines.
pub const GLOBALS: u64 = 10_000;
/// Most tags.
pub const TAGS: u64 = 1_000;
/// Most exports.
pub const EXPORTS: u64 = 10_000;
/// Most element segments.
pub const ELEMENT_SEGMENTS: u64 = 10_000;
/// Most data segments.
pub const DATA_SEGMENTS: u64 = 10_000;
/// Most custom sections.
pub const CUSTOM_SECTIONS: u64 = 1_000;

/// Points of each thing.
pub(super) mod points {
    /// A function, without what is in it.
    pub const FUNCTION: u64 = 2_000;
    /// A function with vectors again: WebKit, which interprets others at first, has another thread compile each of these when it is
    /// called first, and waits until that thread has woken up and is done.
    pub const VECTOR_FUNCTION: u64 = 220_000;
    /// An instruction of which nothing else is said here.
    pub const PLAIN: u64 = 150;
    /// An instruction that becomes many of the machine's: a division, a rotation, a vector.
    pub const LARGE: u64 = 500;
    /// An instruction for which the engine has code of its own that is called, or a constant of 16 bytes.
    pub const HUGE: u64 = 2_000;
    /// A branch, or the start or end of a block.
    pub const BRANCH: u64 = 700;
    /// And for each local and operand, where it is.
    pub const BRANCH_SLOT: u64 = 15;
    /// A loop again: what metering puts at its beginning.
    pub const LOOP: u64 = 4_000;
    /// A loop that counts again: what metering puts around it. What is in it counts twice.
    pub const COUNTED_LOOP: u64 = 8_000;
    /// A local that metering may keep in a global where a loop begins.
    pub const KEPT: u64 = 300;
    /// A target of a branch by number.
    pub const TARGET: u64 = 300;
    /// Slots, that is locals and operands, which an instruction may have before it costs more because of them.
    pub const FREE_SLOTS: u64 = 256;
    /// So many slots beyond them make an instruction cost a point more: where a register gets free, all are looked through for
    /// what was in it.
    pub const SLOTS_A_POINT: u64 = 2;
    /// A call.
    pub const CALL: u64 = 2_600;
    /// A call through a table, besides: it is checked what is there.
    pub const TABLE_CALL: u64 = 3_000;
    /// And for each local and operand, which may be in a register, or be a reference that is noted.
    pub const CALL_SLOT: u64 = 3;
    /// What calls within a `try`: a place to go on at, if an exception comes of it.
    pub const LANDING: u64 = 700;
    /// And for each local and operand, where it is then.
    pub const LANDING_SLOT: u64 = 6;
    /// A pair of values among a call's parameters and results, which engines put in their places one after another.
    pub const CALL_PAIR: u64 = 15;
    /// A value that a block takes or leaves.
    pub const BLOCK_VALUE: u64 = 100;
    /// An export.
    pub const EXPORT: u64 = 3_500;
    /// A byte of an element segment: WebKit makes something for each function that is named in one, while the page waits.
    pub const ELEMENT_BYTE: u64 = 600;
    /// An entry of a table at the start.
    pub const TABLE_ENTRY: u64 = 40;
    /// A global, a tag or a segment.
    pub const ITEM: u64 = 200;
}

/// How much a module may cost: the limits of this file, times a factor.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    factor: f64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { factor: 1.0 }
    }
}

impl Limits {
    /// So many times what is usual; infinity allows everything. What is no number or negative allows nothing.
    pub fn times(factor: f64) -> Limits {
        Limits { factor }
    }

    fn of(self, limit: u64) -> u64 {
        // The conversion saturates.
        (limit as f64 * self.factor) as u64
    }

    /// Points that a module of so many bytes may have.
    pub fn points(self, size: usize) -> u64 {
        let beyond = (size as u64).saturating_sub(ORDINARY_SIZE);
        self.of(POINTS.saturating_add(beyond.saturating_mul(POINTS_A_BYTE)))
    }
}

const ADVICE: &str = "if you trust it, raise `cost` when you compile it";

fn too_much(message: String) -> LoadError {
    LoadError::new(ErrorCode::RefusedModule, format!("{message}; {ADVICE}"))
}

/// Adds up what a module costs.
#[derive(Debug)]
pub struct Cost {
    limits: Limits,
    size: usize,
    points: u64,
    /// The function that costs most: its points, its index, and the byte at which it starts.
    worst: (u64, u32, u64),
}

/// What the types, functions and tags of a module say about operands.
#[derive(Default)]
pub struct Shapes {
    /// How many parameters each type has.
    pub parameters: Vec<u32>,
    /// How many results each type has.
    pub results: Vec<u32>,
    /// Whether each type has vectors.
    pub vectors: Vec<bool>,
    /// Type of each function, imported ones first.
    pub functions: Vec<u32>,
    /// The most values that an exception carries.
    pub thrown: u32,
}

impl Shapes {
    /// How many parameters and results a type has.
    pub(super) fn of_type(&self, ty: u64) -> (u64, u64) {
        let count = |counts: &[u32]| {
            let count = usize::try_from(ty).ok().and_then(|ty| counts.get(ty));
            count.map_or(0, |count| u64::from(*count))
        };
        (count(&self.parameters), count(&self.results))
    }

    /// How many parameters and results a block has whose type is written so.
    pub(super) fn of_block(&self, text: &[u8]) -> (u64, u64) {
        match text.first() {
            Some(0x40) => (0, 0),
            Some(0x41..=0x7f) => (0, 1),
            _ => self.of_type(number(text)),
        }
    }
}

impl Cost {
    /// Of a module of so many bytes, of which nothing was looked at.
    pub fn new(limits: Limits, size: usize) -> Cost {
        Cost {
            limits,
            size,
            points: 0,
            worst: (0, 0, 0),
        }
    }

    /// Points so far.
    pub fn points(&self) -> u64 {
        self.points
    }

    /// Whether a module may have `number` things. `what` is their name, `most` what is usual, `position` where they stand.
    pub fn check(
        &self,
        what: &str,
        number: u64,
        most: u64,
        position: u64,
    ) -> Result<(), LoadError> {
        let most = self.limits.of(most);
        if number > most {
            return Err(too_much(format!(
                "the module has more than {most} {what}: {number}, at byte {position}"
            )));
        }
        Ok(())
    }

    /// Notes things, if a module may have so many.
    pub fn count(
        &mut self,
        what: &str,
        number: u64,
        most: u64,
        position: u64,
    ) -> Result<(), LoadError> {
        self.check(what, number, most, position)?;
        let each = match what {
            "exports" => points::EXPORT,
            "entries in tables" => points::TABLE_ENTRY,
            "functions" => points::FUNCTION,
            _ => points::ITEM,
        };
        self.add(number.saturating_mul(each))
    }

    /// Notes a type of functions: its index, and how many parameters and results it has.
    pub fn ty(&mut self, index: usize, values: usize) -> Result<(), LoadError> {
        let most = self.limits.of(TYPE_VALUES);
        if values as u64 > most {
            return Err(too_much(format!(
                "type {index} of the module has {values} parameters and results, and {most} are allowed"
            )));
        }
        Ok(())
    }

    /// Notes so many bytes of element segments.
    pub fn elements(&mut self, bytes: u64) -> Result<(), LoadError> {
        self.add(bytes.saturating_mul(points::ELEMENT_BYTE))
    }

    fn add(&mut self, points: u64) -> Result<(), LoadError> {
        self.points = self.points.saturating_add(points);
        let most = self.limits.points(self.size);
        if self.points <= most {
            return Ok(());
        }
        let (worst, index, position) = self.worst;
        let what = match worst {
            0 => String::new(),
            _ => format!(
                ", most of it because of function {index} at byte {position}; fewer branches among fewer locals cost less"
            ),
        };
        Err(too_much(format!(
            "the module would take too long to compile: {} points so far, and {most} are allowed{what}",
            self.points
        )))
    }

    /// Notes a function: its index, its type, and its code.
    ///
    /// # Errors
    /// `refused-module` if it is too large, costs too much or has an instruction that is not granted; `invalid-module` if it
    /// is damaged.
    pub fn function(
        &mut self,
        index: u32,
        ty: u32,
        code: &[u8],
        position: u64,
        shapes: &Shapes,
    ) -> Result<(), Fault> {
        let most = self
            .limits
            .of(FUNCTION_BYTES)
            .max(self.limits.of(self.size as u64 / 8));
        if code.len() as u64 > most {
            return Err(Box::new(too_much(format!(
                "function {index} at byte {position} has {} bytes, and {most} are allowed; split it up",
                code.len()
            ))));
        }
        let (points, depth) = Body::new(code, position, ty, shapes)?.points()?;
        let most = self.limits.of(LOOP_DEPTH);
        if depth > most {
            return Err(Box::new(too_much(format!(
                "function {index} at byte {position} has {depth} loops in one another, and {most} are allowed; split it up"
            ))));
        }
        if points > self.worst.0 {
            self.worst = (points, index, position);
        }
        Ok(self.add(points)?)
    }
}

/// The number that these bytes begin with, LEB128.
pub(super) fn number(bytes: &[u8]) -> u64 {
    let mut value = 0;
    for (place, byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}
