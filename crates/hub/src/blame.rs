//! Which commit last changed each line of a text.

use limpide_db::commits::{self, Commit};
use limpide_words::{FilePath, ObjectId};
use similar::{ChangeTag, TextDiff};

use crate::Hub;
use crate::access::Content;
use crate::error::{Error, Result};
use crate::paths::What;

/// Versions that are looked at; the lines of older ones are said to be of the oldest.
const MOST_VERSIONS: usize = 100;

/// The longest text whose lines are followed.
const LONGEST: i64 = 256 << 10;

/// A text, line by line, each with the commit that last changed it.
#[derive(Debug, Clone)]
pub struct Blame {
    /// The text as it is now.
    pub text: String,
    /// For each of its lines, which of the commits it is from.
    pub lines: Vec<usize>,
    /// The commits, the newest first.
    pub commits: Vec<Commit>,
    /// Whether there are older versions than were looked at.
    pub is_cut: bool,
}

impl Hub {
    /// Which commit last changed each line of a file.
    ///
    /// # Errors
    /// `NotFound` when there is no such file; `Unprocessable` for what is no text, or too long.
    pub async fn blame(&self, content: &Content, commit: &Commit, path: &FilePath) -> Result<Blame> {
        let repository = &content.repo().id;
        let mut at = commit.clone();
        let (mut texts, mut by) = (Vec::new(), Vec::new());
        let mut is_cut = false;
        while let Some((changed, text)) = self.version(content, &at, path, texts.is_empty()).await? {
            texts.push(text);
            let parents = commits::parents(self.db(), repository, [changed.id]).await?;
            by.push(changed);
            let Some(parent) = parents.first() else { break };
            is_cut = texts.len() == MOST_VERSIONS;
            let found = commits::find(self.db(), repository, [parent.parent_id]).await?.pop();
            match found {
                Some(parent) if !is_cut => at = parent,
                _ => break,
            }
        }
        let lines = attributed(&texts);
        let text = texts.into_iter().next().unwrap_or_default();
        Ok(Blame { text, lines, commits: by, is_cut })
    }

    /// The text at a path as a commit has it, and the commit that made it so; none where there is no such text. The
    /// newest must be one.
    async fn version(
        &self,
        content: &Content,
        at: &Commit,
        path: &FilePath,
        is_newest: bool,
    ) -> Result<Option<(Commit, String)>> {
        let revision = at.id.to_string().parse()?;
        let found = self.paths_info(content.readable(), &revision, &[path.to_string()], true).await?;
        let entry = match found.into_iter().next() {
            Some(entry) => entry,
            None if is_newest => self.entry(content.readable(), at, path).await?,
            None => return Ok(None),
        };
        let size = match entry.what {
            What::Regular { size } => i64::try_from(size).unwrap_or(i64::MAX),
            What::Lfs { .. } | What::Folder => i64::MAX,
        };
        let text = match size <= LONGEST {
            true => String::from_utf8(self.read_blob(content, entry.id).await?.to_vec()).ok(),
            false => None,
        };
        match (text, entry.last_commit) {
            (Some(text), Some(last)) => {
                Ok(self.commit_named(content, last.id).await?.map(|commit| (commit, text)))
            }
            _ if is_newest => {
                let words =
                    format!("`{path}` is no text of at most {LONGEST} bytes: its lines are not followed.");
                Err(Error::Unprocessable(words))
            }
            _ => Ok(None),
        }
    }

    async fn commit_named(&self, content: &Content, id: ObjectId) -> Result<Option<Commit>> {
        Ok(commits::find(self.db(), &content.repo().id, [id]).await?.pop())
    }
}

/// For each line of the first text, which text is the oldest that has had it ever since; newer texts come first.
fn attributed(texts: &[String]) -> Vec<usize> {
    let Some(newest) = texts.first() else { return Vec::new() };
    let mut oldest = vec![0; newest.split_inclusive('\n').count()];
    // Where each line of the newest stands in the version that is looked at.
    let mut places: Vec<Option<usize>> = (0..oldest.len()).map(Some).collect();
    for (older, pair) in texts.windows(2).enumerate() {
        let diff = TextDiff::from_lines(pair[1].as_str(), pair[0].as_str());
        let mut before = vec![None; pair[0].split_inclusive('\n').count()];
        for change in diff.iter_all_changes().filter(|change| change.tag() == ChangeTag::Equal) {
            if let (Some(old), Some(new)) = (change.old_index(), change.new_index())
                && let Some(place) = before.get_mut(new)
            {
                *place = Some(old);
            }
        }
        for (line, place) in places.iter_mut().enumerate() {
            *place = place.and_then(|place| before.get(place).copied().flatten());
            if place.is_some() {
                oldest[line] = older + 1;
            }
        }
    }
    oldest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_of_the_version_that_brought_it() {
        let texts = ["a\nB\nc\nnew\n", "a\nB\nc\n", "a\nb\nc\n", "c\n"].map(str::to_owned);
        assert_eq!(attributed(&texts), [2, 1, 3, 0]);
        assert_eq!(attributed(&texts[3..]), [0]);
        assert!(attributed(&[]).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn every_line_is_of_a_version_that_has_it(texts in proptest::collection::vec("[ab\n]{0,12}", 1..5)) {
            let newest: Vec<&str> = texts[0].split_inclusive('\n').collect();
            for (line, version) in attributed(&texts).into_iter().enumerate() {
                proptest::prop_assert!(texts[version].split_inclusive('\n').any(|other| other == newest[line]));
            }
        }
    }
}
