//! From a repository's bytes to findings, contradictions and grades that anybody can re-run.
//!
//! [`audit`] reads a [`Source`] (a folder, a repository at a commit, a repository of another hub) and what lies
//! outside it (a [`World`]), and gives a [`Report`]: per [`Criterion`] what is claimed, what the bytes show, and
//! where the two contradict each other. Rubrics are data files; each grade comes three times, for what is verified,
//! for that and what is attested, and for whatever is claimed, and the distance between them is shown.
//!
//! Nothing here has a clock, a disk or a network: the same input gives the same bytes.

mod attestation;
mod audit;
mod canonical;
mod checkers;
mod contradictions;
mod criterion;
mod ledger;
pub mod mot;
pub mod present;
mod prose;
mod remark;
mod report;
mod rubric;
mod source;
mod status;
mod survey;

pub use attestation::{
    Attestation, Key, PublicKey, Refused, Role, Shown, SigningKey, Standing as AttestationStanding, Statement,
};
pub use audit::{Audit, audit};
pub use canonical::{canonical, digest};
pub use criterion::Criterion;
pub use ledger::Ledger;
pub use remark::Remark;
pub use report::{
    Base, Checker, Claim, Contradiction, Evidence, EvidenceKind, Facts, Finding, Grade, LicenceFact, Locator,
    Made, NamedDataset, Outcome, Parameters, Part, Report, SCHEMA, Severity, Span, Strength, Subject,
};
pub use rubric::{HEADLINE, grades};
pub use source::{
    Content, File, FileReader, Gate, Offline, Page, Reach, Ref, Source, Standing, Trouble, World,
};
pub use status::{Belief, Degree, Extent, Status};
