//! `…/blob/{revision}/{path}`: one file, shown as what it is: text with numbered lines, a notebook, pictures and sound,
//! tensors, imports; of a PDF a page that the hub draws. What a page cannot show is told in facts and can be downloaded.

use std::io;

use askama::Template;
use limpide_formats::pdf::Pdf;
use limpide_formats::reading::ReadAt;
use limpide_formats::sniff;
use limpide_formats::structure::Structure;
use limpide_hub::{Commit, Content, Entry, Resolved, What};
use limpide_rendering::{code, markdown, notebook};
use limpide_tables::{Form, ONLY_COLUMN};
use limpide_words::FilePath;

use crate::error::ApiError;
use crate::pages::list::address;
use crate::pages::page::{Shown, page};
use crate::pages::repo::bytes::{Asked, HexRow, hex_rows};
use crate::pages::repo::files::{RefChoice, download};
use crate::pages::repo::pdf::{self, PdfView};
use crate::pages::repo::rows::{Asked as AskedRows, Cell, From, RowsView};
use crate::pages::repo::tensors::TensorTable;
use crate::pages::repo::text::{Line, lines};
use crate::pages::repo::{Head, Place, Section, level_words, path_segments, segment, writing_place};
use crate::pages::visit::{Frame, Visit};
use crate::pages::words::{Words, slug};

/// The longest text that is shown whole; of a longer one, this much.
const LONGEST_TEXT: usize = 1 << 20;

/// The longest notebook that is read.
const LONGEST_NOTEBOOK: u64 = 16 << 20;

#[derive(Template)]
#[template(path = "repo/file.html")]
struct FilePage {
    frame: Frame,
    head: Head,
    revision: String,
    refs: Vec<RefChoice>,
    root: String,
    crumbs: Vec<(String, String)>,
    name: String,
    size: String,
    sha256: Option<String>,
    download: String,
    address: String,
    history: String,
    edit: Option<String>,
    blame: Option<String>,
    safety: Option<Safety>,
    last: Option<Last>,
    asked: Option<HexView>,
    view: View,
}

struct Safety {
    level: String,
    class: &'static str,
    reasons: Vec<String>,
}

struct Last {
    title: String,
    address: String,
    date: String,
}

/// The bytes that the address asks for, where they are no text.
struct HexView {
    says: String,
    rows: Vec<HexRow>,
}

/// What is shown of the file.
enum View {
    Rendered { html: String, source: String },
    Text { lines: Vec<Line>, is_cut: bool, rendered: Option<String> },
    Notebook(Box<notebook::Notebook>),
    Rows { rows: Box<RowsView>, source: Option<String>, structure: Option<Box<StructureView>> },
    Image(String),
    Audio(String),
    Video(String),
    Pdf(Box<PdfView>),
    Structure(Box<StructureView>),
    Empty,
    Nothing,
}

struct StructureView {
    format: String,
    table: TensorTable,
    imports: Vec<String>,
    metadata: Vec<(String, String)>,
    members: Vec<(String, String)>,
    template: Option<String>,
    is_partial: bool,
}

/// What the bytes gave, read on a thread that may wait.
enum Read {
    Text(Vec<u8>, bool),
    Notebook(Vec<u8>),
    Structure(Box<Structure>),
    Pdf(Pdf),
    Nothing,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let (place, t) = (Place::of(&visit).await?, visit.words);
    let Some(path) = visit.path()? else { return crate::pages::page::see(&place.address("tree", "")) };
    let commit = visit.hub.commit_at(&place.readable, &place.revision).await?;
    let content = visit.hub.content(&visit.caller, place.kind, &place.id).await?;
    let file = visit.hub.resolve(&content, &commit, &path).await?;
    let entries = visit.hub.paths_info(&place.readable, &place.revision, &[path.to_string()], true).await?;
    let entry = entries.first();
    let asked = Asked::of(visit.asked("bytes"), file.size);
    let view = view(&visit, &place, (&content, &commit, &file), asked).await?;
    let hex = match (&asked, &view) {
        (Some(asked), View::Text { .. } | View::Rendered { .. }) if asked.length() == 0 => None,
        (Some(_), View::Text { .. }) | (None, _) => None,
        (Some(asked), _) => Some(hex_view(&visit, (&content, &file), *asked).await?),
    };
    let safety = safety(&visit, entry).await?;
    let head = Head::of(&visit, &place, Section::Files).await?;
    let name = path.as_str().rsplit('/').next().unwrap_or_default().to_owned();
    page(&FilePage {
        frame: visit.frame(),
        refs: choices(&visit, &place, &path).await?,
        root: place.address("tree", ""),
        crumbs: place.crumbs(Some(&path)),
        size: t.size(file.size as i64),
        sha256: sha256(entry),
        download: download(&place, &place.revision, path.as_str()),
        address: place.address("blob", path.as_str()),
        history: place.address("commits", ""),
        edit: (head.may_write && is_editable(&view)).then(|| place.address("edit", path.as_str())),
        blame: is_editable(&view).then(|| place.address("blame", path.as_str())),
        safety,
        last: entry.and_then(|entry| last(entry, &place, t)),
        asked: hex,
        revision: place.revision.to_string(),
        name,
        head,
        view,
    })
}

/// A text that git holds whole can be edited on the site.
fn is_editable(view: &View) -> bool {
    matches!(view, View::Text { is_cut: false, .. } | View::Rendered { .. } | View::Empty)
}

/// The branches and tags, at each of which the same path is shown.
async fn choices(visit: &Visit, place: &Place, path: &FilePath) -> Result<Vec<RefChoice>, ApiError> {
    let mut choices = super::files::choices(visit, place, "blob").await?;
    for choice in &mut choices {
        choice.address = format!("{}/{}", choice.address, path_segments(path.as_str()));
    }
    Ok(choices)
}

fn sha256(entry: Option<&Entry>) -> Option<String> {
    match &entry?.what {
        What::Lfs { sha256, .. } => Some(sha256.to_string()),
        _ => None,
    }
}

fn last(entry: &Entry, place: &Place, t: Words) -> Option<Last> {
    let commit = entry.last_commit.as_ref()?;
    let address = format!("{}/commit/{}", place.root(), commit.id);
    Some(Last { title: commit.title.clone(), address, date: t.date(commit.date) })
}

async fn safety(visit: &Visit, entry: Option<&Entry>) -> Result<Option<Safety>, ApiError> {
    let Some(entry) = entry else { return Ok(None) };
    let mut known = visit.hub.files_safety(std::slice::from_ref(entry)).await?;
    let Some(safety) = known.remove(&entry.path) else { return Ok(None) };
    let (level, class) = level_words(safety.verdict.level);
    let mut reasons: Vec<String> = Vec::new();
    for reason in &safety.verdict.reasons {
        let says = visit.words.or(&format!("reason-{}", slug(&reason.says)), &reason.says);
        if !reasons.contains(&says) {
            reasons.push(says);
        }
    }
    Ok(Some(Safety { level: visit.words.say(level), class, reasons }))
}

async fn view(
    visit: &Visit,
    place: &Place,
    (content, commit, file): (&Content, &Commit, &Resolved),
    asked: Option<Asked>,
) -> Result<View, ApiError> {
    if file.size == 0 {
        return Ok(View::Empty);
    }
    let path = file.path.as_str();
    let bytes =
        format!("{}/resolve/{}/{}", place.root(), segment(place.revision.as_str()), path_segments(path));
    match ending(path).as_str() {
        "png" | "jpg" | "jpeg" | "gif" | "webp" | "avif" => return Ok(View::Image(bytes)),
        "wav" | "mp3" | "flac" | "ogg" => return Ok(View::Audio(bytes)),
        "mp4" | "webm" => return Ok(View::Video(bytes)),
        _ => {}
    }
    let as_source = asked.is_some() || visit.asked("source").is_some();
    if let Some(form) = Form::of(path).filter(|form| !as_source && *form != Form::Text)
        && let Some(rows) = table(visit, place, (content, file), form).await?
    {
        return Ok(rows);
    }
    let is_notebook = ending(path) == "ipynb" && !as_source && file.size <= LONGEST_NOTEBOOK;
    let read = visit.hub.look(content, file, move |bytes| read(&*bytes, is_notebook)).await?;
    Ok(match read {
        Read::Nothing => View::Nothing,
        Read::Pdf(facts) => {
            View::Pdf(Box::new(pdf::view(visit, place, (content, commit, file), facts).await?))
        }
        Read::Structure(structure) => View::Structure(Box::new(structure_view(*structure, visit))),
        Read::Notebook(bytes) => notebook_view(visit, place, path, &bytes),
        Read::Text(bytes, is_cut) => text_view(visit, place, (path, &bytes, is_cut), asked),
    })
}

/// The rows of a file that is a table, as its name promises; none where it is none after all. What else a Parquet file
/// tells is in its footer; a table of text can be seen as it is written, too.
async fn table(
    visit: &Visit,
    place: &Place,
    (content, file): (&Content, &Resolved),
    form: Form,
) -> Result<Option<View>, ApiError> {
    let asked = AskedRows::of(visit);
    let Ok(rows) = visit.hub.rows(content, file, asked.query(form)).await? else { return Ok(None) };
    // A single object, and a list of words or numbers, are read better as they are written.
    let is_one = rows.page.rows.len() < 2 && asked.is_from_start();
    let is_list =
        form == Form::Json && (is_one || rows.columns.iter().all(|column| column.name == ONLY_COLUMN));
    let cells = place.address("cell", file.path.as_str());
    let from = From { path: visit.uri.path(), kept: &[], cells: &cells };
    if is_list {
        return Ok(None);
    }
    let rows = Box::new(RowsView::of(&rows, &asked, &from, visit.words));
    if form != Form::Parquet {
        let source = address(visit.uri.path(), [("source", "true")].into_iter());
        return Ok(Some(View::Rows { rows, source: Some(source), structure: None }));
    }
    let structure = visit.hub.look(content, file, |bytes| limpide_safety::inspect(&*bytes)).await?;
    Ok(Some(View::Rows { rows, source: None, structure: Some(Box::new(structure_view(structure, visit))) }))
}

/// The ending of a name, in small letters.
fn ending(path: &str) -> String {
    path.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_ascii_lowercase())
}

fn read(bytes: &dyn ReadAt, is_notebook: bool) -> io::Result<Read> {
    let start = bytes.bytes_at(0, 8 << 10)?;
    let kind = sniff::kind(bytes)?;
    if is_structured(kind) {
        return Ok(Read::Structure(Box::new(limpide_safety::inspect(bytes)?)));
    }
    if kind == sniff::Kind::Unread("pdf")
        && let Some(pdf) = Pdf::read(bytes)?
    {
        return Ok(Read::Pdf(pdf));
    }
    if start.contains(&0) {
        return Ok(Read::Nothing);
    }
    if is_notebook {
        return Ok(Read::Notebook(bytes.bytes_at(0, LONGEST_NOTEBOOK as usize)?));
    }
    let text = bytes.bytes_at(0, LONGEST_TEXT)?;
    Ok(Read::Text(text, bytes.size() > LONGEST_TEXT as u64))
}

/// Whether the file is of a format of which `inspect` tells more than its name.
fn is_structured(kind: sniff::Kind) -> bool {
    use sniff::Kind;
    matches!(
        kind,
        Kind::Safetensors
            | Kind::Gguf
            | Kind::Npy
            | Kind::Hdf5
            | Kind::Onnx
            | Kind::TfLite
            | Kind::SavedModel
            | Kind::MetaGraph
            | Kind::Graph
            | Kind::Bundle
            | Kind::Parquet
            | Kind::Zip
            | Kind::Tar
            | Kind::Pickle
            | Kind::TorchLegacy
    )
}

fn structure_view(structure: Structure, visit: &Visit) -> StructureView {
    let t = visit.words;
    StructureView {
        imports: structure.imports.iter().map(|(module, name)| format!("{module}.{name}")).collect(),
        members: structure
            .members
            .iter()
            .map(|member| (member.name.clone(), t.size(member.size as i64)))
            .collect(),
        table: TensorTable::of(&structure.tensors, visit),
        format: structure.format,
        metadata: structure.metadata,
        template: structure.template,
        is_partial: structure.is_partial,
    }
}

fn notebook_view(visit: &Visit, place: &Place, path: &str, bytes: &[u8]) -> View {
    let (files, media, folder) = writing_place(place, path);
    let words = crate::pages::repo::rendering_words(visit.words);
    let at = limpide_rendering::Place { files: &files, bytes: &media, folder: &folder, words: &words };
    match notebook::read(bytes, &at) {
        Ok(notebook) => View::Notebook(Box::new(notebook)),
        Err(_) => text_view(visit, place, (path, bytes, false), None),
    }
}

fn text_view(
    visit: &Visit,
    place: &Place,
    (path, bytes, is_cut): (&str, &[u8], bool),
    asked: Option<Asked>,
) -> View {
    let text = String::from_utf8_lossy(bytes);
    let is_markdown = matches!(ending(path).as_str(), "md" | "markdown");
    let here = place.address("blob", path);
    if is_markdown && asked.is_none() && visit.asked("source").is_none() {
        let (files, media, folder) = writing_place(place, path);
        let words = crate::pages::repo::rendering_words(visit.words);
        let at = limpide_rendering::Place { files: &files, bytes: &media, folder: &folder, words: &words };
        return View::Rendered {
            html: markdown::render(&text, &at).html,
            source: format!("{here}?source=true"),
        };
    }
    let language = code::Language::of_file(path);
    let lines = lines(bytes, code::highlight(&text, language), asked);
    View::Text { lines, is_cut, rendered: is_markdown.then_some(here) }
}

async fn hex_view(
    visit: &Visit,
    (content, file): (&Content, &Resolved),
    asked: Asked,
) -> Result<HexView, ApiError> {
    let t = visit.words;
    let (begin, most) = (asked.begin, asked.length().min(HexRow::MOST));
    let bytes = visit.hub.look(content, file, move |bytes| bytes.bytes_at(begin, most as usize)).await?;
    let (start, end) = (t.number(asked.begin as i64), t.number(asked.end as i64));
    Ok(HexView {
        says: t.about_both("byte-span", ("start", &start), ("end", &end)),
        rows: hex_rows(begin, &bytes),
    })
}
