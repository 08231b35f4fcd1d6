//! Everything that the kernel knows at one moment, to be compared with another one.

use crate::machine::HOST;
use std::collections::BTreeMap;

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub generation: u32,
    pub class: u32,
    pub minter: u32,
    pub badge: u32,
    pub references: u32,
    pub revoker: u32,
}

/// A capability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    pub object: u32,
    pub generation: u32,
    /// With the bit that says that it is borrowed.
    pub rights: u32,
    pub count: u32,
    pub lends: u32,
    pub transits: u32,
    pub from: u32,
}

/// The bit of [`Slot::rights`] of a capability that ends with the call.
pub const BORROWED: u32 = 1 << 31;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// Calls that run.
    pub active: u32,
    /// Objects that count against its quota.
    pub objects: u32,
    pub slots: BTreeMap<u32, Slot>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub transits: u32,
    pub staged: u32,
    /// Bytes of frames in use.
    pub frames: u32,
    pub objects: BTreeMap<u32, Object>,
    pub processes: BTreeMap<u32, Process>,
}

impl State {
    /// From the words that the kernel under test leaves.
    pub fn read(words: &[u32]) -> State {
        let mut words = words.iter().copied();
        let mut next = || words.next().expect("the state has more words");
        let mut state = State {
            transits: next(),
            staged: next(),
            frames: next(),
            ..State::default()
        };
        for _ in 0..next() {
            let index = next();
            let object = Object {
                generation: next(),
                class: next(),
                minter: next(),
                badge: next(),
                references: next(),
                revoker: next(),
            };
            state.objects.insert(index, object);
        }
        for _ in 0..next() {
            let id = next();
            let mut process = Process {
                active: next(),
                objects: next(),
                slots: BTreeMap::new(),
            };
            for _ in 0..next() {
                let cap = next();
                let slot = Slot {
                    object: next(),
                    generation: next(),
                    rights: next(),
                    count: next(),
                    lends: next(),
                    transits: next(),
                    from: next(),
                };
                process.slots.insert(cap, slot);
            }
            state.processes.insert(id, process);
        }
        state
    }

    /// A capability, if the process lives and has it.
    pub fn slot(&self, process: u32, cap: u32) -> Option<&Slot> {
        self.processes.get(&process)?.slots.get(&cap)
    }

    /// The living object behind a capability.
    pub fn object(&self, process: u32, cap: u32) -> Option<&Object> {
        let slot = self.slot(process, cap)?;
        self.objects
            .get(&slot.object)
            .filter(|object| object.generation == slot.generation)
    }

    /// The object with that badge.
    pub fn by_badge(&self, badge: u32) -> Option<(u32, &Object)> {
        self.objects
            .iter()
            .find(|(_, object)| object.badge == badge)
            .map(|(index, object)| (*index, object))
    }

    /// The first capability of a process on the object with that badge, which is not borrowed.
    pub fn cap(&self, process: u32, badge: u32) -> Option<u32> {
        let slots = &self.processes.get(&process)?.slots;
        let found = slots.keys().find(|cap| {
            let borrowed = slots[cap].rights & BORROWED != 0;
            !borrowed
                && self
                    .object(process, **cap)
                    .is_some_and(|object| object.badge == badge)
        });
        found.copied()
    }

    /// Whether nothing is under way: what holds between calls.
    pub fn is_at_rest(&self) -> bool {
        let at_rest =
            |slot: &Slot| slot.lends == 0 && slot.transits == 0 && slot.rights & BORROWED == 0;
        self.transits == 0
            && self.staged == 0
            && self.frames == 0
            && self
                .processes
                .values()
                .all(|process| process.active == 0 && process.slots.values().all(at_rest))
    }

    /// How it has to be after references were moved: from whom, badge, to whom.
    #[must_use]
    pub fn moved(&self, moves: &[(u32, u32, u32)]) -> State {
        let mut state = self.clone();
        let derived = self.derived();
        for (from, badge, to) in moves {
            let cap = state.cap(*from, *badge).expect("it holds it");
            let source = state.processes.get_mut(from).expect("it lives");
            let slot = source.slots.get_mut(&cap).expect("it holds it");
            let arrived = Slot {
                count: 1,
                from: *from,
                ..slot.clone()
            };
            slot.count -= 1;
            if slot.count == 0 {
                source.slots.remove(&cap);
            }
            let target = state.processes.get_mut(to).expect("it lives");
            // Any name that is free will do here.
            let free = (1_000_000..)
                .find(|cap| !target.slots.contains_key(cap))
                .expect("there are names enough");
            target.slots.insert(free, arrived);
        }
        state.counted(&derived)
    }

    /// How it has to be after a process has lost one reference to each of these, by badge.
    #[must_use]
    pub fn released(&self, process: u32, badges: &[u32]) -> State {
        let mut state = self.clone();
        let derived = self.derived();
        for badge in badges {
            let cap = state.cap(process, *badge).expect("it holds it");
            let holder = state.processes.get_mut(&process).expect("it lives");
            let slot = holder.slots.get_mut(&cap).expect("it holds it");
            slot.count -= 1;
            if slot.count == 0 {
                holder.slots.remove(&cap);
            }
        }
        state.counted(&derived)
    }

    /// How it has to be after the end of a process: what it minted is dead, what it held is released.
    #[must_use]
    pub fn ended(&self, process: u32) -> State {
        let mut state = self.clone();
        state.processes.remove(&process);
        state.objects.retain(|_, object| object.minter != process);
        state.counted(&BTreeMap::new())
    }

    /// How many capabilities refer to an object.
    fn holders(&self, index: u32, generation: u32) -> u32 {
        let slots = self
            .processes
            .values()
            .flat_map(|process| process.slots.values());
        let held = slots.filter(|slot| slot.object == index && slot.generation == generation);
        held.count() as u32
    }

    /// How many objects were derived from each: who refers to it and holds no capability, while nothing is under way.
    fn derived(&self) -> BTreeMap<u32, u32> {
        let children = |(index, object): (&u32, &Object)| {
            (
                *index,
                object.references - self.holders(*index, object.generation),
            )
        };
        self.objects.iter().map(children).collect()
    }

    /// References and quotas counted again; what nobody refers to is over. Objects that were derived stay.
    fn counted(mut self, derived: &BTreeMap<u32, u32>) -> State {
        let indexes: Vec<u32> = self.objects.keys().copied().collect();
        for index in indexes {
            let references = self.holders(index, self.objects[&index].generation)
                + derived.get(&index).copied().unwrap_or(0);
            if references == 0 {
                self.objects.remove(&index);
            } else if let Some(object) = self.objects.get_mut(&index) {
                object.references = references;
            }
        }
        for (id, process) in &mut self.processes {
            // The host has yet to hear of those that are over: until then they count.
            if *id != HOST {
                let alive = self.objects.values().filter(|object| object.revoker == *id);
                process.objects = alive.count() as u32;
            }
        }
        self
    }

    /// The same with the capabilities of every process in an order of their own: their names are left out.
    #[must_use]
    pub fn without_names(&self) -> State {
        let mut state = self.clone();
        for process in state.processes.values_mut() {
            let mut slots: Vec<Slot> = std::mem::take(&mut process.slots).into_values().collect();
            slots.sort_unstable_by_key(|slot| {
                (
                    slot.object,
                    slot.generation,
                    slot.rights,
                    slot.count,
                    slot.lends,
                    slot.transits,
                    slot.from,
                )
            });
            process.slots = (0..).zip(slots).collect();
        }
        state
    }
}
