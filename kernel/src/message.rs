//! Messages: bytes and capabilities for whoever is called with them, and room for an answer.
//!
//! A message is an object of the class [`ClassId::MESSAGE`], whose badge is the number of its [`Message`] record. Its maker can lend
//! it and nothing else, so it lives where it was made and ends there. Its bytes stay in the maker's memory until they are received;
//! its capabilities leave the maker's namespace when it is made, and are in none until they are received. Those that nobody
//! received are back where they were when it ends.

use crate::capability::Transit;
use crate::class::ClassId;
use crate::copy_plan::{CopyPlan, Place};
use crate::namespace::{CapT, Slot};
use crate::process::ProcessId;
use crate::state::Kernel;
use crate::syscall::Answer;
use portcullis_abi::limits::MESSAGE_CAPABILITIES;
use portcullis_abi::{ErrorCode, MessageInfo, Rights};

type Outcome<T> = Result<T, ErrorCode>;

/// A range of somebody's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Whose memory it is.
    pub place: Place,
    /// Where it begins.
    pub start: u32,
    /// How many bytes it has.
    pub length: u32,
}

impl Window {
    /// What is to be copied from its beginning to another place; nothing if it is no bytes.
    fn copy(self, to: Place, to_address: u32, length: u32) -> Option<CopyPlan> {
        (length > 0).then_some(CopyPlan {
            from: self.place,
            from_address: self.start,
            to,
            to_address,
            length,
        })
    }
}

/// What a message is made of. That the ranges lie in memory was checked.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// The bytes to be sent.
    pub data: Window,
    /// The capabilities to be sent, of which none or all leave the namespace.
    pub capabilities: &'a [CapT],
    /// Where the bytes of an answer go.
    pub reply: Window,
    /// Where the numbers of its capabilities go; the host asks for them instead.
    pub places: u32,
    /// How many capabilities the answer may have.
    pub place_count: u32,
}

/// What the kernel keeps of a message.
pub struct Message {
    maker: ProcessId,
    data: Window,
    /// What was sent and has not been received.
    waiting: Vec<Transit>,
    reply: Window,
    places: u32,
    place_count: u32,
    answered: bool,
    /// Bytes and capabilities of the answer.
    replied: u32,
    replied_capabilities: u32,
    /// The capabilities of an answer to the host.
    answer: Vec<CapT>,
}

fn in_limits(capabilities: usize) -> Outcome<()> {
    if capabilities > MESSAGE_CAPABILITIES {
        return Err(ErrorCode::TooLong);
    }
    Ok(())
}

impl Kernel {
    /// `msg_create`.
    ///
    /// # Errors
    /// `too-long` for more than the process may have under way, or more than [`MESSAGE_CAPABILITIES`] capabilities; those of a move
    /// for its capabilities: none has moved then; `quota`, `no-memory`.
    pub fn msg_create(&mut self, maker: ProcessId, outgoing: Outgoing<'_>) -> Outcome<CapT> {
        let most = self.processes.get(maker)?.limits.content;
        if outgoing.data.length > most || outgoing.reply.length > most {
            return Err(ErrorCode::TooLong);
        }
        in_limits(outgoing.capabilities.len())?;
        in_limits(outgoing.place_count as usize)?;
        let mut answer = Vec::new();
        if maker == ProcessId::HOST {
            answer
                .try_reserve_exact(outgoing.place_count as usize)
                .map_err(|_| ErrorCode::NoMemory)?;
        }
        self.messages.reserve()?;
        self.reserve_object(maker, Some(ClassId::MESSAGE))?;
        let waiting = self.take_all(maker, outgoing.capabilities)?;
        let number = self.messages.insert(Message {
            maker,
            data: outgoing.data,
            waiting,
            reply: outgoing.reply,
            places: outgoing.places,
            place_count: outgoing.place_count,
            answered: false,
            replied: 0,
            replied_capabilities: 0,
            answer,
        });
        self.mint_with(maker, ClassId::MESSAGE, number, 0, Rights::CALL)
    }

    /// `msg_recv`: gives how many bytes were sent, with the copies that put as many as there is room for at `data`, and the numbers
    /// of the capabilities, which are in `numbers` then, at `places`. `block` is where they are copied from.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `wrong-class`; `too-long` for fewer places than there are capabilities, but for none at all;
    /// `quota`, `no-memory`. Nothing has moved then.
    pub fn msg_recv(
        &mut self,
        receiver: ProcessId,
        cap: CapT,
        data: Window,
        places: (u32, u32),
        numbers: &mut Numbers,
    ) -> Outcome<Answer> {
        let (_, number) = self.message(receiver, cap)?;
        let message = self.messages.get(number).ok_or(ErrorCode::Revoked)?;
        let (address, most) = places;
        let count = if most == 0 { 0 } else { message.waiting.len() };
        if count > most as usize {
            return Err(ErrorCode::TooLong);
        }
        let sent = message.data;
        self.reserve(receiver, count as u32)?;
        let taken = match self.messages.get_mut(number) {
            Some(message) if count > 0 => std::mem::take(&mut message.waiting),
            _ => Vec::new(),
        };
        numbers.fill(self.put_all(receiver, taken)?);
        Ok(Answer {
            value: sent.length,
            copies: [
                sent.copy(data.place, data.start, sent.length.min(data.length)),
                numbers.copy(data.place, address),
            ],
        })
    }

    /// `msg_reply`: the copies that put bytes and the numbers of capabilities where the maker wants them. `capabilities` are those of
    /// who answers.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `wrong-class`; `denied` if it was answered before; `too-long` for more than there is room for; those of
    /// a move for the capabilities; `quota`, `no-memory`. Nothing has moved then.
    pub fn msg_reply(
        &mut self,
        replier: ProcessId,
        cap: CapT,
        data: Window,
        capabilities: &[CapT],
        numbers: &mut Numbers,
    ) -> Outcome<Answer> {
        let (_, number) = self.message(replier, cap)?;
        let message = self.messages.get(number).ok_or(ErrorCode::Revoked)?;
        if message.answered {
            return Err(ErrorCode::Denied);
        }
        let count = capabilities.len() as u32;
        if data.length > message.reply.length || count > message.place_count {
            return Err(ErrorCode::TooLong);
        }
        let (maker, reply, places) = (message.maker, message.reply, message.places);
        self.reserve(maker, count)?;
        let taken = self.take_all(replier, capabilities)?;
        numbers.fill(self.put_all(maker, taken)?);
        if let Some(message) = self.messages.get_mut(number) {
            message.answered = true;
            message.replied = data.length;
            message.replied_capabilities = count;
            if maker == ProcessId::HOST {
                // There is room for as many as it may have.
                message.answer.extend(numbers.iter());
            }
        }
        let to_maker = match maker {
            ProcessId::HOST => None,
            _ => numbers.copy(reply.place, places),
        };
        Ok(Answer {
            value: 0,
            copies: [data.copy(reply.place, reply.start, data.length), to_maker],
        })
    }

    /// `msg_info`.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `wrong-class`; `out-of-range` for a number that means nothing.
    pub fn msg_info(&self, process: ProcessId, cap: CapT, what: u32) -> Outcome<u32> {
        let (_, number) = self.message(process, cap)?;
        let message = self.messages.get(number).ok_or(ErrorCode::Revoked)?;
        let what = MessageInfo::from_number(what).ok_or(ErrorCode::OutOfRange)?;
        Ok(match what {
            MessageInfo::Sent => message.data.length,
            MessageInfo::Waiting => message.waiting.len() as u32,
            MessageInfo::Room => message.reply.length,
            MessageInfo::Places => message.place_count,
            MessageInfo::Replied => message.replied,
            MessageInfo::RepliedCapabilities => message.replied_capabilities,
            MessageInfo::Answered => u32::from(message.answered),
        })
    }

    /// `msg_free`: gives the reference back. With the last one the message ends.
    ///
    /// # Errors
    /// `bad-handle`, `wrong-class`, `borrowed`, `lent`.
    pub fn msg_free(&mut self, process: ProcessId, cap: CapT) -> Outcome<()> {
        match self.message(process, cap) {
            // One that is over can be freed too.
            Ok(_) | Err(ErrorCode::Revoked) => self.release(process, cap),
            Err(code) => Err(code),
        }
    }

    /// Takes the capabilities of an answer to the host.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `wrong-class`.
    pub fn take_answer(&mut self, cap: CapT) -> Outcome<Vec<CapT>> {
        let (_, number) = self.message(ProcessId::HOST, cap)?;
        let message = self.messages.get_mut(number).ok_or(ErrorCode::Revoked)?;
        Ok(std::mem::take(&mut message.answer))
    }

    /// How many messages there are.
    pub fn live_messages(&self) -> usize {
        self.messages.live()
    }

    /// A message has ended: what nobody received of it goes back. It holds no messages, so this ends no other one.
    pub(crate) fn end_message(&mut self, number: u32) {
        if let Some(message) = self.messages.remove(number) {
            self.put_back(message.waiting);
        }
    }

    /// The slot and the number of a message that a process alleges to hold.
    fn message(&self, process: ProcessId, cap: CapT) -> Outcome<(Slot, u32)> {
        let (slot, object) = self.resolve(process, cap)?;
        if object.class != ClassId::MESSAGE.0 {
            return Err(ErrorCode::WrongClass);
        }
        Ok((slot, object.badge))
    }

    /// Takes capabilities out of a namespace: all of them, or none.
    fn take_all(&mut self, process: ProcessId, capabilities: &[CapT]) -> Outcome<Vec<Transit>> {
        let mut taken = Vec::new();
        taken
            .try_reserve_exact(capabilities.len())
            .map_err(|_| ErrorCode::NoMemory)?;
        for cap in capabilities {
            match self.take_out(process, *cap, None) {
                Ok(transit) => taken.push(transit),
                Err(code) => {
                    self.put_back(taken);
                    return Err(code);
                }
            }
        }
        Ok(taken)
    }

    /// Puts capabilities into a namespace in which there is room for them.
    fn put_all(&mut self, process: ProcessId, taken: Vec<Transit>) -> Outcome<Numbers> {
        let mut numbers = Numbers::default();
        let mut taken = taken.into_iter();
        while let Some(moved) = taken.next() {
            match self.put_in(process, moved) {
                Ok(cap) => numbers.push(cap),
                Err(code) => {
                    self.return_to_source(moved);
                    taken.for_each(|moved| self.return_to_source(moved));
                    return Err(code);
                }
            }
        }
        Ok(numbers)
    }

    fn put_back(&mut self, taken: Vec<Transit>) {
        for moved in taken {
            self.return_to_source(moved);
        }
    }
}

/// The numbers of the capabilities of a message, and where they lie for whoever copies them.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    numbers: [CapT; MESSAGE_CAPABILITIES],
    count: usize,
    /// Where in the kernel's memory they are to be copied from.
    pub address: u32,
}

impl Default for Numbers {
    fn default() -> Self {
        Numbers {
            numbers: [0; MESSAGE_CAPABILITIES],
            count: 0,
            address: 0,
        }
    }
}

impl Numbers {
    /// Of those that a call may have, the first `count`.
    ///
    /// # Errors
    /// `too-long` for more than a message may have.
    pub fn first(
        numbers: [CapT; MESSAGE_CAPABILITIES],
        count: u32,
        address: u32,
    ) -> Outcome<Numbers> {
        in_limits(count as usize)?;
        Ok(Numbers {
            numbers,
            count: count as usize,
            address,
        })
    }

    /// Where they lie, with room for as many as there may be.
    pub fn places(&self) -> &[CapT; MESSAGE_CAPABILITIES] {
        &self.numbers
    }

    /// The numbers.
    pub fn as_slice(&self) -> &[CapT] {
        self.numbers.get(..self.count).unwrap_or_default()
    }

    fn iter(&self) -> impl Iterator<Item = CapT> {
        self.as_slice().iter().copied()
    }

    fn push(&mut self, cap: CapT) {
        if let Some(place) = self.numbers.get_mut(self.count) {
            *place = cap;
            self.count += 1;
        }
    }

    fn fill(&mut self, other: Numbers) {
        *self = Numbers {
            address: self.address,
            ..other
        };
    }

    fn copy(&self, to: Place, to_address: u32) -> Option<CopyPlan> {
        let window = Window {
            place: Place::KERNEL,
            start: self.address,
            length: 4 * self.count as u32,
        };
        window.copy(to, to_address, window.length)
    }
}

#[cfg(test)]
mod tests;
