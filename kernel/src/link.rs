//! Who serves which interface, and the table slots through which calls reach them.
//!
//! Every function that somebody serves has a slot: an index of the table of functions that all gates share. Killing a
//! process points its slots at a stub; replacing it points them at the new build. Importers keep their index. A slot is
//! free when neither its server nor an importer needs it any more.

use crate::layout::{Method, address_of};
use crate::map::Map;
use crate::process::ProcessId;

/// One function that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// Its name in the interface.
    pub name: String,
    /// Number of its signature.
    pub signature: u32,
    /// Where calls to it go.
    pub slot: u32,
}

/// An interface that somebody serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its name.
    pub interface: String,
    /// Its functions.
    pub functions: Vec<Served>,
    /// Index of its functions in the method table.
    pub methods: u32,
}

impl Server {
    /// The function of that name.
    pub fn function(&self, name: &str) -> Option<&Served> {
        self.functions.iter().find(|served| served.name == name)
    }
}

#[derive(Clone, Copy, Debug)]
struct SlotUse {
    references: u32,
    owner: u32,
}

/// Which slots of the shared table are in use.
pub struct SlotTable {
    uses: Vec<SlotUse>,
    free: Vec<u32>,
}

impl Default for SlotTable {
    fn default() -> Self {
        // Slot 0 is never used: in an import's binding it stands for nothing.
        SlotTable {
            uses: vec![SlotUse {
                references: 1,
                owner: 0,
            }],
            free: Vec::new(),
        }
    }
}

impl SlotTable {
    /// A slot for a function of `owner`, with one reference.
    pub fn allocate(&mut self, owner: ProcessId) -> u32 {
        let used = SlotUse {
            references: 1,
            owner: owner.raw(),
        };
        match self.free.pop() {
            Some(slot) => {
                self.uses[slot as usize] = used;
                slot
            }
            None => {
                self.uses.push(used);
                self.uses.len() as u32 - 1
            }
        }
    }

    /// One more user of the slot.
    pub fn retain(&mut self, slot: u32) {
        self.uses[slot as usize].references += 1;
    }

    /// One user fewer.
    pub fn release(&mut self, slot: u32) {
        let used = &mut self.uses[slot as usize];
        used.references = used.references.saturating_sub(1);
        if used.references == 0 {
            used.owner = 0;
            self.free.push(slot);
        }
    }

    /// Who serves the slot.
    pub fn owner(&self, slot: u32) -> ProcessId {
        ProcessId::from_raw(self.uses.get(slot as usize).map_or(0, |used| used.owner))
    }

    /// Hands a slot to another process.
    pub fn set_owner(&mut self, slot: u32, owner: ProcessId) {
        self.uses[slot as usize].owner = owner.raw();
    }

    /// How many slots are in use.
    pub fn live(&self) -> u32 {
        (self.uses.len() - 1 - self.free.len()) as u32
    }

    /// How long the shared table must be.
    pub fn length(&self) -> u32 {
        self.uses.len() as u32
    }
}

/// The place of a function that cannot be dispatched on objects, for its interface has too many.
pub const NO_PLACE: u32 = u32::MAX;
/// The most functions of one interface, over all plugins, that can be dispatched on objects.
const MAX_PLACES: usize = 1_024;

/// The functions of every interface in a fixed order, and the blocks of methods that objects point to.
pub struct MethodTable {
    orders: Map<String, Vec<String>>,
    methods: Vec<Method>,
    free: Map<u32, Vec<u32>>,
}

impl Default for MethodTable {
    fn default() -> Self {
        // Block 0 has no methods: it is that of objects without any.
        MethodTable {
            orders: Map::new(),
            methods: vec![Method::default()],
            free: Map::new(),
        }
    }
}

impl MethodTable {
    /// The place of a function among those of its interface, the same for every server; [`NO_PLACE`] when the interface has
    /// as many as it may have.
    pub fn place(&mut self, interface: &str, function: &str) -> u32 {
        if self.orders.get(interface).is_none() {
            self.orders.insert(interface.to_owned(), Vec::new());
        }
        let Some(order) = self.orders.get_mut(interface) else {
            return 0;
        };
        if let Some(place) = order.iter().position(|name| name == function) {
            return place as u32;
        }
        if order.len() == MAX_PLACES {
            return NO_PLACE;
        }
        order.push(function.to_owned());
        order.len() as u32 - 1
    }

    /// A block with the functions of one server, each at its place.
    pub fn insert(&mut self, interface: &str, functions: &[Served]) -> u32 {
        let places: Vec<u32> = functions
            .iter()
            .map(|served| self.place(interface, &served.name))
            .collect();
        let placed = || places.iter().copied().filter(|place| *place != NO_PLACE);
        let length = placed().max().map_or(0, |place| place + 1);
        let base = match self.free.get_mut(&length).and_then(Vec::pop) {
            Some(base) => base,
            None => {
                let base = self.methods.len();
                self.methods
                    .resize(base + 1 + length as usize, Method::default());
                base as u32
            }
        };
        let block = &mut self.methods[base as usize..=(base + length) as usize];
        block.fill(Method::default());
        block[0].slot = length;
        for (served, place) in functions.iter().zip(places) {
            if place != NO_PLACE {
                block[1 + place as usize] = Method {
                    slot: served.slot,
                    signature: served.signature,
                };
            }
        }
        base
    }

    /// Gives a block back.
    pub fn remove(&mut self, base: u32) {
        if base != 0 {
            let length = self.methods[base as usize].slot;
            self.methods[base as usize..=(base + length) as usize].fill(Method::default());
            match self.free.get_mut(&length) {
                Some(bases) => bases.push(base),
                None => self.free.insert(length, vec![base]),
            }
        }
    }

    /// The method at a place, if the block has it.
    pub fn get(&self, base: u32, place: u32) -> Option<Method> {
        let length = self.methods.get(base as usize)?.slot;
        (place < length)
            .then(|| self.methods[(base + 1 + place) as usize])
            .filter(|m| m.slot != 0)
    }

    /// The address of the methods, for the gates.
    pub fn address(&self) -> u32 {
        address_of(self.methods.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_has_a_function_at_the_same_place() {
        let mut table = MethodTable::default();
        let served = |name: &str, slot| Served {
            name: name.into(),
            signature: 9,
            slot,
        };
        let first = table.insert("a/b@1", &[served("x", 5), served("y", 6)]);
        let second = table.insert("a/b@1", &[served("y", 7)]);
        let place = table.place("a/b@1", "y");
        assert_eq!(
            table.get(first, place),
            Some(Method {
                slot: 6,
                signature: 9
            })
        );
        assert_eq!(
            table.get(second, place),
            Some(Method {
                slot: 7,
                signature: 9
            })
        );
        let missing = table.place("a/b@1", "x");
        assert_eq!(table.get(second, missing), None);
        let later = table.place("a/b@1", "z");
        assert_eq!(table.get(first, later), None);
        assert_eq!(table.get(0, place), None);
        table.remove(first);
        assert_eq!(table.get(first, place), None);
    }

    #[test]
    fn names_without_end_do_not_make_blocks_without_end() {
        let mut table = MethodTable::default();
        for index in 0..2 * MAX_PLACES {
            table.place("a/b@1", &format!("f{index}"));
        }
        let late = Served {
            name: "late".into(),
            signature: 1,
            slot: 5,
        };
        let base = table.insert("a/b@1", &[late]);
        assert_eq!(table.place("a/b@1", "late"), NO_PLACE);
        assert_eq!(table.get(base, NO_PLACE), None);
        assert!(table.methods.len() < 10);
    }

    #[test]
    fn a_slot_is_free_when_nobody_needs_it() {
        let mut slots = SlotTable::default();
        let slot = slots.allocate(ProcessId::HOST);
        slots.retain(slot);
        slots.release(slot);
        assert_ne!(slots.allocate(ProcessId::HOST), slot);
        slots.release(slot);
        assert_eq!(slots.allocate(ProcessId::HOST), slot);
    }
}
