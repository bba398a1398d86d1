//! The rule on training code: X7.

use super::Case;
use crate::checkers::{Desk, trains};
use crate::prose::Theme;
use crate::remark::remark;
use crate::report::{EvidenceKind, Locator, Severity, Strength};
use crate::source::Reach;
use crate::status::Degree;
use crate::survey::Linked;

/// X7. "The training code is available", and what is linked to is missing or trains nothing.
pub(super) fn training_code_that_is_not(desk: &mut Desk<'_>) -> Vec<Case> {
    let survey = desk.survey;
    let Some((span, text)) = survey.card.said(Theme::TrainingCode).into_iter().next().zip(survey.card.text())
    else {
        return Vec::new();
    };
    let made_from_another = !survey.bases.is_empty();
    let trained = |code: &[crate::survey::CodeFile]| trains(code, made_from_another) > Degree::None;
    if trained(&survey.code) {
        return Vec::new();
    }
    // The link of the sentence itself, where it has one, is the one that is meant.
    let meant: Vec<_> = survey.linked.iter().filter(|linked| linked.sentence == span).collect();
    let meant = if meant.is_empty() { survey.linked.iter().collect() } else { meant };
    if meant.iter().any(|linked| match &linked.reach {
        Reach::Found(repository) => trained(&repository.code),
        Reach::Unreachable(_) | Reach::Closed(_) => true,
        Reach::Absent(_) => false,
    }) {
        return Vec::new();
    }
    if meant.is_empty() && survey.card.leads_elsewhere(&span) {
        return Vec::new();
    }
    let claim = desk.claim("training-code", text, span);
    if meant.is_empty() {
        let remark = remark!(
            "x7-unlinked",
            "the card says that the training code is available; no code that trains is here, and none is linked to"
        );
        let absent = desk.absent(remark.clone(), survey.whole());
        return vec![Case::new(Severity::Suggests, claim, vec![absent], remark)];
    }
    let all_absent = meant.iter().all(|linked| matches!(linked.reach, Reach::Absent(_)));
    let against = meant.into_iter().map(|linked| enter(desk, linked)).collect();
    let (severity, remark) = match all_absent {
        true => (
            Severity::Proves,
            remark!(
                "x7-absent",
                "the card says that the training code is available; what it links to does not exist"
            ),
        ),
        false => (
            Severity::Suggests,
            remark!(
                "x7-none",
                "the card says that the training code is available; what it links to holds no code that trains"
            ),
        ),
    };
    vec![Case::new(severity, claim, against, remark)]
}

/// Enters what was found at an address instead of code that trains.
fn enter(desk: &mut Desk<'_>, linked: &Linked) -> String {
    let address = &linked.address;
    let locator = Locator { address: Some(address.clone()), ..Locator::default() };
    let says = match &linked.reach {
        Reach::Absent(answer) => {
            remark!("code-absent", "{address} does not exist: {answer}", address, answer)
        }
        _ => remark!("code-trains-nothing", "{address} holds no code that trains a model", address),
    };
    desk.enter(EvidenceKind::Page, Strength::Derived, says, locator)
}
