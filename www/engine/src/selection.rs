//! Where and how strongly the result of a filter replaces the picture.

use crate::image::BYTES_PER_PIXEL;
use crate::{Error, Image, Rect};

/// The strength that takes the result as it is.
pub const FULL_STRENGTH: u8 = 255;

/// A rectangle of the document, or all of it, and a strength from 0 (the original) to 255 (the result).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blend {
    /// The selected part in document pixels; `None` selects everything.
    pub selection: Option<Rect>,
    /// The share of the result, of 255.
    pub strength: u8,
}

impl Default for Blend {
    fn default() -> Self {
        Self {
            selection: None,
            strength: FULL_STRENGTH,
        }
    }
}

impl Blend {
    /// Turns the filter's `result` for `core` into what the picture becomes there.
    ///
    /// `original` is the image at `level`, and `core` is in its pixels.
    ///
    /// # Errors
    /// [`Error::BadTile`] if the core is not in the image, [`Error::WrongLength`] if the result has another size.
    pub fn apply(
        &self,
        original: &Image,
        level: u32,
        core: &Rect,
        result: &mut [u8],
    ) -> Result<(), Error> {
        if core.is_empty() || !core.fits(original.width(), original.height()) {
            return Err(Error::BadTile { rect: *core });
        }
        let expected = core.width as usize * core.height as usize * BYTES_PER_PIXEL;
        if result.len() != expected {
            return Err(Error::WrongLength {
                what: "The filter's result",
                expected: expected as u64,
                found: result.len() as u64,
            });
        }
        let selected = self
            .selection
            .map_or(*core, |selection| selection.at_level(level).intersect(core));
        if selected == *core && self.strength == FULL_STRENGTH {
            return Ok(());
        }
        let row_bytes = core.width as usize * BYTES_PER_PIXEL;
        for (row, result) in result.chunks_exact_mut(row_bytes).enumerate() {
            let y = core.y + row as u32;
            let original = original.row(core.x, y, core.width);
            if selected.is_empty() || y < selected.y || y >= selected.bottom() {
                result.copy_from_slice(original);
                continue;
            }
            let start = (selected.x - core.x) as usize * BYTES_PER_PIXEL;
            let end = (selected.right() - core.x) as usize * BYTES_PER_PIXEL;
            result[..start].copy_from_slice(&original[..start]);
            result[end..].copy_from_slice(&original[end..]);
            if self.strength != FULL_STRENGTH {
                mix(
                    &original[start..end],
                    &mut result[start..end],
                    self.strength,
                );
            }
        }
        Ok(())
    }
}

/// Moves each pixel of `result` back towards `original`; colours are weighted by their alpha.
fn mix(original: &[u8], result: &mut [u8], strength: u8) {
    let new_share = u32::from(strength);
    let old_share = 255 - new_share;
    for (old, new) in original
        .chunks_exact(BYTES_PER_PIXEL)
        .zip(result.chunks_exact_mut(BYTES_PER_PIXEL))
    {
        let old_weight = u32::from(old[3]) * old_share;
        let new_weight = u32::from(new[3]) * new_share;
        let weight = old_weight + new_weight;
        if weight == 0 {
            // Nothing of it is visible: keep the hidden colour of the nearer one.
            if old_share > new_share {
                new.copy_from_slice(old);
            }
            continue;
        }
        for channel in 0..3 {
            let sum = u32::from(old[channel]) * old_weight + u32::from(new[channel]) * new_weight;
            new[channel] = ((sum + weight / 2) / weight) as u8;
        }
        new[3] = ((weight + 127) / 255) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::tests::numbered;

    #[test]
    fn full_strength_everywhere_changes_nothing() {
        let image = numbered(5, 4);
        let mut result = vec![7; 80];
        Blend::default()
            .apply(&image, 0, &image.bounds(), &mut result)
            .unwrap();
        assert_eq!(result, vec![7; 80]);
    }

    #[test]
    fn outside_of_the_selection_the_original_stays() {
        let image = numbered(5, 4);
        let blend = Blend {
            selection: Some(Rect::new(1, 1, 2, 2)),
            strength: FULL_STRENGTH,
        };
        let mut result = vec![7; 80];
        blend
            .apply(&image, 0, &image.bounds(), &mut result)
            .unwrap();
        for y in 0..4 {
            for x in 0..5 {
                let at = (y * 5 + x) as usize * 4;
                let expected = if Rect::new(1, 1, 2, 2).contains(x, y) {
                    [7; 4]
                } else {
                    image.pixel(x, y).unwrap()
                };
                assert_eq!(result[at..at + 4], expected, "{x} {y}");
            }
        }
        let blend = Blend {
            selection: Some(Rect::new(100, 100, 2, 2)),
            strength: FULL_STRENGTH,
        };
        let mut result = vec![7; 80];
        blend
            .apply(&image, 0, &image.bounds(), &mut result)
            .unwrap();
        assert_eq!(result, image.pixels());
    }

    #[test]
    fn strength_moves_between_the_two() {
        let check = |old: [u8; 4], new: [u8; 4], strength: u8, expected: [u8; 4]| {
            let mut result = new;
            mix(&old, &mut result, strength);
            assert_eq!(result, expected, "{old:?} {new:?} {strength}");
        };
        check(
            [0, 100, 200, 255],
            [100, 100, 0, 255],
            0,
            [0, 100, 200, 255],
        );
        check(
            [0, 100, 200, 255],
            [100, 100, 0, 255],
            51,
            [20, 100, 160, 255],
        );
        // A transparent pixel has no colour to contribute.
        check([0, 0, 0, 0], [80, 90, 100, 255], 51, [80, 90, 100, 51]);
        check([1, 2, 3, 0], [9, 9, 9, 0], 10, [1, 2, 3, 0]);
        check([255; 4], [255; 4], 128, [255; 4]);
    }

    #[test]
    fn a_result_of_another_length_is_refused() {
        let image = numbered(5, 4);
        for length in [0, 79, 81, 160] {
            let error = Blend::default()
                .apply(&image, 0, &image.bounds(), &mut vec![0; length])
                .unwrap_err();
            assert!(matches!(error, Error::WrongLength { expected: 80, .. }));
        }
    }
}
