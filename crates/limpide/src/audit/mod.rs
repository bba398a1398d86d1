//! `limpide audit`: what a model or dataset claims, what its bytes show, and where the two differ.

mod text;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use limpide_openness::{Audit, Offline, Report, audit};
use limpide_sources::{Folder, Named};
use limpide_words::{Kind, RepoId};

#[derive(clap::Args)]
#[command(after_long_help = EXIT)]
pub(crate) struct Options {
    /// A folder
    #[arg(value_name = "FOLDER")]
    what: String,
    /// Whether it is a model or a dataset, where its name or its card does not tell
    #[arg(long, value_name = "model|dataset")]
    kind: Option<Kind>,
    /// The repository that a folder is a copy of
    #[arg(long = "as", value_name = "OWNER/NAME")]
    named: Option<RepoId>,
    /// How the report is printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Show for each criterion what it rests on
    #[arg(long)]
    verbose: bool,
    /// Write the report to a file instead
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people, on a terminal
    Text,
    /// The whole report, in the one form that its digest is computed of (RFC 8785)
    Json,
}

const EXIT: &str = "Exit status: 0 when it was audited, 2 when it could not be audited.";

/// What could not be audited is neither open nor closed.
pub(crate) const NOT_AUDITED: u8 = 2;

pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    let report = tokio::task::block_in_place(|| report(&options))?;
    let written = written(&report, &options)?;
    match &options.output {
        Some(path) => std::fs::write(path, written)
            .with_context(|| format!("the report cannot be written to `{}`", path.display()))?,
        None => anstream::stdout().write_all(&written).context("nobody reads the standard output")?,
    }
    Ok(ExitCode::SUCCESS)
}

fn report(options: &Options) -> Result<Report> {
    let named = Named { kind: options.kind, repository: options.named.clone() };
    let folder = Folder::open(options.what.as_ref(), named)?;
    Ok(audit(Audit { source: &folder, world: &Offline, earlier: None })?)
}

fn written(report: &Report, options: &Options) -> Result<Vec<u8>> {
    match options.format {
        Format::Text => Ok(text::of(report, &text::Page::for_terminal(options.verbose)).into_bytes()),
        Format::Json => {
            let mut json = limpide_openness::canonical(report)?;
            json.push(b'\n');
            Ok(json)
        }
    }
}
