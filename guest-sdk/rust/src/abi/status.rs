//! The status word: where the kernel says that a call failed and why (`docs/abi.md` §6).

use std::sync::atomic::{AtomicU32, Ordering};

// A plugin has one thread, so the word costs what a plain one costs; on the host each test has a thread.
#[cfg(target_arch = "wasm32")]
static STATUS: AtomicU32 = AtomicU32::new(0);

#[cfg(not(target_arch = "wasm32"))]
thread_local! {
    static STATUS: AtomicU32 = const { AtomicU32::new(0) };
}

/// Gives the word to `use_it`.
#[inline]
fn with<R>(use_it: impl FnOnce(&AtomicU32) -> R) -> R {
    #[cfg(target_arch = "wasm32")]
    {
        use_it(&STATUS)
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        STATUS.with(use_it)
    }
}

/// Before a call: no error.
#[inline]
pub fn clear() {
    with(|status| status.store(0, Ordering::Relaxed));
}

/// After a call: the error's number, 0 for none. The word is clear afterwards: a call that comes in while another is
/// under way must not leave an error behind that the outer one would take for its own.
#[inline]
pub fn take() -> u32 {
    with(|status| {
        let number = status.load(Ordering::Relaxed);
        if number != 0 {
            status.store(0, Ordering::Relaxed);
        }
        number
    })
}

/// What the kernel does when a call fails.
#[cfg(not(target_arch = "wasm32"))]
pub fn set(number: u32) {
    with(|status| status.store(number, Ordering::Relaxed));
}

/// The word's address. The kernel asks once, when the plugin is loaded.
#[cfg(target_arch = "wasm32")]
// SAFETY: the name is the ABI's; no other item of a plugin has a reason to carry it.
#[unsafe(no_mangle)]
extern "C" fn portcullis_status() -> i32 {
    STATUS.as_ptr().expose_provenance() as i32
}

#[cfg(test)]
mod tests {
    use super::{clear, set, take};

    #[test]
    fn an_error_is_taken_once() {
        set(7);
        assert_eq!((take(), take()), (7, 0));
        set(8);
        clear();
        assert_eq!(take(), 0);
    }
}
