//! Time: how much a call may use, and who is to blame when it uses more.
//!
//! A call from the web app, with everything that it calls in turn, is a **call tree**. It has a deadline, in milliseconds of the
//! clock, and may have an amount of fuel. Metered plugins draw fuel in **slices** of about a millisecond; at the end of each the
//! kernel looks at the clock ([`Timekeeper::refill`]). A tree that the app begins inside of another one can only have less.
//!
//! A tree that is **over** is not the fault of whoever happens to run: a service must not die of a caller who comes too late.
//! Every activation of a process notes when it began ([`Shared::entered`]), and
//!
//! - an activation younger than the **grace** goes on, and whoever it returns to is asked at once ([`Shared::overdue`]);
//! - one that had a grace ends. Its callers, who could not do anything meanwhile, get a grace each to come to an end;
//! - when the tree ran over while nobody asked, in a function of the app for example, everybody in it gets one grace.
//!
//! So an app's call is over at the latest one grace for each call that is nested in it, and as much for one more, after its deadline.

use crate::layout::Shared;
use portcullis_abi::ErrorCode;

/// Milliseconds that an activation has in any case; less if its tree's deadline is shorter.
pub const GRACE: f64 = 20.0;
/// Milliseconds without a look at the clock after which nobody in the tree can be said to have known better.
const LATE: f64 = GRACE;
/// Milliseconds of a slice that count for a grace, at most. On a busy machine others run in the middle of it.
const SLICE_MOST: f64 = 5.0;
/// Units of fuel of a slice, at least and at most. The most bounds what code with slow instructions can do unseen.
const SLICE: (u32, u32) = (16 << 10, 1 << 20);
/// Milliseconds that a slice should take: less makes it larger, more makes it smaller.
const PACE: (f64, f64) = (0.5, 2.0);
/// When the activation began that the app itself entered: before all others.
pub const OUTERMOST: f64 = f64::NEG_INFINITY;
/// Milliseconds after which a tree that yields lets others run.
const TURN: f64 = 8.0;

/// Trees, one in another, for which there is room from the start.
const TREES: usize = 64;

/// What a call may use. Infinite means as much as it likes; not a number means the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// Milliseconds.
    pub deadline: f64,
    /// Units of fuel, each about one simple instruction.
    pub fuel: f64,
}

impl Default for Budget {
    fn default() -> Self {
        Budget {
            deadline: 5_000.0,
            fuel: f64::INFINITY,
        }
    }
}

/// What a call used that was too much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overrun {
    /// `deadline`, `fuel`, or `cancelled`.
    pub code: ErrorCode,
    /// Milliseconds or units.
    pub used: f64,
    /// What it might have used.
    pub budget: f64,
}

impl Overrun {
    /// For whoever has ended already.
    pub const NONE: Overrun = Overrun {
        code: ErrorCode::Dead,
        used: 0.0,
        budget: 0.0,
    };

    /// What a process did that ended for it, to be set behind its name; `place` says where, as in " in `apply`".
    pub fn sentence(&self, place: &str) -> String {
        let (used, budget) = (grouped(self.used), grouped(self.budget));
        match self.code {
            ErrorCode::Fuel => format!(
                "used {used} units of fuel{place}, and the call had {budget}; give it less to do, or more `fuel`"
            ),
            ErrorCode::Cancelled => {
                format!("did not come to an end{place} when its call had been cancelled")
            }
            _ => format!(
                "ran too long{place}: the call took {used} ms, and its deadline was {budget} ms; give it less to do, or a later `deadline`"
            ),
        }
    }
}

/// A whole number with commas between its thousands.
fn grouped(number: f64) -> String {
    let digits = format!("{:.0}", number.max(0.0));
    let mut grouped = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// What a process gets that has used up its slice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// So many units more; none if it may go on until it needs the next one.
    Go(u32),
    /// Others are to run first ([`Timekeeper::pause`]); then it asks again. Only where control can leave it: see
    /// [`Timekeeper::begin`].
    Yield,
    /// It is to end.
    End(Overrun),
}

/// A limit, what it counts from, and how much that was.
#[derive(Clone, Copy, Debug)]
struct Limit {
    from: f64,
    amount: f64,
    at: f64,
}

impl Limit {
    fn new(from: f64, amount: f64) -> Limit {
        Limit {
            from,
            amount,
            at: from + amount,
        }
    }

    fn nearer(self, other: Limit) -> Limit {
        if other.at < self.at { other } else { self }
    }

    fn later(&mut self, by: f64) {
        self.from += by;
        self.at += by;
    }

    fn overrun(self, code: ErrorCode, now: f64) -> Overrun {
        Overrun {
            code,
            used: now - self.from,
            budget: self.amount,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Tree {
    serial: u32,
    /// What [`Shared::entered`] is to be again.
    outer: f64,
    time: Limit,
    fuel: Limit,
    grace: f64,
    /// Since when it is known to be over.
    over: Option<f64>,
    /// Whether those who were there then get a grace when they ask next.
    pardon: bool,
    /// Nobody's grace ended before this moment and a grace.
    excused: f64,
    /// The activation that asked last, by when it began, and how much of the time since then does not count for its grace.
    asked: f64,
    lost: f64,
    /// When others ran last, if it yields.
    turned: Option<f64>,
    /// Whether it is over because the web app said so.
    cancelled: bool,
}

impl Tree {
    /// Whether an activation began before the tree was over, or before the last one ended for that.
    fn was_there(&self, entered: f64) -> bool {
        entered <= self.over.unwrap_or(f64::INFINITY).max(self.excused)
    }

    /// Its time is over, and whoever is in it has a grace from now on.
    fn expire(&mut self, now: f64, cancelled: bool) {
        self.time.at = self.time.at.min(now);
        self.cancelled |= cancelled;
        self.over.get_or_insert(now);
        self.pardon = false;
        self.excused = now;
        self.lost = 0.0;
    }
}

/// The call tree of a call that is suspended, with the clock and the counter as they stood.
#[derive(Debug)]
pub struct Paused {
    tree: Tree,
    now: f64,
    used: f64,
}

impl Paused {
    /// Milliseconds that are left.
    pub fn left(&self, now: f64) -> f64 {
        (self.tree.time.at - now).max(0.0)
    }

    /// Ends its time, if it has that number.
    pub fn cancel(&mut self, serial: u32, now: f64, cancelled: bool) {
        if self.tree.serial == serial {
            self.tree.expire(now, cancelled);
        }
    }
}

/// The running call trees.
pub struct Timekeeper {
    trees: Vec<Tree>,
    serial: u32,
    /// Units in all slices that were given so far, less what was taken back. Exact up to 2^53.
    granted: f64,
    /// Units that were used up at the last look.
    used: f64,
    slice: u32,
    /// Whether the running slice began at the last look at the clock.
    whole: bool,
}

impl Default for Timekeeper {
    fn default() -> Self {
        Timekeeper {
            trees: Vec::with_capacity(TREES),
            serial: 0,
            granted: 0.0,
            used: 0.0,
            slice: SLICE.0,
            whole: false,
        }
    }
}

impl Timekeeper {
    /// Takes back what the running slice still has: whoever runs is to ask at once, and has used no more than it did.
    pub fn take_back(&mut self, left: i32) {
        self.granted -= f64::from(left.max(0));
        self.whole = false;
    }

    /// Begins a call tree, or one inside of the one that runs. `left` is what the running slice still has. With `yields`, others
    /// may run in the middle of its outermost activation.
    ///
    /// Gives its number, for [`Timekeeper::end`], and what the slice has now.
    pub fn begin(
        &mut self,
        shared: &Shared,
        now: f64,
        left: i32,
        budget: Budget,
        yields: bool,
    ) -> (u32, i32) {
        let amount = |given: f64| {
            if given.is_nan() {
                f64::INFINITY
            } else {
                given.max(0.0)
            }
        };
        let (deadline, fuel) = (amount(budget.deadline), amount(budget.fuel));
        let used = self.granted - f64::from(left);
        let mut tree = Tree {
            serial: self.serial.wrapping_add(1),
            outer: shared.entered.get(),
            time: Limit::new(now, deadline),
            fuel: Limit::new(used, fuel),
            grace: GRACE.min(deadline),
            over: None,
            pardon: false,
            excused: OUTERMOST,
            asked: OUTERMOST,
            lost: 0.0,
            turned: yields.then_some(now),
            cancelled: false,
        };
        match self.trees.last() {
            Some(outer) => {
                tree.time = tree.time.nearer(outer.time);
                tree.fuel = tree.fuel.nearer(outer.fuel);
                shared.entered.set(now);
            }
            None => {
                shared.entered.set(OUTERMOST);
                shared.overdue.set(0);
            }
        }
        self.serial = tree.serial;
        self.trees.push(tree);
        self.whole = false;
        shared.clock.set(now.max(shared.clock.get()));
        let cut = f64::from(left).min(fuel);
        self.granted -= f64::from(left) - cut;
        (tree.serial, cut as i32)
    }

    /// As [`Timekeeper::begin`], for what the kernel itself runs inside of whatever runs.
    pub fn begin_within(&mut self, shared: &Shared, now: f64, budget: Budget) -> u32 {
        self.begin(shared, now, 0, budget, false).0
    }

    /// Nobody runs. A trap may have left something behind whose promise has not told so yet.
    pub fn clear(&mut self, shared: &Shared) {
        self.trees.clear();
        shared.entered.set(OUTERMOST);
        shared.overdue.set(0);
    }

    /// Ends a call tree and whatever is left of trees inside of it. Tells whether the tree around it is over: whoever runs in it has
    /// to be asked.
    pub fn end(&mut self, shared: &Shared, serial: u32) -> bool {
        self.whole = false;
        let Some(place) = self.trees.iter().position(|tree| tree.serial == serial) else {
            return false;
        };
        shared.entered.set(self.trees[place].outer);
        self.trees.truncate(place);
        let over = self.trees.last().is_some_and(|tree| tree.over.is_some());
        shared.overdue.set(over.into());
        over
    }

    /// A process asks for more: it has `left` of its slice, nothing or less. `entered` of the shared words tells since when it
    /// runs. Others can run first only if it is the one that the app called.
    pub fn refill(&mut self, shared: &Shared, now: f64, left: i32, called: bool) -> Answer {
        let gap = now - shared.clock.get();
        self.pace(gap);
        // It may have been set ahead, and does not go back.
        shared.clock.set(now.max(shared.clock.get()));
        self.used = self.granted - f64::from(left);
        let entered = shared.entered.get();
        let outermost = called && entered == OUTERMOST && self.trees.len() == 1;
        let Some(tree) = self.trees.last_mut() else {
            return self.grant(f64::INFINITY);
        };
        // What lasts much longer than a slice was not the plugin's doing alone.
        let lost = (gap - SLICE_MOST).max(0.0);
        tree.lost = if tree.asked == entered {
            tree.lost + lost
        } else {
            lost
        };
        tree.asked = entered;
        let late = now >= tree.time.at;
        let overrun = if late {
            let why = if tree.cancelled {
                ErrorCode::Cancelled
            } else {
                ErrorCode::Deadline
            };
            tree.time.overrun(why, now)
        } else if self.used > tree.fuel.at {
            tree.fuel.overrun(ErrorCode::Fuel, self.used)
        } else {
            let due = tree.turned.is_some_and(|turned| now - turned >= TURN);
            if due && outermost {
                // What is left of the slice is taken back.
                self.granted = self.used;
                return Answer::Yield;
            }
            let rest = tree.fuel.at - self.used;
            return self.grant(rest);
        };
        if tree.over.is_none() {
            tree.over = Some(now);
            tree.pardon = late && gap >= LATE;
        }
        if tree.pardon && tree.was_there(entered) {
            tree.pardon = false;
            tree.excused = now;
            tree.lost = 0.0;
        }
        // Whoever is entered from now on is known to be younger.
        shared.clock.set(now.max(shared.clock.get()) + 0.001);
        if now - entered.max(tree.excused) - tree.lost < tree.grace {
            shared.overdue.set(1);
            return self.grant(f64::INFINITY);
        }
        self.pardon(shared, entered, now);
        Answer::End(overrun)
    }

    /// An activation ends for the time. Those that were there before the tree was over, and waited for it, get a grace, from when
    /// they ask.
    fn pardon(&mut self, shared: &Shared, entered: f64, now: f64) {
        for tree in &mut self.trees {
            if now >= tree.time.at || self.used > tree.fuel.at {
                tree.over.get_or_insert(now);
                tree.pardon |= tree.was_there(entered);
            }
        }
        shared.overdue.set(1);
    }

    fn pace(&mut self, gap: f64) {
        if !self.whole {
            return;
        }
        if gap < PACE.0 {
            self.slice = (self.slice * 2).min(SLICE.1);
        } else if gap > PACE.1 {
            self.slice = ((f64::from(self.slice) / gap) as u32).max(SLICE.0);
        }
    }

    fn grant(&mut self, rest: f64) -> Answer {
        let slice = f64::from(self.slice).min(rest.max(0.0));
        self.whole = slice == f64::from(self.slice);
        self.granted = self.used + slice;
        Answer::Go(slice as u32)
    }

    /// Units used since the kernel started, as far as the slices tell.
    pub fn used(&self) -> f64 {
        self.used
    }

    /// How many trees run, one in another.
    pub fn running(&self) -> usize {
        self.trees.len()
    }

    /// Whether the innermost tree has no time left.
    pub fn is_over(&self, now: f64) -> bool {
        let over = |tree: &Tree| tree.over.is_some() || now >= tree.time.at;
        self.trees.last().is_some_and(over)
    }

    /// Takes the running tree out, if it is the only one: others run now. `left` is what its slice still has.
    pub fn pause(&mut self, shared: &Shared, now: f64, left: i32) -> Option<Paused> {
        if self.trees.len() != 1 {
            return None;
        }
        let tree = self.trees.pop()?;
        self.used = self.granted - f64::from(left);
        self.whole = false;
        shared.clock.set(now.max(shared.clock.get()));
        let used = self.used;
        Some(Paused { tree, now, used })
    }

    /// A tree that was taken out runs again, and nothing else. What others used meanwhile is not its, and neither is the time,
    /// unless it `waited`. `left`, what they left of their slice, is taken back: it has to ask.
    pub fn resume(&mut self, shared: &Shared, paused: Paused, now: f64, left: i32, waited: bool) {
        let Paused {
            mut tree,
            now: then,
            used,
        } = paused;
        self.granted -= f64::from(left);
        self.used = self.granted;
        tree.fuel.later(self.used - used);
        tree.turned = tree.turned.map(|_| now);
        if !waited && tree.over.is_none() {
            tree.time.later(now - then);
        } else if tree.over.is_some() || now >= tree.time.at {
            tree.expire(now, false);
        }
        shared.clock.set(now.max(shared.clock.get()));
        shared.entered.set(OUTERMOST);
        shared.overdue.set(tree.over.is_some().into());
        self.trees.clear();
        self.trees.push(tree);
        self.whole = false;
    }

    /// Ends the time of a tree and of all inside of it: see [`crate::Kernel::cancel`]. Tells whether it runs.
    pub fn cancel(&mut self, shared: &Shared, serial: u32, now: f64, cancelled: bool) -> bool {
        let Some(place) = self.trees.iter().position(|tree| tree.serial == serial) else {
            return false;
        };
        for tree in &mut self.trees[place..] {
            tree.expire(now, cancelled);
        }
        shared.overdue.set(1);
        true
    }
}

#[cfg(test)]
mod tests;
