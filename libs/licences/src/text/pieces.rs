//! A text cut into pieces of a few words, and a hash of each: enough to see what was added or taken away, without
//! keeping a word of the text.
//!
//! Pieces end with sentences, and within a sentence after words that the words themselves choose. So a change touches
//! the pieces around it and leaves the rest of the sentence as it was.

use sha2::{Digest, Sha256};

use super::Span;
use super::words::{Pause, Words};

/// A piece of a text: a few words of one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) hash: u64,
    pub(crate) weight: Weight,
    pub(crate) span: Span,
}

/// How many words a piece has, and whether one of them may restrict or demand something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weight(u8);

impl Weight {
    const RESTRICTS: u8 = 0x80;

    pub(crate) fn words(self) -> usize {
        usize::from(self.0 & !Self::RESTRICTS)
    }

    pub(crate) fn restricts(self) -> bool {
        self.0 & Self::RESTRICTS != 0
    }

    pub(crate) fn byte(self) -> u8 {
        self.0
    }

    pub(crate) fn from_byte(byte: u8) -> Self {
        Self(byte)
    }
}

/// A text as it is compared: a digest of all its words, and its pieces.
#[derive(Debug)]
pub(crate) struct Pieces {
    pub(crate) digest: [u8; 32],
    pub(crate) pieces: Vec<Piece>,
}

/// A piece has so many words at least, where the sentence has, and so many at most.
const SHORTEST_PIECE: u8 = 4;
const LONGEST_PIECE: u8 = 16;

impl Pieces {
    /// Cuts the words of a text.
    pub(crate) fn of(words: &Words) -> Self {
        let (mut whole, mut pieces) = (Sha256::new(), Vec::new());
        let mut piece = Open::default();
        for (word, place) in words.iter() {
            whole.update(word.as_bytes());
            whole.update(b" ");
            piece.add(word, place.span);
            let full = piece.words >= SHORTEST_PIECE && ends_piece(word) || piece.words == LONGEST_PIECE;
            if full || place.pause >= Pause::Sentence {
                pieces.push(std::mem::take(&mut piece).close());
            }
        }
        if piece.words > 0 {
            pieces.push(piece.close());
        }
        Self { digest: whole.finalize().into(), pieces }
    }
}

/// One word of three ends a piece.
fn ends_piece(word: &str) -> bool {
    let sum = word.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    sum % 3 == 0
}

#[derive(Default)]
struct Open {
    hash: Sha256,
    words: u8,
    restricts: bool,
    span: Option<Span>,
}

impl Open {
    fn add(&mut self, word: &str, span: Span) {
        self.hash.update(word.as_bytes());
        self.hash.update(b" ");
        self.words += 1;
        self.restricts |= restricts(word);
        self.span = Some(Span { start: self.span.map_or(span.start, |whole| whole.start), end: span.end });
    }

    fn close(self) -> Piece {
        let digest: [u8; 32] = self.hash.finalize().into();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        Piece {
            hash: u64::from_be_bytes(first),
            weight: Weight(self.words | if self.restricts { Weight::RESTRICTS } else { 0 }),
            span: self.span.unwrap_or(Span { start: 0, end: 0 }),
        }
    }
}

/// Whether a word may restrict, demand or except something, so that its coming or going changes what is permitted.
pub(crate) fn restricts(word: &str) -> bool {
    let first = word.as_bytes().first();
    let may_be = |listed: &&&str| listed.as_bytes().first() == first;
    RESTRICTING.iter().filter(may_be).any(|listed| *listed == word)
        || STEMS.iter().filter(may_be).any(|stem| word.starts_with(stem))
}

const RESTRICTING: &[&str] = &[
    "not",
    "no",
    "nor",
    "never",
    "neither",
    "cannot",
    "only",
    "solely",
    "exclusively",
    "except",
    "unless",
    "without",
    "must",
    "shall",
    "may",
    "need",
    "needs",
    "fee",
    "fees",
    "sell",
    "sells",
    "sold",
    "selling",
    "user",
    "users",
    "policy",
    "policies",
    "military",
    "weapon",
    "weapons",
    "eu",
    "outside",
];

const STEMS: &[&str] = &[
    "restrict",
    "prohibit",
    "forbid",
    "limit",
    "condition",
    "requir",
    "permi",
    "consent",
    "approv",
    "commerc",
    "noncommerc",
    "nonprofit",
    "research",
    "academ",
    "purpose",
    "revo",
    "terminat",
    "royalt",
    "pay",
    "revenue",
    "train",
    "model",
    "output",
    "compet",
    "territor",
    "countr",
    "illegal",
    "unlawful",
    "harm",
    "accept",
    "agree",
    "oblig",
    "attribut",
    "notice",
    "display",
    "derivat",
    "redistribut",
    "subscri",
];
