//! What the macros accept, and what the accepted is on the host. That it works in a plugin is tested with
//! `tests/plugins`.

#![forbid(unsafe_code)]
#![deny(warnings)]
#![allow(missing_docs, clippy::type_complexity)]

use portcullis_guest::{CallError, Class, Error, ErrorCode, Own, class, export, import};

/// Documentation stays with the type.
#[import("test/objects@1")]
pub trait Sheet {
    /// And with the functions.
    fn create(title: &str) -> Own<Sheet>;
    fn size(&self) -> (u32, u32);
    fn fill(&self, pixels: &[u8], other: &Sheet, brush: &Own<Brush>) -> Result<(), String>;
    fn close(sheet: Own<Self>, next: Option<Own<Sheet>>) -> Result<Own<Brush>, Error>;
    #[name("title-of")]
    fn title(&self) -> Result<(String, Vec<char>), ()>;
    #[cfg(any())]
    fn left_out(&self, unknown: &NoSuchType);
    fn import(import: u8, arguments: u8, area: u8, outcome: u8);
}

/// A second class of one interface, and no functions.
#[import("test/objects@1.page")]
pub trait LooseLeaf {}

/// A class that is an enum.
#[class("test/objects@1")]
pub enum Brush {
    Round(f32),
    Flat,
}

#[export("test/objects@1")]
impl Brush {
    fn round(radius: f32) -> Result<Own<Self>, Error> {
        Own::new(Self::Round(radius))
    }

    fn radius(&self) -> f32 {
        match self {
            Brush::Round(radius) => *radius,
            Brush::Flat => 0.0,
        }
    }

    #[name("on-sheet")]
    fn on(
        &self,
        sheet: &Sheet,
        leaf: &LooseLeaf,
        other: &Self,
        given: Option<Own<LooseLeaf>>,
    ) -> Option<Own<Sheet>> {
        let _ = (sheet, leaf, other, given);
        None
    }

    #[cfg(any())]
    fn left_out(&self, unknown: &NoSuchType) {}
}

/// An interface as a trait, implemented and exported.
trait Filter {
    const HALO: u32;
    fn process(pixels: &[u8], halo: u32) -> Vec<u8>;
    fn name() -> &'static str;
    fn not_exported() -> u32 {
        Self::HALO
    }
}

struct Invert;

#[export("test/filter@1")]
impl Filter for Invert {
    const HALO: u32 = 3;

    fn process(pixels: &[u8], _halo: u32) -> Vec<u8> {
        pixels.iter().map(|value| !value).collect()
    }

    fn name() -> &'static str {
        "invert"
    }
}

/// Names that the generated code uses too.
#[export("test/names@1")]
fn export(export: u8, result: u8, area: u8, address: u8, core_0: u8, keep_0: u8) -> (String, u8) {
    (
        String::new(),
        export + result + area + address + core_0 + keep_0,
    )
}

#[export("test/names@1")]
fn r#loop(r#type: u8, _unused: Error, mut changed: Vec<i64>) -> Vec<i64> {
    changed.push(i64::from(r#type));
    changed
}

#[export("test/names@1")]
#[allow(clippy::result_unit_err)]
pub(crate) fn nothing() -> Result<(), ()> {
    Err(())
}

#[test]
fn classes_have_full_names() {
    assert_eq!(Sheet::NAME, "test/objects@1.sheet");
    assert_eq!(LooseLeaf::NAME, "test/objects@1.page");
    assert_eq!(Brush::NAME, "test/objects@1.brush");
    assert_eq!(Brush::NUMBER, portcullis_abi::class_number(Brush::NAME));
}

#[test]
fn exported_functions_are_what_they_were() {
    let brush = Brush::round(2.5).unwrap();
    assert_eq!(brush.with(Brush::radius), Ok(2.5));
    assert_eq!(Brush::Flat.radius(), 0.0);
    assert_eq!(Invert::process(&[0, 255], Invert::not_exported()), [255, 0]);
    assert_eq!(Invert::name(), "invert");
    assert_eq!(export(1, 2, 3, 4, 5, 6), (String::new(), 21));
    assert_eq!(r#loop(7, ErrorCode::Dead.into(), vec![1]), [1, 7]);
    assert_eq!(nothing(), Err(()));
    let _ = Brush::on;
}

#[test]
fn imported_functions_are_dead_on_the_host() {
    let dead = Error::from(ErrorCode::Dead);
    assert_eq!(Sheet::create("title").err(), Some(dead));
    assert_eq!(Sheet::import(1, 2, 3, 4), Err(dead));
    let _: fn(&Sheet) -> Result<(u32, u32), Error> = Sheet::size;
    let _: fn(&Sheet, &[u8], &Sheet, &Own<Brush>) -> Result<(), CallError<String>> = Sheet::fill;
    let _: fn(Own<Sheet>, Option<Own<Sheet>>) -> Result<Own<Brush>, Error> = Sheet::close;
    let _: fn(&Sheet) -> Result<(String, Vec<char>), CallError<()>> = Sheet::title;
}
