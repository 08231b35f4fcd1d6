//! Colours: lightness, light and mixing.

use crate::tile::Pixel;

/// How light a pixel looks, from 0 to 255: 21.26 % red, 71.52 % green and 7.22 % blue (Rec. 709) of the values as they
/// are stored, rounded.
#[inline]
pub fn luma(pixel: Pixel) -> u8 {
    ((fine_luma(pixel) + 5000) / 10_000) as u8
}

/// The same in ten-thousandths, so that nothing has to be rounded.
#[inline]
pub fn fine_luma([red, green, blue, _]: Pixel) -> u32 {
    let [red, green, blue] = [red, green, blue].map(u32::from);
    2126 * red + 7152 * green + 722 * blue
}

/// How many times `by` goes into `number`, for both less than 2²⁴. Four at a time are faster than in whole numbers; one is slower.
#[inline]
pub fn quotient(number: u32, by: u32) -> u32 {
    // A quotient that is below a whole number q is so by 1 / by at least, and is rounded by q / 2²⁵ at most, which is less.
    (number as i32 as f32 / by as f32) as i32 as u32
}

/// The nearest byte: numbers below 0 become 0, numbers above 255 become 255, halves go up.
#[inline]
pub fn to_byte(value: f64) -> u8 {
    (value + 0.5) as u8
}

/// The amount of light, from 0 to 1, that the sRGB value `value`, from 0 to 1, stands for (IEC 61966-2-1).
pub fn to_light(value: f64) -> f64 {
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// The sRGB value, from 0 to 1, of an amount of light from 0 to 1. Light outside of this range is taken as its end.
pub fn from_light(light: f64) -> f64 {
    let light = light.clamp(0.0, 1.0);
    if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greys_are_as_light_as_their_value() {
        for value in 0..=255 {
            assert_eq!(luma([value, value, value, 0]), value);
        }
    }

    #[test]
    fn quotients_are_those_of_whole_numbers() {
        for by in [100, 1000, 10_000] {
            for number in 0..=1 << 22 {
                assert_eq!(quotient(number, by), number / by, "{number} / {by}");
            }
        }
        for by in 1..1 << 12 {
            for times in 1..(1 << 24) / by {
                let number = times * by;
                assert_eq!(quotient(number, by), times, "{number} / {by}");
                assert_eq!(quotient(number - 1, by), times - 1, "{number} - 1 / {by}");
            }
        }
    }

    #[test]
    fn bytes_are_rounded_and_limited() {
        for (value, byte) in [
            (-3.0, 0),
            (0.49, 0),
            (0.5, 1),
            (254.5, 255),
            (1e9, 255),
            (f64::NAN, 0),
        ] {
            assert_eq!(to_byte(value), byte, "{value}");
        }
    }

    #[test]
    fn light_and_value_are_inverse() {
        for byte in 0..=255_u8 {
            let value = f64::from(byte) / 255.0;
            assert_eq!(to_byte(255.0 * from_light(to_light(value))), byte);
        }
    }
}
