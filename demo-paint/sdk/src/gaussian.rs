//! The bell-shaped average that blurs and unsharp masks are made of.

use crate::tile::{Pixel, Tile};

/// Binary places after the point in the averages that [`Gaussian::blur`] gives.
pub const FRACTION_BITS: u32 = 5;

/// Alpha 255 in these averages.
const OPAQUE: i16 = 255 << FRACTION_BITS;

/// A Gaussian kernel, cut off at three standard deviations, for images with straight alpha.
///
/// It is a finite, separable convolution in whole numbers: down the columns first, then along the rows, each rounded
/// once. So a pixel of the result depends on its neighbourhood alone, not on where a tile begins, and comes within
/// 1/16 of what convolution with real numbers gives.
///
/// Colours count as much as they are opaque. Where the neighbourhood is opaque this is the plain average.
#[derive(Clone, Debug, Default)]
pub struct Gaussian {
    /// Weights of two neighbouring distances from the centre: 0 and 1, 2 and 3, … That of distance 0 is halved,
    /// because the pixel at the centre is counted twice, as if it were two opposite ones.
    pairs: Vec<[i16; 2]>,
    /// The sum of all weights is 2 to this power.
    bits: u32,
    radius: usize,
}

impl Gaussian {
    /// The kernel with standard deviation `sigma`, in pixels, above 0.
    pub fn new(sigma: f64) -> Self {
        let radius = (3.0 * sigma).ceil() as usize;
        let bell = |distance: usize| (-0.5 * (distance as f64 / sigma).powi(2)).exp();
        // What lies beyond each distance on one side, itself included.
        let mut tails = vec![0.0; radius + 2];
        for distance in (1..=radius).rev() {
            tails[distance] = tails[distance + 1] + bell(distance);
        }
        let total = bell(0) + 2.0 * tails[1];
        // As many bits as the largest weight leaves room for, and not so many that a sum overflows 32 bits.
        let bits = if bell(0) / total < 0.24 { 17 } else { 15 };
        // To round the tails rather than the weights keeps the errors from adding up.
        let scale = f64::from(1_u32 << bits);
        let tails: Vec<i32> = tails
            .iter()
            .map(|tail| (tail / total * scale).round() as i32)
            .collect();
        let weight = |distance: usize| match distance {
            0 => (1 << (bits - 1)) - tails[1],
            _ if distance <= radius => tails[distance] - tails[distance + 1],
            _ => 0,
        };
        let pairs = (0..=radius)
            .step_by(2)
            .map(|distance| [weight(distance) as i16, weight(distance + 1) as i16])
            .collect();
        Gaussian {
            pairs,
            bits,
            radius,
        }
    }

    /// The bytes of a result whose rows are made by `finish(y, averages, row)`: `averages` are the blurred pixels of the
    /// core's row `y`, with [`FRACTION_BITS`] binary places after the point and alpha straight; `row` is to be
    /// overwritten. The tile's halo must be `ceil(3 × sigma)` at least.
    pub fn blur(
        &self,
        tile: &Tile,
        mut finish: impl FnMut(usize, &[[i16; 4]], &mut [Pixel]),
    ) -> Vec<u8> {
        let side = tile.halo - self.radius;
        let width = tile.width + 2 * self.radius;
        let mut columns = vec![[0; 4]; width];
        let mut averages = vec![[0; 4]; tile.width];
        let mut weighted = (!tile.is_opaque()).then(|| Weighted::new(self, tile));
        tile.fill_rows(|y, out| {
            let row = |y: isize| tile.row(y)[side..][..width].as_flattened();
            let y_signed = y as isize;
            let taps = self.taps(|distance| {
                let distance = distance as isize;
                [row(y_signed - distance), row(y_signed + distance)]
            });
            average(&taps, self.bits - FRACTION_BITS, columns.as_flattened_mut());
            let from = |x: usize| columns[x..][..tile.width].as_flattened();
            let taps =
                self.taps(|distance| [from(self.radius - distance), from(self.radius + distance)]);
            average(&taps, self.bits, averages.as_flattened_mut());
            if let Some(weighted) = &mut weighted
                && averages.iter().any(|pixel| pixel[3] != OPAQUE)
            {
                weighted.replace_colours(y, &mut averages);
            }
            finish(y, &averages, out);
        })
    }

    /// Puts the weights together with what they apply to; `at(distance)` gives the values on both sides.
    fn taps<'a, T>(&self, at: impl Fn(usize) -> [&'a [T]; 2]) -> Vec<Taps<'a, T>> {
        self.pairs
            .iter()
            .enumerate()
            .map(|(index, weights)| Taps {
                weights: *weights,
                near: at(2 * index),
                far: at((2 * index + 1).min(self.radius)),
            })
            .collect()
    }
}

/// Two weights and the four lists of values that they apply to: two at the nearer distance, two at the farther one.
struct Taps<'a, T> {
    weights: [i16; 2],
    near: [&'a [T]; 2],
    far: [&'a [T]; 2],
}

/// A byte, or a number from 0 to [`OPAQUE`].
trait Value: Copy + Into<i16> {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    fn load(values: &[Self; 16]) -> [std::arch::wasm32::v128; 2];
}

/// Writes the average of the lists into `out`, divided by 2 to the power of `shift` and rounded.
fn average<T: Value>(taps: &[Taps<T>], shift: u32, out: &mut [i16]) {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    let start = lanes::average(taps, shift, out);
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    let start = 0;
    for (index, out) in out.iter_mut().enumerate().skip(start) {
        let sum = |[left, right]: [&[T]; 2]| {
            let (left, right): (i16, i16) = (left[index].into(), right[index].into());
            i32::from(left) + i32::from(right)
        };
        let total: i32 = taps
            .iter()
            .map(|taps| {
                sum(taps.near) * i32::from(taps.weights[0])
                    + sum(taps.far) * i32::from(taps.weights[1])
            })
            .sum();
        *out = ((total + (1 << (shift - 1))) >> shift) as i16;
    }
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
impl Value for u8 {}
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
impl Value for i16 {}

/// The same in vectors of 128 bits, twice as fast as what the compiler makes of the loop above.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use std::arch::wasm32::*;

    use super::{Taps, Value};

    /// Values in one go: two vectors of eight keep both multipliers of a processor busy.
    const BLOCK: usize = 16;

    // Lane by lane and through a reference: the compiler makes one load of it.
    impl Value for u8 {
        #[inline]
        fn load(v: &[u8; BLOCK]) -> [v128; 2] {
            let bytes = u8x16(
                v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12],
                v[13], v[14], v[15],
            );
            [
                u16x8_extend_low_u8x16(bytes),
                u16x8_extend_high_u8x16(bytes),
            ]
        }
    }

    impl Value for i16 {
        #[inline]
        fn load(v: &[i16; BLOCK]) -> [v128; 2] {
            [
                i16x8(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]),
                i16x8(v[8], v[9], v[10], v[11], v[12], v[13], v[14], v[15]),
            ]
        }
    }

    /// What a block comes to so far: eight values in the first half, eight in the second, of which each has four low and four high.
    type Sums = [[v128; 2]; 2];

    /// Fills the blocks of `out` and returns how many values that were.
    pub fn average<T: Value>(taps: &[Taps<T>], shift: u32, out: &mut [i16]) -> usize {
        let (blocks, _) = out.as_chunks_mut::<BLOCK>();
        let half = i32x4_splat(1 << (shift - 1));
        let mut totals: Vec<Sums> = vec![[[half; 2]; 2]; blocks.len()];
        for taps in taps {
            add(taps, &mut totals);
        }
        for (out, totals) in blocks.iter_mut().zip(&totals) {
            for half in 0..2 {
                let [low, high] = totals[half].map(|sum| i32x4_shr(sum, shift));
                let narrow = i16x8_narrow_i32x4(low, high);
                out[8 * half..][..8].copy_from_slice(&[
                    i16x8_extract_lane::<0>(narrow),
                    i16x8_extract_lane::<1>(narrow),
                    i16x8_extract_lane::<2>(narrow),
                    i16x8_extract_lane::<3>(narrow),
                    i16x8_extract_lane::<4>(narrow),
                    i16x8_extract_lane::<5>(narrow),
                    i16x8_extract_lane::<6>(narrow),
                    i16x8_extract_lane::<7>(narrow),
                ]);
            }
        }
        BLOCK * totals.len()
    }

    /// Adds what two weights make of their values, block by block. All blocks for these weights, and not all weights for a block: lists
    /// that are gone through together have no bounds to be checked, and long loops are cheap to meter.
    fn add<T: Value>(taps: &Taps<T>, totals: &mut [Sums]) {
        let [near, far] = taps.weights.map(|weight| weight as u16 as u32);
        let weights = u32x4_splat(near | far << 16);
        let near = taps.near.map(|list| list.as_chunks().0);
        let far = taps.far.map(|list| list.as_chunks().0);
        let lists = near[0].iter().zip(near[1]).zip(far[0]).zip(far[1]);
        for ((((left, right), far_left), far_right), totals) in lists.zip(totals) {
            let near = sums([left, right]);
            let far = sums([far_left, far_right]);
            for half in 0..2 {
                let low = i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(near[half], far[half]);
                let high = i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(near[half], far[half]);
                totals[half][0] = i32x4_add(totals[half][0], i32x4_dot_i16x8(low, weights));
                totals[half][1] = i32x4_add(totals[half][1], i32x4_dot_i16x8(high, weights));
            }
        }
    }

    /// What the values of a block come to on both sides together.
    #[inline]
    fn sums<T: Value>([left, right]: [&[T; BLOCK]; 2]) -> [v128; 2] {
        let [left, right] = [left, right].map(T::load);
        [i16x8_add(left[0], right[0]), i16x8_add(left[1], right[1])]
    }
}

/// The average weighted by alpha, for tiles that are not opaque. Floating point, because a colour is the quotient of
/// two sums that can both be tiny; every sum is added up in the same order wherever the tile begins.
struct Weighted<'a> {
    kernel: &'a Gaussian,
    /// Red, green and blue times alpha, and alpha, of the whole tile.
    pixels: Vec<[f32; 4]>,
    stride: usize,
    side: usize,
    columns: Vec<[f32; 4]>,
    sums: Vec<[f32; 4]>,
}

impl<'a> Weighted<'a> {
    fn new(kernel: &'a Gaussian, tile: &Tile) -> Self {
        let halo = tile.halo as isize;
        let pixels = (-halo..tile.height as isize + halo)
            .flat_map(|y| tile.row(y))
            .map(|pixel| {
                let [red, green, blue, alpha] = pixel.map(f32::from);
                [red * alpha, green * alpha, blue * alpha, alpha]
            })
            .collect();
        Weighted {
            kernel,
            pixels,
            stride: tile.width + 2 * tile.halo,
            side: tile.halo - kernel.radius,
            columns: vec![[0.0; 4]; tile.width + 2 * kernel.radius],
            sums: vec![[0.0; 4]; tile.width],
        }
    }

    /// Replaces the colours of `averages`, row `y` of the core, where their neighbourhood is not opaque.
    fn replace_colours(&mut self, y: usize, averages: &mut [[i16; 4]]) {
        let (radius, width) = (self.kernel.radius, self.columns.len());
        let row = |tap: usize| {
            let start = (self.side + y + tap) * self.stride + self.side;
            self.pixels[start..][..width].as_flattened()
        };
        let taps = self
            .kernel
            .taps(|distance| [row(radius - distance), row(radius + distance)]);
        weigh(&taps, self.columns.as_flattened_mut());
        let from = |x: usize| self.columns[x..][..averages.len()].as_flattened();
        let taps = self
            .kernel
            .taps(|distance| [from(radius - distance), from(radius + distance)]);
        weigh(&taps, self.sums.as_flattened_mut());

        let scale = f32::from(1_u16 << FRACTION_BITS);
        for (average, [red, green, blue, alpha]) in averages.iter_mut().zip(&self.sums) {
            if average[3] != OPAQUE {
                // Where nothing is visible the quotient is not a number, and becomes 0.
                let colour = [red, green, blue].map(|sum| (sum / alpha * scale + 0.5) as i16);
                average[..3].copy_from_slice(&colour);
            }
        }
    }
}

/// Writes the sums of the weighted lists into `out`.
fn weigh(taps: &[Taps<f32>], out: &mut [f32]) {
    // Blocks are what the compiler makes vectors of.
    let (blocks, rest) = out.as_chunks_mut::<16>();
    let done = blocks.len() * 16;
    for (index, out) in blocks.iter_mut().enumerate() {
        *out = weigh_block(taps, |list| &list.as_chunks().0[index]);
    }
    for (index, out) in rest.iter_mut().enumerate() {
        [*out] = weigh_block(taps, |list| &list[done + index..].as_chunks().0[0]);
    }
}

#[inline]
fn weigh_block<'a, const LENGTH: usize>(
    taps: &[Taps<'a, f32>],
    block: impl Fn(&'a [f32]) -> &'a [f32; LENGTH],
) -> [f32; LENGTH] {
    let mut sums = [0.0; LENGTH];
    for taps in taps {
        let weights = taps.weights.map(f32::from);
        let [near, far] = [taps.near, taps.far].map(|lists| lists.map(&block));
        for (index, sum) in sums.iter_mut().enumerate() {
            *sum += (near[0][index] + near[1][index]) * weights[0]
                + (far[0][index] + far[1][index]) * weights[1];
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_add_up_to_one() {
        for sigma in [0.1, 0.3, 0.5, 1.0, 1.6, 1.7, 3.0, 7.7, 20.0, 100.0] {
            let kernel = Gaussian::new(sigma);
            let sum: i32 = kernel
                .pairs
                .as_flattened()
                .iter()
                .map(|weight| 2 * i32::from(*weight))
                .sum();
            assert_eq!(sum, 1 << kernel.bits, "sigma {sigma}");
            assert!(
                kernel
                    .pairs
                    .as_flattened()
                    .iter()
                    .all(|weight| *weight >= 0)
            );
        }
    }

    #[test]
    fn an_even_area_stays_as_it_is() {
        for value in [0, 1, 127, 255] {
            let bytes = vec![value; 4 * 11 * 11];
            let tile = Tile::new(&bytes, (0, 0), (5, 5), 3).unwrap();
            Gaussian::new(1.0).blur(&tile, |_, averages, _| {
                for pixel in averages {
                    assert_eq!(pixel[3], i16::from(value) << FRACTION_BITS);
                    assert_eq!(pixel[0], i16::from(value) << FRACTION_BITS);
                }
            });
        }
    }

    #[test]
    fn colours_that_nobody_sees_do_not_bleed() {
        let mut bytes = [255, 0, 0, 0].repeat(9);
        bytes[16..20].copy_from_slice(&[10, 20, 30, 100]);
        let tile = Tile::new(&bytes, (0, 0), (1, 1), 1).unwrap();
        Gaussian::new(0.3).blur(&tile, |_, averages, _| {
            assert_eq!(
                averages[0][..3],
                [
                    10 << FRACTION_BITS,
                    20 << FRACTION_BITS,
                    30 << FRACTION_BITS
                ]
            );
        });
    }
}
