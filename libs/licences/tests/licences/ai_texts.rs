//! Texts of AI licences, which are not part of this repository: read from the folder that `scripts/setup-tests` fills.

use std::path::PathBuf;

use limpide_licences::{Licence, Verdict, identify};
use serde::Deserialize;

use crate::changes::{is_exactly, with_one_less, with_one_more};

#[derive(Deserialize)]
struct Listed {
    licence: String,
    file: String,
}

#[derive(Deserialize)]
struct Texts {
    text: Vec<Listed>,
}

/// The listed texts that are in the folder, as a repository would hold them.
fn texts() -> Vec<(String, String)> {
    let folder =
        PathBuf::from(std::env::var_os("LIMPIDE_LICENCE_TEXTS").expect("name the folder with the texts"));
    let texts: Texts = toml::from_str(include_str!("../../data/texts.toml")).unwrap();
    let there = texts.text.into_iter().filter_map(|listed| {
        let text = std::fs::read_to_string(folder.join(&listed.file)).ok()?;
        let body = text
            .strip_prefix("---\n")
            .and_then(|rest| rest.split_once("\n---\n"))
            .map(|(_, body)| body.to_owned());
        Some((listed.licence, body.unwrap_or(text)))
    });
    let there: Vec<(String, String)> = there.collect();
    assert!(there.len() > 40, "only {} texts are there", there.len());
    there
}

#[test]
#[ignore = "needs the texts that scripts/setup-tests fetches"]
fn every_text_is_exactly_its_licence_and_the_table_knows_it() {
    for (licence, text) in texts() {
        assert!(is_exactly(&text, &licence), "{licence}");
        assert!(Licence::find(&licence).is_some_and(|known| known.id == licence), "{licence}");
        assert!(identify(&text).unwrap().clauses.is_empty());
    }
}

/// Notes about a text, which are known with it and without.
fn is_note(part: &str) -> bool {
    part.trim_start_matches(['_', '\n', ' ']).starts_with('[')
}

#[test]
#[ignore = "needs the texts that scripts/setup-tests fetches"]
fn a_changed_text_is_never_exact() {
    for (licence, text) in texts() {
        for changed in with_one_more(&text) {
            assert!(!is_exactly(&changed, &licence), "{licence}");
        }
        for (changed, sentence) in with_one_less(&text).into_iter().filter(|(_, part)| !is_note(part)) {
            assert!(!is_exactly(&changed, &licence), "{licence} without `{sentence}`");
        }
    }
}

#[test]
#[ignore = "needs the texts that scripts/setup-tests fetches"]
fn a_sentence_more_in_a_long_text_is_found_where_it_stands() {
    let added = "No product may use it that has more than 5 million monthly users.";
    for (licence, text) in texts().into_iter().filter(|(_, text)| text.len() > 6000) {
        let changed = format!("{text}\n\n{added}\n");
        let found = identify(&changed).unwrap();
        let Verdict::Modified { licence: like, inserted, .. } = found.verdict else {
            panic!("{licence}: {found:?}")
        };
        assert!(inserted.iter().any(|span| added.starts_with(span.of(&changed))), "{licence} like {like}");
        assert!(found.clauses.iter().any(|clause| added.starts_with(clause.span.of(&changed))), "{licence}");
    }
}
