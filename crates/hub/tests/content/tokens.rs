//! Tokens for the content store.

use std::time::Duration;

use limpide_hub::{Caller, Error};
use limpide_testkit::hub::TestHub;
use limpide_words::Kind;

use crate::kit::scene;

#[tokio::test]
async fn a_token_opens_its_own_store_for_a_while() {
    let scene = scene().await;
    let hub = &scene.hub;
    let writable = hub.writable(&scene.ada, Kind::Model, &scene.model).await.unwrap();
    let token = hub.content_token_to_write(&writable).await.unwrap();
    // Clients throw away a token that has less than a minute left.
    assert!(token.expires.seconds() - hub.clock.now().seconds() > 60);
    let pass = hub.write_pass(&token.store, &token.token).unwrap();
    assert_eq!(pass.repository_id(), writable.repo().id);
    assert!(hub.has_store(&token.store));
    assert!(!hub.has_store("0123456789abcdef"));

    let refused = |outcome: limpide_hub::Result<_>| matches!(outcome, Err(Error::SignIn(_)));
    assert!(refused(hub.read_pass("another-store", &token.token)));
    for changed in ["", ".", "a.b", &token.token[1..], &format!("{}x", token.token), &"x".repeat(100_000)] {
        assert!(refused(hub.read_pass(&token.store, changed)), "{changed}");
    }
    let (words, signature) = token.token.split_once('.').unwrap();
    for at in 0..words.len() {
        let mut changed = words.as_bytes().to_vec();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = format!("{}.{signature}", String::from_utf8(changed).unwrap());
        assert!(refused(hub.read_pass(&token.store, &changed)), "{changed}");
    }
    hub.clock.advance(hub.settings().limits.content_token + Duration::from_secs(1));
    assert!(refused(hub.read_pass(&token.store, &token.token)));
}

#[tokio::test]
async fn a_token_to_read_does_not_write() {
    let scene = scene().await;
    let content = scene.hub.content(&Caller::Anyone, Kind::Model, &scene.model).await.unwrap();
    let token = scene.hub.content_token_to_read(&content, &Caller::Anyone).unwrap();
    assert!(scene.hub.read_pass(&token.store, &token.token).is_ok());
    let refusal = scene.hub.write_pass(&token.store, &token.token);
    assert!(matches!(refusal, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn another_hub_s_token_is_not_believed() {
    let (scene, other) = (scene().await, TestHub::start().await);
    let content = scene.hub.content(&scene.ada, Kind::Model, &scene.model).await.unwrap();
    let token = scene.hub.content_token_to_read(&content, &scene.ada).unwrap();
    assert_ne!(other.instance(), scene.hub.instance());
    assert!(other.read_pass(&token.store, &token.token).is_err());
    assert!(other.read_pass(other.instance(), &token.token).is_err());
}
