//! Passwords: kept as Argon2id, and compared a few at a time.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};
use tokio::sync::Semaphore;

use crate::Hub;
use crate::error::{Error, Result};

/// Argon2 takes 19 MiB and some tens of milliseconds on purpose: more at once would let strangers fill the memory.
const AT_ONCE: usize = 2;

/// Lets a few at a time in.
#[derive(Debug)]
pub(crate) struct Passwords(Semaphore);

impl Passwords {
    pub(crate) fn new() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }

    /// Works off the async threads, when it is this one's turn.
    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let _turn = self.0.acquire().await.map_err(|error| Error::Internal(error.into()))?;
        tokio::task::spawn_blocking(work).await.map_err(|error| Error::Internal(error.into()))?
    }
}

impl Hub {
    /// What is kept of a password.
    ///
    /// # Errors
    /// `Invalid` for one that is too short or too long.
    pub(crate) async fn hash_password(&self, password: &str) -> Result<String> {
        if password.chars().count() < 8 || password.len() > 1024 {
            return Err(Error::Invalid(
                "A password has at least 8 characters and at most 1024 bytes.".into(),
            ));
        }
        let password = password.to_owned();
        self.passwords().work(move || hash(&password)).await
    }

    /// Whether a password is the one that is kept. Where none is kept it takes as long to say no, so that nobody
    /// learns from a clock which names exist.
    pub(crate) async fn password_fits(&self, kept: Option<String>, password: &str) -> Result<bool> {
        let password = password.to_owned();
        let compare = move || {
            let Some(kept) = kept else { return hash(&password).map(|_| false) };
            let kept = PasswordHash::new(&kept)
                .map_err(|error| Error::Internal(anyhow::anyhow!("a stored password is damaged: {error}")))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
        };
        self.passwords().work(compare).await
    }
}

fn hash(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.map_err(|error| Error::Internal(anyhow::anyhow!("{error}")))?.to_string())
}
