//! A gradient between two colours.

use paint_filter::{Colour, Declaration, Filter, Geometry, Parameter, Size, Tile, Values};

/// Runs from one colour to another, along a line or outwards from a point.
#[derive(Default)]
pub struct Gradient {
    /// Places in pixels of the image.
    start: [f32; 2],
    way: [f32; 2],
    radial: bool,
    /// Red, green and blue times alpha, and alpha; all from 0 to 255.
    colours: [[f32; 4]; 2],
}

impl Filter for Gradient {
    const DECLARATION: Declaration = Declaration {
        id: "gradient",
        name: "Gradient",
        group: "Generate",
        summary: "Fills the picture with a smooth passage from one colour to another.",
        geometry: Geometry::Generator,
        parameters: &[
            Parameter::choice("shape", "Shape", 0, &["Along a line", "Around a point"]),
            Parameter::point("start", "From", &[0.0, 0.0]),
            Parameter::point("end", "To", &[0.0, 1.0]),
            Parameter::colour("first", "First colour", &[0.16, 0.38, 0.75, 1.0]),
            Parameter::colour("second", "Second colour", &[0.98, 0.83, 0.62, 1.0]),
        ],
    };

    fn prepare(&mut self, values: &Values, image: Size) -> Result<(), String> {
        let [start, end] = ["start", "end"].map(|key| {
            let point = values.point(key);
            // A pixel's place is its middle.
            [
                point.x * f64::from(image.width) - 0.5,
                point.y * f64::from(image.height) - 0.5,
            ]
        });
        self.start = start.map(|place| place as f32);
        self.way = [(end[0] - start[0]) as f32, (end[1] - start[1]) as f32];
        self.radial = values.choice("shape") == 1;
        self.colours = ["first", "second"].map(|key| premultiplied(values.colour(key)));
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        // Without a way to go everything lies beyond its end.
        let length_squared = (self.way[0] * self.way[0] + self.way[1] * self.way[1]).max(1e-6);
        tile.generate(|x, y| {
            let right = x as f32 - self.start[0];
            let down = y as f32 - self.start[1];
            let part = if self.radial {
                ((right * right + down * down) / length_squared).sqrt()
            } else {
                (right * self.way[0] + down * self.way[1]) / length_squared
            };
            self.mix(part.clamp(0.0, 1.0))
        })
    }
}

impl Gradient {
    /// Mixes what the eye sees: a transparent colour has no part in the mix.
    #[inline]
    fn mix(&self, part: f32) -> [u8; 4] {
        let [first, second] = self.colours;
        let [red, green, blue, alpha] =
            std::array::from_fn(|index| first[index] + (second[index] - first[index]) * part);
        let [red, green, blue] =
            [red, green, blue].map(|value| (value / alpha * 255.0 + 0.5) as u8);
        [red, green, blue, (alpha + 0.5) as u8]
    }
}

fn premultiplied(colour: Colour) -> [f32; 4] {
    let [red, green, blue] = colour
        .rgb
        .map(|value| (value * colour.alpha * 255.0) as f32);
    [red, green, blue, (colour.alpha * 255.0) as f32]
}

paint_filter::filter!(Gradient);

#[cfg(test)]
paint_filter_testing::filter_tests!(Gradient);
