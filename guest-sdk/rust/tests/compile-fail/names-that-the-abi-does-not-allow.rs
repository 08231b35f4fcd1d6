#![allow(unused)]

use portcullis_guest::{class, export, import};

#[export]
fn without_interface() {}

#[export("greet")]
fn without_namespace() {}

#[export("demo/greet")]
fn without_version() {}

#[export("Demo/Greet@1")]
fn with_capitals() {}

#[export("demo/greet@01")]
fn with_leading_zero() {}

#[export("demo/greet@1.class")]
fn with_class() {}

#[export("demo/greet@1")]
fn größe() {}

#[export("demo/greet@1")]
#[name("Hello")]
fn hello() {}

#[export("demo/greet@1")]
fn patterns((left, right): (u32, u32)) {}

#[class("demo/greet@1.Visitor")]
struct Visitor;

#[import("demo/greet@1", krate = portcullis_guest)]
trait Unknown {}

fn main() {}
