use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::*;

const SCHEMA: &str = "message root {
    required int64 id;
    optional group meta (MAP) { repeated group key_value { required binary key (UTF8); optional int64 value; } }
    optional binary text (UTF8);
}";

/// A file as the `parquet` crate writes it, with so many rows in each group.
fn written(groups: &[i64]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_key_value_metadata(Some(vec![KeyValue::new("huggingface".to_owned(), "{}".to_owned())]))
        .set_created_by("a writer".to_owned())
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    for rows in groups {
        let length = usize::try_from(*rows).unwrap();
        let numbers: Vec<i64> = (0..*rows).collect();
        let texts = vec![ByteArray::from("text"); length];
        let mut group = writer.next_row_group().unwrap();
        for at in 0..4 {
            let mut column = group.next_column().unwrap().unwrap();
            match at {
                0 => column.typed::<Int64Type>().write_batch(&numbers, None, None),
                1 => column.typed::<ByteArrayType>().write_batch(
                    &[],
                    Some(&vec![0; length]),
                    Some(&vec![0; length]),
                ),
                2 => column.typed::<Int64Type>().write_batch(
                    &[],
                    Some(&vec![0; length]),
                    Some(&vec![0; length]),
                ),
                _ => column.typed::<ByteArrayType>().write_batch(&texts, Some(&vec![1; length]), None),
            }
            .unwrap();
            column.close().unwrap();
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

/// The footer of a file, and where it begins.
fn footer(file: &[u8]) -> (usize, &[u8]) {
    let tail = file.last_chunk::<TAIL>().unwrap();
    let length = footer_length(*tail, file.len() as u64).unwrap();
    let begin = file.len() - TAIL - usize::try_from(length).unwrap();
    (begin, &file[begin..file.len() - TAIL])
}

fn read(file: &[u8]) -> Result<Footer, Problem> {
    Footer::read(footer(file).1, file.len() as u64)
}

#[test]
fn a_footer_tells_of_rows_and_columns() {
    let file = written(&[3, 4]);
    let footer = read(&file).unwrap();
    assert_eq!((footer.rows, footer.row_groups), (7, 2));
    assert_eq!(footer.created_by.as_deref(), Some("a writer"));
    assert_eq!(footer.keys, ["huggingface"]);
    assert_eq!(footer.flaws, []);
    let columns: Vec<_> =
        footer.columns.iter().map(|column| (&*column.path, column.physical, column.logical)).collect();
    let expected = [
        ("id", "INT64", None),
        ("meta.key_value.key", "BYTE_ARRAY", Some("STRING")),
        ("meta.key_value.value", "INT64", None),
        ("text", "BYTE_ARRAY", Some("STRING")),
    ];
    assert_eq!(columns, expected);
    assert!(footer.compressed > 0 && footer.compressed == footer.uncompressed);
    assert_eq!(read(&written(&[])).unwrap().rows, 0);
}

#[test]
fn a_file_that_is_cut_out_of_is_told() {
    let file = written(&[3, 4]);
    let (begin, footer) = footer(&file);
    let shorter = (file.len() - begin + 4) as u64;
    assert_eq!(Footer::read(footer, shorter).unwrap().flaws, [Flaw::OutOfFile(0)]);
}

#[test]
fn a_tail_that_is_none_is_refused() {
    let tail = |length: u32, magic: &[u8; 4]| {
        let mut tail = [0; TAIL];
        tail[..4].copy_from_slice(&length.to_le_bytes());
        tail[4..].copy_from_slice(magic);
        tail
    };
    assert_eq!(footer_length(tail(9, b"PAR1"), 100), Ok(9));
    assert_eq!(footer_length(tail(9, b"PARE"), 100), Err(Problem::Encrypted));
    assert_eq!(footer_length(tail(9, b"PAR2"), 100), Err(Problem::NotParquet));
    assert_eq!(footer_length(tail(93, b"PAR1"), 100), Err(Problem::TooLong { length: 93, file: 100 }));
    assert!(footer_length(tail(u32::MAX, b"PAR1"), u64::MAX).is_err());
    assert!(Footer::read(&[0; 20], 20).is_err());
}

/// A footer with a schema of such elements: a name, and children or a column.
fn schema(elements: &[(&str, Option<u8>)]) -> Vec<u8> {
    let mut footer = vec![0x29, 0xfc];
    footer.extend([elements.len() as u8 | 0x80, (elements.len() >> 7) as u8]);
    for (name, children) in elements {
        // Field 1 is the physical type, 4 the name, 5 the number of children.
        match children {
            None => footer.extend([0x15, 4, 0x38, name.len() as u8]),
            Some(_) => footer.extend([0x48, name.len() as u8]),
        }
        footer.extend(name.as_bytes());
        footer.extend(children.iter().flat_map(|children| [0x15, children * 2]));
        footer.push(0);
    }
    footer.push(0);
    footer
}

fn problem(footer: &[u8]) -> &'static str {
    match Footer::read(footer, 1 << 30) {
        Err(Problem::Malformed { what, .. }) => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_schema_is_a_tree_and_not_too_deep() {
    let tree = schema(&[("root", Some(2)), ("a", Some(1)), ("b", None), ("c", None)]);
    let paths: Vec<_> =
        Footer::read(&tree, 1 << 30).unwrap().columns.into_iter().map(|column| column.path).collect();
    assert_eq!(paths, ["a.b", "c"]);
    assert_eq!(problem(&schema(&[("root", Some(2)), ("a", None)])), "a schema that lacks elements");
    assert_eq!(problem(&schema(&[("root", Some(0)), ("a", None)])), "an element that is nobody's child");
    assert_eq!(problem(&schema(&[("a", Some(1)); 200])), "a schema nested too deep");
    assert_eq!(problem(&[0]), "no schema");
}

#[test]
fn what_is_passed_over_is_bounded() {
    let mut nested = vec![0x0c, 0x7e];
    nested.extend([0x1c; 100_000]);
    assert_eq!(problem(&nested), "structures nested too deep");
    assert_eq!(problem(&[0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f]), "a list longer than the footer");
    assert_eq!(problem(&[0x36, 1]), "a number below zero");
    assert_eq!(
        problem(&[0x36, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        "a number of more than ten bytes"
    );
    assert_eq!(problem(&[0x38, 1, b'a']), "another kind of value than the format says");
    assert_eq!(problem(&[0x1f]), "an unknown kind of value");
    assert_eq!(problem(&[]), "an end before its time");
}

#[test]
fn every_footer_that_is_cut_short_is_refused() {
    let file = written(&[3]);
    let (_, footer) = footer(&file);
    for length in 0..footer.len() {
        assert!(Footer::read(&footer[..length], file.len() as u64).is_err(), "{length}");
    }
}
