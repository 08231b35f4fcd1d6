//! A kernel with its processes in a WebAssembly engine: what the web side of the kernel does with JavaScript, done here with
//! functions of the host.

use crate::kernel::{chosen_change, compiled};
use crate::plugin::Plugin;
use crate::state::State;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasmi::{
    AsContextMut, Caller, Error, Extern, Func, Global, Instance, Memory, Module, Mutability,
    Nullable, Ref, RefType, Store, StoreContextMut, Table, TableType, Val,
};

/// The identity of the host.
pub const HOST: u32 = 1;

/// What a plugin asks its test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Memory: the address.
    Allocate { align: u32, size: u32 },
    /// That export was entered.
    Enter { export: u32 },
    /// The function after that export was called.
    Post { export: u32 },
    /// A destructor was called.
    Destroy { badge: u32 },
}

/// What a test does when a plugin asks. An error is a trap of the plugin.
pub type Hook = Rc<dyn Fn(&mut Machine<'_>, u32, Ask) -> Result<u32, Error>>;

/// A trap of the plugin that asked.
pub fn trap() -> Error {
    Error::new("the test wants a trap")
}

/// A trap, and who is to blame as the frame tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    pub process: u32,
    /// The number of the export that was entered; with bit 31, of the destructor.
    pub export: u32,
    pub message: String,
}

/// What is kept of a process, also after its end.
#[derive(Clone)]
pub(crate) struct Running {
    pub(crate) memory: Option<Memory>,
    /// Functions `(frame) -> status` of its exports and destructors, by export name.
    pub(crate) frames: BTreeMap<String, Func>,
    /// The same without containment.
    pub(crate) halves: BTreeMap<String, Func>,
    pub(crate) instance: Instance,
    /// Next byte that its allocator gives.
    pub(crate) heap: u32,
    pub(crate) plugin: Plugin,
    pub(crate) gate: Instance,
}

/// In which ways plugins reach each other.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Whether gates have two memories, or functions that copy.
    pub multi_memory: bool,
    /// Whether all plugins are of one trust group.
    pub fused: bool,
}

impl Setting {
    /// All plugins are of one trust group.
    pub fn fused(multi_memory: bool) -> Setting {
        Setting {
            multi_memory,
            fused: true,
        }
    }
}

impl From<bool> for Setting {
    /// Whether gates have two memories; each plugin is by itself.
    fn from(multi_memory: bool) -> Setting {
        Setting {
            multi_memory,
            fused: false,
        }
    }
}

/// What the host's functions find in the engine's store.
pub struct Data {
    pub(crate) kernel: Option<Instance>,
    pub(crate) memory: Option<Memory>,
    pub(crate) slots: Option<Table>,
    pub(crate) stub: Option<Func>,
    pub(crate) enter: Option<Func>,
    pub(crate) shared: u32,
    pub(crate) running: BTreeMap<u32, Running>,
    pub(crate) hook: Hook,
    pub(crate) fault: Option<crate::fault::Fault>,
    /// Whether all plugins are of one trust group.
    pub(crate) fused: bool,
    pub(crate) log: crate::log::Log,
    /// The fuel of all metered processes.
    pub(crate) fuel: Option<Global>,
    /// What ended processes, in order.
    pub traps: Vec<Trap>,
    /// Byte arrays that go into a plugin straight from the host, in order.
    pub sources: Vec<Vec<u8>>,
    /// Byte arrays that came straight out.
    pub drained: Vec<Vec<u8>>,
}

/// A kernel and everything that it needs, from the beginning.
pub struct World {
    store: Store<Data>,
    /// Whether gates have two memories, or functions that copy.
    pub multi_memory: bool,
}

impl World {
    /// A kernel with the host as its only process.
    pub fn new(setting: impl Into<Setting>) -> World {
        let Setting {
            multi_memory,
            fused,
        } = setting.into();
        let (engine, module) = compiled();
        let data = Data {
            kernel: None,
            memory: None,
            slots: None,
            stub: None,
            enter: None,
            shared: 0,
            running: BTreeMap::new(),
            hook: Rc::new(|machine, process, ask| machine.answer(process, ask)),
            fault: None,
            fused,
            log: crate::log::Log::default(),
            fuel: None,
            traps: Vec::new(),
            sources: Vec::new(),
            drained: Vec::new(),
        };
        let mut store = Store::new(engine, data);
        let kernel = Instance::new(&mut store, module, &[]).expect("the kernel imports nothing");
        if let Some(choose) = kernel.get_func(&store, "choose_mutant") {
            choose
                .call(&mut store, &[Val::I32(chosen_change())], &mut [])
                .expect("it only notes the number");
        }
        let memory = kernel
            .get_export(&store, "memory")
            .and_then(Extern::into_memory);
        let table = TableType::new(RefType::Func, 256, None);
        let slots = Table::new(&mut store, table, Ref::Func(Nullable::Null)).expect("a table");
        let fuel = Global::new(&mut store, Val::I32(0), Mutability::Var);
        let data = store.data_mut();
        (data.kernel, data.memory, data.slots) = (Some(kernel), memory, Some(slots));
        data.fuel = Some(fuel);
        let mut world = World {
            store,
            multi_memory,
        };
        let mut machine = world.machine();
        machine.kernel("test_listen", &[]);
        machine.data().shared = machine.kernel("test_shared", &[]);
        let module = machine.left("test_shared_module", &[]);
        let module = Module::new(engine, module).expect("a module");
        let memory = machine.kernel_memory();
        let probe = machine.stack_probe();
        let imports = [
            Extern::Func(probe),
            Extern::Table(slots),
            Extern::Memory(memory),
        ];
        let instance = Instance::new(machine.context(), &module, &imports).expect("it fits");
        machine.data().stub = instance.get_func(machine.context(), "stub");
        machine.data().enter = instance.get_func(machine.context(), "enter");
        world
    }

    /// The kernel and its processes, to be used.
    pub fn machine(&mut self) -> Machine<'_> {
        Machine {
            multi_memory: self.multi_memory,
            context: self.store.as_context_mut(),
        }
    }

    /// From now on this answers what plugins ask.
    pub fn set_hook(
        &mut self,
        hook: impl Fn(&mut Machine<'_>, u32, Ask) -> Result<u32, Error> + 'static,
    ) {
        self.store.data_mut().hook = Rc::new(hook);
    }
}

/// A kernel and its processes, from outside or from within a function that a plugin called.
pub struct Machine<'a> {
    pub(crate) context: StoreContextMut<'a, Data>,
    pub(crate) multi_memory: bool,
}

impl Machine<'_> {
    pub(crate) fn context(&mut self) -> StoreContextMut<'_, Data> {
        self.context.as_context_mut()
    }

    pub fn data(&mut self) -> &mut Data {
        self.context.data_mut()
    }

    pub(crate) fn kernel_memory(&mut self) -> Memory {
        self.data().memory.expect("the kernel has a memory")
    }

    /// Calls a function of the kernel.
    ///
    /// # Panics
    /// If the kernel does, with what it said.
    pub fn kernel(&mut self, name: &str, arguments: &[u32]) -> u32 {
        let instance = self.data().kernel.expect("there is a kernel");
        let function = instance.get_func(self.context(), name);
        let function = function.unwrap_or_else(|| panic!("the kernel has no function {name}"));
        let arguments: Vec<Val> = arguments
            .iter()
            .map(|value| Val::I32(*value as i32))
            .collect();
        let mut results = [Val::I32(0)];
        if let Err(error) = function.call(self.context(), &arguments, &mut results) {
            self.check_kernel();
            panic!("the kernel trapped in {name}: {error}");
        }
        results[0].i32().expect("all its functions give one") as u32
    }

    /// The kernel never panics, whatever plugins do.
    pub(crate) fn check_kernel(&mut self) {
        let instance = self.data().kernel.expect("there is a kernel");
        let function = instance
            .get_func(self.context(), "test_panicked")
            .expect("it has it");
        let mut results = [Val::I32(0)];
        function
            .call(self.context(), &[], &mut results)
            .expect("it only looks");
        if results[0].i32() != Some(0) {
            panic!(
                "the kernel panicked: {}",
                String::from_utf8_lossy(&self.buffer())
            );
        }
    }

    pub(crate) fn read(&mut self, memory: Memory, address: u32, length: u32) -> Vec<u8> {
        let mut bytes = vec![0; length as usize];
        memory
            .read(self.context(), address as usize, &mut bytes)
            .expect("it lies in memory");
        bytes
    }

    pub(crate) fn buffer(&mut self) -> Vec<u8> {
        let (address, length) = (
            self.kernel("test_buffer_address", &[]),
            self.kernel("test_buffer_length", &[]),
        );
        let memory = self.kernel_memory();
        self.read(memory, address, length)
    }

    /// Calls a function of the kernel that leaves bytes.
    pub fn left(&mut self, name: &str, arguments: &[u32]) -> Vec<u8> {
        self.kernel(name, arguments);
        self.buffer()
    }

    pub(crate) fn left_words(&mut self, name: &str, arguments: &[u32]) -> Vec<u32> {
        self.kernel(name, arguments);
        self.buffer_words()
    }

    /// What is in the buffer, as words.
    pub(crate) fn buffer_words(&mut self) -> Vec<u32> {
        let bytes = self.buffer();
        bytes
            .chunks_exact(4)
            .map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
            .collect()
    }

    pub(crate) fn left_lines(&mut self, name: &str, arguments: &[u32]) -> Vec<String> {
        let text = String::from_utf8(self.left(name, arguments)).expect("it is a text");
        text.lines().map(str::to_owned).collect()
    }

    /// Calls a function of the kernel that takes bytes.
    pub fn give(&mut self, bytes: &[u8], name: &str, arguments: &[u32]) -> u32 {
        let address = self.kernel("test_buffer", &[bytes.len() as u32]);
        let memory = self.kernel_memory();
        memory
            .write(self.context(), address as usize, bytes)
            .expect("the buffer is long enough");
        self.kernel(name, arguments)
    }

    /// Everything that the kernel knows.
    pub fn state(&mut self) -> State {
        let words = self.left_words("test_state", &[]);
        State::read(&words)
    }

    /// A word of the kernel's memory.
    pub fn kernel_word(&mut self, address: u32) -> u32 {
        let memory = self.kernel_memory();
        let bytes = self.read(memory, address, 4);
        u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
    }

    /// Writes into the kernel's memory.
    pub fn write_kernel(&mut self, address: u32, bytes: &[u8]) {
        let memory = self.kernel_memory();
        memory
            .write(self.context(), address as usize, bytes)
            .expect("the test writes into its memory");
    }

    /// Address of the words that gates share.
    pub fn shared(&mut self) -> u32 {
        self.data().shared
    }

    /// A word that gates share, by its place among them.
    pub fn shared_word(&mut self, place: u32) -> u32 {
        let address = self.shared() + 4 * place;
        self.kernel_word(address)
    }

    /// The kernel's number of a class.
    pub fn class(&mut self, name: &str) -> u32 {
        self.give(name.as_bytes(), "test_class", &[])
    }

    /// Mints an object that the process of `minter` serves, if it serves the class.
    pub fn mint(&mut self, minter: u32, class: &str, badge: u32) -> u32 {
        let number = self.class(class);
        let methods = if minter == HOST { 0 } else { u32::MAX };
        let cap = self.give(
            class.as_bytes(),
            "test_mint",
            &[minter, number, badge, methods],
        );
        assert_ne!(cap, 0, "the test wants to mint more than it may");
        cap
    }

    /// Moves a reference from one process to another one: its `cap_t` there.
    pub fn pass(&mut self, from: u32, cap: u32, class: &str, to: u32) -> u32 {
        let class = self.class(class);
        let transfer = self.kernel("portcullis_detach", &[from, cap, class]);
        assert_ne!(transfer, 0, "the test moves something that cannot be moved");
        let arrived = self.kernel("portcullis_attach", &[to, transfer]);
        assert_ne!(
            arrived, 0,
            "the test moves something to where there is no room"
        );
        arrived
    }

    /// A system call in the name of a process, by its place in docs/abi.md.
    pub fn system(
        &mut self,
        process: u32,
        call: portcullis_abi::SystemCall,
        first: u32,
        second: u32,
    ) -> u32 {
        let number = portcullis_abi::SystemCall::ALL
            .iter()
            .position(|known| *known == call);
        self.kernel(
            "portcullis_syscall",
            &[process, number.expect("it is known") as u32, first, second],
        )
    }

    /// Takes functions of the host into service. `records` have `export`. Gives the number of the interface.
    pub fn provide(&mut self, records: &str, functions: Vec<Func>) -> u32 {
        let host = self.give(records.as_bytes(), "test_provide", &[]);
        assert_ne!(host, 0, "the test's records are wrong: {records}");
        for (index, function) in functions.into_iter().enumerate() {
            let slot = self.kernel("test_provided", &[host, index as u32]);
            self.set_slot(slot, function);
        }
        host
    }

    /// A function of the host for a slot.
    pub fn function(
        &mut self,
        action: impl Fn(&mut Machine<'_>, u32) -> u32 + Send + Sync + 'static,
    ) -> Func {
        let multi_memory = self.multi_memory;
        Func::wrap(
            self.context(),
            move |mut caller: Caller<'_, Data>, frame: i32| {
                let mut machine = Machine {
                    multi_memory,
                    context: caller.as_context_mut(),
                };
                action(&mut machine, frame as u32) as i32
            },
        )
    }

    pub(crate) fn set_slot(&mut self, slot: u32, function: Func) {
        let table = self.data().slots.expect("there is a table");
        let missing = u64::from(slot + 1).saturating_sub(table.size(self.context()));
        if missing > 0 {
            table
                .grow(self.context(), missing, Ref::Func(Nullable::Null))
                .expect("it grows");
        }
        table
            .set(
                self.context(),
                u64::from(slot),
                Ref::Func(Nullable::Val(function)),
            )
            .expect("it has that slot");
    }

    /// Ends a process, if it lives. Whether it did.
    pub fn end(&mut self, process: u32) -> bool {
        if self.kernel("test_end", &[process]) == 0 {
            return false;
        }
        let bytes = self.buffer();
        let stub = self.data().stub.expect("there is a stub");
        for slot in bytes.chunks_exact(4) {
            self.set_slot(
                u32::from_le_bytes([slot[0], slot[1], slot[2], slot[3]]),
                stub,
            );
        }
        true
    }

    /// The objects that minters hear of, now that they may: minter, class and badge.
    pub fn drops(&mut self) -> Vec<(u32, u32, u32)> {
        let mut drops = Vec::new();
        while self.kernel("test_next_drop", &[]) == 1 {
            let bytes = self.buffer();
            let word = |place: usize| {
                u32::from_le_bytes(
                    bytes[4 * place..4 * place + 4]
                        .try_into()
                        .expect("four bytes"),
                )
            };
            drops.push((word(0), word(1), word(2)));
        }
        drops
    }
}
