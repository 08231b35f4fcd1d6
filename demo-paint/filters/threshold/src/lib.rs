//! Black or white.

use paint_filter::{Declaration, Filter, Geometry, Parameter, Size, Tile, Values, fine_luma};

/// White where the picture is light, black where it is not.
#[derive(Default)]
pub struct Threshold {
    level: u8,
}

impl Filter for Threshold {
    const DECLARATION: Declaration = Declaration {
        id: "threshold",
        name: "Threshold",
        group: "Stylise",
        summary: "Turns the picture into pure black and pure white.",
        geometry: Geometry::Point,
        parameters: &[Parameter::int("level", "Level", 128, 1, 255)
            .hint("What is this light or lighter becomes white.")],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        self.level = values.int("level") as u8;
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        // What is rounded up to it is as light.
        let least = 10_000 * u32::from(self.level) - 5000;
        tile.map(|pixel| {
            let value = if fine_luma(pixel) >= least { 255 } else { 0 };
            [value, value, value, pixel[3]]
        })
    }
}

paint_filter::filter!(Threshold);

#[cfg(test)]
paint_filter_testing::filter_tests!(Threshold);
