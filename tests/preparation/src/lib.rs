//! Modules in a WebAssembly engine, as they are and prepared, so that what they compute can be compared.

use portcullis_kernel::load::LoadError;
use portcullis_kernel::module::{
    FUEL_IMPORT, MEMORY_IMPORT, PrepareOptions, REFILL_IMPORT, START_EXPORT, prepare, read,
};
use std::collections::BTreeMap;
use wasmi::{
    Caller, Config, Engine, Error, Extern, ExternRef, ExternType, Func, FuncType, Global, Instance,
    Memory, MemoryType, Module, Mutability, Nullable, Ref, RefType, Store, Table, TableType,
    TrapCode, Val, ValType,
};

/// Units of fuel that a module may owe: what loops that count take without a check.
pub const MOST_OWED: i32 = 4 << 12;

/// What is done to modules before they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Nothing.
    AsIs,
    /// They are prepared, and trusted not to run for ever.
    Trusted,
    /// They are prepared, and pay for what they do.
    Metered,
}

impl Form {
    /// All of them; what the first one computes is right.
    pub const ALL: [Form; 3] = [Form::AsIs, Form::Trusted, Form::Metered];
}

/// A module in one of the forms.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Pages that its memory may have, for who supplies it.
    pub maximum: Option<u64>,
}

/// A module in that form.
///
/// # Errors
/// Why the kernel does not take it.
pub fn prepared(bytes: &[u8], form: Form) -> Result<Prepared, LoadError> {
    let options = PrepareOptions {
        metered: form == Form::Metered,
        ..PrepareOptions::default()
    };
    if form == Form::AsIs {
        let bytes = bytes.to_vec();
        return Ok(Prepared {
            bytes,
            maximum: None,
        });
    }
    let module = read(bytes)?;
    Ok(Prepared {
        bytes: prepare(bytes, &module, &options)?,
        maximum: module.memory.and_then(|memory| memory.maximum),
    })
}

/// What is there for all modules of a world.
#[derive(Debug, Default)]
pub struct State {
    /// How often a module asked for more fuel.
    pub refills: u64,
    /// How often it may, at most. Then it is stopped.
    pub refills_allowed: u64,
    /// Fuel that was given.
    pub given: u64,
    random: u32,
}

/// How much fuel there is at a time: little, for what happens when it is used up is what is tested. From 0 on.
const MOST_FUEL: u32 = 100;

/// An engine with instances that know one another, all of one form.
pub struct World {
    /// The form of its modules.
    pub form: Form,
    /// The engine's store.
    pub store: Store<State>,
    fuel: Global,
    names: BTreeMap<String, BTreeMap<String, Extern>>,
}

/// What came of a call or an instantiation: values, or why there are none, in words that are the same whatever the form.
pub type Outcome = Result<Vec<String>, String>;

/// The words for a value. Floats are told by their bits, so that a NaN is equal to itself.
fn words(value: &Val) -> String {
    match value {
        Val::I32(value) => format!("i32 {value}"),
        Val::I64(value) => format!("i64 {value}"),
        Val::F32(value) => format!("f32 {:#x}", value.to_bits()),
        Val::F64(value) => format!("f64 {:#x}", value.to_bits()),
        Val::V128(value) => format!("v128 {:#x}", value.as_u128()),
        Val::FuncRef(Nullable::Null) | Val::ExternRef(Nullable::Null) => "null".to_owned(),
        Val::FuncRef(_) => "a function".to_owned(),
        Val::ExternRef(_) => "a value of the host".to_owned(),
    }
}

/// The words for an error.
fn reason(error: &Error) -> String {
    match error.as_trap_code() {
        Some(code) => format!("{code:?}"),
        None => "another error".to_owned(),
    }
}

fn engine(fuel: bool) -> Engine {
    let mut config = Config::default();
    config
        .consume_fuel(fuel)
        .wasm_tail_call(true)
        .wasm_extended_const(true);
    Engine::new(&config)
}

impl World {
    /// A world with the modules that the core test suite expects. `steps` bounds what modules do that are not metered: about the
    /// number of their instructions; None does not.
    pub fn new(form: Form, steps: Option<u64>) -> World {
        let mut store = Store::new(&engine(steps.is_some()), State::default());
        if let Some(steps) = steps {
            // Metering is work, too.
            let steps = if form == Form::Metered {
                steps * 20
            } else {
                steps
            };
            store.set_fuel(steps).expect("the engine counts steps");
        }
        store.data_mut().refills_allowed = u64::MAX;
        let fuel = Global::new(&mut store, Val::I32(0), Mutability::Var);
        let mut world = World {
            form,
            store,
            fuel,
            names: BTreeMap::new(),
        };
        world.spectest();
        world
    }

    fn spectest(&mut self) {
        let store = &mut self.store;
        let mut names = BTreeMap::new();
        let functions: [(&str, &[ValType]); 7] = [
            ("print", &[]),
            ("print_i32", &[ValType::I32]),
            ("print_i64", &[ValType::I64]),
            ("print_f32", &[ValType::F32]),
            ("print_f64", &[ValType::F64]),
            ("print_i32_f32", &[ValType::I32, ValType::F32]),
            ("print_f64_f64", &[ValType::F64, ValType::F64]),
        ];
        for (name, parameters) in functions {
            let ty = FuncType::new(parameters.iter().copied(), []);
            let function = Func::new(&mut *store, ty, |_, _, _| Ok(()));
            names.insert(name.to_owned(), Extern::Func(function));
        }
        let memory = MemoryType::new(1, Some(2));
        let memory = Memory::new(&mut *store, memory).expect("there is memory");
        names.insert("memory".to_owned(), Extern::Memory(memory));
        let table = TableType::new(RefType::Func, 10, Some(20));
        let table = Table::new(&mut *store, table, Ref::Func(Nullable::Null)).expect("a table");
        names.insert("table".to_owned(), Extern::Table(table));
        for (name, value) in [
            ("global_i32", Val::I32(666)),
            ("global_i64", Val::I64(666)),
            ("global_f32", Val::F32(666.6.into())),
            ("global_f64", Val::F64(666.6.into())),
        ] {
            let global = Global::new(&mut *store, value, Mutability::Const);
            names.insert(name.to_owned(), Extern::Global(global));
        }
        self.names.insert("spectest".to_owned(), names);
    }

    /// A value of the host.
    pub fn host_value(&mut self, number: u32) -> Val {
        Val::ExternRef(Nullable::Val(ExternRef::new(&mut self.store, number)))
    }

    /// Makes the exports of an instance known under a name.
    pub fn register(&mut self, name: &str, instance: &Instance) {
        let exports = instance.exports(&self.store);
        let exports = exports.map(|export| (export.name().to_owned(), export.into_extern()));
        let exports: BTreeMap<_, _> = exports.collect();
        self.names.insert(name.to_owned(), exports);
    }

    fn refill(&mut self) -> Func {
        let fuel = self.fuel;
        let refill = move |mut caller: Caller<'_, State>, left: i32| -> Result<i32, Error> {
            assert!(
                left < 0,
                "more fuel is asked for when there is none left, not at {left}"
            );
            assert!(matches!(fuel.get(&caller), Val::I32(_)));
            let state = caller.data_mut();
            state.refills += 1;
            if state.refills > state.refills_allowed {
                return Err(Error::from(TrapCode::OutOfFuel));
            }
            state.random = state
                .random
                .wrapping_mul(1_664_525)
                .wrapping_add(1_013_904_223);
            let more = (state.random >> 16) % (MOST_FUEL + 1);
            state.given += u64::from(more) + u64::from(left.unsigned_abs());
            Ok(more as i32)
        };
        Func::wrap(&mut self.store, refill)
    }

    fn import(
        &mut self,
        (module, name): (&str, &str),
        ty: &ExternType,
        maximum: Option<u64>,
    ) -> Option<Extern> {
        let known = self.names.get(module).and_then(|names| names.get(name));
        if let Some(known) = known {
            return Some(*known);
        }
        match (ty, (module, name)) {
            (ExternType::Memory(ty), MEMORY_IMPORT) if self.form != Form::AsIs => {
                let maximum = maximum.map(|maximum| maximum as u32);
                let ty = MemoryType::new(ty.minimum() as u32, maximum);
                Memory::new(&mut self.store, ty).ok().map(Extern::Memory)
            }
            (ExternType::Global(_), FUEL_IMPORT) if self.form == Form::Metered => {
                Some(Extern::Global(self.fuel))
            }
            (ExternType::Func(_), REFILL_IMPORT) if self.form == Form::Metered => {
                Some(Extern::Func(self.refill()))
            }
            // Functions that nobody serves give zeros.
            (ExternType::Func(ty), _) if module != "spectest" => {
                let zeros: Vec<Val> = ty
                    .results()
                    .iter()
                    .map(|ty| Val::default_for_ty(*ty))
                    .collect();
                let function = Func::new(&mut self.store, ty.clone(), move |_, _, results| {
                    results.clone_from_slice(&zeros);
                    Ok(())
                });
                Some(Extern::Func(function))
            }
            _ => None,
        }
    }

    /// Instantiates a module that is in this world's form already, and runs its start function.
    ///
    /// # Errors
    /// Why there is no instance: the engine refuses it, or what it imports is not there, or its start traps.
    pub fn instantiate(&mut self, module: &Prepared) -> Result<Instance, String> {
        let maximum = module.maximum;
        let module = Module::new(self.store.engine(), &module.bytes)
            .map_err(|error| format!("refused: {error}"))?;
        let wanted: Vec<_> = module
            .imports()
            .map(|import| {
                (
                    import.module().to_owned(),
                    import.name().to_owned(),
                    import.ty().clone(),
                )
            })
            .collect();
        let mut imports = Vec::new();
        for (module, name, ty) in wanted {
            let found = self.import((&module, &name), &ty, maximum);
            imports.push(found.ok_or("not linked")?);
        }
        let instance = Instance::new(&mut self.store, &module, &imports);
        let instance = instance.map_err(|error| reason(&error))?;
        if self.form != Form::AsIs
            && let Some(start) = instance.get_func(&self.store, START_EXPORT)
        {
            start
                .call(&mut self.store, &[], &mut [])
                .map_err(|error| reason(&error))?;
        }
        Ok(instance)
    }

    /// Calls an exported function.
    pub fn call(&mut self, instance: &Instance, name: &str, arguments: &[Val]) -> Outcome {
        let function = instance
            .get_func(&self.store, name)
            .ok_or("no such function")?;
        let ty = function.ty(&self.store);
        let mut results: Vec<Val> = ty
            .results()
            .iter()
            .map(|ty| Val::default_for_ty(*ty))
            .collect();
        let outcome = function.call(&mut self.store, arguments, &mut results);
        if self.form == Form::Metered {
            let Val::I32(left) = self.fuel.get(&self.store) else {
                unreachable!("fuel is an i32");
            };
            assert!(
                left >= -MOST_OWED,
                "a function leaves with much less than nothing: {left}"
            );
        }
        outcome.map_err(|error| reason(&error))?;
        Ok(results.iter().map(words).collect())
    }

    /// The names of the functions that an instance exports, in order.
    pub fn functions(&mut self, instance: &Instance) -> Vec<String> {
        let exports = instance.exports(&self.store);
        let functions = exports.filter(|export| export.name() != START_EXPORT);
        let functions = functions.filter(|export| export.clone().into_func().is_some());
        let mut names: Vec<String> = functions.map(|export| export.name().to_owned()).collect();
        names.sort();
        names
    }

    /// Calls an exported function with zeros and nulls.
    pub fn call_with_zeros(&mut self, instance: &Instance, name: &str) -> Outcome {
        let function = instance
            .get_func(&self.store, name)
            .ok_or("no such function")?;
        let ty = function.ty(&self.store);
        let zeros: Vec<Val> = ty
            .params()
            .iter()
            .map(|ty| Val::default_for_ty(*ty))
            .collect();
        self.call(instance, name, &zeros)
    }

    /// The value of an exported global.
    pub fn global(&mut self, instance: &Instance, name: &str) -> Outcome {
        let global = instance
            .get_global(&self.store, name)
            .ok_or("no such global")?;
        Ok(vec![words(&global.get(&self.store))])
    }

    /// What an instance shows without a call: its exported globals, memories and tables, by name.
    pub fn shown(&mut self, instance: &Instance) -> BTreeMap<String, Vec<u8>> {
        let exports: Vec<(String, Extern)> = instance
            .exports(&self.store)
            .map(|export| (export.name().to_owned(), export.into_extern()))
            .collect();
        let mut shown = BTreeMap::new();
        for (name, value) in exports {
            let bytes = match value {
                Extern::Global(global) => words(&global.get(&self.store)).into_bytes(),
                Extern::Memory(memory) => memory.data(&self.store).to_vec(),
                Extern::Table(table) => (0..table.size(&self.store))
                    .map(|index| {
                        let entry = table.get(&self.store, index);
                        u8::from(entry.is_some_and(|entry| entry.is_non_null()))
                    })
                    .collect(),
                Extern::Func(_) => continue,
            };
            shown.insert(name, bytes);
        }
        shown
    }
}
