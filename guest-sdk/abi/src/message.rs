//! What can be asked about a message.

/// What `msg_info` tells: a number of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum MessageInfo {
    /// Bytes that were sent.
    Sent = 0,
    /// Capabilities that were sent and have not been received.
    Waiting = 1,
    /// Bytes that an answer may have.
    Room = 2,
    /// Capabilities that an answer may have.
    Places = 3,
    /// Bytes of the answer.
    Replied = 4,
    /// Capabilities of the answer.
    RepliedCapabilities = 5,
    /// 1 if there was an answer, else 0.
    Answered = 6,
}

impl MessageInfo {
    /// In the order of their numbers.
    const ALL: [MessageInfo; 7] = [
        MessageInfo::Sent,
        MessageInfo::Waiting,
        MessageInfo::Room,
        MessageInfo::Places,
        MessageInfo::Replied,
        MessageInfo::RepliedCapabilities,
        MessageInfo::Answered,
    ];

    /// Its number, as it crosses the ABI.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// The one of that number, if there is one.
    #[must_use]
    pub fn from_number(number: u32) -> Option<MessageInfo> {
        MessageInfo::ALL.get(number as usize).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::MessageInfo;

    #[test]
    fn numbers_go_both_ways() {
        for number in 0..7 {
            let info = MessageInfo::from_number(number).expect("there are seven");
            assert_eq!(info.number(), number);
        }
        assert_eq!(MessageInfo::from_number(7), None);
        assert_eq!(MessageInfo::from_number(u32::MAX), None);
    }
}
