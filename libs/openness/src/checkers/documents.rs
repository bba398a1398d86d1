//! Documents: the model card, what it says of use and limits, and a policy on copyright.

use super::Desk;
use crate::prose::Theme;
use crate::remark::remark;
use crate::report::{Finding, Strength};
use crate::status::Degree;
use crate::survey::Topic;

/// The topics of the Hub's template for model cards.
const TOPICS: [Topic; 8] = [
    Topic::Uses,
    Topic::Limits,
    Topic::TrainingData,
    Topic::TrainingProcedure,
    Topic::Evaluation,
    Topic::Environment,
    Topic::Technical,
    Topic::Citation,
];

/// Words that make a section more than a heading.
const FILLED: usize = 12;

/// T1. Topics of the template that are filled in, and words in all.
pub(super) fn model_card(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let card = &survey.card;
    let Some(text) = card.text() else {
        let says = remark!("no-card", "there is no `README.md` that can be read");
        let absent = desk.absent(says.clone(), survey.whole());
        return Finding::missing(criterion)
            .because(says)
            .showing([absent])
            .raised_by(remark!("write-card", "write a model card"))
            .searching(desk.all_files());
    };
    let filled = TOPICS.iter().filter(|topic| card.speaks_of(**topic, FILLED)).count();
    let (words, empty, all) = (card.all_words(), card.placeholders(), TOPICS.len());
    let says = remark!(
        "card-filled",
        "{filled} of {all} topics of the template are filled in, in {words} words; {empty} places are marked as empty",
        filled,
        all,
        words,
        empty
    );
    let shown = desk.shows(Strength::Derived, says.clone(), text.place());
    let degree = match (filled, words) {
        (5.., 300..) => Degree::Full,
        (2.., 60..) | (_, 250..) => Degree::Partial,
        _ => Degree::None,
    };
    let finding = match degree {
        Degree::None => Finding::missing(criterion),
        degree => Finding::verified(criterion, degree, degree),
    };
    let lacking = TOPICS.iter().filter(|topic| !card.speaks_of(**topic, FILLED));
    let lacking: Vec<String> = lacking.map(|topic| words_for(*topic).to_owned()).collect();
    let finding = match lacking.is_empty() {
        true => finding,
        false => {
            finding.raised_by(remark!("fill-card", "write about: {topics}", topics = lacking.join(", ")))
        }
    };
    finding.because(says).showing([shown]).searching("`README.md`")
}

fn words_for(topic: Topic) -> &'static str {
    match topic {
        Topic::Uses => "uses",
        Topic::Limits => "bias, risks and limitations",
        Topic::TrainingData => "training data",
        Topic::TrainingProcedure => "training procedure",
        Topic::Evaluation => "evaluation",
        Topic::Environment => "environmental impact",
        Topic::Technical => "technical specifications",
        Topic::Citation => "citation",
        _ => "description",
    }
}

/// G2. Sections on intended use and on limits, or a policy of use.
pub(super) fn use_policy(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let card = &survey.card;
    let mut evidence = Vec::new();
    let mut parts = 0;
    for topic in [Topic::Uses, Topic::Limits] {
        let sections = card.sections(topic, FILLED);
        if let (Some(section), Some(text)) = (sections.first(), card.text()) {
            parts += 1;
            let (topic, words) = (words_for(topic), card.words(section));
            let says = remark!("section-filled", "a section on {topic} has {words} words", topic, words);
            evidence.push(desk.shows(Strength::Derived, says, text.locate(section.body.clone())));
        }
    }
    let forbids = |file: &&crate::source::File| {
        let words = survey.text(file).map(|text| String::from_utf8_lossy(&text.bytes).to_lowercase());
        words.is_some_and(|words| {
            ["not use", "prohibited", "not to use", "acceptable use"].iter().any(|word| words.contains(word))
        })
    };
    let policy = survey
        .documents()
        .find(|file| file.path.to_lowercase().contains("use_policy") && file.size > 200 && forbids(file));
    if let Some(file) = policy {
        let path = &file.path;
        let says = remark!("use-policy-file", "`{path}` is a policy of use", path);
        evidence.push(desk.shows(Strength::Derived, says, survey.place(file)));
        parts += 1;
    }
    let finding = match parts {
        0 => Finding::missing(criterion)
            .because(remark!("no-use", "nothing is said of intended use and limits")),
        1 => Finding::verified(criterion, Degree::Partial, Degree::Partial)
            .because(remark!("use-partly", "intended use or limits are described, not both")),
        _ => Finding::verified(criterion, Degree::Full, Degree::Full)
            .because(remark!("use-described", "intended use and limits are described")),
    };
    finding
        .raised_by(remark!("describe-use", "describe intended use, uses out of scope, and limits"))
        .showing(evidence)
        .searching("`README.md` and policies of use")
}

/// G1. Words on copyright and opting out, or a file of its own; what they are worth nobody can tell from here.
pub(super) fn copyright_policy(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let file = survey.documents().find(|file| {
        let path = file.path.to_lowercase();
        path.contains("copyright") && path.contains("policy") && file.size > 500
    });
    if let Some(file) = file {
        let path = &file.path;
        let says = remark!("copyright-file", "`{path}` is named as a policy on copyright", path);
        let shown = desk.shows(Strength::Heuristic, says.clone(), survey.place(file));
        return Finding::probable(criterion, Degree::Full)
            .because(says)
            .showing([shown])
            .searching(desk.all_files());
    }
    let said = survey.card.said(Theme::Copyright);
    let claims: Vec<String> = said
        .iter()
        .take(3)
        .filter_map(|span| Some(desk.claim("copyright", survey.card.text()?, span.clone())))
        .collect();
    let finding = match claims.is_empty() {
        false => Finding::claimed(criterion, Degree::Partial)
            .because(remark!("copyright-said", "the card speaks of copyright, opting out or crawling")),
        true => Finding::missing(criterion)
            .because(remark!("no-copyright", "nothing is said of copyright and opting out")),
    };
    finding
        .raised_by(remark!(
            "copyright-policy",
            "publish a policy on copyright (Article 53(1)(c) of the EU AI Act)"
        ))
        .saying(claims)
        .searching(desk.all_files())
}
