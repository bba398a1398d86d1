//! The only way to get hold of a repository. What a caller may do is the type they are handed:
//! to write, hold a [`Writable`]; only this file makes one.

use std::sync::Arc;

use limpide_db::repos::Repo;
use limpide_db::{accounts, repos};
use limpide_words::{Kind, OwnerName, RepoId};

use crate::Hub;
use crate::accounts::Grant;
use crate::error::{Error, Result, Thing};

/// Who asks.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Somebody who has not said who they are.
    Anyone,
    /// A user, by a token.
    User(Arc<SignedIn>),
}

/// A user who has shown a token.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The user's id.
    pub id: String,
    /// The user's name.
    pub name: OwnerName,
    /// Whether this user administers the hub.
    pub is_admin: bool,
    /// The name that the user gave the token.
    pub token: String,
    /// What the token allows, at most.
    pub grant: Grant,
}

/// What somebody is to an owner. Each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Sees private repositories.
    Read,
    /// Creates repositories, and writes to those they created.
    Contributor,
    /// Writes to every repository.
    Write,
    /// Changes settings, moves and deletes.
    Admin,
}

/// A repository that the caller may know of: name, settings, list of files.
#[derive(Debug, Clone)]
pub struct Readable {
    repo: Repo,
    role: Option<Role>,
}

/// A repository whose files the caller may read.
#[derive(Debug, Clone)]
pub struct Content(Readable);

/// A repository that the caller may commit to.
#[derive(Debug, Clone)]
pub struct Writable {
    repo: Repo,
    user: Arc<SignedIn>,
}

/// A repository whose settings, name and existence the caller may change.
#[derive(Debug, Clone)]
pub struct Manageable {
    repo: Repo,
    user: Arc<SignedIn>,
}

impl Hub {
    /// The repository, if the caller may know that it is there.
    ///
    /// # Errors
    /// `NotFound` when it is missing, or private and not the caller's to see: the same words for both.
    /// `Moved` when it has another name now, to those who may see it.
    pub async fn readable(&self, caller: &Caller, kind: Kind, id: &RepoId) -> Result<Readable> {
        let found = self.find_named(kind, id).await?;
        let (repo, moved) = found.ok_or_else(|| no_repo(caller, kind, id))?;
        let role = self.role_in_repo(caller, &repo).await?;
        if repo.private && role.is_none() {
            return Err(no_repo(caller, kind, id));
        }
        if moved {
            return Err(Error::Moved(repo.id()));
        }
        Ok(Readable { repo, role })
    }

    /// The repository that has this name, or had it and none has it since; and whether it has moved.
    async fn find_named(&self, kind: Kind, id: &RepoId) -> Result<Option<(Repo, bool)>> {
        if let Some(repo) = repos::find(self.db(), kind, id).await? {
            return Ok(Some((repo, false)));
        }
        if let Some(repo) = repos::find_moved(self.db(), kind, id).await? {
            return Ok(Some((repo, true)));
        }
        // A name that led elsewhere may have been taken between the two looks, which ends the redirect.
        Ok(repos::find(self.db(), kind, id).await?.map(|repo| (repo, false)))
    }

    /// The repository, if the caller may read its files.
    ///
    /// # Errors
    /// As [`Hub::readable`]; `Gated` when readers must be accepted first and the caller is not.
    pub async fn content(&self, caller: &Caller, kind: Kind, id: &RepoId) -> Result<Content> {
        let readable = self.readable(caller, kind, id).await?;
        if !readable.shows_content() {
            let id = readable.repo.id();
            let message = format!(
                "Access to {kind} {id} is restricted and you are not in the authorized list. \
                 Visit the page of {id} to ask for access."
            );
            return Err(Error::Gated { signed_in: matches!(caller, Caller::User(_)), message });
        }
        Ok(Content(readable))
    }

    /// The repository, if the caller may commit to it.
    ///
    /// # Errors
    /// As [`Hub::readable`]; `SignIn` or `Forbidden` when the caller may only read it.
    pub async fn writable(&self, caller: &Caller, kind: Kind, id: &RepoId) -> Result<Writable> {
        let readable = self.readable(caller, kind, id).await?;
        let user = needs(caller, readable.role, Role::Write, &readable.repo)?;
        Ok(Writable { repo: readable.repo, user })
    }

    /// The repository, if the caller may change its settings, move or delete it.
    ///
    /// # Errors
    /// As [`Hub::writable`].
    pub async fn manageable(&self, caller: &Caller, kind: Kind, id: &RepoId) -> Result<Manageable> {
        let readable = self.readable(caller, kind, id).await?;
        let user = needs(caller, readable.role, Role::Admin, &readable.repo)?;
        Ok(Manageable { repo: readable.repo, user })
    }

    /// What the caller may do with a repository, beyond what anybody may: none for strangers.
    async fn role_in_repo(&self, caller: &Caller, repo: &Repo) -> Result<Option<Role>> {
        let Caller::User(user) = caller else { return Ok(None) };
        let Some(role) = self.role_in_owner(user, &repo.owner_id).await? else { return Ok(None) };
        let role = match role {
            // A contributor keeps what they created.
            Role::Contributor if repo.creator_id == user.id => Role::Admin,
            Role::Contributor => Role::Read,
            other => other,
        };
        Ok(user.grant.in_repo(repo.kind, &repo.id()).map(|most| role.min(most)))
    }

    /// What a user is to an owner: themselves, an organisation they are in, or nothing.
    pub(crate) async fn role_in_owner(&self, user: &SignedIn, owner_id: &str) -> Result<Option<Role>> {
        if user.is_admin || user.id == owner_id {
            return Ok(Some(Role::Admin));
        }
        let role = accounts::role(self.db(), owner_id, &user.id).await?;
        Ok(role.as_deref().and_then(Role::from_word))
    }
}

impl Role {
    /// The role that is written `read`, `contributor`, `write` or `admin`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "read" => Some(Self::Read),
            "contributor" => Some(Self::Contributor),
            "write" => Some(Self::Write),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }

    /// How the role is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Contributor => "contributor",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

/// The refusal for a repository that is missing and for one that the caller may not see: word for word the same.
fn no_repo(caller: &Caller, kind: Kind, id: &RepoId) -> Error {
    let thing = Thing::Repo { signed_in: matches!(caller, Caller::User(_)) };
    Error::NotFound(
        thing,
        format!("There is no {kind} {id}, or it is private and you are not among its members."),
    )
}

fn needs(caller: &Caller, role: Option<Role>, least: Role, repo: &Repo) -> Result<Arc<SignedIn>> {
    let Caller::User(user) = caller else {
        return Err(Error::SignIn(
            "Sign in with a token that may write: send it as `Authorization: Bearer hf_…`.".into(),
        ));
    };
    if role < Some(least) {
        let may = if least == Role::Admin { "manage" } else { "write to" };
        return Err(Error::Forbidden(format!(
            "You cannot {may} {} {}: neither your role nor this token allows it.",
            repo.kind,
            repo.id()
        )));
    }
    Ok(user.clone())
}

impl Caller {
    /// The user, or the refusal that asks for one.
    ///
    /// # Errors
    /// `SignIn` for anyone.
    pub fn user(&self) -> Result<&Arc<SignedIn>> {
        match self {
            Self::User(user) => Ok(user),
            Self::Anyone => {
                Err(Error::SignIn("Sign in first: send a token as `Authorization: Bearer hf_…`.".into()))
            }
        }
    }

    /// Whether this user administers the hub and the token does not say less.
    ///
    /// # Errors
    /// `SignIn` or `Forbidden` otherwise.
    pub fn administrator(&self) -> Result<&Arc<SignedIn>> {
        let user = self.user()?;
        if user.is_admin && user.grant == Grant::Write {
            return Ok(user);
        }
        Err(Error::Forbidden(
            "Only an administrator of this hub may do this, with a token that may write.".into(),
        ))
    }
}

impl Readable {
    /// What is known of the repository.
    pub fn repo(&self) -> &Repo {
        &self.repo
    }

    /// The repository with its files, if the caller may read them too.
    pub fn content(&self) -> Option<Content> {
        self.shows_content().then(|| Content(self.clone()))
    }

    /// Whether the caller may do as much as this.
    pub fn allows(&self, role: Role) -> bool {
        self.role >= Some(role)
    }

    /// Whether the caller may also read its files.
    pub fn shows_content(&self) -> bool {
        self.repo.gated == "false" || self.role.is_some()
    }
}

impl Content {
    /// The repository as somebody holds it who may know of it.
    pub fn readable(&self) -> &Readable {
        &self.0
    }

    /// What is known of the repository.
    pub fn repo(&self) -> &Repo {
        &self.0.repo
    }
}

impl Writable {
    /// What is known of the repository.
    pub fn repo(&self) -> &Repo {
        &self.repo
    }

    /// Who writes.
    pub fn user(&self) -> &SignedIn {
        &self.user
    }
}

impl Manageable {
    /// What is known of the repository.
    pub fn repo(&self) -> &Repo {
        &self.repo
    }

    /// Who manages.
    pub fn user(&self) -> &SignedIn {
        &self.user
    }
}
