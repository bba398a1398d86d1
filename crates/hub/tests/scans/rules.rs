//! New rules: what was seen is judged again, and no file is read twice.

use limpide_hub::{Safety, Settings};
use limpide_safety::{Level, RULES};
use limpide_testkit::hub::TestHub;
use limpide_words::Kind;

use crate::kit::{CLEAN, MALICIOUS, commit, safety, with_settings, work};

/// Rules that allow `os.system` to be called.
fn mild() -> String {
    let allowed = RULES.replacen("names = [", "names = [\"os.system\", \"posix.system\", ", 1);
    let rules = allowed.replace("modules = [\"os\", \"posix\", ", "modules = [").replace("\"system\", ", "");
    assert!(rules.len() < allowed.len(), "the rules are written otherwise now");
    rules
}

#[tokio::test]
async fn under_new_rules_stored_events_are_judged_again_without_reading_files() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    commit(&hub, &ada, &id, "bad.pkl", MALICIOUS).await;
    commit(&hub, &ada, &id, "good.pkl", CLEAN).await;
    let mut settings: Settings = hub.settings().clone();
    settings.safety.rules = Some(mild());
    let mild = with_settings(&hub, settings).await;
    work(&mild).await;
    let before = safety(&mild, &ada, &id).await.unwrap();
    assert!(before.flagged.iter().all(|file| file.level < Level::Malicious), "{before:?}");

    // Whoever reads a file again finds nothing.
    hub.db.damage("UPDATE git_objects SET data = NULL, object = NULL WHERE kind = 'blob';").await;
    let stale = safety(&hub, &ada, &id).await.unwrap();
    assert!(stale.is_stale);
    work(&hub).await;
    let after = safety(&hub, &ada, &id).await.unwrap();
    assert_eq!(after.flagged.iter().map(|file| file.level).max(), Some(Level::Malicious));
    let told = hub.notices(&ada, None).await.unwrap();
    assert!(told.iter().any(|notice| notice.level == "malicious"), "the owner is told");
}

#[tokio::test]
async fn a_server_with_new_rules_has_every_branch_looked_at_again() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    commit(&hub, &ada, &id, "bad.pkl", MALICIOUS).await;
    work(&hub).await;
    let mut settings: Settings = hub.settings().clone();
    settings.safety.rules = Some(mild());
    let mild = with_settings(&hub, settings).await;
    assert_eq!(mild.scan_stale_heads().await.unwrap(), 1);
    assert_eq!(mild.scan_stale_heads().await.unwrap(), 0, "it was asked for already");
    work(&mild).await;
    let readable = mild.readable(&ada, Kind::Model, &id).await.unwrap();
    let now = mild.safety(&readable, &"main".parse().unwrap()).await.unwrap();
    assert!(matches!(now, Safety::Scanned(found) if !found.is_stale));
}

#[tokio::test]
async fn rules_that_cannot_be_read_keep_a_server_from_starting() {
    let hub = TestHub::start().await;
    let mut settings: Settings = hub.settings().clone();
    settings.safety.rules = Some("nonsense".to_owned());
    let (db, blobs) = (hub.db.db.clone(), hub.blobs.blobs.clone());
    let refused = limpide_hub::Hub::open(db, blobs, hub.mirrors(), settings, hub.clock.clone()).await;
    assert!(refused.unwrap_err().to_string().contains("safety.rules"));
}
