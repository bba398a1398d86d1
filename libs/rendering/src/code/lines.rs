//! Reads lines of markup, of Markdown and of differences.

use super::written::Line;

/// What a line of markup leaves open for the next.
#[derive(Debug, Default)]
pub(super) struct Marked {
    state: State,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    Tag,
    Quoted(char),
    /// What ends with this, and its class.
    Until(&'static str, &'static str),
    /// Code between fences, or the front matter.
    Fenced(&'static str),
}

const COMMENT: State = State::Until("-->", "hl-comment");

impl Marked {
    /// Writes a line of HTML, XML or a template.
    pub(super) fn markup(&mut self, line: &str, templates: bool, written: &mut Line) {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let (class, length) = match self.state {
                State::Until(end, class) => self.until(rest, end, class),
                State::Quoted(quote) => self.quoted(rest, quote),
                State::Tag => self.in_tag(rest, first),
                _ => self.in_text(rest, templates),
            };
            let length = length.max(first.len_utf8());
            written.push(class, rest.get(..length).unwrap_or(rest));
            rest = rest.get(length..).unwrap_or_default();
        }
    }

    fn until(&mut self, rest: &str, end: &str, class: &'static str) -> (&'static str, usize) {
        let Some(at) = rest.find(end) else { return (class, rest.len()) };
        self.state = State::Text;
        (class, at + end.len())
    }

    fn quoted(&mut self, rest: &str, quote: char) -> (&'static str, usize) {
        let Some(at) = rest.find(quote) else { return ("hl-string", rest.len()) };
        self.state = State::Tag;
        ("hl-string", at + 1)
    }

    fn in_tag(&mut self, rest: &str, first: char) -> (&'static str, usize) {
        match first {
            '>' => self.state = State::Text,
            '"' | '\'' => {
                self.state = State::Quoted(first);
                return ("hl-string", 1);
            }
            _ if is_name(first) => {
                return ("hl-type", rest.find(|c| !is_name(c)).unwrap_or(rest.len()));
            }
            _ => return ("", first.len_utf8()),
        }
        ("hl-tag", 1)
    }

    fn in_text(&mut self, rest: &str, templates: bool) -> (&'static str, usize) {
        if rest.starts_with("<!--") {
            self.state = COMMENT;
            return ("hl-comment", 4);
        }
        let opens = [("{#", "#}", "hl-comment"), ("{%", "%}", "hl-keyword"), ("{{", "}}", "hl-constant")];
        if templates
            && let Some((_, end, class)) = opens.into_iter().find(|(open, ..)| rest.starts_with(open))
        {
            self.state = State::Until(end, class);
            return (class, 2);
        }
        let name = rest.strip_prefix('<').map(|after| after.trim_start_matches(['/', '!', '?']));
        if let Some(name) = name.filter(|name| name.starts_with(is_name)) {
            self.state = State::Tag;
            let end = name.find(|c| !is_name(c)).unwrap_or(name.len());
            return ("hl-tag", rest.len() - name.len() + end);
        }
        let after = rest.chars().next().map_or(0, char::len_utf8);
        let next = rest.get(after..).and_then(|tail| tail.find(['<', '{']));
        ("", next.map_or(rest.len(), |at| after + at))
    }

    /// Writes a line of Markdown.
    pub(super) fn markdown(&mut self, line: &str, written: &mut Line) {
        let trimmed = line.trim_start();
        if let State::Fenced(fence) = self.state {
            if trimmed.starts_with(fence) {
                self.state = State::Text;
            }
            return written.push("hl-string", line);
        }
        if let Some(fence) = ["```", "~~~"].into_iter().find(|fence| trimmed.starts_with(fence)) {
            self.state = State::Fenced(fence);
            return written.push("hl-string", line);
        }
        match trimmed.chars().next() {
            Some('#') => written.push("hl-keyword", line),
            Some('>') => written.push("hl-comment", line),
            _ => spans(line, written),
        }
    }
}

/// Code within a line of Markdown, and where links lead.
fn spans(line: &str, written: &mut Line) {
    let mut rest = line;
    while let Some(at) = rest.find(['`', ']']) {
        let (before, from) = rest.split_at(at);
        written.push("", before);
        let (class, length) = if from.starts_with('`') {
            ("hl-string", from.get(1..).and_then(|code| code.find('`')).map(|end| end + 2))
        } else if from.starts_with("](") {
            ("hl-tag", from.find(')').map(|end| end + 1))
        } else {
            ("", Some(1))
        };
        // Without an end there is none for those that follow either.
        let Some(length) = length else { return written.push("", from) };
        written.push(class, from.get(..length).unwrap_or_default());
        rest = from.get(length..).unwrap_or_default();
    }
    written.push("", rest);
}

/// Writes a line of a difference.
pub(super) fn difference(line: &str, written: &mut Line) {
    let class = match line.as_bytes().first() {
        _ if ["+++", "---", "diff ", "index "].iter().any(|head| line.starts_with(head)) => "hl-tag",
        Some(b'+' | b'>') => "hl-inserted",
        Some(b'-' | b'<') => "hl-deleted",
        Some(b'@') => "hl-keyword",
        _ => "",
    };
    written.push(class, line);
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '_' | ':' | '.' | '@')
}
