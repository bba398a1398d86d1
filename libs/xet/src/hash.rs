//! The 32-byte hash that names everything in Xet, and the keyed hashes of bytes and of chunk ranges.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::{Serialize, Serializer};

/// The key of chunk hashes: `DATA_KEY` in `xet-core-structures`, also in the published specification.
const CHUNK_KEY: [u8; 32] = [
    102, 151, 245, 119, 91, 149, 80, 222, 49, 53, 203, 172, 165, 151, 24, 28, 157, 228, 33, 16, 155, 235, 43,
    88, 180, 208, 176, 75, 147, 173, 242, 41,
];

/// The key of term hashes: `VERIFICATION_KEY` in `xet-core-structures`, also in the published specification.
const TERM_KEY: [u8; 32] = [
    127, 24, 87, 214, 206, 86, 237, 102, 18, 127, 249, 19, 231, 165, 195, 243, 164, 205, 38, 213, 181, 219,
    73, 230, 65, 36, 152, 127, 40, 251, 148, 195,
];

/// One chunk in so many may be asked for by any client: `MDB_SHARD_GLOBAL_DEDUP_CHUNK_MODULUS`.
const DEDUP_MODULUS: u64 = 1024;

/// Returns the name of a chunk: BLAKE3 keyed with the data key, over the unpacked bytes.
///
/// ```
/// let hash = limpide_xet::chunk_hash(b"hello");
/// assert_eq!(hash.to_string().parse(), Ok(hash));
/// ```
pub fn chunk_hash(data: &[u8]) -> Hash {
    Hash(*blake3::keyed_hash(&CHUNK_KEY, data).as_bytes())
}

/// Returns the verification hash of a run of chunks: it proves that the sender knows each chunk's hash.
pub fn term_hash(chunks: &[Hash]) -> Hash {
    let mut hasher = blake3::Hasher::new_keyed(&TERM_KEY);
    for chunk in chunks {
        hasher.update(&chunk.0);
    }
    Hash(*hasher.finalize().as_bytes())
}

/// Returns [`term_hash`] of hashes that already lie one behind the other.
pub(crate) fn term_hash_of(concatenated: &[u8]) -> Hash {
    Hash(*blake3::keyed_hash(&TERM_KEY, concatenated).as_bytes())
}

/// The name of a chunk, xorb, file or shard: 32 bytes, written as four little-endian `u64` in hexadecimal.
///
/// So the text is *not* the bytes in order: each group of eight is turned round. The order of two hashes is
/// the order of their texts, which is also the order in which stock clients sort their tables.
///
/// ```
/// use limpide_xet::Hash;
/// let hash: Hash = "0706050403020100000000000000000000000000000000000000000000000000".parse()?;
/// assert_eq!(hash.as_bytes()[..8], [0, 1, 2, 3, 4, 5, 6, 7]);
/// # Ok::<(), limpide_xet::ParseHashError>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

/// The text is not a Xet hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a Xet hash is 64 hexadecimal digits; this one has {len} bytes{}", match .bad { Some(at) => format!(" and no digit at byte {at}"), None => String::new() })]
pub struct ParseHashError {
    /// How long the text was, in bytes.
    pub len: usize,
    /// Where the first byte stands that is no hexadecimal digit.
    pub bad: Option<usize>,
}

impl Hash {
    /// All zeros: the name of the empty file.
    pub const ZERO: Hash = Hash([0; 32]);

    /// All ones: what ends a section of a shard. No content has this name.
    pub(crate) const BOOKEND: Hash = Hash([0xFF; 32]);

    /// Takes the bytes as they stand in xorbs and shards.
    pub const fn from_bytes(bytes: [u8; 32]) -> Hash {
        Hash(bytes)
    }

    /// Returns the bytes as they stand in xorbs and shards.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Takes a SHA-256 digest in its usual byte order.
    ///
    /// Stock clients read the hexadecimal SHA-256 as if it were a Xet hash, so that in a shard each group of
    /// eight bytes is turned round.
    pub const fn from_sha256(digest: [u8; 32]) -> Hash {
        Hash(turn_groups(digest))
    }

    /// Returns the SHA-256 digest in its usual byte order: the inverse of [`Hash::from_sha256`].
    pub const fn to_sha256(self) -> [u8; 32] {
        turn_groups(self.0)
    }

    /// Returns BLAKE3 of this hash, keyed: how dedup answers hide chunk hashes and how file hashes are salted.
    #[must_use]
    pub fn hmac(&self, key: &Hash) -> Hash {
        Hash(*blake3::keyed_hash(&key.0, &self.0).as_bytes())
    }

    /// Tells whether clients ask for a chunk of this name wherever it stands in a file (one in 1,024).
    pub fn is_dedup_eligible(&self) -> bool {
        self.words()[3].is_multiple_of(DEDUP_MODULUS)
    }

    /// Returns the four little-endian numbers that the text shows.
    pub(crate) fn words(&self) -> [u64; 4] {
        let mut words = [0; 4];
        for (word, group) in words.iter_mut().zip(self.0.as_chunks::<8>().0) {
            *word = u64::from_le_bytes(*group);
        }
        words
    }
}

const fn turn_groups(bytes: [u8; 32]) -> [u8; 32] {
    let mut turned = [0; 32];
    let mut at = 0;
    while at < 32 {
        turned[at] = bytes[(at & !7) + 7 - (at & 7)];
        at += 1;
    }
    turned
}

impl Ord for Hash {
    fn cmp(&self, other: &Hash) -> Ordering {
        self.words().cmp(&other.words())
    }
}

impl PartialOrd for Hash {
    fn partial_cmp(&self, other: &Hash) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for word in self.words() {
            write!(f, "{word:016x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = ParseHashError;

    fn from_str(text: &str) -> Result<Hash, ParseHashError> {
        let digits = text.as_bytes();
        let bad = digits.iter().position(|digit| !digit.is_ascii_hexdigit());
        if digits.len() != 64 || bad.is_some() {
            return Err(ParseHashError { len: digits.len(), bad });
        }
        let mut shown = [0; 32];
        for (byte, pair) in shown.iter_mut().zip(digits.as_chunks::<2>().0) {
            *byte = digit(pair[0]) << 4 | digit(pair[1]);
        }
        Ok(Hash(turn_groups(shown)))
    }
}

/// Returns the value of a byte that is known to be a hexadecimal digit.
fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        _ => (byte | 0x20) - b'a' + 10,
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        struct HashText;
        impl Visitor<'_> for HashText {
            type Value = Hash;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a Xet hash of 64 hexadecimal digits")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Hash, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(HashText).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sha256_is_turned_round_in_groups_of_eight() {
        let digest: [u8; 32] = std::array::from_fn(|at| at as u8);
        let hash = Hash::from_sha256(digest);
        assert_eq!(hash.as_bytes()[..8], [7, 6, 5, 4, 3, 2, 1, 0]);
        assert_eq!(hash.to_string(), hex::encode(digest));
        assert_eq!(hash.to_sha256(), digest);
    }

    #[test]
    fn hashes_sort_as_their_texts_do() {
        let mut hashes: Vec<Hash> = (0..50u8).map(|seed| chunk_hash(&[seed])).collect();
        hashes.sort();
        let texts: Vec<String> = hashes.iter().map(Hash::to_string).collect();
        assert!(texts.is_sorted());
    }

    #[test]
    fn a_text_that_is_no_hash_is_refused_with_the_place() {
        assert_eq!("".parse::<Hash>(), Err(ParseHashError { len: 0, bad: None }));
        let wrong = "0".repeat(63) + "g";
        assert_eq!(wrong.parse::<Hash>(), Err(ParseHashError { len: 64, bad: Some(63) }));
        assert!("é".repeat(32).parse::<Hash>().is_err());
    }

    #[test]
    fn serde_writes_and_reads_the_text() {
        let hash = chunk_hash(b"x");
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json, format!("\"{hash}\""));
        assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), hash);
        assert!(serde_json::from_str::<Hash>("\"00\"").is_err());
    }
}
