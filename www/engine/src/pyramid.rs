//! Smaller versions of an image, each half as wide and half as high as the one before.

use crate::image::BYTES_PER_PIXEL;
use crate::{Error, Image, Rect};

/// An image that is no larger than this on both sides has no smaller version.
const SMALLEST_SIDE: u32 = 32;

/// An image with its smaller versions. Level 0 is the image, level `n` is `1 / 2^n` as wide and high, rounded up.
#[derive(Debug)]
pub struct Pyramid {
    levels: Vec<Image>,
    opaque: bool,
}

impl Pyramid {
    /// Makes all smaller versions.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(image: Image) -> Result<Self, Error> {
        let opaque = image.is_opaque();
        let mut levels = vec![image];
        while let Some(last) = levels.last()
            && (last.width() > SMALLEST_SIDE || last.height() > SMALLEST_SIDE)
        {
            let mut half = Image::new(last.width().div_ceil(2), last.height().div_ceil(2))?;
            let bounds = half.bounds();
            halve(last, &mut half, &bounds);
            levels.push(half);
        }
        Ok(Self { levels, opaque })
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
        self.opaque
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

    /// Changes the image and then brings the smaller versions up to date inside of `rects`.
    pub fn change(&mut self, rects: &[Rect], change: impl FnOnce(&mut Image)) {
        change(&mut self.levels[0]);
        self.opaque = self.levels[0].is_opaque();
        for level in 1..self.levels.len() {
            let (larger, smaller) = self.levels.split_at_mut(level);
            for rect in rects {
                halve(
                    &larger[level - 1],
                    &mut smaller[0],
                    &rect.at_level(level as u32),
                );
            }
        }
    }

    /// Bytes of all versions.
    pub fn bytes(&self) -> usize {
        self.levels.iter().map(|image| image.pixels().len()).sum()
    }
}

/// Writes the averages of 2 × 2 pixels of `larger` into `place` of `smaller`; the last column and row of an odd size
/// count twice.
fn halve(larger: &Image, smaller: &mut Image, place: &Rect) {
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
        let sources = upper[start..end]
            .chunks_exact(8)
            .zip(lower[start..end].chunks_exact(8));
        for ((upper, lower), target) in sources.zip(target.chunks_exact_mut(BYTES_PER_PIXEL)) {
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
    fn a_change_of_a_part_is_as_good_as_starting_anew() {
        let mut pyramid = Pyramid::new(numbered(301, 203)).unwrap();
        let rects = [Rect::new(17, 40, 33, 5), Rect::new(290, 200, 11, 3)];
        pyramid.change(&rects, |image| {
            for rect in rects {
                for y in rect.y..rect.bottom() {
                    image.row_mut(rect.x, y, rect.width).fill(200);
                }
            }
        });
        let anew = Pyramid::new(pyramid.full().clone()).unwrap();
        assert_eq!(pyramid.levels, anew.levels);
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
