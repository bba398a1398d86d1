//! Records a push: what it needs, then its refs, in one transaction.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use gix_object::Kind;
use limpide_db::commits::{self, NewCommit as NewRow};
use limpide_db::git_objects::NewObject;
use limpide_db::{Tx, events, folder_history, git_objects, refs, repos};
use limpide_git::{Command, ObjectKind, ObjectReader, Outcome, Sent};
use limpide_words::{ObjectId, RefName};
use serde_json::json;

use super::Push;
use super::graph::Graph;
use super::walk::Seen;
use crate::error::{Error, Result};
use crate::git::keeper::Keeper;
use crate::git::objects::{CommitFacts, LARGE, Object};
use crate::git::store::Store;
use crate::history::{self, Content};
use crate::refs::in_the_way;
use crate::{cards, changing};

/// Objects, and bytes of them, that are handled at a time.
const PAGE: usize = 256;
const BATCH: u64 = 4 << 20;

/// Ids of one question to the database.
const IDS: usize = 1000;

/// All that is to be recorded.
pub(super) struct Plan {
    pub(super) graph: Graph,
    pub(super) seen: Seen,
    pub(super) kept: Keeper,
}

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
    /// Makes durable what may be there before the refs move: files, and the bytes of large folders.
    pub(super) async fn keep(
        &self,
        seen: &Seen,
        sent: &HashMap<ObjectId, Sent>,
        reader: &mut ObjectReader,
    ) -> Result<Keeper> {
        let mut keeper = Keeper::new(self.hub.clone(), self.repo.repo().clone());
        let is_file = |sent: &Sent| sent.kind == ObjectKind::Blob && !seen.pointers.contains(&sent.id);
        for page in pages(&seen.reached_of(sent, is_file)) {
            let files = self.new_of(page, reader).await?;
            keeper.keep(files).await?;
        }
        let is_large_folder = |sent: &Sent| sent.kind == ObjectKind::Tree && is_large(sent);
        for page in pages(&seen.reached_of(sent, is_large_folder)) {
            let folders = self.new_of(page, reader).await?;
            keeper.hold(folders).await?;
        }
        Ok(keeper)
    }

    /// Writes all other objects. What names others is written with them: nothing is there that lacks something.
    async fn insert_objects(
        &self,
        tx: &mut Tx,
        seen: &Seen,
        sent: &HashMap<ObjectId, Sent>,
        reader: &mut ObjectReader,
    ) -> Result<()> {
        let store = Store { hub: &self.hub, repository_id: &self.repo.repo().id };
        let is_left = |sent: &Sent| match sent.kind {
            ObjectKind::Blob => seen.pointers.contains(&sent.id),
            ObjectKind::Tree => !is_large(sent),
            ObjectKind::Commit | ObjectKind::Tag => true,
        };
        for page in pages(&seen.reached_of(sent, is_left)) {
            let mut rows = Vec::with_capacity(page.len());
            for object in self.read(page, reader).await? {
                rows.extend(store.keep(object).await?);
            }
            git_objects::insert(tx, store.repository_id, &rows, None).await?;
        }
        Ok(())
    }

    /// Those of these objects that the repository does not have.
    async fn new_of(&self, page: &[Sent], reader: &mut ObjectReader) -> Result<Vec<Object>> {
        let ids = page.iter().map(|sent| sent.id);
        let known = git_objects::firm_facts(self.hub.db(), &self.repo.repo().id, ids).await?;
        let known: HashSet<ObjectId> = known.into_iter().map(|fact| fact.id).collect();
        let new: Vec<Sent> = page.iter().filter(|sent| !known.contains(&sent.id)).copied().collect();
        self.read(&new, reader).await
    }

    async fn read(&self, page: &[Sent], reader: &mut ObjectReader) -> Result<Vec<Object>> {
        let ids: Vec<ObjectId> = page.iter().map(|sent| sent.id).collect();
        let object = |(id, object): (ObjectId, Option<(ObjectKind, Bytes)>)| match object {
            Some((kind, bytes)) => Ok(Object { id, kind: stored(kind), bytes }),
            None => Err(Error::Internal(anyhow::anyhow!("the object {id} was sent, and is gone"))),
        };
        let read = reader.read(&ids).await?;
        ids.into_iter().zip(read).map(object).collect()
    }

    /// Records new commits, with what was kept for them, and moves the refs.
    pub(super) async fn record(
        &self,
        Plan { graph, seen, kept }: &Plan,
        sent: &HashMap<ObjectId, Sent>,
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
        let objects: Vec<NewObject> = kept.unwritten().cloned().collect();
        self.insert_objects(&mut tx, seen, sent, reader).await?;
        let named: Vec<ObjectId> = seen.reached.iter().copied().collect();
        let content = Content { objects: &objects, named: &named, lfs_files: &seen.lfs_files, date };
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
            // What a ref no longer stands on may be what no other leads to.
            if command.old.is_some_and(|old| !graph.stands_on().contains(&old)) {
                repos::shed(&mut tx, &repo.id, date).await?;
            }
        }
        let main = self.request.commands.iter().position(|command| command.name == RefName::main().as_str());
        if main.is_some_and(|place| outcomes[place].is_ok()) {
            repos::set_modified(&mut tx, &repo.id, date).await?;
            if let Some(card) = &seen.card {
                cards::keep(&mut tx, repo, card).await?;
            }
        }
        tx.commit().await?;
        self.hub.ring();
        Ok(Recorded::Done(outcomes))
    }

    /// Whether commits are gone that the new ones stand on, or some of these have come another way.
    async fn is_overtaken(&self, tx: &mut Tx, graph: &Graph) -> Result<bool> {
        let repository_id = &self.repo.repo().id;
        let below: Vec<ObjectId> = graph.stands_on().into_iter().collect();
        for page in below.chunks(IDS) {
            if commits::find(&mut *tx, repository_id, page.iter().copied()).await?.len() < page.len() {
                return Ok(true);
            }
        }
        for page in graph.commits.chunks(IDS) {
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
        events::insert(tx, self.hub.event(self.repo.user(), repository_id, action, detail)).await?;
        match target {
            Some(target) => self.hub.ref_moved(tx, repository_id, &name, target).await,
            None => Ok(()),
        }
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

/// Whether the bytes of an object go to the store, and only its row to the database.
fn is_large(sent: &Sent) -> bool {
    sent.size > LARGE
}

/// Objects in their order, as many as are handled at a time.
fn pages(mut rest: &[Sent]) -> impl Iterator<Item = &[Sent]> {
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |sent: &&Sent| {
            bytes += sent.size;
            bytes <= BATCH
        };
        let length = rest.iter().take(PAGE).take_while(fits).count().max(1);
        let (page, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(page)
    })
}

fn stored(kind: ObjectKind) -> Kind {
    match kind {
        ObjectKind::Commit => Kind::Commit,
        ObjectKind::Tree => Kind::Tree,
        ObjectKind::Blob => Kind::Blob,
        ObjectKind::Tag => Kind::Tag,
    }
}
