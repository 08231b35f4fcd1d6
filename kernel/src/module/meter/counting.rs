//! What is written for loops that count.

use super::super::counted::{Counted, While};
use super::super::survey::Region;
use super::Rewriting;
use wasm_encoder::{BlockType, Instruction};

/// Units that a loop pays for in advance, at most, unless once around costs more. No more than a slice has.
const ADVANCE: u32 = 1 << 14;
/// Units that it pays for without a look at what is left.
pub(super) const UNCHECKED: u32 = 1 << 12;

impl Rewriting<'_> {
    /// What comes before a loop that counts: the decision how far it is, and the loop that is put around it if it is far.
    pub(super) fn begin_far(&mut self, counted: Counted, region: usize) {
        let survey = self.survey;
        let Region { cost, kept, .. } = &survey.regions[region];
        let many = (ADVANCE / cost).min(counted.most()).max(1);
        let few = (UNCHECKED / cost).min(many).max(1);
        let stop = self.stop(counted);
        let constant = |value: i64| counted.constant(value);
        let pick = |narrow, wide| counted.pick(narrow, wide);
        let subtract = || pick(Instruction::I32Sub, Instruction::I64Sub);
        // What begins behind the last value may come before it again by counting on, and is not near.
        self.times(counted, 0);
        self.emit(&[
            Instruction::LocalTee(stop),
            // Nothing and what was not divided are more than what is compared with.
            constant(1),
            subtract(),
            constant(few.into()),
            pick(Instruction::I32GeU, Instruction::I64GeU),
        ]);
        // Without a hint: it is seldom that a loop is far, but then it is where the time goes.
        self.emit(&[
            Instruction::If(BlockType::Empty),
            Instruction::Loop(BlockType::Empty),
        ]);
        self.times(counted, 1);
        self.emit(&[
            Instruction::LocalTee(stop),
            constant(many.into()),
            Instruction::LocalGet(stop),
            constant(1),
            subtract(),
            constant(many.into()),
            pick(Instruction::I32LtU, Instruction::I64LtU),
            Instruction::Select,
            Instruction::LocalSet(stop),
        ]);
        self.charge_times(counted, *cost);
        self.emit(&[
            Instruction::LocalGet(counted.counter),
            Instruction::LocalGet(stop),
            constant(counted.step),
            pick(Instruction::I32Mul, Instruction::I64Mul),
            pick(Instruction::I32Add, Instruction::I64Add),
            Instruction::LocalSet(stop),
        ]);
        self.check(kept);
    }

    /// What comes between a loop that counts, if it is far, and the same if it is near.
    pub(super) fn begin_near(&mut self, region: usize) {
        let survey = self.survey;
        let Region {
            cost,
            kept,
            counted,
            checked,
            ..
        } = &survey.regions[region];
        self.emit(&[Instruction::Else]);
        if let Some(counted) = counted {
            self.charge_times(*counted, *cost);
        }
        if *checked {
            self.check(kept);
        }
    }

    /// Takes off what a loop costs that goes around so often as the local says in which its stop is going to be.
    fn charge_times(&mut self, counted: Counted, cost: u32) {
        let fuel = self.local;
        self.emit(&[
            Instruction::LocalGet(fuel),
            Instruction::LocalGet(self.stop(counted)),
        ]);
        if counted.wide {
            self.emit(&[Instruction::I32WrapI64]);
        }
        self.emit(&[
            Instruction::I32Const(cost as i32),
            Instruction::I32Mul,
            Instruction::I32Sub,
            Instruction::LocalSet(fuel),
        ]);
    }

    /// Leaves on the stack how often a loop that counts is going to go around. Nothing is more often than can be told. `behind` is for
    /// one that begins behind its last value.
    fn times(&mut self, counted: Counted, behind: i64) {
        let counter = Instruction::LocalGet(counted.counter);
        let last = counted.get_last();
        let (inverse, shift) = counted.division();
        let pick = |narrow, wide| counted.pick(narrow, wide);
        let subtract = pick(Instruction::I32Sub, Instruction::I64Sub);
        let (greater, less) = match counted.step > 0 {
            true => (&last, &counter),
            false => (&counter, &last),
        };
        self.emit(&[greater.clone(), less.clone(), subtract.clone()]);
        if counted.goes_on == While::Different {
            if inverse != 1 {
                let multiply = pick(Instruction::I32Mul, Instruction::I64Mul);
                self.emit(&[counted.constant(inverse as i64), multiply]);
            }
            if shift != 0 {
                let rotate = pick(Instruction::I32Rotr, Instruction::I64Rotr);
                self.emit(&[counted.constant(shift.into()), rotate]);
            }
            return;
        }
        // A step that goes beyond the last value is one more.
        self.emit(&[counted.constant(1), subtract]);
        if shift != 0 {
            let divide = pick(Instruction::I32ShrU, Instruction::I64ShrU);
            self.emit(&[counted.constant(shift.into()), divide]);
        }
        self.emit(&[
            counted.constant(1),
            pick(Instruction::I32Add, Instruction::I64Add),
            counted.constant(behind),
            counter,
            last,
            counted.compare(),
            Instruction::Select,
        ]);
    }

    /// The local for the value at which a loop stops.
    fn stop(&self, counted: Counted) -> u32 {
        match counted.wide {
            true => self.stops.1,
            false => self.stops.0,
        }
    }

    /// Whether the instruction there says what the last value of the loop is that control is in.
    pub(super) fn is_compared(&self, place: usize) -> bool {
        self.counted
            .is_some_and(|counted| counted.compared == place)
    }

    /// What is compared with the counter of the loop that control is in, instead of its last value.
    pub(super) fn compare_with_stop(&mut self) {
        if let Some(counted) = self.counted {
            self.emit(&[Instruction::LocalGet(self.stop(counted))]);
        }
    }

    /// The branch back in a loop that counts, whose label is `label`.
    pub(super) fn branch_counted(&mut self, counted: Counted, label: u32) {
        if counted.compared == counted.branch {
            self.compare_with_stop();
            self.emit(&[counted.differ()]);
        }
        self.emit(&[
            Instruction::BrIf(label),
            Instruction::LocalGet(counted.counter),
            counted.get_last(),
            counted.compare(),
            Instruction::BrIf(label + 1),
        ]);
    }
}
