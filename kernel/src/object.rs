//! The table of all objects: what capabilities refer to. It knows nothing of processes or namespaces.

use crate::process::ProcessId;

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

    /// Puts an object in; `references` starts at 0. None when all indexes are used up.
    pub fn insert(&mut self, object: Object) -> Option<ObjectRef> {
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                let index = u32::try_from(self.entries.len()).ok()?;
                self.entries.push(Object::default());
                index
            }
        };
        let entry = self.entries.get_mut(index as usize)?;
        let generation = entry.generation;
        *entry = Object {
            generation,
            references: 0,
            ..object
        };
        self.live += 1;
        Some(ObjectRef { index, generation })
    }

    /// Puts a derived object below `parent`, which it keeps alive.
    pub fn insert_below(&mut self, parent: ObjectRef, revoker: ProcessId) -> Option<ObjectRef> {
        let origin = *self.get(parent)?;
        let child = self.insert(Object {
            revoker: revoker.raw(),
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
        Some(child)
    }

    /// The object, if it still lives.
    pub fn get(&self, reference: ObjectRef) -> Option<&Object> {
        self.entries
            .get(reference.index as usize)
            .filter(|entry| entry.class != 0 && entry.generation == reference.generation)
    }

    /// As [`Self::get`], to change it.
    pub fn get_mut(&mut self, reference: ObjectRef) -> Option<&mut Object> {
        self.entries
            .get_mut(reference.index as usize)
            .filter(|entry| entry.class != 0 && entry.generation == reference.generation)
    }

    /// The reference to whatever lives at this index.
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
    pub fn retain(&mut self, reference: ObjectRef) {
        if let Some(object) = self.get_mut(reference) {
            object.references += 1;
        }
    }

    /// One reference fewer. Objects that end by it, the object itself and then the ones it was derived from, go to `ended`.
    pub fn release(&mut self, reference: ObjectRef, ended: &mut Vec<Ended>) {
        let mut index = reference.index;
        let Some(object) = self.get_mut(reference) else {
            return;
        };
        object.references = object.references.saturating_sub(1);
        loop {
            let object = self.entries[index as usize];
            if object.references > 0 {
                return;
            }
            // Children hold references, so an object without any has no children.
            self.unlink(index);
            self.end(index, ended);
            if object.parent == 0 {
                return;
            }
            index = object.parent;
            self.entries[index as usize].references -= 1;
        }
    }

    /// Ends an object and everything derived from it, leaves first. Bounded stack, linear time.
    pub fn revoke(&mut self, reference: ObjectRef, ended: &mut Vec<Ended>) {
        if self.get(reference).is_none() {
            return;
        }
        let top = reference.index;
        let parent = self.entries[top as usize].parent;
        self.unlink(top);
        let mut index = top;
        loop {
            let child = self.entries[index as usize].first_child;
            if child != 0 {
                index = child;
                continue;
            }
            let object = self.entries[index as usize];
            if index != top {
                self.unlink(index);
            }
            self.end(index, ended);
            if index == top {
                break;
            }
            index = object.parent;
        }
        if parent != 0 {
            let reference = ObjectRef {
                index: parent,
                generation: self.entries[parent as usize].generation,
            };
            self.release(reference, ended);
        }
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

    fn end(&mut self, index: u32, ended: &mut Vec<Ended>) {
        let entry = &mut self.entries[index as usize];
        ended.push(Ended {
            index,
            object: *entry,
        });
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
        let mut ended = Vec::new();
        table.release(first, &mut ended);
        assert_eq!(ended.len(), 1);
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
        table.revoke(last, &mut Vec::new());
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
        let mut ended = Vec::new();
        table.revoke(left, &mut ended);
        assert_eq!(ended.len(), 100_001);
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
        let mut ended = Vec::new();
        table.release(root, &mut ended);
        assert!(ended.is_empty());
        table.release(child, &mut ended);
        assert_eq!(
            ended.iter().map(|e| e.index).collect::<Vec<_>>(),
            [child.index, root.index]
        );
        assert_eq!(table.live(), 0);
    }
}
