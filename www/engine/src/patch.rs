//! One cell of the picture in another state, as undo steps keep it.

use crate::image::{BYTES_PER_PIXEL, reserved};
use crate::tile::Grid;
use crate::{Error, Image, Rect};

const COLOUR_BYTES: usize = 3;

/// The pixels of a cell in a state other than the picture's. Applying it swaps the two states.
///
/// Where the states differ in colours only, alpha is not kept: a quarter less. Nothing else was found to pay; what two
/// states of a photograph differ in does not compress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    cell: usize,
    colours_only: bool,
    bytes: Vec<u8>,
}

impl Patch {
    /// A patch that turns the cell `rect` of `picture` into `pixels`, which are RGBA.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(picture: &Image, cell: usize, rect: &Rect, pixels: Vec<u8>) -> Result<Self, Error> {
        let row_bytes = rect.width as usize * BYTES_PER_PIXEL;
        let same_alpha = pixels
            .chunks_exact(row_bytes)
            .enumerate()
            .all(|(row, pixels)| {
                let present = picture.row(rect.x, rect.y + row as u32, rect.width);
                let alphas = |row: &[u8]| {
                    row.iter()
                        .skip(3)
                        .step_by(BYTES_PER_PIXEL)
                        .copied()
                        .collect::<Vec<u8>>()
                };
                alphas(pixels) == alphas(present)
            });
        if !same_alpha {
            return Ok(Self {
                cell,
                colours_only: false,
                bytes: pixels,
            });
        }
        let mut colours = reserved(pixels.len() / BYTES_PER_PIXEL * COLOUR_BYTES)?;
        for pixel in pixels.chunks_exact(BYTES_PER_PIXEL) {
            colours.extend_from_slice(&pixel[..COLOUR_BYTES]);
        }
        Ok(Self {
            cell,
            colours_only: true,
            bytes: colours,
        })
    }

    /// The place of the cell.
    pub fn rect(&self, grid: &Grid) -> Rect {
        grid.rect(self.cell)
    }

    /// Bytes that it holds.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Gives the picture this state and takes its present one.
    pub fn swap(&mut self, picture: &mut Image, grid: &Grid) {
        self.visit(picture, grid, |kept, present| kept.swap_with_slice(present));
    }

    /// Gives the picture this state and keeps it as well.
    pub fn copy_to(&self, picture: &mut Image, grid: &Grid) {
        // A clone of one cell at most; only comparison with an older state comes here.
        self.clone()
            .visit(picture, grid, |kept, present| present.copy_from_slice(kept));
    }

    fn visit(&mut self, picture: &mut Image, grid: &Grid, exchange: impl Fn(&mut [u8], &mut [u8])) {
        let rect = grid.rect(self.cell);
        let size = if self.colours_only {
            COLOUR_BYTES
        } else {
            BYTES_PER_PIXEL
        };
        let rows = self.bytes.chunks_exact_mut(rect.width as usize * size);
        for (row, kept) in rows.enumerate() {
            let present = picture.row_mut(rect.x, rect.y + row as u32, rect.width);
            for (kept, present) in kept
                .chunks_exact_mut(size)
                .zip(present.chunks_exact_mut(BYTES_PER_PIXEL))
            {
                exchange(kept, &mut present[..size]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::tests::numbered;

    fn check(change: impl Fn(&mut [u8]), colours_only: bool) {
        let picture = numbered(300, 270);
        let grid = Grid::new(300, 270);
        for cell in 0..grid.count() {
            let rect = grid.rect(cell);
            let mut pixels = Vec::new();
            crate::tile::cut(&picture, &rect, 0, &mut pixels).unwrap();
            pixels.chunks_exact_mut(4).for_each(&change);
            let mut patch = Patch::new(&picture, cell, &rect, pixels.clone()).unwrap();
            let share = if colours_only { 3 } else { 4 };
            assert_eq!(
                patch.bytes(),
                rect.width as usize * rect.height as usize * share
            );

            let mut copy = picture.clone();
            patch.copy_to(&mut copy, &grid);
            let mut swapped = picture.clone();
            patch.swap(&mut swapped, &grid);
            assert_eq!(copy, swapped);
            let mut now = Vec::new();
            crate::tile::cut(&swapped, &rect, 0, &mut now).unwrap();
            assert_eq!(now, pixels, "cell {cell}");
            patch.swap(&mut swapped, &grid);
            assert_eq!(swapped, picture, "cell {cell}");
        }
    }

    #[test]
    fn swapping_twice_is_nothing() {
        check(|pixel| pixel[0] ^= 0x55, true);
        check(|pixel| pixel[3] ^= 1, false);
    }
}
