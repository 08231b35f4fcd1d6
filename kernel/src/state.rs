//! The kernel's state, put together.

use crate::class::{ClassId, Interner};
use crate::layout::Shared;
use crate::link::{MethodTable, SlotTable};
use crate::object::{Ended, ObjectTable};
use crate::process::{Limits, ProcessId, ProcessTable};
use crate::staging::Staging;
use portcullis_abi::ErrorCode;

use crate::capability::Transits;

/// An object that is over, whose minter may want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drop {
    /// Who minted it.
    pub minter: ProcessId,
    /// Its class.
    pub class: ClassId,
    /// Its badge.
    pub badge: u32,
}

/// Everything that the kernel knows.
pub struct Kernel {
    /// The words that gates read. Boxed, so that it never moves.
    pub shared: Box<Shared>,
    /// All objects.
    pub objects: ObjectTable,
    /// All processes; the first is the host.
    pub processes: ProcessTable,
    /// Class names.
    pub classes: Interner,
    /// Signatures by their canonical text.
    pub signatures: Interner,
    /// Slots of the shared table of functions.
    pub slots: SlotTable,
    /// Methods of objects.
    pub methods: MethodTable,
    /// Frames and staged content.
    pub staging: Staging,
    pub(crate) transits: Transits,
    /// Minters that have to hear of objects that are over, each once.
    pub(crate) dropping: Vec<ProcessId>,
}

impl Default for Kernel {
    fn default() -> Self {
        Self::new()
    }
}

impl Kernel {
    /// A kernel with the host as its only process.
    pub fn new() -> Kernel {
        let shared = Box::<Shared>::default();
        let staging = Staging::new(&shared);
        let mut kernel = Kernel {
            shared,
            objects: ObjectTable::default(),
            processes: ProcessTable::default(),
            classes: Interner::default(),
            signatures: Interner::default(),
            slots: SlotTable::default(),
            methods: MethodTable::default(),
            staging,
            transits: Transits::default(),
            dropping: Vec::new(),
        };
        let limits = Limits {
            handles: u32::MAX >> 8,
            objects: u32::MAX >> 8,
            calls: u32::MAX,
        };
        let host = kernel.processes.insert("host".to_owned(), limits);
        debug_assert_eq!(host, Ok(ProcessId::HOST));
        kernel.publish(ProcessId::HOST);
        kernel
    }

    /// Tells the gates where the tables lie now. To be called after everything that may have moved one.
    pub(crate) fn publish(&self, process: ProcessId) {
        self.shared.objects.set(self.objects.address());
        self.shared.methods.set(self.methods.address());
        self.processes.publish(process);
    }

    /// Books objects that have ended: quotas, the minters' lists, destructors to run.
    pub(crate) fn book(&mut self, ended: Vec<Ended>) {
        for Ended { object, .. } in ended {
            let revoker = ProcessId::from_raw(object.revoker);
            let Ok(process) = self.processes.get_mut(revoker) else {
                continue;
            };
            if object.is_derived() {
                process.objects -= 1;
                continue;
            }
            // Who may revoke an object that was not derived is its minter.
            let position = object.position as usize;
            process.minted.swap_remove(position);
            let moved = process.minted.get(position).copied();
            let class = ClassId(object.class);
            if !process.wants_to_hear(class) {
                process.objects -= 1;
            } else {
                // It counts until its minter has heard: nobody makes the list longer than the quota.
                process.over.push_back((class, object.badge));
                if process.over.len() == 1 {
                    self.dropping.push(revoker);
                }
            }
            if let Some(moved) = moved
                && let Some(reference) = self.objects.reference(moved)
                && let Some(moved) = self.objects.get_mut(reference)
            {
                moved.position = position as u32;
            }
        }
    }

    /// The next object whose minter lives, is in no call, and has to hear that it is over.
    pub fn next_drop(&mut self) -> Option<Drop> {
        let mut place = 0;
        while let Some(minter) = self.dropping.get(place).copied() {
            let active = self.processes.header(minter).active.get();
            let Ok(process) = self.processes.get_mut(minter) else {
                self.dropping.remove(place);
                continue;
            };
            if active > 0 && minter != ProcessId::HOST {
                place += 1;
                continue;
            }
            let next = process.over.pop_front();
            if process.over.is_empty() {
                self.dropping.remove(place);
            }
            let Some((class, badge)) = next else {
                continue;
            };
            process.objects -= 1;
            return Some(Drop {
                minter,
                class,
                badge,
            });
        }
        None
    }

    /// Ends a process: what it minted is revoked, what it held is released, its imports are unbound.
    ///
    /// Gives the table slots that it served, which have to be pointed at a stub.
    ///
    /// # Errors
    /// [`ErrorCode::Dead`] if it is dead already.
    pub fn end_process(&mut self, id: ProcessId) -> Result<Vec<u32>, ErrorCode> {
        let mut process = self.processes.remove(id).ok_or(ErrorCode::Dead)?;
        let mut ended = Vec::new();
        for index in std::mem::take(&mut process.minted) {
            if let Some(reference) = self.objects.reference(index) {
                self.objects.revoke(reference, &mut ended);
            }
        }
        self.book(ended);
        for (_, slot) in process.namespace.iter() {
            // Booked one by one: a minter's list says where the objects alive stand in it, and nothing of the others.
            let mut ended = Vec::new();
            self.objects.release(slot.reference(), &mut ended);
            self.book(ended);
        }
        self.abandon_from(id);
        for slot in process.bound.drain(..) {
            self.slots.release(slot);
        }
        let mut served = Vec::new();
        for server in process.servers.drain(..) {
            self.methods.remove(server.methods);
            for function in server.functions {
                served.push(function.slot);
                self.slots.release(function.slot);
            }
        }
        Ok(served)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::ClassId;
    use crate::process::LocalClass;

    const CLASS: ClassId = ClassId(1);

    fn spawn(kernel: &mut Kernel) -> ProcessId {
        let id = kernel.processes.insert("p".into(), Limits::default());
        let id = id.expect("there is room");
        let process = kernel.processes.get_mut(id).expect("it lives");
        process.classes = vec![LocalClass {
            number: 1,
            class: CLASS,
            minted: true,
            methods: 0,
            has_destructor: true,
        }];
        id
    }

    #[test]
    fn the_end_of_a_process_ends_all_that_it_held_alone_of_one_minter() {
        let mut kernel = Kernel::new();
        let (minter, holder) = (spawn(&mut kernel), spawn(&mut kernel));
        let kept = kernel.mint(minter, CLASS, 100, 0).unwrap();
        for badge in 0..5 {
            let cap = kernel.mint(minter, CLASS, badge, 0).unwrap();
            let transit = kernel.detach(minter, cap, CLASS).unwrap();
            kernel.attach(holder, transit).unwrap();
        }
        kernel.end_process(holder).unwrap();
        let mut badges: Vec<u32> =
            std::iter::from_fn(|| kernel.next_drop().map(|drop| drop.badge)).collect();
        badges.sort_unstable();
        assert_eq!(badges, [0, 1, 2, 3, 4]);
        assert_eq!(kernel.objects.live(), 1);
        kernel.release(minter, kept).unwrap();
        assert_eq!(kernel.objects.live(), 0);
        kernel.end_process(minter).unwrap();
    }

    #[test]
    fn a_transfer_ends_with_the_process_that_began_it() {
        let mut kernel = Kernel::new();
        let (minter, giver) = (spawn(&mut kernel), spawn(&mut kernel));
        let cap = kernel.mint(minter, CLASS, 7, 0).unwrap();
        let transit = kernel.detach(minter, cap, CLASS).unwrap();
        let cap = kernel.attach(giver, transit).unwrap();
        let transit = kernel.detach(giver, cap, CLASS).unwrap();
        kernel.end_process(giver).unwrap();
        assert_eq!(kernel.transits(), 0);
        assert_eq!(kernel.attach(minter, transit), Err(ErrorCode::BadHandle));
        assert_eq!(kernel.objects.live(), 0);
        assert_eq!(kernel.next_drop().map(|drop| drop.badge), Some(7));
    }
}
