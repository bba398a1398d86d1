//! `limpide check`: verifies a whole hub, says what is wrong and how far it has come.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use limpide_hub::Hub;
use limpide_hub::check::{Depth, Finding, Progress, Severity, Summary};
use tokio::sync::mpsc;

use crate::progress::pace;
use crate::settings::Flags;
use crate::{door, files};

#[derive(clap::Args)]
#[command(after_long_help = EXIT)]
pub(crate) struct Options {
    /// Leave out the bytes of content: look only that they are there and how long they are
    #[arg(long)]
    fast: bool,
    /// How findings are printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    flags: Flags<false>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON object a line: findings, then a summary
    Json,
}

const EXIT: &str = "Exit status: 0 when all is sound, 1 when damage was found, 2 when it could not be checked.\n\
    Nothing is written; servers may run meanwhile.";

/// What could not be checked is not sound, and not damaged either.
pub(crate) const NOT_CHECKED: u8 = 2;

pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    let Options { fast, format, flags } = options;
    files::raise_file_limit();
    let hub = door::existing(flags).await?;
    let depth = if fast { Depth::WithoutContent } else { Depth::Whole };
    verify(&hub, depth, format).await
}

/// Checks a hub, and prints what is found; 1 when that is damage.
pub(crate) async fn verify(hub: &Hub, depth: Depth, format: Format) -> Result<ExitCode> {
    let (start, progress) = (Instant::now(), Progress::default());
    let (sender, mut findings) = mpsc::channel(64);
    let mut check = std::pin::pin!(hub.check(depth, &progress, sender));
    let mut ticks = tokio::time::interval(pace());
    ticks.tick().await;
    let summary = loop {
        tokio::select! {
            biased;
            Some(finding) = findings.recv() => print(&finding, format)?,
            summary = &mut check => break summary?,
            _ = ticks.tick() => tell(&progress, start.elapsed()),
        }
    };
    while let Ok(finding) = findings.try_recv() {
        print(&finding, format)?;
    }
    sum_up(&summary, start.elapsed(), format)?;
    Ok(if summary.damage == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn print(finding: &Finding, format: Format) -> Result<()> {
    let mut out = std::io::stdout().lock();
    if format == Format::Json {
        return Ok(writeln!(out, "{}", serde_json::to_string(finding)?)?);
    }
    let word = if finding.severity == Severity::Damage { "damage" } else { "note" };
    writeln!(out, "{word}: {}", finding.what)?;
    writeln!(out, "  where:   {}", finding.place)?;
    writeln!(out, "  affects: {}", finding.affects)?;
    Ok(writeln!(out, "  help:    {}", finding.remedy)?)
}

fn tell(progress: &Progress, elapsed: Duration) {
    let (now, mut err) = (progress.summary(), std::io::stderr().lock());
    let share = match progress.expected_bytes() {
        0 => String::new(),
        expected => format!(" of about {}", mebibytes(expected)),
    };
    let line = format!(
        "{} s, {}: {} git objects, {} files, {} xorbs, {}{share}; {} damaged",
        elapsed.as_secs(),
        progress.phase(),
        now.git_objects,
        now.files,
        now.xorbs,
        mebibytes(now.bytes),
        now.damage
    );
    // If nobody listens on standard error, there is nobody to tell.
    _ = match err.is_terminal() {
        true => write!(err, "\r\x1b[K{line}"),
        false => writeln!(err, "{line}"),
    };
}

fn sum_up(summary: &Summary, elapsed: Duration, format: Format) -> Result<()> {
    let mut err = std::io::stderr().lock();
    if err.is_terminal() {
        write!(err, "\r\x1b[K")?;
    }
    let (seconds, mut out) = (elapsed.as_secs_f64(), std::io::stdout().lock());
    if format == Format::Json {
        let mut line = serde_json::json!({ "summary": summary });
        line["summary"]["seconds"] = seconds.into();
        return Ok(writeln!(out, "{line}")?);
    }
    let verdict = if summary.damage == 0 { "sound".into() } else { format!("{} damaged", summary.damage) };
    Ok(writeln!(
        out,
        "{verdict}: {} repositories, {} refs, {} git objects, {} xorbs, {} files, {} shards, {} read in {seconds:.1} s",
        summary.repositories,
        summary.refs,
        summary.git_objects,
        summary.xorbs,
        summary.files,
        summary.shards,
        mebibytes(summary.bytes)
    )?)
}

fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes >> 20)
}
