//! Organisations, their members, and what a user belongs to.

use limpide_db::accounts::{self, Membership, Owner};
use limpide_words::{Kind, OwnerName};

use crate::access::{Role, SignedIn};
use crate::error::{Error, Result};
use crate::{Hub, chance};

/// A user, with the organisations they are in.
#[derive(Debug, Clone)]
pub struct Account {
    /// The user.
    pub owner: Owner,
    /// What they belong to.
    pub organizations: Vec<Membership>,
}

/// What is publicly known of an owner.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The user or organisation.
    pub owner: Owner,
    /// How many public repositories a user likes.
    pub likes: i64,
    counts: Vec<accounts::Count>,
}

impl Overview {
    /// How many public repositories of this kind the owner has.
    pub fn repositories(&self, kind: Kind) -> i64 {
        self.counts.iter().find(|count| count.kind == kind.as_str()).map_or(0, |count| count.repositories)
    }
}

impl Hub {
    /// What is publicly known of an owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overview(&self, owner: &Owner) -> Result<Overview> {
        let counts = accounts::public_repositories(self.db(), &owner.id).await?;
        let likes = accounts::liked(self.db(), &owner.id).await?;
        Ok(Overview { owner: owner.clone(), likes, counts })
    }

    /// The account behind a token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn whoami(&self, user: &SignedIn) -> Result<Account> {
        self.account(&user.name).await
    }

    /// A user by name, with their organisations.
    ///
    /// # Errors
    /// `NotFound` without such a user.
    pub async fn account(&self, name: &OwnerName) -> Result<Account> {
        let owner = self.user_by_name(name).await?;
        let organizations = accounts::memberships(self.db(), &owner.id).await?;
        Ok(Account { owner, organizations })
    }

    /// Creates an organisation.
    ///
    /// # Errors
    /// `Conflict` when the name is taken.
    pub async fn create_organization(&self, name: OwnerName, full_name: String) -> Result<Owner> {
        let owner = Owner {
            id: chance::id(),
            kind: "organization".to_owned(),
            name,
            full_name,
            email: None,
            password: None,
            is_admin: false,
            created: self.clock().now(),
        };
        self.insert_owner(&owner).await?;
        Ok(owner)
    }

    /// Gives a user a role in an organisation, or another one, or none.
    ///
    /// # Errors
    /// `NotFound` without such an organisation or user.
    pub async fn set_member(
        &self,
        organization: &OwnerName,
        user: &OwnerName,
        role: Option<Role>,
    ) -> Result<()> {
        let organization = self.organization(organization).await?;
        let user = self.user_by_name(user).await?;
        let mut tx = self.db().begin().await?;
        match role {
            Some(role) => {
                let now = self.clock().now();
                accounts::put_member(&mut tx, &organization.id, &user.id, role.as_str(), now).await?;
            }
            None => accounts::remove_member(&mut tx, &organization.id, &user.id).await?,
        }
        tx.commit().await?;
        Ok(())
    }

    /// The members of an organisation, by name.
    ///
    /// # Errors
    /// `NotFound` without such an organisation.
    pub async fn members(&self, organization: &OwnerName) -> Result<Vec<Membership>> {
        let organization = self.organization(organization).await?;
        Ok(accounts::members(self.db(), &organization.id).await?)
    }

    /// An organisation by name.
    ///
    /// # Errors
    /// `NotFound` without such an organisation.
    pub async fn organization(&self, name: &OwnerName) -> Result<Owner> {
        let found = accounts::owner_by_name(self.db(), name).await?;
        found
            .filter(|owner| owner.kind == "organization")
            .ok_or_else(|| Error::missing(format!("There is no organization {name}.")))
    }
}
