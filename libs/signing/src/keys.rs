//! Keys, as everybody's tools write them: PEM with PKCS#8, SEC1 or SubjectPublicKeyInfo.
//!
//! Models are signed with ECDSA on P-256, P-384 or P-521, each with its own hash, because that is what OpenSSF Model
//! Signing knows; a hub's statements may be signed with Ed25519, too.

use std::fmt;

use p256::ecdsa::signature::{Signer, Verifier};
use p256::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePublicKey, LineEnding};
use serde::Serialize;
use sha2::Digest;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, pem};

/// Bytes of a PEM text that is read.
pub(crate) const LONGEST_PEM: usize = 4 << 20;

const ELLIPTIC_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// What kind of key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum KeyKind {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "P-256")]
    P256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "P-384")]
    P384,
    /// ECDSA on P-521 with SHA-512.
    #[serde(rename = "P-521")]
    P521,
    /// Ed25519.
    Ed25519,
}

/// A key that signs. It is never printed.
pub struct PrivateKey(Private);

enum Private {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

/// A key that others verify with.
#[derive(Clone, PartialEq)]
pub struct PublicKey(Public);

#[derive(Clone, PartialEq)]
enum Public {
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
}

/// Why a text holds no key that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// There is no PEM in it.
    #[error("it is no PEM text: no line begins with `-----BEGIN`")]
    NotPem,
    /// The key has a passphrase.
    #[error(
        "the key is encrypted, and no passphrase is asked for; `openssl pkey -in KEY -out PLAIN` writes it without"
    )]
    Encrypted,
    /// There is something else in it.
    #[error("it holds a {found}, and a {wanted} is needed")]
    Other {
        /// What is there.
        found: String,
        /// What is needed.
        wanted: &'static str,
    },
    /// The key is of a kind that does not serve.
    #[error(
        "it is a key of the kind {found}; models are signed with the curves P-256, P-384 and P-521 \
         (`openssl ecparam -name prime256v1 -genkey -noout -out key.pem`)"
    )]
    Kind {
        /// Its kind, as far as it is known.
        found: String,
    },
    /// What stands in the PEM is not what its first line says.
    #[error("the key cannot be read: {0}")]
    Unreadable(String),
}

impl PrivateKey {
    /// The key in a PEM text: PKCS#8 or SEC1.
    ///
    /// # Errors
    /// When there is none, or one that cannot be used.
    pub fn from_pem(text: &str) -> Result<Self, KeyRefused> {
        let (block, label) = key_block(text)?;
        let der = decoded(block)?;
        match label {
            "PRIVATE KEY" => Self::from_pkcs8(&der),
            "EC PRIVATE KEY" => Self::from_sec1(&der),
            "ENCRYPTED PRIVATE KEY" => Err(KeyRefused::Encrypted),
            other => Err(KeyRefused::Other { found: other.to_lowercase(), wanted: "private key" }),
        }
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self, KeyRefused> {
        let info = p256::pkcs8::PrivateKeyInfoRef::try_from(der).map_err(unreadable)?;
        let private = match kind(info.algorithm.oid, info.algorithm.parameters_oid().ok())? {
            KeyKind::P256 => Private::P256(DecodePrivateKey::from_pkcs8_der(der).map_err(unreadable)?),
            KeyKind::P384 => Private::P384(DecodePrivateKey::from_pkcs8_der(der).map_err(unreadable)?),
            KeyKind::P521 => Private::P521(DecodePrivateKey::from_pkcs8_der(der).map_err(unreadable)?),
            KeyKind::Ed25519 => Private::Ed25519(DecodePrivateKey::from_pkcs8_der(der).map_err(unreadable)?),
        };
        Ok(Self(private))
    }

    fn from_sec1(der: &[u8]) -> Result<Self, KeyRefused> {
        let key = sec1::EcPrivateKey::from_der(der).map_err(unreadable)?;
        let curve = key.parameters.and_then(|parameters| parameters.named_curve());
        let private = match kind(ELLIPTIC_CURVE, curve)? {
            KeyKind::P256 => Private::P256(p256::SecretKey::from_sec1_der(der).map_err(unreadable)?.into()),
            KeyKind::P384 => Private::P384(p384::SecretKey::from_sec1_der(der).map_err(unreadable)?.into()),
            KeyKind::P521 => Private::P521(p521::SecretKey::from_sec1_der(der).map_err(unreadable)?.into()),
            KeyKind::Ed25519 => return Err(KeyRefused::Kind { found: "Ed25519".to_owned() }),
        };
        Ok(Self(private))
    }

    /// What kind of key it is.
    pub fn kind(&self) -> KeyKind {
        match &self.0 {
            Private::P256(_) => KeyKind::P256,
            Private::P384(_) => KeyKind::P384,
            Private::P521(_) => KeyKind::P521,
            Private::Ed25519(_) => KeyKind::Ed25519,
        }
    }

    /// The key that others verify with.
    pub fn public(&self) -> PublicKey {
        PublicKey(match &self.0 {
            Private::P256(key) => Public::P256(*key.verifying_key()),
            Private::P384(key) => Public::P384(*key.verifying_key()),
            Private::P521(key) => Public::P521(*key.verifying_key()),
            Private::Ed25519(key) => Public::Ed25519(key.verifying_key()),
        })
    }

    /// Signs bytes, always the same way (RFC 6979). ECDSA signatures are in DER.
    pub(crate) fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, KeyRefused> {
        Ok(match &self.0 {
            Private::P256(key) => {
                let signature: p256::ecdsa::Signature = key.try_sign(bytes).map_err(unreadable)?;
                signature.to_der().as_bytes().to_vec()
            }
            Private::P384(key) => {
                let signature: p384::ecdsa::Signature = key.try_sign(bytes).map_err(unreadable)?;
                signature.to_der().as_bytes().to_vec()
            }
            Private::P521(key) => {
                let signature: p521::ecdsa::Signature = key.try_sign(bytes).map_err(unreadable)?;
                signature.to_der().as_bytes().to_vec()
            }
            Private::Ed25519(key) => key.sign(bytes).to_bytes().to_vec(),
        })
    }
}

impl PublicKey {
    /// The key in a PEM text, as `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    /// When there is none, or one that cannot be used.
    pub fn from_pem(text: &str) -> Result<Self, KeyRefused> {
        let (block, label) = key_block(text)?;
        match label {
            "PUBLIC KEY" => Self::from_der(&decoded(block)?),
            other => Err(KeyRefused::Other {
                found: other.to_lowercase(),
                wanted: "public key, as `openssl pkey -in key.pem -pubout` writes it,",
            }),
        }
    }

    /// The key in a SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// When it is of a kind that is not known, or no point of its curve.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyRefused> {
        let info = x509_cert::spki::SubjectPublicKeyInfoRef::try_from(der).map_err(unreadable)?;
        let public = match kind(info.algorithm.oid, info.algorithm.parameters_oid().ok())? {
            KeyKind::P256 => Public::P256(DecodePublicKey::from_public_key_der(der).map_err(unreadable)?),
            KeyKind::P384 => Public::P384(DecodePublicKey::from_public_key_der(der).map_err(unreadable)?),
            KeyKind::P521 => Public::P521(DecodePublicKey::from_public_key_der(der).map_err(unreadable)?),
            KeyKind::Ed25519 => {
                Public::Ed25519(DecodePublicKey::from_public_key_der(der).map_err(unreadable)?)
            }
        };
        Ok(Self(public))
    }

    /// The key in the 32 bytes of an Ed25519 key.
    pub(crate) fn from_ed25519(bytes: &[u8; 32]) -> Result<Self, KeyRefused> {
        ed25519_dalek::VerifyingKey::from_bytes(bytes)
            .map(|key| Self(Public::Ed25519(key)))
            .map_err(unreadable)
    }

    /// What kind of key it is.
    pub fn kind(&self) -> KeyKind {
        match &self.0 {
            Public::P256(_) => KeyKind::P256,
            Public::P384(_) => KeyKind::P384,
            Public::P521(_) => KeyKind::P521,
            Public::Ed25519(_) => KeyKind::Ed25519,
        }
    }

    /// The key in PEM, as `openssl` writes it.
    ///
    /// # Errors
    /// Never for a key that was read.
    pub fn to_pem(&self) -> Result<String, KeyRefused> {
        match &self.0 {
            Public::P256(key) => key.to_public_key_pem(LineEnding::LF),
            Public::P384(key) => key.to_public_key_pem(LineEnding::LF),
            Public::P521(key) => key.to_public_key_pem(LineEnding::LF),
            Public::Ed25519(key) => key.to_public_key_pem(LineEnding::LF),
        }
        .map_err(unreadable)
    }

    /// What a signature says of the key: the SHA-256 of its PEM text with the newline at its end, in hexadecimal.
    ///
    /// # Errors
    /// Never for a key that was read.
    pub fn hint(&self) -> Result<String, KeyRefused> {
        Ok(hex::encode(sha2::Sha256::digest(self.to_pem()?)))
    }

    /// Whether the signature is that of the bytes by this key. Weak Ed25519 keys have no signatures.
    pub(crate) fn verifies(&self, bytes: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Public::P256(key) => p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(bytes, &signature).is_ok()),
            Public::P384(key) => p384::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(bytes, &signature).is_ok()),
            Public::P521(key) => p521::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify(bytes, &signature).is_ok()),
            Public::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(bytes, &signature).is_ok()),
        }
    }

    /// The 32 bytes of an Ed25519 key.
    pub(crate) fn ed25519(&self) -> Option<[u8; 32]> {
        match &self.0 {
            Public::Ed25519(key) => Some(key.to_bytes()),
            _ => None,
        }
    }
}

/// The kind of key that an algorithm stands for.
fn kind(algorithm: ObjectIdentifier, curve: Option<ObjectIdentifier>) -> Result<KeyKind, KeyRefused> {
    match (algorithm, curve) {
        (ELLIPTIC_CURVE, Some(P256)) => Ok(KeyKind::P256),
        (ELLIPTIC_CURVE, Some(P384)) => Ok(KeyKind::P384),
        (ELLIPTIC_CURVE, Some(P521)) => Ok(KeyKind::P521),
        (ED25519, _) => Ok(KeyKind::Ed25519),
        (ELLIPTIC_CURVE, Some(curve)) => Err(KeyRefused::Kind { found: curve_name(curve) }),
        (ELLIPTIC_CURVE, None) => Err(KeyRefused::Kind { found: "elliptic curve without a name".to_owned() }),
        (other, _) => Err(KeyRefused::Kind { found: algorithm_name(other) }),
    }
}

fn curve_name(curve: ObjectIdentifier) -> String {
    match curve.to_string().as_str() {
        "1.3.132.0.10" => "secp256k1".to_owned(),
        "1.3.132.0.33" => "P-224".to_owned(),
        other => format!("elliptic curve {other}"),
    }
}

fn algorithm_name(algorithm: ObjectIdentifier) -> String {
    match algorithm.to_string().as_str() {
        "1.2.840.113549.1.1.1" => "RSA".to_owned(),
        "1.2.840.10040.4.1" => "DSA".to_owned(),
        "1.3.101.113" => "Ed448".to_owned(),
        other => other.to_owned(),
    }
}

/// The first block of a PEM text that may be a key, and what it calls itself. `openssl ecparam` writes the curve before it.
fn key_block(text: &str) -> Result<(&str, &str), KeyRefused> {
    let (block, label) =
        blocks(text).find(|(_, label)| *label != "EC PARAMETERS").ok_or(KeyRefused::NotPem)?;
    match block.contains("Proc-Type: 4,ENCRYPTED") {
        true => Err(KeyRefused::Encrypted),
        false => Ok((block, label)),
    }
}

/// The blocks of a PEM text, from `-----BEGIN` to `-----END`, each with its label.
pub(crate) fn blocks(text: &str) -> impl Iterator<Item = (&str, &str)> {
    const BEGIN: &str = "-----BEGIN ";
    let mut rest = if text.len() > LONGEST_PEM { "" } else { text };
    std::iter::from_fn(move || {
        rest = &rest[rest.find(BEGIN)?..];
        let label = rest[BEGIN.len()..].split("-----").next()?;
        let end = format!("-----END {label}-----");
        let length = rest.find(&end)? + end.len();
        let (block, after) = rest.split_at(length);
        rest = after;
        Some((block, label))
    })
}

/// The bytes of a block.
pub(crate) fn decoded(block: &str) -> Result<Vec<u8>, KeyRefused> {
    pem::decode_vec(block.as_bytes()).map(|(_, der)| der).map_err(unreadable)
}

fn unreadable(error: impl fmt::Display) -> KeyRefused {
    KeyRefused::Unreadable(error.to_string())
}

impl KeyKind {
    /// Whether other tools verify a model's signature of this kind.
    pub fn signs_models(self) -> bool {
        self != Self::Ed25519
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Ed25519 => "Ed25519",
        })
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PrivateKey({})", self.kind())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PublicKey({}, {})", self.kind(), self.hint().unwrap_or_default())
    }
}
