//! One request, read once: who calls, what the address names, what the query asks.

use std::str::FromStr;

use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use limpide_formats::{Problem, form};
use limpide_hub::{Caller, Error, Hub, Language, Visitor};
use limpide_words::{FilePath, Kind, RepoId, Revision, Unfit};
use serde::de::DeserializeOwned;

use crate::Site;
use crate::error::ApiError;
use crate::origin;
use crate::pages::cookies;

/// What a handler needs to know of a request, apart from its body.
pub(crate) struct Call {
    /// The hub.
    pub(crate) hub: Hub,
    /// Who calls.
    pub(crate) caller: Caller,
    /// What absolute links start with.
    pub(crate) origin: String,
    /// The headers of the request.
    pub(crate) headers: HeaderMap,
    /// The address that the request came from; empty when it is not known.
    pub(crate) address: String,
    /// Who the cookie of a session stands for, when it is that which tells who calls.
    visitor: Option<Visitor>,
    is_from_this_site: bool,
    kind: Option<Kind>,
    params: Vec<(String, String)>,
    query: Vec<(String, String)>,
}

impl Call {
    /// The repository that the address names.
    pub(crate) fn repo(&self) -> Result<(Kind, RepoId), ApiError> {
        let kind = self.kind()?;
        let owner = self.param("ns");
        let name = self.param("name");
        // git and LFS write `name.git`.
        let name = name.strip_suffix(".git").unwrap_or(name);
        let id = format!("{owner}/{name}");
        // A name that no repository can have is simply a repository that is not there.
        let id = id.parse().map_err(|_| self.no_repo(&id))?;
        Ok((kind, id))
    }

    /// The refusal for a repository that is not there.
    pub(crate) fn no_repo(&self, id: &str) -> ApiError {
        let thing = limpide_hub::Thing::Repo { signed_in: matches!(self.caller, Caller::User(_)) };
        Error::NotFound(thing, format!("There is no repository {id}.")).into()
    }

    /// The kind of repository that the address names.
    pub(crate) fn kind(&self) -> Result<Kind, ApiError> {
        match self.kind {
            Some(kind) => Ok(kind),
            None => Err(Error::missing(format!("There are no {} here.", self.param("kind"))).into()),
        }
    }

    /// The revision that the address names.
    pub(crate) fn revision(&self) -> Result<Revision, ApiError> {
        Ok(self.param("rev").parse()?)
    }

    /// The path that the address names; none for the root.
    pub(crate) fn path(&self) -> Result<Option<FilePath>, ApiError> {
        match self.param("path").trim_matches('/') {
            "" => Ok(None),
            path => Ok(Some(path.parse()?)),
        }
    }

    /// A part of the address, decoded; empty when the route has none of this name.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The first value that the query gives to `name`.
    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        self.all_asked(name).next()
    }

    /// Every value that the query gives to `name`, written `name=a&name=b` or `name[]=a&name[]=b`.
    pub(crate) fn all_asked<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let name = name.to_owned();
        let fits = move |key: &str| key.strip_suffix("[]").unwrap_or(key) == name.as_str();
        self.query.iter().filter(move |(key, _)| fits(key)).map(|(_, value)| value.as_str())
    }

    /// Whether the query says yes to `name`: `true`, `True` (old Python clients) or `1`.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.asked(name).is_some_and(is_true)
    }

    /// A number of the query.
    pub(crate) fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        let Some(text) = self.asked(name) else { return Ok(None) };
        let number =
            text.parse().map_err(|_| Error::Invalid(format!("`{name}` is a number, not `{text}`.")))?;
        Ok(Some(number))
    }

    /// The session of the caller, if they are signed in to the site.
    pub(crate) fn session(&self) -> Option<&str> {
        self.visitor.as_ref().map(|visitor| visitor.session.as_str())
    }

    /// The language that the caller chose for their account.
    pub(crate) fn language(&self) -> Option<Language> {
        self.visitor.as_ref().and_then(|visitor| visitor.language)
    }

    /// Whether a page of this site made the browser send this.
    pub(crate) fn is_from_this_site(&self) -> bool {
        self.is_from_this_site
    }

    /// The query as it was given, without `left_out`: what the link to the next page repeats.
    pub(crate) fn query_without<'a>(
        &'a self,
        left_out: &'a [&str],
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let kept = |key: &str| !left_out.contains(&key);
        self.query.iter().filter(move |(key, _)| kept(key)).map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// Whether a text of a query or a form means yes.
pub(crate) fn is_true(text: &str) -> bool {
    text.eq_ignore_ascii_case("true") || text == "1"
}

impl FromRequestParts<Site> for Call {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, ApiError> {
        let unreadable = |_| Error::Invalid("The address is not valid UTF-8 once decoded.".into());
        let raw = RawPathParams::from_request_parts(parts, site).await.map_err(unreadable)?;
        let params: Vec<_> = raw.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let origin = origin::of(site, &parts.headers);
        let is_from_this_site = origin::is_same(&origin, &parts.headers);
        let visitor = match parts.method.is_safe() || is_from_this_site {
            true => visitor(&site.hub, &parts.headers).await?,
            // Other sites can make a browser send its cookies along; then they stand for nobody.
            false => None,
        };
        let caller = match &visitor {
            Some(visitor) => visitor.caller.clone(),
            None => caller(&site.hub, &parts.headers).await?,
        };
        let address = origin::sender(parts);
        site.rates.count(parts, &caller, &address).await?;
        Ok(Self {
            caller,
            visitor,
            is_from_this_site,
            origin,
            headers: parts.headers.clone(),
            address,
            kind: kind_of(parts, &params),
            query: form::read(parts.uri.query().unwrap_or_default()),
            params,
            hub: site.hub.clone(),
        })
    }
}

/// `/api/{kind}/…` names the kind; page addresses start with `/datasets/`, `/spaces/`, or neither for models.
fn kind_of(parts: &Parts, params: &[(String, String)]) -> Option<Kind> {
    if let Some((_, plural)) = params.iter().find(|(key, _)| key == "kind") {
        return Kind::from_plural(plural);
    }
    let route = parts.extensions.get::<MatchedPath>().map_or("", |path| path.as_str());
    let first = route.trim_start_matches('/').split('/').next().unwrap_or_default();
    Some(Kind::from_plural(first).unwrap_or(Kind::Model))
}

/// Who the cookie of a browser stands for; nobody when a token tells who calls.
async fn visitor(hub: &Hub, headers: &HeaderMap) -> Result<Option<Visitor>, ApiError> {
    if headers.contains_key(header::AUTHORIZATION) {
        return Ok(None);
    }
    match cookies::get(headers, cookies::SESSION) {
        Some(secret) => Ok(hub.visitor(secret).await?),
        None => Ok(None),
    }
}

/// Who calls: by `Authorization: Bearer <token>`, or Basic with the token as password, as git sends it.
async fn caller(hub: &Hub, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(Caller::Anyone) };
    let refusal = || Error::SignIn("Invalid credentials in Authorization header".into());
    let value = value.to_str().map_err(|_| refusal())?;
    let (scheme, rest) = value.split_once(' ').ok_or_else(refusal)?;
    let token = match scheme.to_ascii_lowercase().as_str() {
        "bearer" => rest.trim().to_owned(),
        "basic" => {
            let decoded = STANDARD.decode(rest.trim()).map_err(|_| refusal())?;
            let decoded = String::from_utf8(decoded).map_err(|_| refusal())?;
            decoded.split_once(':').ok_or_else(refusal)?.1.to_owned()
        }
        _ => return Err(refusal().into()),
    };
    Ok(hub.caller_by_token(&token).await?)
}

/// The most that a body of JSON or a form may have: 256 files of a preupload, with their samples, need 1 MiB.
pub(crate) const FORM_LIMIT: usize = 8 * 1024 * 1024;

/// A whole body of JSON.
pub(crate) async fn json<T: DeserializeOwned>(body: Body) -> Result<T, ApiError> {
    let bytes = whole(body, FORM_LIMIT).await?;
    // Clients send no body where every field has a default.
    let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
    serde_json::from_slice(bytes).map_err(|error| {
        Error::Invalid(format!("The body is not the JSON this address expects: {error}")).into()
    })
}

/// A whole body of a form.
pub(crate) async fn form(body: Body) -> Result<Vec<(String, String)>, ApiError> {
    let bytes = whole(body, FORM_LIMIT).await?;
    let text =
        std::str::from_utf8(&bytes).map_err(|_| Error::Invalid("The form is not valid UTF-8.".into()))?;
    Ok(form::read(text))
}

/// A whole body of at most `limit` bytes.
pub(crate) async fn whole(body: Body, limit: usize) -> Result<Bytes, ApiError> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            Err(Error::TooLarge(format!("The body has more than the {limit} bytes allowed here.")).into())
        }
        Err(_) => Err(Error::Invalid("The body ended before its announced length.".into()).into()),
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self::from(match problem {
            Problem::Malformed(words) => Error::Invalid(words),
            Problem::Unfit(words) => Error::Unprocessable(words),
            Problem::TooLarge(words) => Error::TooLarge(words),
        })
    }
}

impl From<Unfit> for ApiError {
    fn from(unfit: Unfit) -> Self {
        Self::from(Error::from(unfit))
    }
}
