//! What a hub is told to do and to refuse.

use std::path::PathBuf;
use std::time::Duration;

use limpide_clamav::Address;
use serde::{Deserialize, Serialize};

use crate::scans::WhenMalicious;

/// Settings that the rules look at. Faces and the program have their own.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Whether anybody may create an account, or only the administrator.
    pub open_registration: bool,
    /// Who may find out that a chunk is already stored.
    pub deduplication: Deduplication,
    /// How much is too much.
    pub limits: Limits,
    /// What is done in the background.
    pub jobs: Jobs,
    /// How long what nobody needs any more is kept.
    pub collection: Collection,
    /// Within which time all stored content is read and hashed once more.
    #[serde(with = "seconds")]
    pub scrub: Duration,
    /// What is done with what scans find.
    pub safety: Safety,
    /// Who may vouch for signers of models.
    #[serde(skip)]
    pub signing: Signing,
    /// How pages of documents are drawn.
    #[serde(skip)]
    pub drawing: Drawing,
    /// The address under which people reach the hub, where it is known: reports name it.
    #[serde(skip)]
    pub public_url: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            open_registration: false,
            deduplication: Deduplication::default(),
            limits: Limits::default(),
            jobs: Jobs::default(),
            collection: Collection::default(),
            scrub: Duration::from_secs(30 * 24 * 3600),
            safety: Safety::default(),
            signing: Signing::default(),
            drawing: Drawing::default(),
            public_url: None,
        }
    }
}

/// What is done in the background.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Jobs {
    /// How many jobs this server does at a time; with 0 it leaves them to others.
    pub workers: u32,
    /// How long after which workers look for jobs that other servers have asked for.
    #[serde(skip)]
    pub looked_every: Duration,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { workers: 1, looked_every: Duration::from_secs(2) }
    }
}

/// How long what nobody needs any more is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Collection {
    /// Commits that no branch or tag leads to.
    #[serde(with = "seconds")]
    pub history: Duration,
    /// Chunks that no file needs, counted from when a client was last told that they are there.
    #[serde(with = "seconds")]
    pub content: Duration,
}

impl Default for Collection {
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days * 24 * 3600);
        // What git itself waits (gc.pruneExpire); and the 21 days for which the Xet client remembers what it has sent, with
        // the 7 for which an answer about chunks is good.
        Self { history: days(14), content: days(28) }
    }
}

/// What is done with what scans find.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Safety {
    /// What is done with malicious files, of owners who say nothing themselves.
    pub malicious: WhenMalicious,
    /// The daemon of ClamAV that is asked of each content, too.
    pub clamav: Option<Address>,
    /// The rules by which files are judged, as TOML; those that come with the program when there are none.
    #[serde(skip)]
    pub rules: Option<String>,
}

/// How pages of documents are drawn.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The program that does it; where there is none, nothing is drawn.
    pub program: Option<PathBuf>,
    /// How long it may take for a page.
    pub wait: Duration,
}

impl Default for Drawing {
    fn default() -> Self {
        Self { program: None, wait: Duration::from_secs(10) }
    }
}

/// Who may vouch for signers of models whose keys are not registered here.
#[derive(Debug, Clone, Default)]
pub struct Signing {
    /// Certificates of authorities, in PEM.
    pub roots: Option<String>,
    /// The Sigstore service that sees who signs without a key.
    pub trusted_root: Option<TrustedRoot>,
}

/// A Sigstore service, by its root of trust.
#[derive(Debug, Clone)]
pub enum TrustedRoot {
    /// The public one, as it was known when limpide was built.
    Public,
    /// Another: what its `trusted_root.json` says.
    Json(String),
}

/// The domain within which a client is told that a chunk is already there. Storage itself always keeps bytes
/// once; this decides only what is revealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Deduplication {
    /// The whole hub: right for one team, where all may know what all have.
    #[default]
    Instance,
    /// Each user or organisation for itself.
    Owner,
}

/// How much is too much.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a file that is kept in git itself rather than as LFS content; larger ones are refused there.
    pub regular_file: u64,
    /// Bytes of the pack of one git push.
    pub push: u64,
    /// Bytes that the repositories of one user or organisation may have together, before deduplication.
    pub owner: Option<u64>,
    /// Requests that a user, or an address without one, may make to one server in five minutes: to the API, for files, and
    /// for pages, each counted by itself.
    pub requests: Option<u32>,
    /// Bytes of the body of one commit.
    pub commit: u64,
    /// Changes in one commit.
    pub changes: usize,
    /// Bytes of one file in the content store.
    pub file: u64,
    /// Bytes of a part of an LFS object; larger objects are sent in parts by clients that can.
    pub lfs_part: u64,
    /// How long an uploaded file waits for the commit that names it.
    #[serde(with = "seconds")]
    pub claim: Duration,
    /// How long a token for the content store is good.
    #[serde(with = "seconds")]
    pub content_token: Duration,
    /// How long a signed link to bytes is good.
    #[serde(with = "seconds")]
    pub link: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            regular_file: 10 * 1024 * 1024,
            // As on GitHub.
            push: 2 * 1024 * 1024 * 1024,
            owner: None,
            requests: None,
            // The client's own test suite sends 150 MB in one commit.
            commit: 512 * 1024 * 1024,
            changes: 25_000,
            file: 500 * 1024 * 1024 * 1024,
            lfs_part: 64 * 1024 * 1024,
            claim: Duration::from_secs(48 * 3600),
            content_token: Duration::from_secs(15 * 60),
            link: Duration::from_secs(3600),
        }
    }
}

mod seconds {
    //! Spans in settings are written as whole seconds.

    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        span.as_secs().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_secs)
    }
}
