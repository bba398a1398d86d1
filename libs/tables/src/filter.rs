//! Which rows are asked for.

use regex::{Regex, RegexBuilder};

use crate::column::{Column, Kind};
use crate::value::Value;

/// The longest words that are looked for, in bytes.
const LONGEST_WORDS: usize = 1000;

/// What a cell must be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// It holds these words, in large or small letters.
    Contains,
    /// It is this.
    Is,
    /// It is another, or nothing.
    IsNot,
    /// It is less than this number, or before it in the order of letters where one of both is no number.
    Below,
    /// It is more.
    Above,
    /// There is nothing.
    Missing,
    /// There is something.
    Present,
}

/// Which rows are asked for: those with a cell that passes a test, in one column or in any that may hold text.
#[derive(Debug, Clone)]
pub struct Filter {
    column: Option<String>,
    test: Test,
    words: String,
    number: Option<f64>,
    pattern: Regex,
}

impl Test {
    /// All of them, in the order in which a reader chooses.
    pub const ALL: [Self; 7] =
        [Self::Contains, Self::Is, Self::IsNot, Self::Below, Self::Above, Self::Missing, Self::Present];

    /// Its name in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Contains => "contains",
            Self::Is => "is",
            Self::IsNot => "is-not",
            Self::Below => "below",
            Self::Above => "above",
            Self::Missing => "missing",
            Self::Present => "present",
        }
    }

    /// The test of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|test| test.as_str() == name)
    }
}

impl Filter {
    /// Rows that hold these words anywhere in their texts.
    pub fn words(words: &str) -> Option<Self> {
        Self::new(None, Test::Contains, words)
    }

    /// Rows with a cell of this column that passes the test.
    pub fn column(column: &str, test: Test, words: &str) -> Option<Self> {
        Self::new(Some(column.to_owned()), test, words)
    }

    /// None where the words are too long to be looked for.
    fn new(column: Option<String>, test: Test, words: &str) -> Option<Self> {
        if words.len() > LONGEST_WORDS {
            return None;
        }
        let pattern = RegexBuilder::new(&regex::escape(words)).case_insensitive(true).build().ok()?;
        let number = words.trim().parse().ok().filter(|number: &f64| number.is_finite());
        Some(Self { column, test, words: words.to_owned(), number, pattern })
    }

    /// The columns that must be read to know.
    pub(crate) fn columns(&self, all: &[Column]) -> Vec<usize> {
        let needed = |column: &Column| match &self.column {
            Some(name) => column.name == *name,
            None => matches!(column.kind, Kind::Text | Kind::Any | Kind::Nested),
        };
        (0..all.len()).filter(|at| needed(&all[*at])).collect()
    }

    /// Whether a row is asked for, by its cells in the columns of [`Self::columns`].
    pub(crate) fn passes(&self, row: &[Value], columns: &[usize]) -> bool {
        columns.iter().any(|at| row.get(*at).is_some_and(|value| self.holds(value)))
    }

    fn holds(&self, value: &Value) -> bool {
        match self.test {
            Test::Missing => return value.is_missing(),
            Test::Present => return !value.is_missing(),
            Test::IsNot => return !self.is(value),
            Test::Is => return self.is(value),
            Test::Contains | Test::Below | Test::Above => {}
        }
        if value.is_missing() || matches!(value, Value::Bytes(_)) {
            return false;
        }
        match (self.test, value.number(), self.number) {
            (Test::Below, Some(number), Some(limit)) => number < limit,
            (Test::Above, Some(number), Some(limit)) => number > limit,
            (Test::Below, ..) => *value.text() < *self.words,
            (Test::Above, ..) => *value.text() > *self.words,
            _ => self.pattern.is_match(&value.text()),
        }
    }

    fn is(&self, value: &Value) -> bool {
        match (value, value.number(), self.number) {
            (Value::Missing | Value::Bytes(_), ..) => false,
            (_, Some(number), Some(asked)) => number == asked,
            _ => value.text() == self.words,
        }
    }
}
