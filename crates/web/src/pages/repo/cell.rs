//! `…/cell/{revision}/{path}?row=…&column=…`: the picture or the sound of a cell. Nothing else is given away by itself:
//! what a cell holds is what a stranger wrote.

use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use limpide_hub::{Error, Thing};
use limpide_tables::{Form, Media, Place as RowPlace, Value};

use crate::pages::page::Shown;
use crate::pages::repo::Place;
use crate::pages::visit::Visit;

pub(crate) async fn show(visit: Visit) -> Shown {
    let place = Place::of(&visit).await?;
    let nothing = || Error::NotFound(Thing::Entry, "No picture and no sound is there.".to_owned());
    let path = visit.path()?.ok_or_else(nothing)?;
    let form = Form::of(path.as_str()).ok_or_else(nothing)?;
    let commit = visit.hub.commit_at(&place.readable, &place.revision).await?;
    let content = visit.hub.content(&visit.caller, place.kind, &place.id).await?;
    let file = visit.hub.resolve(&content, &commit, &path).await?;
    // The bytes of a cell are bytes of the file: what holds the file back holds them back.
    visit.hub.release(&content, &file).await?;
    let at = RowPlace {
        row: visit.number("row")?.unwrap_or_default(),
        offset: visit.number("at")?.unwrap_or_default(),
    };
    let column = visit.number("column")?.unwrap_or_default();
    let read = visit.hub.cell(&content, &file, form, (at, column)).await?;
    let value = read.map_err(|problem| Error::Invalid(problem.to_string()))?.ok_or_else(nothing)?;
    let kind = match value.media() {
        Some(Media::Image(kind) | Media::Audio(kind)) => kind,
        None => return Err(nothing().into()),
    };
    let Value::Bytes(bytes) = value else { return Err(nothing().into()) };
    let mut answer = bytes.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (header::CACHE_CONTROL, "private, max-age=600"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(answer)
}
