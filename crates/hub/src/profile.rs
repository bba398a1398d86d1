//! What a user says of themselves, and their password.

use limpide_db::{accounts, events, sessions};
use serde_json::json;

use crate::Hub;
use crate::access::Caller;
use crate::error::{Error, Result};
use crate::sessions::subjects;

/// The longest name shown beside a user name, in characters, and the longest address.
const LONGEST_NAME: usize = 200;
const LONGEST_EMAIL: usize = 254;

impl Hub {
    /// Changes the caller's full name and e-mail address.
    ///
    /// # Errors
    /// `SignIn` or `Forbidden` unless the token may write; `Invalid` for a name that is too long, or for what is no
    /// address.
    pub async fn set_profile(&self, caller: &Caller, full_name: &str, email: &str) -> Result<()> {
        let user = caller.signing_user()?;
        let full_name = checked_full_name(full_name)?;
        let email = checked_email(email)?;
        let mut tx = self.db().begin().await?;
        accounts::set_profile(&mut tx, &user.id, full_name, email).await?;
        events::insert(&mut tx, self.account_event(user, "account.profile", json!({}))).await?;
        Ok(tx.commit().await?)
    }

    /// Gives the caller another password, and ends their sessions but the one they use. Whoever has a password shows it
    /// once more: a browser may be left open. Gives how many sessions ended.
    ///
    /// # Errors
    /// `SignIn` or `Forbidden` unless the token may write; `Forbidden` too when `current` is not their password;
    /// `TooOften` after many of those; `Invalid` when the new one is too short.
    pub async fn change_password(
        &self,
        caller: &Caller,
        (current, new): (&str, &str),
        session: Option<&str>,
        address: &str,
    ) -> Result<u64> {
        let user = caller.signing_user()?;
        let kept = self.user_by_name(&user.name).await?.password;
        if kept.is_some() {
            let subjects = subjects(&user.name, address);
            self.check_failures(&subjects).await?;
            if !self.password_fits(kept, current).await? {
                self.note_failure(&subjects).await?;
                return Err(Error::Forbidden("This is not your current password.".into()));
            }
        }
        let hash = self.hash_password(new).await?;
        let mut tx = self.db().begin().await?;
        accounts::set_password(&mut tx, &user.id, &hash).await?;
        let ended = sessions::delete_others(&mut tx, &user.id, session.unwrap_or_default()).await?;
        let detail = json!({ "ended": ended });
        events::insert(&mut tx, self.account_event(user, "account.password", detail)).await?;
        tx.commit().await?;
        Ok(ended)
    }
}

/// A name to be shown; it may be empty.
pub(crate) fn checked_full_name(name: &str) -> Result<&str> {
    let name = name.trim();
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        let words = format!("A full name is one line of at most {LONGEST_NAME} characters.");
        return Err(Error::Unprocessable(words));
    }
    Ok(name)
}

/// An e-mail address, or none.
fn checked_email(email: &str) -> Result<Option<&str>> {
    let email = email.trim();
    if email.is_empty() {
        return Ok(None);
    }
    let looks_right = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    if !looks_right || email.len() > LONGEST_EMAIL || email.contains(|c: char| c.is_control() || c == ' ') {
        return Err(Error::Invalid(format!("`{email}` is no e-mail address.")));
    }
    Ok(Some(email))
}
