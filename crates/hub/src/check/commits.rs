//! Commits beside their objects, and the history of folders, computed anew.

use std::collections::{BTreeMap, HashMap};

use limpide_db::check::history::{self, CommitRow, ParentRow};
use limpide_db::runs;
use limpide_words::ObjectId;

use super::database::RESTORE_ROW;
use super::finding::Finding;
use super::repos::Repo;
use super::{Check, MOST, PAGE, Sound};
use crate::error::Result;
use crate::git::objects::CommitFacts;
use crate::git::store::{Store, Trees};
use crate::history::{folder_rows, numbered};

impl Check<'_> {
    pub(super) async fn commits(&self, repo: &Repo) -> Result<()> {
        let mut after = i64::MIN;
        loop {
            let page = history::commits(self.hub.db(), &repo.id, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.number;
            for row in page {
                self.look(|| self.commit(repo, row.number)).await?;
            }
        }
        self.look(|| self.strays(repo)).await
    }

    async fn strays(&self, repo: &Repo) -> Result<Vec<Finding>> {
        let rows = history::strays(self.hub.db(), &repo.id, MOST).await?;
        Ok(rows
            .into_iter()
            .map(|row| wrong(repo, "history", format!("{row} belongs to no commit")))
            .collect())
    }

    async fn commit(&self, repo: &Repo, number: i64) -> Result<Vec<Finding>> {
        let db = self.hub.db();
        let Some(row) = history::commit(db, &repo.id, number).await? else { return Ok(Vec::new()) };
        let parents = history::parents(db, &repo.id, &row.id).await?;
        let place = format!("commit {} (number {number})", row.id);
        let object = history::object(db, &repo.id, &row.id).await?;
        let told = match object.map(|object| (object.kind, object.data.unwrap_or_default())) {
            None => Err("its git object is not there".into()),
            Some((kind, _)) if kind != "commit" => Err(format!("its git object is a {kind}")),
            Some((_, bytes)) => told(&row, &parents, &bytes),
        };
        let mut found: Vec<Finding> = told.err().map(|what| wrong(repo, &place, what)).into_iter().collect();
        if parents.iter().any(|parent| parent.number.is_some_and(|parent| parent >= number)) {
            found.push(wrong(repo, &place, "a parent has no smaller number".into()));
        }
        if found.is_empty() {
            found.extend(self.folders(repo, &row, &parents).await?.map(|what| wrong(repo, &place, what)));
        }
        Ok(found)
    }

    /// What is wrong with the rows of `folder_history` of a commit.
    async fn folders(&self, repo: &Repo, row: &CommitRow, parents: &[ParentRow]) -> Result<Option<String>> {
        let mut before = Vec::new();
        for parent in parents {
            let (Some(number), Some(Ok(tree))) =
                (parent.number, parent.tree.as_ref().map(|tree| tree.parse()))
            else {
                // Forgotten by a squash: nothing can be said of what came from it.
                return Ok(None);
            };
            before.push((tree, u32::try_from(number).unwrap_or(u32::MAX)));
        }
        let Ok(tree) = row.tree.parse::<ObjectId>() else { return Ok(Some("its tree is no id".into())) };
        let store = Store { hub: self.hub, repository_id: &repo.id };
        let expected = match folder_rows(&mut Trees { store, fresh: HashMap::new() }, before, tree).await {
            Ok(rows) => rows,
            Err(error) => return Ok(Some(format!("{:#}", anyhow::Error::from(error)))),
        };
        let own = u32::try_from(row.number).unwrap_or(u32::MAX);
        let bytes = |numbers| runs::write(&numbered(numbers, own));
        let expected: BTreeMap<String, Vec<u8>> =
            expected.into_iter().map(|(path, numbers)| (path, bytes(numbers))).collect();
        let there = history::folders(self.hub.db(), &repo.id, row.number).await?;
        let there: BTreeMap<_, _> = there.into_iter().map(|folder| (folder.path, folder.numbers)).collect();
        let differs = |path: &&String| expected.get(*path) != there.get(*path);
        let first = expected.keys().chain(there.keys()).find(differs);
        Ok(first.map(|path| format!("folder_history of `{path}` is not what its trees say")))
    }
}

/// Whether the row of a commit says what its object says.
fn told(row: &CommitRow, parents: &[ParentRow], bytes: &[u8]) -> Sound<()> {
    let commit = CommitFacts::read(bytes)
        .map_err(|error| format!("its git object cannot be read: {:#}", anyhow::Error::from(error)))?;
    let same = [
        ("tree", commit.tree.to_string() == row.tree),
        ("title", commit.title == row.title.trim()),
        ("message", commit.message == row.message.trim()),
        ("author", commit.author == row.author),
        ("date", commit.date.seconds() == row.date.div_euclid(1_000_000)),
        (
            "parents",
            commit.parents.iter().map(ToString::to_string).eq(parents.iter().map(|p| p.parent_id.clone())),
        ),
        ("parents' order", (0..).zip(parents).all(|(at, parent)| parent.position == at)),
    ];
    match same.iter().find(|(_, same)| !same) {
        Some((what, _)) => Err(format!("its row has another {what} than its git object")),
        None => Ok(()),
    }
}

fn wrong(repo: &Repo, place: &str, what: String) -> Finding {
    Finding::damage("commit", what)
        .at(format!("{}, {place}", repo.called))
        .affects(format!("what is told of the history of {}; files are read by their trees", repo.called))
        .remedy(RESTORE_ROW)
}
