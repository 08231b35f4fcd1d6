//! The kernel and the reference side by side: what is done to one is done to the other, and everything that can be seen of
//! them is compared.

use crate::operation::{Name, Operation};
use crate::reference::{CLASSES, HOST, Over, Reference};
use crate::{Checked, ensure, ensure_equal};
use portcullis_kernel::class::ClassId;
use portcullis_kernel::copy_plan::Place;
use portcullis_kernel::namespace::CapT;
use portcullis_kernel::object::ObjectRef;
use portcullis_kernel::process::{Limits, LocalClass, ProcessId};
use portcullis_kernel::{ErrorCode, Kernel, Rights};
use std::collections::HashMap;

/// A call that something was lent to.
struct Lent {
    from: u32,
    cap: CapT,
    to: u32,
    borrowed: CapT,
}

/// Both.
pub struct Pair {
    kernel: Kernel,
    reference: Reference,
    /// Everybody who was ever spawned; the host first.
    everybody: Vec<u32>,
    /// What each reference of the kernel stands for. None ever stands for another object.
    identities: HashMap<(u32, u32), usize>,
    lent: Vec<Lent>,
    /// How many arrays the host has lent.
    arrays: u32,
}

fn id(raw: u32) -> ProcessId {
    ProcessId::from_raw(raw)
}

/// One of those that there are, or 1, which then means nothing.
fn pick(all: Vec<u32>, place: usize) -> u32 {
    if all.is_empty() {
        1
    } else {
        all[place % all.len()]
    }
}

impl Default for Pair {
    /// A kernel with the host and three processes.
    fn default() -> Pair {
        let mut pair = Pair {
            kernel: Kernel::new(),
            reference: Reference::default(),
            everybody: vec![HOST],
            identities: HashMap::new(),
            lent: Vec::new(),
            arrays: 0,
        };
        pair.reference.spawn(HOST, u32::MAX >> 8, u32::MAX >> 8);
        for _ in 0..3 {
            pair.spawn(6, 5);
        }
        pair
    }
}

impl Pair {
    fn spawn(&mut self, handles: u32, objects: u32) {
        let limits = Limits {
            handles,
            objects,
            calls: 3,
            ..Limits::default()
        };
        let process = self
            .kernel
            .processes
            .insert("p".into(), limits)
            .expect("there is room");
        let classes = CLASSES.map(|(number, class, minted, has_destructor)| LocalClass {
            number,
            class: ClassId(class),
            minted,
            methods: 0,
            has_destructor,
        });
        self.kernel
            .processes
            .get_mut(process)
            .expect("it lives")
            .classes = classes.to_vec();
        self.reference.spawn(process.raw(), handles, objects);
        self.everybody.push(process.raw());
    }

    fn process(&self, place: usize) -> u32 {
        self.everybody[place % self.everybody.len()]
    }

    /// The capability that a process has under that name.
    fn cap(&self, process: u32, name: Name) -> CapT {
        match name {
            Name::Raw(cap) => cap,
            Name::Known(place) => {
                let held = self
                    .reference
                    .processes
                    .get(&process)
                    .into_iter()
                    .flat_map(|known| known.slots.keys());
                pick(held.copied().collect(), place)
            }
        }
    }

    fn transfer(&self, name: Name) -> u32 {
        match name {
            Name::Raw(number) => number,
            Name::Known(place) => pick(self.reference.transfers.keys().copied().collect(), place),
        }
    }

    /// Both made a new object, or both say why not.
    fn both_added(
        &mut self,
        process: u32,
        kernel: Result<CapT, ErrorCode>,
        reference: Result<(usize, CapT), ErrorCode>,
    ) -> Checked {
        ensure_equal!(kernel, reference.map(|(_, cap)| cap));
        if let Ok((object, cap)) = reference {
            let slot = *self
                .kernel
                .processes
                .get(id(process))
                .unwrap()
                .namespace
                .get(cap)
                .unwrap();
            let ObjectRef { index, generation } = slot.reference();
            ensure_equal!(
                self.identities.insert((index, generation), object),
                None,
                "a reference means a second object"
            );
        }
        Ok(())
    }

    /// Does something to both.
    ///
    /// # Errors
    /// When the results differ.
    pub fn apply(&mut self, operation: Operation) -> Checked {
        match operation {
            Operation::Spawn { handles, objects } => self.spawn(handles, objects),
            Operation::Kill { process } => {
                let process = self.process(process);
                if process != HOST {
                    let ended = self.kernel.end_process(id(process)).map(|_| ());
                    ensure_equal!(ended, self.reference.kill(process));
                }
            }
            Operation::Mint {
                process,
                class,
                badge,
            } => {
                let process = self.process(process);
                let minted = self.kernel.mint(id(process), ClassId(class), badge, 0);
                let expected = self.reference.mint(process, class, badge);
                self.both_added(process, minted, expected)?;
            }
            Operation::HandleCreate {
                process,
                badge,
                number,
            } => {
                let process = self.process(process);
                let minted = self.kernel.handle_create(id(process), badge, number);
                let expected = self.reference.handle_create(process, badge, number);
                self.both_added(process, minted, expected)?;
            }
            Operation::HandleBadge {
                process,
                cap,
                number,
            } => {
                let process = self.process(process);
                let cap = self.cap(process, cap);
                ensure_equal!(
                    self.kernel.handle_badge(id(process), cap, number),
                    self.reference.handle_badge(process, cap, number)
                );
            }
            Operation::Retain { process, cap } => {
                let process = self.process(process);
                let cap = self.cap(process, cap);
                ensure_equal!(
                    self.kernel.retain(id(process), cap),
                    self.reference.retain(process, cap)
                );
            }
            Operation::Release { process, cap } => {
                let process = self.process(process);
                let cap = self.cap(process, cap);
                ensure_equal!(
                    self.kernel.release(id(process), cap),
                    self.reference.release(process, cap)
                );
            }
            Operation::Revoke { process, cap } => {
                let process = self.process(process);
                let cap = self.cap(process, cap);
                ensure_equal!(
                    self.kernel.revoke(id(process), cap),
                    self.reference.revoke(process, cap)
                );
            }
            Operation::Derive {
                process,
                cap,
                rights,
            } => {
                let process = self.process(process);
                let cap = self.cap(process, cap);
                let derived = self.kernel.derive(id(process), cap, rights);
                let expected = self.reference.derive(process, cap, rights);
                self.both_added(process, derived, expected)?;
            }
            Operation::Lend {
                from,
                cap,
                class,
                to,
            } => self.lend(from, cap, class, to)?,
            Operation::EndLend => self.end_lend(),
            Operation::Detach {
                process,
                cap,
                class,
            } => {
                let process = self.process(process);
                let cap = self.cap(process, cap);
                let detached = self.kernel.detach(id(process), cap, ClassId(class));
                ensure_equal!(
                    detached.map(|_| ()),
                    self.reference.detach(process, cap, class)
                );
                if let Ok(number) = detached {
                    self.reference.register(number, process, cap);
                }
            }
            Operation::Attach { process, transfer } => {
                let process = self.process(process);
                let transfer = self.transfer(transfer);
                ensure_equal!(
                    self.kernel.attach(id(process), transfer),
                    self.reference.attach(process, transfer)
                );
            }
            Operation::Restore { transfer } => {
                let transfer = self.transfer(transfer);
                self.kernel.restore(transfer);
                self.reference.restore(transfer, true);
            }
            Operation::Abandon { transfer } => {
                let transfer = self.transfer(transfer);
                self.kernel.abandon(transfer);
                self.reference.restore(transfer, false);
            }
            Operation::Reserve { process, count } => {
                let process = self.process(process);
                ensure_equal!(
                    self.kernel.reserve(id(process), count),
                    self.reference.reserve(process, count)
                );
            }
            Operation::Enter { process } => self.count_calls(process, 1),
            Operation::Leave { process } => self.count_calls(process, -1),
            Operation::NextDrop => return self.next_drop(),
            Operation::LeaseCreate {
                process,
                address,
                length,
                rights,
            } => {
                let process = self.process(process);
                self.arrays += 1;
                let (array, range) = (self.arrays, (address, length));
                let made = match process {
                    HOST => self.kernel.lease_array(array, length, rights),
                    _ => self
                        .kernel
                        .lease_create(id(process), address, length, rights),
                };
                let expected = self.reference.lease_create(process, array, range, rights);
                self.both_added(process, made, expected)?;
            }
            Operation::LeaseNarrow {
                process,
                cap,
                offset,
                length,
                rights,
            } => {
                let process = self.process(process);
                let cap = self.cap(process, cap);
                let made = self
                    .kernel
                    .lease_narrow(id(process), cap, offset, length, rights);
                let range = (offset.into(), length.into());
                let expected = self.reference.lease_narrow(process, cap, range, rights);
                self.both_added(process, made, expected)?;
            }
            Operation::LeaseCopy {
                process,
                cap,
                offset,
                length,
                write,
            } => {
                let process = self.process(process);
                let cap = self.cap(process, cap);
                let memory = (Place::of_process(id(process)), 1_000);
                let kernel = &mut self.kernel;
                let plan = if write {
                    kernel.lease_write(id(process), cap, offset, memory, length)
                } else {
                    kernel.lease_read(id(process), cap, offset, memory, length)
                };
                let range = (offset, length);
                let expected = self.reference.lease_copy(process, cap, range, write);
                ensure_equal!(plan, expected);
            }
            Operation::Same {
                process,
                first,
                second,
            } => {
                let process = self.process(process);
                let (first, second) = (self.cap(process, first), self.cap(process, second));
                ensure_equal!(
                    self.kernel.cap_same(id(process), first, second),
                    self.reference.same(process, first, second)
                );
            }
        }
        Ok(())
    }

    /// What a gate does: check, count, lend; on failure it counts back.
    fn lend(&mut self, from: usize, cap: Name, class: u32, to: usize) -> Checked {
        let (from, to) = (self.process(from), self.process(to));
        let cap = self.cap(from, cap);
        let kernel = &mut self.kernel;
        let rights = kernel.cap_rights(id(from), cap);
        let lent = kernel
            .check(id(from), cap, ClassId(class), Rights::CALL)
            .and_then(|object| {
                kernel
                    .processes
                    .get_mut(id(from))?
                    .namespace
                    .add_lend(cap)?;
                kernel
                    .lend(id(to), object.index, id(from), rights)
                    .inspect_err(|_| {
                        kernel
                            .processes
                            .get_mut(id(from))
                            .unwrap()
                            .namespace
                            .end_lend(cap);
                    })
            });
        ensure_equal!(lent, self.reference.lend(from, cap, class, to));
        if let Ok(borrowed) = lent {
            self.lent.push(Lent {
                from,
                cap,
                to,
                borrowed,
            });
        }
        Ok(())
    }

    fn end_lend(&mut self) {
        if let Some(Lent {
            from,
            cap,
            to,
            borrowed,
        }) = self.lent.pop()
        {
            self.kernel.end_borrow(id(to), borrowed);
            if let Ok(process) = self.kernel.processes.get_mut(id(from)) {
                process.namespace.end_lend(cap);
            }
            self.reference.end_lend(from, cap, to, borrowed);
        }
    }

    fn count_calls(&mut self, place: usize, by: i32) {
        let process = self.process(place);
        if let Some(known) = self.reference.processes.get_mut(&process) {
            known.active = known.active.saturating_add_signed(by);
            self.kernel
                .processes
                .header(id(process))
                .active
                .set(known.active);
        }
    }

    /// Whose destructor comes first is the kernel's choice; whether there is one is not.
    fn next_drop(&mut self) -> Checked {
        let Some(drop) = self.kernel.next_drop() else {
            ensure_equal!(self.reference.ready().count(), 0, "a destructor is due");
            return Ok(());
        };
        let over = Over {
            minter: drop.minter.raw(),
            class: drop.class.0,
            badge: drop.badge,
        };
        ensure!(
            self.reference.ready().any(|known| *known == over),
            "nobody waits for {:?}",
            over
        );
        self.reference.heard(&over);
        Ok(())
    }

    /// Compares everything that can be seen.
    ///
    /// # Errors
    /// What differs.
    pub fn compare(&self) -> Checked {
        let Pair {
            kernel, reference, ..
        } = self;
        ensure_equal!(kernel.objects.live() as usize, reference.live());
        ensure_equal!(kernel.transits(), reference.transfers.len());
        ensure_equal!(kernel.live_leases(), reference.leases());
        for raw in &self.everybody {
            let process = id(*raw);
            let known = reference.process(*raw);
            ensure_equal!(kernel.processes.get(process).is_ok(), known.is_ok());
            for cap in (0..10).chain([0x8000_0001, u32::MAX]) {
                // The badge of a lease is the kernel's own.
                let badge = |class, badge| if class == ClassId::LEASE.0 { 0 } else { badge };
                let object = kernel
                    .look(process, cap)
                    .map(|o| (o.class, o.minter, badge(o.class, o.badge), o.revoker));
                let expected = reference
                    .resolve(*raw, cap)
                    .map(|(_, o)| (o.class, o.minter, badge(o.class, o.badge), o.revoker));
                ensure_equal!(object, expected, "cap {} of {}", cap, raw);
                let rights = reference
                    .resolve(*raw, cap)
                    .map_or(0, |(slot, _)| slot.rights);
                ensure_equal!(kernel.cap_rights(process, cap), rights);
                ensure_equal!(
                    kernel.cap_class(process, cap),
                    reference.cap_class(*raw, cap)
                );
                ensure_equal!(
                    kernel.lease_length(process, cap),
                    reference.lease_length(*raw, cap)
                );
                ensure_equal!(
                    kernel.lease_written(process, cap),
                    reference.lease_written(*raw, cap)
                );
            }
            let Ok(known) = known else { continue };
            let found = kernel.processes.get(process).unwrap();
            ensure_equal!(found.objects, reference.account(*raw), "objects of {}", raw);
            ensure_equal!(found.namespace.live() as usize, known.slots.len());
            ensure_equal!(found.namespace.iter().count(), known.slots.len());
            for (cap, slot) in found.namespace.iter() {
                let expected = &known.slots[&cap];
                let ObjectRef { index, generation } = slot.reference();
                ensure_equal!(self.identities[&(index, generation)], expected.object);
                ensure_equal!(
                    (
                        slot.rights().bits(),
                        slot.is_borrowed(),
                        slot.count,
                        slot.lends,
                        slot.transits,
                        slot.from
                    ),
                    (
                        expected.rights,
                        expected.borrowed,
                        expected.count,
                        expected.lends,
                        expected.transits,
                        expected.from
                    ),
                    "cap {} of {}",
                    cap,
                    raw
                );
                if let Some(object) = kernel.objects.get(slot.reference()) {
                    ensure_equal!(
                        object.references as usize,
                        reference.references(expected.object)
                    );
                }
            }
        }
        Ok(())
    }

    /// All calls return, all processes end, the host lets go of everything: nothing is left.
    ///
    /// # Errors
    /// What differs, or is left.
    pub fn end(&mut self) -> Checked {
        while !self.lent.is_empty() {
            self.end_lend();
            self.compare()?;
        }
        for process in self.everybody.clone() {
            if process != HOST && self.reference.processes.contains_key(&process) {
                self.kernel.end_process(id(process)).expect("it lives");
                self.reference.kill(process).expect("it lives");
                self.compare()?;
            }
        }
        while let Some((number, _)) = self.reference.transfers.first_key_value() {
            let number = *number;
            self.kernel.abandon(number);
            self.reference.restore(number, false);
        }
        let held: Vec<(u32, u32)> = self.reference.processes[&HOST]
            .slots
            .iter()
            .map(|(cap, slot)| (*cap, slot.count))
            .collect();
        for (cap, count) in held {
            for _ in 0..count {
                ensure_equal!(self.kernel.release(ProcessId::HOST, cap), Ok(()));
                ensure_equal!(self.reference.release(HOST, cap), Ok(()));
            }
        }
        self.compare()?;
        while self.reference.ready().count() > 0 {
            self.next_drop()?;
        }
        ensure_equal!(self.kernel.next_drop(), None);
        ensure_equal!(self.kernel.objects.live(), 0);
        ensure_equal!(self.kernel.transits(), 0);
        ensure_equal!(self.kernel.live_leases(), 0);
        let host = self.kernel.processes.get(ProcessId::HOST).unwrap();
        ensure_equal!(
            (host.namespace.live(), host.objects, host.minted.len()),
            (0, 0, 0)
        );
        ensure_equal!(self.kernel.processes.iter().count(), 1);
        Ok(())
    }
}
