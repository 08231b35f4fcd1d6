//! Closures of Rust that the page hands to another instance of Rust, which calls them in loops. Each instance has one half of a
//! pair. Nothing is contained here, and whoever has an object may do with it what it likes.

#![cfg(target_arch = "wasm32")]

use std::cell::Cell;

use wasm_bindgen::prelude::*;

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// Notes a call, and what it was about.
fn note(value: u32) {
    CALLS.set(CALLS.get().wrapping_add(1));
    LAST.set(value);
}

/// How often the closures of this instance were called.
#[wasm_bindgen]
pub fn calls() -> u32 {
    CALLS.get()
}

/// An object that another instance can hold.
#[wasm_bindgen]
pub struct Canvas {
    area: u32,
}

#[wasm_bindgen]
impl Canvas {
    /// A method that it calls.
    #[wasm_bindgen(js_name = setSize)]
    pub fn set_size(&mut self, width: u32, height: u32) {
        self.area = width.wrapping_mul(height);
        note(self.area);
    }
}

/// An object for another instance.
#[wasm_bindgen]
pub fn canvas() -> Canvas {
    Canvas { area: 0 }
}

/// A closure that adds two numbers.
#[wasm_bindgen]
pub fn adder(number: u32) -> JsValue {
    Closure::<dyn Fn(u32, u32) -> u32>::new(move |left: u32, right: u32| {
        note(left);
        left.wrapping_add(right) ^ number
    })
    .into_js_value()
}

/// A closure that takes somebody else's object.
#[wasm_bindgen]
pub fn viewer(number: u32) -> JsValue {
    Closure::<dyn Fn(JsValue, u32, u32)>::new(move |canvas: JsValue, x: u32, y: u32| {
        note(x.wrapping_mul(y) ^ number ^ u32::from(canvas.is_undefined()));
    })
    .into_js_value()
}

/// A closure that makes an object.
#[wasm_bindgen]
pub fn maker() -> JsValue {
    Closure::<dyn Fn() -> JsValue>::new(|| {
        note(0);
        Canvas { area: 0 }.into()
    })
    .into_js_value()
}

/// A closure that takes text.
#[wasm_bindgen]
pub fn namer() -> JsValue {
    Closure::<dyn Fn(String)>::new(|text: String| note(text.len() as u32)).into_js_value()
}

/// A closure that takes bytes.
#[wasm_bindgen]
pub fn writer() -> JsValue {
    Closure::<dyn Fn(Vec<u8>)>::new(|bytes: Vec<u8>| note(bytes.len() as u32)).into_js_value()
}

#[wasm_bindgen]
extern "C" {
    /// A closure of another instance.
    #[wasm_bindgen(js_name = Function)]
    pub type Callee;

    #[wasm_bindgen(method, js_name = call)]
    fn numbers(this: &Callee, receiver: &JsValue, left: u32, right: u32) -> u32;

    #[wasm_bindgen(method, js_name = call)]
    fn show(this: &Callee, receiver: &JsValue, canvas: &Remote, x: u32, y: u32);

    #[wasm_bindgen(method, js_name = call)]
    fn make(this: &Callee, receiver: &JsValue) -> Remote;

    #[wasm_bindgen(method, js_name = call)]
    fn name(this: &Callee, receiver: &JsValue, text: &str);

    #[wasm_bindgen(method, js_name = call)]
    fn write(this: &Callee, receiver: &JsValue, bytes: &[u8]);

    /// An object of another instance.
    #[wasm_bindgen(js_name = Canvas)]
    pub type Remote;

    #[wasm_bindgen(method, js_name = setSize)]
    fn set_size(this: &Remote, width: u32, height: u32);

    #[wasm_bindgen(method)]
    fn free(this: &Remote);
}

/// Calls with two numbers.
#[wasm_bindgen]
pub fn call_numbers(callee: &Callee, count: u32) -> u32 {
    (0..count).fold(0, |sum, step| {
        callee.numbers(&JsValue::UNDEFINED, sum, step)
    })
}

/// Calls a method of an object.
#[wasm_bindgen]
pub fn call_handle(canvas: &Remote, count: u32) {
    for step in 0..count {
        canvas.set_size(step, 7);
    }
}

/// Calls with somebody else's object.
#[wasm_bindgen]
pub fn call_lent(callee: &Callee, canvas: &Remote, count: u32) {
    for step in 0..count {
        callee.show(&JsValue::UNDEFINED, canvas, step, 7);
    }
}

/// Gets objects, and gives them up.
#[wasm_bindgen]
pub fn call_minted(callee: &Callee, count: u32) {
    for _ in 0..count {
        callee.make(&JsValue::UNDEFINED).free();
    }
}

/// Calls with text.
#[wasm_bindgen]
pub fn call_text(callee: &Callee, count: u32) {
    for _ in 0..count {
        callee.name(&JsValue::UNDEFINED, "sixteen letters!");
    }
}

/// Calls with so many bytes.
#[wasm_bindgen]
pub fn call_bytes(callee: &Callee, size: u32, count: u32) {
    let bytes = vec![1; size as usize];
    for _ in 0..count {
        callee.write(&JsValue::UNDEFINED, &bytes);
    }
}
