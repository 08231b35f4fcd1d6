//! Everything that can be wrong with the values of a call, one at a time, each with the code that has to come of it.

use crate::call::{MEMORY_END, Pair};
use crate::generate::Wanted;
use crate::signature::{CLASSES, Class, Outcome, Scalar, Type, record};
use crate::value::{Lowered, Place};
use portcullis_abi::{ErrorCode, Rights, SystemCall};

/// One thing that is wrong.
#[derive(Clone, Debug)]
pub struct Spoil {
    /// In words, for the message of a failure.
    pub what: String,
    /// What stands where instead.
    pub changes: Vec<(Place, u64)>,
    /// What comes of it if it is wrong with arguments.
    pub code: ErrorCode,
}

/// Where bad text and bad elements of lists lie; see [`Bad::write`].
const BAD_TEXT: u32 = 0x3_0000;
const BAD_BOOLS: u32 = 0x3_0010;
const BAD_CHARS: u32 = 0x3_0020;

/// Capabilities of one process that cannot be used, and why not.
pub struct Bad {
    /// Names that mean nothing.
    nothing: Vec<u32>,
    /// By class of the object: one that is revoked, one that may not be lent, one that may not be moved, and a good one.
    by_class: Vec<(Class, [u32; 4])>,
}

impl Bad {
    /// Gives a process such capabilities, and bad content. It needs room for ten more, and for `arriving` ones: so many may
    /// arrive at the process before the bad ones are used, and none of them takes the name of one that was released.
    pub fn endow(pair: &mut Pair, holder: u32, arriving: u32) -> Bad {
        let mut by_class = Vec::new();
        for (index, class) in CLASSES.into_iter().enumerate() {
            let badge = 2_000 + 10 * index as u32;
            let wanted = |badge| Wanted {
                class,
                badge,
                count: 1,
            };
            let good = pair.endow(holder, wanted(badge));
            let revoked = Self::revoked(pair, holder, class, badge + 1);
            let mut machine = pair.machine();
            let rights = |rights: Rights| rights.bits();
            let unlendable = machine.system(
                holder,
                SystemCall::CapDerive,
                good,
                rights(Rights::GRANT | Rights::DERIVE),
            );
            let unmovable = machine.system(
                holder,
                SystemCall::CapDerive,
                good,
                rights(Rights::CALL | Rights::DERIVE),
            );
            by_class.push((class, [revoked, unlendable, unmovable, good]));
        }
        // One that was there. Names are used again, the one that was released last first.
        let released: Vec<u32> = (0..=arriving)
            .map(|index| {
                let (class, badge, count) = (Class::Host, 2_100 + index, 1);
                let wanted = Wanted {
                    class,
                    badge,
                    count,
                };
                pair.endow(holder, wanted)
            })
            .collect();
        for cap in &released {
            pair.machine()
                .system(holder, SystemCall::CapRelease, *cap, 0);
        }
        let mut machine = pair.machine();
        machine.write(holder, BAD_TEXT, b"good\xed\xa0\x80");
        machine.write(holder, BAD_BOOLS, &[0, 1, 2]);
        machine.write(holder, BAD_CHARS, &[0x61, 0, 0, 0, 0, 0xd8, 0, 0]);
        Bad {
            nothing: vec![0, released[0], 99_999, 0x8000_0001, u32::MAX],
            by_class,
        }
    }

    fn revoked(pair: &mut Pair, holder: u32, class: Class, badge: u32) -> u32 {
        let minter = pair.minter(class);
        let mut machine = pair.machine();
        let own = machine.mint(minter, class.name(), badge);
        machine.system(minter, SystemCall::CapRetain, own, 0);
        let cap = if minter == holder {
            own
        } else {
            machine.pass(minter, own, class.name(), holder)
        };
        assert_eq!(
            machine.system(minter, SystemCall::CapRevoke, own, 0),
            0,
            "the minter may revoke"
        );
        machine.system(minter, SystemCall::CapRelease, own, 0);
        cap
    }

    /// What cannot be passed for a capability of that type, and why not.
    fn for_type(&self, ty: Type) -> Vec<(u32, ErrorCode)> {
        let (wanted, lent) = match ty {
            Type::Borrow(class) => (class, true),
            Type::Own(class) | Type::Option(class) => (class, false),
            _ => return Vec::new(),
        };
        let mut bad: Vec<(u32, ErrorCode)> = self
            .nothing
            .iter()
            .map(|cap| (*cap, ErrorCode::BadHandle))
            .collect();
        for (class, [revoked, unlendable, unmovable, good]) in &self.by_class {
            if *class == wanted {
                bad.push((*revoked, ErrorCode::Revoked));
                bad.push((
                    if lent { *unlendable } else { *unmovable },
                    ErrorCode::Denied,
                ));
            } else {
                bad.push((*good, ErrorCode::WrongClass));
            }
        }
        bad
    }
}

/// What can be wrong with a string or a list.
fn contents(ty: Type, size: u32) -> Vec<(&'static str, u32, u32, ErrorCode)> {
    use ErrorCode::{BadChar, BadPointer, BadUtf8, TooLong};
    let mut all = vec![
        ("begins at the end of memory", MEMORY_END, 1, BadPointer),
        ("ends behind memory", MEMORY_END - size, 2, BadPointer),
        (
            "is empty, but behind memory",
            MEMORY_END + size,
            0,
            BadPointer,
        ),
        (
            "goes around the end of the address space",
            u32::MAX - size + 1,
            2,
            BadPointer,
        ),
        (
            "is as long as it may be, and outside of memory",
            0,
            (1 << 30) / size,
            BadPointer,
        ),
        ("is too long", 0, (1 << 30) / size + 1, TooLong),
        ("is as long as the address space", 0, u32::MAX, TooLong),
        (
            "has a length in bytes of 0 in 32 bits",
            0,
            ((1_u64 << 32) / u64::from(size)).min(0xffff_ffff) as u32,
            TooLong,
        ),
    ];
    if size > 1 {
        all.push(("is misaligned", 0x3_0040 + size / 2, 1, BadPointer));
        all.push(("is misaligned and empty", 0x3_0040 + 1, 0, BadPointer));
    }
    match ty {
        Type::Text => {
            all.push(("has a surrogate in UTF-8", BAD_TEXT, 7, BadUtf8));
            all.push(("is cut within a character", BAD_TEXT, 5, BadUtf8));
        }
        Type::List(Scalar::Bool) => all.push(("has a bool of 2", BAD_BOOLS, 3, BadChar)),
        Type::List(Scalar::Char) => all.push(("has a surrogate", BAD_CHARS, 2, BadChar)),
        _ => {}
    }
    all
}

/// Everything that can be wrong with values of these types. `skipped` parts stand before them.
fn values(types: &[Type], places: &[Vec<Place>], bad: &Bad) -> Vec<Spoil> {
    let mut spoils = Vec::new();
    for (index, (ty, places)) in types.iter().zip(places).enumerate() {
        let mut add = |what: &str, changes: Vec<(Place, u64)>, code: ErrorCode| {
            spoils.push(Spoil {
                what: format!("value {index}, {ty}, {what}"),
                changes,
                code,
            });
        };
        match ty {
            Type::Text | Type::List(_) => {
                for (what, address, count, code) in contents(*ty, ty.element().unwrap_or(1)) {
                    add(
                        what,
                        vec![
                            (places[0], u64::from(address)),
                            (places[1], u64::from(count)),
                        ],
                        code,
                    );
                }
            }
            Type::Scalar(Scalar::Char) => {
                for bits in [0xd800, 0xdfff, 0x11_0000, u64::from(u32::MAX)] {
                    add(
                        &format!("is {bits:#x}"),
                        vec![(places[0], bits)],
                        ErrorCode::BadChar,
                    );
                }
            }
            Type::Borrow(_) | Type::Own(_) => {
                for (cap, code) in bad.for_type(*ty) {
                    add(
                        &format!("is {cap:#x}"),
                        vec![(places[0], u64::from(cap))],
                        code,
                    );
                }
            }
            Type::Option(_) => {
                for tag in [2, 255] {
                    add(
                        &format!("has the tag {tag}"),
                        vec![(places[0], tag)],
                        ErrorCode::BadChar,
                    );
                }
                if matches!(places[0], Place::Flat(_)) {
                    add(
                        "has a tag of 0 in its first byte",
                        vec![(places[0], 0x100)],
                        ErrorCode::BadChar,
                    );
                }
                for (cap, code) in bad.for_type(*ty) {
                    add(
                        &format!("is {cap:#x}"),
                        vec![(places[0], 1), (places[1], u64::from(cap))],
                        code,
                    );
                }
            }
            _ => {}
        }
    }
    spoils
}

/// Addresses at which no tuple can lie.
fn addresses(place: Place, size: u32, alignment: u32, what: &str) -> Vec<Spoil> {
    let mut all = vec![
        MEMORY_END,
        0_u32.wrapping_sub(alignment),
        0_u32.wrapping_sub(size.next_multiple_of(8)),
    ];
    if size > alignment {
        all.push(MEMORY_END - alignment);
    }
    if alignment > 1 {
        all.push(0x3_0040 + alignment / 2);
    }
    let spoil = |address: u32| Spoil {
        what: format!("{what} is at {address:#x}"),
        changes: vec![(place, u64::from(address))],
        code: ErrorCode::BadPointer,
    };
    all.into_iter().map(spoil).collect()
}

/// Everything that can be wrong with the arguments of a call; the address of the results, if there is one, is among them.
pub fn arguments(pair: &Pair, lowered: &Lowered, bad: &Bad) -> Vec<Spoil> {
    let signature = &pair.signature;
    let mut spoils = values(&signature.parameters, &lowered.places, bad);
    if signature.spills() {
        let tuple = record(&signature.parameters);
        spoils.extend(addresses(
            Place::Flat(0),
            tuple.size,
            tuple.alignment,
            "the tuple of all arguments",
        ));
    }
    if signature.outcome.spills() {
        let (size, alignment) = signature.outcome.layout();
        spoils.extend(addresses(
            Place::Flat(lowered.flat.len() - 1),
            size,
            alignment,
            "the place of the results",
        ));
    }
    spoils
}

/// Everything that can be wrong with what a callee gives. All of it is `bad-result` to the caller.
pub fn results(outcome: &Outcome, tag: u32, lowered: &Lowered, bad: &Bad) -> Vec<Spoil> {
    let mut spoils = Vec::new();
    let mut places = lowered.places.as_slice();
    if outcome.is_result() {
        let tags: &[u64] = if outcome.spills() {
            &[2, 255]
        } else {
            &[2, 0x100, 0xffff_ffff]
        };
        for tag in tags {
            spoils.push(Spoil {
                what: format!("the tag is {tag:#x}"),
                changes: vec![(places[0][0], *tag)],
                code: ErrorCode::BadChar,
            });
        }
        places = &places[1..];
    }
    spoils.extend(values(&outcome.types(tag), places, bad));
    if outcome.spills() {
        let (size, alignment) = outcome.layout();
        spoils.extend(addresses(
            Place::Flat(0),
            size,
            alignment,
            "the tuple of the results",
        ));
    }
    spoils
}
