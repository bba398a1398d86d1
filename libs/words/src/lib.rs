//! What every floor calls things, each checked once.
//!
//! Text from outside becomes one of these types at the door; from there on nobody asks again.
//!
//! ```
//! use limpide_words::{FilePath, RepoId};
//!
//! let id: RepoId = "ada/tiny-bert".parse()?;
//! assert_eq!(id.name.as_str(), "tiny-bert");
//! assert!("weights/../../etc/passwd".parse::<FilePath>().is_err());
//! # Ok::<(), limpide_words::Unfit>(())
//! ```

mod file_path;
mod kind;
mod moment;
mod names;
mod object_id;
mod revision;
mod text;

pub use file_path::FilePath;
pub use kind::Kind;
pub use moment::Moment;
pub use names::{OwnerName, RepoId, RepoName};
pub use object_id::{ObjectId, Sha256};
pub use revision::{RefName, Revision};

/// Text that cannot be what it was meant to be: names the thing, the text and the rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid {what}: {rule}")]
pub struct Unfit {
    /// What the text was meant to be, such as "file path".
    pub what: &'static str,
    /// The text, shortened to a length that fits in a message.
    pub text: String,
    /// The rule that it breaks.
    pub rule: &'static str,
}

impl Unfit {
    fn new(what: &'static str, text: &str, rule: &'static str) -> Self {
        let mut text: String = text.chars().take(100).collect();
        text.retain(|character| !character.is_control());
        Self { what, text, rule }
    }
}
