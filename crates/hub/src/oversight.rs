//! What the administrators of a hub see and do on its site: users, room, work in the background, events.

use limpide_db::accounts::{self, Owner, Room};
use limpide_db::events::{self, Filter, Told};
use limpide_db::jobs::{self, Listed};
use limpide_db::{repos, sessions};
use limpide_words::{Kind, OwnerName, RepoId};
use serde_json::json;

use crate::Hub;
use crate::access::Caller;
use crate::accounts::NewUser;
use crate::error::{Error, Result};
use crate::profile::checked_full_name;

/// Which events are asked for.
#[derive(Debug, Clone, Default)]
pub struct EventQuery {
    /// Those of one action.
    pub action: Option<String>,
    /// Those of the repositories with this name, of each kind.
    pub repo: Option<RepoId>,
    /// Those before the one with this id.
    pub before: Option<String>,
}

impl Hub {
    /// Some users by name, after the one called `after`.
    ///
    /// # Errors
    /// `SignIn` or `Forbidden` for whoever does not administer the hub, as for all acts here.
    pub async fn users_after(
        &self,
        caller: &Caller,
        after: Option<&OwnerName>,
        limit: i64,
    ) -> Result<Vec<Owner>> {
        caller.administrator()?;
        let after = after.map(|name| name.folded());
        Ok(accounts::owners_page(self.db(), "user", after.as_deref(), limit).await?)
    }

    /// Creates a user, as an administrator.
    ///
    /// # Errors
    /// `Conflict` when the name is taken, `Invalid` when the password is too short.
    pub async fn add_user(&self, caller: &Caller, new: NewUser) -> Result<Owner> {
        let administrator = caller.administrator()?;
        checked_full_name(&new.full_name)?;
        let owner = self.new_owner(new).await?;
        let mut tx = self.db().begin().await?;
        match accounts::insert_owner(&mut tx, &owner).await {
            Err(limpide_db::Error::Taken(_)) => {
                return Err(Error::Conflict(format!("The name {} is taken; choose another.", owner.name)));
            }
            other => other?,
        }
        let detail = json!({ "user": owner.name, "admin": owner.is_admin });
        events::insert(&mut tx, self.account_event(administrator, "user.create", detail)).await?;
        tx.commit().await?;
        Ok(owner)
    }

    /// Gives a user another password, as an administrator, and ends all sessions of that user.
    ///
    /// # Errors
    /// `NotFound` without such a user, `Invalid` when the password is too short.
    pub async fn reset_password(&self, caller: &Caller, user: &OwnerName, password: &str) -> Result<()> {
        let administrator = caller.administrator()?;
        let user = self.user_by_name(user).await?;
        let hash = self.hash_password(password).await?;
        let mut tx = self.db().begin().await?;
        accounts::set_password(&mut tx, &user.id, &hash).await?;
        let ended = sessions::delete_others(&mut tx, &user.id, "").await?;
        let detail = json!({ "user": user.name, "ended": ended });
        events::insert(&mut tx, self.account_event(administrator, "user.password", detail)).await?;
        Ok(tx.commit().await?)
    }

    /// How much room the repositories of each owner take, the most first, after a size and a name.
    ///
    /// # Errors
    /// As [`Hub::users_after`].
    pub async fn rooms(
        &self,
        caller: &Caller,
        after: Option<(i64, &OwnerName)>,
        limit: i64,
    ) -> Result<Vec<Room>> {
        caller.administrator()?;
        let after = after.map(|(size, name)| (size, name.folded()));
        let after = after.as_ref().map(|(size, name)| (*size, name.as_str()));
        Ok(accounts::rooms(self.db(), after, limit).await?)
    }

    /// How many bytes all repositories hold together.
    ///
    /// # Errors
    /// As [`Hub::users_after`].
    pub async fn room_of_all(&self, caller: &Caller) -> Result<i64> {
        caller.administrator()?;
        Ok(accounts::room_of_all(self.db()).await?)
    }

    /// Work in the background that is not done, all of it or what is in a state, the newest first.
    ///
    /// # Errors
    /// As [`Hub::users_after`].
    pub async fn jobs_before(
        &self,
        caller: &Caller,
        state: Option<&str>,
        before: Option<&str>,
        limit: i64,
    ) -> Result<Vec<Listed>> {
        caller.administrator()?;
        Ok(jobs::page(self.db(), state, before, limit).await?)
    }

    /// What was done on this hub, the newest first.
    ///
    /// # Errors
    /// As [`Hub::users_after`].
    pub async fn told_events(&self, caller: &Caller, query: &EventQuery, limit: i64) -> Result<Vec<Told>> {
        caller.administrator()?;
        let mut repositories = None;
        if let Some(id) = &query.repo {
            let mut ids = Vec::new();
            for kind in Kind::ALL {
                let found = match repos::find(self.db(), kind, id).await? {
                    Some(repo) => Some(repo),
                    None => repos::find_moved(self.db(), kind, id).await?,
                };
                ids.extend(found.map(|repo| repo.id));
            }
            repositories = Some(ids);
        }
        let filter = Filter {
            action: query.action.as_deref(),
            repositories: repositories.as_deref(),
            before: query.before.as_deref(),
        };
        Ok(events::page(self.db(), &filter, limit).await?)
    }
}
