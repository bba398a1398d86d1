//! Keeps stored bytes, on disk or on S3: the only place of limpide that touches them.
//!
//! A [`Key`] names an object, [`Blobs`] puts it, reads it and forgets it. Objects never change: what is
//! written under a key is whole and durable when the call returns, or not there at all.
//!
//! ```
//! use limpide_blobs::{Blobs, Error, Key, Location};
//! use uuid::Uuid;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> limpide_blobs::Result<()> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let folder = folder.path();
//! let blobs = Blobs::open(&Location::Disk(folder.into())).await?;
//! let key = Key::Xorb(Uuid::now_v7());
//!
//! blobs.put(&key, "four words of content".into()).await?;
//! assert_eq!(blobs.range(&key, 5..10).await?, "words");
//!
//! blobs.forget(&key).await?;
//! assert!(matches!(blobs.range(&key, 5..10).await, Err(Error::Missing(_))));
//! # Ok(())
//! # }
//! ```

mod disk;
mod error;
mod folder;
mod key;
mod s3;
mod store;

pub use error::{Error, Result};
pub use folder::{Folder, NewFile};
pub use key::{Family, Key};
pub use object_store::signer::Url;
pub use s3::{S3Keys, S3Location};
pub use store::{Blobs, ByteStream, Location, Stored, Upload};
