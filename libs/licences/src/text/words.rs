//! The words of a licence text, so that texts which say the same are the same words.
//!
//! After the matching guidelines of SPDX: case, white space, punctuation, quotes, comment markers, numbering of
//! lists, and `http` or `https` make no difference; neither do copyright notices, a title such as "The MIT License",
//! and the name of the holder where a known sentence has room for it. Everything else stays. What is passed over
//! is named here and in [`notices`](super::notices), and nothing more is: a sentence of somebody's own never is.

use super::Span;
use super::notices::{is_copyright_notice, is_title};

/// How much of a pause follows a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pause {
    None,
    /// A comma, a bracket.
    Piece,
    /// The end of a sentence, or of a paragraph.
    Sentence,
    /// The end of an item of a list: a semicolon.
    Item,
    /// The beginning of a list: a colon.
    Introduction,
}

/// A word, where it stands in the text, and how it reads once folded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    pub(crate) span: Span,
    pub(crate) pause: Pause,
    from: usize,
    to: usize,
}

/// The words of a text, in order.
#[derive(Debug, Default)]
pub(crate) struct Words {
    folded: String,
    words: Vec<Word>,
}

impl Words {
    /// The words that say what is permitted: without notices, titles and names of holders.
    pub(crate) fn of_licence(text: &str) -> Self {
        let mut words = Self::without_notices(text);
        words.forget_holders();
        words
    }

    /// All words but those of copyright notices and of the title.
    fn without_notices(text: &str) -> Self {
        let mut words = Self::default();
        let mut heading = 3;
        for (start, line) in lines(text) {
            if !line.contains(char::is_alphanumeric) || is_copyright_notice(line) {
                words.pause(Pause::Sentence);
            } else if heading > 0 && is_title(line) {
                heading -= 1;
            } else {
                heading = 0;
                words.read(line, start);
            }
        }
        words
    }

    /// The words one after another.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Word)> {
        self.words.iter().map(|word| (&self.folded[word.from..word.to], *word))
    }

    /// How many words there are.
    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", |word| &self.folded[word.from..word.to])
    }

    fn pause(&mut self, pause: Pause) {
        if let Some(last) = self.words.last_mut() {
            last.pause = last.pause.max(pause);
        }
    }

    fn read(&mut self, line: &str, start: usize) {
        let mut rest = Reader { line, at: 0 };
        let mut may_number = true;
        while let Some(next) = rest.peek() {
            if !next.is_alphanumeric() {
                if next == '(' && rest.skip_bracketed_marker() {
                    self.pause(Pause::Piece);
                    continue;
                }
                rest.next();
                self.pause(pause_of(next, rest.peek()));
                may_number |= matches!(next, ';' | '.' | ':') && rest.at_space();
                continue;
            }
            let (from, before) = (rest.at, self.folded.len());
            rest.word(&mut self.folded);
            if may_number && rest.ends_marker(&line[from..rest.at]) {
                self.folded.truncate(before);
                self.pause(Pause::Sentence);
                continue;
            }
            may_number = false;
            self.end_word(before, Span { start: start + from, end: start + rest.at });
        }
    }

    /// Makes a word of what was folded last. Two spellings of one word are one, after the list of equivalent words of
    /// SPDX, and so are the two schemes of an address.
    fn end_word(&mut self, from: usize, span: Span) {
        let word = &self.folded[from..];
        if word == "https" {
            self.folded.pop();
        } else if let Some(at) = word.find("licenc") {
            self.folded.replace_range(from + at..from + at + 6, "licens");
        }
        self.words.push(Word { span, pause: Pause::None, from, to: self.folded.len() });
    }

    /// Puts one word in the place of the holder's name, where sentences of well-known licences have room for it.
    fn forget_holders(&mut self) {
        let mut kept: Vec<Word> = Vec::with_capacity(self.words.len());
        let mut at = 0;
        while at < self.words.len() {
            if let Some(holder) = self.holder_after(at) {
                let from = self.folded.len();
                self.folded.push_str("holder");
                let span =
                    Span { start: self.words[at].span.start, end: self.words[at + holder - 1].span.end };
                kept.push(Word { span, pause: Pause::None, from, to: self.folded.len() });
                at += holder;
            }
            kept.push(self.words[at]);
            at += 1;
        }
        self.words = kept;
    }

    /// How many words from here on are a holder's name.
    fn holder_after(&self, at: usize) -> Option<usize> {
        let last = at.checked_sub(1).map(|last| self.word(last))?;
        let fitting = HOLDERS.iter().filter(|(before, _)| before.last() == Some(&last));
        fitting.into_iter().find_map(|(before, after)| {
            let start = at.checked_sub(before.len())?;
            self.matches(start, before).then_some(())?;
            let names = (1..=LONGEST_NAME).take_while(|names| is_name(self.word(at + names - 1)));
            names.into_iter().find(|names| self.matches(at + names, after))
        })
    }

    fn matches(&self, at: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(offset, word)| self.word(at + offset) == *word)
    }
}

/// Where a holder's name stands: what comes before and after it. From the BSD, MIT and Apache-1.1 licences.
const HOLDERS: &[(&[&str], &[&str])] = &[
    (&["neither", "the", "name", "of"], &["nor", "the", "names", "of"]),
    (&["neither", "the", "names", "of"], &["nor", "the", "names", "of"]),
    (&["in", "no", "event", "shall"], &["be", "liable"]),
    (&["in", "no", "event", "will"], &["be", "liable"]),
    (&["software", "is", "provided", "by"], &["as", "is"]),
];

const LONGEST_NAME: usize = 12;

/// Words that no name has: where one stands, the sentence says something else and stays as it is.
fn is_name(word: &str) -> bool {
    !word.is_empty() && !super::pieces::restricts(word)
}

struct Reader<'a> {
    line: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.line[self.at..].chars().next()
    }

    fn next(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    fn at_space(&self) -> bool {
        self.peek().is_none_or(char::is_whitespace)
    }

    /// Reads a word, folded: letters and digits, and what may stand between them.
    fn word(&mut self, folded: &mut String) {
        while let Some(next) = self.peek() {
            if next.is_ascii_alphanumeric() {
                folded.push(next.to_ascii_lowercase());
                self.at += 1;
                continue;
            }
            if next.is_alphanumeric() {
                folded.extend(next.to_lowercase());
                self.next();
                continue;
            }
            let mut following = self.line[self.at + next.len_utf8()..].chars();
            let Some(after) = following.next().filter(|after| after.is_alphanumeric()) else { break };
            let digits = folded.ends_with(|before: char| before.is_ascii_digit()) && after.is_ascii_digit();
            match next {
                '\'' | '’' | '-' | '‐' | '‑' => {}
                '.' if digits => folded.push('.'),
                ',' if digits => {}
                _ => break,
            }
            self.next();
        }
    }

    /// Passes over `(a)`, `(1)`, `(iv)`, and over the `(c)` of a copyright.
    fn skip_bracketed_marker(&mut self) -> bool {
        let inner = &self.line[self.at + 1..];
        let Some(end) = inner.bytes().take(5).position(|byte| byte == b')') else { return false };
        let marker = is_marker(&inner[..end]);
        if marker {
            self.at += end + 2;
        }
        marker
    }

    /// Whether the word just read numbers an item of a list: `1.`, `a)`, `2.1.`.
    fn ends_marker(&mut self, word: &str) -> bool {
        let rest = &self.line[self.at..];
        let mut following = rest.chars();
        let closed = matches!(following.next(), Some('.' | ')'));
        let ended = following.next().is_none_or(|next| !next.is_alphanumeric());
        let marker = closed && ended && is_marker(word);
        if marker {
            self.next();
        }
        marker
    }
}

/// A number of up to three parts, a letter, a small Roman number.
fn is_marker(word: &str) -> bool {
    let number = word.len() <= 8
        && word
            .split('.')
            .all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    let letter = word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let roman = (1..=4).contains(&word.len()) && word.bytes().all(|byte| b"ivxIVX".contains(&byte));
    number || letter || roman
}

fn pause_of(mark: char, next: Option<char>) -> Pause {
    let spaced = next.is_none_or(|next| !next.is_alphanumeric());
    match mark {
        '。' | '！' | '？' => Pause::Sentence,
        '.' | '!' | '?' if spaced => Pause::Sentence,
        ';' | '；' => Pause::Item,
        ':' | '：' if spaced => Pause::Introduction,
        ',' | '，' | '、' | '(' | ')' | '（' | '）' | '[' | ']' => Pause::Piece,
        _ => Pause::None,
    }
}

/// Lines with the place where they start; a form feed ends one too.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive(['\n', '\u{c}']).map(move |line| {
        let at = start;
        start += line.len();
        (at, line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let words = Words::of_licence(text);
        words.iter().map(|(word, _)| word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn case_marks_and_numbers_of_lists_make_no_difference() {
        let plain = read("You may copy it. 1. Keep “this” notice; 2. Say so.");
        assert_eq!(plain, "you may copy it keep this notice say so");
        assert_eq!(read("/*\n * YOU MAY\tCOPY it.\n * (a) keep 'this' notice\n * - say so\n */"), plain);
        assert_eq!(read("# You may copy it.\r\n## 1) Keep this notice\r\n## 2) Say so"), plain);
    }

    #[test]
    fn a_number_that_says_something_stays() {
        assert_eq!(read("under version\n2.0 of it, $1,000,000"), "under version 2.0 of it 1000000");
        assert_eq!(read("see section 4. Then stop"), "see section 4 then stop");
    }

    #[test]
    fn a_holder_is_one_word_where_a_sentence_has_room_for_it() {
        let one = read("Neither the name of Ada & Sons Inc. nor the names of its friends");
        assert_eq!(one, "neither the name of holder nor the names of its friends");
        let two = read("Neither the name of anyone, except for commercial use, nor the names of its friends");
        assert!(two.contains("except for commercial use"), "{two}");
    }

    #[test]
    fn words_know_where_they_stand() {
        let text = "Ça — non‑commercial,\nreally";
        let words = Words::of_licence(text);
        let spans: Vec<&str> = words.iter().map(|(_, word)| word.span.of(text)).collect();
        assert_eq!(spans, ["Ça", "non‑commercial", "really"]);
        assert_eq!(read(text), "ça noncommercial really");
    }
}
