//! Reading and preparing modules: nothing makes it panic, a valid module stays valid, and an invalid one never becomes valid.

use arbitrary::Unstructured;
use portcullis_kernel::module::{PrepareOptions, prepare, read, resolve};
use portcullis_kernel::signature::Metadata;
use random_tests::choices::Choices;
use wasm_encoder::{EntityType, ImportSection, MemoryType, Module, TypeSection, ValType};
use wasm_smith::Config;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

/// Bytes of a module's header.
const HEADER: usize = 8;
/// Bytes of the seed that say how a module is spoiled; the others are what it is made from.
const SPOILING: usize = 160;

/// A module that imports functions of a few types, and a memory.
fn imports() -> Vec<u8> {
    let types: [(&[ValType], &[ValType]); 4] = [
        (&[], &[]),
        (&[ValType::I32], &[ValType::I32]),
        (&[ValType::I64, ValType::F32], &[ValType::F64]),
        (&[ValType::I32, ValType::I32], &[]),
    ];
    let (mut section, mut imports) = (TypeSection::new(), ImportSection::new());
    for (index, (parameters, results)) in types.iter().enumerate() {
        let copied = |types: &[ValType]| types.to_vec();
        section.ty().function(copied(parameters), copied(results));
        imports.import(
            "a/b@1",
            &format!("f{index}"),
            EntityType::Function(index as u32),
        );
    }
    let memory = MemoryType {
        minimum: 1,
        maximum: Some(100),
        memory64: false,
        shared: false,
        page_size_log2: None,
    };
    imports.import("env", "memory", memory);
    let mut module = Module::new();
    module.section(&section).section(&imports);
    module.finish()
}

/// The kind of modules that a plugin may be. A few of the seed's choices are whether it has what is refused.
fn config(choices: &Choices) -> Config {
    let rarely = || choices.rarely(8);
    Config {
        max_instructions: 200,
        max_memories: if rarely() { 2 } else { 1 },
        max_tables: 3,
        // Functions alone, mostly: a plugin imports nothing else but a memory.
        available_imports: (!rarely()).then(imports),
        max_imports: 8,
        generate_custom_sections: true,
        memory64_enabled: rarely(),
        threads_enabled: rarely(),
        gc_enabled: rarely(),
        exceptions_enabled: choices.below(2) == 0,
        compact_imports_enabled: false,
        custom_page_sizes_enabled: rarely(),
        wide_arithmetic_enabled: false,
        allow_invalid_funcs: rarely(),
        min_uleb_size: if choices.below(4) == 0 { 5 } else { 1 },
        ..Config::default()
    }
}

/// Changes bytes, and cuts or doubles pieces.
fn spoil(choices: &Choices, module: &mut Vec<u8>) {
    for _ in 0..choices.below(4) {
        // Not the header: what has another one is refused at once.
        let Some(length) = module
            .len()
            .checked_sub(HEADER)
            .filter(|length| *length > 0)
        else {
            return;
        };
        let place = HEADER + choices.below(length as u32) as usize;
        let end = (place + 1 + choices.below(8) as usize).min(module.len());
        match choices.below(10) {
            0 => drop(module.drain(place..end)),
            1 => {
                let piece = module[place..end].to_vec();
                module.splice(place..place, piece);
            }
            2 => module.truncate(place),
            3..=5 => module[place] = choices.any() as u8,
            _ => module[place] ^= 1 << choices.below(8),
        }
    }
}

/// # Panics
/// When preparation is wrong.
pub fn check(bytes: &[u8]) {
    let (head, seed) = bytes.split_at(bytes.len().min(SPOILING));
    let choices = Choices::from_bytes(head);
    if choices.below(8) == 7 {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        module.extend_from_slice(seed);
        check_module(bytes);
        return check_module(&module);
    }
    let Ok(module) = wasm_smith::Module::new(config(&choices), &mut Unstructured::new(seed)) else {
        return;
    };
    let mut module = module.to_bytes();
    spoil(&choices, &mut module);
    check_module(&module);
}

/// What an engine may know, and more.
fn is_valid(module: &[u8]) -> bool {
    Validator::new_with_features(WasmFeatures::all())
        .validate_all(module)
        .is_ok()
}

fn check_module(bytes: &[u8]) {
    let Ok(module) = read(bytes) else { return };
    if let Err(error) = resolve(&module, &Metadata::default()) {
        assert!(!error.message.contains(char::is_control), "{error:?}");
    }
    let valid = is_valid(bytes);
    for metered in [true, false] {
        let options = PrepareOptions {
            metered,
            ..PrepareOptions::default()
        };
        if let Ok(prepared) = prepare(bytes, &module, &options) {
            assert_eq!(
                is_valid(&prepared),
                valid,
                "valid when prepared, metered: {metered}, and before; {bytes:x?}"
            );
            check_sections(&prepared);
        }
    }
}

/// The name of the only custom section that comes out.
const HINTS: &str = "metadata.code.branch_hint";

/// What the kernel takes away is gone.
fn check_sections(prepared: &[u8]) {
    for payload in Parser::new(0).parse_all(prepared) {
        match payload {
            // The kernel's own, which tells engines what branches are hardly ever taken.
            Ok(Payload::CustomSection(section)) if section.name() == HINTS => {}
            Ok(
                Payload::StartSection { .. }
                | Payload::MemorySection(_)
                | Payload::CustomSection(_),
            ) => {
                panic!("it should have gone: {payload:?}")
            }
            // What is damaged before stays so.
            Err(_) => break,
            Ok(_) => {}
        }
    }
}
