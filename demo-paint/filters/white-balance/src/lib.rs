//! White balance.

use paint_filter::{
    Declaration, Filter, Geometry, Parameter, Size, Tile, Values, from_light, to_byte, to_light,
};

/// Shows the picture as if the light in which it was taken had been white, by Bradford's chromatic adaptation of
/// linear light.
#[derive(Default)]
pub struct WhiteBalance {
    /// From linear light to linear light.
    matrix: [[f32; 3]; 3],
    light: Vec<f32>,
    values: Vec<u8>,
}

/// Steps from no light to full light in the table of values.
const STEPS: usize = 16_384;

type Vector = [f64; 3];
type Matrix = [Vector; 3];

/// sRGB's primaries (IEC 61966-2-1) in CIE XYZ.
const RGB_TO_XYZ: Matrix = [
    [0.412_456_4, 0.357_576_1, 0.180_437_5],
    [0.212_672_9, 0.715_152_2, 0.072_175],
    [0.019_333_9, 0.119_192, 0.950_304_1],
];

/// The cone responses of Bradford's adaptation.
const XYZ_TO_CONES: Matrix = [
    [0.8951, 0.2664, -0.1614],
    [-0.7502, 1.7135, 0.0367],
    [0.0389, -0.0685, 1.0296],
];

impl Filter for WhiteBalance {
    const DECLARATION: Declaration = Declaration {
        id: "white-balance",
        name: "White balance",
        group: "Colour",
        summary: "Takes out the tint of the light: warm lamps, cold shade, green tubes.",
        geometry: Geometry::Point,
        parameters: &[
            Parameter::int("temperature", "Temperature", 6500, 1700, 25000)
                .slider(2500.0, 12000.0)
                .step(50.0, 0)
                .hint("Of the light at the scene, in kelvin: lamps 2,700, noon 5,500, shade 8,000. Higher makes the picture warmer."),
            Parameter::int("tint", "Tint", 0, -100, 100)
                .hint("Greener on the left, more magenta on the right."),
        ],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        let scene = cones_of_lamp(f64::from(values.int("temperature")));
        let neutral = cones_of_lamp(6500.0);
        let gains: Vector = std::array::from_fn(|cone| neutral[cone] / scene[cone]);
        let to_cones = multiply(XYZ_TO_CONES, RGB_TO_XYZ);
        let adapted: Matrix =
            std::array::from_fn(|row| to_cones[row].map(|value| value * gains[row]));
        let mut matrix = multiply(inverse(to_cones), adapted);
        let green = (-f64::from(values.int("tint")) / 200.0).exp2();
        matrix[1] = matrix[1].map(|value| value * green);
        // White keeps its lightness.
        let white = matrix.map(|row| row.iter().sum::<f64>());
        let lightness: f64 = dot(RGB_TO_XYZ[1], white);
        self.matrix = matrix.map(|row| row.map(|value| (value / lightness) as f32));

        self.light = (0..256)
            .map(|value| to_light(f64::from(value) / 255.0) as f32)
            .collect();
        self.values = (0..=STEPS)
            .map(|step| to_byte(255.0 * from_light(step as f64 / STEPS as f64)))
            .collect();
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        tile.map(|[red, green, blue, alpha]| {
            let [red, green, blue] = [red, green, blue].map(|value| self.light[usize::from(value)]);
            let [red, green, blue] = self.matrix.map(|row| {
                let light = row[0] * red + row[1] * green + row[2] * blue;
                let step = (light.clamp(0.0, 1.0) * STEPS as f32 + 0.5) as usize;
                self.values[step]
            });
            [red, green, blue, alpha]
        })
    }
}

/// The cone responses to the light of a black body at `kelvin`, from 1,667 to 25,000, at luminance 1. The chromaticity
/// is the cubic approximation of Kim and others (US patent 7,024,034).
fn cones_of_lamp(kelvin: f64) -> Vector {
    let t = 1000.0 / kelvin;
    let x = if kelvin <= 4000.0 {
        ((-0.266_123_9 * t - 0.234_358_9) * t + 0.877_695_6) * t + 0.179_910
    } else {
        ((-3.025_846_9 * t + 2.107_037_9) * t + 0.222_634_7) * t + 0.240_390
    };
    let y = if kelvin <= 2222.0 {
        ((-1.106_381_4 * x - 1.348_110_2) * x + 2.185_558_32) * x - 0.202_196_83
    } else if kelvin <= 4000.0 {
        ((-0.954_947_6 * x - 1.374_185_93) * x + 2.091_370_15) * x - 0.167_488_67
    } else {
        ((3.081_758 * x - 5.873_386_7) * x + 3.751_129_97) * x - 0.370_014_83
    };
    let xyz = [x / y, 1.0, (1.0 - x - y) / y];
    XYZ_TO_CONES.map(|row| dot(row, xyz))
}

fn dot(left: Vector, right: Vector) -> f64 {
    left[0] * right[0] + left[1] * right[1] + left[2] * right[2]
}

fn multiply(left: Matrix, right: Matrix) -> Matrix {
    left.map(|row| {
        std::array::from_fn(|column| {
            dot(row, [right[0][column], right[1][column], right[2][column]])
        })
    })
}

/// By Cramer's rule; the matrices here are far from singular.
fn inverse(matrix: Matrix) -> Matrix {
    let cofactor = |row: usize, column: usize| {
        let at = |down: usize, right: usize| matrix[(row + down) % 3][(column + right) % 3];
        at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1)
    };
    let determinant = dot(matrix[0], [cofactor(0, 0), cofactor(0, 1), cofactor(0, 2)]);
    std::array::from_fn(|row| std::array::from_fn(|column| cofactor(column, row) / determinant))
}

paint_filter::filter!(WhiteBalance);

#[cfg(test)]
paint_filter_testing::filter_tests!(WhiteBalance);
