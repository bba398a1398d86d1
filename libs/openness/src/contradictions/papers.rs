//! The rule on papers: X11.

use super::Case;
use crate::checkers::{Desk, cited_papers, has_telling_name, is_about};
use crate::remark::remark;
use crate::report::{EvidenceKind, Locator, Severity, Strength};
use crate::source::{Page, Reach};

/// X11. A paper that is linked to and does not exist, or one that is called this model's and is about another.
pub(super) fn papers_that_are_not(desk: &mut Desk<'_>) -> Vec<Case> {
    let mut cases = gone(desk);
    cases.extend(about_others(desk));
    cases
}

fn gone(desk: &mut Desk<'_>) -> Vec<Case> {
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

/// Words with which a card calls a paper its own.
const OWN: [&str; 7] = [
    "our paper",
    "our report",
    "our technical report",
    "technical report:",
    "paper:",
    "accompanying paper",
    "model's paper",
];

/// Papers that the card calls its own, when none of the papers that it links to names the model.
fn about_others(desk: &mut Desk<'_>) -> Vec<Case> {
    let survey = desk.survey;
    let Some(text) = survey.card.text().filter(|_| has_telling_name(desk)) else { return Vec::new() };
    let mut others = Vec::new();
    for (address, span) in cited_papers(desk) {
        let Reach::Found(page) = survey.neighbours.world.page(&address) else { return Vec::new() };
        if page.status == 200 && is_about(desk, &page) {
            return Vec::new();
        }
        let sentence = survey.card.sentence_at(&span);
        let words = text.quote(sentence.clone()).replace(['*', '_', '['], "").to_lowercase();
        if page.status == 200 && OWN.iter().any(|own| words.contains(own)) {
            others.push((page, sentence));
        }
    }
    let case = |(page, sentence): (Page, std::ops::Range<usize>)| {
        let (address, name) = (&page.address, survey.name());
        let claim = desk.claim(format!("paper={address}"), text, sentence);
        let locator = Locator {
            address: Some(page.address.clone()),
            status: Some(page.status),
            sha256: Some(page.sha256),
            ..Locator::default()
        };
        let remark = remark!(
            "x11-other",
            "the card calls the paper at {address} its own; the page does not name `{name}`",
            address,
            name
        );
        let against = vec![desk.enter(EvidenceKind::Page, Strength::Heuristic, remark.clone(), locator)];
        Case::new(Severity::Suggests, claim, against, remark)
    };
    others.into_iter().map(case).collect()
}
