//! What messages do with capabilities, without memories.

use super::*;
use crate::process::Limits;

fn limits() -> Limits {
    Limits {
        handles: 20,
        objects: 20,
        calls: 4,
        depth: 8,
        transfers: 10,
        content: 1_000,
        functions: 10,
    }
}

struct Two {
    kernel: Kernel,
    maker: ProcessId,
    receiver: ProcessId,
    class: ClassId,
}

impl Two {
    fn new() -> Two {
        let mut kernel = Kernel::new();
        let maker = kernel
            .processes
            .insert("maker".to_owned(), limits())
            .unwrap();
        let receiver = kernel
            .processes
            .insert("receiver".to_owned(), limits())
            .unwrap();
        let class = kernel.class("test/thing@1.thing");
        Two {
            kernel,
            maker,
            receiver,
            class,
        }
    }

    fn things(&mut self, owner: ProcessId, count: u32) -> Vec<CapT> {
        let mint = |badge| self.kernel.mint(owner, self.class, badge, 0).unwrap();
        (0..count).map(mint).collect()
    }

    fn window(&self, process: ProcessId, length: u32) -> Window {
        Window {
            place: Place::of_process(process),
            start: 100,
            length,
        }
    }

    fn create(
        &mut self,
        size: u32,
        capabilities: &[CapT],
        room: u32,
        places: u32,
    ) -> Outcome<CapT> {
        let outgoing = Outgoing {
            data: self.window(self.maker, size),
            capabilities,
            reply: self.window(self.maker, room),
            places: 500,
            place_count: places,
        };
        self.kernel.msg_create(self.maker, outgoing)
    }

    /// Lends a message to the receiver.
    fn lend(&mut self, message: CapT) -> CapT {
        let slot = *self
            .kernel
            .processes
            .get(self.maker)
            .unwrap()
            .namespace
            .get(message)
            .unwrap();
        let rights = Rights::CALL.bits();
        self.kernel
            .lend(self.receiver, slot.object, self.maker, rights)
            .unwrap()
    }

    fn receive(&mut self, borrowed: CapT, size: u32, count: u32) -> Outcome<(Answer, Vec<CapT>)> {
        let mut numbers = Numbers::default();
        let data = self.window(self.receiver, size);
        let answer =
            self.kernel
                .msg_recv(self.receiver, borrowed, data, (700, count), &mut numbers)?;
        Ok((answer, numbers.as_slice().to_vec()))
    }

    fn reply(&mut self, borrowed: CapT, size: u32, capabilities: &[CapT]) -> Outcome<Answer> {
        let mut numbers = Numbers::default();
        let data = self.window(self.receiver, size);
        self.kernel
            .msg_reply(self.receiver, borrowed, data, capabilities, &mut numbers)
    }

    fn held(&self, process: ProcessId) -> usize {
        self.kernel
            .processes
            .get(process)
            .unwrap()
            .namespace
            .iter()
            .count()
    }
}

#[test]
fn capabilities_move_when_they_are_received() {
    let mut two = Two::new();
    let things = two.things(two.maker, 3);
    let message = two.create(8, &things, 0, 0).unwrap();
    for thing in &things {
        let gone = two.kernel.retain(two.maker, *thing);
        assert_eq!(gone, Err(ErrorCode::BadHandle));
    }
    let borrowed = two.lend(message);
    let (answer, none) = two.receive(borrowed, 100, 0).unwrap();
    assert_eq!((answer.value, none.len()), (8, 0));
    assert_eq!(answer.copies[0].unwrap().length, 8);
    assert_eq!(two.receive(borrowed, 0, 2), Err(ErrorCode::TooLong));
    let (answer, taken) = two.receive(borrowed, 5, 3).unwrap();
    assert_eq!((answer.value, taken.len()), (8, 3));
    assert_eq!(answer.copies.map(|copy| copy.unwrap().length), [5, 12]);
    for thing in &taken {
        assert_eq!(
            two.kernel
                .check(two.receiver, *thing, two.class, Rights::CALL)
                .err(),
            None
        );
    }
    let (_, again) = two.receive(borrowed, 0, 64).unwrap();
    assert_eq!(again.len(), 0);
    two.kernel.end_borrow(two.receiver, borrowed);
    two.kernel.msg_free(two.maker, message).unwrap();
    assert_eq!((two.held(two.maker), two.held(two.receiver)), (0, 3));
    assert_eq!(two.kernel.live_messages(), 0);
}

#[test]
fn what_nobody_received_is_where_it_was() {
    let mut two = Two::new();
    let things = two.things(two.maker, 2);
    let message = two.create(0, &things, 0, 0).unwrap();
    two.kernel.msg_free(two.maker, message).unwrap();
    for thing in things {
        assert_eq!(two.kernel.release(two.maker, thing), Ok(()));
    }
    assert_eq!((two.held(two.maker), two.kernel.objects.live()), (0, 0));
}

#[test]
fn of_bad_capabilities_none_moves() {
    let mut two = Two::new();
    let things = two.things(two.maker, 4);
    let weak = two
        .kernel
        .derive(two.maker, things[3], Rights::CALL.bits())
        .unwrap();
    for (bad, code) in [
        (0, ErrorCode::BadHandle),
        (99, ErrorCode::BadHandle),
        (weak, ErrorCode::Denied),
        (things[0], ErrorCode::BadHandle),
    ] {
        let caps = [things[0], things[1], bad, things[2], things[3]];
        assert_eq!(two.create(0, &caps, 0, 0), Err(code));
        assert_eq!(two.held(two.maker), 5);
        for thing in &things {
            assert_eq!(
                two.kernel
                    .check(two.maker, *thing, two.class, Rights::CALL)
                    .err(),
                None
            );
        }
    }
    assert_eq!(two.kernel.live_messages(), 0);
}

#[test]
fn an_answer_comes_once_and_fits_or_is_none() {
    let mut two = Two::new();
    let message = two.create(0, &[], 10, 2).unwrap();
    let borrowed = two.lend(message);
    let things = two.things(two.receiver, 3);
    assert_eq!(two.reply(borrowed, 11, &[]), Err(ErrorCode::TooLong));
    assert_eq!(two.reply(borrowed, 10, &things), Err(ErrorCode::TooLong));
    assert_eq!(
        two.reply(borrowed, 10, &[things[0], 0]),
        Err(ErrorCode::BadHandle)
    );
    assert_eq!(two.held(two.receiver), 4);
    let answer = two.reply(borrowed, 10, &things[..2]).unwrap();
    assert_eq!(answer.copies.map(|copy| copy.unwrap().length), [10, 8]);
    assert_eq!(two.reply(borrowed, 0, &[]), Err(ErrorCode::Denied));
    let info = |what: u32| two.kernel.msg_info(two.maker, message, what);
    assert_eq!([info(4), info(5), info(6)], [Ok(10), Ok(2), Ok(1)]);
    assert_eq!(info(7), Err(ErrorCode::OutOfRange));
    assert_eq!((two.held(two.maker), two.held(two.receiver)), (3, 2));
}

#[test]
fn a_message_can_be_lent_and_nothing_else() {
    let mut two = Two::new();
    let message = two.create(0, &[], 0, 0).unwrap();
    let grant = two.kernel.detach(two.maker, message, ClassId::MESSAGE);
    assert_eq!(grant, Err(ErrorCode::Denied));
    assert_eq!(
        two.kernel.derive(two.maker, message, 1),
        Err(ErrorCode::Denied)
    );
    assert_eq!(two.create(0, &[message], 0, 0), Err(ErrorCode::Denied));
    let borrowed = two.lend(message);
    assert_eq!(
        two.kernel.msg_free(two.receiver, borrowed),
        Err(ErrorCode::Borrowed)
    );
    assert_eq!(
        two.kernel.handle_badge(two.maker, message, 1),
        Err(ErrorCode::BadClass)
    );
}

#[test]
fn a_message_ends_with_its_maker_and_releases_what_is_in_it() {
    let mut two = Two::new();
    let foreign = two.things(two.receiver, 1);
    let transit = two
        .kernel
        .detach(two.receiver, foreign[0], two.class)
        .unwrap();
    let arrived = two.kernel.attach(two.maker, transit).unwrap();
    let message = two.create(4, &[arrived], 4, 4).unwrap();
    let borrowed = two.lend(message);
    two.kernel.end_process(two.maker).unwrap();
    assert_eq!(two.receive(borrowed, 4, 4), Err(ErrorCode::Revoked));
    assert_eq!(two.reply(borrowed, 0, &[]), Err(ErrorCode::Revoked));
    two.kernel.end_borrow(two.receiver, borrowed);
    assert_eq!((two.held(two.receiver), two.kernel.objects.live()), (0, 0));
    assert_eq!(two.kernel.live_messages(), 0);
}

#[test]
fn quotas_hold() {
    let mut two = Two::new();
    assert_eq!(two.create(1_001, &[], 0, 0), Err(ErrorCode::TooLong));
    assert_eq!(two.create(0, &[], 1_001, 0), Err(ErrorCode::TooLong));
    assert_eq!(two.create(0, &[], 0, 65), Err(ErrorCode::TooLong));
    assert_eq!(two.create(0, &[1; 65], 0, 0), Err(ErrorCode::TooLong));
    let things = two.things(two.maker, 11);
    assert_eq!(two.create(0, &things, 0, 0), Err(ErrorCode::Quota));
    assert_eq!(two.held(two.maker), 11);
    let mut made = 0;
    while two.create(0, &[], 0, 0).is_ok() {
        made += 1;
    }
    assert_eq!(made, 9);
    assert_eq!(two.create(0, &[], 0, 0), Err(ErrorCode::Quota));
}
