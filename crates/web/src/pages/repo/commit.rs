//! `…/commit/{id}`: what a commit changed, file by file and line by line.

use askama::Template;
use limpide_hub::{Content, FileChange};
use similar::{ChangeTag, TextDiff};

use crate::error::ApiError;
use crate::pages::page::{Shown, page};
use crate::pages::repo::{Head, Place, Section, path_segments};
use crate::pages::visit::{Frame, Visit};

/// Files whose lines are compared, the longest of them in bytes, and the lines that a page shows of all.
const COMPARED: usize = 50;
const LONGEST: usize = 256 << 10;
const MOST_LINES: usize = 3000;

/// Unchanged lines that are shown around a change.
const AROUND: usize = 3;

#[derive(Template)]
#[template(path = "repo/commit.html")]
struct CommitPage {
    frame: Frame,
    head: Head,
    title: String,
    message: String,
    author: String,
    date: String,
    id: String,
    parent: Option<(String, String)>,
    files: Vec<FileView>,
    summary: String,
    is_cut: bool,
    tree: String,
}

struct FileView {
    path: String,
    address: Option<String>,
    /// Added, changed or deleted.
    what: &'static str,
    body: Body,
}

enum Body {
    Lines(Vec<DiffLine>),
    /// Why the lines are not shown.
    Not(&'static str),
}

struct DiffLine {
    class: &'static str,
    sign: &'static str,
    old: String,
    new: String,
    text: String,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let (place, t) = (Place::of(&visit).await?, visit.words);
    let commit = visit.hub.commit_at(&place.readable, &place.revision).await?;
    let changes = visit.hub.changes(&place.readable, &commit).await?;
    // Whoever may not read files sees which they are, and not what is in them.
    let content = place.readable.content();
    let root = place.root();
    let mut files = Vec::new();
    let mut room = MOST_LINES;
    for (index, change) in changes.files.iter().enumerate() {
        let content = content.as_ref().filter(|_| index < COMPARED && room > 0);
        let body = body(&visit, content, change, &mut room).await?;
        let address =
            change.after.map(|_| format!("{root}/blob/{}/{}", commit.id, path_segments(&change.path)));
        files.push(FileView { path: change.path.clone(), address, what: what(change), body });
    }
    let short = |id: &str| id.chars().take(8).collect::<String>();
    let parent = changes.parent.map(|parent| (short(&parent.to_string()), format!("{root}/commit/{parent}")));
    page(&CommitPage {
        frame: visit.frame(),
        head: Head::of(&visit, &place, Section::Files).await?,
        title: commit.title.clone(),
        message: commit.message.trim().to_owned(),
        author: commit.author.clone(),
        date: t.moment(commit.date),
        id: commit.id.to_string(),
        parent,
        summary: t.count("files-changed", changes.files.len() as i64),
        is_cut: changes.is_cut,
        tree: format!("{root}/tree/{}", commit.id),
        files,
    })
}

fn what(change: &FileChange) -> &'static str {
    match (change.before, change.after) {
        (None, _) => "change-added",
        (_, None) => "change-deleted",
        _ => "change-changed",
    }
}

async fn body(
    visit: &Visit,
    content: Option<&Content>,
    change: &FileChange,
    room: &mut usize,
) -> Result<Body, ApiError> {
    let Some(content) = content else { return Ok(Body::Not("diff-not-shown")) };
    let mut texts = Vec::new();
    for id in [change.before, change.after] {
        let bytes = match id {
            Some(id) => visit.hub.read_blob(content, id).await?,
            None => Default::default(),
        };
        if bytes.len() > LONGEST {
            return Ok(Body::Not("diff-too-long"));
        }
        match String::from_utf8(bytes.to_vec()) {
            Ok(text) if !text.contains('\0') => texts.push(text),
            _ => return Ok(Body::Not("diff-binary")),
        }
    }
    let lines = compare(&texts[0], &texts[1], *room);
    *room = room.saturating_sub(lines.len());
    Ok(Body::Lines(lines))
}

/// The lines that differ, with some around them; at most so many.
fn compare(old: &str, new: &str, most: usize) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(old, new);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if index > 0 {
            let (old, new, text) = Default::default();
            lines.push(DiffLine { class: "gap", sign: "⋯", old, new, text });
        }
        for change in group.iter().flat_map(|part| diff.iter_changes(part)) {
            if lines.len() >= most {
                return lines;
            }
            let (class, sign) = match change.tag() {
                ChangeTag::Equal => ("", " "),
                ChangeTag::Delete => ("removed", "−"),
                ChangeTag::Insert => ("added", "+"),
            };
            let number =
                |index: Option<usize>| index.map(|index| (index + 1).to_string()).unwrap_or_default();
            let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
            let (old, new) = (number(change.old_index()), number(change.new_index()));
            lines.push(DiffLine { class, sign, old, new, text });
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_went_and_came_are_told_with_their_numbers() {
        let lines = compare("a\nb\nc\n", "a\nx\nc\nd\n", 100);
        let told: Vec<String> = lines
            .iter()
            .map(|line| format!("{}{}:{}:{}", line.sign, line.old, line.new, line.text))
            .collect();
        assert_eq!(told, [" 1:1:a", "−2::b", "+:2:x", " 3:3:c", "+:4:d"]);
        assert_eq!(compare("", &"x\n".repeat(500), 100).len(), 100, "a page has room for so many");
    }
}
