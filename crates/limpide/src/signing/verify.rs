//! `limpide verify`: whether a folder is as it was signed, by whom, and what the signature leaves out.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use limpide_signing::{
    Bundle, Coverage, IgnoredPath, PublicKey, Refused, Roots, Sigstore, Trust, Verified, verify,
};
use serde_json::json;

use super::folder::{self, Folder};
use super::{SIGNATURE, ignored, inside, read, text};
use crate::output::print;

#[derive(clap::Args)]
#[command(after_long_help = EXIT)]
#[command(group(clap::ArgGroup::new("trust").required(true)))]
pub(crate) struct Options {
    /// The folder that was signed
    #[arg(value_name = "FOLDER", required_unless_present = "log")]
    folder: Option<PathBuf>,
    /// Verify the log in which this hub keeps what it has signed, instead of a folder: that it holds what its checkpoint
    /// says, and all that it held when it was verified before
    #[arg(long, value_name = "URL", group = "trust", conflicts_with_all = ["folder", "signature", "ignore"])]
    log: Option<String>,
    /// Where the last checkpoint is remembered; without it, nothing is known of before
    #[arg(long, value_name = "FILE", requires = "log")]
    state: Option<PathBuf>,
    /// The public key of the signer, in PEM
    #[arg(long, value_name = "FILE.pem", group = "trust")]
    key: Option<PathBuf>,
    /// The certificates of the authorities that you trust, in PEM
    #[arg(long, value_name = "FILE.pem", group = "trust")]
    roots: Option<PathBuf>,
    /// Who signed without a key, as Sigstore saw it: an address or a URI
    #[arg(long, value_name = "IDENTITY", group = "trust", requires = "issuer")]
    identity: Option<String>,
    // No comment of documentation: an address in one has to be a link, and help has none.
    #[arg(
        long,
        value_name = "URL",
        requires = "identity",
        help = "Where that identity was signed in: https://accounts.google.com"
    )]
    issuer: Option<String>,
    /// The root of trust of another Sigstore service than the public one, whose root is built in
    #[arg(long, value_name = "FILE.json", requires = "identity")]
    trusted_root: Option<PathBuf>,
    /// The signature; FOLDER/model.sig where nothing is said
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// Do not look at this file or folder, relative to FOLDER, whether it was signed or not
    #[arg(long, value_name = "PATH", value_parser = ignored)]
    ignore: Vec<IgnoredPath>,
    /// How it is told what was found
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object, with every file
    Json,
}

const EXIT: &str = "\
Signatures are of the form of OpenSSF Model Signing, as `limpide sign` and `model_signing sign` make them. What the signer \
left out is not looked at, and listed: it may have changed.

Exit status: 0 when every file is as it was signed, 1 when it is not, or the signature is not that of whom you trust, 2 when \
it could not be verified.";

/// What could not be verified is not as it was signed, and not otherwise either.
pub(crate) const NOT_VERIFIED: u8 = 2;

/// What is told of a folder: what the signature covers, or why it is not believed.
pub(super) type Outcome = Result<(Verified, Coverage), Refused>;

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    if let Some(hub) = &options.log {
        return super::log::run(hub, options.state.as_deref(), options.format == Format::Json);
    }
    let folder = options.folder.as_deref().context("FOLDER says what was signed")?;
    let path = options.signature.clone().unwrap_or_else(|| folder.join(SIGNATURE));
    let key = options.key.as_deref().map(key).transpose()?;
    let roots = options.roots.as_deref().map(roots).transpose()?;
    let sigstore = sigstore(options)?;
    let trust = match (&key, &roots, &sigstore) {
        (Some(key), ..) => Trust::Key(key),
        (_, Some(roots), _) => Trust::Roots(roots),
        (.., Some(sigstore)) => Trust::Sigstore(sigstore),
        _ => bail!("--key, --roots or --identity says whom you trust"),
    };
    if !folder.is_dir() {
        bail!("there is no folder `{}`", folder.display());
    }
    let outcome = outcome(options, (folder, &path), trust)?;
    let written = match options.format {
        Format::Text => text::verified(&outcome, folder),
        Format::Json => format!("{}\n", in_json(&outcome, &path)),
    };
    print(written.as_bytes())?;
    Ok(if holds(&outcome) { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn outcome(options: &Options, (root, path): (&Path, &Path), trust: Trust<'_>) -> Result<Outcome> {
    let json = match folder::read(path, Bundle::LONGEST) {
        Ok(json) => json,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            bail!("there is no signature `{}`; --signature says where it is", path.display())
        }
        Err(error) => {
            return Err(error).with_context(|| format!("the signature `{}` cannot be read", path.display()));
        }
    };
    let verified = match Bundle::read(&json).and_then(|bundle| verify(&bundle, trust)) {
        Ok(verified) => verified,
        Err(refused) => return Ok(Err(refused)),
    };
    let folder = Folder::open(root)?;
    let itself = inside(root, path);
    let plan = verified.manifest.plan(folder.entries(), &options.ignore, itself.as_deref());
    let serialization = verified.manifest.serialization();
    let hashed = folder.hash(plan.to_hash(), serialization.algorithm, serialization.follows_links)?;
    let coverage = plan.finish(|path| hashed.get(path).copied());
    Ok(Ok((verified, coverage)))
}

fn key(path: &Path) -> Result<PublicKey> {
    PublicKey::from_pem(&read("key", path)?)
        .with_context(|| format!("the key `{}` cannot be used", path.display()))
}

fn roots(path: &Path) -> Result<Roots> {
    Roots::from_pem(&read("list of roots", path)?)
        .with_context(|| format!("the roots `{}` cannot be used", path.display()))
}

/// Whom `--identity` and `--issuer` say, and the service that saw them.
fn sigstore(options: &Options) -> Result<Option<Sigstore>> {
    let (Some(identity), Some(issuer)) = (&options.identity, &options.issuer) else { return Ok(None) };
    let Some(path) = &options.trusted_root else { return Ok(Some(Sigstore::public(identity, issuer)?)) };
    let sigstore = Sigstore::new(&read("root of trust", path)?, identity, issuer);
    Ok(Some(sigstore.with_context(|| format!("`{}` cannot be used", path.display()))?))
}

/// Whether every file is as whom the reader trusts signed it.
fn holds(outcome: &Outcome) -> bool {
    matches!(outcome, Ok((_, coverage)) if coverage.holds())
}

fn in_json(outcome: &Outcome, signature: &Path) -> serde_json::Value {
    let signature = signature.to_string_lossy();
    match outcome {
        Err(refused) => json!({
            "verified": false,
            "signature": signature,
            "refused": { "reason": refused.reason(), "sentence": refused.to_string() },
        }),
        Ok((verified, coverage)) => json!({
            "verified": holds(outcome),
            "signature": signature,
            "signer": verified.signer,
            "name": verified.manifest.name(),
            "algorithm": verified.manifest.serialization().algorithm,
            "root": verified.manifest.root(),
            "order": verified.manifest.order(),
            "coverage": coverage,
        }),
    }
}
