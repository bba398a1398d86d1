//! A hub whose rows are in PostgreSQL and whose bytes are in a bucket.

use std::process::Command;

use limpide_testkit::postgres::{self, Server};
use limpide_testkit::s3::S3;

use crate::support::{Room, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_in_postgresql_and_s3_starts_twice_and_keeps_nothing_on_this_machine() {
    let bucket = S3::start().await;
    // Beside `with-servers` there is a server already.
    let (_own, admin) = match std::env::var("LIMPIDE_TEST_POSTGRES") {
        Ok(url) => (None, url),
        Err(_) => {
            let server = Server::start();
            let url = server.url().to_owned();
            (Some(server), url)
        }
    };
    let database = postgres::fresh_database(&admin, None).await;
    let room = Room::new();

    let mut first = room.served_by(serve(&room, &database, &bucket, None));
    let token = first.first_token();
    // Two servers over one database are replicas: none keeps the other out.
    let second = room.served_by(serve(&room, &database, &bucket, None));
    for server in [&first, &second] {
        let client = reqwest::Client::new();
        assert_eq!(client.get(format!("{}/readyz", server.url)).send().await.unwrap().status(), 200);
        let whoami = client.get(format!("{}/api/whoami-v2", server.url)).bearer_auth(&token);
        assert_eq!(whoami.send().await.unwrap().status(), 200);
    }
    first.stop();
    second.stop();
    assert_eq!(std::fs::read_dir(room.path().join("data")).unwrap().count(), 0);

    let wrong = serve(&room, &database, &bucket, Some("another secret")).output().unwrap();
    assert!(!wrong.status.success());
    assert!(text(&wrong.stderr).contains("the storage cannot be opened"), "{}", text(&wrong.stderr));
    postgres::drop_database(&database).await;
}

fn serve(room: &Room, database: &str, bucket: &S3, secret: Option<&str>) -> Command {
    let place = bucket.location();
    let keys = place.keys.unwrap();
    let endpoint = place.endpoint.unwrap();
    let words = format!(
        "serve --address 127.0.0.1:0 --s3-bucket {} --s3-endpoint {endpoint} --s3-access-key {}",
        place.bucket, keys.access_key
    );
    let mut command = room.limpide(&words);
    command.env("LIMPIDE_DATABASE", database);
    command.env("LIMPIDE_S3_SECRET_KEY", secret.unwrap_or(&keys.secret_key).replace(' ', "-"));
    command
}
