//! `…/edit/{revision}/{path}`: a text, changed in a form and committed. A path at which nothing is becomes a new file.

use askama::Template;
use axum::http::StatusCode;
use limpide_hub::{Change, Error, NewCommit};
use limpide_words::{FilePath, ObjectId};

use crate::error::ApiError;
use crate::pages::page::{Shown, page, see, with_status};
use crate::pages::repo::{Head, Place, Section};
use crate::pages::visit::{Form, Frame, Visit};

/// The longest text that a form holds.
const LONGEST: u64 = 1 << 20;

#[derive(Template)]
#[template(path = "repo/edit.html")]
struct Edit {
    frame: Frame,
    head: Head,
    problem: String,
    path: String,
    text: String,
    message: String,
    /// The commit that the text was read from: whoever has committed since is not overwritten.
    parent: String,
    action: String,
    back: String,
    is_new: bool,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let place = Place::of(&visit).await?;
    visit.hub.writable(&visit.caller, place.kind, &place.id).await?;
    let Some(path) = visit.path()? else { return see(&place.address("tree", "")) };
    let commit = visit.hub.commit_at(&place.readable, &place.revision).await?;
    let text = text(&visit, &place, &path).await?;
    page(&Edit {
        frame: visit.frame(),
        head: Head::of(&visit, &place, Section::Files).await?,
        problem: String::new(),
        is_new: text.is_none(),
        text: text.unwrap_or_default(),
        message: String::new(),
        parent: commit.id.to_string(),
        action: place.address("edit", path.as_str()),
        back: place.address("blob", path.as_str()),
        path: path.to_string(),
    })
}

/// What the file holds; none where there is no file.
async fn text(visit: &Visit, place: &Place, path: &FilePath) -> Result<Option<String>, ApiError> {
    let content = visit.hub.content(&visit.caller, place.kind, &place.id).await?;
    let commit = visit.hub.commit_at(&place.readable, &place.revision).await?;
    let file = match visit.hub.resolve(&content, &commit, path).await {
        Ok(file) => file,
        Err(Error::NotFound(..)) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    let no_text = || {
        Error::Unprocessable(format!("`{path}` is no text of at most {LONGEST} bytes; upload it instead."))
    };
    if file.size > LONGEST {
        return Err(no_text().into());
    }
    let bytes = visit.hub.look(&content, &file, |bytes| bytes.bytes_at(0, LONGEST as usize)).await?;
    Ok(Some(String::from_utf8(bytes).map_err(|_| no_text())?))
}

pub(crate) async fn take(visit: Visit) -> Shown {
    let place = Place::of(&visit).await?;
    let Some(path) = visit.path()? else { return see(&place.address("tree", "")) };
    let (frame, head) = (visit.frame(), Head::of(&visit, &place, Section::Files).await?);
    let (call, form) = visit.form().await?;
    let writable = call.hub.writable(&call.caller, place.kind, &place.id).await?;
    let made = async {
        let parent: ObjectId =
            form.get("parent").parse().map_err(|_| Error::Invalid("`parent` is no commit.".into()))?;
        let new = NewCommit {
            title: title(&form, &path),
            description: String::new(),
            parent: Some(parent.to_string()),
        };
        let mut draft = call.hub.begin_commit(&writable, &place.revision, new).await?;
        // Browsers send `\r\n`, whatever the file had.
        let bytes = form.get("text").replace("\r\n", "\n").into_bytes().into();
        draft.add(Change::File { path: path.clone(), bytes }).await?;
        draft.finish().await
    };
    let (status, problem) = match made.await {
        Ok(_) => return see(&place.address("blob", path.as_str())),
        Err(Error::Outdated(_)) => (StatusCode::CONFLICT, frame.t.say("edit-outdated")),
        Err(Error::Invalid(words) | Error::Unprocessable(words)) => (StatusCode::UNPROCESSABLE_ENTITY, words),
        Err(other) => return Err(other.into()),
    };
    // The text that was written is not lost: the next attempt stands on what is there now.
    let now = call.hub.commit_at(&place.readable, &place.revision).await?;
    with_status(
        status,
        &Edit {
            frame,
            head,
            problem,
            text: form.get("text").to_owned(),
            message: form.get("message").to_owned(),
            parent: now.id.to_string(),
            action: place.address("edit", path.as_str()),
            back: place.address("blob", path.as_str()),
            is_new: false,
            path: path.to_string(),
        },
    )
}

fn title(form: &Form, path: &FilePath) -> String {
    match form.get("message").trim() {
        "" => format!("Update {path}"),
        message => message.chars().take(200).collect(),
    }
}
