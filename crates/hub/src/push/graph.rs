//! Which commits a push brings, and on which they stand.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use limpide_db::commits::{self, Commit};
use limpide_git::{ObjectKind, ObjectReader, Outcome, Sent};
use limpide_words::{ObjectId, RefName};

use super::Push;
use crate::error::Result;
use crate::git::objects::{CommitFacts, tag_target};
use crate::history::Version;

/// Ids of one question to the database.
const PAGE: usize = 1000;

/// What the refs of a push lead to.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// The commits that the repository does not have, parents first.
    pub(super) commits: Vec<NewCommit>,
    /// For each command, where the ref is to stand; none when it is to be deleted.
    pub(super) tips: Vec<std::result::Result<Option<Tip>, String>>,
    /// The commits that the repository has, as far as they matter here.
    known: HashMap<ObjectId, Version>,
    /// Trees of new commits.
    trees: HashMap<ObjectId, ObjectId>,
}

/// A commit that the repository does not have.
#[derive(Debug, Clone)]
pub(super) struct NewCommit {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
}

/// Where a ref is to stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tip {
    /// The object: a commit, or an annotated tag.
    pub(super) target: ObjectId,
    /// The commit.
    pub(super) commit: ObjectId,
}

impl Graph {
    /// Reads the commits that were sent, and finds out on which others they stand.
    pub(super) async fn read(
        push: &Push,
        sent: &HashMap<ObjectId, Sent>,
        reader: &mut ObjectReader,
        named: &[Outcome],
    ) -> Result<Self> {
        let mut search = Search { push, reader, read: HashMap::new(), graph: Self::default() };
        let mut commits: Vec<&Sent> = sent.values().filter(|sent| sent.kind == ObjectKind::Commit).collect();
        commits.sort_unstable_by_key(|sent| sent.place);
        let commits: Vec<ObjectId> = commits.into_iter().map(|sent| sent.id).collect();
        search.read(&commits).await?;
        let mut asked: HashSet<ObjectId> = commits.into_iter().collect();
        asked.extend(search.read.values().flat_map(|commit| commit.parents.iter().copied()));
        for (command, named) in push.request.commands.iter().zip(named) {
            let tip = match (command.new, named) {
                (_, Err(why)) => Err(why.clone()),
                (None, Ok(())) => Ok(None),
                (Some(target), Ok(())) => search.tip(&command.name, target).await?.map(Some),
            };
            asked.extend(tip.iter().flatten().map(|tip| tip.commit));
            search.graph.tips.push(tip);
        }
        search.look_up(asked).await?;
        for place in 0..search.graph.tips.len() {
            if let Ok(Some(Tip { commit, .. })) = search.graph.tips[place] {
                search.follow(commit).await?;
            }
        }
        Ok(search.graph)
    }

    /// The tree of a commit, new or not.
    pub(super) fn tree(&self, commit: ObjectId) -> Option<ObjectId> {
        self.trees.get(&commit).copied().or_else(|| self.known.get(&commit).map(|(tree, _)| *tree))
    }

    /// A commit that the repository has, with its number.
    pub(super) fn known(&self, commit: ObjectId) -> Option<Version> {
        self.known.get(&commit).copied()
    }

    /// The commits that the repository must still have when the new ones are recorded.
    pub(super) fn stands_on(&self) -> HashSet<ObjectId> {
        let parents = self.commits.iter().flat_map(|commit| &commit.parents);
        let tips = self.tips.iter().flatten().flatten().map(|tip| &tip.commit);
        parents.chain(tips).copied().filter(|id| self.known.contains_key(id)).collect()
    }
}

struct Search<'a> {
    push: &'a Push,
    reader: &'a mut ObjectReader,
    /// Commits that git has, sent or in the mirror.
    read: HashMap<ObjectId, NewCommit>,
    graph: Graph,
}

impl Search<'_> {
    /// Reads commits.
    async fn read(&mut self, ids: &[ObjectId]) -> Result<()> {
        for ids in ids.chunks(PAGE) {
            for (id, object) in ids.iter().zip(self.reader.read(ids).await?) {
                if let Some((ObjectKind::Commit, bytes)) = object {
                    let CommitFacts { tree, parents, .. } = CommitFacts::read(&bytes)?;
                    self.read.insert(*id, NewCommit { id: *id, tree, parents });
                }
            }
        }
        Ok(())
    }

    /// What a ref would stand on; or why it cannot.
    async fn tip(&mut self, name: &str, target: ObjectId) -> Result<std::result::Result<Tip, String>> {
        let commit = match self.object(target).await? {
            Some((ObjectKind::Commit, _)) => target,
            Some((ObjectKind::Tag, bytes))
                if name.parse().is_ok_and(|name: RefName| name.as_tag().is_some()) =>
            {
                tag_target(&bytes)?
            }
            Some(_) => return Ok(Err("it does not stand on a commit".into())),
            None => return Ok(Err("missing necessary objects".into())),
        };
        if !matches!(self.object(commit).await?, Some((ObjectKind::Commit, _))) {
            return Ok(Err("only tags of commits can be pushed".into()));
        }
        Ok(Ok(Tip { target, commit }))
    }

    async fn object(&mut self, id: ObjectId) -> Result<Option<(ObjectKind, Bytes)>> {
        Ok(self.reader.read(&[id]).await?.pop().flatten())
    }

    /// Asks which of these commits the repository has.
    async fn look_up(&mut self, ids: impl IntoIterator<Item = ObjectId>) -> Result<()> {
        let ids: Vec<ObjectId> = ids.into_iter().filter(|id| !self.graph.known.contains_key(id)).collect();
        for ids in ids.chunks(PAGE) {
            let found =
                commits::find(self.push.hub.db(), &self.push.repo.repo().id, ids.iter().copied()).await?;
            let version =
                |commit: Commit| (commit.id, (commit.tree, u32::try_from(commit.number).unwrap_or(0)));
            self.graph.known.extend(found.into_iter().map(version));
        }
        Ok(())
    }

    /// Adds the new commits that lead to one, parents first.
    async fn follow(&mut self, tip: ObjectId) -> Result<()> {
        let mut path = vec![(tip, 0)];
        while let Some((id, next)) = path.pop() {
            if self.graph.tree(id).is_some() {
                continue;
            }
            if !self.read.contains_key(&id) {
                // Neither sent nor known: a squash has taken it out of history, and now it comes back.
                self.read(&[id]).await?;
                let parents = self.read.get(&id).map(|commit| commit.parents.clone()).unwrap_or_default();
                self.look_up(parents).await?;
            }
            let Some(commit) = self.read.get(&id) else {
                return Err(crate::Error::Invalid(format!("The commit {id} was not sent, and is not here.")));
            };
            match commit.parents.get(next) {
                Some(parent) => path.extend([(id, next + 1), (*parent, 0)]),
                None => {
                    self.graph.trees.insert(id, commit.tree);
                    self.graph.commits.push(commit.clone());
                }
            }
        }
        Ok(())
    }
}
