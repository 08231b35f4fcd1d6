//! What can be done with capabilities. Each operation checks everything first and then changes everything: after an
//! error the state is what it was.

use crate::class::{ClassId, interface_of};
use crate::namespace::{BORROWED, CapT, Slot};
use crate::object::{Object, ObjectRef};
use crate::process::ProcessId;
use crate::records::Records;
use crate::reserve::entries;
use crate::state::Kernel;
use portcullis_abi::{ErrorCode, Rights};

type Outcome<T> = Result<T, ErrorCode>;

/// A reference on its way from one namespace to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Transit {
    /// The fiber that ran when it began, and the top of its stack of frames.
    fiber: u32,
    frame_top: u32,
    object: ObjectRef,
    rights: u32,
    source: ProcessId,
    cap: CapT,
}

/// All references on their way, by number.
pub(crate) type Transits = Records<Transit>;

impl Kernel {
    /// How many references are on their way between namespaces. 0 whenever no call is running.
    pub fn transits(&self) -> usize {
        self.transits.live()
    }

    /// The slot and the living object that a process alleges to hold.
    pub(crate) fn resolve(&self, process: ProcessId, cap: CapT) -> Outcome<(Slot, Object)> {
        let slot = *self.processes.get(process)?.namespace.get(cap)?;
        let object = *self
            .objects
            .get(slot.reference())
            .ok_or(ErrorCode::Revoked)?;
        Ok((slot, object))
    }

    /// Whether a capability can be lent to a call that wants this class. Gates check the same without a call; this finds
    /// the reason when they refuse.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `wrong-class`, `denied`.
    pub fn check(
        &self,
        process: ProcessId,
        cap: CapT,
        class: ClassId,
        right: Rights,
    ) -> Outcome<ObjectRef> {
        let (slot, object) = self.resolve(process, cap)?;
        if object.class != class.0 {
            return Err(ErrorCode::WrongClass);
        }
        if !slot.rights().contains(right) {
            return Err(ErrorCode::Denied);
        }
        Ok(slot.reference())
    }

    /// Mints a handle for `minter`, whose namespace gets it with all rights. `methods` is the block that serves it.
    ///
    /// # Errors
    /// `quota`; `dead`.
    pub fn mint(
        &mut self,
        minter: ProcessId,
        class: ClassId,
        badge: u32,
        methods: u32,
    ) -> Outcome<CapT> {
        self.reserve_object(minter, Some(class))?;
        self.mint_with(minter, class, badge, methods, Rights::ALL)
    }

    /// As [`Self::mint`], when [`Self::reserve_object`] has made room, with these rights.
    pub(crate) fn mint_with(
        &mut self,
        minter: ProcessId,
        class: ClassId,
        badge: u32,
        methods: u32,
        rights: Rights,
    ) -> Outcome<CapT> {
        let process = self.processes.get_mut(minter)?;
        let object = Object {
            class: class.0,
            minter: minter.raw(),
            revoker: minter.raw(),
            badge,
            methods,
            position: process.minted.len() as u32,
            ..Object::default()
        };
        let reference = self.objects.insert(object)?;
        self.objects.retain(reference);
        process.minted.push(reference.index);
        process.objects += 1;
        self.hold(minter, reference, rights.bits(), minter)
    }

    /// Puts a capability into a namespace.
    ///
    /// # Errors
    /// `quota`, `no-memory`, `dead`.
    fn hold(
        &mut self,
        process: ProcessId,
        object: ObjectRef,
        rights: u32,
        from: ProcessId,
    ) -> Outcome<CapT> {
        let namespace = &mut self.processes.get_mut(process)?.namespace;
        let cap = namespace.allocate(object, rights, from);
        // There may be one slot more, and whether there is or not, they may have moved.
        self.processes.publish(process);
        cap
    }

    /// Makes room for one more object of `process`, and for the capability that it gets on it: with that, nothing can fail any
    /// more. For one that it mints, of class `minted`, there has to be room in its lists too.
    pub(crate) fn reserve_object(
        &mut self,
        process: ProcessId,
        minted: Option<ClassId>,
    ) -> Outcome<()> {
        let owner = self.processes.get_mut(process)?;
        if owner.objects >= owner.limits.objects || !owner.namespace.has_room(1) {
            return Err(ErrorCode::Quota);
        }
        if let Some(class) = minted {
            entries(&mut owner.minted, 1)?;
            if owner.wants_to_hear(class) {
                // Every object that it mints may be over before it has heard of any.
                let waiting = (owner.objects as usize + 1).saturating_sub(owner.over.len());
                owner
                    .over
                    .try_reserve(waiting)
                    .map_err(|_| ErrorCode::NoMemory)?;
            }
        }
        let room = owner.namespace.reserve(1).and(self.objects.reserve());
        // Whether there was room for all or not, tables may have moved.
        self.publish(process);
        room
    }

    /// `handle_create`: as [`Self::mint`], for a plugin and one of its own class numbers.
    ///
    /// # Errors
    /// `bad-class`; `quota`; `dead`.
    pub fn handle_create(&mut self, process: ProcessId, badge: u32, number: u32) -> Outcome<CapT> {
        let local = *self
            .processes
            .get(process)?
            .class_of_number(number)
            .ok_or(ErrorCode::BadClass)?;
        if !local.minted {
            return Err(ErrorCode::BadClass);
        }
        self.mint(process, local.class, badge, local.methods)
    }

    /// `handle_badge`: the badge, for the minter.
    ///
    /// # Errors
    /// `bad-class`, `bad-handle`, `revoked`, `wrong-class`, `not-owner`.
    pub fn handle_badge(&self, process: ProcessId, cap: CapT, number: u32) -> Outcome<u32> {
        let local = self
            .processes
            .get(process)?
            .class_of_number(number)
            .ok_or(ErrorCode::BadClass)?;
        let class = local.class;
        if class.is_built_in() {
            // The badge of such an object is the kernel's own.
            return Err(ErrorCode::BadClass);
        }
        let (_, object) = self.resolve(process, cap)?;
        if object.class != class.0 {
            return Err(ErrorCode::WrongClass);
        }
        if object.minter != process.raw() {
            return Err(ErrorCode::NotOwner);
        }
        Ok(object.badge)
    }

    /// Class, minter and badge of what a process holds. For the host's edge.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`.
    pub fn look(&self, process: ProcessId, cap: CapT) -> Outcome<Object> {
        Ok(self.resolve(process, cap)?.1)
    }

    /// `cap_class`: the process's number of the class, 0 if it has none or the capability is bad.
    pub fn cap_class(&self, process: ProcessId, cap: CapT) -> u32 {
        let number = || {
            let (_, object) = self.resolve(process, cap).ok()?;
            let process = self.processes.get(process).ok()?;
            Some(process.local_class(ClassId(object.class))?.number)
        };
        number().unwrap_or(0)
    }

    /// `cap_rights`: the rights, 0 if the capability is bad.
    pub fn cap_rights(&self, process: ProcessId, cap: CapT) -> u32 {
        self.resolve(process, cap)
            .map_or(0, |(slot, _)| slot.rights().bits())
    }

    /// `cap_same`: whether two capabilities name the same object, however each of them was derived.
    pub fn cap_same(&self, process: ProcessId, first: CapT, second: CapT) -> bool {
        let root = |cap| {
            let (slot, object) = self.resolve(process, cap).ok()?;
            Some(object.root(slot.object))
        };
        root(first).is_some_and(|first| Some(first) == root(second))
    }

    /// `cap_retain`.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `borrowed`, `quota`.
    pub fn retain(&mut self, process: ProcessId, cap: CapT) -> Outcome<()> {
        self.resolve(process, cap)?;
        self.processes.get_mut(process)?.namespace.retain(cap)
    }

    /// `cap_release`. A capability whose object is dead can be released too.
    ///
    /// # Errors
    /// `bad-handle`, `borrowed`, `lent`.
    pub fn release(&mut self, process: ProcessId, cap: CapT) -> Outcome<()> {
        let freed = self.processes.get_mut(process)?.namespace.release(cap)?;
        self.drop_reference(freed);
        Ok(())
    }

    /// Gives a reference up, if there is one. What it was the last one of ends.
    pub(crate) fn drop_reference(&mut self, reference: Option<ObjectRef>) {
        if let Some(ending) = reference.and_then(|reference| self.objects.release(reference)) {
            self.book(ending);
        }
    }

    /// `cap_revoke`.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `borrowed`, `denied` to anybody but the minter or deriver.
    pub fn revoke(&mut self, process: ProcessId, cap: CapT) -> Outcome<()> {
        let (slot, object) = self.resolve(process, cap)?;
        if slot.is_borrowed() {
            return Err(ErrorCode::Borrowed);
        }
        if object.revoker != process.raw() {
            return Err(ErrorCode::Denied);
        }
        let ending = self.objects.revoke(slot.reference());
        self.book(ending);
        Ok(())
    }

    /// `cap_derive`: the same object with fewer rights, to be revoked on its own.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `borrowed`, `denied` without the right to derive or for rights that it has not, `quota`.
    pub fn derive(&mut self, process: ProcessId, cap: CapT, rights: u32) -> Outcome<CapT> {
        let (slot, object) = self.resolve(process, cap)?;
        if object.class == ClassId::LEASE.0 {
            return self.derive_lease(process, cap, rights);
        }
        if slot.is_borrowed() {
            return Err(ErrorCode::Borrowed);
        }
        let wanted = Rights::from_bits(rights).ok_or(ErrorCode::Denied)?;
        if !slot.rights().contains(Rights::DERIVE | wanted) {
            return Err(ErrorCode::Denied);
        }
        self.reserve_object(process, None)?;
        self.derive_below(process, slot.reference(), rights, None)
    }

    /// Derives from an object, when [`Self::reserve_object`] has made room; `record` is what the new one has of its own.
    pub(crate) fn derive_below(
        &mut self,
        process: ProcessId,
        parent: ObjectRef,
        rights: u32,
        record: Option<u32>,
    ) -> Outcome<CapT> {
        let child = self.objects.insert_below(parent, process)?;
        self.objects.retain(child);
        if let (Some(object), Some(record)) = (self.objects.get_mut(child), record) {
            object.badge = record;
        }
        self.processes.get_mut(process)?.objects += 1;
        self.hold(process, child, rights, process)
    }

    /// Gives `process` a borrowed capability on an object, for the running call. Of the lender's `rights` it keeps those that
    /// mean something during a call.
    ///
    /// # Errors
    /// `revoked`, `quota`, `no-memory`, `dead`.
    pub fn lend(
        &mut self,
        process: ProcessId,
        object: u32,
        from: ProcessId,
        rights: u32,
    ) -> Outcome<CapT> {
        let reference = self.objects.reference(object).ok_or(ErrorCode::Revoked)?;
        let kept = rights & (Rights::READ | Rights::WRITE).bits();
        let rights = Rights::CALL.bits() | kept | BORROWED;
        let cap = self.hold(process, reference, rights, from)?;
        self.objects.retain(reference);
        Ok(cap)
    }

    /// Ends what [`Self::lend`] gave.
    pub fn end_borrow(&mut self, process: ProcessId, cap: CapT) {
        if let Ok(process) = self.processes.get_mut(process) {
            let freed = process.namespace.end_borrow(cap);
            self.drop_reference(freed);
        }
    }

    /// Takes a reference out of a namespace, to be attached in another one. Gives the number of the transfer.
    ///
    /// # Errors
    /// `bad-handle`, `revoked`, `wrong-class`, `borrowed`, `lent`, `denied` without the right to grant, `quota`, `no-memory`.
    pub fn detach(&mut self, process: ProcessId, cap: CapT, class: ClassId) -> Outcome<u32> {
        self.transits.reserve()?;
        let taken = self.take_out(process, cap, Some(class))?;
        self.shared.staged.set(self.shared.staged.get() + 1);
        Ok(self.transits.insert(taken))
    }

    /// Takes a reference, of that class if one is said, out of a namespace. It belongs to whoever called this: it has to end with
    /// [`Self::put_in`] or [`Self::return_to_source`].
    ///
    /// # Errors
    /// Those of [`Self::detach`].
    pub(crate) fn take_out(
        &mut self,
        process: ProcessId,
        cap: CapT,
        class: Option<ClassId>,
    ) -> Outcome<Transit> {
        let (slot, object) = self.resolve(process, cap)?;
        if class.is_some_and(|class| object.class != class.0) {
            return Err(ErrorCode::WrongClass);
        }
        if slot.is_borrowed() {
            return Err(ErrorCode::Borrowed);
        }
        if !slot.rights().contains(Rights::GRANT) {
            return Err(ErrorCode::Denied);
        }
        let source = self.processes.get_mut(process)?;
        let most = source.limits.transfers;
        if source.transfers >= most {
            self.exceed_of(process, "transfers", most, None);
            return Err(ErrorCode::Quota);
        }
        source.namespace.detach(cap)?;
        source.transfers += 1;
        self.objects.retain(slot.reference());
        Ok(Transit {
            fiber: self.fibers.running(),
            frame_top: self.shared.frame_top.get(),
            object: slot.reference(),
            rights: slot.rights,
            source: process,
            cap,
        })
    }

    /// Puts a reference that was taken out into a namespace.
    ///
    /// # Errors
    /// `dead`, `quota`, `no-memory`; the reference is still the caller's then.
    pub(crate) fn put_in(&mut self, process: ProcessId, moved: Transit) -> Outcome<CapT> {
        let cap = self.hold(process, moved.object, moved.rights, moved.source)?;
        // The new slot has the reference that was taken out.
        self.settle(moved, false);
        Ok(cap)
    }

    /// Gives a reference that was taken out back to whom it was taken from; to nobody if that process has ended.
    pub(crate) fn return_to_source(&mut self, moved: Transit) {
        self.settle(moved, true);
        self.drop_reference(Some(moved.object));
    }

    /// Makes room for `count` capabilities, so that as many transfers can be attached.
    ///
    /// # Errors
    /// `quota`, `no-memory`, `dead`.
    pub fn reserve(&mut self, process: ProcessId, count: u32) -> Outcome<()> {
        let room = self.processes.get_mut(process)?.namespace.reserve(count);
        // The slots may have moved.
        self.processes.publish(process);
        room
    }

    /// Ends a transfer in the namespace of `process`.
    ///
    /// # Errors
    /// `quota`, `no-memory`, `dead`; the transfer is still under way then. `bad-handle` if there is no such transfer.
    pub fn attach(&mut self, process: ProcessId, transit: u32) -> Outcome<CapT> {
        let moved = *self.transits.get(transit).ok_or(ErrorCode::BadHandle)?;
        let cap = self.put_in(process, moved)?;
        self.take_transit(transit);
        Ok(cap)
    }

    /// Ends a transfer by giving the reference back.
    pub fn restore(&mut self, transit: u32) {
        if let Some(moved) = self.take_transit(transit) {
            self.return_to_source(moved);
        }
    }

    /// Ends a transfer that nobody can receive: the reference is released.
    pub fn abandon(&mut self, transit: u32) {
        if let Some(moved) = self.take_transit(transit) {
            self.settle(moved, false);
            self.drop_reference(Some(moved.object));
        }
    }

    fn take_transit(&mut self, transit: u32) -> Option<Transit> {
        let moved = self.transits.remove(transit)?;
        if moved.fiber == self.fibers.running() {
            self.shared.staged.set(self.shared.staged.get() - 1);
        } else {
            self.fibers.settle_one(moved.fiber);
        }
        Some(moved)
    }

    /// Room for `length` bytes of content of a process until the running frame ends: its address.
    ///
    /// # Errors
    /// `too-long` when it is more than the process may have under way at all; `quota` together with what is; `no-memory`; `dead`.
    pub fn stage(&mut self, process: ProcessId, length: u32) -> Outcome<u32> {
        let owner = self.processes.get_mut(process)?;
        if length > owner.limits.content {
            return Err(ErrorCode::TooLong);
        }
        let most = owner.limits.content;
        let left = most - owner.content;
        let staged = self.staging.stage(&self.shared, process, left, length);
        if staged == Err(ErrorCode::Quota) {
            self.exceed_of(process, "content", most, None);
        }
        let (address, counted) = staged?;
        self.processes.get_mut(process)?.content += counted;
        Ok(address)
    }

    /// Ends what is left of `frame` and of the frames above it, in the stack that runs: content that was staged, and transfers that nobody settled
    /// because who should have done it has ended.
    pub fn leave(&mut self, frame: u32) {
        while let Some((owner, size)) = self.staging.unstage(&self.shared, frame) {
            if let Ok(owner) = self.processes.get_mut(owner) {
                owner.content -= size;
            }
        }
        let fiber = self.fibers.running();
        self.abandon_where(|moved| moved.fiber == fiber && moved.frame_top > frame);
    }

    /// Gives up every transfer that a process began: it has ended, and nothing of it goes anywhere any more.
    pub(crate) fn abandon_from(&mut self, source: ProcessId) {
        self.abandon_where(|moved| moved.source == source);
    }

    /// Gives up transfers. With none under way, which is usual, it does not matter how many there once were.
    fn abandon_where(&mut self, over: impl Fn(Transit) -> bool) {
        let mut unseen = self.transits.live();
        for number in 1..=self.transits.numbers() {
            if unseen == 0 {
                break;
            }
            if let Some(moved) = self.transits.get(number).copied() {
                unseen -= 1;
                if over(moved) {
                    self.abandon(number);
                }
            }
        }
    }

    fn settle(&mut self, moved: Transit, restored: bool) {
        if let Ok(source) = self.processes.get_mut(moved.source) {
            source.transfers -= 1;
            let freed = source.namespace.settle(moved.cap, restored);
            self.drop_reference(freed);
        }
    }

    /// The block of methods with which `process` serves objects of a class.
    pub fn methods_of(&self, process: ProcessId, class: &str) -> u32 {
        let interface = interface_of(class);
        self.processes.get(process).map_or(0, |process| {
            let server = process
                .servers
                .iter()
                .find(|server| server.interface == interface);
            server.map_or(0, |server| server.methods)
        })
    }
}
