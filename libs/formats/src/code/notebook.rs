//! Jupyter notebooks: the code of all cells as one source, in which a place stands for its cell.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Language, Signal, Survey, bounded, patterns, python, shell, signals};
use crate::card::Span;

/// The code of a notebook.
pub(super) struct Notebook {
    python: String,
    shell: String,
    /// Where the code of each cell begins in both, and the cell in the file.
    cells: Vec<(usize, usize, Span)>,
}

#[derive(Deserialize)]
struct Written<'a> {
    #[serde(rename = "nbformat")]
    _version: u64,
    #[serde(borrow)]
    cells: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Cell {
    cell_type: String,
    #[serde(default)]
    source: Source,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Text(String),
    Lines(Vec<String>),
}

impl Default for Source {
    fn default() -> Self {
        Self::Lines(Vec::new())
    }
}

impl Notebook {
    /// The notebook in this text, when it is one (<https://nbformat.readthedocs.io/en/latest/format_description.html>).
    pub(super) fn read(text: &str) -> Option<Self> {
        if !text.trim_start().starts_with('{') {
            return None;
        }
        let written: Written = serde_json::from_str(text).ok()?;
        let mut notebook = Self { python: String::new(), shell: String::new(), cells: Vec::new() };
        for raw in written.cells {
            let begin = raw.get().as_ptr().addr() - text.as_ptr().addr();
            if let Ok(cell) = serde_json::from_str::<Cell>(raw.get())
                && cell.cell_type == "code"
            {
                notebook.add(&cell.source, begin..begin + raw.get().len());
            }
        }
        Some(notebook)
    }

    fn add(&mut self, source: &Source, cell: Span) {
        self.cells.push((self.python.len(), self.shell.len(), cell));
        let source = match source {
            Source::Text(text) => text.clone(),
            Source::Lines(lines) => lines.concat(),
        };
        for line in source.lines() {
            let start = line.trim_start();
            match start.chars().next() {
                Some('!') => self.shell.extend([&start[1..], "\n"]),
                Some('%' | '?') => {}
                _ => self.python.extend([line, "\n"]),
            }
        }
    }

    /// What all cells show together.
    pub(super) fn survey(&self) -> Survey {
        let (code, commands) = (python::read(&self.python), shell::read(&self.shell));
        let mut found = self.placed(patterns::find(&signals::PYTHON, &code), |(python, ..)| *python);
        found.extend(self.placed(patterns::find(&signals::SHELL, &commands), |(_, shell, _)| *shell));
        Survey {
            language: Language::Notebook,
            statements: python::count(&code) + commands.len() as u64,
            signals: bounded(found),
        }
    }

    /// Signals with their cells as places.
    fn placed(&self, mut found: Vec<Signal>, begin: fn(&(usize, usize, Span)) -> usize) -> Vec<Signal> {
        for signal in &mut found {
            let after = self.cells.partition_point(|cell| begin(cell) <= signal.span.start);
            if let Some((_, _, cell)) = after.checked_sub(1).map(|cell| &self.cells[cell]) {
                signal.span = cell.clone();
            }
        }
        found
    }
}
