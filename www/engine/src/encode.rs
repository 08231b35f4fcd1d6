//! Reading and writing PNG without loss. A canvas would multiply colours by alpha and lose bits.

use std::io::Cursor;

use png::{
    BitDepth, ColorType, Compression, Decoder, Encoder, Filter, Limits, SrgbRenderingIntent,
    Transformations,
};

use crate::colours::{self, COLOUR_BYTES};
use crate::image::{BYTES_PER_PIXEL, reserved, zeroed};
use crate::probe::check_size;
use crate::{Error, Image};

/// The picture as a PNG file in sRGB; without an alpha channel if it needs none.
///
/// # Errors
/// [`Error::OutOfMemory`] or, should the encoder fail, [`Error::Unreadable`].
pub fn encode_png(image: &Image) -> Result<Vec<u8>, Error> {
    let opaque = image.is_opaque();
    let failed = |error: png::EncodingError| Error::Unreadable(error.to_string());
    let mut file = reserved(image.pixels().len() / 2 + 1024)?;
    let mut encoder = Encoder::new(&mut file, image.width(), image.height());
    encoder.set_color(if opaque {
        ColorType::Rgb
    } else {
        ColorType::Rgba
    });
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_filter(Filter::Adaptive);
    encoder.set_source_srgb(SrgbRenderingIntent::Perceptual);
    let mut writer = encoder.write_header().map_err(failed)?;
    if opaque {
        let mut colours = zeroed(image.pixels().len() / BYTES_PER_PIXEL * COLOUR_BYTES)?;
        colours::take(image.pixels(), &mut colours);
        writer.write_image_data(&colours).map_err(failed)?;
    } else {
        writer.write_image_data(image.pixels()).map_err(failed)?;
    }
    writer.finish().map_err(failed)?;
    Ok(file)
}

/// The first frame of a PNG file, or `None` if it carries a colour profile that somebody else has to apply.
///
/// # Errors
/// [`Error::Unreadable`], [`Error::TooLarge`], [`Error::Empty`] or [`Error::OutOfMemory`].
pub fn decode_png(file: &[u8]) -> Result<Option<Image>, Error> {
    let failed = |error: png::DecodingError| Error::Unreadable(error.to_string());
    let mut decoder = Decoder::new_with_limits(Cursor::new(file), Limits { bytes: 1 << 28 });
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(failed)?;
    let info = reader.info();
    let (width, height) = (info.width, info.height);
    check_size(u64::from(width), u64::from(height))?;
    let unusual_gamma = info
        .gamma()
        .is_some_and(|gamma| (gamma.into_value() - 0.45455).abs() > 0.001);
    if info.icc_profile.is_some() || (info.srgb.is_none() && unusual_gamma) {
        return Ok(None);
    }
    let length = reader.output_buffer_size().ok_or(Error::TooLarge {
        width: width.into(),
        height: height.into(),
    })?;
    let mut decoded = zeroed(length)?;
    let frame = reader.next_frame(&mut decoded).map_err(failed)?;
    decoded.truncate(frame.buffer_size());
    let mut pixels = reserved(width as usize * height as usize * BYTES_PER_PIXEL)?;
    match frame.color_type {
        ColorType::Rgba => pixels = decoded,
        ColorType::Rgb => {
            for colour in decoded.chunks_exact(3) {
                pixels.extend_from_slice(&[colour[0], colour[1], colour[2], 255]);
            }
        }
        ColorType::Grayscale => {
            for &grey in &decoded {
                pixels.extend_from_slice(&[grey, grey, grey, 255]);
            }
        }
        ColorType::GrayscaleAlpha => {
            for pair in decoded.chunks_exact(2) {
                pixels.extend_from_slice(&[pair[0], pair[0], pair[0], pair[1]]);
            }
        }
        ColorType::Indexed => return Err(Error::Unreadable("its palette was not expanded".into())),
    }
    // A file that was first seen as another size than its frame is refused here.
    Image::from_pixels(width, height, pixels).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::tests::numbered;

    #[test]
    fn what_was_written_is_read_back_bit_by_bit() {
        for (width, height) in [(1, 1), (7, 5), (300, 200)] {
            let translucent = numbered(width, height);
            let file = encode_png(&translucent).unwrap();
            assert_eq!(decode_png(&file).unwrap().unwrap(), translucent);

            let mut opaque = translucent;
            opaque
                .pixels_mut()
                .chunks_exact_mut(4)
                .for_each(|pixel| pixel[3] = 255);
            let file = encode_png(&opaque).unwrap();
            assert_eq!(decode_png(&file).unwrap().unwrap(), opaque);
        }
    }

    #[test]
    fn damaged_files_are_errors() {
        let file = encode_png(&numbered(40, 30)).unwrap();
        for length in [0, 8, 33, 60, file.len() / 2] {
            assert!(decode_png(&file[..length]).is_err(), "{length} bytes");
        }
    }
}
