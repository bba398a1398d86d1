//! Moves whole databases: [`TABLES`] says what there is, rows are read and written a page at a time, whatever they
//! mean.

pub mod arrivals;
pub mod backups;
mod presence;
mod tables;

use std::borrow::Cow;

pub use presence::Presence;
pub use tables::{Column, Form, TABLES, Table, Values};

use crate::batches::batches;
use crate::door::{Door, Error, Result, Row, Statement, Tx, Value};
use crate::record::Column as _;

/// How many rows one statement writes: few different texts, so that the database reads each once.
const ROWS: usize = 100;

/// The next rows of a table in the order of their keys, so many at most.
///
/// The order is the database's own: another one may put the same keys in another.
///
/// # Errors
/// When the database fails, or a value is not what its column holds.
pub async fn page(
    door: impl Door,
    table: &'static Table,
    after: Option<&[Value]>,
    limit: i64,
) -> Result<Vec<Values>> {
    let (columns, key) = (Table::list(table.columns), Table::list(table.key()));
    let mut values = after.map(<[Value]>::to_vec).unwrap_or_default();
    let past = match values.len() {
        0 => String::new(),
        many => format!("WHERE ({key}) > ({})", places(0, many)),
    };
    values.push(limit.into());
    let text = format!("SELECT {columns} FROM {} {past} ORDER BY {key} LIMIT ${}", table.name, values.len());
    let rows = door.fetch(Statement { text: Cow::Owned(text), values }).await?;
    rows.iter().map(|row| read(row, table)).collect()
}

/// Adds rows to a table that has none of them.
///
/// # Errors
/// When a row is there, or names one that is not; when a text cannot be kept by this database.
pub async fn insert(tx: &mut Tx, table: &'static Table, rows: &[Values]) -> Result<()> {
    for batch in batches(rows, |row| row.iter().map(size).sum()) {
        for some in batch.chunks(ROWS) {
            insert_some(tx, table, some).await?;
        }
    }
    Ok(())
}

async fn insert_some(tx: &mut Tx, table: &'static Table, rows: &[Values]) -> Result<()> {
    let width = table.columns.len();
    if let Some(row) = rows.iter().find(|row| row.len() != width) {
        return Err(Error::Unfit(format!("a row of `{}` has {} values, not {width}", table.name, row.len())));
    }
    if !tx.is_sqlite() {
        rows.iter().try_for_each(|row| without_zero(table, row))?;
    }
    let tuples: Vec<String> =
        (0..rows.len()).map(|row| format!("({})", places(row * width, width))).collect();
    let text =
        format!("INSERT INTO {} ({}) VALUES {}", table.name, Table::list(table.columns), tuples.join(", "));
    Statement { text: Cow::Owned(text), values: rows.concat() }.run(tx).await?;
    Ok(())
}

/// Whether no table has a row.
///
/// # Errors
/// When the database fails.
pub async fn is_empty(tx: &mut Tx) -> Result<bool> {
    for table in TABLES {
        if !page(&mut *tx, table, None, 1).await?.is_empty() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How much room a value takes, about.
pub fn size(value: &Value) -> usize {
    8 + match value {
        Value::Text(text) => text.as_ref().map_or(0, String::len),
        Value::Bytes(bytes) => bytes.as_ref().map_or(0, Vec::len),
        Value::Number(_) | Value::Truth(_) => 0,
    }
}

/// `$5, $6, $7` for three placeholders after the fourth.
fn places(before: usize, many: usize) -> String {
    (1..=many).map(|place| format!("${}", before + place)).collect::<Vec<_>>().join(", ")
}

fn read(row: &Row, table: &'static Table) -> Result<Values> {
    let value = |column: &Column| {
        Ok(match column.form {
            Form::Text => Value::Text(Option::read(row, column.name)?),
            Form::Number => Value::Number(Option::read(row, column.name)?),
            Form::Truth => Value::Truth(bool::read(row, column.name)?),
            Form::Bytes => Value::Bytes(Option::read(row, column.name)?),
        })
    };
    table.columns.iter().map(value).collect()
}

/// SQLite keeps a text with a zero byte, PostgreSQL keeps none.
fn without_zero(table: &Table, row: &[Value]) -> Result<()> {
    let zero = |value: &Value| matches!(value, Value::Text(Some(text)) if text.contains('\0'));
    let Some(at) = row.iter().position(zero) else { return Ok(()) };
    Err(Error::Unfit(format!(
        "the row {:?} of `{}` has a zero byte in `{}`, which PostgreSQL cannot keep",
        table.key_of(row),
        table.name,
        table.columns[at].name
    )))
}

#[cfg(test)]
mod tests {
    use limpide_testkit::hub::TestDb;
    use proptest::prelude::*;
    use proptest::test_runner::TestRunner;

    use super::*;
    use crate::Db;

    fn table(name: &str) -> &'static Table {
        TABLES.iter().find(|table| table.name == name).unwrap()
    }

    /// Rows of `owners` (texts, nulls and a truth) and of `log_entries` (numbers and bytes), with distinct keys.
    fn rows() -> impl Strategy<Value = (Vec<Values>, Vec<Values>)> {
        let text = "[^\\x00]{0,20}";
        let key = prop::collection::btree_set("[a-zA-Z_é-]{1,6}", 0..20);
        let owner = (text, prop::option::of(text), any::<bool>(), any::<i64>());
        let entry = (prop::collection::vec(any::<u8>(), 0..40), any::<i64>());
        (key, prop::collection::vec(owner, 20), prop::collection::vec(entry, 20)).prop_map(
            |(keys, owners, entries)| {
                let owner = |(key, (text, maybe, truth, number)): (&String, _)| {
                    let (text, maybe): (String, Option<String>) = (text, maybe);
                    let all = [key, "user", &text, key, &text].map(|text| Value::from(&text.to_owned()));
                    let mut row = all.to_vec();
                    row.extend([maybe.clone(), None, maybe].map(Value::Text));
                    row.extend([Value::Truth(truth), Value::Text(None), Value::Number(Some(number))]);
                    row
                };
                let entry = |(key, (bytes, number)): (usize, (Vec<u8>, i64))| {
                    let mut row = vec![Value::Number(i64::try_from(key).ok()); 1];
                    row.extend(["r", "", "scan", "leaf"].map(Value::from));
                    row.extend([bytes.into(), number.into()]);
                    row
                };
                let entries = entries.into_iter().enumerate().map(entry).collect();
                (keys.iter().zip(owners).map(owner).collect(), entries)
            },
        )
    }

    /// The database of a test as this crate sees it: what the kit gives is of the crate that it was built with.
    async fn open(test: &TestDb) -> Db {
        Db::open(test.url()).await.unwrap()
    }

    async fn all(db: &Db, table: &'static Table) -> Vec<Values> {
        let mut found: Vec<Values> = Vec::new();
        loop {
            let after = found.last().map(|row| table.key_of(row).to_vec());
            let page = page(db, table, after.as_deref(), 3).await.unwrap();
            if page.is_empty() {
                return found;
            }
            found.extend(page);
        }
    }

    #[test]
    fn rows_come_back_as_they_were_written() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let test = runtime.block_on(TestDb::start());
        let db = runtime.block_on(open(&test));
        let mut runner = TestRunner::new(ProptestConfig::with_cases(24));
        let outcome = runner.run(&rows(), |(owners, entries)| {
            runtime.block_on(async {
                let mut tx = db.begin().await.unwrap();
                for (table, mut rows) in [(table("owners"), owners.clone()), (table("log_entries"), entries)]
                {
                    Statement { text: format!("DELETE FROM {}", table.name).into(), values: Vec::new() }
                        .run(&mut tx)
                        .await
                        .unwrap();
                    insert(&mut tx, table, &rows).await.unwrap();
                    rows.sort_by_key(|row| format!("{:?}", row[0]));
                    let page = page(&mut tx, table, None, 100).await.unwrap();
                    let mut found = page;
                    found.sort_by_key(|row| format!("{:?}", row[0]));
                    prop_assert_eq!(found, rows);
                }
                tx.commit().await.unwrap();
                prop_assert_eq!(all(&db, table("owners")).await.len(), owners.len());
                Ok(())
            })
        });
        outcome.unwrap();
    }

    #[tokio::test]
    async fn a_text_that_postgresql_cannot_keep_is_named_with_its_row() {
        let test = TestDb::start().await;
        let mut tx = open(&test).await.begin().await.unwrap();
        let row: Values = vec!["a".into(), "b\0c".into()];
        let inserted = insert(&mut tx, table("secrets"), &[row]).await;
        if tx.is_sqlite() {
            return inserted.unwrap();
        }
        let said = inserted.unwrap_err().to_string();
        assert!(said.contains("`secrets`") && said.contains("`value`"), "{said}");
    }
}
