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
    if text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) {
        match loose_json::read(&text) {
            Ok(json) => {
                configuration::look(&json, recorder);
                return Ok(());
            }
            Err(Problem::TooLarge(at)) => {
                recorder.gap(at as u64, file.size(), "budget");
                return Ok(());
            }
            Err(Problem::Syntax(_)) => {}
        }
    }
    if let Some(sure) = looks_like_template(&text, &name) {
        template::look(&text, 0, sure, recorder);
    }
    code::look(&text, &name, DOCUMENTS.iter().any(|ending| name.ends_with(ending)), recorder);
    let is_document = DOCUMENTS.iter().any(|ending| name.ends_with(ending) && *ending != ".md");
    if !is_document
        && yaml::looks_like(&text, &name)
        && let Some(part) = yaml::part(&text, &name)
    {
        yaml::look(part, recorder);
    }
    Ok(())
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
const DOCUMENTS: [&str; 16] = [
    ".md", ".rst", ".py", ".ipynb", ".html", ".js", ".ts", ".css", ".c", ".h", ".cpp", ".go", ".rs", ".tex",
    ".jsonl", ".csv",
];

/// Whether a text is rendered as a template: by its name, by how it begins, by the tags in it.
fn looks_like_template(text: &str, name: &str) -> Option<Sure> {
    const ENDINGS: [&str; 5] = [".jinja", ".jinja2", ".j2", ".template", ".tmpl"];
    if ENDINGS.iter().any(|ending| name.ends_with(ending)) || name.contains("chat_template") {
        return Some(Sure::Yes);
    }
    if text.len() > limpide_formats::jinja::LONGEST || DOCUMENTS.iter().any(|ending| name.ends_with(ending)) {
        return None;
    }
    let begins = ["{%", "{{", "{#"].iter().any(|mark| text.trim_start().starts_with(mark));
    if begins && has_tag(text) {
        return Some(Sure::Yes);
    }
    (has_tag(text) || (text.contains("{{") && text.contains("}}"))).then_some(Sure::Perhaps)
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
