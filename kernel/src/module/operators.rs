//! Reads instructions, as far as the preparation of a module has to know them.
//!
//! It tells where each instruction ends and what in it may have to change. What the operands are, the engine checks. An
//! instruction that is not known here is refused: its length is not known, and neither is what it could do.

use super::{features, read::damaged};
use crate::load::LoadError;
use portcullis_abi::ErrorCode;
use wasmparser::{BinaryReader, BinaryReaderError};

/// Why code was refused. In a box, for results are passed on once for each instruction.
pub type Fault = Box<LoadError>;

impl From<BinaryReaderError> for Fault {
    fn from(error: BinaryReaderError) -> Fault {
        Box::new(damaged(error))
    }
}

/// `invalid-module`, with the place in bytes.
pub fn invalid(what: &str, position: u64) -> Fault {
    Box::new(LoadError::new(
        ErrorCode::InvalidModule,
        format!("the module is damaged at byte {position}: {what}"),
    ))
}

/// `refused-module`, with the place in bytes.
pub fn refused(what: &str, position: u64) -> Fault {
    Box::new(LoadError::new(
        ErrorCode::RefusedModule,
        format!("the module has {what} at byte {position}"),
    ))
}

/// An operation on many bytes or entries. Its last operand says how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bulk {
    /// `memory.init`, `memory.copy`, `memory.fill`: bytes.
    Bytes,
    /// `memory.grow`: pages.
    Pages,
    /// `table.init`, `table.copy`, `table.grow`, `table.fill`: entries.
    Entries,
}

/// An instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Costs nothing, changes nothing: `nop`, `drop`, `unreachable`.
    Free,
    /// One of the many that work on operands, memory and tables alone.
    Plain,
    /// `block` or `if`.
    Block,
    /// `loop`, and whether it takes operands.
    Loop {
        /// Whether its type has parameters.
        parameters: bool,
    },
    /// `else`, or a clause of a `try`: ends one part of a block and begins the next.
    Else,
    /// `try` or `try_table`.
    Handler,
    /// `end`, or `delegate`, which is the end of a `try`.
    End,
    /// `br`.
    Branch(u32),
    /// `br_if`.
    BranchIf(u32),
    /// `br_table`.
    BranchTable,
    /// `return`.
    Return,
    /// `call`.
    Call(u32),
    /// `call_indirect`.
    CallIndirect,
    /// `return_call`.
    ReturnCall(u32),
    /// `return_call_indirect`.
    ReturnCallIndirect,
    /// `throw`, `throw_ref`, `rethrow`.
    Throw,
    /// `local.get`, `local.set`, `local.tee`.
    Local(u32),
    /// `global.get`.
    GlobalGet(u32),
    /// `global.set`.
    GlobalSet(u32),
    /// `ref.func`.
    RefFunc(u32),
    /// An operation on many bytes or entries.
    Bulk(Bulk),
}

/// The types of a module, as far as code refers to them: how many parameters each has.
pub type Parameters = [u32];

/// A sequence of instructions.
#[derive(Clone)]
pub struct Operators<'a, 't> {
    reader: BinaryReader<'a>,
    types: &'t Parameters,
}

/// `refused-module` for an instruction that is not granted, by its first byte and, behind a prefix, its number.
fn not_granted(first: u8, number: u32, position: u64) -> Fault {
    let code = match first {
        0xfc | 0xfd => format!("{first:#04x} {number}"),
        _ => format!("{first:#04x}"),
    };
    let feature = features::of_instruction(first, number);
    refused(
        &format!("the instruction {code} ({feature}), which is not allowed,"),
        position,
    )
}

impl<'a, 't> Operators<'a, 't> {
    /// The instructions from where `reader` stands. `types` are those of the module.
    pub fn new(reader: BinaryReader<'a>, types: &'t Parameters) -> Operators<'a, 't> {
        Operators { reader, types }
    }

    /// Where the next instruction starts, counted from where the reader's bytes start.
    pub fn position(&self) -> usize {
        self.reader.current_position()
    }

    /// Where the next instruction starts in the module.
    pub fn place(&self) -> u64 {
        self.reader.original_position()
    }

    /// Whether there is no instruction left.
    pub fn eof(&self) -> bool {
        self.reader.eof()
    }

    /// What is left of the bytes.
    pub fn into_reader(self) -> BinaryReader<'a> {
        self.reader
    }

    /// Reads the declarations of locals, which stand before a function's instructions. Tells how many of which type, and gives
    /// how many there are.
    pub fn declarations(&mut self, mut each: impl FnMut(u32, u8)) -> Result<u64, Fault> {
        let mut total = 0_u64;
        for _ in 0..self.reader.read_var_u32()? {
            let count = self.reader.read_var_u32()?;
            total += u64::from(count);
            each(count, self.value_type()?);
        }
        Ok(total)
    }

    /// Reads the declarations of locals. Gives how many there are.
    pub fn locals(&mut self) -> Result<u64, Fault> {
        self.declarations(|_, _| ())
    }

    fn skip(&mut self) -> Result<(), Fault> {
        self.reader.read_var_u32()?;
        Ok(())
    }

    /// Reads the index of a type. One that the module has not is refused here: the preparation adds a type, which would
    /// make an index right that was wrong.
    fn type_index(&mut self) -> Result<u32, Fault> {
        let place = self.place();
        let index = self.reader.read_var_u32()?;
        if index as usize >= self.types.len() {
            return Err(invalid("it has no type of this index", place));
        }
        Ok(index)
    }

    /// Reads the type of a value. Gives its byte.
    pub fn value_type(&mut self) -> Result<u8, Fault> {
        let place = self.place();
        let byte = self.reader.read_u8()?;
        match byte {
            // i32, i64, f32, f64, v128; functions, host's values, exceptions
            0x7b..=0x7f | 0x70 | 0x6f | 0x69 => Ok(byte),
            byte => Err(refused(
                &format!(
                    "a value of the type {byte:#04x} ({}), which is not allowed,",
                    features::of_type(byte)
                ),
                place,
            )),
        }
    }

    /// Reads the type of a block. Gives whether it has parameters.
    fn block_type(&mut self) -> Result<bool, Fault> {
        let mut ahead = self.reader.clone();
        match ahead.read_u8()? {
            0x40 => self.reader = ahead,
            0x41..=0x7f => {
                self.value_type()?;
            }
            _ => {
                let place = self.place();
                let index = self.reader.read_var_s33()?;
                let found = usize::try_from(index).ok().and_then(|i| self.types.get(i));
                return match found {
                    Some(count) => Ok(*count > 0),
                    None => Err(invalid("it has no type of this index", place)),
                };
            }
        }
        Ok(false)
    }

    /// Reads alignment, memory and offset.
    fn memory_argument(&mut self) -> Result<(), Fault> {
        let flags = self.reader.read_var_u32()?;
        if flags & 0x40 != 0 {
            self.skip()?;
        }
        self.reader.read_var_u64()?;
        Ok(())
    }

    /// Reads the next instruction.
    ///
    /// # Errors
    /// `invalid-module` if it is cut short or names a type that the module has not, `refused-module` if it is none that a
    /// plugin may have.
    #[expect(
        clippy::should_implement_trait,
        reason = "what follows a fault is not known, so it is no iterator"
    )]
    pub fn next(&mut self) -> Result<Operator, Fault> {
        let place = self.place();
        Ok(match self.reader.read_u8()? {
            0x00 | 0x01 | 0x1a => Operator::Free,
            0x02 | 0x04 => {
                self.block_type()?;
                Operator::Block
            }
            0x03 => Operator::Loop {
                parameters: self.block_type()?,
            },
            0x05 | 0x19 => Operator::Else,
            0x06 => {
                self.block_type()?;
                Operator::Handler
            }
            0x07 => {
                self.skip()?;
                Operator::Else
            }
            0x08 | 0x09 => {
                self.skip()?;
                Operator::Throw
            }
            0x0a => Operator::Throw,
            0x0b => Operator::End,
            0x0c => Operator::Branch(self.reader.read_var_u32()?),
            0x0d => Operator::BranchIf(self.reader.read_var_u32()?),
            0x0e => {
                let count = self.reader.read_var_u32()?;
                for _ in 0..=count {
                    self.skip()?;
                }
                Operator::BranchTable
            }
            0x0f => Operator::Return,
            0x10 => Operator::Call(self.reader.read_var_u32()?),
            0x11 => {
                self.type_index()?;
                self.skip()?;
                Operator::CallIndirect
            }
            0x12 => Operator::ReturnCall(self.reader.read_var_u32()?),
            0x13 => {
                self.type_index()?;
                self.skip()?;
                Operator::ReturnCallIndirect
            }
            0x18 => {
                self.skip()?;
                Operator::End
            }
            0x1b | 0x45..=0xc4 | 0xd1 => Operator::Plain,
            0x1c => {
                for _ in 0..self.reader.read_var_u32()? {
                    self.value_type()?;
                }
                Operator::Plain
            }
            0x1f => {
                self.block_type()?;
                for _ in 0..self.reader.read_var_u32()? {
                    // 0 and 1 name a tag, 2 and 3 catch everything; all have a label.
                    if self.reader.read_u8()? < 2 {
                        self.skip()?;
                    }
                    self.skip()?;
                }
                Operator::Handler
            }
            0x20..=0x22 => Operator::Local(self.reader.read_var_u32()?),
            0x23 => Operator::GlobalGet(self.reader.read_var_u32()?),
            0x24 => Operator::GlobalSet(self.reader.read_var_u32()?),
            0x25 | 0x26 | 0x3f => {
                self.skip()?;
                Operator::Plain
            }
            0x28..=0x3e => {
                self.memory_argument()?;
                Operator::Plain
            }
            0x40 => {
                self.skip()?;
                Operator::Bulk(Bulk::Pages)
            }
            0x41 => {
                self.reader.read_var_i32()?;
                Operator::Plain
            }
            0x42 => {
                self.reader.read_var_i64()?;
                Operator::Plain
            }
            0x43 => {
                self.reader.read_bytes(4)?;
                Operator::Plain
            }
            0x44 => {
                self.reader.read_bytes(8)?;
                Operator::Plain
            }
            0xd0 => {
                self.value_type()?;
                Operator::Plain
            }
            0xd2 => Operator::RefFunc(self.reader.read_var_u32()?),
            0xfc => self.prefixed(place)?,
            0xfd => {
                self.vector(place)?;
                Operator::Plain
            }
            byte => {
                return Err(not_granted(byte, 0, place));
            }
        })
    }

    /// Reads what follows 0xfc: conversions, and operations on many.
    fn prefixed(&mut self, place: u64) -> Result<Operator, Fault> {
        let code = self.reader.read_var_u32()?;
        let indices = match code {
            0..=7 => 0,
            8 | 10 | 12 | 14 => 2,
            9 | 11 | 13 | 15..=17 => 1,
            _ => {
                return Err(not_granted(0xfc, code, place));
            }
        };
        for _ in 0..indices {
            self.skip()?;
        }
        Ok(match code {
            8 | 10 | 11 => Operator::Bulk(Bulk::Bytes),
            12 | 14 | 15 | 17 => Operator::Bulk(Bulk::Entries),
            _ => Operator::Plain,
        })
    }

    /// Reads what follows 0xfd: vectors.
    fn vector(&mut self, place: u64) -> Result<(), Fault> {
        let code = self.reader.read_var_u32()?;
        match code {
            0..=11 | 92 | 93 => self.memory_argument()?,
            12 | 13 => {
                self.reader.read_bytes(16)?;
            }
            21..=34 => {
                self.reader.read_u8()?;
            }
            84..=91 => {
                self.memory_argument()?;
                self.reader.read_u8()?;
            }
            14..=0xff => {}
            _ => {
                return Err(not_granted(0xfd, code, place));
            }
        }
        Ok(())
    }
}
