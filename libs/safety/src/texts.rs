//! What texts do when they are loaded: templates that are rendered, configurations that name code, code that loaders run,
//! and secrets that should not be there.
//!
//! What a text is comes from how it reads. Its name is a hint where texts read alike.

mod code;
mod configuration;
mod keras;
mod secrets;
mod template;
mod yaml;

use std::io;

use limpide_formats::loose_json::{self, Json, Problem};
use limpide_formats::reading::ReadAt;

use crate::scan::Recorder;
pub use keras::keras_config;
use template::Sure;

/// The longest text that is taken apart; of longer ones only secrets are looked for.
const LONGEST: u64 = 64 << 20;

/// Endings of texts that loaders take apart as a whole, however long.
const TAKEN_APART: [&str; 6] = [".json", ".jinja", ".yaml", ".yml", ".ipynb", ".py"];

/// Looks at a text of this name.
pub(crate) fn look(file: &dyn ReadAt, name: &str, recorder: &mut Recorder) -> io::Result<()> {
    secrets::look(file, recorder)?;
    let name = name.to_lowercase();
    if file.size() > LONGEST {
        if TAKEN_APART.iter().any(|ending| name.ends_with(ending)) {
            recorder.gap(0, file.size(), "budget");
        }
        return Ok(());
    }
    let bytes = file.bytes_at(0, usize::try_from(LONGEST).unwrap_or(usize::MAX))?;
    let text = String::from_utf8_lossy(&bytes);
    if let Some(sure) = looks_like_template(&text, &name) {
        template::look(&text, 0, sure, recorder);
    }
    if !json(&text, &name, recorder) {
        other(&text, &name, recorder);
    }
    Ok(())
}

/// Looks at a text as JSON; whether it is that and nothing else.
fn json(text: &str, name: &str, recorder: &mut Recorder) -> bool {
    if !is_json(text) {
        return false;
    }
    match loose_json::read(text) {
        Ok(json) => configuration::look(&json, recorder),
        Err(Problem::TooLarge(at)) => recorder.gap(at as u64, text.len() as u64, "budget"),
        Err(Problem::Syntax(_)) => {
            return is_lines(text) && !name.ends_with(".yaml") && !name.ends_with(".yml");
        }
    }
    true
}

fn is_json(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '['])
}

/// Whether the first lines are JSON each, as they are in data.
fn is_lines(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(2).peekable();
    lines.peek().is_some() && lines.all(|line| is_json(line) && loose_json::read(line).is_ok())
}

/// Looks at a text as code and as YAML.
fn other(text: &str, name: &str, recorder: &mut Recorder) {
    let is_document = DOCUMENTS.iter().any(|ending| name.ends_with(ending));
    code::look(text, name, is_document, recorder);
    if (!is_document || name.ends_with(".md"))
        && yaml::looks_like(text, name)
        && let Some(part) = yaml::part(text, name)
    {
        yaml::look(part, recorder);
    }
}

/// Looks at a chat template that stands in another file, from this place on.
pub(crate) fn chat_template(text: &str, at: u64, recorder: &mut Recorder) {
    template::look(text, at, Sure::Yes, recorder);
}

/// Every text in a value.
fn texts_in(json: &Json, visit: &mut dyn FnMut(&str)) {
    match json {
        Json::Text(text) => visit(text),
        Json::List(items) => items.iter().for_each(|item| texts_in(item, visit)),
        Json::Object(entries) => entries.iter().for_each(|entry| texts_in(&entry.value, visit)),
        Json::Other | Json::Bool(_) => {}
    }
}

/// Endings of texts that speak of templates, or hold them among something else.
const DOCUMENTS: [&str; 17] = [
    ".md", ".rst", ".py", ".ipynb", ".html", ".js", ".ts", ".css", ".c", ".h", ".cpp", ".go", ".rs", ".tex",
    ".jsonl", ".csv", ".tsv",
];

/// Whether a text is rendered as a template: by its name, by how it begins, by the tags in it.
fn looks_like_template(text: &str, name: &str) -> Option<Sure> {
    const ENDINGS: [&str; 5] = [".jinja", ".jinja2", ".j2", ".template", ".tmpl"];
    let is_named = ENDINGS.iter().any(|ending| name.ends_with(ending));
    if is_named || (name.contains("chat_template") && !name.ends_with(".json")) {
        return Some(Sure::Yes);
    }
    let is_document = DOCUMENTS.iter().any(|ending| name.ends_with(ending));
    if text.len() > limpide_formats::jinja::LONGEST || is_document || is_lines(text) {
        return None;
    }
    let begins = ["{%", "{{", "{#"].iter().any(|mark| text.trim_start().starts_with(mark));
    match begins {
        true if has_tag(text) => Some(Sure::Yes),
        // Prose speaks of templates.
        false if name.ends_with(".txt") || is_json(text) => None,
        _ => (has_tag(text) || (text.contains("{{") && text.contains("}}"))).then_some(Sure::Perhaps),
    }
}

/// Whether there is a tag that only Jinja and its kin have.
fn has_tag(text: &str) -> bool {
    const TAGS: [&str; 8] = ["for", "if", "set", "macro", "include", "import", "extends", "from"];
    text.split("{%").skip(1).any(|rest| {
        let rest = rest.trim_start_matches(['-', '+']).trim_start();
        let word = rest.split(|sign: char| !sign.is_alphanumeric()).next().unwrap_or_default();
        TAGS.contains(&word) && rest.contains("%}")
    })
}

/// The beginning of a text, as much as an event keeps.
fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(Recorder::LONGEST_TEXT)].to_owned()
}
