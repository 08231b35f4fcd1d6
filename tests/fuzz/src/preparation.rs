//! Reading and preparing modules: nothing makes it panic, a valid module stays valid, and an invalid one never becomes valid.

use arbitrary::Unstructured;
use portcullis_kernel::module::{prepare, read, resolve};
use portcullis_kernel::signature::Metadata;
use random_tests::choices::Choices;
use wasm_smith::Config;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

/// Bytes of the seed that say how a module is spoiled; the others are what it is made from.
const SPOILING: usize = 24;

/// The kind of modules that a plugin may be. A few of the seed's choices are whether it has what is refused.
fn config(choices: &Choices) -> Config {
    let rarely = || choices.rarely(8);
    Config {
        max_instructions: 200,
        max_memories: if rarely() { 2 } else { 1 },
        max_tables: 3,
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
        if module.is_empty() {
            return;
        }
        let place = choices.below(module.len() as u32) as usize;
        let end = (place + 1 + choices.below(8) as usize).min(module.len());
        match choices.below(6) {
            0 => drop(module.drain(place..end)),
            1 => {
                let piece = module[place..end].to_vec();
                module.splice(place..place, piece);
            }
            2 => module.truncate(place),
            3 => module[place] = choices.any() as u8,
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
    let Ok(prepared) = prepare(bytes, &module) else {
        return;
    };
    assert_eq!(
        is_valid(&prepared),
        is_valid(bytes),
        "valid afterwards, and before; {bytes:x?}"
    );
    for payload in Parser::new(0).parse_all(&prepared) {
        match payload {
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
