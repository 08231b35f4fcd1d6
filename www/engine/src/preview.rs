//! What a filter would do, at the scale at which the picture is shown, tile by tile as it comes.

use crate::image::{BYTES_PER_PIXEL, is_opaque};
use crate::tile::Grid;
use crate::{Error, Image, Rect};

/// One level of the pyramid with the tiles of a filter over it.
///
/// A new position of a slider makes every tile stale. A stale tile is still shown until the new one is there, so that
/// the picture does not flicker back to the original in between.
pub struct Preview {
    level: u32,
    image: Image,
    grid: Grid,
    opaque: bool,
    /// For each cell the round in which it was last computed; 0 is never.
    rounds: Vec<u32>,
    round: u32,
}

impl Preview {
    /// A preview that still shows the original.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn new(level: u32, original: &Image, opaque: bool) -> Result<Self, Error> {
        let grid = Grid::new(original.width(), original.height());
        Ok(Self {
            level,
            image: original.try_clone()?,
            grid,
            opaque,
            rounds: vec![0; grid.count()],
            round: 1,
        })
    }

    /// The pyramid's level that it stands for.
    pub fn level(&self) -> u32 {
        self.level
    }

    /// The image as far as it was computed.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// Whether no pixel is translucent.
    pub fn is_opaque(&self) -> bool {
        self.opaque
    }

    /// Hides every tile: what another level shows is newer.
    pub fn restart(&mut self) {
        self.rounds.fill(0);
        self.round = 1;
    }

    /// Makes every tile stale.
    pub fn next_round(&mut self) {
        self.round += 1;
    }

    /// Whether all of `rect` was computed in this round.
    pub fn is_fresh(&self, rect: &Rect) -> bool {
        self.grid
            .touched(rect)
            .all(|index| self.rounds[index] == self.round)
    }

    /// Whether all of `rect` was computed in this round or an earlier one.
    pub fn is_shown(&self, rect: &Rect) -> bool {
        self.grid.touched(rect).all(|index| self.rounds[index] > 0)
    }

    /// The cells that touch `rect` and were computed in this round or an earlier one.
    pub fn shown<'a>(&'a self, rect: &Rect) -> impl Iterator<Item = Rect> + 'a {
        self.grid
            .touched(rect)
            .filter(|index| self.rounds[*index] > 0)
            .map(|index| self.grid.rect(index))
    }

    /// Takes `pixels` for `core`, which covers whole cells.
    ///
    /// # Errors
    /// [`Error::BadTile`] or [`Error::WrongLength`].
    pub fn put(&mut self, core: &Rect, pixels: &[u8]) -> Result<(), Error> {
        let cells = self.grid.covered(core)?;
        let row_bytes = core.width as usize * BYTES_PER_PIXEL;
        let expected = row_bytes * core.height as usize;
        if pixels.len() != expected {
            return Err(Error::WrongLength {
                what: "The filter's result",
                expected: expected as u64,
                found: pixels.len() as u64,
            });
        }
        for (row, source) in pixels.chunks_exact(row_bytes).enumerate() {
            self.image
                .row_mut(core.x, core.y + row as u32, core.width)
                .copy_from_slice(source);
        }
        self.opaque = self.opaque && is_opaque(pixels);
        for index in cells {
            self.rounds[index] = self.round;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::tests::numbered;

    #[test]
    fn tiles_become_fresh_and_stale_but_stay_shown() {
        let original = numbered(600, 200);
        let mut preview = Preview::new(0, &original, false).unwrap();
        let (first, all) = (Rect::new(0, 0, 256, 200), original.bounds());
        assert!(!preview.is_fresh(&first) && !preview.is_shown(&first));
        preview.put(&first, &vec![9; 256 * 200 * 4]).unwrap();
        assert!(preview.is_fresh(&first) && !preview.is_fresh(&all));
        assert_eq!(preview.shown(&all).collect::<Vec<_>>(), [first]);
        preview.next_round();
        assert!(!preview.is_fresh(&first) && preview.is_shown(&first));
        assert_eq!(preview.image().pixel(255, 199), Some([9; 4]));
        assert_eq!(preview.image().pixel(256, 199), original.pixel(256, 199));
        preview.restart();
        assert!(!preview.is_fresh(&first) && !preview.is_shown(&first));
        assert!(preview.put(&first, &[0; 3]).is_err());
        assert!(
            preview
                .put(&Rect::new(512, 0, 256, 200), &vec![0; 256 * 200 * 4])
                .is_err()
        );
    }
}
