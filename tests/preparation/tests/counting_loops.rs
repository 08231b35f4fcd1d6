//! Loops that count pay for many times around at once. They still go around as often as they did, compute what they computed,
//! and none of them, however it counts, goes on for ever without paying.

use preparation_tests::{Form, MOST_OWED, World, prepared};
use proptest::test_runner::TestCaseError;
use random_tests::choices::{Choices, choices};
use wasmi::Val;

/// How many modules, if nothing else is said.
const CASES: u32 = 400;

/// The most that a module pays in advance, with what it owes then, and what it gets at a time, in units of fuel.
const ADVANCE: u64 = (1 << 14) + MOST_OWED as u64 + 100;

/// More steps than any of the loops takes. One that does not end any more is to fail, and not to run for ever.
const MOST_STEPS: u64 = 3_000_000;

/// How a loop counts.
#[derive(Debug)]
struct Loop {
    /// Whether it counts in i64; otherwise the lower halves of the numbers count.
    wide: bool,
    start: u64,
    last: u64,
    step: u64,
    /// Whether the step is subtracted.
    down: bool,
    /// Whether it is compared with zero by being the condition itself. Then `last` is 0.
    bare: bool,
    /// Whether what it is compared with comes before the counter.
    before: bool,
    /// How it is compared, unless it is bare.
    relation: &'static str,
    /// Whether the counter is set and got, and not teed.
    sets: bool,
    /// Whether what it is compared with is a constant.
    fixed: bool,
}

impl Loop {
    /// One that ends by itself after so many times around, if `misses` is false, and otherwise not for a long time.
    fn new(choices: &Choices, times: u32, misses: bool) -> Loop {
        let steps = [
            1,
            4,
            16,
            36,
            3,
            7,
            0x8000_0000,
            8_u64.wrapping_neg(),
            12_345_678,
        ];
        let step = *choices.pick(&steps);
        let down = choices.rarely(2);
        let bare = choices.rarely(2);
        let start = if bare { 0 } else { choices.any64() };
        let way = u64::from(times).wrapping_mul(step);
        let mut last = match down {
            true => start.wrapping_sub(way),
            false => start.wrapping_add(way),
        };
        if misses && step != 1 {
            last = last.wrapping_add(1 + u64::from(choices.below(2)));
        }
        let relations = ["ne", "ne", "ne", "lt_u", "lt_s", "gt_u", "gt_s"];
        // The bare one counts to zero.
        let (start, last) = match bare {
            true => (start.wrapping_sub(last), 0),
            false => (start, last),
        };
        Loop {
            wide: choices.rarely(2),
            start,
            last,
            step,
            down,
            bare,
            before: choices.rarely(2),
            relation: choices.pick::<&str>(&relations),
            sets: choices.rarely(3),
            fixed: choices.rarely(3),
        }
    }

    /// Whether it may go on for long although its end was not missed: past the greatest number.
    fn may_wrap(&self) -> bool {
        !self.bare && self.relation != "ne"
    }

    /// A constant of the type in which it counts.
    fn constant(&self, value: u64) -> String {
        match self.wide {
            true => format!("(i64.const {})", value as i64),
            false => format!("(i32.const {})", value as i32),
        }
    }

    /// The locals that it counts with.
    fn locals(&self) -> (&'static str, &'static str) {
        match self.wide {
            true => ("$long", "$long_last"),
            false => ("$counter", "$last"),
        }
    }

    /// How it ends: counts, compares and goes back to `label`.
    fn end(&self, label: &str) -> String {
        let change = if self.down { "sub" } else { "add" };
        let ty = if self.wide { "i64" } else { "i32" };
        let (counter, last) = self.locals();
        let step = self.constant(self.step);
        let next = format!("({ty}.{change} (local.get {counter}) {step})");
        let (set, count) = match self.sets {
            true => (
                format!("(local.set {counter} {next})"),
                format!("(local.get {counter})"),
            ),
            false => (String::new(), format!("(local.tee {counter} {next})")),
        };
        let last = match self.fixed {
            true => self.constant(self.last),
            false => format!("(local.get {last})"),
        };
        let relation = self.relation;
        let condition = match (self.bare, self.before) {
            (true, _) if self.wide => format!("(i64.ne {count} (i64.const 0))"),
            (true, _) => count,
            (false, true) => format!("({ty}.{relation} {last} {count})"),
            (false, false) => format!("({ty}.{relation} {count} {last})"),
        };
        format!("{set} (br_if {label} {condition})")
    }
}

/// What a loop does each time around, beside counting: it changes values of each type, some of which are needed afterwards only.
const BODIES: [&str; 6] = [
    "(local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 31)) (i64.extend_i32_u (local.get $counter))))",
    "(local.set $single (f32.sub (f32.convert_i32_u (local.get $counter)) (local.get $single)))",
    "(local.set $double (f64.add (local.get $double) (f64.convert_i32_s (local.get $counter))))",
    "(local.set $vector (i32x4.add (local.get $vector) (i32x4.splat (local.get $counter))))",
    "(memory.fill (i32.const 0) (local.get $counter) (i32.and (local.get $counter) (i32.const 63)))",
    "(call $note (local.get $counter))",
];

/// A module with such a loop in another loop. `guard` is how often the inner one may go around before it is left.
fn module(choices: &Choices, way: &Loop, guard: Option<u32>) -> String {
    let body = choices
        .several(4, |choices| *choices.pick(&BODIES))
        .join("\n");
    let leave = match guard {
        Some(guard) => format!(
            "(br_if $out (i32.ge_u (local.tee $guard (i32.add (local.get $guard) (i32.const 1))) (i32.const {guard})))"
        ),
        None => String::new(),
    };
    let behind = match choices.rarely(2) {
        true => "(local.set $sum (i64.xor (local.get $sum) (i64.const 255)))",
        false => "",
    };
    let operand = choices.rarely(3);
    let (under, over) = match operand {
        true => ("(i32.const 7)", "drop"),
        false => ("", ""),
    };
    // Sometimes the branch back stands in a block.
    let (open, close) = match choices.rarely(3) {
        true => ("(block", ")"),
        false => ("", ""),
    };
    let (counter, last) = way.locals();
    let (start, end) = (way.constant(way.start), way.constant(way.last));
    let wrap = match way.wide {
        true => "(local.set $counter (i32.wrap_i64 (local.get $long)))",
        false => "",
    };
    format!(
        r#"(module
  (memory 1)
  (global $noted (mut i32) (i32.const 0))
  (func $note (param i32) (global.set $noted (i32.add (global.get $noted) (local.get 0))))
  (func (export "run") (param $rounds i32) (result i32 i64 f32 f64 v128 i32 i32)
    (local $counter i32) (local $last i32) (local $sum i64) (local $single f32) (local $double f64) (local $vector v128)
    (local $guard i32) (local $long i64) (local $long_last i64)
    (loop $round
      (local.set {counter} {start})
      (local.set {last} {end})
      {under}
      (block $out
        (loop $again
          {wrap}
          {body}
          {leave}
          {open} {} {close}
          {behind}))
      {over}
      (local.set $last (i32.add (local.get $last) (local.get $counter)))
      (local.set $double (f64.add (local.get $double) (f64.convert_i64_s (local.get $long))))
      (br_if $round (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (local.get $counter) (local.get $sum) (local.get $single) (local.get $double) (local.get $vector)
    (local.get $last) (global.get $noted)))"#,
        way.end("$again"),
    )
}

#[test]
fn loops_that_count_compute_what_they_computed() {
    random_tests::check(CASES, choices(40..41), |choices| {
        let times = 1 + choices.below(if choices.rarely(8) { 3_000 } else { 40 });
        let misses = choices.rarely(3);
        let way = Loop::new(&choices, times, misses);
        let guard =
            (misses || way.may_wrap() || choices.rarely(3)).then(|| 1 + choices.below(2_000));
        let text = module(&choices, &way, guard);
        let bytes =
            wat::parse_str(&text).map_err(|error| TestCaseError::fail(format!("{error}")))?;
        let mut shown = Vec::new();
        for form in Form::ALL {
            let module = prepared(&bytes, form)
                .map_err(|error| TestCaseError::fail(format!("{error:?}\n{text}")))?;
            let mut world = World::new(form, Some(MOST_STEPS));
            let instance = world.instantiate(&module).map_err(TestCaseError::fail)?;
            shown.push(world.call(&instance, "run", &[Val::I32(3)]));
            let state = world.store.data();
            if state.given > state.refills * ADVANCE {
                return Err(TestCaseError::fail(format!("too much in advance\n{text}")));
            }
        }
        if shown.iter().any(|one| *one != shown[0] || one.is_err()) {
            return Err(TestCaseError::fail(format!("{way:?}: {shown:?}\n{text}")));
        }
        Ok(())
    });
}

/// Such a loop pays until it is stopped, after so many refills.
fn is_stopped_after(refills: u64, way: &Loop) {
    let bytes = wat::parse_str(module(&Choices::new(Vec::new()), way, None)).expect("a module");
    let module = prepared(&bytes, Form::Metered).expect("it is taken");
    let mut world = World::new(Form::Metered, Some(MOST_STEPS));
    world.store.data_mut().refills_allowed = refills;
    let instance = world.instantiate(&module).expect("an instance");
    let outcome = world.call(&instance, "run", &[Val::I32(1)]);
    assert_eq!(outcome, Err("OutOfFuel".to_owned()), "{way:?}");
    // Not because it took too many steps.
    assert_eq!(world.store.data().refills, refills + 1, "{way:?}");
}

#[test]
fn a_counter_that_misses_its_end_pays_until_it_is_stopped() {
    let counts = [
        (1, 0, 2),
        (0, 0, 1),
        (5, 0, 36),
        (0, 7, 0x10_0000),
        (0, 9, 8),
    ];
    let both = [false, true].map(|wide| counts.map(|counts| (wide, counts)));
    for (wide, (start, last, step)) in both.into_iter().flatten() {
        let way = Loop {
            wide,
            start,
            last,
            step,
            down: true,
            bare: last == 0,
            before: false,
            relation: "ne",
            sets: false,
            fixed: false,
        };
        is_stopped_after(50, &way);
    }
}

#[test]
fn a_counter_that_comes_around_pays_until_it_is_stopped() {
    let most = u64::from(u32::MAX);
    let ends = [
        // One that begins behind the last value, and comes before it when it goes past the greatest number.
        ("lt_u", most, most - 2, 1, false),
        ("lt_s", i32::MAX as u64, i32::MAX as u64 - 2, 1, false),
        ("gt_u", 0, 2, 1, true),
        ("gt_s", i32::MIN as u64, i32::MIN as u64 + 2, 1, true),
        // One whose step goes over it.
        ("lt_u", most - 15, most, 16, false),
        ("lt_s", i32::MAX as u64 - 15, i32::MAX as u64, 16, false),
        ("gt_u", 15, 0, 16, true),
        ("lt_u", 1, most, 3, false),
    ];
    for (relation, start, last, step, down) in ends {
        for (fixed, wide) in [(false, false), (true, false), (false, true), (true, true)] {
            // The same at the ends of i64.
            let widened = |value: u64| match (wide, relation.ends_with('u')) {
                (false, _) => value,
                (true, true) if value > 1 << 31 => value.wrapping_sub(1 << 32),
                (true, true) => value,
                (true, false) if value as i32 > 0 => {
                    (i64::MAX as u64).wrapping_sub(i32::MAX as u64 - value)
                }
                (true, false) => {
                    (i64::MIN as u64).wrapping_add(value.wrapping_sub(i32::MIN as u64))
                }
            };
            let way = Loop {
                wide,
                start: widened(start),
                last: widened(last),
                step,
                down,
                bare: false,
                before: false,
                relation,
                sets: false,
                fixed,
            };
            is_stopped_after(20, &way);
        }
    }
}

/// A module whose function `run` has these locals and this body.
fn program(locals: &str, body: &str) -> Vec<u8> {
    let text = format!(
        r#"(module (memory 1) (func (export "run") (param $count i32) (result i32)
            (local $index i32) (local $sum i32) (local $round i32) {locals} {body} (local.get $sum)))"#
    );
    wat::parse_str(text).expect("a module")
}

/// How often a metered module asks for fuel when it runs.
fn refills(bytes: &[u8], count: i32) -> u64 {
    let module = prepared(bytes, Form::Metered).expect("it is taken");
    let mut world = World::new(Form::Metered, Some(MOST_STEPS));
    let instance = world.instantiate(&module).expect("an instance");
    let outcome = world.call(&instance, "run", &[Val::I32(count)]);
    outcome.unwrap_or_else(|error| panic!("{error}"));
    world.store.data().refills
}

/// The loops of a module, once it is metered.
fn loops(bytes: &[u8]) -> usize {
    let module = prepared(bytes, Form::Metered).expect("it is taken");
    let payloads = wasmparser::Parser::new(0).parse_all(&module.bytes);
    payloads
        .filter_map(|payload| match payload.expect("a module") {
            wasmparser::Payload::CodeSectionEntry(body) => Some(body),
            _ => None,
        })
        .flat_map(|body| body.get_operators_reader().expect("code").into_iter())
        .filter(|operator| matches!(operator, Ok(wasmparser::Operator::Loop { .. })))
        .count()
}

#[test]
fn every_way_to_count_is_paid_for_in_advance() {
    let add = "(i32.add (local.get $index) (i32.const 1))";
    let sub = "(i32.sub (local.get $count) (i32.const 1))";
    let set = format!("(local.set $index {add})");
    let index = "(local.get $index)";
    let count = "(local.get $count)";
    let ends = [
        format!("{set} (br_if $again (i32.ne {index} {count}))"),
        format!("{set} (br_if $again (i32.lt_u {index} {count}))"),
        format!("{set} (br_if $again (i32.lt_s {index} {count}))"),
        format!("(br_if $again (i32.gt_u {count} (local.tee $index {add})))"),
        format!("(br_if $again (i32.gt_s {count} (local.tee $index {add})))"),
        format!("(br_if $again (i32.lt_u (local.tee $index {add}) (i32.const 100000)))"),
        format!("(br_if $again (i32.ne (i32.const 100000) (local.tee $index {add})))"),
        format!("(br_if $again (local.tee $count {sub}))"),
        format!("(local.set $count {sub}) (br_if $again {count})"),
        format!("(br_if $again (i32.gt_s (local.tee $count {sub}) (i32.const 0)))"),
        format!("(br_if $again (i32.lt_u (i32.const 0) (local.tee $count {sub})))"),
    ];
    for end in ends {
        let body = format!(
            "(loop $again (local.set $sum (i32.add (local.get $sum) (i32.const 3))) {end})"
        );
        // Its instructions for each time around, and a chunk of them for each refill.
        let asked = refills(&program("", &body), 100_000);
        let units = 100_000 * 12;
        assert!(asked > 0 && asked < units / 14_000 + 10, "{asked}: {end}");
    }
}

#[test]
fn loops_that_go_around_a_few_times_are_not_checked() {
    let inner = |guess: &str| {
        format!(
            "(loop $round
               (local.set $index {guess})
               (loop $again
                 (local.set $sum (i32.add (local.get $sum) (i32.const 3)))
                 (br_if $again (local.tee $index (i32.sub (local.get $index) (i32.const 1)))))
               (br_if $round (i32.ne (local.tee $round (i32.add (local.get $round) (i32.const 1))) (local.get $count))))"
        )
    };
    // Where the number is known and small, it is as it was; otherwise once for a few times, and once, in another loop, for many.
    assert_eq!(loops(&program("", &inner("(i32.const 7)"))), 2);
    assert_eq!(loops(&program("", &inner("(i32.const 70)"))), 4);
    assert_eq!(
        loops(&program(
            "",
            &inner("(i32.and (local.get $count) (i32.const 7))")
        )),
        4
    );
    // What goes around so seldom asks as often as the loop around it is checked, at most.
    let asked = refills(&program("", &inner("(i32.const 70)")), 50);
    assert!((1..=51).contains(&asked), "{asked}");
}

#[test]
fn many_loops_that_count_owe_no_more_than_a_few() {
    let one = "(local.set $index (i32.const 400))
      (loop $again
        (local.set $sum (i32.add (local.get $sum) (i32.const 3)))
        (br_if $again (local.tee $index (i32.sub (local.get $index) (i32.const 1)))))";
    let around =
        |name: &str, body: &str| format!("(loop {name} {body} (br_if {name} (i32.const 0)))");
    let owing = around("$inner", &one.repeat(4));
    // More than a few in a row, and some behind a loop that owes as much already: how much it is at the end is checked there.
    let bodies = [
        one.repeat(9),
        around("$round", &one.repeat(9)),
        around("$round", &format!("{owing} {}", one.repeat(3))),
    ];
    for body in bodies {
        let asked = refills(&program("", &body), 1);
        assert!(asked > 0, "{body}");
    }
}
