//! Notebooks of Jupyter: their cells in order, with what running them once gave.
//!
//! Nothing of a notebook runs, and no HTML of its outputs is shown: an output is its text, or an image whose bytes
//! were looked at.

mod image;
mod raw;
mod terminal;

use serde_json::error::Category;

use crate::code::{Language, highlight};
use crate::escape::escaped;
use crate::markdown::{Document, render_among};
use crate::names::Names;
use crate::place::Place;
use raw::{RawCell, RawNotebook, RawOutput};

/// How long the file of a notebook may be.
pub const LONGEST: usize = 16 * 1024 * 1024;

/// How many cells are shown.
pub const MOST_CELLS: usize = 2000;

/// How many outputs of a cell are shown.
pub const MOST_OUTPUTS: usize = 200;

/// How long an image may be.
pub const LARGEST_IMAGE: usize = 2 * 1024 * 1024;

/// How much Markdown and how much code of all cells is shown, and how much text of all outputs.
const MOST_TEXT: usize = 1024 * 1024;

/// A notebook that can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notebook {
    /// The language of its code.
    pub language: Language,
    /// Its cells, in order.
    pub cells: Vec<Cell>,
    /// Whether there is more than is shown.
    pub truncated: bool,
}

/// A cell of a notebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A text, rendered.
    Text(Document),
    /// Code, and what it gave.
    Code {
        /// The number under which it ran, if it did.
        number: Option<u32>,
        /// Its lines, as HTML.
        lines: Vec<String>,
        /// What it gave.
        outputs: Vec<Output>,
    },
    /// A text that is shown as it is: escaped HTML, within a `<pre>`.
    Raw(String),
}

/// What a cell gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// What was printed or returned: escaped HTML, within a `<pre>`.
    Text(String),
    /// What went wrong, with its trace: escaped HTML, within a `<pre>`.
    Error(String),
    /// An image.
    Image {
        /// Its address, `data:image/png;base64,…` or `data:image/jpeg;base64,…`.
        source: String,
        /// What the notebook says in its place, as plain text, not escaped; often nothing that tells much.
        alternative: String,
    },
    /// HTML without a text in its place; it is not shown.
    Html,
    /// Something else that is not shown: a widget, a film, an image that is none or too large.
    Unknown,
}

/// Why a notebook is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is too long.
    #[error("the notebook is longer than {LONGEST} bytes; download it to read it")]
    TooLong,
    /// It is no JSON.
    #[error("the notebook is no JSON from line {line}, column {column} on")]
    NotJson {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is JSON, but no notebook of the fourth format.
    #[error(
        "the file has no list of cells, as notebooks of format 4 have: convert it with `jupyter nbconvert`"
    )]
    NotANotebook,
}

/// Reads a notebook that stands at a place.
///
/// # Errors
/// When the bytes are too many, are no JSON or no notebook.
pub fn read(bytes: &[u8], place: &Place<'_>) -> Result<Notebook, Problem> {
    if bytes.len() > LONGEST {
        return Err(Problem::TooLong);
    }
    let raw: RawNotebook = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        Category::Data => Problem::NotANotebook,
        _ => Problem::NotJson { line: error.line(), column: error.column() },
    })?;
    let cells = raw.cells.ok_or(Problem::NotANotebook)?;
    let language = Language::of_fence(raw.metadata.language());
    let mut showing = Showing::new(place, language, cells.more);
    let cells = cells.kept.into_iter().filter_map(|cell| showing.cell(cell)).collect();
    Ok(Notebook { language, cells, truncated: showing.truncated })
}

/// Shows cells while there is room.
struct Showing<'a> {
    place: &'a Place<'a>,
    language: Language,
    names: Names,
    markdown_left: usize,
    code_left: usize,
    output_left: usize,
    truncated: bool,
}

impl<'a> Showing<'a> {
    fn new(place: &'a Place<'a>, language: Language, truncated: bool) -> Self {
        let names = Names::default();
        let left = MOST_TEXT;
        Self { place, language, names, markdown_left: left, code_left: left, output_left: left, truncated }
    }

    fn cell(&mut self, cell: RawCell) -> Option<Cell> {
        let source = cell.source.0;
        match &*cell.cell_type.0 {
            "markdown" => {
                let text = take(&source, &mut self.markdown_left, &mut self.truncated);
                Some(Cell::Text(render_among(text, self.place, &mut self.names)))
            }
            "code" => {
                let code = take(&source, &mut self.code_left, &mut self.truncated);
                let lines = highlight(code, self.language_of(code));
                self.truncated |= cell.outputs.more;
                let outputs =
                    cell.outputs.kept.into_iter().filter_map(|output| self.output(output)).collect();
                Some(Cell::Code { number: cell.execution_count.0, lines, outputs })
            }
            "raw" => {
                let text = take(&source, &mut self.output_left, &mut self.truncated);
                Some(Cell::Raw(escaped(&terminal::plain(text))))
            }
            _ => None,
        }
    }

    /// A cell may say in its first line that it is in another language.
    fn language_of(&self, code: &str) -> Language {
        let magic = code.lines().next().and_then(|line| line.strip_prefix("%%"));
        match magic.map(Language::of_fence) {
            Some(language) if language != Language::PLAIN => language,
            _ => self.language,
        }
    }

    fn output(&mut self, output: RawOutput) -> Option<Output> {
        match &*output.output_type.0 {
            "stream" => Some(Output::Text(self.text(&output.text.0))),
            "error" => {
                let trace = if output.traceback.0.is_empty() {
                    format!("{}: {}", output.ename.0, output.evalue.0)
                } else {
                    output.traceback.0
                };
                Some(Output::Error(self.text(&trace)))
            }
            "display_data" | "execute_result" => Some(self.rich(output.data)),
            _ => None,
        }
    }

    /// An image if there is one that can be shown, else the text.
    fn rich(&mut self, data: raw::RawData) -> Output {
        let source = image::source(&data.png.0).or_else(|| image::source(&data.jpeg.0));
        if let Some(source) = source {
            return Output::Image { source, alternative: terminal::plain(&data.plain.0) };
        }
        match (data.plain.0.is_empty(), data.html) {
            (false, _) => Output::Text(self.text(&data.plain.0)),
            (true, true) => Output::Html,
            (true, false) => Output::Unknown,
        }
    }

    fn text(&mut self, text: &str) -> String {
        escaped(&terminal::plain(take(text, &mut self.output_left, &mut self.truncated)))
    }
}

/// As much of the text as there is room for.
fn take<'a>(text: &'a str, left: &mut usize, truncated: &mut bool) -> &'a str {
    let taken = text.get(..text.floor_char_boundary(*left)).unwrap_or_default();
    *truncated |= taken.len() < text.len();
    *left -= taken.len();
    taken
}
