//! The class of leases, as a class that this plugin imports; and bytes of this plugin's own that are lent.

use std::cell::Cell;

use portcullis_abi::names::LEASE_CLASS;
use portcullis_abi::{Rights, class_number};

use super::{Capability, Handle, Imported, Lent, system};
use crate::{Class, Error, Lease, Own};

impl Handle for Lease {
    #[inline]
    fn new(capability: Capability) -> Lease {
        Lease(capability)
    }

    #[inline]
    fn capability(&self) -> &Capability {
        &self.0
    }
}

// SAFETY: the number is that of the name; the kernel lets nobody mint the class, so there are no badges of it.
unsafe impl Class for Lease {
    const NAME: &'static str = LEASE_CLASS;
    const NUMBER: u32 = class_number(LEASE_CLASS);
    type Handle = Self;
    type Arrived = Lent<Self>;
}

impl Imported for Lease {}

/// A lease on memory of this plugin, which is revoked when this is dropped.
struct Lending(Option<Own<Lease>>);

impl Lending {
    /// # Safety
    ///
    /// Until this is dropped, the memory stays where it is, and others may read it and, if `rights` has [`Rights::WRITE`], write
    /// it, whenever this plugin is not running. It must be dropped, or the memory must stay for ever.
    unsafe fn of(address: *const u8, length: usize, rights: Rights) -> Result<Lending, Error> {
        // SAFETY: the caller's promise.
        let lease = unsafe { system::lease_create(address, length, Rights::ALL | rights) }?;
        Ok(Lending(Some(Own::from_capability(lease))))
    }

    fn lease(&self) -> &Own<Lease> {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

impl Drop for Lending {
    fn drop(&mut self) {
        if let Some(own) = self.0.take() {
            // Who made it may do this; if it is revoked already, so much the better.
            let _ = Own::revoke(own);
        }
    }
}

/// Lends bytes for reading while `use_it` runs.
pub(crate) fn lend<R>(bytes: &[u8], use_it: impl FnOnce(&Own<Lease>) -> R) -> Result<R, Error> {
    // SAFETY: the bytes are borrowed until the end of this function, where `lent` is dropped; nobody writes them.
    let lent = unsafe { Lending::of(bytes.as_ptr(), bytes.len(), Rights::READ) }?;
    Ok(use_it(lent.lease()))
}

/// Lends bytes for reading and writing while `use_it` runs.
pub(crate) fn lend_mut<R>(
    bytes: &mut [u8],
    use_it: impl FnOnce(&Own<Lease>) -> R,
) -> Result<R, Error> {
    let rights = Rights::READ | Rights::WRITE;
    // SAFETY: the bytes are borrowed for this function alone until its end, where `lent` is dropped, and it does not touch them.
    let lent = unsafe { Lending::of(bytes.as_mut_ptr(), bytes.len(), rights) }?;
    Ok(use_it(lent.lease()))
}

/// Bytes that are lent as long as they live.
pub(crate) struct LentCells {
    // Before the bytes: it is revoked before they are freed.
    lending: Lending,
    bytes: Box<[Cell<u8>]>,
}

impl LentCells {
    /// So many bytes, all 0.
    pub(crate) fn new(length: usize, rights: Rights) -> Result<LentCells, Error> {
        let bytes: Box<[Cell<u8>]> = (0..length).map(|_| Cell::new(0)).collect();
        // SAFETY: a box stays where it is, and is freed after the lease is revoked, or not at all; cells may change at any time.
        let lending = unsafe { Lending::of(bytes.as_ptr().cast(), bytes.len(), rights) }?;
        Ok(LentCells { lending, bytes })
    }

    /// The lease on all of them.
    pub(crate) fn lease(&self) -> &Own<Lease> {
        self.lending.lease()
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[Cell<u8>] {
        &self.bytes
    }
}
