#![allow(unused)]

use portcullis_guest::{export, import};

struct Plain;

#[import("test/class@1")]
trait Imported {
    fn lend(object: &Plain);
}

#[export("test/class@1")]
fn borrow(object: &Plain) {
    let _ = object;
}

#[export("test/class@1")]
impl Plain {
    fn method(&self) {}
}

#[export("test/class@1")]
fn by_value(object: Plain) {
    let _ = object;
}

fn main() {}
