//! Certificates: who stands for whom, and who does not.

use limpide_signing::{Bundle, Chain, ChainRefused, PrivateKey, Refused, Roots, Signer, Trust, sign, verify};

use crate::made::{TINY, key, manifest};

fn ada() -> PrivateKey {
    PrivateKey::from_pem(include_str!("keys/ada.key.pem")).unwrap()
}

fn roots() -> Roots {
    Roots::from_pem(include_str!("keys/root.pem")).unwrap()
}

fn signed(chain: &str) -> Result<Bundle, ChainRefused> {
    let chain = Chain::from_pem(chain, &ada().public())?;
    Ok(sign(&manifest(TINY, &[]), &ada(), Some(chain)).unwrap())
}

fn seed(bytes: &[u8], roots: &Roots) -> Result<Signer, Refused> {
    verify(&Bundle::read(bytes).unwrap(), Trust::Roots(roots)).map(|verified| verified.signer)
}

#[test]
fn a_root_stands_for_the_signer() {
    let bundle = signed(include_str!("keys/ada-chain.pem")).unwrap();
    let verified = verify(&bundle, Trust::Roots(&roots())).unwrap();
    let Signer::Certificate { identity, .. } = verified.signer else { panic!("{:?}", verified.signer) };
    assert_eq!(identity.subject, "CN=Ada,O=Lovelace");
    assert_eq!(identity.issuer, "CN=Test authority");
    assert_eq!(identity.names, ["ada@hub.example"]);
}

#[test]
fn the_signers_certificate_is_found_wherever_it_stands() {
    let whole = include_str!("keys/ada-chain.pem");
    let (first, second) = whole.split_at(whole.find("-----END CERTIFICATE-----\n").unwrap() + 26);
    let turned = signed(&format!("{second}{first}")).unwrap();
    assert_eq!(turned, signed(whole).unwrap());
    assert_eq!(signed(second), Err(ChainRefused::OfAnotherKey));
    assert_eq!(signed("nothing"), Err(ChainRefused::None));
    assert!(matches!(Chain::from_pem(whole, &key().public()), Err(ChainRefused::OfAnotherKey)));
}

#[test]
fn roots_that_do_not_stand_for_the_signer_are_told() {
    let other = Roots::from_pem(include_str!("keys/other-root.pem")).unwrap();
    let refused = seed(include_bytes!("../seeds/signature_bundle/good_python_certificate"), &other);
    let untrusted = ChainRefused::Untrusted {
        subject: "CN=Ada,O=Lovelace".to_owned(),
        issuer: "CN=Test authority".to_owned(),
    };
    assert_eq!(refused, Err(Refused::Chain(untrusted)));
}

#[test]
fn a_chain_without_the_certificate_between_leads_nowhere() {
    let whole = include_str!("keys/ada-chain.pem");
    let alone = &whole[..whole.find("-----END CERTIFICATE-----\n").unwrap() + 26];
    let refused = verify(&signed(alone).unwrap(), Trust::Roots(&roots()));
    assert!(matches!(refused, Err(Refused::Chain(ChainRefused::Untrusted { .. }))));
    // An authority between may be trusted itself.
    let between = Roots::from_pem(include_str!("keys/above.pem")).unwrap();
    assert!(verify(&signed(alone).unwrap(), Trust::Roots(&between)).is_ok());
}

#[test]
fn a_certificate_for_something_else_does_not_sign() {
    let server = seed(include_bytes!("../seeds/signature_bundle/bad_certificate_of_a_server"), &roots());
    assert_eq!(server, Err(Refused::Chain(ChainRefused::NotForSigning("CN=tls.example".to_owned()))));
    let below = seed(include_bytes!("../seeds/signature_bundle/bad_certificate_below_a_signer"), &roots());
    assert!(matches!(below, Err(Refused::Chain(ChainRefused::Broken { .. }))), "{below:?}");
}

#[test]
fn who_is_no_authority_is_no_root() {
    let refused = Roots::from_pem(include_str!("keys/ada-chain.pem")).unwrap_err();
    assert_eq!(refused, ChainRefused::NotAnAuthority("CN=Ada,O=Lovelace".to_owned()));
    assert_eq!(Roots::from_pem("").unwrap_err(), ChainRefused::None);
}

#[test]
fn a_signature_by_another_key_than_the_certificates_is_refused() {
    let chain = Chain::from_pem(include_str!("keys/ada-chain.pem"), &ada().public()).unwrap();
    let bundle = sign(&manifest(TINY, &[]), &key(), Some(chain)).unwrap();
    assert_eq!(verify(&bundle, Trust::Roots(&roots())).unwrap_err(), Refused::Signature);
}
