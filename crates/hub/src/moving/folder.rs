//! Rows and lists in the folder of a backup: files of lines, packed by gzip, read back with bounds.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use limpide_blobs::{Folder, NewFile};
use limpide_db::Value;
use limpide_db::moving::{self, Table, Values};
use limpide_words::Sha256;
use sha2::Digest;

use super::manifest::{Manifest, TableFile, columns};
use super::rows::{Source, Target};
use super::tally::Figures;
use super::{Error, Result, line};
use crate::content::aside;

/// The longest line that is read: no row of a hub comes near it.
const LONGEST: u64 = 512 << 20;

/// About how many bytes of rows are read at once, and how many rows.
const PAGE: usize = 2 << 20;
const ROWS: usize = 1000;

/// Writes a small file.
pub(super) async fn put(folder: &Folder, name: &str, bytes: Vec<u8>) -> Result<()> {
    let mut file = folder.writer(name).await?;
    file.write_all(&bytes).map_err(|cause| Error::File(folder.place(name), cause))?;
    Ok(file.finish().await?)
}

/// A file of lines on its way into the folder.
pub(super) struct Packing {
    place: String,
    lines: GzEncoder<Hashing>,
}

/// Hashes what is written to a file.
struct Hashing {
    file: NewFile,
    hasher: sha2::Sha256,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl Packing {
    pub(super) async fn begin(folder: &Folder, name: &str) -> Result<Self> {
        let file = Hashing { file: folder.writer(name).await?, hasher: sha2::Sha256::new() };
        Ok(Self { place: folder.place(name), lines: GzEncoder::new(file, Compression::fast()) })
    }

    /// Adds lines.
    pub(super) async fn add(mut self, lines: Vec<String>) -> Result<Self> {
        aside(move || {
            let written = lines.iter().try_for_each(|line| {
                self.lines.write_all(line.as_bytes())?;
                self.lines.write_all(b"\n")
            });
            Ok(written.map_err(|cause| Error::File(self.place.clone(), cause)).map(|()| self))
        })
        .await?
    }

    /// Makes the file durable; gives its SHA-256.
    pub(super) async fn finish(self) -> Result<Sha256> {
        let Hashing { file, hasher } =
            self.lines.finish().map_err(|cause| Error::File(self.place.clone(), cause))?;
        file.finish().await?;
        Ok(Sha256(hasher.finalize().into()))
    }
}

/// A file of lines, being read.
pub(super) struct Unpacking {
    place: String,
    lines: BufReader<GzDecoder<BufReader<File>>>,
    number: u64,
}

impl Unpacking {
    /// Opens a file of the folder.
    pub(super) async fn begin(folder: &Folder, name: &str) -> Result<Self> {
        let place = folder.place(name);
        let Some(file) = folder.reader(name).await? else { return Err(gone(&place)) };
        Ok(Self { place, lines: BufReader::with_capacity(1 << 16, GzDecoder::new(file)), number: 0 })
    }

    /// The next line, without its end.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = (&mut self.lines).take(LONGEST).read_until(b'\n', &mut line);
        read.map_err(|cause| self.wrong(&cause.to_string()))?;
        if line.is_empty() {
            return Ok(None);
        }
        self.number += 1;
        match line.pop() {
            Some(b'\n') => Ok(Some(line)),
            _ => Err(self.wrong("it has no end, or is too long")),
        }
    }

    /// What is wrong with the line that was read last.
    pub(super) fn wrong(&self, what: &str) -> Error {
        Error::Damaged(format!(
            "{} is damaged, line {}: {what}. Take another backup",
            self.place, self.number
        ))
    }
}

fn gone(place: &str) -> Error {
    Error::Damaged(format!("{place} is missing. Take another backup"))
}

/// Refuses a file whose bytes are not those of the manifest.
pub(super) async fn verify(folder: &Folder, name: &str, sha256: Sha256) -> Result<()> {
    let place = folder.place(name);
    let Some(mut file) = folder.reader(name).await? else { return Err(gone(&place)) };
    let failed = place.clone();
    let hash = aside(move || {
        let mut hasher = sha2::Sha256::new();
        let mut piece = vec![0; 1 << 18];
        Ok(loop {
            match file.read(&mut piece) {
                Ok(0) => break Ok(Sha256(hasher.finalize().into())),
                Ok(length) => hasher.update(&piece[..length]),
                Err(cause) => break Err(Error::File(failed, cause)),
            }
        })
    });
    match hash.await?? == sha256 {
        true => Ok(()),
        false => Err(Error::Damaged(format!(
            "{place} is damaged: its SHA-256 is not the one that the manifest names. Take another backup"
        ))),
    }
}

/// Rows on their way into a backup, each table in a file of its own.
pub(super) struct Writing<'a> {
    folder: &'a Folder,
    manifest: &'a mut Manifest,
    open: Option<Packing>,
}

impl<'a> Writing<'a> {
    pub(super) fn new(folder: &'a Folder, manifest: &'a mut Manifest) -> Self {
        Self { folder, manifest, open: None }
    }

    async fn file(&mut self, table: &Table) -> Result<Packing> {
        match self.open.take() {
            Some(open) => Ok(open),
            None => Packing::begin(self.folder, &self.manifest.file(table.name)).await,
        }
    }
}

impl Target for Writing<'_> {
    async fn put(&mut self, table: &'static Table, _: Vec<Values>, lines: Vec<String>) -> Result<()> {
        let file = self.file(table).await?;
        self.open = Some(file.add(lines).await?);
        Ok(())
    }

    async fn end(&mut self, table: &'static Table) -> Result<()> {
        let sha256 = self.file(table).await?.finish().await?;
        // How many rows it has is known when all are written.
        let figures = Figures { table: table.name.to_owned(), rows: 0, digest: Sha256([0; 32]) };
        self.manifest.tables.push(TableFile { figures, columns: columns(table), sha256 });
        Ok(())
    }
}

/// The rows of a backup.
pub(super) struct Reading<'a> {
    folder: &'a Folder,
    manifest: &'a Manifest,
    open: Option<(&'static Table, Unpacking)>,
    last: Values,
}

impl<'a> Reading<'a> {
    pub(super) fn new(folder: &'a Folder, manifest: &'a Manifest) -> Self {
        Self { folder, manifest, open: None, last: Values::new() }
    }

    async fn file(&mut self, table: &'static Table) -> Result<Unpacking> {
        if let Some((open, lines)) = self.open.take()
            && open == table
        {
            return Ok(lines);
        }
        self.last.clear();
        Unpacking::begin(self.folder, &self.manifest.file(table.name)).await
    }
}

impl Source for Reading<'_> {
    async fn page(&mut self, table: &'static Table, after: Option<&[Value]>) -> Result<Vec<Values>> {
        let mut lines = self.file(table).await?;
        let mut skipping = after.is_some_and(|after| after != self.last);
        let (mut page, mut bytes) = (Vec::new(), 0);
        while page.len() < ROWS && bytes < PAGE {
            let Some(text) = lines.next()? else { break };
            let row = line::read(table.columns, &text).map_err(|what| lines.wrong(&what))?;
            if skipping {
                skipping = after != Some(table.key_of(&row));
                continue;
            }
            bytes += row.iter().map(moving::size).sum::<usize>();
            page.push(row);
        }
        if skipping {
            return Err(lines.wrong("the row is missing after which to go on"));
        }
        if let Some(row) = page.last() {
            self.last = table.key_of(row).to_vec();
        }
        self.open = Some((table, lines));
        Ok(page)
    }
}
