//! `test/echo@1`, imported and exported again: every value crosses twice in each direction.

use portcullis_guest::{CallError, Error, export, import};

#[import("test/echo@1")]
pub trait Echo {
    fn echo_bool(value: bool) -> bool;
    fn echo_u8(value: u8) -> u8;
    fn echo_s8(value: i8) -> i8;
    fn echo_u16(value: u16) -> u16;
    fn echo_s16(value: i16) -> i16;
    fn echo_u32(value: u32) -> u32;
    fn echo_s32(value: i32) -> i32;
    fn echo_u64(value: u64) -> u64;
    fn echo_s64(value: i64) -> i64;
    fn echo_f32(value: f32) -> f32;
    fn echo_f64(value: f64) -> f64;
    fn echo_char(value: char) -> char;
    fn echo_string(value: &str) -> String;
    fn echo_error(value: Error) -> Error;
    fn list_bool(value: &[bool]) -> Vec<bool>;
    fn list_u8(value: &[u8]) -> Vec<u8>;
    fn list_s8(value: &[i8]) -> Vec<i8>;
    fn list_u16(value: &[u16]) -> Vec<u16>;
    fn list_s16(value: &[i16]) -> Vec<i16>;
    fn list_u32(value: &[u32]) -> Vec<u32>;
    fn list_s32(value: &[i32]) -> Vec<i32>;
    fn list_u64(value: &[u64]) -> Vec<u64>;
    fn list_s64(value: &[i64]) -> Vec<i64>;
    fn list_f32(value: &[f32]) -> Vec<f32>;
    fn list_f64(value: &[f64]) -> Vec<f64>;
    fn list_char(value: &[char]) -> Vec<char>;
    fn tuple(a: u8, b: &str, c: i64, d: &[u16]) -> (u8, String, i64, Vec<u16>);
    fn many(
        a: u8,
        b: i64,
        c: f32,
        d: &str,
        e: &[u32],
        f: bool,
        g: char,
        h: f64,
        i: u16,
        j: i8,
        k: String,
        l: u64,
        m: i32,
        n: Vec<f64>,
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
    );
    fn result_empty(ok: bool) -> Result<(), ()>;
    fn result_value(ok: bool) -> Result<u64, ()>;
    fn result_error(code: Error) -> Result<u32, Error>;
    fn result_text(ok: bool, value: &str) -> Result<String, String>;
    fn result_tuple(ok: bool) -> Result<(u8, f64), u16>;
    fn nothing();
}

/// The same functions, served by asking the imported ones. Where the signature has no place for an error of the
/// kernel's, it is a panic.
struct Relay;

/// The callee's own answer. The kernel's complaints are panics.
fn answer<T, E>(result: Result<T, CallError<E>>) -> Result<T, E> {
    result.map_err(|error| match error {
        CallError::Kernel(error) => panic!("{error}"),
        CallError::Returned(error) => error,
    })
}

#[export("test/echo@1")]
impl Relay {
    fn echo_bool(value: bool) -> bool {
        Echo::echo_bool(value).unwrap()
    }

    fn echo_u8(value: u8) -> u8 {
        Echo::echo_u8(value).unwrap()
    }

    fn echo_s8(value: i8) -> i8 {
        Echo::echo_s8(value).unwrap()
    }

    fn echo_u16(value: u16) -> u16 {
        Echo::echo_u16(value).unwrap()
    }

    fn echo_s16(value: i16) -> i16 {
        Echo::echo_s16(value).unwrap()
    }

    fn echo_u32(value: u32) -> u32 {
        Echo::echo_u32(value).unwrap()
    }

    fn echo_s32(value: i32) -> i32 {
        Echo::echo_s32(value).unwrap()
    }

    fn echo_u64(value: u64) -> u64 {
        Echo::echo_u64(value).unwrap()
    }

    fn echo_s64(value: i64) -> i64 {
        Echo::echo_s64(value).unwrap()
    }

    fn echo_f32(value: f32) -> f32 {
        Echo::echo_f32(value).unwrap()
    }

    fn echo_f64(value: f64) -> f64 {
        Echo::echo_f64(value).unwrap()
    }

    fn echo_char(value: char) -> char {
        Echo::echo_char(value).unwrap()
    }

    fn echo_string(value: &str) -> String {
        Echo::echo_string(value).unwrap()
    }

    fn echo_error(value: Error) -> Error {
        Echo::echo_error(value).unwrap()
    }

    fn list_bool(value: &[bool]) -> Vec<bool> {
        Echo::list_bool(value).unwrap()
    }

    fn list_u8(value: &[u8]) -> Vec<u8> {
        Echo::list_u8(value).unwrap()
    }

    fn list_s8(value: &[i8]) -> Vec<i8> {
        Echo::list_s8(value).unwrap()
    }

    fn list_u16(value: &[u16]) -> Vec<u16> {
        Echo::list_u16(value).unwrap()
    }

    fn list_s16(value: &[i16]) -> Vec<i16> {
        Echo::list_s16(value).unwrap()
    }

    fn list_u32(value: &[u32]) -> Vec<u32> {
        Echo::list_u32(value).unwrap()
    }

    fn list_s32(value: &[i32]) -> Vec<i32> {
        Echo::list_s32(value).unwrap()
    }

    fn list_u64(value: &[u64]) -> Vec<u64> {
        Echo::list_u64(value).unwrap()
    }

    fn list_s64(value: &[i64]) -> Vec<i64> {
        Echo::list_s64(value).unwrap()
    }

    fn list_f32(value: &[f32]) -> Vec<f32> {
        Echo::list_f32(value).unwrap()
    }

    fn list_f64(value: &[f64]) -> Vec<f64> {
        Echo::list_f64(value).unwrap()
    }

    fn list_char(value: &[char]) -> Vec<char> {
        Echo::list_char(value).unwrap()
    }

    fn tuple(a: u8, b: &str, c: i64, d: &[u16]) -> (u8, String, i64, Vec<u16>) {
        Echo::tuple(a, b, c, d).unwrap()
    }

    #[allow(clippy::too_many_arguments, clippy::type_complexity)]
    fn many(
        a: u8,
        b: i64,
        c: f32,
        d: &str,
        e: &[u32],
        f: bool,
        g: char,
        h: f64,
        i: u16,
        j: i8,
        k: String,
        l: u64,
        m: i32,
        n: Vec<f64>,
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
        Echo::many(a, b, c, d, e, f, g, h, i, j, k, l, m, n).unwrap()
    }

    fn result_empty(ok: bool) -> Result<(), ()> {
        answer(Echo::result_empty(ok))
    }

    fn result_value(ok: bool) -> Result<u64, ()> {
        answer(Echo::result_value(ok))
    }

    fn result_error(code: Error) -> Result<u32, Error> {
        Echo::result_error(code)
    }

    fn result_text(ok: bool, value: &str) -> Result<String, String> {
        answer(Echo::result_text(ok, value))
    }

    fn result_tuple(ok: bool) -> Result<(u8, f64), u16> {
        answer(Echo::result_tuple(ok))
    }

    fn nothing() {
        Echo::nothing().unwrap();
    }
}
