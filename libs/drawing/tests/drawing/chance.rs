//! The seeds of the fuzz target, whole and damaged.

use proptest::prelude::{ProptestConfig, any, proptest};

use crate::each_seed::each_seed;
use crate::properties::{given, page};
use crate::written::texts;

#[test]
fn every_seed_holds() {
    each_seed("pdf_page", page);
}

fn cases() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_bytes_hold(bytes: Vec<u8>) {
        page(&bytes);
        given(&bytes);
        page(&[b"%PDF-1.7\n".as_slice(), &bytes].concat());
    }

    #[test]
    fn a_damaged_document_holds(places: Vec<(usize, u8)>, last in any::<u8>()) {
        let mut bytes = texts(&["One", "Two"]);
        let length = bytes.len();
        for (place, byte) in places.into_iter().take(20) {
            bytes[place % length] = byte;
        }
        bytes.push(last);
        page(&bytes);
    }
}
