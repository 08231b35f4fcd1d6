//! Owned handles.

use std::fmt;
use std::ops::Deref;

use portcullis_abi::Rights;

use crate::abi::{self, Capability, Handle, system};
use crate::{Class, Error, Minted};

/// A reference of one's own to an object of class `C`: `own<C>`.
///
/// It is released when it is dropped, and moves to the callee when it is passed as `Own<C>`. Where a function takes
/// `&C`, `&own` does for a class that is imported, by `Deref`.
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
    pub fn retain(&self) -> Result<Own<C>, Error> {
        system::cap_retain(self.capability())?;
        Ok(Own::from_capability(self.capability().again()))
    }

    /// A capability on the same object with `rights`, a subset of this one's. It can be revoked on its own.
    ///
    /// # Errors
    ///
    /// `denied` if this one has not the right to derive or not all of `rights`, `revoked` if the object is dead,
    /// `quota` if this process has too many handles.
    pub fn derive(&self, rights: Rights) -> Result<Own<C>, Error> {
        system::cap_derive(self.capability(), rights).map(Own::from_capability)
    }

    /// Ends the object, or what was derived here, for everybody.
    ///
    /// # Errors
    ///
    /// `denied` unless this process minted the object or derived this capability.
    pub fn revoke(self) -> Result<(), Error> {
        system::cap_revoke(self.capability())
    }

    /// What this capability allows; none if the object is dead.
    #[must_use]
    pub fn rights(&self) -> Rights {
        system::cap_rights(self.capability())
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
        let _ = self.revoke();
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
