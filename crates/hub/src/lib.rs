//! The rules of a hub: who may do what, and what it does. One file for each act; [`Hub`] is the handle
//! that every face holds. Nothing here knows of HTTP, and nothing here writes SQL or files by itself.

mod access;
mod accounts;
mod administration;
mod attestations;
mod audits;
mod blame;
mod cards;
mod chance;
mod changes;
mod changing;
pub mod check;
mod clock;
mod collect;
mod commit;
mod commits;
mod commons;
pub mod content;
mod create_repo;
mod delete_repo;
mod downloads;
mod drawing;
mod duplicate;
mod error;
mod events;
mod export;
mod fetch;
mod git;
mod history;
mod jobs;
mod keys;
mod lfs;
mod lfs_files;
mod lfs_locks;
mod lfs_parts;
mod likes;
mod lineage;
mod listing;
mod look;
mod members;
mod model_files;
mod model_signatures;
mod move_repo;
pub mod moving;
mod organizations;
mod oversight;
mod own_tokens;
mod passwords;
mod paths;
mod preupload;
mod profile;
mod push;
mod quota;
mod refs;
mod remembered;
mod repo_settings;
mod resolve;
mod revision;
mod rows;
mod scans;
mod sessions;
mod settings;
mod signature;
mod squash;
mod statements;
mod sweep;
mod tree;
mod turns;
mod validate_card;
mod vouching;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use limpide_blobs::Blobs;
use limpide_clamav::Clamav;
use limpide_db::Db;
use limpide_db::moving::arrivals;
use limpide_git::Mirrors;
use limpide_safety::{Policy, PolicyProblem};
use tokio::sync::MutexGuard;

use crate::cards::Counts;
use crate::downloads::Downloads;
use crate::drawing::Drawer;
use crate::git::store::{SizeCache, TreeCache, size_cache, tree_cache};
use crate::jobs::Bell;
use crate::lfs_parts::Assemblies;
use crate::passwords::Passwords;
use crate::remembered::Remembered;
use crate::turns::Turns;
use crate::vouching::Vouching;

pub use access::{Caller, Content, Manageable, Readable, Role, SignedIn, Writable};
pub use accounts::{Grant, NewToken, NewUser, Scope};
pub use attestations::Attested;
pub use audits::{Audited, Made, Openness, Past};
pub use blame::Blame;
pub use cards::FacetCount;
pub use changes::{Changes, FileChange};
pub use clock::Clock;
pub use collect::{Collected, History, Reach};
pub use commit::{Change, Committed, Draft, NewCommit};
pub use commits::{CommitList, CommitsQuery};
pub use commons::Commons;
pub use create_repo::NewRepo;
pub use drawing::Undrawn;
pub use duplicate::{Failed, FileToCopy};
pub use error::{Error, Result, Thing};
pub use export::GitObject;
pub use jobs::{Pending, Workers};
pub use lfs::{LfsOutcome, LfsTicket};
pub use lfs_files::LfsFileList;
pub use lfs_locks::{LockList, Locking};
pub use lfs_parts::{LfsInParts, LfsPartTicket, LfsPartsTicket};
pub use limpide_db::accounts::{Membership, Owner, Room, Token};
pub use limpide_db::commits::Commit;
pub use limpide_db::events::Told;
pub use limpide_db::jobs::{Figure as JobFigure, Listed as ListedJob};
pub use limpide_db::keys::Key;
pub use limpide_db::lfs_files::LfsFile;
pub use limpide_db::lfs_locks::{Lock, Query as LockQuery};
pub use limpide_db::listing::Sort;
pub use limpide_db::log::{Leaf as LogLeaf, Signed as SignedStatement};
pub use limpide_db::repos::Repo;
pub use limpide_db::scans::{Acknowledgement, Notice};
pub use limpide_db::sessions::Session;
pub use limpide_drawing::Picture;
pub use limpide_formats::safetensors::Parameters;
pub use limpide_git::{Input as GitInput, Output as GitOutput, Protocol as GitProtocol};
pub use listing::{Listed, Page, Query};
pub use model_signatures::{ModelSignature, SignatureOutcome, SignedModel};
pub use organizations::{Account, Overview};
pub use oversight::EventQuery;
pub use paths::{Entry, LastCommit, What};
pub use preupload::{Announced, FilePlan, Preuploaded, UploadMode};
pub use refs::{NamedRef, NewTag, RefList};
pub use repo_settings::RepoSettings;
pub use resolve::Resolved;
pub use rows::{Rows, RowsQuery};
pub use scans::{CommitSafety, FileSafety, Flagged, Safety, WhenMalicious, content_of};
pub use sessions::{Begun, Language, SESSION, Visitor};
pub use settings::{Collection, Deduplication, Drawing, Jobs, Limits, Settings, TrustedRoot};
pub use sweep::Sweeper;
pub use tree::{Listing, TreePage};
pub use validate_card::CardReport;

/// A hub: its database, its store of bytes, its settings. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hub {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    db: Db,
    blobs: Blobs,
    mirrors: Arc<Mirrors>,
    settings: Settings,
    clock: Clock,
    instance: String,
    /// How often content was purged: a new one has a store of another name.
    epoch: AtomicU64,
    key: [u8; 32],
    content: content::State,
    downloads: Downloads,
    trees: TreeCache,
    sizes: SizeCache,
    turns: Turns,
    passwords: Passwords,
    assemblies: Assemblies,
    bell: Bell,
    counts: Counts,
    remembered: Remembered,
    policy: Arc<Policy>,
    clamav: Option<Clamav>,
    vouching: Vouching,
    drawer: Drawer,
    scribe: statements::Scribe,
}

/// Why a database is not opened that holds a part of a hub.
const UNFINISHED: &str = "The database holds a part of a hub: `limpide migrate` or `limpide restore` has not ended. \
    Run the same command again, which goes on where it was; or empty the database and the store.";

/// The rules that come with the program. They are many, and read once.
fn built_in_policy() -> std::result::Result<Arc<Policy>, PolicyProblem> {
    static READ: OnceLock<Arc<Policy>> = OnceLock::new();
    if let Some(policy) = READ.get() {
        return Ok(policy.clone());
    }
    let policy = Arc::new(Policy::built_in()?);
    Ok(READ.get_or_init(|| policy).clone())
}

impl Hub {
    /// A hub over a database and a store that belong together, with room for mirrors on this machine's disk.
    ///
    /// # Errors
    /// When the database cannot give the instance's id and signing key, or a hub is just being copied into it.
    pub async fn open(
        db: Db,
        blobs: Blobs,
        mirrors: Mirrors,
        settings: Settings,
        clock: Clock,
    ) -> Result<Self> {
        if arrivals::find(&db).await?.is_some() {
            return Err(Error::Conflict(UNFINISHED.into()));
        }
        let instance = limpide_db::secrets::shared(&db, "instance", chance::hexadecimal::<8>()?).await?;
        let key = limpide_db::secrets::shared(&db, "signing-key", chance::hexadecimal::<32>()?).await?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(&key, &mut bytes).map_err(|error| {
            Error::Internal(anyhow::anyhow!("the stored signing key is damaged: {error}"))
        })?;
        let policy = match &settings.safety.rules {
            Some(rules) => Policy::read(rules).map(Arc::new),
            None => built_in_policy(),
        };
        let policy = policy.map_err(|problem| Error::Invalid(format!("`safety.rules`: {problem}.")))?;
        let clamav = settings.safety.clamav.clone().map(Clamav::new);
        let vouching = Vouching::new(&settings.signing)?;
        let drawer = Drawer::new(&settings.drawing);
        let scribe = statements::Scribe::open(&db, &instance).await?;
        let epoch = AtomicU64::new(collect::epoch(&db).await?);
        let inner = Inner {
            db,
            blobs,
            mirrors: Arc::new(mirrors),
            settings,
            clock,
            instance,
            epoch,
            key: bytes,
            content: content::State::new(),
            downloads: Downloads::new(),
            trees: tree_cache(),
            sizes: size_cache(),
            turns: Turns::default(),
            passwords: Passwords::new(),
            assemblies: Assemblies::default(),
            bell: Bell::default(),
            counts: cards::counts(),
            remembered: Remembered::new(),
            policy,
            clamav,
            vouching,
            drawer,
            scribe,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What this hub is told to do and to refuse.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// The hub's clock: the only one that its rules look at.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The id of this instance, given once and for all replicas at first start. It is part of the address of
    /// the content store, so that clients never mistake another store for one they have already sent bytes to.
    pub fn instance(&self) -> &str {
        &self.inner.instance
    }

    /// Whether the database and the store answer.
    ///
    /// # Errors
    /// What keeps them from it.
    pub async fn ready(&self) -> Result<()> {
        limpide_db::secrets::shared(self.db(), "instance", String::new()).await?;
        // Any answer will do; that there is no such object is the right one.
        self.blobs().size(&limpide_blobs::Key::Xorb(uuid::Uuid::nil())).await?;
        Ok(())
    }

    /// Ends the work of this process on the hub: what is under way is done, what was done is on the disk.
    pub async fn close(&self) {
        self.assemblies().stop().await;
        self.write_downloads().await;
        self.db().close().await;
    }

    fn scribe(&self) -> &statements::Scribe {
        &self.inner.scribe
    }

    /// The rules by which this hub judges what scans see.
    pub fn policy(&self) -> &Policy {
        &self.inner.policy
    }

    /// The virus scanner that is asked of each content, if there is one.
    fn clamav(&self) -> Option<&Clamav> {
        self.inner.clamav.as_ref()
    }

    /// Who may vouch for signers of models.
    fn vouching(&self) -> &Vouching {
        &self.inner.vouching
    }

    /// Who draws pages of documents.
    fn drawer(&self) -> &Drawer {
        &self.inner.drawer
    }

    fn db(&self) -> &Db {
        &self.inner.db
    }

    fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    fn mirrors(&self) -> &Arc<Mirrors> {
        &self.inner.mirrors
    }

    fn content_state(&self) -> &content::State {
        &self.inner.content
    }

    fn downloads(&self) -> &Downloads {
        &self.inner.downloads
    }

    fn passwords(&self) -> &Passwords {
        &self.inner.passwords
    }

    fn assemblies(&self) -> &Assemblies {
        &self.inner.assemblies
    }

    fn bell(&self) -> &Bell {
        &self.inner.bell
    }

    fn counts(&self) -> &Counts {
        &self.inner.counts
    }

    fn trees(&self) -> &TreeCache {
        &self.inner.trees
    }

    fn sizes(&self) -> &SizeCache {
        &self.inner.sizes
    }

    /// Waits until no other commit of this process is being made to the repository.
    async fn turn(&self, repository_id: &str) -> MutexGuard<'_, ()> {
        self.inner.turns.wait(repository_id).await
    }

    /// The key that signs what this hub hands out and later believes: content tokens, links, upload addresses.
    fn key(&self) -> &[u8; 32] {
        &self.inner.key
    }
}
