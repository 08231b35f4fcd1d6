//! Sharpen.

use paint_filter::{
    Declaration, Filter, Geometry, Halo, Parameter, Size, Tile, Values, add_scaled,
};

/// Adds the difference between each pixel and the mean of its eight neighbours.
///
/// ```text
///         −1 −1 −1
/// x + a × −1  8 −1 / 8
///         −1 −1 −1
/// ```
///
/// A neighbour counts as much as it is opaque: one that is transparent makes no difference. Alpha stays.
#[derive(Default)]
pub struct Sharpen {
    /// An eighth of the amount.
    factor: f32,
}

impl Filter for Sharpen {
    const DECLARATION: Declaration = Declaration {
        id: "sharpen",
        name: "Sharpen",
        group: "Sharpen",
        summary: "Makes the finest details crisper.",
        geometry: Geometry::Area(Halo::Fixed(1)),
        parameters: &[Parameter::int("amount", "Amount", 100, 0, 500)
            .slider(0.0, 200.0)
            .step(5.0, 0)
            .percent()],
    };

    fn prepare(&mut self, values: &Values, _: Size) -> Result<(), String> {
        self.factor = values.int("amount") as f32 / 800.0;
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        if !tile.is_opaque() {
            return tile.fill_rows(|y, out| self.row(tile, y, out));
        }
        // All bytes alike: an even alpha stays as it is.
        let mut columns = vec![0; (tile.width + 2) * 4];
        let mut differences = vec![0; tile.width * 4];
        tile.fill_rows(|y, out| {
            let values = &tile.core_row(y).as_flattened()[..out.as_flattened().len()];
            differ(tile, y, &mut columns, &mut differences);
            add_scaled(values, &differences, self.factor, out.as_flattened_mut());
        })
    }
}

/// Writes eight times the difference between each byte of a row and the mean of its neighbours. `columns` is room for the
/// sums of three bytes that lie below each other.
fn differ(tile: &Tile, y: usize, columns: &mut [i16], differences: &mut [i16]) {
    let rows = tile
        .three_rows(y)
        .map(|row| &row.as_flattened()[..columns.len()]);
    for (index, column) in columns.iter_mut().enumerate() {
        *column = rows.map(|row| i16::from(row[index])).iter().sum();
    }
    let length = differences.len();
    let values = &rows[1][4..][..length];
    let [left, middle, right] = [0, 4, 8].map(|start| &columns[start..][..length]);
    for (index, difference) in differences.iter_mut().enumerate() {
        *difference = 9 * i16::from(values[index]) - left[index] - middle[index] - right[index];
    }
}

impl Sharpen {
    fn row(&self, tile: &Tile, y: usize, out: &mut [[u8; 4]]) {
        let rows = tile.three_rows(y);
        for (x, out) in out.iter_mut().enumerate() {
            let pixel = rows[1][x + 1];
            let mut differences = [0; 3];
            for neighbour in rows.iter().flat_map(|row| &row[x..x + 3]) {
                let weight = i32::from(neighbour[3]);
                for (channel, difference) in differences.iter_mut().enumerate() {
                    *difference +=
                        (i32::from(pixel[channel]) - i32::from(neighbour[channel])) * weight;
                }
            }
            *out = pixel;
            for (value, difference) in out.iter_mut().zip(differences) {
                *value = self.add(i16::from(*value), difference as f32 / 255.0);
            }
        }
    }

    #[inline]
    fn add(&self, value: i16, difference: f32) -> u8 {
        let sum = f32::from(value) + self.factor * difference;
        ((sum + 0.5) as i32).clamp(0, 255) as u8
    }
}

paint_filter::filter!(Sharpen);

#[cfg(test)]
paint_filter_testing::filter_tests!(Sharpen);
