//! `limpide sign` and `limpide verify`: who vouches for a folder, and for which of its files; and whether a hub takes back
//! what it has signed.

mod folder;
mod log;
pub(crate) mod sign;
mod text;
pub(crate) mod verify;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use limpide_signing::{IgnoredPath, ResourcePath};

/// The name of a signature where none is given, in the folder that it is about.
const SIGNATURE: &str = "model.sig";

/// Text of a file that the command line names.
fn read(what: &str, path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("the {what} `{}` cannot be read", path.display()))
}

/// The path of a file relative to a folder, if it lies in there. The file itself need not be there yet.
fn inside(folder: &Path, file: &Path) -> Option<String> {
    let above = match file.parent() {
        Some(above) if above != Path::new("") => above,
        _ => Path::new("."),
    };
    let file: PathBuf = above.canonicalize().ok()?.join(file.file_name()?);
    let path = file.strip_prefix(folder.canonicalize().ok()?).ok()?;
    path.to_str().map(str::to_owned)
}

/// A path to leave out, relative to the folder: `notes`, `notes/`, `./notes`.
fn ignored(text: &str) -> Result<IgnoredPath, String> {
    let text = text.trim_end_matches('/');
    let path: ResourcePath =
        text.strip_prefix("./").unwrap_or(text).parse().map_err(|refused| format!("{refused}"))?;
    Ok(path.into())
}
