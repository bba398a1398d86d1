//! Malicious files: shown, warned of, or held back until somebody who may lets them through.

use limpide_hub::{Caller, Error, Hub, Settings, WhenMalicious};
use limpide_testkit::hub::TestHub;
use limpide_words::{Kind, RepoId};

use crate::kit::{CLEAN, MALICIOUS, commit, work};

/// What comes of a download.
async fn download(hub: &Hub, who: &Caller, id: &RepoId, path: &str) -> Result<Option<String>, Error> {
    let content = hub.content(who, Kind::Model, id).await?;
    let commit = hub.commit_at(content.readable(), &"main".parse().unwrap()).await?;
    let file = hub.resolve(&content, &commit, &path.parse().unwrap()).await?;
    hub.release(&content, &file).await
}

async fn hub_that(malicious: WhenMalicious) -> (TestHub, Caller, RepoId) {
    let mut settings = Settings::default();
    settings.safety.malicious = malicious;
    let hub = TestHub::with(settings).await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    commit(&hub, &ada, &id, "bad.pkl", MALICIOUS).await;
    commit(&hub, &ada, &id, "good.pkl", CLEAN).await;
    work(&hub).await;
    (hub, ada, id)
}

#[tokio::test]
async fn a_document_is_not_held_back_because_somebody_uses_its_words_as_a_template() {
    let (hub, ada, id) = hub_that(WhenMalicious::Quarantine).await;
    let text = b"{{ cycler.__init__.__globals__.os.popen('echo limpide-test') }}\n";
    commit(&hub, &ada, &id, "attacks.md", text).await;
    commit(&hub, &ada, &id, "chat_template.jinja", text).await;
    work(&hub).await;
    assert!(matches!(download(&hub, &ada, &id, "chat_template.jinja").await, Err(Error::Quarantined(_))));
    assert_eq!(download(&hub, &ada, &id, "attacks.md").await.unwrap(), None);
}

#[tokio::test]
async fn a_hub_shows_warns_or_holds_back() {
    let (hub, ada, id) = hub_that(WhenMalicious::Show).await;
    assert_eq!(download(&hub, &ada, &id, "bad.pkl").await.unwrap(), None);
    let (hub, ada, id) = hub_that(WhenMalicious::Warn).await;
    assert!(download(&hub, &ada, &id, "bad.pkl").await.unwrap().unwrap().contains("malicious"));
    assert_eq!(download(&hub, &ada, &id, "good.pkl").await.unwrap(), None);
    let (hub, ada, id) = hub_that(WhenMalicious::Quarantine).await;
    let refused = download(&hub, &ada, &id, "bad.pkl").await.unwrap_err();
    assert!(matches!(refused, Error::Quarantined(_)), "{refused}");
    assert_eq!(download(&hub, &ada, &id, "good.pkl").await.unwrap(), None);
}

#[tokio::test]
async fn an_owner_may_be_stricter_than_the_hub() {
    let (hub, ada, id) = hub_that(WhenMalicious::Show).await;
    let (name, eve) = ("ada".parse().unwrap(), hub.user("eve").await);
    let quarantine = Some(WhenMalicious::Quarantine);
    let refused = hub.set_owner_when_malicious(&eve, &name, quarantine).await.unwrap_err();
    assert!(matches!(refused, Error::Forbidden(_)), "{refused}");
    hub.set_owner_when_malicious(&ada, &name, quarantine).await.unwrap();
    assert_eq!(hub.owner_when_malicious(&name).await.unwrap(), quarantine);
    assert!(download(&hub, &ada, &id, "bad.pkl").await.is_err());
    hub.set_owner_when_malicious(&ada, &name, None).await.unwrap();
    assert_eq!(download(&hub, &ada, &id, "bad.pkl").await.unwrap(), None);
}

#[tokio::test]
async fn whoever_manages_the_repository_lets_a_file_through_and_says_why() {
    let (hub, ada, id) = hub_that(WhenMalicious::Quarantine).await;
    let (main, bad) = ("main".parse().unwrap(), "bad.pkl".parse().unwrap());
    let managed = hub.manageable(&ada, Kind::Model, &id).await.unwrap();
    let no_reason = hub.acknowledge(&managed, (&main, &bad), " ").await.unwrap_err();
    assert!(matches!(no_reason, Error::Invalid(_)), "{no_reason}");
    let good = hub.acknowledge(&managed, (&main, &"good.pkl".parse().unwrap()), "fine").await.unwrap_err();
    assert!(good.to_string().contains("not found to be malicious"), "{good}");
    hub.acknowledge(&managed, (&main, &bad), "a sample for a course").await.unwrap();
    assert_eq!(download(&hub, &ada, &id, "bad.pkl").await.unwrap(), None);
    let readable = hub.readable(&ada, Kind::Model, &id).await.unwrap();
    let given = hub.acknowledgements(&readable).await.unwrap();
    assert_eq!((given[0].user_name.as_str(), given[0].reason.as_str()), ("ada", "a sample for a course"));
    hub.revoke_acknowledgement(&managed, &given[0].content).await.unwrap();
    assert!(download(&hub, &ada, &id, "bad.pkl").await.is_err());
    assert!(hub.revoke_acknowledgement(&managed, &given[0].content).await.is_err());
}

#[tokio::test]
async fn what_is_let_through_for_one_repository_is_held_back_for_others() {
    let (hub, ada, id) = hub_that(WhenMalicious::Quarantine).await;
    let other = hub.model(&ada, "ada/other").await;
    commit(&hub, &ada, &other, "same.bin", MALICIOUS).await;
    work(&hub).await;
    let managed = hub.manageable(&ada, Kind::Model, &id).await.unwrap();
    let file = (&"main".parse().unwrap(), &"bad.pkl".parse().unwrap());
    hub.acknowledge(&managed, file, "a sample for a course").await.unwrap();
    assert!(download(&hub, &ada, &id, "bad.pkl").await.is_ok());
    assert!(download(&hub, &ada, &other, "same.bin").await.is_err());
}
