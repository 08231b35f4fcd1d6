//! Owned handles.

use std::fmt;
use std::ops::Deref;

use portcullis_abi::Rights;

use crate::abi::{self, Capability, Handle, system};
use crate::{Class, Error, Minted};

/// A reference of one's own to an object of class `C`: `own<C>`.
///
/// It is released when it is dropped, and moves to the callee when it is passed as `Own<C>`. It is used as the class
/// itself where that is imported, by `Deref`; so what every handle can do are functions, `Own::retain(&own)`, which
/// leave the names of methods to the interfaces.
///
/// # Example
///
/// ```
/// # use portcullis_guest::{Error, Own, class};
/// #[class("demo/vector@1")]
/// struct Vector(f64, f64);
///
/// let vector = Own::new(Vector(3.0, 4.0))?;
/// assert_eq!(vector.with(|vector| vector.0.hypot(vector.1))?, 5.0);
/// # Ok::<(), Error>(())
/// ```
pub struct Own<C: Class> {
    handle: C::Handle,
}

impl<C: Class> Own<C> {
    /// The handle in this slot, of which one reference is the caller's to give away.
    pub(crate) fn from_capability(capability: Capability) -> Own<C> {
        Own {
            handle: C::Handle::new(capability),
        }
    }

    /// The slot.
    pub(crate) fn capability(&self) -> &Capability {
        self.handle.capability()
    }

    /// One more reference to the same object.
    ///
    /// # Errors
    ///
    /// `revoked` if the object is dead, `quota` if this process has too many references.
    pub fn retain(own: &Own<C>) -> Result<Own<C>, Error> {
        system::cap_retain(own.capability())?;
        Ok(Own::from_capability(own.capability().again()))
    }

    /// A capability on the same object with `rights`, a subset of those of `own`. It can be revoked on its own.
    ///
    /// # Errors
    ///
    /// `denied` if `own` has not the right to derive, or not all of `rights`, `revoked` if the object is dead,
    /// `quota` if this process has too many handles.
    pub fn derive(own: &Own<C>, rights: Rights) -> Result<Own<C>, Error> {
        system::cap_derive(own.capability(), rights).map(Own::from_capability)
    }

    /// Ends the object, or what was derived here, for everybody.
    ///
    /// # Errors
    ///
    /// `denied` unless this process minted the object or derived this capability.
    pub fn revoke(own: Own<C>) -> Result<(), Error> {
        system::cap_revoke(own.capability())
    }

    /// Whether both are handles of the same living object, however each was derived.
    #[must_use]
    pub fn same(own: &Own<C>, other: &Own<C>) -> bool {
        system::cap_same(own.capability(), other.capability())
    }

    /// What this capability allows; none if the object is dead.
    #[must_use]
    pub fn rights(own: &Own<C>) -> Rights {
        system::cap_rights(own.capability())
    }
}

impl<C: Minted> Own<C> {
    /// Mints a handle for `value`, which lives until the last reference to it is gone, in whatever process.
    ///
    /// # Errors
    ///
    /// `quota` if this process has too many handles or objects.
    pub fn new(value: C) -> Result<Own<C>, Error> {
        abi::mint(value).map(Own::from_capability)
    }

    /// Calls `look` with the object.
    ///
    /// # Errors
    ///
    /// `not-owner` if another process minted it, `revoked` if it is dead.
    pub fn with<R>(&self, look: impl FnOnce(&C) -> R) -> Result<R, Error> {
        abi::look(self.capability(), look)
    }

    /// Ends the object for everybody and gives its value back.
    ///
    /// # Errors
    ///
    /// `not-owner` if another process minted it, `revoked` if it is dead, `lent` if a call that borrowed it is
    /// running. The reference is released then.
    pub fn take(self) -> Result<C, Error> {
        let value = abi::take(self.capability())?;
        // Others that hold a reference must not find an empty object. It is alive and this process minted it, so
        // this can fail for no reason that would matter.
        let _ = Own::revoke(self);
        Ok(value)
    }
}

/// A handle of an imported class is used as the class.
impl<C: Class<Handle = C>> Deref for Own<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.handle
    }
}

impl<C: Class> Drop for Own<C> {
    fn drop(&mut self) {
        // A reference that is gone already is as good as one that is released now.
        let _ = system::cap_release(self.capability());
    }
}

impl<C: Class> fmt::Debug for Own<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "Own<{}>({})",
            C::NAME,
            self.capability().number()
        )
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use portcullis_abi::ErrorCode;

    use super::*;
    use crate::class;

    /// Counts how many were dropped.
    #[class("test/own@1", crate = crate)]
    struct Probe(Rc<Cell<u32>>);

    impl Drop for Probe {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    /// A second class.
    #[class("test/own@1", crate = crate)]
    struct Other;

    fn probe() -> (Own<Probe>, Rc<Cell<u32>>) {
        let dropped = Rc::new(Cell::new(0));
        (Own::new(Probe(Rc::clone(&dropped))).unwrap(), dropped)
    }

    #[test]
    fn a_value_is_dropped_with_its_last_reference() {
        let (first, dropped) = probe();
        let second = Own::retain(&first).unwrap();
        let third = Own::derive(&second, Rights::CALL).unwrap();
        assert!(Own::same(&first, &third) && !Own::same(&first, &probe().0));
        drop(first);
        drop(second);
        assert_eq!(dropped.get(), 0);
        drop(third);
        assert_eq!(dropped.get(), 1);
    }

    #[test]
    fn a_value_that_was_taken_is_gone_for_all() {
        let (first, dropped) = probe();
        let second = Own::retain(&first).unwrap();
        let value = first.take().unwrap();
        assert_eq!(second.with(|_| ()).unwrap_err(), ErrorCode::Revoked);
        drop(second);
        assert_eq!(dropped.get(), 0);
        drop(value);
        assert_eq!(dropped.get(), 1);
    }

    #[test]
    fn a_value_in_use_stays() {
        let (first, dropped) = probe();
        let second = Own::retain(&first).unwrap();
        let (refused, seen) = first
            .with(|_| (second.take().err(), dropped.get()))
            .unwrap();
        assert_eq!((refused.unwrap(), seen), (ErrorCode::Lent.into(), 0));
        drop(first);
        assert_eq!(dropped.get(), 1);
    }

    #[test]
    fn the_last_release_during_a_look_waits_for_its_end() {
        let (own, dropped) = probe();
        let number = own.capability().number();
        let seen = own.with(|_| {
            let _ = system::cap_release(&Capability::from_number(number));
            dropped.get()
        });
        assert_eq!((seen, dropped.get()), (Ok(0), 1));
    }

    #[test]
    fn a_number_of_another_class_is_refused() {
        let (own, _) = probe();
        let forged: Own<Other> = Own::from_capability(own.capability().again());
        assert_eq!(forged.with(|_| ()).unwrap_err(), ErrorCode::WrongClass);
        std::mem::forget(forged);
        let nothing: Own<Other> = Own::from_capability(Capability::from_number(0));
        assert_eq!(nothing.with(|_| ()).unwrap_err(), ErrorCode::BadHandle);
    }

    #[test]
    fn rights_only_shrink_and_branches_are_revoked_on_their_own() {
        let (root, _) = probe();
        assert_eq!(Own::rights(&root), Rights::ALL);
        let branch = Own::derive(&root, Rights::CALL | Rights::DERIVE).unwrap();
        let leaf = Own::derive(&branch, Rights::CALL).unwrap();
        assert_eq!(
            Own::derive(&branch, Rights::ALL).err().unwrap(),
            ErrorCode::Denied
        );
        assert_eq!(
            Own::derive(&leaf, Rights::NONE).err().unwrap(),
            ErrorCode::Denied
        );
        Own::revoke(branch).unwrap();
        assert_eq!(
            (Own::rights(&leaf), Own::rights(&root)),
            (Rights::NONE, Rights::ALL)
        );
        assert_eq!(leaf.with(|_| ()).unwrap_err(), ErrorCode::Revoked);
        assert!(root.with(|_| ()).is_ok());
    }

    #[test]
    fn what_may_have_moved_is_not_released() {
        let (own, dropped) = probe();
        let refused: Result<(), Error> = Err(ErrorCode::Denied.into());
        abi::settle(own, &refused);
        assert_eq!(dropped.get(), 1);

        for outcome in [Ok(()), Err(ErrorCode::Trapped.into())] {
            let (own, dropped) = probe();
            abi::settle(own, &outcome);
            assert_eq!(dropped.get(), 0);
        }
    }
}
