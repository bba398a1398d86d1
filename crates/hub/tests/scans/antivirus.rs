//! The virus scanner beside the scan: what it knows counts, and what it has not looked at is never called looked at.

use limpide_hub::{Caller, FileSafety, Hub, Settings};
use limpide_safety::{Level, Said};
use limpide_testkit::clamd::{Clamd, ENGINE};
use limpide_testkit::hub::TestHub;
use limpide_words::{Kind, RepoId};

use crate::kit::{CLEAN, commit, safety, with_settings, work};

const KNOWN: &[u8] = b"a harmless marker that one scanner knows";

fn asking(clamd: &Clamd) -> Settings {
    let mut settings = Settings::default();
    settings.safety.clamav = Some(clamd.address().parse().unwrap());
    settings
}

/// Ada's model, with a file that the scanner knows and one that it does not.
async fn scene(settings: Settings) -> (TestHub, Caller, RepoId) {
    let hub = TestHub::with(settings).await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    commit(&hub, &ada, &id, "notes.txt", KNOWN).await;
    commit(&hub, &ada, &id, "good.pkl", CLEAN).await;
    work(&hub).await;
    (hub, ada, id)
}

async fn file(hub: &Hub, who: &Caller, id: &RepoId, path: &str) -> FileSafety {
    let readable = hub.readable(who, Kind::Model, id).await.unwrap();
    let commit = hub.commit_at(&readable, &"main".parse().unwrap()).await.unwrap();
    let entry = hub.entry(&readable, &commit, &path.parse().unwrap()).await.unwrap();
    hub.files_safety(&[entry]).await.unwrap().into_values().next().unwrap()
}

async fn said(hub: &Hub, who: &Caller, id: &RepoId, path: &str) -> Option<Said> {
    file(hub, who, id, path).await.scan.antivirus.map(|antivirus| antivirus.said)
}

#[tokio::test]
async fn what_it_knows_is_malicious_and_what_it_does_not_know_is_told_with_its_version() {
    let clamd = Clamd::new();
    clamd.listen_and_know(KNOWN, "Marker");
    let (hub, ada, id) = scene(asking(&clamd)).await;
    let known = file(&hub, &ada, &id, "notes.txt").await;
    assert_eq!(known.verdict.level, Level::Malicious);
    assert_eq!(known.scan.antivirus.unwrap().said, Said::Found { name: "Marker".into() });
    let clean = file(&hub, &ada, &id, "good.pkl").await;
    assert_eq!(clean.verdict.level, Level::Clean);
    assert_eq!(clean.scan.antivirus.unwrap().engine.unwrap(), ENGINE);
    let whole = safety(&hub, &ada, &id).await.unwrap();
    assert_eq!((whole.flagged[0].path.as_str(), whole.unlooked), ("notes.txt", 0));
    assert!(hub.findings().await.is_empty(), "what is stored is sound");
}

#[tokio::test]
async fn a_scan_goes_on_without_it_and_what_it_missed_is_shown_to_it_when_it_is_back() {
    let clamd = Clamd::new();
    let (hub, ada, id) = scene(asking(&clamd)).await;
    let before = safety(&hub, &ada, &id).await.unwrap();
    assert!(before.flagged.is_empty() && before.unlooked == 3, "{before:?}");
    assert!(matches!(said(&hub, &ada, &id, "good.pkl").await, Some(Said::Away { .. })));
    assert_eq!(hub.scan_unlooked_heads().await.unwrap(), 0, "it is not there yet");
    clamd.listen_and_know(KNOWN, "Marker");
    assert_eq!(hub.scan_unlooked_heads().await.unwrap(), 1);
    assert_eq!(hub.scan_unlooked_heads().await.unwrap(), 0, "it was asked for already");
    work(&hub).await;
    let after = safety(&hub, &ada, &id).await.unwrap();
    assert_eq!((after.flagged[0].level, after.unlooked), (Level::Malicious, 0));
    assert_eq!(said(&hub, &ada, &id, "good.pkl").await, Some(Said::Clean));
    assert_eq!(hub.scan_unlooked_heads().await.unwrap(), 0);
    assert!(hub.notices(&ada, None).await.unwrap().iter().any(|notice| notice.path == "notes.txt"));
}

#[tokio::test]
async fn a_hub_that_has_one_for_the_first_time_shows_it_what_is_there() {
    let clamd = Clamd::new();
    clamd.listen_and_know(KNOWN, "Marker");
    let (without, ada, id) = scene(Settings::default()).await;
    assert_eq!(said(&without, &ada, &id, "notes.txt").await, None);
    assert_eq!(safety(&without, &ada, &id).await.unwrap().unlooked, 0, "nobody is awaited");
    assert_eq!(without.scan_unlooked_heads().await.unwrap(), 0);
    let hub = with_settings(&without, asking(&clamd)).await;
    assert_eq!(hub.scan_unlooked_heads().await.unwrap(), 1);
    work(&hub).await;
    assert_eq!(safety(&hub, &ada, &id).await.unwrap().flagged[0].level, Level::Malicious);
    // A server of the same hub that has none does not forget what was found.
    commit(&without, &ada, &id, "same.txt", KNOWN).await;
    work(&without).await;
    assert_eq!(safety(&without, &ada, &id).await.unwrap().flagged.len(), 2);
}

#[tokio::test]
async fn an_answer_that_tells_nothing_is_no_clean_one_and_is_asked_for_again_with_the_next_commit() {
    let clamd = Clamd::new();
    clamd.listen(drop);
    let (hub, ada, id) = scene(asking(&clamd)).await;
    assert!(matches!(said(&hub, &ada, &id, "good.pkl").await, Some(Said::Failed { .. })));
    assert_eq!(hub.scan_unlooked_heads().await.unwrap(), 0, "but not for ever");
    let again = Clamd::new();
    again.listen_and_know(KNOWN, "Marker");
    let hub = with_settings(&hub, asking(&again)).await;
    commit(&hub, &ada, &id, "more.txt", b"more").await;
    work(&hub).await;
    assert_eq!(said(&hub, &ada, &id, "good.pkl").await, Some(Said::Clean));
    assert_eq!(file(&hub, &ada, &id, "notes.txt").await.verdict.level, Level::Malicious);
}
