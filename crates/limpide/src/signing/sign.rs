//! `limpide sign`: signs every file of a folder, so that anybody sees whether one was changed.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use limpide_signing::{
    Algorithm, Bundle, Chain, Entry, IgnoredPath, Manifest, OF_GIT, PrivateKey, Resource, Serialization, sign,
};
use serde_json::json;

use super::folder::Folder;
use super::{SIGNATURE, ignored, inside, read, text};
use crate::output::print;

#[derive(clap::Args)]
#[command(after_long_help = KEYS)]
pub(crate) struct Options {
    /// The folder that is signed, with all folders below
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The private key: P-256, P-384 or P-521 in PEM (PKCS#8 or SEC1)
    #[arg(long, value_name = "FILE.pem")]
    key: PathBuf,
    /// The certificate of the key, and those of the authorities above it but for the root
    #[arg(long, value_name = "FILE.pem")]
    certificates: Option<PathBuf>,
    /// Where the signature is written; FOLDER/model.sig where nothing is said
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Leave out this file or folder, relative to FOLDER: the signature does not cover it
    #[arg(long, value_name = "PATH", value_parser = ignored)]
    ignore: Vec<IgnoredPath>,
    /// Follow links to files, instead of refusing them
    #[arg(long)]
    follow_links: bool,
    /// How files are hashed
    #[arg(long, value_enum, default_value = "sha256")]
    hash: Hash,
    /// How it is told what was signed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Hash {
    /// What a hub knows of each large file
    Sha256,
    /// Faster on large files
    Blake3,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
}

const KEYS: &str = "\
The signature is of the form of OpenSSF Model Signing: `model_signing verify` reads it, too. Like that, it leaves out .git, \
.gitattributes, .github, .gitignore and itself.

Make a key with `openssl ecparam -name prime256v1 -genkey -noout -out key.pem`, and its public half, which others verify \
with, with `openssl pkey -in key.pem -pubout -out public.pem`.

Exit status: 0 when it was signed, 1 when it was not.";

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let key = read("key", &options.key)?;
    let key = PrivateKey::from_pem(&key)
        .with_context(|| format!("the key `{}` cannot be used", options.key.display()))?;
    let chain = chain(options, &key)?;
    let output = options.output.clone().unwrap_or_else(|| options.folder.join(SIGNATURE));
    // A folder that came from elsewhere may hold a link of this name, and must not choose what is written over.
    if output.is_symlink() {
        bail!("`{}` is a link; --output says where else the signature is written", output.display());
    }
    let folder = Folder::open(&options.folder)?;
    let manifest = manifest(options, &folder, left_out(options, &output))?;
    let bundle = sign(&manifest, &key, chain)
        .with_context(|| format!("the key `{}` cannot be used", options.key.display()))?;
    std::fs::write(&output, bundle.to_json()?)
        .with_context(|| format!("the signature cannot be written to `{}`", output.display()))?;
    tell(options, &manifest, &bundle, &folder)?;
    Ok(ExitCode::SUCCESS)
}

fn chain(options: &Options, key: &PrivateKey) -> Result<Option<Chain>> {
    let Some(path) = &options.certificates else { return Ok(None) };
    let chain = Chain::from_pem(&read("list of certificates", path)?, &key.public());
    Ok(Some(chain.with_context(|| format!("`{}` cannot be used", path.display()))?))
}

/// What the signature does not cover: itself, what belongs to git, and what is asked for.
fn left_out(options: &Options, output: &std::path::Path) -> Vec<IgnoredPath> {
    let itself = inside(&options.folder, output).and_then(|path| ignored(&path).ok());
    let of_git = OF_GIT.iter().filter_map(|path| ignored(path).ok());
    let mut all: Vec<IgnoredPath> = Vec::new();
    for path in itself.into_iter().chain(of_git).chain(options.ignore.iter().cloned()) {
        if !all.contains(&path) {
            all.push(path);
        }
    }
    all
}

fn manifest(options: &Options, folder: &Folder, ignored: Vec<IgnoredPath>) -> Result<Manifest> {
    let mut paths = Vec::new();
    for listed in folder.entries() {
        let path = listed.path.as_str();
        if ignored.iter().any(|rule| rule.covers(path)) {
            continue;
        }
        match listed.entry {
            Entry::File => paths.push(path),
            Entry::Link if options.follow_links => paths.push(path),
            Entry::Link => bail!("`{path}` is a link to a file; --follow-links signs what it leads to"),
            Entry::Other => {
                bail!(
                    "`{path}` is neither a file nor a folder, and has no bytes to sign; --ignore leaves it out"
                )
            }
        }
    }
    if paths.is_empty() {
        bail!("there is nothing to sign in `{}`", options.folder.display());
    }
    let algorithm = match options.hash {
        Hash::Sha256 => Algorithm::Sha256,
        Hash::Blake3 => Algorithm::Blake3,
    };
    let hashed = folder.hash(paths.iter().copied(), algorithm, options.follow_links)?;
    let resource = |path: &&str| {
        let digest =
            hashed.get(*path).ok_or_else(|| anyhow!("`{path}` was taken away while it was hashed"))?;
        Ok(Resource { path: path.parse()?, digest: *digest })
    };
    let resources = paths.iter().map(resource).collect::<Result<_>>()?;
    let name = options.folder.canonicalize()?;
    let name = name.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let serialization = Serialization { algorithm, follows_links: options.follow_links, ignored };
    Ok(Manifest::new(&name, serialization, resources)?)
}

fn tell(options: &Options, manifest: &Manifest, bundle: &Bundle, folder: &Folder) -> Result<()> {
    let output = options.output.clone().unwrap_or_else(|| options.folder.join(SIGNATURE));
    let bytes = folder.bytes(manifest.resources().iter().map(|resource| resource.path.as_str()));
    let written = match options.format {
        Format::Text => text::signed(manifest, bundle, bytes, &output),
        Format::Json => {
            let ignored = &manifest.serialization().ignored;
            let object = json!({
                "signature": output.to_string_lossy(),
                "files": manifest.resources().len(),
                "bytes": bytes,
                "algorithm": manifest.serialization().algorithm,
                "root": manifest.root(),
                "ignored": ignored,
            });
            format!("{object}\n")
        }
    };
    print(written.as_bytes())
}
