//! The macro that makes a plugin of a filter.

/// Makes the crate a plugin: exports the functions of `paint/filter@1` for a type that implements
/// [`Filter`](crate::Filter), and puts its declaration into the module.
///
/// | geometry | written as |
/// | --- | --- |
/// | `Point`, `Area`, `Generator` | `filter!(Type);` |
/// | `Whole` | `filter!(Type: whole);` |
/// | `Analysis` | `filter!(Type: analysis);` |
///
/// A filter with parameters of kind `text` puts `, text` behind it: `filter!(Type, text);`. Where this does not fit
/// the declaration, the compiler stops:
///
/// ```compile_fail
/// use paint_filter::{Declaration, Filter, Geometry};
///
/// #[derive(Default)]
/// struct Count;
///
/// impl Filter for Count {
///     const DECLARATION: Declaration = Declaration {
///         id: "count",
///         name: "Count",
///         group: "Colour",
///         summary: "Counts pixels.",
///         geometry: Geometry::Analysis,
///         parameters: &[],
///     };
/// }
///
/// paint_filter::filter!(Count); // and not `Count: analysis`
/// ```
#[macro_export]
macro_rules! filter {
    ($filter:ident $(: $geometry:ident)? $(, $text:ident)?) => {
        const _: () = {
            use ::std::cell::RefCell;
            use ::std::string::String;
            use ::std::vec::Vec;
            use $crate::{Declaration, Filter, Run, Value};

            const DECLARATION: Declaration = <$filter as Filter>::DECLARATION;
            const _: () = DECLARATION.assert_exports(
                $crate::filter!(@word $($geometry)?),
                $crate::filter!(@word $($text)?),
            );

            #[cfg(target_arch = "wasm32")]
            #[unsafe(link_section = "paint/filter")]
            #[used]
            static JSON: [u8; DECLARATION.json().length()] = DECLARATION.json().to_array();

            ::std::thread_local! {
                /// A process is one run of the filter.
                static RUN: RefCell<Run<$filter>> = RefCell::default();
            }

            $crate::filter!(@export
                fn set(parameter: u32, values: Vec<f64>) -> Result<(), String> {
                    RUN.with_borrow_mut(|run| run.set(parameter, Value::Numbers(values)))
                }
            );

            $crate::filter!(@export
                fn prepare(width: u32, height: u32) -> Result<(), String> {
                    RUN.with_borrow_mut(|run| run.prepare(width, height))
                }
            );

            $crate::filter!(@geometry $($geometry)?);

            $($crate::filter!(@$text);)?
        };
    };

    // Tiles in, tiles out.
    (@geometry) => {
        $crate::filter!(@export
            fn process(pixels: &[u8], x: u32, y: u32, width: u32, height: u32) -> Vec<u8> {
                RUN.with_borrow_mut(|run| run.process(pixels, (x, y), (width, height)))
            }
        );
    };
    // Tiles in, twice, and out.
    (@geometry whole) => {
        $crate::filter!(@geometry);
        $crate::filter!(@analyse);
    };
    // Tiles in, a report out.
    (@geometry analysis) => {
        $crate::filter!(@analyse);
        $crate::filter!(@export
            fn report() -> String {
                RUN.with_borrow_mut(|run| run.report())
            }
        );
    };
    (@analyse) => {
        $crate::filter!(@export
            fn analyse(pixels: &[u8], x: u32, y: u32, width: u32, height: u32) {
                RUN.with_borrow_mut(|run| run.analyse(pixels, (x, y), (width, height)));
            }
        );
    };
    (@text) => {
        $crate::filter!(@export
            fn set_text(parameter: u32, text: String) -> Result<(), String> {
                RUN.with_borrow_mut(|run| run.set(parameter, Value::Text(text)))
            }
        );
    };

    (@export $function:item) => {
        #[$crate::portcullis_guest::export("paint/filter@1", crate = $crate::portcullis_guest)]
        $function
    };

    (@word) => { "" };
    (@word $word:ident) => { ::std::stringify!($word) };
}
