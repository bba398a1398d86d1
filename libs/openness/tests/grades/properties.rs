//! What must hold for any bytes. The fuzz targets are these functions; the tests give them seeds and chance. Each
//! returns whether the bytes were accepted.

use limpide_openness::{Attestation, canonical, mot};

/// A model file of the Model Openness Tool: where it is read, progress and class agree.
pub(crate) fn mot_model(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    match mot::classify(&text, &mot::is_open) {
        Ok(classed) => {
            let complete =
                classed.progress.iter().take_while(|progress| progress.have == progress.of).count();
            assert_eq!(classed.class.map(usize::from), [None, Some(3), Some(2), Some(1)][complete]);
            assert!(classed.progress.iter().all(|progress| progress.have <= progress.of));
            true
        }
        Err(problem) => {
            assert!(!problem.to_string().is_empty());
            false
        }
    }
}

/// An attestation: where its signature is right, it is so again after writing and reading.
pub(crate) fn attestation(bytes: &[u8]) -> bool {
    let Ok(read) = Attestation::read(bytes) else { return false };
    let verified = read.verify();
    let again = Attestation::read(&canonical(&read).unwrap()).unwrap();
    assert_eq!(again.verify(), verified);
    verified.is_ok()
}
