//! How often each value occurs.

use crate::Image;
use crate::image::BYTES_PER_PIXEL;

/// Counts for red, green, blue and luma, 256 each. Fully transparent pixels are not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// Red.
    pub red: [u32; 256],
    /// Green.
    pub green: [u32; 256],
    /// Blue.
    pub blue: [u32; 256],
    /// Luma by Rec. 709, of the sRGB values as they are.
    pub luma: [u32; 256],
}

impl Histogram {
    /// Counts all pixels of `image`.
    pub fn of(image: &Image) -> Self {
        let mut histogram = Self {
            red: [0; 256],
            green: [0; 256],
            blue: [0; 256],
            luma: [0; 256],
        };
        for pixel in image.pixels().chunks_exact(BYTES_PER_PIXEL) {
            if pixel[3] == 0 {
                continue;
            }
            histogram.red[usize::from(pixel[0])] += 1;
            histogram.green[usize::from(pixel[1])] += 1;
            histogram.blue[usize::from(pixel[2])] += 1;
            histogram.luma[usize::from(luma(pixel[0], pixel[1], pixel[2]))] += 1;
        }
        histogram
    }
}

/// Rec. 709 luma with 16-bit weights that sum to 65,536, rounded.
pub fn luma(red: u8, green: u8, blue: u8) -> u8 {
    ((u32::from(red) * 13_933 + u32::from(green) * 46_871 + u32::from(blue) * 4_732 + 32_768) >> 16)
        as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_is_255_and_transparent_pixels_do_not_count() {
        assert_eq!(luma(255, 255, 255), 255);
        assert_eq!(luma(0, 0, 0), 0);
        assert_eq!(luma(255, 0, 0), 54);
        let image =
            Image::from_pixels(3, 1, vec![255, 0, 0, 255, 9, 9, 9, 0, 255, 255, 255, 1]).unwrap();
        let histogram = Histogram::of(&image);
        assert_eq!(histogram.red[255], 2);
        assert_eq!(histogram.green[0], 1);
        assert_eq!(histogram.luma[54], 1);
        assert_eq!(histogram.luma.iter().sum::<u32>(), 2);
    }
}
