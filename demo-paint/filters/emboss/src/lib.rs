//! Emboss.

use paint_filter::{
    Declaration, Filter, Geometry, Halo, Parameter, Size, Tile, Values, luma, slopes,
};

/// Lights the picture from one side, as if its light parts stood out: slopes that face the light get lighter, slopes
/// that face away darker. The slope is an eighth of what [`slopes`] finds in the lightness. Alpha stays, and makes no
/// slope.
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
        let mut bytes = tile.map(|[red, green, blue, alpha]| {
            if self.coloured {
                [red, green, blue, alpha]
            } else {
                [128, 128, 128, alpha]
            }
        });
        let (pixels, _) = bytes.as_chunks_mut::<4>();
        slopes(tile, luma, |y, right, down| {
            let row = &mut pixels[y * tile.width..][..tile.width];
            for ((out, right), down) in row.iter_mut().zip(right).zip(down) {
                let light = right * self.right + down * self.down;
                for value in &mut out[..3] {
                    *value = ((f32::from(*value) + light + 0.5) as i32).clamp(0, 255) as u8;
                }
            }
        });
        bytes
    }
}

paint_filter::filter!(Emboss);

#[cfg(test)]
paint_filter_testing::filter_tests!(Emboss);
