#![allow(unused)]

use portcullis_guest::{Own, class, export, import};

#[class("test/mint@1")]
struct Minted;

#[import("test/mint@1")]
trait Imported {
    fn lend(object: &Minted);
    fn lend_handle(object: &Own<Minted>);
}

#[export("test/mint@1")]
fn arrives(object: &Own<Minted>) {
    let _ = object;
}

fn main() {}
