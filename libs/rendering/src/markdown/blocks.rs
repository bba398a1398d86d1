//! The pieces of a text that Markdown alone does not say how to show: code, formulas, alerts, tasks and footnotes.

use std::collections::HashMap;

use pulldown_cmark::utils::TextMergeStream;
use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, CowStr, Event, Parser, Tag, TagEnd};

use super::addresses::linked;
use crate::code::{Language, highlight};
use crate::escape::{escaped, push_escaped};
use crate::math::push_formula;
use crate::place::Words;

/// How much code of one text is coloured, and how much of its formulas is set. What is beyond is shown as it is.
const MOST_CODE: usize = 128 * 1024;
const MOST_MATH: usize = 64 * 1024;
const MOST_FORMULAS: usize = 4000;

/// How deep blocks may lie in each other. What is deeper is shown as if it were not.
const DEEPEST: usize = 100;

/// The pieces, all of which HTML can be written from as they are.
pub(super) fn rewrite<'a>(parser: Parser<'a>, words: &Words<'_>, document: usize) -> Vec<Event<'a>> {
    let mut rewriting = Rewriting {
        words,
        document,
        text: Vec::new(),
        notes: Notes::default(),
        code: None,
        links: 0,
        images: 0,
        code_left: MOST_CODE,
        math_left: MOST_MATH,
        formulas_left: MOST_FORMULAS,
        depth: 0,
    };
    for event in TextMergeStream::new(parser) {
        rewriting.take(event);
    }
    rewriting.finish()
}

struct Rewriting<'a, 'w> {
    words: &'w Words<'w>,
    document: usize,
    text: Vec<Event<'a>>,
    notes: Notes<'a>,
    /// The block of code that has begun: its language and its text.
    code: Option<(String, String)>,
    links: usize,
    images: usize,
    code_left: usize,
    math_left: usize,
    formulas_left: usize,
    depth: usize,
}

/// Footnotes stand at the end, in the order in which the text calls them.
#[derive(Default)]
struct Notes<'a> {
    numbers: HashMap<CowStr<'a>, usize>,
    order: Vec<CowStr<'a>>,
    texts: HashMap<CowStr<'a>, Vec<Event<'a>>>,
    open: Vec<CowStr<'a>>,
}

impl<'a> Rewriting<'a, '_> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth <= DEEPEST || is_needed(tag.to_end()) {
                    self.start(tag);
                }
            }
            Event::End(tag) => {
                if self.depth <= DEEPEST || is_needed(tag) {
                    self.end(tag);
                }
                self.depth -= 1;
            }
            Event::Text(text) => self.take_text(text),
            Event::InlineMath(source) => self.formula(&source, false),
            Event::DisplayMath(source) => self.formula(&source, true),
            Event::FootnoteReference(name) => self.call(name),
            Event::TaskListMarker(done) => self.task(done),
            event => self.put(event),
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        match tag {
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
            }
            Tag::BlockQuote(Some(kind)) => self.alert(kind),
            Tag::FootnoteDefinition(name) => {
                // Of notes with the same name the first counts.
                let first = !self.notes.texts.contains_key(&name);
                let key = if first { name } else { CowStr::Borrowed("") };
                self.notes.texts.entry(key.clone()).or_default();
                self.notes.open.push(key);
            }
            tag => {
                self.links += usize::from(matches!(tag, Tag::Link { .. }));
                self.images += usize::from(matches!(tag, Tag::Image { .. }));
                self.put(Event::Start(tag));
            }
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::CodeBlock => self.show_code(),
            TagEnd::BlockQuote(Some(_)) => self.html("</blockquote>\n".to_owned()),
            TagEnd::FootnoteDefinition => {
                self.notes.open.pop();
            }
            tag => {
                self.links -= usize::from(tag == TagEnd::Link);
                self.images -= usize::from(tag == TagEnd::Image);
                self.put(Event::End(tag));
            }
        }
    }

    fn take_text(&mut self, text: CowStr<'a>) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(&text);
        } else if self.links + self.images > 0 {
            self.put(Event::Text(text));
        } else {
            self.put(linked(text));
        }
    }

    fn show_code(&mut self) {
        let Some((info, code)) = self.code.take() else { return };
        if info.split_ascii_whitespace().next() == Some("math") {
            return self.formula(&code, true);
        }
        let code = code.strip_suffix('\n').unwrap_or(&code);
        let language = if code.len() <= self.code_left { Language::of_fence(&info) } else { Language::PLAIN };
        if language != Language::PLAIN {
            self.code_left -= code.len();
        }
        // A browser passes over one line end at the beginning.
        self.html(format!("<pre><code>{}\n</code></pre>\n", highlight(code, language).join("\n")));
    }

    fn formula(&mut self, source: &str, by_itself: bool) {
        let fits = source.len() <= self.math_left && self.formulas_left > 0;
        if self.images > 0 || !fits {
            let marks = if by_itself { "$$" } else { "$" };
            return self.put(Event::Text(format!("{marks}{source}{marks}").into()));
        }
        self.math_left -= source.len();
        self.formulas_left -= 1;
        let mut html = String::new();
        push_formula(&mut html, source, by_itself);
        self.put(Event::InlineHtml(html.into()));
    }

    fn alert(&mut self, kind: BlockQuoteKind) {
        let (class, title) = match kind {
            BlockQuoteKind::Note => ("note", self.words.note),
            BlockQuoteKind::Tip => ("tip", self.words.tip),
            BlockQuoteKind::Important => ("important", self.words.important),
            BlockQuoteKind::Warning => ("warning", self.words.warning),
            BlockQuoteKind::Caution => ("caution", self.words.caution),
        };
        let title = escaped(title);
        self.html(format!(
            "<blockquote class=\"alert alert-{class}\">\n<p class=\"alert-title\">{title}</p>\n"
        ));
    }

    fn task(&mut self, done: bool) {
        let (sign, word) = if done { ("☑", self.words.done) } else { ("☐", self.words.to_do) };
        let mut html = String::from("<span class=\"task\" role=\"img\" aria-label=\"");
        push_escaped(&mut html, word);
        html.push_str(&format!("\">{sign}</span> "));
        self.put(Event::InlineHtml(html.into()));
    }

    /// Writes the number of a footnote where the text calls it.
    fn call(&mut self, name: CowStr<'a>) {
        let known = self.notes.numbers.get(&name).copied();
        let number = known.unwrap_or(self.notes.order.len() + 1);
        if self.images > 0 {
            return self.put(Event::Text(format!("[{number}]").into()));
        }
        let id = self.note_id("fnref", number);
        let id = if known.is_none() { format!(" id=\"{id}\"") } else { String::new() };
        let target = self.note_id("fn", number);
        if known.is_none() {
            self.notes.numbers.insert(name.clone(), number);
            self.notes.order.push(name);
        }
        self.put(Event::InlineHtml(format!("<sup><a{id} href=\"#{target}\">{number}</a></sup>").into()));
    }

    fn note_id(&self, kind: &str, number: usize) -> String {
        format!("{kind}-{}-{number}", self.document + 1)
    }

    fn html(&mut self, html: String) {
        self.put(Event::Html(html.into()));
    }

    fn put(&mut self, event: Event<'a>) {
        match self.notes.open.last().and_then(|name| self.notes.texts.get_mut(name)) {
            Some(note) => note.push(event),
            None => self.text.push(event),
        }
    }

    /// The text, and its footnotes after it.
    fn finish(mut self) -> Vec<Event<'a>> {
        self.notes.open.clear();
        if self.notes.order.is_empty() {
            return self.text;
        }
        self.html("<ol class=\"footnotes\">\n".to_owned());
        for (at, name) in std::mem::take(&mut self.notes.order).into_iter().enumerate() {
            let number = at + 1;
            self.html(format!("<li id=\"{}\">", self.note_id("fn", number)));
            self.text.extend(self.notes.texts.remove(&name).unwrap_or_default());
            let mut back = format!("<a class=\"footnote-back\" href=\"#{}\"", self.note_id("fnref", number));
            back.push_str(" aria-label=\"");
            push_escaped(&mut back, self.words.back);
            back.push_str(&format!(" {number}\">↩</a></li>\n"));
            self.html(back);
        }
        self.html("</ol>\n".to_owned());
        self.text
    }
}

/// Whether these pieces keep account of themselves, and have to be seen at any depth.
fn is_needed(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::CodeBlock | TagEnd::FootnoteDefinition | TagEnd::Image | TagEnd::Link)
}
