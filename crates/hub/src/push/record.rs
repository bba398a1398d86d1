//! Records a push: what it needs, then its refs, in one transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use gix_object::Kind;
use limpide_db::commits::{self, NewCommit as NewRow};
use limpide_db::{Tx, events, folder_history, git_objects, refs, repos, tags};
use limpide_formats::card::Card;
use limpide_git::{Command, ObjectKind, ObjectReader, Outcome, Sent};
use limpide_words::{ObjectId, RefName};
use serde_json::json;

use super::Push;
use super::graph::Graph;
use super::walk::Seen;
use crate::changing;
use crate::error::{Error, Result};
use crate::git::objects::{CommitFacts, Object};
use crate::history::{self, Content};
use crate::refs::in_the_way;

/// Objects, and bytes of them, that are handled at a time.
const PAGE: usize = 256;
const BATCH: u64 = 4 << 20;

/// What came of recording a push.
pub(super) enum Recorded {
    /// What became of each ref.
    Done(Vec<Outcome>),
    /// Nothing is done: the repository has changed in a way that matters.
    Overtaken,
    /// Nothing is done: some refs cannot be moved, and what only they lead to is not wanted.
    Refused(Vec<Outcome>),
}

impl Push {
    /// Keeps these objects, in the order of their kinds: what others name comes before these.
    pub(super) async fn keep(
        &mut self,
        reached: &HashSet<ObjectId>,
        sent: &HashMap<ObjectId, Sent>,
        reader: &mut ObjectReader,
    ) -> Result<()> {
        let mut wanted: Vec<Sent> = reached.iter().filter_map(|id| sent.get(id)).copied().collect();
        let order = |kind| match kind {
            ObjectKind::Blob => 0,
            ObjectKind::Tree => 1,
            ObjectKind::Commit => 2,
            ObjectKind::Tag => 3,
        };
        wanted.sort_unstable_by_key(|sent| (order(sent.kind), sent.id));
        let mut rest = wanted.as_slice();
        while !rest.is_empty() {
            let mut bytes = 0;
            let fits = |sent: &&Sent| {
                bytes += sent.size;
                bytes <= BATCH
            };
            let length = rest.iter().take(PAGE).take_while(fits).count().max(1);
            let (page, after) = rest.split_at(length);
            rest = after;
            let ids: Vec<ObjectId> = page.iter().map(|sent| sent.id).collect();
            let known =
                git_objects::blob_facts(self.hub.db(), &self.repo.repo().id, ids.iter().copied()).await?;
            let known: HashSet<ObjectId> = known.into_iter().map(|fact| fact.id).collect();
            let new: Vec<ObjectId> = ids.into_iter().filter(|id| !known.contains(id)).collect();
            let mut objects = Vec::with_capacity(new.len());
            for (id, object) in new.iter().zip(reader.read(&new).await?) {
                let (kind, bytes) = object.ok_or_else(|| {
                    Error::Internal(anyhow::anyhow!("the object {id} was sent, and is gone"))
                })?;
                objects.push(Object { id: *id, kind: stored(kind), bytes });
            }
            self.keeper.keep(objects).await?;
        }
        Ok(())
    }

    /// Records new commits and moves the refs.
    pub(super) async fn record(
        &self,
        graph: &Graph,
        seen: Seen,
        card: Option<Card>,
        reader: &mut ObjectReader,
    ) -> Result<Recorded> {
        let repo = self.repo.repo();
        let mut tx = changing::begin(self.hub.db(), &repo.id).await?;
        if self.is_overtaken(&mut tx, graph).await? {
            return Ok(Recorded::Overtaken);
        }
        let mut outcomes = self.check_refs(&mut tx, graph).await?;
        if self.request.atomic && outcomes.iter().any(Outcome::is_err) {
            outcomes = all_or_nothing(outcomes);
        }
        if outcomes.iter().all(Outcome::is_err) {
            return Ok(Recorded::Done(outcomes));
        }
        if graph.tips.iter().zip(&outcomes).any(|(tip, outcome)| tip.is_ok() && outcome.is_err()) {
            return Ok(Recorded::Refused(outcomes));
        }
        let date = self.hub.clock().now();
        let content = Content { objects: self.keeper.waiting(), lfs_files: &seen.lfs_files, date };
        history::add_content(&self.hub, &mut tx, repo, content).await?;
        self.insert_commits(&mut tx, graph, &seen.numbers, reader).await?;
        folder_history::insert(&mut tx, &repo.id, &seen.folders).await?;
        for ((command, tip), _) in self
            .request
            .commands
            .iter()
            .zip(&graph.tips)
            .zip(&outcomes)
            .filter(|(_, outcome)| outcome.is_ok())
        {
            self.move_ref(&mut tx, command, tip.as_ref().ok().copied().flatten().map(|tip| tip.target))
                .await?;
        }
        let main = self.request.commands.iter().position(|command| command.name == RefName::main().as_str());
        if main.is_some_and(|place| outcomes[place].is_ok()) {
            repos::set_modified(&mut tx, &repo.id, date).await?;
            if let Some(card) = card {
                repos::set_card(&mut tx, &repo.id, &card.json()).await?;
                tags::replace(&mut tx, &repo.id, &card.tags).await?;
            }
        }
        tx.commit().await?;
        Ok(Recorded::Done(outcomes))
    }

    /// Whether commits are gone that the new ones stand on, or some of these have come another way.
    async fn is_overtaken(&self, tx: &mut Tx, graph: &Graph) -> Result<bool> {
        let repository_id = &self.repo.repo().id;
        let below: Vec<ObjectId> = graph.stands_on().into_iter().collect();
        for page in below.chunks(1000) {
            if commits::find(&mut *tx, repository_id, page.iter().copied()).await?.len() < page.len() {
                return Ok(true);
            }
        }
        for page in graph.commits.chunks(1000) {
            if !commits::find(&mut *tx, repository_id, page.iter().map(|commit| commit.id)).await?.is_empty()
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What can be done to each ref, now that nobody else moves them.
    async fn check_refs(&self, tx: &mut Tx, graph: &Graph) -> Result<Vec<Outcome>> {
        let all = refs::all(&mut *tx, &self.repo.repo().id).await?;
        let mut all: BTreeMap<RefName, ObjectId> =
            all.into_iter().map(|found| (found.name, found.target)).collect();
        let mut outcomes = vec![Ok(()); graph.tips.len()];
        // What is deleted makes room for what is created.
        for deletes in [true, false] {
            for (place, (command, tip)) in self.request.commands.iter().zip(&graph.tips).enumerate() {
                if command.new.is_none() == deletes {
                    outcomes[place] = match tip {
                        Ok(_) => check_ref(&mut all, command),
                        Err(why) => Err(why.clone()),
                    };
                }
            }
        }
        Ok(outcomes)
    }

    async fn insert_commits(
        &self,
        tx: &mut Tx,
        graph: &Graph,
        numbers: &HashMap<ObjectId, u32>,
        reader: &mut ObjectReader,
    ) -> Result<()> {
        for page in graph.commits.chunks(PAGE) {
            let ids: Vec<ObjectId> = page.iter().map(|commit| commit.id).collect();
            let mut rows = Vec::with_capacity(page.len());
            for (commit, object) in page.iter().zip(reader.read(&ids).await?) {
                let (_, bytes) = object.ok_or_else(|| {
                    Error::Internal(anyhow::anyhow!("the commit {} was sent, and is gone", commit.id))
                })?;
                let mut row = CommitFacts::read(&bytes)?.row(commit.id);
                row.number = numbers.get(&commit.id).copied().map_or(0, i64::from);
                rows.push(NewRow { commit: row, parents: commit.parents.clone() });
            }
            commits::insert(tx, &self.repo.repo().id, &rows).await?;
        }
        Ok(())
    }

    async fn move_ref(&self, tx: &mut Tx, command: &Command, target: Option<ObjectId>) -> Result<()> {
        let repository_id = &self.repo.repo().id;
        let name: RefName = command.name.parse()?;
        let (action, done) = match (command.old, target) {
            (Some(from), Some(to)) => ("push", refs::swap(tx, repository_id, &name, from, to).await?),
            (None, Some(to)) => {
                ("ref.create", refs::insert(tx, repository_id, &name, to).await.map(|()| true)?)
            }
            (_, None) => ("ref.delete", refs::delete(tx, repository_id, &name).await?),
        };
        if !done {
            return Err(Error::Internal(anyhow::anyhow!("{name} moved while it was held")));
        }
        let detail = json!({ "ref": name.as_str(), "from": command.old, "to": target });
        Ok(events::insert(tx, self.hub.event(self.repo.user(), repository_id, action, detail)).await?)
    }
}

/// Does to a ref what is asked, as far as it can be done.
fn check_ref(all: &mut BTreeMap<RefName, ObjectId>, command: &Command) -> Outcome {
    let name: RefName = command.name.parse().map_err(|_| "this is no name for a ref".to_owned())?;
    if all.get(&name).copied() != command.old {
        // What git says to who did not see what others have pushed meanwhile.
        return Err("fetch first".into());
    }
    match command.new {
        None => {
            all.remove(&name);
        }
        Some(target) => {
            if let Some(other) = in_the_way(all.keys(), &name) {
                return Err(format!("{other} is in the way"));
            }
            all.insert(name, target);
        }
    }
    Ok(())
}

/// When one is refused, all are.
pub(super) fn all_or_nothing(outcomes: Vec<Outcome>) -> Vec<Outcome> {
    outcomes.into_iter().map(|outcome| outcome.and_then(|()| Err("atomic push failed".into()))).collect()
}

fn stored(kind: ObjectKind) -> Kind {
    match kind {
        ObjectKind::Commit => Kind::Commit,
        ObjectKind::Tree => Kind::Tree,
        ObjectKind::Blob => Kind::Blob,
        ObjectKind::Tag => Kind::Tag,
    }
}
