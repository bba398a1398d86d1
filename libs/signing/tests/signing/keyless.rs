//! Signatures without a key, of which the Python package's own tests hold some: nobody can make one offline.

use limpide_signing::{Bundle, Refused, Signer, Sigstore, SigstoreRefused, Trust, Verified, verify};

const SIGNED: &[u8] = include_bytes!("../seeds/signature_bundle/good_sigstore");
const IDENTITY: &str = "stefanb@us.ibm.com";
const ISSUER: &str = "https://sigstore.verify.ibm.com/oauth2";

fn trusting(identity: &str, issuer: &str) -> Result<Verified, Refused> {
    let sigstore = Sigstore::public(identity, issuer).unwrap();
    verify(&Bundle::read(SIGNED).unwrap(), Trust::Sigstore(&sigstore))
}

#[test]
fn an_identity_that_the_public_service_saw_is_believed_offline() {
    let verified = trusting(IDENTITY, ISSUER).unwrap();
    let Signer::Sigstore { identity, issuer, at } = verified.signer else { panic!("{:?}", verified.signer) };
    assert_eq!((identity.as_str(), issuer.as_str()), (IDENTITY, ISSUER));
    assert_eq!(at.unwrap().to_string(), "2025-10-10T02:12:20.000Z");
    let names: Vec<&str> = verified.manifest.resources().iter().map(|file| file.path.as_str()).collect();
    assert_eq!(names, ["signme-1", "signme-2"]);
}

#[test]
fn another_identity_or_issuer_is_not() {
    for (identity, issuer) in [("eve@hub.example", ISSUER), (IDENTITY, "https://accounts.google.com")] {
        let refused = trusting(identity, issuer).unwrap_err();
        assert!(matches!(refused, Refused::Sigstore(SigstoreRefused::Signature(_))), "{refused}");
    }
}

#[test]
fn whoever_tells_and_does_not_decide_learns_who_it_was() {
    let bundle = Bundle::read(SIGNED).unwrap();
    let verified = verify(&bundle, Trust::Sigstore(&Sigstore::anybody(None).unwrap())).unwrap();
    let Signer::Sigstore { identity, issuer, .. } = verified.signer else { panic!("{:?}", verified.signer) };
    assert_eq!((identity.as_str(), issuer.as_str()), (IDENTITY, ISSUER));
    assert!(matches!(Sigstore::anybody(Some("{}")), Err(SigstoreRefused::Root(_))));
}

#[test]
fn a_changed_payload_or_another_root_of_trust_is_not() {
    let mut json: serde_json::Value = serde_json::from_slice(SIGNED).unwrap();
    let payload = json["dsseEnvelope"]["payload"].as_str().unwrap().replacen("ICA", "ICB", 1);
    json["dsseEnvelope"]["payload"] = payload.into();
    let sigstore = Sigstore::public(IDENTITY, ISSUER).unwrap();
    let bundle = Bundle::read(json.to_string().as_bytes()).unwrap();
    assert!(verify(&bundle, Trust::Sigstore(&sigstore)).is_err());
    assert!(matches!(Sigstore::new("{}", IDENTITY, ISSUER), Err(SigstoreRefused::Root(_))));
}
