//! `…/upload/{revision}/{folder}`: files sent from a browser. A form sends small files without a script; with one, whole
//! folders come by drag and drop, of any size, and go on where they stopped.

use std::str::FromStr;

use askama::Template;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use limpide_hub::{Announced, Change, Error, NewCommit, UploadMode, Writable};
use limpide_words::{FilePath, Revision};

use crate::error::ApiError;
use crate::pages::page::{Shown, page, see, with_status};
use crate::pages::repo::{Head, Place, Section};
use crate::pages::visit::{Frame, Visit};

/// Bytes from which the hub guesses whether a file is text.
const SAMPLE: usize = 512;

/// Files that a form sends at most, and bytes of all of them: they are held until the form has ended.
const MOST_FILES: usize = 100;
const MOST_BYTES: usize = 64 << 20;

#[derive(Template)]
#[template(path = "repo/upload.html")]
struct Upload {
    frame: Frame,
    head: Head,
    revision: String,
    folder: String,
    crumbs: Vec<(String, String)>,
    root: String,
    action: String,
    problem: String,
    /// What the script needs to know: addresses of the API, and where to go in the end.
    api: String,
    lfs: String,
    done: String,
    limit: String,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let place = Place::of(&visit).await?;
    visit.hub.writable(&visit.caller, place.kind, &place.id).await?;
    page(&form(&visit, &place, String::new()).await?)
}

async fn form(visit: &Visit, place: &Place, problem: String) -> Result<Upload, ApiError> {
    let folder = visit.path()?;
    let path = folder.as_ref().map_or("", FilePath::as_str);
    Ok(Upload {
        frame: visit.frame(),
        head: Head::of(visit, place, Section::Files).await?,
        revision: place.revision.to_string(),
        crumbs: place.crumbs(folder.as_ref()),
        root: place.address("tree", ""),
        action: place.address("upload", path),
        api: format!("/api/{}/{}", place.kind.plural(), place.id),
        lfs: format!("{}.git/info/lfs/objects/batch", place.root()),
        done: place.address("tree", path),
        limit: visit.words.size(visit.hub.settings().limits.regular_file as i64),
        folder: path.to_owned(),
        problem,
    })
}

pub(crate) async fn take(visit: Visit) -> Shown {
    let place = Place::of(&visit).await?;
    let writable = visit.hub.writable(&visit.caller, place.kind, &place.id).await?;
    let folder = visit.path()?;
    let back = place.address("tree", folder.as_ref().map_or("", FilePath::as_str));
    let (visit, body) = visit.without_body()?;
    match commit(&visit, &writable, &place.revision, (folder.as_ref(), body)).await {
        Ok(()) => see(&back),
        Err(problem) => match problem.error() {
            Error::Invalid(_) | Error::Unprocessable(_) | Error::TooLarge(_) | Error::Conflict(_) => {
                let status = problem.status();
                let words = problem.error().to_string();
                with_status(status, &form(&visit, &place, words).await?)
            }
            _ => Err(problem),
        },
    }
}

/// Commits the files of a form, each at its name below the folder.
async fn commit(
    visit: &Visit,
    writable: &Writable,
    revision: &Revision,
    (folder, body): (Option<&FilePath>, Body),
) -> Result<(), ApiError> {
    let mut fields = multipart(visit, body).await?;
    let mut message = String::new();
    let mut files: Vec<(FilePath, bytes::Bytes)> = Vec::new();
    while let Some(mut field) = fields.next_field().await.map_err(broken)? {
        if field.name() == Some("message") {
            message = field.text().await.map_err(broken)?.trim().chars().take(500).collect();
            continue;
        }
        let Some(name) = field.file_name().filter(|name| !name.is_empty()).map(str::to_owned) else {
            continue;
        };
        let path = below(folder, &name)?;
        let bytes = whole(visit, &mut field, &path).await?;
        let all: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
        if files.len() == MOST_FILES || all + bytes.len() > MOST_BYTES {
            return Err(Error::TooLarge(format!(
                "A form sends at most {MOST_FILES} files and {MOST_BYTES} bytes; use `hf upload`."
            ))
            .into());
        }
        files.push((path, bytes));
    }
    if files.is_empty() {
        return Err(Error::Invalid("Choose at least one file.".into()).into());
    }
    let announced: Vec<Announced> = files
        .iter()
        .map(|(path, bytes)| Announced {
            path: path.clone(),
            size: bytes.len() as u64,
            sample: bytes[..bytes.len().min(SAMPLE)].to_vec(),
        })
        .collect();
    let plan = visit.hub.preupload(writable, revision, &announced, None).await?;
    if let Some((at, _)) = plan.files.iter().enumerate().find(|(_, plan)| plan.mode == UploadMode::Lfs) {
        let words =
            format!("`{}` is a large file: this form sends small ones. Use `hf upload`.", files[at].0);
        return Err(Error::TooLarge(words).into());
    }
    let title = if message.is_empty() { format!("Upload {} files", files.len()) } else { message };
    let head = NewCommit { title, description: String::new(), parent: None };
    let mut draft = visit.hub.begin_commit(writable, revision, head).await?;
    for (path, bytes) in files {
        draft.add(Change::File { path, bytes }).await?;
    }
    draft.finish().await?;
    Ok(())
}

async fn multipart(visit: &Visit, body: Body) -> Result<Multipart, ApiError> {
    let mut request = Request::new(body);
    *request.headers_mut() = visit.headers.clone();
    // Each file is bounded, and so are all of them together.
    DefaultBodyLimit::disable().apply(&mut request);
    let refused = |_| ApiError::from(Error::Invalid("This is not a form with files.".into()));
    Multipart::from_request(request, &()).await.map_err(refused)
}

fn broken(_: axum::extract::multipart::MultipartError) -> ApiError {
    Error::Invalid("The form ended before its files did; send it again.".into()).into()
}

fn below(folder: Option<&FilePath>, name: &str) -> Result<FilePath, ApiError> {
    let path = match folder {
        Some(folder) => format!("{folder}/{name}"),
        None => name.to_owned(),
    };
    Ok(FilePath::from_str(&path)?)
}

/// A file of a form, which is small.
async fn whole(
    visit: &Visit,
    field: &mut axum::extract::multipart::Field<'_>,
    path: &FilePath,
) -> Result<bytes::Bytes, ApiError> {
    let most = visit.hub.settings().limits.regular_file;
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&piece);
        if bytes.len() as u64 > most {
            let words =
                format!("`{path}` has more than the {most} bytes that this form sends. Use `hf upload`.");
            return Err(Error::TooLarge(words).into());
        }
    }
    Ok(bytes.into())
}
