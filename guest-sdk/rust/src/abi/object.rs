//! Objects behind handles: the values that this plugin minted, and the borrows that arrive at its exports.
//!
//! The badge of a handle is the address of a [`Shell`], made by `Rc::into_raw`. The object itself is one count of
//! that `Rc`, given back by the destructor; every borrow that is under way is another, so that nothing that happens
//! during a call can pull the value from under it.

use std::cell::{Ref, RefCell};
use std::ops::Deref;
use std::rc::Rc;

use portcullis_abi::ErrorCode;

use super::class::{Class, Minted};
use super::{Capability, system};
use crate::Error;

/// What a badge points to: the value, until it is taken.
type Shell<C> = RefCell<Option<C>>;

/// What an [`Own`](crate::Own) holds: a [`Capability`], in the shape of its class.
pub trait Handle {
    /// Wraps a capability.
    fn new(capability: Capability) -> Self;
    /// The capability.
    fn capability(&self) -> &Capability;
}

/// Classes that this plugin mints have values of their own; a handle is only a number.
impl Handle for Capability {
    fn new(capability: Capability) -> Capability {
        capability
    }

    fn capability(&self) -> &Capability {
        self
    }
}

/// A `borrow<C>` that arrived at an export, for the duration of the call.
pub trait Arrived<C>: Sized {
    /// What the exported function is given.
    type Reference<'call>: Deref<Target = C>
    where
        Self: 'call;

    /// Receives the core value.
    ///
    /// # Safety
    ///
    /// `word` must be what the kernel passed for a `borrow<C>` to the export that is running.
    unsafe fn arrive(word: i32) -> Self;

    /// The object.
    fn reference(&self) -> Self::Reference<'_>;
}

/// A borrow of an imported class: a capability that ends when the call returns, so nothing is released.
pub struct Lent<C>(C);

impl<C: Class<Handle = C> + Handle> Arrived<C> for Lent<C> {
    type Reference<'call> = &'call C;

    unsafe fn arrive(word: i32) -> Lent<C> {
        Lent(C::new(Capability::from_number(word as u32)))
    }

    fn reference(&self) -> &C {
        &self.0
    }
}

/// A borrow of an object that this plugin minted.
pub struct Object<C>(Rc<Shell<C>>);

impl<C: Minted> Object<C> {
    /// The object with this badge.
    ///
    /// # Safety
    ///
    /// The badge must be one that [`mint`] made for class `C`, of an object whose destructor has not been called.
    unsafe fn from_badge(badge: usize) -> Object<C> {
        let shell = std::ptr::with_exposed_provenance::<Shell<C>>(badge);
        // SAFETY: `mint` made the badge with `Rc::into_raw` and exposed it; the object's own count is still there.
        unsafe {
            Rc::increment_strong_count(shell);
            Object(Rc::from_raw(shell))
        }
    }
}

impl<C: Minted> Arrived<C> for Object<C> {
    type Reference<'call> = Ref<'call, C>;

    unsafe fn arrive(word: i32) -> Object<C> {
        // SAFETY: for a class that this plugin mints, the kernel passes the badge, and only of living objects.
        unsafe { Object::from_badge(word as u32 as usize) }
    }

    fn reference(&self) -> Ref<'_, C> {
        Ref::map(self.0.borrow(), |value| {
            value.as_ref().expect("an object that was taken is dead")
        })
    }
}

/// Mints a handle for `value`.
pub fn mint<C: Minted>(value: C) -> Result<Capability, Error> {
    let badge = Rc::into_raw(Rc::new(RefCell::new(Some(value)))).expose_provenance();
    // SAFETY: `C` is the only type with this number (`Class` promises it), and `destroy` is its destructor.
    let minted = unsafe { system::handle_create::<C>(badge, destroy::<C>) };
    if minted.is_err() {
        // SAFETY: the kernel did not take the badge, so nobody else will call the destructor.
        unsafe { destroy::<C>(badge) };
    }
    minted
}

/// Gives the object of a handle to `use_it`, and keeps it alive meanwhile.
fn with_object<C: Minted, R>(
    capability: &Capability,
    use_it: impl FnOnce(&Object<C>) -> Result<R, Error>,
) -> Result<R, Error> {
    let badge = system::handle_badge::<C>(capability)?;
    // SAFETY: the kernel gives out badges of living objects of this very class only, and only those that this plugin
    // minted; `mint` is the one place that does.
    use_it(&unsafe { Object::from_badge(badge) })
}

/// Calls `look` with the object of a handle.
pub fn look<C: Minted, R>(capability: &Capability, look: impl FnOnce(&C) -> R) -> Result<R, Error> {
    with_object(capability, |object| Ok(look(&object.reference())))
}

/// Takes the value out of its object, unless it is borrowed.
pub fn take<C: Minted>(capability: &Capability) -> Result<C, Error> {
    with_object(capability, |object: &Object<C>| {
        let mut value = object.0.try_borrow_mut().map_err(|_| ErrorCode::Lent)?;
        value.take().ok_or(ErrorCode::Revoked.into())
    })
}

/// The destructor of class `C`: the last reference is gone.
///
/// # Safety
///
/// The badge must be one that `mint` made for class `C`, and be passed here once.
pub unsafe fn destroy<C: Minted>(badge: usize) {
    let shell = std::ptr::with_exposed_provenance::<Shell<C>>(badge);
    // SAFETY: this is the count that `mint` left behind.
    drop(unsafe { Rc::from_raw(shell) });
}
