//! Rows on their way into a database that is empty, or holds a part of the very same rows. Until all have arrived and
//! were verified, the database says so itself, and nobody serves it.

use limpide_db::moving::{self, Table, Values, arrivals};
use limpide_db::{Db, secrets};
use limpide_words::Moment;

use super::progress::Progress;
use super::rows::{self, Mark, Source, Stored, Target};
use super::tally::{Figures, Tally, same};
use super::{Error, Result};
use crate::collect::EPOCH;

/// Puts rows into a database, and notes with each page how far it has come.
struct Arriving<'a>(&'a Db);

impl Target for Arriving<'_> {
    async fn put(&mut self, table: &'static Table, rows: Vec<Values>, _: Vec<String>) -> Result<()> {
        let mut tx = self.0.begin().await?;
        moving::insert(&mut tx, table, &rows).await.map_err(in_words)?;
        if let Some(last) = rows.last() {
            arrivals::advance(&mut tx, &Mark::write(table, last)).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn end(&mut self, _: &'static Table) -> Result<()> {
        Ok(())
    }
}

fn in_words(error: limpide_db::Error) -> Error {
    match error {
        limpide_db::Error::Unfit(what) => {
            Error::Refused(format!("{what}. Nothing but a hub on SQLite can hold it: change that row"))
        }
        other => other.into(),
    }
}

/// Refuses a database that holds anything but a part of these rows; gives where to go on.
async fn admit(db: &Db, fingerprint: &str) -> Result<Option<Mark>> {
    let mut tx = db.begin().await?;
    let Some(arrival) = arrivals::find(&mut tx).await? else {
        if !moving::is_empty(&mut tx).await? {
            return Err(Error::Refused(
                "the database is not empty: there is a hub in it. Choose another database, or an empty one"
                    .into(),
            ));
        }
        arrivals::begin(&mut tx, fingerprint).await?;
        tx.commit().await?;
        return Ok(None);
    };
    if arrival.source != fingerprint {
        return Err(Error::Refused(
            "the database holds a part of something else, or of an earlier state of the same hub. Empty it (and the \
             store), and begin anew"
                .into(),
        ));
    }
    let Some(place) = arrival.place else { return Ok(None) };
    let damaged =
        || Error::Damaged("the database does not say how far it had come: empty it and begin anew".into());
    Mark::read(&place).map(Some).ok_or_else(damaged)
}

/// Brings all rows of a source into a database, counts them there, and says what they amount to.
pub(super) async fn arrive(
    source: &mut impl Source,
    (fingerprint, expected): (&str, &[Figures]),
    db: &Db,
    progress: &Progress,
) -> Result<Tally> {
    let mark = admit(db, fingerprint).await?;
    progress.enter("copying rows");
    rows::copy(source, &mut Arriving(db), mark, progress).await?;
    progress.enter("counting rows in the target");
    let arrived = rows::count(&mut Stored::in_database(db).await?, progress).await?;
    same(expected, &arrived.tables)?;
    Ok(arrived)
}

/// Lets the database be served.
pub(super) async fn end(db: &Db) -> Result<()> {
    let mut tx = db.begin().await?;
    arrivals::end(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Lets the database be served, with a store of another name than any before: what clients remember to have sent may not
/// be there. Epochs are counted; the time in seconds is far ahead of any count, and of any restore before.
pub(super) async fn end_in_the_past(db: &Db, now: Moment) -> Result<()> {
    let mut tx = db.begin().await?;
    secrets::keep(&mut tx, EPOCH, &now.seconds().to_string()).await?;
    arrivals::end(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}
