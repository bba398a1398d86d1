//! HTML of any kind made into HTML that nests as it is written, with elements, attributes and addresses of the list.
//!
//! A browser mends broken HTML by rules that can move, copy and re-open elements, and that cost more the deeper it
//! nests. Here everything is closed in the order it was opened, and nesting is bounded: what reads the result has
//! nothing to mend, so what was checked is what is shown, and time grows with the length only.

mod attributes;
mod nesting;

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, CharacterTokens, StartTag, Tag, TagToken, Token, TokenSink, TokenSinkResult, Tokenizer,
    TokenizerOpts,
};

use crate::allowed::{self, Element, Shape};
use crate::escape::{push_escaped, reorders};
use crate::markdown::Heading;
use crate::names::{Names, bare, of_text};
use crate::place::Place;

/// How many elements may be open at a time. Tags beyond are dropped, their text stays.
const DEEPEST: usize = 100;

/// How many elements a text may have. Tags beyond are dropped, their text stays.
const MOST: usize = 100_000;

/// How much of a heading's text is kept.
const LONGEST_HEADING: usize = 300;

/// HTML that a page may hold.
pub(crate) struct Tidied {
    pub(crate) html: String,
    pub(crate) headings: Vec<Heading>,
    /// Whether there were more elements than are shown.
    pub(crate) truncated: bool,
}

/// The HTML, tidied and checked, and its headings.
pub(crate) fn tidy(html: &str, place: &Place<'_>, names: &mut Names) -> Tidied {
    let writer = Writer {
        place,
        names,
        html: String::with_capacity(html.len() + html.len() / 4),
        open: Vec::new(),
        headings: Vec::new(),
        silent: None,
        at_start_of_code: false,
        elements: 0,
    };
    let tokenizer = Tokenizer::new(Sink { writer: RefCell::new(writer) }, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    while !input.is_empty() {
        let _script = tokenizer.feed(&input);
    }
    tokenizer.end();
    let mut writer = tokenizer.sink.writer.into_inner();
    writer.close_to(0);
    let html = allowed::GATE.clean(&writer.html).to_string();
    Tidied { html, headings: writer.headings, truncated: writer.elements > MOST }
}

/// Takes the pieces of HTML, one after the other.
struct Sink<'a> {
    writer: RefCell<Writer<'a>>,
}

impl TokenSink for Sink<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut writer = self.writer.borrow_mut();
        match token {
            CharacterTokens(text) => writer.text(&text),
            TagToken(tag) if tag.kind == StartTag => return writer.start(&tag),
            TagToken(tag) => writer.end(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Writes HTML that nests.
struct Writer<'a> {
    place: &'a Place<'a>,
    names: &'a mut Names,
    html: String,
    open: Vec<Open>,
    headings: Vec<Heading>,
    /// The element whose content is not shown, and how often it is open.
    silent: Option<(String, usize)>,
    /// Whether a block of code has begun and nothing of it is written yet.
    at_start_of_code: bool,
    /// How many elements there were so far.
    elements: usize,
}

/// An element that has begun.
struct Open {
    element: &'static Element,
    /// Where its tag begins, and where its content does.
    begin: usize,
    content: usize,
    /// What closes it.
    close: &'static str,
    heading: Option<Draft>,
}

/// A heading whose text is not complete.
struct Draft {
    text: String,
    /// Where its id belongs.
    at: usize,
    /// The id it was given, if any.
    id: Option<String>,
}

impl Writer<'_> {
    fn text(&mut self, text: &str) {
        if self.silent.is_some() {
            return;
        }
        // A browser passes over a line end there each time it reads, and another each time it reads again.
        let text = if self.at_start_of_code { text.trim_start_matches('\n') } else { text };
        if text.is_empty() {
            return;
        }
        self.at_start_of_code = false;
        if text.contains(reorders) {
            self.write_text(&text.replace(reorders, ""));
        } else {
            self.write_text(text);
        }
    }

    fn write_text(&mut self, text: &str) {
        if !text.trim_ascii().is_empty() && !self.make_room_for_text() {
            return;
        }
        push_escaped(&mut self.html, text);
        self.add_to_headings(text);
    }

    fn add_to_headings(&mut self, text: &str) {
        for open in &mut self.open {
            if let Some(draft) = &mut open.heading {
                let room = LONGEST_HEADING.saturating_sub(draft.text.chars().count());
                draft.text.extend(text.chars().take(room));
            }
        }
    }

    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        if let Some((silent, depth)) = &mut self.silent {
            *depth += usize::from(silent == name && !tag.self_closing);
            return TokenSinkResult::Continue;
        }
        if allowed::is_silent(name) {
            return self.fall_silent(name, tag.self_closing);
        }
        let Some(element) = allowed::find(name) else { return TokenSinkResult::Continue };
        self.elements += 1;
        if self.elements > MOST || !self.make_room_for(element) {
            return TokenSinkResult::Continue;
        }
        self.at_start_of_code = false;
        match element.name {
            "img" => self.image(tag),
            "video" | "audio" => self.medium(element, tag),
            _ => self.begin(element, tag),
        }
        TokenSinkResult::Continue
    }

    /// Passes over an element of which nothing is shown. Some contents are not HTML, whatever they look like.
    fn fall_silent(&mut self, name: &str, self_closing: bool) -> TokenSinkResult<()> {
        let foreign = matches!(name, "svg" | "annotation" | "annotation-xml");
        if foreign && self_closing {
            return TokenSinkResult::Continue;
        }
        self.silent = Some((name.to_owned(), 1));
        match name {
            "script" => TokenSinkResult::RawData(RawKind::ScriptData),
            "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
            "iframe" | "noembed" | "noframes" | "noscript" | "style" | "xmp" => {
                TokenSinkResult::RawData(RawKind::Rawtext)
            }
            _ => TokenSinkResult::Continue,
        }
    }

    /// Writes the start of an element, with what must be around it.
    fn begin(&mut self, element: &'static Element, tag: &Tag) {
        let close = self.surround(element.name);
        let begin = self.html.len();
        self.html.push('<');
        self.html.push_str(element.name);
        let at = self.html.len();
        let id = self.attributes(element, tag);
        self.focusable(element.name);
        self.html.push('>');
        self.at_start_of_code = element.name == "pre";
        if matches!(element.shape, Shape::Void | Shape::Rule) || element.name == "col" {
            return;
        }
        if element.shape == Shape::Math
            && (tag.self_closing || matches!(element.name, "mspace" | "mprescripts"))
        {
            // A browser shows nothing that stands in it.
            self.html.push_str("</");
            self.html.push_str(element.name);
            self.html.push('>');
            return;
        }
        let heading = is_heading(element.name).then(|| Draft { text: String::new(), at, id });
        self.open.push(Open { element, begin, content: self.html.len(), close, heading });
    }

    /// Opens what a wide table scrolls in, and says what closes it.
    fn surround(&mut self, name: &str) -> &'static str {
        if name != "table" || self.open.iter().any(|open| open.element.name == "table") {
            return "";
        }
        self.names.tables += 1;
        self.html.push_str("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
        push_escaped(&mut self.html, self.place.words.table);
        self.html.push_str(&format!(" {}\">", self.names.tables));
        "</div>"
    }

    /// Lets the keyboard reach code and formulas, which may be wider than the page.
    fn focusable(&mut self, name: &str) {
        if name == "pre" {
            self.html.push_str(" tabindex=\"0\" role=\"group\" aria-label=\"");
            push_escaped(&mut self.html, self.place.words.code);
            self.html.push('"');
        } else if name == "span" && self.html.ends_with(" class=\"math-block\"") {
            self.html.push_str(" tabindex=\"0\"");
        }
    }

    fn end(&mut self, name: &str) {
        if let Some((silent, depth)) = &mut self.silent {
            *depth -= usize::from(silent == name);
            if *depth == 0 {
                self.silent = None;
            }
            return;
        }
        let Some(element) = allowed::find(name) else { return };
        if let Some(at) = self.last_open(element) {
            self.at_start_of_code = false;
            self.close_to(at);
        }
    }

    /// Closes elements, innermost first, until so many are open.
    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(open) = self.open.pop() else { return };
            let name = if open.element.name == "th" { self.cell(&open) } else { open.element.name };
            if let Some(draft) = open.heading {
                self.finish_heading(name, draft);
            }
            self.html.push_str("</");
            self.html.push_str(name);
            self.html.push('>');
            self.html.push_str(open.close);
        }
    }

    /// Makes a plain cell of a header that heads nothing: a reader would announce it, and find no word in it.
    fn cell(&mut self, open: &Open) -> &'static str {
        let is_empty = self.html.get(open.content..).is_some_and(|content| content.trim().is_empty());
        if !is_empty {
            return "th";
        }
        let tag = self.html.get(open.begin..open.content).unwrap_or_default().replacen("<th", "<td", 1);
        let scope = ["col", "row", "colgroup", "rowgroup"].map(|word| format!(" scope=\"{word}\""));
        let tag = scope.iter().fold(tag, |tag, scope| tag.replace(scope.as_str(), ""));
        self.html.replace_range(open.begin..open.content, &tag);
        "td"
    }

    fn finish_heading(&mut self, name: &str, draft: Draft) {
        let level = name.bytes().last().map_or(2, |digit| digit.saturating_sub(b'0'));
        let text = draft.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let id = draft.id.unwrap_or_else(|| {
            let id = self.names.claim(&of_text(&text));
            let mut attribute = String::from(" id=\"");
            push_escaped(&mut attribute, &id);
            attribute.push('"');
            self.html.insert_str(draft.at, &attribute);
            id
        });
        if !text.is_empty() {
            self.headings.push(Heading { level, id, text });
        }
    }

    /// An id as the document uses it, given once.
    fn claim(&mut self, wanted: &str) -> String {
        self.names.claim(&bare(wanted))
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h2" | "h3" | "h4" | "h5" | "h6")
}
