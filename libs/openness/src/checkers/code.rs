//! Code that trained a model, made its data, or evaluated it: judged by what the code does, in the repository or in
//! those that the card links to.

use std::collections::BTreeSet;

use limpide_formats::code::SignalKind;

use super::Desk;
use crate::prose::Theme;
use crate::remark::remark;
use crate::report::{Finding, Locator, Strength};
use crate::source::Reach;
use crate::status::Degree;
use crate::survey::{CodeFile, Survey};

/// Lines that do something, below which a file is a demonstration.
const REAL: u64 = 15;

/// What some code does, as far as one criterion asks.
struct Found {
    degree: Degree,
    places: Vec<(String, SignalKind, Locator)>,
}

/// C1. A loop that trains, with an optimizer or loss, data and settings.
pub(super) fn training(desk: &mut Desk<'_>) -> Finding {
    let made_from_another = !desk.survey.bases.is_empty();
    let said = desk.survey.card.said(Theme::TrainingCode);
    let claims = said
        .iter()
        .take(3)
        .filter_map(|span| Some(desk.claim("training-code", desk.survey.card.text()?, span.clone())));
    let claims: Vec<String> = claims.collect();
    let finding = by_what_it_does(desk, !claims.is_empty(), &|code| trains(code, made_from_another));
    finding.saying(claims).raised_by(remark!(
        "add-training-code",
        "publish the code and settings that trained this model, or link to them"
    ))
}

fn trains(code: &[CodeFile], made_from_another: bool) -> Found {
    let loops =
        code.iter().filter(|file| file.statements >= REAL && file.does.contains_key(&SignalKind::Training));
    // Code that adapts a model to other tasks did not train a model that is made from no other.
    let loops: Vec<&CodeFile> = loops.filter(|file| made_from_another || !adapts(&file.path)).collect();
    let parts = [SignalKind::Loss, SignalKind::DataLoader, SignalKind::HyperParameters];
    let count = parts.iter().filter(|kind| code.iter().any(|file| file.does.contains_key(kind))).count();
    let degree = match (loops.is_empty(), count) {
        (true, _) => Degree::None,
        (false, 2..) => Degree::Full,
        (false, _) => Degree::Partial,
    };
    let wanted: Vec<SignalKind> = [SignalKind::Training].into_iter().chain(parts).collect();
    let places = if degree == Degree::None { Vec::new() } else { places(code, &wanted) };
    Found { degree, places }
}

/// How far some code trains a model.
pub(crate) fn trains_at_all(code: &[CodeFile], made_from_another: bool) -> Degree {
    trains(code, made_from_another).degree
}

/// Whether a path is that of code for adapting a model that exists.
fn adapts(path: &str) -> bool {
    let path = path.to_lowercase();
    ["finetun", "fine_tun", "fine-tun", "lora", "peft", "demo", "example", "tutorial", "notebook"]
        .iter()
        .any(|word| path.contains(word))
}

/// C2. Code that crawls, filters, removes duplicates or tokenises: one of them is a part, two are more than that.
pub(super) fn data(desk: &mut Desk<'_>) -> Finding {
    let finding = by_what_it_does(desk, false, &|code| does(code, SignalKind::DataProcessing, 2));
    finding.raised_by(remark!(
        "add-data-code",
        "publish the code that collected, filtered and tokenised the data"
    ))
}

/// C4. Code that evaluates.
pub(super) fn evaluation(desk: &mut Desk<'_>) -> Finding {
    let finding = by_what_it_does(desk, false, &|code| does(code, SignalKind::Evaluation, 1));
    finding.raised_by(remark!("add-evaluation-code", "publish the code and settings of the evaluation"))
}

/// Whether real code does something, and for a full degree in at least `enough` ways.
fn does(code: &[CodeFile], kind: SignalKind, enough: usize) -> Found {
    let real = code.iter().filter(|file| file.statements >= REAL);
    let ways: BTreeSet<&str> =
        real.filter_map(|file| file.does.get(&kind)).flat_map(|deed| deed.ways.iter().copied()).collect();
    let degree = match ways.len() {
        0 => Degree::None,
        count if count >= enough => Degree::Full,
        _ => Degree::Partial,
    };
    let places = if degree == Degree::None { Vec::new() } else { places(code, &[kind]) };
    Found { degree, places }
}

/// One place for each kind of thing, the first.
fn places(code: &[CodeFile], kinds: &[SignalKind]) -> Vec<(String, SignalKind, Locator)> {
    let place = |kind: &SignalKind| {
        let file = code.iter().find(|file| file.does.contains_key(kind))?;
        Some((file.path.clone(), *kind, file.does.get(kind)?.place.clone()))
    };
    kinds.iter().filter_map(place).collect()
}

/// The better of what the repository's own code and linked code do.
fn by_what_it_does(desk: &mut Desk<'_>, is_claimed: bool, judge: &dyn Fn(&[CodeFile]) -> Found) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let mut found = judge(&survey.code);
    let mut scope = desk.all_files();
    let mut unreached = Vec::new();
    for linked in &survey.linked {
        match &linked.reach {
            Reach::Found(repository) => {
                scope = format!("{scope}, {}", linked.address);
                let theirs = judge(&repository.code);
                if theirs.degree > found.degree {
                    found = theirs;
                }
            }
            Reach::Unreachable(why) => unreached.push((&linked.address, why)),
            Reach::Absent(_) | Reach::Closed(_) => {}
        }
    }
    let claimed = if is_claimed { Degree::Full } else { Degree::None };
    let finding = match (found.degree, unreached.first()) {
        (Degree::None, Some((address, why))) if is_claimed => Finding::claimed(criterion, Degree::Full)
            .because(remark!("code-unreached", "{address} was not looked at: {why}", address, why)),
        (Degree::None, Some((address, why))) => Finding::unchecked(criterion).because(remark!(
            "code-unreached",
            "{address} was not looked at: {why}",
            address,
            why
        )),
        (Degree::None, None) => nothing(desk, claimed),
        (degree, _) => Finding::verified(criterion, degree, claimed.max(degree)).because(seen(degree)),
    };
    let evidence: Vec<String> =
        found.places.into_iter().map(|(path, kind, place)| enter(desk, &path, kind, place)).collect();
    finding.showing(evidence).searching(scope)
}

fn nothing(desk: &mut Desk<'_>, claimed: Degree) -> Finding {
    let says = remark!("no-such-code", "no file that was looked at does this");
    let absent = desk.absent(says.clone(), desk.survey.whole());
    let finding = match claimed {
        Degree::None => Finding::missing(desk.criterion),
        degree => Finding::claimed(desk.criterion, degree),
    };
    finding.because(says).showing([absent])
}

fn seen(degree: Degree) -> crate::Remark {
    match degree {
        Degree::Full => remark!("code-whole", "there is code that does this, with all its parts"),
        _ => remark!("code-sparse", "there is code that does this, and parts of it are not there"),
    }
}

fn enter(desk: &mut Desk<'_>, path: &str, kind: SignalKind, place: Locator) -> String {
    let what = deed(kind);
    desk.shows(Strength::Derived, remark!("code-does", "`{path}` {what}", path, what), place)
}

/// The words for what code does.
fn deed(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::Training => "trains a model",
        SignalKind::Loss => "computes a loss",
        SignalKind::DataLoader => "hands out data in batches",
        SignalKind::HyperParameters => "sets how to train",
        SignalKind::DataProcessing => "crawls, filters or tokenises data",
        SignalKind::Inference => "runs a model",
        SignalKind::Evaluation => "evaluates a model",
        SignalKind::Architecture => "defines a model",
        SignalKind::Configuration => "defines the settings of a model",
    }
}

/// Whether a repository holds code of its own.
pub(super) fn has_own_code(survey: &Survey<'_>) -> bool {
    survey.code.iter().any(|file| file.statements >= REAL)
}
