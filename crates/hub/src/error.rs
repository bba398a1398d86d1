//! Why a hub refuses: few reasons, named after what the caller can do next.

use limpide_words::{RepoId, Unfit};

/// A result of the hub.
pub type Result<T> = std::result::Result<T, Error>;

/// A refusal. Faces turn it into a status, a page or a git message; the sentences are for people.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or the caller may not know of it.
    #[error("{1}")]
    NotFound(Thing, String),
    /// The repository has another name now.
    #[error("This repository is now called {0}.")]
    Moved(RepoId),
    /// The caller must say who they are.
    #[error("{0}")]
    SignIn(String),
    /// The caller is known, and may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// The repository asks for an agreement before it shows its content.
    #[error("{message}")]
    Gated {
        /// Clients expect 401 for strangers and 403 for known callers.
        signed_in: bool,
        /// How to ask for access.
        message: String,
    },
    /// The file is malicious, and held back until somebody who may lets it through.
    #[error("{0}")]
    Quarantined(String),
    /// The request cannot be right: says what is wrong and what would be right.
    #[error("{0}")]
    Invalid(String),
    /// The request is well-formed but names something that cannot be, such as a path that climbs.
    #[error("{0}")]
    Unprocessable(String),
    /// Something stands in the way that another request put there.
    #[error("{0}")]
    Conflict(String),
    /// The name is taken by this repository.
    #[error("You already created this {0} repo")]
    RepoExists(limpide_words::Kind, RepoId),
    /// The branch has moved on since the caller looked.
    #[error("{0}")]
    Outdated(String),
    /// More than the limit allows.
    #[error("{0}")]
    TooLarge(String),
    /// A range that lies outside of what there is; gives the whole length.
    #[error("The range lies past the end: there are {0} bytes.")]
    PastEnd(u64),
    /// A link or a token that has expired, or was never signed here.
    #[error("{0}")]
    Expired(String),
    /// The same was tried too often; the span is how long to wait.
    #[error("{0}")]
    TooOften(String, std::time::Duration),
    /// Not there yet in limpide.
    #[error("{0}")]
    Unsupported(String),
    /// The disk is full.
    #[error("The hub has no room left on its disk. Nothing was changed; ask its administrator to make room.")]
    Full,
    /// The disk cannot be written.
    #[error(
        "The hub's disk is read-only or failing. Nothing was changed; ask its administrator to look at it."
    )]
    ReadOnly,
    /// Too many files, connections or transactions are open; the cause is for the log.
    #[error(
        "The hub has too many files, connections or transactions open just now. Nothing was changed; try again in \
         a moment."
    )]
    Busy(#[source] anyhow::Error),
    /// Something broke on this side; the cause is for the log.
    #[error("Something went wrong on the hub's side. Please try again later.")]
    Internal(#[source] anyhow::Error),
}

/// What was not found. Each has the word by which clients know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A repository; `signed_in` tells whether the caller has said who they are.
    Repo {
        /// Clients expect 401 for strangers and 404 for known callers.
        signed_in: bool,
    },
    /// A branch, tag or commit.
    Revision,
    /// A file or folder.
    Entry,
    /// Anything else: a user, a token, a chunk.
    Other,
}

impl Error {
    /// The repository was deleted while the request was under way.
    pub(crate) fn deleted() -> Self {
        Self::NotFound(Thing::Repo { signed_in: true }, "This repository has just been deleted.".into())
    }

    /// There is no such user, token, chunk ...
    pub fn missing(what: impl Into<String>) -> Self {
        Self::NotFound(Thing::Other, what.into())
    }
}

impl From<Unfit> for Error {
    fn from(unfit: Unfit) -> Self {
        Self::Invalid(unfit.to_string())
    }
}

impl From<limpide_db::Error> for Error {
    fn from(error: limpide_db::Error) -> Self {
        match error {
            limpide_db::Error::Full => Self::Full,
            limpide_db::Error::ReadOnly => Self::ReadOnly,
            busy @ limpide_db::Error::Busy(_) => Self::Busy(busy.into()),
            other => Self::Internal(other.into()),
        }
    }
}

impl From<limpide_git::Error> for Error {
    fn from(error: limpide_git::Error) -> Self {
        match error {
            limpide_git::Error::NoProgram => Self::Unsupported(
                "Git is not installed on this hub. Its administrator can install it.".into(),
            ),
            limpide_git::Error::Senseless(complaint) | limpide_git::Error::BadPack(complaint) => {
                Self::Invalid(complaint)
            }
            busy @ limpide_git::Error::Busy(_) => Self::Busy(busy.into()),
            limpide_git::Error::Full => Self::Full,
            limpide_git::Error::ReadOnly => Self::ReadOnly,
            other => Self::Internal(other.into()),
        }
    }
}

impl From<limpide_blobs::Error> for Error {
    fn from(error: limpide_blobs::Error) -> Self {
        match error {
            limpide_blobs::Error::Full => Self::Full,
            limpide_blobs::Error::ReadOnly(_) => Self::ReadOnly,
            busy @ limpide_blobs::Error::Busy(_) => Self::Busy(busy.into()),
            other => Self::Internal(other.into()),
        }
    }
}
