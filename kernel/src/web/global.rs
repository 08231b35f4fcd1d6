//! The one kernel of this WebAssembly instance.

use crate::state::Kernel;
use std::cell::RefCell;

thread_local! {
    static KERNEL: RefCell<Kernel> = RefCell::new(Kernel::new());
}

/// Runs `action` on the kernel's state. It must not let control out of the kernel: whoever comes back in would find the
/// state borrowed. Everything in [`crate::web`] takes what it needs, and only then calls out.
pub fn with_kernel<R>(action: impl FnOnce(&mut Kernel) -> R) -> R {
    KERNEL.with(|kernel| action(&mut kernel.borrow_mut()))
}
