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

impl Error {
    /// What git complains of, by the words that the C library has for it.
    pub(crate) fn complaint(act: &'static str, complaint: &[u8]) -> Self {
        let complaint = String::from_utf8_lossy(complaint).trim().to_owned();
        if complaint.contains("No space left on device") || complaint.contains("Disk quota exceeded") {
            Self::Full
        } else if complaint.contains("Read-only file system") {
            Self::ReadOnly
        } else {
            Self::Failed { act, complaint }
        }
    }
}
