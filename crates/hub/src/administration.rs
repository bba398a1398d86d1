//! What an operator does without the site: the first start, and looking after accounts.

use limpide_db::accounts::{self, Owner, Token};
use limpide_words::OwnerName;

use crate::Hub;
use crate::accounts::{Grant, NewToken, NewUser, digest};
use crate::error::{Error, Result};

/// The name of the administrator that a hub makes at its first start.
const FIRST: &str = "admin";

impl Hub {
    /// Makes the administrator `admin` if there is nobody yet, and gives their token: it is shown this once.
    /// None when somebody is there already; of replicas that start together, one makes the administrator.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn first_administrator(&self) -> Result<Option<String>> {
        let user = self
            .new_owner(NewUser {
                name: FIRST.parse()?,
                full_name: "Administrator".to_owned(),
                email: None,
                password: None,
                is_admin: true,
            })
            .await?;
        let first = NewToken { name: "first".to_owned(), grant: Grant::Write, lifetime: None, value: None };
        let (token, value) = self.new_token(user.clone(), first)?;
        let mut tx = self.db().begin().await?;
        if accounts::count_owners(&mut tx).await? > 0 {
            return Ok(None);
        }
        match accounts::insert_owner(&mut tx, &user).await {
            Err(limpide_db::Error::Taken(_)) => return Ok(None),
            other => other?,
        }
        accounts::insert_token(&mut tx, &token, &digest(&value)).await?;
        tx.commit().await?;
        Ok(Some(value))
    }

    /// All users, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self) -> Result<Vec<Owner>> {
        Ok(accounts::owners(self.db(), "user").await?)
    }

    /// All organisations, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn organizations(&self) -> Result<Vec<Owner>> {
        Ok(accounts::owners(self.db(), "organization").await?)
    }

    /// Gives a user another password.
    ///
    /// # Errors
    /// `NotFound` without such a user, `Invalid` when the password is too short.
    pub async fn set_password(&self, user: &OwnerName, password: &str) -> Result<()> {
        let user = self.user_by_name(user).await?;
        let hash = self.hash_password(password).await?;
        let mut tx = self.db().begin().await?;
        accounts::set_password(&mut tx, &user.id, &hash).await?;
        Ok(tx.commit().await?)
    }

    /// The tokens of a user, by name; the tokens themselves are not known any more.
    ///
    /// # Errors
    /// `NotFound` without such a user.
    pub async fn tokens(&self, user: &OwnerName) -> Result<Vec<Token>> {
        let user = self.user_by_name(user).await?;
        Ok(accounts::tokens(self.db(), &user.id).await?)
    }

    /// Ends a token of a user at once.
    ///
    /// # Errors
    /// `NotFound` without such a user, or when they have no token of this name.
    pub async fn revoke_token(&self, user: &OwnerName, name: &str) -> Result<()> {
        let user = self.user_by_name(user).await?;
        let mut tx = self.db().begin().await?;
        if !accounts::delete_token(&mut tx, &user.id, name).await? {
            return Err(Error::missing(format!("{} has no token called `{name}`.", user.name)));
        }
        Ok(tx.commit().await?)
    }
}
