//! Trust groups: processes whose calls of each other are not contained, and that therefore end together.
//!
//! What flies out of one of them flies through others that called it, and leaves them in the middle of something. So the end of one is
//! the end of all; but for one that makes way for a newer build when nobody is in it. A process is in its group when it has started:
//! until then it ends alone.

use crate::process::ProcessId;
use crate::state::Kernel;

/// The group that a process is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Its number, which the web app gave.
    pub group: u32,
    /// Its name, for messages.
    pub name: String,
    /// Whether the end of one is the end of the other: not before it has started.
    pub joined: bool,
}

impl Kernel {
    /// What a living process ends together with, if it does.
    pub fn membership(&self, process: ProcessId) -> Option<&Membership> {
        let membership = self.processes.get(process).ok()?.membership.as_ref();
        membership.filter(|membership| membership.joined)
    }

    /// Whether two processes are to be of one group, or are.
    pub fn together(&self, one: ProcessId, group: u32) -> bool {
        let process = self.processes.get(one).ok();
        let membership = process.and_then(|process| process.membership.as_ref());
        membership.is_some_and(|membership| membership.group == group)
    }

    /// A process of a group has started: from now on it ends with the others.
    pub fn join(&mut self, process: ProcessId) {
        self.set_joined(process, true);
    }

    /// A process is to end alone.
    pub fn part(&mut self, process: ProcessId) {
        self.set_joined(process, false);
    }

    fn set_joined(&mut self, process: ProcessId, joined: bool) {
        let process = self.processes.get_mut(process).ok();
        if let Some(membership) = process.and_then(|process| process.membership.as_mut()) {
            membership.joined = joined;
        }
    }

    /// A living process of a group, one that starts included. Needs no memory.
    pub fn next_member(&self, group: u32) -> Option<ProcessId> {
        let of = |process: &&crate::process::Process| {
            let membership = process.membership.as_ref();
            membership.is_some_and(|membership| membership.group == group)
        };
        self.processes.iter().find(of).map(|process| process.id)
    }

    /// Others of a process's group.
    fn others(&self, process: ProcessId) -> impl Iterator<Item = &crate::process::Process> {
        let entry = self.processes.get(process).ok();
        let group = entry.and_then(|entry| Some(entry.membership.as_ref()?.group));
        self.processes.iter().filter(move |other| {
            let membership = other.membership.as_ref();
            other.id != process
                && group.is_some()
                && membership.map(|membership| membership.group) == group
        })
    }

    /// Whether a call runs in others of its group: one of them may be what trapped.
    pub fn others_are_active(&self, process: ProcessId) -> bool {
        self.others(process)
            .any(|other| self.processes.header(other.id).active.get() > 0)
    }

    /// Who ended, when something flew out of a process: another one of its group that used too much, or that could not be told of a
    /// failure; otherwise that process.
    pub fn culprit(&self, process: ProcessId) -> ProcessId {
        let ended =
            |entry: &crate::process::Process| entry.overrun.is_some() || entry.fatal.is_some();
        match self.processes.get(process) {
            Ok(entry) if !ended(entry) => self
                .others(process)
                .find(|other| ended(other))
                .map_or(process, |other| other.id),
            _ => process,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Limits;
    use portcullis_abi::ErrorCode;

    fn spawn(kernel: &mut Kernel, group: u32) -> ProcessId {
        let id = kernel.processes.insert("p".into(), Limits::default());
        let id = id.expect("there is room");
        if group > 0 {
            kernel.processes.get_mut(id).unwrap().membership = Some(Membership {
                group,
                name: "g".into(),
                joined: false,
            });
        }
        id
    }

    #[test]
    fn a_process_ends_alone_until_it_has_started() {
        let mut kernel = Kernel::new();
        let (one, loner) = (spawn(&mut kernel, 1), spawn(&mut kernel, 0));
        assert_eq!(kernel.membership(one), None);
        kernel.join(one);
        kernel.join(loner);
        assert_eq!(kernel.membership(one).unwrap().group, 1);
        assert_eq!(kernel.membership(loner), None);
        kernel.part(one);
        assert_eq!(kernel.membership(one), None);
        assert!(kernel.together(one, 1) && !kernel.together(one, 2));
        assert!(!kernel.together(loner, 0));
    }

    #[test]
    fn members_are_all_that_live_also_those_that_start() {
        let mut kernel = Kernel::new();
        let members = [1, 1, 2, 0].map(|group| spawn(&mut kernel, group));
        kernel.join(members[0]);
        for member in &members[..2] {
            assert_eq!(kernel.next_member(1), Some(*member));
            kernel.end_process(*member).unwrap();
        }
        assert_eq!(kernel.next_member(1), None);
        assert_eq!(kernel.next_member(2), Some(members[2]));
        assert_eq!(kernel.next_member(0), None);
        assert_eq!(kernel.membership(members[0]), None);
    }

    #[test]
    fn who_used_too_much_is_to_blame_and_nobody_of_another_group() {
        let mut kernel = Kernel::new();
        let [one, other, stranger, loner] = [1, 1, 2, 0].map(|group| spawn(&mut kernel, group));
        let fail = |kernel: &mut Kernel, process| {
            kernel.processes.get_mut(process).unwrap().fatal = Some((ErrorCode::Dead, 0));
        };
        fail(&mut kernel, stranger);
        fail(&mut kernel, loner);
        assert_eq!(kernel.culprit(one), one);
        fail(&mut kernel, other);
        assert_eq!(kernel.culprit(one), other);
        fail(&mut kernel, one);
        assert_eq!(kernel.culprit(one), one);
        assert!(!kernel.others_are_active(one));
        kernel.processes.header(stranger).active.set(1);
        assert!(!kernel.others_are_active(one));
        kernel.processes.header(other).active.set(1);
        assert!(kernel.others_are_active(one) && !kernel.others_are_active(other));
        assert!(!kernel.others_are_active(loner));
    }
}
