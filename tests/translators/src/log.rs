//! What gates call, call by call: which function of the kernel, with which arguments. What it answers can be given by a test.

use crate::fault::FRAME_STATUS;
use crate::machine::{Data, Machine};
use std::collections::{BTreeMap, VecDeque};
use wasmi::{AsContext, Caller, Error, Func, Instance, Module, Val};

/// A call of a function that a gate imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub name: String,
    pub arguments: Vec<u32>,
}

/// A call, to be compared.
pub fn call(name: &str, arguments: &[u32]) -> Heard {
    Heard {
        name: name.to_owned(),
        arguments: arguments.to_vec(),
    }
}

/// What is heard, and what is answered.
#[derive(Default)]
pub struct Log {
    /// Whether gates are listened to that are instantiated from now on.
    listening: bool,
    heard: Vec<Heard>,
    /// What the last gate imports: modules and names.
    imports: Vec<(String, String)>,
    answers: BTreeMap<&'static str, VecDeque<u32>>,
}

impl Machine<'_> {
    /// From now on what the gates of new processes call is written down.
    pub fn listen(&mut self) {
        self.data().log.listening = true;
    }

    /// What was called since this was asked last.
    pub fn take_heard(&mut self) -> Vec<Heard> {
        std::mem::take(&mut self.data().log.heard)
    }

    /// Notes what a gate imports.
    pub(crate) fn gate_imports(&mut self, gate: &Module) {
        let owned = |name: &str| name.to_owned();
        let imports = gate.imports();
        self.data().log.imports = imports
            .map(|import| (owned(import.module()), owned(import.name())))
            .collect();
    }

    /// The names that the gate of the last process imports from a module: from `p` its memory, or what copies from and to it; from
    /// `k` what is the kernel's.
    pub fn imported(&mut self, module: &str) -> Vec<String> {
        let imports = self.data().log.imports.iter();
        imports
            .filter(|(from, _)| from == module)
            .map(|(_, name)| name.clone())
            .collect()
    }

    /// The next calls of a function are answered with these numbers, and do not reach the kernel.
    pub fn answer_with(&mut self, name: &'static str, answers: &[u32]) {
        let waiting = self.data().log.answers.entry(name).or_default();
        waiting.extend(answers);
    }

    /// The same function, which is listened to if a test wants it.
    pub(crate) fn heard(&mut self, name: &str, function: Func) -> Func {
        if !self.data().log.listening {
            return function;
        }
        let name = name.to_owned();
        let ty = function.ty(self.context.as_context());
        Func::new(
            self.context(),
            ty,
            move |mut caller: Caller<'_, Data>, arguments: &[Val], results: &mut [Val]| {
                let log = &mut caller.data_mut().log;
                let words = arguments
                    .iter()
                    .map(|value| value.i32().unwrap_or_default() as u32);
                log.heard.push(Heard {
                    name: name.clone(),
                    arguments: words.collect(),
                });
                let answers = log.answers.get_mut(name.as_str());
                if let Some(answer) = answers.and_then(VecDeque::pop_front) {
                    match results.first_mut() {
                        Some(result) => *result = Val::I32(answer as i32),
                        // The status of a call stands in its frame, whose address is the first argument.
                        None => {
                            let frame = arguments[0].i32().unwrap_or_default() as usize;
                            let memory = caller.data().memory.expect("the kernel has a memory");
                            memory
                                .write(&mut caller, frame + FRAME_STATUS, &answer.to_le_bytes())
                                .expect("it lies in memory");
                        }
                    }
                    return Ok(());
                }
                function.call(&mut caller, arguments, results)
            },
        )
    }

    fn gate(&mut self, process: u32) -> Instance {
        self.running(process).gate
    }

    /// Calls the half by which a metered process asks for fuel, of which it has so much left.
    ///
    /// # Errors
    /// The trap that ends it.
    pub fn refill(&mut self, process: u32, left: i32) -> Result<i32, Error> {
        let gate = self.gate(process);
        let half = gate.get_func(self.context(), "refill");
        let mut fuel = [Val::I32(0)];
        half.expect("it is metered")
            .call(self.context(), &[Val::I32(left)], &mut fuel)?;
        Ok(fuel[0].i32().expect("fuel is a number"))
    }

    /// The fuel that metered processes have.
    pub fn fuel(&mut self) -> i32 {
        let fuel = self.data().fuel.expect("there is one");
        fuel.get(self.context()).i32().expect("fuel is a number")
    }

    /// Gives metered processes so much fuel.
    pub fn set_fuel(&mut self, units: i32) {
        let fuel = self.data().fuel.expect("there is one");
        fuel.set(self.context(), Val::I32(units))
            .expect("it can change");
    }
}
