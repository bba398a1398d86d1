//! A signed model and a folder beside it: whatever is not as it was signed is told, each thing by its own name.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limpide_signing::{
    Bundle, Changed, Coverage, Entry, Listed, ManifestRefused, PublicKey, Refused, Signer, Trust, Uncovered,
    Why, sign, verify,
};
use proptest::prelude::*;

use crate::made::{Model, TINY, hash, key, listed, manifest, other_key};

fn signed() -> Bundle {
    sign(&manifest(TINY, &[".git", "notes"]), &key(), None).unwrap()
}

/// What a signature by the test's key says of a folder.
fn coverage(bundle: &Bundle, folder: Model<'_>) -> Coverage {
    let manifest = verify(bundle, Trust::Key(&key().public())).unwrap().manifest;
    let plan = manifest.plan(&listed(folder), &[], Some("model.sig"));
    plan.finish(|path| folder.iter().find(|(name, _)| *name == path).map(|(_, content)| hash(content)))
}

fn edited(change: impl FnOnce(&mut serde_json::Value)) -> Result<(), Refused> {
    let mut json: serde_json::Value = serde_json::from_slice(&signed().to_json().unwrap()).unwrap();
    change(&mut json);
    let bundle = Bundle::read(json.to_string().as_bytes())?;
    verify(&bundle, Trust::Key(&key().public())).map(|_| ())
}

fn with_payload(change: impl FnOnce(&mut serde_json::Value)) -> Result<(), Refused> {
    edited(|json| {
        let text = STANDARD.decode(json["dsseEnvelope"]["payload"].as_str().unwrap()).unwrap();
        let mut payload = serde_json::from_slice(&text).unwrap();
        change(&mut payload);
        json["dsseEnvelope"]["payload"] = STANDARD.encode(payload.to_string()).into();
    })
}

#[test]
fn a_model_as_it_was_signed_holds() {
    let verified = verify(&signed(), Trust::Key(&key().public())).unwrap();
    let Signer::Key { kind, hint } = verified.signer else { panic!("{:?}", verified.signer) };
    assert_eq!((kind.to_string().as_str(), hint), ("P-256", key().public().hint().unwrap()));
    let whole = coverage(&signed(), TINY);
    assert!(whole.holds() && whole.is_whole());
    assert_eq!(whole.covered, ["README.md", "model.safetensors", "sub/config.json"]);
}

#[test]
fn a_bit_flip_an_extra_file_and_a_missing_file_are_told_apart() {
    let folder = &[("README.md", "# Tiny"), ("model.safetensors", "weighty"), ("new.py", "")];
    let found = coverage(&signed(), folder);
    assert!(!found.holds());
    assert_eq!(found.covered, ["README.md"]);
    let (signed, other) = (hash("weights"), hash("weighty"));
    assert_eq!(found.changed, [Changed { path: "model.safetensors".to_owned(), signed, found: other }]);
    assert_eq!(found.missing, ["sub/config.json"]);
    assert_eq!(found.extra, ["new.py"]);
}

#[test]
fn what_is_not_covered_is_listed_with_the_reason() {
    let folder = &[TINY, &[("notes/a.txt", "1"), (".git/HEAD", "2"), ("model.sig", "3")]].concat();
    let found = coverage(&signed(), folder);
    assert!(found.holds() && !found.is_whole());
    let expected = [("notes/a.txt", Why::Signer), (".git/HEAD", Why::Signer), ("model.sig", Why::Signature)];
    let expected = expected.map(|(path, why)| Uncovered { path: path.to_owned(), why });
    assert_eq!(found.uncovered, expected);
    assert_eq!(found.ignored.iter().map(|rule| rule.as_str()).collect::<Vec<_>>(), [".git", "notes"]);
}

#[test]
fn what_the_reader_leaves_out_is_not_covered_though_it_was_signed() {
    let manifest = manifest(TINY, &[]);
    let left_out = [crate::made::path("sub").into()];
    let plan = manifest.plan(&listed(TINY), &left_out, None);
    assert_eq!(plan.to_hash().collect::<Vec<_>>(), ["README.md", "model.safetensors"]);
    let found = plan.finish(|path| TINY.iter().find(|file| file.0 == path).map(|file| hash(file.1)));
    assert!(found.holds() && !found.is_whole());
    assert_eq!(found.uncovered, [Uncovered { path: "sub/config.json".to_owned(), why: Why::Reader }]);
}

#[test]
fn a_signed_file_is_looked_at_though_the_signer_also_leaves_it_out() {
    let manifest = manifest(TINY, &["sub"]);
    let plan = manifest.plan(&listed(TINY), &[], None);
    assert!(plan.to_hash().any(|path| path == "sub/config.json"));
}

#[test]
fn a_link_in_the_place_of_a_file_is_no_file() {
    let manifest = manifest(TINY, &[]);
    let mut folder = listed(TINY);
    folder[0].entry = Entry::Link;
    folder.push(Listed { path: "pipe".to_owned(), entry: Entry::Other });
    let found = manifest.plan(&folder, &[], None).finish(|_| Some(hash("weights")));
    assert_eq!(found.not_files, ["README.md", "pipe"]);
    assert!(found.missing.is_empty() && !found.holds());
}

#[test]
fn a_signature_of_nothing_holds_for_nothing() {
    assert!(!manifest(&[], &[]).plan(&[], &[], None).finish(|_| None).holds());
}

#[test]
fn a_file_that_is_taken_away_while_it_is_hashed_is_missing() {
    let found = manifest(TINY, &[]).plan(&listed(TINY), &[], None).finish(|_| None);
    assert_eq!(found.missing.len(), TINY.len());
}

#[test]
fn another_key_is_told_by_name() {
    let refused = verify(&signed(), Trust::Key(&other_key())).unwrap_err();
    let (signed, given) = (key().public().hint().unwrap(), other_key().hint().unwrap());
    assert_eq!(refused, Refused::WrongKey { signed, given });
    // Old signatures name no key: then the signature alone tells.
    assert_eq!(edited(|json| json["verificationMaterial"]["publicKey"] = serde_json::json!({})), Ok(()));
}

#[test]
fn whatever_became_of_a_signature_is_told_apart() {
    let reordered =
        with_payload(|payload| payload["predicate"]["resources"].as_array_mut().unwrap().reverse());
    assert_eq!(reordered, Err(Refused::ReorderedAfterwards));
    let changed = with_payload(|payload| {
        payload["predicate"]["resources"][0]["digest"] = hash("other").to_string().into();
    });
    assert!(matches!(changed, Err(Refused::ChangedAfterwards(ManifestRefused::RootDigest { .. }))));
    let renamed = with_payload(|payload| payload["predicate"]["resources"][0]["name"] = "x".into());
    assert!(matches!(
        renamed,
        Err(Refused::Signature | Refused::ChangedAfterwards(_) | Refused::ReorderedAfterwards)
    ));
    let flipped = edited(|json| {
        let mut signature =
            STANDARD.decode(json["dsseEnvelope"]["signatures"][0]["sig"].as_str().unwrap()).unwrap();
        *signature.last_mut().unwrap() ^= 1;
        json["dsseEnvelope"]["signatures"][0]["sig"] = STANDARD.encode(signature).into();
    });
    assert_eq!(flipped, Err(Refused::Signature));
    // The same words with another space are other bytes.
    assert_eq!(with_payload(|_| {}), Err(Refused::Signature));
}

#[test]
fn bundles_of_other_forms_are_refused() {
    let keyless = serde_json::json!({"certificate": {"rawBytes": ""}, "tlogEntries": [{"logIndex": "1"}]});
    let other = Refused::OtherMode { made: "an identity that Sigstore saw", given: "a public key" };
    assert_eq!(edited(|json| json["verificationMaterial"] = keyless), Err(other));
    let unreadable = |change: fn(&mut serde_json::Value)| {
        assert!(matches!(edited(change), Err(Refused::Unreadable(_))));
    };
    unreadable(|json| json["mediaType"] = "application/json".into());
    unreadable(|json| json["dsseEnvelope"]["payloadType"] = "text/plain".into());
    unreadable(|json| json["dsseEnvelope"]["signatures"] = serde_json::json!([]));
    unreadable(|json| json["dsseEnvelope"]["payload"] = "%".into());
    unreadable(|json| json["verificationMaterial"] = serde_json::json!({}));
    unreadable(|json| {
        json["verificationMaterial"]["certificate"] = serde_json::json!({"rawBytes": ""});
    });
    assert!(matches!(Bundle::read(&vec![b' '; 70 << 20]), Err(Refused::Unreadable(_))));
}

#[test]
fn a_key_is_no_root_and_a_root_no_key() {
    let roots = limpide_signing::Roots::from_pem(include_str!("keys/root.pem")).unwrap();
    let refused = verify(&signed(), Trust::Roots(&roots)).unwrap_err();
    assert_eq!(refused, Refused::OtherMode { made: "a key", given: "a list of roots" });
}

#[test]
fn models_are_not_signed_with_ed25519_which_others_do_not_verify() {
    let refused = sign(&manifest(TINY, &[]), &crate::made::hub_key(), None).unwrap_err();
    assert!(refused.to_string().contains("Ed25519"), "{refused}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_flipped_bit_of_a_bundle_is_believed(at in 0_usize..4096, bit in 0_u8..8) {
        let good = signed().to_json().unwrap();
        let mut bad = good.clone();
        let at = at % bad.len();
        bad[at] ^= 1 << bit;
        let believed = Bundle::read(&bad).and_then(|bundle| verify(&bundle, Trust::Key(&key().public())));
        // What is outside of payload, signature and hint may say anything: the same is believed, or nothing.
        if let Ok(verified) = believed {
            prop_assert_eq!(verified.manifest, manifest(TINY, &[".git", "notes"]));
        }
    }

    #[test]
    fn no_other_key_is_believed(seed in any::<[u8; 32]>()) {
        let Ok(secret) = p256::SecretKey::from_slice(&seed) else { return Ok(()) };
        let pem = p256::pkcs8::EncodePublicKey::to_public_key_pem(&secret.public_key(), Default::default()).unwrap();
        let other = PublicKey::from_pem(&pem).unwrap();
        prop_assert!(verify(&signed(), Trust::Key(&other)).is_err());
    }
}
