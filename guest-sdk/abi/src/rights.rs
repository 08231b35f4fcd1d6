//! What a capability allows.

use core::ops::BitOr;

/// A set of rights on an object. Deriving a capability can only take rights away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Rights(u32);

impl Rights {
    /// No right at all: such a capability can still be retained, released and asked for its class.
    pub const NONE: Rights = Rights(0);
    /// It may be the argument of a call.
    pub const CALL: Rights = Rights(1);
    /// It may be moved to another process.
    pub const GRANT: Rights = Rights(2);
    /// Capabilities with the same or fewer rights may be derived from it.
    pub const DERIVE: Rights = Rights(4);
    /// Its holder may read: for a lease.
    pub const READ: Rights = Rights(8);
    /// Its holder may write: for a lease.
    pub const WRITE: Rights = Rights(16);
    /// What the minter of a handle holds: to call, to grant, to derive.
    pub const ALL: Rights = Rights(7);
    /// Every right that there is: [`Rights::ALL`], and to read and to write.
    pub const EVERY: Rights = Rights(31);

    /// The set as it crosses the ABI.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// The set that crossed the ABI as `bits`, unless a bit is set that names no right.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Option<Rights> {
        if bits & !Rights::EVERY.0 == 0 {
            Some(Rights(bits))
        } else {
            None
        }
    }

    /// Whether every right of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Rights) -> bool {
        self.0 & other.0 == other.0
    }

    /// The rights that are in both sets.
    #[must_use]
    pub const fn intersection(self, other: Rights) -> Rights {
        Rights(self.0 & other.0)
    }

    /// The rights of both sets together; `|`, for constants.
    #[must_use]
    pub const fn union(self, other: Rights) -> Rights {
        Rights(self.0 | other.0)
    }
}

impl BitOr for Rights {
    type Output = Rights;

    fn bitor(self, other: Rights) -> Rights {
        self.union(other)
    }
}

#[cfg(test)]
mod tests {
    use super::Rights;

    #[test]
    fn only_known_bits_are_rights() {
        for bits in 0..32 {
            assert_eq!(Rights::from_bits(bits).map(Rights::bits), Some(bits));
        }
        for bits in [32, 33, 0x8000_0000, u32::MAX] {
            assert_eq!(Rights::from_bits(bits), None);
        }
    }

    #[test]
    fn a_set_contains_its_subsets_only() {
        let both = Rights::CALL | Rights::GRANT;
        assert!(both.contains(Rights::CALL) && both.contains(Rights::NONE) && both.contains(both));
        assert!(!both.contains(Rights::DERIVE) && !both.contains(Rights::ALL));
        assert_eq!(both | Rights::DERIVE, Rights::ALL);
        assert_eq!(Rights::ALL | Rights::READ | Rights::WRITE, Rights::EVERY);
        assert_eq!(Rights::ALL.intersection(Rights::READ), Rights::NONE);
        assert_eq!(Rights::EVERY.intersection(both), both);
    }
}
