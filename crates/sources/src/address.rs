//! Addresses of repositories, as people copy them from a browser.

use limpide_words::{Kind, RepoId, Revision};
use percent_encoding::percent_decode_str;
use reqwest::Url;

/// A repository on a hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The hub's address.
    pub hub: String,
    /// What kind it is.
    pub kind: Kind,
    /// Its name.
    pub id: RepoId,
    /// The revision, where the address names one.
    pub revision: Option<Revision>,
}

/// Why an address is none of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(String);

impl std::fmt::Display for Unreadable {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

impl std::str::FromStr for Address {
    type Err = Unreadable;

    /// `https://host/owner/name`, `https://host/datasets/owner/name`, and either with `/tree/revision`, as pages of hubs
    /// are called; what follows is passed over.
    fn from_str(text: &str) -> Result<Self, Unreadable> {
        let unreadable = |why: &str| Unreadable(format!("`{text}` is no address of a repository: {why}"));
        let url = Url::parse(text).map_err(|error| unreadable(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(unreadable("it begins with `https://` or `http://` and the name of a hub"));
        }
        let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let parts: Vec<String> = url.path_segments().into_iter().flatten().map(decoded).collect();
        let (kind, rest) = match parts.split_first() {
            Some((first, rest)) => match Kind::from_plural(first) {
                Some(kind) => (kind, rest),
                None => (Kind::Model, parts.as_slice()),
            },
            None => (Kind::Model, parts.as_slice()),
        };
        let [owner, name, rest @ ..] = rest else {
            return Err(unreadable("it has the form `…/owner/name`"));
        };
        let id = format!("{owner}/{name}").parse().map_err(|unfit| unreadable(&format!("{unfit}")))?;
        let revision = match rest {
            [page, revision, ..] if matches!(page.as_str(), "tree" | "blob" | "resolve" | "commit") => {
                Some(revision.parse().map_err(|unfit| unreadable(&format!("{unfit}")))?)
            }
            _ => None,
        };
        Ok(Self { hub: url.origin().ascii_serialization(), kind, id, revision })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_page_names_hub_kind_repository_and_revision() {
        let read = |text: &str| {
            let Address { hub, kind, id, revision } = text.parse().unwrap();
            (hub, kind, id.to_string(), revision.map(String::from))
        };
        let hub = || "https://hub.example".to_owned();
        let tiny = || "ada/tiny".to_owned();
        assert_eq!(read("https://hub.example/ada/tiny"), (hub(), Kind::Model, tiny(), None));
        assert_eq!(read("https://hub.example/datasets/ada/tiny/"), (hub(), Kind::Dataset, tiny(), None));
        let revision = Some("refs/pr/1".to_owned());
        assert_eq!(
            read("https://hub.example/ada/tiny/tree/refs%2Fpr%2F1?x=1"),
            (hub(), Kind::Model, tiny(), revision)
        );
        let local = read("http://127.0.0.1:8080/ada/tiny/blob/main/README.md");
        assert_eq!(local, ("http://127.0.0.1:8080".into(), Kind::Model, tiny(), Some("main".into())));
    }

    #[test]
    fn other_addresses_are_refused_with_the_reason() {
        for text in [
            "https://hub.example",
            "https://hub.example/ada",
            "https://hub.example/a b/c",
            "ftp://h/a/b",
            "ada/tiny",
        ] {
            let said = text.parse::<Address>().unwrap_err().to_string();
            assert!(said.contains(text), "{said}");
        }
    }
}
