//! The path of a file in a repository.

use serde::{Deserialize, Serialize};

use crate::Unfit;
use crate::text::checked_text;

/// A path relative to the root of a repository, kept byte for byte: `data/train-00000.parquet`.
///
/// It never climbs (`..`), never enters `.git`, and has no empty part, so that writing it below a
/// folder stays below that folder on the systems git supports.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FilePath(String);

/// The longest path Linux takes (`PATH_MAX`), and the longest name in a folder (`NAME_MAX`).
const LONGEST_PATH: usize = 4096;
const LONGEST_PART: usize = 255;

/// Folders within folders; far beyond any real repository, and a bound for every walk.
const DEEPEST: usize = 256;

impl FilePath {
    fn check(text: &str) -> Result<(), Unfit> {
        let refuse = |rule| Err(Unfit::new("file path", text, rule));
        if text.is_empty() || text.len() > LONGEST_PATH {
            return refuse("it has 1 to 4096 bytes");
        }
        if text.chars().any(char::is_control) {
            return refuse("control characters are not allowed");
        }
        // A backslash is an ordinary character here, but a path that starts by climbing on Windows is
        // refused, as the Hub does; deeper ones are left to the clients, which refuse to write them.
        if text.starts_with("..\\") {
            return refuse("it cannot start with `..\\`");
        }
        if text.split('/').count() > DEEPEST {
            return refuse("it has at most 256 parts");
        }
        for part in text.split('/') {
            if part.is_empty() {
                return refuse("no part of it can be empty, and it neither starts nor ends with `/`");
            }
            if part.len() > LONGEST_PART {
                return refuse("each part has at most 255 bytes");
            }
            if part == "." || part == ".." {
                return refuse("`.` and `..` are not allowed");
            }
            // Git for Windows takes a backslash for a slash, and so does `git fsck`.
            if part.split('\\').any(is_git_folder) {
                return refuse("`.git` is not allowed");
            }
        }
        Ok(())
    }

    /// The parts between slashes; at least one.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = &str> + Clone {
        self.0.split('/')
    }

    /// The last part.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Whether `folder` is this path or one of the folders above it.
    pub fn is_within(&self, folder: &Self) -> bool {
        self.0.strip_prefix(folder.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// `.git` in any case, and the spellings that NTFS and HFS+ read as `.git` (CVE-2014-9390, CVE-2019-1352).
fn is_git_folder(part: &str) -> bool {
    let visible: String = part.chars().filter(|character| !is_ignored_by_hfs(*character)).collect();
    let stem =
        visible.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']).to_ascii_lowercase();
    stem == ".git" || stem == "git~1"
}

/// Code points that HFS+ leaves out when it compares names (git's `next_hfs_char`).
fn is_ignored_by_hfs(character: char) -> bool {
    matches!(character, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

checked_text!(FilePath);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_and_odd_names_are_kept_as_they_are() {
        for path in
            ["a.txt", "data/é ü?.bin", "a:b,c#d%e", ".gitattributes", "folder/..\\..\\..\\file", ".github/x"]
        {
            assert_eq!(path.parse::<FilePath>().unwrap().as_str(), path);
        }
    }

    #[test]
    fn paths_that_climb_or_enter_git_are_refused() {
        let long = "x".repeat(256);
        for path in [
            "",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "../a",
            "a/../b",
            "./a",
            "..\\ddd",
            ".git/config",
            "a/.GIT/x",
            ".git",
            "git~1/x",
            ".git /x",
            ".g\u{200c}it/x",
            ".git::$INDEX_ALLOCATION/x",
            "a\\.git\\config",
            "a\nb",
            "a\0b",
            &long,
        ] {
            assert!(path.parse::<FilePath>().is_err(), "{path:?}");
        }
    }

    #[test]
    fn a_folder_holds_what_is_below_it_and_itself() {
        let path = |text: &str| text.parse::<FilePath>().unwrap();
        assert!(path("a/b/c").is_within(&path("a/b")));
        assert!(path("a/b").is_within(&path("a/b")));
        assert!(!path("a/bc").is_within(&path("a/b")));
    }

    proptest::proptest! {
        #[test]
        fn no_accepted_path_leaves_the_folder_it_is_written_to(text in "[./\\\\a-c:~ ]{0,12}") {
            if let Ok(path) = text.parse::<FilePath>() {
                let root = std::path::Path::new("/root");
                let joined = root.join(path.as_str());
                proptest::prop_assert!(joined.starts_with(root));
                proptest::prop_assert!(joined.components().all(|part| !matches!(part, std::path::Component::ParentDir)));
            }
        }
    }
}
