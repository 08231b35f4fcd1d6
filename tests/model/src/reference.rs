//! The same as the kernel's core, done naively: maps, searches, and counting again each time.

use portcullis_kernel::class::ClassId;
use portcullis_kernel::copy_plan::{CopyPlan, Place};
use portcullis_kernel::process::ProcessId;
use portcullis_kernel::{ErrorCode, Rights};
use std::collections::BTreeMap;

type Outcome<T> = Result<T, ErrorCode>;

/// What every process of the model calls its classes: number, class, whether it mints it, whether it has a destructor.
pub const CLASSES: [(u32, u32, bool, bool); 3] = [
    (1, 1, true, true),
    (2, 2, true, false),
    (4, 3, false, false),
];

/// An object, or one that is over. Its place in the list is its identity, which is never used again.
#[derive(Clone, Debug)]
pub struct Object {
    pub class: u32,
    pub minter: u32,
    pub badge: u32,
    pub revoker: u32,
    pub parent: Option<usize>,
    pub alive: bool,
    pub lease: Option<Lease>,
}

/// A range of memory. Addresses do not wrap here.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// Whose it is: a process, or an array of the host.
    pub place: Place,
    pub start: u64,
    pub length: u64,
}

/// Something that was written: through which lease, and up to which address.
#[derive(Debug)]
pub struct Written {
    object: usize,
    end: u64,
}

/// Rights that make a lease of use.
const ACCESS: u32 = Rights::READ.bits() | Rights::WRITE.bits();

fn is_access(rights: u32) -> bool {
    rights & !Rights::EVERY.bits() == 0 && rights & ACCESS != 0
}

/// A capability in a namespace.
#[derive(Clone, Debug)]
pub struct Slot {
    pub object: usize,
    pub rights: u32,
    pub borrowed: bool,
    pub count: u32,
    pub lends: u32,
    pub transits: u32,
    pub from: u32,
}

#[derive(Clone, Debug, Default)]
pub struct Process {
    pub handles: u32,
    pub objects: u32,
    pub active: u32,
    pub slots: BTreeMap<u32, Slot>,
    /// Indexes that were in use, the last one on top.
    released: Vec<u32>,
    highest: u32,
}

impl Process {
    /// Which index the next capability gets.
    fn allocate(&mut self, slot: Slot) -> u32 {
        let cap = self.released.pop().unwrap_or_else(|| {
            self.highest += 1;
            self.highest
        });
        self.slots.insert(cap, slot);
        cap
    }

    fn has_room(&self, count: u32) -> bool {
        self.slots.len() as u64 + u64::from(count) <= u64::from(self.handles)
    }

    fn get(&self, cap: u32) -> Outcome<&Slot> {
        self.slots
            .get(&cap)
            .filter(|slot| slot.count > 0)
            .ok_or(ErrorCode::BadHandle)
    }

    fn free_if_unused(&mut self, cap: u32) {
        if self
            .slots
            .get(&cap)
            .is_some_and(|slot| slot.count == 0 && slot.transits == 0)
        {
            self.slots.remove(&cap);
            self.released.push(cap);
        }
    }
}

/// A reference on its way.
#[derive(Clone, Debug)]
pub struct Transfer {
    object: usize,
    rights: u32,
    source: u32,
    cap: u32,
}

/// An object whose minter has to hear that it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Over {
    pub minter: u32,
    pub class: u32,
    pub badge: u32,
}

#[derive(Debug, Default)]
pub struct Reference {
    pub objects: Vec<Object>,
    pub processes: BTreeMap<u32, Process>,
    pub transfers: BTreeMap<u32, Transfer>,
    pub over: Vec<Over>,
    written: Vec<Written>,
}

/// The identity of the host.
pub const HOST: u32 = 1;

impl Reference {
    pub fn process(&self, id: u32) -> Outcome<&Process> {
        self.processes.get(&id).ok_or(ErrorCode::Dead)
    }

    fn process_mut(&mut self, id: u32) -> Outcome<&mut Process> {
        self.processes.get_mut(&id).ok_or(ErrorCode::Dead)
    }

    pub fn spawn(&mut self, id: u32, handles: u32, objects: u32) {
        let process = Process {
            handles,
            objects,
            ..Process::default()
        };
        assert!(
            self.processes.insert(id, process).is_none(),
            "an identity was used again"
        );
    }

    pub fn resolve(&self, process: u32, cap: u32) -> Outcome<(&Slot, &Object)> {
        let slot = self.process(process)?.get(cap)?;
        let object = &self.objects[slot.object];
        if object.alive {
            Ok((slot, object))
        } else {
            Err(ErrorCode::Revoked)
        }
    }

    /// How many refer to an object: capabilities, transfers, objects derived from it.
    pub fn references(&self, object: usize) -> usize {
        let slots = self
            .processes
            .values()
            .flat_map(|process| process.slots.values());
        slots.filter(|slot| slot.object == object).count()
            + self
                .transfers
                .values()
                .filter(|transfer| transfer.object == object)
                .count()
            + self
                .objects
                .iter()
                .filter(|child| child.alive && child.parent == Some(object))
                .count()
    }

    /// What counts against a process's limit of objects.
    pub fn account(&self, process: u32) -> u32 {
        let alive = self
            .objects
            .iter()
            .filter(|object| object.alive && object.revoker == process)
            .count();
        let over = self
            .over
            .iter()
            .filter(|over| over.minter == process)
            .count();
        (alive + over) as u32
    }

    pub fn live(&self) -> usize {
        self.objects.iter().filter(|object| object.alive).count()
    }

    /// Ends one object. Its minter hears of it if it lives and wants to.
    fn end(&mut self, id: usize) {
        let object = &mut self.objects[id];
        object.alive = false;
        let Object {
            class,
            minter,
            badge,
            parent,
            ..
        } = *object;
        let wants = minter == HOST || CLASSES.iter().any(|known| known.1 == class && known.3);
        if parent.is_none() && wants && self.processes.contains_key(&minter) {
            self.over.push(Over {
                minter,
                class,
                badge,
            });
        }
    }

    /// Ends what nobody refers to any more.
    fn collect(&mut self) {
        while let Some(id) =
            (0..self.objects.len()).find(|id| self.objects[*id].alive && self.references(*id) == 0)
        {
            self.end(id);
        }
    }

    fn end_tree(&mut self, id: usize) {
        self.end(id);
        while let Some(child) = (0..self.objects.len()).find(|child| {
            let object = &self.objects[*child];
            object.alive
                && object
                    .parent
                    .is_some_and(|parent| !self.objects[parent].alive)
        }) {
            self.end(child);
        }
        self.collect();
    }

    /// Gives the identity of the object and its `cap_t`.
    pub fn mint(&mut self, process: u32, class: u32, badge: u32) -> Outcome<(usize, u32)> {
        let minter = self.process(process)?;
        if self.account(process) >= minter.objects || !minter.has_room(1) {
            return Err(ErrorCode::Quota);
        }
        self.add(
            Object {
                class,
                minter: process,
                badge,
                revoker: process,
                parent: None,
                alive: true,
                lease: None,
            },
            7,
            process,
        )
    }

    /// A lease of a process, or of the host on an array of that number.
    pub fn lease_create(
        &mut self,
        process: u32,
        array: u32,
        (start, length): (u32, u32),
        rights: u32,
    ) -> Outcome<(usize, u32)> {
        if !is_access(rights) {
            return Err(ErrorCode::Denied);
        }
        let lender = self.process(process)?;
        if self.account(process) >= lender.objects || !lender.has_room(1) {
            return Err(ErrorCode::Quota);
        }
        let (place, start, badge) = match process {
            HOST => (Place::of_array(array), 0, array),
            _ => (Place::of_process(ProcessId::from_raw(process)), start, 0),
        };
        let lease = Lease {
            place,
            start: start.into(),
            length: length.into(),
        };
        let object = Object {
            class: ClassId::LEASE.0,
            minter: process,
            badge,
            revoker: process,
            parent: None,
            alive: true,
            lease: Some(lease),
        };
        self.add(object, rights, process)
    }

    pub fn leased(&self, process: u32, cap: u32) -> Outcome<(&Slot, &Object, Lease)> {
        let (slot, object) = self.resolve(process, cap)?;
        let lease = object.lease.ok_or(ErrorCode::WrongClass)?;
        Ok((slot, object, lease))
    }

    pub fn lease_narrow(
        &mut self,
        process: u32,
        cap: u32,
        (offset, length): (u64, u64),
        rights: u32,
    ) -> Outcome<(usize, u32)> {
        let (slot, object, lease) = self.leased(process, cap)?;
        if slot.borrowed {
            return Err(ErrorCode::Borrowed);
        }
        let allowed = slot.rights & Rights::DERIVE.bits() != 0 && rights & !slot.rights == 0;
        if !is_access(rights) || !allowed {
            return Err(ErrorCode::Denied);
        }
        if offset + length > lease.length {
            return Err(ErrorCode::OutOfRange);
        }
        let mut above = object.parent;
        let mut depth = 1;
        while let Some(parent) = above {
            above = self.objects[parent].parent;
            depth += 1;
        }
        if depth == 16 {
            return Err(ErrorCode::Depth);
        }
        let holder = self.process(process)?;
        if self.account(process) >= holder.objects || !holder.has_room(1) {
            return Err(ErrorCode::Quota);
        }
        let lease = Lease {
            start: lease.start + offset,
            length,
            ..lease
        };
        let child = Object {
            revoker: process,
            parent: Some(slot.object),
            lease: Some(lease),
            ..object.clone()
        };
        self.add(child, rights, process)
    }

    /// What is to be copied between a lease and address 1,000 of a process.
    pub fn lease_copy(
        &mut self,
        process: u32,
        cap: u32,
        (offset, length): (u32, u32),
        write: bool,
    ) -> Outcome<Option<CopyPlan>> {
        let (slot, _, lease) = self.leased(process, cap)?;
        let object = slot.object;
        let needed = if write { Rights::WRITE } else { Rights::READ };
        if slot.rights & needed.bits() == 0 {
            return Err(ErrorCode::Denied);
        }
        let (offset, bytes) = (u64::from(offset), u64::from(length));
        if offset + bytes > lease.length {
            return Err(ErrorCode::OutOfRange);
        }
        if length == 0 {
            return Ok(None);
        }
        let inside = (lease.place, (lease.start + offset) as u32);
        let own = (Place::of_process(ProcessId::from_raw(process)), 1_000);
        let (from, to) = if write { (own, inside) } else { (inside, own) };
        if write {
            let end = lease.start + offset + bytes;
            self.written.push(Written { object, end });
        }
        Ok(Some(CopyPlan {
            from: from.0,
            from_address: from.1,
            to: to.0,
            to_address: to.1,
            length,
        }))
    }

    pub fn lease_length(&self, process: u32, cap: u32) -> Outcome<u32> {
        Ok(self.leased(process, cap)?.2.length as u32)
    }

    pub fn lease_written(&self, process: u32, cap: u32) -> Outcome<u32> {
        let (slot, object, lease) = self.leased(process, cap)?;
        if object.revoker != process {
            return Err(ErrorCode::NotOwner);
        }
        let through = self
            .written
            .iter()
            .filter(|write| self.is_below(write.object, slot.object));
        let end = through.map(|write| write.end).max().unwrap_or(lease.start);
        Ok((end - lease.start) as u32)
    }

    /// Whether an object is another one, or was derived from it.
    fn is_below(&self, object: usize, other: usize) -> bool {
        object == other
            || self.objects[object]
                .parent
                .is_some_and(|parent| self.is_below(parent, other))
    }

    pub fn same(&self, process: u32, first: u32, second: u32) -> bool {
        let root = |cap| {
            let (slot, _) = self.resolve(process, cap).ok()?;
            let mut object = slot.object;
            while let Some(parent) = self.objects[object].parent {
                object = parent;
            }
            Some(object)
        };
        root(first).is_some() && root(first) == root(second)
    }

    /// Leases that live.
    pub fn leases(&self) -> usize {
        let alive = self.objects.iter().filter(|object| object.alive);
        alive.filter(|object| object.lease.is_some()).count()
    }

    fn add(&mut self, object: Object, rights: u32, holder: u32) -> Outcome<(usize, u32)> {
        let id = self.objects.len();
        self.objects.push(object);
        let slot = Slot {
            object: id,
            rights,
            borrowed: false,
            count: 1,
            lends: 0,
            transits: 0,
            from: holder,
        };
        Ok((id, self.process_mut(holder)?.allocate(slot)))
    }

    pub fn handle_create(
        &mut self,
        process: u32,
        badge: u32,
        number: u32,
    ) -> Outcome<(usize, u32)> {
        self.process(process)?;
        let known = CLASSES
            .iter()
            .find(|known| known.0 == number && known.2 && process != HOST);
        self.mint(process, known.ok_or(ErrorCode::BadClass)?.1, badge)
    }

    pub fn handle_badge(&self, process: u32, cap: u32, number: u32) -> Outcome<u32> {
        self.process(process)?;
        let known = CLASSES
            .iter()
            .find(|known| known.0 == number && process != HOST);
        let class = known.ok_or(ErrorCode::BadClass)?.1;
        let (_, object) = self.resolve(process, cap)?;
        match object {
            object if object.class != class => Err(ErrorCode::WrongClass),
            object if object.minter != process => Err(ErrorCode::NotOwner),
            object => Ok(object.badge),
        }
    }

    pub fn cap_class(&self, process: u32, cap: u32) -> u32 {
        let class = self
            .resolve(process, cap)
            .map_or(0, |(_, object)| object.class);
        let known = CLASSES
            .iter()
            .find(|known| known.1 == class && process != HOST);
        known.map_or(0, |known| known.0)
    }

    pub fn retain(&mut self, process: u32, cap: u32) -> Outcome<()> {
        if self.resolve(process, cap)?.0.borrowed {
            return Err(ErrorCode::Borrowed);
        }
        self.slot(process, cap).count += 1;
        Ok(())
    }

    /// A slot that is known to be there.
    fn slot(&mut self, process: u32, cap: u32) -> &mut Slot {
        self.processes
            .get_mut(&process)
            .unwrap()
            .slots
            .get_mut(&cap)
            .unwrap()
    }

    fn may_leave(&self, process: u32, cap: u32) -> Outcome<()> {
        let slot = self.process(process)?.get(cap)?;
        match slot {
            slot if slot.borrowed => Err(ErrorCode::Borrowed),
            slot if slot.lends > 0 && slot.count == 1 => Err(ErrorCode::Lent),
            _ => Ok(()),
        }
    }

    pub fn release(&mut self, process: u32, cap: u32) -> Outcome<()> {
        self.may_leave(process, cap)?;
        self.slot(process, cap).count -= 1;
        self.process_mut(process)?.free_if_unused(cap);
        self.collect();
        Ok(())
    }

    pub fn revoke(&mut self, process: u32, cap: u32) -> Outcome<()> {
        let (slot, object) = self.resolve(process, cap)?;
        if slot.borrowed {
            return Err(ErrorCode::Borrowed);
        }
        if object.revoker != process {
            return Err(ErrorCode::Denied);
        }
        self.end_tree(slot.object);
        Ok(())
    }

    pub fn derive(&mut self, process: u32, cap: u32, rights: u32) -> Outcome<(usize, u32)> {
        let (slot, object) = self.resolve(process, cap)?;
        if let Some(lease) = object.lease {
            return self.lease_narrow(process, cap, (0, lease.length), rights);
        }
        if slot.borrowed {
            return Err(ErrorCode::Borrowed);
        }
        let allowed = slot.rights & Rights::DERIVE.bits() != 0 && rights & !slot.rights == 0;
        if !allowed {
            return Err(ErrorCode::Denied);
        }
        let holder = self.process(process)?;
        if self.account(process) >= holder.objects || !holder.has_room(1) {
            return Err(ErrorCode::Quota);
        }
        let child = Object {
            revoker: process,
            parent: Some(slot.object),
            ..object.clone()
        };
        self.add(child, rights, process)
    }

    pub fn check(&self, process: u32, cap: u32, class: u32, right: u32) -> Outcome<usize> {
        let (slot, object) = self.resolve(process, cap)?;
        if object.class != class {
            return Err(ErrorCode::WrongClass);
        }
        if slot.rights & right == 0 {
            return Err(ErrorCode::Denied);
        }
        Ok(slot.object)
    }

    /// Lends to a call: gives the borrower's `cap_t`.
    pub fn lend(&mut self, from: u32, cap: u32, class: u32, to: u32) -> Outcome<u32> {
        let object = self.check(from, cap, class, Rights::CALL.bits())?;
        if !self.process(to)?.has_room(1) {
            return Err(ErrorCode::Quota);
        }
        let lent = self.slot(from, cap);
        lent.lends += 1;
        let rights = Rights::CALL.bits() | lent.rights & ACCESS;
        let slot = Slot {
            object,
            rights,
            borrowed: true,
            count: 1,
            lends: 0,
            transits: 0,
            from,
        };
        Ok(self.process_mut(to)?.allocate(slot))
    }

    pub fn end_lend(&mut self, from: u32, cap: u32, to: u32, borrowed: u32) {
        if let Ok(process) = self.process_mut(to) {
            process.slots.get_mut(&borrowed).unwrap().count = 0;
            process.free_if_unused(borrowed);
        }
        if self.processes.contains_key(&from) {
            self.slot(from, cap).lends -= 1;
        }
        self.collect();
    }

    /// Whether a reference can be taken out of a namespace.
    pub fn detach(&mut self, process: u32, cap: u32, class: u32) -> Outcome<()> {
        let (slot, object) = self.resolve(process, cap)?;
        if object.class != class {
            return Err(ErrorCode::WrongClass);
        }
        if slot.borrowed {
            return Err(ErrorCode::Borrowed);
        }
        if slot.rights & Rights::GRANT.bits() == 0 {
            return Err(ErrorCode::Denied);
        }
        self.may_leave(process, cap)?;
        let slot = self.slot(process, cap);
        slot.count -= 1;
        slot.transits += 1;
        Ok(())
    }

    /// The transfer that [`Self::detach`] began, under the kernel's number for it.
    pub fn register(&mut self, number: u32, process: u32, cap: u32) {
        let Slot { object, rights, .. } = *self.slot(process, cap);
        let transfer = Transfer {
            object,
            rights,
            source: process,
            cap,
        };
        assert!(
            self.transfers.insert(number, transfer).is_none(),
            "a transfer's number is in use"
        );
    }

    /// The reference has left its source, or is back there.
    fn settle(&mut self, transfer: &Transfer, back: bool) {
        if let Ok(source) = self.process_mut(transfer.source) {
            let slot = source.slots.get_mut(&transfer.cap).unwrap();
            slot.transits -= 1;
            slot.count += u32::from(back);
            source.free_if_unused(transfer.cap);
        }
    }

    pub fn attach(&mut self, process: u32, number: u32) -> Outcome<u32> {
        let transfer = self
            .transfers
            .get(&number)
            .ok_or(ErrorCode::BadHandle)?
            .clone();
        if !self.process(process)?.has_room(1) {
            return Err(ErrorCode::Quota);
        }
        let Transfer {
            object,
            rights,
            source,
            ..
        } = transfer;
        let slot = Slot {
            object,
            rights,
            borrowed: false,
            count: 1,
            lends: 0,
            transits: 0,
            from: source,
        };
        let cap = self.process_mut(process)?.allocate(slot);
        self.transfers.remove(&number);
        self.settle(&transfer, false);
        Ok(cap)
    }

    pub fn restore(&mut self, number: u32, back: bool) {
        if let Some(transfer) = self.transfers.remove(&number) {
            self.settle(&transfer, back);
            self.collect();
        }
    }

    pub fn reserve(&self, process: u32, count: u32) -> Outcome<()> {
        if self.process(process)?.has_room(count) {
            Ok(())
        } else {
            Err(ErrorCode::Quota)
        }
    }

    pub fn kill(&mut self, id: u32) -> Outcome<()> {
        self.processes.remove(&id).ok_or(ErrorCode::Dead)?;
        self.over.retain(|over| over.minter != id);
        self.transfers.retain(|_, transfer| transfer.source != id);
        while let Some(minted) = (0..self.objects.len()).find(|object| {
            let object = &self.objects[*object];
            object.alive && object.minter == id && object.parent.is_none()
        }) {
            self.end_tree(minted);
        }
        self.collect();
        Ok(())
    }

    /// Objects that are over, and whose minters can hear of it now.
    pub fn ready(&self) -> impl Iterator<Item = &Over> {
        self.over.iter().filter(|over| {
            over.minter == HOST
                || self
                    .processes
                    .get(&over.minter)
                    .is_some_and(|process| process.active == 0)
        })
    }

    /// Somebody heard of it.
    pub fn heard(&mut self, over: &Over) {
        let place = self.over.iter().position(|known| known == over).unwrap();
        self.over.swap_remove(place);
    }
}
