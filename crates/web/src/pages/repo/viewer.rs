//! `…/viewer/{revision}/{configuration}/{split}`: the rows of a dataset, split by split as `datasets` finds them, and what
//! its columns hold.

use std::sync::Arc;

use askama::Template;
use limpide_hub::{Commit, Content, Error, Resolved, Thing};
use limpide_tables::Form;
use limpide_tables::splits::{Configuration, Dataset, Module, Problem, Split};

use crate::error::ApiError;
use crate::pages::list::address;
use crate::pages::page::{Shown, page};
use crate::pages::repo::files::RefChoice;
use crate::pages::repo::rows::{self, Asked, Cell, From, RowsView};
use crate::pages::repo::statistics::{ColumnView, ShapeView};
use crate::pages::repo::{Head, Place, Section, path_segments, segment};
use crate::pages::visit::{Frame, Visit};
use crate::pages::words::Words;

/// Files of a folder of pictures or sound that a page shows, and of a split that it names.
const MEDIA: usize = 50;
const NAMED_FILES: usize = 200;

#[derive(Template)]
#[template(path = "repo/viewer.html")]
struct Viewer {
    frame: Frame,
    head: Head,
    revision: String,
    refs: Vec<RefChoice>,
    problems: Vec<Problem>,
    configurations: Vec<Choice>,
    splits: Vec<Choice>,
    /// The rows and the columns of the split.
    views: Vec<Choice>,
    shown: Shows,
    files: Vec<Choice>,
    files_left_out: Option<String>,
}

/// Something that can be chosen.
struct Choice {
    label: String,
    address: String,
    is_chosen: bool,
}

/// What is shown of a split.
enum Shows {
    Rows(Box<RowsView>),
    Columns {
        says: String,
        columns: Vec<ColumnView>,
    },
    Media(Box<Media>),
    /// A sentence: there is nothing that could be shown.
    Nothing(String),
}

/// Files of a folder, as rows.
struct Media {
    rows: Vec<MediaRow>,
    has_labels: bool,
    previous: Option<String>,
    next: Option<String>,
}

struct MediaRow {
    path: String,
    address: String,
    cell: Cell,
    label: String,
}

/// The split that an address is about.
struct Chosen<'a> {
    configuration: &'a Configuration,
    split: &'a Split,
    /// The address of its page.
    path: String,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let (place, t) = (Place::of(&visit).await?, visit.words);
    let content = visit.hub.content(&visit.caller, place.kind, &place.id).await?;
    let (commit, dataset) = match visit.hub.commit_at(&place.readable, &place.revision).await {
        Ok(commit) => {
            let dataset = visit.hub.dataset(&content, &commit).await?;
            (Some(commit), dataset)
        }
        Err(Error::NotFound(Thing::Revision, _)) if visit.param("rev").is_empty() => {
            (None, Arc::new(Dataset { configurations: Vec::new(), default: None, problems: Vec::new() }))
        }
        Err(other) => return Err(other.into()),
    };
    let chosen = chosen(&visit, &place, &dataset)?;
    let shown = match (&chosen, &commit) {
        (Some(chosen), Some(commit)) => {
            Showing { visit: &visit, place: &place, content: &content, commit }.of(chosen).await?
        }
        _ => Shows::Nothing(t.say("no-splits")),
    };
    let split = chosen.as_ref().map(|chosen| chosen.split);
    let left_out = split.map_or(0, |split| split.files.len().saturating_sub(NAMED_FILES));
    page(&Viewer {
        frame: visit.frame(),
        head: Head::of(&visit, &place, Section::Rows).await?,
        revision: place.revision.to_string(),
        refs: crate::pages::repo::files::choices(&visit, &place, "viewer").await?,
        problems: dataset.problems.clone(),
        configurations: configurations(&place, &dataset, chosen.as_ref()),
        splits: chosen.as_ref().map(|chosen| splits(&place, chosen, t)).unwrap_or_default(),
        views: chosen.as_ref().map(|chosen| views(&visit, chosen)).unwrap_or_default(),
        shown,
        files: split.map(|split| files(&place, split)).unwrap_or_default(),
        files_left_out: (left_out > 0).then(|| t.count("more-files-of-split", left_out as i64)),
    })
}

/// The split of the address; without one the first of the default configuration.
fn chosen<'a>(visit: &Visit, place: &Place, dataset: &'a Dataset) -> Result<Option<Chosen<'a>>, ApiError> {
    let (configuration, split) = (visit.param("configuration"), visit.param("split"));
    let by_name = dataset.configurations.iter().find(|known| known.name == configuration);
    let by_default = dataset.default.and_then(|at| dataset.configurations.get(at));
    let found = match configuration {
        "" => by_default.or(dataset.configurations.first()),
        _ => by_name,
    };
    let found_split = found.and_then(|found| match split {
        "" => found.splits.first(),
        _ => found.splits.iter().find(|known| known.name == split),
    });
    match (found, found_split) {
        (Some(configuration), Some(split)) => {
            let path = split_address(place, &configuration.name, &split.name);
            Ok(Some(Chosen { configuration, split, path }))
        }
        _ if configuration.is_empty() => Ok(None),
        _ => {
            let says = format!("This revision has no split `{split}` of a configuration `{configuration}`.");
            Err(Error::NotFound(Thing::Entry, says).into())
        }
    }
}

fn split_address(place: &Place, configuration: &str, split: &str) -> String {
    format!("{}/{}/{}", place.address("viewer", ""), segment(configuration), segment(split))
}

fn configurations(place: &Place, dataset: &Dataset, chosen: Option<&Chosen<'_>>) -> Vec<Choice> {
    let choice = |configuration: &Configuration| {
        let split = configuration.splits.first()?;
        Some(Choice {
            label: configuration.name.clone(),
            address: split_address(place, &configuration.name, &split.name),
            is_chosen: chosen.is_some_and(|chosen| chosen.configuration.name == configuration.name),
        })
    };
    dataset.configurations.iter().filter_map(choice).collect()
}

fn splits(place: &Place, chosen: &Chosen<'_>, t: Words) -> Vec<Choice> {
    let choice = |split: &Split| Choice {
        label: match split.claimed_rows {
            Some(rows) => {
                t.about_both("split-claims", ("split", &split.name), ("rows", &t.number(rows as i64)))
            }
            None => split.name.clone(),
        },
        address: split_address(place, &chosen.configuration.name, &split.name),
        is_chosen: split.name == chosen.split.name,
    };
    chosen.configuration.splits.iter().map(choice).collect()
}

fn views(visit: &Visit, chosen: &Chosen<'_>) -> Vec<Choice> {
    let t = visit.words;
    if form(chosen.configuration, chosen.split.files.first().map_or("", String::as_str)).is_none() {
        return Vec::new();
    }
    let is_columns = visit.asked("view") == Some("columns");
    vec![
        Choice { label: t.say("rows"), address: chosen.path.clone(), is_chosen: !is_columns },
        Choice {
            label: t.say("columns"),
            address: format!("{}?view=columns", chosen.path),
            is_chosen: is_columns,
        },
    ]
}

fn files(place: &Place, split: &Split) -> Vec<Choice> {
    let choice = |path: &String| Choice {
        label: path.clone(),
        address: place.address("blob", path),
        is_chosen: false,
    };
    split.files.iter().take(NAMED_FILES).map(choice).collect()
}

/// How a file of a configuration is written, where its rows can be shown.
fn form(configuration: &Configuration, path: &str) -> Option<Form> {
    let (by_name, options) = (Form::of(path), &configuration.options);
    if options.column_names.is_some() || options.field.is_some() {
        return None;
    }
    match configuration.module {
        Module::Parquet => by_name.filter(|form| *form == Form::Parquet),
        Module::Csv => {
            let form = by_name.filter(|form| matches!(form, Form::Csv | Form::Tsv))?;
            match options.separator.as_deref().map(str::as_bytes) {
                None => Some(form),
                Some([by]) => Some(Form::Separated(*by)),
                Some(_) => None,
            }
        }
        Module::Json => by_name.filter(|form| matches!(form, Form::Json | Form::JsonLines)),
        Module::Text => by_name.filter(|form| *form == Form::Text),
        _ => None,
    }
}

/// What is needed to show a split.
struct Showing<'a> {
    visit: &'a Visit,
    place: &'a Place,
    content: &'a Content,
    commit: &'a Commit,
}

impl Showing<'_> {
    async fn of(&self, chosen: &Chosen<'_>) -> Result<Shows, ApiError> {
        let t = self.visit.words;
        let files = &chosen.split.files;
        let number: usize = self.visit.number("file")?.unwrap_or_default();
        let Some(path) = files.get(number) else {
            return Err(Error::Invalid(format!("`file` is below {}.", files.len())).into());
        };
        if matches!(chosen.configuration.module, Module::ImageFolder | Module::AudioFolder) {
            return Ok(Shows::Media(Box::new(self.media(chosen)?)));
        }
        let Some(form) = form(chosen.configuration, path) else {
            return Ok(Shows::Nothing(t.say("split-not-shown")));
        };
        if self.visit.asked("view") == Some("columns") {
            return self.columns(chosen, form).await;
        }
        self.rows(chosen, form, number).await
    }

    async fn rows(&self, chosen: &Chosen<'_>, form: Form, number: usize) -> Result<Shows, ApiError> {
        let (t, files) = (self.visit.words, &chosen.split.files);
        let path = &files[number];
        let file = self.resolve(path).await?;
        let asked = Asked::of(self.visit);
        let rows = match self.visit.hub.rows(self.content, &file, asked.query(form)).await? {
            Ok(rows) => rows,
            Err(problem) => return Ok(Shows::Nothing(rows::problem(&problem, t))),
        };
        let kept = if number > 0 { vec![("file", number.to_string())] } else { Vec::new() };
        let cells = self.place.address("cell", path);
        let mut view =
            RowsView::of(&rows, &asked, &From { path: &chosen.path, kept: &kept, cells: &cells }, t);
        let beside = |number: usize| {
            let mut pairs = vec![("file", number.to_string())];
            pairs.extend(asked.pairs());
            address(&chosen.path, pairs.iter().map(|(name, value)| (*name, value.as_str())))
        };
        if view.next.is_none() && !view.is_alone && number + 1 < files.len() {
            view.next = Some(beside(number + 1));
        }
        if view.previous.is_none() && view.first.is_none() && number > 0 {
            view.previous = Some(beside(number - 1));
        }
        if number > 0 {
            view.first = Some(chosen.path.clone());
        }
        if files.len() > 1 {
            let of = t.about_both(
                "file-of-split",
                ("number", &t.number(number as i64 + 1)),
                ("files", &t.number(files.len() as i64)),
            );
            view.says = format!("{of} {}", view.says);
        }
        if let Some(total) = self.total(chosen, form).await? {
            view.says = format!("{} {}", t.count("rows-in-split", total as i64), view.says);
        }
        Ok(Shows::Rows(Box::new(view)))
    }

    /// How many rows all files of the split have, where they tell: of a single one its rows say so.
    async fn total(&self, chosen: &Chosen<'_>, form: Form) -> Result<Option<u64>, ApiError> {
        if form != Form::Parquet || chosen.split.files.len() < 2 {
            return Ok(None);
        }
        let (hub, configuration) = (&self.visit.hub, &chosen.configuration.name);
        Ok(hub.split_rows(self.content, self.commit, configuration, chosen.split).await?)
    }

    async fn columns(&self, chosen: &Chosen<'_>, form: Form) -> Result<Shows, ApiError> {
        let t = self.visit.words;
        let files = chosen.split.files.iter().map(String::as_str);
        let paths: Vec<&str> =
            files.filter(|path| self::form(chosen.configuration, path) == Some(form)).collect();
        let is_part = paths.len() < chosen.split.files.len();
        let summary = self.visit.hub.summary(self.content, self.commit, &paths, form).await?;
        let summary = match &*summary {
            Ok(summary) => summary,
            Err(problem) => return Ok(Shows::Nothing(rows::problem(problem, t))),
        };
        let says = match is_part || summary.is_part() {
            true => t.count("summary-part", summary.rows() as i64),
            false => t.count("summary-whole", summary.rows() as i64),
        };
        let columns =
            summary.columns().iter().map(|column| ColumnView::of(column, summary.rows(), t)).collect();
        Ok(Shows::Columns { says, columns })
    }

    /// Pictures or sound, each a row, with the folder that it lies in where that is a label.
    fn media(&self, chosen: &Chosen<'_>) -> Result<Media, ApiError> {
        let files = &chosen.split.files;
        let is_sound = matches!(chosen.configuration.module, Module::AudioFolder);
        let from: usize = self.visit.number::<usize>("row")?.unwrap_or_default().min(files.len());
        let to = (from + MEDIA).min(files.len());
        let link = |from: usize| format!("{}?row={from}", chosen.path);
        let row = |path: &String| {
            let parts: Vec<&str> = path.rsplit('/').collect();
            let (revision, root) = (segment(self.place.revision.as_str()), self.place.root());
            let bytes = format!("{root}/resolve/{revision}/{}", path_segments(path));
            MediaRow {
                address: self.place.address("blob", path),
                cell: match is_sound {
                    true => Cell::Audio(bytes),
                    false => Cell::Image { address: bytes, says: parts[0].to_owned() },
                },
                label: parts.get(1).map(|folder| (*folder).to_owned()).unwrap_or_default(),
                path: path.clone(),
            }
        };
        let rows: Vec<MediaRow> = files[from..to].iter().map(row).collect();
        let first = rows.first().map_or("", |row| row.label.as_str());
        let has_labels = files.iter().any(|path| path.rsplit('/').nth(1).unwrap_or_default() != first);
        Ok(Media {
            has_labels,
            previous: (from > 0).then(|| link(from.saturating_sub(MEDIA))),
            next: (to < files.len()).then(|| link(to)),
            rows,
        })
    }

    async fn resolve(&self, path: &str) -> Result<Resolved, ApiError> {
        Ok(self.visit.hub.resolve(self.content, self.commit, &path.parse()?).await?)
    }
}
