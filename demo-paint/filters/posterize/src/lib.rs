//! Few tones.

use paint_filter::{Declaration, Filter, Geometry, Parameter, Size, Tables, Tile, Values};

/// Rounds every value to one of a few.
#[derive(Default)]
pub struct Posterize {
    tables: Tables,
}

impl Filter for Posterize {
    const DECLARATION: Declaration = Declaration {
        id: "posterize",
        name: "Posterize",
        group: "Stylise",
        summary: "Leaves only a few tones of each colour, like a screen print.",
        geometry: Geometry::Point,
        parameters: &[Parameter::int("tones", "Tones", 4, 2, 256)
            .slider(2.0, 16.0)
            .hint("Of red, green and blue each.")],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        let steps = values.int("tones") as u32 - 1;
        self.tables = Tables::same(|value| {
            let step = (2 * u32::from(value) * steps + 255) / 510;
            ((2 * 255 * step + steps) / (2 * steps)) as u8
        });
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        self.tables.apply(tile)
    }
}

paint_filter::filter!(Posterize);

#[cfg(test)]
paint_filter_testing::filter_tests!(Posterize);
