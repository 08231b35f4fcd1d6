//! The first look at all code of a module that is to be metered: its regions with their costs, and who is bounded. The words are
//! those of [`super::meter`].

use super::counted::Counted;
use super::indices::Indices;
use super::liveness::Liveness;
use super::operators::{Bulk, Fault, Operator, Operators, invalid};
use crate::pace::{self, Pace};
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

/// The most that a loop costs altogether that goes around a known number of times and is paid for with what is around it, whether it
/// is entered or not.
const FOLDED: u32 = 128;
/// The most that a loop costs that counts, each time around; of one that costs more the rest of the costs hardly matters.
const COUNTED: u32 = 1 << 10;
/// How many loops that count may stand in a region that are not checked where they begin.
const UNCHECKED: u32 = 4;

/// The most values that are kept across a refill.
pub(super) const MOST_KEPT: usize = 64;

/// A local, and what keeps its value across a refill.
#[derive(Clone, Copy)]
pub(super) struct Kept {
    pub(super) local: u32,
    /// Its type, as a place in [`KEPT`].
    ty: u8,
    /// Which of the globals of that type.
    number: u8,
}

/// Instructions that are paid for together.
#[derive(Default)]
pub(super) struct Region {
    pub(super) cost: u32,
    /// If it is a loop that counts: how.
    pub(super) counted: Option<Counted>,
    /// How often it goes around, if that is known, and the region around it.
    times: Option<(u64, usize)>,
    /// Whether it is paid for with the region around it.
    pub(super) folded: bool,
    /// If it counts: whether it is checked where it begins, however little it is going to cost.
    pub(super) checked: bool,
    /// How many loops that count stand in it, itself.
    counting: u32,
    /// What is kept across a refill where it begins.
    pub(super) kept: Vec<Kept>,
}

/// The types of values that are kept: i32, i64, f32, f64, v128.
pub(super) const KEPT: [u8; 5] = [0x7f, 0x7e, 0x7d, 0x7c, 0x7b];

/// How many values of each type in [`KEPT`].
type Counts = [u32; KEPT.len()];

/// What was found out about a function.
#[derive(Clone, Copy, Default)]
pub(super) struct Surveyed {
    /// Where its regions begin.
    pub(super) regions: usize,
    /// Where its calls begin.
    calls: usize,
    loops: bool,
    handlers: bool,
    pub(super) bulk: bool,
    /// Whether some of its loops count in i32.
    pub(super) counts: bool,
    /// Whether some of its loops count in i64.
    pub(super) counts_wide: bool,
    /// Whether something in it rules out that it is bounded.
    unbounded: bool,
    /// What it costs, if it is bounded.
    pub(super) bound: Option<u32>,
}

impl Surveyed {
    pub(super) fn purse(&self) -> Purse {
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

/// What the first look at all code finds out: who is bounded, and what each region costs.
#[derive(Default)]
pub struct Survey {
    pub(super) regions: Vec<Region>,
    calls: Vec<Called>,
    pub(super) functions: Vec<Surveyed>,
    /// How many globals of each type there have to be for values that are kept.
    keepers: Counts,
    liveness: Liveness,
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
pub(super) struct Bodies<'a> {
    section: &'a [u8],
    reader: BinaryReader<'a>,
    next: usize,
    count: usize,
}

/// A function that a module defines.
pub(super) struct Body<'a> {
    /// Which of them.
    pub(super) function: usize,
    pub(super) reader: BinaryReader<'a>,
    /// What it reads.
    pub(super) source: &'a [u8],
}

impl<'a> Bodies<'a> {
    /// Of a code section with these bytes at that position of the module.
    pub(super) fn new(section: &'a [u8], place: u64, indices: &Indices) -> Result<Self, Fault> {
        let mut reader = BinaryReader::new(section, place);
        let count = indices.functions.len();
        if reader.read_var_u32()? as usize != count {
            return Err(invalid(
                "it declares another number of functions than it has code for",
                place,
            ));
        }
        Ok(Bodies {
            section,
            reader,
            next: 0,
            count,
        })
    }

    /// The next one. None if there is none left, and nothing behind the last one.
    pub(super) fn next(&mut self) -> Result<Option<Body<'a>>, Fault> {
        if self.next == self.count {
            return match self.reader.eof() {
                true => Ok(None),
                false => Err(invalid(
                    "its code goes on behind the last function",
                    self.reader.original_position(),
                )),
            };
        }
        let reader = self.reader.read_reader()?;
        let end = self.reader.current_position();
        let start = end - reader.bytes_remaining();
        self.next += 1;
        Ok(Some(Body {
            function: self.next - 1,
            reader,
            source: &self.section[start..end],
        }))
    }
}

impl Survey {
    /// Looks at all code.
    ///
    /// # Errors
    /// `invalid-module` and `refused-module`. Not everything that is wrong is found; the engine finds the rest.
    pub async fn code(
        &mut self,
        section: &[u8],
        place: u64,
        indices: &Indices,
        pace: &mut Pace,
    ) -> Result<(), Fault> {
        let mut bodies = Bodies::new(section, place, indices)?;
        while let Some(body) = bodies.next()? {
            let size = body.source.len() as u64;
            self.function(body, indices)?;
            pace.spent(pace::FUNCTION + size).await;
        }
        self.bound(pace).await;
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

    /// Which of the added globals keeps a value.
    pub(super) fn keeper(&self, kept: &Kept) -> u32 {
        let before = self.keepers.iter().take(usize::from(kept.ty));
        before.sum::<u32>() + u32::from(kept.number)
    }

    /// Looks at a function.
    fn function(&mut self, body: Body<'_>, indices: &Indices) -> Result<(), Fault> {
        let Body {
            function,
            reader,
            source,
        } = body;
        let mut operators = Operators::new(reader, &indices.types);
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
        let mut known = Known::default();
        self.liveness.clear(types.last().map_or(0, |(end, _)| *end));
        while !open.is_empty() {
            let (start, place) = (operators.position(), operators.place());
            let operator = operators.next()?;
            let text = &source[start..operators.position()];
            self.liveness.add(operator, text)?;
            let here = &mut self.regions[region];
            here.cost = here.cost.saturating_add(own_cost(operator)).min(MAX_COST);
            match operator {
                Operator::Block | Operator::Handler => {
                    open.push(region);
                    surveyed.handlers |= operator == Operator::Handler;
                }
                Operator::Loop { .. } => {
                    open.push(region);
                    let around = region;
                    region = self.regions.len();
                    // What is put around it has its type, which is to be none.
                    let plain = source.get(start + 1) == Some(&0x40);
                    let counted = Counted::of_loop(&operators, source).filter(|_| plain);
                    surveyed.counts |= counted.is_some_and(|counted| !counted.wide);
                    surveyed.counts_wide |= counted.is_some_and(|counted| counted.wide);
                    let times =
                        counted.and_then(|counted| counted.times(known.value(counted.counter)?));
                    let counting = &mut self.regions[around].counting;
                    // What another loop owes at its end is not to be added to.
                    *counting += if counted.is_some() { 1 } else { UNCHECKED };
                    let checked = around == first || *counting > UNCHECKED;
                    self.regions.push(Region {
                        cost: 1,
                        counted,
                        times: times.map(|times| (times, around)),
                        checked,
                        ..Region::default()
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
                        None => surveyed.unbounded = true,
                    }
                }
                Operator::CallIndirect | Operator::ReturnCallIndirect | Operator::Throw => {
                    surveyed.unbounded = true;
                }
                Operator::Bulk(_) => surveyed.bulk = true,
                _ => {}
            }
            known.note(operator, text);
            if open.is_empty() && !operators.eof() {
                return Err(invalid("a function goes on behind its end", place));
            }
        }
        surveyed.unbounded |= surveyed.loops || surveyed.handlers || surveyed.bulk;
        if surveyed.purse() == Purse::Local {
            self.find_keepers(first, &types);
        }
        self.functions.push(surveyed);
        Ok(())
    }

    /// Finds what is kept where each region of a function begins: the values that are needed there or behind it and that innermost
    /// loops in it change. `types` are those of the locals.
    fn find_keepers(&mut self, first: usize, types: &[(u64, u8)]) {
        if !self.liveness.find() {
            return;
        }
        for (number, region) in self.regions[first..].iter_mut().enumerate() {
            let mut counts = Counts::default();
            for local in self.liveness.at(number).take(MOST_KEPT) {
                let group = types.partition_point(|(end, _)| *end <= u64::from(local));
                let ty = types.get(group).map(|(_, ty)| *ty);
                if let Some(place) = KEPT.iter().position(|kept| Some(*kept) == ty) {
                    region.kept.push(Kept {
                        local,
                        ty: place as u8,
                        number: counts[place] as u8,
                    });
                    counts[place] += 1;
                }
            }
            region.kept.shrink_to_fit();
            for (most, count) in self.keepers.iter_mut().zip(counts) {
                *most = count.max(*most);
            }
        }
    }

    /// Finds the bounded functions: those that call none, then those that call them, and so on.
    async fn bound(&mut self, pace: &mut Pace) {
        for _ in 0..BOUNDED_DEPTH {
            let mut found = false;
            pace.spent((self.functions.len() + self.calls.len()) as u64)
                .await;
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
        pace.spent(self.regions.len() as u64).await;
        self.fold();
    }

    /// Has loops that go around a few times, as is known, paid for with what is around them. Those in others come behind those.
    fn fold(&mut self) {
        for index in (0..self.regions.len()).rev() {
            let region = &mut self.regions[index];
            let cost = region.cost;
            if cost > COUNTED {
                region.counted = None;
            }
            let Some((times, around)) = region.times else {
                continue;
            };
            let all = u64::from(cost).saturating_mul(times);
            if all <= FOLDED.into() {
                region.folded = true;
                region.counted = None;
                let around = &mut self.regions[around];
                around.cost = (around.cost + all as u32).min(MAX_COST);
            }
        }
    }
}

/// The locals that have just been set to constants.
#[derive(Default)]
struct Known {
    /// The constant that the last instruction left on the stack, if it was one.
    constant: Option<i64>,
    values: [Option<(u32, i64)>; 8],
    next: usize,
}

impl Known {
    fn value(&self, local: u32) -> Option<i64> {
        let mut values = self.values.iter().flatten();
        values
            .find(|(known, _)| *known == local)
            .map(|(_, value)| *value)
    }

    /// Goes past an instruction, whose bytes are `text`.
    fn note(&mut self, operator: Operator, text: &[u8]) {
        let constant = self.constant.take();
        match operator {
            Operator::Local(_) if text[0] == 0x20 => {}
            Operator::Local(local) => {
                for value in &mut self.values {
                    value.take_if(|(known, _)| *known == local);
                }
                if let Some(constant) = constant {
                    self.values[self.next % 8] = Some((local, constant));
                    self.next += 1;
                }
            }
            Operator::Plain => {
                let mut rest = BinaryReader::new(&text[1..], 0);
                self.constant = match text[0] {
                    0x41 => rest.read_var_i32().ok().map(i64::from),
                    0x42 => rest.read_var_i64().ok(),
                    _ => None,
                };
            }
            // Control comes here from somewhere else, too.
            Operator::Loop { .. } | Operator::Else | Operator::End => {
                self.values = Default::default()
            }
            _ => {}
        }
    }
}

/// How a function pays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purse {
    /// It does not; who calls it does.
    None,
    /// From the global.
    Global,
    /// From a local.
    Local,
}
