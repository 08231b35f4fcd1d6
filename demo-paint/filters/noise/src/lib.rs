//! Noise.

use paint_filter::{Declaration, Filter, Geometry, Parameter, Random, Size, Tile, Values};

/// Adds random numbers to the values.
#[derive(Default)]
pub struct Noise {
    random: [Random; 3],
    gaussian: bool,
    /// Values for one unit of the random numbers.
    scale: f32,
}

impl Filter for Noise {
    const DECLARATION: Declaration = Declaration {
        id: "noise",
        name: "Add noise",
        group: "Noise",
        summary: "Sprinkles grain over the picture, as fast film has it.",
        geometry: Geometry::Point,
        parameters: &[
            Parameter::float("amount", "Amount", 8.0, 0.0, 100.0)
                .slider(0.0, 40.0)
                .step(0.5, 1)
                .percent()
                .hint("Standard deviation; 100 is the way from black to white."),
            Parameter::choice("kind", "Kind", 0, &["Bell-shaped", "Even"]),
            Parameter::bool("grey", "Grey", false).hint("The same grain in red, green and blue."),
            Parameter::seed("seed", "Seed", 1),
        ],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        let seed = values.seed("seed");
        let grey = values.bool("grey");
        self.random = [0, 1, 2].map(|lane| Random::new(seed, if grey { 0 } else { lane }));
        self.gaussian = values.choice("kind") == 0;
        let deviation = values.float("amount") / 100.0 * 255.0;
        // The standard deviations of what `unit` returns.
        let unit_deviation = if self.gaussian {
            (4.0 * (256.0 * 256.0 - 1.0) / 12.0_f64).sqrt()
        } else {
            65_536.0 / 12.0_f64.sqrt()
        };
        self.scale = (deviation / unit_deviation) as f32;
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        if self.gaussian {
            self.add(tile, gaussian)
        } else {
            self.add(tile, even)
        }
    }
}

impl Noise {
    #[inline]
    fn add(&self, tile: &Tile, number: impl Fn(u32) -> i32) -> Vec<u8> {
        let mut numbers = vec![0.0; tile.width];
        tile.fill_rows(|y, row| {
            row.copy_from_slice(tile.core_row(y));
            for (channel, random) in self.random.iter().enumerate() {
                let random = random.row(tile.y + y as u32);
                for (column, out) in numbers.iter_mut().enumerate() {
                    *out = number(random.bits(tile.x + column as u32)) as f32 * self.scale;
                }
                for (pixel, number) in row.iter_mut().zip(&numbers) {
                    let sum = f32::from(pixel[channel]) + number;
                    pixel[channel] = ((sum + 0.5) as i32).clamp(0, 255) as u8;
                }
            }
        })
    }
}

/// The sum of four even numbers, which is close to a bell: from -510 to 510.
#[inline]
fn gaussian(bits: u32) -> i32 {
    let sum: i32 = bits.to_le_bytes().map(i32::from).iter().sum();
    sum - 510
}

/// All numbers from -32,768 to 32,767, each as likely.
#[inline]
fn even(bits: u32) -> i32 {
    (bits >> 16) as i32 - 32_768
}

paint_filter::filter!(Noise);

#[cfg(test)]
paint_filter_testing::filter_tests!(Noise);
