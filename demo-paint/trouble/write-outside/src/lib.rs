//! Returns more than it was asked for.

use paint_filter::{Declaration, Filter, Geometry, Tile};

/// Returns twice as many rows as the tile has, all of them magenta.
#[derive(Default)]
pub struct WriteOutside;

impl Filter for WriteOutside {
    const DECLARATION: Declaration = Declaration {
        id: "write-outside",
        name: "Paint outside of the tile",
        group: "Trouble",
        summary: "Returns more pixels than it was asked for, hoping that they land where they should not.",
        geometry: Geometry::Point,
        parameters: &[],
    };

    fn process(&self, tile: &Tile) -> Vec<u8> {
        [255, 0, 255, 255].repeat(2 * tile.width * tile.height)
    }
}

paint_filter::filter!(WriteOutside);

#[cfg(test)]
paint_filter_testing::declaration_tests!(WriteOutside);
