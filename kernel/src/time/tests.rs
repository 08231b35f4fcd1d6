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
        match self.time.refill(&self.shared, self.now, self.left, true) {
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
                    let paused = page.time.pause(&page.shared, page.now, 0).unwrap();
                    page.time.resume(&page.shared, paused, now, left, true);
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
        match page.time.refill(&page.shared, page.now, -1, true) {
            Answer::Go(_) => {}
            Answer::Yield => {
                let paused = page.time.pause(&page.shared, page.now, 0).unwrap();
                // Another call runs to its end meanwhile, and is no part of the one that waits.
                let other = page.begin(200.0, f64::INFINITY);
                page.run(100.0).unwrap();
                page.time.end(&page.shared, other);
                let (now, left) = (page.now, page.left);
                page.time.resume(&page.shared, paused, now, left, false);
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
    assert_eq!(
        page.time.refill(&page.shared, page.now, -1, true),
        Answer::Yield
    );
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

#[test]
fn who_waits_uses_its_time_and_not_the_fuel_of_others() {
    let mut page = Page::new();
    let tree = page.begin(100.0, 1_000.0);
    page.left = 400;
    let paused = page.time.pause(&page.shared, page.now, 400).unwrap();
    assert_eq!(paused.left(page.now), 100.0);
    // Others use a lot of both.
    let other = page.begin(f64::INFINITY, f64::INFINITY);
    page.left = 0;
    page.run(60.0).unwrap();
    page.time.end(&page.shared, other);
    let (now, left) = (page.now, page.left);
    page.time.resume(&page.shared, paused, now, left, true);
    assert!(!page.time.is_over(page.now));
    // It had used 600 of its 1,000.
    page.left = -399;
    assert_eq!(page.ask(), Ok(()));
    page.left = -2;
    let overrun = page.ask().unwrap_err();
    assert_eq!((overrun.code, overrun.budget), (ErrorCode::Fuel, 1_000.0));
    page.time.end(&page.shared, tree);
}

#[test]
fn who_waited_too_long_has_one_grace() {
    let mut page = Page::new();
    page.begin(100.0, f64::INFINITY);
    let paused = page.time.pause(&page.shared, page.now, 0).unwrap();
    page.now += 150.0;
    assert_eq!(paused.left(page.now), 0.0);
    let (now, left) = (page.now, page.left);
    page.time.resume(&page.shared, paused, now, left, true);
    assert!(page.time.is_over(page.now));
    assert_eq!(page.shared.overdue.get(), 1, "it is asked at once");
    page.run(GRACE - 1.0).unwrap();
    let overrun = page.run(2.0).unwrap_err();
    assert_eq!(overrun.code, ErrorCode::Deadline);
}

#[test]
fn a_call_that_is_cancelled_has_one_grace_and_ends_for_that() {
    let mut page = Page::new();
    let tree = page.begin(1_000.0, f64::INFINITY);
    page.run(10.0).unwrap();
    let inner = page.begin(500.0, f64::INFINITY);
    let cancel = |page: &mut Page, serial| page.time.cancel(&page.shared, serial, page.now, true);
    assert!(!cancel(&mut page, tree.wrapping_add(7)), "no such call");
    assert!(cancel(&mut page, tree));
    assert!(page.time.is_over(page.now), "and all that is inside of it");
    assert!(page.time.end(&page.shared, inner));
    page.run(GRACE - 1.0).unwrap();
    let overrun = page.run(2.0).unwrap_err();
    assert_eq!(overrun.code, ErrorCode::Cancelled);
    assert_eq!(
        overrun.sentence(" in `f`"),
        "did not come to an end in `f` when its call had been cancelled"
    );
}

#[test]
fn a_call_that_waits_can_be_cancelled() {
    let mut page = Page::new();
    let tree = page.begin(1_000.0, f64::INFINITY);
    let mut paused = page.time.pause(&page.shared, page.now, 0).unwrap();
    paused.cancel(tree.wrapping_add(7), page.now, true);
    assert_eq!(paused.left(page.now), 1_000.0);
    paused.cancel(tree, page.now, true);
    assert_eq!(paused.left(page.now), 0.0);
    page.now += 500.0;
    let (now, left) = (page.now, page.left);
    page.time.resume(&page.shared, paused, now, left, true);
    page.run(GRACE - 1.0).unwrap();
    assert_eq!(page.run(2.0).unwrap_err().code, ErrorCode::Cancelled);
}
