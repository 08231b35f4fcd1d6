//! `parity/cell@1`: objects of this plugin's own.

use std::cell::Cell as Changing;

use portcullis_guest::{Own, class, export};

thread_local! {
    /// How many cells are over.
    static DESTROYED: Changing<u32> = const { Changing::new(0) };
}

/// A number that can be added to.
#[class("parity/cell@1")]
pub struct Cell {
    value: Changing<u32>,
}

impl Cell {
    /// A new cell with a value.
    pub fn mint(value: u32) -> Own<Cell> {
        Own::new(Cell {
            value: Changing::new(value),
        })
        .expect("a handle for a cell")
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        DESTROYED.set(DESTROYED.get() + 1);
    }
}

#[export("parity/cell@1")]
impl Cell {
    fn create(value: u32) -> Own<Cell> {
        Cell::mint(value)
    }

    fn add(&self, by: u32) -> u32 {
        self.value.set(self.value.get().wrapping_add(by));
        self.value.get()
    }

    fn consume(cell: Own<Cell>) -> u32 {
        cell.with(|cell| cell.value.get())
            .expect("a cell of this plugin's")
    }

    fn revoke(cell: Own<Cell>) {
        Own::revoke(cell).expect("this plugin minted the cell");
    }

    fn destroyed() -> u32 {
        DESTROYED.get()
    }
}
