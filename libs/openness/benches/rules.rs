//! How often each rule and each checker is right on the stories of the tests, and how many repositories a core audits in
//! a second: `cargo bench -p limpide-openness --bench rules`. The tables are recorded in `docs/openness-accuracy.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "it is no library"
)]
#![allow(dead_code, unused_imports, reason = "the modules are those of the tests, which use more of them")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

#[path = "../tests/openness/access.rs"]
mod access;
#[path = "../tests/openness/bases.rs"]
mod bases;
#[path = "../tests/openness/cards.rs"]
mod cards;
#[path = "../tests/openness/claims.rs"]
mod claims;
#[path = "../tests/openness/code.rs"]
mod code;
#[path = "../tests/openness/commons.rs"]
mod commons;
#[path = "../tests/openness/data.rs"]
mod data;
#[path = "../tests/openness/evaluation.rs"]
mod evaluation;
#[path = "../tests/openness/every.rs"]
mod every;
#[path = "../tests/openness/history.rs"]
mod history;
#[path = "../tests/openness/licences.rs"]
mod licences;
#[path = "../tests/openness/made.rs"]
mod made;
#[path = "../tests/openness/papers.rs"]
mod papers;
#[path = "../tests/openness/story.rs"]
mod story;
#[path = "../tests/openness/weights.rs"]
mod weights;

use commons::{Commons, Shelf};
use story::Story;

/// Right and wrong answers to one question.
#[derive(Default)]
struct Tally {
    right: usize,
    /// Said, and not so.
    false_alarms: usize,
    /// So, and not said.
    missed: usize,
}

fn main() {
    let stories = stories();
    let (mut rules, mut criteria, mut statuses) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for story in &stories {
        let told = story.told();
        count_rules(story, &told, &mut rules);
        for truth in &story.findings {
            let said = told.report.finding(truth.criterion).unwrap().status;
            count(&mut criteria, truth.criterion.code(), truth.status == said, truth.status == said);
            for status in BTreeSet::from([truth.status, said]) {
                count(&mut statuses, status.as_str(), status == truth.status, status == said);
            }
        }
    }
    println!("{} stories.\n", stories.len());
    print("rule", &rules, |rule| rule.trim_start_matches('X').parse().unwrap_or(0));
    print("status", &statuses, |_| 0);
    print_criteria(&criteria);
    speed();
}

/// The stories of repositories, and those of single sentences.
fn stories() -> Vec<Story> {
    let sentences = claims::SENTENCES.iter().flat_map(claims::Sentences::stories).map(|(_, story)| story);
    every::stories().into_iter().chain(sentences).collect()
}

/// Counts for each rule whether it fired when it should have. The truth is that of the story, whatever is known to be
/// missed.
fn count_rules(story: &Story, told: &story::Told, rules: &mut BTreeMap<String, Tally>) {
    let truth: BTreeSet<String> = story.contradictions.iter().map(|(rule, _)| (*rule).to_owned()).collect();
    let said: BTreeSet<String> = told.contradictions.iter().map(|(rule, _)| rule.clone()).collect();
    for rule in truth.union(&said) {
        count(rules, rule, truth.contains(rule), said.contains(rule));
    }
}

fn count(tallies: &mut BTreeMap<String, Tally>, name: &str, is_so: bool, is_said: bool) {
    let tally = tallies.entry(name.to_owned()).or_default();
    match (is_so, is_said) {
        (true, true) => tally.right += 1,
        (false, true) => tally.false_alarms += 1,
        (true, false) => tally.missed += 1,
        (false, false) => tally.missed += 1,
    }
}

fn print(what: &str, tallies: &BTreeMap<String, Tally>, order: impl Fn(&str) -> u32) {
    println!("| {what} | right | false alarms | missed | precision | recall |\n|---|--:|--:|--:|--:|--:|");
    let mut rows: Vec<_> = tallies.iter().collect();
    rows.sort_by_key(|(name, _)| (order(name), (*name).clone()));
    for (name, tally) in rows {
        let share = |of: usize| {
            if of == 0 { "–".to_owned() } else { format!("{:.2}", tally.right as f64 / of as f64) }
        };
        println!(
            "| {name} | {} | {} | {} | {} | {} |",
            tally.right,
            tally.false_alarms,
            tally.missed,
            share(tally.right + tally.false_alarms),
            share(tally.right + tally.missed),
        );
    }
    println!();
}

fn print_criteria(criteria: &BTreeMap<String, Tally>) {
    println!("| criterion | stories | right |\n|---|--:|--:|");
    for (code, tally) in criteria {
        println!("| {code} | {} | {} |", tally.right + tally.missed, tally.right);
    }
    println!();
}

/// Seconds that this process had a core, as Linux counts them; elsewhere, seconds that went by.
fn seconds(begin: Instant) -> f64 {
    let counted = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = counted.and_then(|line| line.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| begin.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// Audits of one small repository, on one core, after the patterns were made.
fn speed() {
    let shelf = Shelf::model("ada/tiny")
        .card("license: mit\ndatasets: [ada/books]\nlibrary_name: transformers", &cards::whole())
        .file("LICENSE", made::text_of("MIT"))
        .file("config.json", made::config(4, 1))
        .file("train.py", made::TRAINS)
        .file("model.safetensors", made::weights(1));
    let books =
        Shelf::dataset("ada/books").card("license: cc0-1.0", "# Books\n").file("a.jsonl", "{\"a\": 1}\n");
    let (alone, together) = (Commons::new().when_cut_off(), Commons::new().with(books));
    println!("| repository | milliseconds | a second on one core |\n|---|--:|--:|");
    for (what, commons) in [("5 files, offline", &alone), ("5 files and a dataset", &together)] {
        commons.audit(&shelf);
        let began = Instant::now();
        let (begin, mut audits) = (seconds(began), 0_u32);
        while seconds(began) - begin < 2.0 {
            commons.audit(&shelf);
            audits += 1;
        }
        let each = (seconds(began) - begin) / f64::from(audits);
        println!("| {what} | {:.2} | {:.0} |", each * 1000.0, 1.0 / each);
    }
}
