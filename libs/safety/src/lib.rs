//! What a file would do if it were loaded, read without running it; and what is to be thought of that.
//!
//! Reading and judging are apart. [`Scan`] holds what was seen: events, each with its place, and an account of every
//! byte. A policy, a versioned data file, says afterwards what they amount to. Under new rules the same events are judged
//! again, and no file is read twice.

mod antivirus;
mod event;
mod inspect;
mod level;
mod operations;
pub mod pickle;
mod policy;
mod scan;
mod texts;
mod walk;

pub use antivirus::{Antivirus, Said};
pub use event::{CallKind, Event, What};
pub use inspect::inspect;
pub use level::NoLevel;
pub use policy::{Level, Policy, PolicyId, PolicyProblem, RULES, Reason, Verdict};
pub use scan::{Account, Gap, Recorder, Scan};
pub use texts::keras_config;
pub use walk::{SCANNER, scan, telling_name};
