//! Stretches the tones to the full range.

use paint_filter::{Declaration, Filter, Geometry, Parameter, Size, Tables, Tile, Values};

/// Finds the darkest and the lightest values of the whole image and makes them black and white.
pub struct AutoContrast {
    /// How many pixels have each value; of red, green and blue.
    counts: [[u64; 256]; 3],
    /// Share of the pixels that may become pure black, and as many pure white; in hundredths of a percent.
    clip: u64,
    each: bool,
    tables: Tables,
}

impl Default for AutoContrast {
    fn default() -> Self {
        AutoContrast {
            counts: [[0; 256]; 3],
            clip: 0,
            each: false,
            tables: Tables::default(),
        }
    }
}

impl Filter for AutoContrast {
    const DECLARATION: Declaration = Declaration {
        id: "auto-contrast",
        name: "Auto contrast",
        group: "Light",
        summary: "Stretches the tones of a dull picture from black to white.",
        geometry: Geometry::Whole,
        parameters: &[
            Parameter::choice(
                "channels",
                "Channels",
                0,
                &["Together, colours stay", "Each, takes out a colour cast"],
            ),
            Parameter::float("clip", "Ignore", 0.5, 0.0, 20.0)
                .slider(0.0, 5.0)
                .step(0.1, 2)
                .percent()
                .hint("So many of the darkest and of the lightest values do not count."),
        ],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        self.each = values.choice("channels") == 1;
        self.clip = (values.float("clip") * 100.0).round() as u64;
        Ok(())
    }

    fn analyse(&mut self, tile: &Tile) {
        for pixel in tile.core_rows().flatten().filter(|pixel| pixel[3] > 0) {
            for (counts, value) in self.counts.iter_mut().zip(pixel) {
                counts[usize::from(*value)] += 1;
            }
        }
    }

    fn conclude(&mut self) {
        let together =
            std::array::from_fn(|value| self.counts.iter().map(|counts| counts[value]).sum());
        for (table, counts) in self.tables.each_mut().into_iter().zip(&self.counts) {
            *table = stretch(if self.each { counts } else { &together }, self.clip);
        }
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        self.tables.apply(tile)
    }
}

/// The table that stretches values with these counts; `clip` as in [`AutoContrast`].
fn stretch(counts: &[u64; 256], clip: u64) -> [u8; 256] {
    let total: u64 = counts.iter().sum();
    let ignored = total * clip / 10_000;
    let darkest = end(0..256, counts, ignored).unwrap_or(0);
    let lightest = end((0..256).rev(), counts, ignored).unwrap_or(255);
    let range = lightest.saturating_sub(darkest);
    std::array::from_fn(|value| match range {
        // An image of one value has nothing to stretch.
        0 => value as u8,
        _ => {
            let above = value.clamp(darkest, lightest) - darkest;
            ((2 * 255 * above + range) / (2 * range)) as u8
        }
    })
}

/// The first of `values` at which more have been seen than are ignored.
fn end(
    mut values: impl Iterator<Item = usize>,
    counts: &[u64; 256],
    ignored: u64,
) -> Option<usize> {
    let mut seen = 0;
    values.find(|value| {
        seen += counts[*value];
        seen > ignored
    })
}

paint_filter::filter!(AutoContrast: whole);

#[cfg(test)]
paint_filter_testing::filter_tests!(AutoContrast);
