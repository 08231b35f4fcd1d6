//! Black point, white point and gamma.

use paint_filter::{Declaration, Filter, Geometry, Parameter, Size, Tables, Tile, Values, to_byte};

/// Stretches the values between a black point and a white point, with a gamma between them.
#[derive(Default)]
pub struct Levels {
    tables: Tables,
}

impl Filter for Levels {
    const DECLARATION: Declaration = Declaration {
        id: "levels",
        name: "Levels",
        group: "Light",
        summary: "Sets what is black, what is white, and how light the tones between them are.",
        geometry: Geometry::Point,
        parameters: &[
            Parameter::choice("channel", "Channel", 0, &["All", "Red", "Green", "Blue"]),
            Parameter::group("input", "In the picture"),
            Parameter::int("black", "Black point", 0, 0, 254)
                .hint("What is this dark or darker becomes the darkest."),
            Parameter::float("gamma", "Gamma", 1.0, 0.1, 10.0)
                .slider(0.2, 5.0)
                .step(0.05, 2)
                .hint("Above 1 the middle tones get lighter, below 1 darker."),
            Parameter::int("white", "White point", 255, 1, 255)
                .hint("What is this light or lighter becomes the lightest."),
            Parameter::group("output", "In the result"),
            Parameter::int("darkest", "Darkest", 0, 0, 255),
            Parameter::int("lightest", "Lightest", 255, 0, 255),
        ],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        let [black, white, darkest, lightest] =
            ["black", "white", "darkest", "lightest"].map(|key| f64::from(values.int(key)));
        if black >= white {
            return Err("The white point must be above the black point.".into());
        }
        let exponent = 1.0 / values.float("gamma");
        let stretched = Tables::same(|value| {
            let part = ((f64::from(value) - black) / (white - black)).clamp(0.0, 1.0);
            to_byte(darkest + (lightest - darkest) * part.powf(exponent))
        });
        self.tables = match values.choice("channel") {
            0 => stretched,
            channel => {
                let mut tables = Tables::default();
                *tables.each_mut()[channel - 1] = stretched.red;
                tables
            }
        };
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        self.tables.apply(tile)
    }
}

paint_filter::filter!(Levels);

#[cfg(test)]
paint_filter_testing::filter_tests!(Levels);
