//! What a licence forbids and demands, as a set that can be compared with another's.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::table::{Licence, Permission, Terms};

/// Something that a licence forbids or demands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Restriction {
    /// Nobody checked the terms against the text: they may be anything.
    TermsNotChecked,
    /// No commercial use.
    NonCommercial,
    /// Commercial use only for some, or on conditions such as a registration.
    CommercialOnConditions,
    /// For research only.
    ResearchOnly,
    /// Some uses are forbidden.
    FieldOfUse,
    /// From so many monthly users on another licence is needed.
    UserThreshold(u64),
    /// From so many US dollars in a period on another licence is needed.
    RevenueThreshold(Period, u64),
    /// No passing on.
    NoRedistribution,
    /// No changed versions.
    NoDerivatives,
    /// Outputs may not train or improve other models.
    NoTrainingOthers,
    /// Models trained on outputs must show where they come from.
    TrainingOthersOnConditions,
    /// Nothing is granted in this region.
    NotGrantedIn(String),
    /// May be taken back without a breach.
    Revocable,
    /// The licensor may change the terms or the thing afterwards.
    UnilateralUpdate,
    /// A name or a phrase must be shown.
    Naming,
    /// What is derived must have the same licence.
    ShareAlike,
    /// Notices or credit must be kept.
    Attribution,
    /// Who sues over patents or copyright loses what was granted.
    PatentRetaliation,
}

/// The time in which revenue is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A month.
    Month,
    /// A year.
    Year,
}

impl Restriction {
    /// Whether it closes data, weights and documents: some people may not use, share or change them, or not for
    /// some purpose (OSAID 1.0, the four freedoms; guidelines on the AI Act, paragraphs 80 to 84).
    pub fn closes(&self) -> bool {
        use Restriction as R;
        matches!(
            self,
            R::NonCommercial
                | R::CommercialOnConditions
                | R::ResearchOnly
                | R::FieldOfUse
                | R::UserThreshold(_)
                | R::RevenueThreshold(..)
                | R::NoRedistribution
                | R::NoDerivatives
                | R::NoTrainingOthers
                | R::NotGrantedIn(_)
        )
    }

    /// Whether openness hangs on it: nothing is forbidden, and yet more is asked than credit and the same licence.
    pub fn conditions(&self) -> bool {
        use Restriction as R;
        matches!(self, R::Revocable | R::UnilateralUpdate | R::Naming | R::TrainingOthersOnConditions)
    }

    /// Whether whoever keeps `other` keeps this too.
    fn is_kept_by(&self, other: &Self) -> bool {
        use Restriction as R;
        match (self, other) {
            (R::NonCommercial | R::CommercialOnConditions, R::ResearchOnly | R::NonCommercial) => true,
            (R::UserThreshold(_) | R::RevenueThreshold(..), R::NonCommercial | R::ResearchOnly) => true,
            (R::UserThreshold(from), R::UserThreshold(to)) => to <= from,
            (R::RevenueThreshold(per, from), R::RevenueThreshold(other, to)) => per == other && to <= from,
            (R::TrainingOthersOnConditions, R::NoTrainingOthers) => true,
            (one, other) => one == other,
        }
    }
}

/// What a licence forbids and demands. For a licence whose terms nobody checked that is all there is to say.
pub fn restrictions(licence: &Licence) -> BTreeSet<Restriction> {
    licence.terms.as_ref().map_or_else(|| BTreeSet::from([Restriction::TermsNotChecked]), of_terms)
}

/// What the licence of a base forbids or demands and that of what is derived from it does not say.
///
/// ```
/// use limpide_licences::{Licence, Restriction, stricter};
///
/// let (llama, mit) = (Licence::find("llama2").unwrap(), Licence::find("mit").unwrap());
/// assert!(stricter(llama, mit).contains(&Restriction::UserThreshold(700_000_000)));
/// assert!(stricter(mit, llama).is_empty());
/// ```
pub fn stricter(base: &Licence, derived: &Licence) -> Vec<Restriction> {
    if base.id == derived.id {
        return Vec::new();
    }
    let kept = restrictions(derived);
    let demanded = restrictions(base).into_iter();
    demanded.filter(|demand| !kept.iter().any(|kept| demand.is_kept_by(kept))).collect()
}

fn of_terms(terms: &Terms) -> BTreeSet<Restriction> {
    use Restriction as R;
    let thresholds = [
        terms.monthly_users.map(R::UserThreshold),
        terms.monthly_revenue.map(|dollars| R::RevenueThreshold(Period::Month, dollars)),
        terms.yearly_revenue.map(|dollars| R::RevenueThreshold(Period::Year, dollars)),
    ];
    let limited = thresholds.iter().any(Option::is_some);
    let flags = [
        (terms.commercial == Permission::No, R::NonCommercial),
        (terms.commercial == Permission::Conditional && !limited, R::CommercialOnConditions),
        (terms.research_only, R::ResearchOnly),
        (terms.field_of_use, R::FieldOfUse),
        (!terms.redistribution, R::NoRedistribution),
        (!terms.derivatives, R::NoDerivatives),
        (terms.outputs_may_train == Permission::No, R::NoTrainingOthers),
        (terms.outputs_may_train == Permission::Conditional, R::TrainingOthersOnConditions),
        (terms.revocable, R::Revocable),
        (terms.updates, R::UnilateralUpdate),
        (terms.naming, R::Naming),
        (terms.share_alike, R::ShareAlike),
        (terms.attribution, R::Attribution),
        (terms.patent_retaliation, R::PatentRetaliation),
    ];
    let flags = flags.into_iter().filter_map(|(holds, restriction)| holds.then_some(restriction));
    let regions = terms.not_granted_in.iter().cloned().map(R::NotGrantedIn);
    flags.chain(thresholds.into_iter().flatten()).chain(regions).collect()
}
