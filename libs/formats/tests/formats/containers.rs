//! Archives and compressed streams as all of their readers see them together.

use std::cell::Cell;
use std::io::{self, Write};

use limpide_formats::npy::Array;
use limpide_formats::reading::{Part, ReadAt};
use limpide_formats::seven_zip;
use limpide_formats::sniff::{self, Kind};
use limpide_formats::tar::{self, Tar};
use limpide_formats::unpack::{Allowance, Codec, Ending, Unpacked};
use limpide_formats::zip::Zip;
use proptest::prelude::*;

use crate::archives::{InZip, gzip, in_tar, npy, seven_zip_of, tar, with_checksum, zip, zip_end, zlib};
use crate::properties;

fn read(file: &[u8]) -> Zip {
    Zip::read(&file.to_vec()).unwrap().unwrap()
}

fn kinds(zip: &Zip) -> Vec<&'static str> {
    let mut kinds: Vec<_> = zip.oddities.iter().map(|odd| odd.kind).collect();
    kinds.dedup();
    kinds
}

fn names(zip: &Zip) -> Vec<&str> {
    zip.members.iter().map(|member| &*member.name).collect()
}

#[test]
fn an_archive_gives_its_members_and_nothing_is_left_over() {
    let mut described = InZip::deflated("c", b"cccc");
    described.has_descriptor = true;
    let file = zip(&[InZip::stored("a/", b""), InZip::stored("a/b", b"bb"), described]);
    let zip = read(&file);
    assert_eq!((names(&zip), kinds(&zip), zip.unclaimed.len()), (vec!["a/", "a/b", "c"], vec![], 0));
    assert_eq!(&file[zip.members[1].data.start as usize..zip.members[1].data.end as usize], b"bb");
    assert!(zip.members[0].is_folder() && !zip.members[1].is_folder());
    assert_eq!((zip.members[2].method, zip.members[2].size), (8, 4));
    assert_eq!(read(&zip_end(0, 0, 0, b"")).members, []);
}

#[test]
fn where_the_two_tellings_differ_is_noted() {
    let odd = |change: fn(&mut InZip)| {
        let mut member = InZip::stored("data.pkl", b"N.");
        change(&mut member);
        let zip = read(&zip(&[member]));
        (kinds(&zip), zip.members.len())
    };
    assert_eq!(odd(|_| {}), (vec![], 1));
    assert_eq!(odd(|member| member.local_name = "data.txt".into()), (vec!["zip-names-differ"], 1));
    assert_eq!(odd(|member| member.local_flags = 1), (vec!["zip-flags", "zip-flags-differ"], 1));
    let flags = |member: &mut InZip| (member.flags, member.local_flags) = (0x20, 0x20);
    assert_eq!(odd(flags), (vec!["zip-flags"], 1));
    assert_eq!(odd(|member| member.size = 9), (vec!["zip-stored-lengths-differ"], 1));
    // A reader that believes the header takes another length: both are members.
    assert_eq!(odd(|member| member.local_length = Some(1)), (vec!["zip-lengths-differ"], 2));
    assert_eq!(odd(|member| member.name = "a\0b".into()).0, ["zip-names-differ", "zip-nul-in-name"]);
}

#[test]
fn the_name_in_the_header_comes_with_the_member() {
    let mut member = InZip::stored("data.pkl", b"N.");
    member.local_name = "notes".into();
    assert_eq!(read(&zip(&[member])).members[0].other_name.as_deref(), Some("notes"));
}

#[test]
fn members_with_one_name_are_all_there() {
    let zip = read(&zip(&[InZip::stored("a", b"1"), InZip::stored("a", b"22"), InZip::stored("A", b"3")]));
    assert_eq!(names(&zip), ["a", "a", "A"]);
    assert_eq!(kinds(&zip), ["zip-name-twice", "zip-names-differ-in-case"]);
}

#[test]
fn a_member_that_no_directory_tells_of_is_found() {
    let mut hidden = InZip::stored("hidden", b"hhh");
    hidden.is_listed = false;
    let zip = read(&zip(&[InZip::stored("a", b"1"), hidden.clone(), InZip::stored("b", b"2"), hidden]));
    assert_eq!(names(&zip), ["a", "b", "hidden", "hidden"]);
    assert_eq!(
        (kinds(&zip), zip.unclaimed.len()),
        (vec!["zip-member-not-in-directory", "zip-name-twice"], 0)
    );
    // Without any directory, a reader from the beginning sees the headers.
    let cut = &super::archives::zip(&[InZip::stored("a", b"1")])[..32];
    assert_eq!(names(&read(cut)), ["a"]);
}

#[test]
fn a_second_end_in_the_comment_shows_its_own_members() {
    let real = zip(&[InZip::stored("the real one", b"1")]);
    let fake = zip(&[InZip::stored("fake", b"2")]);
    let mut file = real.clone();
    let length = file.len();
    file[length - 2..].copy_from_slice(&(fake.len() as u16).to_le_bytes());
    file.extend(&fake);
    let zip = read(&file);
    assert_eq!(names(&zip), ["fake", "the real one"]);
    assert_eq!(kinds(&zip), ["zip-second-end", "zip-begins-later"]);
    // The same archive as a stored member is an archive within an archive.
    let outer = super::archives::zip(&[InZip::stored("inner", &real)]);
    assert_eq!((names(&read(&outer)), kinds(&read(&outer))), (vec!["inner"], vec![]));
}

#[test]
fn what_is_before_between_and_after_is_left_over() {
    let file = zip(&[InZip::stored("a", b"1")]);
    let zip = read(&[b"before".as_slice(), &file, b"after"].concat());
    assert_eq!((names(&zip), kinds(&zip)), (vec!["a"], vec!["zip-begins-later"]));
    assert_eq!(zip.unclaimed, [0..6, 6 + file.len() as u64..11 + file.len() as u64]);
    assert!(Zip::at_the_end(&[b"before".as_slice(), &file].concat()).unwrap().is_some());
    assert_eq!(
        Zip::at_the_end(&b"PK\x05\x06 only looks so, and is long enough for it".to_vec()).unwrap(),
        None
    );
}

#[test]
fn long_archives_have_long_numbers() {
    let zip = read(&long_zip(|length| length));
    assert_eq!((names(&zip), kinds(&zip), zip.unclaimed.len()), (vec!["a"], vec![], 0));
    let zip = read(&long_zip(|_| u64::MAX));
    assert_eq!((names(&zip), kinds(&zip)), (vec!["a"], vec!["zip-directory-length-differs"]));
}

/// An archive with records for long numbers, in which the directory is said to have another length.
fn long_zip(told: fn(u64) -> u64) -> Vec<u8> {
    let mut file = zip(&[InZip::stored("a", b"1")]);
    let end = file.split_off(file.len() - 22);
    let (length, at) = (
        u32::from_le_bytes(end[12..16].try_into().unwrap()),
        u32::from_le_bytes(end[16..20].try_into().unwrap()),
    );
    let record_at = file.len() as u64;
    let numbers = [1_u64, 1, told(length.into()), at.into()].map(u64::to_le_bytes).concat();
    file.extend([b"PK\x06\x06".as_slice(), &44_u64.to_le_bytes(), &[0; 12], &numbers].concat());
    file.extend([b"PK\x06\x07".as_slice(), &[0; 4], &record_at.to_le_bytes(), &1_u32.to_le_bytes()].concat());
    file.extend(zip_end(u16::MAX, u32::MAX, u32::MAX, b""));
    file
}

#[test]
fn a_symbolic_link_is_told_by_its_mode() {
    let mut link = InZip::stored("link", b"/etc");
    link.mode = 0o120_777;
    assert!(read(&zip(&[link])).members[0].is_link);
}

/// Bytes of which only some are there, the rest being zero, that count what is read.
struct Mostly {
    size: u64,
    there: Vec<(u64, Vec<u8>)>,
    read: Cell<usize>,
}

impl ReadAt for Mostly {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let length = into.len().min((self.size - at.min(self.size)) as usize);
        into[..length].fill(0);
        for (begin, bytes) in &self.there {
            for (offset, byte) in
                (*begin..).zip(bytes).filter(|(offset, _)| (at..at + length as u64).contains(offset))
            {
                into[(offset - at) as usize] = *byte;
            }
        }
        self.read.set(self.read.get() + length);
        Ok(length)
    }
}

#[test]
fn an_archive_costs_its_headers_and_not_its_members() {
    const LONG: u64 = 3 << 30;
    let file = zip(&[InZip::stored("long", b""), InZip::stored("short", b"2")]);
    let second = 30 + 4;
    let mut begin = file[..second].to_vec();
    begin[18..22].copy_from_slice(&(LONG as u32).to_le_bytes());
    begin[22..26].copy_from_slice(&(LONG as u32).to_le_bytes());
    let mut rest = file[second..].to_vec();
    let directory = 30 + 5 + 1;
    for at in [20, 24] {
        rest[directory + at..directory + at + 4].copy_from_slice(&(LONG as u32).to_le_bytes());
    }
    let entry = directory + 46 + 4;
    let moved = (second as u64 + LONG) as u32;
    rest[entry + 42..entry + 46].copy_from_slice(&moved.to_le_bytes());
    let end = rest.len() - 22;
    rest[end + 16..end + 20].copy_from_slice(&(moved + directory as u32).to_le_bytes());
    let size = second as u64 + LONG + rest.len() as u64;
    let there = vec![(0, begin), (second as u64 + LONG, rest)];
    let file = Mostly { size, there, read: Cell::new(0) };
    let zip = Zip::read(&file).unwrap().unwrap();
    assert_eq!((names(&zip), kinds(&zip), zip.unclaimed.len()), (vec!["long", "short"], vec![], 0));
    assert!(file.read.get() < 200_000, "{}", file.read.get());
}

#[test]
fn a_tar_gives_its_members_under_their_long_names() {
    let long = format!("{}/file", "folder".repeat(30));
    let record = |key: &str, value: &str| {
        let rest = format!(" {key}={value}\n");
        let length = (rest.len()..).find(|length| *length == rest.len() + length.to_string().len()).unwrap();
        format!("{length}{rest}").into_bytes()
    };
    let file = tar(&[
        in_tar(b"folder/", b'5', b"", b""),
        in_tar(b"a", b'0', b"", b"aaa"),
        in_tar(b"././@LongLink", b'L', b"", format!("{long}\0").as_bytes()),
        in_tar(b"short", b'0', b"", b"bb"),
        in_tar(b"pax", b'x', b"", &[record("path", "../c"), record("size", "2")].concat()),
        in_tar(b"c", b'0', b"", b"cc"),
        in_tar(b"hard", b'1', b"a", b""),
        in_tar(b"soft", b'2', b"/etc/passwd", b""),
        in_tar(b"pipe", b'6', b"", b""),
    ]);
    let tar = Tar::read(&file).unwrap().unwrap();
    let found: Vec<_> = tar.members.iter().map(|member| (&*member.name, member.kind)).collect();
    let expected = [
        ("folder/", tar::Kind::Folder),
        ("a", tar::Kind::File),
        (&*long, tar::Kind::File),
        ("../c", tar::Kind::File),
        ("hard", tar::Kind::HardLink),
        ("soft", tar::Kind::SymbolicLink),
        ("pipe", tar::Kind::Device),
    ];
    assert_eq!(found, expected);
    assert_eq!((tar.oddities.len(), tar.unclaimed.len(), tar.end), (0, 0, file.len() as u64 - 1024));
    assert_eq!(tar.members[5].target, "/etc/passwd");
}

#[test]
fn what_a_tar_hides_is_left_over() {
    let odd = |file: &[u8]| {
        let tar = Tar::read(&file.to_vec()).unwrap().unwrap();
        let left: Vec<_> = tar.unclaimed.iter().map(|range| (range.start, range.end)).collect();
        (tar.oddities.iter().map(|odd| odd.kind).collect::<Vec<_>>(), left)
    };
    let file = tar(&[in_tar(b"a", b'0', b"", b"aaa")]);
    let after = [file.clone(), in_tar(b"b", b'0', b"", b"")].concat();
    assert_eq!(odd(&after), (vec!["tar-after-the-end"], vec![(2048, 2560)]));
    let mut padded = file.clone();
    padded[1000] = 1;
    assert_eq!(odd(&padded), (vec![], vec![(515, 1024)]));
    let mut broken = tar(&[in_tar(b"a", b'0', b"", b""), in_tar(b"b", b'0', b"", b"")]);
    broken[512] = b'c';
    assert_eq!(odd(&broken), (vec!["tar-broken-header"], vec![(512, 2048)]));
    let mut linked = in_tar(b"a", b'2', b"b", b"");
    linked[124..136].copy_from_slice(b"00000000777\0");
    with_checksum(&mut linked);
    assert_eq!(odd(&tar(&[linked])), (vec!["tar-link-with-bytes"], vec![]));
    assert_eq!(odd(&in_tar(b"a", b'0', b"", &[7; 600])[..1000]).0, ["tar-member-ends-after-the-file"]);
}

fn packed(codec: Codec, bytes: &[u8]) -> Vec<u8> {
    match codec {
        Codec::Deflate => InZip::deflated("", bytes).packed,
        // In blocks that are not packed, the last one marked.
        Codec::Deflate64 => {
            let last = bytes.len().div_ceil(0xffff).saturating_sub(1);
            let block = |(number, block): (usize, &[u8])| {
                let length = block.len() as u16;
                let head = [&[u8::from(number == last)][..], &length.to_le_bytes(), &(!length).to_le_bytes()];
                [head.concat(), block.to_vec()].concat()
            };
            bytes.chunks(0xffff).enumerate().flat_map(block).collect()
        }
        Codec::Gzip => gzip(bytes),
        Codec::Zlib => zlib(bytes),
        Codec::Zfile => {
            [format!("ZF{:<19}", format!("{:#x}", bytes.len())).into_bytes(), zlib(bytes)].concat()
        }
        Codec::Bzip2 => {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Codec::Xz => {
            let options = lzma_rust2::XzOptions::with_preset(1);
            let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
            writer.write_all(bytes).unwrap();
            writer.finish().unwrap()
        }
        Codec::Lzma | Codec::ZipLzma => {
            let options = lzma_rust2::LzmaOptions::with_preset(1);
            let mut writer = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
            writer.write_all(bytes).unwrap();
            let alone = writer.finish().unwrap();
            match codec {
                Codec::Lzma => alone,
                _ => [&[9, 20, 5, 0], &alone[..5], &alone[13..]].concat(),
            }
        }
        Codec::Lz4 => {
            let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Codec::Zstd => ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest),
    }
}

const CODECS: [Codec; 11] = [
    Codec::Deflate,
    Codec::Deflate64,
    Codec::Gzip,
    Codec::Zlib,
    Codec::Zfile,
    Codec::Bzip2,
    Codec::Xz,
    Codec::Lzma,
    Codec::ZipLzma,
    Codec::Lz4,
    Codec::Zstd,
];

fn unpack(codec: Codec, packed: &[u8], allowance: &Allowance) -> (Vec<u8>, Ending, u64) {
    let packed = packed.to_vec();
    let unpacked = Unpacked::new(codec, Part::new(&packed, 0, packed.size()), allowance).unwrap();
    let bytes = unpacked.bytes_at(0, usize::MAX).unwrap();
    (bytes, unpacked.ending(), unpacked.used())
}

#[test]
fn every_codec_gives_back_what_was_packed_and_says_where_it_ends() {
    let bytes: Vec<u8> = (0..300_000_u32).map(|number| (number.wrapping_mul(number) >> 7) as u8).collect();
    for codec in CODECS {
        let stream = packed(codec, &bytes);
        let length = stream.len() as u64;
        let followed = [stream.clone(), b"and more that is something else".to_vec()].concat();
        assert_eq!(
            unpack(codec, &followed, &Allowance::of(0)),
            (bytes.clone(), Ending::Whole, length),
            "{codec:?}"
        );
        if !matches!(codec, Codec::Deflate | Codec::Deflate64 | Codec::ZipLzma) {
            assert_eq!(sniff::kind(&followed).unwrap(), Kind::Packed(codec));
        }
        // Cut short, it gives what can be had; frames of LZ4 do not tell that from their end.
        let (cut, ending, _) = unpack(codec, &stream[..stream.len() / 2], &Allowance::of(0));
        assert!(
            bytes.starts_with(&cut) && (ending == Ending::Broken || codec == Codec::Lz4),
            "{codec:?} {ending:?}"
        );
    }
}

#[test]
fn streams_that_follow_each_other_are_one() {
    for codec in [Codec::Gzip, Codec::Bzip2, Codec::Xz, Codec::Lz4, Codec::Zstd] {
        let both = [packed(codec, b"one, "), packed(codec, b"two")].concat();
        assert_eq!(
            unpack(codec, &both, &Allowance::of(0)),
            (b"one, two".to_vec(), Ending::Whole, both.len() as u64)
        );
    }
    for codec in [Codec::Lz4, Codec::Zstd] {
        let passed = b"\x53\x2a\x4d\x18\x02\0\0\0..";
        let file = [passed.as_slice(), &packed(codec, b"one, "), passed, &packed(codec, b"two")].concat();
        assert_eq!(sniff::kind(&file).unwrap(), Kind::Packed(codec));
        assert_eq!(unpack(codec, &file, &Allowance::of(0)).0, b"one, two");
        let file = [&packed(codec, b"one"), passed.as_slice()].concat();
        assert_eq!(
            unpack(codec, &file, &Allowance::of(0)),
            (b"one".to_vec(), Ending::Whole, file.len() as u64)
        );
    }
    // One of zlib ends where it ends.
    let both = [zlib(b"one, "), zlib(b"two")].concat();
    assert_eq!(unpack(Codec::Zlib, &both, &Allowance::of(0)).0, b"one, ");
}

#[test]
fn a_bomb_is_unpacked_as_far_as_it_may() {
    let bomb = packed(Codec::Gzip, &packed(Codec::Gzip, &vec![0; 4 << 20]).repeat(100));
    let allowance = Allowance::of(bomb.len() as u64);
    let outer = Unpacked::new(Codec::Gzip, Part::new(&bomb, 0, bomb.size()), &allowance).unwrap();
    assert_eq!(outer.ending(), Ending::Whole);
    let inner = Unpacked::new(Codec::Gzip, Part::new(&outer, 0, outer.size()), &allowance).unwrap();
    assert_eq!(inner.ending(), Ending::TooLarge);
    assert!(inner.size() < 300 << 20);
    // What tells what it is stands at its ends, and is there.
    assert_eq!(inner.bytes_at(0, 4).unwrap(), [0; 4]);
    assert_eq!(inner.bytes_at(100 << 20, 4).unwrap_err().kind(), io::ErrorKind::QuotaExceeded);
}

#[test]
fn a_long_stream_is_read_at_any_place() {
    let bytes: Vec<u8> = (0..40_u32 << 20).map(|number| (number >> 12) as u8).collect();
    let stream = packed(Codec::Gzip, &bytes);
    let allowance = Allowance::of(stream.len() as u64);
    let unpacked = Unpacked::new(Codec::Gzip, Part::new(&stream, 0, stream.size()), &allowance).unwrap();
    assert_eq!((unpacked.size(), unpacked.ending()), (bytes.len() as u64, Ending::Whole));
    for at in [39 << 20, (39 << 20) - 7, 5, 20 << 20, 0, (40 << 20) - 3] {
        let length = 1000.min(bytes.len() - at);
        assert_eq!(unpacked.bytes_at(at as u64, 1000).unwrap(), bytes[at..at + length], "{at}");
    }
}

#[test]
fn headers_of_arrays_are_read_and_never_evaluated() {
    let array = |version, header: &str, bytes: &[u8]| Array::read(&npy(version, header, bytes));
    let plain =
        array(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n", &[0; 24]).unwrap();
    assert_eq!((plain.shape, plain.has_objects, plain.is_cut), (vec![2, 3], false, false));
    assert_eq!(plain.data.end - plain.data.start, 24);
    let scalar = array(2, "{'descr': '|S5', 'fortran_order': False, 'shape': ()}", &[0; 9]).unwrap();
    assert_eq!((scalar.shape.len(), scalar.data.end - scalar.data.start), (0, 5));
    let long = array(3, "{\"descr\": '<M8[ns]', 'fortran_order': True, 'shape': (10L,)}", &[0; 8]).unwrap();
    assert_eq!((long.shape, long.is_cut), (vec![10], true));
    let objects = |dtype: &str| {
        let header = format!("{{'descr': {dtype}, 'fortran_order': False, 'shape': (1,)}}");
        array(1, &header, b"N.").ok().map(|array| array.has_objects)
    };
    assert_eq!(objects("'|O'"), Some(true));
    assert_eq!(objects("[('a', '<i4'), ('b', [('c', '|O8')])]"), Some(true));
    assert_eq!(objects("[('a', '<U3', (2, 2)), (('title', 'b'), '?')]"), Some(false));
    assert_eq!(objects("('|O', (2,))"), Some(true));
    for wrong in ["__import__('os')", "'<f4' + ''", "'x4'", "'<f4x'", "[1]", "None", "{}"] {
        assert_eq!(objects(wrong), None, "{wrong}");
    }
    for wrong in [
        "",
        "{",
        "{}",
        "[]",
        "{'descr': '<f4', 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
    ] {
        assert!(array(1, wrong, b"").is_err(), "{wrong}");
    }
    let deep = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {}}}", "(".repeat(9000));
    assert!(array(1, &deep, b"").is_err());
}

#[test]
fn a_7z_archive_gives_its_members_and_says_where_it_ends() {
    let archive = seven_zip_of(&[("a", b"aaa"), ("../b", &[7; 100_000]), ("empty", b"")]);
    let file = [archive.clone(), b"after".to_vec()].concat();
    let mut found = Vec::new();
    let outline =
        seven_zip::read(&file, &Allowance::of(0), &mut |member| found.push(member.clone())).unwrap();
    let found: Vec<_> =
        found.iter().map(|member| (&*member.name, member.bytes.len(), member.ending)).collect();
    assert_eq!(
        found,
        [("a", 3, Ending::Whole), ("../b", 100_000, Ending::Whole), ("empty", 0, Ending::Whole)]
    );
    assert_eq!((outline.end, outline.unclaimed.len(), outline.broken), (archive.len() as u64, 0, 0));
    assert!(seven_zip::read(&archive[..archive.len() - 9].to_vec(), &Allowance::of(0), &mut |_| {}).is_err());
}

#[test]
fn bytes_are_what_they_are_whatever_their_name() {
    let kind = |bytes: &[u8]| sniff::kind(&bytes.to_vec()).unwrap();
    let inner = zip(&[InZip::stored("a", b"1")]);
    assert_eq!(kind(b""), Kind::Empty);
    assert_eq!(kind(&inner), Kind::Zip);
    assert_eq!(kind(&[b"\x01\x02\x03".as_slice(), &inner].concat()), Kind::Zip);
    // An archive that ends with another is what it begins with.
    assert_eq!(kind(&tar(&[in_tar(b"inner.zip", b'0', b"", &inner)])), Kind::Tar);
    assert_eq!(kind(b"\x02\0\0\0\0\0\0\0{}"), Kind::Safetensors);
    assert_eq!(kind(b"\xff\xff\xff\xff\0\0\0\0{\"a\""), Kind::Safetensors);
    assert_eq!(kind(b"\x89PNG\r\n\x1a\nrest"), Kind::Data("png"));
    assert_eq!(kind(b"#!/bin/sh\nls\n"), Kind::Script);
    assert_eq!(kind(b"{\"a\": [1]}"), Kind::Text);
    assert_eq!(kind("Un été".as_bytes()), Kind::Text);
    assert_eq!(kind(&[b"a".repeat(70_000), b"\0\xff".to_vec()].concat()), Kind::Unknown);
    assert_eq!(kind(b"\x0a\x0e\x0a\x05<unk>\x15\0\0\0\0\x18\x02"), Kind::SentencePiece);
    assert_eq!(kind(b"\x08\x07\x12\x01a\x3a\x02\x0a\0\x42\0"), Kind::Onnx);
    assert_eq!(kind(&[vec![0; 512], b"\x89HDF\r\n\x1a\n".to_vec()].concat()), Kind::Hdf5);
    assert_eq!(kind(&[1; 1000]), Kind::Unknown);
    let mut program = [b"MZ".to_vec(), vec![0; 58], 64_u32.to_le_bytes().to_vec()].concat();
    assert_eq!(kind(&program), Kind::Unknown);
    program.extend(b"PE\0\0");
    assert_eq!(kind(&program), Kind::Program("pe"));
}

proptest! {
    #[test]
    fn a_made_archive_gives_back_its_members(
        members in prop::collection::vec(("[a-d]{1,4}", prop::collection::vec(any::<u8>(), 0..200), any::<bool>(), any::<bool>()), 0..6),
        before in "[a-z]{0,9}",
    ) {
        let made: Vec<_> = members.iter().map(|(name, bytes, is_deflated, has_descriptor)| {
            let member = if *is_deflated { InZip::deflated(name, bytes) } else { InZip::stored(name, bytes) };
            InZip { has_descriptor: *has_descriptor, ..member }
        }).collect();
        let file = [before.clone().into_bytes(), zip(&made)].concat();
        let zip = Zip::read(&file).unwrap().unwrap();
        prop_assert_eq!(zip.members.len(), members.len());
        for (member, (name, bytes, ..)) in zip.members.iter().zip(&members) {
            prop_assert_eq!(&member.name, name);
            let data = file[member.data.start as usize..member.data.end as usize].to_vec();
            let data = if member.method == 0 { data } else { unpack(Codec::Deflate, &data, &Allowance::of(0)).0 };
            prop_assert_eq!(&data, bytes);
        }
        if members.is_empty() || before.is_empty() {
            prop_assert!(zip.oddities.iter().all(|odd| odd.kind.starts_with("zip-name")));
        }
        prop_assert_eq!(zip.unclaimed.iter().map(|range| range.end - range.start).sum::<u64>(), before.len() as u64);
        properties::containers(&file);
    }

    #[test]
    fn a_made_tar_gives_back_its_members(members in prop::collection::vec(("[a-d]{1,4}", prop::collection::vec(any::<u8>(), 0..1500)), 1..6)) {
        let made: Vec<_> = members.iter().map(|(name, bytes)| in_tar(name.as_bytes(), b'0', b"", bytes)).collect();
        let file = tar(&made);
        let tar = Tar::read(&file).unwrap().unwrap();
        let found: Vec<_> = tar.members.iter().map(|member| {
            (member.name.clone(), file[member.data.start as usize..member.data.end as usize].to_vec())
        }).collect();
        prop_assert_eq!(found, members);
        prop_assert!(tar.oddities.iter().all(|odd| odd.kind == "tar-name-twice") && tar.unclaimed.is_empty());
    }

    #[test]
    fn any_bytes_are_an_archive_or_none(
        parts in prop::collection::vec(prop_oneof![
            Just(zip(&[InZip::stored("a", b"1")])),
            Just(zip(&[InZip::deflated("b", b"22")])[..40].to_vec()),
            Just(b"PK\x01\x02".to_vec()),
            Just(zip_end(1, 47, 32, b"")),
            Just(in_tar(b"a", b'0', b"", b"x")),
            Just(gzip(b"text")),
            Just(zlib(b"text")),
            Just(npy(1, "{'descr': '|O', 'fortran_order': False, 'shape': ()}", b"N.")),
            Just(seven_zip_of(&[("a", b"aaa")])),
            prop::collection::vec(any::<u8>(), 0..60),
        ], 0..5),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let mut bytes = parts.concat();
        if !bytes.is_empty() {
            for (place, byte) in flips {
                let at = place.index(bytes.len());
                bytes[at] = byte;
            }
        }
        properties::containers(&bytes);
    }
}
