//! What the two halves of a call do that random calls rarely reach.

use portcullis_abi::ErrorCode;
use std::cell::Cell;
use translator_tests::call::{Pair, note};
use translator_tests::generate::Wanted;
use translator_tests::log::{Heard, call};
use translator_tests::machine::{Ask, HOST, World, trap};
use translator_tests::plugin::{CONTENT, GIVEN, Item, POSTED, Plugin, SEEN};
use translator_tests::signature::{Class, Core, Outcome, Scalar, Signature, Type};
use translator_tests::spawn::{Grant, Spawn};
use translator_tests::state::State;

const INTERFACE: &str = "test/callee@1";
const EXPORT: &str = "test/callee@1#call";
/// What stands in a slot for the address of content that goes to the host, or comes from it.
const AT_HOST: u32 = u32::MAX;

fn signature(parameters: &[Type], outcome: Outcome) -> Signature {
    Signature {
        parameters: parameters.to_vec(),
        outcome,
    }
}

/// A plugin that imports, and one that exports, `test/callee@1` `call`: the caller and the callee, of which gates are listened to.
struct Two {
    world: World,
    caller: u32,
    callee: u32,
}

impl Two {
    fn new(multi_memory: bool, import: Item, export: Item, handles: [u32; 2]) -> Two {
        let mut world = World::new(multi_memory);
        let mut machine = world.machine();
        machine.listen();
        let serving = Plugin {
            exports: vec![export],
            post_returns: true,
            resources: vec!["export test/callee@1 thing: resource(3)".to_owned()],
            ..Plugin::default()
        };
        let calling = Plugin {
            imports: vec![import],
            resources: vec!["export test/caller@1 item: resource(5)".to_owned()],
            ..Plugin::default()
        };
        let callee = machine.spawn(Spawn {
            handles: handles[1],
            ..Spawn::new(&serving)
        });
        let caller = machine.spawn(Spawn {
            handles: handles[0],
            ..Spawn::new(&calling).grant(INTERFACE, Grant::Process(callee))
        });
        Two {
            world,
            caller,
            callee,
        }
    }

    fn of(multi_memory: bool, signature: &Signature) -> Two {
        Two::limited(multi_memory, signature, [100, 100])
    }

    /// With so many capabilities for the caller, and for the callee.
    fn limited(multi_memory: bool, signature: &Signature, handles: [u32; 2]) -> Two {
        Two::new(
            multi_memory,
            Item::import(INTERFACE, "call", signature),
            Item::export(INTERFACE, "call", signature),
            handles,
        )
    }

    fn state(&mut self) -> State {
        self.world.machine().state()
    }
}

#[test]
fn several_core_values_pass_without_a_record() {
    let parameters = [Core::F64, Core::I32, Core::I64];
    let results = [Core::I32, Core::I64, Core::F32, Core::F64, Core::I32];
    for multi_memory in [true, false] {
        let item = Item::plain(INTERFACE, "call", &parameters, &results);
        let mut two = Two::new(multi_memory, item.clone(), item, [100, 100]);
        let passed = [0x7ff4_0000_0000_0001, 0xffff_fffe, u64::MAX - 1];
        let given = [
            0x8000_0001,
            0x0123_4567_89ab_cdef,
            0x7fa0_0001,
            0xfff4_0000_0000_0001,
            3,
        ];
        let mut machine = two.world.machine();
        machine.write_words(two.callee, GIVEN, &given);
        let called = machine.call(two.caller, 0, &passed);
        assert_eq!((called.status, called.error), (0, 0));
        assert_eq!(called.results, given);
        assert_eq!(machine.recorded(two.callee, &parameters, SEEN), passed);
        assert_eq!(machine.recorded(two.callee, &results, POSTED), given);
        // A call that fails gives as many zeros.
        machine.end(two.callee);
        let called = machine.call(two.caller, 0, &passed);
        assert_eq!(called.error, ErrorCode::Dead.number());
        assert_eq!(called.results, [0; 5]);
    }
}

const ITEM: Class = Class::Caller;
const THING: Class = Class::Callee;

/// Room is reserved for exactly what arrives. With less, nothing arrives.
#[test]
fn room_for_all_that_arrives_is_there_before_anything_does() {
    let types = [
        Type::Own(ITEM),
        Type::Option(ITEM),
        Type::Scalar(Scalar::U64),
        Type::Own(ITEM),
        Type::Option(ITEM),
    ];
    for multi_memory in [true, false] {
        for room in [100, 3, 2, 0] {
            let signature = signature(&types, Outcome::Nothing);
            let mut two = Two::limited(multi_memory, &signature, [100, room]);
            let (caller, callee) = (two.caller, two.callee);
            let mut machine = two.world.machine();
            let caps = [11, 12, 13].map(|badge| machine.mint(caller, ITEM.name(), badge));
            let before = machine.state();
            machine.take_heard();
            let caps = caps.map(u64::from);
            let arguments = [caps[0], 1, caps[1], 5, caps[2], 0, 0];
            let called = machine.call(caller, 0, &arguments);
            let heard = machine.take_heard();
            assert!(heard.contains(&call("reserve", &[callee, 3])), "{heard:?}");
            let (code, after) = if room >= 3 {
                let moves = [11, 12, 13].map(|badge| (caller, badge, callee));
                (0, before.moved(&moves))
            } else {
                (ErrorCode::Quota.number(), before)
            };
            assert_eq!((called.status, called.error), (0, code), "room for {room}");
            assert_eq!(two.state().without_names(), after.without_names());
        }
    }
}

/// Nobody takes them then, and they are released.
#[test]
fn results_for_which_there_is_no_room_are_given_up_together() {
    let owned = [Type::Own(THING), Type::Option(THING), Type::Own(THING)];
    let numbers = [Type::Scalar(Scalar::U8)];
    let outcomes = [
        Outcome::Tuple(owned.to_vec()),
        Outcome::Result(owned.to_vec(), true, Some(Type::Error)),
        Outcome::Result(numbers.to_vec(), false, Some(Type::Own(THING))),
    ];
    for multi_memory in [true, false] {
        for (index, outcome) in outcomes.iter().enumerate() {
            for room in [100, 3, 2, 0] {
                let mut two =
                    Two::limited(multi_memory, &signature(&[], outcome.clone()), [room, 100]);
                let (caller, callee) = (two.caller, two.callee);
                let mut machine = two.world.machine();
                let badges: &[u32] = if index == 2 { &[21] } else { &[21, 22, 23] };
                let caps: Vec<u32> = badges
                    .iter()
                    .map(|badge| machine.mint(callee, THING.name(), *badge))
                    .collect();
                // As they lie in memory; tags before them.
                let words = match index {
                    0 => vec![caps[0], 1, caps[1], caps[2]],
                    1 => vec![0, caps[0], 1, caps[1], caps[2]],
                    _ => vec![1, caps[0]],
                };
                let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
                machine.write(callee, CONTENT, &bytes);
                machine.write_words(callee, GIVEN, &[u64::from(CONTENT)]);
                let before = machine.state();
                machine.take_heard();
                let called = machine.call(caller, 0, &[u64::from(CONTENT)]);
                let heard = machine.take_heard();
                let wanted = badges.len() as u32;
                assert!(heard.contains(&call("reserve", &[caller, wanted])));
                let (code, after) = if room >= wanted {
                    let moves: Vec<_> = badges
                        .iter()
                        .map(|badge| (callee, *badge, caller))
                        .collect();
                    (0, before.moved(&moves))
                } else {
                    let code = ErrorCode::NoMemory.number();
                    (code, before.released(callee, badges))
                };
                assert_eq!(
                    (called.status, called.error),
                    (0, code),
                    "{outcome:?}, room for {room}"
                );
                let now = two.state();
                assert!(now.is_at_rest(), "{outcome:?}, room for {room}");
                assert_eq!(now.without_names(), after.without_names());
            }
        }
    }
}

/// A frame lies where others lay. What is left of them is not taken for references of this one.
#[test]
fn a_call_that_fails_early_does_not_touch_the_references_of_others() {
    for multi_memory in [true, false] {
        for ty in [Type::Own(ITEM), Type::Option(ITEM)] {
            let signature = signature(&[ty, Type::Text], Outcome::Nothing);
            let mut pair = Pair::of(&signature, false, false, multi_memory);
            let (caller, callee) = (pair.caller, pair.callee);
            let cap = pair.endow(
                caller,
                Wanted {
                    class: ITEM,
                    badge: 31,
                    count: 1,
                },
            );
            let before = pair.state();
            let (log, nested) = (pair.seen.clone(), Cell::new(false));
            let option = matches!(ty, Type::Option(_));
            let arguments = move |cap: u32| {
                let mut flat = vec![u64::from(cap), u64::from(CONTENT), 4];
                if option {
                    flat.insert(0, 1);
                }
                flat
            };
            pair.world.set_hook(move |machine, process, ask| {
                note(&log, machine, process, ask);
                if process == callee && !nested.replace(true) {
                    // One is under way, by this number. It stands everywhere in what nobody uses.
                    assert_eq!(machine.state().transits, 1);
                    let (top, end) = (machine.shared_word(2), machine.shared_word(3));
                    let ones = [1, 0, 0, 0].repeat((end - top) as usize / 4);
                    machine.write_kernel(top, &ones);
                    let called = machine.call(caller, 0, &arguments(99_999));
                    assert_eq!(called.error, ErrorCode::BadHandle.number());
                    machine.write(caller, translator_tests::plugin::STATUS, &[0; 4]);
                    assert_eq!(machine.state().transits, 1);
                }
                machine.answer(process, ask)
            });
            let mut machine = pair.machine();
            machine.write(caller, CONTENT, b"text");
            let called = machine.call(caller, 0, &arguments(cap));
            assert_eq!((called.status, called.error), (0, 0), "{ty}");
            assert_eq!(
                pair.state().without_names(),
                before.moved(&[(caller, 31, callee)]).without_names()
            );
        }
    }
}

#[test]
fn a_frame_that_does_not_fit_is_not_begun() {
    let signature = signature(
        &[Type::Scalar(Scalar::U32), Type::Scalar(Scalar::U64)],
        Outcome::One(Type::Scalar(Scalar::U32)),
    );
    // Who calls whom and who was entered; two arguments and a result; to the next multiple of 16.
    let size = 48;
    for (left, code) in [
        (size, 0),
        (size - 16, ErrorCode::Depth.number()),
        (0, ErrorCode::Depth.number()),
    ] {
        let mut two = Two::of(true, &signature);
        let mut machine = two.world.machine();
        let error = machine.call_with_frames(two.caller, 0, &[1, 2], left);
        assert_eq!(error, code, "with {left} bytes left");
    }
}

fn rooms(heard: &[Heard], header: u32) -> usize {
    heard
        .iter()
        .filter(|heard| **heard == call("room", &[header]))
        .count()
}

/// The caller's half proves that there is stack for the kernel if it calls it, and otherwise when something went wrong.
#[test]
fn stack_for_the_kernel_is_proved_where_the_kernel_is_called() {
    let number = Type::Scalar(Scalar::U32);
    let nothing = Outcome::Nothing;
    let two_numbers = Outcome::Tuple(vec![number, number]);
    let cases = [
        (vec![number, Type::Error], Outcome::One(number), 0),
        (vec![number; 17], nothing.clone(), 1),
        (vec![number], two_numbers, 1),
        (vec![Type::Text], nothing.clone(), 1),
        (vec![Type::List(Scalar::U8)], nothing.clone(), 1),
        (vec![Type::Option(ITEM)], nothing, 1),
    ];
    for multi_memory in [true, false] {
        for (parameters, outcome, expected) in &cases {
            let signature = signature(parameters, outcome.clone());
            let mut two = Two::of(multi_memory, &signature);
            let mut machine = two.world.machine();
            let header = machine.kernel("test_header", &[two.caller]);
            let arguments = vec![0; Item::import("", "", &signature).core.0.len()];
            machine.write_words(two.callee, GIVEN, &[0]);
            machine.take_heard();
            let called = machine.call(two.caller, 0, &arguments);
            assert_eq!((called.status, called.error), (0, 0), "{signature}");
            let heard = machine.take_heard();
            assert_eq!(rooms(&heard, header), *expected, "{signature}");
            machine.end(two.callee);
            let called = machine.call(two.caller, 0, &arguments);
            assert_eq!(called.error, ErrorCode::Dead.number(), "{signature}");
            let heard = machine.take_heard();
            assert_eq!(rooms(&heard, header), 1, "{signature}, failed");
        }
    }
}

/// A call that the web app has not answered yet waits for its frame, once there is stack for that, and ends with what came of it.
#[test]
fn a_call_without_an_answer_waits_for_it() {
    /// The status of a call for whose result its caller waits.
    const PENDING: u32 = u32::MAX;
    let number = Type::Scalar(Scalar::U32);
    let signature = signature(&[number], Outcome::One(number));
    for multi_memory in [true, false] {
        let mut two = Two::of(multi_memory, &signature);
        let caller = two.caller;
        let mut machine = two.world.machine();
        let header = machine.kernel("test_header", &[caller]);
        let before = machine.state();
        machine.take_heard();
        for code in [0, ErrorCode::Cancelled.number()] {
            machine.answer_with("contain", &[PENDING]);
            machine.answer_with("wait", &[code]);
            let called = machine.call(caller, 0, &[7]);
            assert_eq!((called.status, called.error), (0, code));
            let heard = machine.take_heard();
            let contained = heard.iter().position(|heard| heard.name == "contain");
            let after = &heard[contained.expect("the callee is called")..];
            let frame = after[0].arguments[0];
            assert_eq!(
                after[1..3],
                [call("room", &[header]), call("wait", &[frame])]
            );
            assert_eq!(machine.state(), before);
        }
        for code in [0, 1, ErrorCode::Dead.number(), PENDING - 1] {
            machine.answer_with("contain", &[code]);
            let called = machine.call(caller, 0, &[7]);
            assert_eq!((called.status, called.error), (0, code));
            let heard = machine.take_heard();
            assert!(!heard.iter().any(|heard| heard.name == "wait"), "{code}");
        }
    }
}

/// Much content is not staged on somebody's word.
#[test]
fn a_long_list_that_goes_around_the_end_of_the_address_space_is_not_staged() {
    let signature = signature(&[Type::List(Scalar::U8)], Outcome::Nothing);
    for multi_memory in [true, false] {
        for beyond in [0, 1, 2] {
            let mut two = Two::of(multi_memory, &signature);
            let mut machine = two.world.machine();
            machine.take_heard();
            let bytes = 8_192;
            let address = u64::from(u32::MAX - bytes + 1 + beyond);
            let called = machine.call(two.caller, 0, &[address, u64::from(bytes)]);
            assert_eq!(called.error, ErrorCode::BadPointer.number());
            let heard = machine.take_heard();
            assert!(heard.iter().all(|heard| heard.name != "stage"), "{beyond}");
        }
    }
}

/// An element type of each size: whether its elements are checked, and an address with just its alignment.
const ELEMENTS: [(Scalar, bool, u32); 6] = [
    (Scalar::U8, false, CONTENT + 0x41),
    (Scalar::S16, false, CONTENT + 0x42),
    (Scalar::F32, false, CONTENT + 0x44),
    (Scalar::U64, false, CONTENT + 0x48),
    (Scalar::Bool, true, CONTENT + 0x41),
    (Scalar::Char, true, CONTENT + 0x44),
];

/// What the callee gives back when the host calls it: the status, and the slots of the list.
fn given_to_host(two: &mut Two, flags: u32, address: u32, count: u32) -> (u32, [u64; 2]) {
    let mut machine = two.world.machine();
    let words = [address, count].map(u32::to_le_bytes).concat();
    machine.write(two.callee, CONTENT, &words);
    machine.write_words(two.callee, GIVEN, &[u64::from(CONTENT)]);
    let mut slots = [0; 2];
    let status = machine.serve(two.callee, EXPORT, flags, &mut slots);
    (status, slots)
}

#[test]
fn lists_go_to_the_host_at_once_if_it_wants_them_and_no_element_can_be_wrong() {
    for multi_memory in [true, false] {
        for (scalar, checked, address) in ELEMENTS {
            let list = Outcome::One(Type::List(scalar));
            let mut two = Two::of(multi_memory, &signature(&[], list));
            let bytes: Vec<u8> = (0..3 * scalar.size()).map(|_| 0).collect();
            for flags in [0, 1, 3] {
                let (status, slots) = given_to_host(&mut two, flags, address, 3);
                assert_eq!(status, 0, "{scalar:?}");
                assert_eq!(slots[1] as u32, 3);
                let at_once = flags != 0 && !checked;
                assert_eq!(slots[0] as u32 == AT_HOST, at_once, "{scalar:?}");
                let drained = std::mem::take(&mut two.world.machine().data().drained);
                let expected = if at_once {
                    vec![bytes.clone()]
                } else {
                    Vec::new()
                };
                assert_eq!(drained, expected, "{scalar:?}");
            }
        }
    }
}

#[test]
fn lists_for_the_host_are_checked_too() {
    let bad = ErrorCode::BadResult.number();
    for multi_memory in [true, false] {
        for (scalar, _, address) in ELEMENTS {
            let list = Outcome::One(Type::List(scalar));
            let mut two = Two::of(multi_memory, &signature(&[], list));
            let size = scalar.size();
            let end = translator_tests::call::MEMORY_END;
            // Its length in bytes is that of one element, in 32 bits.
            let around = ((1_u64 << 32) / u64::from(size) + 1) as u32;
            let mut wrong = vec![(end - size, 2), (end + size, 1)];
            if size > 1 {
                wrong.extend([(address + size / 2, 1), (address, around)]);
            }
            for (address, count) in wrong {
                let (status, _) = given_to_host(&mut two, 1, address, count);
                assert_eq!(status, bad, "{scalar:?} at {address:#x}, {count}");
            }
            assert!(two.world.machine().data().drained.is_empty());
            assert!(two.state().is_at_rest());
        }
    }
}

#[test]
fn lists_come_from_the_host_without_a_stop() {
    for multi_memory in [true, false] {
        let list = [Type::List(Scalar::U16)];
        let mut two = Two::of(multi_memory, &signature(&list, Outcome::Nothing));
        let mut machine = two.world.machine();
        machine.data().sources.push(vec![1, 2, 3, 4, 5, 6]);
        let mut slots = [u64::from(AT_HOST), 3];
        let status = machine.serve(two.callee, EXPORT, 0, &mut slots);
        assert_eq!(status, 0);
        let seen = machine.recorded(two.callee, &[Core::I32; 2], SEEN);
        assert_eq!(seen[1], 3);
        let memory = machine.memory(two.callee);
        let start = seen[0] as usize;
        assert_eq!(memory[start..start + 6], [1, 2, 3, 4, 5, 6]);
        // Nothing is there, so it is not entered.
        machine.write_words(two.callee, SEEN, &[0; 2]);
        let mut slots = [u64::from(AT_HOST), 3];
        let status = machine.serve(two.callee, EXPORT, 0, &mut slots);
        assert_eq!(status, ErrorCode::NoMemory.number());
        assert_eq!(machine.recorded(two.callee, &[Core::I32; 2], SEEN), [0; 2]);
    }
}

/// What lends an object counts it, whatever else is passed, and whatever becomes of the call.
#[test]
fn what_is_lent_comes_back_when_an_argument_after_it_is_bad() {
    let types = [
        Type::Borrow(ITEM),
        Type::Own(ITEM),
        Type::Borrow(ITEM),
        Type::Scalar(Scalar::Char),
    ];
    for multi_memory in [true, false] {
        let mut two = Two::of(multi_memory, &signature(&types, Outcome::Nothing));
        let caller = two.caller;
        let mut machine = two.world.machine();
        let caps = [41, 42, 43].map(|badge| machine.mint(caller, ITEM.name(), badge));
        let before = machine.state();
        let [first, second, third] = caps.map(u64::from);
        for (arguments, code) in [
            ([0, second, third, 0], ErrorCode::BadHandle),
            ([first, 0, third, 0], ErrorCode::BadHandle),
            ([first, second, 0, 0], ErrorCode::BadHandle),
            ([first, second, third, 0xd800], ErrorCode::BadChar),
        ] {
            let called = machine.call(caller, 0, &arguments);
            assert_eq!((called.status, called.error), (0, code.number()));
            assert_eq!(machine.state(), before, "{arguments:?}");
        }
    }
}

/// Only a lease is lent with the rights that its lender has on it: who lends anything else passes none.
#[test]
fn nothing_but_a_lease_is_lent_with_rights() {
    let types = [Type::Borrow(ITEM), Type::Borrow(ITEM)];
    let mut two = Two::of(true, &signature(&types, Outcome::Nothing));
    let (caller, callee) = (two.caller, two.callee);
    let mut machine = two.world.machine();
    let caps = [41, 42].map(|badge| u64::from(machine.mint(caller, ITEM.name(), badge)));
    machine.take_heard();
    assert_eq!(machine.call(caller, 0, &caps).status, 0);
    let heard = machine.take_heard();
    let lent: Vec<_> = heard
        .iter()
        .filter(|heard| heard.name == "lend")
        .map(|heard| (heard.arguments[0], heard.arguments[2], heard.arguments[3]))
        .collect();
    assert_eq!(lent, [(callee, caller, 0), (callee, caller, 0)]);
}

/// Asked while the frame of the call is there: how often each is lent.
#[test]
fn an_allocator_sees_what_is_lent_and_nothing_that_moves() {
    let types = [Type::Borrow(ITEM), Type::Own(ITEM), Type::Text];
    let mut two = Two::of(true, &signature(&types, Outcome::Nothing));
    let (caller, callee) = (two.caller, two.callee);
    let seen = std::rc::Rc::new(std::cell::RefCell::new(None));
    let log = seen.clone();
    two.world.set_hook(move |machine, process, ask| {
        if let (true, Ask::Allocate { .. }) = (process == callee, ask) {
            *log.borrow_mut() = Some(machine.state());
        }
        machine.answer(process, ask)
    });
    let mut machine = two.world.machine();
    let caps = [51, 52].map(|badge| machine.mint(caller, ITEM.name(), badge));
    machine.write(caller, CONTENT, b"text");
    let [lent, moved] = caps.map(u64::from);
    let called = machine.call(caller, 0, &[lent, moved, u64::from(CONTENT), 4]);
    assert_eq!((called.status, called.error), (0, 0));
    let seen = seen.borrow();
    let inside = seen.as_ref().expect("it was asked");
    assert_eq!(inside.slot(caller, caps[0]).map(|slot| slot.lends), Some(1));
    assert_eq!(inside.slot(caller, caps[1]).map(|slot| slot.lends), Some(0));
    assert_eq!(inside.transits, 1);
    assert!(two.state().is_at_rest());
}

/// An interface of the host, whose function gives a file and a text.
const HOST_INTERFACE: &str = "test/host@1";

/// The number of a transfer is used again when it has arrived. Who passed it has nothing to put back then, whoever's it is now.
#[test]
fn what_has_arrived_is_not_put_back_for_somebody_else() {
    let make = signature(
        &[],
        Outcome::Tuple(vec![Type::Own(Class::Host), Type::Text]),
    );
    for multi_memory in [true, false] {
        for ty in [Type::Own(ITEM), Type::Option(ITEM)] {
            let taking = signature(&[ty], Outcome::Nothing);
            let mut world = World::new(multi_memory);
            let mut machine = world.machine();
            let file = machine.mint(HOST, Class::Host.name(), 71);
            let class = machine.class(Class::Host.name());
            let giving = machine.function(move |machine, frame| {
                let transfer = machine.kernel("portcullis_detach", &[HOST, file, class]);
                let text = machine.kernel("portcullis_stage", &[HOST, 4]);
                for (place, word) in [(0, transfer), (1, text), (2, 4)] {
                    machine.write_kernel(frame + 16 + 8 * place, &word.to_le_bytes());
                }
                0
            });
            let record = format!("export {HOST_INTERFACE} make: {make}");
            let host = machine.provide(&record, vec![giving]);
            let serving = Plugin {
                imports: vec![Item::import(HOST_INTERFACE, "make", &make)],
                exports: vec![Item::export(INTERFACE, "call", &taking)],
                ..Plugin::default()
            };
            let calling = Plugin {
                imports: vec![Item::import(INTERFACE, "call", &taking)],
                resources: vec!["export test/caller@1 item: resource(5)".to_owned()],
                ..Plugin::default()
            };
            let callee =
                machine.spawn(Spawn::new(&serving).grant(HOST_INTERFACE, Grant::Host(host)));
            let caller =
                machine.spawn(Spawn::new(&calling).grant(INTERFACE, Grant::Process(callee)));
            let item = machine.mint(caller, ITEM.name(), 72);
            let before = machine.state();
            // Entered, the callee has a file made, and traps when it is asked for memory for the text.
            world.set_hook(move |machine, process, ask| match ask {
                Ask::Enter { .. } if process == callee => {
                    machine.call(callee, 0, &[u64::from(CONTENT)]);
                    Ok(0)
                }
                Ask::Allocate { .. } => {
                    assert_eq!(machine.state().transits, 1);
                    Err(trap())
                }
                _ => machine.answer(process, ask),
            });
            let mut arguments = vec![u64::from(item)];
            if matches!(ty, Type::Option(_)) {
                arguments.insert(0, 1);
            }
            let mut machine = world.machine();
            let called = machine.call(caller, 0, &arguments);
            assert_eq!(called.error, ErrorCode::Trapped.number(), "{ty}");
            let after = before
                .moved(&[(caller, 72, callee)])
                .released(HOST, &[71])
                .ended(callee);
            assert_eq!(
                machine.state().without_names(),
                after.without_names(),
                "{ty}"
            );
        }
    }
}
