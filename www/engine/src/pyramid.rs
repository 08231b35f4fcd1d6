//! Smaller versions of an image, each half as wide and half as high as the one before.

use crate::image::{BYTES_PER_PIXEL, is_opaque};
use crate::tile::{EDGE, Grid};
use crate::{Error, Image, Rect};

/// An image that is no larger than this on both sides has no smaller version.
const SMALLEST_SIDE: u32 = 32;

/// The smallest of the levels in which every cell has whole pixels of its own: at those no two cells meet in one pixel.
const LAST_OF_CELLS: u32 = EDGE.ilog2();

/// An image with its smaller versions. Level 0 is the image, level `n` is `1 / 2^n` as wide and high, rounded up.
#[derive(Debug)]
pub struct Pyramid {
    levels: Vec<Image>,
    /// For each cell of the image whether no pixel of it is translucent.
    opaque: Vec<bool>,
}

impl Pyramid {
    /// Makes all smaller versions.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(image: Image) -> Result<Self, Error> {
        let mut levels = vec![image];
        while let Some(last) = levels.last()
            && (last.width() > SMALLEST_SIDE || last.height() > SMALLEST_SIDE)
        {
            let half = Image::new(last.width().div_ceil(2), last.height().div_ceil(2))?;
            levels.push(half);
        }
        let opaque = Vec::new();
        let mut pyramid = Self { levels, opaque };
        let cells = pyramid.grid().count();
        pyramid.opaque = vec![false; cells];
        for cell in 0..cells {
            pyramid.change(cell, false, |_| ());
        }
        pyramid.finish(0..cells);
        Ok(pyramid)
    }

    /// The cells of the image.
    pub fn grid(&self) -> Grid {
        Grid::new(self.full().width(), self.full().height())
    }

    /// The image itself.
    pub fn full(&self) -> &Image {
        &self.levels[0]
    }

    /// The image without its smaller versions.
    pub fn into_full(mut self) -> Image {
        self.levels.swap_remove(0)
    }

    /// How many levels there are, at least 1.
    pub fn count(&self) -> u32 {
        self.levels.len() as u32
    }

    /// One of the versions.
    ///
    /// # Errors
    /// [`Error::NoSuch`].
    pub fn level(&self, level: u32) -> Result<&Image, Error> {
        self.levels
            .get(level as usize)
            .ok_or(Error::NoSuch("level"))
    }

    /// Whether no pixel is translucent.
    pub fn is_opaque(&self) -> bool {
        self.opaque.iter().all(|opaque| *opaque)
    }

    /// The level whose pixels are no larger than those of a view that shows the image at `zoom`, and less than
    /// half as large only if there is no better one.
    pub fn level_for(&self, zoom: f64) -> u32 {
        let wanted = if zoom > 0.0 {
            (-zoom.log2() + 1e-6).floor().max(0.0)
        } else {
            f64::INFINITY
        };
        wanted.min((self.levels.len() - 1) as f64) as u32
    }

    /// Changes one cell of the image, which `change` must not go beyond, and brings the smaller versions up to date, as far as
    /// they have pixels for this cell alone; [`Pyramid::finish`] does the rest. `keeps_alpha` says that alpha stays as it is.
    ///
    /// A cell at a time, because what was just written is still near the processor.
    pub fn change(&mut self, cell: usize, keeps_alpha: bool, change: impl FnOnce(&mut Image)) {
        change(&mut self.levels[0]);
        let rect = self.grid().rect(cell);
        let image = &self.levels[0];
        if !keeps_alpha {
            self.opaque[cell] =
                (rect.y..rect.bottom()).all(|y| is_opaque(image.row(rect.x, y, rect.width)));
        }
        for level in 1..self.count().min(LAST_OF_CELLS + 1) {
            self.halve(level, &rect, self.opaque[cell]);
        }
    }

    /// Brings those levels up to date in which cells share pixels, after these cells were changed.
    pub fn finish(&mut self, cells: impl Iterator<Item = usize> + Clone) {
        let grid = self.grid();
        for level in LAST_OF_CELLS + 1..self.count() {
            for cell in cells.clone() {
                self.halve(level, &grid.rect(cell), false);
            }
        }
    }

    /// Makes the part of a level that shows `rect` of the image, from the level before.
    fn halve(&mut self, level: u32, rect: &Rect, opaque: bool) {
        let (larger, smaller) = self.levels.split_at_mut(level as usize);
        if let (Some(larger), Some(smaller)) = (larger.last(), smaller.first_mut()) {
            halve(larger, smaller, &rect.at_level(level), opaque);
        }
    }

    /// Bytes of all versions.
    pub fn bytes(&self) -> usize {
        self.levels.iter().map(|image| image.pixels().len()).sum()
    }
}

/// Writes the averages of 2 × 2 pixels of `larger` into `place` of `smaller`; the last column and row of an odd size
/// count twice. `opaque` says that no pixel there is translucent.
fn halve(larger: &Image, smaller: &mut Image, place: &Rect, opaque: bool) {
    let place = place.intersect(&smaller.bounds());
    if place.is_empty() {
        return;
    }
    let width = larger.width();
    // Columns that have both of their pixels; at most one more follows.
    let pairs = (place.right().min(width / 2)).saturating_sub(place.x);
    for y in place.y..place.bottom() {
        let upper = larger.row(0, 2 * y, width);
        let lower = larger.row(0, (2 * y + 1).min(larger.height() - 1), width);
        let target = smaller.row_mut(place.x, y, place.width);
        let start = place.x as usize * 2 * BYTES_PER_PIXEL;
        let end = start + pairs as usize * 2 * BYTES_PER_PIXEL;
        let (uppers, lowers) = (&upper[start..end], &lower[start..end]);
        let done = if opaque {
            plain_averages(uppers, lowers, target)
        } else {
            0
        };
        let (uppers, _) = uppers[2 * done..].as_chunks::<8>();
        let (lowers, _) = lowers[2 * done..].as_chunks::<8>();
        let (targets, _) = target[done..].as_chunks_mut::<BYTES_PER_PIXEL>();
        for ((upper, lower), target) in uppers.iter().zip(lowers).zip(targets) {
            average([&upper[..4], &upper[4..], &lower[..4], &lower[4..]], target);
        }
        if pairs < place.width {
            let (upper, lower) = (&upper[end..end + 4], &lower[end..end + 4]);
            average(
                [upper, upper, lower, lower],
                &mut target[pairs as usize * BYTES_PER_PIXEL..],
            );
        }
    }
}

/// The averages of the pixels of two rows, rounded, where alpha is the same in all: as many as there are whole blocks of.
/// Returns how many bytes of `target` that were.
fn plain_averages(upper: &[u8], lower: &[u8], target: &mut [u8]) -> usize {
    let (uppers, _) = upper.as_chunks();
    let (lowers, _) = lower.as_chunks();
    let (targets, _) = target.as_chunks_mut::<16>();
    let count = targets.len().min(uppers.len());
    for ((upper, lower), target) in uppers.iter().zip(lowers).zip(targets) {
        *target = lanes::averages(upper, lower);
    }
    count * 16
}

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod lanes {
    /// Four pixels, each the average of two pixels and the two below them.
    pub fn averages(upper: &[u8; 32], lower: &[u8; 32]) -> [u8; 16] {
        std::array::from_fn(|index| {
            let left = index / 4 * 8 + index % 4;
            let sum = [upper[left], upper[left + 4], lower[left], lower[left + 4]]
                .map(u16::from)
                .iter()
                .sum::<u16>();
            ((sum + 2) / 4) as u8
        })
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod lanes {
    use std::arch::wasm32::*;

    use bytemuck::must_cast;

    /// Four pixels, each the average of two pixels and the two below them.
    #[inline]
    pub fn averages(upper: &[u8; 32], lower: &[u8; 32]) -> [u8; 16] {
        let upper: [v128; 2] = must_cast(*upper);
        let lower: [v128; 2] = must_cast(*lower);
        let [left, right] = [0, 1].map(|index| {
            let (upper, lower) = (upper[index], lower[index]);
            let first = u16x8_add(u16x8_extend_low_u8x16(upper), u16x8_extend_low_u8x16(lower));
            let last = u16x8_add(
                u16x8_extend_high_u8x16(upper),
                u16x8_extend_high_u8x16(lower),
            );
            let sums = u16x8_add(
                u64x2_shuffle::<0, 2>(first, last),
                u64x2_shuffle::<1, 3>(first, last),
            );
            u16x8_shr(u16x8_add(sums, u16x8_splat(2)), 2)
        });
        must_cast(u8x16_narrow_i16x8(left, right))
    }
}

/// The average of four pixels, colours weighted by alpha, rounded.
#[inline]
fn average(pixels: [&[u8]; 4], target: &mut [u8]) {
    let alpha: u32 = pixels.iter().map(|pixel| u32::from(pixel[3])).sum();
    if alpha == 4 * 255 || alpha == 0 {
        for (channel, value) in target[..4].iter_mut().enumerate() {
            let sum: u32 = pixels.iter().map(|pixel| u32::from(pixel[channel])).sum();
            *value = ((sum + 2) / 4) as u8;
        }
        return;
    }
    for (channel, value) in target[..3].iter_mut().enumerate() {
        let sum: u32 = pixels
            .iter()
            .map(|pixel| u32::from(pixel[channel]) * u32::from(pixel[3]))
            .sum();
        *value = ((sum + alpha / 2) / alpha) as u8;
    }
    target[3] = ((alpha + 2) / 4) as u8;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::tests::numbered;

    #[test]
    fn levels_shrink_to_the_smallest_side() {
        let sizes = |width, height| {
            let pyramid = Pyramid::new(numbered(width, height)).unwrap();
            pyramid
                .levels
                .iter()
                .map(|image| (image.width(), image.height()))
                .collect::<Vec<_>>()
        };
        assert_eq!(sizes(1, 1), [(1, 1)]);
        assert_eq!(sizes(101, 33), [(101, 33), (51, 17), (26, 9)]);
        assert_eq!(sizes(1, 70), [(1, 70), (1, 35), (1, 18)]);
    }

    #[test]
    fn averages_are_rounded_and_weighted_by_alpha() {
        let image = Image::from_pixels(
            33,
            1,
            [[10, 20, 30, 255], [11, 22, 30, 255]]
                .concat()
                .into_iter()
                .chain([200, 100, 0, 0])
                .chain([100, 50, 40, 128])
                .chain(std::iter::repeat_n(0, 28 * 4))
                .chain([1, 2, 3, 4])
                .collect(),
        )
        .unwrap();
        let pyramid = Pyramid::new(image).unwrap();
        let half = pyramid.level(1).unwrap();
        assert_eq!(half.pixel(0, 0).unwrap(), [11, 21, 30, 255]);
        assert_eq!(half.pixel(1, 0).unwrap(), [100, 50, 40, 64]);
        assert_eq!(half.pixel(16, 0).unwrap(), [1, 2, 3, 4]);
    }

    #[test]
    fn plain_averages_are_those_of_opaque_pixels() {
        for (width, height) in [(33, 1), (1, 33), (64, 64), (301, 203)] {
            let mut image = numbered(width, height);
            image
                .pixels_mut()
                .iter_mut()
                .skip(3)
                .step_by(4)
                .for_each(|alpha| *alpha = 255);
            let size = (width.div_ceil(2), height.div_ceil(2));
            let mut halves = [(); 2].map(|()| Image::new(size.0, size.1).unwrap());
            let bounds = halves[0].bounds();
            for (half, opaque) in halves.iter_mut().zip([false, true]) {
                halve(&image, half, &bounds, opaque);
            }
            assert_eq!(halves[0], halves[1], "{width} × {height}");
        }
        let mut white = [0; 16];
        assert_eq!(plain_averages(&[255; 32], &[255; 32], &mut white), 16);
        assert_eq!(white, [255; 16]);
    }

    #[test]
    fn a_change_of_a_cell_is_as_good_as_starting_anew() {
        // So large that there are levels in which cells share pixels.
        let mut pyramid = Pyramid::new(numbered(8200, 40)).unwrap();
        assert!(pyramid.count() > LAST_OF_CELLS + 1);
        let grid = pyramid.grid();
        let cells = [3, 4, grid.count() - 1];
        for (cell, alpha) in cells.into_iter().zip([255, 255, 7]) {
            let rect = grid.rect(cell);
            pyramid.change(cell, false, |image| {
                for y in rect.y..rect.bottom() {
                    let row = image.row_mut(rect.x, y, rect.width);
                    for (index, byte) in row.iter_mut().enumerate() {
                        *byte = if index % 4 == 3 {
                            alpha
                        } else {
                            index as u8 ^ y as u8
                        };
                    }
                }
            });
        }
        pyramid.finish(cells.into_iter());
        let anew = Pyramid::new(pyramid.full().clone()).unwrap();
        assert_eq!(pyramid.levels, anew.levels);
        assert_eq!(pyramid.opaque, anew.opaque);
        assert_eq!(cells.map(|cell| pyramid.opaque[cell]), [true, true, false]);
    }

    #[test]
    fn a_level_is_at_most_twice_as_fine_as_the_view() {
        let pyramid = Pyramid::new(numbered(512, 300)).unwrap();
        for (zoom, level) in [
            (32.0, 0),
            (1.0, 0),
            (0.75, 0),
            (0.5001, 0),
            (0.5, 1),
            (0.3, 1),
            (0.25, 2),
            (0.001, 4),
            (0.0, 4),
        ] {
            assert_eq!(pyramid.level_for(zoom), level, "{zoom}");
        }
    }
}
