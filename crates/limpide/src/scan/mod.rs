//! `limpide scan`: what files would do if they were loaded, read without running any of it.

mod every;
mod sarif;
mod text;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use limpide_clamav::{Address, Clamav};
use limpide_safety::{Level, Policy, PolicyId, SCANNER, Said, Scan, Verdict};
use serde::Serialize;

use self::every::Look;
use crate::output::Output;
use crate::page::Page;
use crate::place::Asked;
use crate::rules;

#[derive(clap::Args)]
#[command(after_long_help = EXIT)]
pub(crate) struct Options {
    #[command(flatten)]
    asked: Asked,
    /// Judge by these rules instead of those that come with the program
    #[arg(long, value_name = "FILE.toml")]
    rules: Option<PathBuf>,
    /// Ask this daemon of ClamAV, too, such as `unix:/run/clamav/clamd.ctl`
    #[arg(long, value_name = "unix:PATH|tcp:HOST:PORT")]
    clamav: Option<Address>,
    /// How the findings are written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Show clean files, too, and all that was seen in each
    #[arg(long)]
    verbose: bool,
    #[command(flatten)]
    output: Output,
    /// Fail when a file is this bad, or worse
    #[arg(long, value_enum, default_value = "suspicious", value_name = "LEVEL")]
    fail_on: Bar,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people, on a terminal
    Text,
    /// All that was seen
    Json,
    /// For tools that show findings beside code
    Sarif,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Bar {
    /// Code that may be meant well, and that somebody should look at
    NeedsReview,
    /// Bytes that were not understood
    Partial,
    /// What data need not do
    Suspicious,
    /// What nobody who means well lets data do
    Malicious,
    /// Never
    Never,
}

const EXIT: &str = "\
Nothing that is scanned is run, loaded or unpacked to disk. Of repositories on a hub, only the parts of files that matter \
are fetched.

Exit status: 0 when no file is as bad as --fail-on says, 1 when one is, 2 when something could not be scanned.";

/// What could not be scanned is not safe.
pub(crate) const NOT_SCANNED: u8 = 2;

/// What was found in all files.
#[derive(Serialize)]
struct Findings {
    /// The version of the code that looked,
    scanner: u32,
    /// and the rules that judged.
    policy: PolicyId,
    /// The worst level of all files.
    level: Level,
    /// The files, by their paths.
    files: Vec<Found>,
}

/// What was found in a file.
#[derive(Serialize)]
struct Found {
    path: String,
    level: Level,
    #[serde(flatten)]
    seen: Seen,
}

/// Whether a file could be read.
#[derive(Serialize)]
#[serde(untagged)]
enum Seen {
    Scanned { scan: Box<Scan>, verdict: Verdict },
    Unread { error: String },
}

impl Found {
    fn of(path: &str, scan: Scan, policy: &Policy) -> Self {
        let verdict = policy.judge(&scan);
        let level = verdict.level;
        Self { path: path.to_owned(), level, seen: Seen::Scanned { scan: Box::new(scan), verdict } }
    }

    /// Nobody knows what is in it.
    fn unread(path: &str, error: String) -> Self {
        Self { path: path.to_owned(), level: Level::Partial, seen: Seen::Unread { error } }
    }
}

pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    let policy = match &options.rules {
        Some(path) => rules::read(path)?.0,
        None => Policy::built_in()?,
    };
    // Sources block while they read.
    let findings = tokio::task::block_in_place(|| findings(&options, &policy))?;
    options.output.put(written(&findings, &options)?)?;
    Ok(status(&findings, options.fail_on))
}

fn findings(options: &Options, policy: &Policy) -> Result<Findings> {
    let clamav = options.clamav.clone().map(Clamav::new);
    let look = Look { policy, clamav: clamav.as_ref() };
    let files = every::scan(&options.asked.place()?, &look)?;
    let level = files.iter().map(|file| file.level).max().unwrap_or(Level::Clean);
    Ok(Findings { scanner: SCANNER, policy: policy.id().clone(), level, files })
}

fn written(findings: &Findings, options: &Options) -> Result<Vec<u8>> {
    Ok(match options.format {
        Format::Text => text::of(findings, &Page::for_terminal(options.verbose)).into_bytes(),
        Format::Json => serde_json::to_vec_pretty(findings)?,
        Format::Sarif => serde_json::to_vec_pretty(&sarif::of(findings))?,
    })
}

fn status(findings: &Findings, bar: Bar) -> ExitCode {
    let bar = match bar {
        Bar::NeedsReview => Level::NeedsReview,
        Bar::Partial => Level::Partial,
        Bar::Suspicious => Level::Suspicious,
        Bar::Malicious => Level::Malicious,
        Bar::Never => return ExitCode::SUCCESS,
    };
    if findings.level >= bar {
        return ExitCode::from(1);
    }
    let unread = findings.files.iter().any(|file| match &file.seen {
        Seen::Unread { .. } => true,
        Seen::Scanned { scan, .. } => not_looked_at(scan).is_some(),
    });
    if unread { ExitCode::from(NOT_SCANNED) } else { ExitCode::SUCCESS }
}

/// Why the virus scanner that was asked did not look at all of a file; none when it did, or none was asked.
fn not_looked_at(scan: &Scan) -> Option<&str> {
    match &scan.antivirus.as_ref()?.said {
        Said::Clean | Said::Found { .. } => None,
        Said::TooLarge => Some("the file is larger than it takes"),
        Said::Away { why } | Said::Failed { why } => Some(why),
    }
}
