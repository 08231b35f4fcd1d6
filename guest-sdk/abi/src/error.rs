//! The one list of error codes.
//!
//! From it come the enum here, `npm/error-codes.ts` and `guest-sdk/c/portcullis_errors.h` (written by
//! `cargo run -p portcullis-abi --example generate`) and, checked by a test, the tables of `docs/abi.md`.

use core::fmt;

/// Turns rows of `number Name "name" "text"` into [`ErrorCode`].
macro_rules! error_codes {
    ($($number:literal $variant:ident $name:literal $text:literal)*) => {
        /// Why the kernel refused or could not do something.
        ///
        /// From 1: errors that a plugin can get from a call. From 100: errors of loading a plugin. From 120: errors
        /// at the web app's edge. From [`ErrorCode::FIRST_OF_INTERFACES`] up, numbers belong to the interfaces and
        /// are not in this list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u32)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(
                #[doc = concat!("`", $name, "`: ", $text, ".")]
                $variant = $number,
            )*
        }

        impl ErrorCode {
            /// Every code, by ascending number.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$variant),*];

            /// The code with this number, if there is one.
            #[must_use]
            pub const fn from_number(number: u32) -> Option<ErrorCode> {
                match number {
                    $($number => Some(ErrorCode::$variant),)*
                    _ => None,
                }
            }

            /// The name in kebab-case, the same in every language: `bad-handle`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(ErrorCode::$variant => $name,)*
                }
            }

            /// What happened, as a sentence without capital and full stop, to be set behind the name of who it
            /// happened to.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(ErrorCode::$variant => $text,)*
                }
            }
        }
    };
}

error_codes! {
    // What a plugin can get from an imported function or a system call.
    1 BadHandle "bad-handle" "the capability names nothing in this namespace"
    2 Revoked "revoked" "the object is dead"
    3 WrongClass "wrong-class" "the object has another class"
    4 NotOwner "not-owner" "only the process that minted the object may do this"
    5 Denied "denied" "the capability lacks the right for this"
    6 Borrowed "borrowed" "a borrowed capability cannot be kept, moved or released"
    7 Lent "lent" "the capability is lent to a running call"
    8 Quota "quota" "a quota of this process is used up"
    9 Dead "dead" "the process that serves this is dead"
    10 Trapped "trapped" "the process that served this call trapped and is dead now"
    11 BadPointer "bad-pointer" "address and length do not lie in memory, or are misaligned"
    12 BadUtf8 "bad-utf8" "a string is not UTF-8"
    13 BadChar "bad-char" "a char is no Unicode scalar value, or a variant's tag is out of range"
    14 TooLong "too-long" "a string or list is longer than the limit"
    15 BadResult "bad-result" "the callee returned something that its signature does not allow"
    16 NoMemory "no-memory" "memory for the arguments or results could not be had"
    17 Depth "depth" "calls are nested too deeply"
    18 Busy "busy" "the callee is in a call already and does not allow re-entry"
    19 NoMethod "no-method" "the object's server has no such method, or with another signature"
    20 Host "host" "the host's function failed"
    21 BadClass "bad-class" "this plugin has no class of that number, or may not mint it"
    22 OutOfRange "out-of-range" "the range does not lie in the lease"
    23 CannotWait "cannot-wait" "the call cannot be suspended here, and the function has to wait"
    24 Cancelled "cancelled" "the call was cancelled"

    // Why a plugin was not loaded.
    100 NotWasm "not-wasm" "the bytes are not a WebAssembly module"
    101 InvalidModule "invalid-module" "the module is truncated, damaged or does not validate"
    102 RefusedModule "refused-module" "the module uses a feature that is not allowed, or would cost too much to compile"
    103 BadMetadata "bad-metadata" "the signature metadata is not well-formed or contradicts itself"
    104 SignatureMismatch "signature-mismatch" "a declared signature differs from what the module or the provider has"
    105 MissingGrant "missing-grant" "the plugin imports an interface that nobody granted"
    106 UnknownImport "unknown-import" "the provider of an interface has no function of that name"
    107 HashMismatch "hash-mismatch" "the bytes do not have the expected SHA-256"
    108 FetchFailed "fetch-failed" "the plugin's bytes could not be fetched"
    109 StartTrapped "start-trapped" "the plugin trapped while it started"
    110 BadLimit "bad-limit" "a limit is out of range, or the module asks for more than it allows"
    111 Quarantined "quarantined" "processes of the plugin ended badly too often, and its bytes are refused until that is lifted"

    // What a web app can get at its edge.
    120 BadArgument "bad-argument" "an argument does not fit the signature"
    121 UnknownExport "unknown-export" "the plugin exports no function of that name"
    122 Closed "closed" "the kernel was closed"
    123 Deadline "deadline" "the plugin ran past the deadline of the call and was stopped"
    124 Fuel "fuel" "the plugin used up the fuel of the call and was stopped"
}

impl ErrorCode {
    /// The smallest number that an interface may give a meaning of its own, in results of type `error`.
    pub const FIRST_OF_INTERFACES: u32 = 256;

    /// The number, never 0: 0 is "no error" on the wire.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// The code with this name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<ErrorCode> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text())
    }
}

impl core::error::Error for ErrorCode {}

// Plugins in the world were compiled with these numbers: a change of one is a new major version of the ABI.
const _: () = {
    assert!(ErrorCode::BadHandle.number() == 1);
    assert!(ErrorCode::Revoked.number() == 2);
    assert!(ErrorCode::WrongClass.number() == 3);
    assert!(ErrorCode::NotOwner.number() == 4);
    assert!(ErrorCode::Denied.number() == 5);
    assert!(ErrorCode::Borrowed.number() == 6);
    assert!(ErrorCode::Lent.number() == 7);
    assert!(ErrorCode::Quota.number() == 8);
    assert!(ErrorCode::Dead.number() == 9);
    assert!(ErrorCode::Trapped.number() == 10);
    assert!(ErrorCode::BadPointer.number() == 11);
    assert!(ErrorCode::BadUtf8.number() == 12);
    assert!(ErrorCode::BadChar.number() == 13);
    assert!(ErrorCode::TooLong.number() == 14);
    assert!(ErrorCode::BadResult.number() == 15);
    assert!(ErrorCode::NoMemory.number() == 16);
    assert!(ErrorCode::Depth.number() == 17);
    assert!(ErrorCode::Busy.number() == 18);
    assert!(ErrorCode::NoMethod.number() == 19);
    assert!(ErrorCode::Host.number() == 20);
    assert!(ErrorCode::BadClass.number() == 21);
    assert!(ErrorCode::OutOfRange.number() == 22);
    assert!(ErrorCode::CannotWait.number() == 23);
    assert!(ErrorCode::Cancelled.number() == 24);
    assert!(ErrorCode::NotWasm.number() == 100);
    assert!(ErrorCode::BadLimit.number() == 110);
    assert!(ErrorCode::Quarantined.number() == 111);
    assert!(ErrorCode::BadArgument.number() == 120);
    assert!(ErrorCode::Closed.number() == 122);
    assert!(ErrorCode::Deadline.number() == 123);
    assert!(ErrorCode::Fuel.number() == 124);

    let mut index = 0;
    while index < ErrorCode::ALL.len() {
        let number = ErrorCode::ALL[index].number();
        assert!(number != 0 && number < ErrorCode::FIRST_OF_INTERFACES);
        assert!(index == 0 || ErrorCode::ALL[index - 1].number() < number);
        assert!(crate::names::is_kebab_name(ErrorCode::ALL[index].name()));
        index += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    #[test]
    fn numbers_and_names_lead_back_to_their_code() {
        for &code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from_number(code.number()), Some(code));
            assert_eq!(ErrorCode::from_name(code.name()), Some(code));
        }
        for number in [
            0,
            25,
            99,
            112,
            125,
            ErrorCode::FIRST_OF_INTERFACES,
            u32::MAX,
        ] {
            assert_eq!(ErrorCode::from_number(number), None);
        }
        assert_eq!(ErrorCode::from_name("BadHandle"), None);
    }
}
