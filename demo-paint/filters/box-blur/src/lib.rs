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
        let divisor = Divisor::new((2 * self.radius as u32 + 1).pow(2));
        if tile.is_opaque() {
            self.plain(tile, divisor)
        } else {
            self.weighted(tile, divisor)
        }
    }
}

impl BoxBlur {
    /// The averages of bytes. One thing after the other, a row at a time: the compiler makes vectors of each.
    fn plain(&self, tile: &Tile, divisor: Divisor) -> Vec<u8> {
        let radius = self.radius as isize;
        let row = |y: isize| tile.row(y).as_flattened();
        // 201 bytes fit into 16 bits.
        let mut columns = vec![0_u16; row(0).len()];
        for y in -radius..=radius {
            for (column, value) in columns.iter_mut().zip(row(y)) {
                *column += u16::from(*value);
            }
        }
        tile.fill_rows(|y, out| {
            if y > 0 {
                let y = y as isize;
                let values = row(y + radius).iter().zip(row(y - 1 - radius));
                for (column, (entering, leaving)) in columns.iter_mut().zip(values) {
                    *column = *column + u16::from(*entering) - u16::from(*leaving);
                }
            }
            self.slide(columns.as_chunks().0, divisor, out);
        })
    }

    /// Writes the averages of a row, from the sums of its squares' columns.
    fn slide(&self, columns: &[[u16; 4]], divisor: Divisor, out: &mut [Pixel]) {
        let (first, entering) = columns.split_at(2 * self.radius);
        let mut sums = [0; 4];
        for column in first {
            sums = add(sums, column.map(u32::from));
        }
        #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
        let done = lanes::slide(entering, columns, &mut sums, divisor, out);
        #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
        let done = 0;
        let rest = entering[done..].iter().zip(&columns[done..]);
        for ((entering, leaving), out) in rest.zip(&mut out[done..]) {
            sums = add(sums, entering.map(u32::from));
            *out = sums.map(|sum| divisor.quotient(sum));
            sums = subtract(sums, leaving.map(u32::from));
        }
    }

    /// The averages of colours, each as much as it is opaque.
    fn weighted(&self, tile: &Tile, divisor: Divisor) -> Vec<u8> {
        let diameter = 2 * self.radius + 1;
        let radius = self.radius as isize;
        let mut columns = vec![[0; 4]; tile.width + 2 * self.radius];
        for y in -radius..radius {
            add_row(&mut columns, tile.row(y));
        }
        tile.fill_rows(|y, out| {
            add_row(&mut columns, tile.row(y as isize + radius));
            let mut sums = [0; 4];
            for column in &columns[..diameter - 1] {
                sums = add(sums, *column);
            }
            for ((entering, leaving), out) in columns[diameter - 1..].iter().zip(&columns).zip(out)
            {
                sums = add(sums, *entering);
                *out = straight(sums, divisor);
                sums = subtract(sums, *leaving);
            }
            for (column, pixel) in columns.iter_mut().zip(tile.row(y as isize - radius)) {
                *column = subtract(*column, premultiplied(*pixel));
            }
        })
    }
}

#[inline]
fn add_row(columns: &mut [[u32; 4]], row: &[Pixel]) {
    for (column, pixel) in columns.iter_mut().zip(row) {
        *column = add(*column, premultiplied(*pixel));
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
    #[cfg_attr(not(target_feature = "simd128"), expect(dead_code))]
    area: f32,
    half: u32,
    inverse: u32,
    shift: u32,
}

impl Divisor {
    /// Of an odd `area` up to 201 × 201.
    fn new(area: u32) -> Self {
        let shift = 32 + area.ilog2();
        Divisor {
            area: area as f32,
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

/// The same in vectors of 128 bits, which hold a pixel's four sums: the compiler does not find out that they fit.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use std::arch::wasm32::*;

    use bytemuck::must_cast;

    use super::{Divisor, Pixel};

    /// Writes the averages of whole blocks of four pixels and returns how many pixels that were. `sums` go on behind them.
    pub fn slide(
        entering: &[[u16; 4]],
        leaving: &[[u16; 4]],
        sums: &mut [u32; 4],
        divisor: Divisor,
        out: &mut [Pixel],
    ) -> usize {
        let (entering, _) = entering.as_chunks::<4>();
        let (leaving, _) = leaving.as_chunks::<4>();
        let (blocks, _) = out.as_chunks_mut::<4>();
        let done = blocks.len() * 4;
        let half = u32x4_splat(divisor.half);
        let mut running = u32x4_add(must_cast(*sums), half);
        for ((entering, leaving), out) in entering.iter().zip(leaving).zip(blocks) {
            let entering: [v128; 2] = must_cast(*entering);
            let leaving: [v128; 2] = must_cast(*leaving);
            let mut step = |entering, leaving| {
                running = u32x4_add(running, entering);
                let quotients = divisor.quotients(running);
                running = u32x4_sub(running, leaving);
                quotients
            };
            let [first, last] = [0, 1].map(|pair| {
                let (entering, leaving) = (entering[pair], leaving[pair]);
                let one = step(
                    u32x4_extend_low_u16x8(entering),
                    u32x4_extend_low_u16x8(leaving),
                );
                let other = step(
                    u32x4_extend_high_u16x8(entering),
                    u32x4_extend_high_u16x8(leaving),
                );
                i16x8_shuffle::<0, 2, 4, 6, 8, 10, 12, 14>(one, other)
            });
            *out = must_cast(u8x16_narrow_i16x8(first, last));
        }
        *sums = must_cast(u32x4_sub(running, half));
        done
    }

    /// Added to a whole number up to 2²², this leaves the number in the lowest bits: 1.5 × 2²³.
    const WHOLE: f32 = 12_582_912.0;

    impl Divisor {
        /// Four quotients in the lower halves, of sums to which half of the divisor was added: the nearest whole number of what floating point
        /// makes of it, less one if that is too much. Whole numbers below 2²⁴ have no errors as `f32`: neither the sums, nor
        /// the multiples of the divisor, nor the differences between them.
        #[inline]
        fn quotients(self, sums: v128) -> v128 {
            let whole = f32x4_splat(WHOLE);
            let sums = f32x4_convert_i32x4(sums);
            let nearest = f32x4_add(f32x4_mul(sums, f32x4_splat(1.0 / self.area)), whole);
            let multiple = f32x4_mul(f32x4_sub(nearest, whole), f32x4_splat(self.area));
            let too_much = f32x4_lt(sums, multiple);
            i32x4_add(nearest, too_much)
        }
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
