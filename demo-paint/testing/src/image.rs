//! Images in memory and in files.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// RGBA, 8 bits each, alpha straight, rows from the top.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width × height` of them.
    pub pixels: Vec<[u8; 4]>,
}

impl Image {
    /// Reads a PNG file of 8-bit RGBA. Panics where it is none.
    pub fn read(path: &Path) -> Image {
        let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut reader = png::Decoder::new(BufReader::new(file)).read_info().unwrap();
        assert_eq!(
            reader.output_color_type(),
            (png::ColorType::Rgba, png::BitDepth::Eight),
            "{}",
            path.display()
        );
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        Image {
            width: info.width as usize,
            height: info.height as usize,
            pixels: bytes.as_chunks().0.to_vec(),
        }
    }
}
