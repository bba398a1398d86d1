//! What holds for every repository, whatever it is made of: each story and random combinations of their pieces.

use std::collections::BTreeSet;

use limpide_openness::{Criterion, Gate, Report, Status, canonical};
use proptest::prelude::*;

use crate::commons::{Commons, Shelf};
use crate::made::{
    DEMONSTRATES, SPEAKS_OF_TRAINING, TRAINS, config, gguf, index, notebook, pointer, text_of, weights,
};
use crate::{every, properties};

/// Every invariant of one report.
fn holds(report: &Report, shelf: &Shelf) {
    properties::report(report, &|path, start, end| shelf.sha256(path, start, end));
}

/// What cannot be asked is never held against a repository: offline nothing becomes missing or contradicted that is
/// better where everything can be asked.
fn nothing_is_lost_by_being_cut_off(commons: &Commons, shelf: &Shelf) {
    let (online, offline) = (commons.audit(shelf), commons.clone().when_cut_off().audit(shelf));
    for (there, here) in online.findings.iter().zip(&offline.findings) {
        let harsh = matches!(here.status, Status::Missing | Status::Contradicted);
        let mild = !matches!(there.status, Status::Missing | Status::Contradicted);
        assert!(!(harsh && mild), "{}: {:?} becomes {:?}", there.criterion, there.status, here.status);
    }
    let rules = |report: &Report| -> BTreeSet<String> {
        report.contradictions.iter().map(|contradiction| contradiction.rule.clone()).collect()
    };
    // Grades are part of what X14 and X17 compare with; with less to see they may be lower.
    let more: Vec<String> = rules(&offline).difference(&rules(&online)).cloned().collect();
    assert!(more.iter().all(|rule| matches!(rule.as_str(), "X14" | "X17")), "{more:?}");
}

#[test]
fn every_story_keeps_the_invariants() {
    for story in every::stories() {
        holds(&story.told().report, &story.shelf);
        nothing_is_lost_by_being_cut_off(&story.commons, &story.shelf);
    }
}

#[test]
fn the_stories_are_many() {
    assert!(every::stories().len() >= 200);
}

/// Pieces of cards, of which any may stand beside any other.
const METADATA: [&str; 12] = [
    "license: mit",
    "license: cc-by-nc-4.0",
    "license: other\nlicense_name: llama3.1",
    "license: [cc0-1.0, apache-2.0]",
    "datasets: [ada/books]",
    "datasets: [ada/gone, wikipedia]",
    "base_model: ada/base",
    "base_model: [ada/base, ada/bare, ada/gone]",
    "tags: [open-source]",
    "co2_eq_emissions: 3",
    "model-index:\n- name: tiny\n  results:\n  - dataset: {type: ada/books}\n    metrics: [{type: accuracy, value: 0.5}]",
    "pipeline_tag: text-generation",
];

const WORDS: [&str; 14] = [
    "This model is fully open source.",
    "The training data is open.",
    "The training code is available at https://github.com/ada/tiny.",
    "The training code is available.",
    "The weights are available for download.",
    "All intermediate checkpoints are available.",
    "It was trained from scratch and has 1.1B parameters.",
    "Commercial use is allowed.",
    "It complies with the EU AI Act. MOF: Class I.",
    "No synthetic data was used.",
    "See [our paper](https://arxiv.org/abs/2601.00001).",
    "## Training data\n\nWritten by Ada and by [others](https://hub.example.org/datasets/ada/films), page after page, for many years.",
    "It was trained on 64 A100 GPUs with 2T tokens, 3e22 FLOP.",
    "| Model | MMLU |\n|---|---|\n| Tiny | 30.1 |",
];

fn files() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("model.safetensors", weights(1)),
        ("model-00001-of-00002.safetensors", weights(2)),
        (
            "model.safetensors.index.json",
            index(&["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]),
        ),
        ("tiny.gguf", gguf(&[("general.license", "apache-2.0")], 12, 2560)),
        ("pytorch_model.bin", pointer().into_bytes()),
        ("adapter_model.safetensors", weights(3)),
        ("config.json", config(4096, 32).into_bytes()),
        ("LICENSE", text_of("MIT").as_bytes().to_vec()),
        ("LICENSE-CODE", b"No commercial use. You may not share it.".to_vec()),
        ("train.py", TRAINS.as_bytes().to_vec()),
        ("demo.py", DEMONSTRATES.as_bytes().to_vec()),
        ("note.py", SPEAKS_OF_TRAINING.as_bytes().to_vec()),
        ("train.ipynb", notebook(TRAINS).into_bytes()),
        ("optimizer.pt", b"PK\x03\x04....".to_vec()),
        ("requirements.txt", b"torch\n".to_vec()),
        ("data_summary.md", b"Public dataset https://hub.example.org/datasets/eve/crawl, crawled.".to_vec()),
        (".eval_results/a.yaml", b"- dataset: {id: ada/books, task_id: t}\n  value: 0.9\n".to_vec()),
        ("checkpoint-1/model.safetensors", weights(4)),
        ("checkpoint-2/model.safetensors", weights(4)),
        ("report.pdf", [b"%PDF-1.7".as_slice(), &[0; 30_000]].concat()),
    ]
}

fn world() -> Commons {
    let rows = "{\"text\": \"one\"}\n";
    Commons::new()
        .with(
            Shelf::dataset("ada/books")
                .file("a.jsonl", rows)
                .card("license: cc-by-nc-4.0\ntags: [synthetic]", "# Books\n"),
        )
        .with(Shelf::dataset("ada/films").gated(Gate::Auto).file("a.jsonl", rows))
        .with(
            Shelf::model("ada/base")
                .file("model.safetensors", weights(5))
                .file("train.py", TRAINS)
                .file("LICENSE", text_of("MIT"))
                .card("license: mit\ndatasets: [ada/books]", "The training data is open.\n"),
        )
        .with(Shelf::model("ada/bare").file("model.safetensors", weights(6)))
        .page("https://arxiv.org/abs/2601.00001", 200, "<title>Attention</title>")
        .code("https://github.com/ada/tiny", Shelf::model("ada/tiny").file("train.py", TRAINS))
}

prop_compose! {
    fn repository()(
        metadata in prop::sample::subsequence(METADATA.to_vec(), 0..4),
        words in prop::sample::subsequence(WORDS.to_vec(), 0..6),
        chosen in prop::sample::subsequence(files(), 0..7),
        as_folder in any::<bool>(),
        gate in prop::sample::select(vec![Gate::Open, Gate::Auto, Gate::Manual]),
        steps in 0_u8..3,
    ) -> Shelf {
        let mut shelf = Shelf::model("ada/tiny-7b").gated(gate);
        if !metadata.is_empty() || !words.is_empty() {
            shelf = shelf.card(&metadata.join("\n"), &words.join("\n\n"));
        }
        for (path, bytes) in chosen {
            shelf = shelf.file(path, bytes);
        }
        for step in 0..steps {
            shelf = shelf.revision(&format!("step{step}"), "model.safetensors", weights(step));
        }
        if as_folder { shelf.in_a_folder() } else { shelf }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn any_repository_keeps_the_invariants(shelf in repository(), before in repository()) {
        let commons = world();
        let earlier = commons.audit(&before);
        let report = commons.audit_after(&shelf, Some(&earlier));
        holds(&report, &shelf);
        let once = canonical(&report).unwrap();
        prop_assert_eq!(once, canonical(&commons.audit_after(&shelf, Some(&earlier))).unwrap());
        nothing_is_lost_by_being_cut_off(&commons, &shelf);
    }

    #[test]
    fn a_base_never_gives_more_than_it_has(base in repository(), shelf in repository()) {
        let base = base.named("ada/base");
        let commons = world().with(base.clone());
        let (ours, theirs) = (commons.audit(&shelf), commons.audit(&base));
        if ours.facts.bases.iter().any(|named| named.repository == "ada/base") {
            for criterion in [Criterion::TrainingData, Criterion::TrainingCode, Criterion::WeightsLicence] {
                let (ours, theirs) = (ours.finding(criterion).unwrap(), theirs.finding(criterion).unwrap());
                let least = ours.extent.min(theirs.extent);
                prop_assert_eq!(least.verified, ours.extent.verified, "{}", criterion);
            }
        }
    }
}
