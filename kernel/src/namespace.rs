//! A process's namespace: what its `cap_t` values mean. Only this module changes one.

use crate::object::ObjectRef;
use crate::process::ProcessId;
use crate::reserve::{entries, free_list};
use portcullis_abi::{ErrorCode, Rights};

/// A process's name for one of its slots: an index, meaningless anywhere else. 0 is `CAP_NULL`.
pub type CapT = u32;

/// Set in [`Slot::rights`] when the capability was lent for the running call.
pub const BORROWED: u32 = 1 << 31;

/// What a `cap_t` stands for. Gates read it (see [`crate::layout`]).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Slot {
    /// Entry in the object table.
    pub object: u32,
    /// Generation of that entry when the capability came in.
    pub generation: u32,
    /// [`Rights`] bits, and [`BORROWED`].
    pub rights: u32,
    /// References of the plugin to this slot; with 0 it names nothing.
    pub count: u32,
    /// Running calls that it is lent to.
    pub lends: u32,
    /// References that are on their way to another process.
    pub transits: u32,
    /// The process that gave it.
    pub from: u32,
    reserved: u32,
}

impl Slot {
    /// The object that it refers to.
    pub fn reference(&self) -> ObjectRef {
        ObjectRef {
            index: self.object,
            generation: self.generation,
        }
    }

    /// Whether it ends with the running call.
    pub fn is_borrowed(&self) -> bool {
        self.rights & BORROWED != 0
    }

    /// What it may be used for.
    pub fn rights(&self) -> Rights {
        Rights::from_bits(self.rights & !BORROWED).unwrap_or_default()
    }
}

/// An expandable array indexed by `cap_t`, and a stack of released indexes.
pub struct Namespace {
    slots: Vec<Slot>,
    released: Vec<CapT>,
    quota: u32,
}

impl Namespace {
    /// An empty namespace for at most `quota` capabilities at once.
    pub fn new(quota: u32) -> Namespace {
        Namespace {
            slots: vec![Slot::default()],
            released: Vec::new(),
            quota,
        }
    }

    /// Capabilities in use.
    #[inline(always)]
    pub fn live(&self) -> u32 {
        (self.slots.len() - 1 - self.released.len()) as u32
    }

    /// The most that there may be.
    pub fn quota(&self) -> u32 {
        self.quota
    }

    /// The address of the slots, for the gates.
    pub fn address(&self) -> u32 {
        crate::layout::address_of(self.slots.as_slice())
    }

    /// How many slots there are, slot 0 included.
    pub fn length(&self) -> u32 {
        self.slots.len() as u32
    }

    /// Makes room for `count` more capabilities, so that as many [`Self::allocate`] succeed. The slots may move by it.
    ///
    /// # Errors
    /// `quota` when there may not be so many; `no-memory`.
    pub fn reserve(&mut self, count: u32) -> Result<(), ErrorCode> {
        if !self.has_room(count) {
            return Err(ErrorCode::Quota);
        }
        let missing = (count as usize).saturating_sub(self.released.len());
        if missing == 0 {
            // Indexes that were released are used again: all of them have had their room.
            return Ok(());
        }
        entries(&mut self.slots, missing)?;
        // What is released goes to the list of released ones, and must not need memory for it.
        free_list(&mut self.released, self.slots.len() + missing)
    }

    /// Whether `count` more capabilities may be there.
    #[inline(always)]
    pub fn has_room(&self, count: u32) -> bool {
        self.live()
            .checked_add(count)
            .is_some_and(|sum| sum <= self.quota)
    }

    /// A slot for a capability with one reference: the index that was released last, or a new one.
    ///
    /// # Errors
    /// Those of [`Self::reserve`].
    #[inline(always)]
    pub fn allocate(
        &mut self,
        object: ObjectRef,
        rights: u32,
        from: ProcessId,
    ) -> Result<CapT, ErrorCode> {
        self.reserve(1)?;
        let slot = Slot {
            object: object.index,
            generation: object.generation,
            rights,
            count: 1,
            from: from.raw(),
            ..Slot::default()
        };
        match self.released.pop() {
            Some(cap) => {
                self.slots[cap as usize] = slot;
                Ok(cap)
            }
            None => {
                let cap = self.slots.len() as CapT;
                self.slots.push(slot);
                Ok(cap)
            }
        }
    }

    /// The slot that a plugin alleges to hold.
    ///
    /// # Errors
    /// [`ErrorCode::BadHandle`] when it names nothing.
    #[inline(always)]
    pub fn get(&self, cap: CapT) -> Result<&Slot, ErrorCode> {
        self.slots
            .get(cap as usize)
            .filter(|slot| slot.count > 0)
            .ok_or(ErrorCode::BadHandle)
    }

    #[inline(always)]
    fn get_mut(&mut self, cap: CapT) -> Result<&mut Slot, ErrorCode> {
        self.slots
            .get_mut(cap as usize)
            .filter(|slot| slot.count > 0)
            .ok_or(ErrorCode::BadHandle)
    }

    /// One more reference to the slot.
    ///
    /// # Errors
    /// `bad-handle`; `borrowed`; `quota` when the count is used up.
    pub fn retain(&mut self, cap: CapT) -> Result<(), ErrorCode> {
        let slot = self.get_mut(cap)?;
        if slot.is_borrowed() {
            return Err(ErrorCode::Borrowed);
        }
        // References under way may come back: there has to be room for them too.
        if slot.count >= u32::MAX - slot.transits {
            return Err(ErrorCode::Quota);
        }
        slot.count += 1;
        Ok(())
    }

    /// One reference fewer. Gives the object that the slot referred to if the slot is free by it.
    ///
    /// # Errors
    /// `bad-handle`; `borrowed`; `lent`.
    pub fn release(&mut self, cap: CapT) -> Result<Option<ObjectRef>, ErrorCode> {
        let slot = self.get_mut(cap)?;
        if slot.is_borrowed() {
            return Err(ErrorCode::Borrowed);
        }
        if slot.lends > 0 && slot.count == 1 {
            return Err(ErrorCode::Lent);
        }
        slot.count -= 1;
        Ok(self.free_if_unused(cap))
    }

    /// Takes one reference out of the slot for a transfer. The index stays reserved until [`Self::settle`].
    ///
    /// # Errors
    /// `bad-handle`; `borrowed`; `lent`.
    pub fn detach(&mut self, cap: CapT) -> Result<(), ErrorCode> {
        let slot = self.get_mut(cap)?;
        if slot.is_borrowed() {
            return Err(ErrorCode::Borrowed);
        }
        if slot.lends > 0 && slot.count == 1 {
            return Err(ErrorCode::Lent);
        }
        slot.count -= 1;
        slot.transits += 1;
        Ok(())
    }

    /// Ends a transfer: the reference is back (`restored`) or gone. Gives the object if the slot is free by it.
    pub fn settle(&mut self, cap: CapT, restored: bool) -> Option<ObjectRef> {
        let slot = self
            .slots
            .get_mut(cap as usize)
            .filter(|slot| slot.transits > 0)?;
        slot.transits -= 1;
        slot.count += u32::from(restored);
        self.free_if_unused(cap)
    }

    /// Counts a running call that the slot is lent to. Gates do it themselves.
    ///
    /// # Errors
    /// `bad-handle`.
    pub fn add_lend(&mut self, cap: CapT) -> Result<(), ErrorCode> {
        self.get_mut(cap)?.lends += 1;
        Ok(())
    }

    /// Ends what [`Self::add_lend`] began.
    pub fn end_lend(&mut self, cap: CapT) {
        if let Ok(slot) = self.get_mut(cap) {
            slot.lends = slot.lends.saturating_sub(1);
        }
    }

    /// Ends a slot that was borrowed for a call that has returned.
    #[inline(always)]
    pub fn end_borrow(&mut self, cap: CapT) -> Option<ObjectRef> {
        let slot = self
            .slots
            .get_mut(cap as usize)
            .filter(|slot| slot.is_borrowed())?;
        slot.count = 0;
        self.free_if_unused(cap)
    }

    #[inline(always)]
    fn free_if_unused(&mut self, cap: CapT) -> Option<ObjectRef> {
        let slot = &mut self.slots[cap as usize];
        if slot.count > 0 || slot.transits > 0 {
            return None;
        }
        let reference = slot.reference();
        *slot = Slot::default();
        self.released.push(cap);
        Some(reference)
    }

    /// Every capability with its slot.
    pub fn iter(&self) -> impl Iterator<Item = (CapT, &Slot)> {
        self.slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| slot.count > 0 || slot.transits > 0)
            .map(|(index, slot)| (index as CapT, slot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECT: ObjectRef = ObjectRef {
        index: 7,
        generation: 3,
    };

    fn allocate(namespace: &mut Namespace) -> Result<CapT, ErrorCode> {
        namespace.allocate(OBJECT, Rights::ALL.bits(), ProcessId::from_raw(1))
    }

    #[test]
    fn the_index_released_last_is_used_first_and_zero_never() {
        let mut namespace = Namespace::new(10);
        let caps: Vec<_> = (0..5).map(|_| allocate(&mut namespace).unwrap()).collect();
        assert_eq!(caps, [1, 2, 3, 4, 5]);
        namespace.release(4).unwrap();
        namespace.release(3).unwrap();
        assert_eq!(allocate(&mut namespace), Ok(3));
        assert_eq!(allocate(&mut namespace), Ok(4));
        assert_eq!(allocate(&mut namespace), Ok(6));
    }

    #[test]
    fn gates_are_told_where_the_slots_are() {
        let mut namespace = Namespace::new(10);
        assert_eq!(namespace.length(), 1);
        let cap = allocate(&mut namespace).unwrap();
        allocate(&mut namespace).unwrap();
        // The slot of `CAP_NULL` counts, and one that is free.
        namespace.release(cap).unwrap();
        assert_eq!(namespace.length(), 3);
        let address = crate::layout::address_of(namespace.slots.as_slice());
        assert_eq!(namespace.address(), address);
    }

    #[test]
    fn forged_numbers_name_nothing() {
        let mut namespace = Namespace::new(10);
        allocate(&mut namespace).unwrap();
        for cap in [0, 2, 0x8000_0001, u32::MAX] {
            assert_eq!(namespace.get(cap).err(), Some(ErrorCode::BadHandle));
            assert_eq!(namespace.release(cap), Err(ErrorCode::BadHandle));
            assert_eq!(namespace.detach(cap), Err(ErrorCode::BadHandle));
            assert_eq!(namespace.settle(cap, true), None);
            assert_eq!(namespace.end_borrow(cap), None);
        }
        assert_eq!(namespace.live(), 1);
    }

    #[test]
    fn the_quota_holds_and_a_release_makes_room() {
        let mut namespace = Namespace::new(2);
        allocate(&mut namespace).unwrap();
        allocate(&mut namespace).unwrap();
        assert_eq!(allocate(&mut namespace), Err(ErrorCode::Quota));
        assert!(!namespace.has_room(1) && namespace.has_room(0));
        namespace.release(1).unwrap();
        assert_eq!(allocate(&mut namespace), Ok(1));
    }

    #[test]
    fn an_index_in_transit_is_not_handed_out() {
        let mut namespace = Namespace::new(5);
        allocate(&mut namespace).unwrap();
        namespace.detach(1).unwrap();
        assert_eq!(namespace.get(1).err(), Some(ErrorCode::BadHandle));
        assert_eq!(allocate(&mut namespace), Ok(2));
        assert_eq!(namespace.settle(1, true), None);
        assert!(namespace.get(1).is_ok());
        namespace.detach(1).unwrap();
        assert_eq!(namespace.settle(1, false), Some(OBJECT));
        assert_eq!(allocate(&mut namespace), Ok(1));
    }

    #[test]
    fn there_is_room_up_to_the_quota() {
        let mut namespace = Namespace::new(2);
        assert_eq!((namespace.quota(), namespace.live()), (2, 0));
        assert!(namespace.has_room(2));
        assert!(!namespace.has_room(3));
        allocate(&mut namespace).unwrap();
        allocate(&mut namespace).unwrap();
        assert_eq!((namespace.quota(), namespace.live()), (2, 2));
        assert!(namespace.has_room(0));
        assert!(!namespace.has_room(1));
        assert!(!namespace.has_room(u32::MAX));
        assert_eq!(allocate(&mut namespace), Err(ErrorCode::Quota));
    }

    #[test]
    fn references_are_counted_without_overflow() {
        let mut namespace = Namespace::new(5);
        let cap = allocate(&mut namespace).unwrap();
        namespace.slots[cap as usize].count = u32::MAX - 1;
        namespace.retain(cap).unwrap();
        assert_eq!(namespace.retain(cap), Err(ErrorCode::Quota));
        namespace.detach(cap).unwrap();
        assert_eq!(namespace.retain(cap), Err(ErrorCode::Quota));
        assert_eq!(namespace.settle(cap, true), None);
        assert_eq!(namespace.get(cap).unwrap().count, u32::MAX);
    }

    #[test]
    fn reserving_takes_memory_in_proportion() {
        let mut namespace = Namespace::new(10_000);
        for _ in 0..1_000 {
            namespace
                .allocate(OBJECT, 1, ProcessId::from_raw(1))
                .unwrap();
        }
        namespace.reserve(1_000).unwrap();
        let released = namespace.released.capacity();
        assert!((2_000..10_000).contains(&released), "{released}");
    }

    #[test]
    fn what_is_borrowed_cannot_be_kept() {
        let mut namespace = Namespace::new(5);
        let cap = namespace
            .allocate(OBJECT, BORROWED | 1, ProcessId::from_raw(1))
            .unwrap();
        assert_eq!(namespace.retain(cap), Err(ErrorCode::Borrowed));
        assert_eq!(namespace.release(cap), Err(ErrorCode::Borrowed));
        assert_eq!(namespace.detach(cap), Err(ErrorCode::Borrowed));
        assert_eq!(namespace.end_borrow(cap), Some(OBJECT));
        assert_eq!(namespace.live(), 0);
    }
}
