//! The signature of a model: its manifest in a bundle.

use crate::bundle::{Bundle, Refused, Signer, Trust};
use crate::certificates::Chain;
use crate::keys::{KeyRefused, PrivateKey};
use crate::manifest::{Manifest, ManifestRefused, Order};

/// A manifest that was signed, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Whose signature it is.
    pub signer: Signer,
    /// What was signed.
    pub manifest: Manifest,
}

/// Signs a manifest with a key, whose certificate the chain begins with where there is one.
///
/// # Errors
/// When the key is of a kind that other tools do not verify.
pub fn sign(manifest: &Manifest, key: &PrivateKey, chain: Option<Chain>) -> Result<Bundle, KeyRefused> {
    if !key.kind().signs_models() {
        return Err(KeyRefused::Kind { found: key.kind().to_string() });
    }
    Bundle::sign(manifest.payload(), key, chain)
}

/// The manifest in a bundle and its signer, once the signature is that of whom the reader trusts. Where the signature does
/// not match, the refusal says what became of the list of files, as far as that can be seen.
///
/// # Errors
/// When it is not, or when what is signed is no manifest that holds.
pub fn verify(bundle: &Bundle, trust: Trust<'_>) -> Result<Verified, Refused> {
    match bundle.check(trust) {
        Ok(signer) => Ok(Verified { signer, manifest: Manifest::read(bundle.unverified_payload())? }),
        Err(Refused::Signature) => Err(what_became_of(bundle.unverified_payload())),
        Err(refused) => Err(refused),
    }
}

/// A better sentence for a payload that is not believed.
fn what_became_of(payload: &[u8]) -> Refused {
    match Manifest::read(payload) {
        Ok(manifest) if manifest.order() == Order::Other => Refused::ReorderedAfterwards,
        Err(ManifestRefused::Reordered) => Refused::ReorderedAfterwards,
        Ok(_) => Refused::Signature,
        Err(refused) => Refused::ChangedAfterwards(refused),
    }
}
