//! Data: that a model was trained with, that it was evaluated with, and what is written about it.

use super::Desk;
use crate::Criterion;
use crate::remark::remark;
use crate::report::{Finding, Report, Strength};
use crate::source::{File, Gate, Reach};
use crate::status::{Degree, Status};
use crate::survey::{Holds, Topic, UsedDataset};

/// Words that make a section more than a heading.
const FILLED: usize = 12;

/// D1. Of a dataset, its own rows; of a model, the datasets that its card names.
pub(super) fn training_data(desk: &mut Desk<'_>) -> Finding {
    if desk.survey.is_dataset() { own_rows(desk) } else { named_datasets(desk) }
}

fn own_rows(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let filled: Vec<_> = survey.data.iter().filter(|file| file.is_filled()).collect();
    let unknown = survey.data.iter().filter(|file| file.holds == Holds::Unknown).count();
    let (files, all) = (filled.len(), survey.data.len());
    if let Some(first) = filled.first() {
        let (bytes, rows) = (survey.data_bytes(), survey.rows());
        let path = &first.path;
        let says = match rows {
            Some(rows) => {
                remark!("data-rows", "{files} files hold {rows} rows, such as `{path}`", files, rows, path)
            }
            None => {
                remark!("data-there", "{files} of {all} files hold data, such as `{path}`", files, all, path)
            }
        };
        let shown = desk.shows(Strength::Derived, says.clone(), first.locator.clone());
        let whole = short_of_claim(desk, rows, bytes);
        let degree = if whole.is_some() { Degree::Partial } else { Degree::Full };
        let finding = Finding::verified(criterion, degree, Degree::Full).because(says).showing([shown]);
        return finding.because_all(whole).searching(desk.all_files());
    }
    if unknown > 0 {
        return Finding::claimed(criterion, Degree::Full)
            .because(remark!(
                "data-not-here",
                "{unknown} files are named as data; their bytes could not be looked into here",
                unknown
            ))
            .searching(desk.all_files());
    }
    let script = survey.code.iter().find(|file| file.builds_dataset());
    let says = remark!("no-data", "no file of the repository holds data");
    let absent = desk.absent(says.clone(), survey.whole());
    let finding = match script {
        Some(script) => {
            let path = &script.path;
            Finding::claimed(criterion, Degree::Partial).because(remark!(
                "data-script",
                "`{path}` fetches the data from elsewhere",
                path
            ))
        }
        None => Finding::missing(criterion),
    };
    finding
        .because(says)
        .raised_by(remark!("add-data", "put the data into the repository, as Parquet"))
        .showing([absent])
        .searching(desk.all_files())
}

/// What the metadata says of the number of rows, when there are less than half as many.
fn short_of_claim(desk: &Desk<'_>, rows: Option<u64>, bytes: u64) -> Option<crate::Remark> {
    let info = desk.survey.card.field("dataset_info")?;
    let infos = info.as_array().cloned().unwrap_or_else(|| vec![info.clone()]);
    let splits = infos.iter().filter_map(|info| info.get("splits")?.as_array().cloned()).flatten();
    let (mut examples, mut length) = (0_u64, 0_u64);
    for split in splits {
        examples = examples
            .saturating_add(split.get("num_examples").and_then(serde_json::Value::as_u64).unwrap_or(0));
        length =
            length.saturating_add(split.get("num_bytes").and_then(serde_json::Value::as_u64).unwrap_or(0));
    }
    if let Some(rows) = rows.filter(|rows| rows.saturating_mul(2) < examples) {
        return Some(remark!(
            "rows-short",
            "the metadata tells of {examples} rows, and {rows} are there",
            examples,
            rows
        ));
    }
    // Packed data is smaller than what it says; a twentieth is no packing.
    (rows.is_none() && bytes.saturating_mul(20) < length).then(|| {
        remark!("bytes-short", "the metadata tells of {length} bytes, and {bytes} are there", length, bytes)
    })
}

fn named_datasets(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let used: Vec<&UsedDataset> = survey.datasets.iter().filter(|dataset| !dataset.evaluation_only).collect();
    let said = survey.card.said(crate::prose::Theme::OpenData);
    let mut claims: Vec<String> = said
        .iter()
        .take(3)
        .filter_map(|span| Some(desk.claim("open-data", survey.card.text()?, span.clone())))
        .collect();
    let says_open = !claims.is_empty();
    if used.is_empty() {
        let finding =
            if says_open { Finding::claimed(criterion, Degree::Full) } else { Finding::missing(criterion) };
        return finding
            .because(remark!("no-dataset", "no dataset that it was trained with is named"))
            .raised_by(remark!(
                "name-datasets",
                "name the datasets in the card, as `datasets`, and publish them"
            ))
            .saying(claims)
            .searching("the card");
    }
    let mut evidence = Vec::new();
    let mut tally = Tally::default();
    for dataset in &used {
        claims.extend(
            survey
                .card
                .text()
                .map(|text| desk.claim(format!("dataset={}", dataset.id), text, dataset.span.clone())),
        );
        let (says, locator) = (tally.count(dataset), dataset.locator());
        if !matches!(dataset.reach, Reach::Unreachable(_)) {
            evidence.push(desk.told(says, locator));
        }
    }
    let stated_whole = says_open || !survey.card.sections(Topic::TrainingData, FILLED).is_empty();
    let claimed = if stated_whole { Degree::Full } else { Degree::Partial };
    let enough = tally.open == used.len() && stated_whole && enough_bytes(desk, tally.bytes);
    let finding = match (tally.open, tally.unreachable) {
        (0, 0) => Finding::missing(criterion),
        (0, _) => Finding::claimed(criterion, claimed),
        _ if enough => Finding::verified(criterion, Degree::Full, Degree::Full),
        _ => Finding::verified(criterion, Degree::Partial, claimed),
    };
    finding
        .because(tally.remark(used.len()))
        .raised_by(remark!("open-datasets", "publish every dataset that it was trained with, without a gate"))
        .saying(claims)
        .showing(evidence)
        .searching("the card and the datasets that it names")
}

/// What became of the datasets that a card names.
#[derive(Default)]
struct Tally {
    open: usize,
    unreachable: usize,
    bytes: u64,
}

impl Tally {
    fn count(&mut self, dataset: &UsedDataset) -> crate::Remark {
        let id = &dataset.id;
        match &dataset.reach {
            Reach::Found(report) if is_gated(report) => remark!("dataset-gated", "`{id}` is gated", id),
            Reach::Found(report) => {
                let (files, bytes) = (report.facts.data_files, report.facts.data_bytes);
                if report
                    .finding(Criterion::TrainingData)
                    .is_some_and(|finding| finding.extent.verified > Degree::None)
                {
                    self.open += 1;
                    self.bytes = self.bytes.saturating_add(bytes);
                    remark!(
                        "dataset-open",
                        "`{id}` holds {files} files of data with {bytes} bytes",
                        id,
                        files,
                        bytes
                    )
                } else {
                    remark!("dataset-empty", "`{id}` holds no data that can be read", id)
                }
            }
            Reach::Absent(answer) => remark!("dataset-absent", "there is no `{id}`: {answer}", id, answer),
            Reach::Closed(answer) => {
                remark!("dataset-closed", "`{id}` is not open to everybody: {answer}", id, answer)
            }
            Reach::Unreachable(why) => {
                self.unreachable += 1;
                remark!("dataset-unreachable", "`{id}` was not looked at: {why}", id, why)
            }
        }
    }

    fn remark(&self, named: usize) -> crate::Remark {
        let (open, unreachable) = (self.open, self.unreachable);
        match unreachable {
            0 => remark!(
                "datasets",
                "{open} of {named} datasets that are named hold data that anybody gets",
                open,
                named
            ),
            _ => remark!(
                "datasets-unreached",
                "{open} of {named} datasets that are named hold data that anybody gets; {unreachable} were not looked at",
                open,
                named,
                unreachable
            ),
        }
    }
}

fn is_gated(report: &Report) -> bool {
    matches!(report.facts.gate, Some(Gate::Auto | Gate::Manual))
}

/// Whether the bytes of the datasets can hold the tokens that are claimed: a packed token takes about a byte, and
/// a tenth of that is another order of magnitude.
fn enough_bytes(desk: &Desk<'_>, bytes: u64) -> bool {
    desk.survey.claimed_tokens().is_none_or(|tokens| bytes >= tokens / 10)
}

/// D2. All sources are listed. Only what is there can be looked at: nobody sees from here what was left out.
pub(super) fn information(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let parts = [summary(desk), data_section(desk), described_datasets(desk)];
    let mut listed = Listed::default();
    for part in parts.into_iter().flatten() {
        listed.degree = listed.degree.max(part.degree);
        listed.claimed = listed.claimed.max(part.claimed);
        listed.evidence.extend(part.evidence);
    }
    let finding = match (listed.degree, listed.claimed) {
        (Degree::None, Degree::None) => Finding::missing(criterion)
            .because(remark!("no-data-information", "the sources of the training data are not listed")),
        (Degree::None, claimed) => Finding::claimed(criterion, claimed)
            .because(remark!("data-said", "the card speaks of the training data")),
        (degree, claimed) => Finding::verified(criterion, degree, claimed).because(remark!(
            "data-listed",
            "sources of the training data are listed, and what is listed can be looked up"
        )),
    };
    finding
        .raised_by(remark!(
            "list-sources",
            "list every source of training data with its size, or publish a summary of training content"
        ))
        .showing(listed.evidence)
        .searching("the card, documents of the repository, and the cards of the datasets that are named")
}

/// What one place says of the sources of data.
#[derive(Default)]
struct Listed {
    degree: Degree,
    claimed: Degree,
    evidence: Vec<String>,
}

/// A summary of training content, by the kinds of sources that it speaks of.
fn summary(desk: &mut Desk<'_>) -> Option<Listed> {
    let survey = desk.survey;
    let file = survey.documents().find(|file| is_summary(&file.path))?;
    let path = &file.path;
    let topics = survey.text(file).map_or(0, |text| summary_topics(&String::from_utf8_lossy(&text.bytes)));
    let says = remark!(
        "summary-file",
        "`{path}` is a summary of training content with {topics} of 6 kinds of sources",
        path,
        topics
    );
    let strength = if topics > 0 { Strength::Derived } else { Strength::Heuristic };
    let evidence = vec![desk.shows(strength, says, survey.place(file))];
    let degree = match topics {
        0 => Degree::None,
        1..4 => Degree::Partial,
        _ => Degree::Full,
    };
    Some(Listed { degree, claimed: Degree::Full, evidence })
}

/// A section of the card on the data. That of a dataset tells of its own sources.
fn data_section(desk: &mut Desk<'_>) -> Option<Listed> {
    let survey = desk.survey;
    let section = data_sections(desk).into_iter().next()?;
    let words = survey.card.words(section);
    let says = remark!("data-section", "a section on the data has {words} words", words);
    let evidence =
        vec![desk.shows(Strength::Derived, says, survey.card.text()?.locate(section.body.clone()))];
    let degree = match survey.is_dataset() && training_datasets(desk).is_empty() {
        true => Degree::Partial,
        false => Degree::None,
    };
    Some(Listed { degree, claimed: if words >= 80 { Degree::Full } else { Degree::Partial }, evidence })
}

fn data_sections<'a>(desk: &Desk<'a>) -> Vec<&'a limpide_formats::card::Section> {
    let topic = if desk.survey.is_dataset() { Topic::Collection } else { Topic::TrainingData };
    desk.survey.card.sections(topic, FILLED)
}

fn training_datasets<'a>(desk: &Desk<'a>) -> Vec<&'a UsedDataset> {
    desk.survey.datasets.iter().filter(|dataset| !dataset.evaluation_only).collect()
}

/// The datasets that are named, by how many of them have a card that is filled in.
fn described_datasets(desk: &mut Desk<'_>) -> Option<Listed> {
    let survey = desk.survey;
    let used = training_datasets(desk);
    let first = used.first()?;
    let (described, named) = (used.iter().filter(|dataset| is_described(dataset)).count(), used.len());
    let says = remark!(
        "datasets-described",
        "{described} of {named} datasets that are named have a filled card",
        described,
        named
    );
    let place = survey.card.text().map_or_else(|| survey.whole(), |text| text.locate(first.span.clone()));
    let evidence = vec![desk.shows(Strength::Derived, says, place)];
    let degree = match described {
        all if all == named && !data_sections(desk).is_empty() => Degree::Full,
        0 => Degree::None,
        _ => Degree::Partial,
    };
    Some(Listed { degree, claimed: Degree::Partial, evidence })
}

/// Names of summaries of training content, as providers publish them.
pub(crate) fn is_summary(path: &str) -> bool {
    let path = path.to_lowercase();
    [
        "data_summary",
        "data-summary",
        "training_content",
        "training-content",
        "eu_summary",
        "eu-summary",
        "datasheet",
        "data_statement",
    ]
    .iter()
    .any(|word| path.contains(word))
        || (path.contains("eu") && path.contains("summary"))
}

/// How many of the six kinds of sources of the AI Office's template a text speaks of: public datasets, licensed or
/// third-party private data, crawled, user, synthetic, and other data (sections 2.1 to 2.6).
fn summary_topics(text: &str) -> usize {
    let text = text.to_lowercase();
    let topics: [&[&str]; 6] = [
        &["publicly available dataset", "public dataset", "open dataset"],
        &["licensed", "third part", "private dataset", "commercial licen"],
        &["crawl", "scrap"],
        &["user data", "user interaction", "user-interaction", "data from users"],
        &["synthetic"],
        &["other sources", "other data", "offline sources"],
    ];
    topics.iter().filter(|words| words.iter().any(|word| text.contains(word))).count()
}

fn is_described(dataset: &UsedDataset) -> bool {
    let Reach::Found(report) = &dataset.reach else { return false };
    report.finding(Criterion::DataCard).is_some_and(|finding| finding.extent.verified > Degree::None)
}

/// D3. Sections of a data card, of the dataset itself or of those that a model names.
pub(super) fn card(desk: &mut Desk<'_>) -> Finding {
    if desk.survey.is_dataset() { own_card(desk) } else { cards_of_datasets(desk) }
}

fn own_card(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let Some(text) = survey.card.text() else {
        return Finding::missing(criterion)
            .because(remark!("no-card", "there is no `README.md` that can be read"))
            .searching(desk.all_files());
    };
    let topics = [
        Topic::Description,
        Topic::Structure,
        Topic::Collection,
        Topic::Annotation,
        Topic::PersonalData,
        Topic::Uses,
        Topic::Limits,
    ];
    let filled = topics.iter().filter(|topic| !survey.card.sections(**topic, FILLED).is_empty()).count();
    let described = survey.data_descriptions();
    let (words, all) = (survey.card.all_words(), topics.len());
    let says = remark!(
        "data-card-filled",
        "{filled} of {all} topics of a data card are filled in, in {words} words",
        filled,
        all,
        words
    );
    let shown = desk.shows(Strength::Derived, says.clone(), text.place());
    let degree = match (filled + described, words) {
        (4.., 120..) => Degree::Full,
        (1.., 40..) | (_, 150..) => Degree::Partial,
        _ => Degree::None,
    };
    let finding = if degree == Degree::None {
        Finding::missing(criterion)
    } else {
        Finding::verified(criterion, degree, degree)
    };
    finding
        .because(says)
        .raised_by(remark!(
            "fill-data-card",
            "write about sources, collection, annotation, personal data and limits"
        ))
        .showing([shown])
        .searching("`README.md`")
}

fn cards_of_datasets(desk: &mut Desk<'_>) -> Finding {
    for find in [their_cards, datasheet, section_of_model_card] {
        if let Some(finding) = find(desk) {
            return finding;
        }
    }
    let criterion = desk.criterion;
    let used = training_datasets(desk);
    let unreached = used.iter().any(|dataset| matches!(dataset.reach, Reach::Unreachable(_)));
    let finding = if unreached { Finding::unchecked(criterion) } else { Finding::missing(criterion) };
    finding
        .because(remark!("no-data-card", "no data card was found"))
        .raised_by(remark!(
            "fill-data-card",
            "write about sources, collection, annotation, personal data and limits"
        ))
        .searching("the card and the datasets that it names")
}

/// The cards of all datasets that are named, in the least degree among them.
fn their_cards(desk: &mut Desk<'_>) -> Option<Finding> {
    let criterion = desk.criterion;
    let used = training_datasets(desk);
    let theirs = used.iter().map(|dataset| match &dataset.reach {
        Reach::Found(report) => report.finding(criterion).map(|finding| finding.extent.verified),
        _ => None,
    });
    let least =
        theirs.collect::<Option<Vec<Degree>>>()?.into_iter().min().filter(|least| *least > Degree::None)?;
    let says = remark!(
        "data-cards",
        "the cards of the {count} datasets that are named are filled in, at least in this degree: {degree}",
        count = used.len(),
        degree = format!("{least:?}").to_lowercase()
    );
    let shown: Vec<String> = used.iter().map(|dataset| desk.told(says.clone(), dataset.locator())).collect();
    let finding = Finding::verified(criterion, least, least).because(says).showing(shown);
    Some(finding.searching("the cards of the datasets that are named"))
}

fn datasheet(desk: &mut Desk<'_>) -> Option<Finding> {
    let survey = desk.survey;
    let speaks = |file: &File| {
        let text = survey.text(file);
        text.is_some_and(|text| summary_topics(&String::from_utf8_lossy(&text.bytes)) >= 2)
    };
    let file = survey.documents().find(|file| is_summary(&file.path) && file.size > 1000 && speaks(file))?;
    let path = &file.path;
    let says = remark!("datasheet-file", "`{path}` describes the data", path);
    let finding = desk.verified(Degree::Partial, says, survey.place(file));
    Some(finding.claiming(Degree::Full).searching(desk.all_files()))
}

fn section_of_model_card(desk: &mut Desk<'_>) -> Option<Finding> {
    let card = &desk.survey.card;
    let section = card.sections(Topic::TrainingData, 40).into_iter().next()?;
    let span = section.body.start..section.body.end.min(section.body.start + 300);
    let claim = desk.claim("data-section", card.text()?, span);
    let finding = Finding::claimed(desk.criterion, Degree::Partial);
    let finding = finding.because(remark!("data-in-card", "the model card describes the training data"));
    Some(finding.saying([claim]).searching("the card"))
}

/// D4. The datasets that results name, or that tables of results are about.
pub(super) fn evaluation_data(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let used: Vec<&UsedDataset> = survey.datasets.iter().filter(|dataset| dataset.evaluation_only).collect();
    let mut evidence = Vec::new();
    let mut open = 0;
    for dataset in &used {
        let Reach::Found(report) = &dataset.reach else { continue };
        let has_data = report
            .finding(Criterion::TrainingData)
            .is_some_and(|finding| finding.extent.verified > Degree::None);
        open += usize::from(has_data && !is_gated(report));
        let id = &dataset.id;
        evidence.push(desk.told(
            remark!("evaluated-with", "results name `{id}`, which can be looked at", id),
            dataset.locator(),
        ));
    }
    let benchmarks = survey.benchmarks();
    let named = used.len();
    let finding = if open > 0 {
        let degree = if open == named { Degree::Full } else { Degree::Partial };
        Finding::verified(criterion, degree, Degree::Full).because(remark!(
            "evaluation-data-open",
            "{open} of {named} datasets of the results hold data that anybody gets",
            open,
            named
        ))
    } else if named > 0 {
        Finding::claimed(criterion, Degree::Full).because(remark!(
            "evaluation-data-named",
            "results name {named} datasets",
            named
        ))
    } else if let Some(first) = benchmarks.first() {
        Finding::claimed(criterion, Degree::Full).because(remark!(
            "benchmarks-named",
            "results are given for public benchmarks, such as {first}",
            first
        ))
    } else {
        Finding::missing(criterion)
            .because(remark!("no-evaluation-data", "nothing says with which data it was evaluated"))
    };
    finding
        .raised_by(remark!(
            "name-evaluation-data",
            "name the dataset of each result, in `model-index` or `.eval_results`"
        ))
        .showing(evidence)
        .searching("the card and evaluation results")
}

/// What becomes of a finding whose base has a lesser one: a derivative is no more open than what it is made from.
pub(crate) fn inherit(finding: &mut Finding, base: &Finding, from: &str) {
    let lesser = finding.extent.min(base.extent);
    if lesser == finding.extent || finding.status == Status::NotApplicable {
        return;
    }
    let code = finding.criterion.code();
    let status = base.status.as_str();
    finding.extent = lesser;
    finding.inherited = Some(from.to_owned());
    finding.remarks.push(remark!(
        "inherited",
        "{code} of `{from}`, from which it is made, is {status}",
        code,
        from,
        status
    ));
    if finding.status == Status::Verified && lesser.verified == Degree::None {
        finding.status = match lesser.claimed {
            Degree::None if base.status == Status::Unchecked => Status::Unchecked,
            Degree::None => Status::Missing,
            _ => Status::Claimed,
        };
    } else if finding.status == Status::Claimed && lesser.claimed == Degree::None {
        finding.status = if base.status == Status::Unchecked { Status::Unchecked } else { Status::Missing };
    }
}
