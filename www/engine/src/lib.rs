//! The pixel engine of the paint page.
//!
//! Three principles hold everywhere:
//!
//! 1. Pixels are RGBA, 8 bits each, sRGB, alpha not premultiplied, and they stay in this memory. The page sees them
//!    through views while a tile is on its way to a filter, and through rendered frames, never by reading a canvas.
//! 2. Nothing big is allocated before its size was checked, and an allocation that fails is an [`Error`], not a panic.
//! 3. What comes back from a filter is an allegation: every length and every rectangle is checked before it is pasted,
//!    and the document changes only when a whole run is committed.
//!
//! ```text
//!   decoded pixels ─► Document ── cut ──► tile with halo ──► filter ──► tile ── paste ─┬─► Preview (one mip level)
//!                        │                                                             └─► Staged ── commit ─► History
//!                        └─► Pyramid ──► render ──► frame (an opaque picture for the canvas)
//! ```

#![forbid(unsafe_code)]

pub mod checksum;
pub mod colours;
pub mod document;
pub mod encode;
pub mod error;
pub mod histogram;
pub mod history;
pub mod image;
pub mod patch;
pub mod preview;
pub mod probe;
pub mod pyramid;
pub mod rect;
pub mod render;
pub mod selection;
pub mod staged;
pub mod tile;
pub mod transform;

#[cfg(target_arch = "wasm32")]
mod web;

pub use document::Document;
pub use error::Error;
pub use image::Image;
pub use rect::Rect;
