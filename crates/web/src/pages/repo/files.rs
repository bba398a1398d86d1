//! `…/tree/{revision}/{path}`: the files of a revision, each with the commit that last changed it.

use askama::Template;
use limpide_hub::{Entry, Listing, What};
use limpide_words::{FilePath, Revision};

use crate::error::ApiError;
use crate::pages::page::{Shown, page};
use crate::pages::repo::{Head, Place, Section, path_segments, segment};
use crate::pages::visit::{Frame, Visit};
use crate::pages::words::Words;

#[derive(Template)]
#[template(path = "repo/files.html")]
struct Files {
    frame: Frame,
    head: Head,
    revision: String,
    refs: Vec<RefChoice>,
    root: String,
    crumbs: Vec<(String, String)>,
    rows: Vec<FileRow>,
    more: Option<String>,
    commits: String,
    upload: String,
}

pub(crate) struct RefChoice {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) is_chosen: bool,
}

struct FileRow {
    name: String,
    address: String,
    is_folder: bool,
    size: String,
    download: Option<String>,
    commit: Option<RowCommit>,
}

struct RowCommit {
    title: String,
    address: String,
    date: String,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let place = Place::of(&visit).await?;
    let folder = visit.path()?;
    let listing = Listing {
        folder: folder.clone(),
        recursive: false,
        expand: true,
        cursor: visit.asked("cursor").map(str::to_owned),
        limit: None,
    };
    let found = visit.hub.list_tree(&place.readable, &place.revision, &listing).await?;
    let here = place.address("tree", folder.as_ref().map_or("", FilePath::as_str));
    let rows = found.entries.iter().map(|entry| FileRow::of(entry, &place, visit.words)).collect();
    page(&Files {
        frame: visit.frame(),
        head: Head::of(&visit, &place, Section::Files).await?,
        refs: choices(&visit, &place, "tree").await?,
        root: place.address("tree", ""),
        crumbs: place.crumbs(folder.as_ref()),
        more: found.next.map(|cursor| format!("{here}?cursor={}", segment(&cursor))),
        commits: place.address("commits", ""),
        upload: place.address("upload", folder.as_ref().map_or("", FilePath::as_str)),
        revision: place.revision.to_string(),
        rows,
    })
}

/// The branches and tags that the same page can be seen at.
pub(crate) async fn choices(visit: &Visit, place: &Place, kind: &str) -> Result<Vec<RefChoice>, ApiError> {
    let refs = visit.hub.list_refs(&place.readable).await?;
    let named = refs.branches.iter().chain(&refs.tags).map(|found| found.name.clone());
    let choice = |name: String| RefChoice {
        address: format!("{}/{kind}/{}", place.root(), segment(&name)),
        is_chosen: name == place.revision.as_str(),
        name,
    };
    Ok(named.map(choice).collect())
}

impl FileRow {
    fn of(entry: &Entry, place: &Place, t: Words) -> Self {
        let name = entry.path.rsplit('/').next().unwrap_or(&entry.path).to_owned();
        let is_folder = matches!(entry.what, What::Folder);
        let size = match &entry.what {
            What::Folder => String::new(),
            What::Regular { size } | What::Lfs { size, .. } => t.size(*size),
        };
        let commit = entry.last_commit.as_ref().map(|commit| RowCommit {
            title: commit.title.clone(),
            address: format!("{}/commit/{}", place.root(), commit.id),
            date: t.date(commit.date),
        });
        Self {
            name,
            address: place.address(if is_folder { "tree" } else { "blob" }, &entry.path),
            download: (!is_folder).then(|| download(place, &place.revision, &entry.path)),
            is_folder,
            size,
            commit,
        }
    }
}

/// Where the bytes of a file are, to be saved.
pub(crate) fn download(place: &Place, revision: &Revision, path: &str) -> String {
    format!("{}/resolve/{}/{}?download=true", place.root(), segment(revision.as_str()), path_segments(path))
}
