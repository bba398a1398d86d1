//! What a page with forms says after one was sent: that it is done, or what is wrong; and what was typed.

use axum::http::StatusCode;
use limpide_hub::Error;

use crate::error::ApiError;
use crate::pages::visit::{Form, Visit};
use crate::pages::words::Words;

/// A note at the top of a page.
#[derive(Default)]
pub(crate) struct Note {
    /// What is wrong; empty when nothing is.
    pub(crate) problem: String,
    /// What was done; empty when nothing was.
    pub(crate) done: String,
    /// The form that could not be taken.
    form: Option<Form>,
}

impl Note {
    /// What was done, as the address tells after a form was taken: one of these messages.
    pub(crate) fn done(visit: &Visit, messages: &[&str]) -> Self {
        let asked = visit.asked("done").unwrap_or_default();
        let known = messages.iter().find(|message| **message == asked);
        Self { done: known.map(|message| visit.words.say(message)).unwrap_or_default(), ..Self::default() }
    }

    /// Why a form could not be taken, with what was typed and the status that fits. Refusals that no message speaks of
    /// are pages of their own.
    pub(crate) fn refused(
        refused: Error,
        message: Option<&str>,
        form: Form,
        t: Words,
    ) -> Result<(StatusCode, Self), ApiError> {
        let Some(message) = message else { return Err(refused.into()) };
        let status = match ApiError::from(refused).status() {
            // The browser would take it for something else: the page is there, and whoever sent the form is known.
            StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => StatusCode::UNPROCESSABLE_ENTITY,
            other => other,
        };
        Ok((status, Self { problem: t.say(message), done: String::new(), form: Some(form) }))
    }

    /// Whether it is this form that could not be taken.
    pub(crate) fn is_about(&self, act: &str) -> bool {
        self.form.as_ref().is_some_and(|form| form.get("act") == act)
    }

    /// What was typed into a field of the form that could not be taken, if it was this one.
    pub(crate) fn typed(&self, act: &str, field: &str) -> &str {
        self.typed_or(act, field, "")
    }

    /// The same, or else what the field holds by itself.
    pub(crate) fn typed_or<'a>(&'a self, act: &str, field: &str, else_: &'a str) -> &'a str {
        match &self.form {
            Some(form) if form.get("act") == act => form.get(field),
            _ => else_,
        }
    }
}

/// The refusal for a form that asks for something no page offers.
pub(crate) fn no_such_act(act: &str) -> Error {
    Error::Invalid(format!("`{act}` is nothing that can be asked for here."))
}
