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

/// What can be revoked on its own: an object as it was minted, or a derivation of something.
struct Authority {
    revoked: Cell<bool>,
    parent: Option<Rc<Authority>>,
    object: Rc<HostObject>,
}

impl Authority {
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
    value(living(cap).and_then(|(parent, held)| {
        let rights = Rights::from_bits(rights).ok_or(ErrorCode::Denied)?;
        if !held.contains(rights | Rights::DERIVE) {
            return Err(ErrorCode::Denied);
        }
        let object = Rc::clone(&parent.object);
        Ok(insert(
            Authority {
                revoked: Cell::new(false),
                parent: Some(parent),
                object,
            },
            rights,
        ))
    }))
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
            object,
        },
        Rights::ALL,
    )
}

pub fn handle_badge(cap: u32, class: TypeId) -> usize {
    value(living(cap).and_then(|(authority, _)| {
        if authority.object.class == class {
            Ok(authority.object.badge)
        } else {
            Err(ErrorCode::WrongClass)
        }
    }))
}
