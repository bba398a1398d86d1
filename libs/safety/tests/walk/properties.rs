//! What must hold for any bytes that are scanned. The fuzz target is this function; the tests here give it seeds and chance.

use limpide_safety::Recorder;

/// The bytes as a file: every byte is accounted for or in a gap, and another look sees the same. True where nothing is
/// left open.
pub(crate) fn scan(bytes: &[u8]) -> bool {
    let file = bytes.to_vec();
    let scan = limpide_safety::scan(&file, "file.bin");
    let length = bytes.len() as u64;
    assert_eq!(scan.size, length);
    assert!(scan.account.accounted <= length);
    assert!(scan.account.gaps.len() as u64 <= scan.account.gap_count);
    assert!(scan.account.gaps.len() <= Recorder::MOST_GAPS && scan.events.len() <= Recorder::MOST_EVENTS);
    if scan.account.is_whole() {
        assert_eq!(scan.account.accounted, length);
    }
    assert_eq!(limpide_safety::scan(&file, "file.bin"), scan);
    let held = limpide_safety::inspect(&file).unwrap();
    assert_eq!(limpide_safety::inspect(&file).unwrap(), held);
    scan.account.is_whole()
}
