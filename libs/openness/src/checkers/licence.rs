//! Licences: what the metadata names, which text lies beside it, and what both permit for each kind of artefact.

use limpide_licences::Artefact;

use super::{Desk, architecture, code};
use crate::remark::remark;
use crate::report::{Finding, LicenceFact, Strength};
use crate::source::Reach;
use crate::status::{Degree, Extent};
use crate::survey::{LicenceText, Survey, degree};

/// L1.
pub(super) fn of_weights(desk: &mut Desk<'_>) -> Finding {
    of_repository(desk, Artefact::Weights)
}

/// L4. Documents of a repository are under its licence.
pub(super) fn of_documents(desk: &mut Desk<'_>) -> Finding {
    of_repository(desk, Artefact::Documents)
}

/// L2. Of code here, of code that is linked to, or of the library whose class it is.
pub(super) fn of_code(desk: &mut Desk<'_>) -> Finding {
    let survey = desk.survey;
    if code::has_own_code(survey) {
        return of_repository(desk, Artefact::Code);
    }
    let criterion = desk.criterion;
    let linked = survey.linked.iter().filter_map(|linked| match &linked.reach {
        Reach::Found(repository) if !repository.code.is_empty() => Some((&linked.address, repository)),
        _ => None,
    });
    let linked: Vec<_> = linked.collect();
    if let Some((address, repository)) = linked.first() {
        let Some(text) = repository.licences.first() else {
            return Finding::missing(criterion)
                .because(remark!("no-licence-elsewhere", "{address} holds no text of a licence", address))
                .searching(address.to_string());
        };
        let extent = text.extent(Artefact::Code);
        let (shown, says) = enter_text(desk, text);
        return by_extent(desk, extent, Degree::None)
            .because(says)
            .showing([shown])
            .searching(address.to_string());
    }
    let unreached = survey.linked.iter().find_map(|linked| match &linked.reach {
        Reach::Unreachable(why) => Some((&linked.address, why)),
        _ => None,
    });
    if let Some((address, why)) = unreached {
        return Finding::unchecked(criterion).because(remark!(
            "code-unreached",
            "{address} was not looked at: {why}",
            address,
            why
        ));
    }
    if let Some((name, licence)) = architecture::library_licence(&survey.classes()) {
        let says =
            remark!("library-licence", "the code that runs it is {name}, under {licence}", name, licence);
        let shown = desk.shows(Strength::Derived, says.clone(), survey.config_place());
        return Finding::verified(criterion, Degree::Full, Degree::Full).because(says).showing([shown]);
    }
    of_repository(desk, Artefact::Code)
}

/// L3. Of a dataset, its own; of a model, the least open among those of the datasets that it names.
pub(super) fn of_data(desk: &mut Desk<'_>) -> Finding {
    let survey = desk.survey;
    if survey.is_dataset() {
        return of_repository(desk, Artefact::Data);
    }
    let criterion = desk.criterion;
    let used: Vec<_> = survey.datasets.iter().filter(|dataset| !dataset.evaluation_only).collect();
    if used.is_empty() {
        return Finding::missing(criterion)
            .because(remark!("no-dataset", "no dataset that it was trained with is named"))
            .searching("the card");
    }
    let mut least: Option<Extent> = None;
    let mut evidence = Vec::new();
    let mut unreached = 0;
    for dataset in &used {
        let id = &dataset.id;
        let extent = match &dataset.reach {
            Reach::Found(report) => {
                let fact = report.facts.licences.get("data").cloned().unwrap_or_default();
                let licence = fact.found_id.or(fact.declared).unwrap_or_else(|| "none".to_owned());
                evidence.push(desk.told(
                    remark!("dataset-licence", "the licence of `{id}` is {licence}", id, licence),
                    dataset.locator(),
                ));
                fact.extent
            }
            Reach::Unreachable(_) => {
                unreached += 1;
                continue;
            }
            Reach::Absent(_) | Reach::Closed(_) => Extent::default(),
        };
        least = Some(least.map_or(extent, |least| least.min(extent)));
    }
    let Some(extent) = least else {
        return Finding::unchecked(criterion).because(remark!(
            "datasets-unlooked",
            "the {unreached} datasets that are named were not looked at",
            unreached
        ));
    };
    // What was not looked at may be anything.
    let extent = if unreached > 0 { Extent::new(Degree::None, extent.claimed) } else { extent };
    by_extent(desk, extent, Degree::None)
        .because(remark!(
            "least-open-dataset",
            "of {named} datasets that are named, the least open licence counts",
            named = used.len()
        ))
        .showing(evidence)
        .searching("the datasets that the card names")
}

/// L5. Nothing that restricts use, field or scale, in the licence of what the repository is about.
pub(super) fn restrictions(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let artefact = survey.main_artefact();
    let fact = fact(survey, artefact);
    let claim = claim_of_tag(desk);
    let Some(text) = survey.licences.covering(artefact) else {
        let restricted = !fact.restrictions.is_empty();
        let finding = match (&fact.declared_id, restricted) {
            (Some(_), false) => Finding::claimed(criterion, Degree::Full).because(remark!(
                "tag-unrestricted",
                "the licence that is named restricts no use; its text is not here"
            )),
            (Some(id), true) => Finding::missing(criterion).because(remark!(
                "tag-restricts",
                "the licence that is named, {id}, restricts: {what}",
                id,
                what = fact.restrictions.join(", ")
            )),
            (None, _) => Finding::missing(criterion)
                .because(remark!("no-licence", "no licence is named, and no text of one is here")),
        };
        return finding.saying(claim).searching("the card and texts of licences");
    };
    let (shown, says) = enter_text(desk, text);
    let mut evidence = vec![shown];
    let clauses: Vec<_> = text.closing_clauses().take(6).collect();
    for (kind, span) in clauses {
        let kind = crate::survey::kind_word(kind);
        let says = remark!("clause", "a clause reads as one of the kind `{kind}`", kind);
        evidence.push(desk.shows(Strength::Heuristic, says, text.text.locate(span)));
    }
    let restricts = text.restricts();
    let finding = match (text.exact(), restricts.is_empty()) {
        (Some(licence), true) if licence.terms.is_some() => {
            Finding::verified(criterion, Degree::Full, Degree::Full)
        }
        (_, false) => Finding::missing(criterion).because(remark!(
            "text-restricts",
            "the text restricts: {what}",
            what = restricts.join(", ")
        )),
        _ => match text.likely() {
            Some(_) => Finding::probable(criterion, Degree::Full),
            None => Finding::unchecked(criterion)
                .because(remark!("text-unknown", "what the text permits has to be read by somebody")),
        },
    };
    finding.because(says).saying(claim).showing(evidence).searching("the card and texts of licences")
}

fn of_repository(desk: &mut Desk<'_>, artefact: Artefact) -> Finding {
    let survey = desk.survey;
    let declared = degree(&survey.licences.tag.openness(artefact));
    let claim = claim_of_tag(desk);
    let finding = match survey.licences.covering(artefact) {
        Some(text) => {
            let extent = text.extent(artefact);
            let (shown, says) = enter_text(desk, text);
            // A text that is no known licence leaves the word of the tag, which a contradiction may strike.
            let claimed =
                if text.likely().is_none() && text.restricts().is_empty() { declared } else { Degree::None };
            by_extent(desk, extent, claimed).because(says).showing([shown])
        }
        None => without_text(desk, declared),
    };
    finding.saying(claim).searching("the card and texts of licences")
}

fn without_text(desk: &Desk<'_>, declared: Degree) -> Finding {
    let criterion = desk.criterion;
    let finding = match (declared, desk.survey.licences.line()) {
        (Degree::None, None) => Finding::missing(criterion)
            .because(remark!("no-licence", "no licence is named, and no text of one is here")),
        (Degree::None, Some(tag)) => Finding::missing(criterion).because(remark!(
            "tag-not-open",
            "the card names `{tag}`, which is not open for this",
            tag
        )),
        (degree, Some(tag)) => Finding::claimed(criterion, degree).because(remark!(
            "tag-only",
            "the card names `{tag}`; the text of the licence is not in the repository",
            tag
        )),
        (_, None) => Finding::missing(criterion),
    };
    finding.raised_by(remark!("add-licence", "put the text of the licence into the repository, as `LICENSE`"))
}

fn by_extent(desk: &Desk<'_>, extent: Extent, claimed: Degree) -> Finding {
    match (extent.verified, extent.claimed.max(claimed)) {
        (Degree::None, Degree::None) => Finding::missing(desk.criterion),
        (Degree::None, claimed) => Finding::probable(desk.criterion, claimed),
        (verified, claimed) => Finding::verified(desk.criterion, verified, claimed),
    }
}

/// Enters what a text is, and gives the sentence on it.
fn enter_text(desk: &mut Desk<'_>, text: &LicenceText) -> (String, crate::Remark) {
    let path = &text.text.path;
    let (strength, says) = match (text.certainty(), text.named()) {
        ("exact", Some(licence)) => (
            Strength::Exact,
            remark!("licence-exact", "`{path}` is the text of {licence}, word for word", path, licence),
        ),
        ("probable", Some(licence)) => (
            Strength::Heuristic,
            remark!("licence-probable", "`{path}` is probably the text of {licence}", path, licence),
        ),
        ("modified", Some(licence)) => (
            Strength::Derived,
            remark!(
                "licence-modified",
                "`{path}` is like the text of {licence}, and differs in what may matter",
                path,
                licence
            ),
        ),
        _ => (
            Strength::Derived,
            remark!("licence-custom", "`{path}` is the text of no licence that is known here", path),
        ),
    };
    let shown = desk.shows(strength, says.clone(), text.text.place());
    (shown, says)
}

/// Enters the claim that the card makes of its licence.
pub(crate) fn claim_of_tag(desk: &mut Desk<'_>) -> Option<String> {
    let survey = desk.survey;
    let line = survey.licences.line()?;
    let span = survey.card.span(survey.licences.field);
    Some(desk.claim(format!("license={line}"), survey.card.text()?, span))
}

/// What is known of the licence of one kind of artefact of a repository itself.
pub(crate) fn fact(survey: &Survey<'_>, artefact: Artefact) -> LicenceFact {
    let licences = &survey.licences;
    let declared = licences.tag.licences();
    let declared_degree = degree(&licences.tag.openness(artefact));
    let mut fact = LicenceFact {
        declared: licences.line(),
        declared_id: declared.first().map(|licence| licence.id.clone()),
        extent: Extent::new(Degree::None, declared_degree),
        restrictions: licences.declared_restrictions().into_iter().collect(),
        ..LicenceFact::default()
    };
    if let Some(text) = licences.covering(artefact) {
        fact.found_id = text.named();
        fact.text = Some(text.certainty().to_owned());
        fact.path = Some(text.text.path.clone());
        fact.restrictions = text.restricts();
        let claimed = if text.likely().is_none() && fact.restrictions.is_empty() {
            declared_degree
        } else {
            Degree::None
        };
        let extent = text.extent(artefact);
        fact.extent = Extent::new(extent.verified, extent.claimed.max(claimed));
    }
    fact.restrictions.sort();
    fact.restrictions.dedup();
    fact
}

/// What is known of the licences of the datasets that a model names: the least open of them.
pub(crate) fn data_fact(survey: &Survey<'_>) -> Option<LicenceFact> {
    if survey.is_dataset() {
        return None;
    }
    let used = survey.datasets.iter().filter(|dataset| !dataset.evaluation_only);
    let facts: Vec<LicenceFact> = used
        .map(|dataset| match &dataset.reach {
            Reach::Found(report) => report.facts.licences.get("data").cloned().unwrap_or_default(),
            _ => LicenceFact::default(),
        })
        .collect();
    let least = facts.iter().map(|fact| fact.extent).reduce(Extent::min)?;
    let mut least_open = facts.iter().min_by_key(|fact| (fact.extent.claimed, fact.extent.verified))?.clone();
    least_open.extent = least;
    Some(least_open)
}
