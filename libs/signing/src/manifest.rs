//! The files of a model and their hashes: what a signature of OpenSSF Model Signing is about.
//!
//! The form is that of the Python package `model-signing` 1.x, method `files`: an in-toto statement whose predicate lists
//! each file, and whose subject is the SHA-256 over all digests in the order of the list.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use limpide_words::Sha256;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

/// What the statement calls itself, and what it says.
pub(crate) const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://model_signing/signature/v1.0";
/// Of releases before 1.0, which signed other bytes than they meant to.
const OLD_PREDICATE: &str = "https://model_signing/Digests/v0.1";

/// Bytes of a payload that is read: some 200 000 files. Bytes of a path in it.
pub(crate) const LONGEST: usize = 48 << 20;
const LONGEST_PATH: usize = 4096;

/// What the Python package leaves out unless told otherwise, whoever signs or verifies.
pub const OF_GIT: &[&str] = &[".git", ".gitattributes", ".github", ".gitignore"];

/// The files of a model, and how they were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    name: String,
    serialization: Serialization,
    resources: Vec<Resource>,
    order: Order,
}

/// How the files were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serialization {
    /// How each file was hashed.
    pub algorithm: Algorithm,
    /// Whether links were followed to the files that they lead to.
    pub follows_links: bool,
    /// What was left out, and is not covered by the signature.
    pub ignored: Vec<IgnoredPath>,
}

/// A file and its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Where it lies below the model's folder.
    pub path: ResourcePath,
    /// The hash of its bytes.
    pub digest: Digest,
}

/// How files are hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// SHA-256.
    Sha256,
    /// BLAKE3 with 32 bytes.
    Blake3,
}

/// The hash of a file: 32 bytes, printed as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "String")]
pub struct Digest(pub [u8; 32]);

/// In which order a manifest lists its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// As every signer lists them: by the parts of their paths.
    Usual,
    /// In another one, which was signed so. The root digest is then not the one that others compute of the same files.
    Other,
}

/// The path of a file below the model's folder, written with `/`: it never leads out of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ResourcePath(String);

/// A file or folder that is left out, with all below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct IgnoredPath(String);

/// Why a payload or a list of files is no manifest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestRefused {
    /// The JSON is not of the known form.
    #[error("the signed statement cannot be read: {0}")]
    Unreadable(String),
    /// It is about something else.
    #[error("the signed statement is no signature of a model: its {field} is `{found}`")]
    NotAModel {
        /// Which field tells.
        field: &'static str,
        /// What stands there.
        found: String,
    },
    /// It is of a release before 1.0.
    #[error("the signature is of a form from before release 1.0 of model-signing; it has to be made again")]
    TooOld,
    /// It is made in a way that is not known here.
    #[error("the {field} `{found}` is not known; files hashed whole with sha256 or blake3 are")]
    Method {
        /// Which field tells.
        field: &'static str,
        /// What stands there.
        found: String,
    },
    /// A path is none that may be opened.
    #[error("the path `{}` is not one below the model's folder: {rule}", path.escape_debug())]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        rule: &'static str,
    },
    /// A path is listed twice.
    #[error("the file `{}` is listed twice", .0.escape_debug())]
    Duplicate(String),
    /// The same entries in the usual order have the root digest that is written down.
    #[error("the entries are not in the order in which their root digest was computed: they were reordered")]
    Reordered,
    /// No order of the entries is known that has the root digest.
    #[error("the root digest {signed} is not that of the entries, which is {computed}")]
    RootDigest {
        /// What is written down.
        signed: Digest,
        /// What the entries give.
        computed: Digest,
    },
}

impl Manifest {
    /// The manifest of these files, in the usual order. `name` is what the model is called; nothing depends on it.
    ///
    /// # Errors
    /// When a path is listed twice.
    pub fn new(
        name: &str,
        serialization: Serialization,
        mut resources: Vec<Resource>,
    ) -> Result<Self, ManifestRefused> {
        resources.sort_by(|one, other| one.path.cmp(&other.path));
        if let Some(pair) = resources.windows(2).find(|pair| pair[0].path == pair[1].path) {
            return Err(ManifestRefused::Duplicate(pair[0].path.to_string()));
        }
        Ok(Self { name: name.to_owned(), serialization, resources, order: Order::Usual })
    }

    /// The manifest in a payload.
    ///
    /// # Errors
    /// When it is none, or its parts do not agree with each other.
    pub fn read(payload: &[u8]) -> Result<Self, ManifestRefused> {
        let unreadable = |why: String| Err(ManifestRefused::Unreadable(why));
        if payload.len() > LONGEST {
            return unreadable(format!("it is longer than {LONGEST} bytes"));
        }
        let frame: Frame = parsed(payload)?;
        frame.check()?;
        let wire: Wire = parsed(payload)?;
        let [subject] = wire.subject.as_slice() else {
            return unreadable(format!("it has {} subjects, and one is read", wire.subject.len()));
        };
        let serialization = wire.predicate.serialization.checked()?;
        let mut resources = Vec::with_capacity(wire.predicate.resources.len());
        for resource in wire.predicate.resources {
            resources.push(resource.checked(serialization.algorithm)?);
        }
        let mut seen = HashSet::with_capacity(resources.len());
        if let Some(twice) = resources.iter().find(|resource| !seen.insert(&resource.path)) {
            return Err(ManifestRefused::Duplicate(twice.path.to_string()));
        }
        let order = order(&resources, subject.digest.sha256.parse()?)?;
        Ok(Self { name: subject.name.clone(), serialization, resources, order })
    }

    /// The payload that is signed.
    pub fn payload(&self) -> Vec<u8> {
        let wire = Wire {
            kind: STATEMENT.to_owned(),
            subject: vec![WireSubject {
                name: self.name.clone(),
                digest: WireDigests { sha256: self.root().to_string() },
            }],
            predicate_type: PREDICATE.to_owned(),
            predicate: WirePredicate {
                serialization: WireSerialization {
                    method: "files".to_owned(),
                    hash_type: self.serialization.algorithm.as_str().to_owned(),
                    allow_symlinks: self.serialization.follows_links,
                    ignore_paths: self.serialization.ignored.iter().map(|path| path.0.clone()).collect(),
                    shard_size: None,
                },
                resources: self.resources.iter().map(|resource| self.written(resource)).collect(),
            },
        };
        // Strings, lists and structs always have a JSON text.
        serde_json::to_vec(&wire).unwrap_or_default()
    }

    fn written(&self, resource: &Resource) -> WireResource {
        WireResource {
            algorithm: self.serialization.algorithm.as_str().to_owned(),
            digest: resource.digest.to_string(),
            name: resource.path.to_string(),
        }
    }

    /// SHA-256 over all digests, in the order of the list. It does not bind names: it stands for the model only beside the
    /// payload.
    pub fn root(&self) -> Digest {
        root(&self.resources)
    }

    /// What the model is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the files were looked at.
    pub fn serialization(&self) -> &Serialization {
        &self.serialization
    }

    /// The files.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// In which order they are listed.
    pub fn order(&self) -> Order {
        self.order
    }
}

fn parsed<'payload, T: Deserialize<'payload>>(payload: &'payload [u8]) -> Result<T, ManifestRefused> {
    serde_json::from_slice(payload).map_err(|error| ManifestRefused::Unreadable(error.to_string()))
}

/// Whether the entries have this root digest, and in which order they are.
fn order(resources: &[Resource], signed: Digest) -> Result<Order, ManifestRefused> {
    let usual = resources.is_sorted_by(|one, other| one.path <= other.path);
    let computed = root(resources);
    if computed == signed {
        return Ok(if usual { Order::Usual } else { Order::Other });
    }
    let mut sorted = resources.to_vec();
    sorted.sort_by(|one, other| one.path.cmp(&other.path));
    match root(&sorted) == signed {
        true => Err(ManifestRefused::Reordered),
        false => Err(ManifestRefused::RootDigest { signed, computed }),
    }
}

fn root(resources: &[Resource]) -> Digest {
    let mut hasher = sha2::Sha256::new();
    for resource in resources {
        hasher.update(resource.digest.0);
    }
    Digest(hasher.finalize().into())
}

/// What tells whether the rest is read, whatever form that has.
#[derive(Deserialize)]
struct Frame {
    #[serde(rename = "_type")]
    kind: String,
    #[serde(rename = "predicateType")]
    predicate_type: String,
}

impl Frame {
    fn check(self) -> Result<(), ManifestRefused> {
        match (self.kind.as_str(), self.predicate_type.as_str()) {
            (STATEMENT, PREDICATE) => Ok(()),
            (STATEMENT, OLD_PREDICATE) => Err(ManifestRefused::TooOld),
            (STATEMENT, _) => {
                Err(ManifestRefused::NotAModel { field: "predicateType", found: self.predicate_type })
            }
            _ => Err(ManifestRefused::NotAModel { field: "_type", found: self.kind }),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Wire {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<WireSubject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: WirePredicate,
}

#[derive(Serialize, Deserialize)]
struct WireSubject {
    #[serde(default)]
    name: String,
    digest: WireDigests,
}

#[derive(Serialize, Deserialize)]
struct WireDigests {
    sha256: String,
}

#[derive(Serialize, Deserialize)]
struct WirePredicate {
    serialization: WireSerialization,
    resources: Vec<WireResource>,
}

#[derive(Serialize, Deserialize)]
struct WireSerialization {
    method: String,
    hash_type: String,
    #[serde(default)]
    allow_symlinks: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ignore_paths: Vec<String>,
    #[serde(default, skip_serializing)]
    shard_size: Option<serde::de::IgnoredAny>,
}

impl WireSerialization {
    fn checked(self) -> Result<Serialization, ManifestRefused> {
        if self.method != "files" || self.shard_size.is_some() {
            return Err(ManifestRefused::Method { field: "method", found: self.method });
        }
        let algorithm = self.hash_type.parse()?;
        let ignored = self.ignore_paths.into_iter().map(IgnoredPath).collect();
        Ok(Serialization { algorithm, follows_links: self.allow_symlinks, ignored })
    }
}

#[derive(Serialize, Deserialize)]
struct WireResource {
    algorithm: String,
    digest: String,
    name: String,
}

impl WireResource {
    fn checked(self, algorithm: Algorithm) -> Result<Resource, ManifestRefused> {
        // One algorithm for all is what signers write; a mixture would only leave more to disagree on.
        if self.algorithm != algorithm.as_str() {
            return Err(ManifestRefused::Method { field: "algorithm of a file", found: self.algorithm });
        }
        Ok(Resource { path: self.name.parse()?, digest: self.digest.parse()? })
    }
}

impl Algorithm {
    /// Its name in a manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Blake3 => "blake3",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = ManifestRefused;

    fn from_str(text: &str) -> Result<Self, ManifestRefused> {
        match text {
            "sha256" => Ok(Self::Sha256),
            "blake3" => Ok(Self::Blake3),
            _ => Err(ManifestRefused::Method { field: "hash_type", found: text.to_owned() }),
        }
    }
}

impl From<Sha256> for Digest {
    fn from(hash: Sha256) -> Self {
        Self(hash.0)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for Digest {
    type Err = ManifestRefused;

    fn from_str(text: &str) -> Result<Self, ManifestRefused> {
        let mut bytes = [0; 32];
        let wrong = |_| ManifestRefused::Unreadable("a digest has 64 hexadecimal digits".to_owned());
        hex::decode_to_slice(text, &mut bytes).map_err(wrong)?;
        Ok(Self(bytes))
    }
}

impl ResourcePath {
    /// The path, with `/` between its parts.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourcePath {
    type Err = ManifestRefused;

    fn from_str(text: &str) -> Result<Self, ManifestRefused> {
        let refused = |rule| Err(ManifestRefused::Path { path: text.to_owned(), rule });
        match text {
            _ if text.len() > LONGEST_PATH => refused("it is longer than 4096 bytes"),
            _ if text.contains('\0') => refused("it holds a NUL"),
            // A signature of a file instead of a folder.
            "." => refused("it stands for a model that is a single file"),
            _ if text.starts_with('/') => refused("it begins at the root"),
            _ if text.split('/').any(|part| matches!(part, "" | "." | "..")) => {
                refused("a part of it is empty, `.` or `..`")
            }
            _ => Ok(Self(text.to_owned())),
        }
    }
}

/// The order of `pathlib`: part by part, so that `a/b.txt` comes before `a.txt`.
impl Ord for ResourcePath {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.split('/').cmp(other.0.split('/'))
    }
}

impl PartialOrd for ResourcePath {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ResourcePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl IgnoredPath {
    /// Whether a path is left out by it: the path itself or a folder above it. What a signer wrote may lead nowhere
    /// (`../x`), and then leaves nothing out; `.` leaves out everything.
    pub fn covers(&self, path: &str) -> bool {
        let rule = self.0.trim_end_matches('/');
        rule == "." || path.strip_prefix(rule).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<ResourcePath> for IgnoredPath {
    fn from(path: ResourcePath) -> Self {
        Self(path.0)
    }
}
