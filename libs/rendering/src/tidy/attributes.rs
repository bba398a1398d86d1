//! Attributes: those of the list, with values that are what they should be, and where links and images lead.

use html5ever::tokenizer::Tag;

use super::{Open, Writer};
use crate::allowed::{CLASSES, Element, RELATION, Shape};
use crate::escape::{push_escaped, reorders};
use crate::place::Target;

/// How long the value of an attribute may be.
const LONGEST: usize = 1000;

impl Writer<'_> {
    /// Writes the attributes of an element. Gives back its id, if it has one.
    pub(super) fn attributes(&mut self, element: &Element, tag: &Tag) -> Option<String> {
        let mut classes: Vec<&'static str> = Vec::new();
        let mut id = None;
        for attribute in &tag.attrs {
            let name: &str = &attribute.name.local;
            match name {
                "id" if id.is_none() => id = Some(self.claim(&attribute.value)),
                "name" if element.name == "a" && id.is_none() => id = Some(self.claim(&attribute.value)),
                "href" if element.name == "a" => self.link(&attribute.value),
                "class" => classes.extend(known_classes(&attribute.value)),
                "align" | "style" => classes.extend(alignment(name, &attribute.value)),
                _ if may_have(element, name) => self.plain(element, name, &attribute.value),
                _ => {}
            }
        }
        classes.dedup();
        if !classes.is_empty() {
            self.attribute("class", &classes.join(" "));
        }
        if let Some(id) = &id {
            self.attribute("id", id);
        }
        id
    }

    /// Writes an attribute whose value leads nowhere.
    fn plain(&mut self, element: &Element, name: &str, value: &str) {
        let value = value.trim_ascii();
        let fits = match name {
            "title" | "aria-label" => true,
            "lang" | "datetime" => value.len() <= 40 && value.bytes().all(is_plain),
            "dir" => matches!(value, "ltr" | "rtl" | "auto"),
            "open" | "reversed" => true,
            "role" => element.name == "span" && value == "img",
            "scope" => matches!(value, "col" | "row" | "colgroup" | "rowgroup"),
            "type" => matches!(value, "1" | "a" | "A" | "i" | "I"),
            "colspan" | "rowspan" | "columnspan" => value.len() <= 2 && is_number(value),
            "start" | "value" => value.len() <= 9 && is_number(value),
            _ => element.shape == Shape::Math && value.len() <= 40 && value.bytes().all(is_plain),
        };
        if fits {
            let value = if matches!(name, "open" | "reversed") { "" } else { value };
            self.attribute(name, value);
        }
    }

    fn link(&mut self, address: &str) {
        match self.place.link(address) {
            Target::Here(address) => self.attribute("href", &address),
            Target::Elsewhere { url, .. } => self.address_elsewhere(&url),
            Target::Refused => {}
        }
    }

    fn address_elsewhere(&mut self, url: &str) {
        self.attribute("href", url);
        self.attribute("rel", RELATION);
    }

    /// Writes an image of the repository, or, in the place of one of another host, a link that says so.
    pub(super) fn image(&mut self, tag: &Tag) {
        let address = value(tag, "src").unwrap_or_default();
        let alt = value(tag, "alt").unwrap_or_else(|| file_name(address));
        self.add_to_headings(alt);
        match self.place.medium(address) {
            Target::Here(source) => {
                self.html.push_str("<img");
                self.attribute("src", &source);
                self.attribute("alt", alt);
                self.size(tag);
                self.html.push_str(" loading=\"lazy\">");
            }
            Target::Elsewhere { url, host } => self.elsewhere(alt, &url, &host),
            Target::Refused => push_escaped(&mut self.html, &readable(alt)),
        }
    }

    /// Writes a film or a sound of the repository, or a link to one elsewhere.
    pub(super) fn medium(&mut self, element: &'static Element, tag: &Tag) {
        let address = value(tag, "src").unwrap_or_default();
        match self.place.medium(address) {
            Target::Here(source) => {
                self.html.push('<');
                self.html.push_str(element.name);
                self.attribute("src", &source);
                if element.name == "video" {
                    self.size(tag);
                }
                self.html.push_str(" controls=\"\" preload=\"none\">");
                let content = self.html.len();
                self.open.push(Open { element, begin: content, content, close: "", heading: None });
            }
            Target::Elsewhere { url, host } => self.elsewhere(file_name(address), &url, &host),
            Target::Refused => {}
        }
    }

    /// Says that something lies on another host; within a link, where no other can be, without leading there.
    fn elsewhere(&mut self, label: &str, url: &str, host: &str) {
        let name = if self.is_open("a") { "span" } else { "a" };
        self.html.push('<');
        self.html.push_str(name);
        self.attribute("class", "elsewhere");
        if name == "a" {
            self.address_elsewhere(url);
        }
        self.html.push('>');
        let label = readable(label);
        let text = if label.is_empty() { host.to_owned() } else { format!("{label} ({host})") };
        push_escaped(&mut self.html, &text);
        self.html.push_str(&format!("</{name}>"));
    }

    fn size(&mut self, tag: &Tag) {
        for name in ["width", "height"] {
            let value = value(tag, name).unwrap_or_default();
            let value = value.strip_suffix("px").unwrap_or(value);
            let number = value.strip_suffix('%').unwrap_or(value);
            if number.len() <= 4 && is_number(number) {
                self.attribute(name, value);
            }
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.html.push(' ');
        self.html.push_str(name);
        self.html.push_str("=\"");
        // Not every reader of HTML takes these for text within quotes, wherever the quotes end up.
        let value = readable(value).replace('<', "‹").replace('>', "›");
        push_escaped(&mut self.html, &value);
        self.html.push('"');
    }
}

fn may_have(element: &Element, name: &str) -> bool {
    matches!(name, "dir" | "lang" | "title") || element.attributes.contains(&name)
}

fn value<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name)?;
    Some(&found.value)
}

/// The text without what changes the order of others, and not too long.
fn readable(text: &str) -> String {
    text.chars().filter(|character| !reorders(*character) && *character != '\0').take(LONGEST).collect()
}

/// The name of a file, for those to whom nothing else was said about it.
fn file_name(address: &str) -> &str {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    if path.contains("data:") { "" } else { path.rsplit('/').next().unwrap_or_default() }
}

fn known_classes(value: &str) -> Vec<&'static str> {
    let known = |name: &str| CLASSES.iter().copied().find(|class| *class == name);
    value.split_ascii_whitespace().take(8).filter_map(known).collect()
}

/// The class that stands for `align="center"`, or for a style that says the same: pages take no styles of others.
fn alignment(name: &str, value: &str) -> Option<&'static str> {
    let value = value.to_ascii_lowercase();
    let side = if name == "align" { value.as_str() } else { value.split("text-align:").nth(1)? };
    let side = side.split(';').next().unwrap_or_default();
    match side.trim() {
        "left" => Some("align-left"),
        "center" | "middle" => Some("align-center"),
        "right" => Some("align-right"),
        _ => None,
    }
}

fn is_number(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'%' | b'+' | b':')
}
