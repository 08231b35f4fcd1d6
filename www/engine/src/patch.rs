//! One cell of the picture in another state: what a filter made of it, and later what undo steps keep.

use crate::colours::{self, COLOUR_BYTES};
use crate::image::{BYTES_PER_PIXEL, zeroed};
use crate::tile::Grid;
use crate::{Error, Image, Rect};

/// Which bits of a pixel, as a little-endian number, are its alpha.
const ALPHA: u32 = 0xff00_0000;

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
    /// A patch that turns the cell `rect` of `picture` into `rows`, which are RGBA; `None` if it is that already.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new<'a>(
        picture: &Image,
        cell: usize,
        rect: &Rect,
        rows: impl Iterator<Item = &'a [u8]> + Clone,
    ) -> Result<Option<Self>, Error> {
        let difference = (rect.y..)
            .zip(rows.clone())
            .map(|(y, row)| differing_bits(row, picture.row(rect.x, y, rect.width)))
            .fold(0, |all, bits| all | bits);
        if difference == 0 {
            return Ok(None);
        }
        let colours_only = difference & ALPHA == 0;
        let size = bytes_per_pixel(colours_only);
        let mut bytes = zeroed(rect.width as usize * rect.height as usize * size)?;
        for (row, kept) in rows.zip(bytes.chunks_exact_mut(rect.width as usize * size)) {
            if colours_only {
                colours::take(row, kept);
            } else {
                kept.copy_from_slice(row);
            }
        }
        Ok(Some(Self {
            cell,
            colours_only,
            bytes,
        }))
    }

    /// The number of the cell.
    pub fn cell(&self) -> usize {
        self.cell
    }

    /// Whether alpha is the same in both states.
    pub fn keeps_alpha(&self) -> bool {
        self.colours_only
    }

    /// Bytes that it holds.
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Gives the picture this state and takes its present one.
    pub fn swap(&mut self, picture: &mut Image, grid: &Grid) {
        let rect = grid.rect(self.cell);
        let row_bytes = rect.width as usize * bytes_per_pixel(self.colours_only);
        for (y, kept) in (rect.y..).zip(self.bytes.chunks_exact_mut(row_bytes)) {
            let present = picture.row_mut(rect.x, y, rect.width);
            if self.colours_only {
                colours::swap(present, kept);
            } else {
                present.swap_with_slice(kept);
            }
        }
    }

    /// Gives the picture this state and keeps it as well.
    pub fn copy_to(&self, picture: &mut Image, grid: &Grid) {
        let rect = grid.rect(self.cell);
        let row_bytes = rect.width as usize * bytes_per_pixel(self.colours_only);
        for (y, kept) in (rect.y..).zip(self.bytes.chunks_exact(row_bytes)) {
            let present = picture.row_mut(rect.x, y, rect.width);
            if self.colours_only {
                colours::give(kept, present);
            } else {
                present.copy_from_slice(kept);
            }
        }
    }
}

fn bytes_per_pixel(colours_only: bool) -> usize {
    if colours_only {
        COLOUR_BYTES
    } else {
        BYTES_PER_PIXEL
    }
}

/// The bits in which any pixel of one row differs from that of another, as a little-endian number. All rows are read to
/// their ends: without a way out of the loop the compiler makes vectors of it.
fn differing_bits(one: &[u8], other: &[u8]) -> u32 {
    let (one, _) = one.as_chunks();
    let (other, _) = other.as_chunks();
    one.iter().zip(other).fold(0, |all, (one, other)| {
        all | (u32::from_le_bytes(*one) ^ u32::from_le_bytes(*other))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::tests::numbered;

    fn patch(picture: &Image, cell: usize, rect: &Rect, pixels: &[u8]) -> Option<Patch> {
        let rows = pixels.chunks_exact(rect.width as usize * 4);
        Patch::new(picture, cell, rect, rows).unwrap()
    }

    fn check(change: impl Fn(&mut [u8]), colours_only: bool) {
        let picture = numbered(300, 270);
        let grid = Grid::new(300, 270);
        for cell in 0..grid.count() {
            let rect = grid.rect(cell);
            let mut pixels = Vec::new();
            crate::tile::cut(&picture, &rect, 0, &mut pixels).unwrap();
            assert_eq!(patch(&picture, cell, &rect, &pixels), None);
            change(&mut pixels);
            let mut patch = patch(&picture, cell, &rect, &pixels).unwrap();
            assert_eq!(patch.keeps_alpha(), colours_only);
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
        let every = |change: fn(&mut [u8])| {
            move |pixels: &mut [u8]| pixels.chunks_exact_mut(4).for_each(change)
        };
        check(every(|pixel| pixel[0] ^= 0x55), true);
        check(every(|pixel| pixel[3] ^= 1), false);
    }

    #[test]
    fn one_bit_of_the_last_pixel_is_a_difference() {
        check(|pixels| *pixels.iter_mut().nth_back(1).unwrap() ^= 1, true);
        check(|pixels| *pixels.last_mut().unwrap() ^= 1, false);
    }
}
