//! One image: a size and its pixels.

use crate::probe::check_size;
use crate::{Error, Rect};

/// Bytes in a pixel: red, green, blue, alpha.
pub const BYTES_PER_PIXEL: usize = 4;

/// An RGBA image, 8 bits a channel, alpha not premultiplied, rows from the top without padding.
///
/// Holding one proves that its size is within the limits and that it has exactly `width × height × 4` bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

impl Image {
    /// An image of transparent black.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::TooLarge`] or [`Error::OutOfMemory`].
    pub fn new(width: u32, height: u32) -> Result<Self, Error> {
        check_size(u64::from(width), u64::from(height))?;
        let pixels = zeroed(width as usize * height as usize * BYTES_PER_PIXEL)?;
        Ok(Self {
            width,
            height,
            pixels,
        })
    }

    /// An image from pixels that somebody else made.
    ///
    /// # Errors
    /// As [`Image::new`], and [`Error::WrongLength`].
    pub fn from_pixels(width: u32, height: u32, pixels: Vec<u8>) -> Result<Self, Error> {
        check_size(u64::from(width), u64::from(height))?;
        let expected = width as usize * height as usize * BYTES_PER_PIXEL;
        if pixels.len() != expected {
            return Err(Error::WrongLength {
                what: "The decoded picture",
                expected: expected as u64,
                found: pixels.len() as u64,
            });
        }
        Ok(Self {
            width,
            height,
            pixels,
        })
    }

    /// A copy, if there is memory for it.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn try_clone(&self) -> Result<Self, Error> {
        let mut pixels = reserved(self.pixels.len())?;
        pixels.extend_from_slice(&self.pixels);
        Ok(Self {
            width: self.width,
            height: self.height,
            pixels,
        })
    }

    /// Pixels in a row, at least 1.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows, at least 1.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The whole image as a rectangle.
    pub fn bounds(&self) -> Rect {
        Rect::new(0, 0, self.width, self.height)
    }

    /// All pixels, row by row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// All pixels, to be changed in place.
    pub fn pixels_mut(&mut self) -> &mut [u8] {
        &mut self.pixels
    }

    /// A part of one row.
    ///
    /// # Panics
    /// If the part does not lie in the image.
    pub fn row(&self, x: u32, y: u32, width: u32) -> &[u8] {
        let start = self.offset(x, y);
        &self.pixels[start..start + width as usize * BYTES_PER_PIXEL]
    }

    /// A part of one row, to be changed in place.
    ///
    /// # Panics
    /// If the part does not lie in the image.
    pub fn row_mut(&mut self, x: u32, y: u32, width: u32) -> &mut [u8] {
        let start = self.offset(x, y);
        &mut self.pixels[start..start + width as usize * BYTES_PER_PIXEL]
    }

    /// One pixel, or `None` outside of the image.
    pub fn pixel(&self, x: u32, y: u32) -> Option<[u8; 4]> {
        if x >= self.width || y >= self.height {
            return None;
        }
        self.row(x, y, 1).try_into().ok()
    }

    /// Whether every pixel is fully opaque.
    pub fn is_opaque(&self) -> bool {
        self.pixels.chunks(OPACITY_CHUNK).all(is_opaque)
    }

    fn offset(&self, x: u32, y: u32) -> usize {
        (y as usize * self.width as usize + x as usize) * BYTES_PER_PIXEL
    }
}

/// Bytes of an image that are looked at before it is asked whether one of them was translucent.
const OPACITY_CHUNK: usize = 1 << 14;

/// Whether every one of these pixels is fully opaque. All are read: without a way out of the loop the compiler makes
/// vectors of it.
pub fn is_opaque(pixels: &[u8]) -> bool {
    let (pixels, _) = pixels.as_chunks::<BYTES_PER_PIXEL>();
    let all = pixels
        .iter()
        .fold(u32::MAX, |all, pixel| all & u32::from_le_bytes(*pixel));
    all >> 24 == 255
}

/// An empty vector with room for `length` bytes.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub fn reserved(length: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(length)
        .map_err(|_| Error::OutOfMemory {
            bytes: length as u64,
        })?;
    Ok(bytes)
}

/// `length` zero bytes.
///
/// # Errors
/// [`Error::OutOfMemory`].
pub fn zeroed(length: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = reserved(length)?;
    bytes.resize(length, 0);
    Ok(bytes)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An image whose every byte depends on its place, so that a shifted copy is noticed.
    pub(crate) fn numbered(width: u32, height: u32) -> Image {
        let mut image = Image::new(width, height).unwrap();
        for (index, byte) in image.pixels_mut().iter_mut().enumerate() {
            *byte = ((index * 31) ^ (index >> 7)) as u8;
        }
        image
    }

    #[test]
    fn sizes_are_checked_before_anything_is_allocated() {
        assert_eq!(Image::new(0, 5), Err(Error::Empty));
        assert!(matches!(
            Image::new(30_000, 30_000),
            Err(Error::TooLarge { .. })
        ));
        assert!(matches!(
            Image::new(u32::MAX, u32::MAX),
            Err(Error::TooLarge { .. })
        ));
        assert!(matches!(
            Image::from_pixels(2, 2, vec![0; 15]),
            Err(Error::WrongLength { .. })
        ));
        assert!(Image::new(1, 1).is_ok());
    }

    #[test]
    fn one_translucent_pixel_is_found_wherever_it_is() {
        let mut image = Image::new(300, 40).unwrap();
        image.pixels_mut().fill(255);
        assert!(image.is_opaque());
        for pixel in [0, 4095, 4096, 11_999] {
            image.pixels_mut()[pixel * 4 + 3] = 254;
            assert!(!image.is_opaque(), "{pixel}");
            image.pixels_mut()[pixel * 4 + 3] = 255;
            image.pixels_mut()[pixel * 4] = 0;
        }
        assert!(image.is_opaque());
    }

    #[test]
    fn pixels_outside_are_none() {
        let image = numbered(3, 2);
        assert_eq!(image.pixel(3, 0), None);
        assert_eq!(image.pixel(2, 1).unwrap(), image.pixels()[20..24]);
    }
}
