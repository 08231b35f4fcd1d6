//! Emboss.

use paint_filter::{Declaration, Filter, Geometry, Halo, Parameter, Size, Tile, Values, luma};

/// Lights the picture from one side, as if its light parts stood out: slopes that face the light get lighter, slopes
/// that face away darker. The slope is that of the lightness, by Sobel's operator divided by 8.
///
/// A neighbour counts as much as it is opaque: one that is transparent makes no slope. Alpha stays.
#[derive(Default)]
pub struct Emboss {
    /// Change of the value for a slope of 1 to the right and downwards.
    right: f32,
    down: f32,
    coloured: bool,
}

impl Filter for Emboss {
    const DECLARATION: Declaration = Declaration {
        id: "emboss",
        name: "Emboss",
        group: "Stylise",
        summary: "Makes the picture look stamped into metal, lit from one side.",
        geometry: Geometry::Area(Halo::Fixed(1)),
        parameters: &[
            Parameter::int("angle", "Light from", 135, 0, 360)
                .degrees()
                .hint("0 is from the right, 90 from above, 180 from the left."),
            Parameter::float("depth", "Depth", 2.0, 0.0, 20.0)
                .slider(0.0, 8.0)
                .step(0.1, 1),
            Parameter::bool("coloured", "Keep colours", false)
                .hint("Lights the picture itself instead of a grey plate."),
        ],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        let angle = f64::from(values.int("angle")).to_radians();
        // A slope that rises away from the light faces it. Seen on the screen, y goes down.
        let depth = values.float("depth") / 8.0;
        self.right = (-angle.cos() * depth) as f32;
        self.down = (angle.sin() * depth) as f32;
        self.coloured = values.bool("coloured");
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        let mut rows = [(); 3].map(|()| vec![(0, 0); tile.width + 2]);
        tile.fill_rows(|y, out| {
            for (row, pixels) in rows.iter_mut().zip(tile.three_rows(y)) {
                for (value, pixel) in row.iter_mut().zip(pixels) {
                    *value = (i32::from(luma(*pixel)), i32::from(pixel[3]));
                }
            }
            for ((x, out), pixel) in out.iter_mut().enumerate().zip(tile.core_row(y)) {
                let centre = rows[1][x + 1].0;
                let at = |row: usize, column: usize| {
                    let (value, alpha) = rows[row][x + column];
                    (value - centre) * alpha
                };
                let right = at(0, 2) + 2 * at(1, 2) + at(2, 2) - at(0, 0) - 2 * at(1, 0) - at(2, 0);
                let down = at(2, 0) + 2 * at(2, 1) + at(2, 2) - at(0, 0) - 2 * at(0, 1) - at(0, 2);
                let light = (right as f32 * self.right + down as f32 * self.down) / 255.0;
                let [red, green, blue, alpha] = *pixel;
                let ground = if self.coloured {
                    [red, green, blue]
                } else {
                    [128; 3]
                };
                let [red, green, blue] = ground
                    .map(|value| ((f32::from(value) + light + 0.5) as i32).clamp(0, 255) as u8);
                *out = [red, green, blue, alpha];
            }
        })
    }
}

paint_filter::filter!(Emboss);

#[cfg(test)]
paint_filter_testing::filter_tests!(Emboss);
