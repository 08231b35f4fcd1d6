//! A test plugin that hosts plugins, itself among them. What it starts, it names by a number.
//!
//! ```text
//! export test/nest@1 load: func(bytes: list<u8>, name: string, imports: string, memory: u32) -> result<u32, string>
//! export test/nest@1 bind: func(child: u32, interface: string) -> result<_, error>
//! export test/nest@1 replace: func(child: u32, bytes: list<u8>) -> result<_, string>
//! export test/nest@1 state: func(child: u32) -> u32
//! export test/nest@1 kill: func(child: u32)
//! export test/nest@1 usage: func(child: u32) -> tuple<u64, u32, u32>
//! export test/nest@1 let-go: func(child: u32)                     drops its handle
//! export test/nest@1 work: func(value: u32) -> result<u32, error>  by whoever is bound as `test/worker@1`
//! export test/nest@1 descend: func(levels: u32, nest: list<u8>, worker: list<u8>) -> result<u32, string>
//!                                  a plugin like this one in this one, that many deep, and in the last one a worker
//! export test/note@1 write: func(text: string)                    for those that it starts
//! export test/nest@1 notes: func() -> u32                         how often that was called
//! import test/worker@1 work: func(value: u32) -> u32
//! import test/nest@1 descend, as above: the child's
//! import portcullis/loader@1
//! ```

use portcullis_guest::{CallError, Error, ErrorCode, Own, export, import};
use std::cell::{Cell, RefCell};

portcullis_guest::import_loader!();

#[import("test/worker@1")]
trait Worker {
    fn work(value: u32) -> u32;
}

#[import("test/nest@1")]
trait Inner {
    fn descend(levels: u32, nest: &[u8], worker: &[u8]) -> Result<u32, String>;
}

thread_local! {
    static CHILDREN: RefCell<Vec<Option<Own<Process>>>> = const { RefCell::new(Vec::new()) };
    static NOTES: Cell<u32> = const { Cell::new(0) };
}

/// Does something with a child, outside of the list: a call may come back in.
fn with<T>(child: u32, action: impl FnOnce(&Own<Process>) -> T) -> Option<T> {
    let taken = CHILDREN.with_borrow_mut(|children| children.get_mut(child as usize)?.take())?;
    let result = action(&taken);
    CHILDREN.with_borrow_mut(|children| children[child as usize] = Some(taken));
    Some(result)
}

/// What the child said, or in words what the kernel did.
fn words(error: CallError<String>) -> String {
    match error {
        CallError::Returned(text) => text,
        CallError::Kernel(error) => format!("the call failed with {error}"),
    }
}

#[export("test/nest@1")]
fn load(bytes: &[u8], name: &str, imports: &str, memory: u32) -> Result<u32, String> {
    let child = Process::spawn(bytes, name, imports, memory).map_err(words)?;
    Ok(CHILDREN.with_borrow_mut(|children| {
        children.push(Some(child));
        children.len() as u32 - 1
    }))
}

#[export("test/nest@1")]
fn bind(child: u32, interface: &str) -> Result<(), Error> {
    with(child, |child| child.bind(interface)).unwrap_or(Err(ErrorCode::BadHandle.into()))
}

#[export("test/nest@1")]
fn replace(child: u32, bytes: &[u8]) -> Result<(), String> {
    let replaced = with(child, |child| child.replace(bytes).map_err(words));
    replaced.unwrap_or_else(|| Err("there is no such child".to_owned()))
}

#[export("test/nest@1")]
fn state(child: u32) -> u32 {
    with(child, |child| child.state().unwrap_or(99)).unwrap_or(99)
}

#[export("test/nest@1")]
fn kill(child: u32) -> Result<(), Error> {
    with(child, |child| child.kill()).unwrap_or(Ok(()))
}

#[export("test/nest@1")]
fn usage(child: u32) -> Result<(u64, u32, u32), Error> {
    with(child, |child| child.usage()).unwrap_or(Ok((0, 0, 0)))
}

#[export("test/nest@1")]
fn let_go(child: u32) {
    let taken = CHILDREN.with_borrow_mut(|children| children.get_mut(child as usize)?.take());
    drop(taken);
}

#[export("test/nest@1")]
fn work(value: u32) -> Result<u32, Error> {
    Worker::work(value)
}

#[export("test/nest@1")]
fn descend(levels: u32, nest: &[u8], worker: &[u8]) -> Result<u32, String> {
    let (bytes, interface) = match levels {
        0 => (worker, "test/worker@1"),
        _ => (nest, "test/nest@1"),
    };
    let imports = match levels {
        0 => "test/note@1 = self",
        _ => "portcullis/loader@1\ntest/worker@1 = later\ntest/nest@1 = later",
    };
    let child = load(bytes, &format!("level {levels}"), imports, 32)?;
    bind(child, interface)?;
    match levels {
        0 => Ok(work(21)?),
        _ => Inner::descend(levels - 1, nest, worker).map_err(words),
    }
}

#[export("test/note@1")]
fn write(text: &str) {
    assert!(text.len() < 1_000, "a note is short");
    NOTES.set(NOTES.get() + 1);
}

#[export("test/nest@1")]
fn notes() -> u32 {
    NOTES.get()
}
