//! The kernel's state, put together.

use crate::class::{ClassId, Interner};
use crate::layout::Shared;
use crate::link::{MethodTable, SlotTable};
use crate::object::{Ended, ObjectTable};
use crate::process::{Limits, ProcessId, ProcessTable};
use crate::staging::Staging;
use portcullis_abi::ErrorCode;
use std::collections::VecDeque;

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
    pub(crate) drops: VecDeque<Drop>,
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
            drops: VecDeque::new(),
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
            if let Ok(process) = self.processes.get_mut(revoker) {
                process.objects -= 1;
                if !object.is_derived() {
                    let position = object.position as usize;
                    process.minted.swap_remove(position);
                    if let Some(moved) = process.minted.get(position).copied()
                        && let Some(reference) = self.objects.reference(moved)
                        && let Some(moved) = self.objects.get_mut(reference)
                    {
                        moved.position = position as u32;
                    }
                }
            }
            if !object.is_derived() && self.processes.get(object.minter()).is_ok() {
                self.drops.push_back(Drop {
                    minter: object.minter(),
                    class: ClassId(object.class),
                    badge: object.badge,
                });
            }
        }
    }

    /// The next object whose minter lives, is in no call, and has to hear that it is over.
    pub fn next_drop(&mut self) -> Option<Drop> {
        let mut position = 0;
        while let Some(drop) = self.drops.get(position).copied() {
            if self.processes.get(drop.minter).is_err() {
                self.drops.remove(position);
                continue;
            }
            let active = self.processes.header(drop.minter).active.get();
            if drop.minter == ProcessId::HOST || active == 0 {
                return self.drops.remove(position);
            }
            position += 1;
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

    const CLASS: ClassId = ClassId(1);

    fn spawn(kernel: &mut Kernel) -> ProcessId {
        let id = kernel.processes.insert("p".into(), Limits::default());
        id.expect("there is room")
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
