//! `limpide migrate`: moves a hub that is not served to another database, another store, or both.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use limpide_hub::moving::{self, Migrated, Moves, Place, Progress};

use crate::settings::{Flags, Settings};
use crate::{door, files, output};

#[derive(clap::Args)]
#[command(
    after_long_help = "The hub must not be served or administered meanwhile: stop all its servers first. The \
    target must be empty, or hold what a run of the same command left that was cut off: that goes on where it was. \
    The source is not changed."
)]
pub(crate) struct Options {
    /// The settings of the new place, as `limpide serve --config` reads them: `data`, `database` and `s3` count
    #[arg(long, value_name = "FILE.toml")]
    to: PathBuf,
    #[command(flatten)]
    flags: Flags<false>,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let Options { to: file, flags } = options;
    files::raise_file_limit();
    let (from, to) = (door::settings(flags)?, door::settings_in(&file)?);
    door::expect_hub(&from)?;
    let moves = Moves { rows: from.rows_at() != to.rows_at(), bytes: from.bytes_at() != to.bytes_at() };
    if moves == (Moves { rows: false, bytes: false }) {
        bail!(
            "`{}` names the place where the hub is already. Set another `database` there, another `s3.bucket`, or \
             another `data`",
            file.display()
        );
    }
    let done = both_held(&from, &to, moves).await?;
    output::print(summary(&done, moves, &file.display().to_string()).as_bytes())
}

/// Moves the hub while nobody else is at work in either place.
async fn both_held(from: &Settings, to: &Settings, moves: Moves) -> Result<Migrated> {
    let _source_held = files::lock(from)?;
    let db = door::database_unchanged(from).await.context("the hub to move")?;
    let source_alone = door::alone(&db).await?;
    let source = Place { db, blobs: door::store(from).await? };
    let _target_held = if moves.rows { Some(files::hold(to)?) } else { None };
    let db = if moves.rows { door::database(to).await.context("the new place")? } else { source.db.clone() };
    let target_alone = if moves.rows { Some(door::alone(&db).await?) } else { None };
    let blobs =
        if moves.bytes { door::store(to).await.context("the new place")? } else { source.blobs.clone() };
    let (target, progress) = (Place { db, blobs }, Progress::default());
    let done = moving::migrate(&source, &target, moves, &progress);
    let done = crate::moving::watched(done, &progress).await?;
    for alone in target_alone.into_iter().chain([source_alone]) {
        alone.end().await?;
    }
    target.db.close().await;
    source.db.close().await;
    Ok(done)
}

fn summary(done: &Migrated, moves: Moves, file: &str) -> String {
    let rows = match moves.rows {
        true => format!(
            "moved {} rows of {} tables; verified: the number of rows and a digest of each table are the same in \
             both databases\n",
            done.rows, done.tables
        ),
        false => "the database stays where it is\n".to_owned(),
    };
    let bytes = match moves.bytes {
        true => format!(
            "moved {}; verified: length and SHA-256 of each, as read from the source and read back from the target\n",
            crate::moving::told(done.objects)
        ),
        false => "the bytes stay where they are\n".to_owned(),
    };
    format!(
        "{rows}{bytes}the source was not changed. Start the hub in its new place: limpide serve --config {file}\n"
    )
}
