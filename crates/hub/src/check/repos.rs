//! Repositories: their names, their refs, their figures and what is kept of their card.

use std::collections::BTreeSet;

use futures::{StreamExt, TryStreamExt};
use limpide_db::check::history::{self, RefRow, RepoRow};
use limpide_words::{Kind, ObjectId, OwnerName, RefName, RepoId, RepoName};

use super::database::RESTORE_ROW;
use super::finding::Finding;
use super::progress::Count;
use super::{Check, MOST, Sound};
use crate::error::Result;
use crate::git::objects::tag_target;
use crate::git::store::Store;
use crate::git::tree::Tree;
use limpide_formats::card::Card;

/// A repository that is looked at.
pub(super) struct Repo {
    pub(super) id: String,
    /// `model ada/tiny`, for people.
    pub(super) called: String,
}

impl Check<'_> {
    pub(super) async fn repositories(&self) -> Result<()> {
        self.progress.enter("repositories");
        let mut after = String::new();
        loop {
            let page = history::repo_ids(self.hub.db(), &after, 100).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.clone();
            let all = futures::stream::iter(page).map(|id| self.repository(id));
            all.buffer_unordered(self.at_once).try_collect::<Vec<()>>().await?;
        }
    }

    async fn repository(&self, id: String) -> Result<()> {
        let Some(row) = history::repo(self.hub.db(), &id).await? else { return Ok(()) };
        let repo = Repo { called: called(&row), id };
        self.look(|| self.repo_row(&repo)).await?;
        self.look(|| self.refs(&repo)).await?;
        self.objects(&repo).await?;
        self.commits(&repo).await?;
        self.large_files(&repo).await?;
        self.look(|| self.card(&repo)).await?;
        self.audits(&repo).await?;
        self.progress.add(Count::Repositories, 1);
        Ok(())
    }

    async fn repo_row(&self, repo: &Repo) -> Result<Vec<Finding>> {
        let Some(row) = history::repo(self.hub.db(), &repo.id).await? else { return Ok(Vec::new()) };
        let mut wrong = Vec::new();
        wrong.extend(wrong_name(&row));
        if !["false", "auto", "manual"].contains(&row.gated.as_str()) {
            wrong.push(format!("`gated` is `{}`, which is none of its values", row.gated));
        }
        if row.likes != row.liked {
            wrong.push(format!("it is said to have {} likes and has {}", row.likes, row.liked));
        }
        if row.size != row.blobs + row.large {
            wrong.push(format!(
                "its size is noted as {}, its files add up to {}",
                row.size,
                row.blobs + row.large
            ));
        }
        if row.commits < row.newest {
            wrong.push(format!("its newest commit is noted as {}, and is {}", row.commits, row.newest));
        }
        if row.downloads < 0 {
            wrong.push(format!("it was downloaded {} times", row.downloads));
        }
        let finding = |what| {
            Finding::damage("repository-row", what)
                .at(format!("table `repositories`, {} ({})", repo.called, repo.id))
                .affects(format!("what lists and pages say of {}; no bytes of files", repo.called))
                .remedy(RESTORE_ROW)
        };
        Ok(wrong.into_iter().map(finding).collect())
    }

    async fn refs(&self, repo: &Repo) -> Result<Vec<Finding>> {
        let rows = history::refs(self.hub.db(), &repo.id).await?;
        let Some(_) = history::repo(self.hub.db(), &repo.id).await? else { return Ok(Vec::new()) };
        self.progress.add(Count::Refs, rows.len() as u64);
        let (mut found, mut roots) = (Vec::new(), Vec::new());
        for row in &rows {
            match self.ref_commit(repo, row).await? {
                Ok(commit) => roots.push(commit),
                Err(what) => found.push(wrong_ref(repo, &row.name, what)),
            }
        }
        if !rows.iter().any(|row| row.name == RefName::main().as_str()) {
            found.push(wrong_ref(repo, "refs/heads/main", "there is no branch main".into()));
        }
        for id in history::lost_commits(self.hub.db(), &repo.id, &roots, MOST).await? {
            found.push(
                Finding::damage(
                    "commit-missing",
                    format!("the commit {id} is not there, but others lead to it"),
                )
                .at(format!("{}, table `commits`", repo.called))
                .affects(format!("the history of {} before it", repo.called))
                .remedy(
                    "restore the database from a backup, or squash the branches (`super_squash_history`)",
                ),
            );
        }
        Ok(found)
    }

    /// The commit that a ref stands for, or what is wrong with the ref.
    async fn ref_commit(&self, repo: &Repo, row: &RefRow) -> Result<Sound<String>> {
        if let Err(unfit) = row.name.parse::<RefName>() {
            return Ok(Err(unfit.to_string()));
        }
        let target = &row.target;
        Ok(match (row.kind.as_deref(), row.number) {
            (None, _) => Err(format!("it stands on {target}, which is not there")),
            (Some("commit"), Some(_)) => Ok(target.clone()),
            (Some("commit"), None) => {
                Err(format!("it stands on {target}, which is no commit of this repository"))
            }
            (Some("tag"), _) if row.name.starts_with("refs/tags/") => self.tagged(repo, target).await?,
            (Some(kind), _) => Err(format!("it stands on {target}, which is a {kind}")),
        })
    }

    async fn tagged(&self, repo: &Repo, tag: &str) -> Result<Sound<String>> {
        let Some(row) = history::object(self.hub.db(), &repo.id, tag).await? else {
            return Ok(Err(format!("the tag object {tag} is not there")));
        };
        let Ok(commit) = tag_target(row.data.as_deref().unwrap_or_default()) else {
            return Ok(Err(format!("the tag object {tag} cannot be read")));
        };
        match history::kinds(self.hub.db(), &repo.id, &[commit.to_string()]).await?.pop() {
            Some(found) if found.kind == "commit" => Ok(Ok(commit.to_string())),
            _ => Ok(Err(format!("the tag object {tag} stands for {commit}, which is no commit here"))),
        }
    }

    /// Whether what is kept of the card is what `README.md` on main says.
    async fn card(&self, repo: &Repo) -> Result<Vec<Finding>> {
        let db = self.hub.db();
        let Some(row) = history::repo(db, &repo.id).await? else { return Ok(Vec::new()) };
        let Ok(kind) = row.kind.parse::<Kind>() else { return Ok(Vec::new()) };
        let refs = history::refs(db, &repo.id).await?;
        let main = refs.into_iter().find(|found| found.name == RefName::main().as_str());
        let Some(number) = main.and_then(|found| found.number) else { return Ok(Vec::new()) };
        let Some(commit) = history::commit(db, &repo.id, number).await? else { return Ok(Vec::new()) };
        let Ok(tree) = commit.tree.parse::<ObjectId>() else { return Ok(Vec::new()) };
        let store = Store { hub: self.hub, repository_id: &repo.id };
        // What cannot be read has been told of as an object.
        let Ok(bytes) = store.bytes(tree).await else { return Ok(Vec::new()) };
        let Ok(tree) = Tree::read(bytes) else { return Ok(Vec::new()) };
        let card = match tree.find(b"README.md").filter(|entry| entry.mode.is_blob()) {
            Some(entry) => match store.bytes(entry.id).await {
                Ok(bytes) => Card::read(&bytes, kind),
                Err(_) => return Ok(Vec::new()),
            },
            None => Card::default(),
        };
        let tags = history::tags(db, &repo.id).await?;
        let wanted: BTreeSet<&str> = card.tags.iter().map(String::as_str).collect();
        let mut wrong = Vec::new();
        if row.card != card.json() {
            wrong.push("what is kept of its card is not what README.md on main says");
        }
        if wanted != tags.iter().map(String::as_str).collect() {
            wrong.push("its tags are not those that README.md on main gives");
        }
        let finding = |what: &str| {
            Finding::damage("card", what)
                .at(format!("tables `repositories` and `tags`, {} ({})", repo.called, repo.id))
                .affects(format!("how {} is found and shown; no bytes of files", repo.called))
                .remedy("commit README.md again, changed by a blank")
        };
        Ok(wrong.into_iter().map(finding).collect())
    }
}

fn wrong_ref(repo: &Repo, name: &str, what: String) -> Finding {
    Finding::damage("ref", what)
        .at(format!("{}, ref {name}", repo.called))
        .affects(format!("all files of {} at {name}", repo.called))
        .remedy("restore the database from a backup; commits that are left are found by their ids")
}

fn wrong_name(row: &RepoRow) -> Option<String> {
    let Some(owner) = &row.owner else { return Some("its owner is not there".into()) };
    if let Err(unfit) = row.kind.parse::<Kind>() {
        return Some(unfit.to_string());
    }
    let (owner, name) = match (owner.parse::<OwnerName>(), row.name.parse::<RepoName>()) {
        (Ok(owner), Ok(name)) => (owner, name),
        (Err(unfit), _) | (_, Err(unfit)) => return Some(unfit.to_string()),
    };
    let id = RepoId { owner, name };
    let differs = row.folded != id.name.folded() || row.search != id.folded();
    differs.then(|| format!("it is found under `{}` and `{}` instead of its name", row.folded, row.search))
}

fn called(row: &RepoRow) -> String {
    format!("{} {}/{}", row.kind, row.owner.as_deref().unwrap_or("?"), row.name)
}
