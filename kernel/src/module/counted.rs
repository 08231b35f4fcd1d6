//! Loops that count: how often they are going to go around can be computed when they begin.
//!
//! Compilers end nearly all innermost loops like this, where `step` is a constant, `last` is one or a local, and nothing else in the
//! loop changes `counter` or `last`:
//!
//! ```text
//! counter = counter + step            ;; or -
//! br_if loop (counter != last)        ;; or <, or >, or (counter), where the last is 0
//! ```

use super::operators::{Operator, Operators};
use wasm_encoder::Instruction;

/// What a counter is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last {
    Local(u32),
    Constant(i64),
}

/// Which counters have the loop go around again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum While {
    /// All but the last value.
    Different,
    /// Those before the last value, on the way there, as numbers with or without a sign.
    Before { signed: bool },
}

/// How a loop counts. All numbers are i32, or i64 if it is wide, as the instructions that were recognised say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    /// Whether it counts in i64.
    pub(super) wide: bool,
    /// The local that counts.
    pub(super) counter: u32,
    /// What it is compared with.
    pub(super) last: Last,
    pub(super) goes_on: While,
    /// What is added each time around. Not zero; a power of two, or one with a minus, if it goes on [`While::Before`].
    pub(super) step: i64,
    /// Where the instruction begins that says what the last value is, in bytes of the function's body; the branch, if there is none.
    pub(super) compared: usize,
    /// How many bytes its instructions have.
    pub(super) size: usize,
    /// Where the branch begins. The comparison, if there is one, is the byte before it.
    pub(super) branch: usize,
}

/// The most bytes of a loop that is said to count: it is written twice.
const MOST_BYTES: usize = 1 << 10;
/// The most instructions before a branch that say how it counts.
const PATTERN: usize = 7;

/// An instruction as far as counting is concerned.
#[derive(Clone, Copy, Default)]
struct Short {
    code: u8,
    /// A local, or a constant.
    value: i64,
    place: usize,
}

impl Counted {
    /// How the loop counts whose first instruction comes next, if it does. `source` is what `inside` reads.
    pub(super) fn of_loop(inside: &Operators<'_, '_>, source: &[u8]) -> Option<Counted> {
        let mut operators = inside.clone();
        let mut recent = [Short::default(); PATTERN];
        let mut found: Option<Counted> = None;
        let mut depth = 0_u32;
        loop {
            let start = operators.position();
            let operator = operators.next().ok()?;
            let end = operators.position();
            let text = source.get(start..end)?;
            match operator {
                Operator::Loop { .. } | Operator::Handler => return None,
                Operator::Block => depth += 1,
                Operator::End => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => break,
                },
                Operator::Branch(label) if label == depth => return None,
                Operator::BranchIf(label) if label == depth => {
                    if found.is_some() {
                        return None;
                    }
                    found = Some(read(&recent, start)?);
                }
                Operator::BranchTable => {
                    let mut labels = wasmparser::BinaryReader::new(&text[1..], 0);
                    labels.read_var_u32().ok()?;
                    while !labels.eof() {
                        if labels.read_var_u32().ok()? == depth {
                            return None;
                        }
                    }
                }
                _ => {}
            }
            recent.rotate_left(1);
            let mut rest = wasmparser::BinaryReader::new(&text[1..], 0);
            recent[PATTERN - 1] = Short {
                code: text[0],
                value: match text[0] {
                    0x20..=0x22 => rest.read_var_u32().ok()?.into(),
                    0x41 => rest.read_var_i32().ok()?.into(),
                    0x42 => rest.read_var_i64().ok()?,
                    _ => 0,
                },
                place: start,
            };
        }
        let mut found = found?;
        found.size = operators.position() - inside.position();
        (found.size <= MOST_BYTES && found.is_alone(inside.clone(), source)).then_some(found)
    }

    /// Whether the counter is written once, which is where it counts, and the last value never.
    fn is_alone(&self, mut operators: Operators<'_, '_>, source: &[u8]) -> bool {
        let mut writes = 0;
        let mut depth = 0_u32;
        loop {
            let start = operators.position();
            let Ok(operator) = operators.next() else {
                return false;
            };
            match operator {
                Operator::Block => depth += 1,
                Operator::End => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return writes == 1,
                },
                Operator::Local(local) if source[start] != 0x20 => {
                    if Last::Local(local) == self.last {
                        return false;
                    }
                    writes += u32::from(local == self.counter);
                }
                _ => {}
            }
        }
    }
}

/// What the instructions before a branch say.
fn read(recent: &[Short; PATTERN], branch: usize) -> Option<Counted> {
    let code = |place: usize| recent[place].code;
    let is_last = |place: usize| matches!(code(place), 0x20 | 0x41 | 0x42);
    // Where it stands that counts, and where what it is compared with.
    let (change, last) = if let Some(begin) = Change::ends(recent, 7) {
        (begin, None)
    } else if let Some(begin) = Change::ends(recent, 5).filter(|_| is_last(5)) {
        (begin, Some(5))
    } else {
        // What is compared with comes first.
        let begin = Change::ends(recent, 6).filter(|_| code(5) == 0x22 && is_last(1))?;
        (begin, Some(1))
    };
    let (wide, step) = (change.wide, change.step);
    let goes_on = match last {
        None if wide => return None,
        None => While::Different,
        Some(last) => comparison(code(6), wide, (step > 0) == (last == 5))?,
    };
    if step == 0 {
        return None;
    }
    let (compared, last) = match last.map(|last| recent[last]) {
        None => (branch, Last::Constant(0)),
        Some(last) if last.code == 0x20 => (last.place, Last::Local(last.value as u32)),
        Some(last) if (last.code == 0x42) == wide => (last.place, Last::Constant(last.value)),
        // Of another type than what it is compared with: the module is not valid, and is not to become so.
        Some(_) => return None,
    };
    let counted = Counted {
        wide,
        counter: change.counter,
        last,
        goes_on,
        step,
        compared,
        size: 0,
        branch,
    };
    (last != Last::Local(change.counter) && counted.stays_in_range()).then_some(counted)
}

/// Instructions that count, and leave the counter on the stack.
struct Change {
    wide: bool,
    counter: u32,
    step: i64,
}

impl Change {
    /// Those that end before a place: `counter; step; add or sub; tee`, or `set; counter` instead of `tee`.
    fn ends(recent: &[Short; PATTERN], end: usize) -> Option<Change> {
        let put = match recent[end - 1].code {
            0x22 => end - 1,
            0x20 if recent[end - 2].code == 0x21
                && recent[end - 2].value == recent[end - 1].value =>
            {
                end - 2
            }
            _ => return None,
        };
        let [counter, step, operation] =
            [3, 2, 1].map(|back| put.checked_sub(back).map(|place| recent[place]));
        let (counter, step, operation) = (counter?, step?, operation?);
        let (wide, step) = match (step.code, operation.code) {
            (0x41, 0x6a) => (false, step.value),
            // The least number is its own opposite.
            (0x41, 0x6b) => (false, (step.value as i32).wrapping_neg().into()),
            (0x42, 0x7c) => (true, step.value),
            (0x42, 0x7d) => (true, step.value.wrapping_neg()),
            _ => return None,
        };
        (counter.code == 0x20 && counter.value == recent[put].value).then_some(Change {
            wide,
            counter: counter.value as u32,
            step,
        })
    }
}

/// When a loop goes on whose branch stands behind this comparison: of the counter with the last value, if `up`, and else the other way
/// round, as far as the direction in which it counts turns that round again.
fn comparison(code: u8, wide: bool, up: bool) -> Option<While> {
    let signed = match (code, wide, up) {
        (0x47, false, _) | (0x52, true, _) => return Some(While::Different),
        (0x48, false, true) | (0x4a, false, false) | (0x53, true, true) | (0x55, true, false) => {
            true
        }
        (0x49, false, true) | (0x4b, false, false) | (0x54, true, true) | (0x56, true, false) => {
            false
        }
        _ => return None,
    };
    Some(While::Before { signed })
}

impl Counted {
    /// How often it goes around: the distance to the last value, divided by the step.
    ///
    /// It is `rotate_right(distance * inverse, shift)` if the step divides the distance, and more than [`Counted::most`] if not.
    /// For what is not wide the lower half of the inverse is to be taken.
    pub(super) fn division(&self) -> (u64, u32) {
        let size = self.step.unsigned_abs();
        let shift = size.trailing_zeros();
        let odd = size >> shift;
        // Each step of Newton's method doubles the bits that are right; an odd number is its own inverse modulo 8.
        let mut inverse = odd;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse)));
        }
        (inverse, shift)
    }

    /// The most times around that can be told from what the step does not divide.
    pub(super) fn most(&self) -> u32 {
        let all = if self.wide { u64::MAX } else { u32::MAX.into() };
        u32::try_from(all / self.step.unsigned_abs()).unwrap_or(u32::MAX)
    }

    /// Whether a comparison stands there that has to be another one if the last value is.
    pub(super) fn compares(&self, place: usize) -> bool {
        self.goes_on != While::Different && place + 1 == self.branch
    }

    /// Whether no counter before the last value is counted past the greatest number, or the least, and so comes before it again.
    fn stays_in_range(&self) -> bool {
        let While::Before { signed } = self.goes_on else {
            return true;
        };
        let size = self.step.unsigned_abs();
        let Last::Constant(last) = self.last else {
            return size == 1;
        };
        let beyond = i128::from(self.step - self.step.signum());
        size.is_power_of_two()
            && self
                .range(signed)
                .contains(&(self.number(last, signed) + beyond))
    }

    /// How often it goes around if it begins with this value, and the last one is a constant. Nothing if it would have to count past the
    /// greatest number, or the least.
    pub(super) fn times(&self, start: i64) -> Option<u64> {
        let Last::Constant(last) = self.last else {
            return None;
        };
        let signed = self.goes_on == While::Before { signed: true };
        let (start, last) = (self.number(start, signed), self.number(last, signed));
        let step = i128::from(self.step);
        let (distance, size) = ((last - start) * step.signum(), step.abs());
        let times = match self.goes_on {
            While::Different if distance > 0 && distance % size == 0 => distance / size,
            While::Different => return None,
            While::Before { .. } => (distance + size - 1).div_euclid(size).max(1),
        };
        let end = start + times * step;
        let times = u64::try_from(times).ok()?;
        self.range(signed).contains(&end).then_some(times)
    }

    /// A number as it is compared.
    fn number(&self, value: i64, signed: bool) -> i128 {
        match (signed, self.wide) {
            (true, true) => i128::from(value),
            (true, false) => i128::from(value as i32),
            (false, true) => i128::from(value as u64),
            (false, false) => i128::from(value as u32),
        }
    }

    /// The least number and the greatest.
    fn range(&self, signed: bool) -> std::ops::RangeInclusive<i128> {
        match (signed, self.wide) {
            (true, true) => i64::MIN.into()..=i64::MAX.into(),
            (true, false) => i32::MIN.into()..=i32::MAX.into(),
            (false, true) => 0..=u64::MAX.into(),
            (false, false) => 0..=u32::MAX.into(),
        }
    }

    /// A constant of the type in which it counts.
    pub(super) fn constant(&self, value: i64) -> Instruction<'static> {
        match self.wide {
            true => Instruction::I64Const(value),
            false => Instruction::I32Const(value as i32),
        }
    }

    /// The instruction for i32 or for i64.
    pub(super) fn pick(
        &self,
        narrow: Instruction<'static>,
        wide: Instruction<'static>,
    ) -> Instruction<'static> {
        if self.wide { wide } else { narrow }
    }

    /// What leaves the last value on the stack.
    pub(super) fn get_last(&self) -> Instruction<'static> {
        match self.last {
            Last::Local(last) => Instruction::LocalGet(last),
            Last::Constant(last) => self.constant(last),
        }
    }

    /// Whether two values are different.
    pub(super) fn differ(&self) -> Instruction<'static> {
        self.pick(Instruction::I32Ne, Instruction::I64Ne)
    }

    /// Whether the loop goes on: the counter with the last value behind it.
    pub(super) fn compare(&self) -> Instruction<'static> {
        match (self.goes_on, self.step > 0) {
            (While::Different, _) => self.differ(),
            (While::Before { signed: true }, true) => {
                self.pick(Instruction::I32LtS, Instruction::I64LtS)
            }
            (While::Before { signed: true }, false) => {
                self.pick(Instruction::I32GtS, Instruction::I64GtS)
            }
            (While::Before { signed: false }, true) => {
                self.pick(Instruction::I32LtU, Instruction::I64LtU)
            }
            (While::Before { signed: false }, false) => {
                self.pick(Instruction::I32GtU, Instruction::I64GtU)
            }
        }
    }
}
