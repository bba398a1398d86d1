//! The repositories that cards name, and those whose cards name others: many at once, as far as the caller may see them.

use std::collections::HashMap;

use limpide_db::{facets, repos};
use limpide_words::{Kind, RepoId};

use crate::access::Caller;
use crate::error::Result;
use crate::listing::{Listed, Query};
use crate::{Hub, Sort};

impl Hub {
    /// The repositories of these names that the caller may see, each under the folded name that was asked for, which may
    /// be one from before it moved.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn called(
        &self,
        caller: &Caller,
        kind: Kind,
        names: &[RepoId],
    ) -> Result<HashMap<String, Listed>> {
        if names.is_empty() {
            return Ok(HashMap::new());
        }
        let names: Vec<String> = names.iter().map(RepoId::folded).collect();
        let called = repos::called(self.db(), kind, &names).await?;
        let ids: Vec<String> = called.iter().map(|called| called.repository_id.clone()).collect();
        let query = Query {
            kind: Some(kind),
            limit: ids.len(),
            ids: Some(ids),
            sort: Sort::Created,
            ..Query::of_all()
        };
        let seen = self.list(caller, query).await?.repos;
        let seen: HashMap<&str, &Listed> = seen.iter().map(|seen| (seen.repo.id.as_str(), seen)).collect();
        let called = called.into_iter().filter_map(|called| {
            let listed = *seen.get(called.repository_id.as_str())?;
            Some((called.name, listed.clone()))
        });
        Ok(called.collect())
    }

    /// The worst that a scan found in `main` of each of these repositories, by their ids; the others were not scanned.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn safety_levels(&self, repository_ids: &[&str]) -> Result<HashMap<String, String>> {
        let values = facets::values(self.db(), repository_ids, "safety").await?;
        Ok(values.into_iter().map(|of| (of.repository_id, of.value)).collect())
    }
}
