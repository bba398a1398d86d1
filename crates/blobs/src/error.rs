//! Why stored bytes could not be kept or read, named by what the caller can do next.

use std::io;
use std::ops::Range;

use crate::Key;

/// What POSIX calls it when the machine, or this process, may open no more files; `ErrorKind` has no word for it.
const ENFILE: i32 = 23;
const EMFILE: i32 = 24;

/// What the storage answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whatever made the storage fail, for the log.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A refusal or a failure of the storage.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No object is stored under this key.
    #[error("`{0}` is not in the storage")]
    Missing(Key),

    /// The object is there, the bytes asked for are not within it.
    #[error("bytes {} to {} of `{key}` were asked for, but it is {size} bytes long", asked.start, asked.end)]
    Range {
        /// The object.
        key: Key,
        /// The bytes asked for.
        asked: Range<u64>,
        /// How long the object is.
        size: u64,
    },

    /// The object is larger than the caller is ready to hold in memory.
    #[error("`{key}` is {size} bytes long, more than the {limit} allowed here")]
    TooLarge {
        /// The object.
        key: Key,
        /// How long the object is.
        size: u64,
        /// The most that the caller wanted.
        limit: u64,
    },

    /// There is no room left, or the quota is used up: writing works again once somebody makes room.
    #[error("the storage is full: make room or raise its quota")]
    Full,

    /// The folder cannot be written: writing works again once somebody changes that.
    #[error("the storage is read-only: {0}")]
    ReadOnly(io::Error),

    /// This process, or the machine, has too many files open: trying again soon helps.
    #[error("too many files are open: {0}")]
    Busy(io::Error),

    /// The storage failed: trying again later may help.
    #[error("the storage failed while {doing}: {cause}")]
    Unavailable {
        /// What it was asked to do.
        doing: String,
        /// What went wrong.
        #[source]
        cause: Cause,
    },
}

impl Error {
    /// The refusal that an error of the file system amounts to.
    pub(crate) fn of_file(doing: impl Into<String>, cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly(cause),
            _ if matches!(cause.raw_os_error(), Some(ENFILE | EMFILE)) => Self::Busy(cause),
            _ => Self::unavailable(doing, cause),
        }
    }

    pub(crate) fn unavailable(doing: impl Into<String>, cause: impl Into<Cause>) -> Self {
        Self::Unavailable { doing: doing.into(), cause: cause.into() }
    }
}
