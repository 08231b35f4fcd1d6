//! The brown of old prints.

use paint_filter::{Declaration, Filter, Geometry, Parameter, Size, Tile, Values};

/// Mixes the picture with its sepia tone.
#[derive(Default)]
pub struct Sepia {
    /// In percent.
    amount: u32,
}

/// Thousandths of red, green and blue in each of the three.
const TONE: [[u32; 3]; 3] = [[393, 769, 189], [349, 686, 168], [272, 534, 131]];

impl Filter for Sepia {
    const DECLARATION: Declaration = Declaration {
        id: "sepia",
        name: "Sepia",
        group: "Colour",
        summary: "Gives the picture the warm brown of an old print.",
        geometry: Geometry::Point,
        parameters: &[Parameter::int("amount", "Amount", 100, 0, 100)
            .percent()
            .hint("How much of the picture's own colours is replaced.")],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        self.amount = values.int("amount") as u32;
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        tile.map(|[red, green, blue, alpha]| {
            let colour = [red, green, blue].map(u32::from);
            let mix = |channel: usize| {
                let [red, green, blue] = TONE[channel];
                let tone = (red * colour[0] + green * colour[1] + blue * colour[2]).min(255_000);
                let own = 1000 * colour[channel];
                ((own * (100 - self.amount) + tone * self.amount + 50_000) / 100_000) as u8
            };
            [mix(0), mix(1), mix(2), alpha]
        })
    }
}

paint_filter::filter!(Sepia);

#[cfg(test)]
paint_filter_testing::filter_tests!(Sepia);
