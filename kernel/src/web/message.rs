//! Messages of the host and to it.

use super::error::failure;
use super::transfer::{AT_HAND, add_array, carry_out, remove_array};
use super::with_kernel;
use crate::copy_plan::Place;
use crate::layout::address_of;
use crate::message::{Numbers, Outgoing, Window};
use crate::process::ProcessId;
use js_sys::Uint8Array;
use portcullis_abi::{ErrorCode, MessageInfo};
use wasm_bindgen::prelude::*;

const HOST: ProcessId = ProcessId::HOST;

/// An array of the host that is kept until this is dropped.
struct Kept(u32);

impl Kept {
    fn new(bytes: &Uint8Array) -> Result<Kept, ErrorCode> {
        match add_array(bytes) {
            0 => Err(ErrorCode::Quota),
            number => Ok(Kept(number)),
        }
    }

    fn window(&self, bytes: &Uint8Array) -> Window {
        Window {
            place: Place::of_array(self.0),
            start: 0,
            length: bytes.length(),
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        remove_array(self.0);
    }
}

/// The array that is at hand, as a window.
fn at_hand(bytes: &Uint8Array) -> Window {
    Window {
        place: Place::of_array(AT_HAND),
        start: 0,
        length: bytes.length(),
    }
}

/// A message of the host's.
#[wasm_bindgen]
pub struct HostMessage {
    /// The host's `cap_t`.
    #[wasm_bindgen(readonly)]
    pub cap: u32,
    _data: Kept,
    _reply: Kept,
}

#[wasm_bindgen]
impl HostMessage {
    /// A message of bytes and capabilities, which leave the host's namespace until it is closed; an answer goes into `reply` and has
    /// up to so many capabilities.
    ///
    /// # Errors
    /// `too-long`; those of a move for a capability, and then none has moved; `quota`, `no-memory`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        data: &Uint8Array,
        capabilities: &[u32],
        reply: &Uint8Array,
        places: u32,
    ) -> Result<HostMessage, JsValue> {
        let make = || -> Result<HostMessage, ErrorCode> {
            let (kept_data, kept_reply) = (Kept::new(data)?, Kept::new(reply)?);
            let outgoing = Outgoing {
                data: kept_data.window(data),
                capabilities,
                reply: kept_reply.window(reply),
                places: 0,
                place_count: places,
            };
            let cap = with_kernel(|kernel| kernel.msg_create(HOST, outgoing))?;
            Ok(HostMessage {
                cap,
                _data: kept_data,
                _reply: kept_reply,
            })
        };
        make().map_err(failure)
    }

    fn info(&self, what: MessageInfo) -> u32 {
        with_kernel(|kernel| kernel.msg_info(HOST, self.cap, what.number())).unwrap_or(0)
    }

    /// Whether somebody has received its capabilities.
    #[wasm_bindgen(getter)]
    pub fn received(&self) -> bool {
        self.info(MessageInfo::Waiting) == 0
    }

    /// Bytes of the answer; nothing if there was none.
    #[wasm_bindgen(getter)]
    pub fn answered(&self) -> Option<u32> {
        (self.info(MessageInfo::Answered) != 0).then(|| self.info(MessageInfo::Replied))
    }

    /// Takes the capabilities of the answer.
    #[wasm_bindgen(js_name = takeCapabilities)]
    pub fn take_capabilities(&self) -> Vec<u32> {
        with_kernel(|kernel| kernel.take_answer(self.cap)).unwrap_or_default()
    }

    /// Ends it: what nobody received is the host's again.
    pub fn close(self) {
        // It may be over already.
        let _ = with_kernel(|kernel| kernel.msg_free(HOST, self.cap));
        super::exit::run_destructors();
    }
}

/// What is known of a message that the host was lent; see [`MessageInfo`] for the numbers.
///
/// # Errors
/// `bad-handle`, `revoked`.
#[wasm_bindgen(js_name = messageInfo)]
pub fn message_info(cap: u32, what: u32) -> Result<u32, JsValue> {
    with_kernel(|kernel| kernel.msg_info(HOST, cap, what)).map_err(failure)
}

/// Receives a message: its bytes, as many as `into` has room for, and with places for some all of its capabilities.
///
/// # Errors
/// `bad-handle`, `revoked`, `too-long`, `quota`, `no-memory`.
#[wasm_bindgen(js_name = messageReceive)]
pub fn message_receive(cap: u32, into: &Uint8Array, places: u32) -> Result<Vec<u32>, JsValue> {
    let mut numbers = Numbers::default();
    let answer =
        with_kernel(|kernel| kernel.msg_recv(HOST, cap, at_hand(into), (0, places), &mut numbers));
    carry_out(into, answer.map(|answer| answer.copies[0]))?;
    Ok(numbers.as_slice().to_vec())
}

/// Answers a message.
///
/// # Errors
/// `bad-handle`, `revoked`, `denied` if it was answered before, `too-long`; those of a move for a capability, and then none has moved;
/// `quota`, `no-memory`.
#[wasm_bindgen(js_name = messageReply)]
pub fn message_reply(cap: u32, bytes: &Uint8Array, capabilities: &[u32]) -> Result<(), JsValue> {
    let mut numbers = Box::<Numbers>::default();
    numbers.address = address_of(numbers.places());
    let answer = with_kernel(|kernel| {
        kernel.msg_reply(HOST, cap, at_hand(bytes), capabilities, &mut numbers)
    });
    let copies = answer.map(|answer| answer.copies).map_err(failure)?;
    for copy in copies {
        carry_out(bytes, Ok(copy))?;
    }
    super::exit::run_destructors();
    Ok(())
}
