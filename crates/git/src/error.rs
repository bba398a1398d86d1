use std::io;

// The numbers that Linux and macOS share. EAGAIN: no more processes (on Linux; another number elsewhere).
const EAGAIN: i32 = 11;
const ENFILE: i32 = 23;
const EMFILE: i32 = 24;

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
    /// A pack that a client sent is refused by git, which says why.
    #[error("{0}")]
    BadPack(String),
    /// Too many files are open or programs run on this machine: trying again soon helps.
    #[error("too many files are open, or programs at work: {0}")]
    Busy(io::Error),
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
            _ if matches!(error.raw_os_error(), Some(EAGAIN | ENFILE | EMFILE)) => Self::Busy(error),
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

    /// What git complains of a pack that a client has sent.
    pub(crate) fn bad_pack(complaint: &[u8]) -> Self {
        match Self::complaint("index-pack", complaint) {
            Self::Failed { complaint, .. } | Self::Senseless(complaint) => Self::BadPack(complaint),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helps_is_told_from_what_git_says() {
        let of = |words: &[u8]| format!("{:?}", Error::complaint("index-pack", words));
        assert_eq!(of(b"fatal: cannot store pack file: No space left on device\n"), "Full");
        assert_eq!(of(b"fatal: unable to create temporary file: Read-only file system"), "ReadOnly");
        assert!(of(b"fatal: protocol error: bad line length character: zzzz").starts_with("Senseless"));
        assert!(of(b"fatal: pack has bad object at offset 12").starts_with("Failed"));
        let pack = |words: &[u8]| format!("{:?}", Error::bad_pack(words));
        assert!(pack(b"fatal: pack has bad object at offset 12").starts_with("BadPack"));
        assert_eq!(pack(b"fatal: cannot store pack file: No space left on device\n"), "Full");
        let too_many = Error::from(io::Error::from_raw_os_error(EMFILE));
        assert!(matches!(too_many, Error::Busy(_)), "{too_many:?}");
    }
}
