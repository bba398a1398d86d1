//! Bare addresses in a text become links: `https://example.org`, `www.example.org`.

use pulldown_cmark::{CowStr, Event};

use crate::escape::push_escaped;

const BEGINNINGS: [&str; 3] = ["https://", "http://", "www."];

/// The text, with links where it holds addresses.
pub(super) fn linked(text: CowStr<'_>) -> Event<'_> {
    if !text.contains("://") && !text.contains("www.") {
        return Event::Text(text);
    }
    let mut html = String::new();
    let mut rest: &str = &text;
    let mut before = None;
    while let Some((start, beginning)) = next(rest) {
        let (prose, from) = rest.split_at(start);
        push_escaped(&mut html, prose);
        before = prose.chars().last().or(before);
        let address = from.get(..length(from)).unwrap_or_default();
        let may_begin = before.is_none_or(|c| c.is_whitespace() || "([{*_~\"'<>".contains(c));
        if may_begin && address.len() > beginning.len() {
            push_link(&mut html, address, beginning);
        } else {
            push_escaped(&mut html, address);
        }
        before = address.chars().last().or(before);
        rest = from.get(address.len()..).unwrap_or_default();
    }
    push_escaped(&mut html, rest);
    Event::InlineHtml(html.into())
}

fn push_link(html: &mut String, address: &str, beginning: &str) {
    html.push_str("<a href=\"");
    if beginning == "www." {
        html.push_str("http://");
    }
    push_escaped(html, address);
    html.push_str("\">");
    push_escaped(html, address);
    html.push_str("</a>");
}

/// Where the next address may begin, and how.
fn next(text: &str) -> Option<(usize, &'static str)> {
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        // `h` and `w` begin all of them; what does not follow is passed over.
        let at = rest.find(['h', 'w'])?;
        let here = rest.get(at..)?;
        if let Some(beginning) = BEGINNINGS.into_iter().find(|beginning| here.starts_with(beginning)) {
            return Some((from + at, beginning));
        }
        from += at + 1;
    }
}

/// How long the address is that the text begins with: up to white space, without punctuation that ends a sentence.
/// At least its beginning.
fn length(text: &str) -> usize {
    let end =
        text.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`')).unwrap_or(text.len());
    let mut address = text.get(..end).unwrap_or_default();
    let opened = address.matches('(').count();
    let mut closed = address.matches(')').count();
    while let Some(last) = address.chars().last() {
        match last {
            ')' if closed > opened => closed -= 1,
            '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' => {}
            _ => break,
        }
        address = address.get(..address.len() - 1).unwrap_or_default();
    }
    address.len().max(1)
}
