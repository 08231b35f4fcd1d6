//! Processes: who they are, what the kernel keeps of each, and the pool of headers that gates read.

use crate::binding::Later;
use crate::class::ClassId;
use crate::group::Membership;
use crate::layout::{Header, address_of};
use crate::link::Server;
use crate::namespace::Namespace;
use crate::reserve::{entries, free_list};
use crate::time::Overrun;
use portcullis_abi::ErrorCode;
use std::collections::VecDeque;

/// Names a process for as long as the kernel runs: an index of the table and how often it was used before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId(u32);

const INDEX_BITS: u32 = 12;
const INDEX_MASK: u32 = (1 << INDEX_BITS) - 1;

impl ProcessId {
    /// The web app itself, which has a namespace like everybody else.
    pub const HOST: ProcessId = ProcessId(1);

    /// From the number that gates and tables carry. Any number will do; it need not name a process.
    pub fn from_raw(raw: u32) -> ProcessId {
        ProcessId(raw)
    }

    /// The number that gates and tables carry. Never 0 for a process.
    pub fn raw(self) -> u32 {
        self.0
    }

    /// Its place in the table of processes.
    pub(crate) fn index(self) -> usize {
        (self.0 & INDEX_MASK) as usize
    }
}

/// What a process may use at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Capabilities in its namespace at once.
    pub handles: u32,
    /// Objects minted or derived by it at once: those alive, and those that wait for its destructor.
    pub objects: u32,
    /// Calls into it that run at once; 1 refuses re-entry.
    pub calls: u32,
    /// How deep a chain of nested calls may be when it makes one of them: 0 makes no calls of others.
    pub depth: u32,
    /// References of its own on their way to other processes at once.
    pub transfers: u32,
    /// Bytes of its strings and lists on their way at once, those of messages that wait included. What is smaller than 4 KiB
    /// goes on the kernel's call stack and does not count.
    pub content: u32,
    /// Functions that it serves.
    pub functions: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            handles: 4_096,
            objects: 65_536,
            calls: 64,
            depth: 128,
            transfers: 1_024,
            content: 64 << 20,
            functions: 2_000,
        }
    }
}

/// A class as one plugin numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalClass {
    /// The plugin's number.
    pub number: u32,
    /// The kernel's.
    pub class: ClassId,
    /// Whether the plugin mints it.
    pub minted: bool,
    /// Index of its methods in the method table; 0 for none.
    pub methods: u32,
    /// Whether the plugin has a destructor for it.
    pub has_destructor: bool,
}

/// What the kernel keeps of a process.
pub struct Process {
    /// Its identity.
    pub id: ProcessId,
    /// For messages and `inspect`.
    pub name: String,
    /// Its capabilities.
    pub namespace: Namespace,
    /// What it may use.
    pub limits: Limits,
    /// Its classes.
    pub classes: Vec<LocalClass>,
    /// Entries of the objects that it minted.
    pub minted: Vec<u32>,
    /// How many objects alive were minted or derived by it, and how many that are over it has yet to hear of.
    pub objects: u32,
    /// Class and badge of the objects that are over and that it has yet to hear of, the oldest first.
    pub(crate) over: VecDeque<(ClassId, u32)>,
    /// What it serves.
    pub servers: Vec<Server>,
    /// Table slots that its imports are bound to.
    pub bound: Vec<u32>,
    /// Interfaces and places of its imports that are dispatched on objects.
    pub(crate) dispatched: Vec<(String, u32)>,
    /// Its imports whose providers are named later.
    pub(crate) later: Vec<Later>,
    /// Every table slot in which its functions stand; after a hand-over those that it took, and those that it had. And those of
    /// its imports whose providers are named later.
    pub(crate) served: Vec<u32>,
    /// References of its own that are on their way.
    pub(crate) transfers: u32,
    /// Bytes of its own that are on their way.
    pub(crate) content: u32,
    /// Where its status word lies in its memory, if it has one.
    pub status_address: Option<u32>,
    /// What it said before it trapped, cleaned.
    pub last_words: Option<String>,
    /// The kernel error that ended it, for want of a status word, and the import at which it happened.
    pub fatal: Option<(ErrorCode, u32)>,
    /// What it used too much of, if it ends for that.
    pub overrun: Option<Overrun>,
    /// The row of destructors that ran last, and for how many milliseconds its own have run in it.
    pub destructors: (u32, f64),
    /// Units of fuel that it has used, as far as the slices tell.
    pub fuel: f64,
    /// Milliseconds that it has run, as far as the slices tell.
    pub milliseconds: f64,
    /// The trust group that it is of, if any: see [`crate::group`].
    pub membership: Option<Membership>,
    header: usize,
}

impl Process {
    /// References of its own on their way to other processes.
    pub fn transfers(&self) -> u32 {
        self.transfers
    }

    /// Bytes of its content on their way.
    pub fn content(&self) -> u32 {
        self.content
    }

    /// Objects that are over and that it has yet to hear of.
    pub fn waiting(&self) -> u32 {
        self.over.len() as u32
    }

    /// The number that the process itself uses for a class.
    pub fn local_class(&self, class: ClassId) -> Option<&LocalClass> {
        self.classes.iter().find(|local| local.class == class)
    }

    /// Whether it has to be told when an object of that class, which it minted, is over.
    pub(crate) fn wants_to_hear(&self, class: ClassId) -> bool {
        match self.id {
            ProcessId::HOST => class != ClassId::MESSAGE,
            _ => self
                .local_class(class)
                .is_some_and(|local| local.has_destructor),
        }
    }

    /// The class of that number.
    pub fn class_of_number(&self, number: u32) -> Option<&LocalClass> {
        self.classes.iter().find(|local| local.number == number)
    }
}

struct Entry {
    /// Added to the index to make the identity of the next process here.
    serial: u32,
    process: Option<Box<Process>>,
}

/// All processes.
pub struct ProcessTable {
    entries: Vec<Entry>,
    free: Vec<usize>,
    /// Never shrinks and never moves: a gate of a dead process may still look at its header.
    #[allow(clippy::vec_box)] // Boxed, so that an address stays good when the list grows.
    headers: Vec<Box<Header>>,
    /// Minters that have to hear of objects that are over, each once.
    pub(crate) dropping: Vec<ProcessId>,
    live: u32,
    limit: u32,
}

/// The most processes that there can be, the host among them.
pub const MOST_PROCESSES: u32 = INDEX_MASK;

impl Default for ProcessTable {
    fn default() -> Self {
        // Index 0 is never used, so that no process has the identity 0.
        let unused = Entry {
            serial: 0,
            process: None,
        };
        ProcessTable {
            entries: vec![unused],
            free: Vec::new(),
            headers: vec![Box::default()],
            dropping: Vec::new(),
            live: 0,
            limit: MOST_PROCESSES,
        }
    }
}

impl ProcessTable {
    /// A new process with an empty namespace.
    ///
    /// # Errors
    /// [`ErrorCode::Quota`] when as many live as may, or all identities were used; `no-memory`.
    pub fn insert(&mut self, name: String, limits: Limits) -> Result<ProcessId, ErrorCode> {
        if self.live >= self.limit {
            return Err(ErrorCode::Quota);
        }
        entries(&mut self.entries, 1)?;
        entries(&mut self.headers, 1)?;
        // The end of a process, and of an object of whichever process, needs no memory.
        free_list(&mut self.free, self.entries.len() + 1)?;
        free_list(&mut self.dropping, self.entries.len() + 1)?;
        let index = match self.free.pop() {
            Some(index) => index,
            None if self.entries.len() <= INDEX_MASK as usize => {
                self.entries.push(Entry {
                    serial: 0,
                    process: None,
                });
                self.headers.push(Box::default());
                self.entries.len() - 1
            }
            None => return Err(ErrorCode::Quota),
        };
        let id = ProcessId((self.entries[index].serial << INDEX_BITS) | index as u32);
        self.entries[index].process = Some(Box::new(Process {
            id,
            name,
            namespace: Namespace::new(limits.handles),
            limits,
            classes: Vec::new(),
            minted: Vec::new(),
            objects: 0,
            over: VecDeque::new(),
            servers: Vec::new(),
            bound: Vec::new(),
            dispatched: Vec::new(),
            later: Vec::new(),
            served: Vec::new(),
            transfers: 0,
            content: 0,
            status_address: None,
            last_words: None,
            fatal: None,
            overrun: None,
            destructors: (0, 0.0),
            fuel: 0.0,
            milliseconds: 0.0,
            membership: None,
            header: index,
        }));
        let header = &self.headers[index];
        header.process.set(id.raw());
        header.active.set(0);
        header.active_limit.set(limits.calls);
        header.depth_limit.set(limits.depth);
        self.live += 1;
        self.publish(id);
        Ok(id)
    }

    /// How many processes live, the host among them.
    pub fn live(&self) -> u32 {
        self.live
    }

    /// The most that may live at once, the host among them.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Sets the most that may live at once, at most [`MOST_PROCESSES`].
    pub fn set_limit(&mut self, limit: u32) {
        self.limit = limit.min(MOST_PROCESSES);
    }

    /// Takes a process out. Its header says at once that it is dead.
    pub fn remove(&mut self, id: ProcessId) -> Option<Process> {
        self.get(id).ok()?;
        let entry = &mut self.entries[id.index()];
        let process = entry.process.take()?;
        let header = &self.headers[process.header];
        header.process.set(0);
        header.slots.set(0);
        header.length.set(0);
        entry.serial += 1;
        self.live -= 1;
        self.dropping.retain(|minter| *minter != id);
        if entry.serial >> (32 - INDEX_BITS) == 0 {
            self.free.push(id.index());
        }
        Some(*process)
    }

    /// A living process.
    ///
    /// # Errors
    /// [`ErrorCode::Dead`] when there is none of that identity.
    #[inline(always)]
    pub fn get(&self, id: ProcessId) -> Result<&Process, ErrorCode> {
        self.entries
            .get(id.index())
            .and_then(|entry| entry.process.as_deref())
            .filter(|process| process.id == id)
            .ok_or(ErrorCode::Dead)
    }

    /// As [`Self::get`], to change it.
    ///
    /// # Errors
    /// [`ErrorCode::Dead`] when there is none of that identity.
    #[inline(always)]
    pub fn get_mut(&mut self, id: ProcessId) -> Result<&mut Process, ErrorCode> {
        self.entries
            .get_mut(id.index())
            .and_then(|entry| entry.process.as_deref_mut())
            .filter(|process| process.id == id)
            .ok_or(ErrorCode::Dead)
    }

    /// The header that the gates of a process read.
    pub fn header(&self, id: ProcessId) -> &Header {
        &self.headers[id.index().min(self.headers.len() - 1)]
    }

    /// Its address in the kernel's memory.
    pub fn header_address(&self, id: ProcessId) -> u32 {
        address_of(self.header(id))
    }

    /// Tells the gates where the namespace lies now.
    #[inline(always)]
    pub fn publish(&self, id: ProcessId) {
        if let Ok(process) = self.get(id) {
            let header = &self.headers[process.header];
            header.slots.set(process.namespace.address());
            header.length.set(process.namespace.length());
        }
    }

    /// Every living process.
    pub fn iter(&self) -> impl Iterator<Item = &Process> {
        self.entries
            .iter()
            .filter_map(|entry| entry.process.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_never_used_again() {
        let mut table = ProcessTable::default();
        assert_eq!(
            table.insert("host".into(), Limits::default()),
            Ok(ProcessId::HOST)
        );
        let first = table.insert("a".into(), Limits::default()).unwrap();
        assert_eq!(table.header(first).process.get(), first.raw());
        table.remove(first).unwrap();
        assert_eq!(table.header(first).process.get(), 0);
        let second = table.insert("b".into(), Limits::default()).unwrap();
        assert_ne!(first, second);
        assert!(table.get(first).is_err() && table.get(second).is_ok());
        assert!(table.remove(first).is_none());
        for raw in [0, 0x1000, u32::MAX] {
            assert!(table.get(ProcessId::from_raw(raw)).is_err());
        }
    }

    #[test]
    fn the_table_is_bounded() {
        let mut table = ProcessTable::default();
        for _ in 0..4_095 {
            table.insert(String::new(), Limits::default()).unwrap();
        }
        assert_eq!(
            table.insert(String::new(), Limits::default()),
            Err(ErrorCode::Quota)
        );
    }
}
