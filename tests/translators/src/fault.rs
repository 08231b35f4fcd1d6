//! Functions that a gate imports and that fail when a test wants it, as they do when there is no memory.

use crate::machine::{Data, Machine};
use crate::plugin::STATUS;
use portcullis_abi::ErrorCode;
use wasmi::{AsContext, Caller, Func, Val};

/// What gates import and what can fail. Room for capabilities is reserved before any is attached, so to attach cannot.
pub const CAN_FAIL: [&str; 9] = [
    "contain", "detach", "lend", "reserve", "stage", "utf8", "list", "copy_in", "copy_out",
];

/// The place of the error among the words that gates share.
const ERROR: u32 = 4;
/// Where the status stands in a frame.
pub(crate) const FRAME_STATUS: usize = 4;

/// A failure to come.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Of which function.
    pub name: &'static str,
    /// How many calls of it succeed before.
    pub left: usize,
    /// Whether it has come.
    pub happened: bool,
    /// Where `copy_out` does not fail: where the results go, of which was asked before whether it lies in memory, and wherever it
    /// has written already. Memory does not shrink.
    pub good: Vec<u32>,
}

impl Machine<'_> {
    /// From now on the function of that name fails once, after so many successes; not to write `results`.
    pub fn fail_at(&mut self, name: &'static str, left: usize, results: Option<u32>) {
        let happened = false;
        self.data().fault = Some(Fault {
            name,
            left,
            happened,
            good: results.into_iter().collect(),
        });
    }

    /// Whether what [`Self::fail_at`] announced has come. Nothing fails from now on.
    pub fn failed(&mut self) -> bool {
        let fault = self.data().fault.take();
        fault.is_some_and(|fault| fault.happened)
    }

    /// The same function, which fails when it is its turn.
    pub(crate) fn able_to_fail(&mut self, name: &str, function: Func) -> Func {
        let Some(name) = CAN_FAIL.into_iter().find(|known| *known == name) else {
            return function;
        };
        let ty = function.ty(self.context.as_context());
        let fails = move |caller: &mut Caller<'_, Data>, arguments: &[Val]| {
            // To tell a process its error cannot fail: its word lies in memory, which does not shrink.
            if name == "copy_out" && arguments[0].i32() == Some(STATUS as i32) {
                return false;
            }
            let fault = caller.data_mut().fault.as_mut();
            let Some(fault) = fault.filter(|fault| fault.name == name && !fault.happened) else {
                return false;
            };
            let to = arguments[0].i32().unwrap_or_default() as u32;
            if name == "copy_out" && fault.good.contains(&to) {
                return false;
            }
            fault.happened = fault.left == 0;
            fault.left = fault.left.saturating_sub(1);
            fault.good.push(to);
            fault.happened
        };
        Func::new(
            self.context(),
            ty,
            move |mut caller: Caller<'_, Data>, arguments: &[Val], results: &mut [Val]| {
                if !fails(&mut caller, arguments) {
                    return function.call(&mut caller, arguments, results);
                }
                // What the stack's end before anybody was entered is answered with, in the frame; the others say 0 and leave the
                // reason.
                let (address, code) = match name {
                    "contain" => {
                        let frame = arguments[0].i32().unwrap_or_default() as u32;
                        (frame + FRAME_STATUS as u32, ErrorCode::Depth)
                    }
                    _ => (caller.data().shared + 4 * ERROR, ErrorCode::NoMemory),
                };
                let memory = caller.data().memory.expect("the kernel has a memory");
                memory
                    .write(&mut caller, address as usize, &code.number().to_le_bytes())
                    .expect("it lies in memory");
                results.fill(Val::I32(0));
                Ok(())
            },
        )
    }
}
