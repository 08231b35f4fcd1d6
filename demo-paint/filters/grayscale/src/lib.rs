//! Black and white.

use paint_filter::{
    Condition, Declaration, Filter, Geometry, Parameter, Pixel, Size, Tile, Values, fine_luma,
    quotient,
};

/// Replaces every colour by a grey, by one of several weightings.
#[derive(Default)]
pub struct Grayscale {
    weighting: Weighting,
}

#[derive(Default)]
enum Weighting {
    #[default]
    Rec709,
    Rec601,
    Average,
    /// The mean of the highest and the lowest value.
    Lightness,
    /// Red, green and blue in percent.
    Mixer([i32; 3]),
}

const MIXER: Condition = Condition::choice("weighting", 4);

impl Filter for Grayscale {
    const DECLARATION: Declaration = Declaration {
        id: "grayscale",
        name: "Black and white",
        group: "Colour",
        summary: "Takes the colour out; you choose how much each colour counts for the grey.",
        geometry: Geometry::Point,
        parameters: &[
            Parameter::choice(
                "weighting",
                "Weighting",
                0,
                &[
                    "Lightness as seen (Rec. 709)",
                    "Television (Rec. 601)",
                    "Plain average",
                    "Highest and lowest",
                    "My own mix",
                ],
            ),
            Parameter::int("red", "Red", 40, -200, 300)
                .percent()
                .visible(MIXER)
                .hint("Much red is a red filter on the lens: dark skies."),
            Parameter::int("green", "Green", 40, -200, 300)
                .percent()
                .visible(MIXER)
                .hint("Much green makes leaves light."),
            Parameter::int("blue", "Blue", 20, -200, 300)
                .percent()
                .visible(MIXER)
                .hint("Much blue makes skies light and skin dark."),
        ],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        self.weighting = match values.choice("weighting") {
            0 => Weighting::Rec709,
            1 => Weighting::Rec601,
            2 => Weighting::Average,
            3 => Weighting::Lightness,
            _ => Weighting::Mixer(["red", "green", "blue"].map(|key| values.int(key))),
        };
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        match self.weighting {
            Weighting::Rec709 => to_grey(tile, |pixel| {
                quotient(fine_luma(pixel) + 5000, 10_000) as u8
            }),
            Weighting::Rec601 => to_grey(tile, |[red, green, blue, _]| {
                let [red, green, blue] = [red, green, blue].map(u32::from);
                quotient(299 * red + 587 * green + 114 * blue + 500, 1000) as u8
            }),
            Weighting::Average => to_grey(tile, |[red, green, blue, _]| {
                ((u16::from(red) + u16::from(green) + u16::from(blue) + 1) / 3) as u8
            }),
            Weighting::Lightness => to_grey(tile, |[red, green, blue, _]| {
                let highest = u16::from(red.max(green).max(blue));
                let lowest = u16::from(red.min(green).min(blue));
                (highest + lowest).div_ceil(2) as u8
            }),
            Weighting::Mixer(percent) => to_grey(tile, |[red, green, blue, _]| {
                let [red, green, blue] = [red, green, blue].map(i32::from);
                let sum = percent[0] * red + percent[1] * green + percent[2] * blue;
                quotient((sum + 50).max(0) as u32, 100).min(255) as u8
            }),
        }
    }
}

#[inline]
fn to_grey(tile: &Tile, grey: impl Fn(Pixel) -> u8) -> Vec<u8> {
    tile.map(|pixel| {
        let grey = grey(pixel);
        [grey, grey, grey, pixel[3]]
    })
}

paint_filter::filter!(Grayscale);

#[cfg(test)]
paint_filter_testing::filter_tests!(Grayscale);
