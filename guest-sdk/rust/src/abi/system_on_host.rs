//! Stand-ins for the system calls on the host, so that the classes of a plugin can be tested without a kernel: one
//! namespace a thread, with reference counts, badges, rights, derivation and revocation.

use std::any::TypeId;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use portcullis_abi::{ErrorCode, Rights};

use super::status;

/// What was minted. Its destructor runs when the last slot that names it is gone.
struct HostObject {
    badge: usize,
    class: TypeId,
    destroy: unsafe fn(usize),
}

impl Drop for HostObject {
    fn drop(&mut self) {
        // SAFETY: `system::handle_create` was promised that this is the destructor for the badge, and an object is
        // dropped once.
        unsafe { (self.destroy)(self.badge) }
    }
}

/// A range of memory that is lent.
struct Range {
    address: usize,
    length: u32,
    written: Cell<u32>,
}

/// What can be revoked on its own: an object as it was minted, or a derivation of something.
struct Authority {
    revoked: Cell<bool>,
    parent: Option<Rc<Authority>>,
    /// What was minted; nothing for a lease.
    object: Option<Rc<HostObject>>,
    /// What is lent, if it is a lease.
    range: Option<Range>,
}

impl Authority {
    /// The one that it was derived from in the first place.
    fn root(self: Rc<Self>) -> Rc<Authority> {
        match &self.parent {
            Some(parent) => Rc::clone(parent).root(),
            None => self,
        }
    }

    /// What is lent, and where `size` bytes from `offset` on lie.
    fn part(&self, offset: u32, size: u32) -> Result<(&Range, usize), ErrorCode> {
        let range = self.range.as_ref().ok_or(ErrorCode::WrongClass)?;
        if u64::from(offset) + u64::from(size) > u64::from(range.length) {
            return Err(ErrorCode::OutOfRange);
        }
        Ok((range, range.address + offset as usize))
    }

    /// Notes that everything before an address was written.
    fn note(&self, end: usize) {
        if let Some(range) = &self.range {
            let written = range.written.get().max((end - range.address) as u32);
            range.written.set(written);
        }
        if let Some(parent) = &self.parent {
            parent.note(end);
        }
    }

    fn alive(&self) -> bool {
        !self.revoked.get() && self.parent.as_ref().is_none_or(|parent| parent.alive())
    }
}

/// A used slot of the namespace.
struct Slot {
    authority: Rc<Authority>,
    rights: Rights,
    references: u32,
}

thread_local! {
    /// The slot of capability `n` has index `n - 1`.
    static NAMESPACE: RefCell<Vec<Option<Slot>>> = const { RefCell::new(Vec::new()) };
}

/// Gives the slot of `cap` to `use_it`.
fn with_slot<R>(cap: u32, use_it: impl FnOnce(&mut Option<Slot>) -> R) -> Result<R, ErrorCode> {
    NAMESPACE.with_borrow_mut(|slots| {
        let index = (cap as usize).checked_sub(1).ok_or(ErrorCode::BadHandle)?;
        match slots.get_mut(index) {
            Some(slot @ Some(_)) => Ok(use_it(slot)),
            _ => Err(ErrorCode::BadHandle),
        }
    })
}

/// The authority and rights of `cap`, if what it names is alive.
fn living(cap: u32) -> Result<(Rc<Authority>, Rights), ErrorCode> {
    let found = with_slot(cap, |slot| {
        slot.as_ref()
            .map(|slot| (Rc::clone(&slot.authority), slot.rights))
    })?;
    match found {
        Some((authority, rights)) if authority.alive() => Ok((authority, rights)),
        _ => Err(ErrorCode::Revoked),
    }
}

/// Puts a new slot into the namespace.
fn insert(authority: Authority, rights: Rights) -> u32 {
    let slot = Some(Slot {
        authority: Rc::new(authority),
        rights,
        references: 1,
    });
    NAMESPACE.with_borrow_mut(|slots| {
        let index = slots
            .iter()
            .position(Option::is_none)
            .unwrap_or(slots.len());
        if index == slots.len() {
            slots.push(slot);
        } else {
            slots[index] = slot;
        }
        index as u32 + 1
    })
}

/// The number of an error that a system call returns.
fn error_number(result: Result<(), ErrorCode>) -> u32 {
    result.map_or_else(ErrorCode::number, |()| 0)
}

/// The value that a system call returns, or its error in the status word.
fn value<T: Default>(result: Result<T, ErrorCode>) -> T {
    result.unwrap_or_else(|code| {
        status::set(code.number());
        T::default()
    })
}

pub fn cap_retain(cap: u32) -> u32 {
    error_number(living(cap).and_then(|_| {
        with_slot(cap, |slot| {
            if let Some(slot) = slot {
                slot.references += 1;
            }
        })
    }))
}

pub fn cap_release(cap: u32) -> u32 {
    let last = with_slot(cap, |slot| {
        let used = slot.as_mut()?;
        used.references -= 1;
        if used.references == 0 {
            slot.take()
        } else {
            None
        }
    });
    // Dropped here, after the namespace is free again: a destructor may release what the object held.
    error_number(last.map(drop))
}

pub fn cap_revoke(cap: u32) -> u32 {
    error_number(living(cap).map(|(authority, _)| authority.revoked.set(true)))
}

pub fn cap_derive(cap: u32, rights: u32) -> u32 {
    value(living(cap).and_then(|(parent, held)| match &parent.range {
        Some(range) => {
            let length = range.length;
            narrow(parent, held, 0, length, rights)
        }
        None => derive(parent, held, rights, None),
    }))
}

fn derive(
    parent: Rc<Authority>,
    held: Rights,
    rights: u32,
    range: Option<Range>,
) -> Result<u32, ErrorCode> {
    let rights = Rights::from_bits(rights).ok_or(ErrorCode::Denied)?;
    if !held.contains(rights | Rights::DERIVE) {
        return Err(ErrorCode::Denied);
    }
    let authority = Authority {
        revoked: Cell::new(false),
        object: parent.object.clone(),
        parent: Some(parent),
        range,
    };
    Ok(insert(authority, rights))
}

fn narrow(
    parent: Rc<Authority>,
    held: Rights,
    offset: u32,
    length: u32,
    rights: u32,
) -> Result<u32, ErrorCode> {
    let (_, address) = parent.part(offset, length)?;
    let range = Range {
        address,
        length,
        written: Cell::new(0),
    };
    useful(rights)?;
    derive(parent, held, rights, Some(range))
}

/// Rights for a lease.
fn useful(rights: u32) -> Result<Rights, ErrorCode> {
    let access = Rights::READ | Rights::WRITE;
    Rights::from_bits(rights)
        .filter(|rights| rights.intersection(access) != Rights::NONE)
        .ok_or(ErrorCode::Denied)
}

pub fn cap_same(cap: u32, other: u32) -> u32 {
    let root = |cap| living(cap).map(|(authority, _)| authority.root());
    match (root(cap), root(other)) {
        (Ok(root), Ok(other)) => u32::from(Rc::ptr_eq(&root, &other)),
        _ => 0,
    }
}

/// # Safety
///
/// That of [`super::system::lease_create`].
pub unsafe fn lease_create(address: *const u8, length: usize, rights: u32) -> u32 {
    value(useful(rights).map(|rights| {
        let range = Range {
            address: address.expose_provenance(),
            length: length as u32,
            written: Cell::new(0),
        };
        let authority = Authority {
            revoked: Cell::new(false),
            parent: None,
            object: None,
            range: Some(range),
        };
        insert(authority, rights)
    }))
}

pub fn lease_narrow(lease: u32, offset: u32, length: u32, rights: u32) -> u32 {
    value(living(lease).and_then(|(parent, held)| narrow(parent, held, offset, length, rights)))
}

/// Where the bytes of a lease are, for somebody who needs that right.
fn lent(
    lease: u32,
    right: Rights,
    offset: u32,
    size: usize,
) -> Result<(Rc<Authority>, usize), ErrorCode> {
    let (authority, held) = living(lease)?;
    if !held.contains(right) {
        return Err(ErrorCode::Denied);
    }
    let (_, address) = authority.part(offset, size as u32)?;
    Ok((authority, address))
}

/// # Safety
///
/// The address must be one of so many bytes that the caller may write.
pub unsafe fn lease_read(lease: u32, offset: u32, address: *mut u8, size: usize) -> u32 {
    error_number(lent(lease, Rights::READ, offset, size).map(|(_, from)| {
        // SAFETY: who lent the range promised that it can be read; the lease is alive and has these bytes.
        unsafe { std::ptr::copy(std::ptr::with_exposed_provenance(from), address, size) }
    }))
}

/// # Safety
///
/// The address must be one of so many bytes.
pub unsafe fn lease_write(lease: u32, offset: u32, address: *const u8, size: usize) -> u32 {
    error_number(
        lent(lease, Rights::WRITE, offset, size).map(|(authority, to)| {
            if size > 0 {
                authority.note(to + size);
            }
            // SAFETY: who lent the range promised that it can be written; the lease is alive and has these bytes.
            unsafe { std::ptr::copy(address, std::ptr::with_exposed_provenance_mut(to), size) }
        }),
    )
}

pub fn lease_len(lease: u32) -> u32 {
    value(
        living(lease)
            .and_then(|(authority, _)| authority.part(0, 0).map(|(range, _)| range.length)),
    )
}

pub fn lease_written(lease: u32) -> u32 {
    value(
        living(lease)
            .and_then(|(authority, _)| authority.part(0, 0).map(|(range, _)| range.written.get())),
    )
}

/// There is nobody to send anything to.
///
/// # Safety
///
/// Nothing is done with the addresses.
#[allow(clippy::too_many_arguments)] // Those of the system call.
pub unsafe fn msg_create(
    _: *const u8,
    _: usize,
    _: *const u32,
    _: usize,
    _: *mut u8,
    _: usize,
    _: *mut u32,
    _: usize,
) -> u32 {
    value(Err(ErrorCode::Dead))
}

/// # Safety
///
/// As for [`msg_create`].
pub unsafe fn msg_recv(_: u32, _: *mut u8, _: usize, _: *mut u32, _: usize) -> u32 {
    value(Err(ErrorCode::BadHandle))
}

/// # Safety
///
/// As for [`msg_create`].
pub unsafe fn msg_reply(_: u32, _: *const u8, _: usize, _: *const u32, _: usize) -> u32 {
    ErrorCode::BadHandle.number()
}

pub fn msg_info(_: u32, _: u32) -> u32 {
    value(Err(ErrorCode::BadHandle))
}

pub fn cap_rights(cap: u32) -> u32 {
    living(cap).map_or(0, |(_, rights)| rights.bits())
}

pub fn handle_create(badge: usize, class: TypeId, destroy: unsafe fn(usize)) -> u32 {
    let object = Rc::new(HostObject {
        badge,
        class,
        destroy,
    });
    insert(
        Authority {
            revoked: Cell::new(false),
            parent: None,
            object: Some(object),
            range: None,
        },
        Rights::ALL,
    )
}

pub fn handle_badge(cap: u32, class: TypeId) -> usize {
    value(
        living(cap).and_then(|(authority, _)| match &authority.object {
            Some(object) if object.class == class => Ok(object.badge),
            _ => Err(ErrorCode::WrongClass),
        }),
    )
}
