//! Hue, saturation and lightness.

use paint_filter::{Declaration, Filter, Geometry, Parameter, Pixel, Size, Tile, Values};

/// Turns the colour wheel, and changes saturation and lightness, all of the HSL model.
#[derive(Default)]
pub struct HueSaturationLightness {
    /// In sixths of the wheel, from 0 to 6.
    turn: f32,
    /// Factor, from 0 to 2.
    saturation: f32,
    /// From -1 to 1.
    lightness: f32,
}

impl Filter for HueSaturationLightness {
    const DECLARATION: Declaration = Declaration {
        id: "hue-saturation-lightness",
        name: "Hue, saturation, lightness",
        group: "Colour",
        summary: "Shifts all colours along the rainbow, and makes them stronger, paler, lighter or darker.",
        geometry: Geometry::Point,
        parameters: &[
            Parameter::int("hue", "Hue", 0, -180, 180)
                .degrees()
                .hint("A turn of the colour wheel."),
            Parameter::int("saturation", "Saturation", 0, -100, 100)
                .percent()
                .hint("-100 is grey, 100 is twice as colourful."),
            Parameter::int("lightness", "Lightness", 0, -100, 100)
                .percent()
                .hint("-100 is black, 100 is white."),
        ],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        self.turn = values.int("hue").rem_euclid(360) as f32 / 60.0;
        self.saturation = 1.0 + values.int("saturation") as f32 / 100.0;
        self.lightness = values.int("lightness") as f32 / 100.0;
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        tile.map(|pixel| self.change(pixel))
    }
}

impl HueSaturationLightness {
    #[inline]
    fn change(&self, [red, green, blue, alpha]: Pixel) -> Pixel {
        let [red, green, blue] = [red, green, blue].map(|value| f32::from(value) / 255.0);
        let highest = red.max(green).max(blue);
        let lowest = red.min(green).min(blue);
        let chroma = highest - lowest;
        let lightness = (highest + lowest) / 2.0;
        // A grey has no hue, and no saturation: any number will do for what is multiplied by 0.
        let divisor = if chroma > 0.0 { chroma } else { 1.0 };
        let hue = if highest == red {
            (green - blue) / divisor
        } else if highest == green {
            (blue - red) / divisor + 2.0
        } else {
            (red - green) / divisor + 4.0
        };
        let room = 1.0 - (2.0 * lightness - 1.0).abs();
        let saturation = if room > 0.0 { chroma / room } else { 0.0 };

        let saturation = (saturation * self.saturation).min(1.0);
        let lightness = self.lighten(lightness);
        let amplitude = saturation * lightness.min(1.0 - lightness);
        // A trapezoid over the wheel; each colour begins a third of it further on.
        let value = |shift: f32| {
            let place = (hue + self.turn + shift) / 6.0;
            let place = (place - place.floor()) * 6.0;
            let height = (place - 3.0).abs().clamp(1.0, 2.0) * 2.0 - 3.0;
            to_byte(lightness + amplitude * height)
        };
        [value(0.0), value(4.0), value(2.0), alpha]
    }

    #[inline]
    fn lighten(&self, lightness: f32) -> f32 {
        if self.lightness > 0.0 {
            lightness + (1.0 - lightness) * self.lightness
        } else {
            lightness * (1.0 + self.lightness)
        }
    }
}

#[inline]
fn to_byte(value: f32) -> u8 {
    (value * 255.0 + 0.5) as u8
}

paint_filter::filter!(HueSaturationLightness);

#[cfg(test)]
paint_filter_testing::filter_tests!(HueSaturationLightness);
