//! Rubrics: versioned data files that turn findings into grades.

use crate::report::{Outcome, Report};

/// What every rubric says of a report, in the order of their ids.
pub fn grades(_report: &Report) -> Vec<Outcome> {
    Vec::new()
}
