//! Tone curves.

use paint_filter::{Declaration, Filter, Geometry, Parameter, Size, Tables, Tile, Values, to_byte};

/// Sends every value through the curve of its channel, then through the curve for all.
#[derive(Default)]
pub struct Curves {
    tables: Tables,
}

const STRAIGHT: &[f64] = &[0.0, 0.0, 1.0, 1.0];

impl Filter for Curves {
    const DECLARATION: Declaration = Declaration {
        id: "curves",
        name: "Curves",
        group: "Light",
        summary: "Reshapes tones along curves that you draw: dark values on the left, light ones on the right.",
        geometry: Geometry::Point,
        parameters: &[
            Parameter::curve("all", "All channels", STRAIGHT)
                .hint("Upwards is lighter. An S makes the contrast stronger."),
            Parameter::curve("red", "Red", STRAIGHT),
            Parameter::curve("green", "Green", STRAIGHT),
            Parameter::curve("blue", "Blue", STRAIGHT),
        ],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        let all = Curve::new(values.curve("all"));
        for (table, key) in self
            .tables
            .each_mut()
            .into_iter()
            .zip(["red", "green", "blue"])
        {
            let curve = Curve::new(values.curve(key));
            *table = std::array::from_fn(|value| {
                to_byte(255.0 * all.at(curve.at(value as f64 / 255.0)))
            });
        }
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        self.tables.apply(tile)
    }
}

/// A smooth curve through points that never overshoots them: piecewise cubic, with the slopes of Fritsch and Butland
/// (PCHIP). Beyond the first and the last point it is level.
struct Curve<'a> {
    points: &'a [[f64; 2]],
    slopes: Vec<f64>,
}

impl<'a> Curve<'a> {
    /// Two points or more, x ascending.
    fn new(points: &'a [[f64; 2]]) -> Self {
        let widths: Vec<f64> = points
            .windows(2)
            .map(|pair| pair[1][0] - pair[0][0])
            .collect();
        let rises: Vec<f64> = points
            .windows(2)
            .zip(&widths)
            .map(|(pair, width)| (pair[1][1] - pair[0][1]) / width)
            .collect();
        let last = rises.len() - 1;
        let mut slopes = vec![rises[0]; points.len()];
        if last > 0 {
            slopes[0] = end_slope([widths[0], widths[1]], [rises[0], rises[1]]);
            for index in 1..=last {
                let (before, after) = (rises[index - 1], rises[index]);
                let (w1, w2) = (
                    2.0 * widths[index] + widths[index - 1],
                    widths[index] + 2.0 * widths[index - 1],
                );
                slopes[index] = if before * after <= 0.0 {
                    0.0
                } else {
                    (w1 + w2) / (w1 / before + w2 / after)
                };
            }
            slopes[last + 1] = end_slope(
                [widths[last], widths[last - 1]],
                [rises[last], rises[last - 1]],
            );
        }
        Curve { points, slopes }
    }

    fn at(&self, x: f64) -> f64 {
        let next = self.points.partition_point(|point| point[0] <= x);
        if next == 0 || next == self.points.len() {
            return self.points[next.saturating_sub(1)][1];
        }
        let ([x0, y0], [x1, y1]) = (self.points[next - 1], self.points[next]);
        let width = x1 - x0;
        let t = (x - x0) / width;
        let (m0, m1) = (self.slopes[next - 1] * width, self.slopes[next] * width);
        let y =
            y0 + t * (m0 + t * (3.0 * (y1 - y0) - 2.0 * m0 - m1 + t * (2.0 * (y0 - y1) + m0 + m1)));
        y.clamp(0.0, 1.0)
    }
}

/// The slope at an end, from the two intervals next to it: that of a parabola through three points, limited so that
/// the curve stays between them.
fn end_slope(widths: [f64; 2], rises: [f64; 2]) -> f64 {
    let slope =
        ((2.0 * widths[0] + widths[1]) * rises[0] - widths[0] * rises[1]) / (widths[0] + widths[1]);
    if slope * rises[0] <= 0.0 {
        0.0
    } else if rises[0] * rises[1] <= 0.0 && slope.abs() > 3.0 * rises[0].abs() {
        3.0 * rises[0]
    } else {
        slope
    }
}

paint_filter::filter!(Curves);

#[cfg(test)]
paint_filter_testing::filter_tests!(Curves);
