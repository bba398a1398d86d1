//! Access: who gets the files, and whether they can tell that these are the files.

use super::Desk;
use crate::remark::remark;
use crate::report::{Finding, Strength};
use crate::source::Gate;
use crate::status::Degree;

/// A1. Nothing is asked of whoever wants the files.
pub(super) fn check(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    if survey.standing.private == Some(true) {
        let says = remark!("private", "the repository is private");
        let told = desk.told(says.clone(), survey.whole());
        return Finding::missing(criterion)
            .because(says)
            .showing([told])
            .raised_by(remark!("publish", "make the repository public"));
    }
    match survey.standing.gate {
        Some(Gate::Open) => {
            let says = remark!("ungated", "anybody gets the files without signing in");
            let told = desk.told(says.clone(), survey.whole());
            Finding::verified(criterion, Degree::Full, Degree::Full).because(says).showing([told])
        }
        Some(Gate::Auto) => {
            let says = remark!(
                "gate-auto",
                "one has to sign in and to agree to something before one gets the files"
            );
            let told = desk.told(says.clone(), survey.whole());
            Finding::verified(criterion, Degree::Partial, Degree::Partial)
                .because(says)
                .showing([told])
                .raised_by(remark!("open-gate", "open the gate: let anybody download"))
        }
        Some(Gate::Manual) => {
            let says = remark!("gate-manual", "one has to be let in by somebody before one gets the files");
            let told = desk.told(says.clone(), survey.whole());
            Finding::missing(criterion)
                .because(says)
                .showing([told])
                .raised_by(remark!("open-gate", "open the gate: let anybody download"))
        }
        None => of_a_folder(desk),
    }
}

/// A folder is not offered by anybody; its card may say that the repository it comes from has a gate.
fn of_a_folder(desk: &mut Desk<'_>) -> Finding {
    let finding = Finding::unchecked(desk.criterion).because(remark!(
        "gate-unknown",
        "how the repository is offered to others cannot be seen from a folder"
    ));
    let survey = desk.survey;
    let fields = ["extra_gated_prompt", "extra_gated_fields", "extra_gated_heading"];
    let field = fields.into_iter().find(|field| survey.card.field(field).is_some());
    let Some((field, text)) = field.zip(survey.card.text()) else { return finding };
    let claim = desk.claim("gated", text, survey.card.span(field));
    finding.because(remark!("gate-in-card", "the card describes a gate (`{field}`)", field)).saying([claim])
}

/// P1. Hashes of every file, under a commit; a signature over them.
pub(super) fn integrity(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let signature =
        survey.files.iter().find(|file| file.path == "model.sig" || file.path.ends_with("/model.sig"));
    let pinned = survey.subject.commit.is_some();
    let claimed = if signature.is_some() { Degree::Full } else { Degree::None };
    let finding = match &survey.subject.commit {
        Some(commit) => {
            let says = remark!("pinned", "commit {commit} names every file by its hash", commit);
            let shown = desk.shows(Strength::Exact, says.clone(), survey.whole());
            Finding::verified(criterion, Degree::Partial, claimed).because(says).showing([shown])
        }
        None if signature.is_some() => Finding::claimed(criterion, Degree::Full),
        None => Finding::unchecked(criterion)
            .because(remark!("not-pinned", "a folder has no commit that names its files")),
    };
    match signature {
        Some(file) => {
            let path = &file.path;
            finding.because(remark!(
                "signature-there",
                "`{path}` is a signature, which was not verified",
                path
            ))
        }
        None if pinned => {
            finding.raised_by(remark!("sign", "sign the files, so that others can tell whose they are"))
        }
        None => finding,
    }
}
