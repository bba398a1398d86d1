//! Tells a client how to send each of its files: through git or as large content, or not at all.

use std::collections::HashMap;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use limpide_db::commits::Commit;
use limpide_formats::attributes::LfsRules;
use limpide_words::{FilePath, ObjectId, Revision};

use crate::Hub;
use crate::access::Writable;
use crate::error::Result;
use crate::git::store::Store;
use crate::paths::{Finder, Found, What};

/// A file that a client has, and asks about.
#[derive(Debug, Clone)]
pub struct Announced {
    /// Where it is to lie.
    pub path: FilePath,
    /// How many bytes it has.
    pub size: u64,
    /// Its first bytes.
    pub sample: Vec<u8>,
}

/// How to send files.
#[derive(Debug, Clone)]
pub struct Preuploaded {
    /// The commit that the answers were read from.
    pub commit: ObjectId,
    /// A plan for each file, in the order they were announced.
    pub files: Vec<FilePlan>,
}

/// How to send one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePlan {
    /// Through git or as large content.
    pub mode: UploadMode,
    /// Whether `.gitignore` leaves it out.
    pub ignored: bool,
    /// What is there now: the SHA-256 of large content, the git id of another file.
    pub stored: Option<String>,
}

/// The way a file is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadMode {
    /// Within the commit.
    Regular,
    /// To the content store first.
    Lfs,
}

/// Bytes of `.gitattributes` and `.gitignore` that are read.
const LONGEST_RULES: u64 = 256 << 10;
const MOST_LINES: usize = 2000;
const LONGEST_LINE: usize = 1000;

impl Hub {
    /// How to send each of these files to a revision. `git_ignore` counts instead of the repository's own.
    ///
    /// # Errors
    /// `NotFound` for the revision.
    pub async fn preupload(
        &self,
        repo: &Writable,
        revision: &Revision,
        files: &[Announced],
        git_ignore: Option<&str>,
    ) -> Result<Preuploaded> {
        let store = Store { hub: self, repository_id: &repo.repo().id };
        let commit = self.commit_of(store.repository_id, revision).await?;
        let lfs = LfsRules::read(&store.rules(&commit, ".gitattributes").await?);
        let ignore = match git_ignore {
            Some(text) => ignore_rules(text),
            None => ignore_rules(&store.rules(&commit, ".gitignore").await?),
        };
        let mut finder = Finder::new(store, &commit, false);
        let mut found = Vec::new();
        for file in files {
            found.extend(finder.find(&file.path).await?.filter(|found| !found.mode.is_tree()));
        }
        let stored = stored(store, found).await?;
        let plan = |file: &Announced| FilePlan {
            mode: self.mode(file, lfs.lfs(&file.path)),
            ignored: ignore.matched_path_or_any_parents(file.path.as_str(), false).is_ignore(),
            stored: stored.get(file.path.as_str()).cloned(),
        };
        Ok(Preuploaded { commit: commit.id, files: files.iter().map(plan).collect() })
    }

    fn mode(&self, file: &Announced, rule: Option<bool>) -> UploadMode {
        // Clients send empty files through git, whatever they are told.
        if file.size == 0 {
            return UploadMode::Regular;
        }
        let large = file.size > self.settings().limits.regular_file;
        match rule {
            Some(true) => UploadMode::Lfs,
            // What git would refuse must not be sent to it.
            _ if large => UploadMode::Lfs,
            Some(false) => UploadMode::Regular,
            None if looks_binary(&file.sample) => UploadMode::Lfs,
            None => UploadMode::Regular,
        }
    }
}

impl Store<'_> {
    /// The text of a file of rules at the root, or nothing.
    async fn rules(&self, commit: &Commit, name: &str) -> Result<String> {
        let Some((mode, id)) = self.look_up(commit.tree, &name.parse()?).await? else {
            return Ok(String::new());
        };
        let entries =
            self.describe(vec![Found { path: name.to_owned(), mode, id, number: 0 }], false).await?;
        match entries.first().map(|entry| &entry.what) {
            Some(What::Regular { size }) if *size <= LONGEST_RULES => {
                Ok(String::from_utf8_lossy(&self.bytes(id).await?).into_owned())
            }
            _ => Ok(String::new()),
        }
    }
}

/// What is stored at each path now, as the client would name the same content.
async fn stored(store: Store<'_>, found: Vec<Found>) -> Result<HashMap<String, String>> {
    let entries = store.describe(found, false).await?;
    let name = |entry: crate::paths::Entry| match entry.what {
        What::Lfs { sha256, .. } => (entry.path, sha256.to_string()),
        _ => (entry.path, entry.id.to_string()),
    };
    Ok(entries.into_iter().map(name).collect())
}

fn ignore_rules(text: &str) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for line in text.lines().take(MOST_LINES).filter(|line| line.len() <= LONGEST_LINE) {
        // A pattern that cannot be read matches nothing, as in git.
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Text has no NUL (git's own test), and few bytes that no text would have.
fn looks_binary(sample: &[u8]) -> bool {
    if sample.contains(&0) {
        return true;
    }
    let odd = |chunk: std::str::Utf8Chunk<'_>| {
        let control =
            |character: &char| character.is_control() && !"\t\n\r\u{c}\u{1b}\u{8}".contains(*character);
        chunk.valid().chars().filter(control).count() + chunk.invalid().len()
    };
    let odd: usize = sample.utf8_chunks().map(odd).sum();
    odd * 10 > sample.len() * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_any_script_is_not_binary() {
        for text in ["", "data", "é漢字\n", "a,b\r\n1,2\r\n"] {
            assert!(!looks_binary(text.as_bytes()), "{text:?}");
        }
        assert!(!looks_binary(b"caf\xe9 au lait, in Latin-1"));
        // A sample may end within a character.
        assert!(!looks_binary(&"漢字漢字".as_bytes()[..10]));
    }

    #[test]
    fn pictures_and_archives_are_binary() {
        assert!(looks_binary(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
        assert!(looks_binary(&[0xff, 0xd8, 0xff, 0xe1, 0x93, 0x85, 0x91, 0x99]));
    }
}
