//! Each rubric by example.

use limpide_openness::{Base, Criterion, Degree, Finding, Gate, HEADLINE, Parameters, Severity};
use limpide_words::Kind::{Dataset, Model, Space};

use crate::made::{contradiction, criterion, whole};

const EU: &str = "eu-exemption-2025-07";
const MOT: &str = "mof-1.0-mot";
const SPEC: &str = "mof-1.0-spec";
const OSAI: &str = "osai-2026-03";
const OSAID: &str = "osaid-1.0";

#[test]
fn a_model_is_graded_by_every_rubric_a_dataset_by_the_headline_and_a_space_by_none() {
    let ids =
        |kind| -> Vec<String> { whole(kind).grades().into_iter().map(|outcome| outcome.rubric).collect() };
    assert_eq!(ids(Model), [EU, HEADLINE, MOT, SPEC, OSAI, OSAID]);
    assert_eq!(ids(Dataset), [HEADLINE]);
    assert!(ids(Space).is_empty());
}

#[test]
fn what_is_open_in_all_gets_the_best_of_each() {
    let report = whole(Model);
    let best =
        [(EU, "exempt"), (HEADLINE, "A"), (MOT, "I"), (SPEC, "I"), (OSAI, "100 %"), (OSAID, "meets it")];
    for (rubric, name) in best {
        let outcome = report.by(rubric);
        assert_eq!([&*outcome.verified.name, &*outcome.claimed.name], [name; 2], "{rubric}");
        assert_eq!((outcome.verified.score, outcome.gap), (1000, 0), "{rubric}");
        assert!(!outcome.title.is_empty() && !outcome.source.is_empty() && !outcome.version.is_empty());
    }
    assert_eq!(report.by(HEADLINE).verified.label, "open science");
    let data = whole(Dataset).by(HEADLINE);
    assert_eq!((&*data.verified.name, &*data.verified.label), ("A", "open and documented data"));
}

#[test]
fn nothing_gets_the_worst_of_each() {
    let all: Vec<&str> = Criterion::ALL.iter().map(|criterion| criterion.code()).collect();
    let report = whole(Model).without(&all.join(" "));
    let worst = [
        (EU, "not exempt"),
        (HEADLINE, "E"),
        (MOT, "unclassified"),
        (SPEC, "unclassified"),
        (OSAI, "0 %"),
        (OSAID, "does not meet it"),
    ];
    for (rubric, name) in worst {
        let outcome = report.by(rubric);
        assert_eq!([&*outcome.verified.name, &*outcome.claimed.name], [name; 2], "{rubric}");
    }
    assert_eq!(report.by(HEADLINE).claimed.label, "closed");
}

#[test]
fn a_claim_counts_for_whoever_believes_it() {
    let report = whole(Model).claiming("D1 D2 C1 C2");
    assert_eq!(report.names(OSAID), ["does not meet it", "does not meet it", "meets it"]);
    assert_eq!(report.names(MOT), ["III", "III", "I"]);
    let headline = report.by(HEADLINE);
    assert!(headline.verified.score < headline.claimed.score);
    assert_eq!([&*headline.verified.label, &*headline.claimed.label], ["open model", "open science"]);
}

// The definition.

#[test]
fn each_element_of_the_definition_is_needed() {
    for code in ["D2", "L4", "C1", "C2", "C3", "C4", "C5", "W4", "L2", "W1", "L1", "L5"] {
        assert_eq!(whole(Model).without(code).names(OSAID)[2], "does not meet it", "{code}");
        assert_eq!(whole(Model).partly(code).names(OSAID)[2], "does not meet it", "{code}");
    }
    assert_eq!(whole(Model).without("A1").names(OSAID), ["does not meet it"; 3]);
    let report = whole(Model).without("D1 D3 D4 L3 T1 T2 T3 T4 E1 W2 W3 G1 G2 P1");
    assert_eq!(report.names(OSAID)[0], "meets it", "training data may stay away when all is told of them");
}

#[test]
fn a_gate_is_asking_and_a_folder_has_none() {
    let gated = |gate| whole(Model).with("A1", Finding::unchecked).facts(|facts| facts.gate = gate);
    assert_eq!(gated(None).names(OSAID), ["meets it"; 3]);
    assert_eq!(gated(Some(Gate::Auto)).names(OSAID), ["does not meet it"; 3]);
    assert_eq!(gated(Some(Gate::Manual)).names(OSAID), ["does not meet it"; 3]);
    let folder = whole(Dataset).with("A1", Finding::unchecked).by(HEADLINE);
    assert_eq!(folder.verified.label, "open and documented data");
    assert_eq!(whole(Dataset).without("A1").by(HEADLINE).verified.label, "available");
}

// The framework.

#[test]
fn the_two_readings_of_the_framework_differ_in_halves_and_in_licences_of_data() {
    let half = whole(Model).partly("T1");
    assert_eq!(half.names(MOT)[0], "I");
    assert_eq!(half.names(SPEC)[0], "unclassified");
    let unlicensed = whole(Model).without("L3").facts(|facts| drop(facts.licences.remove("data")));
    assert_eq!(unlicensed.names(MOT)[0], "III");
    assert_eq!(unlicensed.names(SPEC)[0], "III", "evaluation data need a licence in both");
    let parts =
        |rubric: &str| unlicensed.by(rubric).parts.into_iter().find(|part| part.id == "15").unwrap().verified;
    assert_eq!((parts(MOT), parts(SPEC)), (500, 1000));
}

#[test]
fn the_tools_reading_goes_by_the_licence_id_that_is_verified_or_named() {
    let named = whole(Model).licence("weights", |licence| licence.text = None);
    assert_eq!(named.names(MOT), ["unclassified", "unclassified", "I"]);
    let modified = whole(Model).licence("weights", |licence| licence.text = Some("modified".to_owned()));
    assert_eq!(modified.names(MOT)[2], "unclassified");
    let probable = whole(Model).licence("weights", |licence| licence.text = Some("probable".to_owned()));
    assert_eq!(probable.names(MOT), ["unclassified", "unclassified", "I"]);
    let closed = whole(Model).licence("weights", |licence| licence.found_id = Some("PDDL-1.0".to_owned()));
    assert_eq!(closed.names(MOT)[2], "unclassified");
    assert_eq!(closed.names(SPEC)[2], "I", "which is open by the finding");
    let attested = named.attesting("L1");
    assert_eq!(attested.names(MOT), ["unclassified", "I", "I"]);
}

#[test]
fn a_paper_stands_in_for_a_report_in_audits_too() {
    assert_eq!(whole(Model).without("T2").names(SPEC)[0], "I");
    assert_eq!(whole(Model).without("T3").names(SPEC)[0], "II");
    assert_eq!(whole(Model).without("T2 T3").names(SPEC)[0], "unclassified");
}

#[test]
fn the_score_of_a_class_tells_how_much_of_the_next_is_there() {
    let score = |codes: &str| whole(Model).without(codes).by(SPEC).verified.score;
    assert_eq!(score("C1"), (1000 + 900) / 3);
    assert_eq!(score("W3"), (2000 + 928) / 3);
    assert_eq!(score("W1"), 833 / 3);
}

// The index.

#[test]
fn the_index_is_the_mean_of_twelve() {
    assert_eq!(whole(Model).by(OSAI).parts.len(), 12);
    assert_eq!(whole(Model).without("T3").by(OSAI).verified.score, 11_000 / 12);
    assert_eq!(whole(Model).without("T3").names(OSAI)[0], "91 %");
    assert_eq!(whole(Model).partly("T3 T2").by(OSAI).verified.score, 11_000 / 12);
}

fn part(report: &crate::made::Making, rubric: &str, id: &str) -> u32 {
    report.by(rubric).parts.into_iter().find(|part| part.id == id).unwrap().verified
}

#[test]
fn the_index_knows_halves() {
    let told = whole(Model).without("D1");
    assert_eq!(part(&told, OSAI, "datasources_endmodel"), 500, "data that are only told of");
    for gate in [Gate::Auto, Gate::Manual] {
        let gated = whole(Model).facts(|facts| facts.gate = Some(gate));
        assert_eq!(part(&gated, OSAI, "weights_endmodel"), 500);
    }
    assert_eq!(part(&whole(Model).facts(|facts| facts.gate = None), OSAI, "weights_endmodel"), 1000);
    assert_eq!(part(&whole(Model).without("C2"), OSAI, "trainingcode"), 500);
    assert_eq!(part(&whole(Model).without("C1 C2"), OSAI, "trainingcode"), 0);
    assert_eq!(part(&whole(Model).without("L3"), OSAI, "licenses"), 500);
    assert_eq!(part(&whole(Model).partly("L1 L2").without("L3"), OSAI, "licenses"), 500);
    assert_eq!(part(&whole(Model).without("L2 L3"), OSAI, "licenses"), 0);
    assert_eq!(part(&whole(Model).without("D3"), OSAI, "datasheet"), 500);
}

#[test]
fn a_model_made_from_no_other_mirrors_its_own_weights() {
    let scratch = |report: crate::made::Making| report.with("W2", Finding::not_applicable);
    assert_eq!(part(&scratch(whole(Model)), OSAI, "weights_basemodel"), 1000);
    assert_eq!(part(&scratch(whole(Model).without("W1")), OSAI, "weights_basemodel"), 0);
}

// The headline.

#[test]
fn what_is_attested_counts_three_quarters_and_what_is_claimed_whole() {
    let all: Vec<&str> = Criterion::ALL.iter().map(|criterion| criterion.code()).collect();
    let attested = whole(Model).attesting(&all.join(" ")).by(HEADLINE);
    assert_eq!([attested.verified.score, attested.attested.score, attested.claimed.score], [0, 750, 1000]);
    let claimed = whole(Model).claiming(&all.join(" ")).by(HEADLINE);
    assert_eq!([claimed.verified.score, claimed.attested.score, claimed.claimed.score], [0, 0, 1000]);
    assert_eq!([&*claimed.verified.name, &*claimed.claimed.name], ["E", "A"]);
}

#[test]
fn a_claim_proved_false_where_it_matters_caps_the_letter() {
    for code in ["L1", "L5", "W1"] {
        assert_eq!(whole(Model).contradicting(code).names(HEADLINE), ["D"; 3], "{code}");
    }
    assert_eq!(whole(Model).contradicting("T3").names(HEADLINE)[0], "A");
    assert_eq!(whole(Dataset).contradicting("L3").names(HEADLINE), ["D"; 3]);
    let mut suggested = whole(Model);
    suggested.0.contradictions.push(contradiction(criterion("L1"), Severity::Suggests));
    assert_eq!(suggested.names(HEADLINE)[0], "A");
}

#[test]
fn without_information_on_data_there_is_no_a() {
    let report = whole(Model).claiming("D2");
    assert_eq!(report.names(HEADLINE), ["B", "B", "A"]);
    assert_eq!(report.by(HEADLINE).verified.score, 849);
    assert_eq!(whole(Dataset).without("D2").names(HEADLINE), ["B"; 3]);
}

#[test]
fn the_ladder_goes_from_closed_to_open_science() {
    let label = |codes: &str| whole(Model).without(codes).by(HEADLINE).verified.label;
    assert_eq!(label("W1"), "closed");
    assert_eq!(label("L1 L5"), "available");
    assert_eq!(label("T1 C1"), "open weights");
    assert_eq!(label("C1"), "open model");
    assert_eq!(label("D2 W3"), "open tooling");
    assert_eq!(label("W3"), "open source AI");
    assert_eq!(label("T4"), "open science");
    let data = |codes: &str| whole(Dataset).without(codes).by(HEADLINE).verified.label;
    assert_eq!(
        [data("D1"), data("L3"), data("D3"), data("P1")],
        ["closed", "available", "open data", "open and documented data"]
    );
}

// The exemption.

#[test]
fn a_known_restriction_ends_the_exemption_at_every_belief() {
    for word in [
        "non-commercial",
        "research_only",
        "no-redistribution",
        "user_threshold:700000000",
        "not-granted-in: EU",
    ] {
        let report = whole(Model).licence("weights", |licence| licence.restrictions = vec![word.to_owned()]);
        assert_eq!(report.names(EU), ["not exempt"; 3], "{word}");
    }
    let rail =
        whole(Model).licence("weights", |licence| licence.restrictions = vec!["field-of-use".to_owned()]);
    assert_eq!(rail.names(EU), ["for review"; 3]);
}

#[test]
fn what_is_only_claimed_is_for_review_until_it_is_verified() {
    assert_eq!(whole(Model).claiming("L1").names(EU), ["for review", "for review", "exempt"]);
    assert_eq!(whole(Model).attesting("W1").names(EU), ["for review", "exempt", "exempt"]);
    assert_eq!(whole(Model).with("L1", Finding::unchecked).names(EU), ["for review"; 3]);
    assert_eq!(whole(Model).without("L1").names(EU), ["not exempt"; 3]);
    assert_eq!(whole(Model).contradicting("L1").names(EU), ["not exempt"; 3]);
}

#[test]
fn compute_decides_what_is_in_scope_and_what_is_a_systemic_risk() {
    let at = |flop: Option<u32>| whole(Model).facts(|facts| facts.claimed_flop = flop).names(EU)[0].clone();
    assert_eq!(at(Some(22_000)), "outside the scope");
    assert_eq!(at(Some(23_000)), "for review", "within the tolerance of estimates");
    assert_eq!(at(Some(24_000)), "exempt");
    assert_eq!(at(Some(25_000)), "for review");
    assert_eq!(at(Some(25_500)), "not exempt");
    assert_eq!(at(None), "for review");
}

#[test]
fn compute_is_estimated_from_parameters_and_tokens() {
    let trained = |parameters: u64, tokens: u64| {
        let report = whole(Model).facts(|facts| {
            facts.claimed_flop = None;
            facts.parameters = Some(Parameters { total: parameters, ..Parameters::default() });
            facts.claimed_tokens = Some(tokens);
        });
        report.names(EU)[0].clone()
    };
    assert_eq!(trained(1_000_000_000, 1_000_000_000_000), "outside the scope");
    assert_eq!(trained(70_000_000_000, 15_000_000_000_000), "exempt");
    assert_eq!(trained(2_000_000_000_000, 30_000_000_000_000), "not exempt");
}

#[test]
fn compute_is_bounded_by_devices_and_estimated_with_their_utilisation() {
    let worked = |most: u64, utilisation: Option<u32>| {
        let report = whole(Model).facts(|facts| {
            facts.claimed_flop = None;
            facts.claimed_work = Some(most);
            facts.claimed_utilisation = utilisation;
        });
        report.names(EU)[0].clone()
    };
    assert_eq!(worked(50_000_000_000, None), "outside the scope", "5·10²² at most");
    assert_eq!(worked(1_000_000_000_000, None), "for review", "10²⁴ at most");
    assert_eq!(worked(1_000_000_000_000, Some(400)), "exempt", "4·10²³");
    assert_eq!(worked(100_000_000_000_000, Some(400)), "not exempt", "4·10²⁵");
}

#[test]
fn a_narrow_task_is_outside_the_scope_and_an_unknown_one_is_for_review() {
    let task = |task: Option<&str>| {
        whole(Model).facts(|facts| facts.task = task.map(str::to_owned)).names(EU)[0].clone()
    };
    assert_eq!(task(Some("text-to-image")), "exempt");
    assert_eq!(task(Some("automatic-speech-recognition")), "outside the scope");
    assert_eq!(task(Some("something-new")), "for review");
    assert_eq!(task(None), "for review");
}

#[test]
fn gates_and_what_they_ask_for_are_for_review() {
    for gate in [Some(Gate::Auto), Some(Gate::Manual), None] {
        assert_eq!(whole(Model).facts(|facts| facts.gate = gate).names(EU), ["for review"; 3]);
    }
    let asking = |field: &str| {
        whole(Model).facts(|facts| facts.gate_asks = vec![field.to_owned()]).names(EU)[0].clone()
    };
    assert_eq!(asking("Company"), "for review");
    assert_eq!(asking("Newsletter"), "not exempt");
}

#[test]
fn weights_architecture_and_use_must_be_public() {
    assert_eq!(whole(Model).without("W1").names(EU), ["not exempt"; 3]);
    assert_eq!(
        whole(Model).without("W4").names(EU),
        ["exempt"; 3],
        "the configuration names the architecture"
    );
    let untold = whole(Model).without("W4").facts(|facts| facts.architectures.clear());
    assert_eq!(untold.names(EU), ["for review"; 3]);
    assert_eq!(whole(Model).facts(|facts| facts.describes_use = false).names(EU), ["for review"; 3]);
}

#[test]
fn what_is_still_due_is_shown_and_decides_nothing() {
    let report = whole(Model).without("G1 D2").facts(|facts| {
        facts.bases = vec![Base {
            repository: "ada/base".to_owned(),
            relation: None,
            reach: "found".to_owned(),
            commit: None,
        }];
    });
    let outcome = report.by(EU);
    assert_eq!(outcome.verified.name, "exempt");
    let shown: Vec<(&str, u32)> =
        outcome.parts.iter().rev().take(4).map(|part| (part.id.as_str(), part.verified)).collect();
    assert_eq!(shown, [("due-summary", 0), ("due-copyright", 0), ("R7", 500), ("R6", 500)]);
}

#[test]
fn the_exemption_is_never_told_without_saying_that_it_is_no_legal_advice() {
    assert!(whole(Model).by(EU).notice.contains("not legal advice"));
    assert!(
        whole(Model).by(EU).parts.iter().all(|part| !part.source.is_empty()),
        "each rule names its paragraph"
    );
}

#[test]
fn partly_verified_and_wholly_claimed_is_between() {
    let report =
        whole(Model).with("T4", |criterion| Finding::verified(criterion, Degree::Partial, Degree::Full));
    let outcome = report.by(OSAI);
    assert_eq!((outcome.verified.score, outcome.claimed.score, outcome.gap), (958, 1000, 42));
}
