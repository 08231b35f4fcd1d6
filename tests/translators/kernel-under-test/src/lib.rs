//! The kernel as one WebAssembly module without JavaScript. The functions that gates call are the kernel's own; the ones here
//! are for the harness: they load and spawn as the kernel's web side does, and show everything that the kernel knows.
//!
//! All values are u32. Bytes and texts go through a buffer of this module: the harness writes to where [`buffer`] says, and
//! reads from there what a function left.

#![cfg(target_arch = "wasm32")]

use portcullis_kernel::binding::Provider;
use portcullis_kernel::class::{ClassId, interface_of};
use portcullis_kernel::layout::address_of;
use portcullis_kernel::link::Server;
use portcullis_kernel::load::LoadError;
use portcullis_kernel::module::{Module, PrepareOptions, Resolved, prepare, read, resolve};
use portcullis_kernel::process::{Limits, ProcessId};
use portcullis_kernel::signature::{Metadata, parse_records};
use portcullis_kernel::translator::{
    Gate, Road, Unit, forwarder_module, generate, shared_module, stack_module, wrapper_module,
};
use portcullis_kernel::web::with_kernel;
use portcullis_kernel::{ErrorCode, Kernel};
use std::cell::RefCell;

/// A plugin that was loaded.
struct Loaded {
    module: Module,
    resolved: Resolved,
    gate: Gate,
    prepared: Vec<u8>,
}

/// Who serves an interface to the next process.
enum Grant {
    Process(ProcessId),
    Host(usize),
    Object,
}

#[derive(Default)]
struct Harness {
    buffer: Vec<u8>,
    plugins: Vec<Loaded>,
    hosts: Vec<Server>,
    grants: Vec<(String, Grant)>,
}

thread_local! {
    static HARNESS: RefCell<Harness> = RefCell::default();
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

fn with<R>(action: impl FnOnce(&mut Harness) -> R) -> R {
    HARNESS.with(|harness| action(&mut harness.borrow_mut()))
}

/// Leaves bytes for the harness; gives how many.
fn leave(bytes: Vec<u8>) -> u32 {
    let length = bytes.len() as u32;
    with(|harness| harness.buffer = bytes);
    length
}

fn leave_words(words: &[u32]) -> u32 {
    leave(words.iter().flat_map(|word| word.to_le_bytes()).collect())
}

/// Leaves a reason and gives 0.
fn refuse(error: &LoadError) -> u32 {
    leave(format!("{}: {}", error.code.name(), error.message).into_bytes());
    0
}

fn text() -> String {
    with(|harness| String::from_utf8_lossy(&harness.buffer).into_owned())
}

macro_rules! exports {
    ($($(#[$doc:meta])* fn $name:ident = $symbol:literal ($($argument:ident),*) $body:block)*) => {$(
        $(#[$doc])*
        // SAFETY: the symbol is exported once, in this module alone; the function takes and gives plain numbers.
        #[unsafe(export_name = $symbol)]
        pub extern "C" fn $name($($argument: u32),*) -> u32 $body
    )*};
}

exports! {
    /// From now on it is known what a panic said: see [`panicked`].
    fn listen = "test_listen" () {
        std::panic::set_hook(Box::new(|info| {
            let message = info.to_string();
            PANIC.with(|panic| *panic.borrow_mut() = Some(message));
        }));
        0
    }

    /// Leaves what the last panic said; 0 if there was none.
    fn panicked = "test_panicked" () {
        match PANIC.with(RefCell::take) {
            Some(message) => {
                leave(message.into_bytes());
                1
            }
            None => 0,
        }
    }

    /// Makes the buffer so long and gives its address.
    fn buffer = "test_buffer" (length) {
        with(|harness| {
            harness.buffer.resize(length as usize, 0);
            address_of(harness.buffer.as_slice())
        })
    }

    /// Address of the buffer, as it is.
    fn buffer_address = "test_buffer_address" () {
        with(|harness| address_of(harness.buffer.as_slice()))
    }

    /// How much is in it.
    fn buffer_length = "test_buffer_length" () {
        with(|harness| harness.buffer.len() as u32)
    }

    /// Reads, resolves and prepares the module in the buffer and generates its gate. If that is metered it draws fuel; the module
    /// itself does not. Gives its number from 1, or 0 and leaves
    /// why not.
    fn load = "test_load" (multi_memory, metered) {
        let bytes = with(|harness| std::mem::take(&mut harness.buffer));
        let loaded = read(&bytes).and_then(|module| {
            let resolved = resolve(&module, &Metadata::default())?;
            let prepared = prepare(&bytes, &module, &PrepareOptions { metered: false, ..PrepareOptions::default() })?;
            let mut plan = with_kernel(|kernel| kernel.gate_plan(&resolved, module.memory.is_some(), multi_memory != 0));
            plan.metered = metered != 0;
            let gate = generate(&plan);
            Ok(Loaded { module, resolved, gate, prepared })
        });
        match loaded {
            Err(error) => refuse(&error),
            Ok(loaded) => with(|harness| {
                harness.plugins.push(loaded);
                harness.plugins.len() as u32
            }),
        }
    }

    /// Leaves the prepared module of a plugin.
    fn prepared = "test_prepared" (plugin) {
        leave(with(|harness| harness.plugins[plugin as usize - 1].prepared.clone()))
    }

    /// Leaves the gate of a plugin.
    fn gate = "test_gate" (plugin) {
        leave(with(|harness| harness.plugins[plugin as usize - 1].gate.bytes.clone()))
    }

    /// Makes the gate of a plugin anew, so that it calls others of its group without containment. The buffer has a word for each of
    /// its imports: 0 if that is not so, 1 if it is, 3 if a function of the callee is to be called afterwards. Leaves two words for
    /// each: 1 if its calls go by the callee's gate, 2 if they go straight; and the index in the gate's table of what is called.
    fn fuse = "test_fuse" (plugin, multi_memory, metered) {
        let words = with(|harness| std::mem::take(&mut harness.buffer));
        let (resolved, has_memory) = with(|harness| {
            let Loaded { module, resolved, .. } = &harness.plugins[plugin as usize - 1];
            (resolved.clone(), module.memory.is_some())
        });
        let mut plan = with_kernel(|kernel| kernel.gate_plan(&resolved, has_memory, multi_memory != 0));
        plan.metered = metered != 0;
        let imports = plan.imports.iter_mut().zip(&resolved.imports);
        for ((gate, import), how) in imports.zip(words.chunks_exact(4)) {
            let mints = |class: &str| interface_of(class) == import.interface;
            if how[0] & 1 != 0 {
                gate.road = Road::fused(&import.signature, mints, how[0] & 2 != 0);
            }
        }
        let gate = generate(&plan);
        let roads = plan.imports.iter().map(|import| match import.road {
            Road::Contained => 0,
            Road::Framed => 1,
            Road::Straight => 2,
        });
        let places = gate.fused.iter().map(|place| place.unwrap_or_default());
        let words: Vec<u32> = roads.zip(places).flat_map(|(road, place)| [road, place]).collect();
        with(|harness| harness.plugins[plugin as usize - 1].gate = gate);
        leave_words(&words)
    }

    /// Leaves where things are to be put into the gate's table, a line each: index and export name.
    fn places = "test_places" (plugin) {
        leave(with(|harness| {
            let Loaded { resolved, gate, .. } = &harness.plugins[plugin as usize - 1];
            let mut lines = Vec::new();
            if resolved.has_realloc {
                lines.push((gate.realloc, "cabi_realloc"));
            }
            for (index, export) in resolved.exports.iter().enumerate() {
                lines.push((gate.exports + index as u32, export.export.as_str()));
                if let (Some(place), Some(post)) = (gate.post_returns[index], &export.post_return) {
                    lines.push((place, post));
                }
            }
            for (index, (_, name)) in resolved.destructors.iter().enumerate() {
                lines.push((gate.destructors + index as u32, name));
            }
            let lines: Vec<String> = lines.into_iter().map(|(place, name)| format!("{place} {name}")).collect();
            lines.join("\n").into_bytes()
        }))
    }

    /// Leaves what a plugin imports, a line each, in the order of the gate's halves: half, import module, import name.
    fn imports = "test_imports" (plugin) {
        leave(with(|harness| {
            let Loaded { module, resolved, .. } = &harness.plugins[plugin as usize - 1];
            let imports = resolved.imports.iter().enumerate();
            let mut lines: Vec<String> =
                imports.map(|(index, import)| format!("i{index} {} {}", import.interface, import.name)).collect();
            lines.extend(resolved.system_calls.iter().enumerate().map(|(index, (place, _))| {
                let import = &module.imports[*place as usize];
                format!("y{index} {} {}", import.interface, import.name)
            }));
            lines.join("\n").into_bytes()
        }))
    }

    /// Leaves the exports of a plugin in the order of the gate's halves, then its destructors: half and export name.
    fn exported = "test_exports" (plugin) {
        leave(with(|harness| {
            let resolved = &harness.plugins[plugin as usize - 1].resolved;
            let exports = resolved.exports.iter().enumerate();
            let mut lines: Vec<String> = exports.map(|(index, export)| format!("{index} {}", export.export)).collect();
            lines.extend(resolved.destructors.iter().enumerate().map(|(index, (_, name))| format!("{index} {name}")));
            lines.join("\n").into_bytes()
        }))
    }

    /// Takes an interface of the host into service; the buffer has the records, with `export`. Gives its number from 1.
    fn provide = "test_provide" () {
        let mut metadata = Metadata::default();
        if parse_records(text().as_bytes(), &mut metadata).is_err() {
            return 0;
        }
        let Some(first) = metadata.functions.first() else { return 0 };
        let interface = first.interface.clone();
        let server = with_kernel(|kernel| kernel.serve_from_host(&interface, &metadata.functions).0);
        with(|harness| {
            harness.hosts.push(server);
            harness.hosts.len() as u32
        })
    }

    /// The slot of a function of the host's, by its place among the records, or the block of its methods for `u32::MAX`.
    fn provided = "test_provided" (host, function) {
        with(|harness| {
            let server = &harness.hosts[host as usize - 1];
            match server.functions.get(function as usize) {
                Some(served) => served.slot,
                None => server.methods,
            }
        })
    }

    /// Grants the interface in the buffer to the next process. `kind` 0: of process `provider`; 1: of the host's interface of
    /// that number; 2: dispatched on objects.
    fn grant = "test_grant" (kind, provider) {
        let grant = match kind {
            0 => Grant::Process(ProcessId::from_raw(provider)),
            1 => Grant::Host(provider as usize - 1),
            _ => Grant::Object,
        };
        let interface = text();
        with(|harness| harness.grants.push((interface, grant)));
        0
    }

    /// Makes a process and gives its identity, or 0 and leaves why not. Leaves the slots of its imports, then those of its
    /// exports, after the number of imports.
    fn spawn = "test_spawn" (plugin, handles, objects, calls) {
        let (resolved, grants, hosts) = with(|harness| {
            let resolved = harness.plugins[plugin as usize - 1].resolved.clone();
            (resolved, std::mem::take(&mut harness.grants), harness.hosts.clone())
        });
        let spawned = with_kernel(|kernel| {
            let servers: Vec<(String, Option<Server>)> = grants
                .into_iter()
                .map(|(interface, grant)| {
                    let server = match grant {
                        Grant::Host(number) => Some(hosts[number].clone()),
                        Grant::Object => None,
                        Grant::Process(provider) => server_of(kernel, provider, &interface),
                    };
                    (interface, server)
                })
                .collect();
            let mut bound = kernel.bind("p", &resolved.imports, |interface| {
                let (_, server) = servers.iter().find(|(known, _)| known == interface)?;
                Some(server.as_ref().map_or(Provider::Object, Provider::Server))
            })?;
            let limits = Limits { handles, objects, calls, ..Limits::default() };
            let dead = |code: ErrorCode| LoadError::new(code, "");
            let process = kernel.processes.insert("p".to_owned(), limits).map_err(dead)?;
            let served = kernel.serve(process, &resolved, &mut bound).map_err(dead)?;
            Ok((process, bound, served))
        });
        match spawned {
            Err(error) => refuse(&error),
            Ok((process, bound, served)) => {
                let mut words = vec![bound.len() as u32];
                words.extend(bound);
                words.extend(served);
                leave_words(&words);
                process.raw()
            }
        }
    }

    /// Address of a process's header.
    fn header = "test_header" (process) {
        with_kernel(|kernel| kernel.processes.header_address(ProcessId::from_raw(process)))
    }

    /// Says where a process has its status word.
    fn status = "test_status" (process, address) {
        with_kernel(|kernel| {
            if let Ok(process) = kernel.processes.get_mut(ProcessId::from_raw(process)) {
                process.status_address = Some(address);
            }
        });
        0
    }

    /// Why a process without a status word is to end: the code, or 0.
    fn fatal = "test_fatal" (process) {
        with_kernel(|kernel| {
            let process = kernel.processes.get(ProcessId::from_raw(process)).ok();
            process.and_then(|process| process.fatal).map_or(0, |(code, _)| code.number())
        })
    }

    /// Leaves the last words of a process.
    fn last_words = "test_last_words" (process) {
        let words = with_kernel(|kernel| {
            let process = kernel.processes.get(ProcessId::from_raw(process)).ok();
            process.and_then(|process| process.last_words.clone())
        });
        leave(words.unwrap_or_default().into_bytes())
    }

    /// The number of the class in the buffer.
    fn class = "test_class" () {
        let name = text();
        with_kernel(|kernel| kernel.class(&name).0)
    }

    /// Mints; `methods` is a block, or `u32::MAX` for the one that serves the class in the buffer. 0 when it cannot be.
    fn mint = "test_mint" (process, class, badge, methods) {
        let process = ProcessId::from_raw(process);
        let name = text();
        with_kernel(|kernel| {
            let methods = if methods == u32::MAX { kernel.methods_of(process, &name) } else { methods };
            kernel.mint(process, ClassId(class), badge, methods).unwrap_or(0)
        })
    }

    /// Ends a process. Leaves the slots that it served. 1 if it lived.
    fn end = "test_end" (process) {
        match with_kernel(|kernel| kernel.end_process(ProcessId::from_raw(process))) {
            Ok(served) => {
                leave_words(&served);
                1
            }
            Err(_) => 0,
        }
    }

    /// Hands over from one process to another. Leaves the pairs of slots. 0, or the code.
    fn hand_over = "test_hand_over" (old, new) {
        match with_kernel(|kernel| kernel.hand_over(ProcessId::from_raw(old), ProcessId::from_raw(new))) {
            Ok(pairs) => {
                let words: Vec<u32> = pairs.into_iter().flat_map(|(slot, successor)| [slot, successor]).collect();
                leave_words(&words);
                0
            }
            Err((code, _)) => code.number(),
        }
    }

    /// Takes the next object that its minter has to hear of; leaves minter, class and badge. 0 if there is none.
    fn next_drop = "test_next_drop" () {
        match with_kernel(Kernel::next_drop) {
            Some(drop) => {
                leave_words(&[drop.minter.raw(), drop.class.0, drop.badge]);
                1
            }
            None => 0,
        }
    }

    /// Leaves used and limit of content and transfers of a process, and the depth of nested calls with its limit.
    fn usage = "test_usage" (process) {
        with_kernel(|kernel| {
            let depth = kernel.shared.depth.get();
            let Ok(process) = kernel.processes.get(ProcessId::from_raw(process)) else { return 0 };
            let limits = process.limits;
            leave_words(&[process.content(), limits.content, process.transfers(), limits.transfers, depth, limits.depth])
        })
    }

    /// Takes a frame with one argument from the top: its address. It is given back by [`unframe`].
    fn frame = "test_frame" (argument) {
        with_kernel(|kernel| {
            let Kernel { staging, shared, .. } = kernel;
            staging.frame_with(shared, argument).unwrap_or(0)
        })
    }

    /// Gives a frame back.
    fn unframe = "test_unframe" (frame) {
        with_kernel(|kernel| {
            kernel.shared.frame_top.set(frame);
            kernel.leave(frame);
        });
        0
    }

    /// Leaves no more than so many bytes of the frames. Gives the top as it was, for [`unframe`].
    fn fill_frames = "test_fill_frames" (left) {
        with_kernel(|kernel| {
            let top = kernel.shared.frame_top.get();
            kernel.shared.frame_top.set(kernel.shared.frame_end.get() - left);
            top
        })
    }

    /// Leaves everything that the kernel knows, in words: the transfers under way, what is staged, bytes of frames in use;
    /// how many objects there are, with index, generation, class, minter, badge, references and revoker of each; how many
    /// processes, with identity, calls that run, objects that count against the quota and the number of capabilities of each,
    /// and of each capability the number, object, generation, rights, count, lends, transits and giver.
    fn state = "test_state" () {
        let words = with_kernel(|kernel| {
            let frames = kernel.shared.frame_top.get() - kernel.staging.base();
            let mut words = vec![kernel.transits() as u32, kernel.shared.staged.get(), frames, kernel.objects.live()];
            for (index, object) in kernel.objects.iter() {
                words.extend([
                    index,
                    object.generation,
                    object.class,
                    object.minter,
                    object.badge,
                    object.references,
                    object.revoker,
                ]);
            }
            words.push(kernel.processes.iter().count() as u32);
            for process in kernel.processes.iter() {
                let active = kernel.processes.header(process.id).active.get();
                words.extend([process.id.raw(), active, process.objects, process.namespace.iter().count() as u32]);
                for (cap, slot) in process.namespace.iter() {
                    words.extend([
                        cap,
                        slot.object,
                        slot.generation,
                        slot.rights,
                        slot.count,
                        slot.lends,
                        slot.transits,
                        slot.from,
                    ]);
                }
            }
            words
        });
        leave_words(&words)
    }

    /// Leaves the module with the functions `stub`, which dead slots hold, and `enter`.
    fn shared_functions = "test_shared_module" () {
        leave(shared_module(ErrorCode::Dead))
    }

    /// Leaves the module by which a function of the host can be in a table.
    fn wrapper = "test_wrapper_module" () {
        leave(wrapper_module())
    }

    /// Leaves the module by which a call goes on that was suspended.
    fn forwarder = "test_forwarder_module" () {
        leave(forwarder_module())
    }

    /// Leaves the module that proves that there is stack, with integers.
    fn stack = "test_stack_module" (headroom) {
        leave(stack_module(headroom, Unit::Integer))
    }

    /// Address of the words that gates share.
    fn shared = "test_shared" () {
        with_kernel(|kernel| address_of(&*kernel.shared))
    }
}

fn server_of(kernel: &Kernel, process: ProcessId, interface: &str) -> Option<Server> {
    let process = kernel.processes.get(process).ok()?;
    process
        .servers
        .iter()
        .find(|server| server.interface == interface)
        .cloned()
}
