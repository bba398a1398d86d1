//! How a caller points into history, and what a branch or a tag may be called.

use serde::{Deserialize, Serialize};

use crate::text::checked_text;
use crate::{ObjectId, Unfit};

/// What a caller wrote to name a commit: a branch, a tag, a full ref, or (the beginning of) a commit id.
/// Which of them it is, only the repository knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Revision(String);

/// The full name of a ref, such as `refs/heads/main`, valid by the rules of `git check-ref-format`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RefName(String);

const HEADS: &str = "refs/heads/";
const TAGS: &str = "refs/tags/";

impl Revision {
    fn check(text: &str) -> Result<(), Unfit> {
        let refuse = |rule| Err(Unfit::new("revision", text, rule));
        if text.is_empty() || text.len() > 255 {
            return refuse("it has 1 to 255 bytes");
        }
        if text.chars().any(char::is_control) {
            return refuse("control characters are not allowed");
        }
        Ok(())
    }

    /// The commit id, when all 40 digits are given.
    pub fn as_commit(&self) -> Option<ObjectId> {
        self.0.parse().ok()
    }

    /// The digits, when this may be the beginning of a commit id: 7 to 40 of them, as git abbreviates.
    pub fn as_commit_prefix(&self) -> Option<String> {
        let fits = (7..=40).contains(&self.0.len()) && self.0.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| self.0.to_ascii_lowercase())
    }
}

impl RefName {
    /// The ref of a branch.
    ///
    /// # Errors
    /// When git would refuse the name, or when it is itself a full ref (`refs/…`).
    pub fn branch(name: &str) -> Result<Self, Unfit> {
        if name.starts_with("refs/") {
            return Err(Unfit::new("branch name", name, "Invalid reference for a branch"));
        }
        format!("{HEADS}{name}").parse()
    }

    /// The ref of a tag.
    ///
    /// # Errors
    /// When git would refuse the name, or when it is itself a full ref (`refs/…`).
    pub fn tag(name: &str) -> Result<Self, Unfit> {
        if name.starts_with("refs/") {
            return Err(Unfit::new("tag name", name, "Invalid reference for a tag"));
        }
        format!("{TAGS}{name}").parse()
    }

    /// The branch every repository starts with.
    pub fn main() -> Self {
        Self("refs/heads/main".to_owned())
    }

    /// The branch's name, when this is one.
    pub fn as_branch(&self) -> Option<&str> {
        self.0.strip_prefix(HEADS)
    }

    /// The tag's name, when this is one.
    pub fn as_tag(&self) -> Option<&str> {
        self.0.strip_prefix(TAGS)
    }

    /// The rules of `git check-ref-format`, for names below `refs/`.
    fn check(text: &str) -> Result<(), Unfit> {
        let refuse = |rule| Err(Unfit::new("reference", text, rule));
        if text.len() > 255 {
            return refuse("it has at most 255 bytes");
        }
        if !text.starts_with("refs/") {
            return refuse("it starts with `refs/`");
        }
        if text.bytes().any(|byte| byte <= b' ' || byte == 0x7f || b"~^:?*[\\".contains(&byte)) {
            return refuse("blanks, control characters and any of ~ ^ : ? * [ \\ are not allowed");
        }
        if text.contains("..") || text.contains("@{") || text.ends_with('.') {
            return refuse("`..`, `@{` and a final `.` are not allowed");
        }
        let broken = |part: &str| part.is_empty() || part.starts_with('.') || part.ends_with(".lock");
        if text.split('/').any(broken) {
            return refuse("no part of it can be empty, start with `.` or end in `.lock`");
        }
        Ok(())
    }
}

checked_text!(Revision);
checked_text!(RefName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_what_git_accepts() {
        for name in ["main", "feature/x", "v1.0", "é", "@"] {
            assert!(RefName::branch(name).is_ok(), "{name}");
        }
        for name in
            ["", "a b", "a..b", "/a", "a/", "a//b", ".a", "a.lock", "a@{b", "a~1", "refs/pr/1", "a\\b"]
        {
            assert!(RefName::branch(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_short_commit_id_has_seven_digits_at_least() {
        let revision = |text: &str| text.parse::<Revision>().unwrap();
        assert_eq!(revision("DA39A3E").as_commit_prefix().as_deref(), Some("da39a3e"));
        assert_eq!(revision("da39a3").as_commit_prefix(), None);
        assert_eq!(revision("main").as_commit_prefix(), None);
    }
}
