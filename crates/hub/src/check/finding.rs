//! What a check finds: what is wrong, where, what it affects and what can be done.

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something is not as it was written.
    Damage,
    /// Nothing is wrong; worth knowing.
    Note,
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Damage or a note.
    pub severity: Severity,
    /// A word for programs, the same for all findings of a kind.
    pub kind: &'static str,
    /// What is wrong.
    pub what: String,
    /// Where: the repository and the ref, object or row, the file of the data folder or the key of the bucket.
    #[serde(rename = "where")]
    pub place: String,
    /// What is lost or wrong because of it.
    pub affects: String,
    /// What can be done.
    pub remedy: String,
}

impl Finding {
    pub(super) fn damage(kind: &'static str, what: impl Into<String>) -> Self {
        Self::new(Severity::Damage, kind, what.into())
    }

    pub(super) fn note(kind: &'static str, what: impl Into<String>) -> Self {
        Self::new(Severity::Note, kind, what.into())
    }

    fn new(severity: Severity, kind: &'static str, what: String) -> Self {
        let (place, affects, remedy) = (String::new(), String::new(), String::new());
        Self { severity, kind, what, place, affects, remedy }
    }

    pub(super) fn at(self, place: impl Into<String>) -> Self {
        Self { place: place.into(), ..self }
    }

    pub(super) fn affects(self, affects: impl Into<String>) -> Self {
        Self { affects: affects.into(), ..self }
    }

    pub(super) fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: remedy.into(), ..self }
    }

    /// Whether both say the same of the same thing. What it affects may have changed meanwhile.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        (self.kind, &self.what, &self.place) == (other.kind, &other.what, &other.place)
    }
}
