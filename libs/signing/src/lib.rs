//! Who vouches for a model, and for which of its files: bytes in, facts out. No disk, no clock, no network.
//!
//! - [`Manifest`]: the files of a model and their hashes, as OpenSSF Model Signing writes them down, and what a folder
//!   shows beside it ([`Coverage`]);
//! - [`Bundle`]: a signature in the form of Sigstore's bundles, made and verified with a key or a certificate;
//! - [`Statement`]: what a hub says of a commit, as an in-toto statement in such a bundle;
//! - [`log`]: a list that only grows, and proves that it does.

mod bundle;
mod certificates;
mod coverage;
mod keyless;
mod keys;
pub mod log;
mod manifest;
mod model;
mod statement;

pub use bundle::{Bundle, Material, PAYLOAD_TYPE, Refused, Signed, Signer, Trust};
pub use certificates::{Chain, ChainRefused, Identity, Roots};
pub use coverage::{Changed, Coverage, Entry, Listed, Plan, Uncovered, Why};
pub use keyless::{Sigstore, SigstoreRefused};
pub use keys::{KeyKind, KeyRefused, PrivateKey, PublicKey};
pub use manifest::{
    Algorithm, Digest, IgnoredPath, Manifest, ManifestRefused, OF_GIT, Order, Resource, ResourcePath,
    Serialization,
};
pub use model::{Verified, sign, verify};
pub use statement::{OpennessResult, Predicate, ScanResult, Statement, StatementRefused, Subject};
