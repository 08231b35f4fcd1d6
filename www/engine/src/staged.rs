//! The result of a run at full resolution, tile by tile, before it becomes the picture.

use crate::image::{BYTES_PER_PIXEL, reserved};
use crate::tile::Grid;
use crate::{Error, Image, Rect};

enum Cell {
    Missing,
    Same,
    Changed(Vec<u8>),
}

/// The cells of one that were already computed. The document is untouched until all are there.
pub struct Staged {
    grid: Grid,
    cells: Vec<Cell>,
    missing: usize,
}

impl Staged {
    /// Nothing yet of an image of this size.
    pub fn new(width: u32, height: u32) -> Self {
        let grid = Grid::new(width, height);
        Self {
            grid,
            cells: (0..grid.count()).map(|_| Cell::Missing).collect(),
            missing: grid.count(),
        }
    }

    /// Cells that are not there yet.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// Takes `pixels` for `core`, which covers whole cells. Cells that equal `original` take no memory.
    ///
    /// # Errors
    /// [`Error::BadTile`], [`Error::WrongLength`] or [`Error::OutOfMemory`].
    pub fn put(&mut self, original: &Image, core: &Rect, pixels: &[u8]) -> Result<(), Error> {
        let cells = self.grid.covered(core)?;
        let expected = core.width as usize * core.height as usize * BYTES_PER_PIXEL;
        if pixels.len() != expected {
            return Err(Error::WrongLength {
                what: "The filter's result",
                expected: expected as u64,
                found: pixels.len() as u64,
            });
        }
        for index in cells {
            let rect = self.grid.rect(index);
            let rows = || {
                (0..rect.height).map(move |row| {
                    let x = (rect.x - core.x) as usize;
                    let y = (rect.y - core.y + row) as usize;
                    let start = (y * core.width as usize + x) * BYTES_PER_PIXEL;
                    start..start + rect.width as usize * BYTES_PER_PIXEL
                })
            };
            let same = rows().enumerate().all(|(row, range)| {
                pixels[range] == *original.row(rect.x, rect.y + row as u32, rect.width)
            });
            let cell = if same {
                Cell::Same
            } else {
                let mut bytes =
                    reserved(rect.width as usize * rect.height as usize * BYTES_PER_PIXEL)?;
                rows().for_each(|range| bytes.extend_from_slice(&pixels[range]));
                Cell::Changed(bytes)
            };
            self.set(index, cell);
        }
        Ok(())
    }

    /// Says that `core`, which covers whole cells, stays as it is.
    ///
    /// # Errors
    /// [`Error::BadTile`].
    pub fn keep(&mut self, core: &Rect) -> Result<(), Error> {
        for index in self.grid.covered(core)? {
            self.set(index, Cell::Same);
        }
        Ok(())
    }

    fn set(&mut self, index: usize, cell: Cell) {
        if matches!(self.cells[index], Cell::Missing) {
            self.missing -= 1;
        }
        self.cells[index] = cell;
    }

    /// The cells that changed, with their new pixels.
    ///
    /// # Errors
    /// [`Error::NoSuch`] if a cell is still missing.
    pub fn finish(self) -> Result<Vec<(usize, Vec<u8>)>, Error> {
        if self.missing > 0 {
            return Err(Error::NoSuch("complete result yet"));
        }
        Ok(self
            .cells
            .into_iter()
            .enumerate()
            .filter_map(|(index, cell)| match cell {
                Cell::Changed(bytes) => Some((index, bytes)),
                Cell::Same | Cell::Missing => None,
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::tests::numbered;
    use crate::tile::cut;

    #[test]
    fn only_what_changed_is_kept() {
        let image = numbered(600, 300);
        let mut staged = Staged::new(600, 300);
        assert_eq!(staged.missing(), 6);
        let mut tile = Vec::new();
        let core = Rect::new(0, 0, 512, 300);
        cut(&image, &core, 0, &mut tile).unwrap();
        // The last pixel of the second row of cells, second column.
        *tile.last_mut().unwrap() ^= 1;
        staged.put(&image, &core, &tile).unwrap();
        assert_eq!(staged.missing(), 2);
        let core = Rect::new(512, 0, 88, 300);
        cut(&image, &core, 0, &mut tile).unwrap();
        staged.put(&image, &core, &tile).unwrap();
        staged.keep(&core).unwrap();
        assert!(staged.keep(&Rect::new(0, 0, 100, 300)).is_err());
        let changed = staged.finish().unwrap();
        assert_eq!(
            changed
                .iter()
                .map(|(index, bytes)| (*index, bytes.len()))
                .collect::<Vec<_>>(),
            [(4, 256 * 44 * 4)]
        );
    }

    #[test]
    fn an_incomplete_or_wrong_result_is_refused() {
        let image = numbered(10, 10);
        let mut staged = Staged::new(10, 10);
        assert!(matches!(
            staged.put(&image, &image.bounds(), &[0; 399]),
            Err(Error::WrongLength { .. })
        ));
        assert!(matches!(
            staged.put(&image, &Rect::new(0, 0, 9, 10), &[0; 360]),
            Err(Error::BadTile { .. })
        ));
        assert_eq!(staged.missing(), 1);
        assert!(staged.finish().is_err());
    }
}
