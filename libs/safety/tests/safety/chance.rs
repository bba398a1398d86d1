//! The same properties, on programs that chance puts together.

use proptest::prelude::*;

use limpide_safety::Level;

use crate::assembler::{Pickle, found, pickle};
use crate::properties;

/// Opcodes with arguments that mostly fit.
fn opcode() -> impl Strategy<Value = Vec<u8>> {
    let alone = prop::sample::select(
        &b"(.012N\x88\x89)\x85\x86\x87t]lae}dsu\x8f\x90\x91\x93o\x81\x92RbQ\x97\x98\x94"[..],
    );
    prop_oneof![
        6 => alone.prop_map(|code| vec![code]),
        1 => (0_u8..6).prop_map(|index| vec![b'h', index]),
        1 => (0_u8..6).prop_map(|index| vec![b'q', index]),
        1 => "[a-c]{0,3}".prop_map(|text| Pickle::default().text(&text).0),
        1 => (-3_i32..9).prop_map(|number| Pickle::default().int(number).0),
        1 => prop::sample::select(vec![
            ("os", "system"), ("numpy", "dtype"), ("torch._utils", "_rebuild_tensor_v2"), ("pickle", "loads"),
            ("joblib.numpy_pickle", "NumpyArrayWrapper"), ("_codecs", "encode"), ("collections", "OrderedDict"),
        ]).prop_map(|(module, name)| Pickle::default().global(module, name).0),
        1 => prop::collection::vec(any::<u8>(), 0..12).prop_map(|bytes| Pickle::default().bytes(&bytes).0),
        1 => "[IFLSVgpP][0-9'x+ -]{0,5}\n".prop_map(String::into_bytes),
        1 => any::<[u8; 3]>().prop_map(|bytes| bytes.to_vec()),
    ]
}

proptest! {
    #[test]
    fn of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        properties::pickle_scan(&bytes);
    }

    #[test]
    fn of_any_opcodes(opcodes in prop::collection::vec(opcode(), 0..60)) {
        properties::pickle_scan(&opcodes.concat());
    }

    #[test]
    fn of_any_end_and_change_of_a_pickle(end in 0_usize..100, at in 0_usize..100, to in any::<u8>()) {
        let mut bytes = pickle().mark().text("a").int(1).raw(b"\x94u0").harm().stop();
        bytes.truncate(end);
        if let Some(byte) = bytes.get_mut(at) {
            *byte = to;
        }
        properties::pickle_scan(&bytes);
    }

    #[test]
    fn harm_is_seen_behind_any_values(values in prop::collection::vec(value(), 0..20)) {
        let bytes = pickle().raw(&values.concat()).harm().stop();
        found(&bytes).imports("os", "system").is(Level::Malicious).whole();
        let harmless = pickle().int(1).raw(&values.concat()).stop();
        found(&harmless).is(Level::Clean).whole();
    }
}

/// Programs that leave one value more.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        Just(b"N".to_vec()),
        any::<i32>().prop_map(|number| Pickle::default().int(number).0),
        "[a-z]{0,20}".prop_map(|text| Pickle::default().text(&text).0),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(|bytes| Pickle::default().bytes(&bytes).0),
        any::<[u8; 8]>().prop_map(|bytes| Pickle::default().raw(b"G").raw(&bytes).0),
    ];
    leaf.prop_recursive(4, 30, 4, |inner| {
        let many = prop::collection::vec(inner, 0..4);
        let around = prop::sample::select(vec![
            (&b"("[..], &b"t"[..]),
            (b"(", b"l"),
            (b"]\x94(", b"e"),
            (b"(", b"\x91"),
            (b"\x8f(", b"\x90"),
        ]);
        (many, around, any::<bool>()).prop_map(|(values, (before, after), is_kept)| {
            let memo: &[u8] = if is_kept { b"\x94" } else { b"2\x940" };
            [before, &values.concat(), after, memo].concat()
        })
    })
}

#[test]
fn time_grows_with_the_size_and_not_faster() {
    // Each would take hours if what is met twice were followed twice.
    let inner = pickle().raw(&b"N0".repeat(200_000)).int(1).stop();
    let again = b"h\x00h\x01\x85R0".repeat(200_000);
    let bytes =
        pickle().stack_global("pickle", "loads").raw(b"\x940").bytes(&inner).raw(b"\x940").raw(&again).int(1);
    found(&bytes.stop()).is(Level::Malicious).whole();
    let names = b"h\x00h\x01\x930".repeat(200_000);
    let long = "m".repeat(255);
    let bytes = pickle().text(&long).raw(b"\x940").text(&long).raw(b"\x940").raw(&names).int(1);
    found(&bytes.stop()).whole();
}
