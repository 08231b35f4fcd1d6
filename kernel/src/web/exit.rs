//! The end of a process: what ended it, in words, and everything that has to follow.

use super::budget;
use super::error::text_of;
use super::frame::{self, Shared, get, set};
use super::running;
use super::transfer;
use super::with_kernel;
use crate::class::ClassId;
use crate::load::clean;
use crate::process::ProcessId;
use crate::state::Drop;
use js_sys::{Function, Object, WebAssembly};
use portcullis_abi::ErrorCode;
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;

thread_local! {
    static LISTENERS: RefCell<Option<Listeners>> = const { RefCell::new(None) };
    static DESTROYING: Cell<bool> = const { Cell::new(false) };
    /// How often destructors have begun to run in a row.
    static ROWS: Cell<u32> = const { Cell::new(0) };
    static RESERVE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Bytes that are kept for telling why a process ended.
const RESERVE_BYTES: usize = 64 * 1024;

/// Lets go of memory that was kept for this moment: that a process has ended can be told also when there is no other.
fn spend_reserve() {
    drop(RESERVE.with(RefCell::take));
}

/// Keeps it again, if there is any.
pub fn keep_reserve() {
    RESERVE.with(|reserve| {
        // Should it fail, the next end tries again.
        let _ = reserve.borrow_mut().try_reserve_exact(RESERVE_BYTES);
    });
}

#[derive(Clone)]
struct Listeners {
    exited: Function,
    released: Function,
}

/// Why a process ended: the name for JavaScript, and a sentence.
pub struct Reason {
    /// `trapped`, `overflow`, `exhausted`, `failed`, `deadline`, `fuel`, `cancelled`, `killed` or `replaced`.
    pub code: &'static str,
    /// What it did.
    pub message: String,
    /// The function in which it happened.
    pub function: Option<String>,
    /// The import at which it happened, as `interface#name`, if that is known.
    pub import: Option<String>,
    /// What it used up: of what, how much there was, and how much it used.
    pub budget: Option<(&'static str, f64, f64)>,
    /// The name of the group with which it ended, if that was another one's doing.
    pub group: Option<String>,
}

impl Reason {
    /// A code and what happened, of which there is no more to tell.
    pub fn new(code: &'static str, message: String) -> Reason {
        Reason {
            code,
            message,
            function: None,
            import: None,
            budget: None,
            group: None,
        }
    }

    /// The code for whoever began the call in which it ended, if it is not that of any trap.
    pub fn error(&self) -> Option<ErrorCode> {
        [ErrorCode::Deadline, ErrorCode::Fuel]
            .into_iter()
            .find(|code| code.name() == self.code)
    }
}

/// Tells the kernel whom to tell: `trapped` is the function of that name here, which containment frames call;
/// `exited(process, { code, message, function, import, budget: { what, given, used }, lastWords, group })` for the end of a process, `released(badge)` for an object
/// of the host that nobody refers to any more.
#[wasm_bindgen]
pub fn listen(trapped: Function, exited: Function, released: Function) {
    frame::tell(&trapped);
    LISTENERS.with(|listeners| *listeners.borrow_mut() = Some(Listeners { exited, released }));
}

/// Told by a containment frame what flew out of a process: ends it, and gives the status for its caller.
#[wasm_bindgen]
pub fn trapped(process: u32, index: u32, thrown: JsValue) -> u32 {
    spend_reserve();
    let entered = ProcessId::from_raw(process);
    // Another one of its group may have flown through it.
    let process = with_kernel(|kernel| kernel.culprit(entered));
    let function = running::export_name(entered, index).filter(|_| process == entered);
    end(process, reason_of(process, function, &thrown));
    ErrorCode::Trapped.number()
}

/// What an error that flew out of a process means.
pub fn reason_of(process: ProcessId, function: Option<String>, thrown: &JsValue) -> Reason {
    let (name, fatal, overrun) = with_kernel(|kernel| match kernel.processes.get(process) {
        Ok(process) => (process.name.clone(), process.fatal, process.overrun),
        Err(_) => (String::new(), None, None),
    });
    let place = function.as_ref().map_or(String::new(), |function| {
        format!(" in `{}`", clean(function, 120))
    });
    let kind = get(thrown, "name").as_string().unwrap_or_default();
    let import = fatal.map(|(_, import)| running::import_name(process, import));
    let mut budget = None;
    let (code, what) = if let Some(overrun) = overrun {
        if overrun.code != ErrorCode::Cancelled {
            budget = Some((overrun.code.name(), overrun.budget, overrun.used));
        }
        (overrun.code.name(), overrun.sentence(&place))
    } else if let (Some((error, _)), Some(import)) = (fatal, &import) {
        (
            "failed",
            format!(
                "`{}` failed with `{}`; it has no status word, so it could not be told and was stopped{place}",
                clean(import, 120),
                error.name()
            ),
        )
    } else if kind == "RangeError" || kind == "InternalError" {
        (
            "overflow",
            format!("used up the stack{place}: it calls itself too deeply"),
        )
    } else if running::memory_is_full(process) {
        let size = running::maximum_bytes(process);
        budget = Some(("memory", size as f64, running::memory_bytes(process) as f64));
        (
            "exhausted",
            match size >> 20 {
                0 => format!(
                    "used up its memory of {} KiB and trapped{place}",
                    size >> 10
                ),
                _ => format!(
                    "used up its memory of {} MiB and trapped{place}",
                    size.div_ceil(1 << 20)
                ),
            },
        )
    } else if thrown.is_instance_of::<WebAssembly::RuntimeError>() {
        ("trapped", format!("trapped{place}: {}", text_of(thrown)))
    } else {
        (
            "trapped",
            format!("threw an exception{place}: {}", text_of(thrown)),
        )
    };
    // Nothing tells who of a group it was that could not go on; who used too much, or could not be told of a failure, is known.
    let or = with_kernel(|kernel| {
        let group = kernel.membership(process)?.name.clone();
        let known = overrun.is_some() || fatal.is_some() || !kernel.others_are_active(process);
        (!known).then_some(group)
    });
    let or = or.map_or(String::new(), |group| {
        format!(", or one of its group `{group}` that it had called,")
    });
    Reason {
        code,
        message: format!("plugin `{name}`{or} {what}"),
        function,
        import,
        budget,
        group: None,
    }
}

/// Ends a process, if it lives, and those of its group with it: state first, then slots, then whoever listens.
pub fn end(process: ProcessId, reason: Reason) {
    let membership = with_kernel(|kernel| kernel.membership(process).cloned());
    let Some(words) = stop(process) else {
        return;
    };
    // All of them before anybody is told of one: nothing of them may run any more.
    let mut others = Vec::new();
    if let Some(membership) = &membership {
        while let Some(other) = with_kernel(|kernel| kernel.next_member(membership.group)) {
            let name = running::name(other);
            others.push((other, name, stop(other).flatten()));
        }
    }
    let (code, message) = (reason.code, reason.message.clone());
    tell_exit(process, reason, words);
    for (other, name, words) in others {
        let group = membership.as_ref().map(|membership| &membership.name);
        let message = format!(
            "plugin `{name}` ended with its group `{}`: {message}",
            group.map_or("", String::as_str)
        );
        let together = Reason {
            group: group.cloned(),
            ..Reason::new(code, message)
        };
        tell_exit(other, together, words);
    }
    keep_reserve();
    run_destructors();
}

/// Ends a process for the kernel, and points its slots at a stub: nothing of it runs any more. Gives its last words; nothing if it
/// was dead.
fn stop(process: ProcessId) -> Option<Option<String>> {
    let last_words = with_kernel(|kernel| {
        let process = kernel.processes.get_mut(process).ok();
        process.and_then(|process| process.last_words.take())
    });
    let ended = with_kernel(|kernel| kernel.end_process(process)).ok()?;
    running::forget(process);
    if let Ok(shared) = Shared::get() {
        for slot in &ended {
            // The slot exists: it was set when the process was spawned.
            let _ = shared.set_slot(*slot, &shared.stub);
        }
    }
    Some(last_words)
}

fn tell_exit(process: ProcessId, reason: Reason, last_words: Option<String>) {
    let Some(listeners) = LISTENERS.with(|listeners| listeners.borrow().clone()) else {
        return;
    };
    let told = Object::new();
    set(&told, "code", &reason.code.into());
    set(&told, "message", &reason.message.into());
    set(&told, "function", &reason.function.into());
    set(&told, "import", &reason.import.into());
    set(&told, "lastWords", &last_words.into());
    set(&told, "group", &reason.group.into());
    let budget = reason.budget.map(|(what, given, used)| {
        let budget = Object::new();
        set(&budget, "what", &what.into());
        set(&budget, "given", &given.into());
        set(&budget, "used", &used.into());
        budget
    });
    set(&told, "budget", &budget.into());
    // The TypeScript face only notes it down and does not throw.
    let _ = listeners
        .exited
        .call2(&JsValue::UNDEFINED, &process.raw().into(), &told);
}

/// What processes were refused because of their quotas, since the last time: of each
/// `{ process, what, limit, import, count }`.
#[wasm_bindgen(js_name = takeExcesses)]
pub fn take_excesses() -> js_sys::Array {
    let taken = with_kernel(|kernel| std::mem::take(&mut kernel.excesses));
    let told = js_sys::Array::new();
    for excess in taken {
        let object = Object::new();
        set(&object, "process", &excess.process.into());
        set(&object, "what", &excess.what.into());
        set(&object, "limit", &excess.limit.into());
        set(
            &object,
            "import",
            &excess.call.map(|call| call.name()).into(),
        );
        set(&object, "count", &excess.count.into());
        told.push(&object);
    }
    told
}

/// What follows a call of the host: destructors. Tells whether there is something for [`take_excesses`].
#[wasm_bindgen(js_name = runDestructors)]
pub fn after_call() -> bool {
    run_destructors();
    with_kernel(|kernel| !kernel.excesses.is_empty())
}

/// Tells minters of objects that are over. What they do is contained; what it releases is done in turn, not nested.
pub fn run_destructors() {
    if DESTROYING.with(|destroying| destroying.replace(true)) {
        return;
    }
    // A short destructor may mint the next object that it releases: those of a process in a row share what a call may use.
    let row = ROWS.with(|rows| rows.replace(rows.get().wrapping_add(1)));
    while let Some(over) = with_kernel(|kernel| kernel.next_drop()) {
        if !frame::has_headroom() || !tell(over, row) {
            // Whoever calls next, from less deep in the stack, tells them.
            with_kernel(|kernel| kernel.postpone_drop(over));
            break;
        }
    }
    DESTROYING.with(|destroying| destroying.set(false));
}

/// Tells the minter of an object that is over, in that row. Gives false if it could not be entered at this depth.
fn tell(over: Drop, row: u32) -> bool {
    if over.minter == ProcessId::HOST && over.class == ClassId::LEASE {
        transfer::remove_array(over.badge);
        return true;
    }
    if over.minter == ProcessId::HOST {
        let listeners = LISTENERS.with(|listeners| listeners.borrow().clone());
        if let Some(listeners) = listeners {
            let _ = listeners
                .released
                .call1(&JsValue::UNDEFINED, &over.badge.into());
        }
        return true;
    }
    let Some((index, destructor)) = running::destructor(over.minter, over.class) else {
        return true;
    };
    if with_kernel(|kernel| kernel.too_many_destructors(over.minter, row)) {
        trapped(over.minter.raw(), index, JsValue::UNDEFINED);
        return true;
    }
    let began = frame::now();
    let mark = with_kernel(|kernel| kernel.mark());
    let frame = with_kernel(|kernel| {
        let crate::Kernel {
            staging, shared, ..
        } = kernel;
        staging.frame_with(shared, over.badge)
    });
    let Ok(frame) = frame else {
        return false;
    };
    let running = budget::begin_within(budget::DESTRUCTOR);
    // A containment frame: it does not throw.
    let status = destructor.call1(&JsValue::UNDEFINED, &frame.into());
    budget::end(running);
    with_kernel(|kernel| {
        kernel.rewind(mark);
        kernel.note_destructor(over.minter, row, frame::now() - began);
    });
    let depth = f64::from(ErrorCode::Depth.number());
    status.ok().and_then(|status| status.as_f64()) != Some(depth)
}

/// Ends a process because the web app wants it.
#[wasm_bindgen]
pub fn kill(process: u32, message: Option<String>) {
    let process = ProcessId::from_raw(process);
    let name = running::name(process);
    let message = match message {
        Some(message) => format!("plugin `{name}` was stopped: {message}"),
        None => format!("plugin `{name}` was stopped by the web app"),
    };
    end(process, Reason::new("killed", message));
}

/// Ends a process that was to take the place of another one, and does not: its group goes on.
#[wasm_bindgen]
pub fn dismiss(process: u32, message: Option<String>) {
    with_kernel(|kernel| kernel.part(ProcessId::from_raw(process)));
    kill(process, message);
}

/// Keeps the slots that a process serves when it ends, for a successor that [`super::replace::hand_over`] names, or until
/// [`disinherit`].
#[wasm_bindgen(js_name = keepSlots)]
pub fn keep_slots(process: u32) {
    // A process that is dead already keeps nothing.
    let _ = with_kernel(|kernel| kernel.keep_slots(ProcessId::from_raw(process)));
}

/// Keeps no slots for a successor of a process: there will be none.
#[wasm_bindgen]
pub fn disinherit(process: u32) {
    with_kernel(|kernel| kernel.disinherit(ProcessId::from_raw(process)));
}
