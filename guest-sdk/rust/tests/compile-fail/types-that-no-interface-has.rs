#![allow(unused)]

use portcullis_guest::export;

struct Everything;

#[export("test/types@1")]
impl Everything {
    fn machine_sized(index: usize) {}
    fn too_wide(number: i128) {}
    fn mapped(map: std::collections::HashMap<String, u32>) {}
    fn nested(lists: Vec<Vec<u8>>) {}
    fn texts(texts: &[String]) {}
    fn changed(bytes: &mut [u8]) {}
    fn fixed(bytes: [u8; 4]) {}
    fn address(start: *const u8) {}
    fn called(callback: fn(u32)) {}
    fn any(value: impl Into<String>) {}
    fn unit(nothing: ()) {}
    fn grouped(pair: (u32, u32)) {}
    fn maybe(number: Option<u32>) {}
    fn failed(result: Result<u32, String>) {}
    fn by_reference(number: &u32) {}
    fn reference_to_string(text: &String) {}
    fn code(code: portcullis_guest::ErrorCode) {}
}

fn main() {}
