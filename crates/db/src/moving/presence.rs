//! Who works on a database of PostgreSQL: servers side by side, or somebody who must be alone.
//!
//! A database of SQLite belongs to a folder, which whoever serves it holds: there is nothing to note here.

use std::time::Duration;

use sqlx::{Connection, PgConnection};
use tokio::time::{Instant, sleep};

use crate::door::{Db, Result};

/// The lock that servers share: any number that nothing else in the database uses.
const LOCK: i64 = 0x006c_696d_7069_6465;

/// How long the connection of a server that has just ended may take to end too.
const PATIENCE: Duration = Duration::from_secs(3);

/// That somebody works on a database, for as long as this lives.
#[derive(Debug)]
pub struct Presence(Option<PgConnection>);

impl Presence {
    /// A server's; none while somebody must be alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn among_others(db: &Db) -> Result<Option<Self>> {
        Self::take(db, "SELECT pg_try_advisory_lock_shared($1)").await
    }

    /// That of somebody who must be alone; none while servers or others work on the database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alone(db: &Db) -> Result<Option<Self>> {
        Self::take(db, "SELECT pg_try_advisory_lock($1)").await
    }

    async fn take(db: &Db, lock: &'static str) -> Result<Option<Self>> {
        let Some(mut connection) = db.own_connection().await? else { return Ok(Some(Self(None))) };
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if sqlx::query_scalar::<_, bool>(lock).bind(LOCK).fetch_one(&mut connection).await? {
                return Ok(Some(Self(Some(connection))));
            }
            sleep(PATIENCE / 30).await;
        }
        connection.close().await?;
        Ok(None)
    }

    /// Ends it now.
    ///
    /// # Errors
    /// When the database fails; it has ended then, too.
    pub async fn end(self) -> Result<()> {
        if let Some(connection) = self.0 {
            connection.close().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use limpide_testkit::hub::TestDb;

    use super::*;

    #[tokio::test]
    async fn servers_work_side_by_side_and_whoever_must_be_alone_is() {
        let test = TestDb::start().await;
        if test.url().starts_with("sqlite") {
            return;
        }
        let db = Db::open(test.url()).await.unwrap();
        let one = Presence::among_others(&db).await.unwrap().unwrap();
        let other = Presence::among_others(&db).await.unwrap().unwrap();
        assert!(Presence::alone(&db).await.unwrap().is_none());
        drop(one);
        assert!(Presence::alone(&db).await.unwrap().is_none());
        other.end().await.unwrap();
        let alone = Presence::alone(&db).await.unwrap().unwrap();
        assert!(Presence::among_others(&db).await.unwrap().is_none());
        assert!(Presence::alone(&db).await.unwrap().is_none());
        alone.end().await.unwrap();
        Presence::among_others(&db).await.unwrap().unwrap().end().await.unwrap();
    }
}
