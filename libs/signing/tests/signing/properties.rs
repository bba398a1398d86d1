//! What holds of whatever bytes come: tests and fuzz targets share it.

use limpide_signing::log::{Checkpoint, LogKey};
use limpide_signing::{Bundle, Manifest, PublicKey, Roots, Sigstore, Statement, Trust, verify};

/// A bundle: it says the same once written and read again; what it signs is read with bounds. Whether one of the keys of the
/// seeds, or a root, stands for it.
pub(crate) fn signature_bundle(bytes: &[u8]) -> bool {
    let Ok(bundle) = Bundle::read(bytes) else { return false };
    if let Ok(json) = bundle.to_json() {
        assert_eq!(Bundle::read(&json).as_ref(), Ok(&bundle));
    }
    // Even what nobody signed is read with bounds.
    if let Ok(manifest) = Manifest::read(bundle.unverified_payload()) {
        let again = Manifest::read(&manifest.payload()).unwrap();
        assert_eq!((again.root(), again.resources()), (manifest.root(), manifest.resources()));
        for resource in manifest.resources() {
            let path = std::path::Path::new("/model").join(resource.path.as_str());
            assert!(
                path.starts_with("/model") && !resource.path.as_str().split('/').any(|part| part == "..")
            );
        }
    }
    let mut believed = false;
    for key in [include_str!("keys/p256.pem"), include_str!("keys/p384.pem"), include_str!("keys/p521.pem")] {
        let key = PublicKey::from_pem(key).unwrap();
        believed |= verify(&bundle, Trust::Key(&key)).is_ok();
        let _refused = Statement::verify(bundle.clone(), Trust::Key(&key));
    }
    let roots = Roots::from_pem(include_str!("keys/root.pem")).unwrap();
    let sigstore = Sigstore::public("stefanb@us.ibm.com", "https://sigstore.verify.ibm.com/oauth2").unwrap();
    believed
        | verify(&bundle, Trust::Roots(&roots)).is_ok()
        | verify(&bundle, Trust::Sigstore(&sigstore)).is_ok()
}

/// A checkpoint: what is believed names the log whose key it is.
pub(crate) fn checkpoint(bytes: &[u8]) -> bool {
    let key: LogKey =
        "hub.example/log+ff7be7d7+AZfiTQ2WQr/Vhu5/nTuMz82ZD8qpZ/zC1VSj+et+6Wtw".parse().unwrap();
    let Ok(note) = std::str::from_utf8(bytes) else { return false };
    let _refused = note.trim().parse::<LogKey>();
    let Ok(checkpoint) = Checkpoint::verify(note, &key) else { return false };
    assert_eq!(checkpoint.origin, key.name());
    true
}
