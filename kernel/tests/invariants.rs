//! What holds of the core however long it runs and however much it is asked: quotas, indexes that are used again, deep and
//! wide trees.

#![cfg(not(target_arch = "wasm32"))]

use portcullis_kernel::class::ClassId;
use portcullis_kernel::namespace::CapT;
use portcullis_kernel::process::{Limits, LocalClass, ProcessId};
use portcullis_kernel::{ErrorCode, Kernel, Rights};

const CLASS: ClassId = ClassId(1);
const ALL: u32 = Rights::ALL.bits();

/// A process that mints [`CLASS`] and wants to hear when an object is over.
fn spawn(kernel: &mut Kernel, handles: u32, objects: u32) -> ProcessId {
    let limits = Limits {
        handles,
        objects,
        calls: 1,
        ..Limits::default()
    };
    let process = kernel.processes.insert("p".into(), limits).unwrap();
    kernel.processes.get_mut(process).unwrap().classes = vec![LocalClass {
        number: 1,
        class: CLASS,
        minted: true,
        methods: 0,
        has_destructor: true,
    }];
    process
}

fn held(kernel: &Kernel, process: ProcessId) -> u32 {
    kernel.processes.get(process).unwrap().namespace.live()
}

fn objects(kernel: &Kernel, process: ProcessId) -> u32 {
    kernel.processes.get(process).unwrap().objects
}

fn pass(kernel: &mut Kernel, from: ProcessId, cap: CapT, to: ProcessId) -> Result<CapT, ErrorCode> {
    let transit = kernel.detach(from, cap, CLASS)?;
    kernel
        .attach(to, transit)
        .inspect_err(|_| kernel.restore(transit))
}

#[test]
fn handles_end_at_the_quota_whichever_way_they_come() {
    let mut kernel = Kernel::new();
    let giver = spawn(&mut kernel, 100, 100);
    let taker = spawn(&mut kernel, 3, 100);
    let given = kernel.mint(giver, CLASS, 0, 0).unwrap();
    let object = kernel
        .look(giver, given)
        .map(|_| ())
        .and(kernel.check(giver, given, CLASS, Rights::CALL))
        .unwrap();
    for badge in 0..3 {
        kernel.mint(taker, CLASS, badge, 0).unwrap();
    }
    assert_eq!(kernel.mint(taker, CLASS, 9, 0), Err(ErrorCode::Quota));
    assert_eq!(kernel.derive(taker, 1, ALL), Err(ErrorCode::Quota));
    assert_eq!(
        kernel.lend(taker, object.index, giver, 0),
        Err(ErrorCode::Quota)
    );
    assert_eq!(
        pass(&mut kernel, giver, given, taker),
        Err(ErrorCode::Quota)
    );
    assert_eq!(kernel.reserve(taker, 1), Err(ErrorCode::Quota));
    assert_eq!(kernel.reserve(taker, u32::MAX), Err(ErrorCode::Quota));
    assert_eq!(
        (
            held(&kernel, taker),
            objects(&kernel, taker),
            kernel.objects.live()
        ),
        (3, 3, 4)
    );
    assert!(
        kernel.look(giver, given).is_ok(),
        "what did not fit is still the giver's"
    );
    kernel.release(taker, 2).unwrap();
    assert_eq!(pass(&mut kernel, giver, given, taker), Ok(2));
}

#[test]
fn objects_end_at_the_quota_also_those_that_wait_for_their_destructor() {
    let mut kernel = Kernel::new();
    let process = spawn(&mut kernel, 100, 4);
    kernel.processes.header(process).active.set(1);
    for _ in 0..4 {
        let cap = kernel.mint(process, CLASS, 7, 0).unwrap();
        kernel.release(process, cap).unwrap();
    }
    assert_eq!(kernel.objects.live(), 0);
    assert_eq!(kernel.next_drop(), None, "its minter is in a call");
    assert_eq!(kernel.mint(process, CLASS, 8, 0), Err(ErrorCode::Quota));
    kernel.processes.header(process).active.set(0);
    assert!(kernel.next_drop().is_some());
    let cap = kernel.mint(process, CLASS, 8, 0).unwrap();
    assert_eq!(kernel.mint(process, CLASS, 9, 0), Err(ErrorCode::Quota));
    assert_eq!(std::iter::from_fn(|| kernel.next_drop()).count(), 3);
    kernel.release(process, cap).unwrap();
    assert_eq!(kernel.next_drop().map(|over| over.badge), Some(8));
    assert_eq!((objects(&kernel, process), kernel.next_drop()), (0, None));
}

#[test]
fn an_object_that_nobody_wants_to_hear_of_counts_no_longer_than_it_lives() {
    let mut kernel = Kernel::new();
    let process = spawn(&mut kernel, 100, 2);
    kernel.processes.header(process).active.set(1);
    for _ in 0..1_000 {
        let cap = kernel.mint(process, ClassId(2), 0, 0).unwrap();
        kernel.release(process, cap).unwrap();
    }
    assert_eq!((objects(&kernel, process), kernel.next_drop()), (0, None));
}

#[test]
fn an_index_used_again_a_million_times_never_means_the_old_object() {
    let mut kernel = Kernel::new();
    let minter = spawn(&mut kernel, 10, 10);
    let keeper = spawn(&mut kernel, 10, 10);
    let first = kernel.mint(minter, CLASS, 0, 0).unwrap();
    let kept = pass(&mut kernel, minter, first, keeper).unwrap();
    kernel.retain(keeper, kept).unwrap();
    let lent = kernel.check(keeper, kept, CLASS, Rights::CALL).unwrap();
    let borrowed = kernel.lend(minter, lent.index, keeper, 0).unwrap();
    let transit = kernel.detach(keeper, kept, CLASS).unwrap();
    kernel.end_process(minter).unwrap();
    let minter = spawn(&mut kernel, 10, 10);
    for badge in 1..=1_000_000 {
        let cap = kernel.mint(minter, CLASS, badge, 0).unwrap();
        let reference = kernel.check(minter, cap, CLASS, Rights::CALL).unwrap();
        assert_eq!(
            (cap, reference.index),
            (1, lent.index),
            "both indexes are used again"
        );
        assert_eq!(kernel.look(keeper, kept).err(), Some(ErrorCode::Revoked));
        assert!(kernel.objects.get(lent).is_none());
        kernel.revoke(minter, cap).unwrap();
        kernel.release(minter, cap).unwrap();
        assert_eq!(kernel.look(minter, cap).err(), Some(ErrorCode::BadHandle));
        assert_eq!(kernel.next_drop().map(|over| over.badge), Some(badge));
    }
    assert_ne!(borrowed, 0);
    let arrived = kernel.attach(minter, transit).unwrap();
    assert_eq!(kernel.look(minter, arrived).err(), Some(ErrorCode::Revoked));
}

/// A row of capabilities of the host, each derived from the one before.
fn deep(kernel: &mut Kernel, root: CapT, length: u32) -> Vec<CapT> {
    let mut caps = vec![root];
    for _ in 0..length {
        let last = caps[caps.len() - 1];
        caps.push(kernel.derive(ProcessId::HOST, last, ALL).unwrap());
    }
    caps
}

#[test]
fn a_tree_a_hundred_thousand_deep_ends_at_once() {
    let mut kernel = Kernel::new();
    let root = kernel.mint(ProcessId::HOST, CLASS, 1, 0).unwrap();
    let beside = kernel.derive(ProcessId::HOST, root, ALL).unwrap();
    let caps = deep(&mut kernel, root, 100_000);
    kernel.revoke(ProcessId::HOST, caps[1]).unwrap();
    assert!(
        kernel.look(ProcessId::HOST, root).is_ok() && kernel.look(ProcessId::HOST, beside).is_ok()
    );
    for cap in &caps[1..] {
        assert_eq!(
            kernel.look(ProcessId::HOST, *cap).err(),
            Some(ErrorCode::Revoked)
        );
    }
    assert_eq!(
        (kernel.objects.live(), objects(&kernel, ProcessId::HOST)),
        (2, 2)
    );
    for cap in caps.into_iter().chain([beside]) {
        kernel.release(ProcessId::HOST, cap).unwrap();
    }
    assert_eq!(
        (kernel.objects.live(), held(&kernel, ProcessId::HOST)),
        (0, 0)
    );
}

#[test]
fn a_tree_a_hundred_thousand_deep_ends_with_its_last_leaf() {
    let mut kernel = Kernel::new();
    let root = kernel.mint(ProcessId::HOST, CLASS, 1, 0).unwrap();
    let mut caps = deep(&mut kernel, root, 100_000);
    let leaf = caps.pop().unwrap();
    for cap in caps {
        kernel.release(ProcessId::HOST, cap).unwrap();
    }
    assert_eq!(
        kernel.objects.live(),
        100_001,
        "a leaf keeps all that it was derived from"
    );
    kernel.release(ProcessId::HOST, leaf).unwrap();
    assert_eq!(
        (kernel.objects.live(), objects(&kernel, ProcessId::HOST)),
        (0, 1)
    );
    assert_eq!(kernel.next_drop().map(|over| over.badge), Some(1));
    assert_eq!(objects(&kernel, ProcessId::HOST), 0);
}

#[test]
fn a_tree_a_hundred_thousand_wide_ends_at_once_over_many_holders() {
    let mut kernel = Kernel::new();
    let minter = spawn(&mut kernel, 10, 10);
    let root = kernel.mint(minter, CLASS, 1, 0).unwrap();
    kernel.retain(minter, root).unwrap();
    let hosts = pass(&mut kernel, minter, root, ProcessId::HOST).unwrap();
    let holders: Vec<ProcessId> = (0..10).map(|_| spawn(&mut kernel, 20_000, 10)).collect();
    let mut caps = Vec::new();
    for index in 0..100_000 {
        let holder = holders[index % holders.len()];
        let child = kernel.derive(ProcessId::HOST, hosts, ALL).unwrap();
        caps.push((
            holder,
            pass(&mut kernel, ProcessId::HOST, child, holder).unwrap(),
        ));
    }
    assert_eq!(kernel.objects.live(), 100_001);
    kernel.revoke(minter, root).unwrap();
    assert_eq!(
        (kernel.objects.live(), objects(&kernel, ProcessId::HOST)),
        (0, 0)
    );
    for (holder, cap) in &caps {
        assert_eq!(kernel.look(*holder, *cap).err(), Some(ErrorCode::Revoked));
    }
    for holder in holders {
        kernel.end_process(holder).unwrap();
    }
    assert_eq!(kernel.next_drop().map(|over| over.badge), Some(1));
    assert_eq!(kernel.next_drop(), None);
}

#[test]
fn the_end_of_a_minter_takes_its_deep_and_wide_trees_with_it() {
    let mut kernel = Kernel::new();
    let minter = spawn(&mut kernel, 200_000, 200_000);
    let other = spawn(&mut kernel, 10, 10);
    let root = kernel.mint(minter, CLASS, 1, 0).unwrap();
    kernel.retain(minter, root).unwrap();
    let held_by_other = pass(&mut kernel, minter, root, other).unwrap();
    let mut cap = root;
    for index in 0..100_000 {
        let child = kernel.derive(minter, cap, ALL).unwrap();
        if index % 2 == 0 {
            cap = child;
        }
    }
    kernel.end_process(minter).unwrap();
    assert_eq!(
        kernel.look(other, held_by_other).err(),
        Some(ErrorCode::Revoked)
    );
    assert_eq!((kernel.objects.live(), kernel.next_drop()), (0, None));
}

#[test]
fn whoever_derived_for_others_and_died_leaves_them_what_he_gave() {
    let mut kernel = Kernel::new();
    let (minter, deriver, holder) = (
        spawn(&mut kernel, 9, 9),
        spawn(&mut kernel, 9, 9),
        spawn(&mut kernel, 9, 9),
    );
    let cap = kernel.mint(minter, CLASS, 5, 0).unwrap();
    let cap = pass(&mut kernel, minter, cap, deriver).unwrap();
    let child = kernel
        .derive(deriver, cap, Rights::CALL.bits() | Rights::GRANT.bits())
        .unwrap();
    let given = pass(&mut kernel, deriver, child, holder).unwrap();
    kernel.end_process(deriver).unwrap();
    assert_eq!(kernel.look(holder, given).map(|object| object.badge), Ok(5));
    assert_eq!(kernel.derive(holder, given, 0), Err(ErrorCode::Denied));
    assert_eq!(kernel.revoke(holder, given), Err(ErrorCode::Denied));
    assert_eq!(kernel.next_drop(), None);
    kernel.release(holder, given).unwrap();
    assert_eq!(kernel.next_drop().map(|over| over.badge), Some(5));
    assert_eq!((kernel.objects.live(), objects(&kernel, minter)), (0, 0));
}

#[test]
fn identities_of_processes_are_used_up_before_one_is_used_again() {
    let mut kernel = Kernel::new();
    let first = spawn(&mut kernel, 1, 1);
    kernel.end_process(first).unwrap();
    for _ in 0..10_000 {
        let next = spawn(&mut kernel, 1, 1);
        assert_ne!(next, first);
        assert_eq!(kernel.reserve(first, 0), Err(ErrorCode::Dead));
        kernel.mint(next, CLASS, 0, 0).unwrap();
        kernel.end_process(next).unwrap();
    }
    assert_eq!(kernel.objects.live(), 0);
}
