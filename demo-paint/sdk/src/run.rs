//! One run of a filter, from its parameters to its last tile.

use crate::declaration::Geometry;
use crate::filter::{Filter, Size};
use crate::tile::Tile;
use crate::values::{Value, Values};

/// One run of the filter `F`: what the functions of `paint/filter@1` do, without the border between plugin and page.
///
/// The page is told by an `Err` what a person can put right. A page that calls in the wrong order, or brings a tile
/// that is not what the declaration promises, is told by a panic.
pub struct Run<F: Filter> {
    filter: F,
    values: Values,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Stage {
    Configuring,
    Prepared,
    Concluded,
}

impl<F: Filter> Default for Run<F> {
    fn default() -> Self {
        Run {
            filter: F::default(),
            values: Values::new(&const { F::DECLARATION }),
            stage: Stage::Configuring,
        }
    }
}

impl<F: Filter> Run<F> {
    /// Sets the parameter at `index` of the declaration.
    ///
    /// # Errors
    /// A sentence that names the parameter, where the value is none for it.
    pub fn set(&mut self, index: u32, value: Value) -> Result<(), String> {
        assert!(
            self.stage == Stage::Configuring,
            "parameters are set before `prepare`"
        );
        self.values.set(index as usize, value)
    }

    /// Tells the filter its values and the image's size, in pixels.
    ///
    /// # Errors
    /// The filter's sentence, where no result can be had with these values.
    pub fn prepare(&mut self, width: u32, height: u32) -> Result<(), String> {
        self.filter.prepare(&self.values, Size { width, height })?;
        self.stage = Stage::Prepared;
        Ok(())
    }

    /// Shows a tile to a filter that analyses.
    pub fn analyse(&mut self, bytes: &[u8], place: (u32, u32), size: (u32, u32)) {
        assert!(
            self.stage == Stage::Prepared,
            "tiles are analysed after `prepare`, before the first is processed"
        );
        self.filter.analyse(&tile(bytes, place, size, 0));
    }

    /// The result for a tile: `width × height × 4` bytes.
    pub fn process(&mut self, bytes: &[u8], place: (u32, u32), size: (u32, u32)) -> Vec<u8> {
        self.conclude();
        let tile = match F::DECLARATION.geometry {
            Geometry::Generator => Tile::blank(place, size),
            _ => tile(bytes, place, size, self.values.halo()),
        };
        self.filter.process(&tile)
    }

    /// The report of a filter that only analyses.
    pub fn report(&mut self) -> String {
        self.conclude();
        self.filter.report()
    }

    /// How many pixels around its core a tile must bring along, with the values that were set.
    pub fn halo(&self) -> u32 {
        self.values.halo()
    }

    fn conclude(&mut self) {
        assert!(
            self.stage != Stage::Configuring,
            "there is no result before `prepare`"
        );
        if self.stage == Stage::Prepared {
            self.filter.conclude();
            self.stage = Stage::Concluded;
        }
    }
}

fn tile(bytes: &[u8], place: (u32, u32), size: (u32, u32), halo: u32) -> Tile<'_> {
    Tile::new(bytes, place, size, halo).unwrap_or_else(|sentence| panic!("{sentence}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Declaration, Parameter};

    /// Adds the brightest red of the image and a parameter to every red.
    #[derive(Default)]
    struct Brightest {
        more: u8,
        brightest: u8,
        limit: u8,
    }

    impl Filter for Brightest {
        const DECLARATION: Declaration = Declaration {
            id: "brightest",
            name: "Brightest",
            group: "Test",
            summary: "For tests.",
            geometry: Geometry::Whole,
            parameters: &[Parameter::int("more", "More", 1, 0, 100)],
        };

        fn prepare(&mut self, values: &Values, image: Size) -> Result<(), String> {
            if image.width > 1000 {
                return Err("The image is too wide.".into());
            }
            self.more = values.int("more") as u8;
            Ok(())
        }

        fn analyse(&mut self, tile: &Tile) {
            let reds = tile.core_rows().flatten().map(|pixel| pixel[0]);
            self.brightest = reds.fold(self.brightest, u8::max);
        }

        fn conclude(&mut self) {
            self.limit = self.brightest;
        }

        fn process(&self, tile: &Tile) -> Vec<u8> {
            tile.map(|[red, green, blue, alpha]| [red + self.more + self.limit, green, blue, alpha])
        }
    }

    #[test]
    fn a_run_goes_through_its_stages() {
        let mut run = Run::<Brightest>::default();
        run.set(0, Value::Numbers(vec![10.0])).unwrap();
        run.prepare(2, 1).unwrap();
        run.analyse(&[5, 0, 0, 255], (0, 0), (1, 1));
        run.analyse(&[7, 0, 0, 255], (1, 0), (1, 1));
        assert_eq!(
            run.process(&[5, 0, 0, 255], (0, 0), (1, 1)),
            [22, 0, 0, 255]
        );
        assert_eq!(
            run.process(&[7, 0, 0, 255], (1, 0), (1, 1)),
            [24, 0, 0, 255]
        );
    }

    #[test]
    fn an_error_of_the_filter_reaches_the_page() {
        let mut run = Run::<Brightest>::default();
        assert_eq!(run.prepare(2000, 1), Err("The image is too wide.".into()));
    }

    #[test]
    #[should_panic(expected = "there is no result before `prepare`")]
    fn a_tile_before_prepare_panics() {
        Run::<Brightest>::default().process(&[0; 4], (0, 0), (1, 1));
    }

    #[test]
    #[should_panic(expected = "has 4 bytes, not 8")]
    fn a_tile_of_the_wrong_length_panics() {
        let mut run = Run::<Brightest>::default();
        run.prepare(1, 1).unwrap();
        run.process(&[0; 8], (0, 0), (1, 1));
    }
}
