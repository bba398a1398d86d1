//! Signatures of models that lie in a repository: whom the hub believes, and that it says so when it looked at nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use limpide_hub::{Caller, Change, Hub, NewCommit, Settings, SignatureOutcome, SignedModel, TrustedRoot};
use limpide_signing::{
    Algorithm, Bundle, Chain, Digest, IgnoredPath, Manifest, PrivateKey, Resource, ResourcePath,
    Serialization, Signer, sign,
};
use limpide_testkit::hub::TestHub;
use limpide_words::{Kind, RepoId};
use sha2::Digest as _;

const KEY: &str = include_str!("../../../libs/signing/tests/signing/keys/ada.key.pem");
const CHAIN: &str = include_str!("../../../libs/signing/tests/signing/keys/ada-chain.pem");
const ROOT: &str = include_str!("../../../libs/signing/tests/signing/keys/root.pem");
const OTHER_ROOT: &str = include_str!("../../../libs/signing/tests/signing/keys/other-root.pem");
/// The public Sigstore service saw who signed `signme-1` and `signme-2`.
const KEYLESS: &[u8] = include_bytes!("../../../libs/signing/tests/seeds/signature_bundle/good_sigstore");

const FILES: [(&str, &str); 2] = [("README.md", "# Tiny\n"), ("sub/config.json", "{}\n")];

/// A hub that lets these vouch for signers, with Ada's model in which these files lie.
async fn scene(settings: Settings, files: &[(&str, &[u8])]) -> (TestHub, Caller, RepoId) {
    let hub = TestHub::with(settings).await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    commit(&hub, &ada, &id, files).await;
    (hub, ada, id)
}

async fn commit(hub: &Hub, who: &Caller, id: &RepoId, files: &[(&str, &[u8])]) {
    let changes = files
        .iter()
        .map(|(path, bytes)| Change::File { path: path.parse().unwrap(), bytes: bytes.to_vec().into() });
    let writable = hub.writable(who, Kind::Model, id).await.unwrap();
    let new = NewCommit { title: "files".into(), ..NewCommit::default() };
    hub.commit(&writable, &"main".parse().unwrap(), new, changes.collect()).await.unwrap();
}

/// What the hub says of the only signature.
async fn said(hub: &Hub, who: &Caller, id: &RepoId) -> SignatureOutcome {
    let readable = hub.readable(who, Kind::Model, id).await.unwrap();
    hub.model_signatures(&readable, &"main".parse().unwrap()).await.unwrap().pop().unwrap().outcome
}

fn signed(outcome: SignatureOutcome) -> SignedModel {
    let SignatureOutcome::Signed(signed) = outcome else { panic!("{outcome:?}") };
    *signed
}

fn refused(outcome: SignatureOutcome) -> (String, String) {
    let SignatureOutcome::Refused { verified: false, reason, sentence } = outcome else {
        panic!("{outcome:?}")
    };
    (reason, sentence)
}

fn bundle(algorithm: Algorithm) -> Bundle {
    let path = |text: &str| text.parse::<ResourcePath>().unwrap();
    let resource = |(name, text): &(&str, &str)| {
        let hash = match algorithm {
            Algorithm::Sha256 => sha2::Sha256::digest(text).into(),
            // Whatever it is: the hub has none to compare it with.
            Algorithm::Blake3 => [7; 32],
        };
        Resource { path: path(name), digest: Digest(hash) }
    };
    let ignored = vec![IgnoredPath::from(path(".gitattributes"))];
    let serialization = Serialization { algorithm, follows_links: false, ignored };
    let manifest = Manifest::new("tiny", serialization, FILES.iter().map(resource).collect()).unwrap();
    let key = PrivateKey::from_pem(KEY).unwrap();
    let chain = Chain::from_pem(CHAIN, &key.public()).unwrap();
    sign(&manifest, &key, Some(chain)).unwrap()
}

/// The files, and a signature of them with Ada's certificate.
fn signed_files(algorithm: Algorithm) -> Vec<u8> {
    bundle(algorithm).to_json().unwrap()
}

async fn with_certificate(settings: Settings, algorithm: Algorithm) -> (TestHub, Caller, RepoId) {
    let signature = signed_files(algorithm);
    let mut files: Vec<(&str, &[u8])> = FILES.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    files.push(("model.sig", &signature));
    scene(settings, &files).await
}

fn trusting(roots: &str) -> Settings {
    let mut settings = Settings::default();
    settings.signing.roots = Some(roots.to_owned());
    settings
}

#[tokio::test]
async fn without_roots_nothing_with_a_certificate_is_checked_and_that_is_said() {
    let (hub, ada, id) = with_certificate(Settings::default(), Algorithm::Sha256).await;
    let (reason, sentence) = refused(said(&hub, &ada, &id).await);
    assert_eq!(reason, "no-roots");
    assert!(sentence.starts_with("it was not checked: no roots are configured"), "{sentence}");
    let (hub, ada, id) = scene(Settings::default(), &[("model.sig", KEYLESS)]).await;
    let (reason, sentence) = refused(said(&hub, &ada, &id).await);
    assert_eq!(reason, "no-roots");
    assert!(sentence.contains("`signing.trusted-root`"), "{sentence}");
}

#[tokio::test]
async fn a_root_vouches_for_a_signer_who_is_named_with_the_files_that_are_covered_and_not() {
    let (hub, ada, id) = with_certificate(trusting(ROOT), Algorithm::Sha256).await;
    let found = signed(said(&hub, &ada, &id).await);
    assert!(found.verified && found.user.is_none() && found.key.is_none());
    let Signer::Certificate { identity, .. } = &found.signer else { panic!("{:?}", found.signer) };
    assert_eq!(
        (identity.subject.as_str(), identity.issuer.as_str()),
        ("CN=Ada,O=Lovelace", "CN=Test authority")
    );
    assert_eq!(found.coverage.covered, ["README.md", "sub/config.json"]);
    let uncovered: Vec<&str> = found.coverage.uncovered.iter().map(|left| left.path.as_str()).collect();
    assert_eq!(uncovered, [".gitattributes", "model.sig"]);
    commit(&hub, &ada, &id, &[("README.md", b"# Other\n"), ("extra.txt", b"new")]).await;
    let found = signed(said(&hub, &ada, &id).await);
    assert!(!found.verified);
    assert_eq!(found.coverage.changed[0].path, "README.md");
    assert_eq!(found.coverage.extra, ["extra.txt"]);
}

#[tokio::test]
async fn another_root_does_not() {
    let (hub, ada, id) = with_certificate(trusting(OTHER_ROOT), Algorithm::Sha256).await;
    let (reason, sentence) = refused(said(&hub, &ada, &id).await);
    assert_eq!(reason, "certificate");
    assert!(sentence.contains("CN=Ada,O=Lovelace"), "{sentence}");
}

#[tokio::test]
async fn hashes_that_the_hub_does_not_keep_are_not_checked() {
    let (hub, ada, id) = with_certificate(trusting(ROOT), Algorithm::Blake3).await;
    let (reason, sentence) = refused(said(&hub, &ada, &id).await);
    assert_eq!(reason, "algorithm");
    assert!(sentence.starts_with("it was not checked: its hashes are not SHA-256"), "{sentence}");
}

#[tokio::test]
async fn whoever_a_sigstore_service_saw_is_named_with_where_they_were_signed_in() {
    let mut settings = Settings::default();
    settings.signing.trusted_root = Some(TrustedRoot::Public);
    let files: [(&str, &[u8]); 3] =
        [("model.sig", KEYLESS), ("signme-1", b"signme-1"), ("signme-2", b"other")];
    let (hub, ada, id) = scene(settings, &files).await;
    let found = signed(said(&hub, &ada, &id).await);
    let Signer::Sigstore { identity, issuer, .. } = &found.signer else { panic!("{:?}", found.signer) };
    assert_eq!(identity, "stefanb@us.ibm.com");
    assert_eq!(issuer, "https://sigstore.verify.ibm.com/oauth2");
    assert!(!found.verified, "one file has other bytes");
    assert!(found.coverage.changed.iter().any(|changed| changed.path == "signme-2"));
}

#[tokio::test]
async fn roots_that_cannot_be_read_keep_a_server_from_starting() {
    let hub = TestHub::start().await;
    let (db, blobs) = (hub.db.db.clone(), hub.blobs.blobs.clone());
    let refused = Hub::open(db, blobs, hub.mirrors(), trusting("nonsense"), hub.clock.clone()).await;
    assert!(refused.unwrap_err().to_string().contains("`signing.roots`"));
}
