//! What the Model Openness Tool of LF AI & Data calls open, so that its classes can be computed as it does.
//!
//! This is MOT's test, not limpide's: it goes by the exact identifier, asks the flags of an SPDX list of May 2024, and
//! has a list of data licences with a slip in it (`ODC-PDDL-1.0`, so that PDDL-1.0 is not open). Whoever wants to know
//! what a licence permits asks [`openness`](crate::openness).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

/// Whether MOT calls a licence open. The identifier must be exactly as SPDX writes it.
pub fn is_open(id: &str) -> bool {
    let flagged = spdx::license_id(id).filter(|known| known.name == id);
    let free = flagged.is_some_and(|known| known.is_osi_approved() || known.is_fsf_free_libre());
    TEST.open_data.contains(id)
        || TEST.open.contains(id)
        || (free && !TEST.not_flagged_in_snapshot.contains(id))
}

/// The kinds of content (`code`, `data`, `document`) for which MOT finds a licence fitting; none for most licences.
pub fn content_types(id: &str) -> &'static [String] {
    TEST.content_types.get(id).map_or(&[], Vec::as_slice)
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Test {
    source: String,
    open: BTreeSet<String>,
    open_data: BTreeSet<String>,
    /// Licences that SPDX flags today, and did not, or did not know, in the list that MOT uses.
    not_flagged_in_snapshot: BTreeSet<String>,
    content_types: BTreeMap<String, Vec<String>>,
}

/// Which version of MOT this is taken from.
pub fn source() -> &'static str {
    &TEST.source
}

static TEST: LazyLock<Test> = LazyLock::new(|| {
    // A test reads the same text, so that it is never wrong here.
    toml::from_str(include_str!("../data/mot-open-licences.toml")).unwrap_or_default()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_read() {
        let test: Result<Test, _> = toml::from_str(include_str!("../data/mot-open-licences.toml"));
        assert_eq!(test.map(|test| (test.open_data.len(), test.content_types.len())).ok(), Some((31, 29)));
    }

    #[test]
    fn identifiers_are_exact_and_slips_are_kept() {
        for id in [
            "Apache-2.0",
            "CC-BY-4.0",
            "OpenMDW-1.0",
            "CDLA-Sharing-1.0",
            "GFDL-1.3",
            "WTFPL",
            "ODC-PDDL-1.0",
        ] {
            assert!(is_open(id), "{id}");
        }
        for id in [
            "apache-2.0",
            "Apache 2.0",
            "PDDL-1.0",
            "C-UDA-1.0",
            "OpenMDW-1.1",
            "CC-BY-NC-4.0",
            "curl",
            "llama2",
            "",
        ] {
            assert!(!is_open(id), "{id}");
        }
    }

    #[test]
    fn content_types_are_those_of_the_last_entry() {
        assert_eq!(content_types("Apache-2.0"), ["code", "document"]);
        assert_eq!(content_types("CC0-1.0"), ["document"]);
        assert_eq!(content_types("GPL-3.0-only"), [""; 0]);
    }
}
