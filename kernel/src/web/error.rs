//! Errors on their way to JavaScript, where the TypeScript face turns them into its error class.

use super::frame::{bare, set};
use crate::load::LoadError;
use portcullis_abi::ErrorCode;
use wasm_bindgen::prelude::*;

/// An error on its way out.
#[derive(Clone, Debug)]
pub struct KernelFailure {
    code: ErrorCode,
    message: String,
    function: Option<String>,
}

impl KernelFailure {
    /// An error with words of its own.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> KernelFailure {
        KernelFailure {
            code,
            message: message.into(),
            function: None,
        }
    }
}

impl From<LoadError> for KernelFailure {
    fn from(
        LoadError {
            code,
            message,
            function,
        }: LoadError,
    ) -> KernelFailure {
        KernelFailure {
            code,
            message,
            function,
        }
    }
}

impl From<ErrorCode> for KernelFailure {
    fn from(code: ErrorCode) -> KernelFailure {
        // The TypeScript face has the texts of all codes.
        KernelFailure::new(code, String::new())
    }
}

/// The object that JavaScript sees: `{ kernelFailure: code, message, function }`. Without a message: the code's own text.
pub fn failure(error: impl Into<KernelFailure>) -> JsValue {
    let KernelFailure {
        code,
        message,
        function,
    } = error.into();
    let object = bare();
    set(&object, "kernelFailure", &code.number().into());
    set(&object, "message", &message.into());
    set(&object, "function", &function.into());
    object.into()
}

/// The text of what JavaScript threw.
pub fn text_of(thrown: &JsValue) -> String {
    let message = js_sys::Reflect::get(thrown, &JsValue::from_str("message"))
        .ok()
        .and_then(|message| message.as_string())
        .or_else(|| thrown.as_string());
    crate::load::clean(
        &message.unwrap_or_else(|| "no error object".to_owned()),
        300,
    )
}
