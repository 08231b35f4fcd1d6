//! The class of messages, and capabilities of any class, as messages have them.

use portcullis_abi::names::MESSAGE_CLASS;
use portcullis_abi::{MessageInfo, class_number};

use super::{Capability, Handle, Imported, Lent, system};
use crate::{AnyOwn, Class, Error, Message, Own};

impl Handle for Message {
    #[inline]
    fn new(capability: Capability) -> Message {
        Message(capability)
    }

    #[inline]
    fn capability(&self) -> &Capability {
        &self.0
    }
}

// SAFETY: the number is that of the name; the kernel lets nobody mint the class, so there are no badges of it.
unsafe impl Class for Message {
    const NAME: &'static str = MESSAGE_CLASS;
    const NUMBER: u32 = class_number(MESSAGE_CLASS);
    type Handle = Self;
    type Arrived = Lent<Self>;
}

impl Imported for Message {}

/// What a message was made of, and is when it is over.
pub(crate) struct Over<R> {
    /// What the function gave.
    pub(crate) result: R,
    /// Bytes of the answer, if there was one.
    pub(crate) answered: Option<u32>,
    /// Capabilities of the answer.
    pub(crate) capabilities: Vec<AnyOwn>,
    /// Those that were sent, if nobody received them.
    pub(crate) returned: Vec<AnyOwn>,
}

/// The numbers of capabilities, which are no longer released by themselves.
fn numbers_of(capabilities: Vec<AnyOwn>) -> Vec<u32> {
    let numbers = capabilities.into_iter().map(AnyOwn::into_capability);
    numbers.map(|capability| capability.number()).collect()
}

fn owned(numbers: &[u32]) -> Vec<AnyOwn> {
    let capabilities = numbers.iter().copied().map(Capability::from_number);
    capabilities.map(AnyOwn::from_capability).collect()
}

/// Has a message as long as `use_it` runs. With the error come the capabilities back.
pub(crate) fn with_message<R>(
    bytes: &[u8],
    capabilities: Vec<AnyOwn>,
    reply: &mut [u8],
    places: usize,
    use_it: impl FnOnce(&Own<Message>) -> R,
) -> Result<Over<R>, (Error, Vec<AnyOwn>)> {
    let numbers = numbers_of(capabilities);
    let mut answer = vec![0; places];
    // SAFETY: all four are borrowed until the message is released below, and nobody here touches them before: what is sent is only
    // read, and the other two are borrowed for this function alone. A closure that unwinds does so on the host only, where no message is made.
    let message = match unsafe { system::msg_create(bytes, &numbers, reply, &mut answer) } {
        Ok(capability) => Own::<Message>::from_capability(capability),
        Err(error) => return Err((error, owned(&numbers))),
    };
    let result = use_it(&message);
    let info = |what| system::msg_info(message.capability(), what).unwrap_or(0);
    let answered = (info(MessageInfo::Answered) != 0).then(|| info(MessageInfo::Replied));
    let count = info(MessageInfo::RepliedCapabilities) as usize;
    let waiting = info(MessageInfo::Waiting);
    drop(message);
    let given = answer.get(..count).unwrap_or_default();
    Ok(Over {
        result,
        answered,
        capabilities: owned(given),
        returned: if waiting > 0 {
            owned(&numbers)
        } else {
            Vec::new()
        },
    })
}

/// Takes all capabilities out of a message.
pub(crate) fn receive_capabilities(message: &Capability) -> Result<Vec<AnyOwn>, Error> {
    let waiting = system::msg_info(message, MessageInfo::Waiting)?;
    let mut numbers = vec![0; waiting as usize];
    if waiting > 0 {
        system::msg_recv(message, &mut [], &mut numbers)?;
    }
    Ok(owned(&numbers))
}

/// Answers a message. With the error come the capabilities back.
pub(crate) fn reply(
    message: &Capability,
    bytes: &[u8],
    capabilities: Vec<AnyOwn>,
) -> Result<(), (Error, Vec<AnyOwn>)> {
    let numbers = numbers_of(capabilities);
    system::msg_reply(message, bytes, &numbers).map_err(|error| (error, owned(&numbers)))
}
