//! Licences: what the card says, and which texts lie in the repository.

use std::collections::BTreeSet;
use std::ops::Range;

use limpide_licences::{
    Artefact, ClauseKind, Identification, Licence, Openness, Restriction, Tag, Verdict, identify, openness,
    restrictions,
};

use super::card::CardText;
use super::read::{Reader, Text};
use super::role::{self, Role};
use crate::source::File;
use crate::status::{Degree, Extent};

/// Files with terms that are looked into.
const MOST: usize = 24;

/// What a repository says of its licence, and the texts in it.
pub(crate) struct Licences {
    /// What the metadata says, as it is written: `license`, and `license_name` where that names it.
    pub(crate) declared: Vec<String>,
    /// Which field says so.
    pub(crate) field: &'static str,
    /// What is meant.
    pub(crate) tag: Tag,
    /// The texts, those of the root first.
    pub(crate) texts: Vec<LicenceText>,
    /// Whether every file with terms could be read: else nothing is known to be absent.
    pub(crate) all_read: bool,
}

/// A file with terms.
pub(crate) struct LicenceText {
    pub(crate) text: Text,
    /// Which licence it is; none when it is too long, or no text.
    pub(crate) found: Option<Identification>,
}

impl Licences {
    /// Reads the licences among these files. What a header of weights names counts where the card names none.
    pub(crate) fn read(reader: &Reader<'_>, files: &[File], card: &CardText, header: Option<&str>) -> Self {
        let mut licence = card.texts("license");
        if licence.is_empty() {
            licence.extend(header.map(ToOwned::to_owned));
        }
        let names = card.texts("license_name");
        let meant = Tag::parse_list(&licence.iter().map(String::as_str).collect::<Vec<_>>());
        let named = Tag::parse_list(&names.iter().map(String::as_str).collect::<Vec<_>>());
        // `license: other` with a `license_name` means the name.
        let (declared, field, tag) = match (meant.licences().is_empty(), named) {
            (true, named) if !names.is_empty() => (names, "license_name", named),
            _ => (licence, "license", meant),
        };
        let texts = texts(reader, files);
        let named = files.iter().filter(|file| role::of(&file.path) == Role::Licence).count();
        Self { declared, field, tag, all_read: texts.len() == named, texts }
    }

    /// What the metadata says, in one line.
    pub(crate) fn line(&self) -> Option<String> {
        (!self.declared.is_empty()).then(|| self.declared.join(", "))
    }

    /// The text that covers a kind of artefact: of files that name the kind, else of those that name none.
    pub(crate) fn covering(&self, artefact: Artefact) -> Option<&LicenceText> {
        let words: &[&str] = match artefact {
            Artefact::Code => &["code", "software"],
            Artefact::Data => &["data"],
            Artefact::Weights => &["model", "weight"],
            Artefact::Documents => &["doc"],
        };
        let named = |text: &&LicenceText| {
            let name = role::name(&text.text.path).to_lowercase();
            words.iter().any(|word| name.contains(word))
        };
        let texts = || self.texts.iter().filter(|text| text.is_licence());
        texts().find(named).or_else(|| texts().find(|text| !text.names_a_kind()))
    }

    /// What the licences that are declared restrict, as words: of a choice, what the least restricting one does.
    pub(crate) fn declared_restrictions(&self) -> BTreeSet<String> {
        of_tag(&self.tag)
    }
}

impl LicenceText {
    /// Whether it is the licence of the repository by its name and place: no notice, no policy, and not the licence of
    /// something that was copied into a folder.
    fn is_licence(&self) -> bool {
        let folder = self.text.path.rsplit_once('/').map(|(folder, _)| folder.to_lowercase());
        if folder
            .is_some_and(|folder| !matches!(folder.as_str(), "licenses" | "licences" | "license" | "licence"))
        {
            return false;
        }
        let name = role::name(&self.text.path).to_lowercase();
        ["license", "licence", "copying"].iter().any(|word| name.contains(word)) && !name.contains("third")
    }

    fn names_a_kind(&self) -> bool {
        let name = role::name(&self.text.path).to_lowercase();
        ["code", "software", "data", "model", "weight", "doc"].iter().any(|word| name.contains(word))
    }

    /// The licence that it is, exactly.
    pub(crate) fn exact(&self) -> Option<&'static Licence> {
        match &self.found.as_ref()?.verdict {
            Verdict::Exact { licence, .. } => Licence::find(licence),
            _ => None,
        }
    }

    /// The licence that it is, exactly or probably.
    pub(crate) fn likely(&self) -> Option<&'static Licence> {
        match &self.found.as_ref()?.verdict {
            Verdict::Exact { licence, .. } | Verdict::Probable { licence, .. } => Licence::find(licence),
            _ => None,
        }
    }

    /// The licence that it is, or that it was made from.
    pub(crate) fn named(&self) -> Option<String> {
        match &self.found.as_ref()?.verdict {
            Verdict::Exact { licence, .. }
            | Verdict::Probable { licence, .. }
            | Verdict::Modified { licence, .. } => Some(licence.clone()),
            Verdict::Custom { .. } => None,
        }
    }

    /// The word for how sure it is.
    pub(crate) fn certainty(&self) -> &'static str {
        match self.found.as_ref().map(|found| &found.verdict) {
            Some(Verdict::Exact { .. }) => "exact",
            Some(Verdict::Probable { .. }) => "probable",
            Some(Verdict::Modified { .. }) => "modified",
            Some(Verdict::Custom { .. }) => "custom",
            None => "unread",
        }
    }

    /// What it restricts, as words.
    pub(crate) fn restricts(&self) -> Vec<String> {
        match self.likely() {
            Some(licence) => {
                restrictions(licence).iter().filter(|restriction| closes(restriction)).map(word).collect()
            }
            None => self
                .closing_clauses()
                .map(|(kind, _)| kind_word(kind))
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
        }
    }

    /// Clauses that close something, with their place.
    pub(crate) fn closing_clauses(&self) -> impl Iterator<Item = (ClauseKind, Range<usize>)> {
        let clauses = self.found.iter().flat_map(|found| &found.clauses);
        clauses
            .filter(|clause| clause_closes(clause.kind))
            .map(|clause| (clause.kind, clause.span.start..clause.span.end))
    }

    /// How open it is for a kind of artefact: exact texts are verified, probable ones claimed, and of the others
    /// nothing is believed.
    pub(crate) fn extent(&self, artefact: Artefact) -> Extent {
        let degree = |licence| degree(&openness(licence, artefact));
        match (self.exact(), self.likely()) {
            (Some(licence), _) => Extent::new(degree(licence), degree(licence)),
            (None, Some(licence)) => Extent::new(Degree::None, degree(licence)),
            (None, None) => Extent::default(),
        }
    }
}

/// The files with terms among these, those of the root first.
pub(super) fn texts(reader: &Reader<'_>, files: &[File]) -> Vec<LicenceText> {
    let mut named: Vec<&File> = files.iter().filter(|file| role::of(&file.path) == Role::Licence).collect();
    named.sort_by_key(|file| (file.path.matches('/').count(), file.path.as_str()));
    let read = |file: &File| {
        let text = reader.text(file)?;
        let found = std::str::from_utf8(&text.bytes).ok().and_then(|words| identify(words).ok());
        Some(LicenceText { text, found })
    };
    named.into_iter().take(MOST).filter_map(read).collect()
}

/// How open something is under a tag, if the tag is true.
pub(crate) fn degree(openness: &Openness) -> Degree {
    match openness {
        Openness::Open => Degree::Full,
        Openness::Conditional(_) => Degree::Partial,
        Openness::NotOpen(_) | Openness::Unknown => Degree::None,
    }
}

/// What a tag restricts: of a choice, what the least restricting licence does; of several at once, what any of them
/// does.
fn of_tag(tag: &Tag) -> BTreeSet<String> {
    match tag {
        Tag::Licence(licence) => {
            restrictions(licence).iter().filter(|found| closes(found)).map(word).collect()
        }
        Tag::AnyOf(tags) => tags.iter().map(of_tag).min_by_key(BTreeSet::len).unwrap_or_default(),
        Tag::AllOf(tags) => tags.iter().flat_map(of_tag).collect(),
        Tag::Missing | Tag::NotALicence(_) | Tag::Unrecognised(_) => BTreeSet::new(),
    }
}

/// Whether a restriction keeps something from being open.
pub(crate) fn closes(restriction: &Restriction) -> bool {
    restriction.closes()
}

/// A restriction as a word, such as `user-threshold`.
pub(crate) fn word(restriction: &Restriction) -> String {
    match serde_json::to_value(restriction) {
        Ok(serde_json::Value::String(word)) => word.replace('_', "-"),
        Ok(serde_json::Value::Object(parts)) => {
            parts.keys().next().map(|name| name.replace('_', "-")).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// A kind of clause as a word.
pub(crate) fn kind_word(kind: ClauseKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(word)) => word.replace('_', "-"),
        _ => String::new(),
    }
}

/// Whether a clause of this kind keeps something from being open.
fn clause_closes(kind: ClauseKind) -> bool {
    matches!(
        kind,
        ClauseKind::NonCommercial
            | ClauseKind::ResearchOnly
            | ClauseKind::FieldOfUse
            | ClauseKind::UserThreshold
            | ClauseKind::RevenueThreshold
            | ClauseKind::NoRedistribution
            | ClauseKind::NoDerivatives
            | ClauseKind::NoTrainingOthers
            | ClauseKind::SeparateLicence
            | ClauseKind::Geography
    )
}
