//! Signatures without a key of their own: a certificate for some minutes, made for whoever signed in somewhere, and the
//! public log that saw it used. Verified by Sigstore's own crate, offline, against a root of trust that the reader has.

use limpide_words::Moment;
use sigstore_verify::trust_root::{SigstoreInstance, TrustedRoot};
use sigstore_verify::types::{Artifact, Bundle, Sha256Hash, SignatureContent};
use sigstore_verify::{VerificationPolicy, Verifier};

/// Whom the reader trusts: somebody, signed in with somebody, as a Sigstore service saw it.
#[derive(Debug, Clone)]
pub struct Sigstore {
    root: TrustedRoot,
    policy: VerificationPolicy,
}

/// What a signature without a key shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) identity: String,
    pub(crate) issuer: String,
    /// When the log or a time stamp saw it first.
    pub(crate) at: Option<Moment>,
}

/// Why a root of trust cannot be used, or a signature without a key is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigstoreRefused {
    /// The JSON is no root of trust.
    #[error("the root of trust cannot be read: {0}")]
    Root(String),
    /// The signature is not believed.
    #[error("Sigstore's rules do not accept the signature: {0}")]
    Signature(String),
}

impl Sigstore {
    /// Trusts an identity (an address or a URI) at an issuer, as the public service saw it. Its root is the one that was
    /// known when limpide was built.
    ///
    /// # Errors
    /// Never, as long as the root that is built in can be read.
    pub fn public(identity: &str, issuer: &str) -> Result<Self, SigstoreRefused> {
        Self::new(SigstoreInstance::PublicGood.embedded_trusted_root_json(), identity, issuer)
    }

    /// The same, as a service saw it whose root of trust is given: a `trusted_root.json`.
    ///
    /// # Errors
    /// When the root cannot be read.
    pub fn new(root: &str, identity: &str, issuer: &str) -> Result<Self, SigstoreRefused> {
        Ok(Self { root: trusted(root)?, policy: VerificationPolicy::new(identity, issuer) })
    }

    /// Believes whoever a service saw, and leaves it to whoever reads who that is: for those who tell, not for those who
    /// decide. The service is the one whose root of trust is given, else the public one.
    ///
    /// # Errors
    /// When the root cannot be read.
    pub fn anybody(root: Option<&str>) -> Result<Self, SigstoreRefused> {
        let root = trusted(root.unwrap_or(SigstoreInstance::PublicGood.embedded_trusted_root_json()))?;
        Ok(Self { root, policy: VerificationPolicy::any_identity() })
    }

    /// Whether the bundle in the JSON text signs this payload, by whom the reader trusts. `subject` is the digest that the
    /// payload names; that it is the right one is for whoever reads the payload.
    pub(crate) fn check(
        &self,
        json: &[u8],
        payload: &[u8],
        subject: [u8; 32],
    ) -> Result<Seen, SigstoreRefused> {
        let refused = |why: String| SigstoreRefused::Signature(why);
        let text = std::str::from_utf8(json).map_err(|error| refused(error.to_string()))?;
        let bundle = Bundle::from_json(text).map_err(|error| refused(error.to_string()))?;
        // Two programs read the JSON. What is verified has to be what is used afterwards.
        let SignatureContent::DsseEnvelope(envelope) = &bundle.content else {
            return Err(refused("it signs no statement".to_owned()));
        };
        if envelope.payload.as_bytes() != payload {
            return Err(refused("its payload can be read in two ways".to_owned()));
        }
        let verifier = Verifier::new(&self.root).map_err(|error| SigstoreRefused::Root(error.to_string()))?;
        let artifact = Artifact::from_digest(Sha256Hash::from(subject));
        let result =
            verifier.verify(artifact, &bundle, &self.policy).map_err(|error| refused(error.to_string()))?;
        let at = result.verified_timestamps().iter().min().map(|time| Moment::from_seconds(time.as_second()));
        let (Some(identity), Some(issuer)) = (result.identity(), result.issuer()) else {
            return Err(refused(
                "its certificate names nobody, or nobody with whom they were signed in".to_owned(),
            ));
        };
        Ok(Seen { identity: identity.to_string(), issuer: issuer.to_owned(), at })
    }
}

fn trusted(root: &str) -> Result<TrustedRoot, SigstoreRefused> {
    TrustedRoot::from_json(root).map_err(|error| SigstoreRefused::Root(error.to_string()))
}
