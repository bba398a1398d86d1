//! Names of owners and repositories, by the rule of the Hub's clients.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Unfit;
use crate::text::checked_text;

/// The name of a user or an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OwnerName(String);

/// The name of a repository, without its owner.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoName(String);

/// `owner/name`. Two ids that differ in case only name the same repository.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepoId {
    /// The user or organisation it belongs to.
    pub owner: OwnerName,
    /// Its own name.
    pub name: RepoName,
}

/// First segments of addresses that limpide serves itself: nobody can be called so.
const RESERVED: [&str; 28] = [
    "administration",
    "api",
    "assets",
    "buckets",
    "cas",
    "collections",
    "compare",
    "datasets",
    "docs",
    "favicon.ico",
    "healthz",
    "join",
    "kernels",
    "language",
    "login",
    "logout",
    "me",
    "metrics",
    "models",
    "new",
    "oauth",
    "organizations",
    "readyz",
    "robots.txt",
    "settings",
    "spaces",
    "static",
    "v1",
];

impl OwnerName {
    fn check(text: &str) -> Result<(), Unfit> {
        check_name("owner name", text)?;
        if RESERVED.contains(&text.to_lowercase().as_str()) {
            return Err(Unfit::new("owner name", text, "this word is reserved for the hub's own pages"));
        }
        Ok(())
    }

    /// The form under which names are compared: two names with the same folded form are the same name.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl RepoName {
    fn check(text: &str) -> Result<(), Unfit> {
        check_name("repository name", text)?;
        if text.ends_with(".git") || text.ends_with(".ipynb") {
            return Err(Unfit::new("repository name", text, "it cannot end in `.git` or `.ipynb`"));
        }
        Ok(())
    }

    /// The form under which names are compared.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

checked_text!(OwnerName);
checked_text!(RepoName);

/// The rule of `huggingface_hub.utils.validate_repo_id`: 1 to 96 of `[A-Za-z0-9_.-]`,
/// no `--`, no `..`, and neither `-` nor `.` at either end.
fn check_name(what: &'static str, text: &str) -> Result<(), Unfit> {
    let refuse = |rule| Err(Unfit::new(what, text, rule));
    if text.is_empty() || text.len() > 96 {
        return refuse("it has 1 to 96 characters");
    }
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)) {
        return refuse("it is made of letters, digits, `-`, `_` and `.`");
    }
    if text.contains("--") || text.contains("..") {
        return refuse("`--` and `..` are not allowed");
    }
    if text.starts_with(['-', '.']) || text.ends_with(['-', '.']) {
        return refuse("it cannot start or end with `-` or `.`");
    }
    Ok(())
}

impl RepoId {
    /// The form under which ids are compared.
    pub fn folded(&self) -> String {
        format!("{}/{}", self.owner.folded(), self.name.folded())
    }
}

impl fmt::Display for RepoId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.owner, self.name)
    }
}

impl FromStr for RepoId {
    type Err = Unfit;

    fn from_str(text: &str) -> Result<Self, Unfit> {
        let Some((owner, name)) = text.split_once('/') else {
            return Err(Unfit::new("repository id", text, "it has the form `owner/name`"));
        };
        Ok(Self { owner: owner.parse()?, name: name.parse()? })
    }
}

impl TryFrom<String> for RepoId {
    type Error = Unfit;

    fn try_from(text: String) -> Result<Self, Unfit> {
        text.parse()
    }
}

impl From<RepoId> for String {
    fn from(id: RepoId) -> String {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_client_s_own_test_suite_are_legal() {
        for name in ["__DUMMY_HUB_USER__", "gpt2", "a", "Llama-3.1_8B"] {
            assert!(name.parse::<OwnerName>().is_ok(), "{name}");
        }
    }

    #[test]
    fn names_that_clients_refuse_are_refused() {
        for name in ["", "a--b", "a..b", "-a", "a.", "a/b", "a b", "é", &"x".repeat(97)] {
            assert!(name.parse::<RepoName>().is_err(), "{name}");
        }
        assert!("x.git".parse::<RepoName>().is_err());
        assert!("API".parse::<OwnerName>().is_err());
    }

    #[test]
    fn ids_that_differ_in_case_fold_together() {
        let (one, two): (RepoId, RepoId) = ("Ada/Tiny".parse().unwrap(), "ada/tiny".parse().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.folded(), two.folded());
    }
}
