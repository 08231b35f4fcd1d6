//! Inverts the colours.

use paint_filter::{Declaration, Filter, Geometry, Tile};

/// Every value becomes what is missing to 255.
#[derive(Default)]
pub struct Invert;

impl Filter for Invert {
    const DECLARATION: Declaration = Declaration {
        id: "invert",
        name: "Invert",
        group: "Colour",
        summary: "Swaps every colour for its opposite, as on a film negative.",
        geometry: Geometry::Point,
        parameters: &[],
    };

    fn process(&self, tile: &Tile) -> Vec<u8> {
        tile.map(|[red, green, blue, alpha]| [!red, !green, !blue, alpha])
    }
}

paint_filter::filter!(Invert);

#[cfg(test)]
paint_filter_testing::filter_tests!(Invert);
