//! What a virus scanner outside this program said of a file, and which: it stands beside what was seen here.

use serde::{Deserialize, Serialize};

use crate::event::{Event, What};
use crate::scan::{Scan, cut};

/// What a virus scanner said of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Antivirus {
    /// The scanner, its version and that of what it knows, as it says so itself: `ClamAV 1.4.6/27800/…`; none where it
    /// was away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// What it said.
    #[serde(flatten)]
    pub said: Said,
}

/// What can be said of a file. Only the first word means that all of it was looked at and nothing was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "kebab-case")]
pub enum Said {
    /// It knows nothing bad of it.
    Clean,
    /// It knows it.
    Found {
        /// Under this name.
        name: String,
    },
    /// The file, or what is in it, is more than it looks at.
    TooLarge,
    /// It could not be reached, and may be asked again.
    Away {
        /// Why not.
        why: String,
    },
    /// It was reached and gave no answer that tells anything, or the file could not be read to it.
    Failed {
        /// What happened.
        why: String,
    },
}

impl Said {
    /// The word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Found { .. } => "found",
            Self::TooLarge => "too-large",
            Self::Away { .. } => "away",
            Self::Failed { .. } => "failed",
        }
    }

    /// Whether asking again would give nothing new.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Clean | Self::Found { .. } | Self::TooLarge)
    }
}

impl Antivirus {
    /// It could not be reached.
    pub fn away(why: impl Into<String>) -> Self {
        Self { engine: None, said: Said::Away { why: why.into() } }
    }
}

impl Scan {
    /// The same, with what a virus scanner says, in place of what one said before. What it found is an event like any
    /// other, so that the policy judges it.
    #[must_use]
    pub fn looked_at(mut self, antivirus: Antivirus) -> Self {
        self.events.retain(|event| !matches!(event.what, What::Virus { .. }));
        if let Said::Found { name } = &antivirus.said {
            self.events.push(Event { what: What::Virus { name: cut(name) }, member: None, at: 0, count: 1 });
        }
        self.antivirus = Some(antivirus);
        self
    }
}
