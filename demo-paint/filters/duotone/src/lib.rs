//! Two colours instead of black and white.

use paint_filter::{Declaration, Filter, Geometry, Parameter, Size, Tile, Values, luma, to_byte};

/// Replaces every colour by a mix of two, after its lightness.
#[derive(Default)]
pub struct Duotone {
    /// The colour of every lightness.
    colours: Vec<[u8; 3]>,
    /// In percent.
    amount: u32,
}

impl Filter for Duotone {
    const DECLARATION: Declaration = Declaration {
        id: "duotone",
        name: "Duotone",
        group: "Colour",
        summary: "Prints the picture in two inks: one for the shadows, one for the highlights.",
        geometry: Geometry::Point,
        parameters: &[
            Parameter::colour("shadows", "Shadows", &[0.1, 0.06, 0.32, 1.0]),
            Parameter::colour("highlights", "Highlights", &[1.0, 0.84, 0.42, 1.0]),
            Parameter::int("amount", "Amount", 100, 0, 100)
                .percent()
                .hint("How much of the picture's own colours is replaced."),
        ],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        let shadows = values.colour("shadows").rgb;
        let highlights = values.colour("highlights").rgb;
        self.colours = (0..256)
            .map(|lightness| {
                let part = f64::from(lightness) / 255.0;
                std::array::from_fn(|channel| {
                    let mix = shadows[channel] * (1.0 - part) + highlights[channel] * part;
                    to_byte(255.0 * mix)
                })
            })
            .collect();
        self.amount = values.int("amount") as u32;
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        tile.map(|pixel| {
            let [red, green, blue] = self.colours[usize::from(luma(pixel))];
            let mix = |own: u8, ink: u8| {
                ((u32::from(own) * (100 - self.amount) + u32::from(ink) * self.amount + 50) / 100)
                    as u8
            };
            [
                mix(pixel[0], red),
                mix(pixel[1], green),
                mix(pixel[2], blue),
                pixel[3],
            ]
        })
    }
}

paint_filter::filter!(Duotone);

#[cfg(test)]
paint_filter_testing::filter_tests!(Duotone);
