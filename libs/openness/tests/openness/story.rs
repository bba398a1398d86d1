//! Stories: a small repository, what is true of it, and what an audit is to say. Tests hold the audit to them, and the
//! bench of rules counts how often it is right.

use std::collections::BTreeSet;

use limpide_openness::{Criterion, Degree, Report, Severity, Status};

use crate::commons::{Commons, Shelf};

/// A repository and its truth.
pub(crate) struct Story {
    pub(crate) commons: Commons,
    pub(crate) shelf: Shelf,
    /// The same repository at the commit before.
    pub(crate) before: Option<Shelf>,
    pub(crate) findings: Vec<Truth>,
    /// Rules that should fire.
    pub(crate) contradictions: BTreeSet<(&'static str, Severity)>,
    /// Rules that should fire and do not, because nobody has taught them yet.
    pub(crate) missed: BTreeSet<&'static str>,
    /// Rules that fire and should not, because nobody has taught them yet.
    pub(crate) false_alarms: BTreeSet<(&'static str, Severity)>,
}

/// What is true of one criterion.
pub(crate) struct Truth {
    pub(crate) criterion: Criterion,
    pub(crate) status: Status,
    /// How far it is verified and how far claimed, where the story is about that.
    pub(crate) extent: Option<(Degree, Degree)>,
}

/// What an audit said, in the terms of a story.
pub(crate) struct Told {
    pub(crate) report: Report,
    pub(crate) contradictions: BTreeSet<(String, Severity)>,
}

impl Story {
    /// A story of this repository, in an empty commons, in which nothing is contradicted.
    pub(crate) fn of(shelf: Shelf) -> Self {
        Self {
            commons: Commons::new(),
            shelf,
            before: None,
            findings: Vec::new(),
            contradictions: BTreeSet::new(),
            missed: BTreeSet::new(),
            false_alarms: BTreeSet::new(),
        }
    }

    /// In this commons.
    pub(crate) fn within(mut self, commons: Commons) -> Self {
        self.commons = commons;
        self
    }

    /// After this commit.
    pub(crate) fn after(mut self, before: Shelf) -> Self {
        self.before = Some(before);
        self
    }

    /// The status of a criterion.
    pub(crate) fn is(mut self, criterion: Criterion, status: Status) -> Self {
        self.findings.push(Truth { criterion, status, extent: None });
        self
    }

    /// The status of a criterion, how far it is verified, and how far claimed.
    pub(crate) fn goes(
        mut self,
        criterion: Criterion,
        status: Status,
        verified: Degree,
        claimed: Degree,
    ) -> Self {
        self.findings.push(Truth { criterion, status, extent: Some((verified, claimed)) });
        self
    }

    /// A rule fires.
    pub(crate) fn contradicts(mut self, rule: &'static str, severity: Severity) -> Self {
        self.contradictions.insert((rule, severity));
        self
    }

    /// What the audit says of it.
    pub(crate) fn told(&self) -> Told {
        let before = self.before.as_ref().map(|shelf| self.commons.audit(shelf));
        let report = self.commons.audit_after(&self.shelf, before.as_ref());
        let contradictions =
            report.contradictions.iter().map(|found| (found.rule.clone(), found.severity)).collect();
        Told { report, contradictions }
    }

    /// The rules that an audit is known to fire.
    pub(crate) fn expected(&self) -> BTreeSet<(String, Severity)> {
        let taught = self.contradictions.iter().filter(|(rule, _)| !self.missed.contains(rule));
        taught.chain(&self.false_alarms).map(|(rule, severity)| ((*rule).to_owned(), *severity)).collect()
    }

    /// Holds the audit to the story.
    pub(crate) fn check(&self) {
        let told = self.told();
        for truth in &self.findings {
            let finding = told.report.finding(truth.criterion).unwrap();
            let remarks: Vec<&str> = finding.remarks.iter().map(|remark| remark.text.as_str()).collect();
            assert_eq!(finding.status, truth.status, "{}: {remarks:?}", truth.criterion);
            if let Some(extent) = truth.extent {
                let found = (finding.extent.verified, finding.extent.claimed);
                assert_eq!(found, extent, "{}: {remarks:?}", truth.criterion);
            }
        }
        let remarks: Vec<&str> =
            told.report.contradictions.iter().map(|found| found.remark.text.as_str()).collect();
        assert_eq!(told.contradictions, self.expected(), "{remarks:#?}");
    }
}

/// A story with its name.
pub(crate) type Named = (&'static str, fn() -> Story);

/// Each story is a test of its own name, and stands in the table `STORIES` of its file.
macro_rules! stories {
    ($($name:ident => $story:expr;)+) => {
        /// The stories of this file.
        pub(crate) const STORIES: &[$crate::story::Named] = &[$((stringify!($name), || $story)),+];

        #[cfg(test)]
        mod told {
            $(
                #[test]
                fn $name() {
                    let (_, story) = super::STORIES.iter().find(|(name, _)| *name == stringify!($name)).unwrap();
                    story().check();
                }
            )+
        }
    };
}

pub(crate) use stories;
