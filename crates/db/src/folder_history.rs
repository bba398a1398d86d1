//! Which commit last changed each entry of a folder: `folder_history`. One row for each folder that a
//! commit touched, one number for each entry of that folder, in the order of its tree.

use serde_json::json;

use crate::batches::{Joined, batches};
use crate::door::{Door, Result, Tx, sql};
use crate::record::record;

record! {
    /// The numbers of one folder.
    pub struct FolderNumbers {
        /// The folder; the root is the empty text.
        pub path: String,
        /// The number of the commit that touched it.
        pub number: i64,
        /// Commit numbers, as [`crate::runs`] writes them.
        pub numbers: Vec<u8>,
    }
}

/// Adds rows.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, repository_id: &str, folders: &[FolderNumbers]) -> Result<()> {
    for batch in batches(folders, |folder| folder.path.len() + folder.numbers.len() + 50) {
        let mut bytes = Joined::new();
        let row = |folder: &FolderNumbers| {
            let (start, length) = (bytes.add(&folder.numbers), folder.numbers.len());
            json!({ "number": folder.number, "path": folder.path, "start": start, "length": length })
        };
        let rows: Vec<_> = batch.iter().map(row).collect();
        sql("INSERT INTO folder_history (repository_id, number, path, numbers)
             SELECT $1, CAST(value->>'number' AS BIGINT), value->>'path',
                 substr($3, CAST(value->>'start' AS INTEGER), CAST(value->>'length' AS INTEGER)) FROM rows($2)")
        .bind(repository_id)
        .bind(serde_json::Value::from(rows).to_string())
        .bind(bytes.into_bytes())
        .run(tx)
        .await?;
    }
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
