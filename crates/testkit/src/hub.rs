//! A whole hub for one test: a real database, a real store of bytes, a clock that stands still.
//!
//! By default SQLite and a folder; with `LIMPIDE_TEST_POSTGRES` (set by `with-servers`) the same suite runs
//! on PostgreSQL and on an S3 server in process.

use std::ops::Deref;

use limpide_blobs::{Blobs, Location};
use limpide_db::Db;
use limpide_git::Mirrors;
use limpide_hub::check::{Depth, Finding, Progress};
use limpide_hub::{Caller, Clock, Grant, Hub, NewRepo, NewToken, NewUser, Settings};
use limpide_words::{Kind, Moment, RepoId, Sha256};
use sha2::{Digest, Sha256 as Sha256Hasher};
use sqlx::{AssertSqlSafe, Connection};
use tempfile::TempDir;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::postgres;
use crate::s3::S3;

/// 2026-01-01T00:00:00Z, where the clocks of tests start.
pub const START: Moment = Moment(1_767_225_600_000_000);

/// An empty database, removed with the value.
pub struct TestDb {
    /// The database, open.
    pub db: Db,
    url: String,
    _folder: TempDir,
}

impl TestDb {
    /// Makes and opens an empty database of the kind this run asks for.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = match std::env::var("LIMPIDE_TEST_POSTGRES") {
            Ok(admin) => postgres::fresh_database(&admin, None).await,
            Err(_) => format!("sqlite://{}", folder.path().join("limpide.db").display()),
        };
        let db = Db::open(&url).await.expect("the test's database opens");
        Self { db, url, _folder: folder }
    }

    /// Runs a statement that prepares a test, past the hub.
    async fn execute(&self, statement: String) {
        let done = if self.url.starts_with("postgres") {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.expect("the database is there");
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.map(|_| ())
        } else {
            let mut connection =
                sqlx::SqliteConnection::connect(&self.url).await.expect("the database is there");
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.map(|_| ())
        };
        done.expect("the statement is right");
    }

    /// Damages rows past all constraints, as a disk or a hand does.
    pub async fn damage(&self, statement: &str) {
        self.execute(format!("{} {statement}", self.unguarded())).await;
    }

    /// Flips one bit of a column of bytes, in the first row that the condition picks by its key.
    pub async fn flip_bit(&self, table: &str, column: &str, condition: &str, bit: usize) {
        let flip = |mut bytes: Vec<u8>| {
            let length = bytes.len();
            bytes[bit / 8 % length] ^= 1 << (bit % 8);
            bytes
        };
        self.change_bytes(table, column, condition, flip).await;
    }

    /// Changes a column of bytes, in the first row that the condition picks by its key.
    pub async fn change_bytes(
        &self,
        table: &str,
        column: &str,
        condition: &str,
        change: impl FnOnce(Vec<u8>) -> Vec<u8>,
    ) {
        let read = format!("SELECT {column} FROM {table} WHERE {condition}");
        let write = format!("UPDATE {table} SET {column} = $1 WHERE {condition}");
        let done = if self.url.starts_with("postgres") {
            let mut connection = sqlx::PgConnection::connect(&self.url).await.expect("the database is there");
            let bytes = sqlx::query_scalar(AssertSqlSafe(read)).fetch_one(&mut connection).await;
            let changed = change(bytes.expect("a row with bytes"));
            sqlx::query(AssertSqlSafe(write)).bind(changed).execute(&mut connection).await.map(|_| ())
        } else {
            let mut connection =
                sqlx::SqliteConnection::connect(&self.url).await.expect("the database is there");
            let bytes = sqlx::query_scalar(AssertSqlSafe(read)).fetch_one(&mut connection).await;
            let changed = change(bytes.expect("a row with bytes"));
            sqlx::query(AssertSqlSafe(write)).bind(changed).execute(&mut connection).await.map(|_| ())
        };
        done.expect("the row is written");
    }

    fn unguarded(&self) -> &'static str {
        match self.url.starts_with("postgres") {
            true => "SET session_replication_role = replica;",
            false => "PRAGMA foreign_keys = OFF;",
        }
    }

    /// Where the database is, for a second program that opens it too.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if self.url.starts_with("postgres") {
            let url = self.url.clone();
            let remove = move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime").block_on(postgres::drop_database(&url));
            };
            // A thread of its own: the test's runtime is busy unwinding.
            let _ = std::thread::spawn(remove).join();
        }
    }
}

/// An empty store of bytes, removed with the value.
pub struct TestBlobs {
    /// The store, open.
    pub blobs: Blobs,
    _folder: TempDir,
    _server: Option<S3>,
}

impl TestBlobs {
    /// Makes and opens an empty store of the kind this run asks for.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let server = match std::env::var("LIMPIDE_TEST_POSTGRES") {
            Ok(_) => Some(S3::start().await),
            Err(_) => None,
        };
        let location = match &server {
            Some(server) => Location::S3(server.location()),
            None => Location::Disk(folder.path().join("blobs")),
        };
        let blobs = Blobs::open(&location).await.expect("the test's store opens");
        Self { blobs, _folder: folder, _server: server }
    }
}

/// A hub, with what it stands on.
pub struct TestHub {
    /// The hub itself.
    pub hub: Hub,
    /// Its clock, which tests move.
    pub clock: Clock,
    /// Its database.
    pub db: TestDb,
    /// Its store.
    pub blobs: TestBlobs,
    folder: TempDir,
}

impl Deref for TestHub {
    type Target = Hub;

    fn deref(&self) -> &Hub {
        &self.hub
    }
}

impl TestHub {
    /// An empty hub with the default settings.
    pub async fn start() -> Self {
        Self::with(Settings::default()).await
    }

    /// An empty hub with these settings.
    pub async fn with(settings: Settings) -> Self {
        let db = TestDb::start().await;
        let blobs = TestBlobs::start().await;
        let clock = Clock::fixed(START);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mirrors = mirrors_in(&folder);
        let hub = Hub::open(db.db.clone(), blobs.blobs.clone(), mirrors, settings, clock.clone()).await;
        Self { hub: hub.expect("the test's hub opens"), clock, db, blobs, folder }
    }

    /// Mirrors for another replica of this hub.
    pub fn mirrors(&self) -> Mirrors {
        mirrors_in(&self.folder)
    }

    /// Throws all mirrors away, as anybody may at any time.
    pub fn forget_mirrors(&self) {
        for replica in std::fs::read_dir(self.folder.path()).expect("a folder").flatten() {
            for mirror in std::fs::read_dir(replica.path()).expect("mirrors").flatten() {
                std::fs::remove_dir_all(mirror.path()).expect("a mirror");
            }
        }
    }

    /// What a check finds wrong.
    pub async fn findings(&self) -> Vec<Finding> {
        let (send, mut receive) = mpsc::channel(1000);
        let progress = Progress::default();
        let check = self.hub.check(Depth::Whole, &progress, send);
        let (checked, found) = tokio::join!(check, async {
            let mut found = Vec::new();
            while let Some(finding) = receive.recv().await {
                found.push(finding);
            }
            found
        });
        checked.expect("the check is done");
        found
    }

    /// A new user, signed in with a token that may write.
    pub async fn user(&self, name: &str) -> Caller {
        self.user_with(name, Grant::Write).await
    }

    /// A new user, signed in with a token that allows this much.
    pub async fn user_with(&self, name: &str, grant: Grant) -> Caller {
        let token = self.user_token(name, grant).await;
        self.hub.caller_by_token(&token).await.expect("the token works")
    }

    /// A new user's token.
    pub async fn user_token(&self, name: &str, grant: Grant) -> String {
        let user = NewUser {
            name: name.parse().expect("a user's name"),
            full_name: String::new(),
            email: None,
            password: None,
            is_admin: false,
        };
        let user = self.hub.create_user(user).await.expect("the user is created");
        let token = NewToken { name: "test".into(), grant, lifetime: None, value: None };
        self.hub.create_token(&user.name, token).await.expect("the token is created")
    }

    /// Content as if it had been uploaded for a repository; gives its SHA-256. Its bytes are nowhere: tests of
    /// history only need that the hub knows of it.
    pub async fn claim(&self, repository_id: &str, content: &str) -> Sha256 {
        let sha256 = Sha256(Sha256Hasher::digest(content).into());
        let statements = [
            format!(
                "INSERT INTO files (hash, size, sha256, terms, shard, created)
                 VALUES ('f{sha256}', {}, '{sha256}', '', '', 0)
                 ON CONFLICT (hash) DO NOTHING",
                content.len()
            ),
            format!(
                "INSERT INTO claims (repository_id, file, sha256, user_id, expires)
                 VALUES ('{repository_id}', 'f{sha256}', '{sha256}', 'tester', 9000000000000000)
                 ON CONFLICT (repository_id, sha256) DO NOTHING"
            ),
        ];
        for statement in statements {
            self.db.execute(statement).await;
        }
        sha256
    }

    /// A new public model; gives its id.
    pub async fn model(&self, caller: &Caller, id: &str) -> RepoId {
        let id: RepoId = id.parse().expect("a repository id");
        let new = NewRepo { kind: Kind::Model, id: id.clone(), private: false, sdk: None };
        self.hub.create_repo(caller, new).await.expect("the model is created");
        id
    }
}

fn mirrors_in(folder: &TempDir) -> Mirrors {
    Mirrors::new(folder.path().join(Uuid::now_v7().to_string()), 1 << 30)
}
