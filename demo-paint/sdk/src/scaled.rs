//! Bytes to which a share of something is added: the last step of filters that sharpen.

/// Writes `value + factor × difference` into `out`, rounded to the nearest byte (halves go up) and limited to bytes. All
/// three lists have one length. The sums must be within ±30,000.
pub fn add_scaled(values: &[u8], differences: &[i16], factor: f32, out: &mut [u8]) {
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    let done = lanes::add_scaled(values, differences, factor, out);
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    let done = 0;
    let rest = values[done..].iter().zip(&differences[done..]);
    for ((value, difference), out) in rest.zip(&mut out[done..]) {
        let sum = f32::from(*value) + factor * f32::from(*difference);
        *out = ((sum + 0.5) as i32).clamp(0, 255) as u8;
    }
}

/// The same numbers in vectors of 128 bits, several times as fast as what the compiler makes of the loop above.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use std::arch::wasm32::*;

    use bytemuck::must_cast;

    /// Values in one go.
    const BLOCK: usize = 16;

    /// The upper half of the 32 bits of 2²³ as `f32`. With a whole number of 16 bits as the lower half this is their sum.
    const UPPER: u16 = 0x4b00;
    const LARGE: f32 = 8_388_608.0;

    /// Added to a whole number up to 2²², this leaves the number in the lowest bits: 1.5 × 2²³.
    const WHOLE: f32 = 12_582_912.0;

    /// Fills the blocks of `out` and returns how many values that were.
    pub fn add_scaled(values: &[u8], differences: &[i16], factor: f32, out: &mut [u8]) -> usize {
        let (values, _) = values.as_chunks::<BLOCK>();
        let (differences, _) = differences.as_chunks::<BLOCK>();
        let (blocks, _) = out.as_chunks_mut::<BLOCK>();
        let done = blocks.len() * BLOCK;
        let factor = f32x4_splat(factor);
        for ((values, differences), out) in values.iter().zip(differences).zip(blocks) {
            let values = must_cast(*values);
            let [low, high]: [v128; 2] = must_cast(*differences);
            *out = must_cast(u8x16_narrow_i16x8(
                eight(u16x8_extend_low_u8x16(values), low, factor),
                eight(u16x8_extend_high_u8x16(values), high, factor),
            ));
        }
        done
    }

    #[inline]
    fn eight(values: v128, differences: v128, factor: v128) -> v128 {
        // Numbers below 0 are no halves of others; without their sign bit all are.
        let differences = v128_xor(differences, u16x8_splat(1 << 15));
        let [values, differences] = [(values, 0.0), (differences, 32_768.0)].map(reals);
        let [low, high] = [0, 1].map(|half| {
            let sums = f32x4_add(values[half], f32x4_mul(factor, differences[half]));
            // To round down rather than towards 0 makes a difference below 0 only, and all of that becomes 0.
            let rounded = f32x4_floor(f32x4_add(sums, f32x4_splat(0.5)));
            f32x4_add(rounded, f32x4_splat(WHOLE))
        });
        i16x8_shuffle::<0, 2, 4, 6, 8, 10, 12, 14>(low, high)
    }

    /// Eight whole numbers less `less`, as real numbers. The compiler would take apart the vectors of a conversion.
    #[inline]
    fn reals((numbers, less): (v128, f32)) -> [v128; 2] {
        let upper = u16x8_splat(UPPER);
        let less = f32x4_splat(LARGE + less);
        [
            f32x4_sub(
                i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(numbers, upper),
                less,
            ),
            f32x4_sub(
                i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(numbers, upper),
                less,
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_rounded_and_limited() {
        let check = |value, difference, factor, expected| {
            // Long enough for the vectors, and for what is left over.
            let mut out = [0; 19];
            add_scaled(&[value; 19], &[difference; 19], factor, &mut out);
            assert_eq!(out, [expected; 19], "{value} + {factor} × {difference}");
        };
        check(7, 0, 0.625, 7);
        check(7, 1, 0.5, 8);
        check(7, -1, 0.5, 7);
        check(7, -1, 0.51, 6);
        check(0, -2040, 0.625, 0);
        check(255, 2040, 0.625, 255);
        check(200, 100, 0.544, 254);
    }
}
