//! What a metered module imports more than it did, and what that does to indices.
//!
//! The new function and the new global are the last imported ones, so everything that the module defines itself moves up by
//! one. What it defines besides comes behind that. An index that was out of range stays out of range: it moves with the rest, or is refused here.

use super::operators::{Fault, Operator, Operators, invalid};
use wasm_encoder::Encode;
use wasmparser::BinaryReader;

/// What the sections before the code say about indices.
#[derive(Default)]
pub struct Indices {
    /// How many parameters each type has.
    pub types: Vec<u32>,
    /// The first bytes of the types of these parameters.
    pub parameters: Vec<Box<[u8]>>,
    /// The type of each function that the module defines.
    pub functions: Vec<u32>,
    /// How many functions it imports.
    pub imported_functions: u32,
    /// How many globals it imports.
    pub imported_globals: u32,
    /// How many globals it defines.
    pub globals: u32,
    /// Whether anything moves.
    pub metered: bool,
}

/// The place of the entries of a section that have been copied, so that pieces of it can be replaced.
pub struct Copy<'a> {
    source: &'a [u8],
    copied: usize,
    /// What came of it.
    pub output: Vec<u8>,
}

impl<'a> Copy<'a> {
    /// Nothing is copied yet.
    pub fn new(source: &'a [u8], output: Vec<u8>) -> Copy<'a> {
        Copy {
            source,
            copied: 0,
            output,
        }
    }

    /// Copies what stands before `position`.
    pub fn up_to(&mut self, position: usize) {
        self.output
            .extend_from_slice(&self.source[self.copied..position]);
        self.copied = position;
    }

    /// Leaves out what stands before `position` and was not copied.
    pub fn skip_to(&mut self, position: usize) {
        self.copied = position;
    }

    /// Copies the rest.
    pub fn rest(mut self) -> Vec<u8> {
        self.up_to(self.source.len());
        self.output
    }
}

impl Indices {
    /// The index that the function has which was added behind those that the module defines: it calls the import that refills.
    pub fn refilling(&self) -> u32 {
        self.imported_functions + 1 + self.functions.len() as u32
    }

    /// The index that a function has afterwards. One that was out of range is refused.
    pub fn function(&self, index: u32, place: u64) -> Result<u32, Fault> {
        if !self.metered || index < self.imported_functions {
            return Ok(index);
        }
        match ((index - self.imported_functions) as usize) < self.functions.len() {
            true => Ok(index + 1),
            false => Err(invalid("it has no function of this index", place)),
        }
    }

    /// The index that a global has afterwards. One that was out of range is refused: some are added behind the last.
    pub fn global(&self, index: u32, place: u64) -> Result<u32, Fault> {
        if !self.metered || index < self.imported_globals {
            return Ok(index);
        }
        match index - self.imported_globals < self.globals {
            true => Ok(index + 1),
            false => Err(invalid("it has no global of this index", place)),
        }
    }

    /// Puts an instruction with one index, which moves, in the place of the one from `start` to `end`.
    pub fn replace(
        &self,
        copy: &mut Copy<'_>,
        operator: Operator,
        (start, end): (usize, usize),
        place: u64,
    ) -> Result<(), Fault> {
        let index = match operator {
            Operator::Call(index) | Operator::ReturnCall(index) | Operator::RefFunc(index) => {
                self.function(index, place)?
            }
            Operator::GlobalGet(index) | Operator::GlobalSet(index) => self.global(index, place)?,
            _ => return Ok(()),
        };
        copy.up_to(start + 1);
        index.encode(&mut copy.output);
        copy.skip_to(end);
        Ok(())
    }

    /// Moves the indices of a constant expression. `reader` is behind it afterwards.
    pub fn expression(
        &self,
        copy: &mut Copy<'_>,
        reader: &mut BinaryReader<'_>,
    ) -> Result<(), Fault> {
        let mut operators = Operators::new(reader.clone(), &self.types);
        loop {
            let (start, place) = (operators.position(), operators.place());
            let operator = operators.next()?;
            match operator {
                Operator::End => break,
                Operator::Plain => {}
                Operator::RefFunc(_) | Operator::GlobalGet(_) => {
                    self.replace(copy, operator, (start, operators.position()), place)?;
                }
                _ => return Err(invalid("this is no constant expression", place)),
            }
        }
        *reader = operators.into_reader();
        Ok(())
    }

    /// Moves the index of a function that stands alone.
    pub fn lone_function(
        &self,
        copy: &mut Copy<'_>,
        reader: &mut BinaryReader<'_>,
    ) -> Result<(), Fault> {
        let (start, place) = (reader.current_position(), reader.original_position());
        let index = self.function(reader.read_var_u32()?, place)?;
        copy.up_to(start);
        index.encode(&mut copy.output);
        copy.skip_to(reader.current_position());
        Ok(())
    }
}
