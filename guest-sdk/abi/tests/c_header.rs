//! `guest-sdk/c/portcullis.h` declares what the specification has.

use portcullis_abi::{Rights, SystemCall};

const HEADER: &str = include_str!("../../c/portcullis.h");

/// The parameters of the function that stands behind a macro of an import.
fn parameters(name: &str) -> Option<usize> {
    let (_, rest) = HEADER.split_once(&["PORTCULLIS_SYSTEM_CALL(\"", name, "\")"].concat())?;
    let (_, rest) = rest.split_once(&[name, "("].concat())?;
    let (list, _) = rest.split_once(");")?;
    Some(if list == "void" {
        0
    } else {
        list.split(',').count()
    })
}

#[test]
fn every_system_call_is_declared() {
    for &call in SystemCall::ALL {
        assert_eq!(
            parameters(call.name()),
            Some(call.parameters().len()),
            "{}",
            call.name()
        );
    }
}

#[test]
fn rights_have_their_bits() {
    for (name, rights) in [
        ("CAP_CALL", Rights::CALL),
        ("CAP_GRANT", Rights::GRANT),
        ("CAP_DERIVE", Rights::DERIVE),
    ] {
        let line = format!("    {name} = {},", rights.bits());
        assert!(HEADER.contains(&line), "{line}");
    }
}
