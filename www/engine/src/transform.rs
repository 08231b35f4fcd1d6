//! Changes of the whole picture that the page makes itself: crop, turn and mirror. No value of a pixel changes.

use crate::image::BYTES_PER_PIXEL;
use crate::{Error, Image, Rect};

/// A change of shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transform {
    /// Keep this part only.
    Crop(Rect),
    /// A quarter turn clockwise.
    TurnRight,
    /// A quarter turn counter-clockwise.
    TurnLeft,
    /// Left becomes right.
    MirrorHorizontally,
    /// Top becomes bottom.
    MirrorVertically,
}

impl Transform {
    /// The changed image.
    ///
    /// # Errors
    /// [`Error::BadTile`] for a crop that is empty or not in the image, [`Error::OutOfMemory`].
    pub fn apply(self, image: &Image) -> Result<Image, Error> {
        let (width, height) = (image.width(), image.height());
        match self {
            Self::Crop(rect) => {
                if rect.is_empty() || !rect.fits(width, height) {
                    return Err(Error::BadTile { rect });
                }
                let mut result = Image::new(rect.width, rect.height)?;
                for y in 0..rect.height {
                    result.row_mut(0, y, rect.width).copy_from_slice(image.row(
                        rect.x,
                        rect.y + y,
                        rect.width,
                    ));
                }
                Ok(result)
            }
            Self::TurnRight => gather(image, height, width, |x, y| (y, height - 1 - x)),
            Self::TurnLeft => gather(image, height, width, |x, y| (width - 1 - y, x)),
            Self::MirrorHorizontally => gather(image, width, height, |x, y| (width - 1 - x, y)),
            Self::MirrorVertically => gather(image, width, height, |x, y| (x, height - 1 - y)),
        }
    }
}

/// An image whose every pixel comes from the place in `image` that `source` names.
fn gather(
    image: &Image,
    width: u32,
    height: u32,
    source: impl Fn(u32, u32) -> (u32, u32),
) -> Result<Image, Error> {
    let mut result = Image::new(width, height)?;
    for y in 0..height {
        let row = result.row_mut(0, y, width);
        for (x, pixel) in row.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
            let (from_x, from_y) = source(x as u32, y);
            pixel.copy_from_slice(image.row(from_x, from_y, 1));
        }
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::tests::numbered;

    #[test]
    fn turns_and_mirrors_undo_each_other() {
        let image = numbered(7, 4);
        let right = Transform::TurnRight.apply(&image).unwrap();
        assert_eq!((right.width(), right.height()), (4, 7));
        assert_eq!(right.pixel(3, 0), image.pixel(0, 0));
        assert_eq!(right.pixel(0, 0), image.pixel(0, 3));
        assert_eq!(Transform::TurnLeft.apply(&right).unwrap(), image);
        for mirror in [Transform::MirrorHorizontally, Transform::MirrorVertically] {
            let mirrored = mirror.apply(&image).unwrap();
            assert_ne!(mirrored, image);
            assert_eq!(mirror.apply(&mirrored).unwrap(), image);
        }
    }

    #[test]
    fn a_crop_keeps_its_part() {
        let image = numbered(7, 4);
        let part = Transform::Crop(Rect::new(2, 1, 3, 2))
            .apply(&image)
            .unwrap();
        assert_eq!(part.pixel(0, 0), image.pixel(2, 1));
        assert_eq!(part.pixel(2, 1), image.pixel(4, 2));
        assert!(
            Transform::Crop(Rect::new(5, 1, 3, 2))
                .apply(&image)
                .is_err()
        );
        assert!(
            Transform::Crop(Rect::new(0, 0, 0, 2))
                .apply(&image)
                .is_err()
        );
    }
}
