//! What a call can fail with.

use std::fmt;

use portcullis_abi::ErrorCode;

/// An error code: the kernel's, or one that an interface gave a meaning of its own.
///
/// It is the `error` of signatures, a number. Those below [`ErrorCode::FIRST_OF_INTERFACES`] are the kernel's
/// ([`ErrorCode`]), the others belong to the interface that the function is of. An interface can also return a
/// kernel's code, where that says it best.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Error(u32);

impl Error {
    /// The error with this number. 0 is no error; as a value it only comes from a callee that returned nonsense.
    #[must_use]
    pub const fn from_number(number: u32) -> Error {
        Error(number)
    }

    /// The number as it crosses the ABI.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The kernel's code, unless the number is one of an interface's own.
    #[must_use]
    pub const fn code(self) -> Option<ErrorCode> {
        ErrorCode::from_number(self.0)
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Error {
        Error(code.number())
    }
}

impl PartialEq<ErrorCode> for Error {
    fn eq(&self, code: &ErrorCode) -> bool {
        self.0 == code.number()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code() {
            Some(code) => write!(formatter, "Error({})", code.name()),
            None => write!(formatter, "Error({})", self.0),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code() {
            Some(code) => formatter.write_str(code.text()),
            None => write!(formatter, "error {}", self.0),
        }
    }
}

impl std::error::Error for Error {}

/// So that `?` works in functions that return `Result<_, String>`.
impl From<Error> for String {
    fn from(error: Error) -> String {
        error.to_string()
    }
}

/// Why a call of an imported function that is declared with `Result<T, E>` did not give a `T`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallError<E> {
    /// The kernel could not do the call, or could not bring its result back.
    Kernel(Error),
    /// The callee ran and returned this.
    Returned(E),
}

impl<E> From<Error> for CallError<E> {
    fn from(error: Error) -> CallError<E> {
        CallError::Kernel(error)
    }
}

impl<E: fmt::Display> fmt::Display for CallError<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Kernel(error) => error.fmt(formatter),
            CallError::Returned(error) => error.fmt(formatter),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for CallError<E> {}

/// So that `?` works in functions that return `Result<_, String>`.
impl From<CallError<String>> for String {
    fn from(error: CallError<String>) -> String {
        match error {
            CallError::Kernel(error) => error.to_string(),
            CallError::Returned(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernel_codes_are_told_from_those_of_interfaces() {
        let dead = Error::from(ErrorCode::Dead);
        assert_eq!(dead, ErrorCode::Dead);
        assert_eq!(dead.to_string(), "the process that serves this is dead");
        assert_eq!(format!("{dead:?}"), "Error(dead)");

        let own = Error::from_number(300);
        assert_eq!((own.code(), own.number()), (None, 300));
        assert_eq!(
            (own.to_string(), format!("{own:?}")),
            ("error 300".into(), "Error(300)".into())
        );
    }

    #[test]
    fn question_mark_turns_both_kinds_into_text() {
        fn returned() -> Result<(), String> {
            Err(CallError::Returned("no such file".to_owned()))?;
            Ok(())
        }
        fn kernel() -> Result<(), String> {
            Err(Error::from(ErrorCode::Depth))?;
            Ok(())
        }
        assert_eq!(returned().unwrap_err(), "no such file");
        assert_eq!(kernel().unwrap_err(), "calls are nested too deeply");
    }
}
