//! From a compiled plugin to a running process.

use super::budget;
use super::error::{KernelFailure, failure};
use super::exit::{self, Reason};
use super::frame::{self, Shared, bare, get, set};
use super::fused::{self, Fused};
use super::host::HostInterface;
use super::plugin::{Compiled, Plugin};
use super::supply::{PAGE, Supply, constants};
use super::transfer;
use super::with_kernel;
use crate::binding::Provider;
use crate::class::ClassId;
use crate::group::Membership;
use crate::link::Server;
use crate::load::{LoadError, clean};
use crate::map::Map;
use crate::module::{FUEL_IMPORT, MEMORY_IMPORT, REFILL_IMPORT, START_EXPORT, StatusExport};
use crate::process::{Limits, ProcessId};
use crate::time::Budget;
use crate::translator::{DESTRUCTOR, Road};
use js_sys::WebAssembly::Global;
use js_sys::{Array, Function, Object, Reflect, Uint8Array, WebAssembly};
use portcullis_abi::ErrorCode;
use portcullis_abi::names::{DESTRUCTOR_MARK, INITIALIZE_EXPORT, REALLOC_EXPORT, STATUS_EXPORT};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The index of the start of a process.
const START: u32 = DESTRUCTOR - 1;
/// What the kernel needs for a process at most, in bytes.
const SPAWN_BYTES: u32 = 512 * 1024;

struct Running {
    process: ProcessId,
    name: String,
    compiled: Rc<Compiled>,
    memory: Option<WebAssembly::Memory>,
    maximum_pages: u64,
    /// What its gate exports, when it is connected.
    gate: Option<Object>,
    destructors: Vec<(ClassId, Function)>,
    /// The slots of imports that were given a provider while it runs, each with the number of the slot that is called instead.
    later: Vec<(u32, Global)>,
}

thread_local! {
    /// By the place of the process in the kernel's table.
    static RUNNING: RefCell<Vec<Option<Running>>> = const { RefCell::new(Vec::new()) };
}

fn with<R>(process: ProcessId, action: impl FnOnce(&Running) -> R) -> Option<R> {
    RUNNING.with(|all| {
        let all = all.borrow();
        let running = all.get(process.index())?.as_ref()?;
        (running.process == process).then(|| action(running))
    })
}

fn with_mut<R>(process: ProcessId, action: impl FnOnce(&mut Option<Running>) -> R) -> R {
    RUNNING.with(|all| {
        let mut all = all.borrow_mut();
        let length = all.len().max(process.index() + 1);
        all.resize_with(length, || None);
        action(&mut all[process.index()])
    })
}

/// The name of a process, for messages.
pub fn name(process: ProcessId) -> String {
    with(process, |running| running.name.clone()).unwrap_or_default()
}

/// Lets go of everything that JavaScript holds for a process.
pub fn forget(process: ProcessId) {
    let gone = with_mut(process, |running| {
        running.take_if(|running| running.process == process)
    });
    transfer::remove_memory(process.raw());
    fused::forget(process);
    // Outside of the list: a plugin that is dropped with it tells the kernel.
    drop(gone);
}

/// The name of the export, or destructor, of that number.
pub fn export_name(process: ProcessId, index: u32) -> Option<String> {
    with(process, |running| {
        if index & DESTRUCTOR != 0 {
            let (_, name) = running
                .compiled
                .resolved
                .destructors
                .get((index & !DESTRUCTOR) as usize)?;
            return Some(name.clone());
        }
        if index == START {
            return Some("start".to_owned());
        }
        Some(
            running
                .compiled
                .resolved
                .exports
                .get(index as usize)?
                .export
                .clone(),
        )
    })
    .flatten()
}

/// The name of an import by its place among the bound ones.
pub fn import_name(process: ProcessId, index: u32) -> String {
    with(process, |running| {
        let import = running.compiled.resolved.imports.get(index as usize);
        import.map_or("a system call".to_owned(), |import| {
            format!("{}#{}", import.interface, import.name)
        })
    })
    .unwrap_or_default()
}

/// How calls of an export travel within a group; nothing if the process does not run, or has no such export.
pub fn road(process: ProcessId, interface: &str, name: &str) -> Option<Road> {
    with(process, |running| {
        let resolved = &running.compiled.resolved;
        let mut exports = resolved.exports.iter();
        let export = exports.find(|e| e.interface == interface && e.name == name)?;
        let mints = |class: &str| {
            resolved
                .classes
                .iter()
                .any(|c| c.minted && c.class == class)
        };
        Some(Road::fused(
            &export.signature,
            mints,
            export.post_return.is_some(),
        ))
    })
    .flatten()
}

/// What is called on that road: an export itself, or its half.
pub fn callee(process: ProcessId, interface: &str, name: &str, road: Road) -> Option<JsValue> {
    with(process, |running| {
        let mut exports = running.compiled.resolved.exports.iter();
        let index = exports.position(|e| e.interface == interface && e.name == name)?;
        let gate = running.gate.as_ref()?;
        if road != Road::Straight {
            return Some(get(gate, &format!("e{index}")));
        }
        let table: WebAssembly::Table = get(gate, "t").unchecked_into();
        let export = table
            .get(running.compiled.gate.exports + index as u32)
            .ok()?;
        Some(export.into())
    })
    .flatten()
}

/// The destructor of a class, contained, and its number for [`export_name`].
pub fn destructor(process: ProcessId, class: ClassId) -> Option<(u32, Function)> {
    with(process, |running| {
        let place = running
            .destructors
            .iter()
            .position(|(known, _)| *known == class)?;
        let (_, function) = &running.destructors[place];
        Some((DESTRUCTOR | place as u32, function.clone()))
    })
    .flatten()
}

/// Bytes of its linear memory.
#[wasm_bindgen(js_name = memoryBytes)]
pub fn memory_bytes_of(process: u32) -> f64 {
    memory_bytes(ProcessId::from_raw(process)) as f64
}

/// Bytes of its linear memory.
pub fn memory_bytes(process: ProcessId) -> u64 {
    with(process, |running| {
        running.memory.as_ref().map_or(0, |memory| {
            get(&memory.buffer(), "byteLength").as_f64().unwrap_or(0.0) as u64
        })
    })
    .unwrap_or(0)
}

/// The hard maximum of its memory.
pub fn maximum_bytes(process: ProcessId) -> u64 {
    with(process, |running| running.maximum_pages * PAGE).unwrap_or(u64::MAX)
}

/// Whether its memory has reached its hard maximum, or nearly: an allocator asks for more than a page.
pub fn memory_is_full(process: ProcessId) -> bool {
    let maximum = maximum_bytes(process);
    let used = memory_bytes(process);
    used > 0 && used + used / 2 + PAGE > maximum && used + (4 << 20) > maximum
}

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

#[wasm_bindgen]
impl Spawn {
    /// A process of `plugin`. `pending` is the object through which the host gives and takes bytes; see `frame.js`.
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
        with_mut(process, |place| *place = Some(running));
        for slot in with_kernel(|kernel| kernel.later_slots(process)) {
            shared.set_slot(slot, &shared.stub)?;
        }
        let gate_imports =
            self.gate_imports(process, &shared, memory.as_ref(), &slots, fused.as_ref());
        let waits = compiled.resolved.imports.iter().any(|import| {
            let binding = self.bindings.get(&import.interface);
            matches!(binding, Some(Binding::Host(_, names)) if names.contains(&import.name))
        });
        Ok(Starting {
            waits,
            name: self.name,
            process,
            compiled,
            memory,
            constants,
            served,
            budget: self.budget,
            fused,
            gate_imports,
            gate: JsValue::UNDEFINED.unchecked_into(),
        })
    }
}

/// A process that is being put together. The engine instantiates asynchronously, so this is done in steps: its gate with
/// `gateImports`; the plugin with what `imports` gives; then `finish`. After an error in between: `abandon`.
#[wasm_bindgen]
pub struct Starting {
    name: String,
    process: ProcessId,
    compiled: Rc<Compiled>,
    memory: Option<WebAssembly::Memory>,
    constants: Vec<JsValue>,
    served: Vec<u32>,
    budget: Budget,
    waits: bool,
    fused: Option<Fused>,
    gate_imports: Object,
    gate: Object,
}

#[wasm_bindgen]
impl Starting {
    /// The identity of the process.
    #[wasm_bindgen(getter)]
    pub fn process(&self) -> u32 {
        self.process.raw()
    }

    /// Whether it imports a function of the host that may return a promise.
    #[wasm_bindgen(getter)]
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// The gate, if it is one that no other process of the plugin has.
    #[wasm_bindgen(getter, js_name = ownGate)]
    pub fn own_gate(&self) -> Option<Uint8Array> {
        let fused = self.fused.as_ref();
        fused.map(|fused| Uint8Array::from(fused.gate.bytes.as_slice()))
    }

    /// What the gate is to be instantiated with.
    #[wasm_bindgen(getter, js_name = gateImports)]
    pub fn gate_imports(&self) -> Object {
        self.gate_imports.clone()
    }

    /// What the plugin is to be instantiated with, now that there is a gate.
    pub fn imports(&mut self, gate: &WebAssembly::Instance) -> Object {
        self.gate = gate.exports();
        plugin_imports(
            &self.compiled,
            &self.gate,
            self.memory.as_ref(),
            &self.constants,
        )
    }

    /// Connects the plugin and runs its start function, `nested` in a call that waits for the web app. Gives a function
    /// `(frame) => status` for each export.
    ///
    /// # Errors
    /// A `KernelFailure`: `start-trapped`, `bad-limit`.
    pub fn finish(&self, instance: &WebAssembly::Instance, nested: bool) -> Result<Array, JsValue> {
        let exports = instance.exports();
        let frames = self.connect(&exports)?;
        if let Some(fused) = &self.fused {
            fused.connect(self.process, &self.compiled, &self.gate)?;
        }
        let Budget { deadline, fuel } = self.budget;
        let running = budget::begin(deadline, fuel, nested, None, false);
        let started = self.run_start(&exports);
        budget::end(running);
        // Nobody stood between its start and those of its group that it called: if it did not come to an end, neither did they.
        if started.is_ok() || with_kernel(|kernel| kernel.others_are_active(self.process)) {
            with_kernel(|kernel| kernel.join(self.process));
        }
        started.map(|()| frames)
    }

    /// The halves of its exports, not contained, for calls that can be suspended.
    #[wasm_bindgen(getter)]
    pub fn halves(&self) -> Array {
        let count = self.compiled.resolved.exports.len();
        (0..count)
            .map(|index| get(&self.gate, &format!("e{index}")))
            .collect()
    }

    /// Ends the process before it ran.
    pub fn abandon(&self) {
        let message = format!("plugin `{}` did not start", self.name);
        exit::end(
            self.process,
            Reason {
                code: "failed",
                message,
                function: None,
                import: None,
                budget: None,
                group: None,
            },
        );
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
        let kernel = bare();
        // Own properties only: both objects have no prototype.
        Object::assign(&kernel, &shared.kernel_imports);
        set(&kernel, "process", &process.raw().into());
        set(&kernel, "header", &header.into());
        let own_memory = memory.map_or(JsValue::UNDEFINED, JsValue::from);
        let movers = frame::movers(&wasm_bindgen::memory(), &own_memory, &self.pending);
        set(&movers, "memory", &own_memory);
        let bound = bare();
        for (index, slot) in slots.iter().enumerate() {
            set(&bound, &index.to_string(), &(*slot as i32).into());
        }
        for (name, global) in fused.into_iter().flat_map(Fused::globals) {
            set(&bound, &name, global);
        }
        let imports = bare();
        set(&imports, "k", &kernel);
        set(&imports, "p", &movers);
        set(&imports, "s", &bound);
        imports
    }
}

impl Starting {
    /// Puts the halves of its exports into their slots. Gives each as the host may call it: contained.
    fn connect(&self, exports: &Object) -> Result<Array, JsValue> {
        let shared = Shared::get()?;
        fill_table(&self.compiled, &self.gate, exports)?;
        let frames = Array::new();
        for (index, slot) in self.served.iter().enumerate() {
            let half = get(&self.gate, &format!("e{index}"));
            frames.push(&shared.contain(&half)?.into());
            shared.set_slot(*slot, half.unchecked_ref())?;
        }
        let mut classes = Vec::new();
        for (index, (class, _)) in self.compiled.resolved.destructors.iter().enumerate() {
            let half = get(&self.gate, &format!("d{index}"));
            let class = with_kernel(|kernel| kernel.class(class));
            classes.push((class, shared.contain(&half)?));
        }
        with_mut(self.process, |running| {
            if let Some(running) = running.as_mut().filter(|r| r.process == self.process) {
                running.destructors = classes;
                running.gate = Some(self.gate.clone());
            }
        });
        Ok(frames)
    }

    /// Runs what a plugin runs on its own account before it is called: start function, initialisation.
    fn run_start(&self, exports: &Object) -> Result<(), JsValue> {
        self.find_status_word(exports)?;
        for name in [START_EXPORT, INITIALIZE_EXPORT] {
            if let Ok(function) = get(exports, name).dyn_into::<Function>() {
                if name == INITIALIZE_EXPORT && function.length() != 0 {
                    continue;
                }
                self.contained_call(&function)?;
            }
        }
        Ok(())
    }

    /// Asks where the plugin wants its errors, before anything of it can fail.
    fn find_status_word(&self, exports: &Object) -> Result<(), JsValue> {
        let address = match self.compiled.module.status {
            StatusExport::None => return Ok(()),
            StatusExport::Function => {
                let function: Function = get(exports, STATUS_EXPORT).unchecked_into();
                self.contained_call(&function)?
            }
            StatusExport::Global => get(&get(exports, STATUS_EXPORT), "value"),
        };
        let address = address.as_f64().unwrap_or(-1.0) as i64 as u32;
        let size = memory_bytes(self.process);
        if address == 0 || !address.is_multiple_of(4) || u64::from(address) + 4 > size {
            return Err(failure(LoadError::at(
                ErrorCode::BadLimit,
                STATUS_EXPORT.to_owned(),
                format!(
                    "plugin `{}` says that its status word lies at {address:#x}, which is no aligned word of its memory",
                    self.name
                ),
            )));
        }
        with_kernel(|kernel| {
            if let Ok(process) = kernel.processes.get_mut(self.process) {
                process.status_address = Some(address);
            }
        });
        Ok(())
    }

    fn contained_call(&self, function: &Function) -> Result<JsValue, JsValue> {
        let mark = with_kernel(|kernel| kernel.mark());
        let attempted = frame::attempt(function);
        with_kernel(|kernel| kernel.rewind(mark));
        let value = attempted.get(1);
        if attempted.get(0).is_truthy() {
            return Ok(value);
        }
        let reason = exit::reason_of(self.process, Some("start".to_owned()), &value);
        let words = with_kernel(|kernel| {
            kernel
                .processes
                .get_mut(self.process)
                .ok()
                .and_then(|p| p.last_words.take())
        });
        let words = words.map_or(String::new(), |words| format!("; it said: {words}"));
        Err(failure(KernelFailure::new(
            reason.error().unwrap_or(ErrorCode::StartTrapped),
            format!(
                "{} while it started, and was stopped{words}",
                reason.message
            ),
        )))
    }
}

/// What the plugin imports: halves of its gate, constants, and its memory. Both levels are without a prototype.
fn plugin_imports(
    compiled: &Compiled,
    gate: &Object,
    memory: Option<&WebAssembly::Memory>,
    constants: &[JsValue],
) -> Object {
    let imports = bare();
    let put = |module: &str, name: &str, value: &JsValue| {
        let mut level = get(&imports, module);
        if level.is_undefined() {
            level = bare().into();
            set(&imports, module, &level);
        }
        set(&level, name, value);
    };
    for (index, import) in compiled.resolved.imports.iter().enumerate() {
        put(
            &import.interface,
            &import.name,
            &get(gate, &format!("i{index}")),
        );
    }
    for (index, (place, _)) in compiled.resolved.system_calls.iter().enumerate() {
        let import = &compiled.module.imports[*place as usize];
        put(
            &import.interface,
            &import.name,
            &get(gate, &format!("y{index}")),
        );
    }
    if compiled.metered
        && let Ok(shared) = Shared::get()
    {
        put(FUEL_IMPORT.0, FUEL_IMPORT.1, &shared.fuel);
        put(REFILL_IMPORT.0, REFILL_IMPORT.1, &get(gate, "refill"));
    }
    for (constant, value) in compiled.module.constants.iter().zip(constants) {
        put(&constant.module, &constant.name, value);
    }
    if let (Some(memory), Some(need)) = (memory, &compiled.module.memory) {
        match &need.import {
            Some((module, name)) => put(module, name, memory),
            None => put(MEMORY_IMPORT.0, MEMORY_IMPORT.1, memory),
        }
    }
    imports
}

/// Puts the exports of the process into its gate's own table.
fn fill_table(compiled: &Compiled, gate: &Object, exports: &Object) -> Result<(), JsValue> {
    let table: WebAssembly::Table = get(gate, "t").unchecked_into();
    let put = |index: u32, name: &str| -> Result<(), JsValue> {
        // The exports object has no prototype and the name was read from the export section.
        let function: Function = Reflect::get(exports, &JsValue::from_str(name))?.unchecked_into();
        table.set(index, &function)
    };
    let places = &compiled.gate;
    if compiled.resolved.has_realloc {
        put(places.realloc, REALLOC_EXPORT)?;
    }
    for (index, export) in compiled.resolved.exports.iter().enumerate() {
        put(places.exports + index as u32, &export.export)?;
        if let (Some(place), Some(post)) = (places.post_returns[index], &export.post_return) {
            put(place, post)?;
        }
    }
    for (index, (_, name)) in compiled.resolved.destructors.iter().enumerate() {
        debug_assert!(name.contains(DESTRUCTOR_MARK));
        put(places.destructors + index as u32, name)?;
    }
    Ok(())
}

/// Lets a newer process serve what an older one served, through the slots that importers know, and ends the older one.
///
/// # Errors
/// A `KernelFailure` `no-method` that names the first function that the newer one lacks; nothing is changed then.
#[wasm_bindgen(js_name = handOver)]
pub fn hand_over(old: u32, new: u32) -> Result<(), JsValue> {
    let (old, new) = (ProcessId::from_raw(old), ProcessId::from_raw(new));
    fused::may_succeed(old, new)?;
    let pairs = with_kernel(|kernel| kernel.hand_over(old, new)).map_err(|(code, function)| {
        if function.is_empty() {
            return failure(code);
        }
        failure(LoadError::at(
            code,
            function.clone(),
            format!("the newer build lacks `{function}`, or has it with another signature; the older one goes on"),
        ))
    })?;
    let shared = Shared::get()?;
    for (slot, successor) in pairs {
        let function: Function = shared.slots.get(successor)?;
        shared.set_slot(slot, &function)?;
        if with_kernel(|kernel| kernel.slots.users(successor)) == 0 {
            shared.set_slot(successor, &shared.stub)?;
        }
    }
    fused::succeed(old, new)?;
    let message = format!("plugin `{}` was replaced by a newer build", name(old));
    // Nobody is in it: its group goes on, with the newer build.
    with_kernel(|kernel| kernel.part(old));
    exit::end(
        old,
        Reason {
            code: "replaced",
            message,
            function: None,
            import: None,
            budget: None,
            group: None,
        },
    );
    Ok(())
}

/// Names the provider of the imports of one interface that a process was granted for later.
///
/// # Errors
/// A `KernelFailure`: `dead`, `denied`, `no-method`, `no-memory`. Nothing is changed then.
#[wasm_bindgen(js_name = bindLater)]
pub fn bind_later(importer: u32, interface: &str, provider: u32) -> Result<(), JsValue> {
    super::usage::headroom(SPAWN_BYTES)?;
    let (importer, provider) = (ProcessId::from_raw(importer), ProcessId::from_raw(provider));
    let pairs = with_kernel(|kernel| kernel.bind_later(importer, interface, provider));
    let shared = Shared::get()?;
    for (slot, target) in pairs.map_err(failure)? {
        let known = with(importer, |running| {
            let known = running.later.iter().find(|(known, _)| *known == slot);
            known.map(|(_, target)| target.clone())
        });
        if let Some(global) = known.flatten() {
            global.set_value(&target.into());
            continue;
        }
        let descriptor = Object::new();
        set(&descriptor, "value", &"i32".into());
        set(&descriptor, "mutable", &true.into());
        let global = Global::new(&descriptor, &target.into())?;
        shared.set_slot(slot, &shared.forward(&global)?)?;
        with_mut(importer, |running| {
            if let Some(running) = running
                .as_mut()
                .filter(|running| running.process == importer)
            {
                running.later.push((slot, global));
            }
        });
    }
    Ok(())
}

/// The name of a process, also of one that has yet to start.
#[wasm_bindgen(js_name = processName)]
pub fn process_name(process: u32) -> String {
    name(ProcessId::from_raw(process))
}
