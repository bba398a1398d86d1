//! Rules on licences: X1 to X5, and X13.

use std::ops::Range;
use std::rc::Rc;

use limpide_licences::{Agreement, Artefact, Licence, Restriction, stricter, tag_against_text};

use super::Case;
use super::generators::outputs_that_may_not_train;
use crate::checkers::{Desk, claim_of_tag, licence_fact};
use crate::prose::Theme;
use crate::remark::remark;
use crate::report::{LicenceFact, Locator, Report, Severity, Strength};
use crate::source::Reach;
use crate::survey::{CardText, LicenceText, closes, kind_word, word};
use crate::{Criterion, Remark};

/// X1. "Open source", and terms that restrict use, or that nobody knows.
pub(super) fn open_source_under_restrictions(desk: &mut Desk<'_>) -> Vec<Case> {
    let Some((span, text)) = says_open_source(&desk.survey.card).zip(desk.survey.card.text()) else {
        return Vec::new();
    };
    let fact = licence_fact(desk.survey, desk.survey.main_artefact());
    if fact.restrictions.is_empty() {
        let Some((remark, absent)) = unknown_terms(desk, &fact) else { return Vec::new() };
        let claim = desk.claim("open-source", text, span);
        return vec![Case::new(Severity::Suggests, claim, vec![absent], remark)];
    }
    let claim = desk.claim("open-source", text, span);
    let against = against_terms(desk, &fact);
    let what = fact.restrictions.join(", ");
    let terms = terms_of(&fact);
    let remark = remark!(
        "x1",
        "the card says that it is open source; its terms ({terms}) restrict: {what}",
        terms,
        what
    );
    vec![Case::new(Severity::Proves, claim, against, remark)]
}

/// No licence at all, or one that is not known: nobody sees that it is open.
fn unknown_terms(desk: &mut Desk<'_>, fact: &LicenceFact) -> Option<(Remark, String)> {
    let survey = desk.survey;
    let known_text =
        survey.licences.covering(survey.main_artefact()).is_some_and(|text| text.named().is_some());
    if known_text || fact.declared_id.is_some() || !survey.licences.all_read {
        return None;
    }
    let terms = terms_of(fact);
    let remark = match terms.is_empty() {
        true => remark!(
            "x1-none",
            "the card says that it is open source; no licence is named, and no text of one is here"
        ),
        false => remark!(
            "x1-unknown",
            "the card says that it is open source; its terms ({terms}) are those of no known licence",
            terms
        ),
    };
    let absent = desk.absent(remark.clone(), survey.whole());
    Some((remark, absent))
}

/// Where the card says that it is open source: in a sentence, or by its tags.
fn says_open_source(card: &CardText) -> Option<Range<usize>> {
    if let Some(span) = card.said(Theme::OpenSource).into_iter().next() {
        return Some(span);
    }
    let tagged = card.texts("tags").iter().any(|tag| {
        matches!(tag.to_lowercase().as_str(), "open-source" | "opensource" | "oss" | "open source")
    });
    tagged.then(|| card.span("tags"))
}

/// Restrictions under which not everybody may use something commercially.
const LIMITS_ON_COMMERCE: [&str; 6] = [
    "commercial-on-conditions",
    "non-commercial",
    "research-only",
    "revenue-threshold",
    "separate-licence",
    "user-threshold",
];

/// X13. "Commercial use is allowed", and terms that do not allow it, or not to all.
pub(super) fn commercial_use_that_is_not(desk: &mut Desk<'_>) -> Vec<Case> {
    let card = &desk.survey.card;
    let Some((span, text)) = card.said(Theme::CommercialUse).into_iter().next().zip(card.text()) else {
        return Vec::new();
    };
    let fact = licence_fact(desk.survey, desk.survey.main_artefact());
    let limits = |restriction: &&String| LIMITS_ON_COMMERCE.contains(&restriction.as_str());
    let limiting: Vec<String> = fact.restrictions.iter().filter(limits).cloned().collect();
    if limiting.is_empty() {
        return Vec::new();
    }
    let claim = desk.claim("commercial-use", text, span);
    let against = against_terms(desk, &fact);
    let (what, terms) = (limiting.join(", "), terms_of(&fact));
    let remark = remark!(
        "x13",
        "the card says that commercial use is allowed; its terms ({terms}) restrict: {what}",
        terms,
        what
    );
    vec![Case::new(Severity::Proves, claim, against, remark)]
}

fn terms_of(fact: &LicenceFact) -> String {
    fact.found_id.clone().or(fact.path.clone()).or(fact.declared.clone()).unwrap_or_default()
}

/// Enters the text that restricts, with its clauses, or the tag that does.
fn against_terms(desk: &mut Desk<'_>, fact: &LicenceFact) -> Vec<String> {
    let survey = desk.survey;
    let artefact = survey.main_artefact();
    let what = fact.restrictions.join(", ");
    let Some(text) = survey.licences.covering(artefact) else {
        let place = survey
            .card
            .text()
            .map_or_else(|| survey.whole(), |text| text.locate(survey.card.span(survey.licences.field)));
        let terms = terms_of(fact);
        return vec![desk.shows(
            Strength::Exact,
            remark!("tag-restricts", "the licence that is named, {terms}, restricts: {what}", terms, what),
            place,
        )];
    };
    let mut against = vec![desk.shows(
        if text.exact().is_some() { Strength::Exact } else { Strength::Derived },
        remark!("text-restricts", "`{path}` restricts: {what}", path = text.text.path, what),
        text.text.place(),
    )];
    against.extend(clauses(desk, text));
    against
}

/// Enters the clauses of a text that is no known licence.
fn clauses(desk: &mut Desk<'_>, text: &LicenceText) -> Vec<String> {
    let enter = |desk: &mut Desk<'_>, kind, span: Range<usize>| {
        let kind = kind_word(kind);
        let quote: String = text
            .text
            .quote(span.clone())
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .take(240)
            .collect();
        desk.shows(
            Strength::Derived,
            remark!("clause-quoted", "a clause of the kind `{kind}`: “{quote}”", kind, quote),
            text.text.locate(span),
        )
    };
    text.closing_clauses().take(6).map(|(kind, span)| enter(desk, kind, span)).collect()
}

/// X2. A tag, and a text that is not the licence of the tag.
pub(super) fn tag_and_text_differ(desk: &mut Desk<'_>) -> Vec<Case> {
    let survey = desk.survey;
    let artefact = survey.main_artefact();
    let (Some(text), Some(tag)) = (survey.licences.covering(artefact), survey.licences.line()) else {
        return Vec::new();
    };
    let Some(found) = &text.found else { return Vec::new() };
    let path = &text.text.path;
    let closing = text.closing_clauses().next().is_some();
    let (severity, remark) = match tag_against_text(&survey.licences.tag, found) {
        Agreement::Same | Agreement::ProbablySame | Agreement::NothingClaimed => return Vec::new(),
        Agreement::Changed => (
            Severity::Proves,
            remark!(
                "x2-changed",
                "the card names `{tag}`; `{path}` is that text with changes that may matter",
                tag,
                path
            ),
        ),
        Agreement::Other { licence, .. } => (
            Severity::Proves,
            remark!(
                "x2-other",
                "the card names `{tag}`; `{path}` is the text of {licence}",
                tag,
                path,
                licence
            ),
        ),
        Agreement::Custom { contains_the_tag: true } if !closing => return Vec::new(),
        Agreement::Custom { .. } => (
            if closing { Severity::Proves } else { Severity::Suggests },
            remark!("x2-custom", "the card names `{tag}`; `{path}` is another text", tag, path),
        ),
    };
    let Some(card) = survey.card.text() else { return Vec::new() };
    let claim = desk.claim(format!("license={tag}"), card, survey.card.span(survey.licences.field));
    let mut against = vec![desk.shows(Strength::Derived, remark.clone(), text.text.place())];
    against.extend(clauses(desk, text));
    vec![Case::new(severity, claim, against, remark).on(licence_criterion(artefact))]
}

fn licence_criterion(artefact: Artefact) -> Criterion {
    match artefact {
        Artefact::Weights => Criterion::WeightsLicence,
        Artefact::Data => Criterion::DataLicence,
        Artefact::Code => Criterion::CodeLicence,
        Artefact::Documents => Criterion::DocumentLicence,
    }
}

/// X3. A permissive tag, and nowhere a text or notice.
pub(super) fn no_text(desk: &mut Desk<'_>) -> Vec<Case> {
    let survey = desk.survey;
    let licences = survey.licences.tag.licences();
    let wants_notice = |licence: &&Licence| {
        licence.terms.as_ref().is_some_and(|terms| terms.attribution)
            && !limpide_licences::restrictions(licence).iter().any(closes)
    };
    let Some(licence) = licences.into_iter().find(wants_notice) else { return Vec::new() };
    if !survey.licences.texts.is_empty() || !survey.licences.all_read {
        return Vec::new();
    }
    let body = survey.card.body().to_lowercase();
    if body.contains("copyright (c)") || body.contains("copyright ©") || body.contains("© ") {
        return Vec::new();
    }
    let Some(text) = survey.card.text() else { return Vec::new() };
    let id = &licence.id;
    let claim = desk.claim(format!("license={id}"), text, survey.card.span(survey.licences.field));
    let remark = remark!(
        "x3",
        "the card names {id}, which asks for its text or a notice to be kept; neither is in the repository",
        id
    );
    let absent =
        desk.absent(remark!("no-licence-text", "no file holds a licence or a notice"), survey.whole());
    vec![
        Case::new(Severity::Suggests, claim, vec![absent], remark)
            .on(licence_criterion(survey.main_artefact())),
    ]
}

/// X4. A licence, and a base whose own forbids or demands more.
pub(super) fn base_is_stricter(desk: &mut Desk<'_>) -> Vec<Case> {
    let bases = desk.survey.bases.iter().map(|base| (&base.id, &base.reach, base.locator()));
    beyond_ours(
        desk,
        (Artefact::Weights, "weights"),
        bases,
        |desk, Beyond { ours, id, theirs, more, place }| {
            let told = remark!("base-licence", "the licence of `{id}` is {theirs}", id, theirs);
            let remark = remark!(
                "x4",
                "it is offered under {ours}; `{id}`, from which it is made, is under {theirs}, which also restricts: {more}",
                ours,
                id,
                theirs,
                more
            );
            (Severity::Proves, desk.told(told, place), remark)
        },
    )
}

/// X5. The licence of a dataset, and a source whose own forbids or demands more, or a model whose terms do.
pub(super) fn source_is_stricter(desk: &mut Desk<'_>) -> Vec<Case> {
    if !desk.survey.is_dataset() {
        return Vec::new();
    }
    let mut cases = sources(desk);
    cases.extend(outputs_that_may_not_train(desk));
    cases
}

fn sources(desk: &mut Desk<'_>) -> Vec<Case> {
    let sources = desk.survey.datasets.iter().map(|source| (&source.id, &source.reach, source.locator()));
    beyond_ours(desk, (Artefact::Data, "data"), sources, |desk, Beyond { ours, id, theirs, more, place }| {
        let told = remark!("source-licence", "the licence of `{id}` is {theirs}", id, theirs);
        let remark = remark!(
            "x5",
            "it is offered under {ours}; its source `{id}` is under {theirs}, which also restricts: {more}",
            ours,
            id,
            theirs,
            more
        );
        (Severity::Suggests, desk.told(told, place), remark)
    })
}

/// A licence of another repository that forbids or demands more than ours.
struct Beyond<'a> {
    ours: &'a str,
    id: &'a str,
    theirs: String,
    more: String,
    place: Locator,
}

/// A case for each of these repositories whose licence forbids or demands more than ours, in the words of `says`.
fn beyond_ours<'a>(
    desk: &mut Desk<'a>,
    (artefact, fact): (Artefact, &str),
    others: impl Iterator<Item = (&'a String, &'a Reach<Rc<Report>>, Locator)>,
    says: impl Fn(&mut Desk<'a>, Beyond<'_>) -> (Severity, String, Remark),
) -> Vec<Case> {
    let mut cases = Vec::new();
    let Some(licence) = own_licence(desk, artefact) else { return cases };
    for (id, reach, place) in others {
        let Reach::Found(report) = reach else { continue };
        let Some((theirs, more)) = stricter_than(licence, report, fact) else { continue };
        let Some(claim) = claim_of_tag(desk) else { continue };
        let ours = &licence.id;
        let (severity, against, remark) = says(desk, Beyond { ours, id, theirs, more, place });
        cases.push(Case::new(severity, claim, vec![against], remark));
    }
    cases
}

pub(super) fn own_licence(desk: &Desk<'_>, artefact: Artefact) -> Option<&'static Licence> {
    let licences = &desk.survey.licences;
    let text = licences.covering(artefact).and_then(LicenceText::likely);
    text.or_else(|| licences.tag.licences().first().copied())
}

/// The licence of another repository, when it closes something or demands a name that ours does not say.
fn stricter_than(ours: &Licence, report: &Rc<Report>, artefact: &str) -> Option<(String, String)> {
    let fact = report.facts.licences.get(artefact)?;
    if matches!(fact.text.as_deref(), Some("modified" | "custom")) {
        return clauses_beyond(ours, fact);
    }
    let theirs = Licence::find(fact.found_id.as_deref().or(fact.declared_id.as_deref())?)?;
    let more: Vec<String> = stricter(theirs, ours)
        .iter()
        .filter(|more| closes(more) || **more == Restriction::Naming)
        .map(word)
        .collect();
    (!more.is_empty()).then(|| (theirs.id.clone(), more.join(", ")))
}

/// What clauses of a text of its own restrict, and our licence does not.
fn clauses_beyond(ours: &Licence, fact: &LicenceFact) -> Option<(String, String)> {
    let kept: Vec<String> = limpide_licences::restrictions(ours).iter().map(word).collect();
    let more: Vec<String> = fact.restrictions.iter().filter(|what| !kept.contains(what)).cloned().collect();
    (!more.is_empty()).then(|| (fact.path.clone().unwrap_or_default(), more.join(", ")))
}
