//! The table of licences: whole, consistent, and saying what the texts say.

use std::collections::BTreeSet;

use limpide_licences::{
    Artefact, Licence, Openness, Reason, Restriction, Store, Tag, openness, restrictions, stricter, table,
};

/// The identifiers that Hugging Face accepts in cards: hub-docs 242f4a1, docs/hub/repositories-licenses.md.
const HUGGING_FACE: &str = "apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 \
    bigcode-openrail-m afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 \
    cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 \
    cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0 \
    cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl \
    lgpl-2.1 lgpl-3.0 isc h-research intel-research lppl-1.3c ms-pl apple-ascl apple-amlr mpl-2.0 odc-by odbl openmdw-1.0 \
    openmdw-1.1 openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl lgpl-lr deepfloyd-if-license \
    fair-noncommercial-research-license llama2 llama3 llama3.1 llama3.2 llama3.3 llama4 grok2-community gemma unknown other";

const AMBIGUOUS: &[&str] = &["openrail", "bsd", "cc", "gfdl", "gpl", "lgpl", "unknown", "other"];

fn find(id: &str) -> &'static Licence {
    Licence::find(id).unwrap_or_else(|| panic!("{id}"))
}

#[test]
fn every_tag_of_hugging_face_is_known() {
    let tags: Vec<&str> = HUGGING_FACE.split_whitespace().collect();
    assert_eq!(tags.len(), 83);
    for tag in tags {
        match Tag::parse(tag) {
            Tag::Licence(_) => assert!(!AMBIGUOUS.contains(&tag), "{tag}"),
            Tag::NotALicence(_) => assert!(AMBIGUOUS.contains(&tag), "{tag}"),
            other => panic!("{tag}: {other:?}"),
        }
    }
}

#[test]
fn every_identifier_of_spdx_is_known_and_is_its_own() {
    for known in spdx::identifiers::LICENSES {
        let licence = find(known.name);
        let deprecated = spdx::license_id(known.name).unwrap().is_deprecated();
        assert!(licence.id == known.name || deprecated, "{}", known.name);
    }
}

#[test]
fn every_licence_has_a_name_an_address_and_a_source() {
    assert!(table::version().starts_with("2026-"));
    let mut ids = BTreeSet::new();
    for licence in table::licences() {
        assert!(ids.insert(&licence.id), "{}", licence.id);
        assert!(!licence.name.is_empty() && licence.url.starts_with("https://"), "{}", licence.id);
        assert!(licence.terms.is_none() || !licence.source.is_empty(), "{}", licence.id);
    }
}

#[test]
fn candidates_of_words_that_are_no_licence_are_licences() {
    for word in table::not_licences() {
        assert!(!word.note.is_empty());
        assert!(word.candidates.iter().all(|id| find(id).id == *id), "{}", word.tag);
    }
}

#[test]
fn terms_outside_spdx_were_read_in_a_text_that_is_fingerprinted() {
    let texts: BTreeSet<&str> = Store::known().licences().collect();
    for licence in table::licences().filter(|licence| licence.spdx.is_none() && licence.terms.is_some()) {
        assert!(texts.contains(licence.id.as_str()), "{}", licence.id);
    }
}

#[test]
fn openness_depends_on_the_artefact() {
    use Artefact::{Code, Data, Documents, Weights};
    for id in ["mit", "apache-2.0", "gpl-3.0", "openmdw-1.1"] {
        for artefact in [Code, Data, Weights, Documents] {
            assert_eq!(openness(find(id), artefact), Openness::Open, "{id} {artefact:?}");
        }
    }
    for id in ["cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0"] {
        assert_eq!(openness(find(id), Code), Openness::Conditional(vec![Reason::NotOsiApproved]));
        assert_eq!(openness(find(id), Documents), Openness::Open);
        assert_eq!(openness(find(id), Weights), Openness::Open);
    }
    for id in ["odc-by", "odbl", "pddl", "cdla-permissive-2.0", "cdla-sharing-1.0"] {
        assert_eq!(openness(find(id), Data), Openness::Open, "{id}");
        assert_eq!(
            openness(find(id), Documents),
            Openness::Conditional(vec![Reason::NotForDocuments]),
            "{id}"
        );
    }
}

#[test]
fn what_is_restricted_is_not_open_for_anything() {
    for id in [
        "llama2",
        "llama3.1",
        "llama4",
        "gemma",
        "openrail++",
        "bigscience-bloom-rail-1.0",
        "bigcode-openrail-m",
        "cc-by-nc-4.0",
        "cc-by-nd-4.0",
        "c-uda",
        "deepseek",
        "apple-amlr",
        "grok2-community",
        "stability-ai-community",
        "lfm-1.0",
        "mrl-0.1",
    ] {
        for artefact in [Artefact::Code, Artefact::Data, Artefact::Weights, Artefact::Documents] {
            assert!(matches!(openness(find(id), artefact), Openness::NotOpen(_)), "{id}");
        }
    }
}

#[test]
fn unchecked_terms_are_said_to_be_so() {
    for id in ["h-research", "intel-research", "jamba", "falcon-180b"] {
        assert_eq!(restrictions(find(id)), BTreeSet::from([Restriction::TermsNotChecked]));
        assert_eq!(openness(find(id), Artefact::Weights), Openness::Unknown);
    }
    assert_eq!(stricter(find("jamba"), find("mit")), [Restriction::TermsNotChecked]);
}

#[test]
fn a_base_is_stricter_where_the_derived_says_less() {
    let unsaid = stricter(find("llama3"), find("apache-2.0"));
    assert!(
        unsaid.contains(&Restriction::UserThreshold(700_000_000)) && unsaid.contains(&Restriction::Naming)
    );
    assert!(!unsaid.contains(&Restriction::Attribution));
    assert_eq!(stricter(find("cc-by-nc-4.0"), find("cc-by-4.0")), [Restriction::NonCommercial]);
    assert_eq!(
        stricter(find("gpl-3.0"), find("mit")),
        [Restriction::ShareAlike, Restriction::PatentRetaliation]
    );
    // Research alone is narrower than no commerce, and no commerce than a threshold.
    assert!(!stricter(find("cc-by-nc-4.0"), find("opt-175b")).contains(&Restriction::NonCommercial));
    assert!(!stricter(find("lfm-1.0"), find("cc-by-nc-4.0")).iter().any(Restriction::closes));
    assert!(stricter(find("llama2"), find("llama2")).is_empty());
}
