//! What a template reaches for: attributes that lead into Python, objects that lead out of the template, functions and
//! filters that are not those of chat templates.

use std::collections::HashSet;

use limpide_formats::jinja::{Arguments, Expression, Node, NodeKind, Step};

use super::Notes;
use super::fold::fold;
use super::names::{Names, each, expressions};

/// Functions that templates are given, or that Jinja has.
const FUNCTIONS: [&str; 10] = [
    "raise_exception",
    "strftime_now",
    "namespace",
    "range",
    "dict",
    "cycler",
    "joiner",
    "caller",
    "super",
    "loop",
];

/// Objects that lead into the program, whatever is asked of them.
const GLOBALS: [&str; 24] = [
    "raise_exception",
    "strftime_now",
    "namespace",
    "range",
    "dict",
    "cycler",
    "joiner",
    "lipsum",
    "caller",
    "super",
    "self",
    "request",
    "config",
    "url_for",
    "get_flashed_messages",
    "current_app",
    "os",
    "sys",
    "subprocess",
    "builtins",
    "importlib",
    "environ",
    "__builtins__",
    "__import__",
];

#[rustfmt::skip]
const FILTERS: [&str; 58] = [
    "abs", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e", "escape", "filesizeformat", "first",
    "float", "forceescape", "format", "groupby", "indent", "int", "items", "join", "last", "length", "list", "lower", "map",
    "max", "min", "pprint", "random", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select", "selectattr",
    "slice", "sort", "string", "striptags", "sum", "title", "tojson", "trim", "truncate", "unique", "upper", "urlencode",
    "urlize", "wordcount", "wordwrap", "xmlattr", "from_json", "fromjson", "strip", "startswith", "split",
];

#[rustfmt::skip]
const TESTS: [&str; 41] = [
    "boolean", "callable", "defined", "divisibleby", "eq", "equalto", "escaped", "even", "false", "filter", "float", "ge",
    "greaterthan", "gt", "in", "integer", "iterable", "le", "lessthan", "lower", "lt", "mapping", "ne", "none", "number",
    "odd", "sameas", "sequence", "string", "test", "true", "undefined", "upper", "None", "True", "False", "list", "dict",
    "null", "startingwith", "endingwith",
];

#[rustfmt::skip]
const METHODS: [&str; 52] = [
    "append", "capitalize", "casefold", "center", "clear", "copy", "count", "cycle", "changed", "endswith", "extend", "find",
    "format", "get", "index", "insert", "isalnum", "isalpha", "isdecimal", "isdigit", "islower", "isnumeric", "isspace",
    "isupper", "items", "join", "keys", "ljust", "lower", "lstrip", "partition", "pop", "remove", "removeprefix",
    "removesuffix", "replace", "reverse", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "sort", "split",
    "splitlines", "startswith", "strip", "title", "update", "upper", "values",
];

/// Attributes of functions, frames and classes that lead into the program without underscores.
#[rustfmt::skip]
const INTERNALS: [&str; 20] = [
    "mro", "func_globals", "func_code", "func_closure", "im_class", "im_func", "im_self", "gi_frame", "gi_code", "cr_frame",
    "cr_code", "ag_frame", "ag_code", "tb_frame", "tb_next", "f_globals", "f_builtins", "f_locals", "f_back", "popen",
];

/// Filters whose argument, or `attribute`, is an attribute that they ask for.
const BY_ATTRIBUTE: [&str; 9] =
    ["map", "selectattr", "rejectattr", "groupby", "sort", "unique", "min", "max", "sum"];

pub(super) fn look(node: &Node, names: &Names<'_>, notes: &mut Notes<'_>) {
    match &node.kind {
        NodeKind::Load { tag, from } => {
            let from = fold(from, names, 0).and_then(super::fold::Value::text).unwrap_or_default();
            notes.see("loads-template", &format!("{tag} {from}"));
        }
        NodeKind::Unknown(tag) => notes.see("tag", tag),
        NodeKind::Block { tag, .. } if tag == "debug" => notes.see("tag", tag),
        _ => {}
    }
    // What something is asked of is looked at with what is asked.
    let mut bases: HashSet<*const Expression> = HashSet::new();
    for expression in expressions(node) {
        each(expression, &mut |inner| match inner {
            Expression::Path(base, steps) => {
                bases.insert(std::ptr::from_ref(&**base));
                path(base, steps, names, notes);
            }
            Expression::Name(name)
                if is_handed_on(name, names) && !bases.contains(&std::ptr::from_ref(inner)) =>
            {
                notes.see("global", name);
            }
            Expression::Text(text) if is_hidden(text) => notes.see("hidden-name", text),
            Expression::Name(name) if is_hidden(name) => notes.see("attribute", name),
            Expression::Operation(..) => {
                // A name in pieces, whatever is done with it.
                let text = fold(inner, names, 0).and_then(super::fold::Value::text);
                if let Some(text) = text.filter(|text| is_hidden(text)) {
                    notes.see("attribute", &text);
                }
            }
            _ => {}
        });
    }
}

/// Whether a name, standing alone, hands on what leads into the program; whether there is a caller may be asked.
fn is_handed_on(name: &str, names: &Names<'_>) -> bool {
    GLOBALS.contains(&name) && !matches!(name, "caller" | "super") && !names.bound.contains(name)
}

/// Whether a text is a name with two underscores at both ends, or one of what leads into Python.
fn is_hidden(text: &str) -> bool {
    let text = text.trim();
    let is_word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    is_word
        && text.len() > 4
        && text.split('.').any(|part| part.starts_with("__") && part.ends_with("__") && part.len() > 4)
}

fn path(base: &Expression, steps: &[Step], names: &Names<'_>, notes: &mut Notes<'_>) {
    if let (Expression::Name(name), Some(first)) = (base, steps.first())
        && !names.bound.contains(&**name)
    {
        let is_safe = matches!(first, Step::Call(_) | Step::Test(..)) && FUNCTIONS.contains(&&**name);
        let is_test = matches!(first, Step::Test(..));
        if GLOBALS.contains(&&**name) && !is_safe && !is_test {
            notes.see("global", name);
        }
    }
    for (index, step) in steps.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| steps.get(index));
        match step {
            Step::Attribute(name) => attribute(name, notes),
            Step::Item(key) => item(key, names, notes),
            Step::Slice(_) => {}
            Step::Filter(name, given) => filter(name, given, names, notes),
            Step::Test(name, _) if !TESTS.contains(&&**name) => notes.see("test", name),
            Step::Test(..) => {}
            Step::Call(_) => call(base, &steps[..index], before, names, notes),
        }
    }
}

/// An attribute that is asked for, perhaps with dots.
fn attribute(name: &str, notes: &mut Notes<'_>) {
    for part in name.split('.') {
        if part.starts_with("__") || INTERNALS.contains(&part) {
            notes.see("attribute", name);
        } else if part.starts_with('_') {
            notes.see("private-attribute", name);
        }
    }
}

/// A subscript: an attribute as well, where there is no such item.
fn item(key: &Expression, names: &Names<'_>, notes: &mut Notes<'_>) {
    match key {
        Expression::Text(name) => attribute(name, notes),
        Expression::Number(_) => {}
        _ => match fold(key, names, 0) {
            Some(value) => value.texts().iter().for_each(|name| attribute(name, notes)),
            None if is_built(key, names, 0) => notes.see("built-name", ""),
            None => {
                if let Expression::Name(name) = key {
                    let texts = names.constants(name).into_iter().flat_map(super::fold::Value::texts);
                    texts.for_each(|name| attribute(&name, notes));
                }
            }
        },
    }
}

/// Whether a name is put together from texts that cannot all be read.
fn is_built(key: &Expression, names: &Names<'_>, depth: usize) -> bool {
    match key {
        Expression::Operation(signs, parts) => {
            let has_text = parts.iter().any(|part| matches!(part, Expression::Text(_)));
            signs.contains(&"~") || (has_text && signs.iter().any(|sign| matches!(*sign, "+" | "%" | "*")))
        }
        Expression::Path(_, steps) => steps.iter().any(|step| match step {
            Step::Filter(name, _) => matches!(&**name, "join" | "format" | "reverse" | "attr"),
            Step::Attribute(name) => matches!(&**name, "join" | "format" | "decode"),
            _ => false,
        }),
        Expression::Name(name) if depth < 4 => {
            let values = names.values.get(name).map(Vec::as_slice).unwrap_or_default();
            values.iter().take(8).any(|value| is_built(value, names, depth + 1))
        }
        _ => false,
    }
}

fn filter(name: &str, given: &Arguments, names: &Names<'_>, notes: &mut Notes<'_>) {
    if name == "attr" {
        return dynamic(given.values.first(), names, notes);
    }
    if !FILTERS.contains(&name) {
        notes.see("filter", name);
    }
    if !BY_ATTRIBUTE.contains(&name) {
        return;
    }
    let named = given.named.iter().find(|(name, _)| name == "attribute").map(|(_, value)| value);
    let asked = match name {
        "map" => named,
        "sort" | "unique" | "min" | "max" => named,
        _ => named.or(given.values.first()),
    };
    if let Some(asked) = asked {
        match fold(asked, names, 0) {
            Some(value) => value.texts().iter().for_each(|name| attribute(name, notes)),
            None => notes.see("built-name", name),
        }
    }
    if name == "map" && named.is_none() {
        mapped(given, names, notes);
    }
}

/// `map` with the name of a filter.
fn mapped(given: &Arguments, names: &Names<'_>, notes: &mut Notes<'_>) {
    let Some(first) = given.values.first() else { return };
    match fold(first, names, 0).and_then(super::fold::Value::text) {
        Some(filter) if filter == "attr" => dynamic(given.values.get(1), names, notes),
        Some(filter) if FILTERS.contains(&&*filter) => {}
        Some(filter) => notes.see("filter", &filter),
        None => notes.see("built-name", "map"),
    }
}

/// `attr`, which asks for an attribute by its name.
fn dynamic(name: Option<&Expression>, names: &Names<'_>, notes: &mut Notes<'_>) {
    match name.and_then(|name| fold(name, names, 0)).and_then(super::fold::Value::text) {
        Some(name) if name.starts_with('_') || INTERNALS.contains(&&*name) => {
            notes.see("dynamic-attribute", &name);
        }
        Some(_) => notes.see("filter", "attr"),
        None => notes.see("dynamic-attribute", ""),
    }
}

/// A call: of a function by its name, of a method, or of what cannot be told.
fn call(base: &Expression, before: &[Step], last: Option<&Step>, names: &Names<'_>, notes: &mut Notes<'_>) {
    match (base, last) {
        (Expression::Name(name), None) => {
            if !FUNCTIONS.contains(&&**name) && !names.bound.contains(&**name) {
                notes.see("function", name);
            }
        }
        (_, Some(Step::Attribute(method))) => {
            if !METHODS.contains(&&**method) && !method.starts_with("__") {
                notes.see("method", method);
            }
            if matches!(&**method, "format" | "format_map") {
                let steps = &before[..before.len().saturating_sub(1)];
                format(base, steps, names, notes);
            }
        }
        (_, Some(Step::Item(key))) => {
            let name = fold(key, names, 0).and_then(super::fold::Value::text).unwrap_or_default();
            notes.see("method", &name);
        }
        _ => notes.see("function", ""),
    }
}

/// `format` of a text: its fields can ask for attributes.
fn format(base: &Expression, steps: &[Step], names: &Names<'_>, notes: &mut Notes<'_>) {
    let whole = Expression::Path(Box::new(base.clone()), steps.to_vec());
    let Some(pattern) = fold(&whole, names, 0).and_then(super::fold::Value::text) else {
        return notes.see("method", "format");
    };
    for field in pattern.split('{').skip(1) {
        let field = field.split('}').next().unwrap_or_default();
        if field.contains(['.', '[']) && !field.starts_with(':') {
            let kind = if field.contains("._") || field.contains("[_") { "format-fields" } else { "method" };
            notes.see(kind, field);
        }
    }
}
