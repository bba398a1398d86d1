//! What must hold for any text, under each name that makes a reader look closer. The fuzz target is this function.

use std::sync::LazyLock;

use limpide_safety::{Level, Policy};

/// Rules take long to read, and are the same for all bytes.
static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::built_in().unwrap());

/// Names that make readers look closer.
const NAMES: [&str; 6] =
    ["chat_template.jinja", "config.json", "model.yaml", "modeling_x.py", "notebook.ipynb", "notes.txt"];

/// The text under each name: no panic, and what is not clean has a reason. True where nothing is left open.
pub(crate) fn text_scan(bytes: &[u8]) -> bool {
    let file = bytes.to_vec();
    let mut is_whole = true;
    for name in NAMES {
        let scan = limpide_safety::scan(&file, name);
        let verdict = POLICY.judge(&scan);
        assert_eq!(verdict.level == Level::Clean, verdict.reasons.is_empty());
        assert_eq!(limpide_safety::scan(&file, name), scan);
        is_whole &= scan.account.is_whole();
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _nodes = limpide_formats::jinja::read(text);
        let _json = limpide_formats::loose_json::read(text);
    }
    is_whole
}
