//! The system calls, with their error codes as `Result`s.

#[cfg(not(target_arch = "wasm32"))]
use std::any::TypeId;

use portcullis_abi::Rights;

use super::call;
#[cfg(not(target_arch = "wasm32"))]
use super::system_on_host as raw;
use crate::{Class, Error};

#[cfg(target_arch = "wasm32")]
mod raw {
    #[link(wasm_import_module = "portcullis")]
    // SAFETY: these are the core types of `docs/abi.md` §5. Those that are `safe` take numbers only, and the kernel
    // checks every number.
    unsafe extern "C" {
        pub safe fn cap_retain(cap: u32) -> u32;
        pub safe fn cap_release(cap: u32) -> u32;
        pub safe fn cap_revoke(cap: u32) -> u32;
        pub safe fn cap_derive(cap: u32, rights: u32) -> u32;
        pub safe fn cap_rights(cap: u32) -> u32;
        pub fn handle_create(badge: usize, class: u32) -> u32;
        pub safe fn handle_badge(cap: u32, class: u32) -> usize;
        pub safe fn fault(address: *const u8, length: usize);
    }
}

/// The number of a slot in this plugin's namespace. It does not release itself: that is what [`Own`](crate::Own) is
/// for. Not `Copy`, so that a second use of one reference has to be asked for.
#[repr(transparent)]
pub struct Capability(u32);

impl Capability {
    /// The slot with this number.
    #[inline]
    #[must_use]
    pub const fn from_number(number: u32) -> Capability {
        Capability(number)
    }

    /// The slot's number.
    #[inline]
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.0
    }

    /// The same slot once more, for one more reference.
    #[inline]
    #[must_use]
    pub const fn again(&self) -> Capability {
        Capability(self.0)
    }
}

/// Turns the result of a system call that returns an error into a `Result`. The status word says the same, if
/// anything, and must be clear afterwards.
fn checked(call_it: impl FnOnce() -> u32) -> Result<(), Error> {
    match call(call_it)? {
        0 => Ok(()),
        number => Err(Error::from_number(number)),
    }
}

/// One more reference in this slot.
pub fn cap_retain(capability: &Capability) -> Result<(), Error> {
    checked(|| raw::cap_retain(capability.0))
}

/// One reference fewer in this slot.
pub fn cap_release(capability: &Capability) -> Result<(), Error> {
    checked(|| raw::cap_release(capability.0))
}

/// The object and everything derived from it is dead.
pub fn cap_revoke(capability: &Capability) -> Result<(), Error> {
    checked(|| raw::cap_revoke(capability.0))
}

/// A new capability on the same object.
pub fn cap_derive(capability: &Capability, rights: Rights) -> Result<Capability, Error> {
    call(|| raw::cap_derive(capability.0, rights.bits())).map(Capability)
}

/// The capability's rights, none if it is bad.
pub fn cap_rights(capability: &Capability) -> Rights {
    call(|| raw::cap_rights(capability.0))
        .ok()
        .and_then(Rights::from_bits)
        .unwrap_or_default()
}

/// Mints a handle of class `C`. `destroy` is the class's destructor.
///
/// # Safety
///
/// Whoever gets the badge back for this class, here or in a generated export, takes it for what it is.
pub unsafe fn handle_create<C: Class>(
    badge: usize,
    destroy: unsafe fn(usize),
) -> Result<Capability, Error> {
    #[cfg(target_arch = "wasm32")]
    {
        // The kernel finds the destructor among the exports.
        let _ = destroy;
        // SAFETY: the call itself is one with two numbers; what the badge means is the caller's promise.
        call(|| unsafe { raw::handle_create(badge, C::NUMBER) }).map(Capability)
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        call(|| raw::handle_create(badge, TypeId::of::<C>(), destroy)).map(Capability)
    }
}

/// The badge of a handle that this plugin minted for class `C`.
pub fn handle_badge<C: Class>(capability: &Capability) -> Result<usize, Error> {
    // No linker keeps two types on the host from being one class.
    #[cfg(not(target_arch = "wasm32"))]
    let class = TypeId::of::<C>();
    #[cfg(target_arch = "wasm32")]
    let class = C::NUMBER;
    call(|| raw::handle_badge(capability.0, class))
}

/// Last words, reported if the process traps next.
#[cfg(target_arch = "wasm32")]
pub fn fault(words: &[u8]) {
    raw::fault(words.as_ptr(), words.len());
}
