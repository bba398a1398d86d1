//! What an audit reads: the files of a commit as they are, and of the rest of the hub what a stranger may see.

use limpide_hub::{Caller, Change, NewRepo, RepoSettings};
use limpide_openness::{Content, File, Gate, Reach, Source, Standing, Trouble, World};
use limpide_testkit::hub::TestHub;
use limpide_words::{Kind, RepoId, Sha256};

use crate::kit::{commit, commit_all};

/// Reads `main` as an audit does.
async fn inspect<T: Send + 'static>(
    hub: &TestHub,
    who: &Caller,
    id: &RepoId,
    act: impl FnOnce(&dyn Source, &dyn World) -> T + Send + 'static,
) -> T {
    let content = hub.content(who, Kind::Model, id).await.unwrap();
    hub.inspect(&content, &"main".parse().unwrap(), act).await.unwrap()
}

fn named(files: &[File], path: &str) -> File {
    files.iter().find(|file| file.path == path).unwrap().clone()
}

#[tokio::test]
async fn files_are_read_in_parts_and_end_where_they_end() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    commit(&hub, &ada, &id, "folder/words.txt", "0123456789").await;
    inspect(&hub, &ada, &id, |source, _| {
        let file = named(&source.files().unwrap(), "folder/words.txt");
        assert_eq!((file.size, file.sha256, file.content), (10, None, Content::Here));
        for (range, expected) in
            [(0..10, "0123456789"), (3..6, "345"), (8..u64::MAX, "89"), (10..20, ""), (5..5, "")]
        {
            assert_eq!(source.read("folder/words.txt", range.clone()).unwrap(), expected, "{range:?}");
        }
        assert_eq!(source.read("no.txt", 0..1), Err(Trouble::NoFile("no.txt".into())));
        assert_eq!(source.read("folder", 0..1), Err(Trouble::NoFile("folder".into())));
    })
    .await;
}

#[tokio::test]
async fn content_is_read_from_the_store_and_said_to_be_lost_when_it_never_arrived() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    let repo = hub.readable(&ada, Kind::Model, &id).await.unwrap();
    let sha256 = hub.claim(&repo.repo().id, "weights").await;
    let path = "model.bin".parse().unwrap();
    commit_all(&hub, &ada, &id, vec![Change::LfsFile { path, sha256, size: Some(7) }]).await;
    let listed = move |source: &dyn Source, _: &dyn World| named(&source.files().unwrap(), "model.bin");
    let file = inspect(&hub, &ada, &id, listed).await;
    assert_eq!((file.size, file.sha256, file.content), (7, Some(sha256), Content::Here));

    hub.db.damage("DELETE FROM lfs_files").await;
    let file = inspect(&hub, &ada, &id, listed).await;
    assert_eq!((file.size, file.sha256, file.content), (7, Some(sha256), Content::Lost));
}

#[tokio::test]
async fn refs_and_the_files_of_other_revisions_are_told() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    let writable = hub.writable(&ada, Kind::Model, &id).await.unwrap();
    hub.create_branch(&writable, "step-1000", None).await.unwrap();
    let head = commit(&hub, &ada, &id, "a.txt", "a").await.to_string();
    inspect(&hub, &ada, &id, move |source, _| {
        let Reach::Found(refs) = source.refs() else { panic!("no refs") };
        let names: Vec<&str> = refs.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names, ["main", "step-1000"]);
        assert_eq!(refs[0].commit, head);
        let Reach::Found(files) = source.files_at("step-1000") else { panic!("no files") };
        assert_eq!(files.len(), 1);
        assert!(matches!(source.files_at("nowhere"), Reach::Unreachable(_)));
        let open = Standing { gate: Some(Gate::Open), private: Some(false) };
        assert_eq!(source.standing(), open);
    })
    .await;
}

#[tokio::test]
async fn of_other_repositories_an_audit_sees_what_a_stranger_sees() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    for name in ["ada/open", "ada/gated", "ada/old"] {
        hub.model(&ada, name).await;
    }
    let secret = NewRepo { kind: Kind::Model, id: "ada/secret".parse().unwrap(), private: true, sdk: None };
    hub.create_repo(&ada, secret).await.unwrap();
    let gated = RepoSettings { gated: Some("auto".into()), ..RepoSettings::default() };
    hub.set_repo_settings(&ada, Kind::Model, &"ada/gated".parse().unwrap(), gated).await.unwrap();
    let (old, new) = ("ada/old".parse().unwrap(), "ada/new".parse().unwrap());
    hub.move_repo(&ada, Kind::Model, &old, &new).await.unwrap();
    inspect(&hub, &ada, &id, |_, world| {
        let look = |name: &str| match world.repository(Kind::Model, &name.parse().unwrap()) {
            Reach::Found(source) => format!("found {}", source.subject().repository.unwrap()),
            Reach::Absent(answer) => format!("absent: {answer}"),
            Reach::Closed(_) => "closed".into(),
            Reach::Unreachable(why) => format!("unreachable: {why}"),
        };
        assert_eq!(look("ada/open"), "found ada/open");
        assert_eq!(look("ada/old"), "found ada/new");
        assert_eq!(look("ada/gated"), "closed");
        assert_eq!(look("ada/secret"), look("ada/missing").replace("missing", "secret"));
        assert!(look("ada/missing").starts_with("absent"));
        assert!(look("elsewhere/model").starts_with("unreachable"));
        assert!(matches!(world.page("https://example.org"), Reach::Unreachable(_)));
        assert!(matches!(world.code("https://example.org"), Reach::Unreachable(_)));
    })
    .await;
}

#[tokio::test]
async fn who_else_holds_the_same_bytes_is_told_of_public_repositories_only() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let mut sha256 = Sha256([0; 32]);
    for (name, private) in [("ada/tiny", false), ("ada/twin", false), ("ada/secret", true)] {
        let id: RepoId = name.parse().unwrap();
        let new = NewRepo { kind: Kind::Model, id: id.clone(), private, sdk: None };
        let repo = hub.create_repo(&ada, new).await.unwrap();
        sha256 = hub.claim(&repo.id, "weights").await;
        let path = "model.bin".parse().unwrap();
        commit_all(&hub, &ada, &id, vec![Change::LfsFile { path, sha256, size: None }]).await;
    }
    let id = "ada/tiny".parse().unwrap();
    let holders =
        inspect(&hub, &ada, &id, move |_, world| (world.holders(sha256), world.holders(Sha256([7; 32]))))
            .await;
    assert_eq!(holders, (Reach::Found(vec!["model:ada/twin".into()]), Reach::Found(Vec::new())));
}
