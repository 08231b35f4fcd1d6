//! The system calls, with their error codes as `Result`s.

#[cfg(not(target_arch = "wasm32"))]
use std::any::TypeId;

use portcullis_abi::{MessageInfo, Rights};

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
        pub safe fn cap_same(cap: u32, other: u32) -> u32;
        pub fn handle_create(badge: usize, class: u32) -> u32;
        pub safe fn handle_badge(cap: u32, class: u32) -> usize;
        pub fn lease_create(address: *const u8, size: usize, rights: u32) -> u32;
        pub safe fn lease_narrow(lease: u32, offset: u32, size: u32, rights: u32) -> u32;
        pub fn lease_read(lease: u32, offset: u32, address: *mut u8, size: usize) -> u32;
        pub fn lease_write(lease: u32, offset: u32, address: *const u8, size: usize) -> u32;
        pub safe fn lease_len(lease: u32) -> u32;
        pub safe fn lease_written(lease: u32) -> u32;
        pub fn msg_create(
            data: *const u8,
            size: usize,
            caps: *const u32,
            count: usize,
            reply: *mut u8,
            room: usize,
            reply_caps: *mut u32,
            places: usize,
        ) -> u32;
        pub fn msg_recv(msg: u32, data: *mut u8, size: usize, caps: *mut u32, count: usize) -> u32;
        pub fn msg_reply(
            msg: u32,
            data: *const u8,
            size: usize,
            caps: *const u32,
            count: usize,
        ) -> u32;
        pub safe fn msg_info(msg: u32, what: u32) -> u32;
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

/// Whether both name the same object.
pub fn cap_same(capability: &Capability, other: &Capability) -> bool {
    call(|| raw::cap_same(capability.0, other.0)) == Ok(1)
}

/// Lends a range of memory.
///
/// # Safety
///
/// Until the lease is over, the memory stays where it is, and whenever this plugin is not running others may read it; if `rights`
/// has [`Rights::WRITE`], they may write it.
pub unsafe fn lease_create(
    address: *const u8,
    length: usize,
    rights: Rights,
) -> Result<Capability, Error> {
    // SAFETY: what others may do with the memory is the caller's promise.
    call(|| unsafe { raw::lease_create(address, length, rights.bits()) }).map(Capability)
}

/// A lease on a part of a lease.
pub fn lease_narrow(
    lease: &Capability,
    offset: u32,
    length: u32,
    rights: Rights,
) -> Result<Capability, Error> {
    call(|| raw::lease_narrow(lease.0, offset, length, rights.bits())).map(Capability)
}

/// Copies from a lease.
pub fn lease_read(lease: &Capability, offset: u32, into: &mut [u8]) -> Result<(), Error> {
    // SAFETY: the kernel writes to these bytes, which are the caller's, and to no others.
    checked(|| unsafe { raw::lease_read(lease.0, offset, into.as_mut_ptr(), into.len()) })
}

/// Copies into a lease. Should that be on memory of this plugin, the promise of [`lease_create`] allows it.
pub fn lease_write(lease: &Capability, offset: u32, bytes: &[u8]) -> Result<(), Error> {
    // SAFETY: the kernel reads these bytes.
    checked(|| unsafe { raw::lease_write(lease.0, offset, bytes.as_ptr(), bytes.len()) })
}

/// How many bytes a lease has.
pub fn lease_len(lease: &Capability) -> Result<u32, Error> {
    call(|| raw::lease_len(lease.0))
}

/// One past the highest byte that was written through a lease.
pub fn lease_written(lease: &Capability) -> Result<u32, Error> {
    call(|| raw::lease_written(lease.0))
}

/// Makes a message.
///
/// # Safety
///
/// Until the message is released all four stay where they are; whenever this plugin is not running, others may read the first two
/// and write the other two.
pub unsafe fn msg_create(
    bytes: &[u8],
    capabilities: &[u32],
    reply: &mut [u8],
    answer: &mut [u32],
) -> Result<Capability, Error> {
    let (data, caps) = (bytes.as_ptr(), capabilities.as_ptr());
    let (to, places) = (reply.as_mut_ptr(), answer.as_mut_ptr());
    let lengths = (bytes.len(), capabilities.len(), reply.len(), answer.len());
    // SAFETY: what others may do with the memory is the caller's promise.
    call(|| unsafe {
        raw::msg_create(
            data, lengths.0, caps, lengths.1, to, lengths.2, places, lengths.3,
        )
    })
    .map(Capability)
}

/// Receives bytes and, with room for some, all capabilities of a message.
pub fn msg_recv(
    message: &Capability,
    into: &mut [u8],
    capabilities: &mut [u32],
) -> Result<u32, Error> {
    let (data, caps) = (into.as_mut_ptr(), capabilities.as_mut_ptr());
    // SAFETY: the kernel writes to these two, which are the caller's, and to no other memory of this plugin.
    call(|| unsafe { raw::msg_recv(message.0, data, into.len(), caps, capabilities.len()) })
}

/// Answers a message.
pub fn msg_reply(message: &Capability, bytes: &[u8], capabilities: &[u32]) -> Result<(), Error> {
    let (data, caps) = (bytes.as_ptr(), capabilities.as_ptr());
    // SAFETY: the kernel reads these two.
    checked(|| unsafe { raw::msg_reply(message.0, data, bytes.len(), caps, capabilities.len()) })
}

/// A number of a message.
pub fn msg_info(message: &Capability, what: MessageInfo) -> Result<u32, Error> {
    call(|| raw::msg_info(message.0, what.number()))
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
