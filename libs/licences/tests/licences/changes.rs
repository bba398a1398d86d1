//! Changes of one sentence, made by other rules than the library's: what must never be taken for the licence itself.

use limpide_licences::{Verdict, identify};

/// Sentences that somebody may add.
const ADDED: &[&str] = &[
    "You may not use the work for any commercial purpose.",
    "This paragraph was written on a rainy day in Porto.",
    "Copyright holders may withdraw these permissions whenever they like.",
    "Copyright 2024 Example Labs, and commercial use needs a written agreement.",
    "Products with more than a million users need another licence",
];

/// Each text with one sentence more: at the beginning, in the middle, at the end.
pub(crate) fn with_one_more(text: &str) -> Vec<String> {
    let cuts = cuts(text);
    let places = [0, cuts[cuts.len() / 2], text.len()];
    let at = |place: usize, added: &str| format!("{}{added} {}", &text[..place], &text[place..]);
    let inline = places.iter().flat_map(|place| ADDED.iter().map(|added| at(*place, added)));
    let own_line = places
        .iter()
        .flat_map(|place| ADDED[2..].iter().map(|added| at(*place, &format!("\n\n{added}\n\n"))));
    inline.chain(own_line).collect()
}

/// Each text with one sentence less, and the sentence. What is no sentence is left: titles, notices, marks.
pub(crate) fn with_one_less(text: &str) -> Vec<(String, &str)> {
    let mut cuts = cuts(text);
    cuts.push(text.len());
    let sentences =
        cuts.windows(2).filter(|ends| is_sentence(&text[ends[0]..ends[1]]) && !is_notice(text, ends));
    sentences
        .map(|ends| (format!("{}{}", &text[..ends[0]], &text[ends[1]..]), &text[ends[0]..ends[1]]))
        .collect()
}

/// Where sentences begin: after a full stop with space behind it, and after an empty line.
fn cuts(text: &str) -> Vec<usize> {
    let after = |mark: &'static str| text.match_indices(mark).map(move |(at, _)| at + mark.len());
    let mut cuts: Vec<usize> = [". ", ".\n", "\n\n"].into_iter().flat_map(after).chain([0]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

fn is_sentence(part: &str) -> bool {
    let words: Vec<String> = part
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 1 && !word.bytes().all(|byte| byte.is_ascii_digit()))
        .map(str::to_lowercase)
        .collect();
    let title = words.len() <= 6 && words.iter().any(|word| word == "license");
    words.len() > 1 && !title && words != ["mit", "no", "attribution"]
}

/// Whether all lines of a part are notices: names of holders, with full stops in them.
fn is_notice(text: &str, ends: &[usize]) -> bool {
    let start = text[..ends[0]].rfind('\n').map_or(0, |at| at + 1);
    let end = text[ends[1]..].find('\n').map_or(text.len(), |at| ends[1] + at);
    let end = if text[..ends[1]].ends_with('\n') { ends[1] } else { end };
    text[start..end].lines().filter(|line| !line.trim().is_empty()).all(|line| {
        let line = line.to_lowercase();
        let marked = ["copyright", "(c)", "©", "created by"].iter().any(|mark| line.contains(mark));
        marked || line.trim_matches(|c: char| !c.is_alphanumeric()) == "all rights reserved"
    })
}

/// Whether a text is said to be exactly this licence.
pub(crate) fn is_exactly(text: &str, licence: &str) -> bool {
    match identify(text).unwrap().verdict {
        Verdict::Exact { licence: found, equivalents } => {
            found == licence || equivalents.iter().any(|id| id == licence)
        }
        _ => false,
    }
}
