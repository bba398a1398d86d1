//! Any text as a card and the paths of a repository: the first line is the card as JSON, each further line a path.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| {
    let (card, paths) = data.split_once('\n').unwrap_or((data, ""));
    let card = serde_json::from_str(card).unwrap_or_default();
    let paths: Vec<&str> = paths.lines().filter(|path| !path.is_empty()).collect();
    let dataset = limpide_tables::splits::find(paths.iter().copied(), &card);
    for split in dataset.configurations.iter().flat_map(|configuration| &configuration.splits) {
        assert!(split.files.iter().all(|file| paths.contains(&file.as_str())));
    }
});
