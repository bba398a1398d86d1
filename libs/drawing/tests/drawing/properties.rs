//! What must hold for any bytes. The fuzz target is this function; the tests here give it seeds and chance.

use limpide_drawing::{Picture, draw};

/// A page is drawn as a picture that another process can read, or there is a problem that it can read. Returns whether
/// the bytes were accepted.
pub(crate) fn page(bytes: &[u8]) -> bool {
    let number = bytes.last().map_or(1, |last| u32::from(last % 4));
    match draw(bytes.to_vec(), number, 64) {
        Ok(picture) => {
            assert!((1..=64).contains(&picture.width), "{}", picture.width);
            assert!(picture.height >= 1 && picture.text.len() < 66_000);
            assert!((1..=picture.pages).contains(&number));
            assert_eq!(Picture::from_bytes(&picture.to_bytes()), Some(picture));
            true
        }
        Err(problem) => {
            assert_eq!(problem.word().parse(), Ok(problem));
            false
        }
    }
}

/// Whatever a process gives, it is a picture that says the same again, or none.
pub(crate) fn given(bytes: &[u8]) {
    if let Some(picture) = Picture::from_bytes(bytes) {
        assert_eq!(Picture::from_bytes(&picture.to_bytes()), Some(picture));
    }
}
