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
    amount: f32,
    threshold: f32,
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
        self.amount = values.int("amount") as f32 / 100.0;
        self.threshold = values.int("threshold") as f32;
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        let scale = 1.0 / f32::from(1_u16 << FRACTION_BITS);
        let mut bytes = Vec::with_capacity(tile.width * tile.height * 4);
        self.kernel.rows(tile, |y, row| {
            for (pixel, blurred) in tile.core_row(y).iter().zip(row) {
                let sharpen = |channel: usize| {
                    let value = f32::from(pixel[channel]);
                    let difference = value - f32::from(blurred[channel]) * scale;
                    let beyond = difference - difference.clamp(-self.threshold, self.threshold);
                    (value + self.amount * beyond + 0.5) as i32
                };
                let [red, green, blue] =
                    [sharpen(0), sharpen(1), sharpen(2)].map(|value| value.clamp(0, 255) as u8);
                bytes.extend([red, green, blue, pixel[3]]);
            }
        });
        bytes
    }
}

paint_filter::filter!(UnsharpMask);

#[cfg(test)]
paint_filter_testing::filter_tests!(UnsharpMask);
