//! Says which licence a text is: exactly, probably, a modified one, or one of its own.

use std::cmp::Reverse;

use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::pieces::{Piece, Pieces};
use super::store::{Store, Text};
use super::{Span, Words};
use crate::clauses::{Clause, clauses_in, speaks};

/// Longer texts are not read: no licence is, and what is longer is a collection of them.
pub const LONGEST: usize = 1 << 20;

/// The text is longer than [`LONGEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text has {0} bytes; a licence text may have {LONGEST}")]
pub struct TooLong(pub usize);

/// Which licence a text is, and the clauses found in what is not a known text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identification {
    /// How sure it is.
    pub verdict: Verdict,
    /// What the text says beyond the licence that it is; empty where it is exactly one.
    pub clauses: Vec<Clause>,
}

/// How a text relates to the known ones. Shares are per mille of words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// The same words: verified.
    Exact {
        /// The licence.
        licence: String,
        /// Other licences whose text is the same, such as `-or-later` beside `-only`.
        equivalents: Vec<String>,
    },
    /// At least 950 ‰ are the same, and nothing that may restrict came or went.
    Probable {
        /// The licence.
        licence: String,
        /// How much is the same.
        similarity: u16,
    },
    /// At least 900 ‰ are the same, and something that may matter is not.
    Modified {
        /// The licence that was modified.
        licence: String,
        /// How much is the same.
        similarity: u16,
        /// Parts of this text that the licence does not have.
        inserted: Vec<Span>,
        /// Parts of the licence that this text does not have.
        removed: Vec<Removed>,
    },
    /// None of the known texts.
    Custom {
        /// Known texts that stand in it nearly whole, the one with the most words first.
        contains: Vec<Contained>,
    },
}

/// A part of a known text that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// Where in the text it should be.
    pub at: usize,
    /// How many words it has.
    pub words: usize,
    /// Whether one of them restricts or demands something.
    pub restricts: bool,
}

/// A known text within a longer one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contained {
    /// The licence.
    pub licence: String,
    /// How much of its text is there.
    pub share: u16,
}

/// From here on a text is probably the licence that it is like.
const PROBABLE: usize = 950;
/// From here on it is a modified one.
const MODIFIED: usize = 900;
/// A text that stands in another has at least so many words: shorter ones stand anywhere.
const SHORTEST_PART: usize = 40;
const MOST_PARTS: usize = 5;

/// Which licence a text is. Same text, same answer.
///
/// ```
/// use limpide_licences::{Verdict, identify};
///
/// let found = identify("You may use this for research only, and not for commercial purposes.")?;
/// assert!(matches!(found.verdict, Verdict::Custom { .. }));
/// assert_eq!(found.clauses.len(), 2);
/// # Ok::<(), limpide_licences::TooLong>(())
/// ```
///
/// # Errors
/// [`TooLong`] for texts of more than [`LONGEST`] bytes.
pub fn identify(text: &str) -> Result<Identification, TooLong> {
    if text.len() > LONGEST {
        return Err(TooLong(text.len()));
    }
    let store = Store::known();
    let pieces = Pieces::of(&Words::of_licence(text));
    // Nothing but notices is no text, although it has all the words of one.
    if let Some(known) = store.exactly(&pieces.digest).filter(|known| known.words > 0) {
        let (licence, equivalents) = names(known);
        return Ok(Identification { verdict: Verdict::Exact { licence, equivalents }, clauses: Vec::new() });
    }
    let found = Found::new(store, &pieces.pieces);
    Ok(found.most_like().map_or_else(|| found.custom(text), |change| change.told(text)))
}

/// The name to call a text by, and the others: what the table knows first, then what is not deprecated.
fn names(text: &Text) -> (String, Vec<String>) {
    let mut names = text.licences.clone();
    names.sort_by_key(|name| (crate::table::rank(name), name.clone()));
    let first = if names.is_empty() { String::new() } else { names.remove(0) };
    (first, names)
}

/// The pieces of a text beside what is known of each.
struct Found<'a> {
    store: &'a Store,
    pieces: &'a [Piece],
    /// The place of each piece in the store; unknown pieces have numbers that no known one has.
    numbers: Vec<u32>,
    words: usize,
}

impl<'a> Found<'a> {
    fn new(store: &'a Store, pieces: &'a [Piece]) -> Self {
        let numbers = pieces.iter().map(|piece| store.place(piece.hash).unwrap_or(u32::MAX)).collect();
        let words = pieces.iter().map(|piece| piece.weight.words()).sum();
        Self { store, pieces, numbers, words }
    }

    /// How many words this text has in common with each known text, wherever they stand.
    fn shares(&self) -> Vec<(u16, usize)> {
        shares(self.store, &counted(&self.numbers))
    }

    /// What was changed in the text that this is most like, if it is like any.
    fn most_like(&self) -> Option<Change<'a>> {
        let mut near: Vec<(usize, u16)> = self
            .shares()
            .into_iter()
            .filter_map(|(number, common)| {
                Some((similarity(common, self.store.text(number)?.words, self.words), number))
            })
            .filter(|(similarity, _)| *similarity >= MODIFIED)
            .collect();
        near.sort_by_key(|(similarity, number)| (Reverse(*similarity), *number));
        let changes =
            near.iter().take(3).filter_map(|(_, number)| Some(self.against(self.store.text(*number)?)));
        changes.rev().max_by_key(|change| change.similarity).filter(|change| change.similarity >= MODIFIED)
    }

    /// Compares in order. Both texts are nearly alike here, so that the comparison is short.
    fn against(&self, known: &'a Text) -> Change<'a> {
        let mut change =
            Change { known, similarity: 0, inserted: Vec::new(), removed: Vec::new(), restricts: false };
        let mut common = 0;
        for step in capture_diff_slices(Algorithm::Myers, &known.pieces, &self.numbers) {
            if let DiffOp::Equal { old_index, len, .. } = step {
                common += known.pieces[old_index..old_index + len]
                    .iter()
                    .map(|p| self.store.weight(*p).words())
                    .sum::<usize>();
                continue;
            }
            let (gone, come) = (&known.pieces[step.old_range()], &self.pieces[step.new_range()]);
            if let Some((first, last)) = come.first().zip(come.last()) {
                change.restricts |= come.iter().any(|piece| piece.weight.restricts());
                change.inserted.push(Span { start: first.span.start, end: last.span.end });
            }
            if !gone.is_empty() {
                let restricts = gone.iter().any(|piece| self.store.weight(*piece).restricts());
                let words = gone.iter().map(|piece| self.store.weight(*piece).words()).sum();
                change.restricts |= restricts;
                change.removed.push(Removed { at: self.place(step.new_range().start), words, restricts });
            }
        }
        change.similarity = similarity(common, known.words, self.words);
        change
    }

    fn place(&self, piece: usize) -> usize {
        let at = self.pieces.get(piece).map(|piece| piece.span.start);
        at.or_else(|| self.pieces.last().map(|piece| piece.span.end)).unwrap_or(0)
    }

    /// A text of its own: the known texts within it, and the clauses of the rest.
    fn custom(&self, text: &str) -> Identification {
        let mut left = counted(&self.numbers);
        let (mut contains, mut parts) = (Vec::new(), Vec::new());
        while let Some((known, share)) = self.largest_within(&left) {
            for piece in &known.pieces {
                if let Ok(place) = left.binary_search_by_key(piece, |(piece, _)| *piece) {
                    left[place].1 = left[place].1.saturating_sub(1);
                }
            }
            contains.push(Contained { licence: names(known).0, share });
            parts.push(known);
            if contains.len() == MOST_PARTS {
                break;
            }
        }
        let mut told: Vec<u32> = parts.iter().flat_map(|known| known.pieces.iter().copied()).collect();
        told.sort_unstable();
        let own =
            self.pieces.iter().zip(&self.numbers).filter(|(_, number)| told.binary_search(number).is_err());
        let own: Vec<Span> = own.map(|(piece, _)| piece.span).collect();
        Identification { verdict: Verdict::Custom { contains }, clauses: clauses_in(text, &own) }
    }

    fn largest_within(&self, left: &[(u32, u16)]) -> Option<(&'a Text, u16)> {
        let whole = shares(self.store, left).into_iter().filter_map(|(number, common)| {
            let text = self.store.text(number).filter(|text| text.words >= SHORTEST_PART)?;
            Some((common, common * 1000 / text.words, number, text))
        });
        let whole = whole.filter(|(_, share, ..)| *share >= MODIFIED);
        let (_, share, _, text) =
            whole.max_by_key(|(common, share, number, _)| (*common, *share, Reverse(*number)))?;
        Some((text, per_mille(share)))
    }
}

/// How often each known piece is there, in the order of the pieces.
fn counted(numbers: &[u32]) -> Vec<(u32, u16)> {
    let mut known: Vec<u32> = numbers.iter().copied().filter(|number| *number != u32::MAX).collect();
    known.sort_unstable();
    let groups = known.chunk_by(|one, other| one == other);
    groups.map(|group| (group[0], u16::try_from(group.len()).unwrap_or(u16::MAX))).collect()
}

/// How many words a text has in common with each known text.
fn shares(store: &Store, counts: &[(u32, u16)]) -> Vec<(u16, usize)> {
    let mut common = vec![0; store.count()];
    for (piece, times) in counts {
        let words = store.weight(*piece).words();
        for posting in store.postings(*piece) {
            common[usize::from(posting.text)] += usize::from(posting.times.min(*times)) * words;
        }
    }
    (0..).zip(common).filter(|(_, common)| *common > 0).collect()
}

/// Twice the common words over all words of both, in per mille.
fn similarity(common: usize, one: usize, other: usize) -> usize {
    2000 * common / (one + other).max(1)
}

fn per_mille(share: usize) -> u16 {
    u16::try_from(share.min(1000)).unwrap_or(1000)
}

/// What is different from a known text.
struct Change<'a> {
    known: &'a Text,
    similarity: usize,
    inserted: Vec<Span>,
    removed: Vec<Removed>,
    restricts: bool,
}

impl Change<'_> {
    fn told(self, text: &str) -> Identification {
        let (licence, _) = names(self.known);
        let clauses = clauses_in(text, &self.inserted);
        let similarity = per_mille(self.similarity);
        let matters = self.restricts || self.inserted.iter().any(|part| speaks(part.of(text)));
        let verdict = if self.similarity >= PROBABLE && !matters {
            Verdict::Probable { licence, similarity }
        } else {
            Verdict::Modified { licence, similarity, inserted: self.inserted, removed: self.removed }
        };
        Identification { verdict, clauses }
    }
}
