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
//! In an innermost loop nothing is called but bounded functions, and what is charged lies in a register. The call of `refill`
//! stands outside of it, for engines give registers to what a loop needs more wisely when there is no call inside:
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
//!     fuel = refill(fuel) + cost; br 0
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

/// Instructions that are paid for together.
#[derive(Clone, Copy, Default)]
struct Region {
    cost: u32,
    /// Whether it is an innermost loop without operands that calls nothing but bounded functions.
    quiet: bool,
}

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

/// A call of a function that the module defines.
struct Called {
    region: usize,
    /// Which of the functions that the module defines.
    function: usize,
}

/// What the first look at all code finds out: who is bounded, and what each region costs.
#[derive(Default)]
struct Survey {
    regions: Vec<Region>,
    calls: Vec<Called>,
    functions: Vec<Surveyed>,
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
    fn function(&mut self, body: BinaryReader<'_>, indices: &Indices) -> Result<(), Fault> {
        let mut operators = Operators::new(body, &indices.types);
        operators.locals()?;
        let mut surveyed = Surveyed {
            regions: self.regions.len(),
            calls: self.calls.len(),
            ..Surveyed::default()
        };
        let mut region = self.regions.len();
        self.regions.push(Region::default());
        // The regions around each open block.
        let mut open = vec![region];
        while !open.is_empty() {
            let place = operators.place();
            let operator = operators.next()?;
            let cost = &mut self.regions[region].cost;
            *cost = cost.saturating_add(own_cost(operator)).min(MAX_COST);
            match operator {
                Operator::Block | Operator::Handler => {
                    open.push(region);
                    surveyed.handlers |= operator == Operator::Handler;
                }
                Operator::Loop { parameters } => {
                    open.push(region);
                    self.regions[region].quiet = false;
                    region = self.regions.len();
                    self.regions.push(Region {
                        cost: 1,
                        quiet: !parameters,
                    });
                    surveyed.loops = true;
                }
                Operator::End => region = open.pop().unwrap_or(region),
                Operator::Call(function) | Operator::ReturnCall(function) => {
                    match function.checked_sub(indices.imported_functions) {
                        Some(function) => self.calls.push(Called {
                            region,
                            function: function as usize,
                        }),
                        None => {
                            self.regions[region].quiet = false;
                            surveyed.unbounded = true;
                        }
                    }
                }
                Operator::CallIndirect | Operator::ReturnCallIndirect | Operator::Throw => {
                    self.regions[region].quiet = false;
                    surveyed.unbounded = true;
                }
                Operator::Bulk(_) => {
                    self.regions[region].quiet = false;
                    surveyed.bulk = true;
                }
                _ => {}
            }
            if open.is_empty() && !operators.eof() {
                return Err(invalid("a function goes on behind its end", place));
            }
        }
        surveyed.unbounded |= surveyed.loops || surveyed.handlers || surveyed.bulk;
        self.functions.push(surveyed);
        Ok(())
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
            let region = &mut self.regions[call.region];
            match called {
                Some(cost) => region.cost = (region.cost + cost).min(MAX_COST),
                None => region.quiet = false,
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
    /// If it is a loop with its refill outside: what it costs.
    quiet: Option<u32>,
}

/// Rewrites one function.
struct Rewriting<'a> {
    indices: &'a Indices,
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

    fn refill(&mut self) {
        let refill = self.indices.imported_functions;
        self.emit(&[Instruction::LocalGet(self.local), Instruction::Call(refill)]);
    }

    /// Takes off what `amount` leaves on the stack, and has more if that is less than nothing.
    fn charge(&mut self, amount: &[Instruction<'_>]) {
        self.take(amount);
        self.emit(&[Instruction::If(wasm_encoder::BlockType::Empty)]);
        self.refill();
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
            Bulk::Pages => self.charge(&[
                get,
                constant(0x1_ffff),
                Instruction::I32And,
                constant(8),
                Instruction::I32Shl,
            ]),
            Bulk::Entries => self.charge(&[
                get,
                constant(0xff_ffff),
                Instruction::I32And,
                constant(1),
                Instruction::I32Shl,
            ]),
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
    fn begin_loop(&mut self, text: &[u8], region: Region) {
        let cost = [Instruction::I32Const(region.cost as i32)];
        let mut added = self.open.last().map_or(0, |open| open.added);
        if self.purse == Purse::None {
            self.copy.output.extend_from_slice(text);
        } else if self.purse == Purse::Local && region.quiet {
            added += 3;
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
            self.charge(&cost);
        }
        let quiet = (self.purse == Purse::Local && region.quiet).then_some(region.cost);
        self.open.push(Open { added, quiet });
    }

    /// What comes behind the `end` of a loop with its refill outside.
    fn end_loop(&mut self, cost: u32) {
        self.emit(&[Instruction::Br(2), Instruction::End]);
        self.refill();
        self.emit(&[
            Instruction::I32Const(cost as i32),
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
        survey: &Survey,
        function: Surveyed,
    ) -> Result<(), Fault> {
        let mut region = function.regions;
        self.copy.up_to(operators.position());
        if self.purse != Purse::None {
            self.reload();
            self.charge(&[Instruction::I32Const(survey.regions[region].cost as i32)]);
        }
        self.open.push(Open {
            added: 0,
            quiet: None,
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
                    self.open.push(Open { added, quiet: None });
                }
                Operator::Loop { .. } => {
                    region += 1;
                    self.copy.up_to(start);
                    self.copy.skip_to(end);
                    self.begin_loop(&source[start..end], survey.regions[region]);
                }
                Operator::End => {
                    let closed = self.open.pop();
                    if self.open.is_empty() {
                        self.copy.up_to(start);
                        self.spill();
                    } else if let Some(cost) = closed.and_then(|open| open.quiet) {
                        self.copy.up_to(end);
                        self.end_loop(cost);
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
    let purse = match function {
        Surveyed { bound: Some(_), .. } => Purse::None,
        Surveyed {
            loops: true,
            handlers: false,
            ..
        } => Purse::Local,
        _ => Purse::Global,
    };
    let place = body.original_position();
    let mut copy = Copy::new(source, output);
    let mut operators = Operators::new(body.clone(), &indices.types);
    let parameters = indices
        .functions
        .get(index)
        .and_then(|ty| indices.types.get(*ty as usize));
    let mut total = u64::from(*parameters.unwrap_or(&0));
    if purse == Purse::None {
        operators.locals()?;
    } else {
        let mut groups = body;
        let count = groups.read_var_u32()?;
        copy.skip_to(groups.current_position());
        count.saturating_add(1).encode(&mut copy.output);
        total += operators.locals()?;
        copy.up_to(operators.position());
        // One or two more, of type i32.
        copy.output
            .extend_from_slice(&[1 + u8::from(function.bulk), 0x7f]);
    }
    let local = u32::try_from(total)
        .ok()
        .filter(|total| *total < u32::MAX - 2);
    let mut rewriting = Rewriting {
        indices,
        copy,
        purse,
        local: local.ok_or_else(|| invalid("a function has too many locals", place))?,
        open: Vec::new(),
    };
    rewriting.instructions(operators, source, survey, function)?;
    Ok(rewriting.copy.rest())
}

/// The code section of a metered module.
///
/// # Errors
/// `invalid-module` and `refused-module`. Not everything that is wrong is found; the engine finds the rest.
pub fn meter(section: &[u8], place: u64, indices: &Indices) -> Result<Vec<u8>, Fault> {
    let reader = BinaryReader::new(section, place);
    let mut survey = Survey::default();
    bodies(reader.clone(), indices, |_, body| {
        survey.function(body, indices)
    })?;
    survey.bound();
    let mut code = Vec::with_capacity(section.len() + section.len() / 4);
    let mut one = Vec::new();
    (indices.functions.len() as u32).encode(&mut code);
    bodies(reader, indices, |index, body| {
        let range = body.range();
        let source = &section[(range.start - place) as usize..(range.end - place) as usize];
        one.clear();
        one = rewrite(
            body,
            source,
            indices,
            &survey,
            index,
            std::mem::take(&mut one),
        )?;
        one.len().encode(&mut code);
        code.extend_from_slice(&one);
        Ok(())
    })?;
    Ok(code)
}
