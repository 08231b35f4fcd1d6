//! Gaussian blur.

use paint_filter::{
    Declaration, FRACTION_BITS, Filter, Gaussian, Geometry, Halo, Parameter, Size, Tile, Values,
};

/// Averages the neighbourhood, near pixels more than far ones; see [`Gaussian`].
#[derive(Default)]
pub struct GaussianBlur {
    kernel: Gaussian,
}

impl Filter for GaussianBlur {
    const DECLARATION: Declaration = Declaration {
        id: "gaussian-blur",
        name: "Gaussian blur",
        group: "Blur",
        summary: "Softens the picture with a bell-shaped average.",
        geometry: Geometry::Area(Halo::follows("sigma", 3.0)),
        parameters: &[Parameter::float("sigma", "Radius", 3.0, 0.1, 100.0)
            .slider(0.1, 20.0)
            .step(0.1, 1)
            .pixels()
            .hint("Standard deviation of the bell.")],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        self.kernel = Gaussian::new(values.float("sigma"));
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        self.kernel.blur(tile, |_, averages, row| {
            let half = 1 << (FRACTION_BITS - 1);
            let averages = averages.as_flattened();
            for (out, average) in row.as_flattened_mut().iter_mut().zip(averages) {
                *out = ((average + half) >> FRACTION_BITS) as u8;
            }
        })
    }
}

paint_filter::filter!(GaussianBlur);

#[cfg(test)]
paint_filter_testing::filter_tests!(GaussianBlur);
