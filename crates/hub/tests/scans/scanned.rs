//! What is scanned, and what is told of it.

use limpide_db::scans;
use limpide_safety::Level;
use limpide_testkit::hub::TestHub;
use limpide_words::Kind;

use crate::kit::{CLEAN, MALICIOUS, commit, safety, work};

#[tokio::test]
async fn a_commit_is_scanned_in_the_background_and_says_which_files_are_not_clean() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    commit(&hub, &ada, &id, "good.pkl", CLEAN).await;
    let at = commit(&hub, &ada, &id, "bad.pkl", MALICIOUS).await;
    assert!(safety(&hub, &ada, &id).await.is_none(), "it was not scanned yet");
    work(&hub).await;
    let found = safety(&hub, &ada, &id).await.unwrap();
    assert_eq!(found.commit, at);
    let flagged: Vec<_> = found.flagged.iter().map(|file| (file.path.as_str(), file.level)).collect();
    assert_eq!(flagged, [("bad.pkl", Level::Malicious)]);
    assert!(!found.is_stale);
}

#[tokio::test]
async fn a_content_is_scanned_once_whichever_repositories_hold_it() {
    let hub = TestHub::start().await;
    let (ada, eve) = (hub.user("ada").await, hub.user("eve").await);
    let one = hub.model(&ada, "ada/tiny").await;
    let other = hub.model(&eve, "eve/copy").await;
    commit(&hub, &ada, &one, "weights/bad.pkl", MALICIOUS).await;
    work(&hub).await;
    let content = safety(&hub, &ada, &one).await.unwrap().flagged[0].content.clone();
    let when = async || scans::find(&hub.db.db, std::slice::from_ref(&content)).await.unwrap()[0].created;
    let first = when().await;
    hub.clock.advance(std::time::Duration::from_secs(60));
    commit(&hub, &eve, &other, "mine.bin", MALICIOUS).await;
    work(&hub).await;
    assert_eq!(when().await, first, "it was not scanned again");
    assert_eq!(safety(&hub, &eve, &other).await.unwrap().flagged[0].path, "mine.bin");
}

/// What only a template does, and what a document may well speak of.
const TEMPLATE: &[u8] = b"{{ cycler.__init__.__globals__.os.popen('echo limpide-test') }}\n";

#[tokio::test]
async fn a_text_that_was_seen_under_a_harmless_name_is_looked_at_under_another() {
    let hub = TestHub::start().await;
    let (ada, eve) = (hub.user("ada").await, hub.user("eve").await);
    let notes = hub.model(&eve, "eve/notes").await;
    commit(&hub, &eve, &notes, "docs/attacks.md", TEMPLATE).await;
    work(&hub).await;
    assert!(safety(&hub, &eve, &notes).await.unwrap().flagged.is_empty());

    let id = hub.model(&ada, "ada/tiny").await;
    commit(&hub, &ada, &id, "chat_template.jinja", TEMPLATE).await;
    commit(&hub, &ada, &id, "attacks.md", TEMPLATE).await;
    work(&hub).await;
    let flagged = safety(&hub, &ada, &id).await.unwrap().flagged;
    let flagged: Vec<_> = flagged.iter().map(|file| (file.path.as_str(), file.level)).collect();
    assert_eq!(flagged, [("chat_template.jinja", Level::Malicious)]);
    let notes = hub.readable(&eve, Kind::Model, &notes).await.unwrap();
    let commit = hub.commit_at(&notes, &"main".parse().unwrap()).await.unwrap();
    let entry = hub.entry(&notes, &commit, &"docs/attacks.md".parse().unwrap()).await.unwrap();
    let known = hub.files_safety(std::slice::from_ref(&entry)).await.unwrap();
    assert_eq!(known["docs/attacks.md"].verdict.level, Level::Clean, "a document is still one");
}

#[tokio::test]
async fn owners_are_told_once_of_each_bad_content() {
    let hub = TestHub::start().await;
    let (ada, eve) = (hub.user("ada").await, hub.user("eve").await);
    let id = hub.model(&ada, "ada/tiny").await;
    commit(&hub, &ada, &id, "bad.pkl", MALICIOUS).await;
    commit(&hub, &ada, &id, "good.pkl", CLEAN).await;
    work(&hub).await;
    commit(&hub, &ada, &id, "README.md", b"# Tiny\n").await;
    work(&hub).await;
    let told = hub.notices(&ada, None).await.unwrap();
    let told: Vec<_> = told.iter().map(|notice| (notice.path.as_str(), notice.level.as_str())).collect();
    assert_eq!(told, [("bad.pkl", "malicious")]);
    assert!(hub.notices(&eve, None).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_file_tells_all_that_was_seen_in_it() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    commit(&hub, &ada, &id, "bad.pkl", MALICIOUS).await;
    work(&hub).await;
    let readable = hub.readable(&ada, Kind::Model, &id).await.unwrap();
    let commit = hub.commit_at(&readable, &"main".parse().unwrap()).await.unwrap();
    let entry = hub.entry(&readable, &commit, &"bad.pkl".parse().unwrap()).await.unwrap();
    let known = hub.files_safety(std::slice::from_ref(&entry)).await.unwrap();
    let file = &known["bad.pkl"];
    assert_eq!(file.scan.size, MALICIOUS.len() as u64);
    assert!(file.verdict.reasons.iter().any(|reason| reason.level == Level::Malicious));
}

#[tokio::test]
async fn a_branch_that_comes_back_to_a_scanned_commit_is_not_scanned_again() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    work(&hub).await;
    let writable = hub.writable(&ada, Kind::Model, &id).await.unwrap();
    hub.create_branch(&writable, "dev", None).await.unwrap();
    assert_eq!(work(&hub).await, 0);
    assert_eq!(hub.scan_stale_heads().await.unwrap(), 0);
}
