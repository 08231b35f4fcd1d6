//! Loops that count pay for many times around at once. They still go around as often as they did, compute what they computed,
//! and none of them, however it counts, goes on for ever without paying.

use preparation_tests::{Form, World, prepared};
use proptest::test_runner::TestCaseError;
use random_tests::choices::{Choices, choices};
use wasmi::Val;

/// How many modules, if nothing else is said.
const CASES: u32 = 400;

/// The most that a module pays in advance, and what it gets at a time, in units of fuel.
const ADVANCE: u64 = (1 << 14) + 100;

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
    /// Whether the local that it is compared with comes before the counter.
    before: bool,
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
        }
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
        let count = format!("(local.tee {counter} ({ty}.{change} (local.get {counter}) {step}))");
        let condition = match (self.bare, self.before) {
            (true, _) if self.wide => format!("(i64.ne {count} (i64.const 0))"),
            (true, _) => count,
            (false, true) => format!("({ty}.ne (local.get {last}) {count})"),
            (false, false) => format!("({ty}.ne {count} (local.get {last}))"),
        };
        format!("(br_if {label} {condition})")
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
        let guard = (misses || choices.rarely(3)).then(|| 1 + choices.below(2_000));
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
        };
        let bytes =
            wat::parse_str(module(&Choices::new(Vec::new()), &way, None)).expect("a module");
        let module = prepared(&bytes, Form::Metered).expect("it is taken");
        let mut world = World::new(Form::Metered, Some(MOST_STEPS));
        world.store.data_mut().refills_allowed = 50;
        let instance = world.instantiate(&module).expect("an instance");
        let outcome = world.call(&instance, "run", &[Val::I32(1)]);
        assert_eq!(outcome, Err("OutOfFuel".to_owned()), "{way:?}");
        // Not because it took too many steps.
        assert_eq!(world.store.data().refills, 51, "{way:?}");
    }
}
