//! Reads JSON as loosely as the loaders of models do: `NaN`, lone halves of letters, keys that stand there twice. What a
//! strict reader refuses would be loaded all the same, so it has to be seen.
//!
//! Numbers are not kept, so that a vocabulary of megabytes costs little.

/// The longest text that is read.
pub const LONGEST: usize = 64 << 20;

/// How deep lists and objects may be nested.
const DEEPEST: usize = 200;

/// The most values that are kept.
const MOST: usize = 4_000_000;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// A number, `null`, or a list of nothing else.
    Other,
    /// `true` or `false`.
    Bool(bool),
    /// A text.
    Text(String),
    /// A list, without the numbers in it.
    List(Vec<Json>),
    /// An object: its entries in order, each as often as it stands there, those of numbers left out.
    Object(Vec<Entry>),
}

/// An entry of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The value.
    pub value: Json,
    /// Where the key stands: bytes from the beginning.
    pub at: usize,
}

/// Why a text cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is longer, deeper or has more values than what is read.
    #[error("the JSON is too large at byte {0}")]
    TooLarge(usize),
    /// It is no JSON.
    #[error("the text is no JSON at byte {0}")]
    Syntax(usize),
}

impl Json {
    /// The values under a key, where this is an object.
    pub fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Json> {
        self.entries().iter().filter(move |entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The first value under a key.
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The entries; none where this is no object.
    pub fn entries(&self) -> &[Entry] {
        match self {
            Self::Object(entries) => entries,
            _ => &[],
        }
    }

    /// The items; none where this is no list.
    pub fn items(&self) -> &[Json] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The text, where this is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The value that the text is.
///
/// ```
/// # use limpide_formats::loose_json::{Json, read};
/// let json = read(r#"{"a": NaN, "b": "x"}"#)?;
/// assert_eq!(json.get("b"), Some(&Json::Text("x".to_owned())));
/// # Ok::<(), limpide_formats::loose_json::Problem>(())
/// ```
///
/// # Errors
/// When it is too large or no JSON.
pub fn read(text: &str) -> Result<Json, Problem> {
    if text.len() > LONGEST {
        return Err(Problem::TooLarge(LONGEST));
    }
    let begin = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut reader = Reader { text, at: begin, kept: 0 };
    let value = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() { Err(Problem::Syntax(reader.at)) } else { Ok(value) }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    kept: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn skip(&mut self, sign: u8) -> bool {
        self.skip_space();
        let found = self.peek() == Some(sign);
        self.at += usize::from(found);
        found
    }

    fn wrong(&self) -> Problem {
        Problem::Syntax(self.at)
    }

    fn value(&mut self, depth: usize) -> Result<Json, Problem> {
        if depth > DEEPEST || self.kept > MOST {
            return Err(Problem::TooLarge(self.at));
        }
        self.skip_space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => {
                self.kept += 1;
                Ok(Json::Text(self.quoted()?))
            }
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Result<Json, Problem> {
        let rest = &self.text[self.at..];
        let is_end = |sign: char| !(sign.is_ascii_alphanumeric() || matches!(sign, '-' | '+' | '.'));
        let word = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        let is_number = word.trim_start_matches('-').starts_with(|sign: char| sign.is_ascii_digit());
        let value = match word {
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            "null" | "NaN" | "Infinity" | "-Infinity" => Json::Other,
            _ if is_number => Json::Other,
            _ => return Err(self.wrong()),
        };
        self.at += word.len();
        Ok(value)
    }

    fn list(&mut self, depth: usize) -> Result<Json, Problem> {
        self.at += 1;
        let mut items = Vec::new();
        if self.skip(b']') {
            return Ok(Json::List(items));
        }
        loop {
            match self.value(depth + 1)? {
                Json::Other => {}
                value => items.push(value),
            }
            if self.skip(b']') {
                self.kept += 1;
                return Ok(Json::List(items));
            }
            if !self.skip(b',') {
                return Err(self.wrong());
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, Problem> {
        self.at += 1;
        let mut entries = Vec::new();
        if self.skip(b'}') {
            return Ok(Json::Object(entries));
        }
        loop {
            self.skip_space();
            let at = self.at;
            let key = self.quoted()?;
            if !self.skip(b':') {
                return Err(self.wrong());
            }
            match self.value(depth + 1)? {
                Json::Other => {}
                value => entries.push(Entry { key, value, at }),
            }
            if self.skip(b'}') {
                self.kept += 1;
                return Ok(Json::Object(entries));
            }
            if !self.skip(b',') {
                return Err(self.wrong());
            }
        }
    }

    fn quoted(&mut self) -> Result<String, Problem> {
        if self.peek() != Some(b'"') {
            return Err(self.wrong());
        }
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            let end = rest.find(['"', '\\']).ok_or_else(|| self.wrong())?;
            text.push_str(&rest[..end]);
            self.at += end + 1;
            if rest.as_bytes().get(end) == Some(&b'"') {
                return Ok(text);
            }
            text.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Result<char, Problem> {
        let sign = self.peek().ok_or_else(|| self.wrong())?;
        self.at += 1;
        Ok(match sign {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'"' | b'\\' | b'/' => char::from(sign),
            b'u' => self.unit()?,
            _ => return Err(self.wrong()),
        })
    }

    /// A letter by its number, perhaps in two halves; a half alone stands for a letter that cannot be shown.
    fn unit(&mut self) -> Result<char, Problem> {
        let first = self.four_digits()?;
        if (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with("\\u") {
            self.at += 2;
            let second = self.four_digits()?;
            if (0xdc00..0xe000).contains(&second) {
                let letter = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(letter).unwrap_or('\u{fffd}'));
            }
            self.at -= 6;
        }
        Ok(char::from_u32(first).unwrap_or('\u{fffd}'))
    }

    fn four_digits(&mut self) -> Result<u32, Problem> {
        let digits = self.text.get(self.at..self.at + 4).ok_or_else(|| self.wrong())?;
        let number = u32::from_str_radix(digits, 16).map_err(|_| self.wrong())?;
        self.at += 4;
        Ok(number)
    }
}
