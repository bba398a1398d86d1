//! Surveys source code: is there a training loop in this file, an evaluation, the definition of an architecture?
//!
//! The file is told by its content, not its name. Comments and the inside of texts are passed over, so that a file that
//! speaks of training does not count as one that trains. A survey reads words; it does not understand programs, and what
//! it finds is a sign and no proof.

mod notebook;
mod patterns;
mod python;
mod shell;
mod signals;
mod yaml;

use crate::Problem;
use crate::card::Span;

/// The longest source that is read.
pub const LONGEST: usize = 2 << 20;

/// The most signals of a kind that are kept: the first.
pub const MOST_OF_A_KIND: usize = 50;

/// What a file of source code shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The language.
    pub language: Language,
    /// The statements: lines that do something, texts that stand alone not counted.
    pub statements: u64,
    /// What was found, in the order of the file.
    pub signals: Vec<Signal>,
}

/// The language of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Python.
    Python,
    /// A script for a shell.
    Shell,
    /// YAML.
    Yaml,
    /// A Jupyter notebook with cells of Python.
    Notebook,
    /// Another language, or none: nothing is looked for.
    Other,
}

/// A sign of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Of what.
    pub kind: SignalKind,
    /// Where: in a notebook, the whole cell.
    pub span: Span,
    /// The pattern that was found, as it stands in the table.
    pub pattern: &'static str,
}

/// What a signal is a sign of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignalKind {
    /// Weights are changed in a loop, or a program that does so is started.
    Training,
    /// A loss is computed.
    Loss,
    /// Data is handed out in batches.
    DataLoader,
    /// Settings of a training are chosen.
    HyperParameters,
    /// Data is crawled, filtered, freed of duplicates or cut into tokens.
    DataProcessing,
    /// A model is loaded and used.
    Inference,
    /// A model is measured.
    Evaluation,
    /// The layers of a model are defined.
    Architecture,
    /// The settings of a model are defined.
    Configuration,
}

impl Survey {
    /// The survey of a file.
    ///
    /// ```
    /// # use limpide_formats::code::{SignalKind, Survey};
    /// let code = "import torch\nfor batch in data:\n    loss = model(batch)\n    loss.backward()\n    optimizer.step()\n";
    /// assert!(Survey::read(code)?.shows(SignalKind::Training));
    /// let words = "import torch\n# Call loss.backward() and optimizer.step() here.\nprint('optimizer.step()')\n";
    /// assert!(!Survey::read(words)?.shows(SignalKind::Training));
    /// # Ok::<(), limpide_formats::Problem>(())
    /// ```
    ///
    /// # Errors
    /// When it is too long.
    pub fn read(text: &str) -> Result<Self, Problem> {
        if text.len() > LONGEST {
            return Err(Problem::TooLarge(format!("source code of more than {LONGEST} bytes")));
        }
        if let Some(notebook) = notebook::Notebook::read(text) {
            return Ok(notebook.survey());
        }
        if shell::has_shebang(text) {
            return Ok(Self::of_shell(text));
        }
        if let Some(keys) = yaml::keys(text) {
            let (statements, signals) = (keys.len() as u64, yaml::signals(&keys));
            return Ok(Self { language: Language::Yaml, statements, signals: bounded(signals) });
        }
        let code = python::read(text);
        if python::is_likely(text, &code) {
            return Ok(Self::of_python(&code));
        }
        if shell::is_likely(text) {
            return Ok(Self::of_shell(text));
        }
        Ok(Self { language: Language::Other, statements: 0, signals: Vec::new() })
    }

    /// Whether there is a signal of this kind.
    pub fn shows(&self, kind: SignalKind) -> bool {
        self.signals.iter().any(|signal| signal.kind == kind)
    }

    fn of_python(code: &[patterns::Statement]) -> Self {
        Self {
            language: Language::Python,
            statements: python::count(code),
            signals: bounded(patterns::find(&signals::PYTHON, code)),
        }
    }

    fn of_shell(text: &str) -> Self {
        let commands = shell::read(text);
        Self {
            language: Language::Shell,
            statements: commands.len() as u64,
            signals: bounded(patterns::find(&signals::SHELL, &commands)),
        }
    }
}

/// The signals in order, of each kind no more than are kept, and each place once for a kind.
fn bounded(mut signals: Vec<Signal>) -> Vec<Signal> {
    signals.sort_by_key(|signal| (signal.span.start, signal.kind, signal.span.end));
    signals.dedup_by(|a, b| a.kind == b.kind && a.span.start == b.span.start);
    let mut count = std::collections::BTreeMap::new();
    signals.retain(|signal| {
        let seen = count.entry(signal.kind).or_insert(0);
        *seen += 1;
        *seen <= MOST_OF_A_KIND
    });
    signals
}

#[cfg(test)]
mod tests;
