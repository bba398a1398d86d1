//! Plays acts on a real hub with two replicas, and notes what was asked and answered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use limpide_hub::check::Severity;
use limpide_hub::{
    Caller, CommitsQuery, Error, Hub, Listing, NewCommit, NewRepo, NewTag, Readable, RepoSettings, Result,
    Settings, TreePage, What as Kept, Writable,
};
use limpide_testkit::git;
use limpide_testkit::hub::{START, TestHub};
use limpide_words::{Kind, ObjectId, RepoId};

use crate::acts::{Act, At, BRANCHES, Change, NAMES, PATHS, UPLOADED, What};
use crate::model::{Answer, Ask, Content, Refusal, Repo, Request, Revision, Row, State, Tree, text};
use crate::order::{Event, Start};

/// The longest that a race may take: whoever waits longer waits for ever.
const PATIENCE: Duration = Duration::from_secs(120);

/// What all tasks share.
pub(crate) struct World {
    pub(crate) hub: TestHub,
    /// Two servers on one database and one store; each keeps its own turns and its own trees.
    pub(crate) replicas: Vec<Hub>,
    pub(crate) ada: Caller,
    pub(crate) eve: Caller,
    titles: Mutex<HashMap<ObjectId, String>>,
    contents: HashMap<ObjectId, String>,
}

/// A task: where it asks, and what it saw.
struct Task {
    world: Arc<World>,
    replica: Hub,
    number: usize,
    seen: Option<(ObjectId, String)>,
    heard: Vec<Event>,
}

/// Lets all tasks run at once, then looks at everything.
pub(crate) async fn play(tasks: Vec<Vec<Act>>) -> (Start, Vec<Event>) {
    let (world, start) = World::start().await;
    let world = Arc::new(world);
    let tasks = tasks.into_iter().enumerate().map(|(number, acts)| {
        let mut task = Task::new(&world, number);
        tokio::spawn(async move {
            for act in acts {
                task.play(act).await;
            }
            task.heard
        })
    });
    let everybody = futures::future::join_all(tasks);
    let heard = tokio::time::timeout(PATIENCE, everybody).await.expect("nobody waits for ever");
    let mut history: Vec<Event> =
        heard.into_iter().flat_map(|heard| heard.expect("no task breaks")).collect();
    let mut last = Task::new(&world, history.len());
    last.look_around().await;
    world.check_with_git().await;
    let damage =
        world.hub.findings().await.into_iter().filter(|finding| finding.severity == Severity::Damage);
    // Contents were claimed for the race that no xorb holds.
    let damage: Vec<_> =
        damage.filter(|finding| !["file", "shard-missing"].contains(&finding.kind)).collect();
    assert!(damage.is_empty(), "{damage:#?}");
    history.extend(last.heard);
    (start, history)
}

impl World {
    /// A hub with one repository, for which the large contents were uploaded.
    pub(crate) async fn start() -> (Self, Start) {
        let hub = TestHub::start().await;
        let (ada, eve) = (hub.user("ada").await, hub.user("eve").await);
        let id = hub.model(&ada, "ada/one").await;
        let clock = limpide_hub::Clock::fixed(START);
        let (db, blobs) = (hub.db.db.clone(), hub.blobs.blobs.clone());
        let other = Hub::open(db, blobs, hub.mirrors(), Settings::default(), clock).await;
        let replicas = vec![hub.hub.clone(), other.unwrap()];
        let repo = hub.readable(&ada, Kind::Model, &id).await.unwrap();
        let head = hub.commit_at(&repo, &"main".parse().unwrap()).await.unwrap();
        let entry = hub.entry(&repo, &head, &".gitattributes".parse().unwrap()).await.unwrap();
        let bytes = hub.read_blob(&repo.content().unwrap(), entry.id).await.unwrap();
        let attributes = String::from_utf8(bytes.to_vec()).unwrap();
        for content in UPLOADED {
            hub.claim(&repo.repo().id, content).await;
        }
        let mut contents: HashMap<ObjectId, String> =
            (0..6).map(text).map(|text| (git_id(&text), text)).collect();
        contents.insert(git_id(&attributes), attributes.clone());
        let mut one = Repo::new(0, &Content::Git(attributes.clone()));
        one.uploaded = UPLOADED.iter().map(|text| (*text).to_owned()).collect();
        let state = State { repos: [(repo.repo().id.clone(), one)].into(), ..State::default() };
        let start = Start { state, attributes: Content::Git(attributes.clone()) };
        let titles = Mutex::new([(head.id, head.title)].into());
        (Self { hub, replicas, ada, eve, titles, contents }, start)
    }

    /// `git fsck` finds no fault in any repository.
    async fn check_with_git(&self) {
        for name in 0..NAMES.len() {
            let Ok(content) = self.hub.content(&self.ada, Kind::Model, &repo_id(name)).await else {
                continue;
            };
            let folder = tempfile::tempdir().unwrap();
            git::export(&self.hub, &content, folder.path()).await;
            assert_eq!(git::git(folder.path(), &["fsck", "--strict", "--full", "--no-dangling"]), "");
        }
    }

    fn learn(&self, id: ObjectId, title: &str) {
        self.titles.lock().unwrap().insert(id, title.to_owned());
    }

    fn title(&self, id: ObjectId) -> Option<String> {
        self.titles.lock().unwrap().get(&id).cloned()
    }
}

pub(crate) fn repo_id(name: usize) -> RepoId {
    format!("ada/{}", NAMES[name]).parse().unwrap()
}

fn git_id(text: &str) -> ObjectId {
    let id = gix_object::compute_hash(gix_hash::Kind::Sha1, gix_object::Kind::Blob, text.as_bytes()).unwrap();
    id.to_string().parse().unwrap()
}

impl Task {
    fn new(world: &Arc<World>, number: usize) -> Self {
        let replica = world.replicas[number % world.replicas.len()].clone();
        Self { world: world.clone(), replica, number, seen: None, heard: Vec::new() }
    }

    async fn play(&mut self, act: Act) {
        let eve = matches!(act.what, What::Like { eve: true, .. } | What::Look { eve: true });
        let cut_after = match act.what {
            What::Commit { cut_after, .. } => cut_after.map(Duration::from_micros),
            _ => None,
        };
        let request = Request { name: act.name, eve, ask: self.ask(act.what) };
        self.request(request, cut_after).await;
    }

    /// Puts an act into the words of the model.
    fn ask(&self, what: What) -> Ask {
        let title = format!("task {} act {}", self.number, self.heard.len());
        let branch = |branch: usize| format!("refs/heads/{}", BRANCHES[branch]);
        match what {
            What::Create => Ask::Create,
            What::Delete => Ask::Delete,
            What::Move { to } => Ask::Move { to },
            What::Duplicate { to } => Ask::Duplicate { to },
            What::Commit { branch: at, changes, careful, .. } => {
                let parent = self.seen.as_ref().filter(|_| careful).map(|(_, title)| title.clone());
                Ask::Commit { branch: branch(at), title, changes, parent }
            }
            What::Squash { branch: at } => Ask::Squash { branch: branch(at), title },
            What::Collect => Ask::Collect,
            What::CreateBranch { from } => Ask::CreateBranch { from: self.at(&from) },
            What::DeleteBranch => Ask::DeleteBranch,
            What::CreateTag { at, annotated } => Ask::CreateTag { at: self.at(&at), annotated },
            What::DeleteTag => Ask::DeleteTag,
            What::Like { liked, .. } => Ask::Like { liked },
            What::Settings { private, gated } => Ask::Settings { private, gated },
            What::Look { .. } => Ask::Look,
            What::Refs => Ask::Refs,
            What::History { at } => Ask::History { at: self.at(&at) },
            What::Tree { at } => Ask::Tree { at: self.at(&at) },
        }
    }

    fn at(&self, at: &At) -> Revision {
        match (at, &self.seen) {
            (At::Branch(branch), _) => Revision::Ref(format!("refs/heads/{}", BRANCHES[*branch])),
            (At::Tag, _) => Revision::Ref("refs/tags/v1".to_owned()),
            (At::Seen, Some((id, title))) => Revision::Commit(*id, title.clone()),
            (At::Seen, None) => Revision::Ref("refs/heads/main".to_owned()),
        }
    }

    async fn request(&mut self, request: Request, cut_after: Option<Duration>) {
        let asked = Instant::now();
        let outcome = match cut_after {
            None => Some(self.answer(&request).await),
            Some(after) => tokio::time::timeout(after, self.answer(&request)).await.ok(),
        };
        let answered = outcome.is_some().then(Instant::now);
        let answer = match outcome {
            None => Answer::Unheard,
            Some(Ok(answer)) => answer,
            Some(Err(error)) => Answer::Refused(refusal(&error)),
        };
        self.heard.push(Event { request, asked, answer, answered });
    }

    /// Looks at all that is left.
    async fn look_around(&mut self) {
        for name in 0..NAMES.len() {
            let mut asks = vec![Ask::Look];
            for found in ["refs/heads/main", "refs/heads/dev", "refs/tags/v1"] {
                let at = Revision::Ref(found.to_owned());
                asks.extend([Ask::History { at: at.clone() }, Ask::Tree { at }]);
            }
            asks.push(Ask::Refs);
            for ask in asks {
                self.request(Request { name, eve: false, ask }, None).await;
            }
        }
    }

    async fn answer(&mut self, request: &Request) -> Result<Answer> {
        let (hub, id) = (self.replica.clone(), repo_id(request.name));
        let caller = if request.eve { self.world.eve.clone() } else { self.world.ada.clone() };
        let new = |name: usize| NewRepo { kind: Kind::Model, id: repo_id(name), private: false, sdk: None };
        match &request.ask {
            Ask::Create => Ok(Answer::Made(hub.create_repo(&caller, new(request.name)).await?.id)),
            Ask::Delete => done(hub.delete_repo(&caller, Kind::Model, &id).await),
            Ask::Move { to } => done(hub.move_repo(&caller, Kind::Model, &id, &repo_id(*to)).await),
            Ask::Duplicate { to } => {
                let source = hub.content(&caller, Kind::Model, &id).await?;
                Ok(Answer::Made(hub.duplicate_repo(&source, &caller, new(*to)).await?.id))
            }
            Ask::Like { liked } => done(hub.like(&caller, Kind::Model, &id, *liked).await),
            Ask::Settings { private, gated } => {
                let gated = gated.map(|gated| if gated { "auto" } else { "false" }.to_owned());
                let change = RepoSettings { private: *private, gated };
                done(hub.set_repo_settings(&caller, Kind::Model, &id, change).await)
            }
            Ask::Look | Ask::Refs | Ask::History { .. } | Ask::Tree { .. } => {
                let readable = hub.readable(&caller, Kind::Model, &id).await?;
                self.read(&readable, &request.ask).await
            }
            _ => {
                let writable = hub.writable(&caller, Kind::Model, &id).await?;
                self.write(&writable, &request.ask).await
            }
        }
    }

    async fn write(&mut self, repo: &Writable, ask: &Ask) -> Result<Answer> {
        let hub = self.replica.clone();
        match ask {
            Ask::Commit { branch, title, changes, parent } => {
                let parent =
                    parent.is_some().then(|| self.seen.as_ref().map(|(id, _)| id.to_string())).flatten();
                let new = NewCommit { title: title.clone(), parent, ..NewCommit::default() };
                let changes = changes.iter().map(change).collect();
                let done = hub.commit(repo, &branch.parse()?, new, changes).await?;
                if done.created {
                    self.see(done.id, title);
                }
                Ok(Answer::Committed(done.created))
            }
            Ask::Squash { branch, title } => {
                let done = hub.super_squash(repo, &branch.parse()?, title).await?;
                self.see(done.id, title);
                Ok(Answer::Committed(done.created))
            }
            Ask::Collect => done(hub.collect_history(&repo.repo().id).await.map(|_| ())),
            Ask::CreateBranch { from } => done(hub.create_branch(repo, "dev", Some(&revision(from))).await),
            Ask::DeleteBranch => done(hub.delete_branch(repo, "dev").await),
            Ask::CreateTag { at, annotated } => {
                let new = NewTag { name: "v1".into(), message: annotated.then(|| "why".into()) };
                done(hub.create_tag(repo, &revision(at), new).await)
            }
            _ => done(hub.delete_tag(repo, "v1").await),
        }
    }

    async fn read(&mut self, repo: &Readable, ask: &Ask) -> Result<Answer> {
        let hub = self.replica.clone();
        match ask {
            Ask::Refs => self.refs(repo).await,
            Ask::History { at } => {
                let list = hub.list_commits(repo, &revision(at), &CommitsQuery::default()).await?;
                for commit in list.commits.iter().rev() {
                    self.see(commit.id, &commit.title);
                }
                Ok(Answer::History(list.commits.into_iter().map(|commit| commit.title).collect()))
            }
            Ask::Tree { at } => {
                let listing = Listing { recursive: true, expand: true, ..Listing::default() };
                Ok(Answer::Tree(self.tree(hub.list_tree(repo, &revision(at), &listing).await?)))
            }
            _ => Ok(Answer::Row(row(repo))),
        }
    }

    async fn refs(&mut self, repo: &Readable) -> Result<Answer> {
        let list = self.replica.list_refs(repo).await?;
        let mut refs = std::collections::BTreeMap::new();
        for found in list.branches.into_iter().chain(list.tags) {
            if self.world.title(found.commit).is_none()
                && let Ok(commit) = self.replica.commit_at(repo, &found.commit.to_string().parse()?).await
            {
                self.world.learn(commit.id, &commit.title);
            }
            refs.insert(found.full.to_string(), self.world.title(found.commit));
        }
        Ok(Answer::Refs(refs))
    }

    fn tree(&self, page: TreePage) -> Tree {
        let mut tree = Tree::new();
        for entry in page.entries {
            let content = match entry.what {
                Kept::Folder => continue,
                Kept::Regular { .. } => Content::Git(self.world.contents[&entry.id].clone()),
                Kept::Lfs { sha256, .. } => Content::Lfs(uploaded(&sha256.to_string())),
            };
            tree.insert(entry.path, (content, entry.last_commit.map(|last| last.title)));
        }
        tree
    }

    fn see(&mut self, id: ObjectId, title: &str) {
        self.world.learn(id, title);
        self.seen = Some((id, title.to_owned()));
    }
}

fn done(outcome: Result<()>) -> Result<Answer> {
    outcome.map(|()| Answer::Done)
}

fn row(repo: &Readable) -> Row {
    let repo = repo.repo();
    Row {
        id: repo.id.clone(),
        private: repo.private,
        gated: repo.gated != "false",
        likes: usize::try_from(repo.likes).unwrap(),
        size: usize::try_from(repo.size).unwrap(),
        least: 0,
        commits: repo.commits,
    }
}

/// What a refusal is in the model. A hub never breaks.
fn refusal(error: &Error) -> Refusal {
    match error {
        Error::NotFound(..) => Refusal::NotFound,
        Error::Moved(_) => Refusal::Moved,
        Error::Conflict(_) => Refusal::Conflict,
        Error::RepoExists(..) => Refusal::Exists,
        Error::Outdated(_) => Refusal::Outdated,
        Error::Invalid(_) => Refusal::Invalid,
        other => panic!("the hub broke: {other:?}"),
    }
}

fn revision(revision: &Revision) -> limpide_words::Revision {
    match revision {
        Revision::Ref(name) => name.parse().unwrap(),
        Revision::Commit(id, _) => id.to_string().parse().unwrap(),
    }
}

fn change(change: &Change) -> limpide_hub::Change {
    use limpide_hub::Change::{DeleteFile, File, LfsFile};
    let path = |path: usize| PATHS[path].parse().unwrap();
    match change {
        Change::Put(at, number) => File { path: path(*at), bytes: text(*number).into_bytes().into() },
        Change::Lfs(at, content) => {
            LfsFile { path: path(*at), sha256: sha256(UPLOADED[*content]).parse().unwrap(), size: None }
        }
        Change::Delete(at) => DeleteFile(path(*at)),
    }
}

fn sha256(text: &str) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(text))
}

fn uploaded(asked: &str) -> String {
    UPLOADED.into_iter().find(|text| sha256(text) == asked).unwrap().to_owned()
}
