//! Colours without their alpha: three bytes a pixel, where alpha is known from elsewhere.
//!
//! Pixels are taken sixteen at a time, which are 64 bytes with alpha and 48 without: whole vectors of 128 bits on both
//! sides, so that three shuffles do what would be 48 moves of a byte.

use crate::image::BYTES_PER_PIXEL;

/// Bytes in a pixel without alpha.
pub const COLOUR_BYTES: usize = 3;

/// Pixels in a block, and its bytes with and without alpha.
const BLOCK: usize = 16;
const WITH_ALPHA: usize = BLOCK * BYTES_PER_PIXEL;
const WITHOUT: usize = BLOCK * COLOUR_BYTES;

/// Writes the colours of `pixels` into `colours`, which has room for as many.
pub fn take(pixels: &[u8], colours: &mut [u8]) {
    let (blocks, pixels) = pixels.as_chunks::<WITH_ALPHA>();
    let (taken, colours) = colours.as_chunks_mut::<WITHOUT>();
    for (block, taken) in blocks.iter().zip(taken) {
        *taken = lanes::packed(block);
    }
    let (pixels, _) = pixels.as_chunks::<BYTES_PER_PIXEL>();
    let (colours, _) = colours.as_chunks_mut::<COLOUR_BYTES>();
    for ([red, green, blue, _], colour) in pixels.iter().zip(colours) {
        *colour = [*red, *green, *blue];
    }
}

/// Gives `pixels` the colours of `colours`; alpha stays.
pub fn give(colours: &[u8], pixels: &mut [u8]) {
    let (blocks, pixels) = pixels.as_chunks_mut::<WITH_ALPHA>();
    let (given, colours) = colours.as_chunks::<WITHOUT>();
    for (block, given) in blocks.iter_mut().zip(given) {
        *block = lanes::coloured(block, given);
    }
    let (pixels, _) = pixels.as_chunks_mut::<BYTES_PER_PIXEL>();
    let (colours, _) = colours.as_chunks::<COLOUR_BYTES>();
    for (pixel, colour) in pixels.iter_mut().zip(colours) {
        pixel[..COLOUR_BYTES].copy_from_slice(colour);
    }
}

/// Exchanges the colours of `pixels` for those of `colours`; alpha stays.
pub fn swap(pixels: &mut [u8], colours: &mut [u8]) {
    let (blocks, pixels) = pixels.as_chunks_mut::<WITH_ALPHA>();
    let (kept, colours) = colours.as_chunks_mut::<WITHOUT>();
    for (block, kept) in blocks.iter_mut().zip(kept) {
        let before = lanes::packed(block);
        *block = lanes::coloured(block, kept);
        *kept = before;
    }
    let (pixels, _) = pixels.as_chunks_mut::<BYTES_PER_PIXEL>();
    let (colours, _) = colours.as_chunks_mut::<COLOUR_BYTES>();
    for (pixel, colour) in pixels.iter_mut().zip(colours) {
        pixel[..COLOUR_BYTES].swap_with_slice(colour);
    }
}

/// The meaning of [`packed`](lanes::packed) and [`coloured`](lanes::coloured), for processors without these vectors.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod lanes {
    use super::{WITH_ALPHA, WITHOUT};

    /// The colours of a block.
    pub fn packed(block: &[u8; WITH_ALPHA]) -> [u8; WITHOUT] {
        std::array::from_fn(|index| block[index / 3 * 4 + index % 3])
    }

    /// A block with other colours.
    pub fn coloured(block: &[u8; WITH_ALPHA], colours: &[u8; WITHOUT]) -> [u8; WITH_ALPHA] {
        std::array::from_fn(|index| match index % 4 {
            3 => block[index],
            channel => colours[index / 4 * 3 + channel],
        })
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use std::arch::wasm32::*;

    use bytemuck::must_cast;

    use super::{WITH_ALPHA, WITHOUT};

    /// The colours of a block.
    #[inline]
    pub fn packed(block: &[u8; WITH_ALPHA]) -> [u8; WITHOUT] {
        let [one, two, three, four]: [v128; 4] = must_cast(*block);
        must_cast([
            i8x16_shuffle::<0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20>(one, two),
            i8x16_shuffle::<5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25>(two, three),
            i8x16_shuffle::<10, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 25, 26, 28, 29, 30>(
                three, four,
            ),
        ])
    }

    /// A block with other colours.
    #[inline]
    pub fn coloured(block: &[u8; WITH_ALPHA], colours: &[u8; WITHOUT]) -> [u8; WITH_ALPHA] {
        let [one, two, three, four]: [v128; 4] = must_cast(*block);
        let [first, second, third]: [v128; 3] = must_cast(*colours);
        // What belongs to each vector of pixels, from the vector's beginning on.
        let second_start =
            i8x16_shuffle::<12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27>(
                first, second,
            );
        let third_start =
            i8x16_shuffle::<8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23>(
                second, third,
            );
        let fourth_start =
            i8x16_shuffle::<4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0>(third, third);
        must_cast([
            with_alpha(first, one),
            with_alpha(second_start, two),
            with_alpha(third_start, three),
            with_alpha(fourth_start, four),
        ])
    }

    /// The first twelve bytes of `colours` as colours, with the alpha of `pixels`.
    #[inline]
    fn with_alpha(colours: v128, pixels: v128) -> v128 {
        i8x16_shuffle::<0, 1, 2, 19, 3, 4, 5, 23, 6, 7, 8, 27, 9, 10, 11, 31>(colours, pixels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels and colours whose bytes are all different from their neighbours.
    fn example(count: usize) -> (Vec<u8>, Vec<u8>) {
        let bytes = |length: usize, step: usize| (0..length).map(move |index| (index * step) as u8);
        (
            bytes(count * 4, 7).collect(),
            bytes(count * 3, 11).map(|byte| byte ^ 0x5a).collect(),
        )
    }

    #[test]
    fn colours_move_and_alpha_stays() {
        for count in [0, 1, 15, 16, 17, 47, 256] {
            let (pixels, colours) = example(count);
            let mut taken = vec![0; count * 3];
            take(&pixels, &mut taken);
            let mut given = pixels.clone();
            give(&colours, &mut given);
            for pixel in 0..count {
                assert_eq!(taken[pixel * 3..][..3], pixels[pixel * 4..][..3]);
                assert_eq!(given[pixel * 4..][..3], colours[pixel * 3..][..3]);
                assert_eq!(given[pixel * 4 + 3], pixels[pixel * 4 + 3]);
            }
            let (mut swapped, mut kept) = (pixels, colours);
            swap(&mut swapped, &mut kept);
            assert_eq!((swapped, kept), (given, taken), "{count} pixels");
        }
    }
}
