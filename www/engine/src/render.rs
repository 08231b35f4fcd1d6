//! Drawing what the person sees: a part of a picture at some zoom, over a checkerboard where it is translucent.
//!
//! Screen pixels are those of the device. A view is turned once into two [`Axis`] tables, which say for every column and
//! row which one or two source lines it shows and in which shares; then every pixel is two loads and a weighted sum.

use crate::image::BYTES_PER_PIXEL;
use crate::{Error, Image, Rect};

/// The shares of an [`Axis`] are of this many parts.
const WHOLE: u32 = 256;

/// From this magnification on, pixels are drawn as sharp squares; below they are interpolated.
const CRISP_FROM: f64 = 2.0;

/// From this magnification on, lines between pixels can be drawn.
pub const GRID_FROM: f64 = 8.0;

/// Where the document is on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// The document's x at the left edge of the screen, in document pixels; may be negative.
    pub origin_x: f64,
    /// The document's y at the upper edge of the screen.
    pub origin_y: f64,
    /// Device pixels per document pixel.
    pub zoom: f64,
    /// Whether lines are drawn between pixels where the zoom allows it.
    pub grid: bool,
    /// The two greys of the checkerboard behind translucent pixels.
    pub checker: [u8; 2],
    /// The side of its squares in device pixels, at least 1.
    pub checker_side: u32,
}

impl View {
    /// The part of the screen that shows `rect` of the image at `level`, cut to `screen`.
    pub fn on_screen(&self, rect: &Rect, level: u32, screen: &Rect) -> Rect {
        let scale = f64::from(1u32 << level) * self.zoom;
        let edge = |value: u32, origin: f64| {
            (f64::from(value) * scale - origin * self.zoom)
                .round()
                .clamp(0.0, f64::from(u32::MAX)) as u32
        };
        let (x, y) = (edge(rect.x, self.origin_x), edge(rect.y, self.origin_y));
        let (right, bottom) = (
            edge(rect.right(), self.origin_x),
            edge(rect.bottom(), self.origin_y),
        );
        Rect::new(x, y, right - x, bottom - y).intersect(screen)
    }

    /// The part of the image at `level`, of this size, that `screen` shows, grown to whole pixels.
    pub fn visible(&self, screen: &Rect, level: u32, width: u32, height: u32) -> Rect {
        let scale = f64::from(1u32 << level);
        let range = |start: u32, end: u32, origin: f64, length: u32| {
            let first = ((origin + f64::from(start) / self.zoom) / scale).floor();
            let last = ((origin + f64::from(end) / self.zoom) / scale).ceil();
            (
                first.clamp(0.0, f64::from(length)) as u32,
                last.clamp(0.0, f64::from(length)) as u32,
            )
        };
        let (x, right) = range(screen.x, screen.right(), self.origin_x, width);
        let (y, bottom) = range(screen.y, screen.bottom(), self.origin_y, height);
        Rect::new(x, y, right - x, bottom - y)
    }
}

/// One version of a picture that can be drawn.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The pixels.
    pub image: &'a Image,
    /// The pyramid's level that it is.
    pub level: u32,
    /// Whether no pixel is translucent.
    pub opaque: bool,
}

/// A rectangle of the screen and its pixels: opaque where the picture is, transparent black beside it.
#[derive(Debug, Default)]
pub struct Frame {
    area: Rect,
    pixels: Vec<u8>,
}

impl Frame {
    /// Starts anew with an empty `area` of the screen.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn clear(&mut self, area: Rect) -> Result<(), Error> {
        let length = area.width as usize * area.height as usize * BYTES_PER_PIXEL;
        self.pixels.clear();
        self.pixels
            .try_reserve(length)
            .map_err(|_| Error::OutOfMemory {
                bytes: length as u64,
            })?;
        self.pixels.resize(length, 0);
        self.area = area;
        Ok(())
    }

    /// The part of the screen that it is.
    pub fn area(&self) -> Rect {
        self.area
    }

    /// RGBA, row by row, without padding.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Draws `source` into the part of this frame that is inside of `clip`.
    pub fn draw(&mut self, view: &View, source: &Source<'_>, clip: &Rect) {
        let clip = clip.intersect(&self.area);
        let whole = view.on_screen(&source.image.bounds(), source.level, &clip);
        if whole.is_empty() {
            return;
        }
        let scale = view.zoom * f64::from(1u32 << source.level);
        let columns = Axis::new(
            whole.x,
            whole.width,
            view.origin_x * view.zoom,
            scale,
            source.image.width(),
        );
        let rows = Axis::new(
            whole.y,
            whole.height,
            view.origin_y * view.zoom,
            scale,
            source.image.height(),
        );
        let (first, last) = columns.source_range();
        let span = last - first + 1;
        let mut scratch = Scratch::default();
        for row in 0..whole.height {
            let tap = rows.taps[row as usize];
            let y = whole.y + row;
            let start = ((y - self.area.y) as usize * self.area.width as usize
                + (whole.x - self.area.x) as usize)
                * BYTES_PER_PIXEL;
            let target = &mut self.pixels[start..start + whole.width as usize * BYTES_PER_PIXEL];
            let upper = source.image.row(first, tap.first, span);
            let lower = source.image.row(first, tap.second, span);
            if source.opaque {
                let line = scratch.between(upper, lower, tap.share);
                columns.resample(line, first, target);
            } else {
                let line = scratch.premultiplied_between(upper, lower, tap.share);
                columns.resample(line, first, target);
                checkerboard(view, whole.x, y, target);
            }
        }
        if view.grid && view.zoom >= GRID_FROM && source.level == 0 {
            self.draw_grid(&whole, &columns, &rows);
        }
    }

    /// Moves the first screen column and row of every document pixel towards grey.
    fn draw_grid(&mut self, whole: &Rect, columns: &Axis, rows: &Axis) {
        let soften = |pixel: &mut [u8]| {
            for value in &mut pixel[..3] {
                *value = ((u32::from(*value) * 3 + 128 + 2) / 4) as u8;
            }
        };
        for row in 0..whole.height {
            let start = ((whole.y + row - self.area.y) as usize * self.area.width as usize
                + (whole.x - self.area.x) as usize)
                * BYTES_PER_PIXEL;
            let target = &mut self.pixels[start..start + whole.width as usize * BYTES_PER_PIXEL];
            let on_row_line = rows.starts(row as usize);
            for (column, pixel) in target.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
                if on_row_line || columns.starts(column) {
                    soften(pixel);
                }
            }
        }
    }
}

/// Which source lines a screen line shows: `first` and, with `share` of 256 parts, `second`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tap {
    first: u32,
    second: u32,
    share: u32,
}

/// The taps of a range of screen columns or rows.
struct Axis {
    taps: Vec<Tap>,
    start: u32,
    shift: f64,
    scale: f64,
}

impl Axis {
    /// `count` screen lines from `start`; the image's edge is at `-shift` and its lines are `scale` wide.
    fn new(start: u32, count: u32, shift: f64, scale: f64, length: u32) -> Self {
        let last = f64::from(length - 1);
        let tap = |index: u32| {
            // The centre of the screen line, in source lines.
            let centre = (f64::from(start + index) + 0.5 + shift) / scale;
            let (first, second, share) = if scale >= CRISP_FROM {
                // The screen line covers a part of one source line, or of two neighbours.
                let (from, to) = (centre - 0.5 / scale, centre + 0.5 / scale);
                let (first, second) = (from.floor(), (to - 1e-9).floor());
                (first, second, (to - second) * scale)
            } else {
                let from = centre - 0.5;
                (from.floor(), from.floor() + 1.0, from - from.floor())
            };
            let first = first.clamp(0.0, last) as u32;
            let second = second.clamp(0.0, last) as u32;
            let share = if first == second {
                0
            } else {
                (share * f64::from(WHOLE)).round() as u32
            };
            match share {
                0 => Tap {
                    first,
                    second: first,
                    share: 0,
                },
                WHOLE.. => Tap {
                    first: second,
                    second,
                    share: 0,
                },
                share => Tap {
                    first,
                    second,
                    share,
                },
            }
        };
        Self {
            taps: (0..count).map(tap).collect(),
            start,
            shift,
            scale,
        }
    }

    /// The first and the last source line that is shown.
    fn source_range(&self) -> (u32, u32) {
        let first = self.taps.iter().map(|tap| tap.first).min().unwrap_or(0);
        let last = self.taps.iter().map(|tap| tap.second).max().unwrap_or(0);
        (first, last)
    }

    /// Whether another source line begins at this screen line.
    fn starts(&self, index: usize) -> bool {
        let line = |position: f64| ((position + 0.5 + self.shift) / self.scale).floor();
        let position = f64::from(self.start) + index as f64;
        line(position) != line(position - 1.0)
    }

    /// Writes one screen row from one row of source pixels that begins with column `first`.
    fn resample(&self, line: &[u8], first: u32, target: &mut [u8]) {
        let (line, _) = line.as_chunks::<BYTES_PER_PIXEL>();
        let (target, _) = target.as_chunks_mut::<BYTES_PER_PIXEL>();
        for (tap, target) in self.taps.iter().zip(target) {
            let one = line[(tap.first - first) as usize];
            if tap.share == 0 {
                *target = one;
                continue;
            }
            let two = line[(tap.second - first) as usize];
            *target = between(one, two, tap.share);
        }
    }
}

/// The weighted average of two pixels, two channels at a time.
#[inline]
fn between(one: [u8; 4], two: [u8; 4], share: u32) -> [u8; 4] {
    const EVEN: u32 = 0x00ff_00ff;
    const HALF: u32 = 0x0080_0080;
    let (one, two) = (u32::from_le_bytes(one), u32::from_le_bytes(two));
    let mix = |one: u32, two: u32| {
        (((one & EVEN) * (WHOLE - share) + (two & EVEN) * share + HALF) >> 8) & EVEN
    };
    (mix(one, two) | (mix(one >> 8, two >> 8) << 8)).to_le_bytes()
}

/// Room for rows between two source rows.
#[derive(Default)]
struct Scratch {
    line: Vec<u8>,
    other: Vec<u8>,
}

impl Scratch {
    /// The row between two rows; without a copy if it is one of them.
    fn between<'a>(&'a mut self, upper: &'a [u8], lower: &[u8], share: u32) -> &'a [u8] {
        if share == 0 {
            return upper;
        }
        blend_rows(upper, lower, share, &mut self.line);
        &self.line
    }

    /// The same with colours multiplied by alpha.
    fn premultiplied_between(&mut self, upper: &[u8], lower: &[u8], share: u32) -> &[u8] {
        premultiply(upper, &mut self.other);
        if share == 0 {
            return &self.other;
        }
        let mut lower_line = Vec::with_capacity(lower.len());
        premultiply(lower, &mut lower_line);
        blend_rows(&self.other, &lower_line, share, &mut self.line);
        &self.line
    }
}

fn blend_rows(upper: &[u8], lower: &[u8], share: u32, target: &mut Vec<u8>) {
    let (up, low) = ((WHOLE - share) as u16, share as u16);
    target.clear();
    target.extend(upper.iter().zip(lower).map(|(&upper, &lower)| {
        ((u16::from(upper) * up)
            .wrapping_add(u16::from(lower) * low)
            .wrapping_add(128)
            >> 8) as u8
    }));
}

fn premultiply(row: &[u8], target: &mut Vec<u8>) {
    target.clear();
    for pixel in row.chunks_exact(BYTES_PER_PIXEL) {
        let alpha = u32::from(pixel[3]);
        let times = |value: u8| divide_by_255(u32::from(value) * alpha);
        target.extend_from_slice(&[times(pixel[0]), times(pixel[1]), times(pixel[2]), pixel[3]]);
    }
}

/// Rounded, exact for products of two bytes.
fn divide_by_255(value: u32) -> u8 {
    ((value + 128 + ((value + 128) >> 8)) >> 8) as u8
}

/// Puts the checkerboard behind premultiplied pixels of screen row `y` from column `x`.
fn checkerboard(view: &View, x: u32, y: u32, target: &mut [u8]) {
    // The board is fixed to the picture, so that it moves with it.
    let shift = |origin: f64| (origin * view.zoom).round() as i64;
    let side = i64::from(view.checker_side.max(1));
    let row = (i64::from(y) + shift(view.origin_y)).div_euclid(side);
    let start = i64::from(x) + shift(view.origin_x);
    for (index, pixel) in target.chunks_exact_mut(BYTES_PER_PIXEL).enumerate() {
        let column = (start + index as i64).div_euclid(side);
        let behind = view.checker[((row + column) & 1) as usize];
        let rest = divide_by_255(u32::from(behind) * (255 - u32::from(pixel[3])));
        for value in &mut pixel[..3] {
            *value = value.saturating_add(rest);
        }
        pixel[3] = 255;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::tests::numbered;

    fn opaque(width: u32, height: u32) -> Image {
        let mut image = numbered(width, height);
        image
            .pixels_mut()
            .chunks_exact_mut(4)
            .for_each(|pixel| pixel[3] = 255);
        image
    }

    fn view(origin_x: f64, origin_y: f64, zoom: f64) -> View {
        View {
            origin_x,
            origin_y,
            zoom,
            grid: false,
            checker: [255, 0],
            checker_side: 2,
        }
    }

    fn drawn(image: &Image, view: &View, area: Rect) -> Frame {
        let mut frame = Frame::default();
        frame.clear(area).unwrap();
        frame.draw(
            view,
            &Source {
                image,
                level: 0,
                opaque: image.is_opaque(),
            },
            &area,
        );
        frame
    }

    fn pixel(frame: &Frame, x: u32, y: u32) -> [u8; 4] {
        let start = (y as usize * frame.area().width as usize + x as usize) * 4;
        frame.pixels()[start..start + 4].try_into().unwrap()
    }

    #[test]
    fn at_100_percent_every_pixel_is_itself() {
        let image = opaque(40, 30);
        let frame = drawn(&image, &view(-3.0, 2.0, 1.0), Rect::new(0, 0, 50, 40));
        for y in 0..40 {
            for x in 0..50 {
                let expected = if x >= 3 {
                    image.pixel(x - 3, y + 2)
                } else {
                    None
                };
                assert_eq!(pixel(&frame, x, y), expected.unwrap_or([0; 4]), "{x} {y}");
            }
        }
    }

    #[test]
    fn at_whole_magnifications_pixels_are_squares() {
        let image = opaque(5, 4);
        for zoom in [2.0, 3.0, 8.0] {
            let frame = drawn(&image, &view(0.0, 0.0, zoom), Rect::new(0, 0, 60, 60));
            for y in 0..60 {
                for x in 0..60 {
                    let expected = image.pixel(x / zoom as u32, y / zoom as u32);
                    assert_eq!(
                        pixel(&frame, x, y),
                        expected.unwrap_or([0; 4]),
                        "{x} {y} at {zoom}"
                    );
                }
            }
        }
    }

    #[test]
    fn at_half_size_the_level_is_shown_as_it_is() {
        let pyramid = crate::pyramid::Pyramid::new(opaque(80, 60)).unwrap();
        let view = view(0.0, 0.0, 0.5);
        let level = pyramid.level_for(view.zoom);
        let image = pyramid.level(level).unwrap();
        let mut frame = Frame::default();
        frame.clear(Rect::new(0, 0, 40, 30)).unwrap();
        frame.draw(
            &view,
            &Source {
                image,
                level,
                opaque: true,
            },
            &Rect::new(0, 0, 40, 30),
        );
        assert_eq!(frame.pixels(), image.pixels());
    }

    #[test]
    fn parts_of_a_frame_equal_the_whole() {
        let image = numbered(50, 40);
        for zoom in [0.7, 1.0, 1.3, 2.6, 9.0] {
            let view = View {
                grid: true,
                ..view(3.3, -2.1, zoom)
            };
            let whole = drawn(&image, &view, Rect::new(0, 0, 64, 48));
            let part = drawn(&image, &view, Rect::new(20, 9, 17, 23));
            for y in 0..23 {
                for x in 0..17 {
                    assert_eq!(
                        pixel(&part, x, y),
                        pixel(&whole, x + 20, y + 9),
                        "{x} {y} at {zoom}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_checkerboard_is_behind_transparent_pixels_only() {
        let mut image = opaque(4, 1);
        image.pixels_mut()[3] = 0;
        image.pixels_mut()[7] = 0;
        let frame = drawn(
            &image,
            &View {
                checker_side: 1,
                ..view(0.0, 0.0, 1.0)
            },
            Rect::new(0, 0, 4, 1),
        );
        assert_eq!(pixel(&frame, 0, 0), [255, 255, 255, 255]);
        assert_eq!(pixel(&frame, 1, 0), [0, 0, 0, 255]);
        assert_eq!(Some(pixel(&frame, 2, 0)), image.pixel(2, 0));
    }

    #[test]
    fn odd_views_draw_without_a_panic() {
        let image = numbered(3, 2);
        for zoom in [1e-9, 0.01, 0.5, 1.0, 64.0, 1e6] {
            for origin in [-1e9, -2.0, 0.0, 1.5, 1e9] {
                drawn(
                    &image,
                    &view(origin, -origin, zoom),
                    Rect::new(0, 0, 20, 20),
                );
            }
        }
        drawn(&image, &view(0.0, 0.0, 1.0), Rect::new(0, 0, 0, 0));
    }

    #[test]
    fn places_on_the_screen_and_in_the_image_agree() {
        let view = view(10.0, 20.0, 2.0);
        let screen = Rect::new(0, 0, 100, 50);
        assert_eq!(
            view.on_screen(&Rect::new(12, 21, 3, 4), 0, &screen),
            Rect::new(4, 2, 6, 8)
        );
        assert_eq!(
            view.on_screen(&Rect::new(6, 11, 1, 1), 1, &screen),
            Rect::new(4, 4, 4, 4)
        );
        assert_eq!(
            view.visible(&screen, 0, 1000, 1000),
            Rect::new(10, 20, 50, 25)
        );
        assert_eq!(
            view.visible(&screen, 1, 1000, 1000),
            Rect::new(5, 10, 25, 13)
        );
        assert_eq!(view.visible(&screen, 0, 15, 15), Rect::new(10, 15, 5, 0));
    }
}
