//! The trait that a filter implements.

use crate::declaration::Declaration;
use crate::tile::Tile;
use crate::values::Values;

/// A filter: what it says about itself, and its maths.
///
/// A run is: [`Default`], then [`prepare`](Filter::prepare) once, then, for the geometries `Whole` and `Analysis`,
/// [`analyse`](Filter::analyse) for every tile and [`conclude`](Filter::conclude) once, then
/// [`process`](Filter::process) for every tile, in any order. Then the process is gone.
///
/// The same image must give the same bytes however it is cut into tiles: a pixel of the result follows from the
/// pixels that the geometry allows, the values, the place in the image and the image's size, and from nothing else.
pub trait Filter: Default {
    /// Name, geometry and parameters.
    const DECLARATION: Declaration;

    /// Takes the values of the parameters and the size of the image, and computes what does not depend on pixels.
    ///
    /// # Errors
    /// One sentence for the person at the screen, where no result can be had with these values.
    fn prepare(&mut self, values: &Values, image: Size) -> Result<(), String> {
        let _ = (values, image);
        Ok(())
    }

    /// Looks at a tile before any is processed. Its halo is 0.
    fn analyse(&mut self, tile: &Tile) {
        let _ = tile;
    }

    /// Draws the conclusion from all tiles that were analysed.
    fn conclude(&mut self) {}

    /// The result for the tile's core: `width × height × 4` bytes. Not called for the geometry `Analysis`.
    fn process(&self, tile: &Tile) -> Vec<u8> {
        let _ = tile;
        unimplemented!("{} has no `process`", Self::DECLARATION.id)
    }

    /// What the geometry `Analysis` found: a JSON list of objects that have the same members, one object for each row
    /// of the table that is shown.
    fn report(&self) -> String {
        unimplemented!("{} has no `report`", Self::DECLARATION.id)
    }
}

/// The size of the whole image, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}
