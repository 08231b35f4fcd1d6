//! Takes all memory that it can get.

use paint_filter::{Declaration, Filter, Geometry, Tile};

/// Takes one mebibyte after the other until it gets no more.
#[derive(Default)]
pub struct ExhaustMemory;

const MEBIBYTE: usize = 1 << 20;

impl Filter for ExhaustMemory {
    const DECLARATION: Declaration = Declaration {
        id: "exhaust-memory",
        name: "Take all memory",
        group: "Trouble",
        summary: "Takes memory until it gets no more. Everything else should go on as if nothing had happened.",
        geometry: Geometry::Point,
        parameters: &[],
    };

    fn process(&self, _: &Tile) -> Vec<u8> {
        let mut taken: Vec<Vec<u8>> = Vec::new();
        loop {
            let mut block = Vec::new();
            if block.try_reserve_exact(MEBIBYTE).is_err() {
                // The message needs a little memory too.
                let count = taken.len();
                taken.truncate(count / 2);
                panic!("I took {count} MiB of memory and got no more.");
            }
            // Memory counts when something is written to it.
            block.resize(MEBIBYTE, 0xA5);
            taken.push(block);
        }
    }
}

paint_filter::filter!(ExhaustMemory);

#[cfg(test)]
paint_filter_testing::declaration_tests!(ExhaustMemory);
