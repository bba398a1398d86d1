//! Attestations: what somebody signs about a repository, where the bytes alone cannot tell.
//!
//! A [`Statement`] is about one criterion of one commit, for a limited time. Its canonical JSON is signed with
//! Ed25519. A hub says which [`Key`] belongs to whom. An attestation is shown beside what the bytes show, and never
//! above it: see [`Report::with_attestations`].

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::pkcs8::{DecodePrivateKey, DecodePublicKey};
use ed25519_dalek::{Signature, Signer, VerifyingKey};
use limpide_words::{Kind, Moment};
use serde::{Deserialize, Serialize};

use crate::remark::remark;
use crate::report::Report;
use crate::status::{Degree, Status};
use crate::{Criterion, canonical, rubric};

/// Bytes of an attestation that is read, characters of its words, and pieces of evidence that it names.
const LONGEST: usize = 64 << 10;
const LONGEST_WORDS: usize = 4000;
const MOST_EVIDENCE: usize = 256;

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// [`Statement::SCHEMA`].
    pub schema: String,
    /// The kind of the repository.
    pub kind: Kind,
    /// The repository: `owner/name`.
    pub repository: String,
    /// The commit.
    pub commit: String,
    /// What it is about.
    pub criterion: Criterion,
    /// How far the signer says that it is met.
    pub degree: Degree,
    /// The signer's words.
    pub statement: String,
    /// What the signer looked at: ids of a report's evidence, or SHA-256 of bytes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// The rule of a contradiction that it answers, such as `X6`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
    /// Whoever signs: the name of a user or an organisation.
    pub signer: String,
    /// As whom.
    pub role: Role,
    /// When it was signed.
    pub issued: Moment,
    /// When it ends to count.
    pub expires: Moment,
}

/// As whom somebody signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// As the owner of the repository.
    Owner,
    /// As somebody else.
    ThirdParty,
}

/// A statement and its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// What is signed.
    pub statement: Statement,
    /// Whose signature it is, as 64 hexadecimal digits.
    pub key: PublicKey,
    /// The signature of the statement's canonical JSON, as 128 hexadecimal digits.
    pub signature: String,
}

/// A key, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The name of a user or an organisation.
    pub owner: String,
    /// The key.
    pub key: PublicKey,
}

/// An attestation as a report shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The attestation.
    pub attestation: Attestation,
    /// Whether it counts, and why not.
    pub standing: Standing,
}

/// Whether an attestation counts. Only [`Standing::Valid`] does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The signature is right, the key is the signer's, and the time has not passed.
    Valid,
    /// The same, and the bytes say otherwise: it is shown beside them.
    Beside,
    /// It ended to count.
    Expired,
    /// It does not count yet.
    Early,
    /// It is about another repository or another commit.
    Elsewhere,
    /// No key of the signer made the signature.
    UnknownKey,
    /// It is signed as the owner, by somebody who is not.
    NotOwner,
    /// The signature is not that of these words, or the statement is not of the known form.
    Unsound,
}

/// Why a statement is not signed, or an attestation or a key not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is not of the known form.
    #[error("the attestation cannot be read: {0}")]
    Unreadable(String),
    /// A part of the statement is out of bounds.
    #[error("`{part}` of the statement {rule}")]
    Statement {
        /// The part.
        part: &'static str,
        /// The rule that it breaks.
        rule: &'static str,
    },
    /// The signature is not that of these words by this key.
    #[error("the signature is not that of the statement by this key")]
    Signature,
    /// The file holds no such key.
    #[error("the file holds no Ed25519 key in PEM (`openssl genpkey -algorithm ed25519` makes one): {0}")]
    KeyFile(String),
}

impl Statement {
    /// The name and version of its form.
    pub const SCHEMA: &str = "limpide-attestation/1";

    /// Whether it is of the known form, and within bounds.
    ///
    /// # Errors
    /// Which part is not.
    pub fn check(&self) -> Result<(), Refused> {
        let names = [&self.repository, &self.commit, &self.signer];
        let hexadecimal = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let hash = |text: &String| match text.strip_prefix('e') {
            Some(digits) if digits.len() == 16 => hexadecimal(digits),
            _ => text.len() == 64 && hexadecimal(text),
        };
        let refused = |part, rule| Err(Refused::Statement { part, rule });
        match self {
            _ if self.schema != Self::SCHEMA => refused("schema", "is not `limpide-attestation/1`"),
            _ if names.iter().any(|name| name.is_empty() || name.len() > 256) => {
                refused("repository, commit or signer", "is empty, or longer than 256 bytes")
            }
            _ if self.statement.trim().is_empty() || self.statement.chars().count() > LONGEST_WORDS => {
                refused("statement", "is empty, or longer than 4000 characters")
            }
            _ if self.evidence.len() > MOST_EVIDENCE || !self.evidence.iter().all(hash) => {
                refused("evidence", "has more than 256 entries, or one that is neither an id nor a SHA-256")
            }
            _ if self.answers.as_ref().is_some_and(|rule| rule.len() > 8) => {
                refused("answers", "is no rule of contradiction")
            }
            _ if self.expires <= self.issued => refused("expires", "is not after `issued`"),
            _ => Ok(()),
        }
    }

    /// The bytes that are signed. They hold the schema: a signature made for something else is none for this.
    fn bytes(&self) -> Result<Vec<u8>, Refused> {
        canonical(self).map_err(|error| Refused::Unreadable(error.to_string()))
    }
}

impl Attestation {
    /// The attestation in a JSON text.
    ///
    /// # Errors
    /// When it is longer than 64 KiB or not of the known form. Its signature is not looked at.
    pub fn read(json: &[u8]) -> Result<Self, Refused> {
        if json.len() > LONGEST {
            return Err(Refused::Unreadable(format!("it is longer than {LONGEST} bytes")));
        }
        serde_json::from_slice(json).map_err(|error| Refused::Unreadable(error.to_string()))
    }

    /// Whether the signature is that of the statement by the key. Weak keys and signatures of several forms are not
    /// accepted.
    ///
    /// # Errors
    /// When it is not, or the statement is out of bounds.
    pub fn verify(&self) -> Result<(), Refused> {
        self.statement.check()?;
        let mut signature = [0; Signature::BYTE_SIZE];
        hex::decode_to_slice(&self.signature, &mut signature).map_err(|_| Refused::Signature)?;
        let key = VerifyingKey::from_bytes(&self.key.0).map_err(|_| Refused::Signature)?;
        let signature = Signature::from_bytes(&signature);
        key.verify_strict(&self.statement.bytes()?, &signature).map_err(|_| Refused::Signature)
    }

    /// Whether it counts for a report.
    fn standing(&self, report: &Report, keys: &[Key], now: Moment) -> Standing {
        let (statement, subject) = (&self.statement, &report.subject);
        let here = statement.kind == subject.kind
            && subject.repository.as_ref() == Some(&statement.repository)
            && subject.commit.as_ref() == Some(&statement.commit);
        let known = keys.iter().any(|key| key.key == self.key && key.owner == statement.signer);
        let owner = statement.repository.split_once('/').is_some_and(|(owner, _)| owner == statement.signer);
        match () {
            () if self.verify().is_err() => Standing::Unsound,
            () if !here => Standing::Elsewhere,
            () if !known => Standing::UnknownKey,
            () if statement.role == Role::Owner && !owner => Standing::NotOwner,
            () if now < statement.issued => Standing::Early,
            () if now >= statement.expires => Standing::Expired,
            () if report.speaks_against(statement.criterion) => Standing::Beside,
            () => Standing::Valid,
        }
    }
}

impl Report {
    /// The same report with what was signed about it, graded again. `keys` are those that the hub, or whoever asks,
    /// knows to belong to their owners. To be given the report as the audit made it: what has expired since leaves no
    /// trace then.
    ///
    /// A valid attestation raises a criterion to attested as far as it says. It changes nothing about what is
    /// verified, nor where something speaks against it: there it is shown beside.
    #[must_use]
    pub fn with_attestations(&self, given: &[Attestation], keys: &[Key], now: Moment) -> Self {
        let mut report = self.clone();
        report.attestations = given
            .iter()
            .map(|attestation| Shown {
                attestation: attestation.clone(),
                standing: attestation.standing(self, keys, now),
            })
            .collect();
        for shown in report.attestations.iter().filter(|shown| shown.standing == Standing::Valid) {
            let statement = &shown.attestation.statement;
            let about = report.findings.iter_mut().filter(|finding| finding.criterion == statement.criterion);
            let about = about.filter(|_| statement.degree > Degree::None);
            for finding in about.filter(|finding| finding.status != Status::NotApplicable) {
                let (signer, expires) = (&statement.signer, statement.expires);
                finding.remarks.push(remark!(
                    "attested",
                    "{signer} signed for it until {expires}",
                    signer,
                    expires
                ));
                finding.extent = finding.extent.attested(statement.degree);
                if finding.status > Status::Attested {
                    finding.unattested = Some(finding.status);
                    finding.status = Status::Attested;
                    finding.probable = false;
                }
            }
        }
        report.grades = rubric::grades(&report);
        report
    }

    /// Whether bytes prove or suggest that what is said of a criterion is not so.
    fn speaks_against(&self, criterion: Criterion) -> bool {
        self.contradictions.iter().any(|found| found.criterion == criterion)
            || self.finding(criterion).is_some_and(|finding| finding.status == Status::Contradicted)
    }
}

impl Standing {
    /// What it means, in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Beside => "valid, and shown beside what speaks against it",
            Self::Expired => "expired",
            Self::Early => "not valid yet",
            Self::Elsewhere => "about another repository or commit",
            Self::UnknownKey => "signed with a key that is not known to be the signer's",
            Self::NotOwner => "signed as the owner by somebody else",
            Self::Unsound => "the signature does not match",
        }
    }
}

/// An Ed25519 public key: 32 bytes, printed as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// The key in a PEM text, as `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    /// When there is none.
    pub fn from_pem(pem: &str) -> Result<Self, Refused> {
        let key =
            VerifyingKey::from_public_key_pem(pem).map_err(|error| Refused::KeyFile(error.to_string()))?;
        Ok(Self(key.to_bytes()))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl FromStr for PublicKey {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Self, Refused> {
        let mut bytes = [0; 32];
        let wrong = |_| Refused::KeyFile("a public key has 64 hexadecimal digits".to_owned());
        hex::decode_to_slice(text, &mut bytes).map_err(wrong)?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for PublicKey {
    type Error = Refused;

    fn try_from(text: String) -> Result<Self, Refused> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.to_string()
    }
}

/// A key that signs. It is never printed.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key in a PEM text of PKCS#8, as `openssl genpkey -algorithm ed25519` writes it.
    ///
    /// # Errors
    /// When there is none.
    pub fn from_pem(pem: &str) -> Result<Self, Refused> {
        let key = ed25519_dalek::SigningKey::from_pkcs8_pem(pem);
        key.map(Self).map_err(|error| Refused::KeyFile(error.to_string()))
    }

    /// The key that others verify with.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs a statement.
    ///
    /// # Errors
    /// When the statement is out of bounds.
    pub fn sign(&self, statement: Statement) -> Result<Attestation, Refused> {
        statement.check()?;
        let signature = self.0.sign(&statement.bytes()?);
        Ok(Attestation { statement, key: self.public(), signature: hex::encode(signature.to_bytes()) })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SigningKey({})", self.public())
    }
}
