//! The simplest hub that could be right: maps, changed by one act after the other. A commit goes by its title,
//! which no two commits share.

use std::collections::{BTreeMap, BTreeSet};

use limpide_words::ObjectId;

use crate::acts::{Change, PATHS, UPLOADED};

/// What a hub may answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    /// The id of the new repository.
    Made(String),
    /// Whether the commit was needed.
    Committed(bool),
    Refused(Refusal),
    Row(Row),
    /// Each ref with the title of the commit that it stands for; none when nobody knows the title any more.
    Refs(BTreeMap<String, Option<String>>),
    /// Titles, newest first.
    History(Vec<String>),
    Tree(Tree),
    /// The caller did not stay to hear it.
    Unheard,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotFound,
    Moved,
    Conflict,
    Exists,
    Outdated,
    Invalid,
}

/// What the row of a repository tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) private: bool,
    pub(crate) gated: bool,
    pub(crate) likes: usize,
    /// The model tells the most that it can be, with all that was ever committed; and the least, with what commits have:
    /// what only others had counts no more once it is collected.
    pub(crate) size: usize,
    pub(crate) least: usize,
    pub(crate) commits: i64,
}

/// Each file with its content and the title of the commit that last changed it.
pub(crate) type Tree = BTreeMap<String, (Content, Option<String>)>;
pub(crate) type Files = BTreeMap<String, Content>;

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Content {
    Git(String),
    Lfs(String),
}

impl std::fmt::Debug for Content {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Git(text) => write!(out, "{} bytes", text.len()),
            Self::Lfs(text) => write!(out, "{text}"),
        }
    }
}

/// A request: who asks what of which repository.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) name: usize,
    pub(crate) eve: bool,
    pub(crate) ask: Ask,
}

#[derive(Debug, Clone)]
pub(crate) enum Ask {
    Create,
    Delete,
    Move { to: usize },
    Duplicate { to: usize },
    Commit { branch: String, title: String, changes: Vec<Change>, parent: Option<String> },
    Squash { branch: String, title: String },
    Collect,
    CreateBranch { from: Revision },
    DeleteBranch,
    CreateTag { at: Revision, annotated: bool },
    DeleteTag,
    Like { liked: bool },
    Settings { private: Option<bool>, gated: Option<bool> },
    Look,
    Refs,
    History { at: Revision },
    Tree { at: Revision },
}

#[derive(Debug, Clone)]
pub(crate) enum Revision {
    Ref(String),
    Commit(ObjectId, String),
}

/// All there is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct State {
    pub(crate) repos: BTreeMap<String, Repo>,
    /// The repository that had a name before.
    pub(crate) redirects: BTreeMap<usize, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Repo {
    pub(crate) name: usize,
    pub(crate) private: bool,
    pub(crate) gated: bool,
    pub(crate) likes: BTreeSet<bool>,
    pub(crate) refs: BTreeMap<String, String>,
    pub(crate) commits: BTreeMap<String, Past>,
    /// Every content that was ever committed.
    pub(crate) contents: BTreeSet<Content>,
    pub(crate) uploaded: BTreeSet<String>,
    pub(crate) number: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Past {
    pub(crate) files: Files,
    pub(crate) parent: Option<String>,
}

/// The first commit of every repository.
pub(crate) const FIRST: &str = "initial commit";

impl Repo {
    /// A new repository, with the file that every model begins with.
    pub(crate) fn new(name: usize, attributes: &Content) -> Self {
        let files = Files::from([(".gitattributes".to_owned(), attributes.clone())]);
        Self {
            name,
            private: false,
            gated: false,
            likes: BTreeSet::new(),
            refs: [("refs/heads/main".to_owned(), FIRST.to_owned())].into(),
            commits: [(FIRST.to_owned(), Past { files, parent: None })].into(),
            contents: [attributes.clone()].into(),
            uploaded: BTreeSet::new(),
            number: 1,
        }
    }

    fn at(&self, revision: &Revision) -> Option<&String> {
        match revision {
            Revision::Ref(name) => self.refs.get(name),
            Revision::Commit(_, title) => self.commits.get_key_value(title).map(|(title, _)| title),
        }
    }

    /// From a commit back to the first one.
    fn history(&self, from: &str) -> Vec<String> {
        let mut titles = Vec::new();
        let mut at = Some(from.to_owned());
        while let Some(title) = at {
            at = self.commits[&title].parent.clone();
            titles.push(title);
        }
        titles
    }

    /// The title of the commit that last changed a path, by walking back.
    fn last_change(&self, from: &str, path: &str) -> String {
        let history = self.history(from);
        let mut last = from.to_owned();
        for title in history {
            if self.commits[&title].files.get(path) != self.commits[&last].files.get(path) {
                break;
            }
            last = title;
        }
        last
    }

    fn tree(&self, at: &str) -> Tree {
        let files = self.commits[at].files.iter();
        files
            .map(|(path, content)| (path.clone(), (content.clone(), Some(self.last_change(at, path)))))
            .collect()
    }

    fn row(&self, id: &str) -> Row {
        let length = |content: &Content| match content {
            Content::Git(text) | Content::Lfs(text) => text.len(),
        };
        Row {
            id: id.to_owned(),
            private: self.private,
            gated: self.gated,
            likes: self.likes.len(),
            size: self.contents.iter().map(length).sum(),
            least: {
                let kept: BTreeSet<&Content> =
                    self.commits.values().flat_map(|commit| commit.files.values()).collect();
                kept.into_iter().map(length).sum()
            },
            commits: self.number,
        }
    }

    fn commit(&mut self, branch: &str, title: &str, changes: &[Change], parent: Option<&String>) -> Answer {
        let Some(head) = self.refs.get(branch).cloned() else { return Answer::Refused(Refusal::NotFound) };
        if parent.is_some_and(|parent| *parent != head) {
            return Answer::Refused(Refusal::Outdated);
        }
        let mut files = self.commits[&head].files.clone();
        for change in changes {
            if let Change::Lfs(_, content) = change
                && !self.uploaded.contains(UPLOADED[*content])
            {
                return Answer::Refused(Refusal::Invalid);
            }
        }
        for change in changes {
            match change {
                Change::Put(path, number) => {
                    files.insert(PATHS[*path].to_owned(), Content::Git(text(*number)));
                }
                Change::Lfs(path, content) => {
                    files.insert(PATHS[*path].to_owned(), Content::Lfs(UPLOADED[*content].to_owned()));
                }
                Change::Delete(path) => {
                    if files.remove(PATHS[*path]).is_none() {
                        return Answer::Refused(Refusal::NotFound);
                    }
                }
            }
        }
        if files == self.commits[&head].files {
            return Answer::Committed(false);
        }
        // What was put and replaced in the same commit is stored, too.
        self.contents.extend(changes.iter().filter_map(content));
        self.contents.extend(files.values().cloned());
        self.commits.insert(title.to_owned(), Past { files, parent: Some(head) });
        self.refs.insert(branch.to_owned(), title.to_owned());
        self.number += 1;
        Answer::Committed(true)
    }

    fn squash(&mut self, branch: &str, title: &str) -> Answer {
        let Some(head) = self.refs.get(branch) else { return Answer::Refused(Refusal::NotFound) };
        let files = self.commits[head].files.clone();
        self.commits.insert(title.to_owned(), Past { files, parent: None });
        self.refs.insert(branch.to_owned(), title.to_owned());
        self.number += 1;
        self.forget_unreachable();
        Answer::Committed(true)
    }

    fn forget_unreachable(&mut self) {
        let kept: BTreeSet<String> = self.refs.values().flat_map(|head| self.history(head)).collect();
        self.commits.retain(|title, _| kept.contains(title));
    }

    fn create_ref(&mut self, name: &str, at: &Revision) -> Answer {
        let Some(target) = self.at(at).cloned() else { return Answer::Refused(Refusal::NotFound) };
        if self.refs.contains_key(name) {
            return Answer::Refused(Refusal::Conflict);
        }
        self.refs.insert(name.to_owned(), target);
        Answer::Done
    }

    fn delete_ref(&mut self, name: &str) -> Answer {
        match self.refs.remove(name) {
            Some(_) => Answer::Done,
            None => Answer::Refused(Refusal::NotFound),
        }
    }
}

fn content(change: &Change) -> Option<Content> {
    match change {
        Change::Put(_, number) => Some(Content::Git(text(*number))),
        Change::Lfs(_, content) => Some(Content::Lfs(UPLOADED[*content].to_owned())),
        Change::Delete(_) => None,
    }
}

/// The content that goes by a number.
pub(crate) fn text(number: u8) -> String {
    "content ".repeat(usize::from(number) + 1)
}

impl Request {
    /// Whether it needs no repository to begin with.
    pub(crate) fn creates(&self) -> bool {
        matches!(self.ask, Ask::Create)
    }
}

impl State {
    /// The repository that a request is about, or how it is refused: the first half of every request.
    pub(crate) fn find(&self, request: &Request) -> Result<String, Refusal> {
        let named = self.repos.iter().find(|(_, repo)| repo.name == request.name);
        let (id, refusal) = match named {
            Some((id, _)) => (id, None),
            None => (self.redirects.get(&request.name).ok_or(Refusal::NotFound)?, Some(Refusal::Moved)),
        };
        if request.eve && self.repos[id].private {
            return Err(Refusal::NotFound);
        }
        refusal.map_or_else(|| Ok(id.clone()), Err)
    }

    /// The second half: does it, if the answer is the one that was given.
    pub(crate) fn act(
        &self,
        id: &str,
        request: &Request,
        answer: &Answer,
        attributes: &Content,
    ) -> Option<Self> {
        let mut next = self.clone();
        let given = match &request.ask {
            Ask::Create => return next.create(request.name, answer, attributes),
            Ask::Move { to } => next.rename(id, request.name, *to),
            Ask::Duplicate { to } => return next.duplicate(id, *to, answer),
            Ask::Delete => match next.repos.remove(id) {
                Some(_) => {
                    next.redirects.retain(|_, leads_to| leads_to != id);
                    Answer::Done
                }
                None => Answer::Refused(Refusal::NotFound),
            },
            ask => match next.repos.get_mut(id) {
                Some(repo) => repo.answer(id, request.eve, ask),
                None => Answer::Refused(Refusal::NotFound),
            },
        };
        fits(&given, answer).then_some(next)
    }

    fn create(mut self, name: usize, answer: &Answer, attributes: &Content) -> Option<Self> {
        let exists = self.repos.values().any(|repo| repo.name == name);
        match answer {
            Answer::Refused(Refusal::Exists) if exists => Some(self),
            Answer::Made(id) if !exists => {
                self.redirects.remove(&name);
                self.repos.insert(id.clone(), Repo::new(name, attributes));
                Some(self)
            }
            _ => None,
        }
    }

    fn rename(&mut self, id: &str, from: usize, to: usize) -> Answer {
        let Some(repo) = self.repos.get(id) else { return Answer::Refused(Refusal::NotFound) };
        if repo.name != from {
            return Answer::Refused(Refusal::Moved);
        }
        if self.repos.iter().any(|(other, repo)| repo.name == to && other != id) {
            return Answer::Refused(Refusal::Conflict);
        }
        self.redirects.remove(&to);
        if from != to {
            self.redirects.insert(from, id.to_owned());
        }
        if let Some(repo) = self.repos.get_mut(id) {
            repo.name = to;
        }
        Answer::Done
    }

    fn duplicate(mut self, id: &str, to: usize, answer: &Answer) -> Option<Self> {
        let exists = self.repos.values().any(|repo| repo.name == to);
        match (answer, self.repos.get(id).cloned()) {
            (Answer::Refused(Refusal::Exists), _) if exists => Some(self),
            (Answer::Refused(Refusal::NotFound), None) => Some(self),
            (Answer::Made(copy), Some(source)) if !exists => {
                let uploaded = source.contents.iter().filter_map(|content| match content {
                    Content::Lfs(text) => Some(text.clone()),
                    Content::Git(_) => None,
                });
                let uploaded = uploaded.collect();
                let fresh = Repo {
                    name: to,
                    private: false,
                    gated: false,
                    likes: BTreeSet::new(),
                    uploaded,
                    ..source
                };
                self.redirects.remove(&to);
                self.repos.insert(copy.clone(), fresh);
                Some(self)
            }
            _ => None,
        }
    }
}

impl Repo {
    fn answer(&mut self, id: &str, eve: bool, ask: &Ask) -> Answer {
        let not_found = Answer::Refused(Refusal::NotFound);
        match ask {
            Ask::Commit { branch, title, changes, parent } => {
                self.commit(branch, title, changes, parent.as_ref())
            }
            Ask::Squash { branch, title } => self.squash(branch, title),
            Ask::Collect => {
                self.forget_unreachable();
                Answer::Done
            }
            Ask::CreateBranch { from } => self.create_ref("refs/heads/dev", from),
            Ask::DeleteBranch => self.delete_ref("refs/heads/dev"),
            Ask::CreateTag { at, .. } => self.create_ref("refs/tags/v1", at),
            Ask::DeleteTag => self.delete_ref("refs/tags/v1"),
            Ask::Like { liked } => {
                let _ = if *liked { self.likes.insert(eve) } else { self.likes.remove(&eve) };
                Answer::Done
            }
            Ask::Settings { private, gated } => {
                self.private = private.unwrap_or(self.private);
                self.gated = gated.unwrap_or(self.gated);
                Answer::Done
            }
            Ask::Look => Answer::Row(self.row(id)),
            Ask::Refs => Answer::Refs(
                self.refs.iter().map(|(name, title)| (name.clone(), Some(title.clone()))).collect(),
            ),
            Ask::History { at } => match self.at(at) {
                Some(title) => Answer::History(self.history(title)),
                None => not_found,
            },
            Ask::Tree { at } => match self.at(at) {
                Some(title) => Answer::Tree(self.tree(title)),
                None => not_found,
            },
            Ask::Create | Ask::Delete | Ask::Move { .. } | Ask::Duplicate { .. } => not_found,
        }
    }
}

/// Whether what was answered is what should have been.
fn fits(expected: &Answer, answer: &Answer) -> bool {
    match (expected, answer) {
        (_, Answer::Unheard) => true,
        (Answer::Refs(expected), Answer::Refs(told)) => {
            expected.keys().eq(told.keys())
                && expected
                    .values()
                    .zip(told.values())
                    .all(|(expected, told)| told.is_none() || expected == told)
        }
        (Answer::Row(expected), Answer::Row(told)) => {
            let size = expected.least..=expected.size;
            size.contains(&told.size)
                && *expected == Row { size: expected.size, least: expected.least, ..told.clone() }
        }
        _ => expected == answer,
    }
}
