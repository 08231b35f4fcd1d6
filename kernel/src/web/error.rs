//! Errors on their way to JavaScript: an object with a code, a message and a function, which the TypeScript face turns into
//! its error class.

use crate::load::LoadError;
use portcullis_abi::ErrorCode;
use wasm_bindgen::prelude::*;

/// An error as JavaScript sees it.
#[wasm_bindgen(js_name = KernelFailure)]
#[derive(Clone, Debug)]
pub struct KernelFailure {
    code: u32,
    message: String,
    function: Option<String>,
}

#[wasm_bindgen(js_class = KernelFailure)]
impl KernelFailure {
    /// The number of the error code.
    #[wasm_bindgen(getter)]
    pub fn code(&self) -> u32 {
        self.code
    }

    /// A sentence for a person.
    #[wasm_bindgen(getter)]
    pub fn message(&self) -> String {
        self.message.clone()
    }

    /// The function concerned.
    #[wasm_bindgen(getter)]
    pub fn function(&self) -> Option<String> {
        self.function.clone()
    }
}

impl KernelFailure {
    /// An error with its standard text.
    pub fn of(code: ErrorCode) -> KernelFailure {
        KernelFailure {
            code: code.number(),
            message: code.text().to_owned(),
            function: None,
        }
    }

    /// An error with words of its own.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> KernelFailure {
        KernelFailure {
            code: code.number(),
            message: message.into(),
            function: None,
        }
    }
}

impl From<LoadError> for KernelFailure {
    fn from(error: LoadError) -> KernelFailure {
        KernelFailure {
            code: error.code.number(),
            message: error.message,
            function: error.function,
        }
    }
}

impl From<ErrorCode> for KernelFailure {
    fn from(code: ErrorCode) -> KernelFailure {
        KernelFailure::of(code)
    }
}

/// The text of what JavaScript threw.
pub fn text_of(thrown: &JsValue) -> String {
    let message = js_sys::Reflect::get(thrown, &JsValue::from_str("message"))
        .ok()
        .and_then(|message| message.as_string())
        .or_else(|| thrown.as_string());
    crate::load::clean(
        &message.unwrap_or_else(|| "something that is no error".to_owned()),
        300,
    )
}
