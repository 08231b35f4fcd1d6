//! Last words: a panic's message reaches the kernel before the trap.

use std::panic::{self, PanicHookInfo};

use portcullis_abi::limits::FAULT_BYTES;

use super::system;

/// The kernel calls it once, after the imports are connected and before anything else.
// SAFETY: the name is the ABI's. Nothing else of a plugin that is built for `wasm32-unknown-unknown` carries it.
#[unsafe(no_mangle)]
extern "C" fn _initialize() {
    panic::set_hook(Box::new(report));
}

/// Composes `message (file:line)` without allocating, since the panic may be about memory, and without `fmt` and
/// checks that could panic again, which would be most of a small plugin's code.
fn report(panic: &PanicHookInfo<'_>) {
    let mut words = Words {
        bytes: [0; FAULT_BYTES],
        length: 0,
    };
    words.push(panic.payload_as_str().unwrap_or("panicked").as_bytes());
    if let Some(location) = panic.location() {
        words.push(b" (");
        words.push(location.file().as_bytes());
        words.push(b":");
        words.push_number(location.line());
        words.push(b")");
    }
    system::fault(words.bytes.get(..words.length).unwrap_or_default());
}

/// The first [`FAULT_BYTES`] bytes of what is pushed. A character that is cut in two there is the kernel's to clean.
struct Words {
    bytes: [u8; FAULT_BYTES],
    length: usize,
}

impl Words {
    fn push(&mut self, text: &[u8]) {
        for (free, byte) in self.bytes.iter_mut().skip(self.length).zip(text) {
            *free = *byte;
            self.length += 1;
        }
    }

    fn push_number(&mut self, number: u32) {
        if number >= 10 {
            self.push_number(number / 10);
        }
        self.push(&[b'0' + (number % 10) as u8]);
    }
}
