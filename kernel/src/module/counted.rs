//! Loops that count: how often they are going to go around can be computed when they begin.
//!
//! Compilers end nearly all innermost loops like this, where `step` is a constant and nothing else in the loop changes `counter`
//! or `last`:
//!
//! ```text
//! counter = counter + step            ;; or -
//! br_if loop (counter != last)        ;; or (counter), where the last is 0
//! ```

use super::operators::{Operator, Operators};

/// How a loop counts. All numbers are i32, or i64 if it is wide, as the instructions that were recognised say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    /// Whether it counts in i64.
    pub(super) wide: bool,
    /// The local that counts.
    pub(super) counter: u32,
    /// The local that it is compared with; zero if there is none.
    pub(super) last: Option<u32>,
    /// What is added each time around. Not zero.
    pub(super) step: i64,
    /// Where the instruction begins that reads `last`, in bytes of the function's body; the branch, if there is none. If it is
    /// wide, and zero is the last, this is a constant.
    pub(super) compared: usize,
    /// Where the branch begins.
    pub(super) branch: usize,
}

/// The most instructions before a branch that say how it counts.
const PATTERN: usize = 6;

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
        let found = found?;
        found.is_alone(inside.clone(), source).then_some(found)
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
                    if Some(local) == self.last {
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
    let codes = recent.map(|short| short.code);
    let (add, last) = match codes {
        // last; counter; step; add or sub; tee; ne
        [0x20, 0x20, 0x41, 0x6a | 0x6b, 0x22, 0x47]
        | [0x20, 0x20, 0x42, 0x7c | 0x7d, 0x22, 0x52] => (1, Some(recent[0])),
        // counter; step; add or sub; tee; last; ne
        [0x20, 0x41, 0x6a | 0x6b, 0x22, 0x20, 0x47]
        | [0x20, 0x42, 0x7c | 0x7d, 0x22, 0x20, 0x52] => (0, Some(recent[4])),
        // counter; step; add or sub; tee; 0; ne
        [0x20, 0x42, 0x7c | 0x7d, 0x22, 0x42, 0x52] if recent[4].value == 0 => (0, Some(recent[4])),
        [.., 0x20, 0x41, 0x6a | 0x6b, 0x22] => (2, None),
        _ => return None,
    };
    let [counter, step, change, tee] = [
        recent[add],
        recent[add + 1],
        recent[add + 2],
        recent[add + 3],
    ];
    let wide = step.code == 0x42;
    let step = match change.code {
        0x6a | 0x7c => step.value,
        // The least number is its own opposite.
        0x6b => (step.value as i32).wrapping_neg().into(),
        _ => step.value.wrapping_neg(),
    };
    let local = |short: Short| (short.code == 0x20).then_some(short.value as u32);
    (counter.value == tee.value && step != 0).then_some(Counted {
        wide,
        counter: counter.value as u32,
        last: last.and_then(local),
        step,
        compared: last.map_or(branch, |last| last.place),
        branch,
    })
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
}
