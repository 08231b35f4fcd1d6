//! Whether an image gives the same bytes however it is cut into tiles.

use std::hash::{BuildHasher, Hasher, RandomState};

use paint_filter::{Filter, Value};
use serde_json::Value as Json;

use crate::declaration;
use crate::image::Image;
use crate::page::{Core, run};
use crate::vectors;

/// Random settings to try on every image.
const ROUNDS: usize = 6;

/// Panics where tiles make a difference. The settings are random; `PAINT_FILTER_SEED` repeats those of a failure.
pub fn check<F: Filter>() {
    let seed = match std::env::var("PAINT_FILTER_SEED") {
        Ok(seed) => seed.parse().expect("PAINT_FILTER_SEED is a number"),
        Err(_) => RandomState::new().build_hasher().finish(),
    };
    println!("PAINT_FILTER_SEED={seed}");
    let mut random = Random(seed);
    let declaration = declaration::json::<F>();
    let parameters = declaration["parameters"].as_array().expect("a list");
    let images = ["alpha", "noise", "row", "column", "pixel"].map(vectors::image);
    let half_opaque = half_opaque(&images[0]);
    for round in 0..ROUNDS {
        for image in images.iter().chain([&half_opaque]) {
            let values: Vec<Value> = parameters
                .iter()
                .map(|parameter| match round {
                    0 => declaration::default(parameter),
                    _ => random.value(parameter),
                })
                .collect();
            let whole = run::<F>(&values, image, &[Core::whole(image)]);
            let tiled = run::<F>(&values, image, &random.cores(image));
            if whole != tiled {
                panic!("tiles make a difference with {values:?}, seed {seed}");
            }
        }
    }
}

/// Opaque on the left, so that some tiles are opaque and others are not.
fn half_opaque(image: &Image) -> Image {
    let mut image = image.clone();
    for (index, pixel) in image.pixels.iter_mut().enumerate() {
        if index % image.width < image.width * 2 / 3 {
            pixel[3] = 255;
        }
    }
    image
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// From 0 up to but not including `end`.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// From 0 to 1, with few decimals, so that 0 and 1 come up too.
    fn part(&mut self) -> f64 {
        self.below(101) as f64 / 100.0
    }

    /// A value within the slider's range, or the range of the kind.
    fn value(&mut self, parameter: &Json) -> Value {
        let bound = |inner: &str, outer: &str| {
            let bound = parameter.get(inner).unwrap_or(&parameter[outer]);
            bound.as_f64().expect("a number")
        };
        let part = self.part();
        let between = || {
            let (from, to) = (bound("from", "minimum"), bound("to", "maximum"));
            from + (to - from) * part
        };
        match parameter["kind"].as_str().expect("a kind") {
            "int" | "seed" => Value::Numbers(vec![between().round()]),
            "float" => Value::Numbers(vec![between()]),
            "bool" => Value::Numbers(vec![self.below(2) as f64]),
            "choice" => {
                let choices = parameter["choices"].as_array().expect("a list");
                Value::Numbers(vec![self.below(choices.len()) as f64])
            }
            "colour" => Value::Numbers((0..4).map(|_| self.part()).collect()),
            "point" => Value::Numbers(vec![self.part(), self.part()]),
            "curve" => {
                let steps = 1 + self.below(4);
                Value::Numbers(
                    (0..=steps)
                        .flat_map(|step| [step as f64 / steps as f64, self.part()])
                        .collect(),
                )
            }
            "text" => Value::Text(format!("{part}")),
            _ => Value::Numbers(Vec::new()),
        }
    }

    /// Tiles of an odd size, in random order, that cover the image.
    fn cores(&mut self, image: &Image) -> Vec<Core> {
        let (columns, rows) = (1 + self.below(19), 1 + self.below(19));
        let mut cores = Vec::new();
        for y in (0..image.height).step_by(rows) {
            for x in (0..image.width).step_by(columns) {
                let core = Core {
                    x,
                    y,
                    width: columns.min(image.width - x),
                    height: rows.min(image.height - y),
                };
                let place = self.below(cores.len() + 1);
                cores.insert(place, core);
            }
        }
        cores
    }
}
