//! The values of a filter's parameters.

use crate::declaration::{Declaration, Geometry, HALO_LIMIT, Halo};
use crate::parameter::{Initial, Kind, Parameter};

/// The value of every parameter that a filter declared: the default until it was set.
///
/// The getters take the key of a parameter. They panic where the filter declared no such parameter of that kind: that
/// is a mistake in the filter, not in what a person entered.
#[derive(Clone, Debug)]
pub struct Values {
    declaration: &'static Declaration,
    values: Vec<Value>,
}

/// One value, as it crosses the border.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// What `set` brings.
    Numbers(Vec<f64>),
    /// What `set-text` brings.
    Text(String),
}

/// A colour parameter: sRGB and straight alpha, all from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colour {
    /// Red, green and blue.
    pub rgb: [f64; 3],
    /// From 0, transparent, to 1, opaque.
    pub alpha: f64,
}

/// A point parameter: a place in the image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// From 0, the left edge, to 1, the right edge.
    pub x: f64,
    /// From 0, the upper edge, to 1, the lower edge.
    pub y: f64,
}

impl Values {
    /// The defaults.
    pub fn new(declaration: &'static Declaration) -> Self {
        let values = declaration.parameters.iter().map(initial).collect();
        Values {
            declaration,
            values,
        }
    }

    /// Sets the parameter at `index`.
    ///
    /// # Errors
    /// A sentence that names the parameter, where there is none at that index, or where `value` is of another kind, is
    /// not finite, or is out of range. Nothing is changed then.
    pub fn set(&mut self, index: usize, value: Value) -> Result<(), String> {
        let parameter = self
            .declaration
            .parameters
            .get(index)
            .ok_or_else(|| format!("There is no parameter number {index}."))?;
        check(parameter, &value)
            .map_err(|reason| format!("Parameter \"{}\" {reason}.", parameter.key))?;
        self.values[index] = value;
        Ok(())
    }

    /// The value of an `int`.
    pub fn int(&self, key: &str) -> i32 {
        self.number(key, "int", |kind| kind == Kind::Int) as i32
    }

    /// The value of a `float`.
    pub fn float(&self, key: &str) -> f64 {
        self.number(key, "float", |kind| kind == Kind::Float)
    }

    /// The value of a `seed`.
    pub fn seed(&self, key: &str) -> u32 {
        self.number(key, "seed", |kind| kind == Kind::Seed) as u32
    }

    /// The value of a `bool`.
    pub fn bool(&self, key: &str) -> bool {
        self.number(key, "bool", |kind| kind == Kind::Bool) != 0.0
    }

    /// The index of what was chosen.
    pub fn choice(&self, key: &str) -> usize {
        self.number(key, "choice", |kind| matches!(kind, Kind::Choice(_))) as usize
    }

    /// The value of a `colour`.
    pub fn colour(&self, key: &str) -> Colour {
        let numbers = self.numbers(key, "colour", |kind| kind == Kind::Colour);
        Colour {
            rgb: [numbers[0], numbers[1], numbers[2]],
            alpha: numbers[3],
        }
    }

    /// The value of a `point`.
    pub fn point(&self, key: &str) -> Point {
        let numbers = self.numbers(key, "point", |kind| kind == Kind::Point);
        Point {
            x: numbers[0],
            y: numbers[1],
        }
    }

    /// The points `[x, y]` of a `curve`: two or more, from 0 to 1, x ascending.
    pub fn curve(&self, key: &str) -> &[[f64; 2]] {
        let numbers = self.numbers(key, "curve", |kind| kind == Kind::Curve);
        numbers.as_chunks().0
    }

    /// The value of a `text`.
    pub fn text(&self, key: &str) -> &str {
        match self.find(key, "text", |kind| kind == Kind::Text) {
            Value::Text(text) => text,
            Value::Numbers(_) => unreachable!("`set` lets only text into a text"),
        }
    }

    /// How many pixels a tile brings along on every side of its core, with these values.
    pub fn halo(&self) -> u32 {
        match self.declaration.geometry {
            Geometry::Area(Halo::Fixed(halo)) => halo,
            Geometry::Area(Halo::Follows { key, scale }) => {
                let value = self.number(key, "number", |kind| {
                    matches!(kind, Kind::Int | Kind::Float)
                });
                ((scale * value).ceil() as u32).min(HALO_LIMIT)
            }
            _ => 0,
        }
    }

    fn number(&self, key: &str, kind: &str, is_kind: impl Fn(Kind) -> bool) -> f64 {
        self.numbers(key, kind, is_kind)[0]
    }

    fn numbers(&self, key: &str, kind: &str, is_kind: impl Fn(Kind) -> bool) -> &[f64] {
        match self.find(key, kind, is_kind) {
            Value::Numbers(numbers) => numbers,
            Value::Text(_) => unreachable!("`set` lets text into nothing but a text"),
        }
    }

    fn find(&self, key: &str, kind: &str, is_kind: impl Fn(Kind) -> bool) -> &Value {
        self.declaration
            .parameters
            .iter()
            .position(|parameter| parameter.key == key && is_kind(parameter.kind))
            .map(|index| &self.values[index])
            .unwrap_or_else(|| panic!("the filter declares no {kind} parameter \"{key}\""))
    }
}

fn initial(parameter: &Parameter) -> Value {
    match parameter.default {
        Initial::Nothing => Value::Numbers(Vec::new()),
        Initial::Number(number) => Value::Numbers(vec![number]),
        Initial::Flag(flag) => Value::Numbers(vec![f64::from(flag)]),
        Initial::Numbers(numbers) => Value::Numbers(numbers.to_vec()),
        Initial::Text(text) => Value::Text(text.into()),
    }
}

/// The rest of a sentence that begins with the parameter, where `value` is not one for it.
fn check(parameter: &Parameter, value: &Value) -> Result<(), String> {
    let numbers = match (parameter.kind, value) {
        (Kind::Text, Value::Text(_)) => return Ok(()),
        (Kind::Text, Value::Numbers(_)) => return Err("takes text, not numbers".into()),
        (_, Value::Text(_)) => return Err("takes numbers, not text".into()),
        (_, Value::Numbers(numbers)) => numbers.as_slice(),
    };
    let (count, minimum, maximum) = match parameter.kind {
        Kind::Int | Kind::Float | Kind::Seed => {
            let (minimum, maximum) = parameter.range.unwrap_or((f64::MIN, f64::MAX));
            (1, minimum, maximum)
        }
        Kind::Bool => (1, 0.0, 1.0),
        Kind::Choice(choices) => (1, 0.0, choices.len() as f64 - 1.0),
        Kind::Colour => (4, 0.0, 1.0),
        Kind::Point => (2, 0.0, 1.0),
        Kind::Curve => (numbers.len(), 0.0, 1.0),
        Kind::Text | Kind::Group => (0, 0.0, 0.0),
    };
    if numbers.len() != count {
        return Err(format!("takes {count} numbers, not {}", numbers.len()));
    }
    if let Some(number) = numbers
        .iter()
        .find(|number| !(minimum..=maximum).contains(*number))
    {
        return Err(format!(
            "is {number}, but must be from {minimum} to {maximum}"
        ));
    }
    let whole = matches!(
        parameter.kind,
        Kind::Int | Kind::Seed | Kind::Bool | Kind::Choice(_)
    );
    if let Some(number) = numbers.iter().find(|number| whole && number.fract() != 0.0) {
        return Err(format!("is {number}, but must be a whole number"));
    }
    if parameter.kind == Kind::Curve {
        let (points, rest) = numbers.as_chunks::<2>();
        let ascending = points.windows(2).all(|pair| pair[0][0] < pair[1][0]);
        if points.len() < 2 || !rest.is_empty() || !ascending {
            return Err("takes two points or more, x ascending".into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    static DECLARATION: Declaration = Declaration {
        id: "example",
        name: "Example",
        group: "Test",
        summary: "Has one parameter of every kind.",
        geometry: Geometry::Area(Halo::follows("float", 2.0)),
        parameters: &[
            Parameter::int("int", "Int", 3, -5, 5),
            Parameter::float("float", "Float", 0.6, 0.0, 1.0),
            Parameter::seed("seed", "Seed", 7),
            Parameter::bool("bool", "Bool", true),
            Parameter::choice("choice", "Choice", 1, &["a", "b", "c"]),
            Parameter::colour("colour", "Colour", &[0.0, 0.5, 1.0, 1.0]),
            Parameter::point("point", "Point", &[0.25, 0.75]),
            Parameter::curve("curve", "Curve", &[0.0, 0.0, 1.0, 1.0]),
            Parameter::text("text", "Text", "hello"),
            Parameter::group("group", "Group"),
        ],
    };

    fn numbers(numbers: &[f64]) -> Value {
        Value::Numbers(numbers.to_vec())
    }

    #[test]
    fn every_parameter_starts_with_its_default() {
        let values = Values::new(&DECLARATION);
        assert_eq!(values.int("int"), 3);
        assert_eq!(values.float("float"), 0.6);
        assert_eq!(values.seed("seed"), 7);
        assert!(values.bool("bool"));
        assert_eq!(values.choice("choice"), 1);
        assert_eq!(values.colour("colour").rgb, [0.0, 0.5, 1.0]);
        assert_eq!(values.point("point"), Point { x: 0.25, y: 0.75 });
        assert_eq!(values.curve("curve"), [[0.0, 0.0], [1.0, 1.0]]);
        assert_eq!(values.text("text"), "hello");
        assert_eq!(values.halo(), 2);
    }

    #[test]
    fn what_is_set_is_what_a_filter_gets() {
        let mut values = Values::new(&DECLARATION);
        values.set(0, numbers(&[-5.0])).unwrap();
        values.set(2, numbers(&[4_294_967_295.0])).unwrap();
        values
            .set(7, numbers(&[0.0, 1.0, 0.5, 0.2, 1.0, 0.0]))
            .unwrap();
        values.set(8, Value::Text("bye".into())).unwrap();
        values.set(9, numbers(&[])).unwrap();
        assert_eq!(values.int("int"), -5);
        assert_eq!(values.seed("seed"), u32::MAX);
        assert_eq!(values.curve("curve")[1], [0.5, 0.2]);
        assert_eq!(values.text("text"), "bye");
    }

    #[test]
    fn what_does_not_fit_is_refused_with_a_sentence() {
        let mut values = Values::new(&DECLARATION);
        for (index, value, sentence) in [
            (10, numbers(&[0.0]), "There is no parameter number 10."),
            (
                0,
                numbers(&[6.0]),
                "Parameter \"int\" is 6, but must be from -5 to 5.",
            ),
            (
                0,
                numbers(&[0.5]),
                "Parameter \"int\" is 0.5, but must be a whole number.",
            ),
            (
                1,
                numbers(&[f64::NAN]),
                "Parameter \"float\" is NaN, but must be from 0 to 1.",
            ),
            (
                1,
                numbers(&[]),
                "Parameter \"float\" takes 1 numbers, not 0.",
            ),
            (
                1,
                Value::Text("1".into()),
                "Parameter \"float\" takes numbers, not text.",
            ),
            (
                4,
                numbers(&[3.0]),
                "Parameter \"choice\" is 3, but must be from 0 to 2.",
            ),
            (
                5,
                numbers(&[0.0; 3]),
                "Parameter \"colour\" takes 4 numbers, not 3.",
            ),
            (
                7,
                numbers(&[0.0, 0.0]),
                "Parameter \"curve\" takes two points or more, x ascending.",
            ),
            (
                7,
                numbers(&[0.5, 0.0, 0.5, 1.0]),
                "Parameter \"curve\" takes two points or more, x ascending.",
            ),
            (
                8,
                numbers(&[1.0]),
                "Parameter \"text\" takes text, not numbers.",
            ),
        ] {
            assert_eq!(values.set(index, value).unwrap_err(), sentence);
        }
        assert_eq!(values.int("int"), 3);
        assert_eq!(values.float("float"), 0.6);
    }

    #[test]
    #[should_panic(expected = "the filter declares no float parameter \"int\"")]
    fn a_getter_of_another_kind_panics() {
        Values::new(&DECLARATION).float("int");
    }
}
