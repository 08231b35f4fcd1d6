//! Sections with constant expressions: globals and segments. They are looked at for what they cost, and for instructions that
//! are not granted; their meaning is the engine's business.

use super::operators::{Fault, Operator, Operators, refused};
use crate::pace::{ENTRY, ITEM, Pace};
use wasmparser::BinaryReader;

/// Most instructions of a constant expression.
const MAX_INSTRUCTIONS: usize = 64;

/// Reads entries of a section.
pub struct Entries<'a, 't> {
    reader: BinaryReader<'a>,
    parameters: &'t [u32],
    count: u32,
}

impl<'a, 't> Entries<'a, 't> {
    /// Of a section with these bytes at that position of the module. `parameters` are the parameters of each type.
    pub fn new(
        bytes: &'a [u8],
        position: u64,
        parameters: &'t [u32],
    ) -> Result<Entries<'a, 't>, Fault> {
        let mut reader = BinaryReader::new(bytes, position);
        let count = reader.read_var_u32()?;
        Ok(Entries {
            reader,
            parameters,
            count,
        })
    }

    /// How many entries there are, as the section says.
    pub fn count(&self) -> u64 {
        self.count.into()
    }

    fn skip(&mut self, numbers: u32) -> Result<(), Fault> {
        for _ in 0..numbers {
            self.reader.read_var_u32()?;
        }
        Ok(())
    }

    fn operators<T>(
        &mut self,
        read: impl FnOnce(&mut Operators<'a, 't>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut operators = Operators::new(self.reader.clone(), self.parameters);
        let result = read(&mut operators)?;
        self.reader = operators.into_reader();
        Ok(result)
    }

    fn value_type(&mut self) -> Result<(), Fault> {
        self.operators(|operators| operators.value_type().map(|_| ()))
    }

    fn expression(&mut self) -> Result<(), Fault> {
        self.operators(|operators| {
            let place = operators.place();
            for _ in 0..MAX_INSTRUCTIONS {
                if operators.next()? == Operator::End {
                    return Ok(());
                }
            }
            Err(refused(
                &format!("a constant expression of more than {MAX_INSTRUCTIONS} instructions"),
                place,
            ))
        })
    }

    /// Looks at globals.
    pub async fn globals(mut self, pace: &mut Pace) -> Result<(), Fault> {
        for _ in 0..self.count {
            self.value_type()?;
            self.reader.read_u8()?;
            self.expression()?;
            pace.spent(ENTRY).await;
        }
        Ok(())
    }

    /// Looks at element segments.
    pub async fn elements(mut self, pace: &mut Pace) -> Result<(), Fault> {
        for _ in 0..self.count {
            // Bit 0: passive or declared; bit 1: a table is named, or it is declared; bit 2: expressions instead of functions.
            let flags = self.reader.read_var_u32()?;
            if flags & 1 == 0 {
                self.skip(u32::from(flags & 2 != 0))?;
                self.expression()?;
            }
            match (flags & 3 != 0, flags & 4 != 0) {
                (true, true) => self.value_type()?,
                (true, false) => self.skip(1)?,
                (false, _) => {}
            }
            for _ in 0..self.reader.read_var_u32()? {
                let start = self.reader.current_position();
                match flags & 4 != 0 {
                    true => self.expression()?,
                    false => self.skip(1)?,
                }
                pace.spent(ITEM + (self.reader.current_position() - start) as u64)
                    .await;
            }
            pace.spent(ENTRY).await;
        }
        Ok(())
    }

    /// Looks at data segments.
    pub async fn data(mut self, pace: &mut Pace) -> Result<(), Fault> {
        for _ in 0..self.count {
            let flags = self.reader.read_var_u32()?;
            self.skip(u32::from(flags == 2))?;
            if flags != 1 {
                self.expression()?;
            }
            self.reader.read_reader()?;
            pace.spent(ENTRY).await;
        }
        Ok(())
    }
}
