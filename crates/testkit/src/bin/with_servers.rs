//! Runs a command beside a PostgreSQL server and an S3 server: `with-servers cargo test -p limpide-hub`.
//!
//! The command finds them in `LIMPIDE_TEST_POSTGRES` (an address) and `LIMPIDE_TEST_S3` (a place, as JSON);
//! its exit status becomes ours. Rust tests start an S3 server of their own; the real-client tests take this one.

// Somebody types this: a wrong call should say how to call it.
#![allow(clippy::print_stderr)]

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use limpide_testkit::postgres::Server;
use limpide_testkit::s3::S3;
use serde_json::json;
use tokio::process::Command;

fn main() -> ExitCode {
    let mut words = env::args_os().skip(1);
    let Some(program) = words.next() else {
        eprintln!("usage: with-servers <command> [arguments]");
        return ExitCode::from(2);
    };
    let database = Server::start();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cannot start the S3 server: {error}");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(run(program, words, &database))
}

async fn run(program: OsString, words: impl Iterator<Item = OsString>, database: &Server) -> ExitCode {
    let bucket = S3::start().await;
    let place = bucket.location();
    let keys = place.keys.map(|keys| (keys.access_key, keys.secret_key));
    let (access_key, secret_key) = keys.unwrap_or_default();
    let place = json!({
        "bucket": place.bucket,
        "endpoint": place.endpoint,
        "access_key": access_key,
        "secret_key": secret_key,
    });
    let mut command = Command::new(&program);
    command
        .args(words)
        .env("LIMPIDE_TEST_POSTGRES", database.url())
        .env("LIMPIDE_TEST_S3", place.to_string());
    match command.status().await {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(error) => {
            eprintln!("cannot run {}: {error}", program.display());
            ExitCode::from(127)
        }
    }
}
