//! Small readers of text: what of a line somebody wrote, where addresses and placeholders stand, what HTML says.

use super::Span;

/// What the templates of cards put where something is to be written.
const PLACEHOLDER: &str = "[more information needed]";

/// The plain text of a line, as it comes.
#[derive(Default)]
pub(super) struct Prose(String);

impl Prose {
    pub(super) fn add(&mut self, words: &str) {
        self.0.push_str(words);
    }

    /// The letters and signs that the line adds to its section. A label alone, as in `Developed by: [More Information
    /// Needed]`, adds nothing.
    pub(super) fn take(&mut self) -> u64 {
        let mut line = std::mem::take(&mut self.0);
        let found = placeholders(&line);
        // A placeholder that links to an explanation has lost its brackets.
        let linked = "more information needed";
        let had_one = !found.is_empty() || line.trim().to_ascii_lowercase().ends_with(linked);
        for placeholder in found.into_iter().rev() {
            line.replace_range(placeholder, "");
        }
        let rest = line.trim();
        let rest = match had_one && rest.to_ascii_lowercase().ends_with(linked) {
            true => rest[..rest.len() - linked.len()].trim_end(),
            false => rest,
        };
        if had_one && rest.ends_with(':') {
            return 0;
        }
        rest.chars().filter(|sign| !sign.is_whitespace()).count() as u64
    }
}

/// Where placeholders stand, each with the link that may follow it.
pub(super) fn placeholders(text: &str) -> Vec<Span> {
    let lower = text.to_ascii_lowercase();
    let found = lower.match_indices(PLACEHOLDER).map(|(begin, _)| {
        let end = begin + PLACEHOLDER.len();
        let link = text[end..].strip_prefix('(').and_then(|link| link.find([')', '\n', ' ']));
        let link = link.filter(|length| text[end + 1 + length..].starts_with(')'));
        begin..link.map_or(end, |length| end + length + 2)
    });
    found.collect()
}

/// Where bare addresses stand. They end where GitHub's do: <https://github.github.com/gfm/#autolinks-extension->.
pub(super) fn addresses(text: &str) -> Vec<Span> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(begin) = text[at..].find("http").map(|begin| at + begin) {
        at = begin + "http".len();
        let rest = text[at..].strip_prefix('s').unwrap_or(&text[at..]);
        let Some(rest) = rest.strip_prefix("://") else { continue };
        let length =
            rest.find(|end: char| end.is_whitespace() || "<>\"`|^{}\\".contains(end)).unwrap_or(rest.len());
        let kept = without_punctuation(&rest[..length]);
        if !kept.is_empty() {
            at = text.len() - rest.len() + kept.len();
            found.push(begin..at);
        }
    }
    found
}

/// An address without the sentence around it.
fn without_punctuation(mut address: &str) -> &str {
    let mut open = address.matches('(').count();
    let mut closed = address.matches(')').count();
    loop {
        match address.as_bytes().last() {
            Some(b')') if closed > open => closed -= 1,
            Some(b'(') => open -= 1,
            Some(b'?' | b'!' | b'.' | b',' | b':' | b';' | b'*' | b'_' | b'~' | b'\'' | b']') => {}
            _ => return address,
        }
        address = &address[..address.len() - 1];
    }
}

/// The words of HTML: no tags, no comments.
pub(super) fn without_html(html: &str) -> String {
    let (mut words, mut rest) = (String::new(), html);
    while let Some(begin) = rest.find('<') {
        words.push_str(&rest[..begin]);
        rest = &rest[begin..];
        let end = if rest.starts_with("<!--") { "-->" } else { ">" };
        rest = rest.find(end).map_or("", |length| &rest[length + end.len()..]);
    }
    words + rest
}

/// Where the addresses of `href="…"` and `src="…"` stand, and whether each is that of an image.
pub(super) fn addresses_in_html(html: &str) -> Vec<(bool, Span)> {
    let (lower, mut found, mut at) = (html.to_ascii_lowercase(), Vec::new(), 0);
    while let Some(equals) = lower[at..].find('=').map(|equals| at + equals) {
        at = equals + 1;
        let name = lower[..equals].trim_end();
        let is_image = name.ends_with("src");
        if !is_image && !name.ends_with("href") {
            continue;
        }
        let value = lower[at..].trim_start();
        let Some(quote) = value.chars().next().filter(|quote| ['"', '\''].contains(quote)) else { continue };
        let begin = lower.len() - value.len() + 1;
        let Some(length) = lower[begin..].find(quote) else { continue };
        at = begin + length + 1;
        if length > 0 {
            found.push((is_image, begin..begin + length));
        }
    }
    found
}

/// Where a line begins with more signs of quotes and lists than so many.
pub(super) fn too_deep(text: &str, deepest: usize) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let signs = line.bytes().take_while(|byte| b"> \t-*+.)0123456789".contains(byte));
        // A line of dashes is one sign; in a list each is followed by a space.
        let mut before = b' ';
        let depth = signs.fold(0, |depth, byte| {
            let counts = byte == b'>' || (b" \t".contains(&byte) && b"-*+.)".contains(&before));
            before = byte;
            depth + usize::from(counts)
        });
        if depth > deepest {
            return Some(at);
        }
        at += line.len();
    }
    None
}
