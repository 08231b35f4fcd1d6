//! Brightness and contrast.

use std::f64::consts::FRAC_PI_4;

use paint_filter::{Declaration, Filter, Geometry, Parameter, Size, Tables, Tile, Values, to_byte};

/// Moves every value towards black or white, then away from or towards the middle grey.
#[derive(Default)]
pub struct BrightnessContrast {
    tables: Tables,
}

impl Filter for BrightnessContrast {
    const DECLARATION: Declaration = Declaration {
        id: "brightness-contrast",
        name: "Brightness and contrast",
        group: "Light",
        summary: "Makes the picture lighter or darker, and its differences stronger or weaker.",
        geometry: Geometry::Point,
        parameters: &[
            Parameter::int("brightness", "Brightness", 0, -100, 100)
                .hint("Towards black on the left, towards white on the right."),
            Parameter::int("contrast", "Contrast", 0, -100, 100)
                .hint("Plain grey on the left, black and white only on the right."),
        ],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        let brightness = f64::from(values.int("brightness")) / 100.0;
        let contrast = f64::from(values.int("contrast")) / 100.0;
        // The slope goes from 0 by way of 1 to very steep, evenly in degrees.
        let slope = ((contrast + 1.0) * FRAC_PI_4).tan().clamp(0.0, 1000.0);
        self.tables = Tables::same(|value| {
            let value = f64::from(value) / 255.0;
            let value = if brightness < 0.0 {
                value * (1.0 + brightness)
            } else {
                value + (1.0 - value) * brightness
            };
            to_byte(255.0 * ((value - 0.5) * slope + 0.5))
        });
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        self.tables.apply(tile)
    }
}

paint_filter::filter!(BrightnessContrast);

#[cfg(test)]
paint_filter_testing::filter_tests!(BrightnessContrast);
