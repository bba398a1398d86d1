//! A visit to a page: a request of a person's browser, read once.

use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{Uri, header};
use limpide_hub::{Caller, Error, Language};
use limpide_words::OwnerName;

use crate::Site;
use crate::call::{self, Call};
use crate::error::ApiError;
use crate::pages::cookies;
use crate::pages::words::{Words, asked_language};

/// What a page needs to know of a request.
pub(crate) struct Visit {
    call: Call,
    /// The site's voice for this visitor.
    pub(crate) words: Words,
    /// Where this is, with its query: to come back to.
    pub(crate) uri: Uri,
    /// Behind a lock only because a body cannot be shared, and a visit is.
    body: Mutex<Body>,
}

/// What surrounds every page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// The site's voice.
    pub(crate) t: Words,
    /// Who is signed in.
    pub(crate) user: Option<OwnerName>,
    /// Whether they administer the hub.
    pub(crate) is_admin: bool,
    /// The address of the page, to come back to.
    pub(crate) here: String,
    /// Whether anybody may create an account.
    pub(crate) may_join: bool,
}

/// The fields of a form.
pub(crate) struct Form(Vec<(String, String)>);

impl Deref for Visit {
    type Target = Call;

    fn deref(&self) -> &Call {
        &self.call
    }
}

impl FromRequest<Site> for Visit {
    type Rejection = ApiError;

    async fn from_request(request: Request, site: &Site) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let call = Call::from_request_parts(&mut parts, site).await?;
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let chosen = cookies::get(&parts.headers, cookies::LANGUAGE).and_then(|tag| tag.parse().ok());
        let language: Language =
            call.language().or(chosen).unwrap_or_else(|| asked_language(text(header::ACCEPT_LANGUAGE)));
        Ok(Self { call, words: Words { language }, uri: parts.uri, body: Mutex::new(body) })
    }
}

impl Visit {
    /// What surrounds the page.
    pub(crate) fn frame(&self) -> Frame {
        let user = match &self.caller {
            Caller::User(user) => Some(user.clone()),
            Caller::Anyone => None,
        };
        Frame {
            t: self.words,
            is_admin: user.as_ref().is_some_and(|user| user.is_admin),
            user: user.map(|user| user.name.clone()),
            here: self.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            may_join: self.hub.settings().open_registration,
        }
    }

    /// The form that was sent. It must come from a page of this site: other sites make browsers send forms, too.
    pub(crate) async fn form(self) -> Result<(Call, Form), ApiError> {
        let form = self.fields().await?;
        Ok((self.call, form))
    }

    /// The same form, for those who need the visit once more: to show the page again.
    pub(crate) async fn fields(&self) -> Result<Form, ApiError> {
        if !self.call.is_from_this_site() {
            return Err(Error::Forbidden(
                "This form was not sent by a page of this site; open the page again.".into(),
            )
            .into());
        }
        let body = std::mem::take(&mut *self.body.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Form(call::form(body).await?))
    }

    /// What was sent, after the same look at who sent it, and the visit without it.
    pub(crate) fn without_body(self) -> Result<(Self, Body), ApiError> {
        if !self.call.is_from_this_site() {
            let words = "This was not sent by a page of this site; open the page again.";
            return Err(Error::Forbidden(words.into()).into());
        }
        let body = self.body.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok((Self { body: Mutex::default(), ..self }, body))
    }
}

impl Form {
    /// A field; empty when it is not there.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.given(name).unwrap_or_default()
    }

    /// A field that was sent.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box was ticked.
    pub(crate) fn is_ticked(&self, name: &str) -> bool {
        self.given(name).is_some()
    }
}

impl Frame {
    /// The same page's address, as a value of a query.
    pub(crate) fn here_encoded(&self) -> String {
        percent_encoding::utf8_percent_encode(&self.here, percent_encoding::NON_ALPHANUMERIC).to_string()
    }

    /// The other language.
    pub(crate) fn other_language(&self) -> Language {
        match self.t.language {
            Language::English => Language::French,
            Language::French => Language::English,
        }
    }

    /// The address of a file that comes with the program.
    pub(crate) fn asset(&self, name: &str) -> String {
        crate::pages::assets::address(name)
    }
}
