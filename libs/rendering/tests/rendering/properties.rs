//! What must hold for any bytes. The fuzz targets are these functions; the tests here give them seeds and chance.
//! Each returns whether the bytes were accepted.

use std::collections::HashSet;

use html5ever::serialize::{SerializeOpts, TraversalScope, serialize};
use html5ever::tendril::TendrilSink;
use html5ever::{LocalName, ParseOpts, QualName, local_name, ns, parse_fragment};
use limpide_rendering::code::{Language, highlight};
use limpide_rendering::markdown::{CLASSES, Document, LONGEST, render};
use limpide_rendering::notebook::{Cell, LARGEST_IMAGE, Output, read};
use limpide_rendering::{Place, Words};
use markup5ever_rcdom::{Handle, NodeData, RcDom, SerializableHandle};

const PLACE: Place<'static> = Place {
    files: "/ada/tiny/blob/main/",
    bytes: "/ada/tiny/resolve/main/",
    folder: "docs/",
    words: &Words::ENGLISH,
};

/// Written a second time, so that a slip in the list of the library shows.
const ELEMENTS: &str = "a abbr audio b bdi blockquote br caption cite code col colgroup dd del details dfn div dl dt \
    em figcaption figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strong sub \
    summary sup table tbody td tfoot th thead time tr u ul var video wbr";
const FORMULAS: &str = "math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot \
    mrow mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover";
const ATTRIBUTES: &str = "alt aria-label class colspan controls datetime dir height href id lang loading open preload \
    rel reversed role rowspan scope src start tabindex title type value width accent accentunder columnspan depth \
    display displaystyle fence form largeop linethickness lspace mathvariant maxsize minsize movablelimits rspace \
    scriptlevel separator stretchy symmetric voffset";

/// Whatever is written, a browser finds in it only what a page may hold.
pub(crate) fn markdown(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let document = render(&text, &PLACE);
    assert!(document.truncated || text.len() <= LONGEST);
    check_document(&document, &mut HashSet::new());
    !document.html.is_empty()
}

/// The lines of any text in any language are those of the text, with classes and nothing else.
pub(crate) fn code(bytes: &[u8]) -> bool {
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let names =
        ["", "py", "json", "yaml", "md", "sh", "rs", "cpp", "js", "html", "j2", "sql", "jl", "lua", "diff"];
    let language = Language::of_fence(names[usize::from(*first) % names.len()]);
    let text = String::from_utf8_lossy(rest);
    let lines = highlight(&text, language);
    assert_eq!(lines.len(), text.lines().count());
    for (line, written) in text.lines().zip(&lines) {
        let tree = parsed(written);
        let shown: String = check(&tree, &mut HashSet::new());
        if !line.contains(|c: char| {
            c.is_control() || "\u{200B}\u{FEFF}".contains(c) || ('\u{2028}'..='\u{2069}').contains(&c)
        }) {
            assert_eq!(shown, line);
        }
    }
    language != Language::PLAIN
}

/// A notebook is shown or refused, and holds nothing but escaped text, rendered text and images.
pub(crate) fn notebook(bytes: &[u8]) -> bool {
    let Ok(notebook) = read(bytes, &PLACE) else { return false };
    let mut ids = HashSet::new();
    for cell in &notebook.cells {
        match cell {
            Cell::Text(document) => check_document(document, &mut ids),
            Cell::Raw(html) => check_text(html),
            Cell::Code { lines, outputs, .. } => {
                for line in lines {
                    check(&parsed(line), &mut ids);
                }
                outputs.iter().for_each(check_output);
            }
        }
    }
    true
}

fn check_output(output: &Output) {
    match output {
        Output::Text(html) | Output::Error(html) => check_text(html),
        Output::Image { source, .. } => {
            let base64 = source
                .strip_prefix("data:image/png;base64,iVBORw0KGgo")
                .or_else(|| source.strip_prefix("data:image/jpeg;base64,/9j/"))
                .or_else(|| source.strip_prefix("data:image/jpeg;base64,/9j"))
                .unwrap_or_else(|| panic!("{source:?}"));
            assert!(base64.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)));
            assert!(source.len() < LARGEST_IMAGE * 3 / 2);
        }
        Output::Html | Output::Unknown => {}
    }
}

fn check_text(html: &str) {
    assert!(!html.contains('<'), "{html:?}");
    assert!(!html.contains('\u{1b}'), "{html:?}");
}

fn check_document(document: &Document, ids: &mut HashSet<String>) {
    let tree = parsed(&document.html);
    check(&tree, ids);
    for heading in &document.headings {
        assert!((2..=6).contains(&heading.level));
        assert!(ids.contains(&heading.id), "{heading:?} in {:?}", document.html);
    }
    // A browser that reads it, writes it and reads it again sees the same.
    let again = written(&tree);
    let second = parsed(&again);
    check(&second, &mut HashSet::new());
    assert_eq!(written(&second), again);
    assert_eq!(document.html, again, "is what a browser would write");
}

fn parsed(html: &str) -> RcDom {
    let context = QualName::new(None, ns!(html), local_name!("div"));
    parse_fragment(RcDom::default(), ParseOpts::default(), context, Vec::new(), false).one(html)
}

/// The root of what was parsed.
fn root(tree: &RcDom) -> Handle {
    tree.document.children.borrow()[0].clone()
}

fn written(tree: &RcDom) -> String {
    let mut bytes = Vec::new();
    let options =
        SerializeOpts { traversal_scope: TraversalScope::ChildrenOnly(None), ..SerializeOpts::default() };
    serialize(&mut bytes, &SerializableHandle::from(root(tree)), options).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Checks every element, and gives back the text.
fn check(tree: &RcDom, ids: &mut HashSet<String>) -> String {
    let mut text = String::new();
    let mut waiting = vec![(root(tree), 0_usize)];
    while let Some((node, depth)) = waiting.pop() {
        match &node.data {
            NodeData::Element { name, attrs, .. } => {
                assert!(depth < 300, "too deep");
                if depth > 0 {
                    check_element(name);
                }
                for attribute in attrs.borrow().iter() {
                    check_attribute(&name.local, &attribute.name.local, &attribute.value, ids);
                }
            }
            NodeData::Text { contents } => text.push_str(&contents.borrow()),
            NodeData::Document => {}
            _ => panic!("neither element nor text: {:?}", node.data),
        }
        waiting.extend(node.children.borrow().iter().rev().map(|child| (child.clone(), depth + 1)));
    }
    text
}

fn check_element(name: &QualName) {
    let known = if name.ns == ns!(html) { ELEMENTS } else { FORMULAS };
    assert!(name.ns == ns!(html) || name.ns == ns!(mathml), "{name:?}");
    assert!(known.split_whitespace().any(|known| *known == *name.local), "{name:?}");
}

fn check_attribute(element: &LocalName, name: &LocalName, value: &str, ids: &mut HashSet<String>) {
    let name: &str = name;
    assert!(ATTRIBUTES.split_whitespace().any(|known| known == name), "{element} {name}={value:?}");
    assert!(!name.starts_with("on") && name != "style");
    match name {
        "href" => {
            let good = ["#user-content-", "/ada/tiny/blob/main/", "https://", "http://", "mailto:"];
            assert!(good.iter().any(|beginning| value.starts_with(beginning)), "{value:?}");
            check_address(value);
        }
        "src" => {
            assert!(value.starts_with("/ada/tiny/resolve/main/"), "{value:?}");
            check_address(value);
        }
        "id" => {
            assert!(value.starts_with("user-content-"), "{value:?}");
            assert!(ids.insert(value.to_owned()), "{value:?} twice");
        }
        "class" => assert!(value.split(' ').all(|class| CLASSES.contains(&class)), "{value:?}"),
        _ => {}
    }
}

fn check_address(value: &str) {
    assert!(value.bytes().all(|byte| byte > b' ' && byte < 0x7f && !b"<>\"'`".contains(&byte)), "{value:?}");
    if value.starts_with('/') {
        let path = value.split('#').next().unwrap();
        assert!(!path.contains('\\') && !path.contains("//"), "{value:?}");
        assert!(path.split('/').all(|segment| segment != ".." && segment != "."), "{value:?}");
        assert!(!path.to_lowercase().contains("%2f") && !path.to_lowercase().contains("%2e"), "{value:?}");
    }
}
