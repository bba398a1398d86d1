//! Which licences the Model Openness Tool counts as open.

use std::sync::LazyLock;

use serde::Deserialize;

/// Whether the Model Openness Tool counts a licence as open: by its exact id, approved by the OSI or free by the
/// FSF according to SPDX, or on the tool's own list.
pub fn open_for_mot(id: &str) -> bool {
    let spdx = spdx::license_id(id).filter(|known| known.name == id);
    spdx.is_some_and(|known| known.is_osi_approved() || known.is_fsf_free_libre())
        || LISTED.open.iter().any(|listed| listed == id)
}

/// Ids that the tool lists itself.
#[derive(Debug, Default, Deserialize)]
struct Listed {
    open: Vec<String>,
}

static LISTED: LazyLock<Listed> =
    LazyLock::new(|| toml::from_str(include_str!("../../data/mot-open-licences.toml")).unwrap_or_default());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tool_knows_licences_by_their_exact_ids() {
        for open in ["Apache-2.0", "MIT", "CC-BY-4.0", "CC0-1.0", "ODC-PDDL-1.0", "OpenMDW-1.0", "GFDL-1.3"] {
            assert!(open_for_mot(open), "{open}");
        }
        for closed in ["", "PDDL-1.0", "OpenMDW-1.1", "apache-2.0", "Apache 2.0", "CC-BY-NC-4.0", "Llama-2"] {
            assert!(!open_for_mot(closed), "{closed}");
        }
    }
}
