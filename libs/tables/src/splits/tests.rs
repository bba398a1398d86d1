use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn files(dataset: &Dataset) -> Vec<(&str, &str, Vec<&str>)> {
    let mut all = Vec::new();
    for configuration in &dataset.configurations {
        for split in &configuration.splits {
            all.push((
                configuration.name.as_str(),
                split.name.as_str(),
                split.files.iter().map(String::as_str).collect(),
            ));
        }
    }
    all
}

fn one(data_files: Value) -> Value {
    json!({ "configs": [{ "config_name": "default", "data_files": data_files }] })
}

#[test]
fn an_empty_repository_has_no_configuration_and_no_problem() {
    let found = find([".gitattributes", "README.md"], &Value::Null);
    assert_eq!(found, Dataset { configurations: Vec::new(), default: None, problems: Vec::new() });
}

#[test]
fn names_alone_say_which_file_is_which_split() {
    let found = find(["b/test.csv", "a/train_1.csv", "a/train_2.csv", "notes.csv"], &Value::Null);
    assert_eq!(
        files(&found),
        [
            ("default", "train", vec!["a/train_1.csv", "a/train_2.csv"]),
            ("default", "test", vec!["b/test.csv"])
        ]
    );
    assert_eq!((found.default, found.configurations[0].module), (Some(0), Module::Csv));
    assert!(found.problems.is_empty());
}

#[test]
fn a_card_without_fields_that_matter_is_as_no_card() {
    let paths = ["a.jsonl", "b.jsonl"];
    let none = find(paths, &Value::Null);
    for card in
        [json!({}), json!([]), json!("text"), json!({"license": "mit", "configs": null, "dataset_info": 3})]
    {
        assert_eq!(find(paths, &card), none);
    }
}

#[test]
fn tabs_separate_what_a_tsv_holds_unless_the_card_says_otherwise() {
    let separator = |card| find(["a.tsv"], &card).configurations[0].options.separator.clone();
    assert_eq!(separator(Value::Null).as_deref(), Some("\t"));
    assert_eq!(separator(one(json!("a.tsv"))).as_deref(), Some("\t"));
    let card =
        json!({ "configs": [{ "config_name": "a", "data_files": "*", "sep": ",", "delimiter": "|" }] });
    assert_eq!(separator(card).as_deref(), Some("|"));
}

#[test]
fn the_card_claims_how_many_rows_a_split_has() {
    let card =
        json!({ "dataset_info": { "splits": [{ "name": "train", "num_bytes": 9, "num_examples": 3 }] } });
    let found = find(["train.csv", "test.csv"], &card);
    let claimed: Vec<_> = found.configurations[0].splits.iter().map(|split| split.claimed_rows).collect();
    assert_eq!(claimed, [Some(3), None]);
}

#[test]
fn a_broken_configuration_leaves_the_others() {
    let card = json!({ "configs": [
        { "config_name": "fine", "data_files": "a.csv" },
        { "config_name": "gone", "data_files": "b.csv" },
        { "config_name": 7, "data_files": "a.csv" },
        { "config_name": "mapped", "data_files": { "train": "a.csv" } },
    ] });
    let found = find(["a.csv"], &card);
    assert_eq!(files(&found), [("fine", "train", vec!["a.csv"])]);
    let said: Vec<_> = found.problems.iter().map(|problem| (problem.field.as_str(), problem.reach)).collect();
    assert_eq!(
        said,
        [
            ("configs[2].config_name", Reach::Dataset),
            ("configs[3].data_files", Reach::Dataset),
            ("configs[1].data_files", Reach::Configuration),
        ]
    );
    assert_eq!(found.problems[2].message, "names `b.csv`, which is no data file of this repository");
}

#[test]
fn a_first_configuration_that_stops_the_library_still_shows_the_next_one() {
    let card = json!({ "configs": [
        { "config_name": "gone", "data_files": "gone.csv" },
        { "config_name": "here", "data_files": "*.json" },
    ] });
    let found = find(["a.json"], &card);
    assert_eq!(files(&found), [("here", "train", vec!["a.json"])]);
    assert_eq!(found.configurations[0].module, Module::Json);
    assert_eq!(found.problems.len(), 1);
    assert_eq!(found.problems[0].reach, Reach::Dataset);
}

#[test]
fn a_file_that_two_patterns_name_is_given_once_and_told() {
    let found = find(["a.csv", "b.csv"], &one(json!(["b.csv", "*.csv"])));
    assert_eq!(files(&found), [("default", "train", vec!["b.csv", "a.csv"])]);
    assert_eq!(found.problems[0].reach, Reach::Nothing);
}

#[test]
fn nobody_knows_what_is_inside_an_archive() {
    let found = find(["train.zip", "test.zip"], &Value::Null);
    assert_eq!(found.configurations[0].module, Module::Archive);
    let found = find(["train.zip", "test.csv"], &Value::Null);
    assert_eq!(found.configurations[0].module, Module::Csv);
    assert_eq!(files(&found).len(), 2);
}

#[test]
fn a_path_out_of_the_repository_is_refused() {
    for path in
        ["/etc/passwd", "file:///etc/passwd", "hf://datasets/a/b/c.csv", "zip://a.csv::b.zip", "a//b.csv"]
    {
        let found = find(["c.csv"], &one(json!(path)));
        assert!(found.configurations.is_empty(), "{path}");
        assert!(!found.problems.is_empty(), "{path}");
    }
    assert!(find(["c.csv"], &one(json!("../*.csv"))).configurations.is_empty());
}

#[test]
fn patterns_that_would_take_long_are_refused_and_not_tried() {
    let paths: Vec<String> = (0..1_000).map(|number| format!("{}{number}.csv", "a".repeat(200))).collect();
    let paths = || paths.iter().map(String::as_str);
    let found = find(paths(), &one(json!("*a".repeat(600))));
    assert!(found.problems[0].message.contains("longer than 1024 bytes"));
    let intricate = format!("{}*b", "*a".repeat(500));
    let configs: Vec<Value> = (0..3_000)
        .map(|number| json!({ "config_name": number.to_string(), "data_files": intricate }))
        .collect();
    let found = find(paths(), &json!({ "configs": configs }));
    assert!(found.problems.iter().any(|problem| problem.message.contains("asks for too much work")));
}

/// Words of which many paths and patterns consist.
fn word() -> impl Strategy<Value = String> {
    let words =
        ["train", "test", "data", "-00000-of-00002", ".csv", ".parquet", ".", "__", "-", "0", "a", "é", " "];
    prop_oneof![3 => prop::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => ".{0,3}"]
}

fn path() -> impl Strategy<Value = String> {
    let part = prop::collection::vec(word(), 1..4).prop_map(|words| words.concat());
    prop::collection::vec(part, 1..4).prop_map(|parts| parts.join("/"))
}

fn pattern() -> impl Strategy<Value = String> {
    let wild = prop::sample::select(vec![
        "*", "**", "?", "[", "]", "[a-z]", "[!", "-", "{a,b}", "/", "\\", "^", "&&",
    ]);
    let piece = prop_oneof![word(), wild.prop_map(str::to_owned), Just("/".to_owned()), ".{0,2}"];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn data_files() -> impl Strategy<Value = Value> {
    let split = ("[a-z.]{1,3}|train", pattern());
    prop_oneof![
        pattern().prop_map(Value::from),
        prop::collection::vec(pattern(), 0..4).prop_map(Value::from),
        prop::collection::vec(split, 0..3).prop_map(|splits| {
            splits.into_iter().map(|(split, path)| json!({ "split": split, "path": path })).collect()
        }),
    ]
}

fn configurations() -> impl Strategy<Value = Value> {
    let one = ("[a-c]|default", data_files(), prop::option::of(pattern()), any::<bool>()).prop_map(
        |(name, files, folder, default)| {
            json!({ "config_name": name, "data_files": files, "data_dir": folder, "default": default })
        },
    );
    prop::collection::vec(one, 0..4)
        .prop_map(|configs| json!({ "configs": configs, "dataset_info": configs }))
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf =
        prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), pattern().prop_map(Value::from)];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let fields =
            ["configs", "config_name", "data_files", "split", "path", "data_dir", "dataset_info", "splits"];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(fields.to_vec()), inner), 0..4).prop_map(|fields| {
                fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }),
        ]
    })
}

fn holds_for_every_reader(paths: &[String], card: &Value) {
    let found = find(paths.iter().map(String::as_str), card);
    for configuration in &found.configurations {
        for split in &configuration.splits {
            let unique: HashSet<&String> = split.files.iter().collect();
            assert_eq!(unique.len(), split.files.len());
            assert!(split.files.iter().all(|file| paths.contains(file)));
        }
    }
    assert!(found.default.is_none_or(|place| place < found.configurations.len()));
    let names: HashSet<&str> = found.configurations.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names.len(), found.configurations.len());
    assert!(found.problems.iter().all(|problem| !problem.field.is_empty() && !problem.message.is_empty()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_paths_and_configurations_give_files_of_the_repository_each_once(
        paths in prop::collection::vec(path(), 0..12), card in configurations()
    ) {
        holds_for_every_reader(&paths, &card);
    }

    #[test]
    fn any_card_at_all_is_survived(paths in prop::collection::vec(path(), 0..6), card in anything()) {
        holds_for_every_reader(&paths, &card);
        holds_for_every_reader(&paths, &json!({ "configs": card }));
    }

    #[test]
    fn a_path_that_is_asked_for_by_its_name_is_found(name in "[a-zA-Z0-9 +@#é~-]{1,12}") {
        let path = format!("folder/{name}.csv");
        let found = find([path.as_str()], &one(json!(path)));
        prop_assert_eq!(&found.configurations[0].splits[0].files, &[path]);
    }

    #[test]
    fn the_order_of_the_paths_does_not_matter(paths in prop::collection::vec(path(), 0..8)) {
        let found = find(paths.iter().map(String::as_str), &Value::Null);
        prop_assert_eq!(find(paths.iter().rev().map(String::as_str), &Value::Null), found);
    }
}
