//! What a signature covers of a folder: files as they were signed, files that differ, and files that nobody vouches for.

use std::collections::HashSet;

use serde::Serialize;

use crate::manifest::{Digest, IgnoredPath, Manifest, Resource};

/// Something that lies in a folder: its path, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The path below the folder, with `/` between its parts.
    pub path: String,
    /// What it is.
    pub entry: Entry,
}

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// A file.
    File,
    /// A link to a file.
    Link,
    /// A link that leads to no file, a pipe, a device: nothing that has bytes to hash.
    Other,
}

/// What has to be hashed, and what is known before.
#[derive(Debug)]
pub struct Plan<'manifest> {
    hashed: Vec<&'manifest Resource>,
    coverage: Coverage,
}

/// What a signature says of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Files whose bytes are those that were signed.
    pub covered: Vec<String>,
    /// Files whose bytes are others.
    pub changed: Vec<Changed>,
    /// Files that were signed and are not there.
    pub missing: Vec<String>,
    /// Files that are there and were not signed, nor left out on purpose.
    pub extra: Vec<String>,
    /// Links and special files, which are not followed.
    pub not_files: Vec<String>,
    /// Files that are there, and that the signature says nothing about.
    pub uncovered: Vec<Uncovered>,
    /// What the signer left out, whether anything lies there or not.
    pub ignored: Vec<IgnoredPath>,
}

/// A file whose bytes are not those that were signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Its path.
    pub path: String,
    /// The hash that was signed.
    pub signed: Digest,
    /// The hash of its bytes.
    pub found: Digest,
}

/// A file that the signature says nothing about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Uncovered {
    /// Its path.
    pub path: String,
    /// Why not.
    pub why: Why,
}

/// Why a signature says nothing about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The signer left it out.
    Signer,
    /// Whoever verifies leaves it out.
    Reader,
    /// It is the signature itself.
    Signature,
}

impl Manifest {
    /// Compares the list of a folder with the files that were signed. `signature` is where the signature lies, if that is in
    /// the folder; `left_out` is what whoever verifies does not ask about.
    ///
    /// What was signed is looked at even where the signer's own list leaves it out.
    pub fn plan(&self, listed: &[Listed], left_out: &[IgnoredPath], signature: Option<&str>) -> Plan<'_> {
        let mut coverage = Coverage { ignored: self.serialization().ignored.clone(), ..Coverage::default() };
        let signed: HashSet<&str> = self.resources().iter().map(|resource| resource.path.as_str()).collect();
        let mut here = HashSet::new();
        for Listed { path, entry } in listed {
            let is_signed = signed.contains(path.as_str());
            let why = match () {
                () if left_out.iter().any(|rule| rule.covers(path)) => Some(Why::Reader),
                () if is_signed => None,
                () if Some(path.as_str()) == signature => Some(Why::Signature),
                () if coverage.ignored.iter().any(|rule| rule.covers(path)) => Some(Why::Signer),
                () => None,
            };
            let readable =
                *entry == Entry::File || *entry == Entry::Link && self.serialization().follows_links;
            match why {
                Some(why) => coverage.uncovered.push(Uncovered { path: path.clone(), why }),
                None if !readable => coverage.not_files.push(path.clone()),
                None if is_signed => _ = here.insert(path.as_str()),
                None => coverage.extra.push(path.clone()),
            }
        }
        let elsewhere: HashSet<&str> = coverage.not_files.iter().map(String::as_str).collect();
        let mut hashed = Vec::new();
        let mut missing = Vec::new();
        for resource in self.resources() {
            let path = resource.path.as_str();
            match () {
                () if here.contains(path) => hashed.push(resource),
                // Said already, or not asked about.
                () if elsewhere.contains(path) || left_out.iter().any(|rule| rule.covers(path)) => {}
                () => missing.push(path.to_owned()),
            }
        }
        coverage.missing = missing;
        Plan { hashed, coverage }
    }
}

impl Plan<'_> {
    /// The files whose hashes are asked for.
    pub fn to_hash(&self) -> impl ExactSizeIterator<Item = &str> {
        self.hashed.iter().map(|resource| resource.path.as_str())
    }

    /// What the signature says, given the hash of each file that was asked for. A file without counts as missing: it was
    /// taken away meanwhile.
    pub fn finish(self, hash: impl Fn(&str) -> Option<Digest>) -> Coverage {
        let mut coverage = self.coverage;
        for Resource { path, digest } in self.hashed {
            let path = path.to_string();
            match hash(&path) {
                Some(found) if found == *digest => coverage.covered.push(path),
                Some(found) => coverage.changed.push(Changed { path, signed: *digest, found }),
                None => coverage.missing.push(path),
            }
        }
        coverage
    }
}

impl Coverage {
    /// Whether every file is as it was signed, apart from those that are left out, and there is at least one.
    pub fn holds(&self) -> bool {
        let Self { covered, changed, missing, extra, not_files, .. } = self;
        !covered.is_empty()
            && changed.is_empty()
            && missing.is_empty()
            && extra.is_empty()
            && not_files.is_empty()
    }

    /// Whether nothing in the folder is without a signature, other than the signature itself.
    pub fn is_whole(&self) -> bool {
        self.holds() && self.uncovered.iter().all(|uncovered| uncovered.why == Why::Signature)
    }
}
