//! One parameter of a filter, as it is declared.

use crate::json::Json;

/// A parameter: what the page asks for, in which range, and what it says about it. Made by one of the constructors and
/// refined by the methods that follow:
///
/// ```
/// use paint_filter::Parameter;
///
/// const RADIUS: Parameter = Parameter::float("sigma", "Radius", 3.0, 0.1, 100.0)
///     .slider(0.1, 20.0)
///     .step(0.1, 1)
///     .pixels()
///     .hint("Standard deviation of the bell.");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    pub(crate) key: &'static str,
    pub(crate) kind: Kind,
    pub(crate) default: Initial,
    pub(crate) range: Option<(f64, f64)>,
    label: &'static str,
    hint: &'static str,
    slider: Option<(f64, f64)>,
    step: Option<(f64, u32)>,
    unit: Option<&'static str>,
    visible: Option<Condition>,
    enabled: Option<Condition>,
    affects: bool,
}

/// What a parameter is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Int,
    Float,
    Seed,
    Bool,
    Choice(&'static [&'static str]),
    Colour,
    Point,
    Curve,
    Text,
    Group,
}

/// The value that a parameter has before anybody changes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Initial {
    Nothing,
    Number(f64),
    Flag(bool),
    Numbers(&'static [f64]),
    Text(&'static str),
}

/// When a parameter is shown, or can be changed: while another parameter has a certain value.
#[derive(Clone, Copy, Debug)]
pub struct Condition {
    pub(crate) parameter: &'static str,
    equals: Initial,
}

impl Condition {
    /// While the choice `parameter` is the one at `index`.
    pub const fn choice(parameter: &'static str, index: u32) -> Self {
        Condition {
            parameter,
            equals: Initial::Number(index as f64),
        }
    }

    /// While the bool `parameter` is `flag`.
    pub const fn flag(parameter: &'static str, flag: bool) -> Self {
        Condition {
            parameter,
            equals: Initial::Flag(flag),
        }
    }
}

impl Parameter {
    const fn new(key: &'static str, label: &'static str, kind: Kind, default: Initial) -> Self {
        Parameter {
            key,
            kind,
            default,
            range: None,
            label,
            hint: "",
            slider: None,
            step: None,
            unit: None,
            visible: None,
            enabled: None,
            affects: true,
        }
    }

    /// A whole number from `minimum` to `maximum`.
    pub const fn int(
        key: &'static str,
        label: &'static str,
        default: i32,
        minimum: i32,
        maximum: i32,
    ) -> Self {
        let mut parameter = Self::new(key, label, Kind::Int, Initial::Number(default as f64));
        parameter.range = Some((minimum as f64, maximum as f64));
        parameter
    }

    /// A number from `minimum` to `maximum`.
    pub const fn float(
        key: &'static str,
        label: &'static str,
        default: f64,
        minimum: f64,
        maximum: f64,
    ) -> Self {
        let mut parameter = Self::new(key, label, Kind::Float, Initial::Number(default));
        parameter.range = Some((minimum, maximum));
        parameter
    }

    /// The start of a sequence of random numbers: a whole number of 32 bits. The page has a button that rolls it.
    pub const fn seed(key: &'static str, label: &'static str, default: u32) -> Self {
        let mut parameter = Self::new(key, label, Kind::Seed, Initial::Number(default as f64));
        parameter.range = Some((0.0, u32::MAX as f64));
        parameter
    }

    /// Yes or no.
    pub const fn bool(key: &'static str, label: &'static str, default: bool) -> Self {
        Self::new(key, label, Kind::Bool, Initial::Flag(default))
    }

    /// One of `choices`; `default` is an index into them.
    pub const fn choice(
        key: &'static str,
        label: &'static str,
        default: u32,
        choices: &'static [&'static str],
    ) -> Self {
        Self::new(
            key,
            label,
            Kind::Choice(choices),
            Initial::Number(default as f64),
        )
    }

    /// A colour: red, green, blue and alpha from 0 to 1, sRGB, alpha not premultiplied.
    pub const fn colour(
        key: &'static str,
        label: &'static str,
        default: &'static [f64; 4],
    ) -> Self {
        Self::new(key, label, Kind::Colour, Initial::Numbers(default))
    }

    /// A place in the image: x and y from 0 (left, top) to 1 (right, bottom).
    pub const fn point(key: &'static str, label: &'static str, default: &'static [f64; 2]) -> Self {
        Self::new(key, label, Kind::Point, Initial::Numbers(default))
    }

    /// A curve through points from 0 to 1, x ascending: `[x0, y0, x1, y1, …]`.
    pub const fn curve(key: &'static str, label: &'static str, default: &'static [f64]) -> Self {
        Self::new(key, label, Kind::Curve, Initial::Numbers(default))
    }

    /// A line of text.
    pub const fn text(key: &'static str, label: &'static str, default: &'static str) -> Self {
        Self::new(key, label, Kind::Text, Initial::Text(default))
    }

    /// A heading above the parameters that follow. It has no value.
    pub const fn group(key: &'static str, label: &'static str) -> Self {
        Self::new(key, label, Kind::Group, Initial::Nothing)
    }

    /// One sentence that says what the parameter does.
    pub const fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

    /// The range of the slider, where it is narrower than what is allowed.
    pub const fn slider(mut self, from: f64, to: f64) -> Self {
        self.slider = Some((from, to));
        self
    }

    /// How far one key press moves the value, and how many decimals are shown.
    pub const fn step(mut self, step: f64, digits: u32) -> Self {
        self.step = Some((step, digits));
        self
    }

    /// The value is a distance in pixels: the page scales it for a smaller preview.
    pub const fn pixels(mut self) -> Self {
        self.unit = Some("pixel-distance");
        self
    }

    /// The value is shown with a per-cent sign.
    pub const fn percent(mut self) -> Self {
        self.unit = Some("percent");
        self
    }

    /// The value is an angle in degrees.
    pub const fn degrees(mut self) -> Self {
        self.unit = Some("degrees");
        self
    }

    /// The parameter is shown only while `condition` holds.
    pub const fn visible(mut self, condition: Condition) -> Self {
        self.visible = Some(condition);
        self
    }

    /// The parameter can be changed only while `condition` holds.
    pub const fn enabled(mut self, condition: Condition) -> Self {
        self.enabled = Some(condition);
        self
    }

    /// The parameter does not change the result: nothing is computed anew when it changes.
    pub const fn without_effect(mut self) -> Self {
        self.affects = false;
        self
    }

    /// The parameters that the conditions of this one name.
    pub(crate) const fn conditions(&self) -> [Option<Condition>; 2] {
        [self.visible, self.enabled]
    }

    /// Panics, which stops the compiler, where the parameter contradicts itself.
    pub(crate) const fn check(&self) {
        assert!(!self.label.is_empty(), "every parameter has a label");
        if let (Some((minimum, maximum)), Initial::Number(default)) = (self.range, self.default) {
            assert!(
                minimum <= default && default <= maximum,
                "the default of a parameter lies within its range"
            );
            if let Some((from, to)) = self.slider {
                assert!(
                    minimum <= from && from < to && to <= maximum,
                    "a slider lies within the parameter's range"
                );
            }
        }
        match (self.kind, self.default) {
            (Kind::Choice(choices), Initial::Number(default)) => assert!(
                (default as usize) < choices.len(),
                "the default of a choice is one of its choices"
            ),
            (Kind::Curve, Initial::Numbers(numbers)) => assert!(
                numbers.len() >= 4 && numbers.len() % 2 == 0,
                "a curve has two points or more"
            ),
            _ => {}
        }
    }

    pub(crate) const fn write(&self, json: &mut Json) {
        json.open(b'{');
        json.key("key");
        json.text(self.key);
        json.key("label");
        json.text(self.label);
        json.key("kind");
        json.text(match self.kind {
            Kind::Int => "int",
            Kind::Float => "float",
            Kind::Seed => "seed",
            Kind::Bool => "bool",
            Kind::Choice(_) => "choice",
            Kind::Colour => "colour",
            Kind::Point => "point",
            Kind::Curve => "curve",
            Kind::Text => "text",
            Kind::Group => "group",
        });
        if let Some((minimum, maximum)) = self.range {
            write_number("minimum", minimum, json);
            write_number("maximum", maximum, json);
        }
        if let Some((from, to)) = self.slider {
            write_number("from", from, json);
            write_number("to", to, json);
        }
        if let Some((step, digits)) = self.step {
            write_number("step", step, json);
            write_number("digits", digits as f64, json);
        }
        if let Kind::Choice(mut choices) = self.kind {
            json.key("choices");
            json.open(b'[');
            while let [choice, rest @ ..] = choices {
                json.text(choice);
                choices = rest;
            }
            json.close(b']');
        }
        if !matches!(self.default, Initial::Nothing) {
            json.key("default");
            self.default.write(json);
        }
        if let Some(unit) = self.unit {
            json.key("unit");
            json.text(unit);
        }
        if let Some(condition) = self.visible {
            write_condition("visible", condition, json);
        }
        if let Some(condition) = self.enabled {
            write_condition("enabled", condition, json);
        }
        if !self.affects {
            json.key("affects");
            json.flag(false);
        }
        if !self.hint.is_empty() {
            json.key("hint");
            json.text(self.hint);
        }
        json.close(b'}');
    }
}

impl Initial {
    const fn write(&self, json: &mut Json) {
        match *self {
            Initial::Nothing => {}
            Initial::Number(number) => json.number(number),
            Initial::Flag(flag) => json.flag(flag),
            Initial::Text(text) => json.text(text),
            Initial::Numbers(mut numbers) => {
                json.open(b'[');
                while let [number, rest @ ..] = numbers {
                    json.number(*number);
                    numbers = rest;
                }
                json.close(b']');
            }
        }
    }
}

const fn write_number(key: &str, number: f64, json: &mut Json) {
    json.key(key);
    json.number(number);
}

const fn write_condition(key: &str, condition: Condition, json: &mut Json) {
    json.key(key);
    json.open(b'{');
    json.key("parameter");
    json.text(condition.parameter);
    json.key("equals");
    condition.equals.write(json);
    json.close(b'}');
}
