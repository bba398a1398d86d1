//! Signs what the hub hands out and later believes: tokens for the content store, links to bytes.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::Hub;
use crate::error::{Error, Result};

/// The longest text that is looked at as something signed here; what we sign is far shorter.
const LONGEST: usize = 4096;

impl Hub {
    /// Writes something down so that it can be handed out and believed when it comes back.
    /// What was sealed for one purpose is not believed for another, nor by another hub.
    pub(crate) fn seal<T: Serialize>(&self, purpose: &str, what: &T) -> Result<String> {
        let words = serde_json::to_vec(what).map_err(|error| Error::Internal(error.into()))?;
        let words = BASE64_URL_SAFE_NO_PAD.encode(words);
        let signature = self.signature(purpose, words.as_bytes())?;
        Ok(format!("{words}.{signature}"))
    }

    /// Reads what [`Hub::seal`] wrote for this purpose; nothing when it was not written here.
    pub(crate) fn unseal<T: DeserializeOwned>(&self, purpose: &str, text: &str) -> Result<Option<T>> {
        let Some((words, signature)) = text.split_once('.').filter(|_| text.len() <= LONGEST) else {
            return Ok(None);
        };
        if !self.has_signed(purpose, words.as_bytes(), signature)? {
            return Ok(None);
        }
        let Ok(words) = BASE64_URL_SAFE_NO_PAD.decode(words) else { return Ok(None) };
        // A new version may read what an older one has signed: what it cannot read, it does not know.
        Ok(serde_json::from_slice(&words).ok())
    }

    /// The hub's signature under a message.
    pub(crate) fn signature(&self, purpose: &str, message: &[u8]) -> Result<String> {
        Ok(BASE64_URL_SAFE_NO_PAD.encode(self.mac(purpose, message)?.finalize().into_bytes()))
    }

    /// Whether the hub has signed this message for this purpose. Takes as long for a wrong signature as for the
    /// right one.
    pub(crate) fn has_signed(&self, purpose: &str, message: &[u8], signature: &str) -> Result<bool> {
        let Ok(signature) = BASE64_URL_SAFE_NO_PAD.decode(signature) else { return Ok(false) };
        Ok(self.mac(purpose, message)?.verify_slice(&signature).is_ok())
    }

    /// A key for one purpose, made from the hub's own.
    pub(crate) fn derived_key(&self, purpose: &str, message: &[u8]) -> Result<[u8; 32]> {
        Ok(self.mac(purpose, message)?.finalize().into_bytes().into())
    }

    fn mac(&self, purpose: &str, message: &[u8]) -> Result<Hmac<Sha256>> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.key()).map_err(|error| Error::Internal(error.into()))?;
        // Neither purposes nor instances hold a zero byte: two different questions never read alike.
        for part in [purpose.as_bytes(), self.instance().as_bytes()] {
            mac.update(part);
            mac.update(&[0]);
        }
        mac.update(message);
        Ok(mac)
    }
}
