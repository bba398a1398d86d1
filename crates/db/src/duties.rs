//! What is to be done from time to time, by one replica: `duties`.

use limpide_words::Moment;

use crate::door::{Db, Result, sql};

/// Takes a duty that is due, if nobody else has taken it; gives how far it has come. It is due again at `next`.
///
/// # Errors
/// When the database fails.
pub async fn take(db: &Db, name: &str, now: Moment, next: Moment) -> Result<Option<String>> {
    let mut tx = db.begin().await?;
    sql("INSERT INTO duties (name, due, place) VALUES ($1, $2, '') ON CONFLICT (name) DO NOTHING")
        .bind(name)
        .bind(now)
        .run(&mut tx)
        .await?;
    let taken = sql("UPDATE duties SET due = $3 WHERE name = $1 AND due <= $2 RETURNING place AS value")
        .bind(name)
        .bind(now)
        .bind(next)
        .one(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(taken)
}

/// Notes how far a duty has come.
///
/// # Errors
/// When the database fails.
pub async fn reach(db: &Db, name: &str, place: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    sql("UPDATE duties SET place = $2 WHERE name = $1").bind(name).bind(place).run(&mut tx).await?;
    tx.commit().await
}
