//! The functions that the kernel exports to every plugin, in the import module `portcullis`.
//!
//! None of them is authority: without a granted capability a plugin can compute, and nothing else.

/// A value type of core WebAssembly that crosses the ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CoreType {
    /// A 32-bit integer.
    I32,
    /// A 64-bit integer.
    I64,
    /// A 32-bit float.
    F32,
    /// A 64-bit float.
    F64,
}

/// Turns rows of `Variant "name" (arity) -> results "signature"` into [`SystemCall`]. All values are i32.
macro_rules! system_calls {
    ($($(#[doc = $doc:literal])* $variant:ident $name:literal ($arity:literal) -> $results:literal)*) => {
        /// A system call: a function of the import module `portcullis`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum SystemCall {
            $($(#[doc = $doc])* $variant,)*
        }

        impl SystemCall {
            /// Every system call, in the order of the specification.
            pub const ALL: &'static [SystemCall] = &[$(SystemCall::$variant),*];

            /// The import name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(SystemCall::$variant => $name,)*
                }
            }

            /// The system call with this import name, if there is one.
            #[must_use]
            pub fn from_name(name: &str) -> Option<SystemCall> {
                match name {
                    $($name => Some(SystemCall::$variant),)*
                    _ => None,
                }
            }

            /// The core types of the parameters.
            #[must_use]
            pub const fn parameters(self) -> &'static [CoreType] {
                match self {
                    $(SystemCall::$variant => &[CoreType::I32; $arity],)*
                }
            }

            /// The core types of the results.
            #[must_use]
            pub const fn results(self) -> &'static [CoreType] {
                match self {
                    $(SystemCall::$variant => &[CoreType::I32; $results],)*
                }
            }
        }
    };
}

system_calls! {
    /// `cap_retain(cap) -> error`: one more reference in this slot.
    CapRetain "cap_retain" (1) -> 1
    /// `cap_release(cap) -> error`: one fewer; the slot is free with the last.
    CapRelease "cap_release" (1) -> 1
    /// `cap_revoke(cap) -> error`: the object and everything derived from it is dead for everybody.
    CapRevoke "cap_revoke" (1) -> 1
    /// `cap_derive(cap, rights) -> cap_t`: a new capability on the same object with a subset of the rights, which can
    /// be revoked on its own.
    CapDerive "cap_derive" (2) -> 1
    /// `cap_class(cap) -> u32`: this plugin's number of the class, 0 if it has none or the capability is bad.
    CapClass "cap_class" (1) -> 1
    /// `cap_rights(cap) -> u32`: the rights, 0 if the capability is bad.
    CapRights "cap_rights" (1) -> 1
    /// `cap_same(a, b) -> u32`: 1 if both name the same object, however each was derived; 0 if not, or if one is bad.
    CapSame "cap_same" (2) -> 1
    /// `handle_create(badge, class) -> cap_t`: mints a handle.
    HandleCreate "handle_create" (2) -> 1
    /// `handle_badge(cap, class) -> u32`: the badge, for its minter alone.
    HandleBadge "handle_badge" (2) -> 1
    /// `lease_create(address, size, rights) -> cap_t`: a window on a range of this plugin's own memory.
    LeaseCreate "lease_create" (3) -> 1
    /// `lease_narrow(lease, offset, size, rights) -> cap_t`: a lease on a part of a lease.
    LeaseNarrow "lease_narrow" (4) -> 1
    /// `lease_read(lease, offset, address, size) -> error`: copies from the lease into this plugin's memory.
    LeaseRead "lease_read" (4) -> 1
    /// `lease_write(lease, offset, address, size) -> error`: copies from this plugin's memory into the lease.
    LeaseWrite "lease_write" (4) -> 1
    /// `lease_len(lease) -> u32`: its length in bytes.
    LeaseLen "lease_len" (1) -> 1
    /// `lease_written(lease) -> u32`: one past the highest byte that was written through it, for whoever made it.
    LeaseWritten "lease_written" (1) -> 1
    /// `msg_create(data, size, caps, count, reply, room, reply caps, places) -> cap_t`: a message of bytes and capabilities, with
    /// room for an answer.
    MsgCreate "msg_create" (8) -> 1
    /// `msg_recv(msg, data, size, caps, count) -> u32`: takes what was sent; gives how many bytes that were.
    MsgRecv "msg_recv" (5) -> 1
    /// `msg_reply(msg, data, size, caps, count) -> error`: answers, once.
    MsgReply "msg_reply" (5) -> 1
    /// `msg_info(msg, what) -> u32`: how much was sent, answered, and there is room for.
    MsgInfo "msg_info" (2) -> 1
    /// `msg_free(msg) -> error`: gives the message back; what nobody received of it is the maker's again.
    MsgFree "msg_free" (1) -> 1
    /// `fault(address, length)`: last words, reported if the process traps next.
    Fault "fault" (2) -> 0
}

#[cfg(test)]
mod tests {
    use super::SystemCall;

    #[test]
    fn names_lead_back_to_their_call() {
        for &call in SystemCall::ALL {
            assert_eq!(SystemCall::from_name(call.name()), Some(call));
        }
        for name in ["", "constructor", "__proto__", "cap-retain"] {
            assert_eq!(SystemCall::from_name(name), None);
        }
    }

    #[test]
    fn core_types_are_those_of_the_specification() {
        let specification = include_str!("../../../docs/abi.md");
        for &call in SystemCall::ALL {
            let (_, row) = specification
                .split_once(&["| `", call.name(), "("].concat())
                .expect("a row for every call");
            let core = row.split('|').nth(1).expect("a second column").trim();
            let (parameters, results) = core.split_once(" → ").expect("an arrow");
            assert_eq!(
                parameters.matches("i32").count(),
                call.parameters().len(),
                "{}",
                call.name()
            );
            assert_eq!(
                results.matches("i32").count(),
                call.results().len(),
                "{}",
                call.name()
            );
        }
    }
}
