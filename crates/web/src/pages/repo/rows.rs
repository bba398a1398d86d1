//! Rows of a data file on a page: what the address asks for, and a table with links to what lies before and behind. The
//! file page and the pages of datasets show the same.

use limpide_hub::{Rows, RowsQuery};
use limpide_tables::{Filter, Form, Kind, Media, Place, Problem, Row, Test, Value};

use crate::pages::list::address;
use crate::pages::visit::Visit;
use crate::pages::words::Words;

/// Cells of a page, the least and the most rows.
const CELLS: usize = 1000;
const ROWS: (usize, usize) = (10, 50);

/// About how many bytes the texts of all cells may have, and how many characters one has at least and at most.
const TEXTS: usize = 40_000;
const SHORTEST: usize = 24;
const LONGEST: usize = 300;

/// How much of a cell is shown where its row is shown alone.
const LONGEST_ALONE: usize = 60_000;

/// Rows and bytes that are looked at for a page of those that are asked for.
const LOOKED_AT: (u64, u64) = (200_000, 64 << 20);

/// What an address asks for.
pub(crate) struct Asked {
    from: Place,
    pub(crate) words: String,
    pub(crate) column: String,
    test: Option<Test>,
    pub(crate) value: String,
    filter: Option<Filter>,
    /// Whether one row is shown alone, with long cells.
    is_alone: bool,
}

/// Where rows come from: the addresses of their page and of their cells.
pub(crate) struct From<'a> {
    /// The page.
    pub(crate) path: &'a str,
    /// What its address says besides.
    pub(crate) kept: &'a [(&'a str, String)],
    /// The address that gives cells of the file.
    pub(crate) cells: &'a str,
}

/// Rows as a page shows them.
pub(crate) struct RowsView {
    pub(crate) columns: Vec<Head>,
    pub(crate) rows: Vec<RowView>,
    pub(crate) has_rest: bool,
    pub(crate) is_alone: bool,
    pub(crate) left_out: Option<String>,
    /// Which rows these are, or how many were found.
    pub(crate) says: String,
    pub(crate) search: Search,
    pub(crate) first: Option<String>,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    /// Whether the next page goes on with looking for rows.
    pub(crate) is_search: bool,
}

/// The head of a column.
pub(crate) struct Head {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) is_number: bool,
}

pub(crate) struct RowView {
    pub(crate) number: String,
    /// The row alone.
    pub(crate) address: String,
    pub(crate) cells: Vec<Cell>,
    pub(crate) rest: String,
}

/// A cell as a page shows it.
pub(crate) enum Cell {
    Missing,
    Number(String),
    Text(String),
    Image { address: String, says: String },
    Audio(String),
    Bytes(String),
}

/// The form that looks for rows.
pub(crate) struct Search {
    pub(crate) action: String,
    pub(crate) kept: Vec<(String, String)>,
    pub(crate) words: String,
    pub(crate) value: String,
    pub(crate) columns: Vec<(String, bool)>,
    pub(crate) tests: Vec<(&'static str, String, bool)>,
    /// Whether a column is chosen.
    pub(crate) is_open: bool,
    /// Where there is no filter.
    pub(crate) clear: Option<String>,
}

impl Asked {
    /// What the address of a visit asks for.
    pub(crate) fn of(visit: &Visit) -> Self {
        let text = |name| visit.asked(name).unwrap_or_default().trim().to_owned();
        let number = |name| visit.asked(name).and_then(|number| number.parse().ok()).unwrap_or(0);
        let (words, column, value) = (text("q"), text("column"), text("value"));
        let test = Test::of(&text("test"));
        let filter = match test {
            Some(test) if !column.is_empty() => Filter::column(&column, test, &value),
            _ if words.is_empty() => None,
            _ => Filter::words(&words),
        };
        let from = Place { row: number("row"), offset: number("at") };
        Self { from, words, column, test, value, filter, is_alone: visit.flag("alone") }
    }

    /// What is asked of the hub.
    pub(crate) fn query(&self, form: Form) -> RowsQuery {
        RowsQuery {
            form,
            from: self.from,
            filter: self.filter.clone().filter(|_| !self.is_alone),
            cells: CELLS,
            rows: if self.is_alone { (1, 1) } else { ROWS },
            looked_at: LOOKED_AT,
        }
    }

    /// Whether the address asks for certain rows.
    pub(crate) fn is_filtered(&self) -> bool {
        self.filter.is_some()
    }

    /// Whether it asks for all rows from the first on.
    pub(crate) fn is_from_start(&self) -> bool {
        self.from == Place::default() && !self.is_filtered() && !self.is_alone
    }

    /// What links to the same rows, from another place on, say.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        match self.test {
            Some(test) if !self.column.is_empty() => {
                pairs.push(("column", self.column.clone()));
                pairs.push(("test", test.as_str().to_owned()));
                pairs.push(("value", self.value.clone()));
            }
            _ if self.words.is_empty() => {}
            _ => pairs.push(("q", self.words.clone())),
        }
        pairs
    }
}

impl RowsView {
    pub(crate) fn of(rows: &Rows, asked: &Asked, from: &From<'_>, t: Words) -> Self {
        let link = |place: Option<Place>, more: &[(&str, String)]| {
            let mut pairs = from.kept.to_vec();
            pairs.extend(asked.pairs());
            if let Some(place) = place {
                pairs.push(("row", place.row.to_string()));
                if place.offset > 0 {
                    pairs.push(("at", place.offset.to_string()));
                }
            }
            pairs.extend_from_slice(more);
            address(from.path, pairs.iter().map(|(name, value)| (*name, value.as_str())))
        };
        let count = rows.page.rows.len() * rows.columns.len();
        let longest =
            if asked.is_alone { LONGEST_ALONE } else { (TEXTS / count.max(1)).clamp(SHORTEST, LONGEST) };
        let shown = Showing { from, longest, t, columns: &rows.columns };
        let alone = [("alone", "true".to_owned())];
        let row = |row: &Row| shown.row(row, link(Some(row.place), &alone));
        let is_search = asked.is_filtered() && !asked.is_alone;
        let is_first = asked.from == Place::default();
        Self {
            columns: rows.columns.iter().map(|column| Head::of(column, t)).collect(),
            rows: rows.page.rows.iter().map(row).collect(),
            has_rest: rows.page.rows.iter().any(|row| row.rest.is_some()),
            is_alone: asked.is_alone,
            left_out: (rows.columns_left_out > 0)
                .then(|| t.count("columns-left-out", rows.columns_left_out as i64)),
            says: says(rows, asked, t),
            search: Search::of(rows, asked, from, t),
            first: (!is_first).then(|| link(None, &[])),
            previous: previous(rows, asked).map(|place| link(Some(place), &[])),
            next: rows.page.next.filter(|_| !asked.is_alone).map(|place| link(Some(place), &[])),
            is_search,
        }
    }
}

/// Where the page before begins, where rows can be counted back.
fn previous(rows: &Rows, asked: &Asked) -> Option<Place> {
    let is_countable = rows.total.is_some() && !asked.is_filtered() && !asked.is_alone;
    if !is_countable || asked.from.row == 0 {
        return None;
    }
    let (least, most) = ROWS;
    let step = (CELLS / rows.columns.len().max(1)).clamp(least, most) as u64;
    Some(Place { row: asked.from.row.saturating_sub(step), offset: 0 })
}

/// Which rows these are.
fn says(rows: &Rows, asked: &Asked, t: Words) -> String {
    let found = &rows.page.rows;
    if asked.is_filtered() && !asked.is_alone {
        let looked_at = t.count("rows-looked-at", rows.page.looked_at as i64);
        return format!("{} {looked_at}", t.count("rows-found", found.len() as i64));
    }
    let (Some(first), Some(last)) = (found.first(), found.last()) else { return t.say("no-rows") };
    let (first, last) = (t.number(first.place.row as i64), t.number(last.place.row as i64));
    let span = t.about_both("rows-from-to", ("first", &first), ("last", &last));
    match rows.total {
        Some(total) => format!("{span} {}", t.about("rows-of", "total", t.number(total as i64))),
        None => span,
    }
}

impl Head {
    fn of(column: &limpide_tables::Column, t: Words) -> Self {
        Self {
            name: column.name.clone(),
            kind: if column.labels.is_empty() { kind(column.kind, t) } else { t.say("column-class") },
            is_number: matches!(column.kind, Kind::Integer | Kind::Number) && column.labels.is_empty(),
        }
    }
}

/// What a column holds, in words; nothing where the file does not say.
pub(crate) fn kind(of: Kind, t: Words) -> String {
    match of {
        Kind::Truth => t.say("column-truth"),
        Kind::Integer => t.say("column-integer"),
        Kind::Number => t.say("column-number"),
        Kind::Time => t.say("column-time"),
        Kind::Text => t.say("column-text"),
        Kind::Bytes => t.say("column-bytes"),
        Kind::Nested => t.say("column-nested"),
        Kind::Any => String::new(),
    }
}

/// How rows are shown.
struct Showing<'a> {
    from: &'a From<'a>,
    longest: usize,
    t: Words,
    columns: &'a [limpide_tables::Column],
}

impl Showing<'_> {
    fn row(&self, row: &Row, address: String) -> RowView {
        let cells = row.cells.iter().enumerate().map(|(column, value)| self.cell(row.place, column, value));
        RowView {
            number: self.t.number(row.place.row as i64),
            address,
            cells: cells.collect(),
            rest: row.rest.as_deref().map(|rest| cut(rest, self.longest)).unwrap_or_default(),
        }
    }

    fn cell(&self, place: Place, column: usize, value: &Value) -> Cell {
        let bytes = || {
            let pairs = [
                ("row", place.row.to_string()),
                ("at", place.offset.to_string()),
                ("column", column.to_string()),
            ];
            address(self.from.cells, pairs.iter().map(|(name, value)| (*name, value.as_str())))
        };
        match (value, value.media()) {
            _ if value.is_missing() => Cell::Missing,
            (_, Some(Media::Image(_))) => {
                let name = self.columns.get(column).map_or("", |column| column.name.as_str());
                Cell::Image { address: bytes(), says: format!("{name} {}", place.row) }
            }
            (_, Some(Media::Audio(_))) => Cell::Audio(bytes()),
            (Value::Bytes(bytes), _) => Cell::Bytes(self.t.size(bytes.len() as i64)),
            (Value::Integer(number), _) => match self.label(column, *number) {
                Some(label) => Cell::Text(format!("{number} ({label})")),
                None => Cell::Number(value.text().into_owned()),
            },
            (Value::Number(_) | Value::Decimal(_), _) => Cell::Number(value.text().into_owned()),
            _ => Cell::Text(cut(&value.text(), self.longest)),
        }
    }

    /// The name of the class that a number stands for.
    fn label(&self, column: usize, number: i128) -> Option<&str> {
        let labels = &self.columns.get(column)?.labels;
        labels.get(usize::try_from(number).ok()?).map(String::as_str)
    }
}

impl Search {
    fn of(rows: &Rows, asked: &Asked, from: &From<'_>, t: Words) -> Self {
        let kept: Vec<(String, String)> =
            from.kept.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let clear = || address(from.path, from.kept.iter().map(|(name, value)| (*name, value.as_str())));
        let columns = rows.columns.iter().map(|column| (column.name.clone(), column.name == asked.column));
        let tests = Test::ALL.into_iter().map(|test| {
            let name = match test {
                Test::Contains => "test-contains",
                Test::Is => "test-is",
                Test::IsNot => "test-is-not",
                Test::Below => "test-below",
                Test::Above => "test-above",
                Test::Missing => "test-missing",
                Test::Present => "test-present",
            };
            (test.as_str(), t.say(name), asked.test == Some(test))
        });
        Self {
            action: from.path.to_owned(),
            words: asked.words.clone(),
            value: asked.value.clone(),
            columns: columns.collect(),
            tests: tests.collect(),
            is_open: asked.test.is_some() && !asked.column.is_empty(),
            clear: asked.is_filtered().then(clear),
            kept,
        }
    }
}

/// Why rows cannot be shown, for the visitor.
pub(crate) fn problem(problem: &Problem, t: Words) -> String {
    match problem {
        Problem::TooLarge { .. } => t.say("rows-too-large"),
        Problem::NotTable(_) => t.say("rows-no-table"),
        Problem::Malformed(_) | Problem::Unreadable(_) => t.say("rows-malformed"),
    }
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
