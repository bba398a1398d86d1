//! Licences: which one a text or a tag means, and what it permits for code, data, weights and documents.
//!
//! Pure: texts and tags in, facts out. What is known of each licence is a table ([`table::version`] says which), what
//! is known of texts are their [fingerprints](Store): no text of others is part of this library. Terms that nobody
//! checked against the text are said to be unknown, never assumed.
//!
//! ```
//! use limpide_licences::{Artefact, Licence, Openness, openness};
//!
//! let gemma = Licence::find("gemma").expect("the table knows it");
//! assert!(matches!(openness(gemma, Artefact::Weights), Openness::NotOpen(_)));
//! ```

mod agreement;
mod clauses;
pub mod mot;
mod openness;
mod restriction;
pub mod table;
mod tag;
mod text;

pub use agreement::{Agreement, tag_against_text};
pub use clauses::{Clause, ClauseKind};
pub use openness::{Artefact, Openness, Reason, openness};
pub use restriction::{Period, Restriction, restrictions, stricter};
pub use table::{Licence, Permission, Terms};
pub use tag::Tag;
pub use text::{
    Contained, Identification, LONGEST, Malformed, Removed, Span, Store, TooLong, Verdict, identify,
};
