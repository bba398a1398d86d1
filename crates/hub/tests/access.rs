//! Who sees what.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use limpide_hub::{Caller, Error, Grant, NewRepo, Thing};
use limpide_testkit::hub::TestHub;
use limpide_words::Kind;

#[tokio::test]
async fn a_private_repo_and_a_missing_one_look_the_same_to_strangers() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let eve = hub.user("eve").await;
    let secret = NewRepo { kind: Kind::Model, id: "ada/secret".parse().unwrap(), private: true, sdk: None };
    hub.create_repo(&ada, secret).await.unwrap();

    for (caller, signed_in) in [(&Caller::Anyone, false), (&eve, true)] {
        for id in ["ada/secret", "ada/missing"] {
            let refusal = hub.readable(caller, Kind::Model, &id.parse().unwrap()).await.unwrap_err();
            let Error::NotFound(thing, words) = refusal else { panic!("{refusal:?}") };
            assert_eq!(thing, Thing::Repo { signed_in });
            assert_eq!(
                words.replace(id, "X"),
                "There is no model X, or it is private and you are not among its members."
            );
        }
    }
    assert!(hub.readable(&ada, Kind::Model, &"ADA/Secret".parse().unwrap()).await.is_ok());
}

#[tokio::test]
async fn a_token_that_reads_does_not_write_even_for_the_owner() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    let token =
        limpide_hub::NewToken { name: "reader".into(), grant: Grant::Read, lifetime: None, value: None };
    let token = hub.create_token(&"ada".parse().unwrap(), token).await.unwrap();
    let reader = hub.caller_by_token(&token).await.unwrap();

    assert!(hub.readable(&reader, Kind::Model, &id).await.is_ok());
    assert!(matches!(hub.writable(&reader, Kind::Model, &id).await, Err(Error::Forbidden(_))));
    assert!(matches!(hub.writable(&Caller::Anyone, Kind::Model, &id).await, Err(Error::SignIn(_))));
}
