//! Who vouches for the files of a commit: signatures in the form of OpenSSF Model Signing that lie in the repository,
//! verified with the keys of its owner, or by whom the settings let vouch for signers (`vouching.rs`), from the hashes that
//! are stored. That costs files, not bytes.

use std::collections::HashMap;

use limpide_db::keys;
use limpide_db::keys::WritersKey;
use limpide_signing::{
    Algorithm, Bundle, Coverage, Digest, Entry as Listed, Listed as File, Material, PublicKey, Signer, Trust,
    Verified, verify,
};
use limpide_words::{OwnerName, Revision};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::Hub;
use crate::access::Readable;
use crate::content::aside;
use crate::error::{Error, Result};
use crate::git::store::Store;
use crate::paths::What;
use crate::remembered::commit_key;
use crate::tree::Leaf;

/// A commit with more files is not looked through.
const MOST_FILES: usize = 1_000_000;

/// The most signatures that are verified of one commit.
const MOST_SIGNATURES: usize = 16;

/// A signature that lies in a repository.
#[derive(Debug, Clone, Serialize)]
pub struct ModelSignature {
    /// Where it lies.
    pub path: String,
    /// `key`, `certificate` or `sigstore`; none when it cannot be read.
    pub mode: Option<&'static str>,
    /// What came of verifying it.
    #[serde(flatten)]
    pub outcome: SignatureOutcome,
}

/// What came of verifying a signature.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum SignatureOutcome {
    /// It is that of somebody who may write to the repository, or of whom those vouch for whom the hub trusts.
    Signed(Box<SignedModel>),
    /// It is not, or nobody knows.
    Refused {
        /// Always false.
        verified: bool,
        /// Why, in one word.
        reason: String,
        /// The same as a sentence.
        sentence: String,
    },
}

/// A signature that is believed, and what it says of the files.
#[derive(Debug, Clone, Serialize)]
pub struct SignedModel {
    /// Whether every file that it speaks of is as it was signed.
    pub verified: bool,
    /// Whether no file is without it.
    pub whole: bool,
    /// Whose key it is; none for whom a certificate names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<OwnerName>,
    /// What that user calls the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How it was signed, and by whom where others vouch for that.
    pub signer: Signer,
    /// Files as they were signed, files that differ, and files that nobody vouches for.
    pub coverage: Coverage,
}

impl Hub {
    /// The signatures that lie in a revision, and what they say of its files.
    ///
    /// # Errors
    /// `NotFound` for the revision; `TooLarge` for a commit of too many files.
    pub async fn model_signatures(
        &self,
        repo: &Readable,
        revision: &Revision,
    ) -> Result<Vec<ModelSignature>> {
        let commit = self.commit_at(repo, revision).await?;
        // Looking through a hundred thousand names for one that is not there costs more than all else on a page.
        let key = commit_key(&repo.repo().id, &commit);
        if self.remembered().unsigned.contains_key(&key) {
            return Ok(Vec::new());
        }
        let store = Store { hub: self, repository_id: &repo.repo().id };
        let files = store.files(&commit, MOST_FILES).await?.ok_or_else(|| {
            Error::TooLarge(format!("The commit {} has more than {MOST_FILES} files.", commit.id))
        })?;
        let keys = keys::of_writers(self.db(), &repo.repo().owner_id).await?;
        let mut found = Vec::new();
        for leaf in files.iter().filter(|leaf| is_signature(leaf)).take(MOST_SIGNATURES) {
            let path = leaf.entry.path.clone();
            let (mode, outcome) = match Bundle::read(&self.bundle_of(store, leaf).await?) {
                Ok(bundle) => {
                    (Some(mode(&bundle)), self.verified(store, (&bundle, &path), &files, &keys).await?)
                }
                Err(refused) => (None, refuse(refused.reason(), &refused.to_string())),
            };
            found.push(ModelSignature { path, mode, outcome });
        }
        if found.is_empty() {
            self.remembered().unsigned.insert(key, ()).await;
        }
        Ok(found)
    }

    async fn bundle_of(&self, store: Store<'_>, leaf: &Leaf) -> Result<Vec<u8>> {
        match &leaf.entry.what {
            What::Lfs { sha256, file: Some(file), size, .. } => {
                let file = self.lfs_file(*sha256, Some(file)).await?;
                let pieces: Vec<_> = futures::TryStreamExt::try_collect(self.read(&file, 0..*size)).await?;
                Ok(pieces.concat())
            }
            _ => Ok(store.bytes(leaf.entry.id).await?.to_vec()),
        }
    }

    async fn verified(
        &self,
        store: Store<'_>,
        (bundle, path): (&Bundle, &str),
        files: &[Leaf],
        keys: &[WritersKey],
    ) -> Result<SignatureOutcome> {
        let Believed { owner, verified } = match self.believed(bundle, keys) {
            Ok(believed) => believed,
            Err(refused) => return Ok(refused),
        };
        if verified.manifest.serialization().algorithm != Algorithm::Sha256 {
            // BLAKE3 of a file cannot be had from the hash tree of its chunks, so it would cost bytes.
            let sentence = "it was not checked: its hashes are not SHA-256, which is what this hub keeps of files; \
                            `limpide verify` verifies it";
            return Ok(refuse("algorithm", sentence));
        }
        let coverage = self.coverage(store, &verified, path, files).await?;
        Ok(SignatureOutcome::Signed(Box::new(SignedModel {
            verified: coverage.holds(),
            whole: coverage.is_whole(),
            user: owner.map(|row| row.user_name.clone()),
            key: owner.map(|row| row.name.clone()),
            signer: verified.signer,
            coverage,
        })))
    }

    /// Whose signature it is, or why that is not known.
    fn believed<'a>(
        &self,
        bundle: &Bundle,
        keys: &'a [WritersKey],
    ) -> std::result::Result<Believed<'a>, SignatureOutcome> {
        let (owner, verified) = match bundle.material() {
            Material::Key(hint) => {
                let (owner, verified) = by_key(bundle, hint.as_deref(), keys).ok_or_else(|| {
                    refuse("wrong-key", "none of the keys of those who may write to the repository made it")
                })?;
                (Some(owner), verified)
            }
            Material::Certificates(_) | Material::Keyless(_) => {
                let trust = self.vouching().of(bundle).map_err(not_checked)?;
                (None, verify(bundle, trust))
            }
        };
        match verified {
            Ok(verified) => Ok(Believed { owner, verified }),
            Err(refused) => Err(refuse(refused.reason(), &refused.to_string())),
        }
    }

    /// Compares what was signed with the hashes of the files: those of LFS are stored, the small ones of git computed.
    async fn coverage(
        &self,
        store: Store<'_>,
        verified: &Verified,
        signature: &str,
        files: &[Leaf],
    ) -> Result<Coverage> {
        let by_path: HashMap<&str, &Leaf> =
            files.iter().map(|leaf| (leaf.entry.path.as_str(), leaf)).collect();
        let listed: Vec<File> = files.iter().map(listed).collect();
        let plan = verified.manifest.plan(&listed, &[], Some(signature));
        let mut hashes = HashMap::new();
        for path in plan.to_hash() {
            let Some(leaf) = by_path.get(path) else { continue };
            let hash = match &leaf.entry.what {
                What::Lfs { sha256, .. } => sha256.0,
                _ => {
                    let bytes = store.bytes(leaf.entry.id).await?;
                    aside(move || Ok(Sha256::digest(&bytes).into())).await?
                }
            };
            hashes.insert(path.to_owned(), Digest(hash));
        }
        Ok(plan.finish(|path| hashes.get(path).copied()))
    }
}

/// A signature that is believed.
struct Believed<'a> {
    /// The registered key that made it, if one did.
    owner: Option<&'a WritersKey>,
    verified: Verified,
}

/// The key that made a signature, and what it says; none when no key fits.
fn by_key<'a>(
    bundle: &Bundle,
    hint: Option<&str>,
    keys: &'a [WritersKey],
) -> Option<(&'a WritersKey, std::result::Result<Verified, limpide_signing::Refused>)> {
    let usable = keys.iter().filter_map(|row| Some((row, PublicKey::from_pem(&row.public_key).ok()?)));
    for (row, key) in usable {
        if hint.is_some_and(|hint| key.hint().as_deref() != Ok(hint)) {
            continue;
        }
        let verified = verify(bundle, Trust::Key(&key));
        // Without a hint any key may be the one.
        if hint.is_some() || verified.is_ok() {
            return Some((row, verified));
        }
    }
    None
}

fn is_signature(leaf: &Leaf) -> bool {
    let path = leaf.entry.path.as_str();
    let size = match leaf.entry.what {
        What::Lfs { size, file: Some(_), .. } | What::Regular { size } => size,
        What::Lfs { .. } | What::Folder => return false,
    };
    let is_named_so = path == "model.sig" || path.ends_with("/model.sig") || path.ends_with(".sigstore.json");
    is_named_so && !leaf.is_link && size <= Bundle::LONGEST as u64
}

fn listed(leaf: &Leaf) -> File {
    let entry = if leaf.is_link { Listed::Link } else { Listed::File };
    File { path: leaf.entry.path.clone(), entry }
}

fn mode(bundle: &Bundle) -> &'static str {
    match bundle.material() {
        Material::Key(_) => "key",
        Material::Certificates(_) => "certificate",
        Material::Keyless(_) => "sigstore",
    }
}

fn refuse(reason: &str, sentence: &str) -> SignatureOutcome {
    SignatureOutcome::Refused { verified: false, reason: reason.to_owned(), sentence: sentence.to_owned() }
}

/// Nobody who may vouch for the signer is known here.
fn not_checked(setting: &str) -> SignatureOutcome {
    let sentence = format!("it was not checked: no roots are configured on this hub (`{setting}`)");
    refuse("no-roots", &format!("{sentence}; `limpide verify` verifies it"))
}
