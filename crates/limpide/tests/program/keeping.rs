//! `limpide backup`, `restore` and `migrate`, and the way by the tools of PostgreSQL and of a bucket.

use std::fs;
use std::path::Path;
use std::process::Command;

use limpide_testkit::postgres::{self, Server as Postgres};
use limpide_testkit::s3::S3;
use serde_json::json;

use crate::support::{Room, Server, text};

/// A file that git keeps in the store.
fn large(letter: &str) -> String {
    letter.repeat(200_000)
}

async fn create(server: &Server, token: &str) {
    let create = reqwest::Client::new().post(format!("{}/api/repos/create", server.url)).bearer_auth(token);
    assert!(create.json(&json!({ "name": "tiny" })).send().await.unwrap().status().is_success());
}

async fn commit(server: &Server, token: &str, letter: &str) {
    let lines = [
        json!({ "key": "header", "value": { "summary": letter } }),
        json!({ "key": "file", "value": { "path": format!("{letter}.txt"), "content": large(letter), "encoding": "utf-8" } }),
    ];
    let url = format!("{}/api/models/admin/tiny/commit/main", server.url);
    let request = reqwest::Client::new().post(url).bearer_auth(token);
    let request = request.header("content-type", "application/x-ndjson");
    let answer = request.body(lines.map(|line| line.to_string()).join("\n")).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

async fn expect(server: &Server, token: &str, letter: &str) {
    let url = format!("{}/admin/tiny/resolve/main/{letter}.txt", server.url);
    let answer = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{letter}");
    assert!(answer.text().await.unwrap() == large(letter), "{letter}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_beside_the_server_becomes_a_hub_elsewhere() {
    let room = Room::new();
    let mut server = room.serve("");
    let token = server.first_token();
    create(&server, &token).await;
    commit(&server, &token, "a").await;
    let said = room.says("backup keep");
    assert!(
        said.starts_with("backed up to keep: ") && said.contains("1 objects of 0 MiB (1 copied, 0 were"),
        "{said}"
    );
    commit(&server, &token, "b").await;
    let said = room.says("backup keep --prune");
    assert!(said.contains("2 objects of 0 MiB (1 copied, 1 were there)"), "{said}");
    server.stop();

    let said = room.says("restore keep --data other");
    assert!(said.contains("restored as of 20") && said.contains("sound: 1 repositories"), "{said}");
    let server = room.serve("--data other");
    expect(&server, &token, "a").await;
    expect(&server, &token, "b").await;
    let said = room.complains("restore keep --data other");
    assert!(said.contains("another limpide serves the data folder `other`"), "{said}");
    server.stop();
    let said = room.complains("restore keep --data other");
    assert!(said.contains("the database is not empty: there is a hub in it"), "{said}");
    let said = room.complains("restore none --data third");
    assert!(said.contains("there is no folder `none`") && !room.path().join("third").exists(), "{said}");
    let said = room.complains("restore other --data third");
    assert!(said.contains("is no backup: it has no manifest"), "{said}");
    let said = room.complains("backup other");
    assert!(said.contains("is no backup: it holds"), "{said}");
}

/// PostgreSQL, that of `with-servers` where there is one, and a bucket.
struct Away {
    admin: String,
    database: String,
    bucket: S3,
    _own: Option<Postgres>,
}

impl Away {
    async fn start() -> Self {
        let (own, admin) = match std::env::var("LIMPIDE_TEST_POSTGRES") {
            Ok(url) => (None, url),
            Err(_) => {
                let server = Postgres::start();
                let url = server.url().to_owned();
                (Some(server), url)
            }
        };
        let database = postgres::fresh_database(&admin, None).await;
        Self { admin, database, bucket: S3::start().await, _own: own }
    }

    /// The settings of a hub there.
    fn write(&self, file: &Path, database: &str, bucket: &S3) {
        let place = bucket.location();
        let keys = place.keys.unwrap();
        let text = format!(
            "database = \"{database}\"\ndata = \"{}\"\n[s3]\nbucket = \"{}\"\nendpoint = \"{}\"\naccess-key = \"{}\"\n\
             secret-key = \"{}\"\n",
            file.with_extension("data").display(),
            place.bucket,
            place.endpoint.unwrap(),
            keys.access_key,
            keys.secret_key
        );
        fs::write(file, text).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_moves_to_postgresql_and_s3_and_back_when_nobody_serves_it() {
    let (room, away) = (Room::new(), Away::start().await);
    away.write(&room.path().join("away.toml"), &away.database, &away.bucket);
    fs::write(room.path().join("back.toml"), "data = \"back\"\n").unwrap();
    let mut server = room.serve("");
    let token = server.first_token();
    create(&server, &token).await;
    commit(&server, &token, "a").await;
    let said = room.complains("migrate --to away.toml");
    assert!(said.contains("another limpide serves the data folder `data`. Stop it first"), "{said}");
    server.stop();
    let said = room.says("migrate --to away.toml");
    for words in [
        "a digest of each table are the same",
        "moved 1 objects of 0 MiB (1 copied, 0 were",
        "--config away.toml",
    ] {
        assert!(said.contains(words), "{said}");
    }
    let said = room.complains("migrate --to away.toml");
    assert!(said.contains("the database is not empty"), "{said}");

    let server = room.serve("--config away.toml");
    expect(&server, &token, "a").await;
    commit(&server, &token, "b").await;
    let said = room.complains("migrate --config away.toml --to back.toml");
    assert!(said.contains("a server of the hub") && said.contains("Stop it first"), "{said}");
    server.stop();
    room.says("migrate --config away.toml --to back.toml");
    let server = room.serve("--config back.toml");
    expect(&server, &token, "a").await;
    expect(&server, &token, "b").await;
    server.stop();
    assert_eq!(room.limpide("check --config back.toml").output().unwrap().status.code(), Some(0));
    postgres::drop_database(&away.database).await;
}

#[test]
fn a_move_that_leads_nowhere_is_refused() {
    let (room, _) = Room::with_hub();
    fs::write(room.path().join("same.toml"), "data = \"./data\"\naddress = \"127.0.0.1:1\"\n").unwrap();
    let said = room.complains("migrate --to same.toml");
    assert!(said.contains("`same.toml` names the place where the hub is already"), "{said}");
    let said = room.complains("migrate --to none.toml");
    assert!(said.contains("none.toml cannot be read"), "{said}");
    fs::write(room.path().join("wrong.toml"), "databse = \"x\"\n").unwrap();
    let said = room.complains("migrate --to wrong.toml");
    assert!(said.contains("There is no setting `databse` (wrong.toml)"), "{said}");
    let said = room.complains("migrate --data empty --to same.toml");
    assert!(said.contains("there is no hub in `empty` yet"), "{said}");
    assert!(!room.path().join("empty").exists());
}

/// The address of a database as the programs of PostgreSQL read it.
fn plain(database: &str) -> &str {
    database.split('?').next().unwrap()
}

/// Runs a program of the machine.
fn run(program: &str, words: &[&str]) {
    let output = Command::new(program).args(words).output().unwrap();
    assert!(output.status.success(), "{program}: {}", text(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_postgresql_and_a_later_copy_of_the_bucket_are_a_backup_too() {
    let (room, away) = (Room::new(), Away::start().await);
    away.write(&room.path().join("away.toml"), &away.database, &away.bucket);
    let mut server = room.serve("--config away.toml");
    let token = server.first_token();
    create(&server, &token).await;
    commit(&server, &token, "a").await;
    // The database first, then the bucket: what comes in between is not in the dump, and needs no row.
    let dump = room.path().join("hub.dump").display().to_string();
    run("pg_dump", &["--format=custom", "--file", &dump, plain(&away.database)]);
    commit(&server, &token, "b").await;
    let copy = S3::start().await;
    let (from, to) = (format!("{}/.", away.bucket.folder().display()), copy.folder().display().to_string());
    run("cp", &["--recursive", &from, &to]);
    server.stop();

    let database = postgres::fresh_database(&away.admin, None).await;
    run("pg_restore", &["--no-owner", "--exit-on-error", "--dbname", plain(&database), &dump]);
    let epoch = "INSERT INTO secrets (name, value) VALUES ('epoch', extract(epoch FROM now())::bigint::text)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    run("psql", &["--quiet", plain(&database), "--command", epoch]);
    away.write(&room.path().join("restored.toml"), &database, &copy);
    let checked = room.limpide("check --config restored.toml").output().unwrap();
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stdout));
    let server = room.serve("--config restored.toml");
    expect(&server, &token, "a").await;
    commit(&server, &token, "b").await;
    expect(&server, &token, "b").await;
    server.stop();
    for database in [&away.database, &database] {
        postgres::drop_database(database).await;
    }
}
