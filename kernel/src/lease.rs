//! Leases: revocable windows on a range of somebody's memory.
//!
//! A lease is an object of the class [`ClassId::LEASE`], whose badge is the number of its [`Lease`] record. A narrowed lease is
//! derived from the one that it was made of, with a record of its own: it ends with it, and can be revoked by itself. What is
//! written through a lease is noted in its record and in those above it.

use crate::class::ClassId;
use crate::copy_plan::{CopyPlan, Place};
use crate::namespace::{CapT, Slot};
use crate::object::Object;
use crate::process::ProcessId;
use crate::state::Kernel;
use portcullis_abi::{ErrorCode, Rights};

type Outcome<T> = Result<T, ErrorCode>;

/// How deep a lease and what is derived from it may be.
const MOST_DEEP: u32 = 16;
/// What makes a lease of use.
const ACCESS: Rights = Rights::READ.union(Rights::WRITE);

/// What the kernel keeps of a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Whose memory it is.
    place: Place,
    /// Where the range begins in it.
    start: u32,
    /// How many bytes it has.
    length: u32,
    /// One past the highest byte that was written, from `start`.
    written: u32,
    /// The record of the lease that it was made of; 0 for none.
    parent: u32,
    /// 1 for a lease on memory, and one more with each that it was made of.
    depth: u32,
}

impl Lease {
    /// Whether a range lies in it.
    fn has(&self, offset: u32, size: u32) -> Outcome<()> {
        let end = u64::from(offset) + u64::from(size);
        if end > u64::from(self.length) {
            return Err(ErrorCode::OutOfRange);
        }
        Ok(())
    }
}

/// Rights for a lease.
fn wanted(rights: u32) -> Outcome<Rights> {
    Rights::from_bits(rights)
        .filter(|rights| rights.intersection(ACCESS) != Rights::NONE)
        .ok_or(ErrorCode::Denied)
}

impl Kernel {
    /// `lease_create`: a lease on memory of `process`, in which the range lies: that was checked.
    ///
    /// # Errors
    /// `denied` without a right to read or write, `quota`, `no-memory`.
    pub fn lease_create(
        &mut self,
        process: ProcessId,
        address: u32,
        length: u32,
        rights: u32,
    ) -> Outcome<CapT> {
        self.lease_of(process, Place::of_process(process), address, length, rights)
    }

    /// A lease of the host's on an array of its own. When it ends, [`Kernel::next_drop`] tells the number of the array as badge.
    ///
    /// # Errors
    /// As for [`Self::lease_create`].
    pub fn lease_array(&mut self, array: u32, length: u32, rights: u32) -> Outcome<CapT> {
        self.lease_of(ProcessId::HOST, Place::of_array(array), 0, length, rights)
    }

    fn lease_of(
        &mut self,
        lender: ProcessId,
        place: Place,
        start: u32,
        length: u32,
        rights: u32,
    ) -> Outcome<CapT> {
        let rights = wanted(rights)?;
        self.leases.reserve()?;
        self.reserve_object(lender, Some(ClassId::LEASE))?;
        let number = self.leases.insert(Lease {
            place,
            start,
            length,
            written: 0,
            parent: 0,
            depth: 1,
        });
        self.mint_with(lender, ClassId::LEASE, number, 0, rights)
    }

    /// `lease_narrow`: a lease on a part of a lease.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `wrong-class`, `borrowed`; `denied` without the right to derive or for rights that it has not;
    /// `out-of-range`, `depth`, `quota`, `no-memory`.
    pub fn lease_narrow(
        &mut self,
        process: ProcessId,
        cap: CapT,
        offset: u32,
        length: u32,
        rights: u32,
    ) -> Outcome<CapT> {
        let (slot, object, lease) = self.leased(process, cap)?;
        if slot.is_borrowed() {
            return Err(ErrorCode::Borrowed);
        }
        let rights = wanted(rights)?;
        if !slot.rights().contains(Rights::DERIVE | rights) {
            return Err(ErrorCode::Denied);
        }
        lease.has(offset, length)?;
        if lease.depth == MOST_DEEP {
            return Err(ErrorCode::Depth);
        }
        self.leases.reserve()?;
        self.reserve_object(process, None)?;
        let number = self.leases.insert(Lease {
            place: lease.place,
            // At the end of a memory of 4 GiB there are 0 bytes at address 2³², which nothing is copied from or to.
            start: lease.start.wrapping_add(offset),
            length,
            written: 0,
            parent: object.badge,
            depth: lease.depth + 1,
        });
        self.derive_below(process, slot.reference(), rights.bits(), Some(number))
    }

    /// As `cap_derive` wants it: the whole of a lease.
    pub(crate) fn derive_lease(
        &mut self,
        process: ProcessId,
        cap: CapT,
        rights: u32,
    ) -> Outcome<CapT> {
        let (_, _, lease) = self.leased(process, cap)?;
        self.lease_narrow(process, cap, 0, lease.length, rights)
    }

    /// `lease_read`: what is to be copied from the lease to an address of `process`; nothing if it is no bytes.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `wrong-class`, `denied`, `out-of-range`.
    pub fn lease_read(
        &self,
        process: ProcessId,
        cap: CapT,
        offset: u32,
        to: (Place, u32),
        length: u32,
    ) -> Outcome<Option<CopyPlan>> {
        let lease = self.usable(process, cap, Rights::READ)?;
        lease.has(offset, length)?;
        Ok((length > 0).then(|| CopyPlan {
            from: lease.place,
            from_address: lease.start.wrapping_add(offset),
            to: to.0,
            to_address: to.1,
            length,
        }))
    }

    /// `lease_write`: what is to be copied from an address of `process` into the lease; nothing if it is no bytes. Notes that it
    /// was written.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `wrong-class`, `denied`, `out-of-range`.
    pub fn lease_write(
        &mut self,
        process: ProcessId,
        cap: CapT,
        offset: u32,
        from: (Place, u32),
        length: u32,
    ) -> Outcome<Option<CopyPlan>> {
        let lease = self.usable(process, cap, Rights::WRITE)?;
        lease.has(offset, length)?;
        if length == 0 {
            return Ok(None);
        }
        let (_, object) = self.resolve(process, cap)?;
        let to_address = lease.start.wrapping_add(offset);
        // At most 16 of them; each lies in the next one.
        let mut number = object.badge;
        while let Some(above) = self.leases.get_mut(number) {
            let end = to_address.wrapping_sub(above.start) + length;
            above.written = above.written.max(end);
            number = above.parent;
        }
        Ok(Some(CopyPlan {
            from: from.0,
            from_address: from.1,
            to: lease.place,
            to_address,
            length,
        }))
    }

    /// `lease_len`: how many bytes it has.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `wrong-class`.
    pub fn lease_length(&self, process: ProcessId, cap: CapT) -> Outcome<u32> {
        Ok(self.leased(process, cap)?.2.length)
    }

    /// `lease_written`: one past the highest byte that was written, for whoever made the lease.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `wrong-class`, `not-owner`.
    pub fn lease_written(&self, process: ProcessId, cap: CapT) -> Outcome<u32> {
        let (_, object, lease) = self.leased(process, cap)?;
        if object.revoker != process.raw() {
            return Err(ErrorCode::NotOwner);
        }
        Ok(lease.written)
    }

    /// A lease that a process alleges to hold.
    fn leased(&self, process: ProcessId, cap: CapT) -> Outcome<(Slot, Object, Lease)> {
        let (slot, object) = self.resolve(process, cap)?;
        if object.class != ClassId::LEASE.0 {
            return Err(ErrorCode::WrongClass);
        }
        // Every object of the class has a record, until it ends.
        let lease = self.leases.get(object.badge).ok_or(ErrorCode::Revoked)?;
        Ok((slot, object, *lease))
    }

    /// As [`Self::leased`], for somebody who needs that right.
    fn usable(&self, process: ProcessId, cap: CapT, right: Rights) -> Outcome<Lease> {
        let (slot, _, lease) = self.leased(process, cap)?;
        if !slot.rights().contains(right) {
            return Err(ErrorCode::Denied);
        }
        Ok(lease)
    }

    /// How many leases there are.
    pub fn live_leases(&self) -> usize {
        self.leases.live()
    }

    /// Lets go of the record of a lease that has ended: the number of the host's array that it was on, or 0.
    pub(crate) fn end_lease(&mut self, number: u32) -> u32 {
        let lease = self.leases.remove(number);
        lease.and_then(|lease| lease.place.array()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Limits;

    const ALL: u32 = Rights::EVERY.bits();

    fn lender() -> (Kernel, ProcessId) {
        let mut kernel = Kernel::new();
        let process = kernel.processes.insert("p".into(), Limits::default());
        (kernel, process.expect("there is room"))
    }

    #[test]
    fn a_plan_says_from_where_to_where() {
        let (mut kernel, process) = lender();
        let memory = Place::of_process(process);
        let lease = kernel.lease_create(process, 1_000, 10, ALL).unwrap();
        let part = kernel.lease_narrow(process, lease, 2, 5, ALL).unwrap();
        let own = (Place::KERNEL, 77);
        let plan = kernel.lease_read(process, part, 1, own, 4).unwrap();
        assert_eq!(
            plan.map(|plan| plan.words()),
            Some([memory.raw(), 1_003, 0, 77, 4])
        );
        let plan = kernel.lease_write(process, part, 0, own, 3).unwrap();
        assert_eq!(
            plan.map(|plan| plan.words()),
            Some([0, 77, memory.raw(), 1_002, 3])
        );
        assert_eq!(kernel.lease_written(process, part), Ok(3));
        assert_eq!(kernel.lease_written(process, lease), Ok(5));
    }

    #[test]
    fn nothing_wraps_at_the_end_of_the_largest_memory() {
        let (mut kernel, process) = lender();
        let own = (Place::KERNEL, 0);
        let lease = kernel.lease_create(process, 1, u32::MAX, ALL).unwrap();
        let end = kernel
            .lease_narrow(process, lease, u32::MAX, 0, ALL)
            .unwrap();
        assert_eq!(kernel.lease_write(process, end, 0, own, 0), Ok(None));
        let beyond = kernel.lease_write(process, end, 0, own, 1);
        assert_eq!(beyond, Err(ErrorCode::OutOfRange));
        assert!(
            kernel
                .lease_write(process, lease, u32::MAX - 1, own, 1)
                .is_ok()
        );
        assert_eq!(kernel.lease_written(process, lease), Ok(u32::MAX));
        let beyond = kernel.lease_read(process, lease, u32::MAX, own, u32::MAX);
        assert_eq!(beyond, Err(ErrorCode::OutOfRange));
    }

    #[test]
    fn an_array_of_the_host_is_told_of_when_its_lease_is_over() {
        let (mut kernel, process) = lender();
        let lease = kernel.lease_array(7, 10, ALL).unwrap();
        let part = kernel
            .lease_narrow(ProcessId::HOST, lease, 0, 1, ALL)
            .unwrap();
        let transit = kernel
            .detach(ProcessId::HOST, part, ClassId::LEASE)
            .unwrap();
        kernel.attach(process, transit).unwrap();
        kernel.release(ProcessId::HOST, lease).unwrap();
        assert_eq!(kernel.next_drop(), None, "a part of it is still held");
        kernel.end_process(process).unwrap();
        let over = kernel.next_drop().map(|over| (over.class, over.badge));
        assert_eq!(over, Some((ClassId::LEASE, 7)));
        assert_eq!((kernel.next_drop(), kernel.live_leases()), (None, 0));
    }

    #[test]
    fn leases_are_sixteen_deep_at_most() {
        let (mut kernel, process) = lender();
        let mut lease = kernel.lease_create(process, 0, 10, ALL).unwrap();
        for _ in 1..MOST_DEEP {
            lease = kernel.lease_narrow(process, lease, 0, 10, ALL).unwrap();
        }
        let refused = kernel.lease_narrow(process, lease, 0, 10, ALL);
        assert_eq!(refused, Err(ErrorCode::Depth));
        assert_eq!(kernel.live_leases(), MOST_DEEP as usize);
    }
}
