//! Counts the colours.

use paint_filter::{Declaration, Filter, Geometry, Tile, luma};

/// Minimum, maximum, mean, deviation and median of every channel, and of the lightness.
pub struct ColourStatistics {
    /// How many pixels have each value; in the order of [`NAMES`].
    counts: [[u64; 256]; 5],
}

const NAMES: [&str; 5] = ["Red", "Green", "Blue", "Lightness", "Alpha"];

impl Default for ColourStatistics {
    fn default() -> Self {
        ColourStatistics {
            counts: [[0; 256]; 5],
        }
    }
}

impl Filter for ColourStatistics {
    const DECLARATION: Declaration = Declaration {
        id: "colour-statistics",
        name: "Colour statistics",
        group: "Colour",
        summary: "Shows how dark, how light and how varied the picture is. Changes nothing.",
        geometry: Geometry::Analysis,
        parameters: &[],
    };

    fn analyse(&mut self, tile: &Tile) {
        for row in tile.core_rows() {
            for pixel in row {
                let [red, green, blue, alpha] = *pixel;
                self.counts[4][usize::from(alpha)] += 1;
                // Nobody sees the colour of what is transparent.
                if alpha > 0 {
                    let values = [red, green, blue, luma(*pixel)];
                    for (counts, value) in self.counts.iter_mut().zip(values) {
                        counts[usize::from(value)] += 1;
                    }
                }
            }
        }
    }

    fn report(&self) -> String {
        let rows: Vec<String> = NAMES
            .iter()
            .zip(&self.counts)
            .map(|(name, counts)| row(name, counts))
            .collect();
        format!("[{}]", rows.join(","))
    }
}

/// One row of the table: a JSON object.
fn row(name: &str, counts: &[u64; 256]) -> String {
    let pixels: u64 = counts.iter().sum();
    if pixels == 0 {
        return format!(
            r#"{{"Channel":"{name}","Pixels":0,"Minimum":null,"Maximum":null,"Mean":null,"Deviation":null,"Median":null}}"#
        );
    }
    let present = |value: &usize| counts[*value] > 0;
    let minimum = (0..256).find(present).unwrap_or(0);
    let maximum = (0..256).rev().find(present).unwrap_or(255);
    let moment = |power: i32| {
        let sum: f64 = (0_u16..256)
            .zip(counts)
            .map(|(value, count)| f64::from(value).powi(power) * *count as f64)
            .sum();
        sum / pixels as f64
    };
    let mean = moment(1);
    let deviation = (moment(2) - mean * mean).max(0.0).sqrt();
    let mut seen = 0;
    let median = (0..256)
        .find(|value| {
            seen += counts[*value];
            2 * seen >= pixels
        })
        .unwrap_or(255);
    format!(
        r#"{{"Channel":"{name}","Pixels":{pixels},"Minimum":{minimum},"Maximum":{maximum},"Mean":{mean:.2},"Deviation":{deviation:.2},"Median":{median}}}"#
    )
}

paint_filter::filter!(ColourStatistics: analysis);

#[cfg(test)]
paint_filter_testing::filter_tests!(ColourStatistics);
