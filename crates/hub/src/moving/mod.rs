//! Moves whole hubs: to another database and another store, into the folder of a backup, and back.
//!
//! | what | file |
//! |---|---|
//! | a hub moves to another place | `migrate` |
//! | a hub is written into a folder, while it is served | `backup` |
//! | a folder becomes a hub again | `restore` |
//! | rows, from wherever they are to wherever they go | `rows` |
//! | a row as a line of text | `line` |
//! | how many rows there are, what they amount to, which objects they name | `tally` |
//! | objects, copied and read back | `objects` |
//! | rows on their way into a database | `arrival` |
//! | rows in the folder of a backup, and what it says of itself | `folder`, `manifest` |
//!
//! Nothing here knows what a row means, but for the objects of the store that it names.

mod arrival;
mod backup;
mod folder;
mod line;
mod manifest;
mod migrate;
mod objects;
mod progress;
mod restore;
mod rows;
mod tally;

use limpide_blobs::Blobs;
use limpide_db::Db;

pub use backup::{BackedUp, Prune};
pub use migrate::{Migrated, Moves, migrate};
pub use objects::Carried;
pub use progress::Progress;
pub use restore::{Restored, restore};

/// Where a hub is: its database and its store, with no hub at work in them.
#[derive(Debug, Clone)]
pub struct Place {
    /// The database.
    pub db: Db,
    /// The store.
    pub blobs: Blobs,
}

/// Why a hub was not moved.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something stands in the way: says what, and the way out.
    #[error("{0}")]
    Refused(String),
    /// Something is not as it was written, or not there: says what and where.
    #[error("{0}")]
    Damaged(String),
    /// A file of a backup could not be read or written.
    #[error("{0}: {1}")]
    File(String, #[source] std::io::Error),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] limpide_db::Error),
    /// The store or the folder failed.
    #[error(transparent)]
    Blobs(#[from] limpide_blobs::Error),
    /// The hub refused.
    #[error(transparent)]
    Hub(#[from] crate::Error),
}

/// What moving comes to.
pub type Result<T> = std::result::Result<T, Error>;
