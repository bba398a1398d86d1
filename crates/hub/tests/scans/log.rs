//! What the hub vouches for, and the log of it.

use limpide_hub::Hub;
use limpide_safety::Level;
use limpide_signing::log::{Checkpoint, Hash, LogKey, verify_consistency, verify_inclusion};
use limpide_signing::{Bundle, Predicate, PublicKey, Statement, Subject, Trust};
use limpide_testkit::hub::TestHub;
use limpide_words::Kind;

use crate::kit::{MALICIOUS, commit, with_settings, work};

/// The newest checkpoint, verified.
async fn checkpoint(hub: &Hub) -> Checkpoint {
    let key: LogKey = hub.log_key().unwrap().0.parse().unwrap();
    Checkpoint::verify(&hub.log_checkpoint().await.unwrap().unwrap(), &key).unwrap()
}

#[tokio::test]
async fn what_is_found_is_signed_and_stands_in_the_log() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    assert!(hub.log_checkpoint().await.unwrap().is_none(), "nothing was signed yet");
    let at = commit(&hub, &ada, &id, "bad.pkl", MALICIOUS).await;
    work(&hub).await;
    let key = PublicKey::from_pem(&hub.log_key().unwrap().1).unwrap();
    let readable = hub.readable(&ada, Kind::Model, &id).await.unwrap();
    let signed = hub.statements(&readable, &"main".parse().unwrap()).await.unwrap();
    let mut words: Vec<&str> = signed.iter().map(|signed| signed.predicate.as_str()).collect();
    words.sort_unstable();
    assert_eq!(words, ["openness", "scan"]);
    let now = checkpoint(&hub).await;
    for one in &signed {
        let (statement, _) = Statement::verify(Bundle::read(&one.bundle).unwrap(), Trust::Key(&key)).unwrap();
        let subject = Subject::Commit { repository: "models/ada/tiny".into(), commit: at };
        assert_eq!(statement.subjects, [subject]);
        if let Predicate::Scan(found) = statement.predicate {
            assert_eq!(found.verdict, Level::Malicious.as_str());
            assert_eq!(found.bytes, found.accounted, "all of it was understood");
        }
        let number = one.number.unsigned_abs();
        let proof = hub.log_inclusion(number, now.size).await.unwrap();
        verify_inclusion(Hash::of_entry(&one.bundle), number, now.size, now.root, &proof).unwrap();
    }
}

#[tokio::test]
async fn the_log_only_grows_whichever_server_adds_to_it() {
    let hub = TestHub::start().await;
    let other = with_settings(&hub, hub.settings().clone()).await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    let mut remembered: Vec<Checkpoint> = Vec::new();
    for round in 0..6 {
        commit(&hub, &ada, &id, "README.md", format!("# Round {round}\n").as_bytes()).await;
        work(if round % 2 == 0 { &hub } else { &other }).await;
        let now = checkpoint(&other).await;
        for old in &remembered {
            let proof = hub.log_consistency(old.size, now.size).await.unwrap();
            verify_consistency((old.size, old.root), (now.size, now.root), &proof).unwrap();
        }
        remembered.push(now);
    }
    let leaves = hub.log_leaves(0).await.unwrap();
    assert_eq!(leaves.len() as u64, remembered.last().unwrap().size);
    assert!(hub.log_inclusion(0, 1000).await.unwrap_err().to_string().contains("has"));
}

#[tokio::test]
async fn an_entry_that_was_changed_does_not_prove_itself() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    work(&hub).await;
    hub.db.change_bytes("log_entries", "bundle", "number = 0", |_| b"{}".to_vec()).await;
    let readable = hub.readable(&ada, Kind::Model, &id).await.unwrap();
    let signed = hub.statements(&readable, &"main".parse().unwrap()).await.unwrap();
    let now = checkpoint(&hub).await;
    let proof = hub.log_inclusion(0, now.size).await.unwrap();
    let first = &signed.iter().find(|one| one.number == 0).unwrap().bundle;
    assert!(verify_inclusion(Hash::of_entry(first), 0, now.size, now.root, &proof).is_err());
}
