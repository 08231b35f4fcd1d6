//! What the code of one function costs to compile, in the points of [`super::cost`].

use super::cost::{Shapes, number, points};
use super::counted::Counted;
use super::operators::{Fault, Operator, Operators};
use super::survey::MOST_KEPT;
use wasmparser::BinaryReader;

/// The type of vectors of 128 bits.
const VECTOR: u8 = 0x7b;
/// The first byte of their instructions.
const VECTOR_PREFIX: u8 = 0xfd;

/// How many operands something takes and leaves, and its points.
type Weight = (u64, u64, u64);

/// How many operands an instruction takes and leaves, and its points, if it neither branches nor calls.
fn plain(text: &[u8]) -> Weight {
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

/// What a branch costs where there are so many locals and operands.
fn at_branch(slots: u64) -> u64 {
    points::BRANCH.saturating_add(slots.saturating_mul(points::BRANCH_SLOT))
}

/// What so many parameters and results cost to put in their places.
fn moved((parameters, results): (u64, u64)) -> u64 {
    let values = parameters + results;
    values * values * points::CALL_PAIR
}

/// Goes through the code of a function and adds up its points. Operands are counted, not checked: of code that does not validate
/// the numbers are wrong, and the engine refuses it.
pub(super) struct Body<'a> {
    code: &'a [u8],
    shapes: &'a Shapes,
    operators: Operators<'a, 'a>,
    locals: u64,
    open: Vec<Open>,
    /// How many open blocks catch exceptions.
    catching: u64,
    /// Operands on the stack.
    height: u64,
    /// Whether it has vectors.
    vectors: bool,
    total: u64,
    /// The most loops that stood in one another.
    deepest: u64,
}

impl<'a> Body<'a> {
    /// The code of a function of that type, which stands at `position`.
    pub(super) fn new(
        code: &'a [u8],
        position: u64,
        ty: u32,
        shapes: &'a Shapes,
    ) -> Result<Body<'a>, Fault> {
        let mut operators = Operators::new(BinaryReader::new(code, position), &shapes.parameters);
        let (parameters, results) = shapes.of_type(ty.into());
        let mut vectors = shapes.vectors.get(ty as usize) == Some(&true);
        let locals = operators.declarations(|_, ty| vectors |= ty == VECTOR)?;
        let locals = locals.saturating_add(parameters);
        Ok(Body {
            code,
            shapes,
            operators,
            locals,
            open: vec![Open {
                height: 0,
                parameters: 0,
                results,
                catches: false,
                loops: 0,
                counted: None,
            }],
            catching: 0,
            height: 0,
            vectors,
            // All locals are set to zero.
            total: at_branch(locals),
            deepest: 0,
        })
    }

    /// The points of the function, and how many loops stand in one another in it.
    ///
    /// All that changes is in memory, and the loop has nothing of its own: one version of WebKit now and then loses the values of a
    /// loop that it goes over to compiled code in, which is this one, with a large module in a new page.
    pub(super) fn points(mut self) -> Result<(u64, u64), Fault> {
        while let Some(block) = self.open.last().copied() {
            self.instruction(block)?;
        }
        if self.vectors {
            self.total = self.total.saturating_add(points::VECTOR_FUNCTION);
        }
        Ok((self.total, self.deepest))
    }

    /// Notes the next instruction, which is in that block.
    #[inline(never)]
    fn instruction(&mut self, block: Open) -> Result<(), Fault> {
        let slots = self.locals.saturating_add(self.height);
        let start = self.operators.position();
        let operator = self.operators.next()?;
        let code = self.code;
        let text = &code[start..self.operators.position()];
        self.vectors |= text[0] == VECTOR_PREFIX;
        let (takes, leaves, cost) = match operator {
            Operator::Block | Operator::Loop { .. } | Operator::Handler => {
                self.begin(operator, text, block, slots)
            }
            Operator::Else => self.otherwise(text[0], block, slots),
            Operator::End => {
                self.catching -= u64::from(block.catches);
                self.height = block.height;
                self.open.pop();
                let again = block.counted.map_or(0, |before| self.total - before);
                (0, block.results, at_branch(slots).saturating_add(again))
            }
            Operator::BranchIf(_) => (1, 0, at_branch(slots)),
            Operator::BranchTable => {
                self.height = block.height;
                let targets = number(&text[1..]).saturating_mul(points::TARGET);
                (0, 0, at_branch(slots).saturating_add(targets))
            }
            Operator::Branch(_) | Operator::Return | Operator::Throw => {
                self.height = block.height;
                (0, 0, at_branch(slots))
            }
            Operator::Call(function) => {
                let ty = self.shapes.functions.get(function as usize);
                let shape = ty.map_or((0, 0), |ty| self.shapes.of_type((*ty).into()));
                let cost = points::CALL + moved(shape);
                let cost = cost.saturating_add(self.calling(slots));
                (shape.0, shape.1, cost)
            }
            Operator::CallIndirect => {
                let shape = self.shapes.of_type(number(&text[1..]));
                let cost = points::CALL + points::TABLE_CALL + moved(shape);
                let cost = cost.saturating_add(self.calling(slots));
                (shape.0 + 1, shape.1, cost)
            }
            Operator::ReturnCall(_) | Operator::ReturnCallIndirect => {
                self.height = block.height;
                (0, 0, at_branch(slots).saturating_add(points::CALL))
            }
            Operator::Bulk(_) => {
                // Metering puts an `if` with a call before each.
                let (takes, leaves, cost) = plain(text);
                let paying = at_branch(slots)
                    .saturating_add(self.calling(slots))
                    .saturating_mul(2);
                (takes, leaves, (cost + points::LOOP).saturating_add(paying))
            }
            _ => {
                if text[0] == 0x00 {
                    self.height = block.height;
                }
                let (takes, leaves, mut cost) = plain(text);
                if calls_the_engine(text) {
                    cost = cost.saturating_add(self.calling(slots));
                }
                (takes, leaves, cost)
            }
        };
        let floor = self.open.last().map_or(0, |block| block.height);
        self.height = self
            .height
            .saturating_sub(takes)
            .max(floor)
            .saturating_add(leaves);
        let crowd = slots.saturating_sub(points::FREE_SLOTS) / points::SLOTS_A_POINT;
        self.total = self.total.saturating_add(cost).saturating_add(crowd);
        Ok(())
    }

    /// What a call costs because of what is there meanwhile.
    fn calling(&self, slots: u64) -> u64 {
        let landing = match self.catching {
            0 => 0,
            _ => points::LANDING.saturating_add(slots.saturating_mul(points::LANDING_SLOT)),
        };
        slots
            .saturating_mul(points::CALL_SLOT)
            .saturating_add(landing)
    }

    /// A block begins, in another one.
    fn begin(&mut self, operator: Operator, text: &[u8], block: Open, slots: u64) -> Weight {
        let rest = &text[1..];
        let (parameters, results) = self.shapes.of_block(rest);
        // The condition of an `if`.
        let condition = u64::from(text[0] == 0x04);
        self.height = self
            .height
            .saturating_sub(parameters + condition)
            .max(block.height);
        let catches = operator == Operator::Handler;
        let is_loop = matches!(operator, Operator::Loop { .. });
        self.catching += u64::from(catches);
        let loops = block.loops + u64::from(is_loop);
        self.deepest = self.deepest.max(loops);
        let values = (parameters + results) * points::BLOCK_VALUE;
        let mut cost = at_branch(slots) + values + rest.len() as u64 * points::PLAIN;
        let mut counted = None;
        if is_loop {
            let counts = Counted::of_loop(&self.operators, self.code).is_some();
            let (branches, again) = match counts {
                true => (10, points::COUNTED_LOOP),
                false => (2, points::LOOP),
            };
            let kept = self.locals.min(MOST_KEPT as u64) * points::KEPT;
            cost += at_branch(slots).saturating_mul(branches) + again + kept;
            counted = counts.then_some(self.total.saturating_add(cost));
        }
        self.open.push(Open {
            height: self.height,
            parameters,
            results,
            catches,
            loops,
            counted,
        });
        (0, parameters, cost)
    }

    /// The other part of a block, or what catches exceptions of its first one.
    fn otherwise(&mut self, code: u8, block: Open, slots: u64) -> Weight {
        // What a clause of a `try` calls is not caught by it any more.
        if let Some(block) = self.open.last_mut()
            && std::mem::take(&mut block.catches)
        {
            self.catching -= 1;
        }
        let caught = if code == 0x07 { self.shapes.thrown } else { 0 };
        let leaves = block.parameters + u64::from(caught);
        self.height = block.height;
        let cost = match code {
            0x05 => at_branch(slots),
            _ => at_branch(slots).saturating_mul(2) + points::PLAIN * 10,
        };
        (0, leaves, cost)
    }
}
