//! The door: one handle for SQLite and PostgreSQL, with plain SQL on the one side and records on the other.
//!
//! Statements are written once, with `$1` placeholders. Where the two databases differ, the door
//! translates a few words:
//!
//! | written | SQLite | PostgreSQL |
//! |---|---|---|
//! | `each($1)` | the texts of a JSON list, as rows | the same |
//! | `rows($1)` | the objects of a JSON list, as rows with a column `value` | the same |
//! | `unhex(x)` | bytes from hexadecimal | `decode(x, 'hex')` |
//! | `FOR UPDATE [SKIP LOCKED]`, `FOR NO KEY UPDATE`, `FOR KEY SHARE` | nothing: a transaction that writes is alone | locks the row |

use std::borrow::Cow;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{
    Arguments, AssertSqlSafe, Connection, Encode, PgConnection, PgPool, Postgres, SqlStr, Sqlite, SqlitePool,
    Type,
};

use crate::record::Record;

/// A database, open. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db(Pools);

/// Separate connections for reading and writing: else every reader waits behind the writers.
#[derive(Clone, Debug)]
enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres { read: PgPool, write: PgPool },
}

/// A transaction that may write. Dropped without [`Tx::commit`], it leaves nothing behind.
#[derive(Debug)]
pub struct Tx(Inner);

#[derive(Debug)]
enum Inner {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// All rows of a database as they were at one moment.
#[derive(Debug)]
pub struct Snapshot(Tx);

/// What a statement can come to.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row with this key is already there.
    #[error("already there: {0}")]
    Taken(String),
    /// The disk of the database is full.
    #[error("the database's disk is full; make room on it")]
    Full,
    /// The database cannot be written.
    #[error("the database's disk is read-only or failing")]
    ReadOnly,
    /// The database cannot do this now: too many files or connections are open, or another transaction is in the
    /// way. Nothing was written; it can be tried again.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// The tables are not those of this program.
    #[error("{0}")]
    Schema(String),
    /// A row that this database cannot keep.
    #[error("{0}")]
    Unfit(String),
    /// Anything else: the message is for the log.
    #[error(transparent)]
    Failed(sqlx::Error),
}

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy(error.to_string());
        }
        let Some(cause) = error.as_database_error() else { return Self::Failed(error) };
        if cause.is_unique_violation() {
            return Self::Taken(cause.message().to_owned());
        }
        match cause.code().as_deref() {
            // SQLITE_FULL; SQLITE_IOERR_SHMSIZE, when there is no room for the index of the journal; and PostgreSQL's
            // disk_full.
            Some("13" | "4874" | "53100") => Self::Full,
            // SQLITE_READONLY; SQLITE_IOERR_WRITE and _FSYNC, which a disk that turned read-only answers on the
            // way; and PostgreSQL's read_only_sql_transaction.
            Some("8" | "778" | "1034" | "25006") => Self::ReadOnly,
            // SQLITE_BUSY, SQLITE_BUSY_RECOVERY, SQLITE_BUSY_SNAPSHOT and SQLITE_LOCKED; SQLITE_CANTOPEN of a
            // database that was open before.
            Some("5" | "261" | "517" | "6" | "14") => Self::Busy(cause.message().to_owned()),
            // PostgreSQL's serialization_failure, deadlock_detected, too_many_connections, lock_not_available and
            // cannot_connect_now.
            Some("40001" | "40P01" | "53300" | "55P03" | "57P03") => Self::Busy(cause.message().to_owned()),
            _ => Self::Failed(error),
        }
    }
}

impl Db {
    /// Opens the database at `url` (`sqlite:///path/limpide.db` or `postgres://…`) and brings its schema
    /// up to date. An SQLite file is created when it is missing.
    ///
    /// # Errors
    /// When the address cannot be read, the database not be reached, or its schema be newer than this program.
    pub async fn open(url: &str) -> Result<Self> {
        let db = Self::connect(url, true).await?;
        db.migrate().await?;
        Ok(db)
    }

    /// Opens the database at `url` and leaves it as it is.
    ///
    /// # Errors
    /// When the database cannot be reached, or has not the tables of this very program.
    pub async fn open_unchanged(url: &str) -> Result<Self> {
        let db = Self::connect(url, false).await?;
        match db.schema().await? {
            Some(SCHEMA) => Ok(db),
            Some(newer) if newer > SCHEMA => Err(newer_schema(newer)),
            Some(older) => Err(Error::Schema(format!(
                "its tables are those of an older limpide (schema {older}, this one has {SCHEMA}): start this \
                 version once with `limpide serve`, which brings them up to date"
            ))),
            None => Err(Error::Schema("there is no hub in it".into())),
        }
    }

    async fn connect(url: &str, create: bool) -> Result<Self> {
        Ok(Self(if url.starts_with("sqlite:") {
            open_sqlite(url, create).await?
        } else {
            open_postgres(url).await?
        }))
    }

    /// The version of the tables that are there; none where there are none.
    async fn schema(&self) -> Result<Option<i64>> {
        let there = match self.is_sqlite() {
            true => "SELECT name AS value FROM sqlite_master WHERE name = '_sqlx_migrations'",
            false => {
                "SELECT there::text AS value FROM to_regclass('_sqlx_migrations') AS there
                 WHERE there IS NOT NULL"
            }
        };
        if sql(there).one::<String>(self).await?.is_none() {
            return Ok(None);
        }
        sql("SELECT version AS value FROM _sqlx_migrations ORDER BY version DESC LIMIT 1").one(self).await
    }

    async fn migrate(&self) -> Result<()> {
        let base = Migration::new(
            SCHEMA,
            Cow::Borrowed("base"),
            MigrationType::Simple,
            SqlStr::from_static(include_str!("../../../migrations/0001_base.sql")),
            false,
        );
        let migrator = Migrator::with_migrations(vec![base]);
        let outcome = match &self.0 {
            Pools::Sqlite { write, .. } => migrator.run(write).await,
            Pools::Postgres { write, .. } => migrator.run(write).await,
        };
        outcome.map_err(|error| match error {
            MigrateError::VersionMissing(newer) => newer_schema(newer),
            other => Error::Failed(other.into()),
        })
    }

    /// Begins a transaction that may write. On SQLite it waits until it is the only one.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx(match &self.0 {
            // IMMEDIATE: a transaction that starts by reading and then writes would meet SQLITE_BUSY at once.
            Pools::Sqlite { write, .. } => Inner::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres { write, .. } => Inner::Postgres(write.begin().await?),
        }))
    }

    /// All rows as they are at this moment, whatever is written meanwhile.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let mut snapshot = Snapshot(Tx(match &self.0 {
            Pools::Sqlite { read, .. } => Inner::Sqlite(read.begin().await?),
            Pools::Postgres { read, .. } => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Inner::Postgres(read.begin_with(begin).await?)
            }
        }));
        // The moment is that of the first statement.
        sql("SELECT name AS value FROM secrets LIMIT 1").all::<String>(&mut snapshot).await?;
        Ok(snapshot)
    }

    /// A connection to PostgreSQL that belongs to the caller; none to SQLite.
    pub(crate) async fn own_connection(&self) -> Result<Option<PgConnection>> {
        Ok(match &self.0 {
            Pools::Sqlite { .. } => None,
            Pools::Postgres { write, .. } => Some(write.acquire().await?.detach()),
        })
    }

    /// Whether the database is a file of SQLite, which can be asked how it is.
    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.0, Pools::Sqlite { .. })
    }

    /// Closes all connections, when what runs on them has ended.
    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres { read, write } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}

/// The version of the tables that this program makes: the number of the newest migration.
pub const SCHEMA: i64 = 1;

fn newer_schema(newer: i64) -> Error {
    Error::Schema(format!(
        "its tables are those of a newer limpide (schema {newer}, this one knows {SCHEMA}): use that version, or \
         restore a backup that was made before it"
    ))
}

/// How long a statement waits for a connection before the caller is told to come back later.
const PATIENCE: Duration = Duration::from_secs(30);

async fn open_sqlite(url: &str, create: bool) -> Result<Pools> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: what was acknowledged also survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        // A page of a listing crosses from SQLite's thread at once, instead of fifty rows at a time.
        .row_buffer_size(1000)
        .statement_cache_capacity(256);
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE)
        // On a full disk SQLite ends a transaction by itself, which sqlx does not notice: that connection could
        // never begin another one.
        .before_acquire(|connection, _| {
            let usable = !connection.is_in_transaction();
            Box::pin(async move { Ok(usable) })
        });
    let write = write.connect_with(options.clone()).await?;
    let read = SqlitePoolOptions::new().max_connections(8).acquire_timeout(PATIENCE);
    let read = read.connect_with(options.pragma("query_only", "true")).await?;
    Ok(Pools::Sqlite { read, write })
}

async fn open_postgres(url: &str) -> Result<Pools> {
    let options = PgConnectOptions::from_str(url)?;
    let pool = || PgPoolOptions::new().max_connections(12).acquire_timeout(PATIENCE);
    let read = pool().connect_with(options.clone()).await?;
    let write = pool().connect_with(options).await?;
    Ok(Pools::Postgres { read, write })
}

impl Tx {
    /// Whether it is one of SQLite.
    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.0, Inner::Sqlite(_))
    }

    /// Makes everything that was written in this transaction durable and visible, at once.
    ///
    /// # Errors
    /// When the database refuses; then nothing was written.
    pub async fn commit(self) -> Result<()> {
        match self.0 {
            Inner::Sqlite(tx) => tx.commit().await?,
            Inner::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// A value bound to a placeholder. Each has its type even when it is null: PostgreSQL asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `TEXT`.
    Text(Option<String>),
    /// `BIGINT`.
    Number(Option<i64>),
    /// `BOOLEAN`.
    Truth(bool),
    /// `BYTEA`.
    Bytes(Option<Vec<u8>>),
}

/// A row of an answer, of either database.
pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A statement and the values bound to its placeholders.
#[derive(Debug)]
pub struct Statement {
    pub(crate) text: Cow<'static, str>,
    pub(crate) values: Vec<Value>,
}

/// Begins a statement.
pub(crate) fn sql(text: &'static str) -> Statement {
    Statement { text: Cow::Borrowed(text), values: Vec::new() }
}

impl Statement {
    /// Binds the next placeholder.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Adds text, and when it is some, binds the value that its placeholder stands for.
    /// Write the placeholder as `$?`: it becomes the next number.
    pub(crate) fn filter(mut self, text: &'static str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.values.push(value.into());
            let place = format!("${}", self.values.len());
            self.text = Cow::Owned(format!("{}{}", self.text, text.replace("$?", &place)));
        }
        self
    }

    /// Adds text as it stands.
    pub(crate) fn then(mut self, text: &'static str) -> Self {
        self.text = Cow::Owned(format!("{}{}", self.text, text));
        self
    }

    /// All records of the answer.
    pub(crate) async fn all<T: Record>(self, door: impl Door) -> Result<Vec<T>> {
        door.fetch(self).await?.iter().map(T::read).collect()
    }

    /// The first record of the answer, if there is one.
    pub(crate) async fn one<T: Record>(self, door: impl Door) -> Result<Option<T>> {
        door.fetch(self).await?.first().map(T::read).transpose()
    }

    /// Runs a statement that writes; gives the number of rows it changed.
    pub(crate) async fn run(self, tx: &mut Tx) -> Result<u64> {
        Ok(match &mut tx.0 {
            Inner::Sqlite(tx) => {
                let (text, values) = self.for_sqlite()?;
                sqlx::query_with(text, values).execute(&mut **tx).await?.rows_affected()
            }
            Inner::Postgres(tx) => {
                let (text, values) = self.for_postgres()?;
                sqlx::query_with(text, values).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    fn for_sqlite(self) -> Result<(AssertSqlSafe<String>, SqliteArguments)> {
        let text = translate(&self.text, "each(", "(SELECT value FROM json_each(", "))");
        let mut text = translate(&text, "rows(", "json_each(", ")");
        for lock in [" FOR UPDATE SKIP LOCKED", " FOR UPDATE", " FOR NO KEY UPDATE", " FOR KEY SHARE"] {
            text = text.replace(lock, "");
        }
        // Every statement of this crate is built from `&'static str` alone; values are always bound.
        Ok((AssertSqlSafe(text), bound(self.values)?))
    }

    fn for_postgres(self) -> Result<(AssertSqlSafe<String>, PgArguments)> {
        let each = "(SELECT value FROM json_array_elements_text(";
        let text = translate(&self.text, "each(", each, "::json) AS item (value))");
        let text = translate(&text, "rows(", "json_array_elements(", "::json) AS item (value)");
        let text = translate(&text, "unhex(", "decode(", ", 'hex')");
        Ok((AssertSqlSafe(text), bound(self.values)?))
    }
}

/// The values in the form one of the databases takes them.
fn bound<A>(values: Vec<Value>) -> Result<A>
where
    A: Arguments + Default,
    Option<String>: Encode<'static, A::Database> + Type<A::Database>,
    Option<i64>: Encode<'static, A::Database> + Type<A::Database>,
    Option<Vec<u8>>: Encode<'static, A::Database> + Type<A::Database>,
    bool: Encode<'static, A::Database> + Type<A::Database>,
{
    let mut arguments = A::default();
    for value in values {
        match value {
            Value::Text(text) => arguments.add(text),
            Value::Number(number) => arguments.add(number),
            Value::Truth(truth) => arguments.add(truth),
            Value::Bytes(bytes) => arguments.add(bytes),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// Replaces each call of `word` (written with its opening bracket) by `before` … `after`; its argument stays.
/// Arguments hold no brackets.
fn translate(text: &str, word: &str, before: &str, after: &str) -> String {
    let mut translated = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = find_word(rest, word) {
        let inside = start + word.len();
        let end = rest[inside..].find(')').map_or(rest.len(), |length| inside + length);
        translated.push_str(&rest[..start]);
        translated.push_str(before);
        translated.push_str(&rest[inside..end]);
        translated.push_str(after);
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    translated.push_str(rest);
    translated
}

/// Where `word` stands by itself: `rows(` is not meant in `my_rows(`.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let alone = |at: &usize| !text[..*at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
    text.match_indices(word).map(|(at, _)| at).find(alone)
}

/// Something that can be read from: the database, or a transaction that sees its own writes.
pub trait Door: Send {
    /// Runs a statement that reads.
    #[doc(hidden)]
    fn fetch(self, statement: Statement) -> impl Future<Output = Result<Vec<Row>>> + Send;
}

impl Door for &Db {
    async fn fetch(self, statement: Statement) -> Result<Vec<Row>> {
        Ok(match &self.0 {
            Pools::Sqlite { read, .. } => {
                let (text, values) = statement.for_sqlite()?;
                wrap(sqlx::query_with(text, values).fetch_all(read).await?, Row::Sqlite)
            }
            Pools::Postgres { read, .. } => {
                let (text, values) = statement.for_postgres()?;
                wrap(sqlx::query_with(text, values).fetch_all(read).await?, Row::Postgres)
            }
        })
    }
}

impl Door for &mut Tx {
    async fn fetch(self, statement: Statement) -> Result<Vec<Row>> {
        Ok(match &mut self.0 {
            Inner::Sqlite(tx) => {
                let (text, values) = statement.for_sqlite()?;
                wrap(sqlx::query_with(text, values).fetch_all(&mut **tx).await?, Row::Sqlite)
            }
            Inner::Postgres(tx) => {
                let (text, values) = statement.for_postgres()?;
                wrap(sqlx::query_with(text, values).fetch_all(&mut **tx).await?, Row::Postgres)
            }
        })
    }
}

impl Door for &mut Snapshot {
    async fn fetch(self, statement: Statement) -> Result<Vec<Row>> {
        (&mut self.0).fetch(statement).await
    }
}

fn wrap<R>(rows: Vec<R>, row: fn(R) -> Row) -> Vec<Row> {
    rows.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_translated_wherever_they_stand_alone() {
        let text = "SELECT value FROM rows($1) WHERE a IN each($2) AND my_rows(x) = unhex(y)";
        let text = sql(Box::leak(text.to_owned().into_boxed_str())).for_postgres().unwrap().0.0;
        assert_eq!(
            text,
            "SELECT value FROM json_array_elements($1::json) AS item (value) WHERE a IN \
             (SELECT value FROM json_array_elements_text($2::json) AS item (value)) \
             AND my_rows(x) = decode(y, 'hex')"
        );
    }

    #[tokio::test]
    async fn a_database_that_another_program_holds_is_busy() {
        let folder = tempfile::tempdir().unwrap();
        let options =
            SqliteConnectOptions::new().filename(folder.path().join("held.db")).create_if_missing(true);
        let options = options.busy_timeout(Duration::ZERO);
        let pool =
            |size| SqlitePoolOptions::new().max_connections(size).acquire_timeout(Duration::from_millis(50));
        let (one, other) = (pool(1).connect_lazy_with(options.clone()), pool(1).connect_lazy_with(options));
        let _held = one.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let refusal = Error::from(other.begin_with("BEGIN IMMEDIATE").await.unwrap_err());
        assert!(matches!(refusal, Error::Busy(_)), "{refusal:?}");
        let refusal = Error::from(one.acquire().await.unwrap_err());
        assert!(matches!(refusal, Error::Busy(_)), "{refusal:?}");
    }

    #[tokio::test]
    async fn a_database_of_a_newer_program_is_refused_and_says_so() {
        let test = limpide_testkit::hub::TestDb::start().await;
        let db = Db::open(test.url()).await.unwrap();
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (2, 'later', TRUE, unhex('00'), 1)";
        let mut tx = db.begin().await.unwrap();
        sql(newer).run(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        for refused in [Db::open(test.url()).await, Db::open_unchanged(test.url()).await] {
            let said = refused.unwrap_err().to_string();
            assert!(
                said.contains("a newer limpide (schema 2, this one knows 1): use that version"),
                "{said}"
            );
        }
    }

    #[tokio::test]
    async fn a_database_that_is_to_stay_as_it_is_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("none.db");
        assert!(Db::open_unchanged(&format!("sqlite:{}", file.display())).await.is_err());
        assert!(!file.exists());
        std::fs::write(&file, "").unwrap();
        let refused = Db::open_unchanged(&format!("sqlite:{}", file.display())).await.unwrap_err();
        assert_eq!(refused.to_string(), "there is no hub in it");
    }

    #[tokio::test]
    async fn a_snapshot_sees_nothing_that_is_written_later() {
        let test = limpide_testkit::hub::TestDb::start().await;
        let db = Db::open(test.url()).await.unwrap();
        crate::secrets::shared(&db, "before", "1".into()).await.unwrap();
        let mut snapshot = db.snapshot().await.unwrap();
        crate::secrets::shared(&db, "later", "2".into()).await.unwrap();
        let names = || sql("SELECT name AS value FROM secrets ORDER BY name");
        assert_eq!(names().all::<String>(&mut snapshot).await.unwrap(), ["before"]);
        assert_eq!(names().all::<String>(&db).await.unwrap(), ["before", "later"]);
    }

    /// With `with-servers` only: there is no PostgreSQL to ask otherwise.
    #[tokio::test]
    async fn postgres_tells_what_can_be_tried_again_from_what_cannot() {
        let Ok(admin) = std::env::var("LIMPIDE_TEST_POSTGRES") else { return };
        let url = limpide_testkit::postgres::fresh_database(&admin, None).await;
        let db = Db::open(&url).await.unwrap();
        for (code, kind) in [
            ("40001", "Busy"),
            ("40P01", "Busy"),
            ("53300", "Busy"),
            ("55P03", "Busy"),
            ("57P03", "Busy"),
            ("53100", "Full"),
            ("25006", "ReadOnly"),
            ("23505", "Taken"),
            ("22012", "Failed"),
        ] {
            let text = format!("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$");
            let raise = Statement { text: Cow::Owned(text), values: Vec::new() };
            let mut tx = db.begin().await.unwrap();
            let refusal = format!("{:?}", raise.run(&mut tx).await.unwrap_err());
            assert!(refusal.starts_with(kind), "{code}: {refusal}");
        }
        db.close().await;
        limpide_testkit::postgres::drop_database(&url).await;
    }
}
