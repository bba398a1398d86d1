//! All rows, from wherever they are to wherever they go, a page at a time.

use limpide_db::moving::{self, TABLES, Table, Values};
use limpide_db::{Db, Snapshot, Value};

use super::progress::Progress;
use super::tally::{Tally, table};
use super::{Result, line};

/// Where rows come from.
pub(super) trait Source {
    /// The next rows of a table, in an order that stays the same; none after the last.
    async fn page(&mut self, table: &'static Table, after: Option<&[Value]>) -> Result<Vec<Values>>;
}

/// Where rows go.
pub(super) trait Target {
    /// Keeps rows of a table; `lines` are the same rows as text.
    async fn put(&mut self, table: &'static Table, rows: Vec<Values>, lines: Vec<String>) -> Result<()>;

    /// No more rows of this table come.
    async fn end(&mut self, table: &'static Table) -> Result<()>;
}

/// A row after which copying goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Its table,
    pub(super) table: &'static Table,
    /// and its key.
    pub(super) key: Values,
}

impl Mark {
    /// The mark as text.
    pub(super) fn write(table: &Table, row: &Values) -> String {
        serde_json::json!({ "table": table.name, "key": super::tally::key_line(table, row) }).to_string()
    }

    /// Reads a mark back.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mark: serde_json::Value = serde_json::from_str(text).ok()?;
        let table = table(mark["table"].as_str()?)?;
        let key = line::read(table.key(), mark["key"].as_str()?.as_bytes()).ok()?;
        Some(Self { table, key })
    }
}

/// Copies all rows that come after the mark, and says what these amount to.
pub(super) async fn copy(
    source: &mut impl Source,
    target: &mut impl Target,
    mark: Option<Mark>,
    progress: &Progress,
) -> Result<Tally> {
    let mut tally = Tally::default();
    let first =
        mark.as_ref().and_then(|mark| TABLES.iter().position(|table| table == mark.table)).unwrap_or(0);
    let mut after = mark.map(|mark| mark.key);
    for table in &TABLES[first..] {
        tally.begin(table);
        loop {
            let page = source.page(table, after.as_deref()).await?;
            let Some(last) = page.last() else { break };
            after = Some(table.key_of(last).to_vec());
            let lines: Vec<String> = page.iter().map(|row| line::write(table.columns, row)).collect();
            for (row, line) in page.iter().zip(&lines) {
                tally.add(table, row, line)?;
            }
            progress.rows(page.len());
            target.put(table, page, lines).await?;
        }
        target.end(table).await?;
        after = None;
    }
    tally.end();
    Ok(tally)
}

/// What the rows of a source amount to.
pub(super) async fn count(source: &mut impl Source, progress: &Progress) -> Result<Tally> {
    copy(source, &mut Nowhere, None, progress).await
}

/// The rows of a database, as they were at one moment.
pub(super) struct Stored {
    snapshot: Snapshot,
    limit: i64,
}

/// About how many bytes a page should have, and how many rows it may.
const PAGE: usize = 2 << 20;
const FIRST: i64 = 50;
const MOST: i64 = 1000;

impl Stored {
    pub(super) async fn in_database(db: &Db) -> Result<Self> {
        Ok(Self { snapshot: db.snapshot().await?, limit: FIRST })
    }
}

impl Source for Stored {
    async fn page(&mut self, table: &'static Table, after: Option<&[Value]>) -> Result<Vec<Values>> {
        if after.is_none() {
            self.limit = FIRST;
        }
        let page = moving::page(&mut self.snapshot, table, after, self.limit).await?;
        self.limit = next_limit(self.limit, &page);
        Ok(page)
    }
}

/// How many rows the next page should have, when rows stay as long as these were.
fn next_limit(limit: i64, page: &[Values]) -> i64 {
    let bytes: usize = page.iter().flatten().map(moving::size).sum();
    let fitting = PAGE * page.len().max(1) / bytes.max(1);
    i64::try_from(fitting).unwrap_or(MOST).clamp(1, MOST).min(limit * 4)
}

/// Where rows are only counted.
struct Nowhere;

impl Target for Nowhere {
    async fn put(&mut self, _: &'static Table, _: Vec<Values>, _: Vec<String>) -> Result<()> {
        Ok(())
    }

    async fn end(&mut self, _: &'static Table) -> Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_long_rows_are_short() {
        let rows = |length: usize, count| vec![vec![Value::from(vec![0; length])]; count];
        assert_eq!(next_limit(50, &rows(10, 50)), 200);
        assert_eq!(next_limit(800, &rows(10, 800)), MOST);
        assert_eq!(next_limit(50, &rows(1 << 20, 50)), 1);
        assert_eq!(next_limit(1, &rows(PAGE * 2, 1)), 1);
    }

    #[test]
    fn a_mark_reads_back() {
        let table = table("git_objects").unwrap();
        let mut row: Values = vec!["r".into(), "i\u{e9}\"".into()];
        let mark = Mark { table, key: row.clone() };
        row.push(1.into());
        assert_eq!(Mark::read(&Mark::write(table, &row)), Some(mark));
        assert_eq!(Mark::read("{}"), None);
        assert_eq!(Mark::read(r#"{"table":"none","key":"{}"}"#), None);
    }
}
