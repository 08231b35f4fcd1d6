//! Spawning: a plugin's gate and the plugin itself are instantiated and connected, as the kernel's web side does it.

use crate::kernel::compiled;
use crate::machine::{Ask, Data, Machine, Running, Trap};
use crate::plugin::{
    ASKS_ALLOCATE, ASKS_DESTROY, ASKS_ENTER, ASKS_POST, HEAP, HOOKS, PAGES, Plugin, STATUS,
};
use std::collections::BTreeMap;
use wasmi::{
    AsContextMut, Caller, Extern, Func, Global, Instance, Memory, MemoryType, Module, Mutability,
    Nullable, Ref, Val,
};

/// How a process is to be spawned.
pub struct Spawn<'a> {
    pub plugin: &'a Plugin,
    /// Interface, and who serves it.
    pub grants: Vec<(&'a str, Grant)>,
    pub handles: u32,
    pub objects: u32,
    pub calls: u32,
    /// Whether its gate draws fuel; what the plugin does itself is free here.
    pub metered: bool,
}

impl<'a> Spawn<'a> {
    /// With plenty of everything.
    pub fn new(plugin: &'a Plugin) -> Spawn<'a> {
        Spawn {
            plugin,
            grants: Vec::new(),
            handles: 100,
            objects: 100,
            calls: 8,
            metered: false,
        }
    }

    pub fn grant(mut self, interface: &'a str, grant: Grant) -> Spawn<'a> {
        self.grants.push((interface, grant));
        self
    }
}

/// Who serves an interface to a process.
#[derive(Clone, Copy)]
pub enum Grant {
    Process(u32),
    Host(u32),
    Object,
}

/// Who is called without containment, and how.
struct Fused {
    provider: u32,
    export: String,
    /// Whether the export itself is called, and not its half.
    straight: bool,
    /// The index in the caller's gate's table.
    place: u32,
}

impl Machine<'_> {
    /// If all plugins are of one group: makes the gate of one anew, whose imports others serve. Gives who serves each in this way.
    fn fuse(&mut self, number: u32, metered: bool, grants: &[(&str, Grant)]) -> Vec<Option<Fused>> {
        let lines = self.left_lines("test_imports", &[number]);
        let imports = lines.iter().filter_map(|line| line.strip_prefix('i'));
        let wanted: Vec<Option<(u32, String)>> = imports
            .map(|line| {
                let (_, named) = line.split_once(' ')?;
                let (interface, name) = named.split_once(' ')?;
                let granted = grants.iter().find(|(granted, _)| *granted == interface)?;
                match granted.1 {
                    Grant::Process(provider) => Some((provider, format!("{interface}#{name}"))),
                    Grant::Host(_) | Grant::Object => None,
                }
            })
            .collect();
        if !self.data().fused || wanted.iter().all(Option::is_none) {
            return Vec::new();
        }
        let words: Vec<u8> = wanted
            .iter()
            .flat_map(|wanted| {
                let how = match wanted {
                    Some((provider, _)) if self.running(*provider).plugin.post_returns => 3_u32,
                    Some(_) => 1,
                    None => 0,
                };
                how.to_le_bytes()
            })
            .collect();
        self.give(
            &words,
            "test_fuse",
            &[number, u32::from(self.multi_memory), u32::from(metered)],
        );
        let words = self.buffer_words();
        let fused = wanted.into_iter().zip(words.chunks_exact(2));
        fused
            .map(|(wanted, word)| {
                wanted.map(|(provider, export)| Fused {
                    provider,
                    export,
                    straight: word[0] == 2,
                    place: word[1],
                })
            })
            .collect()
    }

    /// Puts into a gate's table who is called without containment.
    fn connect_fused(&mut self, gate: Instance, fused: &[Option<Fused>]) {
        for called in fused.iter().flatten() {
            let table = gate
                .get_export(self.context(), "t")
                .and_then(Extern::into_table)
                .expect("the gate has a table");
            let provider = self.running(called.provider).clone();
            let function = match called.straight {
                true => provider
                    .instance
                    .get_func(self.context(), &called.export)
                    .expect("the plugin exports it"),
                false => provider.halves[&called.export],
            };
            table
                .set(
                    self.context(),
                    called.place.into(),
                    Ref::Func(Nullable::Val(function)),
                )
                .expect("the table is long enough");
        }
    }

    /// Spawns a process.
    ///
    /// # Panics
    /// If it cannot be loaded, with the reason.
    pub fn spawn(&mut self, spawn: Spawn<'_>) -> u32 {
        let Spawn {
            plugin,
            grants,
            handles,
            objects,
            calls,
            metered,
        } = spawn;
        let number = self.give(
            &plugin.module(),
            "test_load",
            &[u32::from(self.multi_memory), u32::from(metered)],
        );
        assert_ne!(
            number,
            0,
            "the plugin was not loaded: {}",
            String::from_utf8_lossy(&self.buffer())
        );
        let hooks = self.give(
            format!("export {HOOKS} ask: func(a: s32, b: s32, c: s32) -> s32").as_bytes(),
            "test_provide",
            &[],
        );
        self.give(HOOKS.as_bytes(), "test_grant", &[1, hooks]);
        let fused = self.fuse(number, metered, &grants);
        for (interface, grant) in grants {
            let (kind, provider) = match grant {
                Grant::Process(provider) => (0, provider),
                Grant::Host(provider) => (1, provider),
                Grant::Object => (2, 0),
            };
            self.give(interface.as_bytes(), "test_grant", &[kind, provider]);
        }
        let process = self.kernel("test_spawn", &[number, handles, objects, calls]);
        assert_ne!(
            process,
            0,
            "the process was not spawned: {}",
            String::from_utf8_lossy(&self.buffer())
        );
        let words = self.buffer_words();
        let (bound, served) = words[1..].split_at(words[0] as usize);
        let exports = self.left_lines("test_exports", &[number]);
        let (exports, destructors) = exports.split_at(served.len());
        let name = |line: &String| line.split_once(' ').expect("number and name").1.to_owned();
        let exports: Vec<String> = exports.iter().map(name).collect();
        let destructors: Vec<String> = destructors.iter().map(name).collect();
        let memory = plugin.has_memory.then(|| {
            Memory::new(self.context(), MemoryType::new(PAGES, Some(PAGES)))
                .expect("there is memory")
        });
        let gate = self.instantiate_gate(process, number, memory, bound, &fused);
        let instance = self.instantiate_plugin(process, number, memory, gate);
        self.connect(number, gate, instance);
        self.connect_fused(gate, &fused);
        let mut frames = BTreeMap::new();
        let mut halves = BTreeMap::new();
        for (kind, names) in [("e", &exports), ("d", &destructors)] {
            for (index, name) in names.iter().enumerate() {
                let half = gate.get_func(self.context(), &format!("{kind}{index}"));
                let half = half.expect("the gate has it");
                frames.insert(name.clone(), self.contain(half));
                halves.insert(name.clone(), half);
            }
        }
        for (slot, name) in served.iter().zip(&exports) {
            self.set_slot(*slot, halves[name]);
        }
        let running = Running {
            memory,
            frames,
            halves,
            instance,
            heap: HEAP,
            plugin: plugin.clone(),
            gate,
        };
        self.data().running.insert(process, running);
        if plugin.has_status {
            self.kernel("test_status", &[process, STATUS]);
        }
        process
    }

    /// The frame through which all calls between processes go: (frame, slot). It leaves the status in the frame.
    fn slot_frame(&mut self) -> Func {
        let multi_memory = self.multi_memory;
        Func::wrap(
            self.context(),
            move |mut caller: Caller<'_, Data>, frame: i32, slot: i32| {
                let mut machine = Machine {
                    multi_memory,
                    context: caller.as_context_mut(),
                };
                let enter = machine.data().enter.expect("there is one");
                let arguments = [Val::I32(frame), Val::I32(slot)];
                if let Some(status) = machine.contained(enter, &arguments, &mut []) {
                    machine.write_kernel(frame as u32 + 4, &status.to_le_bytes());
                }
            },
        )
    }

    /// A frame for the host around a callee half: (frame) → status.
    fn contain(&mut self, half: Func) -> Func {
        let multi_memory = self.multi_memory;
        Func::wrap(
            self.context(),
            move |mut caller: Caller<'_, Data>, frame: i32| -> i32 {
                let mut machine = Machine {
                    multi_memory,
                    context: caller.as_context_mut(),
                };
                let mut status = [Val::I32(0)];
                let trapped = machine.contained(half, &[Val::I32(frame)], &mut status);
                trapped.unwrap_or_else(|| status[0].i32().expect("a status"))
            },
        )
    }

    /// Calls a function whose first argument is a frame: what traps inside ends the process that was entered, and gives a status.
    fn contained(&mut self, function: Func, arguments: &[Val], results: &mut [Val]) -> Option<i32> {
        let frame = arguments[0].i32().expect("a frame") as u32;
        match function.call(self.context(), arguments, results) {
            Ok(()) => None,
            Err(error) => {
                self.check_kernel();
                let memory = self.kernel_memory();
                let word =
                    |bytes: Vec<u8>| u32::from_le_bytes(bytes.try_into().expect("four bytes"));
                let callee = word(self.read(memory, frame + 8, 4));
                let export = word(self.read(memory, frame + 12, 4));
                assert_ne!(
                    callee, 0,
                    "something trapped, and nobody was entered: {error}"
                );
                self.data().traps.push(Trap {
                    process: callee,
                    export,
                    message: error.to_string(),
                });
                self.end(callee);
                Some(portcullis_abi::ErrorCode::Trapped.number() as i32)
            }
        }
    }

    fn instantiate_gate(
        &mut self,
        process: u32,
        number: u32,
        memory: Option<Memory>,
        bound: &[u32],
        fused: &[Option<Fused>],
    ) -> Instance {
        let bytes = self.left("test_gate", &[number]);
        let module = Module::new(compiled().0, bytes).expect("a gate is a valid module");
        let header = self.kernel("test_header", &[process]);
        let kernel = self.data().kernel.expect("there is a kernel");
        let mut imports = Vec::new();
        self.gate_imports(&module);
        for import in module.imports() {
            let (from, name) = (import.module(), import.name());
            let found = match (from, name) {
                ("k", "memory") => Extern::Memory(self.kernel_memory()),
                ("s", "process") => self.constant(process),
                ("s", "header") => self.constant(header),
                ("k", "contain") => {
                    let frame = self.slot_frame();
                    let frame = self.able_to_fail("contain", frame);
                    Extern::Func(self.heard("contain", frame))
                }
                ("k", "room") => {
                    let probe = self.stack_probe();
                    Extern::Func(self.heard(name, probe))
                }
                ("k", "fuel") => Extern::Global(self.data().fuel.expect("there is one")),
                ("k", "turn") => {
                    let turn = Func::wrap(self.context(), || ());
                    Extern::Func(self.heard(name, turn))
                }
                ("k", "transfer") => {
                    let function = self.transfers();
                    let function = self.able_to_fail(name, function);
                    Extern::Func(self.heard(name, function))
                }
                // Nobody promises anything here.
                ("k", "wait") => {
                    let function = Func::wrap(self.context(), |_: i32| 20_i32);
                    Extern::Func(self.heard(name, function))
                }
                ("k", function_name) => {
                    let function =
                        kernel.get_func(self.context(), &format!("portcullis_{function_name}"));
                    let function = function.expect("the kernel has what gates need");
                    let function = self.able_to_fail(function_name, function);
                    Extern::Func(self.heard(function_name, function))
                }
                ("s", name) if name.starts_with('h') => {
                    let index: usize = name[1..].parse().expect("a number");
                    let called = fused[index].as_ref().expect("its calls are fused");
                    let header = self.kernel("test_header", &[called.provider]);
                    let header = Val::I32(header as i32);
                    let global = Global::new(self.context(), header, Mutability::Var);
                    Extern::Global(global)
                }
                ("s", index) => self.constant(bound[index.parse::<usize>().expect("a number")]),
                ("p", "memory") => Extern::Memory(memory.expect("it has one")),
                ("p", mover) => {
                    let function = self.mover(mover, memory);
                    let function = self.able_to_fail(mover, function);
                    Extern::Func(self.heard(mover, function))
                }
                (other, name) => panic!("a gate imports {other} {name}"),
            };
            imports.push(found);
        }
        Instance::new(self.context(), &module, &imports).expect("the gate gets what it imports")
    }

    /// What proves that there is stack. Here there always is.
    pub(crate) fn stack_probe(&mut self) -> Func {
        Func::wrap(self.context(), |_: i32| ())
    }

    fn constant(&mut self, value: u32) -> Extern {
        Extern::Global(Global::new(
            self.context(),
            Val::I32(value as i32),
            Mutability::Const,
        ))
    }

    fn instantiate_plugin(
        &mut self,
        process: u32,
        number: u32,
        memory: Option<Memory>,
        gate: Instance,
    ) -> Instance {
        let bytes = self.left("test_prepared", &[number]);
        let halves = self.left_lines("test_imports", &[number]);
        let module = Module::new(compiled().0, bytes).expect("a prepared module is valid");
        let mut imports = Vec::new();
        for import in module.imports() {
            let (from, name) = (import.module(), import.name());
            let found = match (from, name) {
                ("portcullis", "memory") => Extern::Memory(memory.expect("it has one")),
                (HOOKS, "ask") => Extern::Func(self.asker(process)),
                _ => {
                    let half = halves
                        .iter()
                        .find_map(|line| line.strip_suffix(&format!(" {from} {name}")));
                    let half =
                        gate.get_func(self.context(), half.expect("every import has a half"));
                    Extern::Func(half.expect("the gate has it"))
                }
            };
            imports.push(found);
        }
        Instance::new(self.context(), &module, &imports).expect("the plugin gets what it imports")
    }

    fn asker(&mut self, process: u32) -> Func {
        let multi_memory = self.multi_memory;
        Func::wrap(
            self.context(),
            move |mut caller: Caller<'_, Data>, kind: i32, first: i32, second: i32| {
                let (first, second) = (first as u32, second as u32);
                let ask = match kind as u32 {
                    ASKS_ALLOCATE => Ask::Allocate {
                        align: first,
                        size: second,
                    },
                    ASKS_ENTER => Ask::Enter { export: first },
                    ASKS_POST => Ask::Post { export: first },
                    ASKS_DESTROY => Ask::Destroy { badge: first },
                    other => panic!("nothing asks {other}"),
                };
                let mut machine = Machine {
                    multi_memory,
                    context: caller.as_context_mut(),
                };
                let hook = machine.data().hook.clone();
                hook(&mut machine, process, ask).map(|answer| answer as i32)
            },
        )
    }

    /// Puts the exports of a process into its gate's table, and its callee halves behind their frames.
    fn connect(&mut self, number: u32, gate: Instance, instance: Instance) {
        let table = gate
            .get_export(self.context(), "t")
            .and_then(Extern::into_table)
            .expect("the gate has a table");
        for line in self.left_lines("test_places", &[number]) {
            let (place, name) = line.split_once(' ').expect("place and name");
            let function = instance
                .get_func(self.context(), name)
                .expect("the plugin exports it");
            let place = place.parse().expect("a number");
            table
                .set(self.context(), place, Ref::Func(Nullable::Val(function)))
                .expect("the table is long enough");
        }
    }
}
