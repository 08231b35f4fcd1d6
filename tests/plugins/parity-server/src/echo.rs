//! `test/echo@1`: what comes in goes out.

use portcullis_guest::{Error, export};

/// Functions that return what they are given, one for each type.
struct Echo;

#[export("test/echo@1")]
impl Echo {
    fn echo_bool(value: bool) -> bool {
        value
    }

    fn echo_u8(value: u8) -> u8 {
        value
    }

    fn echo_s8(value: i8) -> i8 {
        value
    }

    fn echo_u16(value: u16) -> u16 {
        value
    }

    fn echo_s16(value: i16) -> i16 {
        value
    }

    fn echo_u32(value: u32) -> u32 {
        value
    }

    fn echo_s32(value: i32) -> i32 {
        value
    }

    fn echo_u64(value: u64) -> u64 {
        value
    }

    fn echo_s64(value: i64) -> i64 {
        value
    }

    fn echo_f32(value: f32) -> f32 {
        value
    }

    fn echo_f64(value: f64) -> f64 {
        value
    }

    fn echo_char(value: char) -> char {
        value
    }

    fn echo_string(value: String) -> String {
        value
    }

    fn echo_error(value: Error) -> Error {
        value
    }

    fn list_bool(value: Vec<bool>) -> Vec<bool> {
        value
    }

    fn list_u8(value: &[u8]) -> Vec<u8> {
        value.to_vec()
    }

    fn list_s8(value: Vec<i8>) -> Vec<i8> {
        value
    }

    fn list_u16(value: &[u16]) -> Vec<u16> {
        value.to_vec()
    }

    fn list_s16(value: Vec<i16>) -> Vec<i16> {
        value
    }

    fn list_u32(value: &[u32]) -> Vec<u32> {
        value.to_vec()
    }

    fn list_s32(value: Vec<i32>) -> Vec<i32> {
        value
    }

    fn list_u64(value: &[u64]) -> Vec<u64> {
        value.to_vec()
    }

    fn list_s64(value: Vec<i64>) -> Vec<i64> {
        value
    }

    fn list_f32(value: &[f32]) -> Vec<f32> {
        value.to_vec()
    }

    fn list_f64(value: Vec<f64>) -> Vec<f64> {
        value
    }

    fn list_char(value: &[char]) -> Vec<char> {
        value.to_vec()
    }

    fn tuple(a: u8, b: &str, c: i64, d: Vec<u16>) -> (u8, String, i64, Vec<u16>) {
        (a, b.to_owned(), c, d)
    }

    #[allow(clippy::too_many_arguments, clippy::type_complexity)]
    fn many(
        a: u8,
        b: i64,
        c: f32,
        d: String,
        e: Vec<u32>,
        f: bool,
        g: char,
        h: f64,
        i: u16,
        j: i8,
        k: &str,
        l: u64,
        m: i32,
        n: &[f64],
    ) -> (
        u8,
        i64,
        f32,
        String,
        Vec<u32>,
        bool,
        char,
        f64,
        u16,
        i8,
        String,
        u64,
        i32,
        Vec<f64>,
    ) {
        (a, b, c, d, e, f, g, h, i, j, k.to_owned(), l, m, n.to_vec())
    }

    fn result_empty(ok: bool) -> Result<(), ()> {
        if ok { Ok(()) } else { Err(()) }
    }

    fn result_value(ok: bool) -> Result<u64, ()> {
        if ok { Ok(u64::MAX) } else { Err(()) }
    }

    fn result_error(code: Error) -> Result<u32, Error> {
        if code.number() == 0 { Ok(7) } else { Err(code) }
    }

    fn result_text(ok: bool, value: String) -> Result<String, String> {
        if ok { Ok(value) } else { Err(value) }
    }

    fn result_tuple(ok: bool) -> Result<(u8, f64), u16> {
        if ok { Ok((200, -0.5)) } else { Err(65_535) }
    }

    fn nothing() {}
}
