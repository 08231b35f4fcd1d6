//! Mints handles without end.

use paint_filter::{Declaration, Filter, Geometry, Tile};
use portcullis_guest::{Own, class};

/// Mints handles until it is refused one, and releases none.
#[derive(Default)]
pub struct FloodHandles;

/// What the handles are of.
#[class("trouble/flood@1")]
struct Droplet;

/// Nobody should get that far.
const ENOUGH: u32 = 10_000_000;

impl Filter for FloodHandles {
    const DECLARATION: Declaration = Declaration {
        id: "flood-handles",
        name: "Flood the kernel with handles",
        group: "Trouble",
        summary: "Asks the kernel for handles until it is refused one, to see whether the kernel drowns.",
        geometry: Geometry::Point,
        parameters: &[],
    };

    fn process(&self, _: &Tile) -> Vec<u8> {
        for count in 0..ENOUGH {
            match Own::new(Droplet) {
                Ok(handle) => std::mem::forget(handle),
                Err(reason) => panic!("I got {count} handles, then the kernel said: {reason}."),
            }
        }
        panic!("I got {ENOUGH} handles, and nobody stopped me.")
    }
}

paint_filter::filter!(FloodHandles);

#[cfg(test)]
paint_filter_testing::declaration_tests!(FloodHandles);
