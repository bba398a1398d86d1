//! Configurations in YAML: tags that make objects, and keys that name what is called. Lines are looked at, nothing is put
//! together: aliases cost nothing.

use std::collections::HashMap;

use super::cut;
use crate::event::What;
use crate::scan::Recorder;

/// Keys that name what is called, and by which library.
const KEYS: [(&str, &str); 2] = [("_target_", "hydra"), ("loader_module", "mlflow")];

/// The tags that YAML has by itself.
const CORE: &str = "tag:yaml.org,2002:";

/// Whether a text reads like YAML, or its name says so.
pub(super) fn looks_like(text: &str, name: &str) -> bool {
    if [".yaml", ".yml", "mlmodel", ".config"].iter().any(|ending| name.ends_with(ending)) {
        return true;
    }
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.take(1).any(|line| {
        let key = line.split(':').next().unwrap_or_default();
        let is_key = key.len() < line.len()
            && key.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'"' | b'\'')
            })
            && (line.len() == key.len() + 1 || line[key.len() + 1..].starts_with(' '));
        is_key || line.starts_with(['!', '%', '{', '[']) || line.starts_with("- ") || line.starts_with("---")
    })
}

/// The part of a text that is YAML: of a card, what stands between the first two lines of dashes.
pub(super) fn part<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    if !name.ends_with(".md") {
        return Some(text);
    }
    let rest = text.trim_start_matches('\u{feff}').strip_prefix("---")?;
    rest.find("\n---").map(|end| &rest[..end])
}

/// Looks at every line.
pub(super) fn look(text: &str, recorder: &mut Recorder) {
    let mut lines = Lines { handles: HashMap::new(), quote: None, block: None, waits: None, recorder };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        lines.line(line.trim_end(), at);
        at += line.len() as u64;
    }
}

struct Lines<'r> {
    /// What short forms of tags stand for.
    handles: HashMap<String, String>,
    /// The quote that is still open.
    quote: Option<char>,
    /// The indentation of the key whose text takes the next lines.
    block: Option<usize>,
    /// A key whose value stands on the next line.
    waits: Option<&'static str>,
    recorder: &'r mut Recorder,
}

impl Lines<'_> {
    fn line(&mut self, line: &str, at: u64) {
        let trimmed = line.trim_start();
        if trimmed.is_empty() {
            return;
        }
        if let Some(by) = self.waits.take() {
            self.target(by, trimmed, at);
        }
        let indent = line.len() - trimmed.len();
        if self.block.is_some_and(|outer| indent > outer) {
            return;
        }
        self.block = None;
        if let Some(rest) = line.strip_prefix("%TAG") {
            let mut words = rest.split_whitespace();
            if let (Some(handle), Some(prefix)) = (words.next(), words.next()) {
                self.handles.insert(handle.to_owned(), prefix.to_owned());
            }
            return;
        }
        let plain = self.plain(line);
        self.tags(&plain, at);
        self.keys(line, &plain, at);
        let end = plain
            .trim_end()
            .trim_end_matches(|sign: char| sign.is_ascii_digit() || matches!(sign, '+' | '-'));
        if end.ends_with(" |") || end.ends_with(" >") {
            self.block = Some(indent);
        }
    }

    /// The line with what is quoted and what is a comment made blank.
    fn plain(&mut self, line: &str) -> String {
        let (mut plain, mut escaped, mut before) = (String::with_capacity(line.len()), false, ' ');
        for sign in line.chars() {
            let mut shown = sign;
            match self.quote {
                Some(quote) => {
                    shown = '"';
                    match sign {
                        _ if escaped => escaped = false,
                        '\\' if quote == '"' => escaped = true,
                        _ if sign == quote => self.quote = None,
                        _ => {}
                    }
                }
                None if matches!(sign, '"' | '\'')
                    && (before.is_whitespace() || "[{,:-(".contains(before)) =>
                {
                    self.quote = Some(sign);
                    shown = '"';
                }
                None if sign == '#' && before.is_whitespace() => break,
                None => {}
            }
            before = sign;
            plain.push(shown);
        }
        plain
    }

    /// What is tagged.
    fn tags(&mut self, plain: &str, at: u64) {
        let mut before = ' ';
        for (place, sign) in plain.char_indices() {
            if sign == '!' && (before.is_whitespace() || "[{,:-?".contains(before)) {
                let rest = &plain[place..];
                let is_end = |sign: char| sign.is_whitespace() || "]},".contains(sign);
                let end = if rest.starts_with("!<") { rest.find('>') } else { rest.find(is_end) };
                let end = end.unwrap_or(rest.len());
                self.tag(&rest[..end], at + place as u64);
            }
            before = sign;
        }
    }

    fn tag(&mut self, tag: &str, at: u64) {
        let tag = self.whole(tag);
        if let Some(core) = tag.strip_prefix(CORE) {
            let Some(python) = core.strip_prefix("python/") else {
                if core.contains(['.', '/', ':']) {
                    self.see("yaml-object", core, at);
                }
                return;
            };
            let Some((kind, name)) = python.split_once(':') else { return };
            if matches!(kind, "name" | "module" | "object" | "object/new" | "object/apply")
                || kind.contains('/')
            {
                self.see("yaml-python", name, at);
            }
            return;
        }
        match tag.trim_start_matches('!').split_once(':') {
            Some(("new" | "apply" | "name" | "module" | "applyref", name)) => {
                self.see("hyperpyyaml", name, at);
            }
            _ if tag.contains("python/") => {
                let name = tag.rsplit(':').next().unwrap_or_default().to_owned();
                self.see("yaml-python", &name, at);
            }
            _ if tag.contains(['/', '.']) => self.see("yaml-object", &tag, at),
            _ => {}
        }
    }

    /// A tag in full: short forms replaced, signs by their number put in.
    fn whole(&self, tag: &str) -> String {
        if let Some(verbatim) = tag.strip_prefix("!<") {
            return unescape(verbatim.trim_end_matches('>'));
        }
        let handle = tag[1..].find('!').map_or("!", |end| &tag[..end + 2]);
        let rest = &tag[handle.len()..];
        let prefix = match self.handles.get(handle) {
            Some(prefix) => prefix,
            None if handle == "!!" => CORE,
            None => handle,
        };
        unescape(&format!("{prefix}{rest}"))
    }

    /// Keys that name what is called.
    fn keys(&mut self, line: &str, plain: &str, at: u64) {
        let line = &*if line.contains('\\') {
            let forms = ["\\x5f", "\\x5F", "\\u005f", "\\u005F", "\\U0000005f", "\\U0000005F"];
            forms.iter().fold(line.to_owned(), |line, form| line.replace(form, "_"))
        } else {
            line.to_owned()
        };
        if plain.trim_start().starts_with('#') || plain.trim().is_empty() {
            return;
        }
        for (key, by) in KEYS {
            for (place, _) in line.match_indices(key) {
                let is_begin = !line[..place].ends_with(|sign: char| sign.is_alphanumeric() || sign == '_');
                let after = line[place + key.len()..].trim_start_matches(['"', '\'']).trim_start();
                let Some(value) = after.strip_prefix(':').filter(|_| is_begin) else { continue };
                let value = value.trim();
                if value.is_empty() || value.starts_with(['|', '>']) {
                    self.waits = Some(by);
                } else {
                    self.target(by, value, at + place as u64);
                }
            }
        }
    }

    /// A value: without tag, anchor, quotes and what follows it.
    fn target(&mut self, by: &'static str, value: &str, at: u64) {
        let mut value = value.trim();
        while value.starts_with(['!', '&']) {
            value = value.split_once(' ').map_or("", |(_, rest)| rest.trim_start());
        }
        let quote = value.chars().next().filter(|sign| matches!(sign, '"' | '\''));
        let name = match quote {
            Some(quote) => value[1..].split(quote).next().unwrap_or_default(),
            None => value.split([',', '}', ' ', '\t']).next().unwrap_or_default(),
        };
        if !matches!(name, "" | "null" | "~" | "???") {
            self.see(by, name, at);
        }
    }

    fn see(&mut self, by: &str, name: &str, at: u64) {
        self.recorder.see(at, What::Target { by: by.to_owned(), name: cut(name) });
    }
}

/// `%6f` for `o`.
fn unescape(tag: &str) -> String {
    let mut parts = tag.split('%');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                text.push(char::from(byte));
                text.push_str(&part[2..]);
            }
            None => {
                text.push('%');
                text.push_str(part);
            }
        }
    }
    text
}
