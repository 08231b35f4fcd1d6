//! Filters linked into the module that has the picture: no process, no kernel, no copies from memory to memory. The sources
//! are those of the plugins, and the pixel engine is that of the page, so the difference is what the sandbox costs.

#![forbid(unsafe_code)]

use paint_engine::{Document, Image, Rect, tile};
use paint_filter::{Filter, Run, Value};
use wasm_bindgen::prelude::*;

#[path = "../../../../demo-paint/filters/box-blur/src/lib.rs"]
mod box_blur;
#[path = "../../../../demo-paint/filters/gaussian-blur/src/lib.rs"]
mod gaussian_blur;
#[path = "../../../../demo-paint/filters/invert/src/lib.rs"]
mod invert;
#[path = "../../../../demo-paint/filters/median/src/lib.rs"]
mod median;
#[path = "../../../../demo-paint/filters/sharpen/src/lib.rs"]
mod sharpen;
#[path = "../../../../demo-paint/filters/sobel-edges/src/lib.rs"]
mod sobel_edges;
#[path = "../../../../demo-paint/filters/unsharp-mask/src/lib.rs"]
mod unsharp_mask;

/// Halos wider than this make larger tiles worth their while: as the paint page has it.
const WIDE_HALO: u32 = 64;

/// A picture with filters that are part of the same module.
#[wasm_bindgen]
pub struct Linked {
    document: Document,
    tile: Vec<u8>,
}

#[wasm_bindgen]
impl Linked {
    /// A picture from RGBA pixels with straight alpha. `history_budget` is in bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(
        width: u32,
        height: u32,
        pixels: Vec<u8>,
        history_budget: f64,
    ) -> Result<Self, JsError> {
        let image = Image::from_pixels(width, height, pixels)?;
        Ok(Self {
            document: Document::new(image, history_budget as usize)?,
            tile: Vec::new(),
        })
    }

    /// CRC-32 of size and pixels.
    pub fn checksum(&self) -> u32 {
        self.document.checksum()
    }

    /// Undoes everything.
    #[wasm_bindgen(js_name = goBack)]
    pub fn go_back(&mut self) -> Result<(), JsError> {
        Ok(self.document.go(0)?)
    }

    /// Applies a filter, by its id, to the whole picture, as one step of the history. `parameters` are the numbers of its
    /// first parameters.
    pub fn apply(&mut self, filter: &str, parameters: &[f64]) -> Result<(), JsError> {
        match filter {
            "box-blur" => self.run::<box_blur::BoxBlur>(parameters),
            "gaussian-blur" => self.run::<gaussian_blur::GaussianBlur>(parameters),
            "invert" => self.run::<invert::Invert>(parameters),
            "median" => self.run::<median::Median>(parameters),
            "sharpen" => self.run::<sharpen::Sharpen>(parameters),
            "sobel-edges" => self.run::<sobel_edges::SobelEdges>(parameters),
            "unsharp-mask" => self.run::<unsharp_mask::UnsharpMask>(parameters),
            _ => Err(JsError::new("no such filter is linked")),
        }
    }

    fn run<F: Filter>(&mut self, parameters: &[f64]) -> Result<(), JsError> {
        let (width, height) = (
            self.document.image().width(),
            self.document.image().height(),
        );
        let refused = |sentence: String| JsError::new(&sentence);
        let mut run = Run::<F>::default();
        for (index, number) in (0..).zip(parameters) {
            run.set(index, Value::Numbers(vec![*number]))
                .map_err(refused)?;
        }
        run.prepare(width, height).map_err(refused)?;
        let halo = run.halo();
        let edge = tile::EDGE * if halo > WIDE_HALO { 2 } else { 1 };
        self.document.stage();
        for y in (0..height).step_by(edge as usize) {
            for x in (0..width).step_by(edge as usize) {
                let core = Rect::new(x, y, edge.min(width - x), edge.min(height - y));
                self.document.cut(0, &core, halo, &mut self.tile)?;
                let mut made = run.process(&self.tile, (x, y), (core.width, core.height));
                self.document.put_staged(&core, &mut made)?;
            }
        }
        self.document.commit(F::DECLARATION.name.into())?;
        Ok(())
    }
}
