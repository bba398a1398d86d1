//! Models classed as the Model Openness Tool classes them: cases written from the description of its algorithm.

use limpide_openness::mot::{Classed, Problem, Progress, State, classify, is_open};
use serde_json::{Map, Value, json};

const ARCHITECTURE: &str = "Model architecture";
const FINAL: &str = "Model parameters (Final)";
const REPORT: &str = "Technical report";
const RESULTS: &str = "Evaluation results";
const MODEL_CARD: &str = "Model card";
const DATA_CARD: &str = "Data card";
const OUTPUTS: &str = "Sample model outputs";
const TRAINING: &str = "Training code";
const INFERENCE: &str = "Inference code";
const EVALUATION: &str = "Evaluation code";
const EVALUATION_DATA: &str = "Evaluation data";
const TOOLS: &str = "Supporting libraries and tools";
const DATASETS: &str = "Datasets";
const PREPROCESSING: &str = "Data preprocessing code";
const INTERMEDIATE: &str = "Model parameters (Intermediate)";
const PAPER: &str = "Research paper";
const METADATA: &str = "Model metadata";

const THREE: [&str; 6] = [ARCHITECTURE, FINAL, REPORT, RESULTS, MODEL_CARD, DATA_CARD];
const TWO: [&str; 4] = [TRAINING, INFERENCE, EVALUATION, EVALUATION_DATA];
const ONE: [&str; 4] = [DATASETS, PREPROCESSING, INTERMEDIATE, PAPER];
const OPTIONAL: [&str; 3] = [OUTPUTS, TOOLS, METADATA];

/// A model file in the making.
#[derive(Clone, Default)]
struct Model {
    licences: Map<String, Value>,
    components: Vec<(String, Option<Value>)>,
}

/// A model with the required components of these classes.
fn with(groups: &[&[&str]]) -> Model {
    Model::default().and(&groups.concat())
}

impl Model {
    fn and(mut self, names: &[&str]) -> Self {
        self.components.extend(names.iter().map(|name| ((*name).to_owned(), None)));
        self
    }

    fn but(mut self, name: &str) -> Self {
        self.components.retain(|(held, _)| held != name);
        self
    }

    fn all_under(mut self, licence: &str) -> Self {
        self.licences.insert("distribution".to_owned(), json!({ "name": licence, "path": "LICENSE" }));
        self
    }

    fn kind_under(mut self, kind: &str, licence: &str) -> Self {
        self.licences.insert(kind.to_owned(), json!({ "name": licence }));
        self
    }

    fn one_under(mut self, name: &str, licence: impl Into<Value>) -> Self {
        let held = self.components.iter_mut().find(|(held, _)| held == name);
        held.unwrap().1 = Some(licence.into());
        self
    }

    fn yaml(&self) -> String {
        let components = self.components.iter().map(|(name, licence)| match licence {
            Some(licence) => json!({ "name": name, "license": licence }),
            None => json!({ "name": name, "description": "said at length" }),
        });
        let components: Vec<Value> = components.collect();
        // JSON is YAML.
        json!({
            "framework": { "name": "Model Openness Framework", "version": "1.0", "date": "2024-12-15" },
            "release": { "name": "tiny", "license": self.licences, "components": components },
        })
        .to_string()
    }

    fn classed(&self) -> Classed {
        classify(&self.yaml(), &is_open).unwrap()
    }

    /// Class, and what is there of classes 3, 2 and 1.
    #[track_caller]
    fn is(self, class: Option<u8>, progress: [(u32, u32); 3]) {
        let classed = self.classed();
        assert_eq!(classed.class, class, "{classed:?}");
        let told: Vec<(u32, u32)> =
            classed.progress.iter().map(|progress| (progress.have, progress.of)).collect();
        assert_eq!(told, progress, "{classed:?}");
    }
}

#[test]
fn nothing_is_unclassified() {
    Model::default().is(None, [(0, 6), (0, 10), (0, 14)]);
    Model::default().all_under("MIT").is(None, [(0, 6), (0, 10), (0, 14)]);
}

#[test]
fn a_class_is_reached_when_it_is_complete_and_the_next_shows_how_far_it_is() {
    with(&[&THREE]).all_under("MIT").is(Some(3), [(6, 6), (6, 10), (0, 14)]);
    with(&[&THREE, &TWO]).all_under("MIT").is(Some(2), [(6, 6), (10, 10), (10, 14)]);
    with(&[&THREE, &TWO, &ONE]).all_under("MIT").is(Some(1), [(6, 6), (10, 10), (14, 14)]);
}

#[test]
fn a_higher_class_shows_nothing_until_the_lower_is_complete() {
    with(&[&THREE, &TWO, &ONE]).but(FINAL).all_under("MIT").is(None, [(5, 6), (0, 10), (0, 14)]);
    with(&[&THREE, &TWO, &ONE]).but(TRAINING).all_under("MIT").is(Some(3), [(6, 6), (9, 10), (0, 14)]);
    with(&[&TWO, &ONE]).all_under("MIT").is(None, [(1, 6), (0, 10), (0, 13)]);
}

#[test]
fn each_required_component_is_needed_for_its_class() {
    for name in THREE.into_iter().filter(|name| *name != REPORT) {
        with(&[&THREE]).but(name).all_under("MIT").is(None, [(5, 6), (0, 10), (0, 14)]);
    }
    for name in TWO {
        with(&[&THREE, &TWO]).but(name).all_under("MIT").is(Some(3), [(6, 6), (9, 10), (0, 14)]);
    }
    for name in ONE {
        with(&[&THREE, &TWO, &ONE]).but(name).all_under("MIT").is(Some(2), [(6, 6), (10, 10), (13, 14)]);
    }
}

#[test]
fn optional_components_change_nothing() {
    with(&[&THREE, &OPTIONAL]).all_under("MIT").is(Some(3), [(6, 6), (6, 10), (0, 14)]);
    with(&[&OPTIONAL]).all_under("MIT").is(None, [(0, 6), (0, 10), (0, 14)]);
    let closed = with(&[&THREE, &OPTIONAL]).all_under("MIT").one_under(TOOLS, "SSPL-1.0");
    closed.is(Some(3), [(6, 6), (6, 10), (0, 14)]);
}

#[test]
fn the_technical_report_may_be_left_out_when_there_is_a_paper() {
    let paper = |model: Model| model.but(REPORT).and(&[PAPER]).all_under("MIT");
    paper(with(&[&THREE])).is(Some(3), [(6, 6), (6, 10), (0, 13)]);
    paper(with(&[&THREE, &TWO])).is(Some(2), [(6, 6), (10, 10), (10, 13)]);
    with(&[&THREE, &TWO, &ONE]).but(REPORT).all_under("MIT").is(Some(1), [(6, 6), (10, 10), (13, 13)]);
}

#[test]
fn report_and_paper_together_fill_one_place_below_class_one() {
    with(&[&THREE]).and(&[PAPER]).all_under("MIT").is(Some(3), [(6, 6), (6, 10), (0, 14)]);
    with(&[&THREE]).but(DATA_CARD).and(&[PAPER]).all_under("MIT").is(None, [(5, 6), (0, 10), (0, 14)]);
}

#[test]
fn a_report_without_an_open_licence_is_replaced_by_an_open_paper() {
    for licence in ["unlicensed", "", "CC-BY-NC-4.0"] {
        let model = with(&[&THREE]).and(&[PAPER]).all_under("MIT").one_under(REPORT, licence);
        model.is(Some(3), [(6, 6), (6, 10), (0, 13)]);
    }
}

#[test]
fn a_paper_without_an_open_licence_replaces_nothing() {
    for licence in ["unlicensed", "CC-BY-NC-ND-4.0"] {
        let model = with(&[&THREE]).but(REPORT).and(&[PAPER]).all_under("MIT").one_under(PAPER, licence);
        model.is(None, [(5, 6), (0, 10), (0, 14)]);
        let whole = with(&[&THREE, &TWO, &ONE]).all_under("MIT").one_under(PAPER, licence);
        whole.is(Some(2), [(6, 6), (10, 10), (13, 14)]);
    }
}

#[test]
fn a_component_takes_its_own_licence_then_that_of_its_kind_then_that_of_the_release() {
    let states = |model: &Model| model.classed().components;
    let model = with(&[&THREE]).all_under("MIT").kind_under("code", "SSPL-1.0");
    assert_eq!(states(&model)[ARCHITECTURE], State::Invalid);
    assert_eq!(states(&model)[FINAL], State::Included);
    let own = model.one_under(ARCHITECTURE, "BSD-3-Clause");
    assert_eq!(states(&own)[ARCHITECTURE], State::Included);
    own.is(Some(3), [(6, 6), (6, 10), (0, 14)]);
}

#[test]
fn each_kind_of_content_has_a_licence_of_its_own() {
    let model = with(&[&THREE])
        .kind_under("code", "Apache-2.0")
        .kind_under("data", "CDLA-Permissive-2.0")
        .kind_under("document", "CC-BY-4.0");
    model.clone().is(Some(3), [(6, 6), (6, 10), (0, 14)]);
    let states = with(&[&THREE]).kind_under("document", "CC-BY-4.0").classed().components;
    assert_eq!(states[REPORT], State::Included);
    assert_eq!(states[ARCHITECTURE], State::Unlicensed);
    assert_eq!(states[FINAL], State::Unlicensed);
    assert_eq!(states[DATASETS], State::Missing);
    // The kind of a licence is of no consequence: code under a licence for documents is open.
    model.kind_under("code", "CC-BY-4.0").is(Some(3), [(6, 6), (6, 10), (0, 14)]);
}

#[test]
fn an_empty_licence_of_a_kind_falls_back_to_that_of_the_release() {
    let empty = with(&[&THREE]).all_under("MIT").kind_under("code", "");
    empty.is(Some(3), [(6, 6), (6, 10), (0, 14)]);
    let mut null = with(&[&THREE]).all_under("MIT");
    null.licences.insert("code".to_owned(), json!({ "name": null, "path": null }));
    null.is(Some(3), [(6, 6), (6, 10), (0, 14)]);
}

#[test]
fn a_component_that_is_said_to_be_unlicensed_inherits_nothing() {
    for licence in ["unlicensed", ""] {
        let model = with(&[&THREE]).all_under("MIT").one_under(MODEL_CARD, licence);
        assert_eq!(model.classed().components[MODEL_CARD], State::Unlicensed);
        model.is(None, [(5, 6), (0, 10), (0, 14)]);
    }
    let null = with(&[&THREE]).all_under("MIT").one_under(MODEL_CARD, Value::Null);
    assert_eq!(null.classed().components[MODEL_CARD], State::Included);
}

#[test]
fn a_release_that_says_it_is_unlicensed_is() {
    let model = with(&[&THREE]).all_under("unlicensed");
    assert_eq!(model.classed().components[ARCHITECTURE], State::Unlicensed);
    model.is(None, [(0, 6), (0, 10), (0, 14)]);
    with(&[&THREE]).is(None, [(0, 6), (0, 10), (0, 14)]);
}

#[test]
fn datasets_without_a_licence_are_not_open() {
    for licence in ["unlicensed", "CC-BY-NC-4.0"] {
        let model = with(&[&THREE, &TWO, &ONE]).all_under("MIT").one_under(DATASETS, licence);
        model.is(Some(2), [(6, 6), (10, 10), (13, 14)]);
    }
}

#[test]
fn licences_are_open_by_their_exact_id() {
    let open = [
        "MIT",
        "Apache-2.0",
        "CC0-1.0",
        "CC-BY-SA-2.1-JP",
        "ODbL-1.0",
        "ODC-PDDL-1.0",
        "OpenMDW-1.0",
        "GPL-2.0-only",
    ];
    for licence in open {
        with(&[&THREE]).all_under(licence).is(Some(3), [(6, 6), (6, 10), (0, 14)]);
    }
    let closed = [
        "Apache 2.0",
        "apache-2.0",
        "PDDL-1.0",
        "OpenMDW-1.1",
        "Llama 2",
        "CC-BY-NC-4.0",
        "Component not included",
    ];
    for licence in closed {
        let model = with(&[&THREE]).all_under(licence);
        assert_eq!(model.classed().components[FINAL], State::Invalid);
        model.is(None, [(0, 6), (0, 10), (0, 14)]);
    }
}

#[test]
fn whoever_classes_says_which_licences_are_open() {
    let yaml = with(&[&THREE]).all_under("House-Rules-1.0").yaml();
    assert_eq!(classify(&yaml, &is_open).unwrap().class, None);
    assert_eq!(classify(&yaml, &|licence| licence == "House-Rules-1.0").unwrap().class, Some(3));
}

#[test]
fn what_is_listed_twice_counts_once_and_as_it_is_last() {
    let twice = with(&[&THREE]).and(&[FINAL]).all_under("MIT");
    twice.clone().is(Some(3), [(6, 6), (6, 10), (0, 14)]);
    let mut last = twice;
    last.components.last_mut().unwrap().1 = Some("unlicensed".into());
    last.is(None, [(5, 6), (0, 10), (0, 14)]);
}

#[test]
fn progress_is_told_in_thousandths() {
    assert_eq!(Progress { have: 5, of: 6 }.per_mille(), 833);
    assert_eq!(Progress { have: 13, of: 13 }.per_mille(), 1000);
    assert_eq!(Progress { have: 0, of: 14 }.per_mille(), 0);
}

#[test]
fn what_is_no_model_file_is_refused_with_the_place() {
    let problem = |yaml: &str| classify(yaml, &is_open).unwrap_err();
    assert!(matches!(problem("a: [b"), Problem::Unreadable(_)));
    assert!(matches!(problem("x: &a [*a, *a]"), Problem::Unreadable(_)));
    for (yaml, place) in [
        ("framework: {}", "release"),
        ("release: [x]", "release"),
        ("release: { license: MIT }", "release.license"),
        ("release: { license: { code: MIT } }", "release.license"),
        ("release: { components: all }", "release.components"),
        ("release: { components: [all] }", "release.components"),
        ("release: { components: [{ license: MIT }] }", "release.components"),
    ] {
        assert!(matches!(problem(yaml), Problem::Shape { place: told, .. } if told == place), "{yaml}");
    }
    let unknown = problem("release: { components: [{ name: Training dataset }] }");
    assert_eq!(unknown, Problem::Component("Training dataset".to_owned()));
    assert_eq!(unknown.to_string(), "`Training dataset` is no component of the Model Openness Framework");
}

proptest::proptest! {
    #[test]
    fn any_text_is_classed_or_refused(yaml in "\\PC*") {
        crate::properties::mot_model(yaml.as_bytes());
    }

    #[test]
    fn one_component_more_or_a_licence_opened_never_lowers_a_class(
        held in proptest::collection::vec((0..14_usize, proptest::bool::ANY), 0..14),
        more in 0..14_usize,
    ) {
        let names: Vec<&str> = [&THREE[..], &TWO, &ONE].concat();
        let mut model = Model::default();
        for (index, open) in held {
            model.components.push((names[index].to_owned(), Some(if open { "MIT" } else { "unlicensed" }.into())));
        }
        let before = model.classed();
        model.components.push((names[more].to_owned(), Some("MIT".into())));
        let after = model.classed();
        let class = |classed: &Classed| classed.class.map_or(4, u32::from);
        proptest::prop_assert!(class(&after) <= class(&before));
        for (before, after) in before.progress.iter().zip(&after.progress) {
            proptest::prop_assert!(before.per_mille() <= after.per_mille());
        }
    }
}
