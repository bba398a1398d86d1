//! Which element may be in which, and what is closed or opened so that it is.

use super::{DEEPEST, Open, Writer, is_heading};
use crate::allowed::{Element, Shape, find};

impl Writer<'_> {
    /// Closes what cannot hold the element. Says whether it may be written then.
    pub(super) fn make_room_for(&mut self, element: &'static Element) -> bool {
        if self.in_formula() != (element.shape == Shape::Math) && element.name != "math" {
            return false;
        }
        let fits = match element.shape {
            Shape::Math => !(element.name == "math" && self.in_formula()) && self.make_room_in_line(),
            Shape::Table => self.make_room_in_table(element.name),
            Shape::Block | Shape::Rule => self.make_room_for_block(element.name),
            Shape::Inline | Shape::Void => self.make_room_for_inline(element.name),
        };
        // A void element is never open, and may stand at any depth.
        fits && (self.open.len() < DEEPEST || element.shape == Shape::Void)
    }

    /// Says whether text may be written here. Between the cells of a table a browser would move it.
    pub(super) fn make_room_for_text(&mut self) -> bool {
        self.make_room_in_line()
    }

    fn make_room_in_line(&mut self) -> bool {
        match self.innermost() {
            "table" | "thead" | "tbody" | "tfoot" | "tr" | "colgroup" => false,
            "ul" | "ol" => self.imply("li"),
            "dl" => self.imply("dd"),
            _ => true,
        }
    }

    fn make_room_for_inline(&mut self, name: &str) -> bool {
        match name {
            "a" => {
                if let Some(at) = self.open_within_cell(|open| open == "a") {
                    self.close_to(at);
                }
                self.make_room_in_line() && !self.is_open("a")
            }
            "rt" | "rp" => {
                if matches!(self.innermost(), "rt" | "rp") {
                    self.close_to(self.open.len() - 1);
                }
                self.innermost() == "ruby"
            }
            "audio" | "video" => self.make_room_in_line() && !self.is_open("a"),
            _ => self.make_room_in_line(),
        }
    }

    fn make_room_for_block(&mut self, name: &str) -> bool {
        if let Some(at) = self.open_within_cell(|open| open == "p") {
            self.close_to(at);
        }
        match name {
            "li" => self.make_room_in_list(&["li"], &["ul", "ol"]),
            "dt" | "dd" => self.make_room_in_list(&["dt", "dd"], &["dl"]),
            "summary" => self.innermost() == "details",
            _ => {
                if is_heading(name)
                    && let Some(at) = self.open_within_cell(is_heading)
                {
                    self.close_to(at);
                }
                self.make_room_in_line()
            }
        }
    }

    /// Closes the item before, so that the list itself is innermost.
    fn make_room_in_list(&mut self, items: &[&str], lists: &[&str]) -> bool {
        let Some(list) = self.open_within_cell(|open| lists.contains(&open)) else { return false };
        let last = |open: &str| items.contains(&open) || lists.contains(&open);
        match self.open_within_cell(last) {
            Some(item) if item > list => self.close_to(item),
            _ => self.close_to(list + 1),
        }
        lists.contains(&self.innermost())
    }

    fn make_room_in_table(&mut self, name: &str) -> bool {
        let Some(table) = self.open.iter().rposition(|open| open.element.name == "table") else {
            return false;
        };
        let parents: &[&str] = match name {
            "caption" | "colgroup" | "thead" | "tbody" | "tfoot" => &["table"],
            "tr" => &["table", "thead", "tbody", "tfoot"],
            "col" => &["colgroup"],
            _ => &["tr"],
        };
        let within = self.open.get(table..).unwrap_or_default();
        let Some(parent) = within.iter().rposition(|open| parents.contains(&open.element.name)) else {
            return false;
        };
        self.close_to(table + parent + 1);
        true
    }

    /// Opens what must be around a thing that people put straight into a list.
    fn imply(&mut self, name: &str) -> bool {
        let Some(element) = find(name) else { return false };
        if self.open.len() >= DEEPEST {
            return false;
        }
        self.html.push('<');
        self.html.push_str(element.name);
        self.html.push('>');
        let content = self.html.len();
        self.open.push(Open { element, begin: content, content, close: "", heading: None });
        true
    }

    /// Where the element is open that an end tag closes. The end of something in a cell closes nothing outside of it.
    pub(super) fn last_open(&self, element: &Element) -> Option<usize> {
        if element.shape == Shape::Table || element.name == "table" {
            let table = self.open.iter().rposition(|open| open.element.name == "table")?;
            let within = self.open.get(table..).unwrap_or_default();
            return within.iter().rposition(|open| open.element.name == element.name).map(|at| at + table);
        }
        if is_heading(element.name) {
            return self.open_within_cell(is_heading);
        }
        self.open_within_cell(|open| open == element.name)
    }

    fn open_within_cell(&self, wanted: impl Fn(&str) -> bool) -> Option<usize> {
        for (at, open) in self.open.iter().enumerate().rev() {
            if wanted(open.element.name) {
                return Some(at);
            }
            if matches!(open.element.name, "td" | "th" | "caption") {
                return None;
            }
        }
        None
    }

    pub(super) fn is_open(&self, name: &str) -> bool {
        self.open.iter().any(|open| open.element.name == name)
    }

    fn innermost(&self) -> &'static str {
        self.open.last().map_or("", |open| open.element.name)
    }

    fn in_formula(&self) -> bool {
        self.open.last().is_some_and(|open| open.element.shape == Shape::Math)
    }
}
