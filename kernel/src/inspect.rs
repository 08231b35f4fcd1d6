//! A look at everything: processes, namespaces, and who holds what from whom.

use crate::process::{Process, ProcessId};
use crate::state::Kernel;

/// A capability in a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "web",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct HeldCapability {
    /// Its `cap_t`.
    pub cap: u32,
    /// Class of the object; empty if the object is dead.
    pub class: String,
    /// Rights bits.
    pub rights: u32,
    /// References of the process to it.
    pub count: u32,
    /// Whether it ends with the running call.
    pub borrowed: bool,
    /// Whether the object lives.
    pub alive: bool,
    /// Who minted the object.
    pub minter: u32,
    /// Who gave the capability.
    pub from: u32,
}

/// A process and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "web",
    derive(serde::Serialize),
    serde(rename_all = "camelCase")
)]
pub struct InspectedProcess {
    /// Its identity.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Bytes of its linear memory. The core sees no memories: whoever runs the process fills it in.
    pub memory_bytes: u64,
    /// Calls into it that are running.
    pub active: u32,
    /// The most capabilities it may hold.
    pub handle_quota: u32,
    /// Objects that it minted or derived: those alive, and those that wait for its destructor.
    pub objects: u32,
    /// Interfaces that it serves.
    pub serves: Vec<String>,
    /// Its namespace.
    pub capabilities: Vec<HeldCapability>,
}

impl Kernel {
    /// Every process, the host first.
    pub fn inspect(&self) -> Vec<InspectedProcess> {
        self.processes
            .iter()
            .map(|process| self.inspect_process(process))
            .collect()
    }

    fn inspect_process(&self, process: &Process) -> InspectedProcess {
        let held = process.namespace.iter().map(|(cap, slot)| {
            let object = self.objects.get(slot.reference());
            HeldCapability {
                cap,
                class: object
                    .and_then(|o| self.classes.text(o.class))
                    .unwrap_or_default()
                    .to_owned(),
                rights: slot.rights().bits(),
                count: slot.count,
                borrowed: slot.is_borrowed(),
                alive: object.is_some(),
                minter: object.map_or(0, |object| object.minter),
                from: slot.from,
            }
        });
        InspectedProcess {
            id: process.id.raw(),
            name: process.name.clone(),
            memory_bytes: 0,
            active: if process.id == ProcessId::HOST {
                0
            } else {
                self.processes.header(process.id).active.get()
            },
            handle_quota: process.namespace.quota(),
            objects: process.objects,
            serves: process
                .servers
                .iter()
                .map(|server| server.interface.clone())
                .collect(),
            capabilities: held.collect(),
        }
    }
}
