//! Compares what is found in each layout of `splits/*.json` with what the `datasets` library found there.
//!
//! `splits/generate.py` says how the layouts were made. `LIMPIDE_SPLITS` names another folder of them.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use limpide_tables::splits::{Configuration, Dataset, Module, Reach, find};
use serde_json::{Value, json};

#[test]
fn every_layout_is_found_as_the_library_finds_it() -> Result<()> {
    let folder = std::env::var_os("LIMPIDE_SPLITS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/splits")), PathBuf::from);
    let mut differences = Vec::new();
    let mut compared = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let case: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
        let paths: Vec<&str> =
            case["paths"].as_array().context("paths")?.iter().filter_map(Value::as_str).collect();
        let dataset = find(paths, &case["card"]);
        let (ours, theirs) = (as_the_library_says(&dataset, &case["found"]), once(&case["found"]));
        if ours != theirs {
            let problems = &dataset.problems;
            differences
                .push(format!("{}\n  ours:   {ours}\n  theirs: {theirs}\n  {problems:?}", path.display()));
        }
        compared += 1;
    }
    ensure!(compared > 0, "there is nothing to compare");
    let differ = differences.len();
    ensure!(differences.is_empty(), "{differ} of {compared} layouts differ:\n{}", differences.join("\n"));
    Ok(())
}

/// The dataset in the words of the case: nothing of a dataset that the library refuses, which a problem must say.
fn as_the_library_says(dataset: &Dataset, theirs: &Value) -> Value {
    let whole = dataset.problems.iter().any(|problem| problem.reach == Reach::Dataset);
    if whole || (dataset.configurations.is_empty() && dataset.problems.is_empty()) {
        return json!({ "refused": true });
    }
    let mut ours: Vec<Value> = dataset.configurations.iter().map(one).collect();
    // Configurations that the library refuses alone are missing here, and named by a problem.
    let alone = dataset.problems.iter().filter(|problem| problem.reach == Reach::Configuration).count();
    for (place, name) in
        theirs["configurations"].as_array().into_iter().flatten().map(|one| &one["name"]).enumerate()
    {
        if alone > 0 && !ours.iter().any(|one| one["name"] == *name) {
            ours.insert(place.min(ours.len()), refused(name));
        }
    }
    let default = dataset.default.map(|place| dataset.configurations[place].name.as_str());
    json!({ "default": default, "configurations": ours })
}

fn refused(name: &Value) -> Value {
    json!({ "name": name, "refused": true })
}

fn one(configuration: &Configuration) -> Value {
    let options = &configuration.options;
    let mut said = json!({});
    match configuration.module {
        Module::Csv => said["sep"] = json!(options.separator.as_deref().unwrap_or(",")),
        Module::Json if options.field.is_some() => said["field"] = json!(options.field),
        Module::ImageFolder | Module::AudioFolder | Module::VideoFolder if options.drop_labels.is_some() => {
            said["drop_labels"] = json!(options.drop_labels);
        }
        _ => {}
    }
    let splits: Vec<Value> = configuration
        .splits
        .iter()
        .map(|split| json!({ "name": split.name, "files": split.files }))
        .collect();
    json!({ "name": configuration.name, "module": name(configuration.module), "options": said, "splits": splits })
}

fn name(module: Module) -> &'static str {
    match module {
        Module::Arrow => "arrow",
        Module::AudioFolder => "audiofolder",
        Module::Csv => "csv",
        Module::ImageFolder => "imagefolder",
        Module::Json => "json",
        Module::Parquet => "parquet",
        Module::Text => "text",
        Module::VideoFolder => "videofolder",
        Module::WebDataset => "webdataset",
        Module::Archive => "archive",
        Module::Other(name) => name,
    }
}

/// What the library found, with each file once and without the kinds of its errors.
fn once(found: &Value) -> Value {
    let mut found = found.clone();
    if found.get("refused").is_some() {
        return json!({ "refused": true });
    }
    for configuration in found["configurations"].as_array_mut().into_iter().flatten() {
        if configuration.get("refused").is_some() {
            *configuration = refused(&configuration["name"]);
            continue;
        }
        for split in configuration["splits"].as_array_mut().into_iter().flatten() {
            let mut seen = HashSet::new();
            if let Some(files) = split["files"].as_array_mut() {
                files.retain(|file| seen.insert(file.clone()));
            }
        }
    }
    found
}
