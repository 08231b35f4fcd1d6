//! Fibers: calls of the web app's that can be suspended and be resumed in any order.
//!
//! Where the engine can suspend WebAssembly, such a call runs on a stack of the engine's own, and here on a stack of frames of its
//! own. One fiber runs; every other one is as it was when it gave up control. Calls that are never suspended share the first
//! one, [`MAIN`].
//!
//! ```text
//! take ──► Open ──begin──► Running ◄──pause / resume──► Suspended ◄──open / close──► (results are put into its frames)
//!            │                │                             │
//!            └───────leave────┴──► Over ◄───────────────────┘ ──end──► Free
//! ```
//!
//! A fiber whose plugin returns or traps is over, but nobody hears of it before the engine has settled a promise. Whoever enters
//! the kernel until then, with nothing of a plugin on the stack, has it noted first: [`Kernel::settle_running`].

use crate::process::ProcessId;
use crate::reserve::{entries, free_list};
use crate::staging::Stack;
use crate::state::Kernel;
use crate::time::Paused;
use portcullis_abi::ErrorCode;

/// The fiber of all calls that are never suspended.
pub const MAIN: u32 = 0;
/// The most fibers at once if nothing else is said.
const DEFAULT_LIMIT: u32 = 1_024;
/// Stacks that are kept for the next fibers.
const SPARE: usize = 8;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Not in use.
    #[default]
    Free,
    /// The web app puts arguments into its frames.
    Open,
    /// Its plugin runs, or has run since the last look.
    Running,
    /// Its plugin waits.
    Suspended,
    /// Its plugin has returned or trapped.
    Over,
}

#[derive(Default)]
struct Fiber {
    state: State,
    /// The plugin that the web app called.
    process: u32,
    /// Its frames, while another one runs.
    stack: Stack,
    /// Which one runs when this one gives up control.
    outer: u32,
    /// Its call tree, while it is suspended.
    paused: Option<Paused>,
    /// How many calls its process allowed before it was closed to them.
    closed: Option<u32>,
}

/// All fibers.
pub struct Fibers {
    entries: Vec<Fiber>,
    free: Vec<u32>,
    spare: Vec<Stack>,
    running: u32,
    limit: u32,
}

impl Default for Fibers {
    fn default() -> Self {
        let main = Fiber {
            state: State::Running,
            ..Fiber::default()
        };
        Fibers {
            entries: vec![main],
            free: Vec::new(),
            spare: Vec::with_capacity(SPARE),
            running: MAIN,
            limit: DEFAULT_LIMIT,
        }
    }
}

impl Fibers {
    /// The one that runs.
    pub fn running(&self) -> u32 {
        self.running
    }

    /// Whether the one that runs is a call to that process, or one that is never suspended.
    pub(crate) fn is_of(&self, process: ProcessId) -> bool {
        let fiber = self.get(self.running).filter(|_| self.running != MAIN);
        fiber.is_none_or(|fiber| fiber.process == process.raw())
    }

    /// How many are in use beside [`MAIN`], and how many may be.
    pub fn usage(&self) -> (u32, u32) {
        let used = self.entries.len() - 1 - self.free.len();
        (used as u32, self.limit)
    }

    /// Sets the most that may be in use at once.
    pub fn set_limit(&mut self, limit: u32) {
        self.limit = limit;
    }

    /// A transfer that began in a fiber which does not run is over.
    pub(crate) fn settle_one(&mut self, fiber: u32) {
        if let Some(fiber) = self.get_mut(fiber) {
            fiber.stack.settle_one();
        }
    }

    fn get(&self, fiber: u32) -> Option<&Fiber> {
        self.entries.get(fiber as usize)
    }

    fn get_mut(&mut self, fiber: u32) -> Option<&mut Fiber> {
        self.entries.get_mut(fiber as usize)
    }

    fn state(&self, fiber: u32) -> State {
        self.get(fiber).map_or(State::Free, |fiber| fiber.state)
    }

    /// The trees of those that are suspended.
    pub(crate) fn paused(&mut self) -> impl Iterator<Item = &mut Paused> {
        self.entries
            .iter_mut()
            .filter_map(|fiber| fiber.paused.as_mut())
    }

    fn take(&mut self, process: ProcessId) -> Result<u32, ErrorCode> {
        let (used, limit) = self.usage();
        if used >= limit {
            return Err(ErrorCode::Quota);
        }
        if self.free.is_empty() {
            entries(&mut self.entries, 1)?;
            free_list(&mut self.free, self.entries.len() + 1)?;
        }
        let stack = match self.spare.pop() {
            Some(stack) => stack,
            None => Stack::of_fiber()?,
        };
        let fiber = Fiber {
            state: State::Open,
            process: process.raw(),
            stack,
            outer: self.running,
            ..Fiber::default()
        };
        Ok(match self.free.pop() {
            Some(index) => {
                self.entries[index as usize] = fiber;
                index
            }
            None => {
                self.entries.push(fiber);
                self.entries.len() as u32 - 1
            }
        })
    }
}

impl Kernel {
    /// Has another fiber's frames be those that gates and the web app use.
    fn switch(&mut self, fiber: u32) {
        let last = self.fibers.running;
        let Some(next) = self.fibers.get_mut(fiber).filter(|_| fiber != last) else {
            return;
        };
        let stack = std::mem::take(&mut next.stack);
        let stack = self.staging.exchange(&self.shared, stack);
        if let Some(last) = self.fibers.get_mut(last) {
            last.stack = stack;
        }
        self.fibers.running = fiber;
    }

    /// Takes a fiber for a call of the web app's to `process`, and has it be the one that runs: arguments go into its frames.
    ///
    /// # Errors
    /// `quota` when there are as many as may be, `no-memory`.
    pub fn take_fiber(&mut self, process: ProcessId) -> Result<u32, ErrorCode> {
        let fiber = self.fibers.take(process)?;
        self.switch(fiber);
        Ok(fiber)
    }

    /// The plugin of a fiber is entered now.
    pub(crate) fn start_fiber(&mut self, fiber: u32) {
        if let Some(fiber) = self.fibers.get_mut(fiber)
            && fiber.state == State::Open
        {
            fiber.state = State::Running;
        }
    }

    /// The web app has control back after it entered a fiber's plugin. Tells whether that is suspended; otherwise it is over.
    pub fn leave_fiber(&mut self, fiber: u32) -> bool {
        if self.fibers.running == fiber && fiber != MAIN {
            self.finish_running();
        }
        self.fibers.state(fiber) == State::Suspended
    }

    /// Nothing of a plugin is on the stack. If a fiber still seems to run, its plugin has returned or trapped.
    pub fn settle_running(&mut self) {
        if self.fibers.running != MAIN && self.fibers.state(self.fibers.running) == State::Running {
            self.finish_running();
        }
    }

    fn finish_running(&mut self) {
        let number = self.fibers.running;
        let Some(fiber) = self.fibers.get_mut(number) else {
            return;
        };
        let outer = fiber.outer;
        let ran = std::mem::replace(&mut fiber.state, State::Over) == State::Running;
        let process = ProcessId::from_raw(fiber.process);
        if ran {
            self.time.clear(&self.shared);
            let header = self.processes.header(process);
            if header.process.get() == process.raw() && header.active.get() > 0 {
                // It trapped, and is going to be ended when the engine says so. Nobody enters it any more.
                self.close_to_calls(number);
            }
        }
        self.switch(outer);
    }

    /// The plugin of the running fiber waits from now on; `left` of its slice was not used. Gives the number for [`Self::resume`];
    /// [`MAIN`] if it cannot wait here.
    pub fn pause(&mut self, now: f64, left: i32) -> u32 {
        let number = self.fibers.running;
        if number == MAIN || self.fibers.state(number) != State::Running {
            return MAIN;
        }
        let (clock, used) = (self.shared.clock.get(), self.time.used());
        let Some(paused) = self.time.pause(&self.shared, now, left) else {
            return MAIN;
        };
        let used = self.time.used() - used;
        self.close_to_calls(number);
        let Some(fiber) = self.fibers.get_mut(number) else {
            return MAIN;
        };
        fiber.paused = Some(paused);
        fiber.state = State::Suspended;
        let (outer, process) = (fiber.outer, ProcessId::from_raw(fiber.process));
        if let Ok(process) = self.processes.get_mut(process) {
            process.fuel += used.max(0.0);
            process.milliseconds += (now - clock).max(0.0);
        }
        self.switch(outer);
        number
    }

    /// The plugin of a suspended fiber goes on; `left` is what others left of their slice, which is taken back. With `waited` the time since then was
    /// its own: it waited for something that it had asked for.
    pub fn resume(&mut self, number: u32, now: f64, left: i32, waited: bool) {
        self.settle_running();
        if self.fibers.state(number) != State::Suspended {
            return;
        }
        self.switch(number);
        self.reopen(number);
        let Some(fiber) = self.fibers.get_mut(number) else {
            return;
        };
        fiber.state = State::Running;
        fiber.outer = MAIN;
        if let Some(paused) = fiber.paused.take() {
            self.time.resume(&self.shared, paused, now, left, waited);
        }
    }

    /// Has the frames of a suspended fiber be those that the web app uses, to put results into one. Gives which one ran, for
    /// [`Self::close_fiber`].
    pub fn open_fiber(&mut self, fiber: u32) -> u32 {
        let outer = self.fibers.running;
        if self.fibers.state(fiber) == State::Suspended {
            self.switch(fiber);
        }
        outer
    }

    /// Ends [`Self::open_fiber`].
    pub fn close_fiber(&mut self, outer: u32) {
        self.switch(outer);
    }

    /// The web app is done with a fiber: what is left of its frames ends, and it is free.
    pub fn end_fiber(&mut self, number: u32) {
        if number == MAIN || self.fibers.state(number) == State::Free {
            return;
        }
        self.leave_fiber(number);
        let outer = self.fibers.running;
        self.switch(number);
        self.shared.frame_top.set(self.staging.base());
        self.shared.depth.set(0);
        self.leave(0);
        self.switch(outer);
        self.reopen(number);
        let Some(fiber) = self.fibers.get_mut(number) else {
            return;
        };
        let stack = std::mem::take(fiber).stack;
        // There is room for all of them: see `take`.
        self.fibers.free.push(number);
        if self.fibers.spare.len() < SPARE {
            self.fibers.spare.push(stack);
        }
    }

    /// Whether the plugin of the running fiber, which calls the web app, could wait for it: the fiber.
    ///
    /// # Errors
    /// `cannot-wait` if something that cannot be suspended is on the stack: another plugin, or the web app; `cancelled` if the call
    /// is over.
    pub fn may_wait(&self, process: ProcessId, now: f64) -> Result<u32, ErrorCode> {
        let number = self.fibers.running;
        let fiber = self
            .fibers
            .get(number)
            .filter(|fiber| number != MAIN && fiber.state == State::Running)
            .ok_or(ErrorCode::CannotWait)?;
        // Only the outermost activation calls at depth 1, and whatever the kernel or the web app began has a call tree of its own.
        if fiber.process != process.raw()
            || self.shared.depth.get() != 1
            || self.time.running() != 1
        {
            return Err(ErrorCode::CannotWait);
        }
        if self.time.is_over(now) {
            return Err(ErrorCode::Cancelled);
        }
        Ok(number)
    }

    /// Milliseconds that a suspended fiber may still wait: infinite for as long as it likes.
    pub fn time_left(&self, fiber: u32, now: f64) -> f64 {
        let paused = self
            .fibers
            .get(fiber)
            .and_then(|fiber| fiber.paused.as_ref());
        paused.map_or(0.0, |paused| paused.left(now))
    }

    /// Ends the time of a call tree, running or suspended: with `cancelled`, for the web app does not want it any more; otherwise
    /// because its deadline has passed. Whoever runs in it has a grace.
    pub fn cancel(&mut self, serial: u32, now: f64, cancelled: bool) {
        if self.time.cancel(&self.shared, serial, now, cancelled) {
            return;
        }
        for paused in self.fibers.paused() {
            paused.cancel(serial, now, cancelled);
        }
    }

    /// Nobody enters the process of a fiber.
    fn close_to_calls(&mut self, fiber: u32) {
        let Some(fiber) = self.fibers.get_mut(fiber) else {
            return;
        };
        let header = self.processes.header(ProcessId::from_raw(fiber.process));
        if header.process.get() == fiber.process && fiber.closed.is_none() {
            fiber.closed = Some(header.active_limit.replace(0));
        }
    }

    /// Ends what [`Self::close_to_calls`] began.
    fn reopen(&mut self, fiber: u32) {
        let Some(fiber) = self.fibers.get_mut(fiber) else {
            return;
        };
        let header = self.processes.header(ProcessId::from_raw(fiber.process));
        if let Some(limit) = fiber.closed.take()
            && header.process.get() == fiber.process
        {
            header.active_limit.set(limit);
        }
    }
}

#[cfg(test)]
mod tests;
