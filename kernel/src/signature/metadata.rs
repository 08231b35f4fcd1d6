//! The records of one plugin, or of the host, put together.

use super::types::{ClassName, Signature};

/// The interface of plain exports, in records and in messages.
pub const PLAIN: &str = "-";

/// Who provides the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Somebody else does.
    Import,
    /// This plugin does.
    Export,
}

/// `import|export interface name: func(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionRecord {
    /// Import or export.
    pub direction: Direction,
    /// `namespace/name@major`, or [`PLAIN`].
    pub interface: String,
    /// The function's name.
    pub name: String,
    /// Its type.
    pub signature: Signature,
}

/// `import|export interface name: resource(number)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassRecord {
    /// Full name of the class.
    pub class: ClassName,
    /// The plugin's own number for it.
    pub number: u32,
    /// Whether the plugin mints it.
    pub minted: bool,
}

/// All records.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    /// No two of the same direction, interface and name.
    pub functions: Vec<FunctionRecord>,
    /// No two of the same class or number.
    pub classes: Vec<ClassRecord>,
}

impl Metadata {
    /// How many records there are.
    pub fn len(&self) -> usize {
        self.functions.len() + self.classes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The signature that was declared for a function.
    pub fn function(
        &self,
        direction: Direction,
        interface: &str,
        name: &str,
    ) -> Option<&Signature> {
        self.functions
            .iter()
            .find(|r| r.direction == direction && r.interface == interface && r.name == name)
            .map(|record| &record.signature)
    }

    /// Whether this plugin mints the class.
    pub fn mints(&self, class: &str) -> bool {
        self.classes
            .iter()
            .any(|record| record.minted && record.class == class)
    }

    /// Adds a record; the same one again changes nothing. Gives false for one that contradicts an earlier one.
    pub fn add_function(&mut self, record: FunctionRecord) -> bool {
        match self.function(record.direction, &record.interface, &record.name) {
            Some(known) => *known == record.signature,
            None => {
                self.functions.push(record);
                true
            }
        }
    }

    /// Adds a record; the same one again changes nothing.
    ///
    /// # Errors
    /// In words, when it contradicts an earlier one.
    pub fn add_class(&mut self, record: ClassRecord) -> Result<(), String> {
        if let Some(known) = self
            .classes
            .iter()
            .find(|known| known.class == record.class)
        {
            if *known == record {
                return Ok(());
            }
            return Err(format!(
                "class `{}` was declared before, differently",
                record.class
            ));
        }
        if let Some(known) = self
            .classes
            .iter()
            .find(|known| known.number == record.number)
        {
            return Err(format!(
                "class number {} is that of `{}`",
                record.number, known.class
            ));
        }
        self.classes.push(record);
        Ok(())
    }
}
