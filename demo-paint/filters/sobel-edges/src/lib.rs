//! Edges by Sobel's operator.

use paint_filter::{
    Declaration, Filter, Geometry, Halo, Parameter, Pixel, Size, Tile, Values, luma,
};

/// How steep the picture is: `strength × √(gx² + gy²)`, rounded, where
///
/// ```text
///      −1 0 1           −1 −2 −1
/// gx = −2 0 2 ,    gy =  0  0  0
///      −1 0 1            1  2  1
/// ```
///
/// A neighbour counts as much as it is opaque: one that is transparent makes no edge. Alpha stays.
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
        if self.each {
            self.edges(
                tile,
                |[red, green, blue, _]| [red, green, blue],
                |edges| edges,
            )
        } else {
            self.edges(tile, |pixel| [luma(pixel)], |[edge]| [edge; 3])
        }
    }
}

impl SobelEdges {
    /// Finds the edges in the `CHANNELS` values that `load` takes from a pixel; `show` makes a colour of them.
    #[inline]
    fn edges<const CHANNELS: usize>(
        &self,
        tile: &Tile,
        load: impl Fn(Pixel) -> [u8; CHANNELS],
        show: impl Fn([u8; CHANNELS]) -> [u8; 3],
    ) -> Vec<u8> {
        let mut rows = [(); 3].map(|()| vec![([0; CHANNELS], 0); tile.width + 2]);
        tile.fill_rows(|y, out| {
            for (row, pixels) in rows.iter_mut().zip(tile.three_rows(y)) {
                for (values, pixel) in row.iter_mut().zip(pixels) {
                    *values = (load(*pixel).map(i32::from), i32::from(pixel[3]));
                }
            }
            for (x, out) in out.iter_mut().enumerate() {
                let centre = rows[1][x + 1].0;
                let edges = std::array::from_fn(|channel| {
                    let at = |row: usize, column: usize| {
                        let (values, alpha) = rows[row][x + column];
                        (values[channel] - centre[channel]) * alpha
                    };
                    let right = at(0, 2) + 2 * at(1, 2) + at(2, 2);
                    let left = at(0, 0) + 2 * at(1, 0) + at(2, 0);
                    let above = at(0, 0) + 2 * at(0, 1) + at(0, 2);
                    let below = at(2, 0) + 2 * at(2, 1) + at(2, 2);
                    self.steepness(right - left, below - above)
                });
                let [red, green, blue] = show(edges);
                *out = [red, green, blue, tile.core_row(y)[x][3]];
            }
        })
    }

    /// Of two differences times 255.
    #[inline]
    fn steepness(&self, right: i32, down: i32) -> u8 {
        let (right, down) = (right as f32 / 255.0, down as f32 / 255.0);
        let steepness = self.strength * (right * right + down * down).sqrt();
        let edge = ((steepness + 0.5) as i32).min(255) as u8;
        if self.inverted { 255 - edge } else { edge }
    }
}

paint_filter::filter!(SobelEdges);

#[cfg(test)]
paint_filter_testing::filter_tests!(SobelEdges);
