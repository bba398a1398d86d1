//! `limpide inspect`: what a model or data file holds, from its bytes, without loading it.

use std::fmt::Write as _;
use std::process::ExitCode;

use anstyle::Style;
use anyhow::{Context, Result};
use limpide_formats::structure::{Structure, Tensor};
use limpide_openness::{Content, FileReader};
use serde::Serialize;

use crate::output::print;
use crate::page::{Page, bytes, columns, counted, plain, rounded};
use crate::place::{Asked, OnDisk, Place};

/// Rows that are shown of each part, unless all are asked for.
const MOST_ROWS: usize = 20;

/// Characters of a text that are shown.
const LONGEST_TEXT: usize = 100;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

#[derive(clap::Args)]
#[command(after_long_help = EXIT)]
pub(crate) struct Options {
    #[command(flatten)]
    asked: Asked,
    /// How it is written
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Show every tensor, member and line of metadata
    #[arg(long)]
    verbose: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people, on a terminal
    Text,
    /// All that was read
    Json,
}

const EXIT: &str = "\
Nothing is loaded or run; of large files only the parts that tell their structure are read.

Exit status: 0 when it was inspected, 2 when it could not be.";

/// What could not be inspected is not empty.
pub(crate) const NOT_INSPECTED: u8 = 2;

/// A file and what it holds.
#[derive(Serialize)]
struct Inspected {
    path: String,
    size: u64,
    #[serde(flatten)]
    structure: Structure,
}

pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    // Sources block while they read.
    let files = tokio::task::block_in_place(|| inspected(&options.asked))?;
    let page = Page::for_terminal(options.verbose);
    let written = match options.format {
        Format::Json => serde_json::to_string_pretty(&files)? + "\n",
        Format::Text => files.iter().map(|file| text(file, &page)).collect::<Vec<_>>().join("\n"),
    };
    print(written.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn inspected(asked: &Asked) -> Result<Vec<Inspected>> {
    let unread = |path: &str| format!("`{path}` cannot be read");
    match asked.place()? {
        Place::File(path) => {
            let name = path.display().to_string();
            let file = OnDisk::open(&path)?;
            let structure = limpide_safety::inspect(&file).with_context(|| unread(&name))?;
            let size = limpide_formats::reading::ReadAt::size(&file);
            Ok(vec![Inspected { path: name, size, structure }])
        }
        Place::Source(source) => {
            let mut files = source.files()?;
            files.sort_by(|one, other| one.path.cmp(&other.path));
            let here = files.into_iter().filter(|file| file.content == Content::Here);
            here.map(|file| {
                let reader = FileReader::new(source.as_ref(), &file.path, file.size);
                let structure = limpide_safety::inspect(&reader).with_context(|| unread(&file.path))?;
                Ok(Inspected { size: file.size, path: file.path, structure })
            })
            .collect()
        }
    }
}

fn text(file: &Inspected, page: &Page) -> String {
    let Inspected { path, size, structure } = file;
    let mut out = String::new();
    page.line(
        0,
        &format!("{BOLD}{}{BOLD:#} · {} · {}", plain(path), structure.format, bytes(*size)),
        &mut out,
    );
    let parameters: u64 = structure.tensors.iter().map(elements).fold(0, u64::saturating_add);
    if parameters > 0 {
        let tensors = counted(structure.tensors.len() as u64, "tensor");
        page.line(2, &format!("{tensors}, {} elements", rounded(parameters)), &mut out);
    }
    let tensors = structure.tensors.iter().map(row).collect();
    let metadata = structure
        .metadata
        .iter()
        .map(|(key, value)| vec![format!("{}: {}", plain(key), short(value))])
        .collect();
    let members =
        structure.members.iter().map(|member| vec![plain(&member.name), bytes(member.size)]).collect();
    let imports =
        structure.imports.iter().map(|(module, name)| vec![plain(&format!("{module}.{name}"))]).collect();
    let references = structure.references.iter().map(|path| vec![plain(path)]).collect();
    let template = structure.template.iter().map(|template| vec![short(template)]).collect();
    let parts: [(&str, Vec<Vec<String>>); 6] = [
        ("Metadata", metadata),
        ("Tensors", tensors),
        ("Members", members),
        ("Imports", imports),
        ("Refers to", references),
        ("Template", template),
    ];
    for (title, rows) in parts.iter().filter(|(_, rows)| !rows.is_empty()) {
        part(title, rows, page, &mut out);
    }
    if structure.is_partial {
        page.line(2, &format!("{DIM}There is more, or part of it could not be read.{DIM:#}"), &mut out);
    }
    out
}

fn part(title: &str, rows: &[Vec<String>], page: &Page, out: &mut String) {
    page.line(2, &format!("{DIM}{title}{DIM:#}"), out);
    let shown = if page.verbose { rows.len() } else { rows.len().min(MOST_ROWS) };
    match rows.first() {
        Some(row) if row.len() == 1 => {
            for text in rows[..shown].iter().flatten() {
                page.line(4, text, out);
            }
        }
        _ => {
            for line in columns(&rows[..shown], page.width.saturating_sub(4)) {
                // A text here is a `String`: writing to it does not fail.
                _ = writeln!(out, "    {line}");
            }
        }
    }
    if shown < rows.len() {
        let left = counted((rows.len() - shown) as u64, "more line");
        page.line(4, &format!("{DIM}{left}: --verbose shows them{DIM:#}"), out);
    }
}

fn row(tensor: &Tensor) -> Vec<String> {
    let shape: Vec<String> = tensor.shape.iter().map(u64::to_string).collect();
    vec![plain(&tensor.name), plain(&tensor.dtype), format!("[{}]", shape.join(", "))]
}

/// How many elements a tensor has.
fn elements(tensor: &Tensor) -> u64 {
    tensor.shape.iter().fold(1, |product, side| product.saturating_mul(*side))
}

/// The beginning of a text, on one line.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => plain(&format!("{}…", &line[..end])),
        None => plain(&line),
    }
}
