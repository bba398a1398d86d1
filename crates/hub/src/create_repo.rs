//! Creates a repository with its first commit.

use std::collections::HashMap;

use gix_object::Kind as ObjectKind;
use gix_object::bstr::BStr;
use gix_object::tree::EntryKind;
use limpide_db::repos::{self, Repo};
use limpide_db::{Tx, accounts, events, refs};
use limpide_formats::attributes;
use limpide_formats::card::Card;
use limpide_words::{Kind, OwnerName, RefName, RepoId};
use serde_json::json;

use crate::access::{Caller, Role, SignedIn};
use crate::cards;
use crate::commit::{CARD, described};
use crate::error::{Error, Result};
use crate::git::objects::{CommitText, Object};
use crate::git::store::{Store, Trees};
use crate::git::tree::{Tree, TreeEntry};
use crate::history::{self, folder_rows};
use crate::{Hub, chance};

/// A repository to be created.
#[derive(Debug, Clone)]
pub struct NewRepo {
    /// Model, dataset or space.
    pub kind: Kind,
    /// Where it will be found.
    pub id: RepoId,
    /// Whether only members see it.
    pub private: bool,
    /// What a space runs on.
    pub sdk: Option<String>,
}

/// The title of every first commit: clients count on it.
const FIRST_TITLE: &str = "initial commit";

impl Hub {
    /// Creates a repository, with a first commit on `main` that holds its `.gitattributes`.
    ///
    /// # Errors
    /// `RepoExists` when the name is taken, in any case; `SignIn` or `Forbidden` when the caller may not create here.
    pub async fn create_repo(&self, caller: &Caller, new: NewRepo) -> Result<Repo> {
        self.create_licensed_repo(caller, new, None).await
    }

    /// Creates a repository whose first commit also holds a card that names a licence, as cards write it.
    ///
    /// # Errors
    /// As [`Hub::create_repo`].
    pub async fn create_licensed_repo(
        &self,
        caller: &Caller,
        new: NewRepo,
        licence: Option<&str>,
    ) -> Result<Repo> {
        let user = caller.user()?;
        let repo = self.new_repo(caller, new).await?;
        let mut tx = self.db().begin().await?;
        self.insert_repo(&mut tx, user, &repo).await?;
        self.first_commit(&mut tx, user, &repo, licence).await?;
        tx.commit().await?;
        self.ring();
        Ok(Repo { commits: 1, ..repo })
    }

    /// The row of a repository that this caller may create.
    pub(crate) async fn new_repo(&self, caller: &Caller, new: NewRepo) -> Result<Repo> {
        let user = caller.user()?;
        let owner_id = self.may_create(user, new.kind, &new.id.owner).await?;
        if let Some(repo) = repos::find(self.db(), new.kind, &new.id).await? {
            return Err(Error::RepoExists(new.kind, repo.id()));
        }
        let now = self.clock().now();
        Ok(Repo {
            id: chance::id(),
            kind: new.kind,
            owner_id,
            owner: new.id.owner,
            creator_id: user.id.clone(),
            name: new.id.name,
            private: new.private,
            gated: "false".to_owned(),
            sdk: new.sdk,
            created: now,
            modified: now,
            downloads: 0,
            likes: 0,
            size: 0,
            commits: 0,
            card: "{}".to_owned(),
        })
    }

    /// Adds the row; an earlier repository's redirect from this name ends.
    pub(crate) async fn insert_repo(&self, tx: &mut Tx, user: &SignedIn, repo: &Repo) -> Result<()> {
        match repos::insert(tx, repo).await {
            Err(limpide_db::Error::Taken(_)) => return Err(Error::RepoExists(repo.kind, repo.id())),
            other => other?,
        }
        repos::forget_redirect(tx, repo.kind, &repo.id()).await?;
        let detail = json!({ "kind": repo.kind, "id": repo.id(), "private": repo.private });
        Ok(events::insert(tx, self.event(user, &repo.id, "repo.create", detail)).await?)
    }

    async fn first_commit(
        &self,
        tx: &mut Tx,
        user: &SignedIn,
        repo: &Repo,
        licence: Option<&str>,
    ) -> Result<()> {
        let store = Store { hub: self, repository_id: &repo.id };
        let files = first_files(repo, licence);
        let mut objects = Vec::new();
        let mut entries = Vec::new();
        for (name, text) in &files {
            let blob = Object::new(ObjectKind::Blob, text.clone().into_bytes())?;
            entries.push(TreeEntry { name: BStr::new(*name), mode: EntryKind::Blob.into(), id: blob.id });
            objects.extend(store.keep(blob).await?);
        }
        let root = Tree::default().edited([], entries)?;
        let object = Object::new(ObjectKind::Tree, root.bytes())?;
        let tree = object.id;
        let fresh = HashMap::from([(tree, root)]);
        let folders = folder_rows(&mut Trees { store, fresh }, Vec::new(), tree).await?;
        let (author, date) = (&user.name, repo.created);
        let text = CommitText { tree, parents: &[], author, title: FIRST_TITLE, message: "", date };
        let commit = Object::commit(&text)?;
        let id = commit.id;
        for object in [object, commit] {
            objects.extend(store.keep(object).await?);
        }
        let entry = history::Entry {
            commit: described(&text, id),
            parents: &[],
            objects: &objects,
            named: &[],
            lfs_files: &[],
            folders,
        };
        history::record(self, tx, repo, entry).await?;
        if let Some((_, text)) = files.iter().find(|(name, _)| *name == CARD) {
            let card = Card::read(text.as_bytes(), repo.kind);
            cards::keep(tx, repo, &card).await?;
        }
        refs::insert(tx, &repo.id, &RefName::main(), id).await?;
        self.ref_moved(tx, &repo.id, &RefName::main(), id).await
    }

    /// The id of the owner, if this user may create a repository there.
    pub(crate) async fn may_create(&self, user: &SignedIn, kind: Kind, owner: &OwnerName) -> Result<String> {
        let refusal = || {
            let words =
                format!("You don't have the rights to create a {kind} under the namespace \"{owner}\".");
            Error::Forbidden(words)
        };
        let owner = accounts::owner_by_name(self.db(), owner).await?.ok_or_else(refusal)?;
        let role = self.role_in_owner(user, &owner.id).await?;
        if role < Some(Role::Contributor) || !user.grant.creates_in(&owner.name) {
            return Err(refusal());
        }
        Ok(owner.id)
    }
}

/// The files of a first commit: a space also says what it runs on, and whoever chose a licence has it in the card.
fn first_files(repo: &Repo, licence: Option<&str>) -> Vec<(&'static str, String)> {
    // What comes from outside is one YAML value as a JSON text, whatever is in it.
    let value = |text: &str| serde_json::Value::from(text);
    let mut lines = Vec::new();
    if let Some(licence) = licence {
        lines.push(format!("license: {}", value(licence)));
    }
    if repo.kind == Kind::Space {
        let sdk = value(repo.sdk.as_deref().unwrap_or("static"));
        lines.extend([format!("title: {}", value(repo.name.as_str())), format!("sdk: {sdk}")]);
        lines.push("pinned: false".to_owned());
    }
    let mut files = vec![(".gitattributes", attributes::default_text(repo.kind))];
    if !lines.is_empty() {
        files.push((CARD, format!("---\n{}\n---\n", lines.join("\n"))));
    }
    files
}
