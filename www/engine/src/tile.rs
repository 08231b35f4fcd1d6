//! Cutting an image into tiles, with a halo, and the grid that tiles lie on.

use crate::image::BYTES_PER_PIXEL;
use crate::{Error, Image, Rect};

/// The side of a grid cell in pixels. What a filter gets at once is one cell or a square of several.
pub const EDGE: u32 = 256;

/// The widest halo that a filter can ask for, in pixels.
pub const MAXIMUM_HALO: u32 = 512;

/// The cells of an image, row by row. Those at the right and lower edge may be smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    width: u32,
    height: u32,
    columns: u32,
    rows: u32,
}

impl Grid {
    /// The grid of an image of this size.
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            columns: width.div_ceil(EDGE),
            rows: height.div_ceil(EDGE),
        }
    }

    /// How many cells there are.
    pub fn count(&self) -> usize {
        self.columns as usize * self.rows as usize
    }

    /// The place of a cell in the image.
    pub fn rect(&self, index: usize) -> Rect {
        let x = (index as u32 % self.columns) * EDGE;
        let y = (index as u32 / self.columns) * EDGE;
        Rect::new(x, y, EDGE.min(self.width - x), EDGE.min(self.height - y))
    }

    /// The cells that `rect` touches, in order.
    pub fn touched(&self, rect: &Rect) -> impl Iterator<Item = usize> + use<> {
        let rect = rect.intersect(&Rect::new(0, 0, self.width, self.height));
        let columns = self.columns as usize;
        let first = (rect.x / EDGE) as usize;
        let last = rect.right().div_ceil(EDGE) as usize;
        (rect.y / EDGE..rect.bottom().div_ceil(EDGE))
            .flat_map(move |row| (first..last).map(move |column| row as usize * columns + column))
    }

    /// The cells that `rect` covers exactly.
    ///
    /// # Errors
    /// [`Error::BadTile`] if it is empty, leaves the image or cuts a cell.
    pub fn covered(&self, rect: &Rect) -> Result<impl Iterator<Item = usize> + use<>, Error> {
        let ends = |end: u32, side: u32| end == side || end.is_multiple_of(EDGE);
        let aligned = !rect.is_empty()
            && rect.fits(self.width, self.height)
            && rect.x.is_multiple_of(EDGE)
            && rect.y.is_multiple_of(EDGE)
            && ends(rect.right(), self.width)
            && ends(rect.bottom(), self.height);
        if aligned {
            Ok(self.touched(rect))
        } else {
            Err(Error::BadTile { rect: *rect })
        }
    }
}

/// Copies `core`, enlarged by `halo` on all four sides, into `tile`. Beyond the edge the nearest pixel is repeated.
///
/// # Errors
/// [`Error::BadTile`] if the core does not lie in the image, [`Error::BadHalo`], or [`Error::OutOfMemory`].
pub fn cut(image: &Image, core: &Rect, halo: u32, tile: &mut Vec<u8>) -> Result<(), Error> {
    if core.is_empty() || !core.fits(image.width(), image.height()) {
        return Err(Error::BadTile { rect: *core });
    }
    if halo > MAXIMUM_HALO {
        return Err(Error::BadHalo { halo });
    }
    let width = core.width + 2 * halo;
    let height = core.height + 2 * halo;
    let length = width as usize * height as usize * BYTES_PER_PIXEL;
    tile.clear();
    tile.try_reserve_exact(length)
        .map_err(|_| Error::OutOfMemory {
            bytes: length as u64,
        })?;

    // The columns that exist, and how often the first and last of them are repeated.
    let left = halo.saturating_sub(core.x);
    let first = core.x - (halo - left);
    let last = (core.right() + halo).min(image.width());
    let right = core.right() + halo - last;

    for row in 0..height {
        let y = (core.y + row).saturating_sub(halo).min(image.height() - 1);
        let pixels = image.row(first, y, last - first);
        repeat(tile, &pixels[..BYTES_PER_PIXEL], left);
        tile.extend_from_slice(pixels);
        repeat(tile, &pixels[pixels.len() - BYTES_PER_PIXEL..], right);
    }
    debug_assert_eq!(tile.len(), length);
    Ok(())
}

fn repeat(tile: &mut Vec<u8>, pixel: &[u8], count: u32) {
    for _ in 0..count {
        tile.extend_from_slice(pixel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::tests::numbered;

    /// The definition, pixel by pixel.
    fn cut_slowly(image: &Image, core: &Rect, halo: u32) -> Vec<u8> {
        let mut tile = Vec::new();
        for row in 0..core.height + 2 * halo {
            for column in 0..core.width + 2 * halo {
                let x = (i64::from(core.x + column) - i64::from(halo))
                    .clamp(0, i64::from(image.width()) - 1);
                let y = (i64::from(core.y + row) - i64::from(halo))
                    .clamp(0, i64::from(image.height()) - 1);
                tile.extend_from_slice(image.row(x as u32, y as u32, 1));
            }
        }
        tile
    }

    #[test]
    fn tiles_are_as_defined_at_every_edge() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (7, 5), (300, 2)] {
            let image = numbered(width, height);
            for halo in [0, 1, 3, 20] {
                for core in [
                    image.bounds(),
                    Rect::new(0, 0, 1, 1),
                    Rect::new(width - 1, height - 1, 1, 1),
                    Rect::new(
                        width / 2,
                        height / 2,
                        width.div_ceil(3).min(width - width / 2),
                        1,
                    ),
                ] {
                    let mut tile = Vec::new();
                    cut(&image, &core, halo, &mut tile).unwrap();
                    assert_eq!(
                        tile,
                        cut_slowly(&image, &core, halo),
                        "{width}×{height} {core:?} halo {halo}"
                    );
                }
            }
        }
    }

    #[test]
    fn tiles_outside_are_refused() {
        let image = numbered(10, 10);
        let mut tile = Vec::new();
        for core in [
            Rect::new(0, 0, 11, 1),
            Rect::new(10, 0, 1, 1),
            Rect::new(0, 0, 0, 1),
            Rect::new(u32::MAX, 0, 2, 1),
            Rect::new(0, 3, 1, u32::MAX),
        ] {
            assert_eq!(
                cut(&image, &core, 0, &mut tile),
                Err(Error::BadTile { rect: core })
            );
        }
        assert_eq!(
            cut(&image, &image.bounds(), 513, &mut tile),
            Err(Error::BadHalo { halo: 513 })
        );
    }

    #[test]
    fn cells_cover_the_image_once() {
        for (width, height) in [(1, 1), (256, 256), (257, 255), (1000, 700)] {
            let grid = Grid::new(width, height);
            let area: u64 = (0..grid.count())
                .map(|i| u64::from(grid.rect(i).width) * u64::from(grid.rect(i).height))
                .sum();
            assert_eq!(area, u64::from(width) * u64::from(height));
            assert_eq!(
                grid.covered(&Rect::new(0, 0, width, height))
                    .unwrap()
                    .count(),
                grid.count()
            );
        }
        let grid = Grid::new(1000, 700);
        assert_eq!(
            grid.covered(&Rect::new(256, 256, 512, 256))
                .unwrap()
                .collect::<Vec<_>>(),
            [5, 6]
        );
        assert_eq!(
            grid.touched(&Rect::new(255, 0, 2, 1)).collect::<Vec<_>>(),
            [0, 1]
        );
        assert_eq!(grid.touched(&Rect::default()).count(), 0);
        assert!(grid.covered(&Rect::new(256, 256, 100, 256)).is_err());
        assert!(grid.covered(&Rect::new(1, 0, 255, 256)).is_err());
        assert!(grid.covered(&Rect::new(768, 512, 256, 188)).is_err());
        assert!(grid.covered(&Rect::new(768, 512, 232, 188)).is_ok());
    }
}
