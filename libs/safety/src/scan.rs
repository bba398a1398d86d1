//! What a scan gives, and how it is written down while a file is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::antivirus::Antivirus;
use crate::event::{Event, What};

/// What was seen in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// The version of the code that looked; under another, the file may have to be read again.
    pub scanner: u32,
    /// What the file is, by its bytes, such as `pickle` or `torch-zip`.
    pub format: String,
    /// Its length in bytes.
    pub size: u64,
    /// Which of its bytes were understood.
    pub account: Account,
    /// What was seen.
    pub events: Vec<Event>,
    /// What a virus scanner said; none when none was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub antivirus: Option<Antivirus>,
}

impl Scan {
    /// Whether the file would be seen otherwise under another name: loaders choose texts by their names, such as
    /// `chat_template.jinja` or `setup.py`. What else a file is comes from its bytes alone.
    pub fn depends_on_name(&self) -> bool {
        NAMED.contains(&self.format.as_str())
    }
}

/// The formats of which [`Scan::depends_on_name`] tells.
const NAMED: [&str; 3] = ["text", "script", "empty"];

/// Which bytes of a file were understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// How many were.
    pub accounted: u64,
    /// What was not, first ones only.
    pub gaps: Vec<Gap>,
    /// How many gaps there are in all.
    pub gap_count: u64,
}

impl Account {
    /// Whether every byte was understood.
    pub fn is_whole(&self) -> bool {
        self.gap_count == 0
    }
}

/// Bytes that were not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Inside which member, as for [`Event::member`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Where they begin.
    pub begin: u64,
    /// Where they end.
    pub end: u64,
    /// Why, in few words that do not change, such as `after-the-end`, `budget` or `encrypted`.
    pub why: String,
}

/// Writes down what is seen. Bounded: the same event in the same member is counted, not repeated; and where there are
/// more events than are kept, that is a gap.
#[derive(Debug, Default)]
pub struct Recorder {
    seen: BTreeMap<(Option<String>, What), (u64, u64)>,
    member: Vec<String>,
    gaps: Vec<Gap>,
    gap_count: u64,
    /// How many of the members that were entered are unpacked.
    unpacked: usize,
    /// How many bytes of the file itself were not understood.
    missing: u64,
}

impl Recorder {
    /// The most bytes of a text from a file that an event keeps.
    pub const LONGEST_TEXT: usize = 256;
    /// The most different events that are kept.
    pub const MOST_EVENTS: usize = 10_000;
    /// The most gaps that are kept.
    pub const MOST_GAPS: usize = 100;

    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes into a member. [`Recorder::leave`] goes out of it.
    pub fn enter(&mut self, name: &str) {
        self.member.push(cut(name));
    }

    /// Goes into a member whose bytes are not those of the file. [`Recorder::leave_unpacked`] goes out of it.
    pub fn enter_unpacked(&mut self, name: &str) {
        self.unpacked += 1;
        self.enter(name);
    }

    /// Goes out of the unpacked member that was entered last.
    pub fn leave_unpacked(&mut self) {
        self.unpacked = self.unpacked.saturating_sub(1);
        self.leave();
    }

    /// Goes out of the member that was entered last.
    pub fn leave(&mut self) {
        self.member.pop();
    }

    /// Something was seen here.
    pub fn see(&mut self, at: u64, what: What) {
        self.see_often(at, what, 1);
    }

    /// Something was seen so many times, here first.
    pub fn see_often(&mut self, at: u64, what: What, times: u64) {
        let is_full = self.seen.len() >= Self::MOST_EVENTS;
        match self.seen.entry((self.member_name(), what)) {
            std::collections::btree_map::Entry::Occupied(mut seen) => seen.get_mut().1 += times,
            std::collections::btree_map::Entry::Vacant(place) if !is_full => {
                place.insert((at, times));
            }
            std::collections::btree_map::Entry::Vacant(_) => self.gap(at, at, "too-many-events"),
        }
    }

    /// Something about the structure was seen here.
    pub fn structure(&mut self, at: u64, kind: &str) {
        self.see(at, What::Structure { kind: kind.to_owned() });
    }

    /// Bytes from here to there were not understood.
    pub fn gap(&mut self, begin: u64, end: u64, why: &str) {
        self.gap_count += 1;
        if self.unpacked == 0 {
            self.missing = self.missing.saturating_add(end.saturating_sub(begin));
        }
        if self.gaps.len() < Self::MOST_GAPS {
            self.gaps.push(Gap { member: self.member_name(), begin, end, why: why.to_owned() });
        }
    }

    /// What was seen, of a file of this format and size. What was not understood of it is taken from what is accounted
    /// for; a gap inside what was unpacked has no length in the file.
    pub fn finish(self, scanner: u32, format: impl Into<String>, size: u64) -> Scan {
        let account = Account {
            accounted: size.saturating_sub(self.missing),
            gaps: self.gaps,
            gap_count: self.gap_count,
        };
        let events = self
            .seen
            .into_iter()
            .map(|((member, what), (at, count))| Event { what, member, at, count })
            .collect();
        Scan { scanner, format: format.into(), size, account, events, antivirus: None }
    }

    fn member_name(&self) -> Option<String> {
        (!self.member.is_empty()).then(|| self.member.join("!"))
    }
}

/// The beginning of a text, as much as an event keeps.
pub(crate) fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(Recorder::LONGEST_TEXT)].to_owned()
}
