//! Takes commits that no ref leads to, and finds what only they led to.

use std::collections::HashSet;

use limpide_db::commits;
use limpide_db::lfs_files::{self, Claimant};
use limpide_db::{Tx, dead_objects, git_objects, refs, repos};
use limpide_words::ObjectId;

use super::{Graces, NOBODY, PAGE};
use crate::error::{Error, Result};
use crate::git::objects::tag_target;
use crate::git::store::{Store, key};
use crate::git::tree::Tree;
use crate::{Hub, changing};

/// Trees that are read with one question.
const TREES: usize = 256;

/// What became of the history of a repository.
#[derive(Debug, Clone, Copy)]
pub struct History {
    /// Commits that are gone.
    pub commits: u64,
    /// Objects that no commit leads to any more.
    pub loosened: u64,
}

/// The objects to which commits and tags lead, and the trees among them that are still to be looked into.
#[derive(Debug, Default)]
struct Reached {
    objects: HashSet<ObjectId>,
    trees: Vec<ObjectId>,
}

impl Hub {
    /// Takes the commits of a repository that no ref leads to, and frees what only they led to: it does not count any more,
    /// and goes later.
    ///
    /// # Errors
    /// `NotFound` when the repository has just been deleted.
    pub async fn collect_history(&self, repository_id: &str) -> Result<History> {
        let store = Store { hub: self, repository_id };
        let mut tx = changing::begin(self.db(), repository_id).await?;
        let kept = self.ref_commits(&mut tx, store).await?;
        let mut gone = commits::prune(&mut tx, repository_id, &kept).await?;
        tx.commit().await?;
        // Most of the work is done while others go on; what they add is looked at once more, while they wait.
        let mut reached = Reached::default();
        let mut tx = self.db().begin().await?;
        self.reach_refs(&mut tx, store, &mut reached).await?;
        drop(tx);
        reached.look(store).await?;

        let mut tx = changing::begin(self.db(), repository_id).await?;
        let kept = self.ref_commits(&mut tx, store).await?;
        let meanwhile = commits::prune(&mut tx, repository_id, &kept).await?;
        gone += meanwhile;
        self.reach_refs(&mut tx, store, &mut reached).await?;
        reached.look(store).await?;
        let loosened = self.loosen(&mut tx, repository_id, &reached.objects).await?;
        // Commits that went just now were reached before: what they led to is for the next time.
        if meanwhile == 0 {
            repos::shed_nothing(&mut tx, repository_id).await?;
        }
        tx.commit().await?;
        Ok(History { commits: gone as u64, loosened })
    }

    /// Reaches all commits, and the tags that refs stand on.
    async fn reach_refs(&self, tx: &mut Tx, store: Store<'_>, reached: &mut Reached) -> Result<()> {
        let mut from = i64::MAX;
        loop {
            let page = commits::downwards(&mut *tx, store.repository_id, from, PAGE).await?;
            let Some(last) = page.last() else { break };
            from = last.number - 1;
            for commit in page {
                if reached.objects.insert(commit.id) {
                    reached.tree(commit.tree);
                }
            }
        }
        let mut waiting: Vec<ObjectId> =
            refs::all(&mut *tx, store.repository_id).await?.into_iter().map(|found| found.target).collect();
        // A tag may stand on a tag.
        while let Some(id) = waiting.pop() {
            if !reached.objects.insert(id) {
                continue;
            }
            for stored in git_objects::find(&mut *tx, store.repository_id, [id]).await? {
                if stored.kind == "tag" {
                    waiting.push(tag_target(&store.content(stored).await?)?);
                }
            }
        }
        Ok(())
    }

    /// Loosens all objects that were not reached, and lets go of the contents that they alone named. Gives how many.
    async fn loosen(&self, tx: &mut Tx, repository_id: &str, reached: &HashSet<ObjectId>) -> Result<u64> {
        let now = self.clock().now();
        let (mut loosened, mut freed, mut after) = (0, 0, None);
        loop {
            let page = git_objects::named_ids(&mut *tx, repository_id, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(*last);
            let unreached: Vec<ObjectId> = page.into_iter().filter(|id| !reached.contains(id)).collect();
            for object in git_objects::loosen(tx, repository_id, &unreached, now).await? {
                loosened += 1;
                freed += object.bytes;
            }
        }
        let expires = now + self.settings().limits.claim;
        let claimant = Claimant { repository_id, user_id: NOBODY, expires };
        freed += lfs_files::shed(tx, &claimant).await?.iter().map(|shed| shed.size).sum::<i64>();
        repos::grow(tx, repository_id, -freed).await?;
        Ok(loosened)
    }

    /// Removes what has been loose for long; false when the repository has just been deleted.
    pub(super) async fn forget_loose(&self, repository_id: &str, graces: Graces) -> Result<bool> {
        loop {
            let mut tx = match changing::begin(self.db(), repository_id).await {
                Err(Error::NotFound(..)) => return Ok(false),
                other => other?,
            };
            let gone = git_objects::forget_loose(&mut tx, repository_id, graces.loose, PAGE).await?;
            if gone.is_empty() {
                return Ok(true);
            }
            let stored = gone.iter().filter_map(|gone| gone.object.as_deref());
            let paths: Vec<String> =
                stored.map(|object| key(object).map(|key| key.to_string())).collect::<Result<_>>()?;
            dead_objects::insert_all(&mut tx, &paths, graces.now).await?;
            tx.commit().await?;
        }
    }
}

impl Reached {
    fn tree(&mut self, id: ObjectId) {
        if self.objects.insert(id) {
            self.trees.push(id);
        }
    }

    /// Looks into all trees that wait, and into those that they hold.
    async fn look(&mut self, store: Store<'_>) -> Result<()> {
        while !self.trees.is_empty() {
            let some = self.trees.split_off(self.trees.len().saturating_sub(TREES));
            let found = git_objects::find(store.hub.db(), store.repository_id, some.iter().copied()).await?;
            if found.len() < some.len() {
                let missing = some.iter().find(|id| found.iter().all(|stored| stored.id != **id));
                let missing = missing.map(ToString::to_string).unwrap_or_default();
                // Nothing is taken from a history that is not whole.
                let id = store.repository_id;
                return Err(store.cause_of(anyhow::anyhow!("tree {missing} of {id} is missing")).await);
            }
            for stored in found {
                for entry in Tree::read(store.content(stored).await?)?.entries() {
                    if entry.mode.is_tree() {
                        self.tree(entry.id);
                    } else if !entry.mode.is_commit() {
                        self.objects.insert(entry.id);
                    }
                }
            }
        }
        Ok(())
    }
}
