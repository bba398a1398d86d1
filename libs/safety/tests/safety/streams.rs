//! Streams that are broken, follow each other, or are not what one reader takes them for.

use limpide_safety::{CallKind, Level};

use crate::assembler::{Pickle, found, pickle};

#[test]
fn what_ran_before_an_error_counts() {
    for (rest, why) in [
        (&b"\xff."[..], "no-opcode"),
        (b"Ifoo\n.", "malformed"),
        (b"\x80\x63.", "malformed"),
        (b"c\xff\xfe\nx\n.", "malformed"),
        (b"Sfoo\n.", "malformed"),
        (b"h\x63.", "memo-miss"),
        (b"000.", "stack-underflow"),
        (b"t.", "mark-missing"),
        (b"(NNNd.", "odd-items"),
        (b"NNR.", "call-without-tuple"),
        (b"]]\x93.", "name-without-text"),
        (b"", "truncated"),
        (b"B\xff\xff\xff\x7fx", "truncated"),
        (b"\x8e\xff\xff\xff\xff\xff\xff\xff\xffx", "truncated"),
        (b"\x8b\xff\xff\xff\xff.", "malformed"),
    ] {
        let bytes = pickle().harm().raw(rest).0;
        found(&bytes).calls(CallKind::Reduce, "os.system", &["text"]).gap(why).is(Level::Malicious);
        let harmless = pickle().int(1).raw(rest).0;
        let level = found(&harmless).verdict.level;
        assert!(level >= Level::Partial, "{rest:?}: {level:?}");
    }
}

#[test]
fn a_call_that_the_end_of_the_file_cuts_off_is_one_to_python() {
    found(b"(S'x'\nios\nsystem?")
        .calls(CallKind::Inst, "os.system", &["text"])
        .gap("truncated")
        .is(Level::Malicious);
}

#[test]
fn frames_that_do_not_fit_are_seen() {
    let framed =
        |length: u64| pickle().raw(b"\x95").raw(&length.to_le_bytes()).int(1).raw(b"0").text("abc").stop();
    found(&framed(12)).is(Level::Clean).whole();
    found(&framed(8)).structure("frame-straddle").is(Level::Suspicious);
    found(&framed(3)).structure("frame-straddle").is(Level::Suspicious);
    found(&framed(100)).structure("frame-after-the-end").is(Level::Suspicious);
    let nested = pickle().raw(b"\x95\x0b\0\0\0\0\0\0\0\x95\x02\0\0\0\0\0\0\0N.").0;
    found(&nested).structure("nested-frame").is(Level::Suspicious);
}

#[test]
fn every_stream_of_a_file_is_followed() {
    let harmless = pickle().int(1).stop();
    let two = [harmless.clone(), harmless.clone()].concat();
    found(&two).structure("several-streams").is(Level::Clean).whole();
    found(&[harmless.clone(), pickle().harm().stop()].concat()).imports("os", "system").is(Level::Malicious);
    let apart = [&harmless[..], b"\n\n", &pickle().harm().stop()].concat();
    found(&apart).structure("padding-between-streams").is(Level::Malicious);
    found(&[&harmless[..], b"\0\0\0\0"].concat()).structure("padding-at-the-end").is(Level::Clean);
    let tail = [&harmless[..], b"anything else"].concat();
    let found = found(&tail).gap("after-the-end").is(Level::Partial);
    assert_eq!(found.scan.account.accounted, harmless.len() as u64);
}

#[test]
fn a_stream_has_a_memo_of_its_own() {
    let first = pickle().text("os").raw(b"\x94").stop();
    let second = pickle().raw(b"h\x00").stop();
    found(&[first, second].concat()).gap("after-the-end").is(Level::Partial);
}

#[test]
fn what_costs_the_reader_is_not_clean() {
    let far = pickle().int(1).raw(b"r\xff\xff\xff\x7f").stop();
    found(&far).structure("memo-number-far-ahead").is(Level::Suspicious);
    let digits = [&b"L"[..], &[b'9'; 100_000], b"L\n."].concat();
    found(&digits).structure("number-of-many-digits").is(Level::Partial);
    let mut laughs = pickle().raw(b"]\x94").int(1).raw(b"a");
    for level in 0..40_u8 {
        laughs = laughs.raw(b"]\x94(");
        for _ in 0..10 {
            laughs = laughs.raw(&[b'h', level]);
        }
        laughs = laughs.raw(b"e");
    }
    found(&laughs.stop()).structure("grows-without-bound").is(Level::Suspicious);
    found(&vec![b'('; 5 << 20]).gap("budget").is(Level::Partial);
    found(&vec![b']'; 5 << 20]).gap("budget").is(Level::Partial);
}

#[test]
fn buffers_outside_the_pickle_are_values() {
    found(&Pickle(vec![0x80, 5]).raw(b"\x97\x98").stop()).is(Level::Clean).whole();
}

#[test]
fn nothing_is_no_pickle() {
    found(b"").gap("truncated").is(Level::Partial);
    found(b".").gap("stack-underflow").is(Level::Partial);
}
