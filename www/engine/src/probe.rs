//! The size of a picture, read from its file header before anything is decoded or allocated.

use imagesize::ImageType;

use crate::Error;

/// The longest side of a picture, in pixels. Canvases of the common browsers end here.
pub const MAXIMUM_SIDE: u32 = 16_384;

/// The most pixels of a picture. With previews and one undo step it still fits into a 32-bit memory.
pub const MAXIMUM_PIXELS: u64 = 100_000_000;

/// Whether a picture of this size is opened at all.
///
/// # Errors
/// [`Error::Empty`] or [`Error::TooLarge`].
pub fn check_size(width: u64, height: u64) -> Result<(), Error> {
    if width == 0 || height == 0 {
        return Err(Error::Empty);
    }
    let side = u64::from(MAXIMUM_SIDE);
    if width > side || height > side || width * height > MAXIMUM_PIXELS {
        return Err(Error::TooLarge { width, height });
    }
    Ok(())
}

/// The picture formats that are known by their content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Portable Network Graphics, animated ones too.
    Png,
    /// JPEG, with or without EXIF.
    Jpeg,
    /// Graphics Interchange Format.
    Gif,
    /// WebP.
    Webp,
    /// Windows bitmap.
    Bmp,
    /// AVIF and HEIF.
    Heif,
}

impl Format {
    /// The name as a person writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::Gif => "GIF",
            Self::Webp => "WebP",
            Self::Bmp => "BMP",
            Self::Heif => "AVIF",
        }
    }
}

/// What a file header says. The size is an allegation by the file, but one that is within the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The format, by content.
    pub format: Format,
    /// Pixels in a row, before any EXIF orientation.
    pub width: u32,
    /// Rows, before any EXIF orientation.
    pub height: u32,
}

/// Reads format and size from the first bytes of a file; the file's name plays no part.
///
/// # Errors
/// [`Error::Unreadable`] for bytes that are no known picture or end in their header, and what [`check_size`] says.
pub fn probe(bytes: &[u8]) -> Result<Header, Error> {
    if bytes.is_empty() {
        return Err(Error::Unreadable("the file is empty".into()));
    }
    let format = match imagesize::image_type(bytes) {
        Ok(ImageType::Png) => Format::Png,
        Ok(ImageType::Jpeg) => Format::Jpeg,
        Ok(ImageType::Gif) => Format::Gif,
        Ok(ImageType::Webp) => Format::Webp,
        Ok(ImageType::Bmp) => Format::Bmp,
        Ok(ImageType::Heif(_)) => Format::Heif,
        _ => {
            return Err(Error::Unreadable(
                "its content is none of PNG, JPEG, WebP, GIF, BMP and AVIF".into(),
            ));
        }
    };
    let size = imagesize::blob_size(bytes).map_err(|_| {
        Error::Unreadable(format!(
            "it begins like a {} file, but its header is damaged or cut off",
            format.name()
        ))
    })?;
    check_size(size.width as u64, size.height as u64)?;
    Ok(Header {
        format,
        width: size.width as u32,
        height: size.height as u32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_header(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".to_vec();
        bytes.extend_from_slice(&width.to_be_bytes());
        bytes.extend_from_slice(&height.to_be_bytes());
        bytes.extend_from_slice(&[8, 6, 0, 0, 0]);
        bytes.extend_from_slice(&[0; 16]);
        bytes
    }

    #[test]
    fn sizes_come_from_the_header() {
        let header = probe(&png_header(640, 480)).unwrap();
        assert_eq!(
            header,
            Header {
                format: Format::Png,
                width: 640,
                height: 480
            }
        );
    }

    #[test]
    fn a_huge_picture_is_refused_by_its_header_alone() {
        assert_eq!(
            probe(&png_header(30_000, 30_000)),
            Err(Error::TooLarge {
                width: 30_000,
                height: 30_000
            })
        );
        assert_eq!(probe(&png_header(0, 3)), Err(Error::Empty));
        assert_eq!(check_size(16_384, 6_103), Ok(()));
        assert!(check_size(16_384, 6_104).is_err());
        assert!(check_size(16_385, 1).is_err());
        assert!(check_size(u64::from(u32::MAX), u64::from(u32::MAX)).is_err());
    }

    #[test]
    fn what_is_no_picture_is_said_in_a_sentence() {
        assert!(probe(b"").unwrap_err().to_string().contains("empty"));
        assert!(
            probe(b"\0asm\x01\0\0\0")
                .unwrap_err()
                .to_string()
                .contains("none of PNG")
        );
        assert!(
            probe(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIH")
                .unwrap_err()
                .to_string()
                .contains("cut off")
        );
        assert!(
            probe(b"\xff\xd8\xff\xe0\0\x10JFIF")
                .unwrap_err()
                .to_string()
                .contains("JPEG")
        );
    }
}
