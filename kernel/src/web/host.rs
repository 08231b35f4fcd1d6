//! Interfaces that the web app serves.

use super::error::failure;
use super::frame::Shared;
use super::plan::plan;
use super::with_kernel;
use crate::class::Names;
use crate::link::Server;
use crate::load::{LoadError, clean};
use crate::signature::{Metadata, ParseError, parse_interface_name, parse_records};
use js_sys::{Array, Function};
use portcullis_abi::ErrorCode;
use portcullis_abi::names::is_module_name;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// An interface that JavaScript serves.
#[wasm_bindgen]
pub struct HostInterface {
    server: Server,
    asynchronous: Rc<[String]>,
    names: Names,
    plans: JsValue,
    withdrawn: bool,
}

impl HostInterface {
    /// Its functions, as long as it is in service.
    pub fn server(&self) -> Option<&Server> {
        (!self.withdrawn).then_some(&self.server)
    }

    /// The functions that may return promises.
    pub fn asynchronous(&self) -> Rc<[String]> {
        self.asynchronous.clone()
    }
}

/// Takes an interface into service. `signatures` has a line `name: func(…)` for each function, or `name: async func(…)` if it may
/// return a promise. `functions` is asked for a
/// function `(frame) => status` for each plan afterwards, by [`HostInterface::connect`].
///
/// # Errors
/// A `KernelFailure` `bad-metadata`.
#[wasm_bindgen]
pub fn provide(interface: &str, signatures: &str) -> Result<HostInterface, JsValue> {
    let wrong = |message: String| failure(LoadError::new(ErrorCode::BadMetadata, message));
    if !is_module_name(interface) {
        parse_interface_name(interface).map_err(|error| {
            wrong(format!(
                "`{}` is no interface name: {}",
                clean(interface, 100),
                clean(&error.message, 200)
            ))
        })?;
    }
    let (metadata, asynchronous) = records_of(interface, signatures).map_err(|error| {
        wrong(format!(
            "the signatures given for `{interface}` are wrong at {}",
            clean(&error.to_string(), 300)
        ))
    })?;
    if metadata.functions.is_empty() {
        return Err(wrong(format!("no function is declared for `{interface}`")));
    }
    let ((server, names), plans) = with_kernel(|kernel| {
        let server = kernel.serve_from_host(interface, &metadata.functions);
        let plans: Vec<_> = metadata
            .functions
            .iter()
            .map(|record| {
                let label = format!("{interface}#{}", record.name);
                let signature = &record.signature;
                let mut plan = plan(kernel, interface, &record.name, &label, signature, true);
                plan.asynchronous = asynchronous.contains(&record.name);
                plan
            })
            .collect();
        (server, plans)
    });
    Ok(HostInterface {
        server,
        asynchronous: asynchronous.into(),
        names,
        withdrawn: false,
        plans: serde_wasm_bindgen::to_value(&plans)?,
    })
}

/// Reads lines `name: func(…)` as records of an interface, and which functions are `async`. Errors tell lines and columns of the
/// text that was given.
fn records_of(interface: &str, signatures: &str) -> Result<(Metadata, Vec<String>), ParseError> {
    // Other import modules have records as imports only.
    let direction = if is_module_name(interface) {
        "import"
    } else {
        "export"
    };
    let prefix = format!("{direction} {interface} ");
    let mut metadata = Metadata::default();
    let mut asynchronous = Vec::new();
    for (index, line) in signatures.split('\n').enumerate() {
        let record = line.trim();
        if record.is_empty() || record.starts_with("//") {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let (plain, name) = without_async(record);
        let text = format!("{prefix}{plain}");
        parse_records(text.as_bytes(), &mut metadata).map_err(|error| {
            let column = error.column.saturating_sub(prefix.len()).max(1);
            ParseError {
                line: index + 1,
                column: indent + column,
                ..error
            }
        })?;
        asynchronous.extend(name);
    }
    Ok((metadata, asynchronous))
}

/// The record `name: async func(…)` as that of an ordinary function, of the same length, and the name; any other as it is.
fn without_async(record: &str) -> (String, Option<String>) {
    const WORD: &str = "async ";
    let found = record.split_once(':').and_then(|(name, rest)| {
        let function = rest.trim_start_matches(' ').strip_prefix(WORD)?;
        let spaces = rest.len() - function.len();
        let plain = format!("{name}:{}{function}", " ".repeat(spaces));
        Some((plain, Some(name.trim_end().to_owned())))
    });
    found.unwrap_or_else(|| (record.to_owned(), None))
}

#[wasm_bindgen]
impl HostInterface {
    /// The plans of its functions, in the order of the signatures.
    #[wasm_bindgen(getter)]
    pub fn plans(&self) -> JsValue {
        self.plans.clone()
    }

    /// The block of methods that objects of this interface point to.
    #[wasm_bindgen(getter)]
    pub fn methods(&self) -> u32 {
        self.server.methods
    }

    /// Puts the functions `(frame) => status` into their slots, in the order of the plans.
    ///
    /// # Errors
    /// What the engine throws.
    pub fn connect(&self, functions: &Array) -> Result<(), JsValue> {
        let shared = Shared::get()?;
        for (served, function) in self.server.functions.iter().zip(functions.iter()) {
            let function: Function = function.unchecked_into();
            shared.set_slot(served.slot, &shared.wrap(&function)?)?;
        }
        Ok(())
    }

    /// Takes the interface out of service, for good: calls to it get `dead`, its objects are revoked.
    ///
    /// # Errors
    /// What the engine throws.
    pub fn withdraw(&mut self) -> Result<(), JsValue> {
        if std::mem::replace(&mut self.withdrawn, true) {
            return Ok(());
        }
        with_kernel(|kernel| kernel.withdraw(&mut self.server, &self.names));
        let shared = Shared::get()?;
        for served in &self.server.functions {
            shared.set_slot(served.slot, &shared.stub)?;
        }
        super::exit::run_destructors();
        Ok(())
    }
}
