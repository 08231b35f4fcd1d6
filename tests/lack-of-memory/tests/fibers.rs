//! A call that can be suspended, with no memory, with one allocation, with two, until there is enough: it begins, or nothing has
//! changed. What follows needs none.

use lack_of_memory::{snapshot, without_memory};
use portcullis_kernel::fiber::MAIN;
use portcullis_kernel::process::Limits;
use portcullis_kernel::time::Budget;
use portcullis_kernel::{ErrorCode, Kernel};

#[test]
fn a_fiber_is_taken_or_nothing_has_changed() {
    let mut kernel = Kernel::new();
    let mut refused = 0;
    for round in 0..20 {
        let process = kernel.processes.insert("p".into(), Limits::default());
        let process = process.expect("there is room");
        let fiber = (0..)
            .find_map(|allocations| {
                let before = snapshot(&kernel);
                match without_memory(allocations, || kernel.take_fiber(process)) {
                    Ok(fiber) => Some(fiber),
                    Err(code) => {
                        refused += 1;
                        assert_eq!(code, ErrorCode::NoMemory);
                        assert_eq!(snapshot(&kernel), before);
                        assert_eq!(kernel.fibers.running(), MAIN);
                        assert_eq!(kernel.fibers.usage().0, round);
                        None
                    }
                }
            })
            .expect("with enough memory it is taken");
        without_memory(0, || {
            kernel.begin(0.0, 0, Budget::default(), false, Some(fiber), false);
            assert_eq!(kernel.pause(1.0, 0), fiber);
        });
    }
    assert!(refused > 20, "each needs a stack at least: {refused}");
    without_memory(0, || {
        for fiber in 1..=20 {
            kernel.resume(fiber, 2.0, 0, true);
            kernel.settle_running();
            kernel.end_fiber(fiber);
        }
    });
    assert_eq!(
        (kernel.fibers.usage().0, kernel.fibers.running()),
        (0, MAIN)
    );
}
