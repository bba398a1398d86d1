//! Signing in to the site: sessions, which a cookie stands for, and a limit on guessing passwords.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use limpide_db::accounts::Owner;
use limpide_db::events;
use limpide_db::sessions::{self, Session};
use limpide_words::OwnerName;
use serde_json::json;

use crate::access::{Caller, SignedIn};
use crate::accounts::{Grant, digest};
use crate::error::{Error, Result};
use crate::{Hub, chance};

/// How long a session lasts.
pub const SESSION: Duration = Duration::from_secs(30 * 24 * 3600);

/// So many failures within this span, of one name or from one address, and the next attempt has to wait.
const SPAN: Duration = Duration::from_secs(15 * 60);
const FAILURES_OF_NAME: i64 = 10;
const FAILURES_FROM_ADDRESS: i64 = 50;

/// The longest that a browser may call itself.
const LONGEST_AGENT: usize = 200;

/// A language in which the site speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
}

/// Who a cookie stands for.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The user, with all that they may do.
    pub caller: Caller,
    /// The session, which is no secret.
    pub session: String,
    /// The language they chose, if they did.
    pub language: Option<Language>,
}

/// A session that has just begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Whose it is.
    pub user: Owner,
    /// What the cookie is to hold: it is known only now.
    pub secret: String,
}

impl Language {
    /// Every language of the site.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// Its tag of BCP 47.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Language {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|language| language.as_str() == text);
        known.ok_or_else(|| {
            Error::Invalid(format!("`{text}` is no language of this site; it speaks en and fr."))
        })
    }
}

impl Hub {
    /// The user with this name and password; or with this name and a token that may write, which is how an administrator
    /// without a password comes in.
    ///
    /// # Errors
    /// `SignIn` when they do not fit together; `Forbidden` for a token that may not write; `TooOften` after many
    /// attempts that came to nothing, by this name or from this address.
    pub async fn admit(&self, name: &OwnerName, secret: &str, address: &str) -> Result<Owner> {
        let subjects = subjects(name, address);
        self.check_failures(&subjects).await?;
        let found = self.user_by_secret(name, secret).await;
        match &found {
            Ok(_) => self.forgive(&subjects[0]).await?,
            Err(Error::SignIn(_)) => self.note_failure(&subjects).await?,
            Err(_) => {}
        }
        found
    }

    /// Begins a session of a user who has just shown who they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_session(&self, user: Owner, agent: &str) -> Result<Begun> {
        let secret = chance::hexadecimal::<32>()?;
        let now = self.clock().now();
        let session = Session {
            id: chance::id(),
            user_id: user.id.clone(),
            user_name: user.name.clone(),
            is_admin: user.is_admin,
            language: None,
            agent: agent.chars().take(LONGEST_AGENT).collect(),
            created: now,
            expires: now + SESSION,
        };
        let mut tx = self.db().begin().await?;
        sessions::insert(&mut tx, &session, &digest(&secret)).await?;
        let who = signed_in(&session);
        events::insert(&mut tx, self.account_event(&who, "session.begin", json!({ "session": session.id })))
            .await?;
        tx.commit().await?;
        Ok(Begun { user, secret })
    }

    /// Who the secret of a cookie stands for; none when the session has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visitor(&self, secret: &str) -> Result<Option<Visitor>> {
        let Some(session) = sessions::by_digest(self.db(), &digest(secret)).await? else { return Ok(None) };
        if session.expires <= self.clock().now() {
            return Ok(None);
        }
        let language = session.language.as_deref().and_then(|tag| tag.parse().ok());
        let caller = Caller::User(Arc::new(signed_in(&session)));
        Ok(Some(Visitor { caller, session: session.id, language }))
    }

    /// The sessions of the caller that have not ended, the newest first.
    ///
    /// # Errors
    /// `SignIn` for anyone.
    pub async fn sessions(&self, caller: &Caller) -> Result<Vec<Session>> {
        let mut all = sessions::of_user(self.db(), &caller.user()?.id).await?;
        let now = self.clock().now();
        all.retain(|session| session.expires > now);
        Ok(all)
    }

    /// Ends a session of the caller.
    ///
    /// # Errors
    /// `SignIn` for anyone; `NotFound` when it is no session of theirs.
    pub async fn end_session(&self, caller: &Caller, id: &str) -> Result<()> {
        let user = caller.user()?;
        let mut tx = self.db().begin().await?;
        if !sessions::delete(&mut tx, &user.id, id).await? {
            return Err(Error::missing("You have no such session; it may have ended."));
        }
        events::insert(&mut tx, self.account_event(user, "session.end", json!({ "session": id }))).await?;
        Ok(tx.commit().await?)
    }

    /// Ends all sessions of the caller but this one: after a password was changed, or a browser lost. Gives how many.
    ///
    /// # Errors
    /// `SignIn` for anyone.
    pub async fn end_other_sessions(&self, caller: &Caller, kept: &str) -> Result<u64> {
        let user = caller.user()?;
        let mut tx = self.db().begin().await?;
        let ended = sessions::delete_others(&mut tx, &user.id, kept).await?;
        events::insert(&mut tx, self.account_event(user, "session.end-others", json!({ "ended": ended })))
            .await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Chooses the language in which the site speaks to the caller; none for what their browser asks.
    ///
    /// # Errors
    /// `SignIn` for anyone.
    pub async fn choose_language(&self, caller: &Caller, language: Option<Language>) -> Result<()> {
        let user = caller.user()?;
        let mut tx = self.db().begin().await?;
        sessions::set_language(&mut tx, &user.id, language.map(Language::as_str)).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets sessions that have ended and failures that count no more.
    pub(crate) async fn forget_old_sessions(&self) -> Result<u64> {
        let now = self.clock().now();
        let mut tx = self.db().begin().await?;
        let forgotten = sessions::forget_old(&mut tx, now, now - SPAN).await?;
        tx.commit().await?;
        Ok(forgotten)
    }

    async fn user_by_secret(&self, name: &OwnerName, secret: &str) -> Result<Owner> {
        if !secret.starts_with("hf_") {
            return self.user_by_password(name, secret).await;
        }
        let refusal = || Error::SignIn("Invalid username or password.".into());
        let Caller::User(user) = self.caller_by_token(secret).await.map_err(|_| refusal())? else {
            return Err(refusal());
        };
        if user.name.folded() != name.folded() {
            return Err(refusal());
        }
        if user.grant != Grant::Write {
            let words =
                "This token does not allow everything: sign in with one that may write, or with a password.";
            return Err(Error::Forbidden(words.into()));
        }
        self.user_by_name(name).await
    }

    pub(crate) async fn check_failures(&self, subjects: &[String; 2]) -> Result<()> {
        let since = self.clock().now() - SPAN;
        let most = [FAILURES_OF_NAME, FAILURES_FROM_ADDRESS];
        for (subject, most) in subjects.iter().zip(most) {
            if sessions::failures(self.db(), subject, since).await? >= most {
                return Err(Error::TooOften(
                    "Too many attempts to sign in have failed. Try again later.".into(),
                    SPAN,
                ));
            }
        }
        Ok(())
    }

    pub(crate) async fn forgive(&self, subject: &str) -> Result<()> {
        let mut tx = self.db().begin().await?;
        sessions::forgive(&mut tx, subject).await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn note_failure(&self, subjects: &[String; 2]) -> Result<()> {
        let now = self.clock().now();
        let mut tx = self.db().begin().await?;
        for subject in subjects {
            sessions::insert_failure(&mut tx, &chance::id(), subject, now).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// What failures to sign in are counted by.
pub(crate) fn subjects(name: &OwnerName, address: &str) -> [String; 2] {
    [format!("name:{}", name.folded()), format!("address:{address}")]
}

/// On the site a user does whatever they may.
fn signed_in(session: &Session) -> SignedIn {
    SignedIn {
        id: session.user_id.clone(),
        name: session.user_name.clone(),
        is_admin: session.is_admin,
        token: "session".to_owned(),
        grant: Grant::Write,
    }
}
