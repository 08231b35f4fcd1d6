//! Modules that the kernel generates beside gates: a function of the host for the table of slots, and what proves stack.

use translator_tests::kernel::compiled;
use translator_tests::machine::World;
use wasmi::{
    Caller, Error, Extern, Func, Global, Instance, Memory, MemoryType, Module, Mutability,
    Nullable, Ref, RefType, Store, Table, TableType, Val,
};

/// What was called, with the frame.
type Calls = Vec<(&'static str, i32)>;

/// A frame for which there is no stack any more.
const USED_UP: i32 = 128;

/// A function that notes its frame, and gives the next number as its status.
fn served(store: &mut Store<Calls>) -> Func {
    Func::wrap(store, |mut caller: Caller<'_, Calls>, frame: i32| {
        caller.data_mut().push(("served", frame));
        frame + 1
    })
}

/// A proof of stack that notes its frame, and fails for one.
fn headroom(store: &mut Store<Calls>) -> Func {
    Func::wrap(store, |mut caller: Caller<'_, Calls>, frame: i32| {
        caller.data_mut().push(("headroom", frame));
        if frame == USED_UP {
            return Err(Error::new("there is none"));
        }
        Ok(())
    })
}

#[test]
fn a_function_is_called_as_it_is_or_after_its_headroom_was_proved() {
    let bytes = World::new(true).machine().left("test_wrapper_module", &[]);
    let (engine, _) = compiled();
    let module = Module::new(engine, bytes).expect("it is valid");
    let mut store: Store<Calls> = Store::new(engine, Vec::new());
    let (served, headroom) = (served(&mut store), headroom(&mut store));
    let imports: Vec<Extern> = module
        .imports()
        .map(|import| match (import.module(), import.name()) {
            ("f", "0") => Extern::Func(served),
            ("k", "headroom") => Extern::Func(headroom),
            other => panic!("it imports {other:?}"),
        })
        .collect();
    let instance = Instance::new(&mut store, &module, &imports).expect("it fits");
    let function = |name| instance.get_func(&store, name).expect("it is there");
    let (wrap, proved) = (function("wrap"), function("proved"));
    let mut status = [Val::I32(0)];
    for (function, heard) in [
        (wrap, &[("served", 64)][..]),
        (proved, &[("headroom", 64), ("served", 64)]),
    ] {
        let called = function.call(&mut store, &[Val::I32(64)], &mut status);
        called.expect("it returns");
        assert_eq!(status[0].i32(), Some(65));
        assert_eq!(*store.data(), heard);
        store.data_mut().clear();
    }
    let failed = proved.call(&mut store, &[Val::I32(USED_UP)], &mut status);
    assert!(failed.is_err());
    assert_eq!(*store.data(), [("headroom", USED_UP)]);
}

/// What was suspended goes on with the frame that was asked for, at the function that the kernel names at that moment.
#[test]
fn a_call_that_goes_on_enters_the_function_that_is_named() {
    let bytes = World::new(true)
        .machine()
        .left("test_forwarder_module", &[]);
    let (engine, _) = compiled();
    let module = Module::new(engine, bytes).expect("it is valid");
    let mut store: Store<Vec<(i32, i32)>> = Store::new(engine, Vec::new());
    let reach = Func::wrap(
        &mut store,
        |mut caller: Caller<'_, Vec<(i32, i32)>>, frame: i32, function: i32| {
            caller.data_mut().push((frame, function));
            function + 1
        },
    );
    let target = Global::new(&mut store, Val::I32(0), Mutability::Var);
    let imports: Vec<Extern> = module
        .imports()
        .map(|import| match (import.module(), import.name()) {
            ("k", "reach") => Extern::Func(reach),
            ("k", "target") => Extern::Global(target),
            other => panic!("it imports {other:?}"),
        })
        .collect();
    let instance = Instance::new(&mut store, &module, &imports).expect("it fits");
    let forward = instance.get_func(&store, "forward").expect("it is there");
    for (frame, function) in [(64, 7), (128, 9)] {
        target
            .set(&mut store, Val::I32(function))
            .expect("it can be changed");
        let mut status = [Val::I32(0)];
        forward
            .call(&mut store, &[Val::I32(frame)], &mut status)
            .expect("it returns");
        assert_eq!(status[0].i32(), Some(function + 1));
    }
    assert_eq!(*store.data(), [(64, 7), (128, 9)]);
}

/// The probes return where there is stack, and never make the calls that are in them: their table is empty.
#[test]
fn probes_return() {
    for headroom in [0, 16 << 10, 128 << 10] {
        let bytes = World::new(true)
            .machine()
            .left("test_stack_module", &[headroom]);
        let (engine, _) = compiled();
        let module = Module::new(engine, bytes).expect("it is valid");
        let mut store = Store::new(engine, ());
        let instance = Instance::new(&mut store, &module, &[]).expect("it imports nothing");
        for name in ["headroom", "room"] {
            let probe = instance.get_func(&store, name).expect("it is there");
            for address in [1, 4_096, -1] {
                let returned = probe.call(&mut store, &[Val::I32(address)], &mut []);
                assert!(returned.is_ok(), "{name} of {headroom}");
            }
            let called = probe.call(&mut store, &[Val::I32(0)], &mut []);
            assert!(called.is_err(), "{name} of {headroom} makes no call");
        }
    }
}

/// Whoever is called by way of a slot has its headroom; the status is left in the frame, or given back.
#[test]
fn slots_are_called_after_the_headroom_was_proved() {
    let bytes = World::new(true).machine().left("test_shared_module", &[]);
    let (engine, _) = compiled();
    let module = Module::new(engine, bytes).expect("it is valid");
    let mut store: Store<Calls> = Store::new(engine, Vec::new());
    let memory = Memory::new(&mut store, MemoryType::new(1, None)).expect("there is memory");
    let table = TableType::new(RefType::Func, 4, None);
    let slots = Table::new(&mut store, table, Ref::Func(Nullable::Null)).expect("a table");
    let (served, headroom) = (served(&mut store), headroom(&mut store));
    let served = Ref::Func(Nullable::Val(served));
    slots.set(&mut store, 2, served).expect("it has that slot");
    let imports = [
        Extern::Func(headroom),
        Extern::Table(slots),
        Extern::Memory(memory),
    ];
    let instance = Instance::new(&mut store, &module, &imports).expect("it fits");
    let function = |name| instance.get_func(&store, name).expect("it is there");
    let (enter, reach, stub) = (function("enter"), function("reach"), function("stub"));
    let mut status = [Val::I32(0)];
    for (function, results) in [(enter, 0), (reach, 1)] {
        let arguments = [Val::I32(64), Val::I32(2)];
        function
            .call(&mut store, &arguments, &mut status[..results])
            .expect("it returns");
        if results == 1 {
            assert_eq!(status[0].i32(), Some(65));
        }
        assert_eq!(*store.data(), [("headroom", 64), ("served", 64)]);
        store.data_mut().clear();
        // Nobody is entered without.
        let arguments = [Val::I32(USED_UP), Val::I32(2)];
        let called = function.call(&mut store, &arguments, &mut status[..results]);
        assert!(called.is_err());
        assert_eq!(*store.data(), [("headroom", USED_UP)]);
        store.data_mut().clear();
    }
    let mut left = [0; 4];
    memory
        .read(&store, 64 + 4, &mut left)
        .expect("it lies there");
    assert_eq!(u32::from_le_bytes(left), 65);
    stub.call(&mut store, &[Val::I32(64)], &mut status)
        .expect("it returns");
    assert_eq!(status[0].i32(), Some(9));
}
