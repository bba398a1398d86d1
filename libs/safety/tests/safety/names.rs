//! Ways to name what is imported, and to call it.

use limpide_safety::{CallKind, Level, What};

use crate::assembler::{Pickle, found, pickle};

#[test]
fn a_program_is_run_by_every_opcode_that_calls() {
    let text = |pickle: Pickle| pickle.text("echo limpide-test");
    let call = |bytes: Vec<u8>, how| {
        found(&bytes).imports("os", "system").calls(how, "os.system", &["text"]).is(Level::Malicious).whole();
    };
    call(pickle().harm().stop(), CallKind::Reduce);
    call(text(Pickle::default().global("os", "system").mark()).raw(b"tR").stop(), CallKind::Reduce);
    call(text(Pickle::default().mark()).raw(b"ios\nsystem\n").stop(), CallKind::Inst);
    call(text(pickle().mark().global("os", "system")).raw(b"o").stop(), CallKind::Inst);
    call(text(pickle().global("os", "system")).tuple(1).raw(b"\x81").stop(), CallKind::New);
    call(text(pickle().global("os", "system")).tuple(1).raw(b"}\x92").stop(), CallKind::New);
}

#[test]
fn names_come_out_of_the_memo_wherever_they_were_put() {
    let put = |memo: &[u8], get: &[u8]| {
        let bytes = pickle().text("os").raw(memo).raw(b"0").text("decoy").raw(b"0").raw(get);
        found(&bytes.text("system").raw(b"\x93").text("x").tuple(1).reduce().stop())
            .imports("os", "system")
            .is(Level::Malicious);
    };
    put(b"\x94", b"h\x00");
    put(b"q\x07", b"h\x07");
    put(b"r\x07\x00\x01\x00", b"j\x07\x00\x01\x00");
    put(b"p+0012\n", b"g 12\n");
    put(b"p1_2\n", b"g0000012\n");
}

#[test]
fn memoize_counts_what_is_filled() {
    // Two values under number 5 fill one slot, so that the next number is 1.
    let bytes =
        pickle().text("decoy").raw(b"q\x05q\x050").text("os").raw(b"\x940h\x01").text("system").raw(b"\x93");
    found(&bytes.text("x").tuple(1).reduce().stop()).imports("os", "system").is(Level::Malicious);
}

#[test]
fn names_come_from_the_stack_whatever_lay_there_before() {
    let posix = pickle().text("system").text("posix").raw(b"20").raw(b"q\x000").raw(b"0h\x00").text("system");
    found(&posix.raw(b"\x93").text("x").tuple(1).reduce().stop())
        .imports("posix", "system")
        .is(Level::Malicious);
    let between = pickle().text("os").mark().text("decoy").raw(b"1").text("system").raw(b"\x93");
    found(&between.text("x").tuple(1).reduce().stop()).imports("os", "system").is(Level::Malicious);
    let protocol =
        pickle().text("os").raw(b"\x80\x04").text("system").raw(b"\x93").text("x").tuple(1).reduce();
    found(&protocol.stop()).imports("os", "system").structure("misplaced-protocol").is(Level::Malicious);
}

#[test]
fn texts_are_read_with_their_escapes() {
    for (module, name) in [
        (&b"S'\\x6fs'\n"[..], &b"S\"sys\\164em\"\n"[..]),
        (b"V\\u006fs\n", b"V\\U00000073ystem\n"),
        (b"U\x02os", b"T\x06\0\0\0system"),
        (b"X\x02\0\0\0os", b"\x8d\x06\0\0\0\0\0\0\0system"),
    ] {
        let bytes = pickle().raw(module).raw(name).raw(b"\x93").text("x").tuple(1).reduce().stop();
        found(&bytes).imports("os", "system").is(Level::Malicious);
    }
}

#[test]
fn names_of_python_2_are_those_of_today_below_protocol_3() {
    let old = Pickle::default().global("commands", "getoutput").raw(b"(S'x'\ntR").stop();
    found(&old).imports("subprocess", "getoutput").is(Level::Malicious);
    let old = Pickle::default().global("__builtin__", "reduce").raw(b"(S'x'\ntR").stop();
    found(&old).imports("functools", "reduce").is(Level::Malicious);
    found(&pickle().global("commands", "getoutput").stop())
        .imports("commands", "getoutput")
        .is(Level::Malicious);
}

#[test]
fn names_with_dots_are_judged_by_what_they_reach() {
    for (module, name) in [
        ("torch", "serialization.os.system"),
        ("numpy", "f2py.os.system"),
        ("collections", "abc.sys.modules.get"),
    ] {
        let bytes = pickle().stack_global(module, name).text("x").tuple(1).reduce().stop();
        found(&bytes).imports(module, name).is(Level::Malicious);
    }
    found(&pickle().stack_global("sklearn.tree", "helpers.thing").stop()).is(Level::Suspicious);
}

#[test]
fn names_that_come_out_at_run_time_are_malicious() {
    let made =
        |pickle: Pickle| pickle.stack_global("_codecs", "encode").text("bf").text("rot13").tuple(2).reduce();
    let bytes = made(made(pickle())).raw(b"\x93").text("x").tuple(1).reduce().stop();
    found(&bytes).sees(&What::DynamicName).calls(CallKind::Reduce, "?", &["text"]).is(Level::Malicious);
}

#[test]
fn extensions_are_seen_by_their_number() {
    for (code, opcode) in [(7, &b"\x82\x07"[..]), (263, b"\x83\x07\x01"), (65543, b"\x84\x07\0\x01\0")] {
        found(&pickle().raw(opcode).stop()).sees(&What::Extension { code }).is(Level::Suspicious);
    }
    found(&pickle().raw(b"\x82\x00").stop()).gap("malformed");
    let add =
        pickle().stack_global("copyreg", "add_extension").text("os").text("system").int(7).tuple(3).reduce();
    found(&add.raw(b"0\x82\x07").text("x").tuple(1).reduce().stop()).is(Level::Malicious);
}

#[test]
fn what_was_not_made_here_must_not_be_changed() {
    let registry = pickle().stack_global("copyreg", "_inverted_registry").int(7).text("x").raw(b"s").stop();
    found(&registry)
        .sees(&What::Method {
            method: "__setitem__".to_owned(),
            target: "copyreg._inverted_registry".to_owned(),
        })
        .is(Level::Malicious);
    let path = pickle().stack_global("sklearn", "Things").text("x").raw(b"a").stop();
    found(&path).is(Level::Malicious);
    let class = pickle()
        .stack_global("argparse", "Namespace")
        .raw(b"N}")
        .text("__init__")
        .raw(b"Ns")
        .tuple(2)
        .raw(b"b");
    found(&class.stop())
        .sees(&What::Patch {
            target: "argparse.Namespace".to_owned(),
            attributes: vec!["__init__".to_owned()],
        })
        .is(Level::Malicious);
}

#[test]
fn what_a_trampoline_is_given_is_what_it_calls() {
    let bytes = |given: &str| {
        let (module, name) = given.rsplit_once('.').unwrap();
        let call = pickle().stack_global("torch._tensor", "_rebuild_from_type_v2").stack_global(module, name);
        call.stack_global("torch", "Tensor").raw(b")").tuple(3).reduce().stop()
    };
    found(&bytes("os.system")).is(Level::Malicious);
    found(&bytes("somebody.thing")).is(Level::Malicious);
    found(&bytes("torch._utils._rebuild_tensor_v2")).is(Level::Clean);
}

#[test]
fn functions_that_are_put_together_are_worth_a_look_and_calling_them_is_worse() {
    let getter = pickle().stack_global("builtins", "getattr").stack_global("collections", "OrderedDict");
    let getter = getter.text("fromkeys").tuple(2).reduce();
    found(&getter.clone().stop())
        .calls(CallKind::Reduce, "builtins.getattr", &["collections.OrderedDict", "'fromkeys'"])
        .is(Level::NeedsReview);
    found(&getter.text("x").tuple(1).reduce().stop())
        .calls(CallKind::Reduce, "builtins.getattr()", &["text"])
        .is(Level::Malicious);
    let dunder =
        pickle().stack_global("builtins", "getattr").int(1).text("__class__").tuple(2).reduce().stop();
    found(&dunder).is(Level::Malicious);
}

#[test]
fn an_object_is_made_without_its_constructor_and_a_constructor_is_not_run() {
    let class = |opcode: &[u8]| {
        found(&pickle().stack_global("sklearn.tree._classes", "Odd").raw(b")").raw(opcode).stop())
    };
    class(b"\x81}b").calls(CallKind::Build, "sklearn.tree._classes.Odd", &["dict"]).is(Level::Clean);
    found(&pickle().stack_global("torch.nn.modules", "Odd").raw(b")R").stop()).is(Level::Suspicious);
    found(&pickle().stack_global("somebody", "Model").raw(b")\x81}b").stop()).is(Level::Suspicious);
    found(&pickle().stack_global("somebody", "load_model").text("x").tuple(1).reduce().stop())
        .is(Level::Malicious);
    found(&pickle().stack_global("wave", "anything").text("x").tuple(1).reduce().stop()).is(Level::Malicious);
}

#[test]
fn pickles_in_pickles_are_followed() {
    let inner = pickle().harm().stop();
    for (module, name) in
        [("pickle", "loads"), ("_pickle", "loads"), ("dill", "loads"), ("torch.storage", "_load_from_bytes")]
    {
        let bytes = pickle().stack_global(module, name).bytes(&inner).tuple(1).reduce().stop();
        let found = found(&bytes).is(Level::Malicious);
        let nested = found
            .scan
            .events
            .iter()
            .find(|event| event.what == What::Import { module: "os".into(), name: "system".into() });
        assert!(nested.unwrap().member.as_ref().unwrap().starts_with(&format!("{module}.{name}@")));
    }
    let harmless = pickle().stack_global("torch.storage", "_load_from_bytes").bytes(&pickle().int(1).stop());
    found(&harmless.tuple(1).reduce().stop()).is(Level::Clean).whole();
    let strange = pickle().stack_global("torch.storage", "_load_from_bytes").bytes(b"PK\x03\x04");
    found(&strange.tuple(1).reduce().stop()).gap("value-unread").is(Level::Partial);
}

#[test]
fn bytes_that_are_written_as_text_are_followed_too() {
    let inner = Pickle::default().global("os", "system").raw(b"(S'x'\ntR").stop();
    let text = String::from_utf8(inner).unwrap();
    let encoded =
        |outer: Pickle| outer.global("_codecs", "encode").text(&text).text("latin1").tuple(2).reduce();
    let bytes = encoded(Pickle(vec![0x80, 2]).global("cPickle", "loads")).tuple(1).reduce().stop();
    found(&bytes).imports("pickle", "loads").imports("os", "system").is(Level::Malicious);
}

#[test]
fn depth_has_an_end() {
    let mut inner = pickle().int(1).stop();
    for _ in 0..20 {
        inner =
            pickle().stack_global("torch.storage", "_load_from_bytes").bytes(&inner).tuple(1).reduce().stop();
    }
    found(&inner).gap("too-deep").is(Level::Partial);
}
