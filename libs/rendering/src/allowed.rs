//! The one list of what may be in rendered HTML. Whatever is not named here is not shown.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use crate::names::PREFIX;

/// What an element is, for those who put elements into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Stands within a line.
    Inline,
    /// Stands by itself, and ends a paragraph.
    Block,
    /// Has no content and no end, and stands within a line.
    Void,
    /// Has no content and no end, and ends a paragraph.
    Rule,
    /// Is part of a table.
    Table,
    /// Is part of a formula.
    Math,
}

/// An element that may be shown.
#[derive(Debug)]
pub(crate) struct Element {
    /// Its name in rendered HTML.
    pub(crate) name: &'static str,
    /// What it is.
    pub(crate) shape: Shape,
    /// The attributes it may have beside those of all elements.
    pub(crate) attributes: &'static [&'static str],
}

const fn element(name: &'static str, shape: Shape, attributes: &'static [&'static str]) -> Element {
    Element { name, shape, attributes }
}

/// What addresses elsewhere say of themselves.
pub(crate) const RELATION: &str = "nofollow ugc noopener noreferrer";

/// What every element may have.
const OF_ALL: &[&str] = &["dir", "id", "lang", "title"];

const CELL: &[&str] = &["colspan", "rowspan", "scope"];
const FORMULA: &[&str] = &[
    "accent",
    "accentunder",
    "columnspan",
    "depth",
    "display",
    "displaystyle",
    "fence",
    "form",
    "height",
    "largeop",
    "linethickness",
    "lspace",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "rowspan",
    "rspace",
    "scriptlevel",
    "separator",
    "stretchy",
    "symmetric",
    "voffset",
    "width",
];

/// All elements that may be shown.
pub(crate) const ELEMENTS: &[Element] = &[
    element("a", Shape::Inline, &["aria-label", "href", "rel"]),
    element("abbr", Shape::Inline, &[]),
    element("audio", Shape::Inline, &["controls", "preload", "src"]),
    element("b", Shape::Inline, &[]),
    element("bdi", Shape::Inline, &[]),
    element("blockquote", Shape::Block, &[]),
    element("br", Shape::Void, &[]),
    element("caption", Shape::Table, &[]),
    element("cite", Shape::Inline, &[]),
    element("code", Shape::Inline, &[]),
    element("col", Shape::Table, &[]),
    element("colgroup", Shape::Table, &[]),
    element("dd", Shape::Block, &[]),
    element("del", Shape::Inline, &[]),
    element("details", Shape::Block, &["open"]),
    element("dfn", Shape::Inline, &[]),
    element("div", Shape::Block, &["aria-label", "role", "tabindex"]),
    element("dl", Shape::Block, &[]),
    element("dt", Shape::Block, &[]),
    element("em", Shape::Inline, &[]),
    element("figcaption", Shape::Block, &[]),
    element("figure", Shape::Block, &[]),
    element("h2", Shape::Block, &[]),
    element("h3", Shape::Block, &[]),
    element("h4", Shape::Block, &[]),
    element("h5", Shape::Block, &[]),
    element("h6", Shape::Block, &[]),
    element("hr", Shape::Rule, &[]),
    element("i", Shape::Inline, &[]),
    element("img", Shape::Void, &["alt", "height", "loading", "src", "width"]),
    element("ins", Shape::Inline, &[]),
    element("kbd", Shape::Inline, &[]),
    element("li", Shape::Block, &["value"]),
    element("mark", Shape::Inline, &[]),
    element("ol", Shape::Block, &["reversed", "start", "type"]),
    element("p", Shape::Block, &[]),
    element("pre", Shape::Block, &["aria-label", "role", "tabindex"]),
    element("q", Shape::Inline, &[]),
    element("rp", Shape::Inline, &[]),
    element("rt", Shape::Inline, &[]),
    element("ruby", Shape::Inline, &[]),
    element("s", Shape::Inline, &[]),
    element("samp", Shape::Inline, &[]),
    element("small", Shape::Inline, &[]),
    element("span", Shape::Inline, &["aria-label", "role", "tabindex"]),
    element("strong", Shape::Inline, &[]),
    element("sub", Shape::Inline, &[]),
    element("summary", Shape::Block, &[]),
    element("sup", Shape::Inline, &[]),
    element("table", Shape::Block, &[]),
    element("tbody", Shape::Table, &[]),
    element("td", Shape::Table, CELL),
    element("tfoot", Shape::Table, &[]),
    element("th", Shape::Table, CELL),
    element("thead", Shape::Table, &[]),
    element("time", Shape::Inline, &["datetime"]),
    element("tr", Shape::Table, &[]),
    element("u", Shape::Inline, &[]),
    element("ul", Shape::Block, &[]),
    element("var", Shape::Inline, &[]),
    element("video", Shape::Inline, &["controls", "height", "preload", "src", "width"]),
    element("wbr", Shape::Void, &[]),
    element("math", Shape::Math, FORMULA),
    element("menclose", Shape::Math, FORMULA),
    element("merror", Shape::Math, FORMULA),
    element("mfrac", Shape::Math, FORMULA),
    element("mi", Shape::Math, FORMULA),
    element("mmultiscripts", Shape::Math, FORMULA),
    element("mn", Shape::Math, FORMULA),
    element("mo", Shape::Math, FORMULA),
    element("mover", Shape::Math, FORMULA),
    element("mpadded", Shape::Math, FORMULA),
    element("mphantom", Shape::Math, FORMULA),
    element("mprescripts", Shape::Math, FORMULA),
    element("mroot", Shape::Math, FORMULA),
    element("mrow", Shape::Math, FORMULA),
    element("mspace", Shape::Math, FORMULA),
    element("msqrt", Shape::Math, FORMULA),
    element("mstyle", Shape::Math, FORMULA),
    element("msub", Shape::Math, FORMULA),
    element("msubsup", Shape::Math, FORMULA),
    element("msup", Shape::Math, FORMULA),
    element("mtable", Shape::Math, FORMULA),
    element("mtd", Shape::Math, FORMULA),
    element("mtext", Shape::Math, FORMULA),
    element("mtr", Shape::Math, FORMULA),
    element("munder", Shape::Math, FORMULA),
    element("munderover", Shape::Math, FORMULA),
];

/// All classes that rendered HTML may have; the style sheet knows each.
pub const CLASSES: &[&str] = &[
    "alert",
    "alert-caution",
    "alert-important",
    "alert-note",
    "alert-tip",
    "alert-title",
    "alert-warning",
    "align-center",
    "align-left",
    "align-right",
    "elsewhere",
    "footnote-back",
    "footnotes",
    "hl-comment",
    "hl-constant",
    "hl-deleted",
    "hl-function",
    "hl-hidden",
    "hl-inserted",
    "hl-keyword",
    "hl-number",
    "hl-string",
    "hl-tag",
    "hl-type",
    "math",
    "math-block",
    "scroll",
    "task",
];

/// Elements under other names: those of a page's outline, which is the page's own, and those of the past.
const RENAMED: &[(&str, &str)] = &[
    ("article", "div"),
    ("aside", "div"),
    ("center", "div"),
    ("footer", "div"),
    ("h1", "h2"),
    ("h2", "h3"),
    ("h3", "h4"),
    ("h4", "h5"),
    ("h5", "h6"),
    ("header", "div"),
    ("main", "div"),
    ("nav", "div"),
    ("section", "div"),
    ("strike", "s"),
    ("tt", "code"),
];

/// Elements whose content is nothing to read.
const SILENT: &[&str] = &[
    "annotation",
    "annotation-xml",
    "applet",
    "frameset",
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "script",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "xmp",
];

static BY_NAME: LazyLock<HashMap<&'static str, &'static Element>> = LazyLock::new(|| {
    let mut names: HashMap<_, _> = ELEMENTS.iter().map(|element| (element.name, element)).collect();
    for (written, shown) in RENAMED {
        if let Some(element) = ELEMENTS.iter().find(|element| element.name == *shown) {
            names.insert(written, element);
        }
    }
    names
});

/// The element that stands for what people write under this name, if it may be shown.
pub(crate) fn find(name: &str) -> Option<&'static Element> {
    BY_NAME.get(name).copied()
}

/// Whether nothing within an element of this name is shown.
pub(crate) fn is_silent(name: &str) -> bool {
    SILENT.contains(&name)
}

/// What looks at the finished HTML once more, as a browser would read it, and lets pass only what is on the list.
pub(crate) static GATE: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let set = |names: &[&'static str]| names.iter().copied().collect::<HashSet<_>>();
    let mut gate = Builder::empty();
    gate.tags(ELEMENTS.iter().map(|element| element.name).collect())
        .clean_content_tags(set(SILENT))
        .generic_attributes(set(OF_ALL))
        .tag_attributes(
            ELEMENTS
                .iter()
                .map(|element| {
                    let free = element.attributes.iter().copied().filter(|name| !FIXED.contains(name));
                    (element.name, free.collect())
                })
                .collect(),
        )
        .tag_attribute_values(ELEMENTS.iter().map(|element| (element.name, fixed(element))).collect())
        .allowed_classes(ELEMENTS.iter().map(|element| (element.name, set(CLASSES))).collect())
        .url_schemes(set(&["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .id_prefix(Some(PREFIX))
        .strip_comments(true);
    gate
});

/// Attributes that have few values.
const FIXED: &[&str] = &["loading", "preload", "rel", "role", "tabindex"];

fn fixed(element: &Element) -> HashMap<&'static str, HashSet<&'static str>> {
    let values = |name: &str| match name {
        "loading" => vec!["lazy"],
        "preload" => vec!["none"],
        "rel" => vec![RELATION],
        "role" => vec!["group", "img", "region"],
        _ => vec!["0"],
    };
    let names = element.attributes.iter().filter(|name| FIXED.contains(name));
    names.map(|name| (*name, values(name).into_iter().collect())).collect()
}
