//! What a backup says of itself: `manifest.json`, written last.

use limpide_blobs::Folder;
use limpide_db::SCHEMA;
use limpide_db::moving::{TABLES, Table};
use limpide_words::{Moment, Sha256};
use serde::{Deserialize, Serialize};

use super::tally::Figures;
use super::{Error, Result, folder};

/// The name of the file, and the longest that is read.
const FILE: &str = "manifest.json";
const LONGEST: u64 = 1 << 20;

/// What this program writes and reads.
const FORMAT: &str = "limpide-backup";
const VERSION: u64 = 1;

/// What a backup says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// `limpide-backup`.
    pub(super) format: String,
    /// The version of the form of backups.
    pub(super) version: u64,
    /// The version of the tables.
    pub(super) schema: i64,
    /// Which program wrote it.
    pub(super) program: String,
    /// Which hub it is of.
    pub(super) instance: String,
    /// The moment whose rows these are.
    pub(super) moment: Moment,
    /// The folder below `rows` with the files.
    pub(super) rows: String,
    /// The tables, in their order.
    pub(super) tables: Vec<TableFile>,
    /// The list of objects.
    pub(super) objects: ObjectsFile,
}

/// A file of rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TableFile {
    /// The table, how many rows it has, and a digest of them.
    #[serde(flatten)]
    pub(super) figures: Figures,
    /// Its columns, in their order.
    pub(super) columns: Vec<String>,
    /// The SHA-256 of the file.
    pub(super) sha256: Sha256,
}

/// The file that lists the objects.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct ObjectsFile {
    /// How many there are,
    pub(super) count: u64,
    /// and how long they are together.
    pub(super) bytes: u64,
    /// The SHA-256 of the file.
    pub(super) sha256: Sha256,
}

impl Manifest {
    /// The manifest of a backup that this program writes, with nothing in it.
    pub(super) fn new(instance: &str, moment: Moment, rows: String) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            schema: SCHEMA,
            program: concat!("limpide ", env!("CARGO_PKG_VERSION")).to_owned(),
            instance: instance.to_owned(),
            moment,
            rows,
            tables: Vec::new(),
            objects: ObjectsFile { count: 0, bytes: 0, sha256: Sha256([0; 32]) },
        }
    }

    /// The manifest of a folder, if it has one, with the text that it is; refused when this program cannot read such
    /// backups.
    pub(super) async fn read(folder: &Folder) -> Result<Option<(Self, bytes::Bytes)>> {
        let Some(bytes) = folder.get(FILE, LONGEST).await? else { return Ok(None) };
        let place = folder.place(FILE);
        let damaged =
            |what: String| Error::Damaged(format!("{place} is damaged: {what}. Take another backup"));
        let told: serde_json::Value =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if told["format"] != FORMAT {
            return Err(Error::Refused(format!("{place} is not the manifest of a backup of limpide")));
        }
        if told["version"] != VERSION || told["schema"] != SCHEMA {
            return Err(Error::Refused(format!(
                "{place}: the backup was written by {}, in version {} with schema {}; this program reads version \
                 {VERSION} with schema {SCHEMA}. Restore it with that program and then start this one on it, or \
                 write into another folder",
                told["program"], told["version"], told["schema"]
            )));
        }
        let manifest: Self = serde_json::from_value(told).map_err(|error| damaged(error.to_string()))?;
        manifest.fits().map_err(|what| Error::Refused(format!("{place}: {what}")))?;
        Ok(Some((manifest, bytes)))
    }

    /// Makes this the manifest of the folder.
    pub(super) async fn write(&self, folder: &Folder) -> Result<()> {
        let mut text =
            serde_json::to_string_pretty(self).map_err(|error| Error::Damaged(error.to_string()))?;
        text.push('\n');
        folder::put(folder, FILE, text.into_bytes()).await
    }

    /// The name of the file of a table.
    pub(super) fn file(&self, table: &str) -> String {
        format!("rows/{}/{table}.jsonl.gz", self.rows)
    }

    /// The figures of all tables.
    pub(super) fn figures(&self) -> Vec<Figures> {
        self.tables.iter().map(|table| table.figures.clone()).collect()
    }

    fn fits(&self) -> std::result::Result<(), String> {
        if self.rows.is_empty() || !self.rows.chars().all(|each| each.is_ascii_alphanumeric() || each == '-')
        {
            return Err(format!("`rows` cannot be `{}`: it names one folder", self.rows));
        }
        let told = |file: &TableFile| (file.figures.table.clone(), file.columns.clone());
        let known = |table: &Table| (table.name.to_owned(), columns(table));
        if self.tables.iter().map(told).ne(TABLES.iter().map(known)) {
            return Err(format!(
                "its tables have other columns than those of this program. Restore it with the program that wrote \
                 it, {}, and then start this one on it",
                self.program
            ));
        }
        Ok(())
    }
}

/// The names of the columns of a table.
pub(super) fn columns(table: &Table) -> Vec<String> {
    table.columns.iter().map(|column| column.name.to_owned()).collect()
}
