//! Random signatures, and random values for them.

use crate::signature::{CLASSES, Class, Outcome, SCALARS, Scalar, Signature, Type};
use crate::value::{Returned, Value};
use random_tests::choices::Choices;

/// An object that has to be there before the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub class: Class,
    pub badge: u32,
    /// References that its holder has.
    pub count: u32,
}

/// A call: what is passed, and what comes back.
#[derive(Clone, Debug)]
pub struct Case {
    pub signature: Signature,
    pub arguments: Vec<Value>,
    pub returned: Returned,
    /// What the caller has to hold.
    pub of_caller: Vec<Wanted>,
    /// What the callee has to hold.
    pub of_callee: Vec<Wanted>,
    /// Whether the call goes to whoever minted the first argument.
    pub dispatched: bool,
    /// Whether the callee has a function to be called afterwards.
    pub post_return: bool,
    /// What both leave in bits that mean nothing.
    pub garbage: u32,
}

fn class(choices: &Choices) -> Class {
    *choices.pick(&CLASSES)
}

fn ty(choices: &Choices, result: bool) -> Type {
    match choices.below(14) {
        0..=4 => Type::Scalar(*choices.pick(&SCALARS)),
        5 => Type::Error,
        6 | 7 => Type::Text,
        8 | 9 => Type::List(*choices.pick(&SCALARS)),
        10 | 11 if !result => Type::Borrow(class(choices)),
        12 => Type::Option(class(choices)),
        _ => Type::Own(class(choices)),
    }
}

fn outcome(choices: &Choices) -> Outcome {
    let several = |choices: &Choices| {
        let mut types = choices.several(4, |choices| ty(choices, true));
        types.push(ty(choices, true));
        types
    };
    match choices.below(6) {
        0 => Outcome::Nothing,
        1 | 2 => Outcome::One(ty(choices, true)),
        3 => Outcome::Tuple(several(choices)),
        _ => {
            let (ok, is_tuple) = match choices.below(3) {
                0 => (Vec::new(), false),
                1 => (vec![ty(choices, true)], false),
                _ => (several(choices), true),
            };
            let error = (choices.below(2) == 1).then(|| ty(choices, true));
            Outcome::Result(ok, is_tuple, error)
        }
    }
}

/// A signature, rarely with as many parameters as there may be.
pub fn signature(choices: &Choices) -> Signature {
    let most = if choices.rarely(5) { 32 } else { 6 };
    Signature {
        parameters: choices.several(most, |choices| ty(choices, false)),
        outcome: outcome(choices),
    }
}

const LETTERS: [char; 8] = ['a', 'Z', ' ', '\0', 'ß', '漢', '🦀', '\u{10ffff}'];

fn character(choices: &Choices) -> char {
    match choices.below(4) {
        3 => char::from_u32(choices.below(0x11_0000)).unwrap_or('\u{d7ff}'),
        _ => *choices.pick(&LETTERS),
    }
}

/// Numbers at the edges, and others.
fn integer(choices: &Choices, bits: u32) -> u64 {
    let mask = u64::MAX >> (64 - bits);
    let edges = [0, 1, mask, mask >> 1, (mask >> 1) + 1, 0x7f, 0x80, 0xff];
    match choices.below(2) {
        0 => *choices.pick(&edges) & mask,
        _ => choices.any64() & mask,
    }
}

fn scalar(choices: &Choices, scalar: Scalar) -> Value {
    let signed =
        |bits: u32| Value::Signed((integer(choices, bits) << (64 - bits)) as i64 >> (64 - bits));
    match scalar {
        Scalar::Bool => Value::Bool(choices.below(2) == 1),
        Scalar::U8 | Scalar::U16 | Scalar::U32 | Scalar::U64 => {
            Value::Unsigned(integer(choices, 8 * scalar.size()))
        }
        Scalar::S8 | Scalar::S16 | Scalar::S32 | Scalar::S64 => signed(8 * scalar.size()),
        // NaNs with payloads are among them.
        Scalar::F32 => Value::F32(if choices.rarely(4) {
            0x7fa0_0001
        } else {
            choices.any()
        }),
        Scalar::F64 => Value::F64(if choices.rarely(4) {
            0xfff4_0000_0000_0001
        } else {
            choices.any64()
        }),
        Scalar::Char => Value::Char(character(choices)),
    }
}

/// Lengths around the size up to which content stays on the kernel's stack, rarely.
fn length(choices: &Choices) -> u32 {
    match choices.below(24) {
        23 => 4_090 + choices.below(12),
        22 => 600,
        few => few % 6,
    }
}

/// Values under construction, with the objects that they need.
struct Values<'a> {
    choices: &'a Choices,
    wanted: Vec<Wanted>,
    next_badge: u32,
}

impl Values<'_> {
    fn object(&mut self, class: Class) -> Value {
        let badge = self.next_badge;
        self.next_badge += 1;
        let count = 1 + self.choices.below(2);
        self.wanted.push(Wanted {
            class,
            badge,
            count,
        });
        Value::Capability(badge)
    }

    fn value(&mut self, ty: Type) -> Value {
        let choices = self.choices;
        match ty {
            Type::Scalar(kind) => scalar(choices, kind),
            Type::Error => Value::Unsigned(integer(choices, 32)),
            Type::Text => Value::Text((0..length(choices)).map(|_| character(choices)).collect()),
            Type::List(kind) => {
                let length = length(choices);
                // Long lists repeat a few values: a short row of choices makes them.
                let few: Vec<Value> = (0..length.clamp(1, 7))
                    .map(|_| scalar(choices, kind))
                    .collect();
                Value::List(
                    (0..length as usize)
                        .map(|index| few[index % few.len()].clone())
                        .collect(),
                )
            }
            Type::Borrow(class) => {
                // Something can be lent several times to one call.
                let known = self
                    .wanted
                    .iter()
                    .find(|wanted| wanted.class == class && choices.rarely(3));
                match known {
                    Some(known) => Value::Capability(known.badge),
                    None => self.object(class),
                }
            }
            Type::Own(class) => self.object(class),
            Type::Option(class) => {
                if choices.below(2) == 0 {
                    Value::None
                } else {
                    self.object(class)
                }
            }
        }
    }
}

/// A signature of numbers, and of borrows of what the callee minted.
fn plain_signature(choices: &Choices) -> Signature {
    let number = |choices: &Choices| Type::Scalar(*choices.pick(&SCALARS));
    Signature {
        parameters: choices.several(6, |choices| match choices.below(5) {
            0 => Type::Error,
            1 | 2 => Type::Borrow(Class::Callee),
            _ => number(choices),
        }),
        outcome: match choices.below(4) {
            0 => Outcome::Nothing,
            1 => Outcome::One(Type::Error),
            _ => Outcome::One(number(choices)),
        },
    }
}

/// A whole call.
pub fn case(choices: &Choices) -> Case {
    call_of(choices, signature(choices))
}

/// A whole call within a trust group: every second one has numbers and borrows only, and may go straight to the callee's export.
pub fn case_of_group(choices: &Choices) -> Case {
    let signature = match choices.below(2) {
        0 => plain_signature(choices),
        _ => signature(choices),
    };
    call_of(choices, signature)
}

/// A call of a function of that signature.
fn call_of(choices: &Choices, signature: Signature) -> Case {
    let mut values = Values {
        choices,
        wanted: Vec::new(),
        next_badge: 1_000,
    };
    let mut arguments: Vec<Value> = signature
        .parameters
        .iter()
        .map(|ty| values.value(*ty))
        .collect();
    keep_what_is_lent(&signature, &mut arguments, &mut values);
    let of_caller = std::mem::take(&mut values.wanted);
    let tag = if signature.outcome.is_result() {
        choices.below(2)
    } else {
        0
    };
    let returned = signature
        .outcome
        .types(tag)
        .into_iter()
        .map(|ty| values.value(ty))
        .collect();
    Case {
        returned: Returned {
            tag,
            values: returned,
        },
        of_callee: values.wanted,
        of_caller,
        dispatched: signature.parameters.first() == Some(&Type::Borrow(Class::Callee))
            && choices.below(2) == 1,
        post_return: choices.below(2) == 1,
        garbage: choices.any(),
        arguments,
        signature,
    }
}

/// An object that is lent and moved in one call needs two references, for one of them stays.
fn keep_what_is_lent(signature: &Signature, arguments: &mut [Value], values: &mut Values<'_>) {
    for (ty, argument) in signature.parameters.iter().zip(arguments) {
        if let (Type::Borrow(_), Value::Capability(badge)) = (ty, argument) {
            for wanted in values
                .wanted
                .iter_mut()
                .filter(|wanted| wanted.badge == *badge)
            {
                wanted.count = wanted.count.max(2);
            }
        }
    }
}
