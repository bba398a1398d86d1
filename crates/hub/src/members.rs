//! Organisations by those who are in them: founded, described, joined and left.

use limpide_db::accounts::{self, Owner};
use limpide_db::events;
use limpide_words::OwnerName;
use serde_json::json;

use crate::access::{Caller, Role};
use crate::error::{Error, Result};
use crate::profile::checked_full_name;
use crate::{Hub, chance};

impl Hub {
    /// Founds an organisation; the caller administers it.
    ///
    /// # Errors
    /// `SignIn` or `Forbidden` unless the token may write; `Conflict` when the name is taken.
    pub async fn found_organization(
        &self,
        caller: &Caller,
        name: OwnerName,
        full_name: &str,
    ) -> Result<Owner> {
        let user = caller.signing_user()?;
        let owner = Owner {
            id: chance::id(),
            kind: "organization".to_owned(),
            name,
            full_name: checked_full_name(full_name)?.to_owned(),
            email: None,
            password: None,
            is_admin: false,
            created: self.clock().now(),
        };
        let mut tx = self.db().begin().await?;
        match accounts::insert_owner(&mut tx, &owner).await {
            Err(limpide_db::Error::Taken(_)) => {
                return Err(Error::Conflict(format!("The name {} is taken; choose another.", owner.name)));
            }
            other => other?,
        }
        accounts::put_member(&mut tx, &owner.id, &user.id, Role::Admin.as_str(), owner.created).await?;
        let detail = json!({ "organization": owner.name });
        events::insert(&mut tx, self.account_event(user, "organization.create", detail)).await?;
        tx.commit().await?;
        Ok(owner)
    }

    /// An organisation, if the caller administers it.
    ///
    /// # Errors
    /// `SignIn` or `Forbidden` otherwise; `NotFound` without such an organisation.
    pub async fn administered(&self, caller: &Caller, name: &OwnerName) -> Result<Owner> {
        let user = caller.signing_user()?;
        let organization = self.organization(name).await?;
        if self.role_in_owner(user, &organization.id).await? < Some(Role::Admin) {
            return Err(Error::Forbidden(format!("You do not administer {}.", organization.name)));
        }
        Ok(organization)
    }

    /// Changes the name that is shown beside an organisation's.
    ///
    /// # Errors
    /// As [`Hub::administered`]; `Unprocessable` for a name that is too long.
    pub async fn describe_organization(
        &self,
        caller: &Caller,
        name: &OwnerName,
        full_name: &str,
    ) -> Result<()> {
        let user = caller.signing_user()?;
        let organization = self.administered(caller, name).await?;
        let mut tx = self.db().begin().await?;
        accounts::set_profile(&mut tx, &organization.id, checked_full_name(full_name)?, None).await?;
        let detail = json!({ "organization": organization.name });
        events::insert(&mut tx, self.account_event(user, "organization.profile", detail)).await?;
        Ok(tx.commit().await?)
    }

    /// Gives a user a role in an organisation, or another one, or none. Whoever is in it may leave; somebody who
    /// administers it stays.
    ///
    /// # Errors
    /// As [`Hub::administered`]; `NotFound` without such a user; `Conflict` when nobody would administer it any more.
    pub async fn change_member(
        &self,
        caller: &Caller,
        (organization, member): (&OwnerName, &OwnerName),
        role: Option<Role>,
    ) -> Result<()> {
        let user = caller.signing_user()?;
        let leaves = role.is_none() && user.name.folded() == member.folded();
        let organization = match leaves {
            true => self.organization(organization).await?,
            false => self.administered(caller, organization).await?,
        };
        let member = self.user_by_name(member).await?;
        let mut tx = self.db().begin().await?;
        accounts::lock_owner(&mut tx, &organization.id).await?;
        let before = accounts::role(&mut tx, &organization.id, &member.id).await?;
        match role {
            Some(role) => {
                let now = self.clock().now();
                accounts::put_member(&mut tx, &organization.id, &member.id, role.as_str(), now).await?;
            }
            None => accounts::remove_member(&mut tx, &organization.id, &member.id).await?,
        }
        if before.as_deref() == Some("admin") && accounts::count_admins(&mut tx, &organization.id).await? == 0
        {
            let words = format!("{} is the last who administers {}.", member.name, organization.name);
            return Err(Error::Conflict(words));
        }
        let detail = json!({
            "organization": organization.name, "member": member.name, "role": role.map(Role::as_str),
        });
        events::insert(&mut tx, self.account_event(user, "organization.member", detail)).await?;
        Ok(tx.commit().await?)
    }

    /// Where the caller may create repositories: their own name first, then organisations.
    ///
    /// # Errors
    /// `SignIn` for anyone.
    pub async fn places(&self, caller: &Caller) -> Result<Vec<OwnerName>> {
        let user = caller.user()?;
        let mut places = vec![user.name.clone()];
        for membership in accounts::memberships(self.db(), &user.id).await? {
            if Role::from_word(&membership.role) >= Some(Role::Contributor) {
                places.push(membership.name);
            }
        }
        places.retain(|place| user.grant.creates_in(place));
        Ok(places)
    }
}
