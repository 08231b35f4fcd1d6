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
    /// Its place among the functions of its interface.
    pub place: u32,
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
        // To give slots back needs no memory.
        self.free.reserve(self.uses.len() + 1 - self.free.len());
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

    /// How many use the slot.
    pub fn users(&self, slot: u32) -> u32 {
        self.uses
            .get(slot as usize)
            .map_or(0, |used| used.references)
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
pub const NO_PLACE: u32 = u32::MAX >> 1;
/// The most places of an interface that importers take which name functions that nobody serves.
const MAX_IMPORTED: usize = 1_024;
/// The most places of an interface.
const MAX_PLACES: usize = 4_096;

/// A place among the functions of an interface. It is free when it has no users.
struct Place {
    function: String,
    users: u32,
}

/// The functions of every interface in a fixed order, and the blocks of methods that objects point to.
///
/// A place belongs to a function as long as a server has it or an importer may call it. With the last of them it is free for
/// another function.
pub struct MethodTable {
    orders: Map<String, Vec<Place>>,
    methods: Vec<Method>,
    /// For every length the first free block; the entry before its first method has the next one as its signature. 0 ends a list.
    free: Map<u32, u32>,
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
    /// The place of a function among those of its interface, the same for every server, until as many [`Self::leave`] have given
    /// it back; [`NO_PLACE`] when the interface has as many as it may have.
    pub fn take(&mut self, interface: &str, function: &str, serves: bool) -> u32 {
        if self.orders.get(interface).is_none() {
            self.orders.insert(interface.to_owned(), Vec::new());
        }
        let Some(order) = self.orders.get_mut(interface) else {
            return NO_PLACE;
        };
        let known = order
            .iter()
            .position(|place| place.users > 0 && place.function == function);
        let most = if serves { MAX_PLACES } else { MAX_IMPORTED };
        let place = match known {
            Some(place) => place,
            None => {
                let free = order.iter().position(|place| place.users == 0);
                let place = free.unwrap_or(order.len());
                if place >= most {
                    return NO_PLACE;
                }
                if place == order.len() {
                    order.push(Place {
                        function: String::new(),
                        users: 0,
                    });
                }
                function.clone_into(&mut order[place].function);
                place
            }
        };
        order[place].users += 1;
        place as u32
    }

    /// Ends what [`Self::take`] gave. An interface without users is forgotten.
    pub fn leave(&mut self, interface: &str, place: u32) {
        let Some(order) = self.orders.get_mut(interface) else {
            return;
        };
        if let Some(place) = order.get_mut(place as usize) {
            place.users = place.users.saturating_sub(1);
        }
        if order.iter().all(|place| place.users == 0) {
            self.orders.remove(interface);
        }
    }

    /// How many interfaces have places.
    pub fn interfaces(&self) -> usize {
        self.orders.iter().count()
    }

    /// A block with functions of one server, each at its place.
    pub fn insert(&mut self, functions: &[Served]) -> u32 {
        let placed = || functions.iter().filter(|served| served.place != NO_PLACE);
        let length = placed().map(|served| served.place + 1).max().unwrap_or(0);
        let base = match self.free.get(&length).copied().unwrap_or(0) {
            0 => {
                let base = self.methods.len();
                self.methods
                    .resize(base + 1 + length as usize, Method::default());
                base as u32
            }
            base => base,
        };
        let next = self.methods[base as usize].signature;
        // Also for a length that is new: to give the block back needs no memory then.
        self.free.insert(length, next);
        let block = &mut self.methods[base as usize..=(base + length) as usize];
        block.fill(Method::default());
        block[0].slot = length;
        for served in placed() {
            block[1 + served.place as usize] = Method {
                slot: served.slot,
                signature: served.signature,
            };
        }
        base
    }

    /// Gives a block back.
    pub fn remove(&mut self, base: u32) {
        if base != 0 {
            let length = self.methods[base as usize].slot;
            self.methods[base as usize..=(base + length) as usize].fill(Method::default());
            if let Some(first) = self.free.get_mut(&length) {
                self.methods[base as usize].signature = *first;
                *first = base;
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

    fn serve(table: &mut MethodTable, functions: &[(&str, u32)]) -> Vec<Served> {
        let served = functions.iter().map(|(name, slot)| Served {
            name: (*name).into(),
            signature: 9,
            slot: *slot,
            place: table.take("a/b@1", name, true),
        });
        served.collect()
    }

    fn method(slot: u32) -> Option<Method> {
        Some(Method { slot, signature: 9 })
    }

    #[test]
    fn every_server_has_a_function_at_the_same_place() {
        let mut table = MethodTable::default();
        let functions = serve(&mut table, &[("x", 5), ("y", 6)]);
        let first = table.insert(&functions);
        let functions = serve(&mut table, &[("y", 7)]);
        let second = table.insert(&functions);
        let place = table.take("a/b@1", "y", false);
        assert_eq!(table.get(first, place), method(6));
        assert_eq!(table.get(second, place), method(7));
        let missing = table.take("a/b@1", "x", false);
        assert_eq!(table.get(second, missing), None);
        let later = table.take("a/b@1", "z", false);
        assert_eq!(table.get(first, later), None);
        assert_eq!(table.get(0, place), None);
        table.remove(first);
        assert_eq!(table.get(first, place), None);
    }

    #[test]
    fn a_place_without_users_is_free_for_another_function() {
        let mut table = MethodTable::default();
        for name in ["a", "b", "c"] {
            table.take("a/b@1", name, true);
        }
        table.take("a/b@1", "b", false);
        table.leave("a/b@1", 1);
        assert_eq!(table.take("a/b@1", "d", true), 3);
        table.leave("a/b@1", 1);
        assert_eq!(table.take("a/b@1", "e", true), 1);
        for place in [0, 1, 2, 3] {
            table.leave("a/b@1", place);
        }
        assert_eq!(table.interfaces(), 0);
    }

    #[test]
    fn blocks_of_a_length_are_used_again() {
        let mut table = MethodTable::default();
        let functions = serve(&mut table, &[("x", 5), ("y", 6)]);
        let blocks: Vec<u32> = (0..3).map(|_| table.insert(&functions)).collect();
        for base in &blocks {
            table.remove(*base);
        }
        let length = table.methods.len();
        let mut again: Vec<u32> = (0..3).map(|_| table.insert(&functions)).collect();
        again.sort_unstable();
        assert_eq!((again, table.methods.len()), (blocks, length));
        assert_eq!(table.get(table.methods.len() as u32 - 3, 1), method(6));
    }

    #[test]
    fn importers_cannot_take_the_places_of_servers() {
        let mut table = MethodTable::default();
        for index in 0..2 * MAX_IMPORTED {
            table.take("a/b@1", &format!("f{index}"), false);
        }
        assert_eq!(table.take("a/b@1", "late", false), NO_PLACE);
        let functions = serve(&mut table, &[("late", 5)]);
        let base = table.insert(&functions);
        let place = table.take("a/b@1", "late", false);
        assert_eq!(table.get(base, place), method(5));
    }

    #[test]
    fn names_without_end_do_not_make_blocks_without_end() {
        let mut table = MethodTable::default();
        for index in 0..2 * MAX_PLACES {
            table.take("a/b@1", &format!("f{index}"), true);
        }
        let functions = serve(&mut table, &[("late", 5)]);
        let base = table.insert(&functions);
        assert_eq!(functions[0].place, NO_PLACE);
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
