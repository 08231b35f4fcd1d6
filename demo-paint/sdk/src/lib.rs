//! What a filter for the paint program is written with.
//!
//! A filter is a type that implements [`Filter`]: a [`Declaration`] from which the page builds the menu entry and the
//! dialog, and a `process` that turns a [`Tile`] into bytes. The whole of one:
//!
//! ```
//! use paint_filter::{Declaration, Filter, Geometry, Tile};
//!
//! /// Swaps every colour for its opposite.
//! #[derive(Default)]
//! pub struct Invert;
//!
//! impl Filter for Invert {
//!     const DECLARATION: Declaration = Declaration {
//!         id: "invert",
//!         name: "Invert",
//!         group: "Colour",
//!         summary: "Swaps every colour for its opposite, as on a film negative.",
//!         geometry: Geometry::Point,
//!         parameters: &[],
//!     };
//!
//!     fn process(&self, tile: &Tile) -> Vec<u8> {
//!         tile.map(|[red, green, blue, alpha]| [255 - red, 255 - green, 255 - blue, alpha])
//!     }
//! }
//!

//! paint_filter::filter!(Invert);
//! ```
//!
//! `docs/filters.md` describes the interface underneath, which a filter in any other language speaks too.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod colour;
mod declaration;
mod export;
mod filter;
mod gaussian;
mod json;
mod parameter;
mod random;
mod run;
mod scaled;
mod sobel;
mod table;
mod tile;
mod values;

pub use colour::{fine_luma, from_light, luma, quotient, to_byte, to_light};
pub use declaration::{Declaration, Geometry, HALO_LIMIT, Halo, PARAMETER_LIMIT};
pub use filter::{Filter, Size};
pub use gaussian::{FRACTION_BITS, Gaussian};
pub use json::Json;
pub use parameter::{Condition, Parameter};
pub use random::{Random, RandomRow};
pub use run::Run;
pub use scaled::add_scaled;
pub use sobel::slopes;
pub use table::Tables;
pub use tile::{Pixel, Tile};
pub use values::{Colour, Point, Value, Values};

#[doc(hidden)]
pub use portcullis_guest;
