//! The tokens that users make for themselves.

use limpide_db::{accounts, events};
use limpide_words::{Kind, OwnerName, RepoId};
use serde_json::json;

use crate::Hub;
use crate::access::Caller;
use crate::accounts::{Grant, NewToken, Scope, digest};
use crate::error::{Error, Result};

/// The longest name of a token, and the most tokens of a user.
const LONGEST_NAME: usize = 96;
const MOST_TOKENS: usize = 1000;

impl Hub {
    /// Creates a token of the caller's and gives it: it is shown this once.
    ///
    /// # Errors
    /// `SignIn` or `Forbidden` unless the token they hold may write; `Invalid` for a name or a scope that cannot be;
    /// `Conflict` when they have a token of this name.
    pub async fn create_own_token(&self, caller: &Caller, new: NewToken) -> Result<String> {
        let signed_in = caller.signing_user()?;
        let new = checked(new)?;
        if accounts::tokens(self.db(), &signed_in.id).await?.len() >= MOST_TOKENS {
            let words = format!("A user has at most {MOST_TOKENS} tokens; revoke one first.");
            return Err(Error::TooLarge(words));
        }
        let user = self.user_by_name(&signed_in.name).await?;
        let (token, value) = self.new_token(user, new)?;
        let mut tx = self.db().begin().await?;
        match accounts::insert_token(&mut tx, &token, &digest(&value)).await {
            Err(limpide_db::Error::Taken(_)) => {
                return Err(Error::Conflict(format!("You already have a token called `{}`.", token.name)));
            }
            other => other?,
        }
        let detail = json!({ "name": token.name, "role": token.role });
        events::insert(&mut tx, self.account_event(signed_in, "token.create", detail)).await?;
        tx.commit().await?;
        Ok(value)
    }

    /// Ends a token of the caller's at once.
    ///
    /// # Errors
    /// `SignIn` or `Forbidden` unless the token they hold may write; `NotFound` when they have none of this name.
    pub async fn revoke_own_token(&self, caller: &Caller, name: &str) -> Result<()> {
        let user = caller.signing_user()?;
        let mut tx = self.db().begin().await?;
        if !accounts::delete_token(&mut tx, &user.id, name).await? {
            return Err(Error::missing(format!("You have no token called `{name}`.")));
        }
        let event = self.account_event(user, "token.revoke", json!({ "name": name }));
        events::insert(&mut tx, event).await?;
        Ok(tx.commit().await?)
    }
}

fn checked(new: NewToken) -> Result<NewToken> {
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::Invalid(format!("The name of a token has 1 to {LONGEST_NAME} characters.")));
    }
    if let Grant::Fine(scopes) = &new.grant
        && (scopes.is_empty() || !scopes.iter().all(is_sound))
    {
        let words =
            "A fine-grained token names a repository (`owner/name`) or an owner, and what it may do there.";
        return Err(Error::Unprocessable(words.into()));
    }
    Ok(NewToken { name, ..new })
}

/// Whether a scope names what there could be, and something that can be allowed.
fn is_sound(scope: &Scope) -> bool {
    let names_something = match scope.on.as_str() {
        "user" | "org" => scope.name.parse::<OwnerName>().is_ok(),
        on => Kind::ALL.iter().any(|kind| kind.as_str() == on) && scope.name.parse::<RepoId>().is_ok(),
    };
    names_something && scope.role().is_some()
}
