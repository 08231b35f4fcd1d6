//! The functions that gates call, in the order of [`crate::translator::KERNEL_FUNCTIONS`].
//!
//! All values are u32. A function that can fail gives 0 and stores the code in [`crate::layout::Shared::error`]. The process
//! identity comes from the gate, where it is a constant, never from the plugin.

use super::with_kernel;
use crate::class::ClassId;
use crate::message::Numbers;
use crate::namespace::CapT;
use crate::process::ProcessId;
use crate::state::Kernel;
use crate::syscall::{self, block};
use crate::time::Answer;
use crate::translator::{NO_FUEL, TURN};
use portcullis_abi::{ErrorCode, Rights, SystemCall};

/// Runs an operation that gives something to a process; on failure stores the code and gives 0.
fn give(
    process: u32,
    action: impl FnOnce(&mut Kernel, ProcessId) -> Result<u32, ErrorCode>,
) -> u32 {
    attempt(|kernel| {
        let process = ProcessId::from_raw(process);
        let outcome = action(kernel, process);
        if outcome == Err(ErrorCode::Quota) {
            kernel.exceed(process, None);
        }
        outcome
    })
}

/// Runs an operation; on failure stores the code and gives 0.
fn attempt(action: impl FnOnce(&mut Kernel) -> Result<u32, ErrorCode>) -> u32 {
    with_kernel(|kernel| {
        let outcome = action(kernel);
        kernel
            .shared
            .error
            .set(outcome.err().map_or(0, ErrorCode::number));
        outcome.unwrap_or(0)
    })
}

/// Carries out a system call; what it wants to be copied goes into its block.
fn system_call(
    kernel: &mut Kernel,
    process: ProcessId,
    call: SystemCall,
    first: u32,
    second: u32,
) -> Result<u32, ErrorCode> {
    if call.parameters().len() <= 2 {
        let mut arguments = [0; syscall::ARGUMENTS];
        [arguments[0], arguments[1]] = [first, second];
        let answer = syscall::call(kernel, process, call, &arguments, &mut Numbers::default())?;
        return Ok(answer.value);
    }
    let (arguments, mut numbers) = block::read(&kernel.staging, first, call)?;
    let answer = syscall::call(kernel, process, call, &arguments, &mut numbers)?;
    block::write(&mut kernel.staging, first, &answer, &numbers);
    Ok(answer.value)
}

macro_rules! gate_calls {
    ($($(#[$doc:meta])* fn $name:ident = $symbol:literal ($($argument:ident),*) $body:expr;)*) => {$(
        $(#[$doc])*
        // SAFETY: the symbol is exported once, in this crate alone, and begins with the crate's own prefix; the function takes
        // and gives plain numbers, and is safe for any of them.
        #[unsafe(export_name = $symbol)]
        pub extern "C" fn $name($($argument: u32),*) -> u32 {
            $body
        }
    )*};
}

gate_calls! {
    /// Finds out why a capability cannot be lent.
    fn gate_check = "portcullis_check" (process, cap, class) attempt(|kernel| {
        let checked = kernel.check(ProcessId::from_raw(process), cap as CapT, ClassId(class), Rights::CALL);
        // The gate's own look said no. Should the kernel say yes, the gate is wrong, and no is the safe answer.
        Err(checked.err().unwrap_or(ErrorCode::BadHandle))
    });
    /// Takes a reference out of a namespace: the number of the transfer.
    fn gate_detach = "portcullis_detach" (process, cap, class) attempt(|kernel| {
        kernel.detach(ProcessId::from_raw(process), cap, ClassId(class))
    });
    /// Ends a transfer in a namespace: the `cap_t`.
    fn gate_attach = "portcullis_attach" (process, transit) give(process, |kernel, process| {
        kernel.attach(process, transit)
    });
    /// Ends a transfer by putting the reference back.
    fn gate_restore = "portcullis_restore" (transit) with_kernel(|kernel| {
        kernel.restore(transit);
        0
    });
    /// Lends an object for a call, of which the lender has those rights: the `cap_t`.
    fn gate_lend = "portcullis_lend" (process, object, from, rights) give(process, |kernel, process| {
        kernel.lend(process, object, ProcessId::from_raw(from), rights)
    });
    /// Ends what was lent.
    fn gate_end_borrow = "portcullis_end_borrow" (process, cap) with_kernel(|kernel| {
        kernel.end_borrow(ProcessId::from_raw(process), cap);
        0
    });
    /// Whether there is room for that many capabilities.
    fn gate_reserve = "portcullis_reserve" (process, count) give(process, |kernel, process| {
        kernel.reserve(process, count).map(|()| 1)
    });
    /// Room for content: its address.
    fn gate_stage = "portcullis_stage" (process, length) attempt(|kernel| {
        kernel.stage(ProcessId::from_raw(process), length)
    });
    /// Frees what was staged for a frame.
    fn gate_unstage = "portcullis_unstage" (frame) with_kernel(|kernel| {
        kernel.leave(frame);
        0
    });
    /// Whether staged bytes are UTF-8.
    fn gate_utf8 = "portcullis_utf8" (address, length) attempt(|kernel| {
        if length == 0 {
            return Ok(1);
        }
        let bytes = kernel.staging.bytes(address, length).ok_or(ErrorCode::BadPointer)?;
        std::str::from_utf8(bytes).map(|_| 1).map_err(|_| ErrorCode::BadUtf8)
    });
    /// Whether the elements of a staged list are what they should be: 1 bool, 2 char.
    fn gate_list = "portcullis_list" (kind, address, count) attempt(|kernel| {
        if count == 0 {
            return Ok(1);
        }
        let size = if kind == 1 { 1 } else { 4 };
        let length = count.checked_mul(size).ok_or(ErrorCode::TooLong)?;
        let bytes = kernel.staging.bytes(address, length).ok_or(ErrorCode::BadPointer)?;
        let good = match kind {
            1 => bytes.iter().all(|byte| *byte <= 1),
            _ => bytes.chunks_exact(4).all(|c| char::from_u32(u32::from_le_bytes([c[0], c[1], c[2], c[3]])).is_some()),
        };
        if good { Ok(1) } else { Err(ErrorCode::BadChar) }
    });
    /// Where a process wants its errors, or 0: it has no status word, and is to end.
    fn gate_fail = "portcullis_fail" (process, code, import) with_kernel(|kernel| {
        let Ok(process) = kernel.processes.get_mut(ProcessId::from_raw(process)) else { return 0 };
        if process.status_address.is_none() {
            process.fatal = ErrorCode::from_number(code).map(|code| (code, import));
        }
        process.status_address.unwrap_or(0)
    });
    /// A system call; see [`crate::syscall`]. One with more than two arguments has them in a block, whose address is the first.
    fn gate_syscall = "portcullis_syscall" (process, number, first, second) {
        let Some(call) = SystemCall::ALL.get(number as usize).copied() else { return 0 };
        let process = ProcessId::from_raw(process);
        let outcome = with_kernel(|kernel| {
            let outcome = system_call(kernel, process, call, first, second);
            if outcome == Err(ErrorCode::Quota) {
                kernel.exceed(process, Some(call));
            }
            kernel.shared.error.set(outcome.err().map_or(0, ErrorCode::number));
            outcome
        });
        let value = match (syscall::shape(call), outcome) {
            (syscall::Shape::Code, Err(code)) => code.number(),
            (_, Err(_)) => 0,
            (_, Ok(value)) => value,
        };
        #[cfg(feature = "web")]
        if syscall::may_end(call) {
            super::exit::run_destructors();
            // What destructors did must not be taken for the outcome of this call.
            with_kernel(|kernel| kernel.shared.error.set(outcome.err().map_or(0, ErrorCode::number)));
        }
        value
    };
    /// More fuel for a process that has `left`: how much it has now, or a negative number if there is none.
    fn gate_refill = "portcullis_refill" (process, left) {
        // Before the state is borrowed: it needs more stack than what follows.
        let now = now();
        let answer = with_kernel(|kernel| kernel.refill(ProcessId::from_raw(process), now, left as i32));
        match answer {
            Answer::Go(units) => units,
            Answer::Yield => TURN as u32,
            Answer::End(_) => NO_FUEL as u32,
        }
    };
    /// The plugin that runs waits from now on, with `left` of its slice: the number of its fiber; 0 if it cannot.
    fn gate_pause = "portcullis_pause" (left) {
        let now = now();
        with_kernel(|kernel| kernel.pause(now, left as i32))
    };
    /// The plugin of a fiber goes on. Others left `left` of their slice; it has to ask for one of its own: 0. `waited` unless it let others run.
    fn gate_resume = "portcullis_resume" (fiber, left, waited) {
        let now = now();
        with_kernel(|kernel| kernel.resume(fiber, now, left as i32, waited != 0));
        0
    };
}

/// The clock in milliseconds. Without JavaScript there is none: it stands still.
fn now() -> f64 {
    #[cfg(feature = "web")]
    return super::frame::now();
    #[cfg(not(feature = "web"))]
    return 0.0;
}
