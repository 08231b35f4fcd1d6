//! What a plugin imports besides functions: its memory, which is the kernel's or one of the web app's own, and constants.

use super::error::{KernelFailure, failure, text_of};
use super::frame::{bare, get, set};
use super::recipe::new_memory;
use crate::load::clean;
use crate::map::Map;
use crate::module::{ImportedConstant, MemoryNeed, Module};
use crate::signature::Core;
use js_sys::{BigInt, WebAssembly};
use portcullis_abi::ErrorCode;
use wasm_bindgen::{JsCast, JsValue};

/// Bytes of a page of memory.
pub const PAGE: u64 = 65_536;
/// The most pages that a memory can have.
const MOST_PAGES: u64 = 65_536;

/// The memory that a process is to have.
pub struct Supply {
    /// Its hard maximum in bytes; of a memory of the web app's own, what that may have at most.
    pub maximum: f64,
    /// A memory of the web app's own, which both use.
    pub shared: Option<WebAssembly::Memory>,
}

impl Supply {
    /// The memory for a process of that name, with its hard maximum in pages.
    ///
    /// # Errors
    /// `bad-limit` if limits and needs do not fit; `no-memory`.
    pub fn memory(
        &self,
        name: &str,
        module: &Module,
    ) -> Result<(Option<WebAssembly::Memory>, u64), JsValue> {
        let bad = |message: String| failure(KernelFailure::new(ErrorCode::BadLimit, message));
        if self.maximum.is_nan() || self.maximum < 0.0 {
            return Err(bad("the memory limit is no number of bytes".to_owned()));
        }
        let limit = ((self.maximum as u64) / PAGE).min(MOST_PAGES);
        match (&module.memory, &self.shared) {
            (None, None) => Ok((None, 0)),
            (None, Some(_)) => Err(bad(format!(
                "plugin `{name}` has no memory, so it cannot use the one that was given"
            ))),
            (Some(need), Some(memory)) => {
                let maximum = usable(name, need, memory, limit).map_err(bad)?;
                Ok((Some(memory.clone()), maximum))
            }
            (Some(need), None) => own(name, need, limit),
        }
    }
}

/// A memory of its own for a process.
fn own(
    name: &str,
    need: &MemoryNeed,
    limit: u64,
) -> Result<(Option<WebAssembly::Memory>, u64), JsValue> {
    let maximum = need.maximum.unwrap_or(limit).min(limit);
    if need.minimum > maximum {
        return Err(failure(KernelFailure::new(
            ErrorCode::BadLimit,
            format!(
                "plugin `{name}` needs {} KiB of memory to start, its limit is {} KiB; raise `memory.maximum`",
                need.minimum * 64,
                limit * 64
            ),
        )));
    }
    let memory = new_memory(need.minimum as f64, maximum as f64).map_err(|thrown| {
        failure(KernelFailure::new(
            ErrorCode::NoMemory,
            format!(
                "the engine has no memory left for plugin `{name}`: {}",
                text_of(&thrown)
            ),
        ))
    })?;
    Ok((Some(memory), maximum))
}

/// Whether a process can use a memory of the web app's: the most pages that it may have, or why not.
fn usable(
    name: &str,
    need: &MemoryNeed,
    memory: &WebAssembly::Memory,
    limit: u64,
) -> Result<u64, String> {
    if JsValue::from(memory) == wasm_bindgen::memory() {
        return Err(format!(
            "plugin `{name}` cannot use the memory of the kernel"
        ));
    }
    let size = get(&memory.buffer(), "byteLength").as_f64().unwrap_or(0.0) as u64 / PAGE;
    let Some(maximum) = maximum_of(memory, size) else {
        return Err(format!(
            "the memory that plugin `{name}` is to use has no maximum, or is none of 32 bits that one thread has alone; make it with `maximum`"
        ));
    };
    if size < need.minimum {
        return Err(format!(
            "plugin `{name}` needs {} KiB of memory to start, and the one that it is to use has {} KiB",
            need.minimum * 64,
            size * 64
        ));
    }
    let grows = |most: u64, whose: &str| {
        format!(
            "the memory that plugin `{name}` is to use may grow to {} KiB, and {whose} is {} KiB; make it with a smaller `maximum`",
            maximum * 64,
            most * 64
        )
    };
    if let Some(declared) = need.maximum
        && maximum > declared
    {
        return Err(grows(declared, "the maximum that the plugin declares"));
    }
    if maximum > limit {
        return Err(grows(limit, "its limit, `memory.maximum`,"));
    }
    Ok(maximum)
}

/// The most pages that a memory of `size` pages may have; nothing if it has no maximum, or a plugin could not import it. The
/// engine does not tell, but it compares: the smallest maximum with which the memory can be imported is its own.
fn maximum_of(memory: &WebAssembly::Memory, size: u64) -> Option<u64> {
    let (mut least, mut most) = (size, MOST_PAGES);
    if !fits(memory, most) {
        return None;
    }
    while least < most {
        let middle = (least + most) / 2;
        if fits(memory, middle) {
            most = middle;
        } else {
            least = middle + 1;
        }
    }
    Some(most)
}

/// Whether a memory can be imported as one of at most so many pages.
fn fits(memory: &WebAssembly::Memory, maximum: u64) -> bool {
    // (module (import "m" "m" (memory 0 maximum)))
    let mut bytes = b"\0asm\x01\0\0\0\x02\x0b\x01\x01m\x01m\x02\x01\0".to_vec();
    // A number of three bytes, however small it is.
    let byte = |shift: u32| ((maximum >> shift) & 0x7f) as u8;
    bytes.extend([byte(0) | 0x80, byte(7) | 0x80, byte(14)]);
    let (imports, level) = (bare(), bare());
    set(&level, "m", memory);
    set(&imports, "m", &level);
    let bytes = js_sys::Uint8Array::from(bytes.as_slice());
    WebAssembly::Module::new(&bytes)
        .and_then(|module| WebAssembly::Instance::new(&module, &imports))
        .is_ok()
}

/// What can be a constant of that type.
fn kind(ty: Core) -> &'static str {
    match ty {
        Core::I32 => "a whole number of 32 bits",
        Core::I64 => "a bigint of 64 bits",
        Core::F32 | Core::F64 => "a number",
    }
}

/// The value that a constant of that type has in the engine, if it can be one.
fn value_of(ty: Core, given: &JsValue) -> Option<JsValue> {
    match ty {
        Core::I32 => {
            let number = given.as_f64()?;
            let whole = number.trunc() == number;
            let fits = (f64::from(i32::MIN)..=f64::from(u32::MAX)).contains(&number);
            (whole && fits).then(|| (number as i64 as i32).into())
        }
        Core::I64 => {
            if !given.is_bigint() {
                return None;
            }
            let number: &BigInt = given.unchecked_ref();
            let bits = [
                BigInt::as_int_n(64.0, number),
                BigInt::as_uint_n(64.0, number),
            ];
            bits.iter()
                .any(|same| same == number)
                .then(|| given.clone())
        }
        Core::F32 | Core::F64 => given.as_f64().map(JsValue::from),
    }
}

/// The values of a plugin's constants, in their order, from those that were given by `module#name`.
///
/// # Errors
/// `missing-grant` names every constant that was not given, with its type; `signature-mismatch` one that is of another type.
pub fn constants(
    name: &str,
    wanted: &[ImportedConstant],
    given: &Map<String, JsValue>,
) -> Result<Vec<JsValue>, KernelFailure> {
    let mut values = Vec::with_capacity(wanted.len());
    let mut missing = Vec::new();
    for constant in wanted {
        let label = constant.label();
        let (ty, needed) = (constant.ty.name(), kind(constant.ty));
        match given.get(label.as_str()) {
            None => missing.push(format!("`{}` ({ty})", clean(&label, 200))),
            Some(given) => values.push(value_of(constant.ty, given).ok_or_else(|| {
                KernelFailure::new(
                    ErrorCode::SignatureMismatch,
                    format!(
                        "plugin `{name}` imports the constant `{}`, an {ty}, and what was given is none; give {needed}",
                        clean(&label, 200)
                    ),
                )
            })?),
        }
    }
    if missing.is_empty() {
        return Ok(values);
    }
    missing.dedup();
    // However many there are, the sentence is to be read.
    missing.truncate(20);
    Err(KernelFailure::new(
        ErrorCode::MissingGrant,
        format!(
            "plugin `{name}` imports constants that nobody gave: {}; give them in `constants`",
            missing.join(", ")
        ),
    ))
}
