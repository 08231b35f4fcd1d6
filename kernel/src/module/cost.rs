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

use super::counted::Counted;
use super::operators::{Fault, Operator, Operators};
use super::survey::MOST_KEPT;
use crate::load::LoadError;
use portcullis_abi::ErrorCode;
use wasmparser::BinaryReader;

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
mod points {
    /// A function, without what is in it.
    pub const FUNCTION: u64 = 2_000;
    /// A function with vectors again: an engine that interprets others at first compiles these when they are called first.
    pub const VECTOR_FUNCTION: u64 = 40_000;
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
    pub const ELEMENT_BYTE: u64 = 300;
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

/// The type of vectors of 128 bits.
const VECTOR: u8 = 0x7b;
/// The first byte of their instructions.
const VECTOR_PREFIX: u8 = 0xfd;

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
    fn of_type(&self, ty: u64) -> (u64, u64) {
        let count = |counts: &[u32]| {
            let count = usize::try_from(ty).ok().and_then(|ty| counts.get(ty));
            count.map_or(0, |count| u64::from(*count))
        };
        (count(&self.parameters), count(&self.results))
    }

    /// How many parameters and results a block has whose type is written so.
    fn of_block(&self, text: &[u8]) -> (u64, u64) {
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
        let (points, depth) = body(code, position, ty, shapes)?;
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
fn number(bytes: &[u8]) -> u64 {
    let mut value = 0;
    for (place, byte) in bytes.iter().enumerate().take(9) {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

/// How many operands an instruction takes and leaves, and its points, if it neither branches nor calls.
fn plain(text: &[u8]) -> (u64, u64, u64) {
    let Some((first, rest)) = text.split_first() else {
        return (0, 0, 0);
    };
    match first {
        // drop, local.set, global.set
        0x1a | 0x21 | 0x24 => (1, 0, points::PLAIN),
        // select
        0x1b | 0x1c => (3, 1, points::PLAIN),
        // local.get, global.get, memory.size, constants, ref.null
        0x20 | 0x23 | 0x3f | 0x41..=0x44 | 0xd0 => (0, 1, points::PLAIN),
        // local.tee, loads, ref.is_null
        0x22 | 0x28..=0x35 | 0xd1 => (1, 1, points::PLAIN),
        // ref.func
        0xd2 => (0, 1, points::LARGE),
        // table.get, memory.grow; table.set
        0x25 | 0x40 => (1, 1, points::HUGE),
        0x26 => (2, 0, points::HUGE),
        // stores
        0x36..=0x3e => (2, 0, points::PLAIN),
        // of one operand
        0x45 | 0x50 | 0x67..=0x69 | 0x79..=0x7b | 0x8b..=0x91 | 0x99..=0x9f => {
            (1, 1, points::PLAIN)
        }
        // conversions
        0xa8..=0xab | 0xae..=0xb1 => (1, 1, points::HUGE),
        0xa7..=0xc4 => (1, 1, points::PLAIN),
        // divisions, remainders and rotations of whole numbers
        0x6d..=0x70 | 0x77 | 0x78 | 0x7f..=0x82 | 0x89 | 0x8a => (2, 1, points::LARGE),
        // of two operands
        0x46..=0xa6 => (2, 1, points::PLAIN),
        0xfc => match number(rest) {
            0..=7 => (1, 1, points::HUGE),
            9 | 13 => (0, 0, points::HUGE),
            15 => (2, 1, points::HUGE),
            16 => (0, 1, points::HUGE),
            _ => (3, 0, points::HUGE),
        },
        0xfd => match number(rest) {
            // v128.const, i8x16.shuffle
            12 => (0, 1, points::HUGE),
            13 => (2, 1, points::HUGE),
            // stores
            11 | 88..=91 => (2, 0, points::LARGE),
            // v128.bitselect
            82 => (3, 1, points::LARGE),
            // of one operand
            0..=10
            | 15..=22
            | 24
            | 25
            | 27
            | 29
            | 31
            | 33
            | 77
            | 83
            | 92..=100
            | 103..=106
            | 116
            | 117
            | 122
            | 124..=129
            | 131
            | 132
            | 135..=138
            | 148
            | 160
            | 161
            | 163
            | 164
            | 167..=170
            | 192
            | 193
            | 195
            | 196
            | 199..=202
            | 224
            | 225
            | 227
            | 236
            | 237
            | 239
            | 248..=255 => (1, 1, points::LARGE),
            _ => (2, 1, points::LARGE),
        },
        // unreachable, nop
        _ => (0, 0, points::PLAIN),
    }
}

/// Whether an engine calls something of its own for an instruction that neither branches nor calls: `table.get`, `table.set`,
/// `ref.func`.
fn calls_the_engine(text: &[u8]) -> bool {
    matches!(text.first(), Some(0x25 | 0x26 | 0xd2))
}

/// A block that is open.
#[derive(Clone, Copy)]
struct Open {
    /// Operands on the stack below it.
    height: u64,
    parameters: u64,
    results: u64,
    /// Whether exceptions in it are caught by it.
    catches: bool,
    /// How many loops it stands in, itself included.
    loops: u64,
    /// If it is a loop that counts: the points of what comes before it, and itself.
    counted: Option<u64>,
}

/// The points of a function's code, and how many loops stand in one another in it. Operands are counted, not checked: of code that
/// does not validate the numbers are wrong, and the engine refuses it.
fn body(code: &[u8], position: u64, ty: u32, shapes: &Shapes) -> Result<(u64, u64), Fault> {
    let mut operators = Operators::new(BinaryReader::new(code, position), &shapes.parameters);
    let (parameters, results) = shapes.of_type(ty.into());
    let mut vectors = shapes.vectors.get(ty as usize) == Some(&true);
    let locals = operators.declarations(|_, ty| vectors |= ty == VECTOR)?;
    let locals = locals.saturating_add(parameters);
    let mut open = vec![Open {
        height: 0,
        parameters: 0,
        results,
        catches: false,
        loops: 0,
        counted: None,
    }];
    // How many of them catch.
    let mut catching = 0_u64;
    // The most loops that stand in one another.
    let mut deepest = 0_u64;
    let mut height = 0_u64;
    let at_branch =
        |slots: u64| points::BRANCH.saturating_add(slots.saturating_mul(points::BRANCH_SLOT));
    let called = |slots: u64, catching: u64| {
        let landing = match catching {
            0 => 0,
            _ => points::LANDING.saturating_add(slots.saturating_mul(points::LANDING_SLOT)),
        };
        slots
            .saturating_mul(points::CALL_SLOT)
            .saturating_add(landing)
    };
    let moved = |values: u64| values * values * points::CALL_PAIR;
    // All locals are set to zero.
    let mut total = at_branch(locals);
    while let Some(block) = open.last().copied() {
        let floor = block.height;
        let slots = locals.saturating_add(height);
        let start = operators.position();
        let operator = operators.next()?;
        let text = &code[start..operators.position()];
        let rest = text.get(1..).unwrap_or_default();
        vectors |= text[0] == VECTOR_PREFIX;
        let (takes, leaves, cost) = match operator {
            Operator::Block | Operator::Loop { .. } | Operator::Handler => {
                let (parameters, results) = shapes.of_block(rest);
                // The condition of an `if`.
                let condition = u64::from(text[0] == 0x04);
                height = height.saturating_sub(parameters + condition).max(floor);
                let catches = operator == Operator::Handler;
                catching += u64::from(catches);
                let is_loop = matches!(operator, Operator::Loop { .. });
                let loops = block.loops + u64::from(is_loop);
                deepest = deepest.max(loops);
                let values = (parameters + results) * points::BLOCK_VALUE;
                let mut cost = at_branch(slots) + values + rest.len() as u64 * points::PLAIN;
                let mut counted = None;
                if is_loop {
                    let counts = Counted::of_loop(&operators, code).is_some();
                    let (branches, again) = match counts {
                        true => (10, points::COUNTED_LOOP),
                        false => (2, points::LOOP),
                    };
                    let kept = locals.min(MOST_KEPT as u64) * points::KEPT;
                    cost += at_branch(slots).saturating_mul(branches) + again + kept;
                    counted = counts.then_some(total.saturating_add(cost));
                }
                open.push(Open {
                    height,
                    parameters,
                    results,
                    catches,
                    loops,
                    counted,
                });
                (0, parameters, cost)
            }
            Operator::Else => {
                // What a clause of a `try` calls is not caught by it any more.
                if let Some(block) = open.last_mut()
                    && std::mem::take(&mut block.catches)
                {
                    catching -= 1;
                }
                let caught = if text[0] == 0x07 { shapes.thrown } else { 0 };
                let leaves = block.parameters + u64::from(caught);
                height = floor;
                let cost = match text[0] {
                    0x05 => at_branch(slots),
                    _ => at_branch(slots).saturating_mul(2) + points::PLAIN * 10,
                };
                (0, leaves, cost)
            }
            Operator::End => {
                let results = block.results;
                catching -= u64::from(block.catches);
                height = floor;
                open.pop();
                let again = block.counted.map_or(0, |before| total - before);
                (0, results, at_branch(slots).saturating_add(again))
            }
            Operator::BranchIf(_) => (1, 0, at_branch(slots)),
            Operator::BranchTable => {
                height = floor;
                let targets = number(rest).saturating_mul(points::TARGET);
                (0, 0, at_branch(slots).saturating_add(targets))
            }
            Operator::Branch(_) | Operator::Return | Operator::Throw => {
                height = floor;
                (0, 0, at_branch(slots))
            }
            Operator::Call(function) => {
                let ty = shapes.functions.get(function as usize);
                let shape = ty.map_or((0, 0), |ty| shapes.of_type((*ty).into()));
                let cost = points::CALL + moved(shape.0 + shape.1);
                (
                    shape.0,
                    shape.1,
                    cost.saturating_add(called(slots, catching)),
                )
            }
            Operator::CallIndirect => {
                let shape = shapes.of_type(number(rest));
                let cost = points::CALL + points::TABLE_CALL + moved(shape.0 + shape.1);
                (
                    shape.0 + 1,
                    shape.1,
                    cost.saturating_add(called(slots, catching)),
                )
            }
            Operator::ReturnCall(_) | Operator::ReturnCallIndirect => {
                height = floor;
                (0, 0, at_branch(slots).saturating_add(points::CALL))
            }
            Operator::Bulk(_) => {
                // Metering puts an `if` with a call before each.
                let (takes, leaves, cost) = plain(text);
                let paying = at_branch(slots)
                    .saturating_add(called(slots, catching))
                    .saturating_mul(2);
                (takes, leaves, (cost + points::LOOP).saturating_add(paying))
            }
            _ => {
                if text[0] == 0x00 {
                    height = floor;
                }
                let (takes, leaves, mut cost) = plain(text);
                if calls_the_engine(text) {
                    cost = cost.saturating_add(called(slots, catching));
                }
                (takes, leaves, cost)
            }
        };
        let floor = open.last().map_or(0, |block| block.height);
        height = height
            .saturating_sub(takes)
            .max(floor)
            .saturating_add(leaves);
        let crowd = slots.saturating_sub(points::FREE_SLOTS) / points::SLOTS_A_POINT;
        total = total.saturating_add(cost).saturating_add(crowd);
    }
    if vectors {
        total = total.saturating_add(points::VECTOR_FUNCTION);
    }
    Ok((total, deepest))
}
