//! What a log was at some moment, signed: C2SP's tlog-checkpoint in a signed-note, with Ed25519.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::{Hash, MOST_ENTRIES};
use crate::keys::{KeyRefused, PrivateKey, PublicKey};

/// Bytes of a checkpoint that is read, and signatures below it: C2SP asks for at least 16.
const LONGEST: usize = 64 << 10;
const MOST_SIGNATURES: usize = 64;

/// The kind of key in a signed-note: Ed25519.
const ED25519: u8 = 1;

/// How many entries a log has, and their root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log: a host and a path, without a scheme.
    pub origin: String,
    /// How many entries there are.
    pub size: u64,
    /// The root of all of them.
    pub root: Hash,
}

/// The key that a log signs with.
#[derive(Debug)]
pub struct LogSigner {
    key: PrivateKey,
    public: LogKey,
}

/// The key that a log's checkpoints are verified with, and the log's name: `hub.example/log+3a1f…+AQID…`.
#[derive(Debug, Clone, PartialEq)]
pub struct LogKey {
    name: String,
    key: PublicKey,
    bytes: [u8; 32],
}

/// Why a checkpoint or a key is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointRefused {
    /// The text is not of the known form.
    #[error("the checkpoint cannot be read: {0}")]
    Unreadable(&'static str),
    /// It is of another log.
    #[error("the checkpoint is of the log `{found}`, not of `{expected}`")]
    OtherLog {
        /// Whose it is.
        found: String,
        /// Whose it should be.
        expected: String,
    },
    /// The log's key signed nothing below it.
    #[error("the checkpoint has no signature by the key of `{0}`")]
    Unsigned(String),
    /// A signature that should be the log's is not.
    #[error("the signature of the checkpoint is not that of the key of `{0}`")]
    Signature(String),
    /// The key cannot be used.
    #[error("the key of the log cannot be used: {0}")]
    Key(String),
}

impl Checkpoint {
    /// The text that is signed.
    fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.0))
    }

    /// The checkpoint in a text, once the log's key signed it. Signatures of others, and lines that extend it, are passed
    /// over.
    ///
    /// # Errors
    /// When it did not, or the text is of another form.
    pub fn verify(note: &str, key: &LogKey) -> Result<Self, CheckpointRefused> {
        if note.len() > LONGEST || note.chars().any(|character| character.is_control() && character != '\n') {
            return Err(CheckpointRefused::Unreadable(
                "it is longer than 64 KiB, or holds control characters",
            ));
        }
        let split = note.rfind("\n\n").ok_or(CheckpointRefused::Unreadable("it has no signatures"))?;
        let (text, signatures) = (&note[..=split], &note[split + 2..]);
        let checkpoint = Self::read(text)?;
        if checkpoint.origin != key.name {
            return Err(CheckpointRefused::OtherLog { found: checkpoint.origin, expected: key.name.clone() });
        }
        key.signed(text, signatures)?;
        Ok(checkpoint)
    }

    fn read(text: &str) -> Result<Self, CheckpointRefused> {
        let unreadable = |why| Err(CheckpointRefused::Unreadable(why));
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return unreadable("it has fewer than three lines");
        };
        if origin.is_empty() {
            return unreadable("it names no log");
        }
        let digits = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_digit());
        let plain = digits && (size == "0" || !size.starts_with('0'));
        let Some(size) = size.parse().ok().filter(|size| plain && *size <= MOST_ENTRIES) else {
            return unreadable("its second line is no number of entries");
        };
        let Some(root) = STANDARD.decode(root).ok().and_then(|bytes| bytes.try_into().ok()) else {
            return unreadable("its third line is no hash");
        };
        if size == 0 && Hash(root) != Hash::of_nothing() {
            return unreadable("it has no entries, and another root than that of none");
        }
        Ok(Self { origin: origin.to_owned(), size, root: Hash(root) })
    }
}

impl LogSigner {
    /// What signs for a log of this name: a host and a path, without spaces or `+`.
    ///
    /// # Errors
    /// When the key is not Ed25519, or the name is none.
    pub fn new(name: &str, key: PrivateKey) -> Result<Self, CheckpointRefused> {
        let public = LogKey::new(name, key.public())?;
        Ok(Self { key, public })
    }

    /// The key that others verify with.
    pub fn public(&self) -> &LogKey {
        &self.public
    }

    /// Signs how many entries the log has, and their root.
    ///
    /// # Errors
    /// When the key fails to.
    pub fn sign(&self, size: u64, root: Hash) -> Result<String, KeyRefused> {
        let text = Checkpoint { origin: self.public.name.clone(), size, root }.text();
        let signature = [&self.public.id()[..], &self.key.sign(text.as_bytes())?].concat();
        Ok(format!("{text}\n\u{2014} {} {}\n", self.public.name, STANDARD.encode(signature)))
    }
}

impl LogKey {
    /// The key of a log of this name.
    ///
    /// # Errors
    /// When the key is not Ed25519, or the name is none.
    pub fn new(name: &str, key: PublicKey) -> Result<Self, CheckpointRefused> {
        let unfit = |character: char| character.is_whitespace() || character.is_control() || character == '+';
        if name.is_empty() || name.len() > 256 || name.chars().any(unfit) {
            return Err(CheckpointRefused::Key(
                "a log's name has 1 to 256 bytes, without spaces or `+`".into(),
            ));
        }
        let Some(bytes) = key.ed25519() else {
            let kind = key.kind();
            return Err(CheckpointRefused::Key(format!(
                "checkpoints are signed with Ed25519, not with {kind}"
            )));
        };
        Ok(Self { name: name.to_owned(), key, bytes })
    }

    /// The log's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a signature names the key by: a few bytes of a hash of name and key.
    fn id(&self) -> [u8; 4] {
        let hash =
            Sha256::new().chain_update(&self.name).chain_update([b'\n', ED25519]).chain_update(self.bytes);
        let [first, second, third, fourth, ..] = <[u8; 32]>::from(hash.finalize());
        [first, second, third, fourth]
    }

    /// Whether one of the signatures is this key's, and right.
    fn signed(&self, text: &str, signatures: &str) -> Result<(), CheckpointRefused> {
        let lines: Vec<&str> = signatures.strip_suffix('\n').unwrap_or_default().split('\n').collect();
        if lines.len() > MOST_SIGNATURES {
            return Err(CheckpointRefused::Unreadable("it has more than 64 signatures"));
        }
        let mut found = false;
        for line in lines {
            let parts = line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' '));
            let Some((name, signature)) = parts else {
                return Err(CheckpointRefused::Unreadable("a line below it is no signature"));
            };
            let Ok(signature) = STANDARD.decode(signature) else {
                return Err(CheckpointRefused::Unreadable("a signature is no base64"));
            };
            let Some((id, signature)) = signature.split_first_chunk() else {
                return Err(CheckpointRefused::Unreadable("a signature names no key"));
            };
            if name == self.name && *id == self.id() {
                match self.key.verifies(text.as_bytes(), signature) {
                    true => found = true,
                    false => return Err(CheckpointRefused::Signature(self.name.clone())),
                }
            }
        }
        if found { Ok(()) } else { Err(CheckpointRefused::Unsigned(self.name.clone())) }
    }
}

impl FromStr for LogKey {
    type Err = CheckpointRefused;

    fn from_str(text: &str) -> Result<Self, CheckpointRefused> {
        let wrong = || CheckpointRefused::Key("it is written as name+8 digits+base64".to_owned());
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        let bytes = STANDARD.decode(key).map_err(|_| wrong())?;
        let Some((&ED25519, bytes)) = bytes.split_first() else { return Err(wrong()) };
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| wrong())?;
        let key =
            PublicKey::from_ed25519(&bytes).map_err(|refused| CheckpointRefused::Key(refused.to_string()))?;
        let key = Self::new(name, key)?;
        match hex::encode(key.id()) == id.to_ascii_lowercase() {
            true => Ok(key),
            false => Err(CheckpointRefused::Key("its digits are not those of its name and bytes".to_owned())),
        }
    }
}

impl std::fmt::Display for LogKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = STANDARD.encode([&[ED25519], &self.bytes[..]].concat());
        write!(out, "{}+{}+{bytes}", self.name, hex::encode(self.id()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_that_another_program_signed_is_believed() {
        // The example in the documentation of Go's package `note`.
        let key: LogKey =
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
        let text = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
        let signature = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        assert_eq!(key.signed(text, signature), Ok(()));
        let other = key.signed("Another text\n", signature);
        assert_eq!(other, Err(CheckpointRefused::Signature("PeterNeumann".to_owned())));
    }
}
