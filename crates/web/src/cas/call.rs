//! One request to the content store: what its address names, and the pass that its token stands for.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use limpide_formats::form;
use limpide_hub::content::{ReadPass, WritePass};
use limpide_hub::{Error, Hub};
use limpide_xet::Hash;

use crate::Site;
use crate::error::ApiError;
use crate::origin;

/// What a handler of the content store needs to know of a request, apart from its body.
pub(crate) struct StoreCall {
    /// The hub.
    pub(crate) hub: Hub,
    /// The headers of the request.
    pub(crate) headers: HeaderMap,
    origin: String,
    params: Vec<(String, String)>,
    query: Vec<(String, String)>,
}

impl StoreCall {
    /// The pass of a caller who may read.
    pub(crate) fn reader(&self) -> Result<ReadPass, ApiError> {
        Ok(self.hub.read_pass(self.store(), self.token()?)?)
    }

    /// The pass of a caller who may write.
    pub(crate) fn writer(&self) -> Result<WritePass, ApiError> {
        Ok(self.hub.write_pass(self.store(), self.token()?)?)
    }

    /// The store that is addressed.
    pub(crate) fn store(&self) -> &str {
        self.param("store")
    }

    /// The address of the store, without a slash at the end.
    pub(crate) fn base(&self) -> String {
        format!("{}/cas/{}", self.origin, self.store())
    }

    /// The hash that stands in the address under this name.
    pub(crate) fn hash(&self, name: &str) -> Result<Hash, ApiError> {
        parse_hash(self.param(name))
    }

    /// Makes sure that the address names a prefix that is used: the specification writes one, clients another.
    pub(crate) fn expect_prefix(&self) -> Result<(), ApiError> {
        match self.param("prefix") {
            "default" | "default-merkledb" => Ok(()),
            other => {
                Err(Error::missing(format!("There is nothing under the prefix `{other}`: use `default`."))
                    .into())
            }
        }
    }

    /// A part of the address, decoded.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The first value that the query gives to `name`; empty when there is none.
    pub(crate) fn asked(&self, name: &str) -> &str {
        self.all_asked(name).next().unwrap_or_default()
    }

    /// Every value that the query gives to `name`.
    pub(crate) fn all_asked(&self, name: &str) -> impl Iterator<Item = &str> {
        self.query.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn token(&self) -> Result<&str, ApiError> {
        let value = self.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = value
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let (_, token) = token.ok_or_else(|| {
            Error::SignIn(
                "The content store asks for a token: get one at `…/xet-read-token/…` of a repository.".into(),
            )
        })?;
        Ok(token.trim())
    }
}

/// A hash as Xet writes it.
pub(crate) fn parse_hash(text: &str) -> Result<Hash, ApiError> {
    text.parse().map_err(|error| Error::Invalid(format!("`{text}` is no Xet hash: {error}.")).into())
}

impl FromRequestParts<Site> for StoreCall {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, ApiError> {
        let unreadable = |_| Error::Invalid("The address is not valid UTF-8 once decoded.".into());
        let raw = RawPathParams::from_request_parts(parts, site).await.map_err(unreadable)?;
        Ok(Self {
            hub: site.hub.clone(),
            headers: parts.headers.clone(),
            origin: origin::of(site, &parts.headers),
            params: raw.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            query: form::read(parts.uri.query().unwrap_or_default()),
        })
    }
}
