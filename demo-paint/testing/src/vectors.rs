//! The reference vectors: results that were computed by other means, see `demo-paint/vectors/generate.py`.

use std::path::{Path, PathBuf};

use paint_filter::{Filter, Value};
use serde_json::Value as Json;

use crate::declaration;
use crate::image::Image;
use crate::page::{Core, Outcome, run};

/// Where the reference vectors are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

/// One of the images that the vectors begin with.
pub fn image(name: &str) -> Image {
    Image::read(&folder().join(format!("images/{name}.png")))
}

/// Panics where a result of `F` is not that of the vectors.
pub fn check<F: Filter>() {
    let folder = folder().join(F::DECLARATION.id);
    let cases = std::fs::read(folder.join("cases.json"))
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let cases: Vec<Json> = serde_json::from_slice(&cases).expect("cases.json is a list");
    assert!(!cases.is_empty());
    for case in &cases {
        let name = case["name"].as_str().expect("a case has a name");
        let image = image(case["image"].as_str().expect("a case has an image"));
        let values = values::<F>(&case["parameters"]);
        let outcome = run::<F>(&values, &image, &[Core::whole(&image)])
            .unwrap_or_else(|sentence| panic!("{name}: {sentence}"));
        let tolerance = case["tolerance"].as_f64().expect("a case has a tolerance");
        match outcome {
            Outcome::Image(result) => {
                let expected = Image::read(&folder.join(format!("{name}.png")));
                let difference = match case["compare"].as_str() {
                    Some("straight") => straight_difference,
                    Some("visible") => visible_difference,
                    _ => panic!("{name}: unknown way to compare"),
                };
                compare_images(name, &result, &expected, tolerance, difference);
            }
            Outcome::Report(report) => {
                let report: Json = serde_json::from_str(&report).expect("a report is JSON");
                compare_reports(name, &report, &case["report"], tolerance);
            }
        }
    }
}

/// The values of all parameters: those of `given`, and the defaults of the others.
fn values<F: Filter>(given: &Json) -> Vec<Value> {
    let declaration = declaration::json::<F>();
    let parameters = declaration["parameters"].as_array().expect("a list");
    let given = given.as_object().expect("an object");
    for key in given.keys() {
        assert!(
            parameters
                .iter()
                .any(|parameter| parameter["key"] == key.as_str()),
            "there is no parameter {key}"
        );
    }
    parameters
        .iter()
        .map(|parameter| {
            let key = parameter["key"].as_str().expect("a key");
            given
                .get(key)
                .map_or_else(|| declaration::default(parameter), declaration::value)
        })
        .collect()
}

fn compare_images(
    name: &str,
    result: &Image,
    expected: &Image,
    tolerance: f64,
    difference: fn([u8; 4], [u8; 4]) -> f64,
) {
    assert_eq!(
        (result.width, result.height),
        (expected.width, expected.height),
        "{name}"
    );
    let width = expected.width;
    for (index, (result, expected)) in result.pixels.iter().zip(&expected.pixels).enumerate() {
        let (x, y) = (index % width, index / width);
        assert!(
            difference(*result, *expected) <= tolerance,
            "{name}: the pixel ({x}, {y}) is {result:?} and should be {expected:?}"
        );
    }
}

/// The largest difference of a value.
fn straight_difference(left: [u8; 4], right: [u8; 4]) -> f64 {
    let differences = left
        .iter()
        .zip(right)
        .map(|(left, right)| f64::from(left.abs_diff(right)));
    differences.fold(0.0, f64::max)
}

/// The largest difference that can be seen: of colours times alpha, and of alpha.
fn visible_difference(left: [u8; 4], right: [u8; 4]) -> f64 {
    let seen = |[red, green, blue, alpha]: [u8; 4]| {
        let [red, green, blue, alpha] = [red, green, blue, alpha].map(f64::from);
        [
            red * alpha / 255.0,
            green * alpha / 255.0,
            blue * alpha / 255.0,
            alpha,
        ]
    };
    let differences = seen(left)
        .into_iter()
        .zip(seen(right))
        .map(|(left, right)| (left - right).abs());
    differences.fold(0.0, f64::max)
}

fn compare_reports(name: &str, report: &Json, expected: &Json, tolerance: f64) {
    match (report, expected) {
        (Json::Array(report), Json::Array(expected)) => {
            assert_eq!(report.len(), expected.len(), "{name}");
            for (report, expected) in report.iter().zip(expected) {
                compare_reports(name, report, expected, tolerance);
            }
        }
        (Json::Object(report), Json::Object(expected)) => {
            assert!(report.keys().eq(expected.keys()), "{name}: {report:?}");
            for (key, expected) in expected {
                compare_reports(&format!("{name}, {key}"), &report[key], expected, tolerance);
            }
        }
        (Json::Number(report), Json::Number(expected)) => {
            let (report, expected) = (report.as_f64().unwrap(), expected.as_f64().unwrap());
            assert!(
                (report - expected).abs() <= tolerance,
                "{name}: {report}, not {expected}"
            );
        }
        _ => assert_eq!(report, expected, "{name}"),
    }
}
