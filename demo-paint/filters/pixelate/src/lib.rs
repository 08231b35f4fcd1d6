//! Pixelate.

use paint_filter::{Declaration, Filter, Geometry, Halo, Parameter, Pixel, Size, Tile, Values};

/// Replaces every block of a grid by its average. The grid begins in the image's upper left corner; its last blocks
/// end with the image. Colours count as much as they are opaque.
#[derive(Default)]
pub struct Pixelate {
    size: u32,
    image: (u32, u32),
}

impl Filter for Pixelate {
    const DECLARATION: Declaration = Declaration {
        id: "pixelate",
        name: "Pixelate",
        group: "Stylise",
        summary: "Turns the picture into large square blocks, to hide a face or for the look of it.",
        geometry: Geometry::Area(Halo::follows("size", 1.0)),
        parameters: &[Parameter::int("size", "Block size", 12, 1, 256)
            .slider(2.0, 64.0)
            .pixels()],
    };

    fn prepare(&mut self, values: &Values, image: Size) -> Result<(), String> {
        self.size = values.int("size") as u32;
        self.image = (image.width, image.height);
        Ok(())
    }

    fn process(&self, tile: &Tile) -> Vec<u8> {
        let columns = blocks(tile.x, tile.width, self.size, self.image.0);
        let rows = blocks(tile.y, tile.height, self.size, self.image.1);
        let mut sums = Vec::new();
        // What all rows of the row of blocks look like that is at hand.
        let mut line = vec![[0; 4]; tile.width];
        let mut averaged = None;
        tile.fill_rows(|y, out| {
            let row = rows.iter().position(|row| (row.core.clone()).contains(&y));
            if averaged != row
                && let Some(row) = row
            {
                let height = rows[row].whole.len();
                add_up(tile, &columns, &rows[row], &mut sums);
                let first = columns[0].whole.start;
                for column in &columns {
                    let [start, end] = [column.whole.start, column.whole.end];
                    let sums = &sums[(start - first) as usize..(end - first) as usize];
                    line[column.core.clone()].fill(average(sums, height));
                }
                averaged = Some(row);
            }
            out.copy_from_slice(&line);
        })
    }
}

/// A stretch of blocks' rows or columns.
struct Block {
    /// From where to where it goes, counted from the core's edge.
    whole: std::ops::Range<isize>,
    /// The part of it that lies in the core.
    core: std::ops::Range<usize>,
}

/// The blocks of `size` pixels that have a part in the core, which has `length` pixels from `start` on in an image of
/// `end` pixels.
fn blocks(start: u32, length: usize, size: u32, end: u32) -> Vec<Block> {
    let core_end = start + length as u32;
    let mut blocks = Vec::new();
    let mut block = start - start % size;
    while block < core_end {
        let block_end = (block + size).min(end.max(core_end));
        let from_core = |place: u32| place as isize - start as isize;
        blocks.push(Block {
            whole: from_core(block)..from_core(block_end),
            core: block.saturating_sub(start) as usize..(block_end.min(core_end) - start) as usize,
        });
        block += size;
    }
    blocks
}

/// Adds up, down the rows of blocks, what is in each column of pixels: the colours, each as much as it is opaque, and alpha. Row
/// by row, for long loops are cheap to meter.
fn add_up(tile: &Tile, columns: &[Block], row: &Block, sums: &mut Vec<[u32; 4]>) {
    let (first, last) = (&columns[0].whole, &columns[columns.len() - 1].whole);
    let width = (last.end - first.start) as usize;
    let from = tile.halo.wrapping_add_signed(first.start);
    sums.clear();
    sums.resize(width, [0; 4]);
    for y in row.whole.clone() {
        for (sums, pixel) in sums.iter_mut().zip(&tile.row(y)[from..][..width]) {
            let [red, green, blue, alpha] = pixel.map(u32::from);
            // A block has at most 256 rows: all of this fits into 24 bits.
            for (sum, value) in
                sums.iter_mut()
                    .zip([red * alpha, green * alpha, blue * alpha, alpha])
            {
                *sum += value;
            }
        }
    }
}

/// The average of a block with these sums of its columns of pixels, rounded to the nearest; halves go up. What is transparent has no
/// colour.
fn average(columns: &[[u32; 4]], height: usize) -> Pixel {
    let mut sums = [0_u64; 4];
    for column in columns {
        for (sum, value) in sums.iter_mut().zip(column) {
            *sum += u64::from(*value);
        }
    }
    let count = (columns.len() * height) as u64;
    let [red, green, blue, alpha] = sums;
    let rounded = |sum: u64, divisor: u64| ((2 * sum + divisor) / (2 * divisor)) as u8;
    match rounded(alpha, count) {
        0 => [0; 4],
        mean_alpha => [
            rounded(red, alpha),
            rounded(green, alpha),
            rounded(blue, alpha),
            mean_alpha,
        ],
    }
}

paint_filter::filter!(Pixelate);

#[cfg(test)]
paint_filter_testing::filter_tests!(Pixelate);
