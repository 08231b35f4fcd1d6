//! What a filter says about itself, readable without running it.

use crate::json::Json;
use crate::parameter::{Kind, Parameter};

/// The declaration of a filter: the JSON object of its custom section `paint/filter`, written in Rust.
///
/// Mistakes (two parameters with one key, a halo that follows from a parameter which does not exist, a default out of
/// range) stop the compiler.
///
/// ```
/// use paint_filter::{Declaration, Geometry, Halo, Parameter};
///
/// const DECLARATION: Declaration = Declaration {
///     id: "box-blur",
///     name: "Box blur",
///     group: "Blur",
///     summary: "Softens the picture with the plain average of a square.",
///     geometry: Geometry::Area(Halo::follows("radius", 1.0)),
///     parameters: &[Parameter::int("radius", "Radius", 8, 1, 100).pixels()],
/// };
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Declaration {
    /// The filter's name in files and recipes: kebab-case, unique among filters.
    pub id: &'static str,
    /// The filter's name in the menu.
    pub name: &'static str,
    /// The heading in the menu: `Colour`, `Light`, `Blur`, `Sharpen`, `Edges`, `Stylise`, `Noise`, `Generate`, or a
    /// word of your own.
    pub group: &'static str,
    /// One sentence that tells a photographer what the filter does.
    pub summary: &'static str,
    /// Which pixels the filter reads.
    pub geometry: Geometry,
    /// What the dialog asks for, in its order. At most 32.
    pub parameters: &'static [Parameter],
}

/// Which pixels a filter reads for one pixel of its result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Geometry {
    /// The same pixel.
    Point,
    /// Those around it, as far as the halo goes.
    Area(Halo),
    /// The same pixel, after the whole image was seen once by [`Filter::analyse`](crate::Filter::analyse).
    Whole,
    /// None: the filter makes a picture.
    Generator,
    /// There is no result but a report.
    Analysis,
}

/// How many pixels around its core a tile brings along.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Halo {
    /// Always as many.
    Fixed(u32),
    /// `ceil(scale × value)`, where `value` is the value of a parameter.
    Follows {
        /// Key of an `int` or `float` parameter.
        key: &'static str,
        /// Factor for its value.
        scale: f64,
    },
}

impl Halo {
    /// `ceil(scale × value)` pixels, where `value` is the value of the parameter `key`.
    pub const fn follows(key: &'static str, scale: f64) -> Self {
        Halo::Follows { key, scale }
    }
}

/// The largest halo that the page allows, in pixels.
pub const HALO_LIMIT: u32 = 512;

/// The most parameters that a filter may have.
pub const PARAMETER_LIMIT: usize = 32;

impl Declaration {
    /// Whether there is a parameter of kind `text`.
    const fn has_text(&self) -> bool {
        let mut rest = self.parameters;
        while let [parameter, tail @ ..] = rest {
            if matches!(parameter.kind, Kind::Text) {
                return true;
            }
            rest = tail;
        }
        false
    }

    /// Panics, which stops the compiler, where the exports that `filter!` was asked for are not those of the geometry
    /// and the parameters.
    #[doc(hidden)]
    pub const fn assert_exports(&self, geometry: &str, text: &str) {
        match self.geometry {
            Geometry::Whole => {
                assert!(same(geometry, "whole"), "write `filter!(Type: whole)`")
            }
            Geometry::Analysis => {
                assert!(
                    same(geometry, "analysis"),
                    "write `filter!(Type: analysis)`"
                )
            }
            _ => assert!(same(geometry, ""), "write `filter!(Type)`"),
        }
        assert!(
            self.has_text() == same(text, "text"),
            "write `, text` behind the type, if and only if there is a text parameter"
        );
    }

    const fn position(&self, key: &str) -> Option<usize> {
        let mut index = 0;
        while index < self.parameters.len() {
            if same(self.parameters[index].key, key) {
                return Some(index);
            }
            index += 1;
        }
        None
    }

    /// Panics, which stops the compiler, where the declaration contradicts itself.
    const fn check(&self) {
        assert!(is_kebab_case(self.id), "the id of a filter is kebab-case");
        assert!(
            !self.name.is_empty() && !self.group.is_empty() && !self.summary.is_empty(),
            "a filter has a name, a group and a summary"
        );
        assert!(
            self.parameters.len() <= PARAMETER_LIMIT,
            "a filter has at most 32 parameters"
        );
        match self.geometry {
            Geometry::Area(Halo::Fixed(halo)) => {
                assert!(halo <= HALO_LIMIT, "a halo is at most 512 pixels");
            }
            Geometry::Area(Halo::Follows { key, .. }) => match self.position(key) {
                None => panic!("the halo follows from a parameter that is not declared"),
                Some(index) => assert!(
                    matches!(self.parameters[index].kind, Kind::Int | Kind::Float),
                    "the halo follows from an int or a float"
                ),
            },
            _ => {}
        }
        let mut index = 0;
        while index < self.parameters.len() {
            let parameter = &self.parameters[index];
            parameter.check();
            assert!(
                is_kebab_case(parameter.key),
                "the key of a parameter is kebab-case"
            );
            assert!(
                matches!(self.position(parameter.key), Some(first) if first == index),
                "two parameters have the same key"
            );
            let [visible, enabled] = parameter.conditions();
            self.check_condition(visible);
            self.check_condition(enabled);
            index += 1;
        }
    }

    const fn check_condition(&self, condition: Option<crate::Condition>) {
        if let Some(condition) = condition {
            assert!(
                self.position(condition.parameter).is_some(),
                "a condition names a parameter that is not declared"
            );
        }
    }

    /// The JSON of the declaration, checked.
    pub const fn json(&self) -> Json {
        self.check();
        let mut json = Json::new();
        json.open(b'{');
        write_text("id", self.id, &mut json);
        write_text("name", self.name, &mut json);
        write_text("group", self.group, &mut json);
        write_text("summary", self.summary, &mut json);
        json.key("geometry");
        self.geometry.write(&mut json);
        write_text("alpha", "straight", &mut json);
        write_text("colour", "srgb", &mut json);
        json.key("depth");
        json.open(b'[');
        json.number(8.0);
        json.close(b']');
        json.key("deterministic");
        json.flag(true);
        json.key("inPlace");
        json.flag(false);
        json.key("parameters");
        json.open(b'[');
        let mut rest = self.parameters;
        while let [parameter, tail @ ..] = rest {
            parameter.write(&mut json);
            rest = tail;
        }
        json.close(b']');
        json.close(b'}');
        json
    }
}

impl Geometry {
    const fn write(&self, json: &mut Json) {
        json.open(b'{');
        write_text(
            "kind",
            match self {
                Geometry::Point => "point",
                Geometry::Area(_) => "area",
                Geometry::Whole => "whole",
                Geometry::Generator => "generator",
                Geometry::Analysis => "analysis",
            },
            json,
        );
        if let Geometry::Area(halo) = self {
            json.key("halo");
            match *halo {
                Halo::Fixed(pixels) => json.number(pixels as f64),
                Halo::Follows { key, scale } => {
                    json.open(b'{');
                    write_text("parameter", key, json);
                    json.key("scale");
                    json.number(scale);
                    json.key("offset");
                    json.number(0.0);
                    json.close(b'}');
                }
            }
        }
        json.close(b'}');
    }
}

const fn write_text(key: &str, text: &str, json: &mut Json) {
    json.key(key);
    json.text(text);
}

const fn same(left: &str, right: &str) -> bool {
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    while let ([a, left_tail @ ..], [b, right_tail @ ..]) = (left, right) {
        if *a != *b {
            return false;
        }
        (left, right) = (left_tail, right_tail);
    }
    left.is_empty() && right.is_empty()
}

const fn is_kebab_case(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        let allowed = match bytes[index] {
            b'a'..=b'z' => true,
            b'0'..=b'9' => index > 0,
            b'-' => index > 0 && index + 1 < bytes.len() && bytes[index - 1] != b'-',
            _ => false,
        };
        if !allowed {
            return false;
        }
        index += 1;
    }
    !bytes.is_empty() && bytes.len() <= 64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Condition;

    fn check(declaration: Declaration, expected: &str) {
        let json = declaration.json();
        let text = std::str::from_utf8(json.as_bytes()).unwrap();
        // Written over several lines for the reader.
        assert_eq!(text, expected.lines().map(str::trim).collect::<String>());
    }

    #[test]
    fn an_area_filter_says_how_far_it_looks() {
        const DECLARATION: Declaration = Declaration {
            id: "gaussian-blur",
            name: "Gaussian blur",
            group: "Blur",
            summary: "Softens the picture.",
            geometry: Geometry::Area(Halo::follows("sigma", 3.0)),
            parameters: &[Parameter::float("sigma", "Radius", 3.0, 0.1, 100.0)
                .slider(0.1, 20.0)
                .step(0.1, 1)
                .pixels()
                .hint("Of the bell.")],
        };
        check(
            DECLARATION,
            r#"{"id":"gaussian-blur","name":"Gaussian blur","group":"Blur","summary":"Softens the picture.",
            "geometry":{"kind":"area","halo":{"parameter":"sigma","scale":3,"offset":0}},
            "alpha":"straight","colour":"srgb","depth":[8],"deterministic":true,"inPlace":false,
            "parameters":[{"key":"sigma","label":"Radius","kind":"float","minimum":0.1,"maximum":100,
            "from":0.1,"to":20,"step":0.1,"digits":1,"default":3,"unit":"pixel-distance","hint":"Of the bell."}]}"#,
        );
    }

    #[test]
    fn every_kind_of_parameter_has_its_members() {
        const ON: Condition = Condition::flag("bool", true);
        const DECLARATION: Declaration = Declaration {
            id: "x",
            name: "X",
            group: "Y",
            summary: "Z.",
            geometry: Geometry::Generator,
            parameters: &[
                Parameter::group("group", "G"),
                Parameter::int("int", "I", 0, -180, 180).degrees(),
                Parameter::seed("seed", "S", 1).without_effect(),
                Parameter::bool("bool", "B", false),
                Parameter::choice("choice", "C", 1, &["a", "b"]).enabled(ON),
                Parameter::colour("colour", "C", &[1.0, 0.5, 0.0, 1.0]).visible(ON),
                Parameter::point("point", "P", &[0.5, 0.5]).visible(Condition::choice("choice", 0)),
                Parameter::curve("curve", "C", &[0.0, 0.0, 1.0, 1.0]),
                Parameter::text("text", "T", "hello"),
            ],
        };
        check(
            DECLARATION,
            r#"{"id":"x","name":"X","group":"Y","summary":"Z.","geometry":{"kind":"generator"},
            "alpha":"straight","colour":"srgb","depth":[8],"deterministic":true,"inPlace":false,"parameters":[
            {"key":"group","label":"G","kind":"group"},
            {"key":"int","label":"I","kind":"int","minimum":-180,"maximum":180,"default":0,"unit":"degrees"},
            {"key":"seed","label":"S","kind":"seed","minimum":0,"maximum":4294967295,"default":1,"affects":false},
            {"key":"bool","label":"B","kind":"bool","default":false},
            {"key":"choice","label":"C","kind":"choice","choices":["a","b"],"default":1,
            "enabled":{"parameter":"bool","equals":true}},
            {"key":"colour","label":"C","kind":"colour","default":[1,0.5,0,1],
            "visible":{"parameter":"bool","equals":true}},
            {"key":"point","label":"P","kind":"point","default":[0.5,0.5],
            "visible":{"parameter":"choice","equals":0}},
            {"key":"curve","label":"C","kind":"curve","default":[0,0,1,1]},
            {"key":"text","label":"T","kind":"text","default":"hello"}]}"#,
        );
    }

    #[test]
    fn contradictions_stop_the_compiler() {
        // At run time, as here, they panic.
        const GOOD: Declaration = Declaration {
            id: "good",
            name: "Good",
            group: "Test",
            summary: "Has nothing wrong with it.",
            geometry: Geometry::Point,
            parameters: &[],
        };
        const BAD: [Declaration; 7] = [
            Declaration {
                id: "Bad Id",
                ..GOOD
            },
            Declaration {
                summary: "",
                ..GOOD
            },
            Declaration {
                geometry: Geometry::Area(Halo::Fixed(513)),
                ..GOOD
            },
            Declaration {
                geometry: Geometry::Area(Halo::follows("radius", 1.0)),
                ..GOOD
            },
            Declaration {
                parameters: &[
                    Parameter::bool("same", "Same", true),
                    Parameter::bool("same", "Same", true),
                ],
                ..GOOD
            },
            Declaration {
                parameters: &[Parameter::int("int", "Int", 7, 0, 6)],
                ..GOOD
            },
            Declaration {
                parameters: &[
                    Parameter::bool("bool", "Bool", true).visible(Condition::flag("missing", true))
                ],
                ..GOOD
            },
        ];
        assert!(GOOD.json().length() > 0);
        for declaration in BAD {
            assert!(
                std::panic::catch_unwind(|| declaration.json().length()).is_err(),
                "{declaration:?}"
            );
        }
    }
}
