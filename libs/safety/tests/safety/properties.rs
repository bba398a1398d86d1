//! What holds of the scan of any bytes: no panic, an account that adds up, and a verdict that fits it.

use std::sync::LazyLock;

use limpide_formats::pickle::looks_like_pickle;
use limpide_formats::reading::ReadAt;
use limpide_safety::pickle::{Mode, scan};
use limpide_safety::{Level, Policy, Recorder, Scan};

/// Rules take long to read, and are the same for all bytes.
static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::built_in().unwrap());

/// Of bytes as a pickle; accepted when every byte was understood.
pub(crate) fn pickle_scan(file: &[u8]) -> bool {
    let mut is_whole = true;
    for mode in [Mode::File, Mode::Member] {
        let bytes = file.to_vec();
        let mut recorder = Recorder::new();
        scan(&bytes, mode, &(), &mut recorder);
        let scan = recorder.finish(1, "pickle", bytes.size());
        assert!(scan.account.accounted <= scan.size);
        assert!(scan.account.gaps.iter().all(|gap| gap.begin <= gap.end));
        assert!(scan.events.iter().all(|event| event.count > 0));
        let verdict = POLICY.judge(&scan);
        assert_eq!(verdict.level == Level::Clean, verdict.reasons.is_empty());
        assert!(scan.account.is_whole() || verdict.level >= Level::Partial);
        let again: Scan = serde_json::from_str(&serde_json::to_string(&scan).unwrap()).unwrap();
        assert_eq!(POLICY.judge(&again), verdict);
        is_whole &= scan.account.is_whole();
    }
    looks_like_pickle(file, file.len() as u64);
    looks_like_pickle(file, 1 << 40);
    is_whole
}
