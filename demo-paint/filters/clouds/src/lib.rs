//! Clouds.

use paint_filter::{
    Declaration, Filter, Geometry, Parameter, Random, RandomRow, Size, Tile, Values,
};

/// Fractal gradient noise between two colours.
#[derive(Default)]
pub struct Clouds {
    octaves: Vec<Octave>,
    /// The colours from the deepest hollow of the noise to its highest peak.
    colours: Vec<[u8; 4]>,
}

/// One layer of noise, half as large and half as strong as the one before.
struct Octave {
    random: Random,
    /// Cells of its lattice in a pixel.
    frequency: f64,
    strength: f32,
}

/// Steps from one colour to the other.
const STEPS: usize = 4096;

impl Filter for Clouds {
    const DECLARATION: Declaration = Declaration {
        id: "clouds",
        name: "Clouds",
        group: "Generate",
        summary: "Fills the picture with clouds, as a background or as a mask.",
        geometry: Geometry::Generator,
        parameters: &[
            Parameter::float("scale", "Size", 160.0, 2.0, 4000.0)
                .slider(10.0, 800.0)
                .step(5.0, 0)
                .pixels()
                .hint("Of the largest clouds."),
            Parameter::int("detail", "Detail", 5, 1, 10)
                .hint("Layers of noise, each half as large as the one before."),
            Parameter::float("contrast", "Contrast", 1.5, 0.1, 10.0)
                .slider(0.5, 4.0)
                .step(0.1, 1),
            Parameter::colour("sky", "Sky", &[0.22, 0.45, 0.78, 1.0]),
            Parameter::colour("cloud", "Clouds", &[1.0, 1.0, 1.0, 1.0]),
            Parameter::seed("seed", "Seed", 1),
        ],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        let detail = values.int("detail");
        let total: f64 = (0..detail).map(|octave| 0.5_f64.powi(octave)).sum();
        self.octaves = (0..detail)
            .map(|octave| Octave {
                random: Random::new(values.seed("seed"), octave as u32),
                frequency: 2.0_f64.powi(octave) / values.float("scale"),
                strength: (0.5_f64.powi(octave) / total) as f32,
            })
            .collect();

        let contrast = values.float("contrast");
        let [sky, cloud] = ["sky", "cloud"].map(|key| values.colour(key));
        self.colours = (0..=STEPS)
            .map(|step| {
                let noise = step as f64 / STEPS as f64 - 0.5;
                let part = (0.5 + noise * contrast).clamp(0.0, 1.0);
                // Weighted by alpha: a transparent colour has no part in the mix.
                let (less, more) = (sky.alpha * (1.0 - part), cloud.alpha * part);
                let alpha = less + more;
                let mix = |channel: usize| {
                    let light = (sky.rgb[channel] * less + cloud.rgb[channel] * more) / alpha;
                    (255.0 * light + 0.5) as u8
                };
                [mix(0), mix(1), mix(2), (255.0 * alpha + 0.5) as u8]
            })
            .collect();
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        let mut heights = vec![0.0_f32; tile.width];
        tile.fill_rows(|row_index, row| {
            heights.fill(0.5);
            for octave in &self.octaves {
                octave.add(tile.x, tile.y + row_index as u32, &mut heights);
            }
            for (out, height) in row.iter_mut().zip(&heights) {
                *out = self.colours[(height.clamp(0.0, 1.0) * STEPS as f32 + 0.5) as usize];
            }
        })
    }
}

impl Octave {
    /// Adds this octave's part of row `y` to `heights`, which begins in column `x`.
    fn add(&self, x: u32, y: u32, heights: &mut [f32]) {
        let (row, down) = cell(f64::from(y) * self.frequency);
        let rows = [self.random.row(row), self.random.row(row + 1)];
        let fade_down = fade(down);
        let mut column = None;
        let mut corners = [[Corner::default(); 2]; 2];
        for (x, height) in (x..).zip(heights) {
            let (next, right) = cell(f64::from(x) * self.frequency);
            if column != Some(next) {
                column = Some(next);
                corners = rows.map(|row| [Corner::new(row, next), Corner::new(row, next + 1)]);
            }
            let along = |[left_corner, right_corner]: [Corner; 2], down: f32| {
                let left = left_corner.slope(right, down);
                left + (right_corner.slope(right - 1.0, down) - left) * fade(right)
            };
            let above = along(corners[0], down);
            let below = along(corners[1], down - 1.0);
            *height += (above + (below - above) * fade_down) * self.strength;
        }
    }
}

/// A corner of the lattice and the direction in which the noise rises there.
#[derive(Clone, Copy, Default)]
struct Corner {
    right: f32,
    down: f32,
}

impl Corner {
    fn new(row: RandomRow, column: u32) -> Self {
        let bits = row.bits(column);
        let part = |bits: u32| (bits & 0xFFFF) as f32 / 32_768.0 - 1.0;
        Corner {
            right: part(bits),
            down: part(bits >> 16),
        }
    }

    #[inline]
    fn slope(&self, right: f32, down: f32) -> f32 {
        self.right * right + self.down * down
    }
}

/// The cell of a place on the lattice, and the place in the cell, from 0 to 1.
#[inline]
fn cell(place: f64) -> (u32, f32) {
    let cell = place.floor();
    (cell as u32, (place - cell) as f32)
}

/// From 0 to 1 with no slope and no bend at the ends (Perlin 2002).
#[inline]
fn fade(part: f32) -> f32 {
    part * part * part * (part * (part * 6.0 - 15.0) + 10.0)
}

paint_filter::filter!(Clouds);

#[cfg(test)]
paint_filter_testing::filter_tests!(Clouds);
