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
//! In an innermost loop in which nothing is called, the call of `refill` stands outside of it, and what the loop works with is
//! kept in globals across that call: engines give registers to what a loop needs more wisely then.
//!
//! ```text
//! block                      ;; 3, behind all of it
//!   loop                     ;; 2, again after a refill
//!     block                  ;; 1, the refill
//!       loop                 ;; 0, the loop as it was
//!         fuel = fuel - cost; br_if 1 (fuel < 0)
//!         …
//!       end
//!       br 2
//!     end
//!     keep; fuel = refill(fuel) + cost; take back; br 0
//!   end
//! end
//! ```

use super::indices::{Copy, Indices};
use super::operators::{Bulk, Fault, Operator, Operators, invalid};
use wasm_encoder::{Encode, Instruction};
use wasmparser::BinaryReader;

/// The most that a bounded function costs.
const BOUNDED: u32 = 64;
/// How deep bounded functions may call one another.
const BOUNDED_DEPTH: usize = 4;
/// What a call costs, without what is called.
const CALL: u32 = 4;
/// What a call through a table costs, which may be one of a bounded function.
const INDIRECT_CALL: u32 = 16;
/// What operations on many cost, without what their number costs.
const BULK: u32 = 16;
/// What memory costs that grows, without what the number of pages costs: the engine has a lot to do.
const GROW: u32 = 1_024;
/// What throwing costs.
const THROW: u32 = 256;
/// The most that a region is said to cost. Fuel that is not negative does not wrap when so much is taken off.
const MAX_COST: u32 = 1 << 30;

/// Locals from here on are not kept.
const MOST_LOCALS: usize = 50_000;
/// The most values that are kept across a refill.
const MOST_KEPT: usize = 48;
/// A local, and what keeps its value across a refill: the type, as a place in [`KEPT`], and which of the globals of that type.
type Kept = (u32, Option<(usize, u32)>);

/// Instructions that are paid for together.
#[derive(Default)]
struct Region {
    cost: u32,
    /// Whether it is an innermost loop without operands.
    innermost: bool,
    /// Whether something in it, outside of nested loops, is called and then returns.
    calls: bool,
    /// What it works with, if that is to be kept across a refill.
    kept: Vec<Kept>,
}

/// The types of values that are kept: i32, i64, f32, f64, v128.
const KEPT: [u8; 5] = [0x7f, 0x7e, 0x7d, 0x7c, 0x7b];

/// How many values of each type in [`KEPT`].
type Counts = [u32; KEPT.len()];

/// What was found out about a function.
#[derive(Clone, Copy, Default)]
struct Surveyed {
    /// Where its regions begin.
    regions: usize,
    /// Where its calls begin.
    calls: usize,
    loops: bool,
    handlers: bool,
    bulk: bool,
    /// Whether something in it rules out that it is bounded.
    unbounded: bool,
    /// What it costs, if it is bounded.
    bound: Option<u32>,
}

impl Surveyed {
    fn purse(&self) -> Purse {
        match self {
            Surveyed { bound: Some(_), .. } => Purse::None,
            Surveyed {
                loops: true,
                handlers: false,
                ..
            } => Purse::Local,
            _ => Purse::Global,
        }
    }
}

/// A call of a function that the module defines.
struct Called {
    region: usize,
    /// Which of the functions that the module defines.
    function: usize,
}

impl Region {
    /// Notes a local that it uses.
    fn keep(&mut self, local: u32) {
        // So many are not kept in any case. A loop with another one inside of it may note some twice; it keeps none.
        if self.kept.len() <= MOST_KEPT {
            self.kept.push((local, None));
        }
    }

    /// Whether its refill stands outside of it.
    fn refills_outside(&self) -> bool {
        self.innermost && !self.calls
    }
}

/// What the first look at all code finds out: who is bounded, and what each region costs.
#[derive(Default)]
pub struct Survey {
    regions: Vec<Region>,
    calls: Vec<Called>,
    functions: Vec<Surveyed>,
    /// How many globals of each type there have to be for values that are kept.
    keepers: Counts,
    /// For each local, the region that was the last to use it.
    used: Vec<usize>,
}

fn own_cost(operator: Operator) -> u32 {
    match operator {
        Operator::Free
        | Operator::Block
        | Operator::Loop { .. }
        | Operator::Else
        | Operator::Handler
        | Operator::End => 0,
        Operator::Call(_) | Operator::ReturnCall(_) => CALL,
        Operator::CallIndirect | Operator::ReturnCallIndirect => INDIRECT_CALL,
        Operator::Throw => THROW,
        Operator::Bulk(Bulk::Pages) => GROW,
        Operator::Bulk(_) => BULK,
        _ => 1,
    }
}

/// The function bodies of a code section.
fn bodies<'a>(
    reader: BinaryReader<'a>,
    indices: &Indices,
    mut each: impl FnMut(usize, BinaryReader<'a>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut reader = reader;
    let place = reader.original_position();
    if reader.read_var_u32()? as usize != indices.functions.len() {
        return Err(invalid(
            "it declares another number of functions than it has code for",
            place,
        ));
    }
    for function in 0..indices.functions.len() {
        each(function, reader.read_reader()?)?;
    }
    match reader.eof() {
        true => Ok(()),
        false => Err(invalid(
            "its code goes on behind the last function",
            reader.original_position(),
        )),
    }
}

impl Survey {
    /// Looks at all code.
    ///
    /// # Errors
    /// `invalid-module` and `refused-module`. Not everything that is wrong is found; the engine finds the rest.
    pub fn code(&mut self, section: &[u8], place: u64, indices: &Indices) -> Result<(), Fault> {
        bodies(
            BinaryReader::new(section, place),
            indices,
            |function, body| self.function(body, indices, function),
        )?;
        self.bound();
        Ok(())
    }

    /// Appends the globals that have to be added, and gives how many.
    pub fn encode_keepers(&self, output: &mut Vec<u8>) -> u32 {
        for (ty, count) in KEPT.into_iter().zip(self.keepers) {
            for _ in 0..count {
                output.extend_from_slice(&[ty, 0x01]);
                match ty {
                    0x7f => Instruction::I32Const(0).encode(output),
                    0x7e => Instruction::I64Const(0).encode(output),
                    0x7d => Instruction::F32Const(0.0.into()).encode(output),
                    0x7c => Instruction::F64Const(0.0.into()).encode(output),
                    _ => Instruction::V128Const(0).encode(output),
                }
                Instruction::End.encode(output);
            }
        }
        self.keepers.iter().sum()
    }

    fn function(
        &mut self,
        body: BinaryReader<'_>,
        indices: &Indices,
        function: usize,
    ) -> Result<(), Fault> {
        let mut operators = Operators::new(body, &indices.types);
        // Where the locals of each type end.
        let mut types: Vec<(u64, u8)> = Vec::new();
        let mut declare = |count: u32, ty: u8| {
            let before = types.last().map_or(0, |(end, _)| *end);
            types.push((before + u64::from(count), ty));
        };
        let ty = indices.functions.get(function);
        let parameters = ty.and_then(|ty| indices.parameters.get(*ty as usize));
        let parameters = parameters.map_or(&[][..], |parameters| parameters);
        for parameter in parameters {
            declare(1, *parameter);
        }
        operators.declarations(declare)?;
        let first = self.regions.len();
        let mut surveyed = Surveyed {
            regions: first,
            calls: self.calls.len(),
            ..Surveyed::default()
        };
        let mut region = first;
        self.regions.push(Region::default());
        // The regions around each open block.
        let mut open = vec![region];
        while !open.is_empty() {
            let place = operators.place();
            let operator = operators.next()?;
            let here = &mut self.regions[region];
            here.cost = here.cost.saturating_add(own_cost(operator)).min(MAX_COST);
            match operator {
                Operator::Block | Operator::Handler => {
                    open.push(region);
                    surveyed.handlers |= operator == Operator::Handler;
                }
                Operator::Loop { parameters } => {
                    open.push(region);
                    here.innermost = false;
                    region = self.regions.len();
                    self.regions.push(Region {
                        cost: 1,
                        innermost: !parameters,
                        ..Region::default()
                    });
                    surveyed.loops = true;
                }
                Operator::End => region = open.pop().unwrap_or(region),
                Operator::Local(local) if region != first => {
                    let local = local as usize;
                    if self.used.len() <= local && local < MOST_LOCALS {
                        self.used.resize(local + 1, 0);
                    }
                    // The first region is that of a function, so that 0 is no loop's.
                    if self.used.get(local).is_some_and(|last| *last != region) {
                        self.used[local] = region;
                        self.regions[region].keep(local as u32);
                    }
                }
                Operator::Call(function) | Operator::ReturnCall(function) => {
                    // What calls a function and does not expect it to return keeps nothing in registers for afterwards.
                    here.calls |= !operators.ends_here();
                    match function.checked_sub(indices.imported_functions) {
                        Some(function) => self.calls.push(Called {
                            region,
                            function: function as usize,
                        }),
                        None => surveyed.unbounded = true,
                    }
                }
                Operator::CallIndirect | Operator::ReturnCallIndirect | Operator::Throw => {
                    here.calls = true;
                    surveyed.unbounded = true;
                }
                Operator::Bulk(_) => {
                    here.calls = true;
                    surveyed.bulk = true;
                }
                _ => {}
            }
            if open.is_empty() && !operators.eof() {
                return Err(invalid("a function goes on behind its end", place));
            }
        }
        surveyed.unbounded |= surveyed.loops || surveyed.handlers || surveyed.bulk;
        for region in first..self.regions.len() {
            self.find_keepers(region, surveyed.purse(), &types);
        }
        self.functions.push(surveyed);
        Ok(())
    }

    /// Finds where a region's values are kept, if that is worth while: in innermost loops in which nothing else is called.
    fn find_keepers(&mut self, region: usize, purse: Purse, types: &[(u64, u8)]) {
        let region = &mut self.regions[region];
        if purse != Purse::Local || !region.refills_outside() || region.kept.len() > MOST_KEPT {
            region.kept = Vec::new();
            return;
        }
        let mut counts = Counts::default();
        for (local, keeper) in &mut region.kept {
            let group = types.partition_point(|(end, _)| *end <= u64::from(*local));
            let ty = types.get(group).map(|(_, ty)| *ty);
            let place = KEPT.iter().position(|kept| Some(*kept) == ty);
            *keeper = place.map(|place| {
                counts[place] += 1;
                (place, counts[place] - 1)
            });
        }
        region.kept.retain(|(_, keeper)| keeper.is_some());
        region.kept.shrink_to_fit();
        for (most, count) in self.keepers.iter_mut().zip(counts) {
            *most = count.max(*most);
        }
    }

    /// Finds the bounded functions: those that call none, then those that call them, and so on.
    fn bound(&mut self) {
        for _ in 0..BOUNDED_DEPTH {
            let mut found = false;
            for index in 0..self.functions.len() {
                let function = self.functions[index];
                if function.unbounded || function.bound.is_some() {
                    continue;
                }
                let until = self
                    .functions
                    .get(index + 1)
                    .map_or(self.calls.len(), |next| next.calls);
                let mut cost = self.regions[function.regions].cost;
                let mut calls = self.calls[function.calls..until].iter();
                let bounded = cost <= BOUNDED
                    && calls.all(|call| {
                        let called = self.functions.get(call.function).and_then(|f| f.bound);
                        cost += called.unwrap_or(BOUNDED);
                        called.is_some() && cost <= BOUNDED
                    });
                if bounded {
                    self.functions[index].bound = Some(cost);
                    found = true;
                }
            }
            if !found {
                break;
            }
        }
        for call in &self.calls {
            let called = self.functions.get(call.function).and_then(|f| f.bound);
            if let Some(cost) = called {
                let region = &mut self.regions[call.region];
                region.cost = (region.cost + cost).min(MAX_COST);
            }
        }
    }
}

/// How a function pays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purse {
    /// It does not; who calls it does.
    None,
    /// From the global.
    Global,
    /// From a local.
    Local,
}

/// A block that is open.
#[derive(Clone, Copy)]
struct Open {
    /// How many blocks were put around this one and those that it stands in.
    added: u32,
    /// If it is a loop with its refill outside: its region.
    outside: Option<usize>,
}

/// Rewrites one function.
struct Rewriting<'a> {
    indices: &'a Indices,
    survey: &'a Survey,
    copy: Copy<'a>,
    purse: Purse,
    /// Index of the local for fuel; the one behind it holds a number of bytes or entries.
    local: u32,
    open: Vec<Open>,
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

    /// Has more, and leaves that on the stack. What an innermost loop works with is kept in globals meanwhile. Engines store a
    /// value that is needed behind a call each time that it changes, which would be each time around.
    fn refill(&mut self, kept: &[Kept]) {
        let survey = self.survey;
        let first = self.global() + 1 + self.indices.globals;
        let keeper = |keeper: Option<(usize, u32)>| {
            let (place, number) = keeper.unwrap_or_default();
            first + survey.keepers[..place].iter().sum::<u32>() + number
        };
        for (local, kept) in kept {
            self.emit(&[
                Instruction::LocalGet(*local),
                Instruction::GlobalSet(keeper(*kept)),
            ]);
        }
        self.emit(&[
            Instruction::LocalGet(self.local),
            Instruction::Call(self.indices.imported_functions),
        ]);
        for (local, kept) in kept {
            self.emit(&[
                Instruction::GlobalGet(keeper(*kept)),
                Instruction::LocalSet(*local),
            ]);
        }
    }

    /// Takes off what `amount` leaves on the stack, and has more if that is less than nothing.
    fn charge(&mut self, amount: &[Instruction<'_>]) {
        self.take(amount);
        self.emit(&[Instruction::If(wasm_encoder::BlockType::Empty)]);
        self.refill(&[]);
        let store = match self.purse {
            Purse::Local => Instruction::LocalSet(self.local),
            _ => Instruction::GlobalSet(self.global()),
        };
        self.emit(&[store, Instruction::End]);
    }

    /// Charges for an operation on many. How many is on the stack, and stays there.
    fn charge_bulk(&mut self, bulk: Bulk) {
        let many = self.local + 1;
        self.emit(&[Instruction::LocalSet(many)]);
        let get = Instruction::LocalGet(many);
        let constant = Instruction::I32Const;
        // Numbers so large that the operation fails at once are cut off: what is taken must not wrap.
        match bulk {
            Bulk::Bytes => self.charge(&[get, constant(2), Instruction::I32ShrU]),
            Bulk::Pages => {
                let amount = [
                    get,
                    constant(0x1_ffff),
                    Instruction::I32And,
                    constant(8),
                    Instruction::I32Shl,
                ];
                self.charge(&amount);
            }
            Bulk::Entries => {
                let amount = [
                    get,
                    constant(0xff_ffff),
                    Instruction::I32And,
                    constant(1),
                    Instruction::I32Shl,
                ];
                self.charge(&amount);
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
    fn begin_loop(&mut self, text: &[u8], index: usize) {
        let region = &self.survey.regions[index];
        let cost = [Instruction::I32Const(region.cost as i32)];
        let mut added = self.open.last().map_or(0, |open| open.added);
        let mut outside = None;
        if self.purse == Purse::Local && region.refills_outside() {
            added += 3;
            outside = Some(index);
            // `block` of the same type
            self.copy.output.push(0x02);
            self.copy.output.extend_from_slice(&text[1..]);
            self.copy.output.extend_from_slice(text);
            self.emit(&[Instruction::Block(wasm_encoder::BlockType::Empty)]);
            self.copy.output.extend_from_slice(text);
            self.take(&cost);
            self.emit(&[Instruction::BrIf(1)]);
        } else {
            self.copy.output.extend_from_slice(text);
            if self.purse != Purse::None {
                self.charge(&cost);
            }
        }
        self.open.push(Open { added, outside });
    }

    /// What comes behind the `end` of a loop with its refill outside.
    fn end_loop(&mut self, region: usize) {
        let survey = self.survey;
        self.emit(&[Instruction::Br(2), Instruction::End]);
        self.refill(&survey.regions[region].kept);
        self.emit(&[
            Instruction::I32Const(survey.regions[region].cost as i32),
            Instruction::I32Add,
            Instruction::LocalSet(self.local),
            Instruction::Br(0),
            Instruction::End,
            Instruction::End,
        ]);
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
            self.charge(&[Instruction::I32Const(survey.regions[region].cost as i32)]);
        }
        self.open.push(Open {
            added: 0,
            outside: None,
        });
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
                Operator::Free | Operator::Plain | Operator::Else | Operator::CallIndirect => {}
                Operator::Block | Operator::Handler => {
                    let added = self.open.last().map_or(0, |open| open.added);
                    self.open.push(Open {
                        added,
                        outside: None,
                    });
                }
                Operator::Loop { .. } => {
                    region += 1;
                    self.copy.up_to(start);
                    self.copy.skip_to(end);
                    self.begin_loop(&source[start..end], region);
                }
                Operator::End => {
                    let closed = self.open.pop();
                    if self.open.is_empty() {
                        self.copy.up_to(start);
                        self.spill();
                    } else if let Some(region) = closed.and_then(|open| open.outside) {
                        self.copy.up_to(end);
                        self.end_loop(region);
                    }
                }
                _ if self.purse == Purse::None => {
                    self.indices
                        .replace(&mut self.copy, operator, (start, end), place)?;
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

/// Rewrites one function. Appends its body, without its length, to `output`.
fn rewrite(
    body: BinaryReader<'_>,
    source: &[u8],
    indices: &Indices,
    survey: &Survey,
    index: usize,
    output: Vec<u8>,
) -> Result<Vec<u8>, Fault> {
    let function = survey.functions[index];
    let purse = function.purse();
    let place = body.original_position();
    let mut copy = Copy::new(source, output);
    let mut operators = Operators::new(body.clone(), &indices.types);
    let parameters = indices.functions.get(index);
    let parameters = parameters.and_then(|ty| indices.parameters.get(*ty as usize));
    let mut total = parameters.map_or(0, |parameters| parameters.len() as u64);
    total += operators.locals()?;
    if purse != Purse::None {
        let mut groups = body;
        let count = groups.read_var_u32()?;
        copy.skip_to(groups.current_position());
        count.saturating_add(1).encode(&mut copy.output);
        copy.up_to(operators.position());
        // One or two more, of type i32.
        let more = 1 + u8::from(function.bulk);
        copy.output.extend_from_slice(&[more, KEPT[0]]);
    }
    let local = u32::try_from(total)
        .ok()
        .filter(|total| *total < u32::MAX - 2);
    let mut rewriting = Rewriting {
        indices,
        survey,
        copy,
        purse,
        local: local.ok_or_else(|| invalid("a function has too many locals", place))?,
        open: Vec::new(),
    };
    rewriting.instructions(operators, source, function)?;
    Ok(rewriting.copy.rest())
}

impl Survey {
    /// The code section of the metered module. `section` is the one that was looked at.
    ///
    /// # Errors
    /// As for [`Survey::code`].
    pub fn meter(&self, section: &[u8], place: u64, indices: &Indices) -> Result<Vec<u8>, Fault> {
        let mut code = Vec::with_capacity(section.len() + section.len() / 4);
        let mut one = Vec::new();
        (indices.functions.len() as u32).encode(&mut code);
        bodies(BinaryReader::new(section, place), indices, |index, body| {
            let range = body.range();
            let source = &section[(range.start - place) as usize..(range.end - place) as usize];
            one.clear();
            one = rewrite(body, source, indices, self, index, std::mem::take(&mut one))?;
            one.len().encode(&mut code);
            code.extend_from_slice(&one);
            Ok(())
        })?;
        Ok(code)
    }
}
