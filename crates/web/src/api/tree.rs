//! `GET /api/{kind}/{ns}/{name}/tree/{rev}[/{path}]`: files and folders, a page at a time.

use axum::Json;
use axum::response::IntoResponse;
use limpide_hub::Listing;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::api::{Answer, entry, next_page, scans};
use crate::call::Call;

pub(crate) async fn list(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    let revision = call.revision()?;
    let listing = Listing {
        folder: call.path()?,
        recursive: call.flag("recursive"),
        expand: call.flag("expand"),
        cursor: call.asked("cursor").map(str::to_owned),
        limit: call.number("limit")?,
    };
    let listed = call.hub.list_tree(&readable, &revision, &listing).await?;
    let shows_content = readable.shows_content();
    let mut shown: Vec<Value> =
        listed.entries.iter().map(|entry| entry::describe(entry, shows_content)).collect();
    if listing.expand {
        scans::add_statuses(&call, &listed.entries, &mut shown).await?;
    }
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut path = format!("/api/{}/{id}/tree/{}", kind.plural(), encode(revision.as_str()));
    if let Some(folder) = &listing.folder {
        path = format!("{path}/{}", encode(folder.as_str()));
    }
    Ok((next_page(&call, &path, listed.next.as_deref()), Json(shown)).into_response())
}
