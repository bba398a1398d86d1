//! What is to be audited: a folder, or a repository on a hub.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use limpide_sources::Address;
use limpide_words::{Kind, RepoId, Revision};

/// What the first word on the command line stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A folder on this machine.
    Folder(PathBuf),
    /// A repository.
    Repository(Repository),
}

/// A repository, as far as the word tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repository {
    /// The hub, when an address names it.
    pub(crate) hub: Option<String>,
    /// The kind, when the word tells it.
    pub(crate) kind: Option<Kind>,
    pub(crate) id: RepoId,
    pub(crate) revision: Option<Revision>,
}

impl Target {
    /// A folder that is there wins over a repository of the same name; a word that begins as paths do is a folder in any case.
    pub(crate) fn find(word: &str) -> Result<Self> {
        let is_path = word.starts_with(['.', '/', '~']) || Path::new(word).is_dir();
        if is_path {
            return Ok(Self::Folder(PathBuf::from(word)));
        }
        if word.contains("://") {
            let Address { hub, kind, id, revision } = word.parse()?;
            return Ok(Self::Repository(Repository { hub: Some(hub), kind: Some(kind), id, revision }));
        }
        match Repository::named(word) {
            Some(repository) => Ok(Self::Repository(repository)),
            None => bail!(
                "`{word}` is neither a folder here nor the name of a repository. Give a folder, `owner/name`, \
                 `owner/name@revision`, `datasets/owner/name`, or an address such as https://huggingface.co/owner/name"
            ),
        }
    }
}

impl Repository {
    /// `[datasets/]owner/name[@revision]`.
    pub(crate) fn named(word: &str) -> Option<Self> {
        let (name, revision) = match word.split_once('@') {
            Some((name, revision)) => (name, Some(revision.parse().ok()?)),
            None => (word, None),
        };
        let (kind, id) = match name.split_once('/').map(|(first, rest)| (Kind::from_plural(first), rest)) {
            Some((Some(kind), rest)) => (Some(kind), rest),
            _ => (None, name),
        };
        Some(Self { hub: None, kind, id: id.parse().ok()?, revision })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(word: &str) -> (Option<String>, Option<Kind>, String, Option<String>) {
        match Target::find(word).unwrap() {
            Target::Repository(found) => {
                (found.hub, found.kind, found.id.to_string(), found.revision.map(String::from))
            }
            Target::Folder(folder) => panic!("{word} is taken for the folder {}", folder.display()),
        }
    }

    #[test]
    fn names_and_addresses_are_repositories() {
        let tiny = || "ada/tiny".to_owned();
        assert_eq!(repository("ada/tiny"), (None, None, tiny(), None));
        assert_eq!(repository("ada/tiny@v1/x"), (None, None, tiny(), Some("v1/x".into())));
        assert_eq!(repository("datasets/ada/tiny"), (None, Some(Kind::Dataset), tiny(), None));
        let hub = Some("https://hub.example".to_owned());
        let expected = (hub, Some(Kind::Dataset), tiny(), Some("main".into()));
        assert_eq!(repository("https://hub.example/datasets/ada/tiny/tree/main"), expected);
    }

    #[test]
    fn what_begins_as_a_path_is_a_folder_and_so_is_what_is_there() {
        // Tests run in the folder of the crate.
        for word in ["./ada/tiny", "/ada/tiny", "..", "src/audit", "src"] {
            assert_eq!(Target::find(word).unwrap(), Target::Folder(word.into()));
        }
    }

    #[test]
    fn anything_else_is_told_what_would_do() {
        for word in ["tiny", "a/b/c", "ada/ti ny", "ada/tiny@", ""] {
            let said = Target::find(word).unwrap_err().to_string();
            assert!(said.contains("owner/name@revision"), "{said}");
        }
        assert!(Target::find("https://hub.example/ada").unwrap_err().to_string().contains("owner/name"));
    }
}
