//! A tag beside the text that lies next to it: do they say the same?

use serde::Serialize;

use crate::restriction::{Restriction, stricter};
use crate::table::Licence;
use crate::tag::Tag;
use crate::text::{Identification, Verdict};

/// How a tag and a text relate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "agreement", rename_all = "snake_case")]
pub enum Agreement {
    /// The text is the licence of the tag, word for word.
    Same,
    /// The text is very like it, and nothing that may restrict is different.
    ProbablySame,
    /// The text is the licence of the tag with changes that may matter: the identification says which.
    Changed,
    /// The text is another licence, exactly or probably.
    Other {
        /// Which.
        licence: String,
        /// What it forbids or demands and the tag does not say.
        unsaid: Vec<Restriction>,
    },
    /// The text is none of the known ones. Whether the tag's licence stands in it is said, what else does is in the
    /// identification.
    Custom {
        /// Whether the tag's licence stands in it nearly whole.
        contains_the_tag: bool,
    },
    /// The tag names no licence, so that there is nothing to compare.
    NothingClaimed,
}

/// Compares a tag with the text of a licence file. Where the tag leaves a choice, any of its licences will do.
pub fn tag_against_text(tag: &Tag, text: &Identification) -> Agreement {
    let claimed = tag.licences();
    if claimed.is_empty() {
        return Agreement::NothingClaimed;
    }
    let named = |id: &str| {
        Licence::find(id).is_some_and(|licence| claimed.iter().any(|claim| claim.id == licence.id))
    };
    match &text.verdict {
        Verdict::Exact { licence, equivalents }
            if named(licence) || equivalents.iter().any(|id| named(id)) =>
        {
            Agreement::Same
        }
        Verdict::Probable { licence, .. } if named(licence) => Agreement::ProbablySame,
        Verdict::Modified { licence, .. } if named(licence) => Agreement::Changed,
        Verdict::Exact { licence, .. } | Verdict::Probable { licence, .. } => {
            Agreement::Other { licence: licence.clone(), unsaid: unsaid(licence, &claimed) }
        }
        Verdict::Modified { .. } => Agreement::Custom { contains_the_tag: false },
        Verdict::Custom { contains } => {
            Agreement::Custom { contains_the_tag: contains.iter().any(|part| named(&part.licence)) }
        }
    }
}

/// What the text demands that none of the claimed licences says.
fn unsaid(licence: &str, claimed: &[&'static Licence]) -> Vec<Restriction> {
    let Some(text) = Licence::find(licence) else { return Vec::new() };
    let mut unsaid = stricter(text, claimed[0]);
    for claim in &claimed[1..] {
        let also = stricter(text, claim);
        unsaid.retain(|demand| also.contains(demand));
    }
    unsaid
}
