//! Models that are made for a test, without a disk: paths and the hashes of what stands in them.

use limpide_signing::{
    Algorithm, Digest, Entry, IgnoredPath, Listed, Manifest, PrivateKey, PublicKey, Resource, ResourcePath,
    Serialization,
};
use sha2::Digest as _;

/// A model as a list of paths and contents.
pub(crate) type Model<'a> = &'a [(&'a str, &'a str)];

pub(crate) const TINY: Model<'static> =
    &[("README.md", "# Tiny"), ("model.safetensors", "weights"), ("sub/config.json", "{}")];

pub(crate) fn hash(content: &str) -> Digest {
    Digest(sha2::Sha256::digest(content).into())
}

pub(crate) fn path(text: &str) -> ResourcePath {
    text.parse().unwrap()
}

pub(crate) fn serialization(ignored: &[&str]) -> Serialization {
    let ignored = ignored.iter().map(|text| IgnoredPath::from(path(text))).collect();
    Serialization { algorithm: Algorithm::Sha256, follows_links: false, ignored }
}

pub(crate) fn resources(model: Model<'_>) -> Vec<Resource> {
    model.iter().map(|(name, content)| Resource { path: path(name), digest: hash(content) }).collect()
}

pub(crate) fn manifest(model: Model<'_>, ignored: &[&str]) -> Manifest {
    Manifest::new("tiny", serialization(ignored), resources(model)).unwrap()
}

pub(crate) fn listed(model: Model<'_>) -> Vec<Listed> {
    model.iter().map(|(name, _)| Listed { path: (*name).to_owned(), entry: Entry::File }).collect()
}

pub(crate) fn key() -> PrivateKey {
    PrivateKey::from_pem(include_str!("keys/p256.key.pem")).unwrap()
}

pub(crate) fn hub_key() -> PrivateKey {
    PrivateKey::from_pem(include_str!("keys/ed25519.key.pem")).unwrap()
}

pub(crate) fn other_key() -> PublicKey {
    PublicKey::from_pem(include_str!("keys/p384.pem")).unwrap()
}
