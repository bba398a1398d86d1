//! The same property, on text that looks a little like licences, and on a great deal of it.

use limpide_licences::{LONGEST, TooLong, identify};
use proptest::prelude::*;

use crate::properties;

fn text(id: &str) -> &'static str {
    spdx::text::LICENSE_TEXTS.iter().find(|(known, _)| *known == id).unwrap().1
}

proptest! {
    #[test]
    fn any_text(text in "(Copyright|\\(c\\)|not|commercial|you may|\\d{1,4}|[.,;:()\\n #*-]|\\PC){0,60}") {
        properties::licence_text(text.as_bytes());
    }

    #[test]
    fn any_bytes_within_a_licence(at in 0usize..1000, noise in proptest::collection::vec(any::<u8>(), 0..20)) {
        let mut bytes = text("MIT").as_bytes().to_vec();
        let at = at.min(bytes.len());
        bytes.splice(at..at, noise);
        properties::licence_text(&bytes);
    }
}

#[test]
fn much_text_of_any_shape_is_read_in_bounded_time() {
    let words: Vec<&str> = text("CC-BY-NC-4.0").split_whitespace().collect();
    let shuffled =
        |count: usize| (0..count).map(|i| words[i * 7919 % words.len()]).collect::<Vec<_>>().join(" ");
    let licence = text("GPL-3.0-only");
    let mut paragraphs: Vec<&str> = licence.split("\n\n").collect();
    paragraphs.reverse();
    for big in [
        "\n".repeat(LONGEST),
        "not commercial ".repeat(LONGEST / 15),
        "a".repeat(LONGEST),
        "(a) ".repeat(LONGEST / 4),
        "you may not: ".repeat(LONGEST / 13),
        "Copyright (c) 2020 A\n".repeat(LONGEST / 21),
        "é;".repeat(LONGEST / 3),
        shuffled(100_000),
        licence.repeat(LONGEST / licence.len()),
        paragraphs.join("\n\n"),
    ] {
        // The property reads each twice. A machine under load may be slow; what is not bounded takes minutes.
        let started = std::time::Instant::now();
        properties::licence_text(big.as_bytes());
        assert!(started.elapsed().as_secs() < 30, "{:?}", &big[..40]);
    }
}

#[test]
fn a_longer_text_is_refused() {
    let text = "a ".repeat(LONGEST / 2 + 1);
    assert_eq!(identify(&text), Err(TooLong(text.len())));
}
