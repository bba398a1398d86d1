//! Rows of data files as readers ask for them: pages, filters, statistics, and what is broken or hostile.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod properties;

use std::sync::Arc;

use arrow_array::builder::{Int64Builder, ListBuilder};
use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float32Array, Int64Array, RecordBatch,
    StringArray, StructArray, TimestampMillisecondArray,
};
use arrow_schema::{DataType, Field};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;

use limpide_tables::*;

const WIDE: Bounds = Bounds { rows: 100, looked_at: u64::MAX, bytes: u64::MAX };
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

fn open(bytes: impl Into<Vec<u8>>, form: Form) -> Result<Table, Problem> {
    Table::open(Arc::new(bytes.into()), form)
}

fn names(table: &Table) -> Vec<&str> {
    table.columns().iter().map(|column| column.name.as_str()).collect()
}

/// All rows, page after page, as a reader sees them.
#[track_caller]
fn all(table: &Table, filter: Option<&Filter>, bounds: Bounds) -> Vec<Vec<String>> {
    let (mut place, mut rows) = (Place::default(), Vec::new());
    for _ in 0..2000 {
        let page = table.page(place, filter, bounds).unwrap();
        let texts = |row: &Row| row.cells.iter().map(|cell| cell.text().into_owned()).collect();
        rows.extend(page.rows.iter().map(texts));
        match page.next {
            Some(next) => {
                assert!(next > place, "paging goes on");
                place = next;
            }
            None => return rows,
        }
    }
    panic!("paging comes to no end");
}

/// A Parquet file of these columns, with few rows in a group and in a page.
fn parquet_of(columns: Vec<(&str, ArrayRef)>, features: Option<&str>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let pairs = features.map(|text| vec![KeyValue::new("huggingface".to_owned(), text.to_owned())]);
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(300))
        .set_data_page_row_count_limit(50)
        .set_write_batch_size(10)
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_key_value_metadata(pairs)
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

fn numbered(rows: i64) -> Vec<u8> {
    let words: Vec<String> = (0..rows).map(|row| format!("word {}", row % 7)).collect();
    parquet_of(
        vec![
            ("number", Arc::new(Int64Array::from_iter_values(0..rows)) as ArrayRef),
            ("words", Arc::new(StringArray::from(words))),
        ],
        None,
    )
}

#[test]
fn cells_are_what_was_written() {
    let mut lists = ListBuilder::new(Int64Builder::new());
    lists.append_value([Some(1), None]);
    let bytes: ArrayRef = Arc::new(BinaryArray::from_vec(vec![PNG]));
    let path: ArrayRef = Arc::new(StringArray::from(vec!["a.png"]));
    let image = StructArray::from(vec![
        (Arc::new(Field::new("bytes", DataType::Binary, true)), bytes),
        (Arc::new(Field::new("path", DataType::Utf8, true)), path),
    ]);
    let decimal = Decimal128Array::from(vec![1234]).with_precision_and_scale(9, 2).unwrap();
    let features = r#"{"info": {"features": {"label": {"_type": "ClassLabel", "names": ["cat", "dog"]}}}}"#;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("text", Arc::new(StringArray::from(vec!["é"]))),
        ("label", Arc::new(Int64Array::from(vec![1]))),
        ("share", Arc::new(Float32Array::from(vec![0.1]))),
        ("price", Arc::new(decimal)),
        ("is", Arc::new(BooleanArray::from(vec![true]))),
        ("day", Arc::new(Date32Array::from(vec![19_723]))),
        ("at", Arc::new(TimestampMillisecondArray::from(vec![1_704_067_200_500]))),
        ("list", Arc::new(lists.finish())),
        ("image", Arc::new(image)),
        ("none", Arc::new(StringArray::from(vec![None::<&str>]))),
    ];
    let table = open(parquet_of(columns, Some(features)), Form::Parquet).unwrap();
    let page = table.page(Place::default(), None, WIDE).unwrap();
    assert_eq!(
        page.rows[0].cells,
        [
            Value::Text("é".into()),
            Value::Integer(1),
            Value::Number(0.1),
            Value::Decimal("12.34".into()),
            Value::Truth(true),
            Value::Time("2024-01-01".into()),
            Value::Time("2024-01-01T00:00:00.5".into()),
            Value::Nested("[1, null]".into()),
            Value::Bytes(PNG.to_vec()),
            Value::Missing,
        ]
    );
    assert_eq!(table.columns()[1].labels, ["cat", "dog"]);
    assert_eq!(table.columns()[8].kind, Kind::Bytes);
    assert_eq!(page.rows[0].cells[8].media(), Some(Media::Image("image/png")));
    assert_eq!(table.cell(Place::default(), 8).unwrap(), Some(Value::Bytes(PNG.to_vec())));
}

#[test]
fn pages_of_parquet_are_read_without_what_lies_before() {
    let file = numbered(50_000);
    let table = open(file.clone(), Form::Parquet).unwrap();
    assert_eq!((table.total(), names(&table)), (Some(50_000), vec!["number", "words"]));
    let before = table.spent();
    let page = table.page(Place { row: 4321, offset: 0 }, None, Bounds { rows: 3, ..WIDE }).unwrap();
    let numbers: Vec<_> = page.rows.iter().map(|row| (row.place.row, row.cells[0].clone())).collect();
    assert_eq!(numbers, [4321, 4322, 4323].map(|row| (row, Value::Integer(i128::from(row)))));
    assert_eq!(page.next, Some(Place { row: 4324, offset: 0 }));
    assert!(table.spent() - before < file.len() as u64 / 4, "{} of {}", table.spent(), file.len());
    assert_eq!(table.page(Place { row: 50_000, offset: 0 }, None, WIDE).unwrap(), Page::default());
    assert_eq!(table.page(Place { row: u64::MAX, offset: 7 }, None, WIDE).unwrap(), Page::default());
}

#[test]
fn what_is_looked_for_is_found_in_steps() {
    let table = open(numbered(3000), Form::Parquet).unwrap();
    let some = Filter::words("WORD 3").unwrap();
    let found = all(&table, Some(&some), Bounds { rows: 50, looked_at: 700, bytes: u64::MAX });
    assert_eq!(found.len(), (0..3000).filter(|row| row % 7 == 3).count());
    assert!(found.iter().all(|row| row[1] == "word 3"));
    let step =
        table.page(Place::default(), Filter::words("absent").as_ref(), Bounds { looked_at: 700, ..WIDE });
    let step = step.unwrap();
    assert_eq!((step.rows.len(), step.looked_at, step.next.map(|next| next.row)), (0, 700, Some(700)));
    let above = Filter::column("number", Test::Above, "2997").unwrap();
    assert_eq!(all(&table, Some(&above), WIDE).len(), 2);
    let unknown = Filter::column("nothing", Test::Is, "1").unwrap();
    assert_eq!(all(&table, Some(&unknown), WIDE).len(), 0);
}

#[test]
fn filters_tell_numbers_from_words() {
    let table = open("n;w\n9;a\n10;B\n;ab\n", Form::Csv).unwrap();
    let found = |column: &str, test: Test, words: &str| -> Vec<String> {
        let filter = Filter::column(column, test, words).unwrap();
        all(&table, Some(&filter), WIDE).into_iter().map(|row| row[1].clone()).collect()
    };
    assert_eq!(found("n", Test::Below, "10"), ["a"]);
    assert_eq!(found("n", Test::Is, "10.0"), ["B"]);
    assert_eq!(found("n", Test::IsNot, "9"), ["B", "ab"]);
    assert_eq!(found("n", Test::Missing, ""), ["ab"]);
    assert_eq!(found("n", Test::Present, ""), ["a", "B"]);
    assert_eq!(found("w", Test::Contains, "b"), ["B", "ab"]);
    assert_eq!(found("w", Test::Above, "a"), ["ab"]);
    assert!(Filter::words(&"x".repeat(2000)).is_none());
}

#[test]
fn text_is_read_with_quotes_and_whatever_stands_between_cells() {
    let table = open("\u{feff}a;b\n\"1;\n2\";x\n3;\n4;5;6\n", Form::Csv).unwrap();
    assert_eq!(names(&table), ["a", "b"]);
    assert_eq!(all(&table, None, WIDE), [["1;\n2", "x"], ["3", ""], ["4", "5"]]);
    let page = table.page(Place::default(), None, WIDE).unwrap();
    assert_eq!(page.rows[2].rest.as_deref(), Some(r#"["6"]"#));
    assert_eq!(all(&open("", Form::Csv).unwrap(), None, WIDE).len(), 0);
    assert_eq!(all(&open("a\tb\n1\t2", Form::Tsv).unwrap(), None, WIDE), [["1", "2"]]);
    assert_eq!(all(&open("one\n\ntwo", Form::Text).unwrap(), None, WIDE), [["one"], ["two"]]);
    assert!(matches!(open("a\0b", Form::Csv), Err(Problem::NotTable(_))));
}

#[test]
fn json_has_the_columns_of_its_first_rows() {
    for text in [
        "{\"b\":1}\n\n{\"a\":[2],\"b\":null}\nbroken\n{\"b\":true,\"a\":\"x\"}\n",
        " [ {\"b\":1} , {\"a\":[2],\"b\":null},\n\"broken\", {\"b\":true,\"a\":\"x\"} ]\n",
    ] {
        let form = if text.starts_with(' ') { Form::Json } else { Form::JsonLines };
        let table = open(text, form).unwrap();
        assert_eq!(names(&table), ["b", "a"]);
        let page = table.page(Place::default(), None, WIDE).unwrap();
        assert_eq!((page.rows.len(), page.next), (4, None));
        assert_eq!(page.rows[1].cells, [Value::Missing, Value::Nested("[2]".into())]);
        assert!(page.rows[2].rest.as_deref().is_some_and(|rest| rest.contains("broken")));
        assert_eq!(page.rows[3].cells, [Value::Truth(true), Value::Text("x".into())]);
        let from_there = table.page(page.rows[3].place, None, WIDE).unwrap();
        assert_eq!(from_there.rows, page.rows[3..]);
    }
    let late = format!("{}{{\"a\":1,\"late\":2}}\n", "{\"a\":0}\n".repeat(150));
    let table = open(late, Form::JsonLines).unwrap();
    let last = table.page(Place { row: 150, offset: 150 * 8 }, None, WIDE).unwrap();
    assert_eq!(last.rows[0].rest.as_deref(), Some("{\"late\": 2}"));
    assert_eq!(all(&open("[1, 2.5, \"x\"]", Form::Json).unwrap(), None, WIDE), [["1"], ["2.5"], ["x"]]);
    assert!(matches!(open("{\n \"a\": 1}", Form::Json), Err(Problem::NotTable(_))));
    assert!(matches!(open("no json", Form::JsonLines), Err(Problem::NotTable(_))));
    assert!(matches!(open("[1 2]", Form::Json), Err(Problem::Malformed(_))));
}

#[test]
fn rows_longer_than_a_window_are_read_and_endless_ones_refused() {
    let long = "x".repeat(3 << 20);
    let table = open(format!("a,b\n1,2\n{long},3\n4,5\n"), Form::Csv).unwrap();
    let rows = all(&table, None, WIDE);
    assert_eq!((rows.len(), rows[1][0].len(), &rows[2][1]), (3, long.len(), &"5".to_owned()));
    let endless = format!("a,b\n1,2\n\"{}", "x".repeat(20 << 20));
    let table = open(endless, Form::Csv).unwrap();
    assert!(matches!(table.page(Place::default(), None, WIDE), Err(Problem::TooLarge { .. })));
}

#[test]
fn statistics_tell_what_is_missing_distinct_and_how_it_is_spread() {
    let rows: String =
        (0..100).map(|row| format!("{},{},{}\n", row, ["yes", "no", ""][row % 3], "z".repeat(row))).collect();
    let table = open(format!("n,answer,text\n{rows}"), Form::Csv).unwrap();
    let mut summary = Summary::default();
    table.summarise(&mut summary, WIDE).unwrap();
    let columns = summary.columns();
    assert_eq!((summary.rows(), summary.is_part()), (100, false));
    let Shape::Numbers(spread) = &columns[0].shape else { panic!("{columns:?}") };
    assert_eq!((spread.least, spread.greatest, spread.mean.round(), spread.median), (0.0, 99.0, 50.0, 49.0));
    assert_eq!(spread.bins.len(), 20);
    assert_eq!(spread.bins[1], Bin { from: 5.0, to: 9.0, count: 5 });
    assert_eq!((columns[0].missing, columns[0].distinct), (0, Distinct::Exactly(100)));
    assert_eq!((columns[1].missing, columns[1].distinct), (33, Distinct::Exactly(2)));
    assert_eq!(columns[1].shape, Shape::Values(vec![("yes".into(), 34), ("no".into(), 33)]));
    let Shape::Lengths(lengths) = &columns[2].shape else { panic!("{columns:?}") };
    assert_eq!((lengths.least, lengths.greatest), (1.0, 99.0));
    assert_eq!(lengths.bins.iter().map(|bin| bin.count).sum::<u64>(), 99);
    let halves = open("n\n0.5\n1\n10.5\n", Form::Csv).unwrap();
    let mut summary = Summary::default();
    halves.summarise(&mut summary, WIDE).unwrap();
    let Shape::Numbers(spread) = &summary.columns()[0].shape else { panic!() };
    assert_eq!((spread.bins[0].count, spread.bins[1].count, spread.bins[19].count), (1, 1, 1));
}

#[test]
fn statistics_of_what_is_too_long_come_from_all_over_it() {
    let mut summary = Summary::default();
    let bounds = Bounds { looked_at: 800, ..WIDE };
    open(numbered(9000), Form::Parquet).unwrap().summarise(&mut summary, bounds).unwrap();
    let lines: String = (0..9000).map(|row| format!("{{\"number\":{row},\"words\":\"é\"}}\n")).collect();
    assert_eq!((summary.rows(), summary.is_part()), (800, true));
    open(lines, Form::JsonLines).unwrap().summarise(&mut summary, bounds).unwrap();
    assert_eq!(summary.rows(), 1600);
    let Shape::Numbers(spread) = &summary.columns()[0].shape else { panic!() };
    assert!(spread.greatest > 7800.0 && (3000.0..6000.0).contains(&spread.mean), "{spread:?}");
}

#[test]
fn a_page_that_unpacks_to_more_than_is_read_is_refused() {
    let zeros = BinaryArray::from_vec(vec![&[0; 300 << 20]]);
    let file = parquet_of(vec![("zeros", Arc::new(zeros))], None);
    assert!(file.len() < 1 << 20, "300 MiB of zeros are short when packed");
    let table = open(file, Form::Parquet).unwrap();
    let refused = table.page(Place::default(), None, WIDE).unwrap_err().to_string();
    assert!(refused.contains("are unpacked"), "{refused}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pages_together_are_the_table(
        cells in prop::collection::vec(("[a-z,\"\n ]{0,6}", "[0-9]{1,3}"), 1..350),
        rows in 1_usize..200,
    ) {
        let bounds = Bounds { rows, ..WIDE };
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["text", "number"]).unwrap();
        for (text, number) in &cells {
            writer.write_record([text, number]).unwrap();
        }
        let expected: Vec<Vec<String>> =
            cells.iter().map(|(text, number)| vec![text.clone(), number.clone()]).collect();
        let table = open(writer.into_inner().unwrap(), Form::Csv).unwrap();
        prop_assert_eq!(&all(&table, None, bounds), &expected);

        let object = |(text, number): &(String, String)| format!("{{\"text\": {}, \"number\": {}}}", serde_json::Value::from(text.as_str()), serde_json::Value::from(number.as_str()));
        let objects: Vec<String> = cells.iter().map(object).collect();
        for (text, form) in [(objects.join("\n"), Form::JsonLines), (format!("[{}]", objects.join(" ,\n")), Form::Json)] {
            prop_assert_eq!(&all(&open(text, form).unwrap(), None, bounds), &expected);
        }

        let (texts, numbers): (Vec<&str>, Vec<&str>) = cells.iter().map(|(text, number)| (text.as_str(), number.as_str())).unzip();
        let columns: Vec<(&str, ArrayRef)> = vec![("text", Arc::new(StringArray::from(texts))), ("number", Arc::new(StringArray::from(numbers)))];
        prop_assert_eq!(&all(&open(parquet_of(columns, None), Form::Parquet).unwrap(), None, bounds), &expected);
    }

    #[test]
    fn whatever_the_bytes_are_reading_ends(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        properties::table_text(&bytes);
        properties::table_parquet(&bytes);
    }

    #[test]
    fn a_parquet_file_with_broken_bytes_gives_an_error_or_rows(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut file = numbered(400);
        let at = at.index(file.len());
        file[at] = byte;
        properties::table_parquet(&file);
    }
}
