//! What the page does with a filter, without page, kernel and plugin.

use paint_filter::{Declaration, Filter, Geometry, Run, Value};

use crate::image::Image;

/// What a filter makes of an image.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Geometries with a result.
    Image(Image),
    /// The geometry `Analysis`.
    Report(String),
}

/// The core of a tile, in pixels of the image.
#[derive(Clone, Copy, Debug)]
pub struct Core {
    /// Left edge.
    pub x: usize,
    /// Upper edge.
    pub y: usize,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Core {
    /// The whole image in one.
    pub fn whole(image: &Image) -> Core {
        Core {
            x: 0,
            y: 0,
            width: image.width,
            height: image.height,
        }
    }
}

/// Runs the filter `F` with `values`, in declared order, on `image` cut into `cores`.
///
/// # Errors
/// The filter's sentence, where it refuses the values.
pub fn run<F: Filter>(values: &[Value], image: &Image, cores: &[Core]) -> Result<Outcome, String> {
    let declaration: Declaration = F::DECLARATION;
    let mut run = Run::<F>::default();
    for (index, value) in (0..).zip(values) {
        run.set(index, value.clone())?;
    }
    run.prepare(image.width as u32, image.height as u32)?;
    let place = |core: &Core| (core.x as u32, core.y as u32);
    let size = |core: &Core| (core.width as u32, core.height as u32);
    if matches!(declaration.geometry, Geometry::Whole | Geometry::Analysis) {
        for core in cores {
            run.analyse(&cut(image, *core, 0), place(core), size(core));
        }
    }
    if declaration.geometry == Geometry::Analysis {
        return Ok(Outcome::Report(run.report()));
    }
    let mut result = Image {
        pixels: vec![[0; 4]; image.pixels.len()],
        ..*image
    };
    for core in cores {
        let tile = match declaration.geometry {
            Geometry::Generator => Vec::new(),
            _ => cut(image, *core, run.halo() as usize),
        };
        let bytes = run.process(&tile, place(core), size(core));
        assert_eq!(
            bytes.len(),
            core.width * core.height * 4,
            "length of the result"
        );
        let (pixels, _) = bytes.as_chunks::<4>();
        for (row, pixels) in pixels.chunks_exact(core.width).enumerate() {
            let start = (core.y + row) * image.width + core.x;
            result.pixels[start..][..core.width].copy_from_slice(pixels);
        }
    }
    Ok(Outcome::Image(result))
}

/// The bytes of a tile: its core and `halo` pixels around it. Beyond the image's edge the nearest pixel is repeated.
pub fn cut(image: &Image, core: Core, halo: usize) -> Vec<u8> {
    let source = |place: usize, length: usize| place.saturating_sub(halo).min(length - 1);
    let mut bytes = Vec::with_capacity((core.width + 2 * halo) * (core.height + 2 * halo) * 4);
    for row in core.y..core.y + core.height + 2 * halo {
        for column in core.x..core.x + core.width + 2 * halo {
            let index = source(row, image.height) * image.width + source(column, image.width);
            bytes.extend(image.pixels[index]);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_pixel_is_repeated_beyond_the_edge() {
        let image = Image {
            width: 2,
            height: 1,
            pixels: vec![[1; 4], [2; 4]],
        };
        let core = Core {
            x: 1,
            y: 0,
            width: 1,
            height: 1,
        };
        let reds: Vec<u8> = cut(&image, core, 2)
            .chunks_exact(4)
            .map(|pixel| pixel[0])
            .collect();
        assert_eq!(reds, [1, 1, 2, 2, 2].repeat(5));
    }
}
