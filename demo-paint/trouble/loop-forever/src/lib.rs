//! Counts for ever.

use std::hint::black_box;

use paint_filter::{Declaration, Filter, Geometry, Tile};

/// Never gives the tile back.
#[derive(Default)]
pub struct LoopForever;

impl Filter for LoopForever {
    const DECLARATION: Declaration = Declaration {
        id: "loop-forever",
        name: "Loop for ever",
        group: "Trouble",
        summary: "Counts without end instead of computing a tile, to see whether the page hangs with it.",
        geometry: Geometry::Point,
        parameters: &[],
    };

    fn process(&self, _: &Tile) -> Vec<u8> {
        let mut count = 0_u64;
        loop {
            count = black_box(count).wrapping_add(1);
        }
    }
}

paint_filter::filter!(LoopForever);

#[cfg(test)]
paint_filter_testing::declaration_tests!(LoopForever);
