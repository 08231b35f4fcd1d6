//! The result of a run at full resolution, tile by tile, before it becomes the picture.

use crate::image::BYTES_PER_PIXEL;
use crate::patch::Patch;
use crate::tile::Grid;
use crate::{Error, Image, Rect};

enum Cell {
    Missing,
    Same,
    Changed(Patch),
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
            let left = (rect.x - core.x) as usize * BYTES_PER_PIXEL;
            let width = rect.width as usize * BYTES_PER_PIXEL;
            let rows = pixels
                .chunks_exact(core.width as usize * BYTES_PER_PIXEL)
                .skip((rect.y - core.y) as usize)
                .take(rect.height as usize)
                .map(|row| &row[left..][..width]);
            // Now, and not when the run is over: the pixels are still near the processor.
            let cell = match Patch::new(original, index, &rect, rows)? {
                Some(patch) => Cell::Changed(patch),
                None => Cell::Same,
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

    /// What makes the cells that changed those of the result, in their order.
    ///
    /// # Errors
    /// [`Error::NoSuch`] if a cell is still missing.
    pub fn finish(self) -> Result<Vec<Patch>, Error> {
        if self.missing > 0 {
            return Err(Error::NoSuch("complete result yet"));
        }
        Ok(self
            .cells
            .into_iter()
            .filter_map(|cell| match cell {
                Cell::Changed(patch) => Some(patch),
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
                .map(|patch| (patch.cell(), patch.bytes()))
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
