//! The lines of a commit: JSON objects with a `key` and a `value`, a header first, then one change each.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use limpide_words::{FilePath, Sha256};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::Problem;

/// One line, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// What the commit says of itself.
    Header(Header),
    /// Puts a file whose bytes stand in the line.
    File {
        /// Where.
        path: FilePath,
        /// Its bytes.
        bytes: Bytes,
    },
    /// Puts a file whose bytes were uploaded before.
    LfsFile {
        /// Where.
        path: FilePath,
        /// The SHA-256 of its bytes.
        sha256: Sha256,
        /// How many bytes it has, if the client says so.
        size: Option<u64>,
    },
    /// Removes a file.
    DeletedFile(FilePath),
    /// Removes a folder.
    DeletedFolder(FilePath),
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(rename = "CommitHeader")]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// The first line of the message.
    pub summary: String,
    /// The rest of the message.
    #[serde(default)]
    pub description: String,
    /// The commit that the client takes for the newest, or the beginning of its id.
    pub parent_commit: Option<String>,
}

/// A line as it is sent: its own description is in its schema.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CommitLine")]
#[serde(tag = "key", content = "value", rename_all = "camelCase")]
pub enum Sent {
    /// What the commit says of itself.
    Header(Header),
    /// Puts a file whose bytes stand in the line.
    File(SentFile),
    /// Puts a file whose bytes were uploaded before.
    LfsFile(SentLfsFile),
    /// Removes a file.
    DeletedFile(SentPath),
    /// Removes a folder.
    DeletedFolder(SentPath),
}

/// A file as it is sent.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CommitFile")]
pub struct SentFile {
    path: String,
    content: String,
    encoding: Option<Encoding>,
}

#[derive(Deserialize, Clone, Copy, JsonSchema)]
enum Encoding {
    #[serde(rename = "base64")]
    Base64,
    #[serde(rename = "utf-8")]
    Utf8,
}

/// A large file as it is sent.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CommitLfsFile")]
pub struct SentLfsFile {
    path: String,
    #[schemars(with = "String")]
    oid: Sha256,
    algo: Option<Algorithm>,
    size: Option<u64>,
}

#[derive(Deserialize, Clone, Copy, JsonSchema)]
enum Algorithm {
    #[serde(rename = "sha256")]
    Sha256,
}

/// A path as it is sent.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "CommitPath")]
pub struct SentPath {
    path: String,
}

impl Line {
    /// Reads one line.
    ///
    /// # Errors
    /// `Malformed` when it is no such line, `Unfit` for a path that no file can have.
    pub fn read(line: &[u8]) -> Result<Self, Problem> {
        let sent = serde_json::from_slice(line).map_err(|error| malformed(&error.to_string()))?;
        Ok(match sent {
            Sent::Header(header) => Self::Header(header),
            Sent::File(file) => file.check()?,
            Sent::LfsFile(SentLfsFile { path, oid, algo: None | Some(Algorithm::Sha256), size }) => {
                Self::LfsFile { path: path.parse()?, sha256: oid, size }
            }
            Sent::DeletedFile(SentPath { path }) => Self::DeletedFile(path.parse()?),
            Sent::DeletedFolder(SentPath { path }) => {
                Self::DeletedFolder(path.trim_end_matches('/').parse()?)
            }
        })
    }
}

impl SentFile {
    fn check(self) -> Result<Line, Problem> {
        let path: FilePath = self.path.parse()?;
        let bytes = match self.encoding {
            None | Some(Encoding::Base64) => STANDARD
                .decode(self.content)
                .map_err(|_| malformed(&format!("the content of `{path}` is not base64")))?,
            Some(Encoding::Utf8) => self.content.into_bytes(),
        };
        Ok(Line::File { path, bytes: bytes.into() })
    }
}

/// The refusal of a body that is not such lines.
pub fn malformed(problem: &str) -> Problem {
    Problem::Malformed(format!("The body of a commit is lines of JSON, a header first; here {problem}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_one_change() {
        let file = br#"{"key":"file","value":{"path":"a/b.txt","content":"aGk=","encoding":"base64"}}"#;
        let expected = Line::File { path: "a/b.txt".parse().unwrap(), bytes: Bytes::from_static(b"hi") };
        assert_eq!(Line::read(file), Ok(expected));
        let folder = br#"{"value":{"path":"data/"},"key":"deletedFolder"}"#;
        assert_eq!(Line::read(folder), Ok(Line::DeletedFolder("data".parse().unwrap())));
    }

    #[test]
    fn what_is_no_change_is_refused_with_the_reason() {
        let problem = |line: &str| Line::read(line.as_bytes()).unwrap_err();
        for malformed in [
            r#"{"key":"file","value":{"path":"a","content":"?"}}"#,
            r#"{"key":"file","value":{"path":"a","content":"","encoding":"utf-7"}}"#,
            r#"{"key":"lfsFile","value":{"path":"a","oid":"abc"}}"#,
            r#"{"key":"renamed","value":{"path":"a"}}"#,
            "[]",
        ] {
            assert!(matches!(problem(malformed), Problem::Malformed(_)), "{malformed}");
        }
        let climbing = r#"{"key":"deletedFile","value":{"path":"../a"}}"#;
        assert!(matches!(problem(climbing), Problem::Unfit(_)));
    }
}
