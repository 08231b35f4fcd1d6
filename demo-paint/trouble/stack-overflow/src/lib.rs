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

/// The end that the compiler sees is never reached.
fn deeper(depth: u64) -> u64 {
    let mut frame = [depth; 16];
    black_box(&mut frame);
    if black_box(depth) == 0 {
        return 0;
    }
    deeper(depth + 1) + frame[(depth % 16) as usize]
}

paint_filter::filter!(StackOverflow);

#[cfg(test)]
paint_filter_testing::declaration_tests!(StackOverflow);
