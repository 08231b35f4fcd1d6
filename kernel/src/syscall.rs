//! The system calls of docs/abi.md §5: one exhaustive `match` over functions of the kernel.

use crate::copy_plan::{CopyPlan, Place};
use crate::load::clean_character;
use crate::message::{Numbers, Outgoing, Window};
use crate::process::ProcessId;
use crate::state::Kernel;
use portcullis_abi::limits::{FAULT_BYTES, MESSAGE_CAPABILITIES};
use portcullis_abi::{ErrorCode, SystemCall};

/// Most arguments of a call.
pub const ARGUMENTS: usize = 8;
/// Most copies that a call wants.
pub const COPIES: usize = 2;

/// The arguments of a call; those that it has not are 0.
pub type Arguments = [u32; ARGUMENTS];

/// How the result of a system call reaches the plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// It is an error code; 0 for success.
    Code,
    /// It is a value; errors go to the status word.
    Value,
    /// It reads the plugin's memory and returns nothing.
    Text,
}

/// The shape of a system call's result.
pub fn shape(call: SystemCall) -> Shape {
    match call {
        SystemCall::CapRetain
        | SystemCall::CapRelease
        | SystemCall::CapRevoke
        | SystemCall::LeaseRead
        | SystemCall::LeaseWrite
        | SystemCall::MsgReply
        | SystemCall::MsgFree => Shape::Code,
        SystemCall::CapDerive
        | SystemCall::CapClass
        | SystemCall::CapRights
        | SystemCall::CapSame
        | SystemCall::HandleCreate
        | SystemCall::HandleBadge
        | SystemCall::LeaseCreate
        | SystemCall::LeaseNarrow
        | SystemCall::LeaseLen
        | SystemCall::LeaseWritten
        | SystemCall::MsgCreate
        | SystemCall::MsgRecv
        | SystemCall::MsgInfo => Shape::Value,
        SystemCall::Fault => Shape::Text,
    }
}

/// What a range of the plugin's memory is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// So many bytes, which are only looked at later, or as far as is wanted.
    Later,
    /// So many bytes, all of which are copied: that is paid for before.
    Copied,
    /// So many capabilities, whose numbers the kernel gets with the arguments.
    Capabilities,
    /// So many places for numbers of capabilities.
    Places,
}

/// A range of the plugin's memory among the arguments of a call. The gate checks that it lies there before the kernel is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Which argument is its address.
    pub address: u32,
    /// Which one says how long it is.
    pub count: u32,
    /// What it is for.
    pub used: Use,
}

/// The ranges of the plugin's memory among the arguments of a call.
pub fn ranges(call: SystemCall) -> &'static [Range] {
    const fn range(address: u32, count: u32, used: Use) -> Range {
        Range {
            address,
            count,
            used,
        }
    }
    match call {
        SystemCall::LeaseCreate => const { &[range(0, 1, Use::Later)] },
        SystemCall::LeaseRead | SystemCall::LeaseWrite => const { &[range(2, 3, Use::Copied)] },
        SystemCall::MsgCreate => {
            const {
                &[
                    range(0, 1, Use::Later),
                    range(2, 3, Use::Capabilities),
                    range(4, 5, Use::Later),
                    range(6, 7, Use::Places),
                ]
            }
        }
        SystemCall::MsgRecv => const { &[range(1, 2, Use::Later), range(3, 4, Use::Places)] },
        SystemCall::MsgReply => {
            const { &[range(1, 2, Use::Copied), range(3, 4, Use::Capabilities)] }
        }
        _ => &[],
    }
}

/// How many copies a call may want; see [`Answer::copies`].
pub fn copies(call: SystemCall) -> usize {
    match call {
        SystemCall::LeaseRead | SystemCall::LeaseWrite => 1,
        SystemCall::MsgRecv | SystemCall::MsgReply => 2,
        _ => 0,
    }
}

/// Whether an object may end by a call, and a destructor be due.
pub fn may_end(call: SystemCall) -> bool {
    // The others end nothing either, but may find what could not be told before.
    !matches!(call, SystemCall::LeaseRead | SystemCall::LeaseWrite)
}

/// What comes of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// What it gives.
    pub value: u32,
    /// What the gate has to have copied before the plugin goes on: as many as [`copies`] says, or fewer.
    pub copies: [Option<CopyPlan>; COPIES],
}

impl From<u32> for Answer {
    fn from(value: u32) -> Self {
        Answer {
            value,
            ..Answer::default()
        }
    }
}

impl From<Option<CopyPlan>> for Answer {
    fn from(copy: Option<CopyPlan>) -> Self {
        Answer {
            value: 0,
            copies: [copy, None],
        }
    }
}

/// Last words, fit to be shown.
fn words(bytes: &[u8]) -> Result<String, ErrorCode> {
    let mut text = String::new();
    // No byte becomes more than the three of U+FFFD.
    text.try_reserve(3 * bytes.len())
        .map_err(|_| ErrorCode::NoMemory)?;
    for chunk in bytes.utf8_chunks() {
        text.extend(chunk.valid().chars().map(clean_character));
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    Ok(text)
}

/// Carries out a system call of `process`, but for the copies that it wants. `numbers` are those of the capabilities that it gives, and
/// of those that it gets afterwards.
///
/// # Errors
/// Those that docs/abi.md gives for the call.
pub fn call(
    kernel: &mut Kernel,
    process: ProcessId,
    call: SystemCall,
    arguments: &Arguments,
    numbers: &mut Numbers,
) -> Result<Answer, ErrorCode> {
    let [first, second, third, fourth, fifth, ..] = *arguments;
    let memory = Place::of_process(process);
    let done = |()| Answer::default();
    match call {
        SystemCall::CapRetain => kernel.retain(process, first).map(done),
        SystemCall::CapRelease => kernel.release(process, first).map(done),
        SystemCall::CapRevoke => kernel.revoke(process, first).map(done),
        SystemCall::CapDerive => kernel.derive(process, first, second).map(Answer::from),
        SystemCall::CapClass => Ok(kernel.cap_class(process, first).into()),
        SystemCall::CapRights => Ok(kernel.cap_rights(process, first).into()),
        SystemCall::CapSame => Ok(u32::from(kernel.cap_same(process, first, second)).into()),
        SystemCall::HandleCreate => kernel
            .handle_create(process, first, second)
            .map(Answer::from),
        SystemCall::HandleBadge => kernel
            .handle_badge(process, first, second)
            .map(Answer::from),
        SystemCall::LeaseCreate => kernel
            .lease_create(process, first, second, third)
            .map(Answer::from),
        SystemCall::LeaseNarrow => kernel
            .lease_narrow(process, first, second, third, fourth)
            .map(Answer::from),
        SystemCall::LeaseRead => kernel
            .lease_read(process, first, second, (memory, third), fourth)
            .map(Answer::from),
        SystemCall::LeaseWrite => kernel
            .lease_write(process, first, second, (memory, third), fourth)
            .map(Answer::from),
        SystemCall::LeaseLen => kernel.lease_length(process, first).map(Answer::from),
        SystemCall::LeaseWritten => kernel.lease_written(process, first).map(Answer::from),
        SystemCall::MsgCreate => {
            let window = |start, length| Window {
                place: memory,
                start,
                length,
            };
            let [.., sixth, seventh, eighth] = *arguments;
            let outgoing = Outgoing {
                data: window(first, second),
                capabilities: numbers.as_slice(),
                reply: window(fifth, sixth),
                places: seventh,
                place_count: eighth,
            };
            kernel.msg_create(process, outgoing).map(Answer::from)
        }
        SystemCall::MsgRecv | SystemCall::MsgReply => {
            let data = Window {
                place: memory,
                start: second,
                length: third,
            };
            if call == SystemCall::MsgRecv {
                kernel.msg_recv(process, first, data, (fourth, fifth), numbers)
            } else {
                let given = *numbers;
                kernel.msg_reply(process, first, data, given.as_slice(), numbers)
            }
        }
        SystemCall::MsgInfo => kernel.msg_info(process, first, second).map(Answer::from),
        SystemCall::MsgFree => kernel.msg_free(process, first).map(done),
        SystemCall::Fault => {
            let kept = second.min(FAULT_BYTES as u32);
            let bytes = kernel
                .staging
                .bytes(first, kept)
                .ok_or(ErrorCode::BadPointer)?;
            let text = words(bytes)?;
            kernel.processes.get_mut(process)?.last_words = Some(text);
            Ok(Answer::default())
        }
    }
}

/// Which argument says how many capabilities a call gives to the kernel.
fn given(call: SystemCall) -> Option<u32> {
    let range = ranges(call)
        .iter()
        .find(|range| range.used == Use::Capabilities)?;
    Some(range.count)
}

/// The block by which a gate passes more than two arguments and the numbers of capabilities, and gets back what is to be copied: in the
/// frames, in words.
pub mod block {
    use super::{ARGUMENTS, Answer, Arguments, COPIES, CopyPlan, MESSAGE_CAPABILITIES, given};
    use crate::message::Numbers;
    use crate::staging::Staging;
    use portcullis_abi::{ErrorCode, SystemCall};

    /// Where in it the numbers of capabilities lie.
    pub const NUMBERS: u32 = 4 * (ARGUMENTS + COPIES * CopyPlan::WORDS) as u32;
    /// Bytes of it.
    pub const BYTES: u32 = (NUMBERS + 4 * MESSAGE_CAPABILITIES as u32).next_multiple_of(16);
    /// Where in a plan its last word lies, the length: 0 if there is nothing to be copied.
    pub const PLAN_LENGTH: u32 = 4 * (CopyPlan::WORDS as u32 - 1);

    /// Where the plan of a copy lies in it.
    pub const fn plan(copy: usize) -> u32 {
        4 * (ARGUMENTS + copy * CopyPlan::WORDS) as u32
    }

    /// The arguments in a block, and the numbers of the capabilities that the call gives.
    ///
    /// # Errors
    /// `depth` if there is no block: a gate does not let that happen. `too-long` for more numbers than there may be.
    pub fn read(
        staging: &Staging,
        address: u32,
        call: SystemCall,
    ) -> Result<(Arguments, Numbers), ErrorCode> {
        let arguments: Arguments = staging.words(address).ok_or(ErrorCode::Depth)?;
        let place = address.wrapping_add(NUMBERS);
        let numbers = staging.words(place).ok_or(ErrorCode::Depth)?;
        let count = given(call).and_then(|argument| arguments.get(argument as usize));
        let count = count.copied().unwrap_or(0);
        Ok((arguments, Numbers::first(numbers, count, place)?))
    }

    /// Writes what is to be copied, and the numbers of capabilities from which some of it is.
    pub fn write(staging: &mut Staging, address: u32, answer: &Answer, numbers: &Numbers) {
        for (place, copy) in answer.copies.iter().enumerate() {
            let words = copy.map_or([0; CopyPlan::WORDS], |copy| copy.words());
            staging.put_words(address.wrapping_add(plan(place)), &words);
        }
        staging.put_words(address.wrapping_add(NUMBERS), numbers.as_slice());
    }
}
