//! Keys as openssl writes them, and what is said of those that do not serve.

use limpide_signing::{KeyKind, KeyRefused, PrivateKey, PublicKey};

fn private(text: &str) -> Result<KeyKind, KeyRefused> {
    PrivateKey::from_pem(text).map(|key| key.kind())
}

#[test]
fn keys_are_read_in_every_usual_form() {
    assert_eq!(private(include_str!("keys/p256.key.pem")), Ok(KeyKind::P256));
    assert_eq!(private(include_str!("keys/p384.key.pem")), Ok(KeyKind::P384));
    assert_eq!(private(include_str!("keys/p521-with-parameters.key.pem")), Ok(KeyKind::P521));
    assert_eq!(private(include_str!("keys/ed25519.key.pem")), Ok(KeyKind::Ed25519));
    let windows = include_str!("keys/p256.key.pem").replace('\n', "\r\n");
    assert_eq!(private(&format!("A key of mine\n{windows}")), Ok(KeyKind::P256));
}

#[test]
fn the_public_half_is_what_openssl_says() {
    for (private, public) in [
        (include_str!("keys/p256.key.pem"), include_str!("keys/p256.pem")),
        (include_str!("keys/p384.key.pem"), include_str!("keys/p384.pem")),
    ] {
        let key = PrivateKey::from_pem(private).unwrap().public();
        assert_eq!(key.to_pem().unwrap(), public);
        assert_eq!(key, PublicKey::from_pem(public).unwrap());
    }
}

#[test]
fn a_key_that_does_not_serve_is_named() {
    assert_eq!(private(include_str!("keys/encrypted.key.pem")), Err(KeyRefused::Encrypted));
    assert_eq!(private(include_str!("keys/encrypted-sec1.key.pem")), Err(KeyRefused::Encrypted));
    let kind = |found: &str| Err(KeyRefused::Kind { found: found.to_owned() });
    assert_eq!(private(include_str!("keys/rsa.key.pem")), kind("RSA"));
    assert_eq!(private(include_str!("keys/secp256k1.key.pem")), kind("secp256k1"));
    assert!(private(include_str!("keys/explicit.key.pem")).is_err());
    assert_eq!(private("no key at all"), Err(KeyRefused::NotPem));
    assert!(matches!(private(include_str!("keys/p256.pem")), Err(KeyRefused::Other { .. })));
    let public = PublicKey::from_pem(include_str!("keys/p256.key.pem")).unwrap_err();
    assert!(public.to_string().starts_with("it holds a ec private key, and a public key"), "{public}");
    let cut = include_str!("keys/p256.pem").replacen("E", "", 3);
    assert!(matches!(PublicKey::from_pem(&cut), Err(KeyRefused::NotPem | KeyRefused::Unreadable(_))));
}

#[test]
fn a_private_key_is_never_printed() {
    let key = PrivateKey::from_pem(include_str!("keys/p256.key.pem")).unwrap();
    assert_eq!(format!("{key:?}"), "PrivateKey(P-256)");
}
