//! Users and their tokens.

use std::sync::Arc;
use std::time::Duration;

use limpide_db::accounts::{self, Owner, Token};
use limpide_words::{Kind, OwnerName, RepoId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::access::{Caller, Role, SignedIn};
use crate::error::{Error, Result};
use crate::{Hub, chance};

/// What a token allows, at most; its user's own rights bound it further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// Reads what the user reads.
    Read,
    /// Does whatever the user may do.
    Write,
    /// Does what is listed, where it is listed.
    Fine(Vec<Scope>),
}

/// One line of a fine-grained token: what is allowed on a repository, or on all of an owner's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// `model`, `dataset` or `space` for a repository; `user` or `org` for an owner.
    #[serde(rename = "type")]
    pub on: String,
    /// `owner/name`, or `owner`.
    pub name: String,
    /// `repo.content.read`, `repo.write` or `repo.manage`.
    pub permissions: Vec<String>,
}

/// A user to be created.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name, which is also the user's namespace.
    pub name: OwnerName,
    /// The name shown beside it.
    pub full_name: String,
    /// How to reach the user.
    pub email: Option<String>,
    /// Needed to sign in to the site; tokens do without.
    pub password: Option<String>,
    /// Whether the user administers the hub.
    pub is_admin: bool,
}

/// A token to be created.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// The name that tells it from the user's other tokens.
    pub name: String,
    /// What it allows.
    pub grant: Grant,
    /// How long it works; for ever when none.
    pub lifetime: Option<Duration>,
    /// The token itself, when it moves here from another hub; a fresh one when none.
    pub value: Option<String>,
}

impl Hub {
    /// Who a token stands for.
    ///
    /// # Errors
    /// `SignIn` when nobody has this token, or it has expired.
    pub async fn caller_by_token(&self, token: &str) -> Result<Caller> {
        let refusal = || Error::SignIn("Invalid credentials in Authorization header".into());
        let found = accounts::token_by_digest(self.db(), &digest(token)).await?.ok_or_else(refusal)?;
        if found.expires.is_some_and(|end| end <= self.clock().now()) {
            return Err(refusal());
        }
        Ok(Caller::User(Arc::new(SignedIn {
            grant: Grant::stored(&found)?,
            id: found.user_id,
            name: found.user_name,
            is_admin: found.is_admin,
            token: found.name,
        })))
    }

    /// Creates a user.
    ///
    /// # Errors
    /// `Conflict` when the name is taken.
    pub async fn create_user(&self, user: NewUser) -> Result<Owner> {
        let owner = self.new_owner(user).await?;
        self.insert_owner(&owner).await?;
        Ok(owner)
    }

    pub(crate) async fn new_owner(&self, user: NewUser) -> Result<Owner> {
        let password = match &user.password {
            Some(password) => Some(self.hash_password(password).await?),
            None => None,
        };
        Ok(Owner {
            id: chance::id(),
            kind: "user".to_owned(),
            name: user.name,
            full_name: user.full_name,
            email: user.email,
            password,
            is_admin: user.is_admin,
            created: self.clock().now(),
        })
    }

    /// Creates a token for a user and gives it: it is shown this once, and kept only as a hash.
    ///
    /// # Errors
    /// `NotFound` without such a user, `Conflict` when they have a token of this name, `Invalid` when the
    /// value to import has not the form of a token.
    pub async fn create_token(&self, user: &OwnerName, new: NewToken) -> Result<String> {
        let user = self.user_by_name(user).await?;
        let (token, value) = self.new_token(user, new)?;
        let mut tx = self.db().begin().await?;
        match accounts::insert_token(&mut tx, &token, &digest(&value)).await {
            Err(limpide_db::Error::Taken(_)) => {
                return Err(Error::Conflict(format!(
                    "{} already has a token called `{}`, or this very token is in use; choose another.",
                    token.user_name, token.name
                )));
            }
            other => other?,
        }
        tx.commit().await?;
        Ok(value)
    }

    /// A token as it is kept, and the token itself.
    pub(crate) fn new_token(&self, user: Owner, new: NewToken) -> Result<(Token, String)> {
        let value = match new.value {
            Some(value) => checked_token(value)?,
            None => format!("hf_{}", chance::hexadecimal::<32>()?),
        };
        let now = self.clock().now();
        let (role, scopes) = new.grant.to_store()?;
        let token = Token {
            id: chance::id(),
            user_id: user.id,
            user_name: user.name,
            is_admin: user.is_admin,
            name: new.name,
            role,
            scopes,
            created: now,
            expires: new.lifetime.map(|lifetime| now + lifetime),
        };
        Ok((token, value))
    }

    /// The user with this name and password.
    ///
    /// # Errors
    /// `SignIn` when there is none: the same words whether the name or the password is wrong.
    pub async fn user_by_password(&self, name: &OwnerName, password: &str) -> Result<Owner> {
        let found = accounts::owner_by_name(self.db(), name).await?.filter(|owner| owner.kind == "user");
        let stored = found.as_ref().and_then(|owner| owner.password.clone());
        if !self.password_fits(stored, password).await? {
            return Err(Error::SignIn("Invalid username or password.".into()));
        }
        found.ok_or_else(|| Error::SignIn("Invalid username or password.".into()))
    }

    pub(crate) async fn insert_owner(&self, owner: &Owner) -> Result<()> {
        let mut tx = self.db().begin().await?;
        match accounts::insert_owner(&mut tx, owner).await {
            Err(limpide_db::Error::Taken(_)) => {
                Err(Error::Conflict(format!("The name {} is taken; choose another.", owner.name)))
            }
            other => Ok(other?),
        }?;
        Ok(tx.commit().await?)
    }

    /// A user or an organisation.
    pub(crate) async fn owner_by_name(&self, name: &OwnerName) -> Result<Owner> {
        let owner = accounts::owner_by_name(self.db(), name).await?;
        owner.ok_or_else(|| Error::missing(format!("There is no user or organization {name}.")))
    }

    pub(crate) async fn user_by_name(&self, name: &OwnerName) -> Result<Owner> {
        let owner = accounts::owner_by_name(self.db(), name).await?.filter(|owner| owner.kind == "user");
        owner.ok_or_else(|| Error::missing(format!("There is no user {name}.")))
    }
}

impl Grant {
    /// The most that this allows in a repository; nothing when it does not speak of it.
    pub(crate) fn in_repo(&self, kind: Kind, id: &RepoId) -> Option<Role> {
        match self {
            Self::Read => Some(Role::Read),
            Self::Write => Some(Role::Admin),
            Self::Fine(scopes) => {
                scopes.iter().filter(|scope| scope.speaks_of(kind, id)).filter_map(Scope::role).max()
            }
        }
    }

    /// Whether this allows to create a repository there.
    pub(crate) fn creates_in(&self, owner: &OwnerName) -> bool {
        match self {
            Self::Read => false,
            Self::Write => true,
            Self::Fine(scopes) => {
                scopes.iter().any(|scope| scope.is_owner(owner) && scope.role() >= Some(Role::Write))
            }
        }
    }

    /// How clients call it: `read`, `write` or `fineGrained`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Fine(_) => "fineGrained",
        }
    }

    fn to_store(&self) -> Result<(String, String)> {
        let scopes: &[Scope] = if let Self::Fine(scopes) = self { scopes } else { &[] };
        let scopes = serde_json::to_string(scopes).map_err(|error| Error::Internal(error.into()))?;
        Ok((self.as_str().to_owned(), scopes))
    }

    fn stored(token: &Token) -> Result<Self> {
        Ok(match token.role.as_str() {
            "write" => Self::Write,
            "fineGrained" => Self::Fine(
                serde_json::from_str(&token.scopes).map_err(|error| Error::Internal(error.into()))?,
            ),
            _ => Self::Read,
        })
    }
}

impl Scope {
    fn speaks_of(&self, kind: Kind, id: &RepoId) -> bool {
        self.is_owner(&id.owner) || self.on == kind.as_str() && self.name.to_lowercase() == id.folded()
    }

    pub(crate) fn is_owner(&self, owner: &OwnerName) -> bool {
        matches!(self.on.as_str(), "user" | "org") && self.name.to_lowercase() == owner.folded()
    }

    pub(crate) fn role(&self) -> Option<Role> {
        let of = |permission: &String| match permission.as_str() {
            "repo.content.read" => Some(Role::Read),
            "repo.write" => Some(Role::Write),
            "repo.manage" => Some(Role::Admin),
            _ => None,
        };
        self.permissions.iter().filter_map(of).max()
    }
}

/// What is kept of a token. Tokens are random and long: a plain hash cannot be guessed back.
pub(crate) fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

fn checked_token(value: String) -> Result<String> {
    let fits = value.starts_with("hf_")
        && (20..=256).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !fits {
        return Err(Error::Invalid("A token starts with `hf_` and has 20 to 256 letters and digits.".into()));
    }
    Ok(value)
}
