//! What only S3 promises: signed links, and failures that do not pass for missing objects.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use std::time::Duration;

use limpide_blobs::{Blobs, Error, Key, Location, S3Keys, S3Location};
use limpide_testkit::s3::S3;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_signed_link_opens_for_anybody() {
    let s3 = S3::start().await;
    let blobs = Blobs::open(&Location::S3(s3.location())).await.unwrap();
    let key = Key::Xorb(Uuid::now_v7());
    blobs.put(&key, "ten bytes!".into()).await.unwrap();
    let link = blobs.sign(&key, HOUR).await.unwrap().unwrap();

    let client = reqwest::Client::new();
    let answer = client.get(link.as_str()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.bytes().await.unwrap(), "ten bytes!");
    let answer = client.get(link.as_str()).header("range", "bytes=4-8").send().await.unwrap();
    assert_eq!(answer.status(), 206);
    assert_eq!(answer.bytes().await.unwrap(), "bytes");
}

#[tokio::test]
async fn without_its_signature_a_link_opens_for_nobody() {
    let s3 = S3::start().await;
    let blobs = Blobs::open(&Location::S3(s3.location())).await.unwrap();
    let (key, other) = (Key::Xorb(Uuid::now_v7()), Key::Xorb(Uuid::now_v7()));
    for key in [key, other] {
        blobs.put(&key, "private".into()).await.unwrap();
    }
    let link = blobs.sign(&key, HOUR).await.unwrap().unwrap();
    let mut bare = link.clone();
    bare.set_query(None);
    let mut elsewhere = link;
    elsewhere.set_path(&format!("/limpide/{other}"));
    for forged in [bare, elsewhere] {
        assert_eq!(reqwest::get(forged.as_str()).await.unwrap().status(), 403, "{forged}");
    }
}

#[tokio::test]
async fn links_name_the_address_that_readers_know() {
    let s3 = S3::start().await;
    let public = Some("https://bytes.example.org".into());
    let location = S3Location { public_endpoint: public, prefix: "corner".into(), ..s3.location() };
    let blobs = Blobs::open(&Location::S3(location)).await.unwrap();
    let key = Key::Xorb(Uuid::now_v7());
    let link = blobs.sign(&key, HOUR).await.unwrap().unwrap();
    assert!(link.as_str().starts_with(&format!("https://bytes.example.org/limpide/corner/{key}?")), "{link}");
}

#[tokio::test]
async fn wrong_settings_are_told_at_the_start() {
    let s3 = S3::start().await;
    let no_bucket = S3Location { bucket: "elsewhere".into(), ..s3.location() };
    let stranger = S3Keys { access_key: "stranger".into(), secret_key: "guess".into() };
    let wrong_keys = S3Location { keys: Some(stranger), ..s3.location() };
    let open_text = S3Location { allow_http: false, ..s3.location() };
    for location in [no_bucket, wrong_keys, open_text] {
        let name = format!("the bucket `{}`", location.bucket);
        let message = Blobs::open(&Location::S3(location)).await.unwrap_err().to_string();
        assert!(message.contains(&name), "{message}");
    }
}

#[tokio::test]
async fn secrets_are_not_printed() {
    let s3 = S3::start().await;
    let location = Location::S3(s3.location());
    let blobs = Blobs::open(&location).await.unwrap();
    let printed = format!("{location:?} {blobs:?}");
    assert!(printed.contains("test-access-key"), "{printed}");
    assert!(!printed.contains("test-secret-key"), "{printed}");
}

#[tokio::test]
async fn a_used_up_quota_is_a_full_storage() {
    let blobs = storage_that_answers("403 Forbidden", "QuotaExceeded").await;
    let key = Key::Xorb(Uuid::now_v7());
    assert!(matches!(blobs.put(&key, "more".into()).await, Err(Error::Full)));
    let mut upload = blobs.writer(&key).await.unwrap();
    upload.write("more".into()).await.unwrap();
    assert!(matches!(upload.finish().await, Err(Error::Full)));
}

#[tokio::test]
async fn a_bucket_that_is_gone_is_no_missing_object() {
    let blobs = storage_that_answers("404 Not Found", "NoSuchBucket").await;
    let key = Key::Xorb(Uuid::now_v7());
    assert!(matches!(blobs.get(&key, 10).await, Err(Error::Unavailable { .. })));
    assert!(matches!(blobs.put(&key, "more".into()).await, Err(Error::Unavailable { .. })));
}

#[tokio::test]
async fn a_missing_object_is_missing() {
    let blobs = storage_that_answers("404 Not Found", "NoSuchKey").await;
    assert!(matches!(blobs.get(&Key::Xorb(Uuid::now_v7()), 10).await, Err(Error::Missing(_))));
}

/// A service that lists nothing and answers every other request with this status and code.
async fn storage_that_answers(status: &'static str, code: &'static str) -> Blobs {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(answer_all(socket, status, code));
        }
    });
    let location = S3Location {
        bucket: "bucket".into(),
        endpoint: Some(endpoint),
        region: "us-east-1".into(),
        keys: Some(S3Keys { access_key: "a".into(), secret_key: "b".into() }),
        allow_http: true,
        ..S3Location::default()
    };
    Blobs::open(&Location::S3(location)).await.unwrap()
}

async fn answer_all(socket: TcpStream, status: &str, code: &str) {
    let mut socket = BufReader::new(socket);
    loop {
        let (mut first, mut length) = (String::new(), 0);
        socket.read_line(&mut first).await.unwrap();
        let mut line = first.clone();
        while !line.trim().is_empty() {
            line.clear();
            socket.read_line(&mut line).await.unwrap();
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        socket.read_exact(&mut vec![0; length]).await.unwrap();
        let (status, body) = match first.contains("list-type=2") {
            true => ("200 OK", "<ListBucketResult></ListBucketResult>".to_owned()),
            false => (status, format!("<Error><Code>{code}</Code></Error>")),
        };
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        if first.is_empty() || socket.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}
