use limpide_openness::{Criterion, Status, canonical};

use crate::commons::{Commons, Shelf, index, safetensors};

fn status(report: &limpide_openness::Report, criterion: Criterion) -> Status {
    report.finding(criterion).unwrap().status
}

#[test]
fn an_empty_repository_has_nothing_and_says_so() {
    let report = Commons::new().audit(&Shelf::model("ada/empty"));
    assert_eq!(status(&report, Criterion::FinalWeights), Status::Missing);
    assert_eq!(status(&report, Criterion::ModelCard), Status::Missing);
    assert_eq!(report.findings.len(), Criterion::ALL.len());
}

#[test]
fn whole_weights_are_verified_and_a_lost_shard_is_told() {
    let (one, two) = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");
    let tensor = safetensors(&[("a", "F32", &[100, 100])], 1);
    let whole = Shelf::model("ada/whole")
        .file(one, tensor.clone())
        .file(two, tensor.clone())
        .file("model.safetensors.index.json", index(&[one, two]));
    let report = Commons::new().audit(&whole);
    assert_eq!(status(&report, Criterion::FinalWeights), Status::Verified);
    assert_eq!(report.facts.parameters.as_ref().unwrap().total, 20_000);

    let half =
        Shelf::model("ada/half").file(one, tensor).file("model.safetensors.index.json", index(&[one, two]));
    let report = Commons::new().audit(&half);
    assert_eq!(status(&report, Criterion::FinalWeights), Status::Contradicted);
    assert_eq!(report.contradictions[0].rule, "X8");
}

#[test]
fn the_same_repository_gives_the_same_bytes() {
    let shelf = Shelf::model("ada/tiny")
        .card("license: mit\nbase_model: ada/base", "# Tiny\nA model with 1B parameters.\n")
        .file("model.safetensors", safetensors(&[("a", "F32", &[10])], 1));
    let commons = Commons::new().with(Shelf::model("ada/base"));
    let once = canonical(&commons.audit(&shelf)).unwrap();
    assert_eq!(once, canonical(&commons.audit(&shelf)).unwrap());
    println!("{}", String::from_utf8_lossy(&once));
}
