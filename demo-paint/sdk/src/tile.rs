//! A rectangle of the image, with what lies around it.

/// Red, green, blue and alpha: 8 bits each, sRGB, alpha not premultiplied.
pub type Pixel = [u8; 4];

/// The part of the image that a filter is asked for: its core, and a halo of `halo` pixels on every side.
///
/// ```text
///  (-halo, -halo)
///     ┌───────────────────────┐
///     │ halo                  │   Coordinates in a tile count from the core's upper left
///     │    (0, 0)             │   corner, so those of the halo can be negative. The core's
///     │     ┌───────────┐     │   place in the image is (tile.x, tile.y).
///     │     │ core      │     │
///     │     └───────────┘     │   Beyond the image's edge, the nearest pixel of the image
///     │       (width, height) │   is repeated.
///     └───────────────────────┘
///                 (width + halo, height + halo)
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tile<'a> {
    pixels: &'a [Pixel],
    /// Where the core begins in the image, in pixels from the left.
    pub x: u32,
    /// Where the core begins in the image, in pixels from the top.
    pub y: u32,
    /// Pixels in a row of the core.
    pub width: usize,
    /// Rows of the core.
    pub height: usize,
    /// Pixels around the core.
    pub halo: usize,
}

impl<'a> Tile<'a> {
    /// The tile whose core is `width` × `height` pixels and begins at (`x`, `y`) of the image. `bytes` are the rows
    /// of core and halo, from the top, without padding.
    ///
    /// # Errors
    /// A sentence, where `bytes` has another length than that.
    pub fn new(
        bytes: &'a [u8],
        (x, y): (u32, u32),
        (width, height): (u32, u32),
        halo: u32,
    ) -> Result<Self, String> {
        let side = |length: u32| u64::from(length) + 2 * u64::from(halo);
        let expected = side(width).saturating_mul(side(height)).saturating_mul(4);
        if bytes.len() as u64 != expected {
            return Err(format!(
                "A tile of {width} × {height} pixels with a halo of {halo} has {expected} bytes, not {}.",
                bytes.len()
            ));
        }
        Ok(Tile {
            pixels: bytes.as_chunks().0,
            x,
            y,
            width: width as usize,
            height: height as usize,
            halo: halo as usize,
        })
    }

    /// A tile of a picture that does not exist yet: there are no pixels in it.
    pub fn blank((x, y): (u32, u32), (width, height): (u32, u32)) -> Self {
        Tile {
            pixels: &[],
            x,
            y,
            width: width as usize,
            height: height as usize,
            halo: 0,
        }
    }

    /// All pixels of row `y`, the halo's too: pixel x of the core is at `x + halo`. `y` is from `-halo` to
    /// `height + halo - 1`.
    #[inline]
    pub fn row(&self, y: isize) -> &'a [Pixel] {
        let stride = self.width + 2 * self.halo;
        let start = self.halo.wrapping_add_signed(y) * stride;
        &self.pixels[start..start + stride]
    }

    /// The pixels of row `y` of the core.
    #[inline]
    pub fn core_row(&self, y: usize) -> &'a [Pixel] {
        &self.row(y as isize)[self.halo..][..self.width]
    }

    /// The rows of the core, from the top.
    pub fn core_rows(&self) -> impl Iterator<Item = &'a [Pixel]> {
        let tile = *self;
        (0..tile.height).map(move |y| tile.core_row(y))
    }

    /// Row `y` of the core with the rows above and below it, each from the pixel left of the core to the one right of
    /// it. The halo must be 1 at least.
    #[inline]
    pub fn three_rows(&self, y: usize) -> [&'a [Pixel]; 3] {
        let y = y as isize;
        [y - 1, y, y + 1].map(|y| &self.row(y)[self.halo - 1..][..self.width + 2])
    }

    /// One pixel; `x` is from `-halo` to `width + halo - 1`, `y` likewise.
    #[inline]
    pub fn pixel(&self, x: isize, y: isize) -> Pixel {
        self.row(y)[self.halo.wrapping_add_signed(x)]
    }

    /// Whether every pixel, the halo's too, has alpha 255.
    pub fn is_opaque(&self) -> bool {
        let all = self
            .pixels
            .iter()
            .fold(u32::MAX, |all, pixel| all & u32::from_le_bytes(*pixel));
        all >> 24 == 255
    }

    /// The bytes of a result in which each pixel is `change` of the one in the core.
    #[inline]
    pub fn map(&self, change: impl Fn(Pixel) -> Pixel) -> Vec<u8> {
        // Every pixel is written once, and where there is no halo all of them in one go: a simple filter would take half as
        // long again with zeros written before, or with a loop for each row.
        let mut pixels: Vec<Pixel> = Vec::with_capacity(self.width * self.height);
        let runs = if self.halo == 0 { 1 } else { self.height };
        for y in 0..runs {
            let run = if self.halo == 0 {
                self.pixels
            } else {
                self.core_row(y)
            };
            pixels.extend(run.iter().map(|pixel| change(*pixel)));
        }
        pixels.into_flattened()
    }

    /// The bytes of a result whose rows are made by `fill(y, row)`, where `y` counts from the core's upper edge and
    /// `row` is to be overwritten.
    #[inline]
    pub fn fill_rows(&self, mut fill: impl FnMut(usize, &mut [Pixel])) -> Vec<u8> {
        let mut bytes = vec![0; self.width * self.height * 4];
        let pixels: &mut [Pixel] = bytes.as_chunks_mut().0;
        if self.width > 0 {
            for (y, row) in pixels.chunks_exact_mut(self.width).enumerate() {
                fill(y, row);
            }
        }
        bytes
    }

    /// The bytes of a result in which each pixel is `make(x, y)`, with x and y in pixels of the image.
    #[inline]
    pub fn generate(&self, make: impl Fn(u32, u32) -> Pixel) -> Vec<u8> {
        self.fill_rows(|row_index, row| {
            let y = self.y + row_index as u32;
            for (x, out) in (self.x..).zip(row) {
                *out = make(x, y);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 5 × 4 pixels whose red is the column and whose green is the row.
    fn bytes() -> Vec<u8> {
        (0..20)
            .flat_map(|index| [index % 5, index / 5, 0, 255])
            .collect()
    }

    #[test]
    fn the_halo_has_negative_coordinates() {
        let bytes = bytes();
        let tile = Tile::new(&bytes, (30, 40), (3, 2), 1).unwrap();
        assert_eq!(tile.pixel(-1, -1), [0, 0, 0, 255]);
        assert_eq!(tile.pixel(0, 0), [1, 1, 0, 255]);
        assert_eq!(tile.pixel(3, 2), [4, 3, 0, 255]);
        assert_eq!(
            tile.core_row(1),
            [[1, 2, 0, 255], [2, 2, 0, 255], [3, 2, 0, 255]]
        );
        assert_eq!(tile.row(-1).len(), 5);
    }

    #[test]
    fn results_have_the_size_of_the_core() {
        let bytes = bytes();
        let tile = Tile::new(&bytes, (30, 40), (3, 2), 1).unwrap();
        let mapped = tile.map(|[red, green, ..]| [red, green, 9, 8]);
        assert_eq!(mapped[..8], [1, 1, 9, 8, 2, 1, 9, 8]);
        assert_eq!(mapped.len(), 24);
        let generated = tile.generate(|x, y| [x as u8, y as u8, 0, 0]);
        assert_eq!(generated[20..], [32, 41, 0, 0]);
    }

    #[test]
    fn one_transparent_pixel_in_the_halo_counts() {
        let mut bytes = bytes();
        assert!(Tile::new(&bytes, (0, 0), (3, 2), 1).unwrap().is_opaque());
        bytes[3] = 254;
        assert!(!Tile::new(&bytes, (0, 0), (3, 2), 1).unwrap().is_opaque());
    }

    #[test]
    fn a_wrong_length_is_refused() {
        for (size, halo) in [((3, 2), 0), ((u32::MAX, u32::MAX), 1), ((0, 0), 1)] {
            assert!(Tile::new(&bytes(), (0, 0), size, halo).is_err());
        }
    }

    #[test]
    fn an_empty_tile_has_an_empty_result() {
        assert!(
            Tile::blank((0, 0), (0, 3))
                .generate(|_, _| [0; 4])
                .is_empty()
        );
    }
}
