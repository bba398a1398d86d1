//! The rows of data files: a page of them, a cell, what columns hold, and which files are which split of a dataset.

use std::io;
use std::sync::Arc;

use futures::TryStreamExt;
use limpide_db::commits::Commit;
use limpide_formats::card::Card;
use limpide_tables::splits::{self, Dataset, Split};
use limpide_tables::{Bounds, Column, Filter, Form, Page, Place, Problem, Summary, Table, Value};
use limpide_words::Kind;

use crate::Hub;
use crate::access::Content;
use crate::error::{Error, Result, Thing};
use crate::remembered::{Remembered, commit_key};
use crate::resolve::Resolved;

/// The most files of a dataset among which splits are looked for.
const MOST_FILES: usize = 200_000;

/// The longest card that is read.
const LONGEST_CARD: u64 = 1 << 20;

/// What is read for the statistics of a file, or of all files of a split together.
const SUMMED_ROWS: u64 = 100_000;
const SUMMED_BYTES: u64 = 64 << 20;

/// The most files that statistics of a split come from.
const SUMMED_FILES: usize = 8;

/// The most files of a split of which each is asked how many rows it has.
const COUNTED_FILES: usize = 32;

/// Rows of a file, and what its columns are.
#[derive(Debug)]
pub struct Rows {
    /// The columns, at most a hundred.
    pub columns: Vec<Column>,
    /// How many columns were left out.
    pub columns_left_out: usize,
    /// How many rows the file has, where it tells.
    pub total: Option<u64>,
    /// The rows.
    pub page: Page,
}

/// Which rows of a file are asked for.
#[derive(Debug, Clone)]
pub struct RowsQuery {
    /// How the file is written.
    pub form: Form,
    /// From which on.
    pub from: Place,
    /// Only such.
    pub filter: Option<Filter>,
    /// The most cells that are given.
    pub cells: usize,
    /// The least and the most rows that are given.
    pub rows: (usize, usize),
    /// The most rows and bytes that are looked at.
    pub looked_at: (u64, u64),
}

impl Hub {
    /// Which files of a commit are which split of which configuration.
    ///
    /// # Errors
    /// When the commit cannot be read, or has more than 200 000 files.
    pub async fn dataset(&self, content: &Content, commit: &Commit) -> Result<Arc<Dataset>> {
        let known = commit_key(&content.repo().id, commit);
        if let Some(dataset) = self.remembered().datasets.get(&known).await {
            return Ok(dataset);
        }
        let mut paths = Vec::new();
        {
            let mut siblings = std::pin::pin!(self.siblings(content.readable(), commit, false));
            while let Some(entries) = siblings.try_next().await? {
                paths.extend(entries.into_iter().map(|entry| entry.path));
                if paths.len() > MOST_FILES {
                    let says = format!(
                        "This repository has more than {MOST_FILES} files: splits are not looked for."
                    );
                    return Err(Error::Invalid(says));
                }
            }
        }
        let card = self.card_of(content, commit).await?;
        let card = serde_json::Value::Object(card.fields);
        let found =
            tokio::task::spawn_blocking(move || splits::find(paths.iter().map(String::as_str), &card)).await;
        let found = Arc::new(found.map_err(|error| Error::Internal(error.into()))?);
        self.remembered().datasets.insert(known, found.clone()).await;
        Ok(found)
    }

    /// Rows of a file. A file that is no such table gives its problem.
    ///
    /// # Errors
    /// When the bytes cannot be had.
    pub async fn rows(
        &self,
        content: &Content,
        file: &Resolved,
        query: RowsQuery,
    ) -> Result<std::result::Result<Rows, Problem>> {
        self.in_table(content, file, query.form, move |table| {
            let columns = table.columns().to_vec();
            let (least, most) = query.rows;
            let (looked_at, bytes) = query.looked_at;
            let rows = (query.cells / columns.len().max(1)).clamp(least, most);
            let page = table.page(query.from, query.filter.as_ref(), Bounds { rows, looked_at, bytes })?;
            Ok(Rows { columns, columns_left_out: table.columns_left_out(), total: table.total(), page })
        })
        .await
    }

    /// A cell of a file, as it is. None where there is no such row or column.
    ///
    /// # Errors
    /// When the bytes cannot be had.
    pub async fn cell(
        &self,
        content: &Content,
        file: &Resolved,
        form: Form,
        (place, column): (Place, usize),
    ) -> Result<std::result::Result<Option<Value>, Problem>> {
        self.in_table(content, file, form, move |table| table.cell(place, column)).await
    }

    /// How many rows the files of a split have together, where all of them are Parquet and not too many.
    ///
    /// # Errors
    /// When the bytes cannot be had.
    pub async fn split_rows(
        &self,
        content: &Content,
        commit: &Commit,
        configuration: &str,
        split: &Split,
    ) -> Result<Option<u64>> {
        if split.files.len() > COUNTED_FILES {
            return Ok(None);
        }
        let commit_key = commit_key(&content.repo().id, commit);
        let key = (commit_key, configuration.to_owned(), split.name.clone());
        if let Some(known) = self.remembered().split_rows.get(&key).await {
            return Ok(known);
        }
        let mut rows = Some(0_u64);
        for path in &split.files {
            let file = self.resolve(content, commit, &path.parse()?).await?;
            let counted = self.in_table(content, &file, Form::Parquet, |table| Ok(table.total())).await?;
            rows = rows.zip(counted.ok().flatten()).map(|(rows, more)| rows.saturating_add(more));
            if rows.is_none() {
                break;
            }
        }
        self.remembered().split_rows.insert(key, rows).await;
        Ok(rows)
    }

    /// What the columns of some files hold, which are the parts of one table. Of many files some are read, and of long
    /// ones some rows: the summary says so.
    ///
    /// # Errors
    /// When the bytes cannot be had.
    pub async fn summary(
        &self,
        content: &Content,
        commit: &Commit,
        paths: &[&str],
        form: Form,
    ) -> Result<Arc<std::result::Result<Summary, Problem>>> {
        let mut chosen = Vec::new();
        for path in paths.iter().step_by(paths.len().div_ceil(SUMMED_FILES).max(1)) {
            chosen.push(self.resolve(content, commit, &path.parse()?).await?);
        }
        let is_part = chosen.len() < paths.len();
        let facts = [format!("{form:?}"), is_part.to_string()];
        let key: Vec<String> = chosen.iter().map(Resolved::hash).chain(facts).collect();
        let remembered = self.remembered();
        let _turn = remembered.summing.wait(&key).await;
        if let Some(known) = remembered.summaries.get(&key).await {
            return Ok(known);
        }
        let mut summary = Summary::default();
        if is_part {
            summary.leave_out();
        }
        let summary = Arc::new(self.summed_up(content, &chosen, form, summary).await?);
        remembered.summaries.insert(key, summary.clone()).await;
        Ok(summary)
    }

    /// Adds what the columns of these files hold; each may take its part of what is read at most.
    async fn summed_up(
        &self,
        content: &Content,
        files: &[Resolved],
        form: Form,
        mut summary: Summary,
    ) -> Result<std::result::Result<Summary, Problem>> {
        let parts = files.len().max(1) as u64;
        let bounds = Bounds { rows: usize::MAX, looked_at: SUMMED_ROWS / parts, bytes: SUMMED_BYTES / parts };
        for file in files {
            let mut so_far = summary;
            let read = self.in_table(content, file, form, move |table| {
                table.summarise(&mut so_far, bounds)?;
                Ok(so_far)
            });
            summary = match read.await? {
                Ok(summary) => summary,
                Err(problem) => return Ok(Err(problem)),
            };
        }
        Ok(Ok(summary))
    }

    async fn in_table<T: Send + 'static>(
        &self,
        content: &Content,
        file: &Resolved,
        form: Form,
        act: impl FnOnce(&Table) -> std::result::Result<T, Problem> + Send + 'static,
    ) -> Result<std::result::Result<T, Problem>> {
        let read = move |bytes| match Table::open(bytes, form).and_then(|table| act(&table)) {
            // What the store could not give is no fault of the file.
            Err(Problem::Unreadable(error)) => Err(error),
            read => Ok::<_, io::Error>(read),
        };
        self.look(content, file, read).await
    }

    /// The card of a commit; an empty one where there is none.
    async fn card_of(&self, content: &Content, commit: &Commit) -> Result<Card> {
        let read = match self.resolve(content, commit, &"README.md".parse()?).await {
            Ok(file) => {
                let most = LONGEST_CARD.min(file.size);
                self.look(content, &file, move |bytes| bytes.bytes_at(0, most as usize)).await?
            }
            Err(Error::NotFound(Thing::Entry, _)) => Vec::new(),
            Err(other) => return Err(other),
        };
        Ok(Card::read(&read, Kind::Dataset))
    }

    pub(crate) fn remembered(&self) -> &Remembered {
        &self.inner.remembered
    }
}
