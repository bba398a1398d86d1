//! How levels are written, and which level a verdict gives to a single event.

use std::fmt;
use std::str::FromStr;

use crate::event::Event;
use crate::policy::{Level, Verdict};

/// A word that is no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of clean, needs-review, partial, suspicious and malicious")]
pub struct NoLevel(pub String);

impl Level {
    /// Every level, the best first.
    pub const ALL: [Self; 5] =
        [Self::Clean, Self::NeedsReview, Self::Partial, Self::Suspicious, Self::Malicious];

    /// The word for it, as in databases and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::NeedsReview => "needs-review",
            Self::Partial => "partial",
            Self::Suspicious => "suspicious",
            Self::Malicious => "malicious",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = NoLevel;

    fn from_str(word: &str) -> Result<Self, NoLevel> {
        Self::ALL.into_iter().find(|level| level.as_str() == word).ok_or_else(|| NoLevel(word.to_owned()))
    }
}

impl Verdict {
    /// The worst level of the reasons that rest on this event; clean when none does.
    pub fn level_of(&self, event: &Event) -> Level {
        let reasons = self.reasons.iter().filter(|reason| reason.event.as_ref() == Some(event));
        reasons.map(|reason| reason.level).max().unwrap_or(Level::Clean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_json() {
        for level in Level::ALL {
            assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
            assert_eq!(level.as_str().parse(), Ok(level));
        }
        assert!("bad".parse::<Level>().is_err());
    }
}
