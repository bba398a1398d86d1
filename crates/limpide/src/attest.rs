//! `limpide attest`: signs a statement about one criterion of a repository.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use limpide_hub::Clock;
use limpide_openness::{Criterion, Degree, Role, SigningKey, Statement};
use limpide_words::{Kind, Moment, OwnerName, Revision};

use crate::audit::{self, Repository};

#[derive(clap::Args)]
#[command(after_long_help = KEYS)]
pub(crate) struct Options {
    /// The repository and its commit, in full: `ada/tiny@1a2b…`
    #[arg(value_name = "OWNER/NAME@COMMIT")]
    about: String,
    /// Whether it is a model or a dataset
    #[arg(long, value_name = "model|dataset|space", default_value = "model")]
    kind: Kind,
    /// What is signed for: the code of a criterion, from W1 to P1
    #[arg(long, value_name = "CODE")]
    criterion: Criterion,
    /// How far it is met
    #[arg(long, value_enum, default_value = "full")]
    degree: Extent,
    /// What you say of it, in your words
    #[arg(long, value_name = "TEXT")]
    statement: String,
    /// What you looked at: the id of a report's evidence, or the SHA-256 of a file
    #[arg(long, value_name = "ID|SHA-256")]
    evidence: Vec<String>,
    /// The rule of the contradiction that this answers, such as X6
    #[arg(long, value_name = "RULE")]
    answers: Option<String>,
    /// Until when it holds: `2027-11-01`
    #[arg(long, value_name = "DATE", value_parser = date)]
    expires: Moment,
    /// Who signs; the owner of the repository where nobody is named
    #[arg(long, value_name = "NAME")]
    signer: Option<OwnerName>,
    /// The private key: Ed25519 in PEM (PKCS#8)
    #[arg(long, value_name = "FILE.pem")]
    key: PathBuf,
    /// Write the attestation to a file instead of the standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Hand it to the hub, signed in with the token in HF_TOKEN; the hub has to know the key
    #[arg(long)]
    send: bool,
    /// The hub to hand it to; else that of HF_ENDPOINT, else the Hub of Hugging Face
    #[arg(long, value_name = "URL", requires = "send")]
    hub: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Extent {
    /// In part
    Partial,
    /// As the criterion asks
    Full,
}

const KEYS: &str = "\
Make a key with `openssl genpkey -algorithm ed25519 -out key.pem`, and its public half, which others verify with, with \
`openssl pkey -in key.pem -pubout -out public.pem`. `limpide audit --attestation FILE --key OWNER=public.pem` takes the \
attestation into account.";

pub(crate) async fn run(options: Options) -> Result<()> {
    let statement = statement(&options)?;
    let (kind, about) = (statement.kind, statement.repository.parse()?);
    let attestation = signing_key(&options.key)?.sign(statement)?;
    if options.send {
        let hub = audit::hub(options.hub.as_deref(), Some(audit::token("--send")?))?;
        let sent = tokio::task::block_in_place(|| hub.attest(kind, &about, &attestation));
        sent.map_err(|why| anyhow!("{} does not keep it: {why}", hub.endpoint()))?;
    }
    let mut json = limpide_openness::canonical(&attestation)?;
    json.push(b'\n');
    match options.output {
        Some(path) => std::fs::write(&path, json)
            .with_context(|| format!("the attestation cannot be written to `{}`", path.display())),
        None => std::io::stdout().write_all(&json).context("nobody reads the standard output"),
    }
}

fn statement(options: &Options) -> Result<Statement> {
    let Some(Repository { id, revision, .. }) = Repository::named(&options.about) else {
        bail!("`{}` is not the name of a repository; it is written as owner/name@commit", options.about);
    };
    // What is said of a branch would be said of whatever it comes to hold.
    let Some(commit) = revision.as_ref().and_then(Revision::as_commit) else {
        bail!("`{}` names no commit; a statement is about one: {id}@ and its 40 digits", options.about);
    };
    let signer = options.signer.clone().unwrap_or_else(|| id.owner.clone());
    Ok(Statement {
        schema: Statement::SCHEMA.to_owned(),
        kind: options.kind,
        role: if signer == id.owner { Role::Owner } else { Role::ThirdParty },
        repository: id.to_string(),
        commit: commit.to_string(),
        criterion: options.criterion,
        degree: match options.degree {
            Extent::Partial => Degree::Partial,
            Extent::Full => Degree::Full,
        },
        statement: options.statement.clone(),
        evidence: options.evidence.clone(),
        answers: options.answers.clone(),
        signer: signer.to_string(),
        issued: Clock::system().now(),
        expires: options.expires,
    })
}

fn signing_key(path: &Path) -> Result<SigningKey> {
    let pem = std::fs::read_to_string(path)
        .with_context(|| format!("the key `{}` cannot be read", path.display()))?;
    SigningKey::from_pem(&pem).with_context(|| format!("the key `{}` cannot be used", path.display()))
}

/// A day, which begins at midnight UTC, or a time.
fn date(text: &str) -> Result<Moment, String> {
    let time = if text.len() == "2027-11-01".len() { format!("{text}T00:00:00Z") } else { text.to_owned() };
    time.parse().map_err(|_| format!("`{text}` is no date; it is written as 2027-11-01"))
}
