//! What many rows amount to: how many there are, a digest of them, and the objects of the store that they name.

use limpide_blobs::Key;
use limpide_db::Value;
use limpide_db::moving::{TABLES, Table, Values};
use limpide_words::Sha256;
use serde::{Deserialize, Serialize};
use sha2::Digest;
use uuid::Uuid;

use super::{Error, Result, line};

/// What a table amounts to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Figures {
    /// Its name.
    pub(super) table: String,
    /// How many rows it has.
    pub(super) rows: u64,
    /// The sum of the SHA-256 of all lines, modulo 2^256: databases put the same rows in different orders.
    pub(super) digest: Sha256,
}

/// What all rows amount to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Table by table, in their order.
    pub(super) tables: Vec<Figures>,
    /// The objects that rows name: sorted once all rows are in.
    pub(super) named: Vec<Key>,
}

impl Tally {
    /// Begins a table.
    pub(super) fn begin(&mut self, table: &Table) {
        let digest = Sha256([0; 32]);
        self.tables.push(Figures { table: table.name.to_owned(), rows: 0, digest });
    }

    /// Adds a row of the table begun last, given as its line, too.
    pub(super) fn add(&mut self, table: &Table, row: &[Value], line: &str) -> Result<()> {
        if let Some(figures) = self.tables.last_mut() {
            figures.rows += 1;
            figures.digest = sum(figures.digest, sha2::Sha256::digest(line).into());
        }
        names(table, row, &mut self.named).map_err(|what| {
            Error::Damaged(format!("`{}`: {what}; run `limpide check`", line::write(table.key(), row)))
        })
    }

    /// Ends the last table.
    pub(super) fn end(&mut self) {
        self.named.sort_unstable();
        self.named.dedup();
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> u64 {
        self.tables.iter().map(|figures| figures.rows).sum()
    }

    /// A name for exactly these rows.
    pub(super) fn fingerprint(&self) -> String {
        let mut all = sha2::Sha256::new();
        for figures in &self.tables {
            all.update(format!("{} {} {}\n", figures.table, figures.rows, figures.digest));
        }
        hex::encode(all.finalize())
    }
}

/// Whether what arrived is what was sent.
pub(super) fn same(sent: &[Figures], arrived: &[Figures]) -> Result<()> {
    for (sent, arrived) in sent.iter().zip(arrived) {
        if sent != arrived {
            return Err(Error::Damaged(format!(
                "the table `{}` did not arrive as it was: {} rows were sent, {} are there, and what they hold \
                 differs. Empty the target and begin anew",
                sent.table, sent.rows, arrived.rows
            )));
        }
    }
    match sent.len() == arrived.len() {
        true => Ok(()),
        false => Err(Error::Damaged(format!("{} tables were sent, {} are there", sent.len(), arrived.len()))),
    }
}

fn sum(one: Sha256, other: [u8; 32]) -> Sha256 {
    let (mut sum, mut carry) = (one.0, 0);
    for (byte, more) in sum.iter_mut().zip(other).rev() {
        let both = u16::from(*byte) + u16::from(more) + carry;
        (*byte, carry) = (both.to_be_bytes()[1], both >> 8);
    }
    Sha256(sum)
}

/// Which objects the row of a table names: whatever says `object`.
fn names(table: &Table, row: &[Value], named: &mut Vec<Key>) -> std::result::Result<(), String> {
    let text = |name: &str| {
        let at = table.columns.iter().position(|column| column.name == name)?;
        match row.get(at) {
            Some(Value::Text(text)) => text.as_deref(),
            _ => None,
        }
    };
    let Some(object) = text("object") else { return Ok(()) };
    let object: Uuid = object.parse().map_err(|_| format!("`{object}` names no object of the store"))?;
    match table.name {
        "xorbs" => named.extend([Key::Xorb(object), Key::ChunkTable(object)]),
        "shards" => named.push(Key::Shard(object)),
        "git_objects" => named.push(Key::GitBlob(object)),
        "lfs_parts" => named.push(Key::LfsPart(object)),
        other => return Err(format!("it is not known which objects `{other}` names")),
    }
    Ok(())
}

/// The table of this name.
pub(super) fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

/// A row's key as a line.
pub(super) fn key_line(table: &Table, row: &Values) -> String {
    line::write(table.key(), table.key_of(row))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_table_that_names_objects_is_known() {
        let named: Vec<&str> = TABLES
            .iter()
            .filter(|table| table.columns.iter().any(|column| column.name == "object"))
            .map(|table| table.name)
            .collect();
        assert_eq!(
            named,
            ["git_objects", "xorbs", "shards", "lfs_parts"],
            "teach `names` what the new one names"
        );
    }

    proptest! {
        #[test]
        fn a_sum_is_the_same_in_any_order(one: [u8; 32], other: [u8; 32], third: [u8; 32]) {
            let sum_of = |all: [[u8; 32]; 3]| all.into_iter().fold(Sha256([0; 32]), sum);
            prop_assert_eq!(sum_of([one, other, third]), sum_of([third, one, other]));
            prop_assert_eq!(sum(Sha256([0; 32]), one).0, one);
        }
    }

    #[test]
    fn sums_carry() {
        let mut two = [0; 32];
        two[30] = 1;
        let mut one = [0; 32];
        one[31] = 255;
        let mut least = [0; 32];
        least[31] = 1;
        assert_eq!(sum(Sha256(one), least).0, two);
        assert_eq!(sum(Sha256([255; 32]), least).0, [0; 32]);
    }
}
