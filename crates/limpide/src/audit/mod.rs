//! `limpide audit`: what a model or dataset claims, what its bytes show, and where the two differ.

mod reach;
mod target;
mod text;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use limpide_hub::Clock;
use limpide_openness::{
    Attestation, Audit, Belief, HEADLINE, Key, PublicKey, Report, Source, audit, present,
};
use limpide_sources::{Folder, Named, Outside};
use limpide_words::{Kind, RepoId};

use reach::Network;
pub(crate) use reach::{hub, opened, token};
pub(crate) use target::{Repository, Target};

use crate::output::Output;
use crate::page::Page;

use crate::progress::Progress;

#[derive(clap::Args)]
#[command(after_long_help = EXIT)]
pub(crate) struct Options {
    /// A folder, a repository such as `ada/tiny`, `ada/tiny@v1` or `datasets/ada/words`, or its address
    #[arg(value_name = "FOLDER|REPOSITORY|URL")]
    what: String,
    /// What it is, where neither its name nor its card tells; a model if nothing does
    #[arg(long, value_name = "model|dataset|space")]
    kind: Option<Kind>,
    /// The repository that a folder is a copy of
    #[arg(long = "as", value_name = "OWNER/NAME")]
    named: Option<RepoId>,
    #[command(flatten)]
    network: Network,
    /// Compute the SHA-256 of every file of a folder: the report then names the weights it is about
    #[arg(long)]
    hash: bool,
    /// Take this attestation into account
    #[arg(long, value_name = "FILE")]
    attestation: Vec<PathBuf>,
    /// The public key of whoever signs attestations: only with it do they count
    #[arg(long, value_name = "OWNER=FILE.pem", value_parser = key)]
    key: Vec<Key>,
    /// How the report is written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Show for each criterion what it rests on
    #[arg(long)]
    verbose: bool,
    #[command(flatten)]
    output: Output,
    /// Fail when the grade is lower: A, B, C, D or E
    #[arg(long, value_enum, ignore_case = true, value_name = "GRADE")]
    fail_under: Option<Letter>,
    /// What the grade of --fail-under rests on
    #[arg(long, value_enum, default_value = "verified", requires = "fail_under")]
    belief: Trust,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people, on a terminal
    Text,
    /// The whole report, in the one form that its digest is computed of (RFC 8785)
    Json,
    /// A page for a browser
    Html,
    /// For a README or a comment
    Markdown,
    /// For tools that show findings beside code
    Sarif,
    /// A model file of the Model Openness Tool
    MotYaml,
    /// A system file of the European Open Source AI Index
    OsaiYaml,
}

/// The letters of the headline grade, from the best on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
#[value(rename_all = "UPPER")]
enum Letter {
    A,
    B,
    C,
    D,
    E,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Trust {
    /// What the bytes show
    Verified,
    /// That, and what is signed for
    Attested,
    /// That, and what is only said
    Claimed,
}

const EXIT: &str = "\
A folder is audited offline, unless --online is given; a repository on a hub is audited as anybody sees it, together \
with what it refers to, unless --offline is given.

Exit status: 0 when it was audited, 1 when its grade is lower than --fail-under asks, 2 when it could not be audited.";

/// What could not be audited is neither open nor closed.
pub(crate) const NOT_AUDITED: u8 = 2;

pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    let given = attestations(&options.attestation)?;
    // Sources block while they read.
    let report = tokio::task::block_in_place(|| report(&options))?;
    let report = match given.is_empty() {
        true => report,
        false => report.with_attestations(&given, &options.key, Clock::system().now()),
    };
    options.output.put(written(&report, &options)?)?;
    verdict(&report, &options)
}

/// Audits what is named, with the world that may be asked.
fn report(options: &Options) -> Result<Report> {
    match Target::find(&options.what)? {
        Target::Folder(path) => {
            let named = Named { kind: options.kind, repository: options.named.clone() };
            let mut folder = Folder::open(&path, named)?;
            if options.hash {
                let progress = Progress::new("hashed", folder.bytes());
                folder.hash(&|bytes| progress.add(bytes));
            }
            audited(&folder, &options.network.around_a_folder()?)
        }
        Target::Repository(asked) => {
            if options.hash || options.named.is_some() {
                bail!("--hash and --as belong to folders, and there is no folder `{}` here", options.what);
            }
            let asked = Repository { kind: options.kind.or(asked.kind), ..asked };
            let hub = options.network.hub(asked.hub.as_deref())?;
            let remote = opened(&hub, &asked)?;
            audited(&remote, &options.network.around_a_repository(hub)?)
        }
    }
}

fn audited(source: &dyn Source, world: &Outside) -> Result<Report> {
    Ok(audit(Audit { source, world, earlier: None })?)
}

fn written(report: &Report, options: &Options) -> Result<Vec<u8>> {
    Ok(match options.format {
        Format::Text => text::of(report, &Page::for_terminal(options.verbose)).into_bytes(),
        Format::Json => limpide_openness::canonical(report)?,
        Format::Html => present::html(report).into_bytes(),
        Format::Markdown => present::markdown(report).into_bytes(),
        Format::Sarif => serde_json::to_vec_pretty(&present::sarif(report))?,
        Format::MotYaml => present::mot_yaml(report).into_bytes(),
        Format::OsaiYaml => present::osai_yaml(report).into_bytes(),
    })
}

/// Whether the grade is as good as was asked for.
fn verdict(report: &Report, options: &Options) -> Result<ExitCode> {
    let Some(asked) = options.fail_under else { return Ok(ExitCode::SUCCESS) };
    let belief = Belief::from(options.belief);
    let kind = report.subject.kind;
    let outcome = report.grade(HEADLINE).with_context(|| format!("a {kind} has no grade from A to E"))?;
    let reached = <Letter as clap::ValueEnum>::from_str(&outcome.at(belief).name, true);
    let reached = reached.map_err(|_| anyhow::anyhow!("the grade is none of A to E"))?;
    if reached <= asked {
        return Ok(ExitCode::SUCCESS);
    }
    let name =
        |letter: Letter| clap::ValueEnum::to_possible_value(&letter).map(|value| value.get_name().to_owned());
    let (reached, asked) = (name(reached).unwrap_or_default(), name(asked).unwrap_or_default());
    // If nobody listens on standard error, the exit status tells.
    _ = writeln!(std::io::stderr(), "limpide: the grade is {reached}, and {asked} was asked for");
    Ok(ExitCode::from(1))
}

impl From<Trust> for Belief {
    fn from(trust: Trust) -> Self {
        match trust {
            Trust::Verified => Self::Verified,
            Trust::Attested => Self::Attested,
            Trust::Claimed => Self::Claimed,
        }
    }
}

fn attestations(paths: &[PathBuf]) -> Result<Vec<Attestation>> {
    let read = |path: &PathBuf| {
        let bytes = std::fs::read(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
        Attestation::read(&bytes).with_context(|| format!("`{}`", path.display()))
    };
    paths.iter().map(read).collect()
}

/// `ada=ada.pem`.
fn key(text: &str) -> Result<Key, String> {
    let (owner, file) = text.split_once('=').ok_or("a key is given as OWNER=FILE.pem")?;
    let pem = std::fs::read_to_string(file).map_err(|error| format!("`{file}` cannot be read: {error}"))?;
    let key = PublicKey::from_pem(&pem).map_err(|refused| refused.to_string())?;
    Ok(Key { owner: owner.to_owned(), key })
}
