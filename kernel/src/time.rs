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
    /// `deadline` or `fuel`.
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
    /// Others are to run first; then it asks again. Only where control can leave it: see [`Timekeeper::begin`].
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
}

impl Tree {
    /// Whether an activation began before the tree was over, or before the last one ended for that.
    fn was_there(&self, entered: f64) -> bool {
        entered <= self.over.unwrap_or(f64::INFINITY).max(self.excused)
    }
}

/// A tree that let others run, with the clock and the counter as they stood.
struct Suspended {
    tree: Tree,
    now: f64,
    used: f64,
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
    suspended: Option<Suspended>,
}

impl Default for Timekeeper {
    fn default() -> Self {
        Timekeeper {
            trees: Vec::new(),
            serial: 0,
            granted: 0.0,
            used: 0.0,
            slice: SLICE.0,
            whole: false,
            suspended: None,
        }
    }
}

impl Timekeeper {
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
    /// runs.
    pub fn refill(&mut self, shared: &Shared, now: f64, left: i32) -> Answer {
        let gap = now - shared.clock.get();
        self.pace(gap);
        // It may have been set ahead, and does not go back.
        shared.clock.set(now.max(shared.clock.get()));
        self.used = self.granted - f64::from(left);
        let entered = shared.entered.get();
        let outermost = entered == OUTERMOST && self.trees.len() == 1;
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
            tree.time.overrun(ErrorCode::Deadline, now)
        } else if self.used > tree.fuel.at {
            tree.fuel.overrun(ErrorCode::Fuel, self.used)
        } else {
            let due = tree.turned.is_some_and(|turned| now - turned >= TURN);
            if due && outermost {
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

    /// Takes the running tree out, after the answer [`Answer::Yield`]: others run now.
    pub fn suspend(&mut self, shared: &Shared) {
        if let Some(tree) = self.trees.pop() {
            let (now, used) = (shared.clock.get(), self.used);
            self.suspended = Some(Suspended { tree, now, used });
        }
    }

    /// Whether a tree is taken out.
    pub fn is_suspended(&self) -> bool {
        self.suspended.is_some()
    }

    /// The tree that was taken out runs again. What others used meanwhile is not its.
    pub fn resume(&mut self, shared: &Shared, now: f64, left: i32) {
        let Some(Suspended {
            mut tree,
            now: then,
            used,
        }) = self.suspended.take()
        else {
            return;
        };
        self.used = self.granted - f64::from(left);
        tree.time.later(now - then);
        tree.fuel.later(self.used - used);
        tree.turned = Some(now);
        // Others have run to their end.
        self.trees.clear();
        self.trees.push(tree);
        self.whole = false;
        shared.clock.set(now);
        shared.entered.set(OUTERMOST);
        shared.overdue.set(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plugins that run on a clock which only moves when they do.
    struct Page {
        shared: Shared,
        time: Timekeeper,
        now: f64,
        left: i32,
    }

    impl Page {
        fn new() -> Page {
            let shared = Shared::default();
            shared.entered.set(OUTERMOST);
            Page {
                shared,
                time: Timekeeper::default(),
                now: 1_000.0,
                left: 0,
            }
        }

        fn begin(&mut self, deadline: f64, fuel: f64) -> u32 {
            let budget = Budget { deadline, fuel };
            let (serial, left) = self
                .time
                .begin(&self.shared, self.now, self.left, budget, false);
            self.left = left;
            serial
        }

        fn ask(&mut self) -> Result<(), Overrun> {
            match self.time.refill(&self.shared, self.now, self.left) {
                Answer::Go(units) => {
                    self.left = units as i32;
                    Ok(())
                }
                Answer::Yield => panic!("nobody said that it may"),
                Answer::End(overrun) => Err(overrun),
            }
        }

        /// Runs for a time, asking at the end of each slice of half a millisecond.
        fn run(&mut self, milliseconds: f64) -> Result<(), Overrun> {
            let until = self.now + milliseconds;
            while self.now < until {
                self.now += 0.5;
                self.left = -1;
                self.ask()?;
            }
            Ok(())
        }

        /// Calls as a gate does.
        fn call<R>(
            &mut self,
            callee: impl FnOnce(&mut Page) -> Result<R, Overrun>,
        ) -> Result<R, Overrun> {
            let entered = self.shared.entered.get();
            self.shared.entered.set(self.shared.clock.get());
            let result = callee(self);
            self.shared.entered.set(entered);
            result
        }

        /// What a gate does when control comes back to a metered process.
        fn back(&mut self) -> Result<(), Overrun> {
            if self.shared.overdue.get() != 0 || self.left < 0 {
                return self.ask();
            }
            Ok(())
        }
    }

    #[test]
    fn a_loop_ends_at_its_deadline() {
        let mut page = Page::new();
        let tree = page.begin(50.0, f64::INFINITY);
        let overrun = page.run(1e9).unwrap_err();
        assert_eq!(
            (overrun.code, overrun.used, overrun.budget),
            (ErrorCode::Deadline, 50.0, 50.0)
        );
        page.time.end(&page.shared, tree);
        // The next one has all of its own.
        page.begin(50.0, f64::INFINITY);
        assert_eq!(page.run(49.0), Ok(()));
    }

    #[test]
    fn fuel_is_counted_to_the_unit() {
        for fuel in [1.0, 1_000.0, 1e6, 1e7] {
            let mut page = Page::new();
            page.left = 777;
            page.begin(f64::INFINITY, fuel);
            let mut used = 0.0;
            let overrun = loop {
                // All of the slice, and one unit more, which is taken from the next one.
                used += f64::from(page.left) + 1.0;
                page.left = -1;
                if let Err(overrun) = page.ask() {
                    break overrun;
                }
            };
            assert_eq!((overrun.code, overrun.budget), (ErrorCode::Fuel, fuel));
            assert_eq!((overrun.used, used), (fuel + 1.0, fuel + 1.0));
        }
    }

    #[test]
    fn a_caller_that_comes_too_late_ends_and_its_service_does_not() {
        let mut page = Page::new();
        page.begin(50.0, f64::INFINITY);
        let mut calls = 0;
        let overrun = loop {
            // The caller itself runs too shortly to be asked; what it calls takes its time.
            page.call(|page| page.run(9.0)).expect("the service lives");
            calls += 1;
            if let Err(overrun) = page.back() {
                break overrun;
            }
        };
        assert_eq!((calls, overrun.used), (6, 54.0));
    }

    #[test]
    fn a_service_that_loops_ends_and_its_caller_gets_a_grace() {
        let mut page = Page::new();
        page.begin(50.0, f64::INFINITY);
        assert_eq!(page.call(|page| page.run(1e9)).unwrap_err().used, 50.0);
        assert_eq!(page.back(), Ok(()));
        assert_eq!(page.run(19.0), Ok(()));
        assert_eq!(page.run(10.0).unwrap_err().used, 70.0);
    }

    #[test]
    fn accomplices_do_not_make_a_call_longer() {
        let mut page = Page::new();
        page.begin(50.0, f64::INFINITY);
        let mut accomplices = 0;
        loop {
            accomplices += 1;
            page.call(|page| page.run(1e9)).unwrap_err();
            if page.back().is_err() {
                break;
            }
        }
        // One at the deadline, and one in the grace that it gave.
        assert_eq!((accomplices, page.now), (2, 1_070.5));
    }

    #[test]
    fn every_caller_of_one_that_ends_gets_one_grace() {
        let mut page = Page::new();
        page.begin(50.0, f64::INFINITY);
        page.run(1.0).unwrap();
        let outer = page.call(|page| {
            page.run(1.0).unwrap();
            let inner = page.call(|page| {
                page.run(1.0).unwrap();
                page.call(|page| page.run(1e9)).unwrap_err();
                page.run(1e9)
            });
            assert_eq!(inner.unwrap_err().used, 70.5);
            page.run(1e9)
        });
        assert_eq!(outer.unwrap_err().used, 91.0);
        assert_eq!(page.run(1e9).unwrap_err().used, 111.5);
    }

    #[test]
    fn a_short_deadline_has_a_short_grace() {
        let mut page = Page::new();
        page.begin(2.0, f64::INFINITY);
        page.call(|page| page.run(1e9)).unwrap_err();
        assert_eq!(page.now, 1_002.0);
        page.run(1e9).unwrap_err();
        assert_eq!(page.now, 1_004.5);
    }

    #[test]
    fn nobody_ends_at_once_for_what_the_app_took() {
        let mut page = Page::new();
        page.begin(50.0, f64::INFINITY);
        page.run(1.0).unwrap();
        page.now += 10_000.0;
        assert_eq!(page.ask(), Ok(()));
        assert_eq!(page.run(19.0), Ok(()));
        // But that is all: it cannot be had twice.
        page.now += 10_000.0;
        page.ask().unwrap_err();
    }

    #[test]
    fn a_call_in_a_call_has_at_most_what_is_left() {
        let mut page = Page::new();
        let outer = page.begin(50.0, f64::INFINITY);
        page.run(10.0).unwrap();
        page.call(|page| {
            let inner = page.begin(f64::INFINITY, f64::INFINITY);
            let overrun = page.run(1e9).unwrap_err();
            assert_eq!((overrun.used, overrun.budget), (50.0, 50.0));
            assert!(page.time.end(&page.shared, inner));
            Ok(())
        })
        .unwrap();
        assert_eq!(page.run(15.0), Ok(()), "it waited, and has a grace");
        page.run(10.0).unwrap_err();
        assert!(!page.time.end(&page.shared, outer));

        let outer = page.begin(50.0, f64::INFINITY);
        page.call(|page| {
            let inner = page.begin(5.0, f64::INFINITY);
            assert_eq!(page.run(1e9).unwrap_err().budget, 5.0);
            page.time.end(&page.shared, inner);
            Ok(())
        })
        .unwrap();
        assert_eq!(page.back(), Ok(()));
        assert_eq!(page.run(40.0), Ok(()), "the outer one has its own");
        page.time.end(&page.shared, outer);
    }

    #[test]
    fn what_the_kernel_runs_within_has_a_budget_of_its_own() {
        let mut page = Page::new();
        page.begin(5_000.0, f64::INFINITY);
        page.run(1.0).unwrap();
        let budget = Budget {
            deadline: 50.0,
            fuel: f64::INFINITY,
        };
        let inner = page.time.begin_within(&page.shared, page.now, budget);
        assert_eq!(page.run(1e9).unwrap_err().used, 50.0);
        page.time.end(&page.shared, inner);
        assert_eq!(page.run(4_000.0), Ok(()));
    }

    #[test]
    fn a_busy_machine_ends_no_service() {
        let mut page = Page::new();
        let mut calls = 0;
        for time in 0..10 {
            let tree = page.begin(50.0, f64::INFINITY);
            while page.back().is_ok() {
                // Others run in the middle of each of its slices.
                page.call(|page| {
                    for _ in 0..3 {
                        page.now += 12.0 + f64::from(time);
                        page.left = -1;
                        page.ask()?;
                    }
                    Ok(())
                })
                .expect("the service lives");
                calls += 1;
            }
            page.time.end(&page.shared, tree);
        }
        assert!(calls > 10);
    }

    #[test]
    fn no_number_is_too_odd() {
        let odd = [
            f64::NAN,
            f64::NEG_INFINITY,
            -1.0,
            -0.0,
            0.0,
            f64::MIN_POSITIVE,
            9_007_199_254_740_992.0,
            f64::MAX,
            f64::INFINITY,
        ];
        for deadline in odd {
            for fuel in odd {
                for now in odd {
                    for left in [i32::MIN, -1, 0, 1, i32::MAX] {
                        let mut page = Page::new();
                        (page.now, page.left) = (now, left);
                        let tree = page.begin(deadline, fuel);
                        for (now, left) in [(1.0, left), (now, i32::MIN), (f64::NAN, i32::MAX)] {
                            (page.now, page.left) = (now, left);
                            if let Err(overrun) = page.ask() {
                                assert!(overrun.sentence("").len() < 2_000);
                            }
                        }
                        page.time.suspend(&page.shared);
                        page.time.resume(&page.shared, now, left);
                        page.time.end(&page.shared, tree);
                    }
                }
            }
        }
    }

    #[test]
    fn a_tree_that_yields_is_not_charged_for_others() {
        let mut page = Page::new();
        let budget = Budget {
            deadline: 50.0,
            fuel: f64::INFINITY,
        };
        let (tree, _) = page
            .time
            .begin(&page.shared, page.now, page.left, budget, true);
        let mut turns = 0;
        let overrun = loop {
            page.now += 0.5;
            match page.time.refill(&page.shared, page.now, -1) {
                Answer::Go(_) => {}
                Answer::Yield => {
                    page.time.suspend(&page.shared);
                    // Another call runs to its end meanwhile, and is no part of the one that waits.
                    let other = page.begin(200.0, f64::INFINITY);
                    page.run(100.0).unwrap();
                    page.time.end(&page.shared, other);
                    page.time.resume(&page.shared, page.now, page.left);
                    turns += 1;
                }
                Answer::End(overrun) => break overrun,
            }
        };
        assert_eq!((turns, overrun.used), (6, 50.0));
        page.time.end(&page.shared, tree);
    }

    #[test]
    fn only_the_outermost_activation_yields() {
        let mut page = Page::new();
        let budget = Budget::default();
        page.time
            .begin(&page.shared, page.now, page.left, budget, true);
        page.call(|page| page.run(1_000.0)).unwrap();
        page.now += 0.5;
        assert_eq!(page.time.refill(&page.shared, page.now, -1), Answer::Yield);
    }

    #[test]
    fn what_a_trap_left_behind_is_no_part_of_the_next_call() {
        let mut page = Page::new();
        page.begin(50.0, f64::INFINITY);
        page.run(49.0).unwrap();
        // Nobody ended it, nor the call that it was in.
        page.shared.entered.set(page.now);
        page.time.clear(&page.shared);
        page.begin(50.0, f64::INFINITY);
        assert_eq!(page.run(49.0), Ok(()));
    }

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [
            (0.0, "0"),
            (999.4, "999"),
            (1_000.0, "1,000"),
            (12_345_678.0, "12,345,678"),
            (-3.0, "0"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
