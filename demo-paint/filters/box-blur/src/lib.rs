//! Box blur.

use paint_filter::{Declaration, Filter, Geometry, Halo, Parameter, Pixel, Size, Tile, Values};

/// The plain average of a square, rounded to the nearest; halves go up.
///
/// The sums of the square's columns are carried from row to row, and the sum of the square from pixel to pixel: whole
/// numbers, so that nothing depends on where a tile begins. Colours count as much as they are opaque.
#[derive(Default)]
pub struct BoxBlur {
    radius: usize,
}

impl Filter for BoxBlur {
    const DECLARATION: Declaration = Declaration {
        id: "box-blur",
        name: "Box blur",
        group: "Blur",
        summary: "Softens the picture with the plain average of a square; quick, and a little boxy.",
        geometry: Geometry::Area(Halo::follows("radius", 1.0)),
        parameters: &[Parameter::int("radius", "Radius", 8, 1, 100)
            .slider(1.0, 50.0)
            .pixels()
            .hint("The square has twice this and one pixels to a side.")],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        self.radius = values.int("radius") as usize;
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        let area = (2 * self.radius as u32 + 1).pow(2);
        let divisor = Divisor::new(area);
        if tile.is_opaque() {
            self.average(
                tile,
                |pixel| pixel.map(u32::from),
                |sums| sums.map(|sum| divisor.quotient(sum)),
            )
        } else {
            self.average(tile, premultiplied, |sums| straight(sums, divisor))
        }
    }
}

impl BoxBlur {
    /// Adds up `load` of the pixels of every square, and gives what `finish` makes of the sums.
    #[inline]
    fn average(
        &self,
        tile: &Tile,
        load: impl Fn(Pixel) -> [u32; 4],
        finish: impl Fn([u32; 4]) -> Pixel,
    ) -> Vec<u8> {
        let diameter = 2 * self.radius + 1;
        let radius = self.radius as isize;
        let mut columns = vec![[0; 4]; tile.width + 2 * self.radius];
        for y in -radius..radius {
            add_row(&mut columns, tile.row(y), &load);
        }
        tile.fill_rows(|y, out| {
            add_row(&mut columns, tile.row(y as isize + radius), &load);
            let mut sums = [0; 4];
            for column in &columns[..diameter - 1] {
                sums = add(sums, *column);
            }
            for ((entering, leaving), out) in columns[diameter - 1..].iter().zip(&columns).zip(out)
            {
                sums = add(sums, *entering);
                *out = finish(sums);
                sums = subtract(sums, *leaving);
            }
            for (column, pixel) in columns.iter_mut().zip(tile.row(y as isize - radius)) {
                *column = subtract(*column, load(*pixel));
            }
        })
    }
}

#[inline]
fn add_row(columns: &mut [[u32; 4]], row: &[Pixel], load: impl Fn(Pixel) -> [u32; 4]) {
    for (column, pixel) in columns.iter_mut().zip(row) {
        *column = add(*column, load(*pixel));
    }
}

#[inline]
fn add(left: [u32; 4], right: [u32; 4]) -> [u32; 4] {
    std::array::from_fn(|index| left[index] + right[index])
}

#[inline]
fn subtract(left: [u32; 4], right: [u32; 4]) -> [u32; 4] {
    std::array::from_fn(|index| left[index] - right[index])
}

/// Colours times alpha, and alpha. 201 × 201 of them fit into 32 bits.
#[inline]
fn premultiplied([red, green, blue, alpha]: Pixel) -> [u32; 4] {
    let weight = u32::from(alpha);
    [
        u32::from(red) * weight,
        u32::from(green) * weight,
        u32::from(blue) * weight,
        weight,
    ]
}

/// The pixel of sums of premultiplied pixels. What is transparent has no colour.
#[inline]
fn straight([red, green, blue, alpha]: [u32; 4], area: Divisor) -> Pixel {
    let mean_alpha = area.quotient(alpha);
    if mean_alpha == 0 {
        return [0; 4];
    }
    // Sums have 32 bits and quotients 8, so that a double tells even the closest of them apart.
    let [red, green, blue] =
        [red, green, blue].map(|sum| (f64::from(sum) / f64::from(alpha) + 0.5) as u8);
    [red, green, blue, mean_alpha]
}

/// Divides by the area of a square, by multiplication with its inverse.
#[derive(Clone, Copy)]
struct Divisor {
    half: u32,
    inverse: u32,
    shift: u32,
}

impl Divisor {
    /// Of an odd `area` up to 201 × 201.
    fn new(area: u32) -> Self {
        let shift = 32 + area.ilog2();
        Divisor {
            half: area / 2,
            inverse: (1_u64 << shift).div_ceil(u64::from(area)) as u32,
            shift,
        }
    }

    /// `sum / area`, rounded to the nearest. Exact for sums of bytes: the error of the inverse, less than
    /// area / 2^shift ≤ 2⁻³¹, times a sum of 24 bits is less than 1 / area, where the quotient's fraction ends.
    #[inline]
    fn quotient(self, sum: u32) -> u8 {
        ((u64::from(sum + self.half) * u64::from(self.inverse)) >> self.shift) as u8
    }
}

paint_filter::filter!(BoxBlur);

#[cfg(test)]
paint_filter_testing::filter_tests!(BoxBlur);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_are_exact() {
        for radius in 1..=100_u32 {
            let area = (2 * radius + 1).pow(2);
            let divisor = Divisor::new(area);
            for quotient in 0..255 {
                // The last sum that is rounded down to `quotient`, and the first that is not.
                let last = quotient * area + area / 2;
                assert_eq!(u32::from(divisor.quotient(last)), quotient);
                assert_eq!(u32::from(divisor.quotient(last + 1)), quotient + 1);
            }
        }
    }
}
