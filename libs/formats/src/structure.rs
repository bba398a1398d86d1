//! What a file holds, told alike for all formats: tensors, metadata, members, and the code that it names.

use serde::Serialize;

/// The most tensors, texts, members and imports that are kept of each.
pub const MOST: usize = 100_000;

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Structure {
    /// What the file is, by its bytes, such as `safetensors`.
    pub format: String,
    /// Its tensors; of a table, its columns.
    pub tensors: Vec<Tensor>,
    /// What it says of itself, by key.
    pub metadata: Vec<(String, String)>,
    /// The files that it holds.
    pub members: Vec<Member>,
    /// What its pickles import, as modules and names, or its graphs do beside calculating, as domains and names.
    pub imports: Vec<(String, String)>,
    /// Files that it refers to.
    pub references: Vec<String>,
    /// The template of a chat.
    pub template: Option<String>,
    /// Whether there is more than is told, or part of it could not be read.
    pub is_partial: bool,
}

/// One tensor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tensor {
    /// Its name, as written; nothing says that it is fit for a path or a page.
    pub name: String,
    /// The type of its elements, as its format calls it.
    pub dtype: String,
    /// Its sides, the slowest first.
    pub shape: Vec<u64>,
    /// Where its bytes lie.
    pub place: Place,
    /// The member of an archive that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
}

/// Where the bytes of a tensor lie.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// It is not told, or there are none.
    #[default]
    Nowhere,
    /// In one piece of this file.
    Inside {
        /// Where they begin.
        begin: u64,
        /// Where they end.
        end: u64,
    },
    /// In pieces of this file, so many bytes in all, as they are stored.
    Pieces {
        /// The bytes.
        bytes: u64,
    },
    /// In another file.
    Outside {
        /// Its path.
        path: String,
    },
}

/// A file inside a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Its name, as written.
    pub name: String,
    /// Its length, unpacked, as it is told.
    pub size: u64,
}

impl From<std::ops::Range<u64>> for Place {
    fn from(range: std::ops::Range<u64>) -> Self {
        Self::Inside { begin: range.start, end: range.end }
    }
}
