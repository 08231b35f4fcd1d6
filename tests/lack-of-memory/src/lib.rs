//! An allocator that runs out of memory when it is told to, and a look at everything that the kernel knows.
//!
//! Rust ends the program when memory that somebody did not ask for fallibly cannot be had. So a test that gets to its end under
//! [`without_memory`] has shown that nothing of the kind was done.

use portcullis_kernel::Kernel;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// How many allocations of this thread succeed before all others fail.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The system's allocator, except within [`without_memory`].
pub struct Failing;

fn fails() -> bool {
    match LEFT.get() {
        None => false,
        Some(0) => true,
        Some(left) => {
            LEFT.set(Some(left - 1));
            false
        }
    }
}

// SAFETY: everything is left to the system's allocator; to answer with null is allowed at any time.
unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if fails() {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's promises are those of the system's allocator.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above; what is given back came from there.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if fails() {
            return std::ptr::null_mut();
        }
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Failing = Failing;

/// Runs an action of which the first `allocations` succeed and no other does.
pub fn without_memory<R>(allocations: usize, action: impl FnOnce() -> R) -> R {
    LEFT.set(Some(allocations));
    let result = action();
    LEFT.set(None);
    result
}

/// Everything that the kernel knows, in words, but for where it lies in memory.
///
/// # Panics
/// If gates would not find it where it lies.
pub fn snapshot(kernel: &Kernel) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    let shared = &kernel.shared;
    assert_eq!(shared.objects.get(), kernel.objects.address());
    assert_eq!(shared.methods.get(), kernel.methods.address());
    let frames = shared.frame_top.get() - kernel.staging.base();
    let mut line = |what: &dyn std::fmt::Debug| writeln!(text, "{what:?}").expect("it fits");
    line(&(
        frames,
        shared.staged.get(),
        kernel.staging.usage(),
        kernel.transits(),
        kernel.live_leases(),
    ));
    for object in kernel.objects.iter() {
        line(&object);
    }
    for process in kernel.processes.iter() {
        let header = kernel.processes.header(process.id);
        assert_eq!(header.slots.get(), process.namespace.address());
        assert_eq!(header.length.get(), process.namespace.length());
        line(&(process.id, process.objects, process.waiting()));
        line(&(process.transfers(), process.content(), &process.last_words));
        line(&process.minted);
        for slot in process.namespace.iter() {
            line(&slot);
            let written = kernel.lease_written(process.id, slot.0);
            line(&(kernel.lease_length(process.id, slot.0), written));
        }
    }
    text
}
