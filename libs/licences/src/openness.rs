//! Whether a licence is open for a kind of artefact, and if not, why.
//!
//! After the Model Openness Framework and the Open Source AI Definition 1.0: code under a licence that OSI approved; data
//! and weights under terms that let everybody use, share and change them for any purpose; documents under a licence
//! for documents of that sort. OpenMDW is made for all four.

use serde::Serialize;

use crate::restriction::{Restriction, restrictions};
use crate::table::Licence;

/// What is licensed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Artefact {
    /// Programs.
    Code,
    /// Datasets.
    Data,
    /// Parameters of models.
    Weights,
    /// Cards, reports, papers.
    Documents,
}

/// Whether it is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "openness", content = "reasons", rename_all = "snake_case")]
pub enum Openness {
    /// Everybody may use, share and change it.
    Open,
    /// Nothing is forbidden, but not all is as it should be.
    Conditional(Vec<Reason>),
    /// Somebody, or some purpose, is left out.
    NotOpen(Vec<Reason>),
    /// The terms are not known.
    Unknown,
}

/// Why it is not open without condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The licence restricts or demands something.
    Restriction(Restriction),
    /// OSI has not approved the licence, and the artefact is code.
    NotOsiApproved,
    /// The licence is made for other things than documents.
    NotForDocuments,
}

/// Families of licences that are made for documents.
const FOR_DOCUMENTS: &[&str] = &["cc-by", "cc-by-sa", "cc0", "openmdw"];

/// Whether a licence is open for a kind of artefact.
pub fn openness(licence: &Licence, artefact: Artefact) -> Openness {
    let found = restrictions(licence);
    if found.contains(&Restriction::TermsNotChecked) {
        return Openness::Unknown;
    }
    let closing: Vec<Reason> =
        found.iter().filter(|r| r.closes()).cloned().map(Reason::Restriction).collect();
    if !closing.is_empty() {
        return Openness::NotOpen(closing);
    }
    let mut reasons: Vec<Reason> =
        found.into_iter().filter(Restriction::conditions).map(Reason::Restriction).collect();
    reasons.extend(unfit_for(licence, artefact));
    if reasons.is_empty() { Openness::Open } else { Openness::Conditional(reasons) }
}

fn unfit_for(licence: &Licence, artefact: Artefact) -> Option<Reason> {
    let for_all = licence.osi_approved || licence.family == "openmdw";
    match artefact {
        Artefact::Data | Artefact::Weights => None,
        Artefact::Code => (!for_all).then_some(Reason::NotOsiApproved),
        Artefact::Documents => {
            let fit = for_all || FOR_DOCUMENTS.contains(&licence.family.as_str());
            (!fit).then_some(Reason::NotForDocuments)
        }
    }
}
