//! Panics halfway through a tile.

use paint_filter::{Declaration, Filter, Geometry, Tile};

/// Makes half of the tile black and gives up.
#[derive(Default)]
pub struct Trap;

impl Filter for Trap {
    const DECLARATION: Declaration = Declaration {
        id: "trap",
        name: "Break halfway",
        group: "Trouble",
        summary: "Breaks down in the middle of its work. The picture should stay as it was.",
        geometry: Geometry::Point,
        parameters: &[],
    };

    fn process(&self, tile: &Tile) -> Vec<u8> {
        let halfway = tile.height / 2;
        tile.fill_rows(|y, row| {
            if y >= halfway {
                panic!(
                    "I broke down on purpose, after {halfway} of {} rows.",
                    tile.height
                );
            }
            row.fill([0, 0, 0, 255]);
        })
    }
}

paint_filter::filter!(Trap);

#[cfg(test)]
paint_filter_testing::declaration_tests!(Trap);
