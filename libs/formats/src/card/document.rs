//! The whole of a card: sections, links, images, tables, code and what was left to be filled in, each with its place in
//! the file.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeWithOffset};

use super::prose::{self, Prose};
use super::{FrontMatter, Span, front};

/// The longest text that is read.
pub const LONGEST_DOCUMENT: usize = 4 << 20;

/// Quotes, lists and emphasis within each other. The parser takes time for each line and each quote around it.
const DEEPEST: usize = 100;

/// Sections, links, images, tables, blocks of code and placeholders, of each; and cells of all tables.
const MOST: usize = 10_000;
const MOST_CELLS: usize = 100_000;

/// A card.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What stands before the text.
    pub front: FrontMatter,
    /// The text in pieces, from heading to heading.
    pub sections: Vec<Section>,
    /// Links, automatic ones and bare addresses included.
    pub links: Vec<Link>,
    /// Images.
    pub images: Vec<Image>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Blocks of code.
    pub code_blocks: Vec<CodeBlock>,
    /// Where `[More Information Needed]` stands, which the templates of cards put where something is to be written.
    pub placeholders: Vec<Span>,
    /// How many parts there are beyond those that are kept.
    pub left_out: u64,
}

/// The text from one heading to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// The words of the heading; empty for what stands before the first.
    pub heading: String,
    /// 1 to 6, and 0 before the first heading.
    pub level: u8,
    /// The heading.
    pub heading_span: Span,
    /// What stands below it, up to the next heading of whatever level.
    pub body: Span,
    /// The letters and signs of plain text: no code, tables, comments or placeholders, nor labels of placeholders.
    pub prose: u64,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads.
    pub target: String,
    /// Its words; for a bare address the address.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Where the image is.
    pub target: String,
    /// What is said instead of it.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The cells of the first row.
    pub header: Vec<String>,
    /// The cells of the other rows.
    pub rows: Vec<Vec<String>>,
    /// Where it stands.
    pub span: Span,
}

/// A block of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeBlock {
    /// The word after the fence, such as `python`.
    pub language: Option<String>,
    /// The code, with what stands before its lines in a list or quote.
    pub text: Span,
    /// The block, fences included.
    pub span: Span,
}

/// Why a card is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentProblem {
    /// It is too long.
    #[error("a card of {0} bytes, more than the {LONGEST_DOCUMENT} allowed")]
    TooLong(usize),
    /// Too much of it is within each other.
    #[error("at byte {offset}, more than {DEEPEST} quotes, lists or emphases are within each other")]
    TooDeep {
        /// Where.
        offset: usize,
    },
}

impl Document {
    /// The card in this text.
    ///
    /// ```
    /// # use limpide_formats::card::{Document, FrontMatter};
    /// let text = "---\nlicense: mit\n---\n# Tiny\nTrained on [books](https://example.org/books).\n";
    /// let card = Document::read(text)?;
    /// let FrontMatter::Read(fields) = &card.front else { panic!() };
    /// assert_eq!(fields.text("license").as_deref(), Some("mit"));
    /// assert_eq!(&text[fields.span("license").unwrap()], "license: mit");
    /// assert_eq!((&*card.sections[0].heading, &*card.links[0].text), ("Tiny", "books"));
    /// # Ok::<(), limpide_formats::card::DocumentProblem>(())
    /// ```
    ///
    /// # Errors
    /// When it is too long, or nested too deep. Front matter that cannot be read is no error: see [`Document::front`].
    pub fn read(text: &str) -> Result<Self, DocumentProblem> {
        if text.len() > LONGEST_DOCUMENT {
            return Err(DocumentProblem::TooLong(text.len()));
        }
        let (front, begin) = front::read(text);
        let body = &text[begin..];
        if let Some(offset) = prose::too_deep(body, DEEPEST) {
            return Err(DocumentProblem::TooDeep { offset: begin + offset });
        }
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
        let mut reader = Reader::new(text, front, begin);
        for (event, span) in TextMergeWithOffset::new(Parser::new_ext(body, options).into_offset_iter()) {
            reader.event(event, begin + span.start..begin + span.end)?;
        }
        Ok(reader.finish())
    }

    /// The sections under a section: those that follow it and have deeper headings.
    pub fn under(&self, section: usize) -> &[Section] {
        let Some((first, rest)) = self.sections.get(section..).and_then(<[_]>::split_first) else {
            return &[];
        };
        let end = rest.iter().position(|next| next.level <= first.level).unwrap_or(rest.len());
        &rest[..end]
    }
}

/// What is being read, and what has been.
struct Reader<'a> {
    text: &'a str,
    document: Document,
    prose: Prose,
    depth: usize,
    /// What the text that comes belongs to besides the section.
    open: Vec<Open>,
    cells: usize,
}

enum Open {
    Heading(Section),
    Link(Link),
    Image(Image),
    Table(Table),
    Cell(String),
    Code(CodeBlock),
    Html,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, front: FrontMatter, begin: usize) -> Self {
        let document = Document {
            front,
            sections: vec![Section {
                heading_span: begin..begin,
                body: begin..text.len(),
                ..Section::default()
            }],
            links: Vec::new(),
            images: Vec::new(),
            tables: Vec::new(),
            code_blocks: Vec::new(),
            placeholders: Vec::new(),
            left_out: 0,
        };
        Self { text, document, prose: Prose::default(), depth: 0, open: Vec::new(), cells: 0 }
    }

    fn event(&mut self, event: Event, span: Span) -> Result<(), DocumentProblem> {
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(DocumentProblem::TooDeep { offset: span.start });
                }
                self.start(tag, span);
            }
            Event::End(tag) => {
                self.depth -= 1;
                self.end(tag);
            }
            Event::Text(words) => self.words(&words, span, true),
            Event::Code(words) => self.words(&words, span, false),
            Event::SoftBreak | Event::HardBreak => self.line_ends(),
            Event::InlineHtml(_) => self.addresses_in_html(span),
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag, span: Span) {
        match tag {
            // A heading within a quote or a list divides nothing.
            Tag::Heading { level, .. } if self.depth == 1 => {
                let (level, body) = (number(level), span.end..self.text.len());
                self.open.push(Open::Heading(Section {
                    level,
                    heading_span: span,
                    body,
                    ..Section::default()
                }));
            }
            Tag::Link { dest_url, .. } => {
                self.open.push(Open::Link(Link {
                    target: dest_url.into_string(),
                    text: String::new(),
                    span,
                }));
            }
            Tag::Image { dest_url, .. } => {
                self.open.push(Open::Image(Image {
                    target: dest_url.into_string(),
                    text: String::new(),
                    span,
                }));
            }
            Tag::Table(_) => self.open.push(Open::Table(Table { span, ..Table::default() })),
            Tag::TableRow => {
                if let Some(Open::Table(table)) = self.open.last_mut() {
                    table.rows.push(Vec::new());
                }
            }
            Tag::TableCell => self.open.push(Open::Cell(String::new())),
            Tag::CodeBlock(kind) => {
                let language = language(kind);
                self.open.push(Open::Code(CodeBlock { language, text: span.end..span.end, span }));
            }
            Tag::HtmlBlock => {
                let words = prose::without_html(&self.text[span.clone()]);
                self.prose.add(&words);
                self.addresses_in_html(span);
                self.open.push(Open::Html);
            }
            _ => {}
        }
    }

    fn words(&mut self, words: &str, span: Span, may_hold_addresses: bool) {
        let mut is_prose = true;
        for open in &mut self.open {
            match open {
                Open::Heading(section) => section.heading.push_str(words),
                Open::Link(link) => link.text.push_str(words),
                Open::Image(image) => image.text.push_str(words),
                Open::Cell(cell) => cell.push_str(words),
                Open::Code(code) => {
                    code.text.start = code.text.start.min(span.start);
                    code.text.end = span.end;
                }
                Open::Table(_) | Open::Html => {}
            }
            is_prose &= matches!(open, Open::Link(_));
        }
        if is_prose {
            self.prose.add(words);
        }
        let is_plain =
            !self.open.iter().any(|open| matches!(open, Open::Link(_) | Open::Image(_) | Open::Code(_)));
        if may_hold_addresses && is_plain {
            for address in prose::addresses(&self.text[span.clone()]) {
                let span = span.start + address.start..span.start + address.end;
                let target = self.text[span.clone()].to_owned();
                let link = Link { text: target.clone(), target, span };
                keep(&mut self.document.links, link, &mut self.document.left_out);
            }
        }
    }

    fn line_ends(&mut self) {
        for open in &mut self.open {
            match open {
                Open::Heading(Section { heading: text, .. })
                | Open::Link(Link { text, .. })
                | Open::Image(Image { text, .. }) => text.push(' '),
                _ => {}
            }
        }
        if !self.open.iter().any(|open| matches!(open, Open::Heading(_))) {
            self.end_line();
        }
    }

    /// Counts the prose of a line to the section it stands in.
    fn end_line(&mut self) {
        let length = self.prose.take();
        if let Some(section) = self.document.sections.last_mut() {
            section.prose += length;
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::Item | TagEnd::HtmlBlock => self.end_line(),
            _ => {}
        }
        let closes = matches!(
            (&tag, self.open.last()),
            (TagEnd::Heading(_), Some(Open::Heading(_)))
                | (TagEnd::Link, Some(Open::Link(_)))
                | (TagEnd::Image, Some(Open::Image(_)))
                | (TagEnd::Table, Some(Open::Table(_)))
                | (TagEnd::TableCell, Some(Open::Cell(_)))
                | (TagEnd::CodeBlock, Some(Open::Code(_)))
                | (TagEnd::HtmlBlock, Some(Open::Html))
        );
        if closes && let Some(open) = self.open.pop() {
            self.close(open);
        }
    }

    fn close(&mut self, open: Open) {
        let document = &mut self.document;
        match open {
            Open::Heading(section) => {
                if document.sections.len() < MOST
                    && let Some(before) = document.sections.last_mut()
                {
                    before.body.end = section.heading_span.start;
                }
                keep(&mut document.sections, section, &mut document.left_out);
            }
            Open::Link(link) => keep(&mut document.links, link, &mut document.left_out),
            Open::Image(image) => keep(&mut document.images, image, &mut document.left_out),
            Open::Table(table) => keep(&mut document.tables, table, &mut document.left_out),
            Open::Code(code) => keep(&mut document.code_blocks, code, &mut document.left_out),
            Open::Cell(cell) => self.close_cell(cell),
            Open::Html => {}
        }
    }

    fn close_cell(&mut self, cell: String) {
        self.cells += 1;
        if self.cells > MOST_CELLS {
            self.document.left_out += 1;
        } else if let Some(Open::Table(table)) = self.open.last_mut() {
            table.rows.last_mut().unwrap_or(&mut table.header).push(cell.trim().to_owned());
        }
    }

    fn addresses_in_html(&mut self, span: Span) {
        for (is_image, address) in prose::addresses_in_html(&self.text[span.clone()]) {
            let span = span.start + address.start..span.start + address.end;
            let (target, text) = (self.text[span.clone()].to_owned(), String::new());
            let left_out = &mut self.document.left_out;
            if is_image {
                keep(&mut self.document.images, Image { target, text, span }, left_out);
            } else {
                keep(&mut self.document.links, Link { target, text, span }, left_out);
            }
        }
    }

    fn finish(mut self) -> Document {
        self.end_line();
        let first = &self.document.sections[0];
        let begin = first.body.start;
        if self.text[first.body.clone()].trim().is_empty() {
            self.document.sections.remove(0);
        }
        let code = &self.document.code_blocks;
        for placeholder in prose::placeholders(&self.text[begin..]) {
            let span = begin + placeholder.start..begin + placeholder.end;
            let after = code.partition_point(|block| block.span.start <= span.start);
            let is_code = after.checked_sub(1).is_some_and(|before| span.start < code[before].span.end);
            if !is_code {
                keep(&mut self.document.placeholders, span, &mut self.document.left_out);
            }
        }
        self.document
    }
}

fn keep<T>(kept: &mut Vec<T>, item: T, left_out: &mut u64) {
    if kept.len() < MOST {
        kept.push(item);
    } else {
        *left_out += 1;
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

fn language(kind: CodeBlockKind) -> Option<String> {
    let CodeBlockKind::Fenced(info) = kind else { return None };
    let word = info.split(|end: char| end.is_whitespace() || end == ',' || end == '{').next()?;
    (!word.is_empty()).then(|| word.to_lowercase())
}

#[cfg(test)]
mod tests;
