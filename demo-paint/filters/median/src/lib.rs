//! Median.

use paint_filter::{Declaration, Filter, Geometry, Halo, Parameter, Pixel, Size, Tile, Values};

/// The middle one of the values in a square, for each channel. Colours count as much as they are opaque: the median
/// colour is the lowest value at which half of all alpha has been seen.
#[derive(Default)]
pub struct Median {
    radius: usize,
}

impl Filter for Median {
    const DECLARATION: Declaration = Declaration {
        id: "median",
        name: "Median",
        group: "Noise",
        summary: "Takes out specks and grain, and keeps the edges.",
        geometry: Geometry::Area(Halo::follows("radius", 1.0)),
        parameters: &[Parameter::int("radius", "Radius", 1, 1, 20)
            .slider(1.0, 10.0)
            .pixels()
            .hint("Specks up to about this size disappear.")],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        self.radius = values.int("radius") as usize;
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        match (tile.is_opaque(), self.radius) {
            (true, 1) => nine(tile),
            (true, radius) => slide(
                tile,
                radius,
                |_| [1; 3],
                |[red, green, blue]| [red, green, blue, 255],
            ),
            (false, radius) => slide(
                tile,
                radius,
                |[.., alpha]| [u32::from(alpha), u32::from(alpha), u32::from(alpha), 1],
                // What is transparent has no colour.
                |pixel| if pixel[3] == 0 { [0; 4] } else { pixel },
            ),
        }
    }
}

/// The median of nine: sort every column of three; then the largest of the lowest, the median of the middle ones and
/// the smallest of the highest have the median of all nine between them.
fn nine(tile: &Tile) -> Vec<u8> {
    let width = (tile.width + 2) * 4;
    let [mut low, mut middle, mut high] = [(); 3].map(|()| vec![0; width]);
    tile.fill_rows(|y, out| {
        let rows = tile.three_rows(y).map(|row| &row.as_flattened()[..width]);
        for (index, ((low, middle), high)) in
            low.iter_mut().zip(&mut middle).zip(&mut high).enumerate()
        {
            let column = rows.map(|row| row[index]);
            *low = lowest(column);
            *middle = median_of_three(column);
            *high = highest(column);
        }
        let out = out.as_flattened_mut();
        let length = out.len();
        let [low, middle, high] =
            [&low, &middle, &high].map(|bytes| [0, 4, 8].map(|start| &bytes[start..][..length]));
        for (index, out) in out.iter_mut().enumerate() {
            *out = median_of_three([
                highest(low.map(|bytes| bytes[index])),
                median_of_three(middle.map(|bytes| bytes[index])),
                lowest(high.map(|bytes| bytes[index])),
            ]);
        }
    })
}

#[inline]
fn lowest([a, b, c]: [u8; 3]) -> u8 {
    a.min(b).min(c)
}

#[inline]
fn highest([a, b, c]: [u8; 3]) -> u8 {
    a.max(b).max(c)
}

#[inline]
fn median_of_three([a, b, c]: [u8; 3]) -> u8 {
    a.min(b).max(a.max(b).min(c))
}

/// Any radius (Huang 1979): a histogram slides along the row, so that each step exchanges one column.
fn slide<const CHANNELS: usize>(
    tile: &Tile,
    radius: usize,
    weights: impl Fn(Pixel) -> [u32; CHANNELS],
    finish: impl Fn([u8; CHANNELS]) -> Pixel,
) -> Vec<u8> {
    let diameter = 2 * radius + 1;
    let mut rows: Vec<&[Pixel]> = Vec::with_capacity(diameter);
    tile.fill_rows(|y, out| {
        let above = y as isize - radius as isize;
        rows.clear();
        rows.extend((above..).take(diameter).map(|y| tile.row(y)));
        let mut histograms = [(); CHANNELS].map(|()| Histogram::new());
        for pixel in rows.iter().flat_map(|row| &row[..diameter - 1]) {
            for (channel, weight) in weights(*pixel).into_iter().enumerate() {
                histograms[channel].add(pixel[channel], weight);
            }
        }
        for (x, out) in out.iter_mut().enumerate() {
            for row in &rows {
                let entering = row[x + diameter - 1];
                for (channel, weight) in weights(entering).into_iter().enumerate() {
                    histograms[channel].add(entering[channel], weight);
                }
            }
            *out = finish(std::array::from_fn(|channel| histograms[channel].median()));
            for row in &rows {
                let leaving = row[x];
                for (channel, weight) in weights(leaving).into_iter().enumerate() {
                    histograms[channel].remove(leaving[channel], weight);
                }
            }
        }
    })
}

/// The weights of the 256 values in the square, and where the median was last.
struct Histogram {
    weights: [u32; 256],
    total: u32,
    median: u8,
    /// The weight of all values below `median`.
    below: u32,
}

impl Histogram {
    fn new() -> Self {
        Histogram {
            weights: [0; 256],
            total: 0,
            median: 0,
            below: 0,
        }
    }

    #[inline]
    fn add(&mut self, value: u8, weight: u32) {
        self.weights[usize::from(value)] += weight;
        self.total += weight;
        self.below += if value < self.median { weight } else { 0 };
    }

    #[inline]
    fn remove(&mut self, value: u8, weight: u32) {
        self.weights[usize::from(value)] -= weight;
        self.total -= weight;
        self.below -= if value < self.median { weight } else { 0 };
    }

    /// The lowest value at which half of the weight has been seen; 0 where nothing has weight.
    #[inline]
    fn median(&mut self) -> u8 {
        while self.median > 0 && 2 * self.below >= self.total {
            self.median -= 1;
            self.below -= self.weights[usize::from(self.median)];
        }
        while 2 * (self.below + self.weights[usize::from(self.median)]) < self.total {
            self.below += self.weights[usize::from(self.median)];
            self.median += 1;
        }
        self.median
    }
}

paint_filter::filter!(Median);

#[cfg(test)]
paint_filter_testing::filter_tests!(Median);
