//! What the TypeScript face calls to put capabilities of the host into frames, and to take them out.
//!
//! The host is a process with a namespace of its own. Its `cap_t` values stand behind the `Handle` objects of JavaScript.

use super::error::failure;
use super::with_kernel;
use crate::class::ClassId;
use crate::layout::{address_of, offset};
use crate::process::ProcessId;
use portcullis_abi::Rights;
use wasm_bindgen::prelude::*;

const HOST: ProcessId = ProcessId::HOST;

/// Where the word lies that says where the next frame goes.
#[wasm_bindgen(js_name = frameTopAddress)]
pub fn frame_top_address() -> u32 {
    with_kernel(|kernel| address_of(&*kernel.shared) + offset::SHARED_FRAME_TOP)
}

/// Where the word lies that says how many calls are nested.
#[wasm_bindgen(js_name = depthAddress)]
pub fn depth_address() -> u32 {
    with_kernel(|kernel| address_of(&*kernel.shared) + offset::SHARED_DEPTH)
}

/// Where the word lies that says where frames end.
#[wasm_bindgen(js_name = frameEndAddress)]
pub fn frame_end_address() -> u32 {
    with_kernel(|kernel| address_of(&*kernel.shared) + offset::SHARED_FRAME_END)
}

/// Room for content.
///
/// # Errors
/// `too-long`, `no-memory`.
#[wasm_bindgen]
pub fn stage(length: u32) -> Result<u32, JsValue> {
    with_kernel(|kernel| kernel.stage(HOST, length)).map_err(failure)
}

/// Gives a frame back with everything that was staged for it.
#[wasm_bindgen]
pub fn unframe(frame: u32) {
    with_kernel(|kernel| {
        kernel.shared.frame_top.set(frame);
        kernel.leave(frame);
    });
}

/// Mints an object of the host.
///
/// # Errors
/// `quota`.
#[wasm_bindgen]
pub fn mint(class: u32, badge: u32, methods: u32) -> Result<u32, JsValue> {
    with_kernel(|kernel| kernel.mint(HOST, ClassId(class), badge, methods)).map_err(failure)
}

/// The number of a class that somebody has named in a signature; nothing for another one.
#[wasm_bindgen(js_name = classNumber)]
pub fn class_number(name: &str) -> Option<u32> {
    with_kernel(|kernel| kernel.classes.find(name))
}

/// The name of the class of what the host holds; nothing if it is over.
#[wasm_bindgen(js_name = className)]
pub fn class_name(cap: u32) -> Option<String> {
    with_kernel(|kernel| {
        let object = kernel.look(HOST, cap).ok()?;
        kernel.classes.text(object.class).map(str::to_owned)
    })
}

/// Lends what the host holds: the index of the object. It stays lent until `unborrow`.
///
/// # Errors
/// `bad-handle`, `revoked`, `wrong-class`, `denied`.
#[wasm_bindgen]
pub fn borrow(cap: u32, class: u32) -> Result<u32, JsValue> {
    with_kernel(|kernel| {
        let reference = kernel.check(HOST, cap, ClassId(class), Rights::CALL)?;
        kernel.processes.get_mut(HOST)?.namespace.add_lend(cap)?;
        Ok::<_, portcullis_abi::ErrorCode>(reference.index)
    })
    .map_err(failure)
}

/// Ends `borrow`.
#[wasm_bindgen]
pub fn unborrow(cap: u32) {
    with_kernel(|kernel| {
        if let Ok(host) = kernel.processes.get_mut(HOST) {
            host.namespace.end_lend(cap);
        }
    });
}

/// Takes a reference out of the host's namespace: the number of the transfer.
///
/// # Errors
/// `bad-handle`, `revoked`, `wrong-class`, `lent`, `denied`.
#[wasm_bindgen]
pub fn detach(cap: u32, class: u32) -> Result<u32, JsValue> {
    with_kernel(|kernel| kernel.detach(HOST, cap, ClassId(class))).map_err(failure)
}

/// Ends a transfer in the host's namespace.
///
/// # Errors
/// `quota`.
#[wasm_bindgen]
pub fn attach(transit: u32) -> Result<u32, JsValue> {
    with_kernel(|kernel| kernel.attach(HOST, transit)).map_err(failure)
}

/// Ends a transfer by putting the reference back.
#[wasm_bindgen]
pub fn restore(transit: u32) {
    with_kernel(|kernel| kernel.restore(transit));
    super::exit::run_destructors();
}

/// Ends a transfer that nobody receives.
#[wasm_bindgen]
pub fn abandon(transit: u32) {
    with_kernel(|kernel| kernel.abandon(transit));
    super::exit::run_destructors();
}

/// Lends an object, on which the lender has those rights, to the host for a call: the `cap_t`.
///
/// # Errors
/// `revoked`, `quota`.
#[wasm_bindgen]
pub fn lend(object: u32, from: u32, rights: u32) -> Result<u32, JsValue> {
    with_kernel(|kernel| kernel.lend(HOST, object, ProcessId::from_raw(from), rights))
        .map_err(failure)
}

/// Ends `lend`.
#[wasm_bindgen(js_name = endBorrow)]
pub fn end_borrow(cap: u32) {
    with_kernel(|kernel| kernel.end_borrow(HOST, cap));
    super::exit::run_destructors();
}

/// The badge of a capability of the host, if the host minted its object.
#[wasm_bindgen]
pub fn badge(cap: u32) -> Option<u32> {
    with_kernel(|kernel| {
        let object = kernel.look(HOST, cap).ok()?;
        let own = object.minter() == HOST && !ClassId(object.class).is_built_in();
        own.then_some(object.badge)
    })
}

/// Who minted the object behind a capability of the host.
///
/// # Errors
/// `bad-handle`, `revoked`.
#[wasm_bindgen]
pub fn minter(cap: u32) -> Result<u32, JsValue> {
    with_kernel(|kernel| kernel.look(HOST, cap).map(|object| object.minter().raw()))
        .map_err(failure)
}

/// The rights of a capability of the host; 0 if it is bad.
#[wasm_bindgen]
pub fn rights(cap: u32) -> u32 {
    with_kernel(|kernel| kernel.cap_rights(HOST, cap))
}

/// Whether two capabilities of the host name the same object, however each was derived.
#[wasm_bindgen]
pub fn same(first: u32, second: u32) -> bool {
    with_kernel(|kernel| kernel.cap_same(HOST, first, second))
}

/// Whether the object behind a capability of the host lives.
#[wasm_bindgen(js_name = isAlive)]
pub fn is_alive(cap: u32) -> bool {
    with_kernel(|kernel| kernel.look(HOST, cap).is_ok())
}

/// One more reference.
///
/// # Errors
/// `bad-handle`, `revoked`, `borrowed`.
#[wasm_bindgen]
pub fn retain(cap: u32) -> Result<(), JsValue> {
    with_kernel(|kernel| kernel.retain(HOST, cap)).map_err(failure)
}

/// One reference fewer.
///
/// # Errors
/// `bad-handle`, `borrowed`, `lent`.
#[wasm_bindgen]
pub fn release(cap: u32) -> Result<(), JsValue> {
    with_kernel(|kernel| kernel.release(HOST, cap)).map_err(failure)?;
    super::exit::run_destructors();
    Ok(())
}

/// Ends the object, and everything derived from it, for everybody.
///
/// # Errors
/// `bad-handle`, `revoked`, `denied`.
#[wasm_bindgen]
pub fn revoke(cap: u32) -> Result<(), JsValue> {
    with_kernel(|kernel| kernel.revoke(HOST, cap)).map_err(failure)?;
    super::exit::run_destructors();
    Ok(())
}

/// The same object with fewer rights, to be revoked on its own.
///
/// # Errors
/// `bad-handle`, `revoked`, `denied`, `quota`.
#[wasm_bindgen]
pub fn derive(cap: u32, rights: u32) -> Result<u32, JsValue> {
    with_kernel(|kernel| kernel.derive(HOST, cap, rights)).map_err(failure)
}
