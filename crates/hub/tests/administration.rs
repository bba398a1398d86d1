//! What an operator does without the site.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use limpide_hub::{Caller, Error, Grant, NewToken};
use limpide_testkit::hub::TestHub;

#[tokio::test]
async fn the_first_start_makes_an_administrator_and_the_second_does_not() {
    let hub = TestHub::start().await;
    let token = hub.first_administrator().await.unwrap().unwrap();
    let caller = hub.caller_by_token(&token).await.unwrap();
    assert_eq!(caller.administrator().unwrap().name.as_str(), "admin");
    assert!(hub.first_administrator().await.unwrap().is_none());
}

#[tokio::test]
async fn of_replicas_that_start_together_one_makes_the_administrator() {
    let hub = TestHub::start().await;
    let starts = (0..8).map(|_| {
        let hub = hub.hub.clone();
        tokio::spawn(async move { hub.first_administrator().await.unwrap() })
    });
    let mut tokens = Vec::new();
    for start in starts.collect::<Vec<_>>() {
        tokens.extend(start.await.unwrap());
    }
    assert_eq!(tokens.len(), 1);
    assert!(matches!(hub.caller_by_token(&tokens[0]).await.unwrap(), Caller::User(_)));
}

#[tokio::test]
async fn a_hub_with_people_makes_no_administrator_by_itself() {
    let hub = TestHub::start().await;
    hub.user("ada").await;
    assert!(hub.first_administrator().await.unwrap().is_none());
}

#[tokio::test]
async fn users_and_organisations_are_listed_by_name_each_apart() {
    let hub = TestHub::start().await;
    for name in ["eve", "Bob", "ada"] {
        hub.user(name).await;
    }
    hub.create_organization("lab".parse().unwrap(), "The Lab".into()).await.unwrap();
    let users: Vec<_> = hub.users().await.unwrap().into_iter().map(|user| user.name.to_string()).collect();
    assert_eq!(users, ["ada", "Bob", "eve"]);
    let organizations = hub.organizations().await.unwrap();
    assert_eq!(organizations.iter().map(|each| each.full_name.as_str()).collect::<Vec<_>>(), ["The Lab"]);
}

#[tokio::test]
async fn a_new_password_replaces_the_old_one() {
    let hub = TestHub::start().await;
    hub.user("ada").await;
    let ada = "ada".parse().unwrap();
    for password in ["correct horse", "battery staple"] {
        hub.set_password(&ada, password).await.unwrap();
        hub.user_by_password(&ada, password).await.unwrap();
    }
    assert!(matches!(hub.user_by_password(&ada, "correct horse").await, Err(Error::SignIn(_))));
    assert!(matches!(hub.set_password(&ada, "short").await, Err(Error::Invalid(_))));
    let nobody = "nobody".parse().unwrap();
    assert!(matches!(hub.set_password(&nobody, "long enough").await, Err(Error::NotFound(..))));
}

#[tokio::test]
async fn a_revoked_token_is_nobody_s_from_that_moment() {
    let hub = TestHub::start().await;
    let token = hub.user_token("ada", Grant::Write).await;
    let ada = "ada".parse().unwrap();
    let second = NewToken { name: "second".into(), grant: Grant::Read, lifetime: None, value: None };
    hub.create_token(&ada, second).await.unwrap();
    let names = |tokens: Vec<limpide_db::accounts::Token>| {
        tokens.into_iter().map(|token| token.name).collect::<Vec<_>>()
    };
    assert_eq!(names(hub.tokens(&ada).await.unwrap()), ["second", "test"]);

    hub.revoke_token(&ada, "test").await.unwrap();
    assert!(matches!(hub.caller_by_token(&token).await, Err(Error::SignIn(_))));
    assert_eq!(names(hub.tokens(&ada).await.unwrap()), ["second"]);
    assert!(matches!(hub.revoke_token(&ada, "test").await, Err(Error::NotFound(..))));
}
