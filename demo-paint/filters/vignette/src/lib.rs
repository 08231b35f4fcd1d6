//! Darker corners.

use paint_filter::{Declaration, Filter, Geometry, Parameter, Size, Tile, Values};

/// Darkens or lightens the picture away from a centre.
#[derive(Default)]
pub struct Vignette {
    /// In pixels of the image.
    centre: [f32; 2],
    /// Distances in pixels at which the effect begins, and over which it grows.
    begin: f32,
    width: f32,
    /// From -1, white, to 1, black.
    amount: f32,
}

impl Filter for Vignette {
    const DECLARATION: Declaration = Declaration {
        id: "vignette",
        name: "Vignette",
        group: "Light",
        summary: "Darkens the corners, so that the eye goes to what matters.",
        geometry: Geometry::Point,
        parameters: &[
            Parameter::int("amount", "Amount", 50, -100, 100)
                .percent()
                .hint("Below 0 the corners get lighter instead."),
            Parameter::int("radius", "Radius", 70, 0, 200)
                .percent()
                .hint(
                    "Where half of the effect is reached; 100 is a corner, seen from the middle.",
                ),
            Parameter::int("softness", "Softness", 60, 0, 100)
                .percent()
                .hint("How gradually it sets in."),
            Parameter::point("centre", "Centre", &[0.5, 0.5]),
        ],
    };

    fn prepare(&mut self, values: &Values, image: Size) -> Result<(), String> {
        let (width, height) = (f64::from(image.width), f64::from(image.height));
        let centre = values.point("centre");
        // A pixel's place is its middle.
        self.centre = [
            (centre.x * width - 0.5) as f32,
            (centre.y * height - 0.5) as f32,
        ];
        let radius = f64::from(values.int("radius")) / 100.0 * width.hypot(height) / 2.0;
        let softness = f64::from(values.int("softness")) / 100.0;
        self.begin = (radius * (1.0 - softness)) as f32;
        // Never narrower than a pixel, so that the edge is smooth.
        self.width = (2.0 * radius * softness).max(1.0) as f32;
        self.amount = values.int("amount") as f32 / 100.0;
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        let mut strengths = vec![0.0; tile.width];
        tile.fill_rows(|row_index, row| {
            let down = (tile.y + row_index as u32) as f32 - self.centre[1];
            for (column, strength) in strengths.iter_mut().enumerate() {
                let right = (tile.x + column as u32) as f32 - self.centre[0];
                *strength = self.strength((right * right + down * down).sqrt());
            }
            for ((out, pixel), strength) in
                row.iter_mut().zip(tile.core_row(row_index)).zip(&strengths)
            {
                let [red, green, blue, alpha] = *pixel;
                let change = |value: u8| {
                    let value = f32::from(value);
                    let room = if *strength < 0.0 {
                        255.0 - value
                    } else {
                        value
                    };
                    (value - room * strength + 0.5) as i32 as u8
                };
                *out = [change(red), change(green), change(blue), alpha];
            }
        })
    }
}

impl Vignette {
    /// How much of a pixel's light, or darkness, is taken away at a distance in pixels.
    #[inline]
    fn strength(&self, distance: f32) -> f32 {
        let part = ((distance - self.begin) / self.width).clamp(0.0, 1.0);
        self.amount * part * part * (3.0 - 2.0 * part)
    }
}

paint_filter::filter!(Vignette);

#[cfg(test)]
paint_filter_testing::filter_tests!(Vignette);
