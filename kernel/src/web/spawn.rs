//! What a process is to be spawned with, and its beginning: imports are bound, there is a process, it has a memory.

use super::error::{KernelFailure, failure};
use super::exit;
use super::frame::Shared;
use super::fused::{self, Fused};
use super::host::HostInterface;
use super::plugin::{Compiled, Plugin};
use super::recipe::gate_imports;
use super::running::{self, Running};
use super::starting::Starting;
use super::supply::{Supply, constants};
use super::transfer;
use super::with_kernel;
use crate::binding::Provider;
use crate::group::Membership;
use crate::link::Server;
use crate::load::{LoadError, clean};
use crate::map::Map;
use crate::process::{Limits, ProcessId};
use crate::time::Budget;
use js_sys::{Object, WebAssembly};
use portcullis_abi::ErrorCode;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// What the kernel needs for a process at most, in bytes.
pub const SPAWN_BYTES: u32 = 512 * 1024;

enum Binding {
    /// What the host serves, and which functions may return promises.
    Host(Server, Rc<[String]>),
    Process(u32),
    Object,
    Later,
}

/// What a process is to be spawned with. Nothing is granted until it is said here.
#[wasm_bindgen]
pub struct Spawn {
    plugin: Plugin,
    name: String,
    bindings: Map<String, Binding>,
    supply: Supply,
    constants: Map<String, JsValue>,
    limits: Limits,
    budget: Budget,
    membership: Option<Membership>,
    pending: JsValue,
}

/// A process that has begun: what is needed to go on with it.
pub struct Begun {
    /// For messages.
    pub name: String,
    /// Which one it is.
    pub process: ProcessId,
    /// What it is a process of.
    pub compiled: Rc<Compiled>,
    /// Its memory, if it has one.
    pub memory: Option<WebAssembly::Memory>,
    /// The values of its constants, in order.
    pub constants: Vec<JsValue>,
    /// The slots of its exports, in order.
    pub served: Vec<u32>,
    /// What its start may use.
    pub budget: Budget,
    /// Whether it imports a function of the host that may return a promise.
    pub waits: bool,
    /// What its gate has that does without containment; then the gate is its own.
    pub fused: Option<Fused>,
    /// What its gate is to be instantiated with.
    pub gate_imports: Object,
}

#[wasm_bindgen]
impl Spawn {
    /// A process of `plugin`. `pending` is the object through which the host gives and takes bytes; see `assembly.js`.
    /// `memory_bytes` is the hard maximum of its memory. What else it may use is the default, if [`Self::limit`] says nothing else.
    #[wasm_bindgen(constructor)]
    pub fn new(plugin: &Plugin, name: &str, pending: JsValue, memory_bytes: f64) -> Spawn {
        Spawn {
            plugin: plugin.clone(),
            name: clean(name, 100),
            bindings: Map::new(),
            supply: Supply {
                maximum: memory_bytes,
                shared: None,
            },
            constants: Map::new(),
            limits: Limits::default(),
            budget: Budget::default(),
            membership: None,
            pending,
        }
    }

    /// Lets it use a memory of the web app's, instead of one of its own.
    #[wasm_bindgen(js_name = useMemory)]
    pub fn use_memory(&mut self, memory: WebAssembly::Memory) {
        self.supply.shared = Some(memory);
    }

    /// Has it be of a trust group, of that number and name.
    #[wasm_bindgen(js_name = setGroup)]
    pub fn set_group(&mut self, group: u32, name: &str) {
        self.membership = Some(Membership {
            group,
            name: clean(name, 100),
            joined: false,
        });
    }

    /// Gives a value for a constant that it may import, by `module#name`.
    pub fn constant(&mut self, label: String, value: JsValue) {
        self.constants.insert(label, value);
    }

    /// What its start may use: milliseconds, and units of fuel. Infinite for as much as it likes.
    #[wasm_bindgen(js_name = setBudget)]
    pub fn set_budget(&mut self, deadline: f64, fuel: f64) {
        self.budget = Budget { deadline, fuel };
    }

    /// Sets the limit at that place of [`super::usage::usage`].
    pub fn limit(&mut self, place: u32, value: u32) {
        let limits = &mut self.limits;
        let fields = [
            &mut limits.handles,
            &mut limits.objects,
            &mut limits.calls,
            &mut limits.depth,
            &mut limits.transfers,
            &mut limits.content,
            &mut limits.functions,
        ];
        // The memory, which comes before them, is no field.
        let field = fields.into_iter().nth((place as usize).wrapping_sub(1));
        if let Some(field) = field {
            *field = value;
        }
    }

    /// Grants an interface that the host serves.
    #[wasm_bindgen(js_name = bindHost)]
    pub fn bind_host(&mut self, interface: String, host: &HostInterface) {
        if let Some(server) = host.server() {
            self.bindings.insert(
                interface,
                Binding::Host(server.clone(), host.asynchronous()),
            );
        }
    }

    /// Grants an interface that a process serves.
    #[wasm_bindgen(js_name = bindProcess)]
    pub fn bind_process(&mut self, interface: String, process: u32) {
        self.bindings.insert(interface, Binding::Process(process));
    }

    /// Grants the methods of an interface, each served by whoever minted the object.
    #[wasm_bindgen(js_name = bindObject)]
    pub fn bind_object(&mut self, interface: String) {
        self.bindings.insert(interface, Binding::Object);
    }

    /// Grants an interface whose provider [`bind_later`] names.
    #[wasm_bindgen(js_name = bindLater)]
    pub fn bind_later(&mut self, interface: String) {
        self.bindings.insert(interface, Binding::Later);
    }

    /// Makes the process: binds its imports, gives it a memory. Gives what its gate is to be instantiated with.
    ///
    /// # Errors
    /// A `KernelFailure`: `missing-grant`, `unknown-import`, `signature-mismatch`, `bad-limit`, `quota`, `no-memory`. Nothing is
    /// left of the process then.
    pub fn begin(self) -> Result<Starting, JsValue> {
        super::usage::headroom(SPAWN_BYTES)?;
        exit::keep_reserve();
        let compiled = self.plugin.compiled.clone();
        let mut slots = self.bind(&compiled).map_err(failure)?;
        let constants = constants(&self.name, &compiled.module.constants, &self.constants);
        let constants = constants.map_err(failure)?;
        let (memory, maximum_pages) = self.supply.memory(&self.name, &compiled.module)?;
        let shared = Shared::get()?;
        let fused = self.fused(&compiled, &shared)?;
        let (process, served) = with_kernel(|kernel| {
            let full = |code| KernelFailure::new(code, format!("plugin `{}` is one process more than may run at once; raise `processes` when you start the kernel", self.name));
            let process = kernel.processes.insert(self.name.clone(), self.limits).map_err(full)?;
            if let Ok(entry) = kernel.processes.get_mut(process) {
                entry.membership = self.membership.clone();
            }
            let served = kernel.serve(process, &compiled.resolved, &mut slots);
            let served = served.map_err(|code| {
                // It was not told to anybody, and nothing of it can run.
                let _ = kernel.end_process(process);
                let (name, count) = (&self.name, compiled.resolved.exports.len());
                KernelFailure::new(code, format!("plugin `{name}` exports {count} functions, its limit is {}; raise `functions`", self.limits.functions))
            })?;
            Ok((process, served))
        })
        .map_err(|error: KernelFailure| failure(error))?;
        let running = Running {
            process,
            name: self.name.clone(),
            compiled: compiled.clone(),
            memory: memory.clone(),
            maximum_pages,
            gate: None,
            destructors: Vec::new(),
            later: Vec::new(),
        };
        if let Some(memory) = &memory {
            transfer::add_memory(process.raw(), memory);
        }
        running::with_mut(process, |place| *place = Some(running));
        for slot in with_kernel(|kernel| kernel.later_slots(process)) {
            shared.set_slot(slot, &shared.stub)?;
        }
        let gate_imports =
            self.gate_imports(process, &shared, memory.as_ref(), &slots, fused.as_ref());
        let waits = compiled.resolved.imports.iter().any(|import| {
            let binding = self.bindings.get(&import.interface);
            matches!(binding, Some(Binding::Host(_, names)) if names.contains(&import.name))
        });
        Ok(Starting::new(Begun {
            name: self.name,
            process,
            compiled,
            memory,
            constants,
            served,
            budget: self.budget,
            waits,
            fused,
            gate_imports,
        }))
    }
}

impl Spawn {
    fn bind(&self, compiled: &Compiled) -> Result<Vec<u32>, LoadError> {
        // The servers of processes are copied: binding changes the kernel's tables.
        let mut servers: Map<&str, Server> = Map::new();
        for (interface, binding) in self.bindings.iter() {
            match binding {
                Binding::Host(server, _) => {
                    servers.insert(interface, server.clone());
                }
                Binding::Process(process) => {
                    let server = with_kernel(|kernel| {
                        let provider = ProcessId::from_raw(*process);
                        let servers = kernel.servers(provider).map_err(|code| {
                            LoadError::new(
                                code,
                                format!("the process granted as provider of `{interface}` is dead"),
                            )
                        })?;
                        let server = servers.iter().find(|server| server.interface == *interface);
                        server.cloned().ok_or_else(|| {
                            let name = kernel.processes.get(provider).map_or("", |process| &process.name);
                            LoadError::new(
                                ErrorCode::MissingGrant,
                                format!("plugin `{name}` was granted as provider of `{interface}`, but does not export it"),
                            )
                        })
                    })?;
                    servers.insert(interface, server);
                }
                Binding::Object | Binding::Later => {}
            }
        }
        with_kernel(|kernel| {
            kernel.bind(
                &self.name,
                &compiled.resolved.imports,
                |interface| match self.bindings.get(interface)? {
                    Binding::Object => Some(Provider::Object),
                    Binding::Later => Some(Provider::Later),
                    _ => servers.get(interface).map(Provider::Server),
                },
            )
        })
    }

    /// The gate of a process of a group, if it calls others of it.
    fn fused(&self, compiled: &Compiled, shared: &Shared) -> Result<Option<Fused>, JsValue> {
        let Some(Membership { group, .. }) = self.membership else {
            return Ok(None);
        };
        fused::gate(compiled, group, shared.multi_memory, |interface| match self
            .bindings
            .get(interface)?
        {
            Binding::Process(provider) => Some(ProcessId::from_raw(*provider)),
            _ => None,
        })
    }

    fn gate_imports(
        &self,
        process: ProcessId,
        shared: &Shared,
        memory: Option<&WebAssembly::Memory>,
        slots: &[u32],
        fused: Option<&Fused>,
    ) -> Object {
        let header = with_kernel(|kernel| kernel.processes.header_address(process));
        gate_imports(
            &shared.kernel_imports,
            process.raw(),
            header,
            slots,
            fused.map(Fused::headers),
            memory,
            &self.pending,
            shared.multi_memory,
        )
    }
}
