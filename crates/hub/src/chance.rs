//! Where ids, tokens and keys come from.

use uuid::Uuid;

use crate::error::{Error, Result};

/// A new id: UUIDv7, so that rows made one after the other lie side by side.
pub(crate) fn id() -> String {
    Uuid::now_v7().to_string()
}

/// `N` random bytes from the operating system, in hexadecimal.
pub(crate) fn hexadecimal<const N: usize>() -> Result<String> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| Error::Internal(anyhow::anyhow!("the system gives no random bytes: {error}")))?;
    Ok(hex::encode(bytes))
}
