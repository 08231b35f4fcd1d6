//! The one kernel of this WebAssembly instance.

use crate::state::Kernel;
use std::cell::RefCell;

thread_local! {
    static KERNEL: RefCell<Kernel> = RefCell::new(Kernel::new());
}

/// Runs `action` on the kernel's state. It must not let control out of the kernel: whoever comes back in would find the
/// state borrowed. Everything in [`crate::web`] takes what it needs, and only then calls out.
pub fn with_kernel<R>(action: impl FnOnce(&mut Kernel) -> R) -> R {
    KERNEL.with(|kernel| match kernel.try_borrow_mut() {
        Ok(mut kernel) => action(&mut kernel),
        Err(_) => unusable(),
    })
}

/// Something unwound through the kernel, which only the end of the stack can do: its state may be half-changed. Nothing is
/// built on that any more.
#[cold]
fn unusable() -> ! {
    #[cfg(feature = "web")]
    wasm_bindgen::throw_str(
        "the kernel ran out of stack in the middle of a change; load the page again",
    );
    #[cfg(not(feature = "web"))]
    panic!("the kernel ran out of stack in the middle of a change");
}
