//! The rule on papers: X11.

use super::Case;
use crate::checkers::{Desk, cited_papers};
use crate::remark::remark;
use crate::report::{EvidenceKind, Locator, Severity, Strength};
use crate::source::Reach;

/// X11. A paper that is linked to, and does not exist.
pub(super) fn papers_that_are_not(desk: &mut Desk<'_>) -> Vec<Case> {
    let survey = desk.survey;
    let Some(text) = survey.card.text() else { return Vec::new() };
    let mut cases = Vec::new();
    let papers = cited_papers(desk);
    let gone: Vec<_> = papers
        .iter()
        .filter_map(|(address, span)| match survey.neighbours.world.page(address) {
            Reach::Found(page) if matches!(page.status, 404 | 410) => Some((address, span, page.status)),
            Reach::Absent(_) => Some((address, span, 404)),
            _ => None,
        })
        .collect();
    // One broken link among others is a mistake, not a claim that fails.
    let all_gone = gone.len() == papers.len();
    for (address, span, status) in gone {
        let claim = desk.claim(format!("paper={address}"), text, survey.card.sentence_at(span));
        let locator = Locator { address: Some(address.clone()), status: Some(status), ..Locator::default() };
        let remark = remark!(
            "x11",
            "the card links to a paper at {address}, which answers with {status}",
            address,
            status
        );
        let against = vec![desk.enter(EvidenceKind::Page, Strength::Exact, remark.clone(), locator)];
        let severity = if all_gone { Severity::Proves } else { Severity::Suggests };
        cases.push(Case::new(severity, claim, against, remark));
    }
    cases
}
