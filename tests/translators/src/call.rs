//! A caller, a callee, and one call between them: set up, made, and compared with what docs/abi.md says.

use crate::generate::{Case, Wanted};
use crate::machine::{Ask, HOST, Machine, Setting, World};
use crate::plugin::{CONTENT, GIVEN, Item, PAGES, POSTED, Plugin, SEEN};
use crate::run::Called;
use crate::signature::{Class, Signature, Type, record};
use crate::spawn::{Grant, Spawn};
use crate::state::{BORROWED, State};
use crate::value::{Image, Lowered, Reader, Returned, Value, Wrong, arguments, dirty, results};
use std::cell::RefCell;
use std::rc::Rc;

/// What a test found to be otherwise than it should be.
pub type Checked = Result<(), Wrong>;

/// Says what is wrong unless a condition holds.
#[macro_export]
macro_rules! ensure {
    ($condition:expr, $($message:tt)*) => {
        if !$condition {
            return Err(format!($($message)*));
        }
    };
}

/// Says what is wrong unless two values are equal.
#[macro_export]
macro_rules! ensure_equal {
    ($left:expr, $right:expr, $($message:tt)*) => {
        match (&$left, &$right) {
            (left, right) => $crate::ensure!(left == right, "{}:\n   found {left:?}\nexpected {right:?}", format!($($message)*)),
        }
    };
}

const CALLEE: &str = "test/callee@1";

/// What was seen of the callee while it ran.
#[derive(Default)]
pub struct Seen {
    /// What it asked for, in order, with who asked.
    pub asked: Vec<(u32, Ask)>,
    /// Everything, when the export was entered.
    pub inside: Option<State>,
}

/// Two processes, and what they hold.
pub struct Pair {
    pub world: World,
    pub caller: u32,
    pub callee: u32,
    pub signature: Signature,
    pub seen: Rc<RefCell<Seen>>,
}

/// Memory of the caller in which arguments and results lie.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub lowered: Lowered,
    /// Where the results go, if they go by memory; the last core value.
    pub results: Option<u32>,
}

impl Pair {
    /// Two processes with what a case wants them to hold.
    pub fn new(case: &Case, setting: impl Into<Setting>) -> Pair {
        let mut pair = Pair::of(&case.signature, case.dispatched, case.post_return, setting);
        for wanted in &case.of_caller {
            pair.endow(pair.caller, *wanted);
        }
        for wanted in &case.of_callee {
            pair.endow(pair.callee, *wanted);
        }
        pair
    }

    /// Two processes, of which one serves `test/callee@1` `call` with that signature and the other one imports it.
    pub fn of(
        signature: &Signature,
        dispatched: bool,
        post_returns: bool,
        setting: impl Into<Setting>,
    ) -> Pair {
        let mut world = World::new(setting);
        let serving = Plugin {
            exports: vec![Item::export(CALLEE, "call", signature)],
            post_returns,
            resources: vec!["export test/callee@1 thing: resource(3)".to_owned()],
            ..Plugin::default()
        };
        let calling = Plugin {
            imports: vec![Item::import(CALLEE, "call", signature)],
            exports: vec![Item::plain("-", "again", &[], &[])],
            resources: vec!["export test/caller@1 item: resource(4294967295)".to_owned()],
            ..Plugin::default()
        };
        let mut machine = world.machine();
        let callee = machine.spawn(Spawn::new(&serving));
        let provider = if dispatched {
            Grant::Object
        } else {
            Grant::Process(callee)
        };
        let caller = machine.spawn(Spawn::new(&calling).grant(CALLEE, provider));
        let seen = Rc::new(RefCell::new(Seen::default()));
        let log = seen.clone();
        world.set_hook(move |machine, process, ask| {
            note(&log, machine, process, ask);
            machine.answer(process, ask)
        });
        Pair {
            world,
            caller,
            callee,
            signature: signature.clone(),
            seen,
        }
    }

    pub fn machine(&mut self) -> Machine<'_> {
        self.world.machine()
    }

    pub fn state(&mut self) -> State {
        self.machine().state()
    }

    /// Who mints a class.
    pub fn minter(&self, class: Class) -> u32 {
        match class {
            Class::Callee => self.callee,
            Class::Caller => self.caller,
            Class::Host | Class::Lease => HOST,
        }
    }

    /// Gives a process an object that is to be there: its `cap_t`.
    pub fn endow(&mut self, holder: u32, wanted: Wanted) -> u32 {
        let Wanted {
            class,
            badge,
            count,
        } = wanted;
        let minter = self.minter(class);
        let mut machine = self.world.machine();
        let mut cap = machine.mint(minter, class.name(), badge);
        if minter != holder {
            cap = machine.pass(minter, cap, class.name(), holder);
        }
        for _ in 1..count {
            machine.system(holder, portcullis_abi::SystemCall::CapRetain, cap, 0);
        }
        cap
    }

    /// Lowers the arguments of a case, into the caller's memory as it will be.
    pub fn prepare(&mut self, case: &Case) -> Prepared {
        let (state, caller) = (self.state(), self.caller);
        let name = |badge| state.cap(caller, badge).expect("the caller holds it");
        let mut lowered = arguments(Image::new(CONTENT), &case.signature, &case.arguments, &name);
        dirty(&mut lowered, &case.signature.parameters, case.garbage);
        let results = case.signature.outcome.spills().then(|| {
            let (size, alignment) = case.signature.outcome.layout();
            lowered.image.allocate(size, alignment)
        });
        if let Some(address) = results {
            lowered.flat.push(u64::from(address));
        }
        Prepared { lowered, results }
    }

    /// Lowers what the callee gives back.
    pub fn prepare_results(&mut self, case: &Case) -> Lowered {
        let (state, callee) = (self.state(), self.callee);
        let name = |badge| state.cap(callee, badge).expect("the callee holds it");
        let outcome = &case.signature.outcome;
        let mut lowered = results(Image::new(CONTENT), outcome, &case.returned, &name);
        if outcome.spills() || !outcome.is_result() {
            dirty(
                &mut lowered,
                &outcome.types(case.returned.tag),
                case.garbage,
            );
        }
        lowered
    }

    /// Puts into the callee's memory what it gives back.
    pub fn give(&mut self, given: &Lowered) {
        let callee = self.callee;
        let mut machine = self.machine();
        machine.write(callee, given.image.base, &given.image.bytes);
        machine.write_words(callee, GIVEN, &given.flat);
    }

    /// Makes the call.
    pub fn call(&mut self, prepared: &Prepared) -> Called {
        let caller = self.caller;
        let mut machine = self.machine();
        machine.write(
            caller,
            prepared.lowered.image.base,
            &prepared.lowered.image.bytes,
        );
        machine.call(caller, 0, &prepared.lowered.flat)
    }

    /// The badge behind what arrived at a process, in a state.
    fn badge(state: &State, process: u32, ty: Type, cap: u32) -> Result<u32, Wrong> {
        let slot = state
            .slot(process, cap)
            .ok_or(format!("{process} has no capability {cap}"))?;
        let borrowed = matches!(ty, Type::Borrow(_));
        ensure_equal!(
            slot.rights & BORROWED != 0,
            borrowed,
            "whether capability {cap} for {ty} is borrowed"
        );
        let object = state
            .object(process, cap)
            .ok_or(format!("the object of capability {cap} is dead"))?;
        Ok(object.badge)
    }

    /// What the callee saw, read by the interpreter.
    pub fn seen_arguments(&mut self) -> Result<Vec<Value>, Wrong> {
        let callee = self.callee;
        let (cores, _) = self.signature.export();
        let flat = self.machine().recorded(callee, &cores, SEEN);
        let memory = self.machine().memory(callee);
        let seen = self.seen.borrow();
        let inside = seen.inside.as_ref().ok_or("the callee was not entered")?;
        let capability = |ty: Type, cap: u32| match ty {
            // It minted it, so it gets the badge itself.
            Type::Borrow(Class::Callee) => Ok(cap),
            _ => Self::badge(inside, callee, ty, cap),
        };
        let reader = Reader {
            memory: &memory,
            capability: &capability,
        };
        reader.arguments(&self.signature, &flat)
    }

    /// What the caller got, read by the interpreter.
    pub fn got(&mut self, called: &Called, prepared: &Prepared) -> Result<Returned, Wrong> {
        let caller = self.caller;
        let (memory, state) = (self.machine().memory(caller), self.state());
        let capability = |ty: Type, cap: u32| Self::badge(&state, caller, ty, cap);
        let reader = Reader {
            memory: &memory,
            capability: &capability,
        };
        reader.results(
            &self.signature.outcome,
            &called.results,
            prepared.results.unwrap_or(0),
        )
    }

    /// What the allocator of the callee has to have been asked, in any order: for each content, and for a tuple.
    pub fn expected_allocations(signature: &Signature, values: &[Value]) -> Vec<(u32, u32)> {
        let mut expected = content(&signature.parameters, values);
        if signature.spills() {
            let record = record(&signature.parameters);
            expected.push((record.alignment, record.size));
        }
        expected.sort_unstable();
        expected
    }

    /// What a process asked its allocator.
    pub fn allocations(&self, process: u32) -> Vec<(u32, u32)> {
        let seen = self.seen.borrow();
        let mut found: Vec<(u32, u32)> = seen
            .asked
            .iter()
            .filter_map(|(who, ask)| match ask {
                Ask::Allocate { align, size } if *who == process => Some((*align, *size)),
                _ => None,
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// Whether the callee's export was entered.
    pub fn entered(&self) -> bool {
        self.seen.borrow().inside.is_some()
    }
}

/// Alignment and bytes of every content that is not empty.
pub fn content(types: &[Type], values: &[Value]) -> Vec<(u32, u32)> {
    let sizes = types.iter().zip(values).filter_map(|(ty, value)| {
        let size = ty.element()?;
        let count = match value {
            Value::Text(text) => text.len(),
            Value::List(items) => items.len(),
            _ => 0,
        };
        (count > 0).then_some((size, size * count as u32))
    });
    let mut sizes: Vec<(u32, u32)> = sizes.collect();
    sizes.sort_unstable();
    sizes
}

/// Writes down what a plugin asks, and everything at the moment at which the callee is entered.
pub fn note(log: &Rc<RefCell<Seen>>, machine: &mut Machine<'_>, process: u32, ask: Ask) {
    let inside = matches!(ask, Ask::Enter { .. }).then(|| machine.state());
    let mut log = log.borrow_mut();
    log.asked.push((process, ask));
    if inside.is_some() {
        log.inside = inside;
    }
}

/// Badges of what moves with the arguments of a call, or with its results.
pub fn moving(types: &[Type], values: &[Value]) -> Vec<u32> {
    let badges = types
        .iter()
        .zip(values)
        .filter_map(|(ty, value)| match (ty, value) {
            (Type::Own(_) | Type::Option(_), Value::Capability(badge)) => Some(*badge),
            _ => None,
        });
    badges.collect()
}

/// A whole good call, compared in everything.
///
/// # Errors
/// What is otherwise than it should be.
pub fn check(case: &Case, setting: impl Into<Setting>) -> Checked {
    let mut pair = Pair::new(case, setting);
    let before = pair.state();
    let given = pair.prepare_results(case);
    pair.give(&given);
    let prepared = pair.prepare(case);
    let called = pair.call(&prepared);
    ensure_equal!(
        (called.status, called.error),
        (0, 0),
        "status of the caller's frame, and its status word"
    );
    ensure_equal!(
        pair.seen_arguments()?,
        case.arguments,
        "what the callee saw"
    );
    ensure_equal!(
        pair.got(&called, &prepared)?,
        case.returned,
        "what the caller got"
    );

    let (caller, callee) = (pair.caller, pair.callee);
    let parameters = &case.signature.parameters;
    let expected = Pair::expected_allocations(&case.signature, &case.arguments);
    ensure_equal!(
        pair.allocations(callee),
        expected,
        "what the callee's allocator was asked"
    );
    let types = case.signature.outcome.types(case.returned.tag);
    let expected = content(&types, &case.returned.values);
    ensure_equal!(
        pair.allocations(caller),
        expected,
        "what the caller's allocator was asked"
    );
    let posts = pair
        .seen
        .borrow()
        .asked
        .iter()
        .filter(|(_, ask)| *ask == Ask::Post { export: 0 })
        .count();
    ensure_equal!(
        posts,
        usize::from(case.post_return),
        "how often the function after the export was called"
    );
    if case.post_return {
        let (_, cores) = case.signature.export();
        let posted = pair.machine().recorded(callee, &cores, POSTED);
        ensure_equal!(
            posted,
            pair.machine().recorded(callee, &cores, GIVEN),
            "what it was called with"
        );
    }

    check_inside(&pair, case, &before)?;
    let mut moves = Vec::new();
    for badge in moving(parameters, &case.arguments) {
        moves.push((caller, badge, callee));
    }
    for badge in moving(&types, &case.returned.values) {
        moves.push((callee, badge, caller));
    }
    let after = pair.state();
    ensure!(
        after.is_at_rest(),
        "something is still under way: {after:?}"
    );
    ensure_equal!(
        after.without_names(),
        before.moved(&moves).without_names(),
        "everything after the call"
    );
    kept_their_names(&before, &after, &moves)
}

/// While the callee runs, what is lent is lent, and what moves has arrived.
fn check_inside(pair: &Pair, case: &Case, before: &State) -> Checked {
    let seen = pair.seen.borrow();
    let inside = seen.inside.as_ref().ok_or("the callee was not entered")?;
    ensure_equal!(inside.transits, 0, "transfers under way in the callee");
    ensure_equal!(
        inside.processes[&pair.callee].active,
        1,
        "calls into the callee"
    );
    ensure_equal!(
        inside.processes[&pair.caller].active,
        1,
        "calls into the caller"
    );
    for (cap, slot) in &before.processes[&pair.caller].slots {
        let badge = before
            .object(pair.caller, *cap)
            .map_or(0, |object| object.badge);
        let pairs = case.signature.parameters.iter().zip(&case.arguments);
        let lends = pairs
            .filter(|(ty, value)| {
                matches!(ty, Type::Borrow(_)) && **value == Value::Capability(badge)
            })
            .count();
        let found = inside.slot(pair.caller, *cap).map_or(0, |slot| slot.lends);
        ensure_equal!(
            found,
            lends as u32,
            "how often capability {cap}, {slot:?}, is lent"
        );
    }
    Ok(())
}

/// Capabilities that did not move are still under the same `cap_t`.
fn kept_their_names(before: &State, after: &State, moves: &[(u32, u32, u32)]) -> Checked {
    for (process, known) in &before.processes {
        for (cap, slot) in &known.slots {
            let badge = before
                .object(*process, *cap)
                .map_or(0, |object| object.badge);
            let left = moves
                .iter()
                .filter(|(from, moved, _)| from == process && *moved == badge)
                .count() as u32;
            if left < slot.count {
                let now = after
                    .slot(*process, *cap)
                    .ok_or(format!("{process} lost capability {cap}"))?;
                ensure_equal!(
                    now.count,
                    slot.count - left,
                    "references of {process} to capability {cap}"
                );
            }
        }
    }
    Ok(())
}

/// The first address behind the memory of a plugin.
pub const MEMORY_END: u32 = PAGES * 65_536;
