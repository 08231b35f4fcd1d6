#![allow(unused)]

use portcullis_guest::{class, export, import};

#[class("test/self@1")]
struct Vector;

#[export("test/self@1")]
impl Vector {
    fn change(&mut self) {}
    fn consume(self) {}
    fn unpack(self: Box<Self>) {}
}

#[import("test/self@1")]
trait Other {
    fn close(self);
}

#[export("test/self@1")]
fn free(self) {}

fn main() {}
