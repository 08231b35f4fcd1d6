use super::*;
use crate::class::ClassId;
use crate::process::{Limits, LocalClass};
use crate::time::Budget;

const CLASS: ClassId = ClassId(1);

fn spawn(kernel: &mut Kernel) -> ProcessId {
    let id = kernel.processes.insert("p".into(), Limits::default());
    let id = id.expect("there is room");
    let process = kernel.processes.get_mut(id).expect("it lives");
    process.classes = vec![LocalClass {
        number: 1,
        class: CLASS,
        minted: true,
        methods: 0,
        has_destructor: false,
    }];
    kernel.publish(id);
    id
}

/// What a gate does when it enters a process.
fn enter(kernel: &Kernel, process: ProcessId, by: i32) {
    let active = &kernel.processes.header(process).active;
    active.set(active.get().wrapping_add_signed(by));
}

/// A call to `process` that waits, as gates and the web app make it: its fiber.
fn suspended(kernel: &mut Kernel, process: ProcessId, now: f64) -> u32 {
    let fiber = kernel.take_fiber(process).unwrap();
    let frame = kernel.shared.frame_top.get();
    kernel.shared.frame_top.set(frame + 64);
    kernel.begin(now, 0, Budget::default(), false, Some(fiber), false);
    enter(kernel, process, 1);
    // Its caller half: a frame with content and a transfer, then the call of the web app.
    kernel.shared.frame_top.set(frame + 128);
    kernel.stage(process, 10_000).unwrap();
    let cap = kernel.mint(process, CLASS, 7, 0).unwrap();
    kernel.detach(process, cap, CLASS).unwrap();
    kernel.shared.depth.set(1);
    assert_eq!(kernel.may_wait(process, now), Ok(fiber));
    kernel.shared.depth.set(0);
    assert_eq!(kernel.pause(now, 0), fiber);
    assert!(kernel.leave_fiber(fiber));
    fiber
}

/// What there is to be seen of the frames of calls that are never suspended.
fn main_frames(kernel: &Kernel) -> (u32, u32, u32, u32) {
    let shared = &kernel.shared;
    assert_eq!(kernel.fibers.running(), MAIN);
    (
        shared.frame_top.get(),
        shared.frame_end.get(),
        shared.depth.get(),
        shared.staged.get(),
    )
}

#[test]
fn suspended_calls_go_on_in_any_order_and_leave_nothing() {
    let mut kernel = Kernel::new();
    let frames = main_frames(&kernel);
    let processes: Vec<ProcessId> = (0..5).map(|_| spawn(&mut kernel)).collect();
    let fibers: Vec<u32> = processes
        .iter()
        .map(|process| suspended(&mut kernel, *process, 0.0))
        .collect();
    assert_eq!(main_frames(&kernel), frames);
    assert_eq!(
        (
            kernel.transits(),
            kernel.staging.usage().0,
            kernel.fibers.usage().0
        ),
        (5, 50_000, 5)
    );
    for index in [3, 0, 4, 1, 2] {
        let (process, fiber) = (processes[index], fibers[index]);
        let header = kernel.processes.header(process);
        assert_eq!(header.active_limit.get(), 0, "nobody enters it");
        kernel.resume(fiber, 10.0, 0, true);
        assert_eq!(kernel.fibers.running(), fiber);
        assert_eq!(kernel.shared.staged.get(), 2, "only its own is under way");
        assert_eq!(kernel.processes.header(process).active_limit.get(), 64);
        enter(&kernel, process, -1);
        kernel.settle_running();
        assert_eq!(main_frames(&kernel), frames);
        kernel.end_fiber(fiber);
        kernel.end_fiber(fiber);
    }
    assert_eq!(
        (
            kernel.transits(),
            kernel.staging.usage().0,
            kernel.fibers.usage().0
        ),
        (0, 0, 0)
    );
    for process in processes {
        assert_eq!(kernel.processes.get(process).unwrap().content(), 0);
        assert_eq!(kernel.processes.get(process).unwrap().transfers(), 0);
    }
}

#[test]
fn the_end_of_a_suspended_process_ends_its_transfers_and_its_fiber_the_rest() {
    let mut kernel = Kernel::new();
    let frames = main_frames(&kernel);
    let (process, other) = (spawn(&mut kernel), spawn(&mut kernel));
    let fiber = suspended(&mut kernel, process, 0.0);
    let second = suspended(&mut kernel, other, 0.0);
    kernel.end_process(process).unwrap();
    assert_eq!((kernel.transits(), kernel.staging.usage().0), (1, 20_000));
    // The engine lets it go on, to trap.
    kernel.resume(fiber, 1.0, 0, true);
    assert_eq!(kernel.shared.staged.get(), 1, "its content");
    kernel.settle_running();
    kernel.end_fiber(fiber);
    assert_eq!(main_frames(&kernel), frames);
    assert_eq!((kernel.transits(), kernel.staging.usage().0), (1, 10_000));
    kernel.end_fiber(second);
    assert_eq!((kernel.transits(), kernel.staging.usage().0), (0, 0));
}

#[test]
fn who_trapped_is_not_entered_before_it_was_ended() {
    let mut kernel = Kernel::new();
    let process = spawn(&mut kernel);
    let fiber = suspended(&mut kernel, process, 0.0);
    kernel.resume(fiber, 1.0, 0, true);
    // It traps: nobody counts down.
    kernel.begin(2.0, 0, Budget::default(), false, None, false);
    assert_eq!(kernel.fibers.running(), MAIN);
    assert_eq!(kernel.processes.header(process).active_limit.get(), 0);
    kernel.end_process(process).unwrap();
    kernel.end_fiber(fiber);
}

#[test]
fn nobody_waits_where_something_else_is_on_the_stack() {
    let mut kernel = Kernel::new();
    let (process, other) = (spawn(&mut kernel), spawn(&mut kernel));
    let waits = |kernel: &Kernel| kernel.may_wait(process, 1.0);
    kernel.shared.depth.set(1);
    assert_eq!(waits(&kernel), Err(ErrorCode::CannotWait), "no fiber");
    assert_eq!(kernel.pause(0.0, 0), MAIN);
    kernel.shared.depth.set(0);
    let fiber = kernel.take_fiber(process).unwrap();
    assert_eq!(waits(&kernel), Err(ErrorCode::CannotWait), "not begun");
    assert_eq!(kernel.pause(0.0, 0), MAIN);
    let (serial, _) = kernel.begin(0.0, 0, Budget::default(), false, Some(fiber), false);
    kernel.shared.depth.set(1);
    assert_eq!(waits(&kernel), Ok(fiber));
    assert_eq!(kernel.may_wait(other, 1.0), Err(ErrorCode::CannotWait));
    kernel.shared.depth.set(2);
    assert_eq!(waits(&kernel), Err(ErrorCode::CannotWait), "another plugin");
    kernel.shared.depth.set(1);
    let (inner, _) = kernel.begin(0.0, 0, Budget::default(), true, None, false);
    assert_eq!(waits(&kernel), Err(ErrorCode::CannotWait), "the web app");
    assert_eq!(kernel.pause(0.0, 0), MAIN);
    kernel.end(inner);
    assert_eq!(waits(&kernel), Ok(fiber));
    assert_eq!(kernel.may_wait(process, 5_000.0), Err(ErrorCode::Cancelled));
    kernel.cancel(serial, 1.0, true);
    assert_eq!(waits(&kernel), Err(ErrorCode::Cancelled));
    kernel.end_fiber(fiber);
}

#[test]
fn there_are_so_many_and_no_more() {
    let mut kernel = Kernel::new();
    let process = spawn(&mut kernel);
    kernel.fibers.set_limit(2);
    let first = kernel.take_fiber(process).unwrap();
    let second = kernel.take_fiber(process).unwrap();
    assert_eq!(kernel.take_fiber(process), Err(ErrorCode::Quota));
    // The app gave up while it put arguments into the second one.
    assert!(!kernel.leave_fiber(second));
    assert_eq!(kernel.fibers.running(), first);
    kernel.end_fiber(second);
    let third = kernel.take_fiber(process).unwrap();
    kernel.end_fiber(third);
    kernel.end_fiber(first);
    assert_eq!(
        (kernel.fibers.running(), kernel.fibers.usage().0),
        (MAIN, 0)
    );
}

#[test]
fn results_are_put_into_the_frames_of_who_waits() {
    let mut kernel = Kernel::new();
    let frames = main_frames(&kernel);
    let process = spawn(&mut kernel);
    let fiber = suspended(&mut kernel, process, 0.0);
    let outer = kernel.open_fiber(fiber);
    kernel.stage(ProcessId::HOST, 100_000).unwrap();
    kernel.close_fiber(outer);
    assert_eq!(main_frames(&kernel), frames);
    kernel.resume(fiber, 1.0, 0, true);
    assert_eq!(kernel.shared.staged.get(), 3);
    kernel.settle_running();
    // Too late.
    let outer = kernel.open_fiber(fiber);
    assert_eq!((outer, kernel.fibers.running()), (MAIN, MAIN));
    kernel.end_fiber(fiber);
    assert_eq!(kernel.staging.usage().0, 0);
}

#[test]
fn no_number_is_too_odd() {
    let mut kernel = Kernel::new();
    for fiber in [MAIN, 1, 7, u32::MAX] {
        assert!(!kernel.leave_fiber(fiber));
        kernel.resume(fiber, 0.0, 0, true);
        let outer = kernel.open_fiber(fiber);
        kernel.close_fiber(outer);
        kernel.close_fiber(fiber);
        kernel.end_fiber(fiber);
        kernel.cancel(fiber, 0.0, true);
        assert_eq!(kernel.time_left(fiber, 0.0), 0.0);
    }
    assert_eq!(kernel.fibers.running(), MAIN);
}

#[test]
fn a_call_that_began_in_the_middle_of_another_outlives_it() {
    let mut kernel = Kernel::new();
    let frames = main_frames(&kernel);
    let (process, other) = (spawn(&mut kernel), spawn(&mut kernel));
    // The web app looks at an argument of the first call, and that makes the second one.
    let first = kernel.take_fiber(process).unwrap();
    let second = suspended(&mut kernel, other, 0.0);
    assert_eq!(kernel.fibers.running(), first);
    kernel.leave_fiber(first);
    kernel.end_fiber(first);
    kernel.resume(second, 1.0, 0, true);
    enter(&kernel, other, -1);
    kernel.settle_running();
    assert_eq!(main_frames(&kernel), frames);
    kernel.end_fiber(second);
}
