//! `test/check@1`: the client's own checks of what it imports, each with a sentence for what is wrong.

use std::fmt::Debug;

use portcullis_guest::{CallError, Error, ErrorCode, Own, Rights, export};

use crate::counter::Counter;
use crate::echo::Echo;
use crate::fail::Fail;

/// Whether a call gave what it should.
fn equal<T: PartialEq + Debug, E: Debug>(
    what: &str,
    result: Result<T, E>,
    expected: T,
) -> Result<(), String> {
    match result {
        Ok(value) if value == expected => Ok(()),
        other => Err(format!("{what}: {other:?} instead of {expected:?}")),
    }
}

/// Whether a call failed for this reason of the kernel's.
fn refused<T: Debug>(what: &str, result: Result<T, Error>, code: ErrorCode) -> Result<(), String> {
    match result {
        Err(error) if error == code => Ok(()),
        other => Err(format!("{what}: {other:?} instead of {}", code.name())),
    }
}

/// Whether the callee returned this error.
fn returned<T: Debug, E: PartialEq + Debug>(
    what: &str,
    result: Result<T, CallError<E>>,
    expected: E,
) -> Result<(), String> {
    match result {
        Err(CallError::Returned(error)) if error == expected => Ok(()),
        other => Err(format!(
            "{what}: {other:?} instead of the error {expected:?}"
        )),
    }
}

/// Checks the values of one type, alone and as a list.
macro_rules! check_scalar {
    ($one:ident, $list:ident, [$($value:expr),* $(,)?]) => {
        $(equal(stringify!($one), Echo::$one($value), $value)?;)*
        let all = [$($value),*];
        equal(stringify!($list), Echo::$list(&all), all.to_vec())?;
        equal(stringify!($list), Echo::$list(&[]), Vec::new())?;
    };
}

/// Checks of the imports.
struct Check;

#[export("test/check@1")]
impl Check {
    fn scalars() -> Result<(), String> {
        check_scalar!(echo_bool, list_bool, [true, false]);
        check_scalar!(echo_u8, list_u8, [0_u8, 1, u8::MAX]);
        check_scalar!(echo_s8, list_s8, [0_i8, -1, i8::MIN, i8::MAX]);
        check_scalar!(echo_u16, list_u16, [0_u16, 1, u16::MAX]);
        check_scalar!(echo_s16, list_s16, [0_i16, -1, i16::MIN, i16::MAX]);
        check_scalar!(echo_u32, list_u32, [0_u32, 1, u32::MAX]);
        check_scalar!(echo_s32, list_s32, [0_i32, -1, i32::MIN, i32::MAX]);
        check_scalar!(
            echo_u64,
            list_u64,
            [0_u64, 1, 1 << 32, (1 << 53) + 1, u64::MAX]
        );
        check_scalar!(
            echo_s64,
            list_s64,
            [0_i64, -1, -(1 << 32), i64::MIN, i64::MAX]
        );
        check_scalar!(
            echo_f32,
            list_f32,
            [0.0_f32, -1.5, f32::MIN_POSITIVE, f32::MAX, f32::INFINITY]
        );
        check_scalar!(
            echo_f64,
            list_f64,
            [
                0.0_f64,
                -1.5,
                f64::MIN_POSITIVE,
                f64::MAX,
                f64::NEG_INFINITY
            ]
        );
        check_scalar!(
            echo_char,
            list_char,
            ['\0', 'a', 'ß', '\u{d7ff}', '\u{e000}', '🦀', char::MAX]
        );
        for number in [0, 1, 21, 256, u32::MAX] {
            equal(
                "echo_error",
                Echo::echo_error(Error::from_number(number)),
                Error::from_number(number),
            )?;
        }
        let nan = Echo::echo_f64(f64::NAN)?;
        if nan.is_nan() && Echo::echo_f32(-0.0)?.is_sign_negative() {
            Ok(())
        } else {
            Err("not-a-number or the sign of zero was lost".to_owned())
        }
    }

    fn texts() -> Result<(), String> {
        for text in [
            "",
            "a",
            "Grüße, 世界 🦀",
            "\0 and \n",
            &"long ".repeat(20_000),
        ] {
            equal("echo_string", Echo::echo_string(text), text.to_owned())?;
        }
        Ok(())
    }

    fn lists() -> Result<(), String> {
        let bytes: Vec<u8> = (0..1_000_000_u32)
            .map(|index| (index % 251) as u8)
            .collect();
        if Echo::list_u8(&bytes)? != bytes {
            return Err("a million bytes came back changed".to_owned());
        }
        let floats: Vec<f64> = (0..10_000).map(|index| f64::from(index) / 7.0).collect();
        if Echo::list_f64(&floats)? != floats {
            return Err("ten thousand floats came back changed".to_owned());
        }
        // A part of a list begins anywhere.
        equal("list_u16", Echo::list_u16(&[1, 2, 3, 4][1..3]), vec![2, 3])
    }

    fn results() -> Result<(), String> {
        equal("result_empty", Echo::result_empty(true), ())?;
        returned("result_empty", Echo::result_empty(false), ())?;
        equal("result_value", Echo::result_value(true), u64::MAX)?;
        returned("result_value", Echo::result_value(false), ())?;
        equal("result_error", Echo::result_error(Error::from_number(0)), 7)?;
        for number in [ErrorCode::Lent.number(), 999, u32::MAX] {
            match Echo::result_error(Error::from_number(number)) {
                Err(error) if error.number() == number => {}
                other => return Err(format!("result_error: {other:?} instead of {number}")),
            }
        }
        for text in ["", "some text"] {
            equal(
                "result_text",
                Echo::result_text(true, text),
                text.to_owned(),
            )?;
            returned(
                "result_text",
                Echo::result_text(false, text),
                text.to_owned(),
            )?;
        }
        equal("result_tuple", Echo::result_tuple(true), (200, -0.5))?;
        returned("result_tuple", Echo::result_tuple(false), 65_535)
    }

    fn tuples() -> Result<(), String> {
        equal(
            "tuple",
            Echo::tuple(1, "two", -3, &[4, 5]),
            (1, "two".to_owned(), -3, vec![4, 5]),
        )?;
        equal(
            "tuple",
            Echo::tuple(0, "", i64::MIN, &[]),
            (0, String::new(), i64::MIN, Vec::new()),
        )?;
        let text = "in memory".to_owned();
        let many = Echo::many(
            1,
            -2,
            3.5,
            "four",
            &[5, 6],
            true,
            'g',
            -8.25,
            9,
            -10,
            text.clone(),
            u64::MAX,
            -13,
            vec![14.5],
        );
        let (a, b, c, d, e, f, g, h, i, j, k, l, m, n) = many?;
        equal::<_, Error>(
            "many, first half",
            Ok((a, b, c, d, e, f, g)),
            (1, -2, 3.5, "four".to_owned(), vec![5, 6], true, 'g'),
        )?;
        equal::<_, Error>(
            "many, second half",
            Ok((h, i, j, k, l, m, n)),
            (-8.25, 9, -10, text, u64::MAX, -13, vec![14.5]),
        )?;
        equal("nothing", Echo::nothing(), ())
    }

    fn handles() -> Result<(), String> {
        let before = Counter::alive()?;
        let counter = Counter::create(40)?;
        equal("increment", counter.increment(2), 42)?;
        equal("read", counter.read(), 42)?;

        let copy = counter.clone()?;
        equal("increment the copy", copy.increment(1), 43)?;
        equal("read the original", counter.read(), 42)?;
        equal("same, of two", counter.same(&copy), false)?;
        equal("same, of one", counter.same(&counter), true)?;
        equal("alive", Counter::alive(), before + 2)?;
        drop(copy);
        equal("alive after a drop", Counter::alive(), before + 1)?;

        let again = Own::retain(&counter)?;
        drop(counter);
        equal("read through the second reference", again.read(), 42)?;
        equal("finish", Counter::finish(again), 42)?;
        equal("alive after it was finished", Counter::alive(), before)?;

        returned(
            "try_create",
            Counter::try_create(1_001).map(drop),
            "too large".to_owned(),
        )?;
        equal("try_create", Counter::try_create(1_000)?.read(), 1_000)?;
        if Counter::maybe_create(false, 1)?.is_some() {
            return Err("maybe_create: a counter that nobody wanted".to_owned());
        }
        let wanted = Counter::maybe_create(true, 5)?.ok_or("maybe_create: no counter")?;
        equal("finish_if_any", Counter::finish_if_any(Some(wanted)), 5)?;
        equal("finish_if_any", Counter::finish_if_any(None), 0)?;

        let (first, second) = Counter::create_two(1, 2)?;
        equal("read the first", first.read(), 1)?;
        equal("read the second", second.read(), 2)?;
        Counter::keep(second)?;
        equal("kept", Counter::kept(), 1)?;
        let second = Counter::give_back()?.ok_or("give_back: no counter")?;
        equal("read what was given back", second.read(), 2)?;
        drop((first, second));
        equal("alive in the end", Counter::alive(), before)
    }

    fn rights() -> Result<(), String> {
        let counter = Counter::create(7)?;
        let weak = Own::derive(&counter, Rights::CALL)?;
        equal::<_, Error>("rights", Ok(Own::rights(&weak)), Rights::CALL)?;
        equal("read through a derived capability", weak.read(), 7)?;
        refused(
            "derive without the right",
            Own::derive(&weak, Rights::CALL).map(drop),
            ErrorCode::Denied,
        )?;
        refused(
            "move without the right",
            Counter::keep(weak),
            ErrorCode::Denied,
        )?;

        let silent = Own::derive(&counter, Rights::NONE)?;
        refused("call without the right", silent.read(), ErrorCode::Denied)?;

        let branch = Own::derive(&counter, Rights::CALL | Rights::DERIVE)?;
        let leaf = Own::derive(&branch, Rights::CALL)?;
        Own::revoke(branch)?;
        refused("call what was revoked", leaf.read(), ErrorCode::Revoked)?;
        equal("read after a revocation elsewhere", counter.read(), 7)?;
        refused(
            "revoke what somebody else minted",
            Own::revoke(counter),
            ErrorCode::Denied,
        )
    }

    fn failures() -> Result<(), String> {
        equal("refuse nothing", Fail::refuse(Error::from_number(0)), ())?;
        refused(
            "refuse",
            Fail::refuse(ErrorCode::Quota.into()),
            ErrorCode::Quota,
        )?;
        returned(
            "complain",
            Fail::complain("the text"),
            "the text".to_owned(),
        )?;

        let counter = Counter::create(1)?;
        refused("panic", Fail::panic("as it should"), ErrorCode::Trapped)?;
        refused(
            "call a dead process",
            Fail::refuse(Error::from_number(0)),
            ErrorCode::Dead,
        )?;
        match counter.read() {
            Err(error) if error == ErrorCode::Dead || error == ErrorCode::Revoked => Ok(()),
            other => Err(format!("an object of a dead process: {other:?}")),
        }
    }
}
