//! The face for people: pages that the server renders, and forms. No page has data of its own: everything comes through
//! the same acts of the hub as the API. One file for each page; its template has the same name.

pub(crate) mod administration;
pub(crate) mod assets;
pub(crate) mod card;
pub(crate) mod chart;
pub(crate) mod compare;
pub(crate) mod cookies;
pub(crate) mod docs;
pub(crate) mod home;
pub(crate) mod list;
pub(crate) mod new;
pub(crate) mod note;
pub(crate) mod organization;
pub(crate) mod owner;
pub(crate) mod page;
pub(crate) mod repo;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod visit;
pub(crate) mod words;

use std::future::Future;

use axum::extract::FromRequest;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use std::pin::Pin;

use crate::Site;
use crate::pages::page::Shown;
use crate::pages::visit::Visit;

/// A handler of a page: refusals become pages, too, in the visitor's language.
#[derive(Clone)]
pub(crate) struct Page<F>(pub(crate) F);

impl<F, Fut> Handler<(), Site> for Page<F>
where
    F: FnOnce(Visit) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Shown> + Send,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, request: Request, site: Site) -> Self::Future {
        Box::pin(async move {
            let visit = match Visit::from_request(request, &site).await {
                Ok(visit) => visit,
                Err(refusal) => return refusal.into_response(),
            };
            let frame = visit.frame();
            match (self.0)(visit).await {
                Ok(answer) => answer,
                Err(refused) => page::refusal(refused, &frame),
            }
        })
    }
}
