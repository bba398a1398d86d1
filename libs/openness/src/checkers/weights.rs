//! Weights: are they there, are they whole, are there those of the base and those from during training?

use std::collections::BTreeSet;

use super::Desk;
use crate::Criterion;
use crate::remark::remark;
use crate::report::{Finding, Report, Strength};
use crate::source::{Content, File, Gate, Reach};
use crate::status::{Degree, Extent, Status};
use crate::survey::{Missing, State, WeightFile};

/// W1. Every file of one whole set must be there, with a header that parses and data that lies in the file.
pub(super) fn of_the_model(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let weights = &survey.weights;
    if weights.files.is_empty() && weights.missing.is_empty() {
        let absent =
            desk.absent(remark!("no-weights", "no file of the repository holds weights"), survey.whole());
        return Finding::missing(criterion)
            .because(remark!("no-weights", "no file of the repository holds weights"))
            .raised_by(remark!("add-weights", "put the weights into the repository, as safetensors"))
            .showing([absent])
            .searching(desk.all_files());
    }
    let evidence: Vec<String> = weights.files.iter().map(|weight| enter(desk, weight)).collect();
    let finding = match weights.missing.iter().find(|missing| !whole_set_beside(desk, missing)) {
        Some(missing) => lacking(desk, missing),
        None => of_files(desk),
    };
    let finding = finding.showing(evidence).searching(desk.all_files());
    if survey.is_adapter() { beside_its_base(desk, finding) } else { finding }
}

/// Whether another whole set of weights makes up for files that are missing.
fn whole_set_beside(desk: &Desk<'_>, missing: &Missing) -> bool {
    let sets = desk.survey.weights.sets();
    let touched: BTreeSet<&str> =
        missing.names.iter().filter_map(|name| name.rsplit_once("-of-")).map(|(_, after)| after).collect();
    sets.iter().any(|(name, set)| {
        let same = name.rsplit_once("-of-").is_some_and(|(_, after)| touched.contains(after));
        !same && missing.index.is_none() && set.iter().all(|weight| weight.state.is_there())
    })
}

fn enter(desk: &mut Desk<'_>, weight: &WeightFile) -> String {
    let path = &weight.file.path;
    let (strength, shows) = match &weight.state {
        State::Read(contents) => {
            let (tensors, count) = (contents.tensors, contents.parameters.values().sum::<u64>());
            (
                Strength::Derived,
                remark!(
                    "weights-read",
                    "`{path}` holds {tensors} tensors with {count} elements",
                    path,
                    tensors,
                    count
                ),
            )
        }
        State::Sniffed => {
            (Strength::Derived, remark!("weights-begin", "`{path}` begins as files of its format do", path))
        }
        State::Unread(why) => {
            (Strength::Heuristic, remark!("weights-unread", "`{path}` was not looked into: {why}", path, why))
        }
        State::Broken(why) => {
            (Strength::Exact, remark!("weights-broken", "`{path}` cannot be read: {why}", path, why))
        }
    };
    desk.shows(strength, shows, weight.locator.clone())
}

fn lacking(desk: &mut Desk<'_>, missing: &Missing) -> Finding {
    let (lacking, total, first) =
        (missing.names.len(), missing.total, missing.names.first().cloned().unwrap_or_default());
    let says = remark!(
        "shards-missing",
        "{lacking} of {total} files of weights are not in the repository, such as `{first}`",
        lacking,
        total,
        first
    );
    let absent = desk.absent(says.clone(), desk.survey.whole());
    let claims = missing
        .index
        .as_ref()
        .map(|index| desk.claim(format!("shards={total}"), index, 0..index.bytes.len().min(200)));
    Finding::missing(desk.criterion)
        .because(says)
        .raised_by(remark!("add-shards", "add the {lacking} files that are missing", lacking))
        .saying(claims)
        .showing([absent])
}

/// What the files that are there amount to.
fn of_files(desk: &Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let weights = &desk.survey.weights;
    let sets = weights.sets();
    let whole = sets.values().any(|set| set.iter().all(|weight| matches!(weight.state, State::Read(_))));
    let sniffed = sets.values().any(|set| set.iter().all(|weight| weight.state.is_there()));
    if let Some((found, expected)) = desk.survey.far_too_few_parameters().filter(|_| whole || sniffed) {
        return Finding::claimed(criterion, Degree::Partial).because(remark!(
            "weights-too-few",
            "the tensors hold {found} elements, while a model of the shape in `config.json` has about {expected}",
            found,
            expected
        ));
    }
    if whole {
        return Finding::verified(criterion, Degree::Full, Degree::Full).because(remark!(
            "weights-whole",
            "every file of a whole set of weights is there, and its header can be read"
        ));
    }
    if sniffed {
        return Finding::verified(criterion, Degree::Full, Degree::Full).because(remark!(
            "weights-there",
            "weights are there in a format whose tensors are not listed; as safetensors they could be counted"
        ));
    }
    let broken = weights.files.iter().find_map(|weight| match &weight.state {
        State::Broken(why) => Some((&weight.file.path, why)),
        _ => None,
    });
    if let Some((path, why)) = broken {
        return Finding::missing(criterion)
            .because(remark!("weights-broken", "`{path}` cannot be read: {why}", path, why))
            .raised_by(remark!("mend-weights", "upload `{path}` again", path));
    }
    let lost = weights.files.iter().find(|weight| weight.file.content == Content::Lost);
    if let Some(path) = lost.map(|weight| &weight.file.path) {
        return Finding::missing(criterion)
            .because(remark!(
                "weights-lost",
                "`{path}` is a pointer to an object that the store does not hold",
                path
            ))
            .raised_by(remark!("mend-weights", "upload `{path}` again", path));
    }
    Finding::claimed(criterion, Degree::Full).because(remark!(
        "weights-not-here",
        "there are files of weights whose bytes could not be looked into here"
    ))
}

/// An adapter works only together with its base: it is no more open than that.
fn beside_its_base(desk: &Desk<'_>, finding: Finding) -> Finding {
    match desk.survey.bases.first() {
        None => Finding { extent: Default::default(), status: Status::Missing, ..finding }
            .because(remark!(
                "adapter-without-base",
                "these are weights of an adapter, and no base model is named"
            ))
            .raised_by(remark!("name-base", "name the base model in the card, as `base_model`")),
        Some(base) => {
            let id = &base.id;
            finding.because(remark!("adapter", "these are weights of an adapter, to be used with `{id}`", id))
        }
    }
}

/// W2. The base model's own finding on its weights.
pub(super) fn of_the_base(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let Some(base) = desk.survey.bases.first() else {
        return Finding::not_applicable(criterion)
            .because(remark!("no-base", "no base model is named"))
            .searching("the card, `adapter_config.json` and headers of weights");
    };
    let id = base.id.clone();
    let claim = base.claim(desk);
    let place = base.locator();
    match &base.reach {
        Reach::Found(report) => {
            let theirs = report.finding(Criterion::FinalWeights);
            let extent = theirs.map(|theirs| theirs.extent).unwrap_or_default();
            let extent = extent.min(open_to(report));
            let status = theirs.map_or(Status::Unchecked, |theirs| theirs.status);
            let says =
                remark!("base-found", "the weights of `{id}` are {status}", id, status = status.as_str());
            let told = desk.told(says.clone(), place);
            let finding = Finding::verified(criterion, extent.verified, extent.claimed);
            let status = match status {
                Status::Verified => finding.status,
                // A claim of theirs is contradicted, none of ours.
                Status::Contradicted => Status::Missing,
                other => other,
            };
            Finding { status, ..finding }.because(says).saying(claim).showing([told])
        }
        Reach::Closed(answer) => {
            let says = remark!("base-closed", "`{id}` is not open to everybody: {answer}", id, answer);
            let told = desk.told(says.clone(), place);
            Finding::claimed(criterion, Degree::Partial).because(says).saying(claim).showing([told])
        }
        Reach::Absent(answer) => {
            let says = remark!("base-absent", "there is no `{id}`: {answer}", id, answer);
            let told = desk.told(says.clone(), place);
            Finding::missing(criterion).because(says).saying(claim).showing([told])
        }
        Reach::Unreachable(why) => Finding::unchecked(criterion)
            .because(remark!("base-unreachable", "`{id}` was not looked at: {why}", id, why))
            .saying(claim),
    }
}

/// How far the weights of another repository can be had: behind a gate, in part.
fn open_to(report: &Report) -> Extent {
    match report.facts.gate {
        Some(Gate::Auto | Gate::Manual) => Extent::new(Degree::Partial, Degree::Partial),
        Some(Gate::Open) | None => Extent::new(Degree::Full, Degree::Full),
    }
}

/// W3. Two revisions or folders with different weights, or the state of an optimizer.
pub(super) fn checkpoints(desk: &mut Desk<'_>) -> Finding {
    let card = &desk.survey.card;
    let said = card.said(crate::prose::Theme::Checkpoints);
    let claims = said.iter().filter_map(|span| Some(desk.claim("checkpoints", card.text()?, span.clone())));
    let claims: Vec<String> = claims.collect();
    let scope = format!("{} and the branches and tags", desk.all_files());
    let finding = different_checkpoints(desk)
        .or_else(|| optimizer_state(desk))
        .or_else(|| same_checkpoints(desk))
        .unwrap_or_else(|| no_checkpoints(desk, !claims.is_empty()));
    finding.saying(claims).searching(scope)
}

fn different_checkpoints(desk: &mut Desk<'_>) -> Option<Finding> {
    let distinct = desk.survey.checkpoints().distinct();
    if distinct < 2 {
        return None;
    }
    let says = remark!("checkpoints-differ", "{distinct} checkpoints hold different weights", distinct);
    let shown = desk.shows(Strength::Exact, says.clone(), desk.survey.whole());
    Some(Finding::verified(desk.criterion, Degree::Full, Degree::Full).because(says).showing([shown]))
}

fn optimizer_state(desk: &mut Desk<'_>) -> Option<Finding> {
    let survey = desk.survey;
    let is_there = |file: &&File| file.size > 0 && file.content == Content::Here;
    let file = survey.weights.optimizer.iter().find(is_there)?;
    let path = &file.path;
    let says = remark!("optimizer-state", "`{path}` is named as the state of an optimizer", path);
    let shown = desk.shows(Strength::Heuristic, says.clone(), survey.place(file));
    Some(Finding::probable(desk.criterion, Degree::Partial).because(says).showing([shown]))
}

/// Checkpoints that are named, and of which it could not be seen that they differ, or was seen that they do not.
fn same_checkpoints(desk: &mut Desk<'_>) -> Option<Finding> {
    let found = desk.survey.checkpoints();
    let named = found.named;
    if named > 0 && found.unknown > 0 {
        return Some(Finding::claimed(desk.criterion, Degree::Full).because(remark!(
            "checkpoints-named",
            "{named} checkpoints are named; whether they differ could not be seen",
            named
        )));
    }
    if named < 2 {
        return None;
    }
    let says =
        remark!("checkpoints-same", "{named} checkpoints are named, and all hold the same weights", named);
    let shown = desk.shows(Strength::Exact, says.clone(), desk.survey.whole());
    Some(Finding::missing(desk.criterion).because(says).showing([shown]))
}

fn no_checkpoints(desk: &Desk<'_>, is_claimed: bool) -> Finding {
    let criterion = desk.criterion;
    let claimed = is_claimed.then(|| Finding::claimed(criterion, Degree::Full));
    if let Reach::Unreachable(why) = &desk.survey.refs {
        let finding = claimed.unwrap_or_else(|| Finding::unchecked(criterion));
        return finding.because(remark!(
            "refs-unreachable",
            "branches and tags were not looked at: {why}",
            why
        ));
    }
    claimed
        .unwrap_or_else(|| Finding::missing(criterion))
        .because(remark!("no-checkpoints", "there are no checkpoints from during training"))
        .raised_by(remark!("add-checkpoints", "keep checkpoints as branches or tags, such as `step1000`"))
}

/// Sets of weights that are named as checkpoints.
pub(crate) struct Checkpoints {
    /// How many are named.
    pub(crate) named: usize,
    /// Digests of those whose bytes are known.
    digests: BTreeSet<String>,
    /// How many have bytes that are not known.
    pub(crate) unknown: usize,
}

impl Checkpoints {
    /// An empty list.
    pub(crate) fn new() -> Self {
        Self { named: 0, digests: BTreeSet::new(), unknown: 0 }
    }

    /// Adds one, by its files of weights.
    pub(crate) fn add(&mut self, files: &[&File]) {
        if files.is_empty() {
            return;
        }
        self.named += 1;
        let hashes: Option<Vec<String>> =
            files.iter().map(|file| file.sha256.map(|hash| hash.to_string())).collect();
        match hashes {
            Some(mut hashes) => {
                hashes.sort();
                self.digests.insert(hashes.concat());
            }
            None => self.unknown += 1,
        }
    }

    /// How many are surely different.
    pub(crate) fn distinct(&self) -> usize {
        self.digests.len()
    }
}
