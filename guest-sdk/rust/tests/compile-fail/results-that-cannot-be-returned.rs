#![allow(unused)]

use portcullis_guest::{export, import};

#[import("test/results@1")]
trait Imported {
    fn borrowed_text() -> &'static str;
    fn borrowed_list() -> &[u8];
    fn borrowed_object() -> &Imported;
}

struct Exported;

#[export("test/results@1")]
impl Exported {
    fn part_of_argument(text: &str) -> &str {
        text
    }
    fn borrowed(object: &Imported) -> &Imported {
        object
    }
    fn without_types() -> std::fmt::Result {
        Ok(())
    }
    fn twice() -> Result<Result<u8, ()>, ()> {
        Ok(Ok(1))
    }
    fn tuple_in_tuple() -> (u8, (u8, u8)) {
        (1, (2, 3))
    }
    fn optional_text() -> Option<String> {
        None
    }
}

fn main() {}
