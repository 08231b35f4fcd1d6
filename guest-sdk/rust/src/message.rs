//! Messages: bytes and capabilities for functions whose argument list the kernel does not know.

use crate::abi::{self, Capability, system};
use crate::{Class, Error, Own};
use portcullis_abi::MessageInfo;

/// A capability of any class. It is released when it is dropped.
///
/// Whoever takes it out of a message knows, or finds out, of which class it is: [`AnyOwn::into_own`] does not check that, and what is done
/// with a handle of another class fails with `wrong-class`.
pub struct AnyOwn(Option<Capability>);

impl AnyOwn {
    /// As a handle of a class.
    #[must_use]
    pub fn into_own<C: Class>(self) -> Own<C> {
        Own::from_capability(self.into_capability())
    }

    pub(crate) fn from_capability(capability: Capability) -> AnyOwn {
        AnyOwn(Some(capability))
    }

    pub(crate) fn into_capability(mut self) -> Capability {
        self.0.take().expect("it is there until it is dropped")
    }
}

impl<C: Class> From<Own<C>> for AnyOwn {
    fn from(own: Own<C>) -> AnyOwn {
        let capability = own.capability().again();
        std::mem::forget(own);
        AnyOwn::from_capability(capability)
    }
}

impl Drop for AnyOwn {
    fn drop(&mut self) {
        if let Some(capability) = &self.0 {
            // If it is dead or gone already, so much the better.
            let _ = system::cap_release(capability);
        }
    }
}

/// The class `portcullis/kernel@1.message`: bytes and capabilities from whoever made it, and room for an answer.
///
/// As `&Message` it is a parameter `borrow<portcullis/kernel@1.message>`. It lasts for the call.
///
/// # Example
///
/// ```
/// use portcullis_guest::{Error, Message, Outgoing, export, import, send};
///
/// #[import("demo/store@1")]
/// trait Store {
///     fn put(message: &Message, kind: u32) -> Result<(), Error>;
/// }
///
/// /// Answers with as many bytes as it gets, in reverse order.
/// #[export("demo/mirror@1")]
/// fn mirror(message: &Message) -> Result<(), Error> {
///     let mut bytes = message.bytes()?;
///     bytes.reverse();
///     message.reply(&bytes, Vec::new()).map_err(|(error, _)| error)
/// }
///
/// /// Sends three bytes, and has room for four in the answer.
/// fn store() -> Result<Option<u32>, Error> {
///     let mut reply = [0; 4];
///     let outgoing = Outgoing { bytes: &[1, 2, 3], reply: &mut reply, ..Outgoing::default() };
///     let answer = send(outgoing, |message| Store::put(message, 7)).map_err(|(error, _)| error)?;
///     answer.result?;
///     Ok(answer.length)
/// }
/// # assert!(store().is_err()); // there is no kernel here
/// ```
#[repr(transparent)]
pub struct Message(pub(crate) Capability);

impl Message {
    /// How many bytes were sent.
    ///
    /// # Errors
    ///
    /// `revoked` if it is over.
    pub fn length(&self) -> Result<u32, Error> {
        system::msg_info(&self.0, MessageInfo::Sent)
    }

    /// How many capabilities are in it that nobody has received.
    ///
    /// # Errors
    ///
    /// `revoked` if it is over.
    pub fn waiting(&self) -> Result<u32, Error> {
        system::msg_info(&self.0, MessageInfo::Waiting)
    }

    /// Copies the first bytes, as many as there is room for, or all if they are fewer. Gives how many were sent.
    ///
    /// # Errors
    ///
    /// `revoked` if it is over. Nothing is copied then.
    pub fn receive(&self, into: &mut [u8]) -> Result<u32, Error> {
        system::msg_recv(&self.0, into, &mut [])
    }

    /// All of its bytes.
    ///
    /// # Errors
    ///
    /// `revoked` if it is over.
    pub fn bytes(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; self.length()? as usize];
        self.receive(&mut bytes)?;
        Ok(bytes)
    }

    /// Takes all of its capabilities, in order. The second time there are none.
    ///
    /// # Errors
    ///
    /// `quota` if this process has too many handles, `revoked` if the message is over. Nothing has moved then.
    pub fn capabilities(&self) -> Result<Vec<AnyOwn>, Error> {
        abi::receive_capabilities(&self.0)
    }

    /// Answers, once.
    ///
    /// # Errors
    ///
    /// `too-long` for more than there is room for, `denied` if it was answered before, those of moving a handle; with them come the capabilities
    /// back, of which none has moved.
    pub fn reply(
        &self,
        bytes: &[u8],
        capabilities: Vec<AnyOwn>,
    ) -> Result<(), (Error, Vec<AnyOwn>)> {
        abi::reply(&self.0, bytes, capabilities)
    }
}

/// What is sent, and room for what comes back.
#[derive(Default)]
pub struct Outgoing<'a> {
    /// The bytes to be sent.
    pub bytes: &'a [u8],
    /// The capabilities to be sent, at most 64.
    pub capabilities: Vec<AnyOwn>,
    /// Where the bytes of an answer go.
    pub reply: &'a mut [u8],
    /// How many capabilities an answer may have, at most 64.
    pub places: usize,
}

/// What came of a message.
pub struct Answer<R> {
    /// What the function gave that it was sent with.
    pub result: R,
    /// How many bytes of [`Outgoing::reply`] are the answer; nothing if nobody answered.
    pub length: Option<u32>,
    /// The capabilities of the answer.
    pub capabilities: Vec<AnyOwn>,
    /// The capabilities that were sent, if nobody received them.
    pub returned: Vec<AnyOwn>,
}

/// Makes a message, and has it as long as `use_it` runs, which passes it to whom it is for.
///
/// # Errors
///
/// `too-long` for more bytes or capabilities than a message may have, `quota`, those of moving a handle. With them come the capabilities back; `use_it`
/// is not called then.
pub fn send<R>(
    outgoing: Outgoing<'_>,
    use_it: impl FnOnce(&Own<Message>) -> R,
) -> Result<Answer<R>, (Error, Vec<AnyOwn>)> {
    let Outgoing {
        bytes,
        capabilities,
        reply,
        places,
    } = outgoing;
    let over = abi::with_message(bytes, capabilities, reply, places, use_it)?;
    Ok(Answer {
        result: over.result,
        length: over.answered,
        capabilities: over.capabilities,
        returned: over.returned,
    })
}
