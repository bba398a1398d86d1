//! Lines of a licence text that say nothing about permission: copyright notices and titles.
//!
//! Careful by intent. A notice has a year, a © or a word such as "authors", and besides that nothing but names; a title
//! has nothing but words that titles are made of. A line with any other word is part of the text.

/// Whether a line is a copyright notice and nothing else.
pub(super) fn is_copyright_notice(line: &str) -> bool {
    let line = line.trim_matches(|c: char| !c.is_alphanumeric() && !"()<>[]{}©".contains(c));
    if !OPENINGS.iter().any(|opening| begins_with(line, opening)) {
        return false;
    }
    if plain(line) == "all rights reserved" {
        return true;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let opened =
        words.first().is_some_and(|word| matches!(plain(word).as_str(), "copyright" | "portions" | "c" | ""));
    let claims =
        line.to_ascii_lowercase().contains("copyright") || line.contains('©') || begins_with(line, "(c)");
    opened && claims && words.len() <= 24 && is_dated(line) && names_only(&words)
}

const OPENINGS: &[&str] = &["copyright", "portions", "all rights", "(c)", "©"];

fn begins_with(line: &str, opening: &str) -> bool {
    line.get(..opening.len()).is_some_and(|start| start.eq_ignore_ascii_case(opening))
}

/// A year, a place for one, a mark of copyright, or a word for a group of holders.
fn is_dated(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let year = lower.split(|c: char| !c.is_ascii_digit()).any(is_year);
    let place = ["yyyy", "<year", "[year", "{year", "{{year", "$year", "(c)", "©"]
        .iter()
        .any(|place| lower.contains(place));
    let group = ["authors", "contributors", "developers", "foundation", "inc", "llc", "ltd", "corporation"]
        .iter()
        .any(|group| plain(&lower).ends_with(group));
    year || place || group
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

/// Whether all words may stand in the name of a holder. A few may be lower-case, as handles are.
fn names_only(words: &[&str]) -> bool {
    let mut handles = 0;
    for (index, word) in words.iter().enumerate() {
        let lower = plain(word);
        if !word.contains('@') && lower.split(' ').any(speaks) {
            return false;
        }
        let ends_sentence = word.ends_with(['.', ';', ':', '!', '?']) && lower.len() > 4;
        let followed = words.get(index + 1).is_some_and(|next| !plain(next).starts_with("all"));
        if ends_sentence && followed && !lower.contains("inc") {
            return false;
        }
        let given = lower.is_empty()
            || NAMING.contains(&lower.as_str())
            || word.contains(['@', '<', '>', '[', ']', '{', '}', '/']);
        let capital = word.chars().find(|c| c.is_alphanumeric()).is_none_or(|c| !c.is_lowercase());
        handles += usize::from(!given && !capital);
    }
    handles <= 2
}

fn speaks(word: &str) -> bool {
    SPEAKING.contains(&word) || (super::pieces::restricts(word) && !NAMES.contains(&word))
}

/// Names, although they begin like words that restrict.
const NAMES: &[&str] = &["payne", "countryman", "limited", "research", "academy", "modelling"];

/// Words of notices that are written small.
const NAMING: &[&str] = &[
    "copyright",
    "c",
    "portions",
    "by",
    "and",
    "the",
    "of",
    "for",
    "its",
    "other",
    "others",
    "all",
    "rights",
    "reserved",
    "authors",
    "author",
    "contributors",
    "developers",
    "developer",
    "owner",
    "owners",
    "holder",
    "holders",
    "project",
    "projects",
    "team",
    "community",
    "foundation",
    "inc",
    "ltd",
    "llc",
    "gmbh",
    "co",
    "corp",
    "company",
    "et",
    "al",
    "de",
    "van",
    "von",
    "der",
    "da",
    "di",
    "la",
    "present",
    "name",
    "year",
    "yyyy",
    "fullname",
    "at",
    "dot",
];

/// Words that make a sentence of a line, beside those of [`restricts`](super::pieces::restricts).
const SPEAKING: &[&str] = &[
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "has",
    "have",
    "had",
    "does",
    "do",
    "can",
    "could",
    "will",
    "would",
    "should",
    "might",
    "with",
    "to",
    "from",
    "under",
    "this",
    "that",
    "these",
    "those",
    "which",
    "who",
    "whose",
    "it",
    "you",
    "your",
    "we",
    "our",
    "they",
    "use",
    "used",
    "uses",
    "using",
    "copy",
    "copies",
    "copying",
    "modify",
    "modified",
    "distribute",
    "distributed",
    "redistribute",
    "redistributed",
    "redistribution",
    "sublicense",
    "license",
    "licensed",
    "licenses",
    "licence",
    "licensing",
    "grant",
    "grants",
    "granted",
    "reserve",
    "reserves",
    "remain",
    "remains",
    "retain",
    "retained",
    "owned",
    "owns",
    "claim",
    "claims",
    "apply",
    "applies",
    "allow",
    "allows",
    "allowed",
    "see",
    "file",
    "text",
    "document",
    "if",
    "when",
    "where",
    "any",
    "every",
    "each",
    "everyone",
    "anyone",
    "here",
    "above",
    "below",
    "following",
];

/// Whether a line is a title such as "The MIT License (MIT)".
pub(super) fn is_title(line: &str) -> bool {
    let line = plain(line);
    if line == "mit no attribution" {
        return true;
    }
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let named = words.iter().any(|word| matches!(*word, "license" | "licence" | "mit" | "bsd" | "isc"));
    named && words.len() <= 8 && words.iter().all(|word| TITLE.contains(word))
}

const TITLE: &[&str] = &[
    "the",
    "mit",
    "expat",
    "bsd",
    "isc",
    "zlib",
    "license",
    "licence",
    "clause",
    "2",
    "3",
    "two",
    "three",
    "new",
    "simplified",
    "revised",
];

/// Letters and digits in lower case, each run of anything else as one space.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() {
            plain.extend(c.to_lowercase());
        } else if !plain.is_empty() && !plain.ends_with(' ') {
            plain.push(' ');
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_name_holders() {
        for line in [
            "Copyright (c) 2019 Ada Lovelace",
            " * Copyright 2012-2024, Ada Lovelace <ada@example.org> and others. All rights reserved.",
            "Copyright [yyyy] [name of copyright owner]",
            "Copyright (c) <year> <copyright holders>",
            "(c) 2020 ada",
            "© Ada Lovelace",
            "Copyright (c) 2017 the tiny-things authors",
            "Copyright (c) The Tiny Project Contributors",
            "Copyright The Tiny Authors",
            "Copyright (C) 2001 J. R. Hartley Inc. and contributors",
            "All rights reserved.",
        ] {
            assert!(is_copyright_notice(line), "{line}");
        }
    }

    #[test]
    fn a_sentence_about_copyright_is_no_notice() {
        for line in [
            "Copyright holders may revoke this licence at any time.",
            "Copyright 2024 Ada. Commercial use is forbidden.",
            "Copyright 2024 Ada Sells Copies Only",
            "Copyright (c) 2024 Ada; Selling Copies Costs A Fee",
            "Copyright notices and credits go on every page.",
            "Copyright remains with Ada Lovelace.",
            "Copyright in 2024 belongs wholly and solely to ada.",
            "The copyright of 2024 is Ada's.",
            "No copyright is claimed.",
            "All rights reserved unless paid.",
        ] {
            assert!(!is_copyright_notice(line), "{line}");
        }
    }

    #[test]
    fn titles_are_made_of_few_words() {
        assert!(is_title("# The MIT License (MIT)"));
        assert!(is_title("BSD 3-Clause License"));
        assert!(!is_title("The Modified MIT License"));
        assert!(!is_title("MIT License, non-commercial"));
        assert!(!is_title(""));
    }
}
