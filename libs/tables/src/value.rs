//! The value of a cell.

use std::borrow::Cow;
use std::fmt;

use limpide_formats::data_file::{Content, DataFile};

/// The longest text of a nested value that is made.
pub(crate) const LONGEST_NESTED: usize = 16 << 10;

/// The value of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Missing,
    /// True or false.
    Truth(bool),
    /// A whole number.
    Integer(i128),
    /// Another number.
    Number(f64),
    /// A number with a fixed number of digits, as it is written.
    Decimal(String),
    /// A date, a time or a moment (in UTC, where the file says so), by ISO 8601.
    Time(String),
    /// Text.
    Text(String),
    /// What stands in a file that does not say what it is: text, or a number as it is written.
    Written(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A list, an object or the like, as JSON; cut where it is longer than 16 KiB.
    Nested(String),
}

/// What bytes show or sound like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// A picture, with its media type.
    Image(&'static str),
    /// Sound, with its media type.
    Audio(&'static str),
}

impl Value {
    /// Whether there is nothing.
    pub fn is_missing(&self) -> bool {
        match self {
            Self::Missing => true,
            Self::Written(text) => text.is_empty(),
            Self::Number(number) => number.is_nan(),
            _ => false,
        }
    }

    /// The number that it is, finite.
    pub fn number(&self) -> Option<f64> {
        let number = match self {
            Self::Integer(number) => *number as f64,
            Self::Number(number) => *number,
            Self::Decimal(text) | Self::Written(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        number.is_finite().then_some(number)
    }

    /// The text that a reader sees. Bytes have none.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Missing | Self::Bytes(_) => "".into(),
            Self::Truth(truth) => if *truth { "true" } else { "false" }.into(),
            Self::Integer(number) => number.to_string().into(),
            Self::Number(number) => Written(*number).to_string().into(),
            Self::Decimal(text)
            | Self::Time(text)
            | Self::Text(text)
            | Self::Written(text)
            | Self::Nested(text) => text.into(),
        }
    }

    /// What its bytes show or sound like, where it has some that a browser can be given.
    pub fn media(&self) -> Option<Media> {
        let Self::Bytes(bytes) = self else { return None };
        let prefix = &bytes[..bytes.len().min(4096)];
        Some(match DataFile::recognise(prefix, bytes.len() as u64).content {
            Content::Image("png") => Media::Image("image/png"),
            Content::Image("jpeg") => Media::Image("image/jpeg"),
            Content::Image("gif") => Media::Image("image/gif"),
            Content::Image("webp") => Media::Image("image/webp"),
            Content::Audio("wav") => Media::Audio("audio/wav"),
            Content::Audio("flac") => Media::Audio("audio/flac"),
            Content::Audio("ogg") => Media::Audio("audio/ogg"),
            Content::Audio("mp3") => Media::Audio("audio/mpeg"),
            _ => return None,
        })
    }
}

/// A number, with an exponent only where it would be long without.
struct Written(f64);

impl fmt::Display for Written {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.abs();
        if magnitude != 0.0 && !(1e-6..1e16).contains(&magnitude) && magnitude.is_finite() {
            write!(out, "{:e}", self.0)
        } else {
            write!(out, "{}", self.0)
        }
    }
}
