//! Certificates that vouch for a key: the chain in a signature, checked against roots that the reader trusts.
//!
//! As the Python package does it, the chain has to hold at the moment from which the signer's certificate is valid: the
//! format has no trusted time, so a signature outlives its certificate, and nothing is known of revocation.

use std::time::Duration;

use limpide_words::Moment;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use serde::Serialize;
use sha2::Digest;
use webpki::{EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter, VerifiedPath};
use x509_cert::Certificate;
use x509_cert::certificate::Version;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName};

use crate::keys::{self, KeyRefused, PublicKey};

/// Certificates in a chain, and roots that are trusted: as many as the lists of browsers, and more.
const LONGEST_CHAIN: usize = 16;
const MOST_ROOTS: usize = 2048;

/// The end of the year 9999, less a day for time zones.
const LATEST: u64 = 253_402_207_200;

const CODE_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");

/// The certificates of authorities that the reader trusts.
#[derive(Debug, Clone)]
pub struct Roots(Vec<Root>);

#[derive(Debug, Clone)]
struct Root {
    der: CertificateDer<'static>,
    /// From when until when it is valid, in seconds since 1970.
    valid: (Duration, Duration),
}

/// A signer's certificate and those that vouch for it, as the signature holds them. Nothing is verified of it yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain(Vec<CertificateDer<'static>>);

/// Whom a certificate names. It is worth as much as the authority above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// The subject, as RFC 4514 writes it.
    pub subject: String,
    /// The authority that made the certificate.
    pub issuer: String,
    /// Addresses, hosts and URIs of the subject.
    pub names: Vec<String>,
    /// The serial number, in hexadecimal.
    pub serial: String,
    /// SHA-256 of the certificate, in hexadecimal.
    pub fingerprint: String,
    /// From when on it is valid: the chain was checked at this moment.
    pub from: Moment,
    /// Until when it is valid.
    pub until: Moment,
}

/// Why certificates cannot be used, or do not vouch for a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainRefused {
    /// There is no certificate where one is needed.
    #[error("there is no certificate in it; a line `-----BEGIN CERTIFICATE-----` begins one")]
    None,
    /// There are more than are read.
    #[error("there are more than {0} certificates in it")]
    TooMany(usize),
    /// One of them is none.
    #[error("certificate {number} cannot be read: {why}")]
    Unreadable {
        /// Which one, from 1 on.
        number: usize,
        /// Why not.
        why: String,
    },
    /// A root that may not vouch for others.
    #[error("the certificate of `{0}` is not that of an authority, so it cannot be a root")]
    NotAnAuthority(String),
    /// No path leads to a root.
    #[error("no root that is trusted here vouches for the certificate of `{subject}`, which `{issuer}` made")]
    Untrusted {
        /// The signer.
        subject: String,
        /// Who made the certificate.
        issuer: String,
    },
    /// A path leads there, and does not hold.
    #[error("the certificate of `{subject}` does not hold: {why}")]
    Broken {
        /// The signer.
        subject: String,
        /// Why not.
        why: String,
    },
    /// The certificate is for something else.
    #[error("the certificate of `{0}` is not for signing: neither its key usage nor its purposes say so")]
    NotForSigning(String),
    /// The certificate is of a key that is not known.
    #[error("the key in the certificate cannot be used: {0}")]
    Key(#[from] KeyRefused),
    /// No certificate is of the key that signs.
    #[error("no certificate in it is that of the private key")]
    OfAnotherKey,
}

impl Roots {
    /// The roots in a PEM text.
    ///
    /// # Errors
    /// When there are none, or one is not that of an authority.
    pub fn from_pem(text: &str) -> Result<Self, ChainRefused> {
        let certificates = from_pem(text, MOST_ROOTS)?;
        let root = |(at, der): (usize, CertificateDer<'static>)| {
            let certificate = parsed(at, &der)?;
            if !vouches_for_others(&certificate) {
                return Err(ChainRefused::NotAnAuthority(subject(&certificate)));
            }
            let validity = certificate.tbs_certificate().validity();
            let valid = (validity.not_before.to_unix_duration(), validity.not_after.to_unix_duration());
            Ok(Root { der, valid })
        };
        certificates.into_iter().enumerate().map(root).collect::<Result<_, _>>().map(Self)
    }

    /// Those that are valid at a moment.
    fn at(&self, moment: Duration) -> Vec<TrustAnchor<'_>> {
        let valid = self.0.iter().filter(|root| root.valid.0 <= moment && moment <= root.valid.1);
        valid.filter_map(|root| webpki::anchor_from_trusted_cert(&root.der).ok()).collect()
    }
}

impl Chain {
    /// The chain in a PEM text, beginning with the certificate of the key that signs, wherever that stands.
    ///
    /// # Errors
    /// When there is no certificate of the key.
    pub fn from_pem(text: &str, key: &PublicKey) -> Result<Self, ChainRefused> {
        let mut certificates = from_pem(text, LONGEST_CHAIN)?;
        let mut own = None;
        for (at, der) in certificates.iter().enumerate() {
            // Those above may have keys of kinds that no model is signed with.
            if key_of(&parsed(at, der)?).is_ok_and(|found| found == *key) {
                own = Some(at);
                break;
            }
        }
        let own = certificates.remove(own.ok_or(ChainRefused::OfAnotherKey)?);
        certificates.insert(0, own);
        Ok(Self(certificates))
    }

    /// The chain in a signature.
    pub(crate) fn from_der(certificates: Vec<Vec<u8>>) -> Result<Self, ChainRefused> {
        match certificates.len() {
            0 => Err(ChainRefused::None),
            1..=LONGEST_CHAIN => Ok(Self(certificates.into_iter().map(CertificateDer::from).collect())),
            _ => Err(ChainRefused::TooMany(LONGEST_CHAIN)),
        }
    }

    /// The certificates, the signer's first.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// The signer's key, and whom its certificate names, once a root vouches for it.
    ///
    /// # Errors
    /// When no root does, or the certificate is not for signing.
    pub fn verify(&self, roots: &Roots) -> Result<(PublicKey, Identity), ChainRefused> {
        let (leaf, above) = self.0.split_first().ok_or(ChainRefused::None)?;
        let certificate = parsed(0, leaf)?;
        let identity = identity(&certificate, leaf);
        let moment = certificate.tbs_certificate().validity().not_before.to_unix_duration();
        let broken = |error: Error| broken(&identity, &error);
        let end = EndEntityCert::try_from(leaf).map_err(broken)?;
        end.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &roots.at(moment),
            above,
            UnixTime::since_unix_epoch(moment),
            AnyPurpose,
            None,
            Some(&authorities_alone),
        )
        .map_err(broken)?;
        if !signs(&certificate) {
            return Err(ChainRefused::NotForSigning(identity.subject));
        }
        Ok((key_of(&certificate)?, identity))
    }
}

/// Purposes are looked at where they count, in the signer's certificate: see [`signs`].
struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        Ok(())
    }
}

/// Whether each certificate between may sign others. `webpki` looks at the basic constraints, not at the key usage.
fn authorities_alone(path: &VerifiedPath<'_>) -> Result<(), Error> {
    for between in path.intermediate_certificates() {
        let certificate = Certificate::from_der(&between.der()).map_err(|_| Error::BadDer)?;
        if !vouches_for_others(&certificate) {
            return Err(Error::EndEntityUsedAsCa);
        }
    }
    Ok(())
}

/// Whether a certificate is an authority's. Those of the first version cannot say so; as roots they are believed.
fn vouches_for_others(certificate: &Certificate) -> bool {
    let body = certificate.tbs_certificate();
    if body.version() == Version::V1 {
        return true;
    }
    let authority =
        matches!(body.get_extension::<BasicConstraints>(), Ok(Some((_, constraints))) if constraints.ca);
    let usage = match body.get_extension::<KeyUsage>() {
        Ok(usage) => usage.is_none_or(|(_, usage)| usage.key_cert_sign()),
        Err(_) => false,
    };
    authority && usage
}

/// Whether a certificate is for signing: its key usage says so, or its purposes name code.
fn signs(certificate: &Certificate) -> bool {
    let body = certificate.tbs_certificate();
    matches!(body.get_extension::<KeyUsage>(), Ok(Some((_, usage))) if usage.digital_signature())
        || matches!(body.get_extension::<ExtendedKeyUsage>(), Ok(Some((_, purposes))) if purposes.0.contains(&CODE_SIGNING))
}

fn broken(identity: &Identity, error: &Error) -> ChainRefused {
    let subject = identity.subject.clone();
    let why = match error {
        Error::UnknownIssuer => {
            return ChainRefused::Untrusted { subject, issuer: identity.issuer.clone() };
        }
        Error::CertExpired { .. } | Error::CertNotValidYet { .. } => {
            format!("one above it was not valid on {}, when it began to be", identity.from)
        }
        Error::CaUsedAsEndEntity => {
            "it is that of an authority, which signs certificates and no models".into()
        }
        Error::EndEntityUsedAsCa => "one above it may not sign certificates".into(),
        Error::InvalidSignatureForPublicKey => "a signature in its chain is wrong".into(),
        Error::UnsupportedCertVersion => "it is of an old version of certificates".into(),
        other => format!("{other:?}"),
    };
    ChainRefused::Broken { subject, why }
}

fn identity(certificate: &Certificate, der: &[u8]) -> Identity {
    let body = certificate.tbs_certificate();
    let names = match body.get_extension::<SubjectAltName>() {
        Ok(Some((_, names))) => names.0.iter().filter_map(name).collect(),
        _ => Vec::new(),
    };
    // "No end" is written as the last second of 9999, which is beyond what a moment holds.
    let moment = |at: Duration| Moment::from_seconds(at.as_secs().min(LATEST).cast_signed());
    Identity {
        subject: subject(certificate),
        issuer: body.issuer().to_string(),
        names,
        serial: hex::encode(body.serial_number().as_bytes()),
        fingerprint: hex::encode(sha2::Sha256::digest(der)),
        from: moment(body.validity().not_before.to_unix_duration()),
        until: moment(body.validity().not_after.to_unix_duration()),
    }
}

fn subject(certificate: &Certificate) -> String {
    certificate.tbs_certificate().subject().to_string()
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::Rfc822Name(text) => Some(text.to_string()),
        GeneralName::DnsName(text) => Some(text.to_string()),
        GeneralName::UniformResourceIdentifier(text) => Some(text.to_string()),
        _ => None,
    }
}

fn key_of(certificate: &Certificate) -> Result<PublicKey, KeyRefused> {
    let info = certificate.tbs_certificate().subject_public_key_info().to_der();
    PublicKey::from_der(&info.map_err(|error| KeyRefused::Unreadable(error.to_string()))?)
}

fn parsed(at: usize, der: &[u8]) -> Result<Certificate, ChainRefused> {
    let unreadable = |error| ChainRefused::Unreadable { number: at + 1, why: format!("{error}") };
    Certificate::from_der(der).map_err(unreadable)
}

fn from_pem(text: &str, most: usize) -> Result<Vec<CertificateDer<'static>>, ChainRefused> {
    let mut certificates = Vec::new();
    for (block, _) in keys::blocks(text).filter(|(_, label)| *label == "CERTIFICATE") {
        if certificates.len() == most {
            return Err(ChainRefused::TooMany(most));
        }
        let unreadable = |error: KeyRefused| ChainRefused::Unreadable {
            number: certificates.len() + 1,
            why: error.to_string(),
        };
        certificates.push(CertificateDer::from(keys::decoded(block).map_err(unreadable)?));
    }
    if certificates.is_empty() { Err(ChainRefused::None) } else { Ok(certificates) }
}
