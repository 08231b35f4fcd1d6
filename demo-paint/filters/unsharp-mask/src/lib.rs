//! Unsharp mask.

use paint_filter::{
    Declaration, FRACTION_BITS, Filter, Gaussian, Geometry, Halo, Parameter, Size, Tile, Values,
};

/// Adds what a Gaussian blur would take away: `x + amount × (x − blurred)`. Alpha stays.
///
/// The threshold is taken off the difference, so that there is no step where it sets in.
#[derive(Default)]
pub struct UnsharpMask {
    kernel: Gaussian,
    /// For a difference with [`FRACTION_BITS`] binary places.
    amount: f32,
    /// Likewise.
    threshold: i16,
}

impl Filter for UnsharpMask {
    const DECLARATION: Declaration = Declaration {
        id: "unsharp-mask",
        name: "Unsharp mask",
        group: "Sharpen",
        summary: "Sharpens by making the differences to a blurred copy stronger.",
        geometry: Geometry::Area(Halo::follows("sigma", 3.0)),
        parameters: &[
            Parameter::int("amount", "Amount", 100, 0, 1000)
                .slider(0.0, 300.0)
                .step(5.0, 0)
                .percent(),
            Parameter::float("sigma", "Radius", 2.0, 0.1, 100.0)
                .slider(0.1, 20.0)
                .step(0.1, 1)
                .pixels()
                .hint("How wide the differences are that it makes stronger."),
            Parameter::int("threshold", "Threshold", 0, 0, 255)
                .slider(0.0, 50.0)
                .hint("Differences up to this stay, so that noise is not sharpened."),
        ],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        self.kernel = Gaussian::new(values.float("sigma"));
        self.amount = values.int("amount") as f32 / (100 << FRACTION_BITS) as f32;
        self.threshold = (values.int("threshold") as i16) << FRACTION_BITS;
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        self.kernel.blur(tile, |y, averages, row| {
            let values = tile.core_row(y).as_flattened().iter();
            for ((out, value), average) in row
                .as_flattened_mut()
                .iter_mut()
                .zip(values)
                .zip(averages.as_flattened())
            {
                *out = self.sharpen(*value, *average);
            }
            for (out, pixel) in row.iter_mut().zip(tile.core_row(y)) {
                out[3] = pixel[3];
            }
        })
    }
}

impl UnsharpMask {
    #[inline]
    fn sharpen(&self, value: u8, average: i16) -> u8 {
        let difference = (i16::from(value) << FRACTION_BITS) - average;
        let beyond = difference - difference.max(-self.threshold).min(self.threshold);
        let sum = f32::from(value) + self.amount * f32::from(beyond);
        ((sum + 0.5) as i32).clamp(0, 255) as u8
    }
}

paint_filter::filter!(UnsharpMask);

#[cfg(test)]
paint_filter_testing::filter_tests!(UnsharpMask);
