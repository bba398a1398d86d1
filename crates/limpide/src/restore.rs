//! `limpide restore`: makes a hub of a backup, in an empty place, and looks whether it is sound.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use limpide_hub::Clock;
use limpide_hub::check::Depth;
use limpide_hub::moving::{self, Place, Progress};

use crate::settings::Flags;
use crate::{check, door, files, output};

#[derive(clap::Args)]
#[command(
    after_long_help = "The settings say where the hub is to be: an empty database and an empty store, of any \
    kind. What was cut off goes on when it is run again. At the end the hub is looked at as by `limpide check --fast`; \
    the exit status is 1 when that finds damage, too."
)]
pub(crate) struct Options {
    /// The folder that `limpide backup` wrote
    folder: PathBuf,
    #[command(flatten)]
    flags: Flags<false>,
}

pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    let Options { folder, flags } = options;
    files::raise_file_limit();
    let settings = door::settings(flags)?;
    anyhow::ensure!(folder.is_dir(), "there is no folder `{}`", folder.display());
    let _held = files::hold(&settings)?;
    let db = door::database(&settings).await?;
    let alone = door::alone(&db).await?;
    let blobs = door::store(&settings).await?;
    let (place, progress) = (Place { db, blobs }, Progress::default());
    let done =
        crate::moving::watched(moving::restore(&folder, &place, &Clock::system(), &progress), &progress)
            .await?;
    alone.end().await?;
    place.db.close().await;
    output::print(
        format!(
            "restored as of {}, and verified: {} rows of {} tables, {}\n",
            done.moment,
            done.rows,
            done.tables,
            crate::moving::told(done.objects)
        )
        .as_bytes(),
    )?;
    let hub = door::open(&settings).await.context("what was restored cannot be opened")?;
    let outcome = check::verify(&hub, Depth::WithoutContent, check::Format::Text).await;
    hub.close().await;
    outcome
}
