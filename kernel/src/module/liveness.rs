//! Which locals of a function are live where its loops begin: those whose values may be read before they are written again; and
//! which of them innermost loops change.
//!
//! Control is followed backwards through all instructions, again and again until nothing more is found to be live. That takes as
//! many times as loops are nested, and one or two.

use super::operators::{Fault, Operator};
use wasmparser::BinaryReader;

/// The most locals of a function that is looked at.
const MOST_LOCALS: u64 = 4_096;
/// How often a function is gone through, at most.
const PASSES: usize = 12;

/// What an instruction does to locals, or where control goes.
#[derive(Clone, Copy)]
enum Step {
    /// A local is read.
    Read(u32),
    /// A local is written.
    Write(u32),
    /// `block` or `loop`; which loop of the function it is, counted from 1, or 0.
    Begin(u32),
    /// `if`.
    If,
    /// `else`.
    Else,
    /// `end`; of which loop it is, or 0.
    End(u32),
    /// Control may go there.
    Branch(u32),
    /// Control does not go on.
    Stop,
}

/// A block that control is in, which was entered from its end.
struct Frame {
    /// Which loop it is, or 0.
    number: u32,
    /// Where the set of what is live behind it begins. What is live at the beginning of an `else` comes behind that.
    behind: usize,
}

/// Finds what is live. It keeps its memory from function to function. Sets of locals are bits in words.
#[derive(Default)]
pub(super) struct Liveness {
    steps: Vec<Step>,
    /// The blocks that are open where steps are added: which loop each is, or 0.
    open: Vec<u32>,
    /// How many loops there are.
    loops: u32,
    /// The loops that are open where steps are added, outermost first, and whether each has no other one in it, so far. The first is
    /// the function, which is none.
    inside: Vec<(u32, bool)>,
    /// What innermost loops change, in the function and in each of its loops: set after set.
    changed: Vec<u64>,
    /// Words of a set.
    words: usize,
    /// What is live at the beginning of the function, and of each of its loops: set after set.
    found: Vec<u64>,
}

/// Adds to a set what is in another one.
fn unite(set: &mut [u64], other: &[u64]) {
    for (word, other) in set.iter_mut().zip(other) {
        *word |= other;
    }
}

impl Liveness {
    /// Begins with a function that has so many locals. If there are very many it is not looked at.
    pub(super) fn clear(&mut self, locals: u64) {
        self.steps.clear();
        self.open.clear();
        // The function is a block, too.
        self.open.push(0);
        self.loops = 0;
        self.found.clear();
        self.words = match locals {
            0..=MOST_LOCALS => (locals as usize).div_ceil(64),
            _ => 0,
        };
        self.inside.clear();
        self.inside.push((0, false));
        self.changed.clear();
        self.changed.resize(self.words, 0);
    }

    /// The set of what a loop changes.
    fn changed_in(&mut self, number: u32) -> &mut [u64] {
        let begin = number as usize * self.words;
        &mut self.changed[begin..begin + self.words]
    }

    /// A loop begins. What the one around it changes itself does not count any more.
    fn enter(&mut self) -> u32 {
        if let Some((around, innermost)) = self.inside.last_mut()
            && std::mem::take(innermost)
        {
            let around = *around;
            self.changed_in(around).fill(0);
        }
        self.loops += 1;
        self.inside.push((self.loops, true));
        self.changed.resize(self.changed.len() + self.words, 0);
        self.loops
    }

    /// A loop ends. What is changed in it is changed in the one around it.
    fn leave(&mut self) {
        let Some((number, _)) = self.inside.pop() else {
            return;
        };
        let Some((around, _)) = self.inside.last().copied() else {
            return;
        };
        let (before, behind) = self.changed.split_at_mut(number as usize * self.words);
        let around = around as usize * self.words;
        unite(&mut before[around..around + self.words], behind);
    }

    /// A local is written.
    fn change(&mut self, local: u32) {
        if let Some((number, true)) = self.inside.last().copied()
            && let Some(word) = self
                .changed_in(number)
                .get_mut((local / u64::BITS) as usize)
        {
            *word |= 1 << (local % u64::BITS);
        }
    }

    /// Adds an instruction, whose bytes are `text`. Exceptions are not followed.
    pub(super) fn add(&mut self, operator: Operator, text: &[u8]) -> Result<(), Fault> {
        let code = text.first().copied().unwrap_or_default();
        let step = match operator {
            Operator::Local(local) if code == 0x20 => Step::Read(local),
            Operator::Local(local) => {
                self.change(local);
                Step::Write(local)
            }
            Operator::Block | Operator::Handler | Operator::Loop { .. } => {
                let number = match operator {
                    Operator::Loop { .. } => self.enter(),
                    _ => 0,
                };
                self.open.push(number);
                match code {
                    0x04 => Step::If,
                    _ => Step::Begin(number),
                }
            }
            Operator::Else => Step::Else,
            Operator::End => {
                let number = self.open.pop().unwrap_or_default();
                if number != 0 {
                    self.leave();
                }
                Step::End(number)
            }
            Operator::BranchIf(label) => Step::Branch(label),
            Operator::Branch(label) => {
                self.steps.push(Step::Stop);
                Step::Branch(label)
            }
            Operator::BranchTable => {
                self.steps.push(Step::Stop);
                let mut labels = BinaryReader::new(text.get(1..).unwrap_or_default(), 0);
                let count = labels.read_var_u32()?;
                for _ in 0..count {
                    self.steps.push(Step::Branch(labels.read_var_u32()?));
                }
                Step::Branch(labels.read_var_u32()?)
            }
            Operator::Return
            | Operator::ReturnCall(_)
            | Operator::ReturnCallIndirect
            | Operator::Throw => Step::Stop,
            // `unreachable`
            Operator::Free if code == 0x00 => Step::Stop,
            _ => return Ok(()),
        };
        self.steps.push(step);
        Ok(())
    }

    /// Finds out what is live. Gives whether it could: not if there are very many locals, or if loops are nested very deep.
    pub(super) fn find(&mut self) -> bool {
        self.found.resize((self.loops as usize + 1) * self.words, 0);
        self.words > 0 && (0..PASSES).any(|_| !self.pass())
    }

    /// The locals that are live at the beginning of a loop, counted from 1, or of the function, which is 0, and that it changes if
    /// there is no other loop in it, or that innermost loops in it change.
    pub(super) fn at(&self, number: usize) -> impl Iterator<Item = u32> + '_ {
        let range = number * self.words..(number + 1) * self.words;
        let sets = (self.found.get(range.clone()), self.changed.get(range));
        let sets = sets
            .0
            .into_iter()
            .flatten()
            .zip(sets.1.into_iter().flatten());
        let words = sets.map(|(live, changed)| live & changed).enumerate();
        words.flat_map(|(place, word)| {
            let bits = (0..u64::BITS).filter(move |bit| word >> bit & 1 == 1);
            bits.map(move |bit| place as u32 * u64::BITS + bit)
        })
    }

    /// Adds what is live to what was found for a loop or the function. Gives whether that is more.
    fn note(&mut self, number: u32, live: &[u64]) -> bool {
        let begin = number as usize * self.words;
        let found = self.found.get_mut(begin..begin + self.words);
        let mut more = false;
        for (word, live) in found.into_iter().flatten().zip(live) {
            more |= *live & !*word != 0;
            *word |= live;
        }
        more
    }

    /// Goes through the function once. Gives whether more was found to be live.
    fn pass(&mut self) -> bool {
        let words = self.words;
        let mut more = false;
        let mut live = vec![0_u64; words];
        let mut frames: Vec<Frame> = Vec::new();
        let mut sets: Vec<u64> = Vec::new();
        for index in (0..self.steps.len()).rev() {
            match self.steps[index] {
                Step::Read(local) => {
                    if let Some(word) = live.get_mut((local / u64::BITS) as usize) {
                        *word |= 1 << (local % u64::BITS);
                    }
                }
                Step::Write(local) => {
                    if let Some(word) = live.get_mut((local / u64::BITS) as usize) {
                        *word &= !(1 << (local % u64::BITS));
                    }
                }
                Step::End(number) => {
                    frames.push(Frame {
                        number,
                        behind: sets.len(),
                    });
                    sets.extend_from_slice(&live);
                }
                Step::Else => {
                    if let Some(frame) = frames.last() {
                        sets.extend_from_slice(&live);
                        live.copy_from_slice(&sets[frame.behind..frame.behind + words]);
                    }
                }
                step @ (Step::Begin(_) | Step::If) => {
                    let Some(frame) = frames.pop() else { continue };
                    match step {
                        Step::Begin(0) => {}
                        Step::Begin(number) => more |= self.note(number, &live),
                        // What comes last is what is live in the `else`, or behind, if there is none.
                        _ => unite(&mut live, &sets[sets.len() - words..]),
                    }
                    sets.truncate(frame.behind);
                }
                Step::Stop => live.fill(0),
                Step::Branch(label) => {
                    let target = (frames.len() - 1).checked_sub(label as usize);
                    let Some(frame) = target.and_then(|target| frames.get(target)) else {
                        continue;
                    };
                    let there = match frame.number {
                        0 => &sets[frame.behind..],
                        number => &self.found[number as usize * words..],
                    };
                    unite(&mut live, there);
                }
            }
        }
        more | self.note(0, &live)
    }
}
