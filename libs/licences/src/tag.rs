//! Reads what people write as the licence of a repository: a tag, a list of tags, a name, an expression of SPDX.

use crate::openness::{Artefact, Openness, openness};
use crate::table::{Licence, NotALicence};

/// What a `license:` or `license_name:` of a card means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    /// Nothing is written.
    Missing,
    /// One licence.
    Licence(&'static Licence),
    /// A word that is no licence: `other`, `unknown`, a family.
    NotALicence(&'static NotALicence),
    /// Any of these, as the reader likes: `mit OR apache-2.0`.
    AnyOf(Vec<Tag>),
    /// All of these at once: `mit AND cc-by-4.0`, and several tags in a list.
    AllOf(Vec<Tag>),
    /// Nothing that is known.
    Unrecognised(String),
}

/// Brackets within brackets, at most.
const DEEPEST: usize = 16;
/// Words of an expression, at most.
const MOST_WORDS: usize = 256;

impl Tag {
    /// Reads one value, in any case: a tag, a name, an expression such as `MIT OR Apache-2.0`.
    ///
    /// ```
    /// use limpide_licences::Tag;
    ///
    /// assert!(matches!(Tag::parse("Apache 2.0"), Tag::Licence(licence) if licence.id == "Apache-2.0"));
    /// assert!(matches!(Tag::parse("mit or apache-2.0"), Tag::AnyOf(both) if both.len() == 2));
    /// assert!(matches!(Tag::parse("other"), Tag::NotALicence(_)));
    /// ```
    pub fn parse(value: &str) -> Self {
        let value = value.trim();
        if value.is_empty() {
            return Self::Missing;
        }
        let whole = Self::name(value);
        if !matches!(whole, Self::Unrecognised(_)) {
            return whole;
        }
        Expression::read(value).unwrap_or(whole)
    }

    /// Reads the values of a list. Several tags hold all at once: the list does not say which is for what.
    pub fn parse_list(values: &[&str]) -> Self {
        let mut tags: Vec<Self> =
            values.iter().map(|value| Self::parse(value)).filter(|tag| *tag != Self::Missing).collect();
        match tags.len() {
            0 => Self::Missing,
            1 => tags.remove(0),
            _ => Self::AllOf(tags),
        }
    }

    /// Every licence that is named.
    pub fn licences(&self) -> Vec<&'static Licence> {
        match self {
            Self::Licence(licence) => vec![licence],
            Self::AnyOf(tags) | Self::AllOf(tags) => tags.iter().flat_map(Self::licences).collect(),
            Self::Missing | Self::NotALicence(_) | Self::Unrecognised(_) => Vec::new(),
        }
    }

    /// Whether something under this tag is open, if the tag is true: the best of a choice, the worst of what holds
    /// at once.
    pub fn openness(&self, artefact: Artefact) -> Openness {
        match self {
            Self::Licence(licence) => openness(licence, artefact),
            Self::AnyOf(tags) => of_each(tags, artefact).min_by_key(degree).unwrap_or(Openness::Unknown),
            Self::AllOf(tags) => of_each(tags, artefact).max_by_key(degree).unwrap_or(Openness::Unknown),
            Self::Missing | Self::NotALicence(_) | Self::Unrecognised(_) => Openness::Unknown,
        }
    }

    fn name(name: &str) -> Self {
        // A word may be both a family and, in the list of SPDX, something that nobody means: the family comes first.
        if let Some(word) = NotALicence::find(name) {
            return Self::NotALicence(word);
        }
        let or_later = name.strip_suffix('+').and_then(Licence::find);
        Licence::find(name).or(or_later).map_or_else(|| Self::Unrecognised(name.to_owned()), Self::Licence)
    }
}

fn of_each(tags: &[Tag], artefact: Artefact) -> impl Iterator<Item = Openness> {
    tags.iter().map(move |tag| tag.openness(artefact))
}

fn degree(openness: &Openness) -> u8 {
    match openness {
        Openness::Open => 0,
        Openness::Conditional(_) => 1,
        Openness::Unknown => 2,
        Openness::NotOpen(_) => 3,
    }
}

/// An expression of SPDX: `AND` binds tighter than `OR`, `WITH` adds permissions to a licence.
struct Expression<'a> {
    words: Vec<&'a str>,
    at: usize,
}

impl<'a> Expression<'a> {
    /// None where it is no expression, or one that is nested or long beyond reason.
    fn read(text: &'a str) -> Option<Tag> {
        let words: Vec<&str> = split(text).take(MOST_WORDS + 1).collect();
        if words.len() < 2 || words.len() > MOST_WORDS {
            return None;
        }
        let mut expression = Self { words, at: 0 };
        let tag = expression.any(0)?;
        (expression.at == expression.words.len()).then_some(tag)
    }

    fn any(&mut self, depth: usize) -> Option<Tag> {
        let mut tags = vec![self.all(depth)?];
        while self.take("or") {
            tags.push(self.all(depth)?);
        }
        Some(if tags.len() == 1 { tags.remove(0) } else { Tag::AnyOf(tags) })
    }

    fn all(&mut self, depth: usize) -> Option<Tag> {
        let mut tags = vec![self.one(depth)?];
        while self.take("and") {
            tags.push(self.one(depth)?);
        }
        Some(if tags.len() == 1 { tags.remove(0) } else { Tag::AllOf(tags) })
    }

    fn one(&mut self, depth: usize) -> Option<Tag> {
        if self.take("(") {
            let inner = if depth < DEEPEST { self.any(depth + 1)? } else { return None };
            return self.take(")").then_some(inner);
        }
        let tag = Tag::name(self.words.get(self.at)?);
        self.at += 1;
        if self.take("with") {
            spdx::exception_id(self.words.get(self.at)?)?;
            self.at += 1;
        }
        (!matches!(tag, Tag::Unrecognised(_))).then_some(tag)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at).is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }
}

/// Words, and each bracket by itself.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive([' ', '\t', '\n', '(', ')']).flat_map(|word| {
        let end = word.len() - usize::from(word.ends_with([' ', '\t', '\n', '(', ')']));
        let bracket = Some(&word[end..]).filter(|mark| matches!(*mark, "(" | ")"));
        Some(&word[..end]).filter(|word| !word.is_empty()).into_iter().chain(bracket)
    })
}
