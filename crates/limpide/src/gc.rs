//! `limpide gc`: collects what nothing needs any more, or tells what that is.

use std::io::Write;

use anyhow::Result;
use limpide_hub::{Collected, Reach};

use crate::door;
use crate::settings::Flags;

#[derive(clap::Args)]
#[command(after_long_help = "A server does this by itself once a day; servers may run meanwhile.")]
pub(crate) struct Options {
    /// Take nothing; tell what would be taken
    #[arg(long, conflicts_with = "purge")]
    dry_run: bool,
    /// Take everything needless at once, for a law or a full disk, however short a time ago it was needed. Clients forget
    /// what they believe to be stored, and uploads under way have to be begun again
    #[arg(long)]
    purge: bool,
    /// How the report is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    flags: Flags<false>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// A JSON object
    Json,
}

pub(crate) async fn run(options: Options) -> Result<()> {
    let Options { dry_run, purge, format, flags } = options;
    let hub = door::existing(flags).await?;
    let reach = match (dry_run, purge) {
        (true, _) => Reach::Nothing,
        (false, true) => Reach::Everything,
        (false, false) => Reach::Old,
    };
    let collected = hub.collect(reach).await?;
    let mut out = std::io::stdout().lock();
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&collected)?)?,
        Format::Text => write!(out, "{}", text(reach, &collected))?,
    }
    Ok(())
}

fn text(reach: Reach, collected: &Collected) -> String {
    let Collected { repositories, commits, loosened, git_objects, git_bytes, .. } = collected;
    let Collected { files, file_bytes, xorbs, xorb_bytes, objects, .. } = collected;
    let history = match reach {
        Reach::Nothing => {
            format!("to be looked through: {repositories} repositories that have lost a branch or a tag")
        }
        _ => format!(
            "commits that no branch or tag leads to: {commits}, in {repositories} repositories; {loosened} git objects \
             count no more, and go in two days"
        ),
    };
    let would = if reach == Reach::Nothing { " would be taken" } else { "" };
    let removed = match reach {
        Reach::Nothing => String::new(),
        _ => format!("removed from the storage: {objects} objects\n"),
    };
    format!(
        "{history}\n\
         git objects{would}: {git_objects} ({})\n\
         files{would}: {files} ({} before deduplication)\n\
         xorbs{would}: {xorbs} ({} as stored)\n{removed}",
        size(*git_bytes),
        size(*file_bytes),
        size(*xorb_bytes),
    )
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => format!("{} KiB", bytes >> 10),
        _ => format!("{} MiB", bytes >> 20),
    }
}
