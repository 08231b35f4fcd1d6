//! Calls itself for ever.

use std::hint::black_box;

use paint_filter::{Declaration, Filter, Geometry, Tile};

/// Calls itself until there is no stack left.
#[derive(Default)]
pub struct StackOverflow;

impl Filter for StackOverflow {
    const DECLARATION: Declaration = Declaration {
        id: "stack-overflow",
        name: "Use up the stack",
        group: "Trouble",
        summary: "Calls itself again and again until there is no room left for another call.",
        geometry: Geometry::Point,
        parameters: &[],
    };

    fn process(&self, tile: &Tile) -> Vec<u8> {
        let value = deeper(1) as u8;
        tile.map(|_| [value; 4])
    }
}

/// Never comes back. What it does with the number keeps the compiler from making a loop of it.
fn deeper(depth: u32) -> u32 {
    if depth == 0 {
        return 0;
    }
    black_box(deeper(black_box(depth) | 1)) + depth
}

paint_filter::filter!(StackOverflow);

#[cfg(test)]
paint_filter_testing::declaration_tests!(StackOverflow);
