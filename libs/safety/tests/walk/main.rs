//! Files made byte by byte, each with the same harmless command hidden in another way: wherever it lies, it is found, and
//! whatever is not understood is a gap.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

#[allow(dead_code)]
#[path = "../../../formats/tests/formats/archives.rs"]
mod archives;
#[path = "../../../words/tests/words/each_seed.rs"]
mod each_seed;
mod graphs;
mod inspected;
mod properties;

use std::cell::Cell;
use std::io;

use archives::{InZip, gzip, in_tar, npy, seven_zip_of, tar, zip, zip_end, zlib};
use limpide_formats::reading::ReadAt;
use limpide_safety::{Level, Policy, Scan, What, scan};
use proptest::prelude::*;

/// Protocol 0 has no mark at all.
const PAYLOAD: &[u8] = b"cos\nsystem\n(S'echo limpide-test'\ntR.";
const MARKED: &[u8] = b"\x80\x02cposix\nsystem\nX\x11\0\0\0echo limpide-test\x85R.";
const HARMLESS: &[u8] = b"\x80\x02}q\0X\x01\0\0\0aK\x01s.";

fn look(bytes: &[u8]) -> Scan {
    scan(&bytes.to_vec(), "model.bin")
}

fn level(scan: &Scan) -> Level {
    Policy::built_in().unwrap().judge(scan).level
}

/// Inside which members the command is.
fn found(scan: &Scan) -> Vec<Option<&str>> {
    let calls = scan
        .events
        .iter()
        .filter(|event| matches!(&event.what, What::Call { callee, .. } if callee.ends_with(".system")));
    calls.map(|event| event.member.as_deref()).collect()
}

fn kinds(scan: &Scan) -> Vec<&str> {
    let kind = |what| match what {
        &What::Structure { ref kind } | &What::Member { ref kind, .. } | &What::Executable { ref kind } => {
            Some(&**kind)
        }
        _ => None,
    };
    scan.events.iter().filter_map(|event| kind(&event.what)).collect()
}

fn gaps(scan: &Scan) -> Vec<&str> {
    scan.account.gaps.iter().map(|gap| &*gap.why).collect()
}

/// The command is found inside this member, and the file is malicious.
fn holds(bytes: &[u8], member: &str) -> Scan {
    let scan = look(bytes);
    assert!(found(&scan).contains(&Some(member)), "{member}: {scan:?}");
    assert_eq!(level(&scan), Level::Malicious);
    scan
}

fn clean(bytes: &[u8], format: &str) {
    let scan = look(bytes);
    assert_eq!((level(&scan), &*scan.format), (Level::Clean, format), "{scan:?}");
    assert_eq!(scan.account.accounted, bytes.len() as u64);
}

/// An archive as PyTorch writes it, with one tensor of so many numbers.
fn torch(pickle: &[u8], storage: &[u8]) -> Vec<InZip> {
    vec![
        InZip::stored("archive/data.pkl", pickle),
        InZip::stored("archive/data/0", storage),
        InZip::stored("archive/version", b"3\n"),
    ]
}

fn tensor(count: u8) -> Vec<u8> {
    let begin = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK";
    let end = b"\x85K\x01\x85\x89ccollections\nOrderedDict\n)RtR.";
    [begin, [count].as_slice(), b"tQK\0K", &[count], end].concat()
}

#[test]
fn a_pickle_is_one_under_any_name() {
    for payload in [PAYLOAD, MARKED] {
        for name in ["weights.txt", "a.safetensors", "config.json", ""] {
            let scan = scan(&payload.to_vec(), name);
            assert_eq!((found(&scan), level(&scan), &*scan.format), (vec![None], Level::Malicious, "pickle"));
        }
    }
    clean(HARMLESS, "pickle");
}

#[test]
fn a_checkpoint_is_clean_when_its_pickle_names_its_tensors() {
    clean(&zip(&torch(&tensor(4), &[7; 16])), "torch-zip");
    let mut members = torch(&tensor(4), &[7; 16]);
    members.push(InZip::stored("archive/data/1", &[7; 16]));
    let scan = look(&zip(&members));
    assert_eq!((level(&scan), gaps(&scan)), (Level::Partial, vec!["unknown-format"]));
    assert_eq!(scan.account.accounted, scan.size - 16);
    // The tensor is longer than its storage.
    assert_eq!(level(&look(&zip(&torch(&tensor(5), &[7; 16])))), Level::Partial);
}

#[test]
fn code_of_torchscript_is_looked_through_for_what_does_more_than_calculate() {
    let operations = |code: &[u8]| {
        let mut members = torch(&tensor(4), &[7; 16]);
        members.push(InZip::stored("archive/constants.pkl", b"\x80\x02).".as_slice()));
        members.push(InZip::deflated("archive/code/__torch__.py", code));
        let scan = look(&zip(&members));
        assert_eq!((&*scan.format, scan.account.is_whole()), ("torchscript", true));
        let of = |what: &What| match what {
            What::Operation { name, .. } => Some(name.clone()),
            _ => None,
        };
        (scan.events.iter().filter_map(|event| of(&event.what)).collect::<Vec<_>>(), level(&scan))
    };
    let calculates = b"def forward(self, x):\n  return torch.relu(ops.prim.unchecked(x).save)\n";
    assert_eq!(operations(calculates), (vec![], Level::Clean));
    let saves =
        b"def forward(self, x):\n  torch.save(x, 'a')\n  ops.aten.from_file('b')\n  return ops.mine.run(x)\n";
    let expected = ["aten::from_file", "aten::save", "mine::run"].map(str::to_owned).to_vec();
    assert_eq!(operations(saves), (expected, Level::NeedsReview));
}

#[test]
fn what_only_one_of_two_tellings_knows_is_looked_at() {
    let bent = |change: fn(&mut InZip)| {
        let mut members = torch(MARKED, &[7; 16]);
        change(&mut members[0]);
        zip(&members)
    };
    holds(&bent(|_| {}), "archive/data.pkl");
    holds(&bent(|member| *member = InZip::deflated(&member.name, &member.packed)), "archive/data.pkl");
    let renamed = holds(&bent(|member| member.local_name = "archive/data.txt".into()), "archive/data.pkl");
    assert!(kinds(&renamed).contains(&"zip-names-differ"));
    let renamed = holds(&bent(|member| member.name = "archive/data.txt".into()), "archive/data.txt");
    assert!(kinds(&renamed).contains(&"zip-names-differ"));
    for flag in [1, 0x20, 0x40, 0x2000] {
        let mut members = torch(MARKED, &[7; 16]);
        (members[0].flags, members[0].local_flags) = (flag, flag);
        let scan = holds(&zip(&members), "archive/data.pkl");
        assert!(kinds(&scan).contains(&"zip-flags"));
    }
    holds(&bent(|member| member.is_listed = false), "archive/data.pkl");
    holds(&bent(|member| member.name = "ARCHIVE/DATA.PKL".into()), "ARCHIVE/DATA.PKL");
}

#[test]
fn of_two_members_with_one_name_both_are_looked_at() {
    for pickles in [[HARMLESS, MARKED], [MARKED, HARMLESS]] {
        let members = pickles.map(|pickle| InZip::stored("archive/data.pkl", pickle));
        let scan = holds(&zip(&members), "archive/data.pkl");
        assert!(kinds(&scan).contains(&"zip-name-twice"));
    }
    // A storage that is there twice is as long as the shorter.
    let mut members = torch(&tensor(4), &[7; 16]);
    members.push(InZip::stored("archive/data/0", &[7; 8]));
    assert!(kinds(&look(&zip(&members))).contains(&"storage-cut-short"));
}

#[test]
fn an_archive_counts_wherever_it_stands() {
    let archive = zip(&torch(MARKED, &[7; 16]));
    let image = b"\x89PNG\r\n\x1a\n and what belongs to it".to_vec();
    let scan = holds(&[image, archive.clone()].concat(), "archive/data.pkl");
    assert_eq!((&*scan.format, kinds(&scan).contains(&"zip-at-the-end")), ("png", true));
    holds(&[HARMLESS, &archive].concat(), "archive/data.pkl");
    holds(&[b"just a text\n", &*archive].concat(), "archive/data.pkl");
    holds(
        &[zip(&torch(HARMLESS, &[])), b"\0\0\0".to_vec(), PAYLOAD.to_vec()].concat(),
        "(zip-between-members 360)",
    );
    // An archive in the comment of another, and one whose end is cut off.
    let mut outer = zip(&torch(HARMLESS, &[]));
    let length = outer.len();
    outer[length - 2..].copy_from_slice(&(archive.len() as u16).to_le_bytes());
    holds(&[outer, archive.clone()].concat(), "archive/data.pkl");
    holds(&archive[..archive.len() - 22], "archive/data.pkl");
}

#[test]
fn archives_in_archives_are_opened() {
    let inner = zip(&torch(PAYLOAD, &[7; 16]));
    let middle = gzip(&tar(&[in_tar(b"inner.pt", b'0', b"", &inner)]));
    let outer = zip(&[InZip::deflated("notes.txt", &middle)]);
    holds(&outer, "notes.txt!(gzip)!inner.pt!archive/data.pkl");
    holds(&seven_zip_of(&[("a", b"text"), ("b", &inner)]), "b!archive/data.pkl");
    let deep = (0..20).fold(PAYLOAD.to_vec(), |inner, _| zip(&[InZip::stored("a", &inner)]));
    let scan = look(&deep);
    assert_eq!((gaps(&scan), level(&scan)), (vec!["too-deep"], Level::Partial));
}

#[test]
fn compressed_pickles_are_unpacked_and_what_follows_them_is_looked_at() {
    holds(&gzip(MARKED), "(gzip)");
    holds(&zlib(PAYLOAD), "(zlib)");
    holds(&[format!("ZF{:<19}", "0x25").into_bytes(), zlib(MARKED)].concat(), "(zfile)");
    clean(&zlib(HARMLESS), "zlib");
    let after = holds(&[gzip(HARMLESS), PAYLOAD.to_vec()].concat(), "(after-the-stream 35)");
    assert!(kinds(&after).contains(&"after-the-stream"));
    // Broken after the command: it would have run.
    let mut broken = gzip(&[MARKED, &[0; 999]].concat());
    let length = broken.len();
    broken.truncate(length - 6);
    assert!(gaps(&holds(&broken, "(gzip)")).contains(&"broken-stream"));
}

#[test]
fn what_unpacking_would_write_elsewhere_is_told() {
    let scan = look(&tar(&[
        in_tar(b"../../outside", b'0', b"", b"text"),
        in_tar(b"/etc/passwd", b'0', b"", b"text"),
        in_tar(b"C:\\Windows\\a", b'0', b"", b"text"),
        in_tar(b"link", b'2', b"/etc/passwd", b""),
        in_tar(b"hard", b'1', b"link", b""),
        in_tar(b"device", b'3', b"", b""),
    ]));
    assert_eq!(kinds(&scan), ["absolute", "absolute", "climbs", "device", "hard-link", "symbolic-link"]);
    assert_eq!(level(&scan), Level::Malicious);
    assert_eq!(kinds(&look(&zip(&[InZip::stored("a/../../b", b"text")]))), ["climbs"]);
    let mut link = InZip::stored("link", b"../../etc");
    link.mode = 0o120_777;
    assert_eq!(kinds(&look(&zip(&[link]))), ["symbolic-link"]);
    clean(&tar(&[in_tar(b"folder/", b'5', b"", b""), in_tar(b"folder/a..b", b'0', b"", b"text")]), "tar");
}

#[test]
fn files_with_holes_in_tar_archives_are_filled_before_they_are_looked_at() {
    for archive in [
        include_bytes!("sparse/gnu.tar").as_slice(),
        include_bytes!("sparse/pax-0.0.tar"),
        include_bytes!("sparse/pax-0.1.tar"),
        include_bytes!("sparse/pax-1.0.tar"),
    ] {
        let scan = holds(archive, "harm.pkl");
        assert_eq!(kinds(&scan), ["tar-sparse"]);
        // Without its holes, each of the two is a pickle that is cut short, unless the map comes first.
        assert!(gaps(&scan).iter().all(|why| *why == "truncated"), "{scan:?}");
    }
    // Where there are many pieces the map goes on behind the header.
    holds(include_bytes!("sparse/gnu-many.tar"), "many.bin");
    let mut bent = include_bytes!("sparse/gnu.tar").to_vec();
    let at = 386 + 23;
    bent[at - 1] = b'7';
    let sum: u32 = bent[..148].iter().chain(&bent[156..512]).map(|byte| u32::from(*byte)).sum::<u32>() + 256;
    bent[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    assert!(gaps(&look(&bent)).contains(&"sparse"));
}

/// Codes of Deflate, bit by bit.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    count: usize,
}

impl Bits {
    /// A number, its lowest bit first.
    fn ascending(&mut self, number: u32, bits: u32) {
        for bit in 0..bits {
            if self.count.is_multiple_of(8) {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= ((number >> bit & 1) as u8) << (self.count % 8);
            self.count += 1;
        }
    }

    /// A code, its highest bit first.
    fn descending(&mut self, code: u32, bits: u32) {
        self.ascending(code.reverse_bits() >> (32 - bits), bits);
    }

    /// A byte by the code that every block may use.
    fn literal(&mut self, byte: u8) {
        match byte {
            0..144 => self.descending(0x30 + u32::from(byte), 8),
            144.. => self.descending(0x190 + u32::from(byte) - 144, 9),
        }
    }
}

#[test]
fn members_of_zip_that_are_packed_as_deflate64_are_looked_at() {
    // A text of 70,000 letters, of which all but the first are one match, as only Deflate64 has it.
    let (before, after) =
        (b"\x80\x02X\x70\x11\x01\0a", b"0cposix\nsystem\nX\x11\0\0\0echo limpide-test\x85R.");
    let mut bits = Bits::default();
    bits.ascending(0b011, 3);
    before.iter().for_each(|byte| bits.literal(*byte));
    for length in [65_000, 4999_u32] {
        bits.descending(0b1100_0101, 8);
        bits.ascending(length - 3, 16);
        bits.descending(0, 5);
    }
    after.iter().for_each(|byte| bits.literal(*byte));
    bits.descending(0, 7);
    let size = before.len() + 69_999 + after.len();
    let member = InZip { method: 9, size, ..InZip::stored("harm.pkl", &bits.bytes) };
    let scan = holds(&zip(std::slice::from_ref(&member)), "harm.pkl");
    assert!(scan.account.is_whole() && kinds(&scan).is_empty(), "{scan:?}");
    let cut = InZip { packed: bits.bytes[..bits.bytes.len() - 2].to_vec(), ..member };
    assert_eq!(gaps(&look(&zip(&[cut])))[0], "truncated");
}

#[test]
fn objects_in_arrays_are_pickles() {
    let header = |dtype: &str| format!("{{'descr': {dtype}, 'fortran_order': False, 'shape': (2,), }}");
    let objects = npy(1, &header("'|O'"), MARKED);
    holds(&objects, "(objects)");
    for dtype in ["[('a', '<i4'), ('b', '|O')]", "'object'", "'f4,O'", "('O', 2)"] {
        holds(&npy(3, &header(dtype), PAYLOAD), "(objects)");
    }
    holds(&zip(&[InZip::deflated("arr_0.npy", &objects)]), "arr_0.npy!(objects)");
    clean(&npy(1, &header("'<f4'"), &[0; 8]), "npy");
    clean(&zip(&[InZip::deflated("arr_0.npy", &npy(2, &header("'<f4'"), &[1; 8]))]), "npz");
    let after = [npy(1, &header("'<f4'"), &[1; 8]), PAYLOAD.to_vec()].concat();
    let place = after.len() - PAYLOAD.len();
    holds(&after, &format!("(after-the-end {place})"));
    let evaluated = look(&npy(1, "{'descr': eval('1'), 'fortran_order': False, 'shape': (2,), }", &[0; 8]));
    assert_eq!((kinds(&evaluated), gaps(&evaluated)), (vec!["npy-header"], vec!["broken-header"]));
}

fn safetensors(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

#[test]
fn tensors_are_accounted_for_and_what_lies_beside_them_is_looked_at() {
    let one = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
    clean(&safetensors(one, &[1; 8]), "safetensors");
    let hidden = [&[1; 8], PAYLOAD].concat();
    holds(&safetensors(one, &hidden), &format!("(safetensors-between-tensors {})", 16 + one.len()));
    let archive = [vec![1; 8], zip(&torch(MARKED, &[7; 16]))].concat();
    let scan = look(&safetensors(one, &archive));
    assert!(kinds(&scan).contains(&"safetensors-trailing") && kinds(&scan).contains(&"zip-at-the-end"));
    for (wrong, kind) in [
        (one.replace("[2]", "[3]"), "safetensors-wrong-length"),
        (format!(" {one}"), "safetensors-padding-first"),
        (
            one.replace("}}", r#"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#),
            "safetensors-key-twice",
        ),
        (one.replace("\"a\"", "\"../a\""), "safetensors-odd-name"),
        (one.replace("{\"a", r#"{"__metadata__":{"a":"<script>"},"a"#), "safetensors-markup"),
        (one.replace("}}", "}"), "safetensors-header-not-json"),
    ] {
        let scan = look(&safetensors(&wrong, &[1; 8]));
        assert_eq!((kinds(&scan), level(&scan)), (vec![kind], Level::Suspicious), "{wrong}");
    }
    let gguf = b"GGUF\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    clean(gguf, "gguf");
    holds(&[gguf, [0; 8].as_slice(), PAYLOAD].concat(), "(gguf-between-tensors 32)");
    assert_eq!(kinds(&look(&gguf[..20])), ["gguf-cut"]);
}

#[test]
fn nothing_unknown_is_clean() {
    for (bytes, why) in [(&[1_u8; 99][..], "unknown-format"), (b"%PDF-1.7\x00\xff", "unread-format")] {
        let scan = look(bytes);
        assert_eq!((gaps(&scan), level(&scan), scan.account.accounted), (vec![why], Level::Partial, 0));
    }
    assert_eq!(gaps(&look(b"")), ["empty"]);
    assert_eq!(scan(&Vec::new(), "__init__.py").account.gap_count, 0);
    clean(b"just a text", "text");
    clean(b"\x89PNG\r\n\x1a\n", "png");
    let program = look(b"#!/bin/sh\nls\n");
    assert_eq!((kinds(&program), program.account.gap_count), (vec!["script"], 0));
    assert_eq!(kinds(&look(&zip(&[InZip::stored("tool", b"\x7fELF\x02\x01\x01\0")]))), ["elf"]);
    let odd = InZip { method: 99, ..InZip::stored("a", b"1") };
    assert_eq!(gaps(&look(&zip(&[odd]))), ["unknown-compression"]);
}

#[test]
fn a_bomb_costs_little_and_is_not_clean() {
    let bomb = gzip(&gzip(&vec![0; 4 << 20]).repeat(200));
    let scan = look(&bomb);
    assert_eq!(level(&scan), Level::Partial);
    assert!(gaps(&scan).contains(&"too-large-to-unpack"));
    // Many members that are the same bytes: each is looked at only as long as that is worth it.
    let long = InZip::stored("0", &vec![b'a'; 1 << 20]);
    let mut file = zip(std::slice::from_ref(&long));
    let at = file.len() - 22 - 46 - 1;
    let entry = file[at..at + 46].to_vec();
    file.truncate(at);
    let directory: Vec<u8> = (0..2000)
        .flat_map(|number| {
            let mut entry = entry.clone();
            entry[28] = 4;
            [entry, format!("{number:04}").into_bytes()].concat()
        })
        .collect();
    file.extend(&directory);
    file.extend(zip_end(2000, directory.len() as u32, at as u32, b""));
    let scan = look(&file);
    assert!(gaps(&scan).contains(&"budget") && level(&scan) > Level::Clean);
}

/// Bytes that count how many of them are read.
struct Counted(Vec<u8>, Cell<usize>);

impl ReadAt for Counted {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read_at(at, into)?;
        self.1.set(self.1.get() + read);
        Ok(read)
    }
}

#[test]
fn tensors_are_not_read() {
    let header =
        |length: usize| format!(r#"{{"a":{{"dtype":"U8","shape":[{length}],"data_offsets":[0,{length}]}}}}"#);
    let pickle = [&tensor(4)[..], b""].concat();
    for file in [zip(&torch(&pickle, &vec![1; 30 << 20])), safetensors(&header(30 << 20), &vec![1; 30 << 20])]
    {
        let file = Counted(file, Cell::new(0));
        let scan = scan(&file, "");
        assert_eq!((level(&scan), scan.account.accounted), (Level::Clean, scan.size));
        assert!(file.1.get() < 1 << 20, "{} bytes of {}", file.1.get(), scan.format);
    }
}

/// A file that cannot be read after its beginning.
struct Torn(Vec<u8>);

impl ReadAt for Torn {
    fn size(&self) -> u64 {
        1 << 20
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        if at >= self.0.size() { Err(io::ErrorKind::TimedOut.into()) } else { self.0.read_at(at, into) }
    }
}

#[test]
fn what_cannot_be_read_is_a_gap() {
    for begin in [zip(&torch(HARMLESS, &[])), gzip(HARMLESS), HARMLESS.to_vec(), b"text".to_vec()] {
        let scan = scan(&Torn(begin), "");
        assert!(!scan.account.is_whole() && level(&scan) > Level::Clean);
    }
}

#[test]
fn seeds_are_understood_or_not() {
    each_seed::each_seed("scan", properties::scan);
}

proptest! {
    #[test]
    fn any_bytes_are_accounted_for(
        parts in prop::collection::vec(prop_oneof![
            Just(zip(&torch(&tensor(4), &[7; 16]))),
            Just(zip(&[InZip::deflated("b", PAYLOAD)])),
            Just(tar(&[in_tar(b"a", b'0', b"", MARKED)])),
            Just(include_bytes!("sparse/pax-1.0.tar").to_vec()),
            Just(include_bytes!("sparse/gnu-many.tar").to_vec()),
            Just(gzip(HARMLESS)),
            Just(zlib(MARKED)),
            Just(npy(1, "{'descr': '|O', 'fortran_order': False, 'shape': ()}", MARKED)),
            Just(seven_zip_of(&[("a", PAYLOAD)])),
            Just(safetensors(r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, &[1; 8])),
            Just(PAYLOAD.to_vec()),
            Just(HARMLESS.to_vec()),
            prop::collection::vec(any::<u8>(), 0..60),
        ], 0..4),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut bytes = parts.concat();
        if !bytes.is_empty() {
            for (place, byte) in flips {
                let at = place.index(bytes.len());
                bytes[at] = byte;
            }
        }
        properties::scan(&bytes);
    }
}
