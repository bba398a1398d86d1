//! `limpide backup`: writes the hub into a folder, while it is served.

use std::path::PathBuf;

use anyhow::Result;
use limpide_hub::moving::{Progress, Prune};

use crate::settings::Flags;
use crate::{door, files, moving, output};

#[derive(clap::Args)]
#[command(after_long_help = "The hub may be served meanwhile. The folder holds its secrets and its private \
    repositories: keep it as safe as the hub.")]
pub(crate) struct Options {
    /// The folder to write into: a new one, or that of a former backup, which takes only what it lacks
    folder: PathBuf,
    /// Remove from the folder what only former backups needed
    #[arg(long)]
    prune: bool,
    #[command(flatten)]
    flags: Flags<false>,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let Options { folder, prune, flags } = options;
    files::raise_file_limit();
    let hub = door::existing(flags).await?;
    let (progress, prune) = (Progress::default(), if prune { Prune::Unneeded } else { Prune::Nothing });
    let done = moving::watched(hub.backup(&folder, prune, &progress), &progress).await?;
    hub.close().await;
    let pruned = match done.pruned {
        0 => String::new(),
        many => format!("; {many} objects that only former backups needed were removed"),
    };
    output::print(
        format!(
            "backed up to {}: {} rows of {} tables, {}{pruned}\n",
            folder.display(),
            done.rows,
            done.tables,
            moving::told(done.objects)
        )
        .as_bytes(),
    )
}
