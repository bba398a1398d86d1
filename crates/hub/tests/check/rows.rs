//! Rows, damaged one by one.

use limpide_hub::check::Depth;

use crate::kit::scene;

/// A statement that damages a row, and the kind of finding that names it.
const STATEMENTS: &[(&str, &str)] = &[
    (
        "UPDATE refs SET target = 'ffffffffffffffffffffffffffffffffffffffff' WHERE name = 'refs/heads/side'",
        "ref",
    ),
    ("UPDATE refs SET name = 'refs/heads/a..b' WHERE name = 'refs/heads/side'", "ref"),
    ("DELETE FROM refs WHERE name = 'refs/heads/main'", "ref"),
    (
        "UPDATE git_objects SET size = size + 1 WHERE kind = 'blob' AND object IS NULL AND lfs_sha256 IS NULL",
        "git-object",
    ),
    ("UPDATE git_objects SET kind = 'blob' WHERE kind = 'tree'", "git-object"),
    ("UPDATE git_objects SET lfs_size = lfs_size + 1 WHERE lfs_size IS NOT NULL", "git-object"),
    ("DELETE FROM git_objects WHERE kind = 'tree'", "git-object"),
    ("UPDATE git_objects SET data = NULL WHERE kind = 'commit'", "git-object"),
    ("UPDATE commits SET title = 'another' WHERE number = 2", "commit"),
    ("UPDATE commits SET message = 'another' WHERE number = 2", "commit"),
    ("UPDATE commits SET author = 'eve' WHERE number = 2", "commit"),
    ("UPDATE commits SET date = date + 1000000 WHERE number = 2", "commit"),
    (
        "UPDATE commits SET tree = (SELECT c.tree FROM commits c WHERE c.number = 1) WHERE number = 2",
        "commit",
    ),
    ("UPDATE commits SET number = 9 WHERE number = 1", "commit"),
    ("DELETE FROM commits WHERE number = 1", "commit-missing"),
    ("DELETE FROM commit_parents WHERE commit_id = (SELECT id FROM commits WHERE number = 2)", "commit"),
    ("UPDATE folder_history SET path = 'elsewhere' WHERE number = 2 AND path = 'folder'", "commit"),
    ("UPDATE folder_history SET number = 99 WHERE number = 1", "commit"),
    ("UPDATE lfs_files SET size = size + 1 WHERE path = 'model.bin'", "large-file"),
    ("UPDATE lfs_files SET sha256 = 'f' || substr(sha256, 2, 62) || 'x' WHERE path = 'model.bin'", "pointer"),
    (
        "UPDATE lfs_files SET pointer = 'ffffffffffffffffffffffffffffffffffffffff' WHERE path = 'model.bin'",
        "large-file",
    ),
    ("UPDATE lfs_files SET path = '../x' WHERE path = 'model.bin'", "large-file"),
    ("UPDATE lfs_files SET file = (SELECT f.hash FROM files f WHERE f.hash <> lfs_files.file)", "large-file"),
    ("UPDATE lfs_parts SET object = '0192e4a0-0000-7000-8000-0000000000c5'", "lfs-part"),
    ("UPDATE lfs_parts SET object = 'x'", "lfs-part"),
    ("UPDATE lfs_parts SET number = 1", "lfs-part"),
    ("UPDATE repositories SET size = size - 1", "repository-row"),
    ("UPDATE repositories SET likes = likes + 1", "repository-row"),
    ("UPDATE repositories SET commits = commits - 1", "repository-row"),
    ("UPDATE repositories SET folded = 'other'", "repository-row"),
    ("UPDATE repositories SET gated = 'maybe'", "repository-row"),
    ("UPDATE repositories SET owner_id = 'nobody'", "repository-row"),
    ("UPDATE repositories SET card = '{}'", "card"),
    ("DELETE FROM tags WHERE tag = 'small'", "card"),
    ("UPDATE owners SET name = 'a--b'", "owner"),
    ("UPDATE tokens SET role = 'all'", "token"),
    ("UPDATE tokens SET digest = 'short'", "token"),
    ("UPDATE xorbs SET length = length + 1", "xorb"),
    ("UPDATE xorbs SET unpacked_length = unpacked_length + 1", "xorb"),
    ("UPDATE xorbs SET chunks = chunks + 1", "xorb"),
    (
        "UPDATE xorbs SET object = '0192e4a0-0000-7000-8000-0000000000c5' WHERE hash = (SELECT MIN(hash) FROM xorbs)",
        "xorb",
    ),
    ("UPDATE shards SET hash = 'f0' || substr(hash, 3)", "shard"),
    ("DELETE FROM shards", "shard-missing"),
    ("UPDATE git_objects SET loose = 0 WHERE kind = 'tree'", "git-object"),
    ("DELETE FROM xorb_domains", "xorb"),
    ("UPDATE xorb_domains SET domain = 'nobody'", "domain"),
    ("UPDATE files SET size = size + 1", "file"),
    ("UPDATE files SET sha256 = 'f0' || substr(sha256, 3)", "file"),
    ("DELETE FROM file_xorbs", "file"),
    ("DELETE FROM xorbs", "file"),
    ("UPDATE key_chunks SET chunk = 'f' || substr(chunk, 2)", "key-chunk"),
    (
        "INSERT INTO dead_objects (path, delete_after)
      SELECT 'g/' || substr(object, 35) || '/' || object, 0 FROM git_objects WHERE object IS NOT NULL",
        "dead-object",
    ),
    ("INSERT INTO dead_objects (path, delete_after) VALUES ('elsewhere', 0)", "dead-object"),
    (
        "INSERT INTO claims (repository_id, file, sha256, user_id, expires)
      SELECT repository_id, file, 'another', 'ada', 0 FROM lfs_files WHERE path = 'model.bin'",
        "claim",
    ),
    (
        "INSERT INTO members (organization_id, user_id, role, since) SELECT id, id, 'king', 0 FROM owners",
        "member",
    ),
    ("UPDATE audits SET digest = 'f0' || substr(digest, 3)", "audit"),
    ("UPDATE audits SET verified = verified + 1", "audit"),
    ("UPDATE audits SET grade = 'A+'", "audit"),
    ("UPDATE audits SET contradictions = contradictions + 1", "audit"),
    ("UPDATE repositories SET openness = openness + 1", "openness"),
    ("UPDATE repositories SET openness_commit = NULL", "openness"),
    ("DELETE FROM audits", "openness"),
    ("UPDATE attestations SET id = 'f0' || substr(id, 3)", "attestation"),
    ("UPDATE attestations SET signer = 'eve'", "attestation"),
    ("UPDATE attestations SET attestation = replace(attestation, 'complete', 'short')", "attestation"),
    ("UPDATE jobs SET state = 'running'", "job"),
    ("UPDATE jobs SET state = 'done'", "job"),
    ("UPDATE keys SET public_key = 'short'", "key"),
    ("UPDATE scans SET level = 'malicious'", "scan"),
    ("UPDATE scans SET level = 'fine'", "scan"),
    ("UPDATE log_entries SET leaf = 'f0' || substr(leaf, 3)", "log"),
    ("UPDATE log_head SET checkpoint = replace(checkpoint, 'limpide', 'another')", "log"),
    ("DELETE FROM log_entries WHERE number = 0", "log"),
];

#[tokio::test]
async fn each_damaged_row_is_found_and_named() {
    for (statement, kind) in STATEMENTS {
        let scene = scene().await;
        scene.hub.db.damage(statement).await;
        let damage = scene.damage(Depth::Whole).await;
        assert!(damage.iter().any(|(found, _)| found == kind), "{statement}: {damage:#?}");
    }
}

#[tokio::test]
async fn one_flipped_bit_in_a_column_of_bytes_is_found_and_named() {
    let first = |column: &str, table: &str, which: &str| {
        format!("{column} = (SELECT MIN({column}) FROM {table} WHERE {which})")
    };
    let columns = [
        (
            "git_objects",
            "data",
            first("id", "git_objects", "kind = 'blob' AND size > 0 AND object IS NULL"),
            "git-object",
        ),
        ("git_objects", "data", first("id", "git_objects", "kind = 'tree'"), "git-object"),
        ("git_objects", "data", first("id", "git_objects", "kind = 'commit'"), "git-object"),
        ("git_objects", "data", first("id", "git_objects", "kind = 'tag'"), "git-object"),
        ("files", "terms", first("hash", "files", "TRUE"), "file"),
        ("folder_history", "numbers", "number = 2 AND path = ''".to_owned(), "commit"),
        ("audits", "report", first("commit_id", "audits", "TRUE"), "audit"),
        ("scans", "scan", first("content", "scans", "TRUE"), "scan"),
        ("log_entries", "bundle", first("number", "log_entries", "TRUE"), "log"),
    ];
    for (table, column, condition, kind) in columns {
        let scene = scene().await;
        for bit in [0, 13, 77, 1_000_003] {
            scene.hub.db.flip_bit(table, column, &condition, bit).await;
            let damage = scene.damage(Depth::Whole).await;
            assert!(
                damage.iter().any(|(found, _)| *found == kind),
                "{table}.{column} bit {bit}: {damage:#?}"
            );
            scene.hub.db.flip_bit(table, column, &condition, bit).await;
        }
        assert_eq!(scene.damage(Depth::Whole).await, []);
    }
}
