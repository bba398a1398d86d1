//! What the columns of a table hold: how much is missing, how many values differ, how they are spread.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::ControlFlow;

use crate::column::{Column, Kind};
use crate::table::{Bounds, Passing, Place, Problem, Table};
use crate::value::Value;

/// In how many places a table is looked at that is too long to be read whole.
const PLACES: u64 = 8;

/// Up to how many different values are counted.
const MOST_DISTINCT: usize = 100_000;

/// Up to how many different values are told one by one, and how long each may be.
const TOLD: usize = 20;
const LONGEST_TOLD: usize = 80;

/// Rows that are decoded at once.
const ROWS_AT_ONCE: usize = 1024;

/// Below this, numbers of 64 bits tell whole numbers apart: 2 to the power of 52.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// Into how many parts the numbers of a column are put.
const BINS: usize = 20;

/// What was seen of the columns of one or more tables.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    rows: u64,
    is_part: bool,
    columns: Vec<Seen>,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnSummary {
    /// Its name.
    pub name: String,
    /// What the file says that it holds.
    pub kind: Kind,
    /// In how many of the rows there is nothing.
    pub missing: u64,
    /// How many values differ.
    pub distinct: Distinct,
    /// How the values are spread.
    pub shape: Shape,
}

/// How many values differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distinct {
    /// So many.
    Exactly(u64),
    /// So many, and others that were not counted.
    MoreThan(u64),
    /// Nobody counted: bytes and what is nested.
    Unknown,
}

/// How values are spread.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Numbers.
    Numbers(Spread),
    /// The lengths of texts in characters, of bytes in bytes.
    Lengths(Spread),
    /// The values and how often each comes, the most common first.
    Values(Vec<(String, u64)>),
    /// The first and the last, of dates and times.
    Between(String, String),
    /// There is nothing to tell.
    Nothing,
}

/// How numbers are spread.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The least.
    pub least: f64,
    /// The greatest.
    pub greatest: f64,
    /// The arithmetic mean.
    pub mean: f64,
    /// The one in the middle; of an even number of them the lower of both.
    pub median: f64,
    /// How many there are in parts of equal width.
    pub bins: Vec<Bin>,
}

/// A part of the numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// From which number on.
    pub from: f64,
    /// To which. Where all numbers are whole, the part holds it; else the last part does, and others do not.
    pub to: f64,
    /// How many lie there.
    pub count: u64,
}

/// What was seen of a column so far.
#[derive(Debug, Clone)]
struct Seen {
    column: Column,
    present: u64,
    hashes: HashSet<u64>,
    is_full: bool,
    told: Option<HashMap<String, u64>>,
    numbers: Vec<f64>,
    lengths: Vec<f64>,
    between: Option<(String, String)>,
}

impl Table {
    /// Adds what the columns hold to a summary: all of a table that is short enough, else rows from places that are spread
    /// over it. Of the bounds, `looked_at` and `bytes` count.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn summarise(&self, into: &mut Summary, bounds: Bounds) -> Result<(), Problem> {
        let all: Vec<usize> = (0..self.columns().len()).collect();
        let seen: Vec<usize> = self.columns().iter().map(|column| into.column(column)).collect();
        let places = self.spread(PLACES)?;
        let (mut bytes, mut rows) = (bounds.bytes, bounds.looked_at);
        for (number, from) in places.iter().enumerate() {
            // What one part leaves of its share is for those that follow.
            let parts = (places.len() - number) as u64;
            let (begin, share, most) = (self.spent(), bytes / parts, rows / parts);
            let (mut looked_at, mut is_whole) = (0, false);
            let mut take = |passing: Passing| {
                if places.get(number + 1).is_some_and(|next| is_reached(*next, passing.row.place)) {
                    is_whole = true;
                    return ControlFlow::Break(());
                }
                looked_at += 1;
                for (value, seen) in passing.row.cells.iter().zip(&seen) {
                    into.columns[*seen].add(value);
                }
                let is_enough = looked_at >= most || self.spent() - begin > share;
                if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let is_end = self.walk(*from, &all, ROWS_AT_ONCE, &mut take)?;
            (bytes, rows) = (bytes.saturating_sub(self.spent() - begin), rows - looked_at);
            into.rows += looked_at;
            into.is_part |= !is_whole && !is_end;
        }
        Ok(())
    }
}

/// Whether a row lies where a part begins, or behind. Rows of text are told apart by their bytes, others by their numbers.
fn is_reached(next: Place, place: Place) -> bool {
    if next.offset > 0 { place.offset >= next.offset } else { place.row >= next.row }
}

impl Summary {
    /// How many rows were looked at.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether these are only some of the rows.
    pub fn is_part(&self) -> bool {
        self.is_part
    }

    /// Says that there are tables that were not looked at.
    pub fn leave_out(&mut self) {
        self.is_part = true;
    }

    /// What each column holds, in the order in which they came.
    pub fn columns(&self) -> Vec<ColumnSummary> {
        self.columns.iter().map(|seen| seen.summary(self.rows)).collect()
    }

    /// Which of the columns this one is, by its name.
    fn column(&mut self, column: &Column) -> usize {
        if let Some(at) = self.columns.iter().position(|seen| seen.column.name == column.name) {
            return at;
        }
        self.columns.push(Seen::new(column.clone()));
        self.columns.len() - 1
    }
}

impl Seen {
    fn new(column: Column) -> Self {
        Self {
            column,
            present: 0,
            hashes: HashSet::new(),
            is_full: false,
            told: Some(HashMap::new()),
            numbers: Vec::new(),
            lengths: Vec::new(),
            between: None,
        }
    }

    fn add(&mut self, value: &Value) {
        if value.is_missing() {
            return;
        }
        self.present += 1;
        if let Some(number) = value.number() {
            self.numbers.push(number);
        }
        match value {
            Value::Bytes(bytes) => self.lengths.push(bytes.len() as f64),
            Value::Nested(_) => {}
            Value::Text(text) | Value::Written(text) => {
                self.lengths.push(text.chars().count() as f64);
                self.tell(text);
            }
            other => {
                let text = other.text();
                if matches!(other, Value::Time(_)) {
                    self.extend(&text);
                }
                self.tell(&text);
            }
        }
    }

    fn tell(&mut self, text: &str) {
        if self.hashes.len() < MOST_DISTINCT {
            let mut hasher = DefaultHasher::new();
            text.hash(&mut hasher);
            self.hashes.insert(hasher.finish());
        } else {
            self.is_full = true;
        }
        let Some(told) = &mut self.told else { return };
        if let Some(count) = told.get_mut(text) {
            *count += 1;
        } else if told.len() < TOLD && text.len() <= LONGEST_TOLD {
            told.insert(text.to_owned(), 1);
        } else {
            self.told = None;
        }
    }

    fn extend(&mut self, text: &str) {
        match &mut self.between {
            None => self.between = Some((text.to_owned(), text.to_owned())),
            Some((first, last)) => {
                if text < first.as_str() {
                    text.clone_into(first);
                }
                if text > last.as_str() {
                    text.clone_into(last);
                }
            }
        }
    }

    fn summary(&self, rows: u64) -> ColumnSummary {
        let counted = self.hashes.len() as u64;
        let distinct = match () {
            () if self.present > 0 && counted == 0 => Distinct::Unknown,
            () if self.is_full => Distinct::MoreThan(counted),
            () => Distinct::Exactly(counted),
        };
        ColumnSummary {
            name: self.column.name.clone(),
            kind: self.column.kind,
            missing: rows.saturating_sub(self.present),
            distinct,
            shape: self.shape(),
        }
    }

    fn shape(&self) -> Shape {
        let is_numbers = self.present > 0 && self.numbers.len() as u64 == self.present;
        // Values that hardly come twice tell less than how they are spread.
        let told =
            self.told.as_ref().filter(|told| !told.is_empty() && 2 * told.len() as u64 <= self.present);
        match (told, &self.between) {
            (Some(told), _) if !is_numbers || !self.column.labels.is_empty() => {
                Shape::Values(self.values(told))
            }
            (_, Some((first, last))) => Shape::Between(first.clone(), last.clone()),
            _ if is_numbers => Spread::of(&self.numbers).map_or(Shape::Nothing, Shape::Numbers),
            _ => Spread::of(&self.lengths).map_or(Shape::Nothing, Shape::Lengths),
        }
    }

    /// The values, the most common first, with the names of the classes that they stand for.
    fn values(&self, told: &HashMap<String, u64>) -> Vec<(String, u64)> {
        let name = |text: &String| {
            let label = text.parse().ok().and_then(|at: usize| self.column.labels.get(at));
            label.map_or_else(|| text.clone(), |label| format!("{text} ({label})"))
        };
        let mut values: Vec<(String, u64)> = told.iter().map(|(text, count)| (name(text), *count)).collect();
        values.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        values
    }
}

impl Spread {
    /// None of no numbers.
    fn of(numbers: &[f64]) -> Option<Self> {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (least, greatest) = (*sorted.first()?, *sorted.last()?);
        let count = sorted.len() as f64;
        // Divided first, for the sum of large numbers may be none.
        let mean = sorted.iter().map(|number| number / count).sum();
        let median = sorted[(sorted.len() - 1) / 2];
        Some(Self { least, greatest, mean, median, bins: bins(&sorted, least, greatest) })
    }
}

/// Parts of whole numbers, as many in each.
fn whole_bins(sorted: &[f64], least: f64, greatest: f64) -> Vec<Bin> {
    let width = ((greatest - least + 1.0) / BINS as f64).ceil();
    let below = |limit: f64| sorted.partition_point(|number| *number < limit) as u64;
    let starts = (0..BINS).map(|at| least + width * at as f64).take_while(|from| *from <= greatest);
    let bin = |from: f64| {
        let to = (from + width - 1.0).min(greatest);
        Bin { from, to, count: below(to + 1.0) - below(from) }
    };
    starts.map(bin).collect()
}

fn bins(sorted: &[f64], least: f64, greatest: f64) -> Vec<Bin> {
    let is_whole = |number: &f64| number.fract() == 0.0 && number.abs() < WHOLE;
    if sorted.iter().all(is_whole) {
        return whole_bins(sorted, least, greatest);
    }
    let width = greatest / BINS as f64 - least / BINS as f64;
    if width <= 0.0 || !width.is_finite() || least + width <= least {
        return vec![Bin { from: least, to: greatest, count: sorted.len() as u64 }];
    }
    let edge = |at: usize| if at == BINS { greatest } else { least + width * at as f64 };
    let below = |limit: f64| sorted.partition_point(|number| *number < limit) as u64;
    let bin = |at: usize| {
        let until = if at + 1 == BINS { sorted.len() as u64 } else { below(edge(at + 1)) };
        Bin { from: edge(at), to: edge(at + 1), count: until - below(edge(at)) }
    };
    (0..BINS).map(bin).collect()
}
