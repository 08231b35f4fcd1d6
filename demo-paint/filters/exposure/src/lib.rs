//! Exposure in stops.

use paint_filter::{
    Declaration, Filter, Geometry, Parameter, Size, Tables, Tile, Values, from_light, to_byte,
    to_light,
};

/// Multiplies the amount of light, not the values that stand for it.
#[derive(Default)]
pub struct Exposure {
    tables: Tables,
}

impl Filter for Exposure {
    const DECLARATION: Declaration = Declaration {
        id: "exposure",
        name: "Exposure",
        group: "Light",
        summary: "Gives the picture more or less light, as a longer or shorter exposure would have.",
        geometry: Geometry::Point,
        parameters: &[Parameter::float("stops", "Exposure", 0.0, -10.0, 10.0)
            .slider(-4.0, 4.0)
            .step(0.05, 2)
            .hint("In stops: each one up doubles the light.")],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        let factor = values.float("stops").exp2();
        self.tables = Tables::same(|value| {
            to_byte(255.0 * from_light(to_light(f64::from(value) / 255.0) * factor))
        });
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        self.tables.apply(tile)
    }
}

paint_filter::filter!(Exposure);

#[cfg(test)]
paint_filter_testing::filter_tests!(Exposure);
