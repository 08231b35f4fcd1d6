//! What the page's TypeScript sees of the engine.
//!
//! Everything here is thin: numbers are turned into the core's types, errors into JavaScript errors with the core's
//! sentence. Two buffers are handed out as address and length, for views that have to be made anew after every call
//! that may have grown the memory: the tile that a filter gets, and room for what it returns.

use js_sys::{Uint8Array, Uint32Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen::{Clamped, JsError};
use web_sys::{CanvasRenderingContext2d, ImageData};

use crate::document::Side;
use crate::render::{Frame, View};
use crate::selection::Blend;
use crate::transform::Transform;
use crate::{Document, Error, Image, Rect, encode, probe, tile};

/// The size and format that a file's first bytes speak of.
#[wasm_bindgen]
pub struct Header {
    inner: probe::Header,
}

#[wasm_bindgen]
impl Header {
    /// The format's name, such as `PNG`.
    #[wasm_bindgen(getter)]
    pub fn format(&self) -> String {
        self.inner.format.name().into()
    }

    /// Pixels in a row, before any EXIF orientation.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u32 {
        self.inner.width
    }

    /// Rows, before any EXIF orientation.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> u32 {
        self.inner.height
    }
}

/// Reads a picture's header. Throws a sentence if it is no picture or too large.
#[wasm_bindgen(js_name = probePicture)]
pub fn probe_picture(file: &[u8]) -> Result<Header, JsError> {
    Ok(Header {
        inner: probe::probe(file)?,
    })
}

/// Throws a sentence if a picture of this size is not opened.
#[wasm_bindgen(js_name = checkSize)]
pub fn check_size(width: f64, height: f64) -> Result<(), JsError> {
    Ok(probe::check_size(
        width.max(0.0) as u64,
        height.max(0.0) as u64,
    )?)
}

/// One picture with its history, preview and rendering.
#[wasm_bindgen]
pub struct Engine {
    document: Document,
    frame: Frame,
    view: View,
    split: u32,
    tile: Vec<u8>,
    result: Vec<u8>,
}

#[wasm_bindgen]
impl Engine {
    /// A picture from RGBA pixels with straight alpha. `history_budget` is in bytes.
    #[wasm_bindgen(js_name = fromPixels)]
    pub fn from_pixels(
        width: u32,
        height: u32,
        pixels: Vec<u8>,
        history_budget: f64,
    ) -> Result<Engine, JsError> {
        Self::of(Image::from_pixels(width, height, pixels)?, history_budget)
    }

    /// A picture from a PNG file, bit by bit; `undefined` if the file has a colour profile, which browsers apply.
    #[wasm_bindgen(js_name = fromPng)]
    pub fn from_png(file: &[u8], history_budget: f64) -> Result<Option<Engine>, JsError> {
        encode::decode_png(file)?
            .map(|image| Self::of(image, history_budget))
            .transpose()
    }

    fn of(image: Image, history_budget: f64) -> Result<Engine, JsError> {
        let view = View {
            origin_x: 0.0,
            origin_y: 0.0,
            zoom: 1.0,
            grid: false,
            checker: [255, 204],
            checker_side: 8,
        };
        Ok(Self {
            document: Document::new(image, history_budget as usize)?,
            frame: Frame::default(),
            view,
            split: 0,
            tile: Vec::new(),
            result: Vec::new(),
        })
    }

    /// Pixels in a row.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u32 {
        self.document.image().width()
    }

    /// Rows.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> u32 {
        self.document.image().height()
    }

    /// CRC-32 of size and pixels, without a preview.
    pub fn checksum(&self) -> u32 {
        self.document.checksum()
    }

    /// The picture as a PNG file.
    #[wasm_bindgen(js_name = encodePng)]
    pub fn encode_png(&self) -> Result<Uint8Array, JsError> {
        Ok(Uint8Array::from(
            encode::encode_png(self.document.image())?.as_slice(),
        ))
    }

    /// Red, green, blue and luma counts, 256 numbers each, of what is shown.
    pub fn histogram(&self) -> Uint32Array {
        let histogram = self.document.histogram();
        let counts = [
            histogram.red,
            histogram.green,
            histogram.blue,
            histogram.luma,
        ]
        .concat();
        Uint32Array::from(counts.as_slice())
    }

    /// Red, green, blue and alpha at a place of the document, or nothing outside of it.
    pub fn pixel(&self, before: bool, x: u32, y: u32) -> Option<Vec<u8>> {
        let side = if before { Side::Before } else { Side::After };
        self.document.pixel(side, x, y).map(|pixel| pixel.to_vec())
    }

    // --- The view -------------------------------------------------------------------------------------------

    /// Says what the screen shows. `split` is the first device column that shows the state after.
    #[wasm_bindgen(js_name = setView)]
    pub fn set_view(&mut self, origin_x: f64, origin_y: f64, zoom: f64, split: u32, grid: bool) {
        self.view = View {
            origin_x,
            origin_y,
            zoom,
            grid,
            ..self.view
        };
        self.split = split;
    }

    /// Says what is behind translucent pixels: two greys, and the side of the squares in device pixels.
    #[wasm_bindgen(js_name = setChecker)]
    pub fn set_checker(&mut self, light: u8, dark: u8, side: u32) {
        self.view.checker = [light, dark];
        self.view.checker_side = side.max(1);
    }

    /// Draws a rectangle of the screen, in device pixels, onto a canvas.
    pub fn draw(
        &mut self,
        context: &CanvasRenderingContext2d,
        x: u32,
        y: u32,
        width: u32,
        height: u32,
    ) -> Result<(), JsError> {
        let area = Rect::new(x, y, width, height);
        if area.is_empty() {
            return Ok(());
        }
        self.frame.clear(area)?;
        self.document
            .draw(&mut self.frame, &self.view, self.split)?;
        let failed = |_| JsError::new("The browser cannot draw the picture.");
        let data = ImageData::new_with_u8_clamped_array_and_sh(
            Clamped(self.frame.pixels()),
            width,
            height,
        )
        .map_err(failed)?;
        context
            .put_image_data(&data, f64::from(x), f64::from(y))
            .map_err(failed)
    }

    /// The level of the picture that is drawn at a zoom.
    #[wasm_bindgen(js_name = levelFor)]
    pub fn level_for(&self, zoom: f64) -> u32 {
        self.document.level_for(zoom)
    }

    /// How many levels there are.
    #[wasm_bindgen(getter, js_name = levelCount)]
    pub fn level_count(&self) -> u32 {
        self.document.level_count()
    }

    /// Where a rectangle of a level is on a screen of this size: x, y, width, height in device pixels.
    #[wasm_bindgen(js_name = onScreen)]
    pub fn on_screen(
        &self,
        level: u32,
        x: u32,
        y: u32,
        width: u32,
        height: u32,
        screen: &[u32],
    ) -> Vec<u32> {
        let rect =
            self.view
                .on_screen(&Rect::new(x, y, width, height), level, &screen_rect(screen));
        vec![rect.x, rect.y, rect.width, rect.height]
    }

    /// The part of a level that a screen of this size shows: x, y, width, height in the level's pixels.
    pub fn visible(&self, level: u32, screen: &[u32]) -> Result<Vec<u32>, JsError> {
        let image = self.document.level(level)?;
        let rect = self
            .view
            .visible(&screen_rect(screen), level, image.width(), image.height());
        Ok(vec![rect.x, rect.y, rect.width, rect.height])
    }

    /// Whether the split has two different states to show.
    #[wasm_bindgen(js_name = canCompare)]
    pub fn can_compare(&mut self) -> Result<bool, JsError> {
        Ok(self.document.can_compare()?)
    }

    // --- Tiles ----------------------------------------------------------------------------------------------

    /// Width and height of a level.
    #[wasm_bindgen(js_name = levelSize)]
    pub fn level_size(&self, level: u32) -> Result<Vec<u32>, JsError> {
        let image = self.document.level(level)?;
        Ok(vec![image.width(), image.height()])
    }

    /// The side of a cell of the grid that tiles have to lie on.
    #[wasm_bindgen(getter, js_name = tileEdge)]
    pub fn tile_edge(&self) -> u32 {
        tile::EDGE
    }

    /// Cuts a tile with its halo; [`Engine::tile_address`] and [`Engine::tile_length`] say where it is.
    pub fn cut(
        &mut self,
        level: u32,
        x: u32,
        y: u32,
        width: u32,
        height: u32,
        halo: u32,
    ) -> Result<(), JsError> {
        Ok(self
            .document
            .cut(level, &Rect::new(x, y, width, height), halo, &mut self.tile)?)
    }

    /// The address of the tile that was cut last.
    #[wasm_bindgen(getter, js_name = tileAddress)]
    pub fn tile_address(&self) -> usize {
        self.tile.as_ptr().addr()
    }

    /// Its length in bytes.
    #[wasm_bindgen(getter, js_name = tileLength)]
    pub fn tile_length(&self) -> usize {
        self.tile.len()
    }

    /// Makes room for a result of `length` bytes and returns its address. What is in it is what happened to be there: it is
    /// taken only when all of it was written.
    #[wasm_bindgen(js_name = makeRoom)]
    pub fn make_room(&mut self, length: u32) -> Result<usize, JsError> {
        let length = length as usize;
        let more = length.saturating_sub(self.result.len());
        self.result
            .try_reserve_exact(more)
            .map_err(|_| Error::OutOfMemory {
                bytes: length as u64,
            })?;
        self.result.resize(length, 0);
        Ok(self.result.as_ptr().addr())
    }

    /// Restricts filters to a rectangle (width 0: none) and a strength from 0 to 1.
    #[wasm_bindgen(js_name = setBlend)]
    pub fn set_blend(&mut self, x: u32, y: u32, width: u32, height: u32, strength: f64) {
        let rect = Rect::new(x, y, width, height);
        let selection = (!rect.is_empty()).then_some(rect);
        self.document.set_blend(Blend {
            selection,
            strength: (strength.clamp(0.0, 1.0) * 255.0).round() as u8,
        });
    }

    // --- Previews -------------------------------------------------------------------------------------------

    /// Begins a preview at a level, or makes the one that is there stale.
    #[wasm_bindgen(js_name = beginPreview)]
    pub fn begin_preview(&mut self, level: u32) -> Result<(), JsError> {
        Ok(self.document.begin_preview(level)?)
    }

    /// Takes the result, of which a filter wrote `length` bytes, for this tile of the preview.
    #[wasm_bindgen(js_name = putPreview)]
    pub fn put_preview(
        &mut self,
        x: u32,
        y: u32,
        width: u32,
        height: u32,
        length: u32,
    ) -> Result<(), JsError> {
        let rect = Rect::new(x, y, width, height);
        Ok(self
            .document
            .put_preview(&rect, written(&mut self.result, length)?)?)
    }

    /// Whether the newest round of the preview has all of this rectangle.
    #[wasm_bindgen(js_name = isFresh)]
    pub fn is_fresh(&self, x: u32, y: u32, width: u32, height: u32) -> bool {
        self.document.is_fresh(&Rect::new(x, y, width, height))
    }

    /// Shows the picture as it is again.
    #[wasm_bindgen(js_name = endPreview)]
    pub fn end_preview(&mut self) {
        self.document.end_preview();
    }

    // --- Runs at full resolution ----------------------------------------------------------------------------

    /// Begins a run.
    pub fn stage(&mut self) {
        self.document.stage();
    }

    /// Takes the result, of which a filter wrote `length` bytes, for this tile of the run.
    #[wasm_bindgen(js_name = putStaged)]
    pub fn put_staged(
        &mut self,
        x: u32,
        y: u32,
        width: u32,
        height: u32,
        length: u32,
    ) -> Result<(), JsError> {
        let rect = Rect::new(x, y, width, height);
        Ok(self
            .document
            .put_staged(&rect, written(&mut self.result, length)?)?)
    }

    /// Leaves the picture as it is in this tile of the run.
    #[wasm_bindgen(js_name = keepStaged)]
    pub fn keep_staged(&mut self, x: u32, y: u32, width: u32, height: u32) -> Result<(), JsError> {
        Ok(self.document.keep_staged(&Rect::new(x, y, width, height))?)
    }

    /// Forgets the run; the picture is as before.
    pub fn abandon(&mut self) {
        self.document.abandon();
    }

    /// Makes the complete run a step of the history. Returns how many cells changed.
    pub fn commit(&mut self, label: String) -> Result<u32, JsError> {
        Ok(self.document.commit(label)? as u32)
    }

    /// Crops to a rectangle.
    pub fn crop(
        &mut self,
        label: String,
        x: u32,
        y: u32,
        width: u32,
        height: u32,
    ) -> Result<(), JsError> {
        Ok(self
            .document
            .transform(label, Transform::Crop(Rect::new(x, y, width, height)))?)
    }

    /// Turns or mirrors: `right`, `left`, `horizontal` or `vertical`.
    pub fn transform(&mut self, label: String, how: &str) -> Result<(), JsError> {
        let transform = match how {
            "right" => Transform::TurnRight,
            "left" => Transform::TurnLeft,
            "horizontal" => Transform::MirrorHorizontally,
            "vertical" => Transform::MirrorVertically,
            _ => return Err(Error::NoSuch("transformation").into()),
        };
        Ok(self.document.transform(label, transform)?)
    }

    // --- History --------------------------------------------------------------------------------------------

    /// The labels of all steps that are kept, oldest first.
    #[wasm_bindgen(getter, js_name = historyLabels)]
    pub fn history_labels(&self) -> Vec<String> {
        self.document
            .history()
            .steps()
            .iter()
            .map(|step| step.label().to_owned())
            .collect()
    }

    /// The bytes of pixels that each of them holds.
    #[wasm_bindgen(getter, js_name = historyBytes)]
    pub fn history_bytes(&self) -> Vec<f64> {
        self.document
            .history()
            .steps()
            .iter()
            .map(|step| step.bytes() as f64)
            .collect()
    }

    /// How many steps are done.
    #[wasm_bindgen(getter, js_name = historyPosition)]
    pub fn history_position(&self) -> u32 {
        self.document.history().position() as u32
    }

    /// Steps that were forgotten to stay within the budget.
    #[wasm_bindgen(getter, js_name = historyForgotten)]
    pub fn history_forgotten(&self) -> u32 {
        self.document.history().forgotten() as u32
    }

    /// Goes to a place in the history.
    #[wasm_bindgen(js_name = goTo)]
    pub fn go_to(&mut self, position: u32) -> Result<(), JsError> {
        Ok(self.document.go(position as usize)?)
    }
}

fn screen_rect(size: &[u32]) -> Rect {
    match size {
        [width, height] => Rect::new(0, 0, *width, *height),
        _ => Rect::default(),
    }
}

/// The bytes of the result that the filter says it wrote.
fn written(result: &mut [u8], length: u32) -> Result<&mut [u8], Error> {
    let room = result.len() as u64;
    result.get_mut(..length as usize).ok_or(Error::WrongLength {
        what: "The filter's result",
        expected: room,
        found: u64::from(length),
    })
}
