//! The columns of a table: what they are called and what they hold.

use serde_json::Value as Json;

/// The longest description of features that is read.
const LONGEST_FEATURES: usize = 1 << 20;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What it is called.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// The names of the classes that its numbers stand for, from the features that `datasets` writes; mostly none.
    pub labels: Vec<String>,
}

/// What a column holds, as the file says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// True or false.
    Truth,
    /// Whole numbers.
    Integer,
    /// Other numbers.
    Number,
    /// Dates, times and moments.
    Time,
    /// Text.
    Text,
    /// Bytes, which may be pictures or sound.
    Bytes,
    /// Lists, objects and the like.
    Nested,
    /// The file does not say: each cell is what it is.
    Any,
}

impl Kind {
    /// Its name in small letters, such as `integer`: the same in every version.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Truth => "truth",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Time => "time",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Nested => "nested",
            Self::Any => "any",
        }
    }
}

impl Column {
    pub(crate) fn any(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: Kind::Any, labels: Vec::new() }
    }
}

/// The features that `datasets` writes into the metadata of a file, under `huggingface`.
pub(crate) struct Features(Json);

impl Features {
    /// From the text of that key; what cannot be read says nothing.
    pub(crate) fn read(text: Option<&str>) -> Self {
        let text = text.filter(|text| text.len() <= LONGEST_FEATURES).unwrap_or_default();
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    /// The names of the classes of a column.
    pub(crate) fn labels(&self, column: &str) -> Vec<String> {
        let feature = &self.0["info"]["features"][column];
        let is_label = feature["_type"] == "ClassLabel";
        let names = feature["names"].as_array().filter(|_| is_label);
        names.into_iter().flatten().map(|name| name.as_str().unwrap_or_default().to_owned()).collect()
    }
}
