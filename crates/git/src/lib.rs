//! Lets the stock `git` program speak its own protocol: the only place of limpide that runs it.
//!
//! History lives in the database. A [`Mirror`] is a bare repository on this machine's disk with the same objects and refs,
//! made when somebody asks and brought up to date before each answer. It holds nothing that cannot be made again:
//! [`Mirrors`] keeps as many as fit, and all of them can be thrown away at any time.
//!
//! ```
//! use bytes::Bytes;
//! use limpide_git::{Mirrors, ObjectKind};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> limpide_git::Result<()> {
//! # let folder = tempfile::tempdir().unwrap();
//! let mirrors = Mirrors::new(folder.path().join("git"), 1 << 30);
//! let mirror = mirrors.mirror("0198c0de").await?;
//! let mut update = mirror.update().await?;
//! assert_eq!(update.known(), 0);
//! let pack = update.pack(1).await?;
//! let pack = pack.add(vec![(ObjectKind::Blob, Bytes::from_static(b"hello\n"))]).await?;
//! pack.finish(1).await?;
//! update.set_refs(&[]).await?;
//! # Ok(())
//! # }
//! ```

mod delta;
mod elsewhere;
mod error;
mod incoming;
mod mirror;
mod mirrors;
mod pack;
mod program;
mod receive;
mod service;

pub use elsewhere::{Elsewhere, Place, TreeFile};
pub use error::{Error, Result};
pub use incoming::{Incoming, ObjectReader, Sent};
pub use mirror::{Mirror, PackWriter, Ref, Update};
pub use mirrors::Mirrors;
pub use pack::ObjectKind;
pub use receive::{Answer, Command, Outcome, PushRequest, advertise_receive};
pub use service::{Input, Output, Protocol};
