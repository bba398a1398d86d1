//! What is kept of the known texts: for each a digest, and hashes of its pieces in order. Made by the example
//! `fingerprints`, read once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Words;
use super::pieces::{Pieces, Weight};

/// The fingerprints of all known texts.
#[derive(Debug, Default)]
pub struct Store {
    /// Hashes of all pieces, ascending.
    hashes: Vec<u64>,
    weights: Vec<Weight>,
    texts: Vec<Text>,
    digests: BTreeMap<[u8; 32], u16>,
    /// For each piece, where its texts begin in `postings`.
    starts: Vec<u32>,
    postings: Vec<Posting>,
}

/// A known text: whose it is, and its pieces as places in the store's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) licences: Vec<String>,
    pub(crate) digest: [u8; 32],
    pub(crate) pieces: Vec<u32>,
    pub(crate) words: usize,
}

/// A text that has a piece, and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Posting {
    pub(crate) text: u16,
    pub(crate) times: u16,
}

/// Fingerprints that are not as they were written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the fingerprints are cut off or damaged at byte {0}")]
pub struct Malformed(usize);

const MAGIC: &[u8] = b"limpide fingerprints 1\n";

/// How appendices begin that tell how to use a licence: a text with one and a text without are both the licence.
const APPENDICES: &[&str] =
    &["appendix: how to apply", "how to apply these terms", "how to use this license for your"];

impl Store {
    /// The fingerprints that come with this library.
    pub fn known() -> &'static Self {
        static KNOWN: LazyLock<Store> = LazyLock::new(|| {
            // A test reads the same bytes, so that they are never damaged here.
            Store::read(include_bytes!("../../data/fingerprints.bin")).unwrap_or_default()
        });
        &KNOWN
    }

    /// The fingerprints of texts, each with the licence whose text it is.
    pub fn of_texts<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut found, mut weights) = (Vec::<(Vec<String>, Pieces)>::new(), BTreeMap::new());
        let mut places = BTreeMap::<[u8; 32], usize>::new();
        for (licence, text) in texts {
            for text in std::iter::once(text).chain(without_appendix(text)) {
                let pieces = Pieces::of(&Words::of_licence(text));
                if pieces.pieces.is_empty() {
                    continue;
                }
                weights.extend(pieces.pieces.iter().map(|piece| (piece.hash, piece.weight)));
                let place = *places.entry(pieces.digest).or_insert(found.len());
                match found.get_mut(place) {
                    Some((licences, _)) if licences.iter().any(|known| known == licence) => {}
                    Some((licences, _)) => licences.push(licence.to_owned()),
                    None => found.push((vec![licence.to_owned()], pieces)),
                }
            }
        }
        let hashes: Vec<u64> = weights.keys().copied().collect();
        let texts = found.into_iter().map(|(licences, pieces)| Text {
            licences,
            digest: pieces.digest,
            pieces: pieces.pieces.iter().filter_map(|piece| place_of(&hashes, piece.hash)).collect(),
            words: 0,
        });
        let texts = texts.collect();
        Self::indexed(hashes, weights.into_values().collect(), texts)
    }

    fn indexed(hashes: Vec<u64>, weights: Vec<Weight>, mut texts: Vec<Text>) -> Self {
        let mut lists = vec![Vec::<Posting>::new(); hashes.len()];
        for (number, text) in (0..).zip(&mut texts) {
            text.words = text.pieces.iter().map(|piece| weights[*piece as usize].words()).sum();
            for piece in &text.pieces {
                match lists[*piece as usize].last_mut() {
                    Some(posting) if posting.text == number => {
                        posting.times = posting.times.saturating_add(1);
                    }
                    _ => lists[*piece as usize].push(Posting { text: number, times: 1 }),
                }
            }
        }
        let mut starts = Vec::with_capacity(lists.len() + 1);
        let mut postings = Vec::with_capacity(lists.iter().map(Vec::len).sum());
        for list in lists {
            starts.push(u32::try_from(postings.len()).unwrap_or(u32::MAX));
            postings.extend(list);
        }
        starts.push(u32::try_from(postings.len()).unwrap_or(u32::MAX));
        let digests = (0..).zip(&texts).map(|(number, text)| (text.digest, number)).collect();
        Self { hashes, weights, texts, digests, starts, postings }
    }

    /// The fingerprints as bytes, to be read again by [`read`](Self::read).
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        put(&mut bytes, self.hashes.len());
        for (hash, weight) in self.hashes.iter().zip(&self.weights) {
            bytes.extend(hash.to_be_bytes());
            bytes.push(weight.byte());
        }
        put(&mut bytes, self.texts.len());
        for text in &self.texts {
            put(&mut bytes, text.licences.len());
            for licence in &text.licences {
                put(&mut bytes, licence.len());
                bytes.extend(licence.as_bytes());
            }
            bytes.extend(text.digest);
            put(&mut bytes, text.pieces.len());
            for piece in &text.pieces {
                put(&mut bytes, *piece as usize);
            }
        }
        bytes
    }

    /// Reads what [`write`](Self::write) wrote, or says where it is damaged.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut source = Source { bytes, at: 0 };
        if source.take(MAGIC.len())? != MAGIC {
            return Err(Malformed(0));
        }
        let count = source.count(9)?;
        let (mut hashes, mut weights) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for _ in 0..count {
            hashes.push(u64::from_be_bytes(source.array()?));
            weights.push(Weight::from_byte(source.array::<1>()?[0]));
        }
        let count = source.count(34)?.min(usize::from(u16::MAX));
        let mut texts = Vec::with_capacity(count);
        for _ in 0..count {
            texts.push(source.text(hashes.len())?);
        }
        if source.at < bytes.len() || !hashes.is_sorted() {
            return Err(Malformed(source.at));
        }
        Ok(Self::indexed(hashes, weights, texts))
    }

    /// Every licence of which a text is known, in the order of the texts.
    pub fn licences(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().flat_map(|text| &text.licences).map(String::as_str)
    }

    pub(crate) fn exactly(&self, digest: &[u8; 32]) -> Option<&Text> {
        self.text(*self.digests.get(digest)?)
    }

    pub(crate) fn text(&self, number: u16) -> Option<&Text> {
        self.texts.get(usize::from(number))
    }

    pub(crate) fn count(&self) -> usize {
        self.texts.len()
    }

    pub(crate) fn place(&self, hash: u64) -> Option<u32> {
        place_of(&self.hashes, hash)
    }

    pub(crate) fn weight(&self, piece: u32) -> Weight {
        self.weights.get(piece as usize).copied().unwrap_or(Weight::from_byte(0))
    }

    pub(crate) fn postings(&self, piece: u32) -> &[Posting] {
        let bounds = self.starts.get(piece as usize).zip(self.starts.get(piece as usize + 1));
        bounds.and_then(|(start, end)| self.postings.get(*start as usize..*end as usize)).unwrap_or_default()
    }
}

fn place_of(hashes: &[u64], hash: u64) -> Option<u32> {
    u32::try_from(hashes.binary_search(&hash).ok()?).ok()
}

/// The text up to a known appendix, with and without the line that ends it. Only a whole appendix may be absent: its
/// sentences are part of the text.
fn without_appendix(text: &str) -> Vec<&str> {
    let lower = text.to_ascii_lowercase();
    let Some(body) = APPENDICES.iter().filter_map(|appendix| lower.find(appendix)).min() else {
        return Vec::new();
    };
    let end = lower[..body].rfind("end of terms and conditions");
    [Some(body), end].into_iter().flatten().filter_map(|at| text.get(..at)).collect()
}

/// Numbers as LEB128.
fn put(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

struct Source<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Source<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let taken =
            self.bytes.get(self.at..).and_then(|rest| rest.get(..length)).ok_or(Malformed(self.at))?;
        self.at += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let at = self.at;
        self.take(N)?.try_into().map_err(|_| Malformed(at))
    }

    fn number(&mut self) -> Result<usize, Malformed> {
        let start = self.at;
        let mut number = 0;
        for shift in [0, 7, 14, 21] {
            let [byte] = self.array()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Malformed(start))
    }

    /// How many things follow, each of so many bytes at least: never more than there is room for.
    fn count(&mut self, each: usize) -> Result<usize, Malformed> {
        let start = self.at;
        let count = self.number()?;
        let fits = count.checked_mul(each).is_some_and(|length| length <= self.bytes.len() - self.at);
        if fits { Ok(count) } else { Err(Malformed(start)) }
    }

    fn text(&mut self, known: usize) -> Result<Text, Malformed> {
        let start = self.at;
        let count = self.count(1)?;
        let mut licences = Vec::with_capacity(count);
        for _ in 0..count {
            let length = self.number()?;
            let name = std::str::from_utf8(self.take(length)?).map_err(|_| Malformed(start))?;
            licences.push(name.to_owned());
        }
        let digest = self.array()?;
        let count = self.count(1)?;
        let mut pieces = Vec::with_capacity(count);
        for _ in 0..count {
            let piece = self.number()?;
            pieces.push(u32::try_from(piece).ok().filter(|_| piece < known).ok_or(Malformed(start))?);
        }
        if licences.is_empty() {
            Err(Malformed(start))
        } else {
            Ok(Text { licences, digest, pieces, words: 0 })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprints_are_those_of_the_texts_as_they_are_read_today() {
        let known = Store::known();
        for (licence, text) in spdx::text::LICENSE_TEXTS.iter().filter(|(_, text)| !text.is_empty()) {
            let pieces = Pieces::of(&Words::of_licence(text));
            let text = known.exactly(&pieces.digest).unwrap_or_else(|| panic!("{licence}: make them anew"));
            // Of texts that differ in punctuation alone, the first is kept.
            if text.licences.first().is_some_and(|first| first != licence) {
                continue;
            }
            let hashes = text.pieces.iter().map(|piece| known.hashes[*piece as usize]);
            assert!(hashes.eq(pieces.pieces.iter().map(|piece| piece.hash)), "{licence}: make them anew");
        }
    }
}
