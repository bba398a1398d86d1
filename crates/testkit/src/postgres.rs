//! Starts Debian's PostgreSQL in a temporary folder, and makes databases in it.

// A test that cannot have its server should stop at once and say why.
#![allow(clippy::expect_used, clippy::panic)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use uuid::Uuid;

/// Makes a cluster, runs the server, and ends it with its folder when nobody holds our standard input any
/// more: so it goes however the test ends, even killed. Arguments: the folder of programs, the port.
const KEEPER: &str = r#"
set -eu
programs=$1 port=$2
folder=$(mktemp -d "${TMPDIR:-/tmp}/limpide-postgres.XXXXXX")
trap 'cd /; rm -rf "$folder"' EXIT
trap '' INT HUP TERM PIPE
cd "$folder"
read -r password
printf '%s\n' "$password" > password
"$programs/initdb" --pgdata=data --username=limpide --pwfile=password --auth-host=md5 --auth-local=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync > log 2>&1 || { cat log >&2; exit 1; }
echo "$folder"
"$programs/postgres" -D data -p "$port" -k "$folder" -c listen_addresses=127.0.0.1 -c max_connections=400 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off >> log 2>&1 < /dev/null &
server=$!
cat > /dev/null
kill -QUIT $server 2> /dev/null || true
wait $server || true
"#;

/// How long a start may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A PostgreSQL server of its own, on a free port of 127.0.0.1, with room for 400 connections and no care for
/// power cuts. It ends, with its files, when dropped or when the process ends.
pub struct Server {
    keeper: Child,
    url: String,
    folder: PathBuf,
}

impl Server {
    /// Starts a server; panics with the reason when it cannot. Takes a few seconds, nearly all for `initdb`.
    pub fn start() -> Self {
        // Between our looking for a free port and the server's taking it, somebody else may.
        for _ in 0..5 {
            if let Some(server) = Self::try_start(free_port()) {
                return server;
            }
        }
        panic!("PostgreSQL did not start on any of five free ports");
    }

    /// Where to connect as a superuser, such as `postgres://limpide:…@127.0.0.1:40123/postgres`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder with its socket and its log.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn try_start(port: u16) -> Option<Self> {
        let password = Uuid::now_v7().simple().to_string();
        let mut keeper = keep(&programs(), port);
        let input = keeper.stdin.as_mut().expect("the keeper's input");
        writeln!(input, "{password}").expect("the keeper listens");
        let mut folder = String::new();
        let output = keeper.stdout.take().expect("the keeper's output");
        BufReader::new(output).read_line(&mut folder).expect("the keeper speaks");
        assert!(!folder.is_empty(), "PostgreSQL could not make a cluster; the reason is above");
        let folder = PathBuf::from(folder.trim());
        let url = format!("postgres://limpide:{password}@127.0.0.1:{port}/postgres");
        let server = Self { keeper, url, folder };
        server.is_ready().then_some(server)
    }

    /// Waits until the server accepts connections; false when it gave up.
    fn is_ready(&self) -> bool {
        let start = Instant::now();
        loop {
            // The file appears early; its eighth line says how the server is.
            let state = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default();
            if state.lines().nth(7).is_some_and(|state| state.trim() == "ready") {
                return true;
            }
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            if log.contains("could not create any TCP/IP sockets") {
                return false;
            }
            assert!(!log.contains("FATAL:"), "PostgreSQL did not start:\n{log}");
            assert!(start.elapsed() < PATIENCE, "PostgreSQL did not start in time:\n{log}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Creates a database with a new name, as a copy of `template` where one is given, and returns its address.
pub async fn fresh_database(admin_url: &str, template: Option<&str>) -> String {
    let name = format!("test_{}", Uuid::now_v7().simple());
    let copy = template.map(|template| format!(" TEMPLATE \"{template}\"")).unwrap_or_default();
    run(admin_url, format!("CREATE DATABASE \"{name}\"{copy}")).await;
    options(admin_url).database(&name).to_url_lossy().to_string()
}

/// Drops the database of this address, whoever is still connected to it.
pub async fn drop_database(url: &str) {
    let options = options(url);
    let name = options.get_database().expect("an address that names its database").to_owned();
    let admin_url = options.database("postgres").to_url_lossy().to_string();
    run(&admin_url, format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await;
}

/// The name in a database's address, to copy that database as a template.
pub fn database_name(url: &str) -> String {
    options(url).get_database().expect("an address that names its database").to_owned()
}

async fn run(admin_url: &str, statement: String) {
    let connect = PgConnection::connect_with(&options(admin_url)).await;
    let mut connection = connect.unwrap_or_else(|error| panic!("PostgreSQL at {admin_url}: {error}"));
    let run = sqlx::raw_sql(AssertSqlSafe(statement.clone())).execute(&mut connection).await;
    run.unwrap_or_else(|error| panic!("{statement}: {error}"));
    let _ = connection.close().await;
}

fn options(url: &str) -> PgConnectOptions {
    PgConnectOptions::from_str(url)
        .unwrap_or_else(|error| panic!("`{url}` is not PostgreSQL's address: {error}"))
}

/// Starts the keeper; as the user `postgres` where we are root, whom PostgreSQL refuses.
fn keep(programs: &Path, port: u16) -> Child {
    let mut command = match is_root() {
        true => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
            command
        }
        false => Command::new("sh"),
    };
    command.args(["-c", KEEPER, "keeper"]).arg(programs).arg(port.to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().expect("`sh`, and as root `setpriv` (package util-linux)")
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("the program `id`");
    id.stdout.trim_ascii() == b"0"
}

/// The folder of the newest installed PostgreSQL's programs.
fn programs() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest =
        installed.max_by_key(|entry| entry.file_name().to_string_lossy().parse::<u32>().unwrap_or(0));
    let programs = newest.map(|entry| entry.path().join("bin")).unwrap_or_default();
    assert!(programs.join("initdb").exists(), "PostgreSQL's server is missing: apt-get install postgresql");
    programs
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound port").port()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_starts_serves_and_leaves_nothing() {
        let server = Server::start();
        let folder = server.folder().to_owned();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(databases_come_as_copies_and_go(server.url()));
        drop(server);
        assert!(!folder.exists(), "{} is still there", folder.display());
    }

    async fn databases_come_as_copies_and_go(admin_url: &str) {
        let first = fresh_database(admin_url, None).await;
        run(&first, "CREATE TABLE word (text TEXT); INSERT INTO word VALUES ('kept')".into()).await;

        let copy = fresh_database(admin_url, Some(&database_name(&first))).await;
        let mut connection = PgConnection::connect(&copy).await.unwrap();
        let word: String =
            sqlx::query_scalar("SELECT text FROM word").fetch_one(&mut connection).await.unwrap();
        assert_eq!(word, "kept");

        drop_database(&copy).await;
        assert!(PgConnection::connect(&copy).await.is_err());
        assert!(PgConnection::connect(&first).await.is_ok());
    }

    #[test]
    fn a_port_that_is_taken_is_no_server() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        assert!(Server::try_start(taken.local_addr().unwrap().port()).is_none());
    }
}
