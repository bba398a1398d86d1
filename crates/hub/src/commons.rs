//! How open is what this hub holds: a picture of all public repositories.

use limpide_db::audits;

use crate::Hub;
use crate::error::Result;

/// How many public repositories have which letter, by what is verified.
#[derive(Debug, Clone, Default)]
pub struct Commons {
    /// How many have one.
    pub audited: i64,
    grades: Vec<audits::Graded>,
}

impl Commons {
    /// How many have this letter.
    pub fn graded(&self, letter: &str) -> i64 {
        self.grades.iter().find(|graded| graded.grade == letter).map_or(0, |graded| graded.repositories)
    }
}

impl Hub {
    /// How many public repositories have which letter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn commons(&self) -> Result<Commons> {
        let grades = audits::graded(self.db()).await?;
        Ok(Commons { audited: grades.iter().map(|graded| graded.repositories).sum(), grades })
    }
}
