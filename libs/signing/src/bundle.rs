//! A signature in the form of Sigstore's bundles, version 0.3: a payload, one signature of it in a DSSE envelope, and
//! what tells whose it is.
//!
//! The payload is verified byte for byte as it came: nothing is written anew before it is hashed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limpide_words::{Moment, Sha256};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::certificates::{Chain, ChainRefused, Identity, Roots};
use crate::keyless::{Seen, Sigstore, SigstoreRefused};
use crate::keys::{KeyKind, KeyRefused, PrivateKey, PublicKey};
use crate::manifest::{self, ManifestRefused};

/// What a payload is: an in-toto statement in JSON.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// A payload, its signature, and what tells whose that is. Nothing of it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    material: Material,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// What tells whose a signature is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Material {
    /// The hint of a key that the reader has: see [`PublicKey::hint`]. Old signers left it out.
    Key(Option<String>),
    /// The signer's certificate and those above it.
    Certificates(Chain),
    /// A certificate for a moment, and the log that saw it used: the whole bundle, as it came.
    Keyless(Vec<u8>),
}

/// What the reader trusts.
#[derive(Debug, Clone, Copy)]
pub enum Trust<'trust> {
    /// This key.
    Key(&'trust PublicKey),
    /// Whomever these authorities vouch for.
    Roots(&'trust Roots),
    /// Somebody whom a Sigstore service saw.
    Sigstore(&'trust Sigstore),
}

/// A payload that was signed, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// Whose signature it is.
    pub signer: Signer,
    /// The bytes that were signed.
    pub payload: Vec<u8>,
}

/// Whose a signature is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "mode", rename_all = "lowercase")]
pub enum Signer {
    /// That of the key that the reader gave.
    Key {
        /// Its kind.
        kind: KeyKind,
        /// Its hint.
        hint: String,
    },
    /// That of whom a certificate names.
    Certificate {
        /// The kind of its key.
        kind: KeyKind,
        /// Whom it names.
        #[serde(flatten)]
        identity: Identity,
    },
    /// That of somebody who was signed in, as a Sigstore service saw it.
    Sigstore {
        /// An address or a URI.
        identity: String,
        /// Where whoever signed was signed in.
        issuer: String,
        /// When the log or a time stamp saw it.
        at: Option<Moment>,
    },
}

/// Why a bundle is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The JSON is not of the known form.
    #[error("the signature cannot be read: {0}")]
    Unreadable(String),
    /// It is made in one way, and the reader trusts in another.
    #[error("the signature is made with {made}, and {given} was given to verify it with")]
    OtherMode {
        /// How it is made.
        made: &'static str,
        /// What the reader gave.
        given: &'static str,
    },
    /// It is made without a key, and not believed.
    #[error(transparent)]
    Sigstore(#[from] SigstoreRefused),
    /// It names another key.
    #[error("the signature is of another key: it names {signed}, and the key that was given is {given}")]
    WrongKey {
        /// The hint in the signature.
        signed: String,
        /// That of the given key.
        given: String,
    },
    /// The certificate is not believed.
    #[error(transparent)]
    Chain(#[from] ChainRefused),
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyRefused),
    /// The signature is not of this payload by this key, and the payload agrees with itself.
    #[error("the signature is not that of what it stands beside: it was changed, or another key signed")]
    Signature,
    /// The same, and the entries of the payload stand in another order than their root digest says.
    #[error("the signature does not match, because the signed list of files was reordered after it was made")]
    ReorderedAfterwards,
    /// The same, and the payload does not agree with itself.
    #[error("the signature does not match, and the signed list of files was changed after it was made: {0}")]
    ChangedAfterwards(ManifestRefused),
    /// The signature is right, and what is signed is no manifest that holds.
    #[error(transparent)]
    Manifest(#[from] ManifestRefused),
}

impl Refused {
    /// The reason in one word, for programs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::OtherMode { .. } => "other-mode",
            Self::Sigstore(_) => "sigstore",
            Self::WrongKey { .. } => "wrong-key",
            Self::Chain(_) => "certificate",
            Self::Key(_) => "key",
            Self::Signature => "signature",
            Self::ReorderedAfterwards => "reordered",
            Self::ChangedAfterwards(_) => "changed",
            Self::Manifest(_) => "manifest",
        }
    }
}

impl Bundle {
    /// Bytes of a bundle that is read: the longest payload in base64, and the rest.
    pub const LONGEST: usize = manifest::LONGEST / 3 * 4 + (2 << 20);

    /// Signs a payload with a key. Where there is a chain, its first certificate has to be that of the key.
    ///
    /// # Errors
    /// When the key fails to.
    pub fn sign(payload: Vec<u8>, key: &PrivateKey, chain: Option<Chain>) -> Result<Self, KeyRefused> {
        let signature = key.sign(&encoding(&payload))?;
        let material = match chain {
            Some(chain) => Material::Certificates(chain),
            None => Material::Key(Some(key.public().hint()?)),
        };
        Ok(Self { material, payload, signature })
    }

    /// The bundle in a JSON text.
    ///
    /// # Errors
    /// When it is longer than 66 MiB or not of the known form.
    pub fn read(json: &[u8]) -> Result<Self, Refused> {
        let unreadable = |why: String| Err(Refused::Unreadable(why));
        if json.len() > Self::LONGEST {
            return unreadable(format!("it is longer than {} bytes", Self::LONGEST));
        }
        let wire: Wire =
            serde_json::from_slice(json).map_err(|error| Refused::Unreadable(error.to_string()))?;
        if wire.media_type != MEDIA_TYPE {
            return unreadable(format!("it is of the type `{}`, not `{MEDIA_TYPE}`", wire.media_type));
        }
        let envelope = wire.envelope;
        if envelope.payload_type != PAYLOAD_TYPE {
            return unreadable(format!("it signs a `{}`, not a `{PAYLOAD_TYPE}`", envelope.payload_type));
        }
        let [signature] = envelope.signatures.as_slice() else {
            return unreadable(format!("it has {} signatures, and one is read", envelope.signatures.len()));
        };
        Ok(Self {
            material: wire.material.checked(json)?,
            payload: decoded("payload", &envelope.payload)?,
            signature: decoded("signature", &signature.sig)?,
        })
    }

    /// The bundle as JSON.
    ///
    /// # Errors
    /// Never for one that was read or signed.
    pub fn to_json(&self) -> Result<Vec<u8>, Refused> {
        let (public_key, chain) = match &self.material {
            Material::Key(hint) => (Some(WireKey { hint: hint.clone() }), None),
            Material::Certificates(chain) => (None, Some(WireChain::of(chain))),
            Material::Keyless(json) => return Ok(json.clone()),
        };
        let wire = Wire {
            media_type: MEDIA_TYPE.to_owned(),
            material: WireMaterial { public_key, chain, certificate: None, log: Some(Vec::new()) },
            envelope: WireEnvelope {
                payload: STANDARD.encode(&self.payload),
                payload_type: PAYLOAD_TYPE.to_owned(),
                signatures: vec![WireSignature {
                    sig: STANDARD.encode(&self.signature),
                    key_id: String::new(),
                }],
            },
        };
        serde_json::to_vec(&wire).map_err(|error| Refused::Unreadable(error.to_string()))
    }

    /// What tells whose the signature is.
    pub fn material(&self) -> &Material {
        &self.material
    }

    /// What is said to be signed. Nobody may rely on it before it is verified.
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// The payload and its signer, once the signature is that of whom the reader trusts.
    ///
    /// # Errors
    /// When it is not.
    pub fn verify(self, trust: Trust<'_>) -> Result<Signed, Refused> {
        let signer = self.check(trust)?;
        Ok(Signed { signer, payload: self.payload })
    }

    /// The signer, once the signature is that of whom the reader trusts.
    pub(crate) fn check(&self, trust: Trust<'_>) -> Result<Signer, Refused> {
        if let (Material::Keyless(json), Trust::Sigstore(sigstore)) = (&self.material, trust) {
            return Ok(sigstore.check(json, &self.payload, subject(&self.payload)?)?.into());
        }
        let (key, signer) = self.signer(trust)?;
        match key.verifies(&encoding(&self.payload), &self.signature) {
            true => Ok(signer),
            false => Err(Refused::Signature),
        }
    }

    /// The key that has to have made the signature, and whose that is.
    fn signer(&self, trust: Trust<'_>) -> Result<(PublicKey, Signer), Refused> {
        match (&self.material, trust) {
            (Material::Key(signed), Trust::Key(key)) => {
                let given = key.hint()?;
                match signed {
                    Some(signed) if *signed != given => {
                        Err(Refused::WrongKey { signed: signed.clone(), given })
                    }
                    _ => Ok((key.clone(), Signer::Key { kind: key.kind(), hint: given })),
                }
            }
            (Material::Certificates(chain), Trust::Roots(roots)) => {
                let (key, identity) = chain.verify(roots)?;
                let kind = key.kind();
                Ok((key, Signer::Certificate { kind, identity }))
            }
            (material, trust) => Err(Refused::OtherMode { made: material.as_str(), given: trust.as_str() }),
        }
    }
}

/// The bytes that are signed (DSSE, "pre-authentication encoding"): type and payload, each after its length.
fn encoding(payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

fn decoded(what: &str, text: &str) -> Result<Vec<u8>, Refused> {
    STANDARD.decode(text).map_err(|error| Refused::Unreadable(format!("the {what} is no base64: {error}")))
}

/// The first digest that a statement names: what Sigstore's rules take for the thing that is signed.
fn subject(payload: &[u8]) -> Result<[u8; 32], Refused> {
    #[derive(Deserialize)]
    struct Statement {
        subject: Vec<Subject>,
    }
    #[derive(Deserialize)]
    struct Subject {
        digest: Digests,
    }
    #[derive(Deserialize)]
    struct Digests {
        sha256: Sha256,
    }
    let unreadable = |why: String| Refused::Unreadable(format!("the statement names no SHA-256: {why}"));
    let statement: Statement =
        serde_json::from_slice(payload).map_err(|error| unreadable(error.to_string()))?;
    let first = statement.subject.first().ok_or_else(|| unreadable("it is about nothing".to_owned()))?;
    Ok(first.digest.sha256.0)
}

impl Material {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Key(_) => "a key",
            Self::Certificates(_) => "a certificate",
            Self::Keyless(_) => "an identity that Sigstore saw",
        }
    }
}

impl Trust<'_> {
    fn as_str(self) -> &'static str {
        match self {
            Self::Key(_) => "a public key",
            Self::Roots(_) => "a list of roots",
            Self::Sigstore(_) => "an identity",
        }
    }
}

impl From<Seen> for Signer {
    fn from(seen: Seen) -> Self {
        Self::Sigstore { identity: seen.identity, issuer: seen.issuer, at: seen.at }
    }
}

#[derive(Serialize, Deserialize)]
struct Wire {
    #[serde(rename = "mediaType")]
    media_type: String,
    #[serde(rename = "verificationMaterial")]
    material: WireMaterial,
    #[serde(rename = "dsseEnvelope")]
    envelope: WireEnvelope,
}

#[derive(Serialize, Deserialize)]
struct WireMaterial {
    #[serde(rename = "publicKey", default, skip_serializing_if = "Option::is_none")]
    public_key: Option<WireKey>,
    #[serde(rename = "x509CertificateChain", default, skip_serializing_if = "Option::is_none")]
    chain: Option<WireChain>,
    #[serde(default, skip_serializing)]
    certificate: Option<IgnoredAny>,
    #[serde(rename = "tlogEntries", default, skip_serializing_if = "Option::is_none")]
    log: Option<Vec<Empty>>,
}

/// An entry of a log: read over, as what a signature without a key needs.
#[derive(Serialize, Deserialize)]
struct Empty {}

#[derive(Serialize, Deserialize)]
struct WireKey {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct WireChain {
    certificates: Vec<WireCertificate>,
}

#[derive(Serialize, Deserialize)]
struct WireCertificate {
    #[serde(rename = "rawBytes")]
    raw_bytes: String,
}

#[derive(Serialize, Deserialize)]
struct WireEnvelope {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<WireSignature>,
}

#[derive(Serialize, Deserialize)]
struct WireSignature {
    sig: String,
    #[serde(rename = "keyid", default)]
    key_id: String,
}

impl WireChain {
    fn of(chain: &Chain) -> Self {
        let wire = |der: &[u8]| WireCertificate { raw_bytes: STANDARD.encode(der) };
        Self { certificates: chain.certificates().map(wire).collect() }
    }
}

impl WireMaterial {
    fn checked(self, json: &[u8]) -> Result<Material, Refused> {
        match (self.public_key, self.chain, self.certificate) {
            (Some(key), None, None) => Ok(Material::Key(key.hint.filter(|hint| !hint.is_empty()))),
            (None, Some(chain), None) => {
                let der = |one: &WireCertificate| decoded("certificate", &one.raw_bytes);
                let certificates = chain.certificates.iter().map(der).collect::<Result<_, _>>()?;
                Ok(Material::Certificates(Chain::from_der(certificates)?))
            }
            (None, None, Some(_)) => Ok(Material::Keyless(json.to_vec())),
            (None, None, None) => {
                Err(Refused::Unreadable("it tells neither a key nor a certificate".to_owned()))
            }
            _ => {
                Err(Refused::Unreadable("it tells a key and a certificate, of which one is read".to_owned()))
            }
        }
    }
}
