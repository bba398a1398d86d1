//! Reads the files that settings name: what is in them is looked at before a server starts.

use std::path::Path;

use limpide_hub::TrustedRoot;
use limpide_signing::{Roots, Sigstore};

use super::Settings;
use super::value::TrustedRootAt;
use crate::rules;

impl Settings {
    /// Takes over what the files say; gives what is wrong with them.
    pub(super) fn read_files(&mut self) -> Vec<String> {
        let read = [self.read_rules(), self.read_roots(), self.read_trusted_root()];
        read.into_iter().filter_map(Result::err).collect()
    }

    fn read_rules(&mut self) -> Result<(), String> {
        let Some(path) = &self.rules else { return Ok(()) };
        let (_, text) = rules::read(path).map_err(|error| format!("`safety.rules`: {error:#}."))?;
        self.hub.safety.rules = Some(text);
        Ok(())
    }

    fn read_roots(&mut self) -> Result<(), String> {
        let Some(path) = &self.roots else { return Ok(()) };
        let pem =
            text_of("signing.roots", path, |pem| Roots::from_pem(pem).map_err(|error| error.to_string()))?;
        self.hub.signing.roots = Some(pem);
        Ok(())
    }

    fn read_trusted_root(&mut self) -> Result<(), String> {
        self.hub.signing.trusted_root = match &self.trusted_root {
            None => None,
            Some(TrustedRootAt::Public) => Some(TrustedRoot::Public),
            Some(TrustedRootAt::File(path)) => {
                Some(TrustedRoot::Json(text_of("signing.trusted-root", path, |json| {
                    Sigstore::anybody(Some(json)).map_err(|error| error.to_string())
                })?))
            }
        };
        Ok(())
    }
}

/// The text of a file that a setting names, if it is what it should be.
fn text_of<T>(key: &str, path: &Path, read: impl Fn(&str) -> Result<T, String>) -> Result<String, String> {
    let wrong = |why: &str| format!("`{key}` cannot be `{}`: {why}.", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error.to_string()))?;
    read(&text).map_err(|why| wrong(&why))?;
    Ok(text)
}
