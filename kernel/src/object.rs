//! The table of all objects: what capabilities refer to. It knows nothing of processes or namespaces.

use crate::process::ProcessId;
use crate::reserve::{entries, free_list};
use portcullis_abi::ErrorCode;

/// An object's entry. Gates read it (see [`crate::layout`]).
///
/// A derived capability is an object of its own, with the same class, minter, badge and methods, hung below the one
/// that it was derived from: to revoke an object is to end the tree below it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Object {
    /// Raised when the object ends. References with another generation are dead.
    pub generation: u32,
    /// Class number of the kernel; 0 when there is no object here.
    pub class: u32,
    /// Who minted it and serves its methods.
    pub minter: u32,
    /// The minter's private word.
    pub badge: u32,
    /// Index of its methods in the method table; 0 for none.
    pub methods: u32,
    /// Slots, transfers and derived objects that refer to it.
    pub references: u32,
    /// The process that may revoke it: the minter, or who derived it.
    pub revoker: u32,
    /// The object from which it was derived in the first place; 0 if it was not derived.
    pub origin: u32,
    pub(crate) parent: u32,
    pub(crate) first_child: u32,
    pub(crate) next_sibling: u32,
    pub(crate) previous_sibling: u32,
    /// Where it stands in the list that its revoker keeps.
    pub position: u32,
}

impl Object {
    /// Whether it was derived from another one.
    pub fn is_derived(&self) -> bool {
        self.parent != 0
    }

    /// What it is a capability on, however it was derived: the object of that index, which lives as long. `index` is its own.
    pub fn root(&self, index: u32) -> u32 {
        if self.origin == 0 { index } else { self.origin }
    }

    /// The process that minted it.
    pub fn minter(&self) -> ProcessId {
        ProcessId::from_raw(self.minter)
    }
}

/// A reference that never means another object than the one it was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectRef {
    /// Entry in the table, from 1.
    pub index: u32,
    /// The entry's generation.
    pub generation: u32,
}

/// Objects, and the entries that are free.
pub struct ObjectTable {
    entries: Vec<Object>,
    free: Vec<u32>,
    live: u32,
}

/// An object that has ended, as it was.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    /// Its entry, which may be in use again soon.
    pub index: u32,
    /// What stood there.
    pub object: Object,
}

/// Objects that are about to end, by a release or a revocation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ending {
    /// The object that is revoked with everything below it; 0 when that is done, or nothing is revoked.
    top: u32,
    /// Where to go on; 0 for nowhere.
    index: u32,
}

impl Default for ObjectTable {
    fn default() -> Self {
        // Entry 0 is never used: index 0 means "no object".
        ObjectTable {
            entries: vec![Object::default()],
            free: Vec::new(),
            live: 0,
        }
    }
}

impl ObjectTable {
    /// How many objects live.
    pub fn live(&self) -> u32 {
        self.live
    }

    /// The address of the entries, for the gates.
    pub fn address(&self) -> u32 {
        crate::layout::address_of(self.entries.as_slice())
    }

    /// Makes room for one more object, so that the next [`Self::insert`] finds it. The table may move by it.
    ///
    /// # Errors
    /// `quota` when all indexes are used up; `no-memory`.
    pub fn reserve(&mut self) -> Result<(), ErrorCode> {
        if !self.free.is_empty() {
            return Ok(());
        }
        u32::try_from(self.entries.len()).map_err(|_| ErrorCode::Quota)?;
        entries(&mut self.entries, 1)?;
        // What ends goes to the list of free entries, and must not need memory for it.
        free_list(&mut self.free, self.entries.len() + 1)
    }

    /// Puts an object in; `references` starts at 0.
    ///
    /// # Errors
    /// Those of [`Self::reserve`].
    pub fn insert(&mut self, object: Object) -> Result<ObjectRef, ErrorCode> {
        self.reserve()?;
        let index = self.free.pop().unwrap_or_else(|| {
            self.entries.push(Object::default());
            self.entries.len() as u32 - 1
        });
        let entry = &mut self.entries[index as usize];
        let generation = entry.generation;
        *entry = Object {
            generation,
            references: 0,
            ..object
        };
        self.live += 1;
        Ok(ObjectRef { index, generation })
    }

    /// Puts a derived object below `parent`, which it keeps alive.
    ///
    /// # Errors
    /// `revoked` when the parent is dead; those of [`Self::reserve`].
    pub fn insert_below(
        &mut self,
        parent: ObjectRef,
        revoker: ProcessId,
    ) -> Result<ObjectRef, ErrorCode> {
        let origin = *self.get(parent).ok_or(ErrorCode::Revoked)?;
        let child = self.insert(Object {
            revoker: revoker.raw(),
            origin: origin.root(parent.index),
            parent: parent.index,
            first_child: 0,
            next_sibling: origin.first_child,
            previous_sibling: 0,
            ..origin
        })?;
        if origin.first_child != 0 {
            self.entries[origin.first_child as usize].previous_sibling = child.index;
        }
        let entry = &mut self.entries[parent.index as usize];
        entry.first_child = child.index;
        entry.references += 1;
        Ok(child)
    }

    /// The object, if it still lives.
    #[inline(always)]
    pub fn get(&self, reference: ObjectRef) -> Option<&Object> {
        self.entries
            .get(reference.index as usize)
            .filter(|entry| entry.class != 0 && entry.generation == reference.generation)
    }

    /// As [`Self::get`], to change it.
    #[inline(always)]
    pub fn get_mut(&mut self, reference: ObjectRef) -> Option<&mut Object> {
        self.entries
            .get_mut(reference.index as usize)
            .filter(|entry| entry.class != 0 && entry.generation == reference.generation)
    }

    /// The reference to whatever lives at this index.
    #[inline(always)]
    pub fn reference(&self, index: u32) -> Option<ObjectRef> {
        let entry = self
            .entries
            .get(index as usize)
            .filter(|entry| entry.class != 0)?;
        Some(ObjectRef {
            index,
            generation: entry.generation,
        })
    }

    /// One reference more, if it lives.
    #[inline(always)]
    pub fn retain(&mut self, reference: ObjectRef) {
        if let Some(object) = self.get_mut(reference) {
            object.references += 1;
        }
    }

    /// One reference fewer. If it was the last one, gives what ends by it, the object itself and then the ones it was derived from, to
    /// be taken with [`Self::next_ended`].
    #[inline(always)]
    pub fn release(&mut self, reference: ObjectRef) -> Option<Ending> {
        let object = self.get_mut(reference)?;
        object.references = object.references.saturating_sub(1);
        let ending = Ending {
            top: 0,
            index: reference.index,
        };
        (object.references == 0).then_some(ending)
    }

    /// Ends an object and everything derived from it, leaves first: gives all that ends, to be taken with [`Self::next_ended`].
    /// Until it is taken to its end the tree is only half gone.
    pub fn revoke(&self, reference: ObjectRef) -> Ending {
        match self.get(reference) {
            Some(_) => Ending {
                top: reference.index,
                index: reference.index,
            },
            None => Ending::default(),
        }
    }

    /// The next object that ends. Needs no memory and a bounded stack, and constant time for each object of a tree.
    pub fn next_ended(&mut self, ending: &mut Ending) -> Option<Ended> {
        let index = if ending.top != 0 {
            // Down to a leaf: from where the last one hung, so that no way is gone twice.
            while self.entries[ending.index as usize].first_child != 0 {
                ending.index = self.entries[ending.index as usize].first_child;
            }
            ending.index
        } else {
            // Children hold references, so an object without any has no children.
            let index = ending.index;
            if index == 0 || self.entries[index as usize].references > 0 {
                return None;
            }
            index
        };
        let object = self.entries[index as usize];
        self.unlink(index);
        self.end(index);
        ending.index = object.parent;
        if index == ending.top {
            ending.top = 0;
        }
        // A child inside of the tree needs not be counted off: its parent ends too.
        if ending.top == 0 && object.parent != 0 {
            self.entries[object.parent as usize].references -= 1;
        }
        Some(Ended { index, object })
    }

    fn unlink(&mut self, index: u32) {
        let Object {
            parent,
            next_sibling,
            previous_sibling,
            ..
        } = self.entries[index as usize];
        if next_sibling != 0 {
            self.entries[next_sibling as usize].previous_sibling = previous_sibling;
        }
        if previous_sibling != 0 {
            self.entries[previous_sibling as usize].next_sibling = next_sibling;
        } else if parent != 0 {
            self.entries[parent as usize].first_child = next_sibling;
        }
    }

    fn end(&mut self, index: u32) {
        let entry = &mut self.entries[index as usize];
        let generation = entry.generation;
        *entry = Object::default();
        self.live -= 1;
        match generation.checked_add(1) {
            Some(next) => {
                entry.generation = next;
                self.free.push(index);
            }
            // The entry has had 2³² objects: it is retired, so that no old reference ever means a new object.
            None => entry.generation = generation,
        }
    }

    /// Every live object with its index.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Object)> {
        self.entries
            .iter()
            .enumerate()
            .filter(|(_, o)| o.class != 0)
            .map(|(i, o)| (i as u32, o))
    }

    #[cfg(test)]
    fn age(&mut self, index: u32, generation: u32) {
        self.entries[index as usize].generation = generation;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(table: &mut ObjectTable, mut ending: Ending) -> Vec<u32> {
        std::iter::from_fn(|| table.next_ended(&mut ending).map(|ended| ended.index)).collect()
    }

    fn release(table: &mut ObjectTable, reference: ObjectRef) -> Vec<u32> {
        let ending = table.release(reference);
        ending.map_or_else(Vec::new, |ending| all(table, ending))
    }

    fn revoke(table: &mut ObjectTable, reference: ObjectRef) -> Vec<u32> {
        let ending = table.revoke(reference);
        all(table, ending)
    }

    fn object() -> Object {
        Object {
            class: 1,
            ..Object::default()
        }
    }

    #[test]
    fn an_index_is_used_again_but_a_reference_never_means_another_object() {
        let mut table = ObjectTable::default();
        let first = table.insert(object()).unwrap();
        table.retain(first);
        assert_eq!(release(&mut table, first).len(), 1);
        let second = table.insert(object()).unwrap();
        assert_eq!(first.index, second.index);
        assert!(table.get(first).is_none() && table.get(second).is_some());
    }

    #[test]
    fn an_exhausted_entry_is_retired() {
        let mut table = ObjectTable::default();
        let first = table.insert(object()).unwrap();
        table.age(first.index, u32::MAX);
        let last = table.reference(first.index).unwrap();
        revoke(&mut table, last);
        assert!(table.get(last).is_none());
        assert_ne!(table.insert(object()).unwrap().index, last.index);
    }

    #[test]
    fn revoking_ends_the_tree_below_and_nothing_else() {
        let mut table = ObjectTable::default();
        let root = table.insert(object()).unwrap();
        table.retain(root);
        let host = ProcessId::from_raw(1);
        let left = table.insert_below(root, host).unwrap();
        let right = table.insert_below(root, host).unwrap();
        let mut deep = left;
        for _ in 0..100_000 {
            deep = table.insert_below(deep, host).unwrap();
        }
        table.retain(right);
        assert_eq!(revoke(&mut table, left).len(), 100_001);
        assert!(table.get(left).is_none() && table.get(deep).is_none());
        assert!(table.get(root).is_some() && table.get(right).is_some());
        assert_eq!(table.get(root).unwrap().references, 2);
        assert_eq!(table.live(), 2);
    }

    #[test]
    fn a_derived_object_keeps_its_origin_alive() {
        let mut table = ObjectTable::default();
        let root = table.insert(object()).unwrap();
        table.retain(root);
        let child = table.insert_below(root, ProcessId::from_raw(1)).unwrap();
        table.retain(child);
        assert!(release(&mut table, root).is_empty());
        assert_eq!(release(&mut table, child), [child.index, root.index]);
        assert_eq!(table.live(), 0);
    }
}
