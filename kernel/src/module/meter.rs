//! Metering: code that pays for what it does, before it does it.
//!
//! Every instruction belongs to a *region*: the body of the innermost loop around it, or else the function. A region has a
//! cost, which is about the number of its instructions. It is charged where the region begins, which for a loop is each time
//! around, and then what is left is checked:
//!
//! ```text
//! fuel = fuel - cost
//! if fuel < 0: fuel = refill(fuel)
//! ```
//!
//! `refill` gives more, or does not return. So control can neither loop nor call for ever without coming past it. What is
//! left stands in a global that all plugins share. A function with loops keeps it in a local: it takes it from the global when
//! it is entered and whenever control comes back to it, and puts it there before control leaves. A function that catches
//! exceptions cannot tell when control comes back, and works on the global.
//!
//! A function is *bounded* if it has no loops, calls bounded functions only, and costs little altogether. It is not changed;
//! who calls it pays.
//!
//! A loop that counts ([`Counted`]) does not check each time around. It is written twice. If it is going to go around a few times only,
//! it is paid for when it begins, and is as it was. Otherwise it is put into another loop, which pays for as many times as a little
//! fuel lasts, and tells it where to stop:
//!
//! ```text
//! if it goes around often:
//!   loop                     ;; 1, for more of it
//!     stop = last, if that is not far; otherwise counter + step * many
//!     fuel = fuel - cost * so many times
//!     if fuel < 0: fuel = refill(fuel)
//!     loop                   ;; 0, the loop as it was
//!       …
//!       counter = counter + step
//!       br_if 0 (counter != stop)
//!       br_if 1 (counter != last)
//!       …
//!     end
//!   end
//! else:
//!   fuel = fuel - cost * times
//!   loop                     ;; the loop as it was
//! end
//! ```
//!
//! In the second of them nothing is called, and so nothing has to be stored for it. That short loops are not checked leaves a debt, of
//! four times [`counting::UNCHECKED`] units at most, for so many of them may come between two checks. A call may end with it. A loop of which
//! is known how often it goes around, and that this is little, belongs to the region around it.
//!
//! What costs most is not to count and to check but the call of `refill`, though it is hardly ever made: engines store a value
//! that is needed behind a call each time that it changes. So values that loops change are kept in globals across that call.
//! And a section of hints tells engines that know it which branches are hardly ever taken.

mod counting;

use super::counted::Counted;
use super::indices::{Copy, Indices};
use super::operators::{Bulk, Fault, Operator, Operators, invalid};
use super::survey::{Bodies, Body, KEPT, Kept, Purse, Region, Survey, Surveyed};
use crate::pace::{self, Pace};
use wasm_encoder::{BlockType, Encode, Instruction};
use wasmparser::BinaryReader;

/// What a block that is open was made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copied {
    /// It is as it was, but for what is in it.
    Once,
    /// It is a loop that counts, and this is the one for going around often.
    Far,
    /// And this the one for going around a few times.
    Near,
}

/// A block that is open.
#[derive(Clone, Copy)]
struct Open {
    /// How many blocks were put around this one and those that it stands in.
    added: u32,
    copied: Copied,
}

/// Where a loop is that is written a second time, with its first instruction and the one behind that.
struct Again<'a, 't> {
    operators: Operators<'a, 't>,
    start: usize,
    inside: usize,
}

/// Rewrites one function.
struct Rewriting<'a> {
    indices: &'a Indices,
    survey: &'a Survey,
    copy: Copy<'a>,
    purse: Purse,
    /// Index of the local for fuel; the one behind it holds a number of bytes or entries, if there are such operations.
    local: u32,
    /// Indices of the locals for the value at which a loop that counts stops, as i32 and as i64.
    stops: (u32, u32),
    /// How the loop counts that control is in, if it does.
    counted: Option<Counted>,
    open: Vec<Open>,
    /// Where the branches are that are hardly ever taken.
    unlikely: Vec<usize>,
}

impl Rewriting<'_> {
    fn emit(&mut self, instructions: &[Instruction<'_>]) {
        for instruction in instructions {
            instruction.encode(&mut self.copy.output);
        }
    }

    fn global(&self) -> u32 {
        self.indices.imported_globals
    }

    fn load(&self) -> Instruction<'static> {
        match self.purse {
            Purse::Local => Instruction::LocalGet(self.local),
            _ => Instruction::GlobalGet(self.global()),
        }
    }

    /// Puts what is left where all can see it.
    fn spill(&mut self) {
        if self.purse == Purse::Local {
            let global = self.global();
            self.emit(&[
                Instruction::LocalGet(self.local),
                Instruction::GlobalSet(global),
            ]);
        }
    }

    /// Takes what is left from where all can see it.
    fn reload(&mut self) {
        if self.purse == Purse::Local {
            let global = self.global();
            self.emit(&[
                Instruction::GlobalGet(global),
                Instruction::LocalSet(self.local),
            ]);
        }
    }

    /// Takes off what `amount` leaves on the stack. Leaves what is left on the stack.
    fn take(&mut self, amount: &[Instruction<'_>]) {
        let (fuel, global) = (self.local, self.global());
        self.emit(&[self.load()]);
        self.emit(amount);
        self.emit(&[Instruction::I32Sub, Instruction::LocalTee(fuel)]);
        if self.purse == Purse::Global {
            self.emit(&[Instruction::GlobalSet(global), Instruction::LocalGet(fuel)]);
        }
        self.emit(&[Instruction::I32Const(0), Instruction::I32LtS]);
    }

    /// Begins an `if` that is hardly ever entered.
    fn if_unlikely(&mut self) {
        self.unlikely.push(self.copy.output.len());
        self.emit(&[Instruction::If(BlockType::Empty)]);
    }

    /// Has more, and puts it where it belongs. These values are kept in globals meanwhile.
    fn refill(&mut self, kept: &[Kept]) {
        let survey = self.survey;
        let first = self.global() + 1 + self.indices.globals;
        let keeper = |kept: &Kept| first + survey.keeper(kept);
        for kept in kept {
            self.emit(&[
                Instruction::LocalGet(kept.local),
                Instruction::GlobalSet(keeper(kept)),
            ]);
        }
        self.emit(&[
            Instruction::LocalGet(self.local),
            Instruction::Call(self.indices.refilling()),
            match self.purse {
                Purse::Local => Instruction::LocalSet(self.local),
                _ => Instruction::GlobalSet(self.global()),
            },
        ]);
        for kept in kept {
            self.emit(&[
                Instruction::GlobalGet(keeper(kept)),
                Instruction::LocalSet(kept.local),
            ]);
        }
    }

    /// Takes off what `amount` leaves on the stack, and has more if that is less than nothing.
    fn charge(&mut self, amount: &[Instruction<'_>], kept: &[Kept]) {
        self.take(amount);
        self.if_unlikely();
        self.refill(kept);
        self.emit(&[Instruction::End]);
    }

    /// Takes off what a region costs, and has more if that is less than nothing.
    fn charge_region(&mut self, region: usize) {
        let survey = self.survey;
        let region = &survey.regions[region];
        self.charge(&[Instruction::I32Const(region.cost as i32)], &region.kept);
    }

    /// Charges for an operation on many. How many is on the stack, and stays there.
    fn charge_bulk(&mut self, bulk: Bulk) {
        let many = self.local + 1;
        self.emit(&[Instruction::LocalSet(many)]);
        let get = Instruction::LocalGet(many);
        let constant = Instruction::I32Const;
        // Numbers so large that the operation fails at once are cut off: what is taken must not wrap.
        match bulk {
            Bulk::Bytes => self.charge(&[get, constant(2), Instruction::I32ShrU], &[]),
            Bulk::Pages => {
                let amount = [
                    get,
                    constant(0x1_ffff),
                    Instruction::I32And,
                    constant(8),
                    Instruction::I32Shl,
                ];
                self.charge(&amount, &[]);
            }
            Bulk::Entries => {
                let amount = [
                    get,
                    constant(0xff_ffff),
                    Instruction::I32And,
                    constant(1),
                    Instruction::I32Shl,
                ];
                self.charge(&amount, &[]);
            }
        }
        self.emit(&[Instruction::LocalGet(many)]);
    }

    /// What a label is now. A label that was out of range is refused: the blocks that were added would catch it.
    fn label(&self, label: u32, place: u64) -> Result<u32, Fault> {
        let target = (self.open.len() - 1).checked_sub(label as usize);
        let target = target.and_then(|target| self.open.get(target));
        match (target, self.open.last()) {
            (Some(target), Some(here)) => Ok(label + here.added - target.added),
            _ => Err(invalid("it has no label of this index", place)),
        }
    }

    /// Whether a branch to that label leaves the function.
    fn leaves(&self, label: u32) -> bool {
        label as usize + 1 >= self.open.len()
    }

    /// The beginning of a loop, whose instruction is `text`.
    fn begin_loop(&mut self, text: &[u8], region: usize) {
        let survey = self.survey;
        let Region {
            counted, folded, ..
        } = survey.regions[region];
        self.counted = counted.filter(|_| self.purse == Purse::Local);
        let (added, copied) = match self.counted {
            Some(counted) => {
                self.begin_far(counted, region);
                (2, Copied::Far)
            }
            None => (0, Copied::Once),
        };
        self.copy.output.extend_from_slice(text);
        if self.counted.is_none() && !folded && self.purse != Purse::None {
            self.charge_region(region);
        }
        self.push(added, copied);
    }

    /// A block begins around which so many more were put.
    fn push(&mut self, added: u32, copied: Copied) {
        let added = added + self.open.last().map_or(0, |open| open.added);
        self.open.push(Open { added, copied });
    }

    /// Has more if what is left is less than nothing.
    fn check(&mut self, kept: &[Kept]) {
        self.emit(&[
            Instruction::LocalGet(self.local),
            Instruction::I32Const(0),
            Instruction::I32LtS,
        ]);
        self.if_unlikely();
        self.refill(kept);
        self.emit(&[Instruction::End]);
    }

    /// Rewrites the instructions behind the locals.
    fn instructions(
        &mut self,
        mut operators: Operators<'_, '_>,
        source: &[u8],
        function: Surveyed,
    ) -> Result<(), Fault> {
        let survey = self.survey;
        let mut region = function.regions;
        self.copy.up_to(operators.position());
        if self.purse != Purse::None {
            self.reload();
            self.charge_region(region);
        }
        self.push(0, Copied::Once);
        let mut again = None;
        while !self.open.is_empty() {
            let (start, place) = (operators.position(), operators.place());
            let operator = operators.next()?;
            let end = operators.position();
            match operator {
                Operator::CallIndirect if self.purse == Purse::Local => {
                    self.copy.up_to(start);
                    self.spill();
                    self.copy.up_to(end);
                    self.reload();
                }
                Operator::Free | Operator::Else | Operator::CallIndirect => {}
                Operator::Block | Operator::Handler => {
                    self.push(0, Copied::Once);
                }
                Operator::Loop { .. } => {
                    region += 1;
                    self.copy.up_to(start);
                    self.copy.skip_to(end);
                    self.begin_loop(&source[start..end], region);
                    again = self.counted.map(|_| Again {
                        operators: operators.clone(),
                        start,
                        inside: end,
                    });
                }
                Operator::End => {
                    let closed = self.open.pop();
                    if self.open.is_empty() {
                        self.copy.up_to(start);
                        self.spill();
                    } else if closed.is_some_and(|open| open.copied != Copied::Once) {
                        self.copy.up_to(end);
                        self.emit(&[Instruction::End]);
                    }
                    if let Some(loop_again) =
                        again.take_if(|_| closed.is_some_and(|open| open.copied == Copied::Far))
                    {
                        self.counted = None;
                        self.begin_near(region);
                        let Again {
                            operators: from,
                            start,
                            inside,
                        } = loop_again;
                        self.copy.output.extend_from_slice(&source[start..inside]);
                        self.copy.skip_to(inside);
                        self.push(1, Copied::Near);
                        operators = from;
                    }
                }
                _ if self.purse == Purse::None => {
                    self.indices
                        .replace(&mut self.copy, operator, (start, end), place)?;
                }
                Operator::BranchIf(label)
                    if self.counted.is_some_and(|counted| counted.branch == start) =>
                {
                    self.copy.up_to(start);
                    if let Some(counted) = self.counted {
                        self.branch_counted(counted, label);
                    }
                    self.copy.skip_to(end);
                }
                Operator::Local(local) if local < self.local && self.is_compared(start) => {
                    self.copy.up_to(start);
                    self.compare_with_stop();
                    self.copy.skip_to(end);
                }
                Operator::Plain if self.is_compared(start) => {
                    self.copy.up_to(start);
                    self.compare_with_stop();
                    self.copy.skip_to(end);
                }
                Operator::Plain if self.counted.is_some_and(|counted| counted.compares(start)) => {
                    self.copy.up_to(start);
                    if let Some(counted) = self.counted {
                        self.emit(&[counted.differ()]);
                    }
                    self.copy.skip_to(end);
                }
                Operator::Branch(label) | Operator::BranchIf(label)
                    if self.purse == Purse::Local =>
                {
                    self.copy.up_to(start);
                    let now = self.label(label, place)?;
                    if self.leaves(label) {
                        self.spill();
                    }
                    self.copy.up_to(start + 1);
                    now.encode(&mut self.copy.output);
                    self.copy.skip_to(end);
                }
                Operator::BranchTable if self.purse == Purse::Local => {
                    self.copy.up_to(start);
                    self.branch_table(BinaryReader::new(&source[start + 1..end], place + 1))?;
                    self.copy.skip_to(end);
                }
                Operator::Return | Operator::ReturnCallIndirect | Operator::Throw => {
                    self.copy.up_to(start);
                    self.spill();
                }
                Operator::Call(called) | Operator::ReturnCall(called) => {
                    let bounded = called
                        .checked_sub(self.indices.imported_functions)
                        .and_then(|called| survey.functions.get(called as usize)?.bound)
                        .is_some();
                    let returns = matches!(operator, Operator::Call(_));
                    self.copy.up_to(start);
                    if !(bounded && returns) {
                        self.spill();
                    }
                    self.indices
                        .replace(&mut self.copy, operator, (start, end), place)?;
                    if returns && !bounded {
                        self.reload();
                    }
                }
                Operator::Local(local) if local >= self.local => {
                    return Err(invalid("it has no local of this index", place));
                }
                Operator::Bulk(bulk) => {
                    self.copy.up_to(start);
                    self.charge_bulk(bulk);
                }
                _ => self
                    .indices
                    .replace(&mut self.copy, operator, (start, end), place)?,
            }
        }
        Ok(())
    }

    /// Writes a `br_table` with what its labels are now.
    fn branch_table(&mut self, mut labels: BinaryReader<'_>) -> Result<(), Fault> {
        let count = labels.read_var_u32()?;
        let mut leaves = false;
        let mut now = Vec::new();
        while !labels.eof() {
            let place = labels.original_position();
            let label = labels.read_var_u32()?;
            leaves |= self.leaves(label);
            self.label(label, place)?.encode(&mut now);
        }
        if leaves {
            self.spill();
        }
        self.copy.output.push(0x0e);
        count.encode(&mut self.copy.output);
        self.copy.output.extend_from_slice(&now);
        Ok(())
    }
}

/// Rewrites one function. Gives its body, without its length, in the memory of `output`, and where in it the branches are that
/// are hardly ever taken.
fn rewrite(
    body: Body<'_>,
    indices: &Indices,
    survey: &Survey,
    output: Vec<u8>,
) -> Result<(Vec<u8>, Vec<usize>), Fault> {
    let Body {
        function,
        reader,
        source,
    } = body;
    let parameters = indices.functions.get(function);
    let function = survey.functions[function];
    let purse = function.purse();
    let place = reader.original_position();
    let mut copy = Copy::new(source, output);
    let mut operators = Operators::new(reader.clone(), &indices.types);
    let parameters = parameters.and_then(|ty| indices.parameters.get(*ty as usize));
    let mut total = parameters.map_or(0, |parameters| parameters.len() as u64);
    total += operators.locals()?;
    if purse != Purse::None {
        let mut groups = reader;
        let count = groups.read_var_u32()?;
        copy.skip_to(groups.current_position());
        let added = 1 + u32::from(function.counts_wide);
        count.saturating_add(added).encode(&mut copy.output);
        copy.up_to(operators.position());
        // One to three more of type i32, and perhaps one of type i64.
        let more = 1 + u8::from(function.bulk) + u8::from(function.counts);
        copy.output.extend_from_slice(&[more, KEPT[0]]);
        if function.counts_wide {
            copy.output.extend_from_slice(&[1, KEPT[1]]);
        }
    }
    let local = u32::try_from(total)
        .ok()
        .filter(|total| *total < u32::MAX - 4)
        .ok_or_else(|| invalid("a function has too many locals", place))?;
    let mut rewriting = Rewriting {
        indices,
        survey,
        copy,
        purse,
        local,
        stops: (
            local + 1 + u32::from(function.bulk),
            local + 1 + u32::from(function.bulk) + u32::from(function.counts),
        ),
        counted: None,
        open: Vec::new(),
        unlikely: Vec::new(),
    };
    rewriting.instructions(operators, source, function)?;
    Ok((rewriting.copy.rest(), rewriting.unlikely))
}

/// The custom section that tells engines which branches are hardly ever taken. It stands before the code.
pub const HINTS: &str = "metadata.code.branch_hint";

/// The code of a metered module.
pub struct Metered {
    /// The data of the section [`HINTS`], without its name.
    pub hints: Vec<u8>,
    /// The data of the code section.
    pub code: Vec<u8>,
}

impl Survey {
    /// The code of the metered module. `section` is the one that was looked at.
    ///
    /// # Errors
    /// As for [`Survey::code`].
    pub async fn meter(
        &self,
        section: &[u8],
        place: u64,
        indices: &Indices,
        pace: &mut Pace,
    ) -> Result<Metered, Fault> {
        let mut code = Vec::with_capacity(section.len() + section.len() / 4);
        let mut one = Vec::new();
        let mut hinted = 0_u32;
        let mut hints = Vec::new();
        let added = u32::from(!indices.functions.is_empty());
        (indices.functions.len() as u32 + added).encode(&mut code);
        let mut bodies = Bodies::new(section, place, indices)?;
        while let Some(body) = bodies.next()? {
            let (index, size) = (body.function, body.source.len() as u64);
            one.clear();
            let unlikely;
            (one, unlikely) = rewrite(body, indices, self, std::mem::take(&mut one))?;
            one.len().encode(&mut code);
            code.extend_from_slice(&one);
            if !unlikely.is_empty() {
                hinted += 1;
                // Metered, it imports one function more.
                (indices.imported_functions + 1 + index as u32).encode(&mut hints);
                unlikely.len().encode(&mut hints);
                for position in unlikely {
                    position.encode(&mut hints);
                    // One byte: not likely.
                    hints.extend_from_slice(&[1, 0]);
                }
            }
            pace.spent(pace::FUNCTION + size).await;
        }
        if added == 1 {
            let mut body = vec![0];
            Instruction::LocalGet(0).encode(&mut body);
            Instruction::Call(indices.imported_functions).encode(&mut body);
            Instruction::End.encode(&mut body);
            body.len().encode(&mut code);
            code.extend_from_slice(&body);
        }
        let mut all = Vec::with_capacity(hints.len() + 5);
        hinted.encode(&mut all);
        all.extend_from_slice(&hints);
        Ok(Metered { hints: all, code })
    }
}
