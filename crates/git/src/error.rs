use std::io;

/// What can keep git from its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The program is not installed.
    #[error("the program `git` is not installed on this machine")]
    NoProgram,
    /// The disk that mirrors lie on is full.
    #[error("the disk of the git mirrors is full; make room on it")]
    Full,
    /// The disk that mirrors lie on cannot be written.
    #[error("the disk of the git mirrors is read-only or failing")]
    ReadOnly,
    /// What a client sent makes no sense to git, which says why.
    #[error("{0}")]
    Senseless(String),
    /// Git ended with a complaint.
    #[error("git {act}: {complaint}")]
    Failed {
        /// What it was told to do.
        act: &'static str,
        /// What it said.
        complaint: String,
    },
    /// The disk or the process failed.
    #[error(transparent)]
    Io(io::Error),
}

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Io(error),
        }
    }
}

/// What `git upload-pack` says of requests that it cannot read.
const OF_CLIENTS: [&str; 7] = [
    "protocol error",
    "unexpected line",
    "invalid command",
    "no command requested",
    "unknown capability",
    "object format",
    "hung up unexpectedly",
];

impl Error {
    /// What git complains of, by the words that the C library has for it, and git for clients.
    pub(crate) fn complaint(act: &'static str, complaint: &[u8]) -> Self {
        let complaint = String::from_utf8_lossy(complaint).trim().to_owned();
        if complaint.contains("No space left on device") || complaint.contains("Disk quota exceeded") {
            Self::Full
        } else if complaint.contains("Read-only file system") {
            Self::ReadOnly
        } else if OF_CLIENTS.iter().any(|words| complaint.contains(words)) {
            Self::Senseless(complaint)
        } else {
            Self::Failed { act, complaint }
        }
    }
}
