//! Which proposals of WebAssembly a plugin may use. Whatever is not granted here is refused.
//!
//! Granted are those that every engine has and that compute the same everywhere: WebAssembly 1.0, mutable globals, sign
//! extension, conversions that saturate, bulk memory, several results, references to functions and to values of the host,
//! vectors of 128 bits, tail calls, exceptions (both generations), and arithmetic in constant expressions.
//!
//! Not granted are those that engines lack or that make other promises hard to keep: threads would let a plugin change memory
//! while it is checked; relaxed vectors compute differently on different machines; a second memory, 64-bit memories and other
//! page sizes are not what gates are made for; objects of the engine's heap are in no quota.

use wasmparser::{AbstractHeapType, HeapType, RefType, ValType};

/// The proposal that an instruction belongs to which is not granted, by its first byte and, behind a prefix, its number.
pub fn of_instruction(first: u8, number: u32) -> &'static str {
    match (first, number) {
        (0x14 | 0x15 | 0xd4..=0xd6, _) => "typed function references",
        (0xd3 | 0xfb, _) => "garbage collection",
        (0xe0..=0xe6, _) => "stack switching",
        (0xfe, _) => "threads",
        (0xfc, 18) => "memory control",
        (0xfc, 19..=22) => "wide arithmetic",
        (0xfd, 0x100..=0x1ff) => "relaxed vectors",
        _ => "unknown",
    }
}

/// The proposal that a type of values belongs to which is not granted, by its first byte.
pub fn of_type(first: u8) -> &'static str {
    match first {
        // Below 0x40 it is the number of a type.
        0x00..=0x3f | 0x63 | 0x64 | 0x73 => "typed function references",
        0x68 | 0x75 => "stack switching",
        0x65..=0x74 => "garbage collection",
        _ => "unknown",
    }
}

/// Whether a plugin may have values of a type.
pub fn grants(ty: ValType) -> bool {
    match ty {
        ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 | ValType::V128 => true,
        ValType::Ref(reference) => grants_reference(reference),
    }
}

/// Whether a plugin may have references of a type.
pub fn grants_reference(ty: RefType) -> bool {
    ty.is_nullable()
        && matches!(
            ty.heap_type(),
            HeapType::Abstract {
                shared: false,
                ty: AbstractHeapType::Func | AbstractHeapType::Extern | AbstractHeapType::Exn,
            }
        )
}
