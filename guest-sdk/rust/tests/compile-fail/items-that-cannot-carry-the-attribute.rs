#![allow(unused)]

use portcullis_guest::{class, export, import};

#[export("test/items@1")]
struct Exported;

#[class("test/items@1")]
trait Class {}

#[class("test/items@1")]
struct Generic<T>(T);

#[import("test/items@1")]
trait WithBody {
    fn body() {}
}

#[import("test/items@1")]
trait WithConstant {
    const SIZE: u32;
}

#[import("test/items@1")]
trait WithParameter<T> {}

#[import("test/items@1")]
trait WithSupertrait: Clone {}

struct Typed<T>(T);

#[export("test/items@1")]
impl<T> Typed<T> {
    fn function() {}
}

fn main() {}
