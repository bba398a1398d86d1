//! Where a text stands, and so where its links lead.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use url::Url;

use crate::names::{PREFIX, bare};

/// Where the text stands in its repository, and the words to say around it.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// What links to files of the repository begin with: `/ada/tiny/blob/main/`.
    pub files: &'a str,
    /// What addresses of a file's bytes begin with, for images and media: `/ada/tiny/resolve/main/`.
    pub bytes: &'a str,
    /// The folder of the text within the repository: `docs/`, or nothing.
    pub folder: &'a str,
    /// The words of the page's language.
    pub words: &'a Words<'a>,
}

/// What is said around the texts of others, in the language of the page.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// Names a table that can be scrolled; its number follows.
    pub table: &'a str,
    /// Names a block of code that can be scrolled.
    pub code: &'a str,
    /// Titles an alert `[!NOTE]`.
    pub note: &'a str,
    /// Titles an alert `[!TIP]`.
    pub tip: &'a str,
    /// Titles an alert `[!IMPORTANT]`.
    pub important: &'a str,
    /// Titles an alert `[!WARNING]`.
    pub warning: &'a str,
    /// Titles an alert `[!CAUTION]`.
    pub caution: &'a str,
    /// Says that a task of a list is done.
    pub done: &'a str,
    /// Says that a task of a list is not done yet.
    pub to_do: &'a str,
    /// Leads from a footnote back into the text; its number follows.
    pub back: &'a str,
}

impl Words<'static> {
    /// The words in English.
    pub const ENGLISH: Self = Self {
        table: "Table",
        code: "Code",
        note: "Note",
        tip: "Tip",
        important: "Important",
        warning: "Warning",
        caution: "Caution",
        done: "Done",
        to_do: "To do",
        back: "Back to reference",
    };

    /// The words in French.
    pub const FRENCH: Self = Self {
        table: "Tableau",
        code: "Code",
        note: "Remarque",
        tip: "Conseil",
        important: "Important",
        warning: "Avertissement",
        caution: "Attention",
        done: "Fait",
        to_do: "À faire",
        back: "Retour à l’appel",
    };
}

/// Where an address in a text leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// To a part of the same text, or to a file of the repository.
    Here(String),
    /// To another host, or to an address for mail.
    Elsewhere {
        /// The address as it is written out.
        url: String,
        /// The host, or nothing for mail.
        host: String,
    },
    /// Nowhere that a page would lead to.
    Refused,
}

/// What is not written out in a segment of a path: all but what never means anything there.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const LONGEST: usize = 4096;

impl Place<'_> {
    /// Where a link leads.
    pub(crate) fn link(&self, address: &str) -> Target {
        self.target(address, self.files)
    }

    /// Where the bytes of an image or of another medium are.
    pub(crate) fn medium(&self, address: &str) -> Target {
        match self.target(address, self.bytes) {
            Target::Elsewhere { host, .. } if host.is_empty() => Target::Refused,
            Target::Here(address) if address.starts_with('#') => Target::Refused,
            target => target,
        }
    }

    fn target(&self, address: &str, prefix: &str) -> Target {
        let Some(address) = cleaned(address) else { return Target::Refused };
        if let Some(fragment) = address.strip_prefix('#') {
            return Target::Here(format!("#{}", anchor(fragment)));
        }
        if has_scheme(&address) {
            return elsewhere(&address);
        }
        let slashes = address.bytes().take_while(|byte| matches!(byte, b'/' | b'\\')).count();
        if slashes >= 2 {
            let rest = address.get(slashes..).unwrap_or_default();
            return elsewhere(&format!("https://{rest}"));
        }
        Target::Here(self.in_repository(&address, prefix))
    }

    /// The address of a file, from a path that was written relative to the folder or, with a slash, to the root. It
    /// never climbs above the root.
    fn in_repository(&self, address: &str, prefix: &str) -> String {
        let (address, fragment) = address.split_once('#').unwrap_or((address, ""));
        let path = address.split_once('?').map_or(address, |(path, _)| path);
        let path: Vec<u8> = percent_decode_str(path).collect();
        let from_root = matches!(path.first(), Some(b'/' | b'\\'));
        let mut segments: Vec<&[u8]> = Vec::new();
        if !from_root {
            walk(&mut segments, self.folder.as_bytes());
        }
        walk(&mut segments, &path);
        let encoded: Vec<_> = segments.iter().map(|name| percent_encode(name, SEGMENT).to_string()).collect();
        let fragment = if fragment.is_empty() { String::new() } else { format!("#{}", anchor(fragment)) };
        format!("{prefix}{}{fragment}", encoded.join("/"))
    }
}

/// Follows a path step by step. Back slashes count as slashes, as they do in a browser.
fn walk<'a>(segments: &mut Vec<&'a [u8]>, path: &'a [u8]) {
    for segment in path.split(|byte| matches!(byte, b'/' | b'\\')) {
        match segment {
            b"" | b"." => {}
            b".." => {
                segments.pop();
            }
            name => segments.push(name),
        }
    }
}

/// The address as a browser reads it, which passes over tabs, line ends and what surrounds; none if it is empty, too
/// long, or holds what no address holds.
fn cleaned(address: &str) -> Option<String> {
    let blank = |character: char| character <= ' ';
    let address: String =
        address.trim_matches(blank).chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let fit = !address.is_empty() && address.len() <= LONGEST && !address.chars().any(char::is_control);
    fit.then_some(address)
}

fn has_scheme(address: &str) -> bool {
    let Some(end) = address.find([':', '/', '\\', '?', '#']) else { return false };
    address.as_bytes().get(end) == Some(&b':')
}

fn elsewhere(address: &str) -> Target {
    let Ok(url) = Url::parse(address) else { return Target::Refused };
    match (url.scheme(), url.host_str()) {
        // A name before the host makes an address look like one of another host.
        ("http" | "https", Some(host)) if is_plain(&url, host) => {
            Target::Elsewhere { host: host.to_owned(), url: written(&url) }
        }
        ("mailto", None) => Target::Elsewhere { host: String::new(), url: written(&url) },
        _ => Target::Refused,
    }
}

fn is_plain(url: &Url, host: &str) -> bool {
    let named = host.bytes().any(|byte| byte.is_ascii_alphanumeric());
    named && url.username().is_empty() && url.password().is_none()
}

/// The address, in which nothing can end an attribute of HTML.
fn written(url: &Url) -> String {
    url.as_str().replace('\'', "%27")
}

/// The name after `#`, as the ids of rendered texts are written. Numbers of lines are the page's own.
fn anchor(fragment: &str) -> String {
    let decoded = percent_decode_str(fragment).decode_utf8_lossy();
    let name = bare(&decoded);
    let is_line = name.strip_prefix('L').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let name = if is_line { name } else { format!("{PREFIX}{name}") };
    percent_encode(name.as_bytes(), SEGMENT).to_string()
}
