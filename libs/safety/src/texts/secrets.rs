//! Keys that let one in elsewhere. A text of any length is gone through once; what is found is told by its rule, and never
//! kept.

use std::io;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use limpide_formats::reading::ReadAt;
use serde::Deserialize;

use crate::event::What;
use crate::scan::Recorder;

/// How much is looked at at once, and how much of it again with the next.
const WINDOW: usize = 1 << 20;
const OVERLAP: usize = 1 << 10;

/// The rules as they are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    name: String,
    begins: Vec<String>,
    letters: Letters,
    least: usize,
    most: usize,
    #[serde(default)]
    entropy: f64,
    #[serde(default)]
    after_space: bool,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Letters {
    Word,
    Upper,
    Hex,
    Url,
    Base64,
    Dotted,
}

/// The rules, ready to be asked.
struct Rules {
    rules: Vec<Rule>,
    /// Of which rule each beginning is.
    of: Vec<usize>,
    begins: AhoCorasick,
}

static RULES: LazyLock<Option<Rules>> = LazyLock::new(|| read(include_str!("../../data/secrets.toml")));

fn read(text: &str) -> Option<Rules> {
    let written: Written = toml::from_str(text).ok()?;
    let begins: Vec<(usize, &String)> = written
        .rule
        .iter()
        .enumerate()
        .flat_map(|(index, rule)| rule.begins.iter().map(move |text| (index, text)))
        .collect();
    let of = begins.iter().map(|(index, _)| *index).collect();
    let begins = AhoCorasick::new(begins.iter().map(|(_, text)| text)).ok()?;
    Some(Rules { rules: written.rule, of, begins })
}

/// Looks through a text.
pub(super) fn look(file: &dyn ReadAt, recorder: &mut Recorder) -> io::Result<()> {
    // A test shows that the rules can be read.
    let Some(rules) = &*RULES else {
        recorder.gap(0, file.size(), "no-rules");
        return Ok(());
    };
    let mut at = 0;
    loop {
        // One byte before tells whether a word begins there.
        let begin = at.min(1);
        let window = file.bytes_at(at - begin, WINDOW + OVERLAP)?;
        let is_last = window.len() < WINDOW + OVERLAP;
        rules.window(&window, at - begin, (usize::try_from(begin).unwrap_or_default(), is_last), recorder);
        if is_last {
            return Ok(());
        }
        at += WINDOW as u64;
    }
}

impl Rules {
    /// What begins in a window; near its end, in the next one, except in the last.
    fn window(&self, window: &[u8], at: u64, (begin, is_last): (usize, bool), recorder: &mut Recorder) {
        let end = if is_last { window.len() } else { begin + WINDOW };
        for found in self.begins.find_overlapping_iter(window) {
            let place = found.start();
            if place < begin || place >= end {
                continue;
            }
            let before = place.checked_sub(1).and_then(|before| window.get(before));
            let is_within = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            let rule = self.of.get(found.pattern().as_usize()).and_then(|index| self.rules.get(*index));
            if let Some(rule) = rule.filter(|rule| !is_within && rule.fits(&window[found.end()..])) {
                recorder.see(at + place as u64, What::Secret { rule: rule.name.clone() });
            }
        }
    }
}

impl Rule {
    /// Whether what stands after the beginning is a key.
    fn fits(&self, rest: &[u8]) -> bool {
        let rest = &rest[..rest.len().min(OVERLAP - 64)];
        let skipped = if self.after_space { space(rest) } else { 0 };
        let rest = &rest[skipped..];
        let length = rest.iter().position(|byte| !self.letters.has(*byte)).unwrap_or(rest.len());
        let key = &rest[..length];
        let is_long = (self.least..=self.most).contains(&length);
        is_long && entropy(key) >= self.entropy && !is_example(key)
    }
}

/// How many bytes of ends of lines stand at the beginning, also as `\n`.
fn space(rest: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match rest.get(at..) {
            Some([b'\\', b'n' | b'r', ..]) => at += 2,
            Some([byte, ..]) if byte.is_ascii_whitespace() => at += 1,
            _ => return at,
        }
    }
}

impl Letters {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Word => byte.is_ascii_alphanumeric(),
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Hex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='),
            Self::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'),
        }
    }
}

/// How even the letters are, in bits a letter.
fn entropy(key: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in key {
        counts[usize::from(*byte)] += 1;
    }
    let length = key.len() as f64;
    let shares = counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / length);
    shares.map(|share| -share * share.log2()).sum()
}

/// Whether a key stands for one in a text about keys: words, rows of letters, the same letter again and again.
fn is_example(key: &[u8]) -> bool {
    const WORDS: [&str; 9] =
        ["example", "your", "xxxx", "placeholder", "12345678", "abcdefgh", "dummy", "fake", "secret"];
    let text = String::from_utf8_lossy(key).to_lowercase();
    let repeats = key.windows(6).any(|part| part.iter().all(|byte| Some(byte) == part.first()));
    repeats || WORDS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_can_be_read_and_their_keys_fit_into_what_is_looked_at_again() {
        let rules = read(include_str!("../../data/secrets.toml")).unwrap();
        assert!(rules.rules.iter().all(|rule| rule.least <= rule.most && rule.least < OVERLAP / 2));
    }
}
