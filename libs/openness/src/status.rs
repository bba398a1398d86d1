//! How sure it is that a criterion is met, and how far.

use serde::{Deserialize, Serialize};

/// What is known of a criterion. The order is that of precedence: what stands first is said when several hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// What is claimed and what the bytes show cannot both be true; both are pinned.
    Contradicted,
    /// An exact or derived check over pinned bytes says so, and says so again whoever runs it.
    Verified,
    /// Somebody has signed for it, the statement has not expired, and nothing speaks against it.
    Attested,
    /// It is said, and nothing more.
    Claimed,
    /// All that was to be searched was searched, and there is nothing.
    Missing,
    /// What would decide it could not be reached: never the same as missing.
    Unchecked,
    /// The criterion asks for nothing here.
    #[serde(rename = "n/a")]
    NotApplicable,
}

impl Status {
    /// Every status, by precedence.
    pub const ALL: [Self; 7] = [
        Self::Contradicted,
        Self::Verified,
        Self::Attested,
        Self::Claimed,
        Self::Missing,
        Self::Unchecked,
        Self::NotApplicable,
    ];

    /// The word for it, as in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contradicted => "contradicted",
            Self::Verified => "verified",
            Self::Attested => "attested",
            Self::Claimed => "claimed",
            Self::Missing => "missing",
            Self::Unchecked => "unchecked",
            Self::NotApplicable => "n/a",
        }
    }
}

/// How far a criterion is met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Degree {
    /// Not at all.
    #[default]
    None,
    /// In part.
    Partial,
    /// As the criterion asks.
    Full,
}

impl Degree {
    /// In thousandths: 0, 500 or 1000, the weights of the European Open Source AI Index.
    pub fn per_mille(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Partial => 500,
            Self::Full => 1000,
        }
    }
}

/// What a reader may choose to believe. Each includes what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Belief {
    /// What is verified.
    Verified,
    /// And what is attested.
    Attested,
    /// And what is only claimed.
    Claimed,
}

impl Belief {
    /// Every belief, from the strictest on.
    pub const ALL: [Self; 3] = [Self::Verified, Self::Attested, Self::Claimed];
}

/// How far a criterion is met, for each belief. It never falls from one to the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// By what is verified.
    pub verified: Degree,
    /// By that and what is attested.
    pub attested: Degree,
    /// By all that is said.
    pub claimed: Degree,
}

impl Extent {
    /// An extent in which nothing is attested.
    pub fn new(verified: Degree, claimed: Degree) -> Self {
        Self { verified, attested: verified, claimed: claimed.max(verified) }
    }

    /// How far by one belief.
    pub fn at(self, belief: Belief) -> Degree {
        match belief {
            Belief::Verified => self.verified,
            Belief::Attested => self.attested,
            Belief::Claimed => self.claimed,
        }
    }

    /// The same, with somebody's word for `degree`.
    #[must_use]
    pub fn attested(self, degree: Degree) -> Self {
        let attested = self.attested.max(degree);
        Self { attested, claimed: self.claimed.max(attested), ..self }
    }

    /// The lesser of two extents, belief by belief: a derivative is no more open than what it is made from.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self {
            verified: self.verified.min(other.verified),
            attested: self.attested.min(other.attested),
            claimed: self.claimed.min(other.claimed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence_is_the_order_of_the_list() {
        assert!(Status::ALL.is_sorted());
        for status in Status::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_done_to_an_extent_more_belief_never_gives_less(steps in proptest::collection::vec((0..3_usize, 0..3_usize, 0..3_usize), 1..6)) {
            let degrees = [Degree::None, Degree::Partial, Degree::Full];
            let mut extent = Extent::new(Degree::Full, Degree::Full);
            for (verified, claimed, attested) in steps {
                extent = extent.min(Extent::new(degrees[verified], degrees[claimed])).attested(degrees[attested]);
                let levels = Belief::ALL.map(|belief| extent.at(belief));
                proptest::prop_assert!(levels.is_sorted(), "{:?}", extent);
            }
        }
    }
}
