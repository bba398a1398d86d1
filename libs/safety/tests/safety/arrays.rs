//! What joblib writes: the bytes of arrays stand between the opcodes.

use limpide_safety::{Level, What};

use crate::assembler::{Pickle, found, pickle};

/// A wrapper of an array, completed by its state.
fn wrapper(pickle: Pickle, dtype: &str, shape: &[i32]) -> Pickle {
    let pickle = pickle.stack_global("joblib.numpy_pickle", "NumpyArrayWrapper").raw(b")\x81}(");
    let pickle = pickle.text("subclass").stack_global("numpy", "ndarray").text("shape").mark();
    let pickle =
        shape.iter().fold(pickle, |pickle, side| pickle.int(*side)).raw(b"t").text("order").text("C");
    let pickle = pickle.text("dtype").stack_global("numpy", "dtype").text(dtype).raw(b"\x89\x88\x87R");
    let flags = if dtype.contains('O') { 63 } else { 0 };
    let pickle = pickle.mark().int(3).text("<").raw(b"NNN").int(-1).int(-1).int(flags).raw(b"tb");
    pickle.text("numpy_array_alignment_bytes").int(16).raw(b"ub")
}

#[test]
fn bytes_of_arrays_are_passed_over_and_accounted_for() {
    let raw = [&[3_u8, 0xff, 0xff, 0xff][..], &[0xff; 48]].concat();
    found(&wrapper(pickle(), "f8", &[2, 3]).raw(&raw).stop()).is(Level::Clean).whole();
    let two =
        wrapper(wrapper(pickle(), "f8", &[2, 3]).raw(&raw).raw(b"0"), "u1", &[]).raw(b"\x00\xff").stop();
    found(&two).is(Level::Clean).whole();
}

#[test]
fn what_stands_behind_an_array_is_followed() {
    let raw = [&[0_u8][..], &[0xff; 48]].concat();
    found(&wrapper(pickle(), "f8", &[6]).raw(&raw).harm().stop())
        .imports("os", "system")
        .is(Level::Malicious);
}

#[test]
fn arrays_of_objects_are_pickles_of_their_own() {
    let inner = |pickle: Pickle| wrapper(self::pickle(), "O8", &[2]).raw(&pickle.stop()).int(1).stop();
    found(&inner(pickle().int(1))).is(Level::Clean).whole();
    let framed =
        pickle().raw(b"\x95\x0b\0\0\0\0\0\0\0]\x94(").int(1).raw(b"NNe").raw(b"\x95\x03\0\0\0\0\0\0\0N0");
    found(&inner(framed)).is(Level::Clean).whole();
    found(&inner(pickle().harm())).imports("os", "system").is(Level::Malicious).whole();
}

#[test]
fn opcodes_in_the_bytes_of_an_array_are_followed_too() {
    // Who loads the file without joblib takes these bytes for opcodes.
    let hidden = Pickle::default().raw(b"NNNN0000").harm().raw(b"0.").0;
    let padded = [&hidden[..], &vec![b'x'; 64 - hidden.len()]].concat();
    let after_padding = |padding: &[u8]| wrapper(pickle(), "u1", &[64]).raw(padding).raw(&padded).stop();
    found(&after_padding(b"\x00")).is(Level::Clean);
    found(&after_padding(&[b'N'; 79])).imports("os", "system").is(Level::Malicious);
    let memo = pickle().text("os").raw(b"\x940").text("system").raw(b"\x940");
    let inner =
        pickle().text("collections").raw(b"\x940").text("OrderedDict").raw(b"\x940h\x00h\x01\x93)R").stop();
    let file = wrapper(memo, "O8", &[1]).raw(&inner).int(1).stop();
    found(&file).imports("collections", "OrderedDict").imports("os", "system").is(Level::Malicious);
}

#[test]
fn arrays_of_unknown_size_are_not_clean() {
    let odd = wrapper(pickle(), "?!", &[2]).raw(&[0; 30]).stop();
    found(&odd).gap("array-of-unknown-size").is(Level::Partial);
    let negative = wrapper(pickle(), "f8", &[-2]).raw(&[0; 30]).stop();
    found(&negative).gap("array-of-unknown-size").is(Level::Partial);
    let beyond = wrapper(pickle(), "f8", &[i32::MAX, 2]).raw(&[0; 30]).stop();
    found(&beyond).gap("truncated").is(Level::Partial);
}

#[test]
fn numpy_scalars_of_objects_are_followed() {
    let scalar = |dtype: &str| {
        let pickle = pickle().stack_global("numpy.core.multiarray", "scalar").stack_global("numpy", "dtype");
        let pickle = pickle.text(dtype).tuple(1).reduce().bytes(&self::pickle().harm().stop());
        found(&pickle.tuple(2).reduce().stop())
    };
    scalar("O8").imports("os", "system").is(Level::Malicious);
    let number = scalar("f8").is(Level::Clean);
    assert!(
        !number
            .scan
            .events
            .iter()
            .any(|event| matches!(&event.what, What::Import { module, .. } if module == "os"))
    );
}
