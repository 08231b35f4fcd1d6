//! Slopes by Sobel's operator.

use crate::tile::{Pixel, Tile};

/// Measures how steep a value of the pixels is, and hands the slopes of each row of the core to
/// `receive(y, right, down)`:
///
/// ```text
///         −1 0 1             −1 −2 −1
/// right = −2 0 2 ,    down =  0  0  0
///         −1 0 1              1  2  1
/// ```
///
/// A neighbour counts as much as it is opaque: one that is transparent makes no slope. The numbers are exact where
/// everything is opaque. The tile's halo must be 1 at least.
pub fn slopes(
    tile: &Tile,
    value: impl Fn(Pixel) -> u8,
    mut receive: impl FnMut(usize, &[f32], &[f32]),
) {
    let mut rows = [(); 3].map(|()| Row::new(tile.width + 2));
    let [mut right, mut down] = [(); 2].map(|()| vec![0.0; tile.width]);
    for y in 0..tile.height {
        if y == 0 {
            for (row, pixels) in rows.iter_mut().zip(tile.three_rows(y)) {
                row.load(pixels, &value);
            }
        } else {
            rows.rotate_left(1);
            rows[2].load(tile.three_rows(y)[2], &value);
        }
        measure(&rows, &mut right, &mut down);
        receive(y, &right, &down);
    }
}

/// Value and alpha of a row of pixels, apart from each other: so the compiler makes vectors of them.
struct Row {
    values: Vec<f32>,
    alphas: Vec<f32>,
}

impl Row {
    fn new(width: usize) -> Self {
        Row {
            values: vec![0.0; width],
            alphas: vec![0.0; width],
        }
    }

    fn load(&mut self, pixels: &[Pixel], value: impl Fn(Pixel) -> u8) {
        for ((pixel, out), alpha) in pixels.iter().zip(&mut self.values).zip(&mut self.alphas) {
            *out = f32::from(value(*pixel));
            *alpha = f32::from(pixel[3]);
        }
    }
}

fn measure(rows: &[Row; 3], right: &mut [f32], down: &mut [f32]) {
    let width = right.len();
    let down = &mut down[..width];
    // Each of the nine neighbours' values, and alphas, as a row of its own.
    let values = rows
        .each_ref()
        .map(|row| [0, 1, 2].map(|start| &row.values[start..][..width]));
    let alphas = rows
        .each_ref()
        .map(|row| [0, 1, 2].map(|start| &row.alphas[start..][..width]));
    for x in 0..width {
        let centre = values[1][1][x];
        // All whole numbers below 2²⁴.
        let at =
            |row: usize, column: usize| (values[row][column][x] - centre) * alphas[row][column][x];
        let corners = [at(0, 0), at(0, 2), at(2, 0), at(2, 2)];
        let across = corners[1] - corners[0] + corners[3] - corners[2];
        let along = corners[2] - corners[0] + corners[3] - corners[1];
        right[x] = (across + 2.0 * (at(1, 2) - at(1, 0))) / 255.0;
        down[x] = (along + 2.0 * (at(2, 1) - at(0, 1))) / 255.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: (f32, f32)) {
        let tile = Tile::new(bytes, (0, 0), (1, 1), 1).unwrap();
        slopes(
            &tile,
            |pixel| pixel[0],
            |_, right, down| {
                assert_eq!((right[0], down[0]), expected);
            },
        );
    }

    #[test]
    fn slopes_go_to_the_right_and_down() {
        let pixels: Vec<u8> = [0, 10, 20, 100, 110, 120, 200, 210, 220]
            .iter()
            .flat_map(|red| [*red, 0, 0, 255])
            .collect();
        check(&pixels, (80.0, 800.0));
    }

    #[test]
    fn what_is_transparent_makes_no_slope() {
        let mut pixels = [255, 255, 255, 0].repeat(9);
        pixels[16..20].copy_from_slice(&[10, 10, 10, 255]);
        check(&pixels, (0.0, 0.0));
    }
}
