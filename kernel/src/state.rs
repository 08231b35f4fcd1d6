//! The kernel's state, put together.

use crate::class::{ClassId, Interner};
use crate::fiber::Fibers;
use crate::layout::Shared;
use crate::lease::Lease;
use crate::link::{MethodTable, NO_PLACE, Server, SlotTable};
use crate::map::Map;
use crate::message::Message;
use crate::object::{Ending, ObjectTable};
use crate::process::{Limits, ProcessId, ProcessTable};
use crate::records::Records;
use crate::reserve::entries;
use crate::staging::Staging;
use crate::time::{Answer, Budget, Overrun, Timekeeper};
use portcullis_abi::{ErrorCode, SystemCall};

use crate::capability::Transits;

/// An object that is over, whose minter may want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drop {
    /// Who minted it.
    pub minter: ProcessId,
    /// Its class.
    pub class: ClassId,
    /// Its badge; for a lease of the host the number of the array.
    pub badge: u32,
}

/// Something of which a process wanted more than it may have, and was told so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excess {
    /// The process, by its raw identity.
    pub process: u32,
    /// Of what: `handles`, `objects`, `transfers`, `content`.
    pub what: &'static str,
    /// How many of them it may have.
    pub limit: u32,
    /// The system call by which it asked; none if it was about to be given something.
    pub call: Option<SystemCall>,
    /// How often.
    pub count: u32,
}

/// The most excesses that are kept until somebody takes them.
const MOST_EXCESSES: usize = 256;

/// Everything that the kernel knows.
pub struct Kernel {
    /// The words that gates read. Boxed, so that it never moves.
    pub shared: Box<Shared>,
    /// All objects.
    pub objects: ObjectTable,
    /// What leases have of their own, by the badges of their objects.
    pub(crate) leases: Records<Lease>,
    /// What messages have of their own, in the same way.
    pub(crate) messages: Records<Message>,
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
    /// Deadlines and fuel of what runs.
    pub time: Timekeeper,
    /// Calls that can be suspended.
    pub fibers: Fibers,
    pub(crate) transits: Transits,
    /// What processes wanted beyond their quotas, until somebody takes it.
    pub excesses: Vec<Excess>,
    /// What dead processes served whose slots are kept for a successor, by their identity; nothing as long as they live.
    pub(crate) estates: Map<u32, Vec<Server>>,
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
            leases: Records::default(),
            messages: Records::default(),
            processes: ProcessTable::default(),
            classes: Interner::of_classes(),
            signatures: Interner::default(),
            slots: SlotTable::default(),
            methods: MethodTable::default(),
            staging,
            time: Timekeeper::default(),
            fibers: Fibers::default(),
            transits: Transits::default(),
            excesses: Vec::new(),
            estates: Map::new(),
        };
        let limits = Limits {
            handles: u32::MAX >> 8,
            objects: u32::MAX >> 8,
            calls: u32::MAX,
            depth: u32::MAX,
            transfers: u32::MAX,
            content: u32::MAX,
            functions: u32::MAX,
        };
        let host = kernel.processes.insert("host".to_owned(), limits);
        debug_assert_eq!(host, Ok(ProcessId::HOST));
        kernel.publish(ProcessId::HOST);
        kernel
    }

    /// Where the stack of frames stands, and how deep calls are nested: for [`Self::rewind`].
    pub fn mark(&self) -> (u32, u32) {
        (self.shared.frame_top.get(), self.shared.depth.get())
    }

    /// Ends all that is left of frames above the mark.
    pub fn rewind(&mut self, (frame, depth): (u32, u32)) {
        self.shared.frame_top.set(frame);
        self.shared.depth.set(depth);
        self.leave(frame);
    }

    /// Tells the gates where the tables lie now. To be called after everything that may have moved one.
    pub(crate) fn publish(&self, process: ProcessId) {
        self.shared.objects.set(self.objects.address());
        self.shared.methods.set(self.methods.address());
        self.processes.publish(process);
    }

    /// Ends objects and books it: quotas, the minters' lists, destructors to run. Needs no memory.
    pub(crate) fn book(&mut self, mut ending: Ending) {
        while let Some(ended) = self.objects.next_ended(&mut ending) {
            let object = ended.object;
            let revoker = ProcessId::from_raw(object.revoker);
            let class = ClassId(object.class);
            let badge = match class {
                ClassId::LEASE => self.end_lease(object.badge),
                ClassId::MESSAGE => {
                    self.end_message(object.badge);
                    0
                }
                _ => object.badge,
            };
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
            let mut first = false;
            if process.wants_to_hear(class) {
                // It counts until its minter has heard: nobody makes the list longer than the quota.
                process.over.push_back((class, badge));
                first = process.over.len() == 1;
            } else {
                process.objects -= 1;
            }
            if first {
                self.processes.dropping.push(revoker);
            }
            if let Some(moved) = moved
                && let Some(reference) = self.objects.reference(moved)
                && let Some(moved) = self.objects.get_mut(reference)
            {
                moved.position = position as u32;
            }
        }
    }

    /// A process has used up its slice: what it gets, with the fuel and the time since the last look in its account.
    pub fn refill(&mut self, process: ProcessId, now: f64, left: i32) -> Answer {
        let Ok(asking) = self.processes.get_mut(process) else {
            return Answer::End(Overrun::NONE);
        };
        let (clock, used) = (self.shared.clock.get(), self.time.used());
        // Others of its group run in the same activation. What they are in the middle of nobody else may enter.
        let outermost = self.fibers.is_of(process);
        let answer = self.time.refill(&self.shared, now, left, outermost);
        asking.fuel += self.time.used() - used;
        asking.milliseconds += (now - clock).max(0.0);
        if let Answer::End(overrun) = answer {
            asking.overrun = Some(overrun);
        }
        answer
    }

    /// Begins a call of the web app's; see [`Timekeeper::begin`]. `nested` if it is made in the middle of another one. With a fiber
    /// it can be suspended; with `yields` it is, so that others have their turn.
    pub fn begin(
        &mut self,
        now: f64,
        left: i32,
        budget: Budget,
        nested: bool,
        fiber: Option<u32>,
        yields: bool,
    ) -> (u32, i32) {
        if !nested {
            self.settle_running();
            self.time.clear(&self.shared);
        }
        if let Some(fiber) = fiber {
            self.start_fiber(fiber);
        }
        self.time.begin(&self.shared, now, left, budget, yields)
    }

    /// Ends a call; see [`Timekeeper::end`].
    pub fn end(&mut self, serial: u32) -> bool {
        self.time.end(&self.shared, serial)
    }

    /// Takes back what [`Kernel::next_drop`] gave: its minter could not be told now, and is still to be.
    pub fn postpone_drop(&mut self, over: Drop) {
        let Ok(process) = self.processes.get_mut(over.minter) else {
            return;
        };
        let first = process.over.is_empty();
        process.over.push_front((over.class, over.badge));
        process.objects += 1;
        if first {
            self.processes.dropping.insert(0, over.minter);
        }
    }

    /// The next object whose minter lives, is in no call, and has to hear that it is over.
    pub fn next_drop(&mut self) -> Option<Drop> {
        let mut place = 0;
        while let Some(minter) = self.processes.dropping.get(place).copied() {
            let active = self.processes.header(minter).active.get();
            if active > 0 && minter != ProcessId::HOST {
                place += 1;
                continue;
            }
            let process = self.processes.get_mut(minter).ok()?;
            let (class, badge) = process.over.pop_front()?;
            process.objects -= 1;
            if process.over.is_empty() {
                self.processes.dropping.remove(place);
            }
            return Some(Drop {
                minter,
                class,
                badge,
            });
        }
        None
    }

    /// Whether the destructors of a process have run for as long as a call may, all of them in this row together. Then it ends:
    /// that it has to is noted.
    pub fn too_many_destructors(&mut self, minter: ProcessId, row: u32) -> bool {
        let Ok(process) = self.processes.get_mut(minter) else {
            return false;
        };
        let (last, used) = process.destructors;
        let budget = Budget::default().deadline;
        let over = last == row && used >= budget;
        if over {
            process.overrun = Some(Overrun {
                code: ErrorCode::Deadline,
                used,
                budget,
            });
        }
        over
    }

    /// Notes that a destructor of a process has run for so many milliseconds.
    pub fn note_destructor(&mut self, minter: ProcessId, row: u32, milliseconds: f64) {
        if let Ok(process) = self.processes.get_mut(minter) {
            let (last, used) = process.destructors;
            let before = if last == row { used } else { 0.0 };
            process.destructors = (row, before + milliseconds);
        }
    }

    /// Notes that a process was refused something because of a quota. The same again is counted.
    pub fn exceed(&mut self, process: ProcessId, call: Option<SystemCall>) {
        let Ok(entry) = self.processes.get(process) else {
            return;
        };
        let Limits {
            handles, objects, ..
        } = entry.limits;
        let (what, limit) = match call {
            Some(_) if entry.objects >= objects => ("objects", objects),
            _ => ("handles", handles),
        };
        self.exceed_of(process, what, limit, call);
    }

    /// As [`Self::exceed`], where it is known of what it wanted too much.
    pub(crate) fn exceed_of(
        &mut self,
        process: ProcessId,
        what: &'static str,
        limit: u32,
        call: Option<SystemCall>,
    ) {
        let excess = Excess {
            process: process.raw(),
            what,
            limit,
            call,
            count: 0,
        };
        let known = self
            .excesses
            .iter()
            .position(|known| Excess { count: 0, ..*known } == excess);
        let place = match known {
            Some(place) => place,
            None if self.excesses.len() == MOST_EXCESSES => return,
            // Without memory it is not told of; that it was refused holds all the same.
            None if entries(&mut self.excesses, 1).is_err() => return,
            None => {
                self.excesses.push(excess);
                self.excesses.len() - 1
            }
        };
        let count = &mut self.excesses[place].count;
        *count = count.saturating_add(1);
    }

    /// Ends a process: what it minted is revoked, what it held is released, its imports are unbound. Needs no memory, a bounded
    /// stack, and time in proportion to what it held.
    ///
    /// Gives the table slots that it served, which have to be pointed at a stub.
    ///
    /// # Errors
    /// [`ErrorCode::Dead`] if it is dead already.
    pub fn end_process(&mut self, id: ProcessId) -> Result<Vec<u32>, ErrorCode> {
        let mut process = self.processes.remove(id).ok_or(ErrorCode::Dead)?;
        for index in &process.minted {
            if let Some(reference) = self.objects.reference(*index) {
                let ending = self.objects.revoke(reference);
                self.book(ending);
            }
        }
        for (_, slot) in process.namespace.iter() {
            self.drop_reference(Some(slot.reference()));
        }
        self.abandon_from(id);
        for (interface, place) in &process.dispatched {
            self.methods.leave(interface, *place);
        }
        for server in &mut process.servers {
            self.unserve(server);
        }
        for later in process.later.iter().filter(|later| later.target != 0) {
            self.slots.release(later.target);
        }
        let kept = self.estates.get_mut(&id.raw());
        for slot in process.bound.iter().chain(&process.served) {
            // Those of an estate are released with it.
            let mut functions = process.servers.iter().flat_map(|server| &server.functions);
            if kept.is_none() || !functions.any(|function| function.slot == *slot) {
                self.slots.release(*slot);
            }
        }
        if let Some(estate) = kept {
            *estate = process.servers;
        }
        Ok(process.served)
    }

    /// Gives back what a server has besides its slots.
    pub(crate) fn unserve(&mut self, server: &mut Server) {
        self.methods.remove(std::mem::take(&mut server.methods));
        for served in &mut server.functions {
            self.methods.leave(
                &server.interface,
                std::mem::replace(&mut served.place, NO_PLACE),
            );
        }
    }

    fn release_slots(&mut self, servers: Vec<Server>) {
        for function in servers.into_iter().flat_map(|server| server.functions) {
            self.slots.release(function.slot);
        }
    }

    /// Keeps the slots that a process serves when it ends, for a successor.
    ///
    /// # Errors
    /// [`ErrorCode::Dead`].
    pub fn keep_slots(&mut self, id: ProcessId) -> Result<(), ErrorCode> {
        self.processes.get(id)?;
        self.estates.insert(id.raw(), Vec::new());
        Ok(())
    }

    /// Keeps no slots for a successor of a process, dead or alive: there will be none.
    pub fn disinherit(&mut self, id: ProcessId) {
        let servers = self.estates.remove(&id.raw());
        self.release_slots(servers.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::ClassId;
    use crate::link::Served;
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
    fn destructors_in_a_row_have_what_a_call_has() {
        let mut kernel = Kernel::new();
        let (minter, other) = (spawn(&mut kernel), spawn(&mut kernel));
        kernel.note_destructor(minter, 1, 4_000.0);
        assert!(!kernel.too_many_destructors(minter, 1));
        kernel.note_destructor(minter, 1, 1_000.0);
        // Not those of somebody else, and not those of another row.
        assert!(!kernel.too_many_destructors(other, 1));
        assert!(!kernel.too_many_destructors(minter, 2));
        assert!(kernel.processes.get(minter).unwrap().overrun.is_none());
        assert!(kernel.too_many_destructors(minter, 1));
        let overrun = kernel.processes.get(minter).unwrap().overrun.unwrap();
        assert_eq!(
            (overrun.code, overrun.used, overrun.budget),
            (ErrorCode::Deadline, 5_000.0, 5_000.0)
        );
        kernel.note_destructor(minter, 2, 10.0);
        assert!(!kernel.too_many_destructors(minter, 2));
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

    /// A process that serves `x/y@1#f`, with its slot.
    fn server(kernel: &mut Kernel) -> (ProcessId, u32) {
        let process = spawn(kernel);
        let slot = kernel.slots.allocate(process);
        let function = Served {
            name: "f".into(),
            signature: 1,
            slot,
            place: kernel.methods.take("x/y@1", "f", true),
        };
        let methods = kernel.methods.insert(std::slice::from_ref(&function));
        let server = Server {
            interface: "x/y@1".into(),
            functions: vec![function],
            methods,
        };
        let entry = kernel.processes.get_mut(process).unwrap();
        (entry.servers, entry.served) = (vec![server], vec![slot]);
        (process, slot)
    }

    #[test]
    fn a_successor_serves_through_the_slots_of_the_dead() {
        let mut kernel = Kernel::new();
        let (first, slot) = server(&mut kernel);
        kernel.keep_slots(first).unwrap();
        assert_eq!(kernel.end_process(first), Ok(vec![slot]));
        assert_eq!(kernel.servers(first).unwrap()[0].functions[0].slot, slot);
        let (second, other) = server(&mut kernel);
        assert_ne!(other, slot);
        assert_eq!(kernel.hand_over(first, second), Ok(vec![(slot, other)]));
        assert_eq!(kernel.slots.owner(slot), second);
        assert_eq!(kernel.servers(second).unwrap()[0].functions[0].slot, slot);
        assert_eq!(kernel.servers(first), Err(ErrorCode::Dead));
        assert_eq!(kernel.slots.live(), 1);
        kernel.end_process(second).unwrap();
        assert_eq!(kernel.slots.live(), 0);
    }

    #[test]
    fn who_was_bound_to_the_successor_goes_on_calling_it() {
        let mut kernel = Kernel::new();
        let (first, slot) = server(&mut kernel);
        let (second, other) = server(&mut kernel);
        kernel.slots.retain(other);
        assert_eq!(kernel.hand_over(first, second), Ok(vec![(slot, other)]));
        assert_eq!(kernel.slots.owner(other), second);
        kernel.end_process(first).unwrap();
        assert_eq!(kernel.slots.live(), 2);
        assert_eq!(kernel.end_process(second), Ok(vec![other, slot]));
        assert_eq!(kernel.slots.live(), 1, "the importer still has it");
    }

    #[test]
    fn nobody_succeeds_itself() {
        let mut kernel = Kernel::new();
        let (process, _) = server(&mut kernel);
        let refused = kernel.hand_over(process, process).unwrap_err();
        assert_eq!(refused, (ErrorCode::BadArgument, String::new()));
        assert_eq!(kernel.slots.live(), 1);
        kernel.end_process(process).unwrap();
        assert_eq!(kernel.slots.live(), 0);
    }

    #[test]
    fn slots_of_the_dead_are_free_when_there_is_no_successor() {
        let mut kernel = Kernel::new();
        let (first, slot) = server(&mut kernel);
        kernel.keep_slots(first).unwrap();
        kernel.slots.retain(slot);
        kernel.end_process(first).unwrap();
        kernel.disinherit(first);
        kernel.disinherit(first);
        assert_eq!(kernel.slots.live(), 1, "an importer still has it");
        kernel.slots.release(slot);
        assert_eq!(kernel.slots.live(), 0);
        let (second, _) = server(&mut kernel);
        assert_eq!(
            kernel.hand_over(first, second).unwrap_err().0,
            ErrorCode::Dead
        );
    }

    #[test]
    fn what_goes_over_a_quota_is_counted_by_what_and_where() {
        let mut kernel = Kernel::new();
        let process = spawn(&mut kernel);
        for _ in 0..3 {
            kernel.exceed(process, Some(SystemCall::HandleCreate));
            kernel.exceed(process, None);
        }
        let counts = |kernel: &Kernel| -> Vec<_> {
            let noted = kernel.excesses.iter();
            noted.map(|o| (o.what, o.call, o.count)).collect()
        };
        let create = Some(SystemCall::HandleCreate);
        assert_eq!(
            counts(&kernel),
            [("handles", create, 3), ("handles", None, 3)]
        );
        kernel.processes.get_mut(process).unwrap().limits.objects = 0;
        kernel.exceed(process, create);
        assert_eq!(counts(&kernel)[2], ("objects", create, 1));
        kernel.excesses[0].count = u32::MAX;
        kernel.exceed(process, create);
        kernel.end_process(process).unwrap();
        kernel.exceed(process, create);
        assert_eq!(counts(&kernel)[2].2, 2);
    }

    #[test]
    fn excesses_that_nobody_takes_do_not_grow_without_end() {
        let mut kernel = Kernel::new();
        for _ in 0..2 * MOST_EXCESSES {
            let process = spawn(&mut kernel);
            kernel.exceed(process, None);
            kernel.end_process(process).unwrap();
        }
        assert_eq!(kernel.excesses.len(), MOST_EXCESSES);
    }
}
