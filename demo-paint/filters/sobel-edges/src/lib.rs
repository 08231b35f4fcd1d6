//! Edges by Sobel's operator.

use paint_filter::{
    Declaration, Filter, Geometry, Halo, Parameter, Pixel, Size, Tile, Values, luma, slopes,
};

/// How steep the picture is: `strength × √(right² + down²)`, rounded, with the slopes of [`slopes`]. Alpha stays, and
/// makes no edge.
#[derive(Default)]
pub struct SobelEdges {
    each: bool,
    strength: f32,
    inverted: bool,
}

impl Filter for SobelEdges {
    const DECLARATION: Declaration = Declaration {
        id: "sobel-edges",
        name: "Find edges",
        group: "Edges",
        summary: "Draws the outlines of what is in the picture.",
        geometry: Geometry::Area(Halo::Fixed(1)),
        parameters: &[
            Parameter::choice("of", "Edges of", 0, &["Lightness", "Red, green and blue"]),
            Parameter::float("strength", "Strength", 1.0, 0.1, 20.0)
                .slider(0.1, 5.0)
                .step(0.1, 1),
            Parameter::bool("inverted", "Dark on white", false).hint("Like a pencil drawing."),
        ],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        self.each = values.choice("of") == 1;
        self.strength = values.float("strength") as f32;
        self.inverted = values.bool("inverted");
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        let mut bytes = tile.map(|pixel| pixel);
        if self.each {
            for channel in 0..3 {
                self.draw(
                    tile,
                    |pixel| pixel[channel],
                    &mut bytes,
                    |out, edge| out[channel] = edge,
                );
            }
        } else {
            self.draw(tile, luma, &mut bytes, |out, edge| out[..3].fill(edge));
        }
        bytes
    }
}

impl SobelEdges {
    /// Finds the edges in what `value` takes from each pixel, and puts them into the pixels of `bytes`.
    fn draw(
        &self,
        tile: &Tile,
        value: impl Fn(Pixel) -> u8,
        bytes: &mut [u8],
        put: impl Fn(&mut Pixel, u8),
    ) {
        let (pixels, _) = bytes.as_chunks_mut::<4>();
        slopes(tile, value, |y, right, down| {
            let row = &mut pixels[y * tile.width..][..tile.width];
            for ((out, right), down) in row.iter_mut().zip(right).zip(down) {
                let steepness = self.strength * (right * right + down * down).sqrt();
                let edge = ((steepness + 0.5) as i32).min(255) as u8;
                put(out, if self.inverted { 255 - edge } else { edge });
            }
        });
    }
}

paint_filter::filter!(SobelEdges);

#[cfg(test)]
paint_filter_testing::filter_tests!(SobelEdges);
