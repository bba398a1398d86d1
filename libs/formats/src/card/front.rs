//! The front matter of a card, with the place of each field in the file, so that what is said of a field can be shown.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Span, parse};

/// What stands between the `---` at the beginning of a card.
#[derive(Debug, Clone, PartialEq)]
pub enum FrontMatter {
    /// Nothing: the card begins with its text.
    Absent,
    /// Fields, or none.
    Read(Fields),
    /// Something that cannot be read.
    Unreadable {
        /// Where it is.
        span: Span,
        /// What is wrong with it, in words.
        problem: String,
    },
}

/// The fields of the front matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields {
    /// The lines between the `---`.
    pub span: Span,
    values: Map<String, Value>,
    spans: BTreeMap<String, Span>,
}

impl Fields {
    /// The value of a field.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    /// All fields.
    pub fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// The lines of a field and of all below it, or all front matter where its lines alone would not say the same, as
    /// in `{license: mit}` or with an alias for something above.
    pub fn span(&self, key: &str) -> Option<Span> {
        self.values.contains_key(key).then(|| self.spans.get(key).unwrap_or(&self.span).clone())
    }

    /// The text of a field that should hold one. A list of one is taken for its item, and a number for its digits.
    pub fn text(&self, key: &str) -> Option<String> {
        match self.get(key)? {
            Value::Array(items) if items.len() != 1 => None,
            value => super::texts(Some(value)).next().filter(|text| !text.is_empty()),
        }
    }

    /// The texts of a field that holds one or a list of them.
    pub fn texts(&self, key: &str) -> Vec<String> {
        super::texts(self.get(key)).filter(|text| !text.is_empty()).collect()
    }
}

/// The front matter of a card, and where the text after it begins.
pub(super) fn read(text: &str) -> (FrontMatter, usize) {
    let Some(yaml) = super::front_matter(text) else {
        return match unclosed(text) {
            // Without its end it is text, and is shown so.
            Some(span) => {
                (FrontMatter::Unreadable { span, problem: "it has no closing `---`".to_owned() }, 0)
            }
            None => (FrontMatter::Absent, 0),
        };
    };
    let begin = yaml.as_ptr().addr() - text.as_ptr().addr();
    let span = begin..begin + yaml.len();
    let body = text[span.end..].find('\n').map_or(text.len(), |line| span.end + line + 1);
    let front = match parse(yaml) {
        Ok(Value::Object(values)) => {
            let spans = spans(yaml, begin, &values);
            FrontMatter::Read(Fields { span, values, spans })
        }
        // Nothing between the lines.
        Ok(Value::Null) => FrontMatter::Read(Fields { span, ..Fields::default() }),
        Ok(_) => {
            FrontMatter::Unreadable { span, problem: "it is not a list of fields with names".to_owned() }
        }
        Err(problem) => FrontMatter::Unreadable { span, problem },
    };
    (front, body)
}

/// Front matter that begins and never ends; a line of dashes above ordinary text is none.
fn unclosed(text: &str) -> Option<Span> {
    let rest = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).strip_prefix("---")?;
    let (dashes, rest) = rest.split_once('\n')?;
    let first = rest.lines().find(|line| !line.trim().is_empty()).and_then(key);
    let is_front = dashes.trim().is_empty() && first.is_some_and(|key| !key.contains(' '));
    is_front.then(|| text.len() - rest.len()..text.len())
}

/// The lines of each field, where these alone say what the field says.
fn spans(yaml: &str, offset: usize, values: &Map<String, Value>) -> BTreeMap<String, Span> {
    let (mut starts, mut at) = (Vec::new(), 0);
    for line in yaml.split_inclusive('\n') {
        if let Some(name) = key(line).filter(|name| values.contains_key(*name)) {
            starts.push((name, at));
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).map(|(_, start)| *start).chain([yaml.len()]);
    let mut spans = BTreeMap::new();
    for ((name, start), end) in starts.iter().zip(ends) {
        let lines = without_rest(&yaml[*start..end]);
        let alone = parse(lines).is_ok_and(|alone| alone.get(name) == values.get(*name));
        if alone && !spans.contains_key(*name) {
            spans.insert((*name).to_owned(), offset + start..offset + start + lines.len());
        }
    }
    spans
}

/// The name of the field that begins on this line, when one does.
fn key(line: &str) -> Option<&str> {
    let line = line.trim_end();
    let (name, rest) = match line.chars().next()? {
        quote @ ('"' | '\'') => line[1..].split_once(quote)?,
        first if first.is_alphanumeric() || first == '_' => line.split_at(line.find(':')?),
        _ => return None,
    };
    let rest = rest.trim_start().strip_prefix(':')?;
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| name.trim_end())
}

/// Lines without the empty ones and comments that follow the last.
fn without_rest(mut lines: &str) -> &str {
    loop {
        lines = lines.trim_end();
        match lines.rfind('\n') {
            Some(end) if lines[end + 1..].starts_with('#') => lines = &lines[..end],
            _ => return lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        match read(text).0 {
            FrontMatter::Read(fields) => fields,
            other => panic!("{other:?}"),
        }
    }

    const CARD: &str = "\u{feff}---\r\nlicense: mit\r\n\r\n# Where it comes from.\r\n'datasets':\r\n- ada/books\r\n- ada/films\r\n\
        language: [en]\r\nsize: 7\r\nco2_eq_emissions:\r\n  emissions: 3\r\n  # by hand\r\n  source: meter\r\n\r\n---\r\nText";

    #[test]
    fn each_field_has_its_lines() {
        let fields = fields(CARD);
        let lines = |key| &CARD[fields.span(key).unwrap()];
        assert_eq!(lines("license"), "license: mit");
        assert_eq!(lines("datasets"), "'datasets':\r\n- ada/books\r\n- ada/films");
        assert_eq!(
            lines("co2_eq_emissions"),
            "co2_eq_emissions:\r\n  emissions: 3\r\n  # by hand\r\n  source: meter"
        );
        assert_eq!(fields.span("base_model"), None);
        assert_eq!(&CARD[read(CARD).1..], "Text");
    }

    #[test]
    fn a_field_holds_one_text_or_many() {
        let fields = fields(CARD);
        assert_eq!(fields.texts("datasets"), ["ada/books", "ada/films"]);
        assert_eq!(fields.texts("license"), ["mit"]);
        assert_eq!((fields.text("datasets"), fields.text("co2_eq_emissions")), (None, None));
        assert_eq!(fields.text("language").as_deref(), Some("en"));
        assert_eq!(fields.text("size").as_deref(), Some("7"));
    }

    #[test]
    fn lines_that_do_not_speak_for_themselves_are_not_given_alone() {
        for (text, key) in [
            ("---\n{license: mit, tags: [a]}\n---\n", "license"),
            ("---\na: &a [x]\nb: *a\n---\n", "b"),
            ("---\na: \"one\nb: two\"\nb: three\n---\n", "a"),
        ] {
            let fields = fields(text);
            assert_eq!(fields.span(key), Some(fields.span.clone()), "{text}");
        }
        let text = "---\na: \"one\nb: two\"\nb: three\n---\n";
        assert_eq!(&text[fields(text).span("b").unwrap()], "b: three");
    }

    #[test]
    fn front_matter_that_cannot_be_read_is_told() {
        for text in
            ["---\na: [\n---\n", "---\n- a\n---\n", "---\na: 1\na: 2\n---\n", "---\nlicense: mit\n# Title\n"]
        {
            match read(text) {
                (FrontMatter::Unreadable { problem, span }, _) => {
                    assert!(!problem.is_empty() && text[span].len() > 1, "{text}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_card_may_have_no_front_matter() {
        for text in ["", "# Title\n", "---\n# Title\n", "---\n\nSome words: and more.\n", "---"] {
            assert_eq!(read(text), (FrontMatter::Absent, 0), "{text}");
        }
        assert_eq!(fields("---\n---\n").values().len(), 0);
    }
}
