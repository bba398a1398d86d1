//! Opcodes, one by one.

use std::io;

use super::*;
use crate::reading::ReadAt;

fn ops(bytes: &[u8]) -> (Vec<Op>, Option<Problem>) {
    let bytes = bytes.to_vec();
    let mut decoder = Decoder::new(&bytes, 0);
    let mut found = Vec::new();
    loop {
        match decoder.next_op() {
            Ok(Op::Stop) => return (found, None),
            Ok(op) => found.push(op),
            Err(problem) => return (found, Some(problem)),
        }
    }
}

fn op(bytes: &[u8]) -> Op {
    let (found, problem) = ops(&[bytes, b"."].concat());
    assert_eq!((found.len(), problem), (1, None), "{bytes:?}");
    found[0]
}

fn text(bytes: &[u8]) -> String {
    let bytes = bytes.to_vec();
    let mut decoder = Decoder::new(&bytes, 0);
    let Ok(Op::Text(text)) = decoder.next_op() else { panic!("{bytes:?} is no text") };
    decoder.text(text).unwrap()
}

fn refused(bytes: &[u8]) -> Problem {
    ops(&[bytes, b"."].concat()).1.unwrap()
}

#[test]
fn numbers_are_those_of_python() {
    for (bytes, number) in [
        (&b"K\xff"[..], 255),
        (b"M\xff\xff", 65535),
        (b"J\xff\xff\xff\xff", -1),
        (b"I-12\n", -12),
        (b"I010\n", 8),
        (b"I0x1F\n", 31),
        (b"I1_000\n", 1000),
        (b"L12L\n", 12),
        (b"L-12\n", -12),
        (b"L0b101L\n", 5),
        (b"\x8a\x00", 0),
        (b"\x8a\x01\xff", -1),
        (b"\x8a\x02\xff\x00", 255),
        (b"\x8b\x08\0\0\0\0\0\0\0\0\0\0\x80", i64::MIN),
    ] {
        assert_eq!(op(bytes), Op::Int(number), "{bytes:?}");
    }
    assert_eq!((op(b"I01\n"), op(b"I00\n"), op(b"I1\n")), (Op::Bool(true), Op::Bool(false), Op::Int(1)));
    assert_eq!(op(b"I99999999999999999999\n"), Op::BigInt);
    assert_eq!(op(b"\x8a\x09\0\0\0\0\0\0\0\0\x01"), Op::BigInt);
    assert_eq!(op(&[b"L", &[b'9'; 100_000][..], b"\n"].concat()), Op::BigInt);
    for bytes in [&b"I\n"[..], b"Ix\n", b"L010\n", b"L1__0\n", b"\x8b\xff\xff\xff\xff", b"Fx\n", b"F \n"] {
        assert!(matches!(refused(bytes), Problem::Malformed { at: 0, .. }), "{bytes:?}");
    }
    assert_eq!((op(b"F1e5\n"), op(b"F-inf\n"), op(b"G\0\0\0\0\0\0\0\0")), (Op::Float, Op::Float, Op::Float));
}

#[test]
fn places_in_the_memo_are_written_as_int_reads_them() {
    for (bytes, index) in
        [(&b"7"[..], 7), (b"007", 7), (b"+7", 7), (b" 7 ", 7), (b"1_0", 10), (b"-0", 0), (b"7\0x", 7)]
    {
        assert_eq!(op(&[b"g", bytes, b"\n"].concat()), Op::Get(index), "{bytes:?}");
        assert_eq!(op(&[b"p", bytes, b"\n"].concat()), Op::Put(index), "{bytes:?}");
    }
    for bytes in [&b""[..], b"-1", b"x", b"0x7", b"_1", b"1_", b"99999999999999999999"] {
        assert!(matches!(refused(&[b"p", bytes, b"\n"].concat()), Problem::Malformed { .. }), "{bytes:?}");
    }
    assert_eq!(
        (op(b"h\x07"), op(b"j\x07\0\0\x80"), op(b"r\x07\0\0\0")),
        (Op::Get(7), Op::Get(0x8000_0007), Op::Put(7))
    );
}

#[test]
fn texts_are_written_in_many_ways() {
    assert_eq!(text(b"S'a\\n\\x62\\1433\\q\\''\n"), "a\nbc3\\q'");
    assert_eq!(text(b"S\"it's\"\n"), "it's");
    assert_eq!(text(b"V\\u0061\\U00000062\\\\u0063\xe9\n"), "ab\\\\u0063\u{e9}");
    assert_eq!(text(b"\x8c\x02os"), "os");
    assert_eq!(text(b"X\x02\0\0\0os"), "os");
    assert_eq!(text(b"\x8d\x02\0\0\0\0\0\0\0os"), "os");
    assert_eq!(text(b"U\x02os"), "os");
    for bytes in [&b"Sabc\n"[..], b"S'abc\"\n", b"S'\n", b"S\n", b"\x8c\x01\xff", b"cos\n\xff\n"] {
        assert!(matches!(refused(bytes), Problem::Malformed { .. }), "{bytes:?}");
    }
    assert!(matches!(op(b"\x8c\x03\xed\xa0\x80"), Op::Text(_)));
}

#[test]
fn what_is_cut_off_is_told_from_what_is_wrong() {
    for bytes in [
        &b""[..],
        b"K",
        b"J\0\0\0",
        b"\x80",
        b"\x95\0\0\0",
        b"\x8c",
        b"\x8c\x05abc",
        b"B\xff\xff\xff\xffabc",
        b"\x8e\xff\xff\xff\xff\xff\xff\xff\xffabc",
        b"I12",
        b"cos\n",
        b"c\nx\n",
        b"\x84\0\0",
    ] {
        let found = ops(bytes);
        assert!(
            matches!(found.1, Some(Problem::Truncated { .. } | Problem::Malformed { .. })),
            "{bytes:?}: {found:?}"
        );
    }
    assert_eq!(refused(b"\xff"), Problem::Opcode { at: 0, code: 0xff });
    assert!(matches!(refused(b"\x80\x06"), Problem::Malformed { .. }));
    assert!(matches!(refused(b"\x82\x00"), Problem::Malformed { .. }));
    assert!(matches!(refused(b"\x84\0\0\0\x80"), Problem::Malformed { .. }));
}

/// Bytes that come one at a time, and fail from a place on.
struct Slow<'a>(&'a [u8], u64);

impl ReadAt for Slow<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        if at >= self.1 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let most = into.len().min(1);
        self.0.read_at(at, &mut into[..most])
    }
}

#[test]
fn bytes_that_cannot_be_read_are_a_problem_of_their_own() {
    let slow = Slow(b"K\x01K\x02.", 3);
    assert!(matches!(Decoder::new(&slow, 0).next_op(), Err(Problem::Unreadable { at: 0, .. })));
    let slow = Slow(b"K\x01K\x02.", 5);
    assert_eq!(Decoder::new(&slow, 2).next_op(), Ok(Op::Int(2)));
}

#[test]
fn long_values_are_passed_over() {
    struct Huge;
    impl ReadAt for Huge {
        fn size(&self) -> u64 {
            1 << 50
        }
        fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
            let header = [&b"\x80\x05\x8e"[..], &((1_u64 << 50) - 12).to_le_bytes()].concat();
            for (index, byte) in into.iter_mut().enumerate() {
                *byte = header.get(at as usize + index).copied().unwrap_or(b'.');
            }
            Ok(into.len())
        }
    }
    let mut decoder = Decoder::new(&Huge, 0);
    assert_eq!(decoder.next_op(), Ok(Op::Proto(5)));
    assert_eq!(decoder.next_op(), Ok(Op::Bytes(Span { at: 11, length: (1 << 50) - 12 })));
    assert_eq!(decoder.next_op(), Ok(Op::Stop));
}

#[test]
fn pickles_are_told_from_other_files() {
    let looks = |bytes: &[u8]| looks_like_pickle(bytes, bytes.len() as u64);
    for pickle in [
        &b"\x80\x04N."[..],
        b"\x80\x02}q\x00.",
        b"cos\nsystem\n(S'x'\ntR.",
        b"(S'x'\nios\nsystem\n.",
        b"(lp0\nI1\naI2\na.",
        b"}.",
        b"N.N.N.",
        b"(dp0\nS'a'\np1\ncos\nsystem\n(S'x'\ntR\xff",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x01x\x85R\xff\xff",
        b"X\x02\0\0\0osX\x06\0\0\0system\x93)R.",
        b"\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c\x01a",
    ] {
        assert_eq!(looks(pickle), Looks::Pickle, "{pickle:?}");
    }
    let magic = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
    assert_eq!(looks(magic), Looks::TorchLegacy);
    for other in [
        &b""[..],
        b".",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        b"I am a text.\nSo am I.\n",
        b"Note that this is no pickle.",
        b"(c) 2024 somebody\nAll rights reserved.\n",
        b"class A:\n    pass\n",
        b"cat\ndog\nelephant\n",
        b"int main(void)\n{\n}\n",
        b"PK\x03\x04\x14\0\0\0",
        b"GGUF\x03\0\0\0",
        b"{\"a\": 1}",
        b"\x1f\x8b\x08\0",
        b"N.\xff\xd8\xff\xe0 anything",
        b"# title\n",
        b"\0\0\0\0\0\0\0\0",
        b"\n\x0b\x0a\x05<unk>\x15",
    ] {
        assert_eq!(looks(other), Looks::Other, "{other:?}");
    }
}

#[test]
fn a_beginning_is_enough() {
    let long = [&b"\x80\x04]("[..], &b"K\x01".repeat(100_000), b"e."].concat();
    assert_eq!(looks_like_pickle(&long[..65536], long.len() as u64), Looks::Pickle);
    let text = [&b"(lp0\n"[..], &b"I1\na".repeat(100_000), b"."].concat();
    assert_eq!(looks_like_pickle(&text[..65536], text.len() as u64), Looks::Pickle);
    let late = [&b"X\xa0\x86\x01\0"[..], &[b'a'; 100_000], b"0cos\nsystem\n(S'x'\ntR."].concat();
    assert_eq!(looks_like_pickle(&late[..65536], late.len() as u64), Looks::Pickle);
    let prose = [&b"The beginning of a long text. "[..], &[b'a'; 100_000]].concat();
    assert_eq!(looks_like_pickle(&prose[..65536], prose.len() as u64), Looks::Other);
}
