//! Whether the page accepts a declaration.

use std::collections::HashSet;

use paint_filter::{Filter, HALO_LIMIT, PARAMETER_LIMIT, Value};
use serde_json::{Map, Value as Json};

/// The headings of the menu.
const GROUPS: [&str; 9] = [
    "Colour", "Light", "Blur", "Sharpen", "Edges", "Stylise", "Noise", "Generate", "Trouble",
];

/// The declaration of `F` as the page reads it.
pub fn json<F: Filter>() -> Json {
    serde_json::from_slice(F::DECLARATION.json().as_bytes()).expect("the declaration is JSON")
}

/// The default of a parameter of the declaration, as the page would set it.
pub fn default(parameter: &Json) -> Value {
    value(&parameter["default"])
}

/// A value of a parameter as the page would set it.
pub fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Numbers(Vec::new()),
        Json::Bool(flag) => Value::Numbers(vec![f64::from(*flag)]),
        Json::Number(number) => Value::Numbers(vec![number.as_f64().expect("a finite number")]),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(numbers) => Value::Numbers(
            numbers
                .iter()
                .map(|number| number.as_f64().expect("a number"))
                .collect(),
        ),
        Json::Object(_) => panic!("an object is no value"),
    }
}

/// Panics where something is missing or wrong.
pub fn check<F: Filter>() {
    let declaration = json::<F>();
    let declaration = object(&declaration);
    for key in ["id", "name", "summary", "alpha", "colour"] {
        text(declaration, key);
    }
    let summary = text(declaration, "summary");
    assert!(
        summary.ends_with('.'),
        "the summary is a sentence: {summary}"
    );
    let group = text(declaration, "group");
    assert!(GROUPS.contains(&group), "the menu has no heading {group}");

    let parameters = declaration["parameters"]
        .as_array()
        .expect("parameters is a list");
    assert!(parameters.len() <= PARAMETER_LIMIT);
    let mut keys = HashSet::new();
    for parameter in parameters {
        let parameter = object(parameter);
        check_parameter(parameter);
        assert!(
            keys.insert(text(parameter, "key")),
            "two parameters have one key"
        );
    }
    for parameter in parameters {
        for condition in ["visible", "enabled"] {
            if let Some(condition) = parameter.get(condition) {
                let condition = object(condition);
                assert!(keys.contains(text(condition, "parameter")));
                assert!(condition.contains_key("equals"));
            }
        }
    }

    let geometry = object(&declaration["geometry"]);
    let kind = text(geometry, "kind");
    assert!(["point", "area", "whole", "generator", "analysis"].contains(&kind));
    assert_eq!(geometry.contains_key("halo"), kind == "area");
    match geometry.get("halo") {
        Some(Json::Number(halo)) => {
            assert!(halo.as_u64().is_some_and(|halo| halo <= HALO_LIMIT.into()))
        }
        Some(halo) => {
            let halo = object(halo);
            let key = text(halo, "parameter");
            let parameter = parameters
                .iter()
                .find(|parameter| parameter["key"] == key)
                .expect("the halo's parameter is declared");
            let largest = number(&parameter["maximum"]) * number(&halo["scale"]);
            assert!(largest.ceil() + number(&halo["offset"]) <= f64::from(HALO_LIMIT));
        }
        None => {}
    }
}

fn check_parameter(parameter: &Map<String, Json>) {
    let key = text(parameter, "key");
    assert!(!text(parameter, "label").is_empty(), "{key} has no label");
    if let Some(hint) = parameter.get("hint") {
        assert!(
            hint.as_str().is_some_and(|hint| hint.ends_with('.')),
            "the hint of {key} is a sentence"
        );
    }
    let length = |expected: usize| {
        let Value::Numbers(numbers) = value(&parameter["default"]) else {
            panic!("the default of {key} is text");
        };
        assert_eq!(numbers.len(), expected, "the default of {key}");
    };
    match text(parameter, "kind") {
        "int" | "float" | "seed" => {
            let [minimum, default, maximum] =
                ["minimum", "default", "maximum"].map(|key| number(&parameter[key]));
            assert!(
                minimum <= default && default <= maximum,
                "the default of {key}"
            );
            let from = parameter.get("from").map_or(minimum, number);
            let to = parameter.get("to").map_or(maximum, number);
            assert!(
                minimum <= from && from < to && to <= maximum,
                "the slider of {key}"
            );
            if let Some(unit) = parameter.get("unit") {
                assert!(
                    ["pixel-distance", "percent", "degrees"]
                        .map(Json::from)
                        .contains(unit),
                    "the unit of {key}"
                );
            }
        }
        "bool" => assert!(parameter["default"].is_boolean(), "the default of {key}"),
        "choice" => {
            let choices = parameter["choices"].as_array().expect("choices is a list");
            let default = parameter["default"].as_u64().expect("an index");
            assert!((default as usize) < choices.len(), "the default of {key}");
        }
        "colour" => length(4),
        "point" => length(2),
        "curve" => length(parameter["default"].as_array().map_or(0, Vec::len) / 2 * 2),
        "text" => assert!(parameter["default"].is_string(), "the default of {key}"),
        "group" => assert!(!parameter.contains_key("default"), "{key} has a default"),
        other => panic!("{key} has the unknown kind {other}"),
    }
}

fn object(json: &Json) -> &Map<String, Json> {
    json.as_object()
        .unwrap_or_else(|| panic!("{json} is not an object"))
}

fn text<'a>(object: &'a Map<String, Json>, key: &str) -> &'a str {
    object
        .get(key)
        .and_then(Json::as_str)
        .unwrap_or_else(|| panic!("{key} is missing"))
}

fn number(json: &Json) -> f64 {
    json.as_f64()
        .unwrap_or_else(|| panic!("{json} is not a number"))
}
