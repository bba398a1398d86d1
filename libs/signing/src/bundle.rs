//! A signature in the form of Sigstore's bundles, version 0.3: a payload, one signature of it in a DSSE envelope, and
//! what tells whose it is.
//!
//! The payload is verified byte for byte as it came: nothing is written anew before it is hashed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limpide_words::Moment;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::certificates::{Chain, ChainRefused, Identity, Roots};
use crate::keys::{KeyKind, KeyRefused, PrivateKey, PublicKey};
use crate::manifest::{self, ManifestRefused};

/// What a payload is: an in-toto statement in JSON.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

const MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// Bytes of a bundle that is read: the longest payload in base64, and the rest.
const LONGEST: usize = manifest::LONGEST / 3 * 4 + (2 << 20);

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
    /// A certificate for a moment, and the public log that saw it: Sigstore's way without keys.
    Keyless,
}

/// What the reader trusts.
#[derive(Debug, Clone, Copy)]
pub enum Trust<'trust> {
    /// This key.
    Key(&'trust PublicKey),
    /// Whomever these authorities vouch for.
    Roots(&'trust Roots),
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
}

/// Why a bundle is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The JSON is not of the known form.
    #[error("the signature cannot be read: {0}")]
    Unreadable(String),
    /// It is made with a key, and roots are given, or the other way round.
    #[error("the signature is made with a {made}, and a {given} was given to verify it with")]
    OtherMode {
        /// How it is made.
        made: &'static str,
        /// What the reader gave.
        given: &'static str,
    },
    /// It is made the way that Sigstore has without keys.
    #[error(
        "the signature is made without a key, by Sigstore's public service; limpide verifies signatures made with keys and \
         certificates"
    )]
    Keyless,
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
            Self::Keyless => "keyless",
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
        if json.len() > LONGEST {
            return unreadable(format!("it is longer than {LONGEST} bytes"));
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
            material: wire.material.checked()?,
            payload: decoded("payload", &envelope.payload)?,
            signature: decoded("signature", &signature.sig)?,
        })
    }

    /// The bundle as JSON.
    ///
    /// # Errors
    /// For one without a key: it cannot be written again.
    pub fn to_json(&self) -> Result<Vec<u8>, Refused> {
        let (public_key, chain) = match &self.material {
            Material::Key(hint) => (Some(WireKey { hint: hint.clone() }), None),
            Material::Certificates(chain) => (None, Some(WireChain::of(chain))),
            Material::Keyless => return Err(Refused::Keyless),
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
        let (key, signer) = self.signer(trust)?;
        match key.verifies(&encoding(&self.payload), &self.signature) {
            true => Ok(signer),
            false => Err(Refused::Signature),
        }
    }

    /// The key that has to have made the signature, and whose that is.
    fn signer(&self, trust: Trust<'_>) -> Result<(PublicKey, Signer), Refused> {
        match (&self.material, trust) {
            (Material::Keyless, _) => Err(Refused::Keyless),
            (Material::Key(_), Trust::Roots(_)) => {
                Err(Refused::OtherMode { made: "key", given: "list of roots" })
            }
            (Material::Certificates(_), Trust::Key(_)) => {
                Err(Refused::OtherMode { made: "certificate", given: "public key" })
            }
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

impl Signer {
    /// The moment at which the signer's certificate was checked.
    pub fn checked_at(&self) -> Option<Moment> {
        match self {
            Self::Key { .. } => None,
            Self::Certificate { identity, .. } => Some(identity.from),
        }
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
    fn checked(self) -> Result<Material, Refused> {
        match (self.public_key, self.chain, self.certificate) {
            (Some(key), None, None) => Ok(Material::Key(key.hint.filter(|hint| !hint.is_empty()))),
            (None, Some(chain), None) => {
                let der = |one: &WireCertificate| decoded("certificate", &one.raw_bytes);
                let certificates = chain.certificates.iter().map(der).collect::<Result<_, _>>()?;
                Ok(Material::Certificates(Chain::from_der(certificates)?))
            }
            (None, None, Some(_)) => Ok(Material::Keyless),
            (None, None, None) => {
                Err(Refused::Unreadable("it tells neither a key nor a certificate".to_owned()))
            }
            _ => {
                Err(Refused::Unreadable("it tells a key and a certificate, of which one is read".to_owned()))
            }
        }
    }
}
