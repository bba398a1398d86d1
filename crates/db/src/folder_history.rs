//! Which commit last changed each entry of a folder: `folder_history`. One row for each folder that a
//! commit touched, one number for each entry of that folder, in the order of its tree.

use serde_json::json;

use crate::door::{Door, Result, Tx, sql};
use crate::record::record;
use crate::runs;

record! {
    /// The numbers of one folder.
    pub struct FolderNumbers {
        /// The folder; the root is the empty text.
        pub path: String,
        /// The number of the commit that touched it.
        pub number: i64,
        /// Commit numbers, as [`runs`] writes them.
        pub numbers: Vec<u8>,
    }
}

/// As many bytes of numbers as one statement carries.
const BATCH: usize = 4 << 20;

/// Adds the rows of one commit.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut Tx,
    repository_id: &str,
    number: i64,
    folders: &[(String, Vec<u32>)],
) -> Result<()> {
    let rows: Vec<_> = folders.iter().map(|(path, numbers)| (path, runs::write(numbers))).collect();
    let mut rest = rows.as_slice();
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = |(path, numbers): &&(&String, Vec<u8>)| {
            bytes += path.len() + numbers.len();
            bytes <= BATCH
        };
        let length = rest.iter().take_while(fits).count().max(1);
        let (batch, after) = rest.split_at(length);
        insert_batch(tx, repository_id, number, batch).await?;
        rest = after;
    }
    Ok(())
}

async fn insert_batch(
    tx: &mut Tx,
    repository_id: &str,
    number: i64,
    folders: &[(&String, Vec<u8>)],
) -> Result<()> {
    let row = |(path, numbers): &(&String, Vec<u8>)| json!({ "path": path, "numbers": hex::encode(numbers) });
    let rows: Vec<_> = folders.iter().map(row).collect();
    sql("INSERT INTO folder_history (repository_id, number, path, numbers)
         SELECT $1, $2, value->>'path', unhex(value->>'numbers') FROM rows($3)")
    .bind(repository_id)
    .bind(number)
    .bind(serde_json::Value::from(rows).to_string())
    .run(tx)
    .await?;
    Ok(())
}

/// The numbers of these folders, each as the commit of that number left it.
///
/// # Errors
/// When the database fails.
pub async fn find<'a>(
    door: impl Door,
    repository_id: &str,
    folders: impl IntoIterator<Item = (u32, &'a str)>,
) -> Result<Vec<FolderNumbers>> {
    let rows: Vec<_> =
        folders.into_iter().map(|(number, path)| json!({ "number": number, "path": path })).collect();
    sql("SELECT h.path, h.number, h.numbers FROM rows($2)
         JOIN folder_history h ON h.repository_id = $1 AND h.path = value->>'path'
             AND h.number = CAST(value->>'number' AS BIGINT)")
    .bind(repository_id)
    .bind(serde_json::Value::from(rows).to_string())
    .all(door)
    .await
}
