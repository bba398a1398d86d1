//! The keys with which people sign what they attest.

use limpide_db::keys::{self, Key};
use limpide_db::{attestations, events};
use limpide_openness::PublicKey;
use limpide_words::OwnerName;
use serde_json::json;

use crate::Hub;
use crate::access::{Caller, SignedIn};
use crate::accounts::Grant;
use crate::changing;
use crate::error::{Error, Result};

/// The longest name of a key, and the most keys of a user.
const LONGEST_NAME: usize = 96;
const MOST_KEYS: usize = 100;

impl Hub {
    /// Adds a public key to the caller's: Ed25519, as 64 hexadecimal digits or in PEM, to attest with; P-256, P-384 or
    /// P-521, in PEM, to sign models with.
    ///
    /// # Errors
    /// `SignIn` or `Forbidden` unless the token may write; `Invalid` for what is no key; `Conflict` for a name or a key
    /// that the caller has already.
    pub async fn add_key(&self, caller: &Caller, name: &str, key: &str) -> Result<Key> {
        let user = caller.signing_user()?;
        let name = checked_name(name)?;
        let key = Key { name, public_key: written(key)?, created: self.clock().now() };
        if keys::of_user(self.db(), &user.name).await?.len() >= MOST_KEYS {
            return Err(Error::TooLarge(format!("A user has at most {MOST_KEYS} keys; remove one first.")));
        }
        let mut tx = self.db().begin().await?;
        match keys::insert(&mut tx, &user.id, &key).await {
            Err(limpide_db::Error::Taken(_)) => {
                let words = format!("You already have a key called `{}`, or this very key.", key.name);
                return Err(Error::Conflict(words));
            }
            other => other?,
        }
        let detail = json!({ "name": key.name, "key": key.public_key });
        events::insert(&mut tx, self.account_event(user, "key.add", detail)).await?;
        tx.commit().await?;
        self.weigh_again(user, &key.public_key).await?;
        Ok(key)
    }

    /// The public keys of a user, by their names.
    ///
    /// # Errors
    /// `NotFound` without such a user.
    pub async fn keys(&self, user: &OwnerName) -> Result<Vec<Key>> {
        let user = self.user_by_name(user).await?;
        Ok(keys::of_user(self.db(), &user.name).await?)
    }

    /// Removes a key of the caller's: what was signed with it counts no more.
    ///
    /// # Errors
    /// `SignIn` or `Forbidden` unless the token may write; `NotFound` when there is none of this name.
    pub async fn remove_key(&self, caller: &Caller, name: &str) -> Result<()> {
        let user = caller.signing_user()?;
        let mut tx = self.db().begin().await?;
        let key = keys::delete(&mut tx, &user.id, name).await?;
        let key = key.ok_or_else(|| Error::missing(format!("You have no key called `{name}`.")))?;
        let detail = json!({ "name": name, "key": key });
        events::insert(&mut tx, self.account_event(user, "key.remove", detail)).await?;
        tx.commit().await?;
        self.weigh_again(user, &key).await
    }

    /// Notes what is attested of all about which something is signed with a key that came or went.
    async fn weigh_again(&self, user: &SignedIn, public_key: &str) -> Result<()> {
        for about in attestations::signed_with(self.db(), &user.id, public_key).await? {
            let mut tx = match changing::begin(self.db(), &about.repository_id).await {
                Err(Error::NotFound(..)) => continue,
                other => other?,
            };
            self.weigh_attestations(&mut tx, &about.repository_id, about.commit_id).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

impl Caller {
    /// The user, if the token may do whatever they may.
    ///
    /// # Errors
    /// `SignIn` or `Forbidden` otherwise.
    pub(crate) fn signing_user(&self) -> Result<&SignedIn> {
        let user = self.user()?;
        match user.grant {
            Grant::Write => Ok(user),
            Grant::Read | Grant::Fine(_) => {
                Err(Error::Forbidden("This needs a token that may write whatever you may.".into()))
            }
        }
    }
}

/// A key as it is kept: Ed25519 in hexadecimal, others in PEM.
fn written(key: &str) -> Result<String> {
    let invalid = |refused: String| Error::Invalid(format!("This is no public key: {refused}."));
    if !key.contains("-----BEGIN") {
        return key
            .trim()
            .parse()
            .map(|key: PublicKey| key.to_string())
            .map_err(|refused| invalid(refused.to_string()));
    }
    let parsed = limpide_signing::PublicKey::from_pem(key).map_err(|refused| invalid(refused.to_string()))?;
    if parsed.kind().signs_models() {
        return parsed.to_pem().map_err(|refused| invalid(refused.to_string()));
    }
    PublicKey::from_pem(key).map(|key| key.to_string()).map_err(|refused| invalid(refused.to_string()))
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::Invalid(format!("The name of a key has 1 to {LONGEST_NAME} characters.")));
    }
    Ok(name.to_owned())
}
