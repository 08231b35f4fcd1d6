//! A checksum of a picture, so that a test can tell whether a single bit changed.

use crate::Image;

/// CRC-32 (ISO-HDLC, as in PNG) of width and height as little-endian 32-bit numbers, followed by the pixels.
pub fn checksum(image: &Image) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&image.width().to_le_bytes());
    hasher.update(&image.height().to_le_bytes());
    hasher.update(image.pixels());
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::tests::numbered;

    #[test]
    fn one_bit_or_another_shape_changes_it() {
        let image = numbered(6, 4);
        let mut other = image.clone();
        other.pixels_mut()[50] ^= 1;
        assert_ne!(checksum(&image), checksum(&other));
        let reshaped = Image::from_pixels(4, 6, image.pixels().to_vec()).unwrap();
        assert_ne!(checksum(&image), checksum(&reshaped));
        assert_eq!(checksum(&image), checksum(&image.clone()));
    }
}
