//! All tables of a hub, as data: what is copied when a hub is moved or backed up.

use crate::door::Value;

/// A table that is copied with a hub.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, those of the primary key first.
    pub columns: &'static [Column],
    key: usize,
}

/// A column of a table.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub form: Form,
}

/// What a column can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `TEXT`.
    Text,
    /// `BIGINT`.
    Number,
    /// `BOOLEAN`, never null.
    Truth,
    /// `BYTEA`.
    Bytes,
}

/// The values of a row, in the order of [`Table::columns`].
pub type Values = Vec<Value>;

impl Table {
    /// The columns of the primary key.
    pub fn key(&self) -> &'static [Column] {
        &self.columns[..self.key]
    }

    /// What tells a row from all others of the table.
    pub fn key_of<'a>(&self, row: &'a [Value]) -> &'a [Value] {
        &row[..self.key.min(row.len())]
    }

    /// The names of the columns, as a statement lists them.
    pub(super) fn list(columns: &[Column]) -> String {
        columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
    }
}

/// Tables that are not copied: they say what is done to this database, not what the hub holds.
#[cfg(test)]
const LEFT_OUT: [&str; 3] = ["arrivals", "backups", "_sqlx_migrations"];

/// All tables of a hub. A row names rows of tables before its own, never of later ones.
pub const TABLES: &[Table] = &[
    table(
        "owners",
        1,
        &[
            text("id"),
            text("kind"),
            text("name"),
            text("folded"),
            text("full_name"),
            text("email"),
            text("password"),
            text("malicious"),
            truth("is_admin"),
            text("language"),
            number("created"),
        ],
    ),
    table("members", 2, &[text("organization_id"), text("user_id"), text("role"), number("since")]),
    table(
        "tokens",
        1,
        &[
            text("id"),
            text("user_id"),
            text("name"),
            text("digest"),
            text("role"),
            text("scopes"),
            number("created"),
            number("expires"),
        ],
    ),
    table(
        "sessions",
        1,
        &[text("id"), text("user_id"), text("digest"), text("agent"), number("created"), number("expires")],
    ),
    table("failed_sign_ins", 1, &[text("id"), text("subject"), number("failed")]),
    table(
        "repositories",
        1,
        &[
            text("id"),
            text("kind"),
            text("owner_id"),
            text("creator_id"),
            text("name"),
            text("folded"),
            text("search"),
            truth("private"),
            text("gated"),
            text("sdk"),
            number("created"),
            number("modified"),
            number("downloads"),
            number("likes"),
            number("size"),
            number("commits"),
            number("objects"),
            number("shed"),
            text("card"),
            text("openness_commit"),
            text("openness_grade"),
            number("openness"),
        ],
    ),
    table("redirects", 2, &[text("kind"), text("folded"), text("repository_id"), number("created")]),
    table("tags", 2, &[text("repository_id"), text("tag")]),
    table("facets", 3, &[text("repository_id"), text("facet"), text("value")]),
    table("likes", 2, &[text("user_id"), text("repository_id"), number("created")]),
    table("refs", 2, &[text("repository_id"), text("name"), text("target")]),
    table(
        "git_objects",
        2,
        &[
            text("repository_id"),
            text("id"),
            text("kind"),
            number("size"),
            bytes("data"),
            text("object"),
            text("lfs_sha256"),
            number("lfs_size"),
            number("added"),
            number("loose"),
        ],
    ),
    table(
        "commits",
        2,
        &[
            text("repository_id"),
            text("id"),
            number("number"),
            text("tree"),
            text("author"),
            text("title"),
            text("message"),
            number("date"),
        ],
    ),
    table(
        "commit_parents",
        3,
        &[text("repository_id"), text("commit_id"), number("position"), text("parent_id")],
    ),
    table("folder_history", 3, &[text("repository_id"), number("number"), text("path"), bytes("numbers")]),
    table(
        "xorbs",
        1,
        &[
            text("hash"),
            text("object"),
            number("length"),
            number("unpacked_length"),
            number("chunks"),
            number("touched"),
        ],
    ),
    table("xorb_domains", 2, &[text("domain"), text("xorb")]),
    table(
        "files",
        1,
        &[text("hash"), number("size"), text("sha256"), bytes("terms"), text("shard"), number("created")],
    ),
    table("shards", 1, &[text("object"), text("hash")]),
    table("file_xorbs", 2, &[text("file"), text("xorb")]),
    table(
        "claims",
        2,
        &[text("repository_id"), text("sha256"), text("file"), text("user_id"), number("expires")],
    ),
    table(
        "lfs_parts",
        6,
        &[
            text("repository_id"),
            text("sha256"),
            number("size"),
            number("part_size"),
            number("number"),
            text("digest"),
            text("object"),
            number("expires"),
        ],
    ),
    table(
        "lfs_files",
        2,
        &[
            text("repository_id"),
            text("sha256"),
            text("file"),
            text("pointer"),
            text("path"),
            number("size"),
            number("pushed"),
        ],
    ),
    table(
        "lfs_locks",
        1,
        &[text("id"), text("repository_id"), text("path"), text("user_id"), number("locked")],
    ),
    table("key_chunks", 2, &[text("chunk"), text("xorb"), text("file")]),
    table(
        "jobs",
        1,
        &[
            text("id"),
            text("kind"),
            text("repository_id"),
            text("subject"),
            text("state"),
            truth("again"),
            number("attempts"),
            number("due"),
            text("lease"),
            text("progress"),
            text("error"),
            number("created"),
        ],
    ),
    table(
        "audits",
        2,
        &[
            text("repository_id"),
            text("commit_id"),
            text("digest"),
            bytes("report"),
            text("grade"),
            text("label"),
            number("verified"),
            number("attested"),
            number("attested_until"),
            number("claimed"),
            number("contradictions"),
            text("licences"),
            number("created"),
        ],
    ),
    table(
        "scans",
        2,
        &[
            text("content"),
            text("name"),
            number("scanner"),
            bytes("scan"),
            number("size"),
            number("accounted"),
            text("policy"),
            text("level"),
            text("antivirus"),
            number("created"),
        ],
    ),
    table(
        "commit_scans",
        2,
        &[
            text("repository_id"),
            text("commit_id"),
            number("scanner"),
            text("policy"),
            number("files"),
            text("flagged"),
            number("unlooked"),
            number("created"),
        ],
    ),
    table(
        "log_entries",
        1,
        &[
            number("number"),
            text("repository_id"),
            text("commit_id"),
            text("predicate"),
            text("leaf"),
            bytes("bundle"),
            number("created"),
        ],
    ),
    table("log_nodes", 1, &[text("place"), text("hash")]),
    table("log_head", 1, &[number("id"), number("size"), text("checkpoint")]),
    table(
        "notices",
        3,
        &[
            text("repository_id"),
            text("content"),
            text("level"),
            text("path"),
            text("commit_id"),
            number("created"),
        ],
    ),
    table(
        "acknowledgements",
        2,
        &[text("repository_id"), text("content"), text("user_id"), text("reason"), number("created")],
    ),
    table("keys", 2, &[text("user_id"), text("name"), text("public_key"), number("created")]),
    table(
        "attestations",
        2,
        &[
            text("repository_id"),
            text("id"),
            text("commit_id"),
            text("user_id"),
            text("public_key"),
            text("signer"),
            text("attestation"),
            number("created"),
        ],
    ),
    table("duties", 1, &[text("name"), number("due"), text("place")]),
    table("dead_objects", 1, &[text("path"), number("delete_after")]),
    table(
        "events",
        1,
        &[text("id"), number("at"), text("actor"), text("repository_id"), text("action"), text("detail")],
    ),
    table("secrets", 1, &[text("name"), text("value")]),
];

const fn table(name: &'static str, key: usize, columns: &'static [Column]) -> Table {
    Table { name, columns, key }
}

const fn text(name: &'static str) -> Column {
    Column { name, form: Form::Text }
}

const fn number(name: &'static str) -> Column {
    Column { name, form: Form::Number }
}

const fn truth(name: &'static str) -> Column {
    Column { name, form: Form::Truth }
}

const fn bytes(name: &'static str) -> Column {
    Column { name, form: Form::Bytes }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use limpide_testkit::hub::TestDb;

    use super::*;
    use crate::Db;
    use crate::door::sql;

    /// The statement that lists tables, columns, types, whether they may be null, and their place in the key.
    fn columns(db: &Db) -> &'static str {
        if db.is_sqlite() {
            "SELECT m.name || ' ' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || c.pk AS value
             FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        } else {
            "SELECT c.table_name || ' ' || c.column_name || ' ' || upper(c.data_type) || ' '
                 || CASE c.is_nullable WHEN 'NO' THEN 1 ELSE 0 END || ' ' || COALESCE((
                     SELECT k.ordinal_position FROM information_schema.key_column_usage k
                     JOIN information_schema.table_constraints t ON t.constraint_name = k.constraint_name
                         AND t.constraint_schema = k.constraint_schema AND t.constraint_type = 'PRIMARY KEY'
                     WHERE k.table_name = c.table_name AND k.column_name = c.column_name
                         AND k.table_schema = 'public'), 0) AS value
             FROM information_schema.columns c WHERE c.table_schema = 'public'"
        }
    }

    /// Table and column, with the type, and the place in the primary key, from 1 on.
    async fn schema(db: &Db) -> BTreeMap<(String, String), (Form, usize)> {
        let lines: Vec<String> = sql(columns(db)).all(db).await.unwrap();
        let mut all = BTreeMap::new();
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            if LEFT_OUT.contains(&words[0]) {
                continue;
            }
            let form = match words[2] {
                "TEXT" => Form::Text,
                "BIGINT" => Form::Number,
                "BOOLEAN" => Form::Truth,
                "BYTEA" => Form::Bytes,
                other => panic!("{line}: {other}"),
            };
            assert!(form != Form::Truth || words[3] == "1", "{line}: truths are never null");
            all.insert((words[0].into(), words[1].into()), (form, words[4].parse().unwrap()));
        }
        all
    }

    #[tokio::test]
    async fn every_column_of_the_schema_is_copied() {
        let test = TestDb::start().await;
        let db = Db::open(test.url()).await.unwrap();
        let mut known = BTreeMap::new();
        for table in TABLES {
            for (place, column) in table.columns.iter().enumerate() {
                let key = if place < table.key { place + 1 } else { 0 };
                known.insert((table.name.to_owned(), column.name.to_owned()), (column.form, key));
            }
        }
        let schema = schema(&db).await;
        let names = |all: &BTreeMap<(String, String), _>| all.keys().cloned().collect::<BTreeSet<_>>();
        let missing: Vec<_> = names(&schema).difference(&names(&known)).cloned().collect();
        assert!(missing.is_empty(), "add to TABLES (or to LEFT_OUT, and say why): {missing:?}");
        assert_eq!(known, schema, "TABLES is not what the schema says");
    }

    /// Table and the table that it names.
    async fn references(db: &Db) -> Vec<(String, String)> {
        let text = if db.is_sqlite() {
            "SELECT m.name || ' ' || f.\"table\" AS value
             FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"
        } else {
            "SELECT conrelid::regclass || ' ' || confrelid::regclass AS value FROM pg_constraint
             WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
        };
        let lines: Vec<String> = sql(text).all(db).await.unwrap();
        let pair =
            |line: &String| line.split_once(' ').map(|(one, other)| (one.to_owned(), other.to_owned()));
        lines.iter().filter_map(pair).collect()
    }

    #[tokio::test]
    async fn rows_name_rows_of_earlier_tables() {
        let test = TestDb::start().await;
        let place = |name: &str| TABLES.iter().position(|table| table.name == name).unwrap();
        let references = references(&Db::open(test.url()).await.unwrap()).await;
        assert!(references.len() > 20, "{references:?}");
        for (child, parent) in references {
            assert!(place(&parent) < place(&child), "{child} names {parent}, which comes after it");
        }
    }
}
