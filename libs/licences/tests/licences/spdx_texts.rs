//! All texts of SPDX, whole and with one sentence more or less.

use std::collections::BTreeSet;

use limpide_licences::Store;

use crate::changes::{is_exactly, with_one_less, with_one_more};

/// All but what stands for no licence, and has no text.
fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    spdx::text::LICENSE_TEXTS.iter().copied().filter(|(id, _)| *id != "NOASSERTION")
}

/// One licence for each different text: many identifiers share one.
fn texts() -> Vec<(&'static str, &'static str)> {
    let mut seen = BTreeSet::new();
    all().filter(|(_, text)| seen.insert(*text)).collect()
}

#[test]
fn every_text_of_spdx_is_exactly_its_licence() {
    let other: Vec<&str> = all().filter(|(id, text)| !is_exactly(text, id)).map(|(id, _)| id).collect();
    assert!(other.is_empty(), "{other:?}");
}

#[test]
fn one_sentence_more_is_never_exact() {
    let mut taken = Vec::new();
    for (id, text) in texts() {
        taken.extend(
            with_one_more(text)
                .into_iter()
                .filter(|changed| is_exactly(changed, id))
                .map(|changed| (id, changed)),
        );
    }
    assert!(taken.is_empty(), "{}: {taken:?}", taken.len());
}

#[test]
fn one_sentence_less_is_never_exact() {
    let mut taken = Vec::new();
    for (id, text) in texts() {
        let changed = with_one_less(text).into_iter();
        taken.extend(
            changed.filter(|(changed, _)| is_exactly(changed, id)).map(|(_, sentence)| (id, sentence)),
        );
    }
    assert!(taken.is_empty(), "{}: {taken:?}", taken.len());
}

#[test]
fn fingerprints_are_read_as_they_were_written_and_damaged_ones_refused() {
    let bytes = Store::of_texts([("MIT", "You may. Do it."), ("ISC", "You may not.")]).write();
    assert_eq!(Store::read(&bytes).unwrap().write(), bytes);
    for length in 0..bytes.len() {
        let wrong = Store::read(&bytes[..length]).unwrap_err();
        assert!(wrong.to_string().contains("byte"), "{wrong}");
    }
    let mut longer = bytes;
    longer.push(0);
    assert!(Store::read(&longer).is_err());
}
