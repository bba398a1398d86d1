//! Organisations by those who are in them; profiles and tokens by those whose they are; what administrators see.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use limpide_hub::{Caller, Error, EventQuery, Grant, NewToken, NewUser, Role, Scope};
use limpide_testkit::hub::TestHub;
use limpide_words::OwnerName;

fn name(text: &str) -> OwnerName {
    text.parse().unwrap()
}

/// A user who administers the hub.
async fn administrator(hub: &TestHub) -> Caller {
    let token = hub.first_administrator().await.unwrap().unwrap();
    hub.caller_by_token(&token).await.unwrap()
}

#[tokio::test]
async fn whoever_founds_an_organisation_administers_it() {
    let hub = TestHub::start().await;
    let (ada, bob) = (hub.user("ada").await, hub.user("bob").await);
    hub.found_organization(&ada, name("lab"), "The Lab").await.unwrap();
    assert_eq!(hub.administered(&ada, &name("lab")).await.unwrap().full_name, "The Lab");
    assert!(matches!(hub.administered(&bob, &name("lab")).await, Err(Error::Forbidden(_))));
    let taken = hub.found_organization(&bob, name("LAB"), "").await;
    assert!(matches!(taken, Err(Error::Conflict(_))));
    let anyone = hub.found_organization(&Caller::Anyone, name("x"), "").await;
    assert!(matches!(anyone, Err(Error::SignIn(_))));
    let reader = hub.user_with("eve", Grant::Read).await;
    assert!(matches!(hub.found_organization(&reader, name("x"), "").await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn the_last_who_administers_stays_and_others_may_leave() {
    let hub = TestHub::start().await;
    let (ada, bob) = (hub.user("ada").await, hub.user("bob").await);
    let lab = name("lab");
    hub.found_organization(&ada, lab.clone(), "").await.unwrap();
    for role in [None, Some(Role::Write)] {
        let last = hub.change_member(&ada, (&lab, &name("ada")), role).await;
        assert!(matches!(last, Err(Error::Conflict(_))), "{role:?}");
    }
    hub.change_member(&ada, (&lab, &name("bob")), Some(Role::Read)).await.unwrap();
    let promoted = hub.change_member(&bob, (&lab, &name("bob")), Some(Role::Admin)).await;
    assert!(matches!(promoted, Err(Error::Forbidden(_))));
    let thrown_out = hub.change_member(&bob, (&lab, &name("ada")), None).await;
    assert!(matches!(thrown_out, Err(Error::Forbidden(_))));
    hub.change_member(&bob, (&lab, &name("bob")), None).await.unwrap();
    let members = hub.members(&lab).await.unwrap();
    assert_eq!(members.iter().map(|member| member.name.as_str()).collect::<Vec<_>>(), ["ada"]);
}

#[tokio::test]
async fn of_two_who_leave_at_once_one_stays() {
    let hub = TestHub::start().await;
    let (ada, bob) = (hub.user("ada").await, hub.user("bob").await);
    let lab = name("lab");
    hub.found_organization(&ada, lab.clone(), "").await.unwrap();
    hub.change_member(&ada, (&lab, &name("bob")), Some(Role::Admin)).await.unwrap();
    let leave = |who: Caller, user: &'static str| {
        let (hub, lab) = (hub.hub.clone(), lab.clone());
        tokio::spawn(async move { hub.change_member(&who, (&lab, &name(user)), None).await.is_ok() })
    };
    let (one, two) = (leave(ada, "ada"), leave(bob, "bob"));
    let left = [one.await.unwrap(), two.await.unwrap()];
    assert_eq!(left.iter().filter(|left| **left).count(), 1, "{left:?}");
    assert_eq!(hub.members(&lab).await.unwrap().len(), 1);
}

#[tokio::test]
async fn places_are_where_somebody_may_create() {
    let hub = TestHub::start().await;
    let (ada, bob) = (hub.user("ada").await, hub.user("bob").await);
    for (organization, role) in [("creates", Role::Contributor), ("reads", Role::Read)] {
        hub.found_organization(&ada, name(organization), "").await.unwrap();
        hub.change_member(&ada, (&name(organization), &name("bob")), Some(role)).await.unwrap();
    }
    let places = hub.places(&bob).await.unwrap();
    assert_eq!(places, [name("bob"), name("creates")]);
}

#[tokio::test]
async fn a_profile_takes_what_can_be_and_nothing_else() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    hub.set_profile(&ada, " Ada Lovelace ", "ada@example.org").await.unwrap();
    let account = hub.account(&name("ada")).await.unwrap().owner;
    assert_eq!(
        (account.full_name.as_str(), account.email.as_deref()),
        ("Ada Lovelace", Some("ada@example.org"))
    );
    hub.set_profile(&ada, "", "").await.unwrap();
    assert_eq!(hub.account(&name("ada")).await.unwrap().owner.email, None);
    for email in ["ada", "@example.org", "a b@example.org"] {
        assert!(matches!(hub.set_profile(&ada, "", email).await, Err(Error::Invalid(_))), "{email}");
    }
    let long = "x".repeat(201);
    assert!(matches!(hub.set_profile(&ada, &long, "").await, Err(Error::Unprocessable(_))));
}

#[tokio::test]
async fn a_token_that_may_not_do_everything_makes_no_other() {
    let hub = TestHub::start().await;
    let token = |grant| NewToken { name: "more".into(), grant, lifetime: None, value: None };
    let scope = |on: &str, name: &str, permission: &str| Scope {
        on: on.into(),
        name: name.into(),
        permissions: vec![permission.into()],
    };
    let fine = Grant::Fine(vec![scope("user", "eve", "repo.manage")]);
    for (who, grant) in [("bob", Grant::Read), ("eve", fine)] {
        let caller = hub.user_with(who, grant).await;
        let refused = hub.create_own_token(&caller, token(Grant::Write)).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{who}");
    }
    let ada = hub.user("ada").await;
    for senseless in [
        scope("model", "ada", "repo.write"),
        scope("user", "ada/x", "repo.write"),
        scope("wish", "ada", "repo.write"),
        scope("user", "ada", "everything"),
    ] {
        let refused = hub.create_own_token(&ada, token(Grant::Fine(vec![senseless.clone()]))).await;
        assert!(matches!(refused, Err(Error::Unprocessable(_))), "{senseless:?}");
    }
    let none = hub.create_own_token(&ada, token(Grant::Fine(Vec::new()))).await;
    assert!(matches!(none, Err(Error::Unprocessable(_))));
}

#[tokio::test]
async fn administrators_alone_look_after_the_hub() {
    let hub = TestHub::start().await;
    let root = administrator(&hub).await;
    let ada = hub.user("ada").await;
    hub.model(&ada, "ada/tiny").await;
    assert!(matches!(hub.users_after(&ada, None, 10).await, Err(Error::Forbidden(_))));
    assert!(matches!(hub.rooms(&ada, None, 10).await, Err(Error::Forbidden(_))));
    assert!(matches!(hub.jobs_before(&ada, None, None, 10).await, Err(Error::Forbidden(_))));
    assert!(matches!(hub.told_events(&ada, &EventQuery::default(), 10).await, Err(Error::Forbidden(_))));
    assert!(matches!(
        hub.reset_password(&ada, &name("admin"), "long enough").await,
        Err(Error::Forbidden(_))
    ));

    let names =
        |users: Vec<limpide_hub::Owner>| users.iter().map(|user| user.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(hub.users_after(&root, None, 1).await.unwrap()), ["ada"]);
    assert_eq!(names(hub.users_after(&root, Some(&name("ADA")), 5).await.unwrap()), ["admin"]);

    let rooms = hub.rooms(&root, None, 1).await.unwrap();
    assert_eq!((rooms[0].name.as_str(), rooms[0].repositories), ("ada", 1));
    let rest = hub.rooms(&root, Some((rooms[0].size, &rooms[0].name)), 5).await.unwrap();
    assert_eq!(rest.iter().map(|room| (room.name.as_str(), room.size)).collect::<Vec<_>>(), [("admin", 0)]);
    assert_eq!(hub.room_of_all(&root).await.unwrap(), rooms[0].size);

    let jobs = hub.jobs_before(&root, Some("waiting"), None, 10).await.unwrap();
    assert!(!jobs.is_empty() && jobs.iter().all(|job| job.name.as_str() == "tiny"), "{jobs:?}");
    let before = hub.jobs_before(&root, None, Some(&jobs[0].id), 10).await.unwrap();
    assert_eq!(before.len(), jobs.len() - 1);
    assert!(hub.jobs_before(&root, Some("failed"), None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn events_tell_the_newest_first_and_only_what_is_asked_for() {
    let hub = TestHub::start().await;
    let root = administrator(&hub).await;
    let new = NewUser {
        name: name("ada"),
        full_name: String::new(),
        email: None,
        password: Some("long enough".into()),
        is_admin: false,
    };
    hub.add_user(&root, new.clone()).await.unwrap();
    assert!(matches!(hub.add_user(&root, new).await, Err(Error::Conflict(_))));
    hub.reset_password(&root, &name("ada"), "another one").await.unwrap();
    hub.model(&root, "admin/tiny").await;
    let all = hub.told_events(&root, &EventQuery::default(), 100).await.unwrap();
    assert_eq!(all[0].action, "repo.create");
    assert_eq!(all[0].name.as_ref().map(|name| name.as_str()), Some("tiny"));
    assert_eq!(all[0].actor.as_ref().map(|actor| actor.as_str()), Some("admin"));
    let rest = EventQuery { before: Some(all[0].id.clone()), ..EventQuery::default() };
    assert_eq!(hub.told_events(&root, &rest, 1).await.unwrap()[0].action, "user.password");
    let created = EventQuery { action: Some("user.create".into()), ..EventQuery::default() };
    assert_eq!(hub.told_events(&root, &created, 100).await.unwrap().len(), 1);
    let of_repo = EventQuery { repo: Some("admin/TINY".parse().unwrap()), ..EventQuery::default() };
    assert_eq!(hub.told_events(&root, &of_repo, 100).await.unwrap().len(), 1);
    let absent = EventQuery { repo: Some("admin/absent".parse().unwrap()), ..EventQuery::default() };
    assert!(hub.told_events(&root, &absent, 100).await.unwrap().is_empty());
}
