//! `filter!` in all its forms.

use paint_filter::{Declaration, Filter, Geometry, Parameter, Run, Tile, Value};

macro_rules! example {
    ($name:ident, $geometry:expr, $parameters:expr) => {
        #[derive(Default)]
        struct $name;

        impl Filter for $name {
            const DECLARATION: Declaration = Declaration {
                id: "example",
                name: "Example",
                group: "Test",
                summary: "Does nothing.",
                geometry: $geometry,
                parameters: $parameters,
            };

            fn process(&self, tile: &Tile) -> Vec<u8> {
                tile.map(|pixel| pixel)
            }

            fn report(&self) -> String {
                "[]".into()
            }
        }
    };
}

const TEXT: &[Parameter] = &[Parameter::text("text", "Text", "")];

example!(Plain, Geometry::Point, &[]);
paint_filter::filter!(Plain);

example!(PlainWithText, Geometry::Point, TEXT);
paint_filter::filter!(PlainWithText, text);

example!(Whole, Geometry::Whole, &[]);
paint_filter::filter!(Whole: whole);

example!(AnalysisWithText, Geometry::Analysis, TEXT);
paint_filter::filter!(AnalysisWithText: analysis, text);

#[test]
fn every_form_runs() {
    let pixel = [1, 2, 3, 4];
    let mut plain = Run::<Plain>::default();
    plain.prepare(1, 1).unwrap();
    assert_eq!(plain.process(&pixel, (0, 0), (1, 1)), pixel);

    let mut with_text = Run::<PlainWithText>::default();
    with_text.set(0, Value::Text("hello".into())).unwrap();
    with_text.prepare(1, 1).unwrap();

    let mut whole = Run::<Whole>::default();
    whole.prepare(1, 1).unwrap();
    whole.analyse(&pixel, (0, 0), (1, 1));
    assert_eq!(whole.process(&pixel, (0, 0), (1, 1)), pixel);

    let mut analysis = Run::<AnalysisWithText>::default();
    analysis.prepare(1, 1).unwrap();
    analysis.analyse(&pixel, (0, 0), (1, 1));
    assert_eq!(analysis.report(), "[]");
}
