use super::*;

/// What a file that was given whole holds.
fn whole(bytes: &[u8]) -> Content {
    DataFile::recognise(bytes, bytes.len() as u64).content
}

/// What a long file holds that begins so.
fn part(text: &str) -> Content {
    DataFile::recognise(text.as_bytes(), 1 << 30).content
}

#[test]
fn marks_are_certain() {
    for (bytes, expected) in [
        (b"PAR1\x15\0\0\0".as_slice(), Content::Parquet),
        (b"ARROW1\0\0\xff", Content::ArrowFile),
        (b"\xff\xff\xff\xff\x10\0\0\0\x08\0\0\0", Content::ArrowStream),
        (b"PK\x03\x04 model/data.pkl", Content::Container("zip")),
        (b"\x1f\x8b\x08\0", Content::Container("gzip")),
        (b"\x28\xb5\x2f\xfd\0", Content::Container("zstd")),
        (b"RIFF\x24\0\0\0WEBPVP8 ", Content::Image("webp")),
        (b"RIFF\x24\0\0\0WAVEfmt ", Content::Audio("wav")),
        (b"\0\0\0\x20ftypisom", Content::Video("mp4")),
        (b"\0\0\0\x20ftypavif", Content::Image("avif")),
        (b"\xff\xd8\xff\xe0", Content::Image("jpeg")),
    ] {
        let found = DataFile::recognise(bytes, 1 << 20);
        assert_eq!((found.content, found.is_heuristic), (expected, false), "{bytes:?}");
    }
    assert_eq!(whole(b"\x01\x02\x03\x04....WAVE\xff"), Content::Binary);
    assert_eq!(whole(b"\xff\xff\xff\xff\0\0\0\0\0\0\0\0"), Content::Binary);
}

#[test]
fn nothing_and_a_pointer_are_told() {
    assert_eq!(whole(b""), Content::Empty);
    let pointer = pointer::write(Sha256([7; 32]), 99);
    assert_eq!(whole(pointer.as_bytes()), Content::Pointer { sha256: Sha256([7; 32]), size: 99 });
    assert_eq!(part(&pointer), Content::Text);
}

#[test]
fn lines_of_json_are_counted() {
    let lines = "{\"a\": 1}\n\n[2]\r\n{\"a\": 3}";
    assert_eq!(whole(lines.as_bytes()), Content::JsonLines { rows: 3 });
    assert_eq!(part(lines), Content::JsonLines { rows: 2 });
    assert!(DataFile::recognise(lines.as_bytes(), 1).is_heuristic);
    for other in ["{\"a\": 1}\n{\"a\": ", "{\"a\": 1}\nand so on\n", "1\n2\n"] {
        assert!(!matches!(whole(other.as_bytes()), Content::JsonLines { .. }), "{other}");
    }
}

#[test]
fn one_value_of_json_is_told_from_lines() {
    assert_eq!(whole(b" {\n  \"a\": 1\n}\n"), Content::JsonObject);
    assert_eq!(whole(b"{\"a\": 1}\n"), Content::JsonObject);
    assert_eq!(whole(b"[\n{\"a\": 1},\n{\"a\": 2}\n]"), Content::JsonArray);
    assert_eq!(part("[{\"a\": 1}, {\"a\""), Content::JsonArray);
    assert_eq!(part("{\"a\": [1, 2"), Content::JsonObject);
    assert_eq!(part("[See here] for more"), Content::Text);
    assert_eq!(whole(b"{\"a\": "), Content::Text);
}

#[test]
fn tables_are_told_with_their_columns() {
    let table = |delimiter, header: Option<&[&str]>, rows| {
        let header = header.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        Content::Separated { delimiter, header, rows }
    };
    assert_eq!(whole(b"id,text\n1,\"a, \"\"b\"\"\nc\"\n2,d\n"), table(',', Some(&["id", "text"]), 2));
    assert_eq!(part("id,text\r\n1,a\r\n2,b\r\n3,"), table(',', Some(&["id", "text"]), 2));
    assert_eq!(whole(b"\xef\xbb\xbf\"a \"\"x\"\"\"\tb\n1\t2"), table('\t', Some(&["a \"x\"", "b"]), 1));
    assert_eq!(whole(b"1;2\n3;4\n"), table(';', None, 2));
    for other in ["a,b\n", "a,b\nc\n", "One, two\nand three, four, five\n", "a\nb\n"] {
        assert_eq!(whole(other.as_bytes()), Content::Text, "{other}");
    }
}

#[test]
fn text_and_bytes_are_told_apart() {
    assert_eq!(whole("Un été.\n".as_bytes()), Content::Text);
    // A letter that is cut in two by the end of what was given, and one that is cut by the end of the file.
    assert_eq!(DataFile::recognise(b"Un \xc3", 100).content, Content::Text);
    assert_eq!(whole(b"Un \xc3"), Content::Binary);
    assert_eq!(whole(b"a\0b"), Content::Binary);
}

fn member(name: &str, size: usize) -> Vec<u8> {
    let mut member = vec![0; BLOCK + size.next_multiple_of(BLOCK)];
    member[..name.len()].copy_from_slice(name.as_bytes());
    member[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    member[257..262].copy_from_slice(b"ustar");
    member[148..156].fill(b' ');
    let sum = member[..BLOCK].iter().map(|byte| u32::from(*byte)).sum::<u32>();
    member[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    member
}

const BLOCK: usize = 512;

#[test]
fn samples_in_a_tar_are_told() {
    let tar = |names: &[&str]| names.iter().flat_map(|name| member(name, 700)).collect::<Vec<_>>();
    let is_webdataset = |names: &[&str]| match whole(&tar(names)) {
        Content::Tar { is_webdataset } => is_webdataset,
        other => panic!("{other:?}"),
    };
    assert!(is_webdataset(&["a/0.jpg", "a/0.txt"]));
    assert!(is_webdataset(&["0.jpg", "1.jpg", "1.seg.png"]));
    assert!(!is_webdataset(&["a/0.jpg", "b/0.txt"]));
    assert!(!is_webdataset(&["0.jpg", "0.jpg"]));
    assert!(!is_webdataset(&["src/.gitignore", "src/.github", "README"]));
    assert_eq!(whole(&member("a", 0)[..300]), Content::Binary);
}
